/* What all examples share: files read and written whole, and errors that end the program. */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <numcodecs.h>

/* A demonstration may give up at once. */
void die(const char *where, const char *why);

/* Every call of the library returns a status and, if asked, fills an nc_error with the reason. */
void check(nc_status status, const char *where, const nc_error *err);

void *allocate(size_t nbytes);

/* The whole file, with a NUL behind it; free() it. NULL when there is no such file. */
char *read_file(const char *folder, const char *file, size_t *nbytes);

void write_file(const char *folder, const char *file, const void *content, size_t nbytes);

#endif
