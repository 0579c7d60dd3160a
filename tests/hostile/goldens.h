/* The golden chunks: index.tsv and one file each. */
#ifndef GOLDENS_H
#define GOLDENS_H
#include <numcodecs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDENS = 600, LEAST_BYTES = 1024, MOST_BYTES = 4096, ROOM = 8192 };

struct golden {
    char id[32], name[64], layout[64], config[512];
    long nbytes; /* decoded; -1 = items of variable length */
    size_t n;    /* encoded */
    unsigned char bytes[ROOM];
};

static struct golden *goldens;
static int ngoldens;

static void stop(const char *what)
{
    fprintf(stderr, "cannot go on: %s\n", what);
    exit(2);
}

static inline void read_goldens(const char *folder)
{
    char path[4096], line[1024];
    snprintf(path, sizeof path, "%s/index.tsv", folder);
    FILE *index = fopen(path, "r");
    if (!index || !(goldens = calloc(GOLDENS, sizeof *goldens)))
        stop(path);
    while (fgets(line, sizeof line, index)) {
        struct golden *g = &goldens[ngoldens++];
        if (ngoldens == GOLDENS
            || sscanf(line, "%31[^\t]\t%63[^\t]\t%63[^\t]\t%ld\t%511[^\n]", g->id, g->name, g->layout, &g->nbytes, g->config) != 5)
            stop(line);
        snprintf(path, sizeof path, "%s/%s.bin", folder, g->name);
        FILE *file = fopen(path, "rb");
        if (!file || (g->n = fread(g->bytes, 1, sizeof g->bytes, file)) < LEAST_BYTES || g->n > MOST_BYTES)
            stop(path);
        fclose(file);
    }
    fclose(index);
}

/* "dtype;extent,extent" of index.tsv; NULL for "-". */
static nc_layout *read_layout(const char *text)
{
    char dtype[64];
    int64_t shape[8];
    int32_t ndim = 0;
    nc_layout *made = NULL;
    if (strcmp(text, "-") == 0)
        return NULL;
    strcpy(dtype, text);
    char *rest = strchr(dtype, ';');
    *rest++ = '\0';
    for (; *rest; rest += *rest == ',')
        shape[ndim++] = strtoll(rest, &rest, 10);
    if (nc_layout_new(dtype, NUMCODECS_FIXED, ndim, shape, NULL, NUMCODECS_ORDER_C, &made, NULL) != NUMCODECS_OK)
        stop(text);
    return made;
}

#endif
