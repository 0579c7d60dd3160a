/* What only C can see of a Fortran array: its descriptor. Compiled with the C companion of the Fortran compiler; calls no library. */
#include <ISO_Fortran_binding.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_RANK = 15 };

/* As `description` in numcodecs_memory.f90. */
typedef struct {
    void *data;
    int64_t itemsize;
    int32_t rank;
    int32_t turned; /* a stride is negative */
    int64_t extents[MAX_RANK];
    int64_t strides[MAX_RANK];
    char dtype[24]; /* NumPy's name, NUL-terminated; empty where it has none */
} description;

static const char *letter(const CFI_cdesc_t *array)
{
    switch (array->type) {
    case CFI_type_int8_t:
    case CFI_type_int16_t:
    case CFI_type_int32_t:
    case CFI_type_int64_t:
        return "i";
    case CFI_type_float:
    case CFI_type_double:
        return "f";
    case CFI_type_float_Complex:
    case CFI_type_double_Complex:
        return "c";
    case CFI_type_Bool:
        return "b";
    case CFI_type_char:
        return "S";
    case CFI_type_struct:
        return "V";
    default:
        return NULL;
    }
}

void numcodecs_fortran_describe(const CFI_cdesc_t *array, description *is)
{
    memset(is, 0, sizeof *is);
    is->data = array->base_addr;
    is->itemsize = (int64_t)array->elem_len;
    is->rank = array->rank;
    for (int d = 0; d < array->rank; d++) {
        is->extents[d] = array->dim[d].extent;
        is->strides[d] = array->dim[d].sm;
        is->turned = is->turned || (array->dim[d].extent > 1 && array->dim[d].sm < 0);
    }
    if (letter(array))
        snprintf(is->dtype, sizeof is->dtype, "%s%llu", letter(array), (unsigned long long)array->elem_len);
}

/* Moves the elements of an array, in Fortran's order, to memory without gaps, or back. For sections that run backwards. */
void numcodecs_fortran_copy(const CFI_cdesc_t *array, char *memory, int32_t back)
{
    CFI_index_t at[MAX_RANK] = {0};
    char *element = array->base_addr;
    for (int d = 0; d < array->rank; d++)
        if (array->dim[d].extent <= 0)
            return;
    for (int d = 0; d < array->rank; memory += array->elem_len) {
        memcpy(back ? element : memory, back ? memory : element, array->elem_len);
        for (d = 0; d < array->rank; d++) {
            element += array->dim[d].sm;
            if (++at[d] < array->dim[d].extent)
                break;
            element -= at[d] * array->dim[d].sm;
            at[d] = 0;
        }
    }
}
