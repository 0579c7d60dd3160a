/* Functions of the library that called. A process may hold several HDF5 libraries (those of h5py and of netCDF4, say), so the plug-ins
 * are linked to none of them: the address that a callback returns to tells which one called, and its functions are looked up there. */
#define _GNU_SOURCE
#include "filter.h"

#include <dlfcn.h>

int find_functions(const void *caller, const char *const *names, void **symbols, size_t n)
{
    Dl_info info;
    if (!dladdr(caller, &info) || !info.dli_fname)
        return 0;
    void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!library) /* the program itself, with HDF5 linked statically */
        library = dlopen(NULL, RTLD_LAZY);
    if (!library)
        return 0;
    size_t found = 0;
    Dl_info at;
    while (found < n && (symbols[found] = dlsym(library, names[found])) && dladdr(symbols[found], &at)
           && at.dli_fbase == info.dli_fbase)
        found++;
    dlclose(library); /* stays loaded: it is running */
    return found == n;
}
