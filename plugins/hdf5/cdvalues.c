/* numcodecs-cdvalues: the integers by which a codec goes into an HDF5 or netCDF file. */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { H5REPACK_VALUES = 20 };

static const char usage[] =
    "usage: numcodecs-cdvalues JSON               ID,VALUE,...: for nccopy -F 'variable,ID,VALUE,...' and nc_def_var_filter\n"
    "       numcodecs-cdvalues --h5repack JSON    UD=ID,0,COUNT,VALUE,...: for h5repack -f 'dataset:UD=...'\n"
    "       numcodecs-cdvalues --json ID,VALUE,...  the configuration that the values of a file stand for\n";

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "numcodecs-cdvalues: %s: %s\n", what, why);
    return EXIT_FAILURE;
}

static const struct filter *filter_of(const nc_codec *codec)
{
    const char *config = nc_codec_config(codec);
    for (size_t i = 0; i < filter_count; i++)
        if (config_is(config, "id", filters[i].codec))
            return &filters[i];
    return NULL;
}

static int print_values(const struct filter *filter, const struct values *values, int h5repack)
{
    if (h5repack && values->n > H5REPACK_VALUES)
        return fail("h5repack", "takes at most 20 values; nccopy, h5py and programs take more");
    printf(h5repack ? "UD=%u,0,%zu" : "%u", filter->id, values->n);
    for (size_t i = 0; i < values->n; i++)
        printf(",%u", values->v[i]);
    putchar('\n');
    return EXIT_SUCCESS;
}

static int from_json(const char *json, int h5repack)
{
    nc_codec *codec;
    nc_error err;
    struct values values;
    if (nc_codec_from_config(json, NULL, &codec, &err) != NUMCODECS_OK)
        return fail(err.path[0] ? err.path : json, err.message);
    const struct filter *filter = filter_of(codec);
    int status = !filter ? fail(json, "no filter stands for this codec: it makes no chunks of fixed-size items")
        : !config_to_values(filter, codec, &values) ? fail(json, "longer than the 1020 bytes that filter parameters hold")
                                                    : print_values(filter, &values, h5repack);
    nc_codec_free(codec);
    return status;
}

/* Integers between commas or spaces; 0 = something else. */
static int read_values(const char *text, struct values *values)
{
    char *end;
    values->n = 0;
    for (; *text; text = end) {
        text += strspn(text, ", ");
        values->v[values->n++] = (unsigned)strtoul(text, &end, 10);
        if (end == text || !strchr(", ", *end) || values->n == MAX_VALUES)
            return 0;
    }
    return values->n > 0;
}

static int to_json(const char *text)
{
    struct values all, values;
    char json[MAX_JSON + 1];
    if (!read_values(text, &all) || !copy_values(&values, all.n - 1, all.v + 1))
        return fail(text, "not an id and values");
    const struct filter *filter = filter_with_id(all.v[0]);
    nc_codec *codec = filter && values_to_config(filter, &values, json) ? codec_of_filter(filter, json, NULL) : NULL;
    if (!codec)
        return fail(text, filter ? "these values are no configuration" : "no such filter");
    puts(nc_codec_config(codec));
    nc_codec_free(codec);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--h5repack") == 0)
        return from_json(argv[2], 1);
    if (argc == 3 && strcmp(argv[1], "--json") == 0)
        return to_json(argv[2]);
    if (argc == 2 && argv[1][0] != '-')
        return from_json(argv[1], 0);
    fputs(usage, stderr);
    return 2;
}
