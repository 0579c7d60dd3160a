/* Results of libnumcodecs as Arrow arrays, without a copy, through the Arrow C data interface. MIT licence.
 *
 * Optional, and needs no Arrow library: the interface is two frozen structs. Include it where arrays are handed to pyarrow, nanoarrow,
 * R's arrow, polars, DuckDB, ... C99, C11 and C++11. Compile with malloc and free of the C library.
 *
 *   kind or dtype                  Arrow type (format)         buffers handed over
 *   NUMCODECS_UTF8, _JSON          large string (U)            offsets and bytes as they are
 *   NUMCODECS_BYTES, _MSGPACK      large binary (Z)            offsets and bytes as they are
 *   NUMCODECS_ARRAYS               large list of numbers (+L)  bytes as they are; offsets are copied, Arrow counts items instead of bytes
 *   integers, floats               numbers                     bytes as they are
 *   |S<n>, |V<n>                   fixed-size binary (w:n)     bytes as they are
 *   <M8[s], [ms], [us], [ns]       timestamp without zone      bytes as they are; NaT becomes the smallest value
 *   <m8[s], [ms], [us], [ns]       duration                    bytes as they are
 * Other dtypes (bool, complex, text of fixed width, the other byte order) have no such form in Arrow: NUMCODECS_ERR_DTYPE.
 * An array has one dimension in Arrow: the items come in memory order. */
#ifndef NUMCODECS_ARROW_H
#define NUMCODECS_ARROW_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numcodecs.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* What an exported array owns. The child of a list borrows from its parent, which Arrow keeps until both are released. */
struct nc_arrow_array {
  nc_buffer *buffer;
  int64_t *offsets; /* of a list, in items */
  const void *buffers[3];
  const void *numbers[2]; /* of a list's child: no validity bitmap, the numbers */
  struct ArrowArray child;
  struct ArrowArray *children[1];
};

struct nc_arrow_schema {
  char format[32];
  char item_format[32]; /* of a list's child */
  struct ArrowSchema child;
  struct ArrowSchema *children[1];
};

static inline void nc_arrow_release_child_array(struct ArrowArray *array) {
  array->release = NULL;
}

static inline void nc_arrow_release_array(struct ArrowArray *array) {
  struct nc_arrow_array *own = (struct nc_arrow_array *)array->private_data;
  if (array->n_children > 0 && own->child.release != NULL) own->child.release(&own->child);
  nc_buffer_free(own->buffer);
  free(own->offsets);
  free(own);
  array->release = NULL;
}

static inline void nc_arrow_release_child_schema(struct ArrowSchema *schema) {
  schema->release = NULL;
}

static inline void nc_arrow_release_schema(struct ArrowSchema *schema) {
  struct nc_arrow_schema *own = (struct nc_arrow_schema *)schema->private_data;
  if (schema->n_children > 0 && own->child.release != NULL) own->child.release(&own->child);
  free(own);
  schema->release = NULL;
}

/* Arrow's format of fixed-size items into text of 32 bytes; 0 where there is none. dtype: as nc_layout_dtype tells it. */
static inline int nc_arrow_format(const char *dtype, int64_t itemsize, char *format) {
  static const char *const pairs[][2] = {
      {"|i1", "c"},        {"|u1", "C"},         {"i2", "s"},          {"u2", "S"},          {"i4", "i"},
      {"u4", "I"},         {"i8", "l"},          {"u8", "L"},          {"f2", "e"},          {"f4", "f"},
      {"f8", "g"},         {"M8[s]", "tss:"},    {"M8[ms]", "tsm:"},   {"M8[us]", "tsu:"},   {"M8[ns]", "tsn:"},
      {"m8[s]", "tDs"},    {"m8[ms]", "tDm"},    {"m8[us]", "tDu"},    {"m8[ns]", "tDn"},
  };
  const uint16_t one = 1;
  const char native = *(const unsigned char *)&one == 1 ? '<' : '>';
  size_t i;
  for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const char *name = dtype[0] == native ? dtype + 1 : dtype;
    if (strcmp(name, pairs[i][0]) == 0) {
      strcpy(format, pairs[i][1]);
      return 1;
    }
  }
  if (dtype[0] == '|' && (dtype[1] == 'S' || dtype[1] == 'V') && itemsize > 0) {
    sprintf(format, "w:%ld", (long)itemsize);
    return 1;
  }
  return 0;
}

/* Fills the schema of a layout. schema: filled; release it as Arrow says. Errors: NUMCODECS_ERR_DTYPE, _MEMORY, _NULL. */
static inline nc_status nc_arrow_export_schema(const nc_layout *layout, struct ArrowSchema *schema) {
  struct nc_arrow_schema *own;
  int64_t kind = nc_layout_query(layout, NUMCODECS_Q_KIND);
  char format[32] = "";
  if (layout == NULL || schema == NULL) return NUMCODECS_ERR_NULL;
  if ((kind == NUMCODECS_FIXED || kind == NUMCODECS_ARRAYS) &&
      !nc_arrow_format(nc_layout_dtype(layout), nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE), format))
    return NUMCODECS_ERR_DTYPE;
  own = (struct nc_arrow_schema *)calloc(1, sizeof *own);
  if (own == NULL) return NUMCODECS_ERR_MEMORY;
  memset(schema, 0, sizeof *schema);
  switch (kind) {
    case NUMCODECS_UTF8:
    case NUMCODECS_JSON: strcpy(own->format, "U"); break;
    case NUMCODECS_BYTES:
    case NUMCODECS_MSGPACK: strcpy(own->format, "Z"); break;
    case NUMCODECS_ARRAYS:
      strcpy(own->format, "+L");
      own->children[0] = &own->child;
      schema->n_children = 1;
      schema->children = own->children;
      break;
    default: strcpy(own->format, format);
  }
  if (kind == NUMCODECS_ARRAYS) {
    strcpy(own->item_format, format);
    own->child.format = own->item_format;
    own->child.name = "item";
    own->child.flags = ARROW_FLAG_NULLABLE;
    own->child.release = nc_arrow_release_child_schema;
  }
  schema->format = own->format;
  schema->name = "";
  schema->flags = ARROW_FLAG_NULLABLE; /* Arrow's default; there are no nulls in it */
  schema->release = nc_arrow_release_schema;
  schema->private_data = own;
  return NUMCODECS_OK;
}

/* Fills an Arrow array with the content of a buffer. array, schema: filled; release both as Arrow says. buffer: taken, and freed when the
 * array is released; after a failure it is still the caller's. Errors: NUMCODECS_ERR_DTYPE, _MEMORY, _NULL. */
static inline nc_status nc_arrow_export(nc_buffer *buffer, struct ArrowArray *array, struct ArrowSchema *schema) {
  const nc_layout *layout = nc_buffer_layout(buffer);
  const int64_t *offsets = nc_buffer_offsets(buffer);
  int64_t kind = nc_layout_query(layout, NUMCODECS_Q_KIND), items = nc_layout_query(layout, NUMCODECS_Q_ITEMS), i;
  int64_t itemsize = nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE);
  const void *data = nc_buffer_data(buffer);
  struct nc_arrow_array *own;
  nc_status status;
  if (buffer == NULL || array == NULL || schema == NULL) return NUMCODECS_ERR_NULL;
  own = (struct nc_arrow_array *)calloc(1, sizeof *own);
  if (own == NULL) return NUMCODECS_ERR_MEMORY;
  if (kind == NUMCODECS_ARRAYS && (own->offsets = (int64_t *)malloc(((size_t)items + 1) * sizeof(int64_t))) == NULL) {
    free(own);
    return NUMCODECS_ERR_MEMORY;
  }
  status = nc_arrow_export_schema(layout, schema);
  if (status != NUMCODECS_OK) {
    free(own->offsets);
    free(own);
    return status;
  }
  memset(array, 0, sizeof *array);
  if (data == NULL) data = ""; /* no bytes, but some readers want a pointer */
  own->buffer = buffer;
  array->length = items;
  array->n_buffers = kind == NUMCODECS_FIXED || kind == NUMCODECS_ARRAYS ? 2 : 3;
  array->buffers = own->buffers;
  array->release = nc_arrow_release_array;
  array->private_data = own;
  if (kind == NUMCODECS_FIXED) {
    own->buffers[1] = data;
  } else if (kind == NUMCODECS_ARRAYS) {
    for (i = 0; i <= items; i++) own->offsets[i] = offsets[i] / itemsize;
    own->buffers[1] = own->offsets;
    own->children[0] = &own->child;
    array->n_children = 1;
    array->children = own->children;
    own->child.length = own->offsets[items];
    own->child.n_buffers = 2;
    own->numbers[1] = data;
    own->child.buffers = own->numbers;
    own->child.release = nc_arrow_release_child_array;
  } else {
    own->buffers[1] = offsets;
    own->buffers[2] = data;
  }
  return NUMCODECS_OK;
}

#ifdef __cplusplus
}
#endif
#endif
