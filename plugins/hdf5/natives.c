/* The filters with values of their own. */
#include "filter.h"

const struct native *native_of(const struct filter *filter)
{
    static const struct {
        unsigned id;
        const struct native *native;
    } natives[] = {
        {1, &deflate_native}, {2, &shuffle_native}, {3, &fletcher32_native}, {307, &bzip2_native},
        {32001, &blosc_native}, {32004, &lz4_native}, {32013, &zfp_native}, {32015, &zstd_native},
    };
    for (size_t i = 0; i < sizeof natives / sizeof *natives; i++)
        if (natives[i].id == filter->id)
            return natives[i].native;
    return NULL;
}
