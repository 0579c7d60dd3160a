#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *where, const char *why)
{
    fprintf(stderr, "%s: %s\n", where, why);
    exit(EXIT_FAILURE);
}

void check(nc_status status, const char *where, const nc_error *err)
{
    if (status != NUMCODECS_OK)
        die(where, err->message);
}

void *allocate(size_t nbytes)
{
    void *memory = malloc(nbytes ? nbytes : 1);
    if (!memory)
        die("malloc", "out of memory");
    return memory;
}

static void file_name(char *name, size_t room, const char *folder, const char *file)
{
    int length = snprintf(name, room, "%s/%s", folder, file);
    if (length < 0 || (size_t)length >= room)
        die(folder, "path is too long");
}

char *read_file(const char *folder, const char *file, size_t *nbytes)
{
    char name[1024];
    file_name(name, sizeof name, folder, file);
    FILE *f = fopen(name, "rb");
    if (!f && errno == ENOENT)
        return NULL;
    if (!f || fseek(f, 0, SEEK_END) != 0)
        die(name, strerror(errno));
    long size = ftell(f);
    if (size < 0 || fseek(f, 0, SEEK_SET) != 0)
        die(name, strerror(errno));
    char *content = allocate((size_t)size + 1);
    *nbytes = fread(content, 1, (size_t)size, f);
    if (*nbytes != (size_t)size)
        die(name, "cannot read all of it");
    content[*nbytes] = '\0';
    fclose(f);
    return content;
}

void write_file(const char *folder, const char *file, const void *content, size_t nbytes)
{
    char name[1024];
    file_name(name, sizeof name, folder, file);
    FILE *f = fopen(name, "wb");
    if (!f)
        die(name, strerror(errno));
    size_t written = fwrite(content, 1, nbytes, f);
    if (fclose(f) != 0 || written != nbytes)
        die(name, "cannot write all of it");
}
