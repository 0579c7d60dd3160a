/* Says why, where HDF5's users look: on its error stack. Without its functions, and under netCDF, nothing is said. */
#include "filter.h"
#include "hdf5.h"

#include <string.h>

enum { DEFAULT_STACK = 0 };
enum { PUSH, ERROR_CLASS, MAJOR, MINOR, SYMBOLS };

typedef int (*push_fn)(hid_t stack, const char *file, const char *function, unsigned line, hid_t error_class, hid_t major, hid_t minor,
                       const char *format, ...);

void complain(const void *caller, const nc_error *err)
{
    static const char *const names[SYMBOLS] = {"H5Epush2", "H5E_ERR_CLS_g", "H5E_PLINE_g", "H5E_CANTFILTER_g"};
    void *symbols[SYMBOLS];
    push_fn push;
    if (!find_functions(caller, names, symbols, SYMBOLS))
        return;
    memcpy(&push, &symbols[PUSH], sizeof push);
    push(DEFAULT_STACK, "libnumcodecs", "filter", 0, *(hid_t *)symbols[ERROR_CLASS], *(hid_t *)symbols[MAJOR], *(hid_t *)symbols[MINOR],
         "numcodecs.%s: %s%s%s", this_filter()->codec, err->path, err->path[0] ? ": " : "",
         err->message[0] ? err->message : "these parameters do not fit this dataset or chunk");
}
