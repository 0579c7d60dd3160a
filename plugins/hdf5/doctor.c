/* numcodecs-doctor: does each plug-in load, and if not, why? HDF5 and netCDF pass over one that does not without a word. This program
 * is not linked to libnumcodecs: plug-ins must find it by themselves. */
#define _GNU_SOURCE
#include "filter.h"
#include "hdf5.h"
#include "nczarr.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OURS "numcodecs."

enum { MAX_PATH = 4096, MAX_FILTERS = 64 };

static int failures;
static unsigned seen[MAX_FILTERS]; /* ids found so far */
static size_t seen_count;

static int is_seen(unsigned id)
{
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i] == id)
            return 1;
    return 0;
}

static void bad(const char *file, const char *why)
{
    printf("FAILED   %s: %s\n", file, why);
    failures++;
}

/* A function without parameters of the plug-in, called; NULL if there is none. */
static const void *ask(void *plugin, const char *name)
{
    void *symbol = dlsym(plugin, name);
    const void *(*function)(void);
    memcpy(&function, &symbol, sizeof function);
    return symbol ? function() : NULL;
}

static void report(const char *file, const struct hdf5_class *hdf5, const struct nczarr_codec *nczarr)
{
    unsigned id = (unsigned)hdf5->id;
    int ours = hdf5->name && strncmp(hdf5->name, OURS, strlen(OURS)) == 0;
    if (nczarr && nczarr->id != id)
        bad(file, "its halves for HDF5 and NCZarr have different ids");
    else if (ours && !filter_with_id(id))
        bad(file, "of another version of libnumcodecs");
    else if (is_seen(id))
        printf("hidden   %5u %s, %s: another one comes first\n", id, hdf5->name ? hdf5->name : "", file);
    else
        printf("ok       %5u %s, %s%s%s\n", id, hdf5->name ? hdf5->name : "", file, nczarr ? ", NCZarr codec " : ", not for NCZarr",
               nczarr ? nczarr->codec : "");
    if (seen_count < MAX_FILTERS)
        seen[seen_count++] = id;
}

static void look_at(const char *file)
{
    void *plugin = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!plugin) {
        bad(file, dlerror());
        return;
    }
    const struct hdf5_class *hdf5 = ask(plugin, "H5PLget_plugin_info");
    if (hdf5 && !dlsym(plugin, "H5PLget_plugin_type"))
        bad(file, "no H5PLget_plugin_type");
    else if (hdf5)
        report(file, hdf5, ask(plugin, "NCZ_get_codec_info"));
    else if (dlsym(plugin, "NCZ_codec_info_defaults"))
        printf("ok       NCZarr's list of codecs, %s\n", file);
    else
        bad(file, "no H5PLget_plugin_info: not a plug-in");
    dlclose(plugin);
}

/* What HDF5 takes for a plug-in, by the name. */
static int is_plugin(const struct dirent *entry)
{
    return strncmp(entry->d_name, "lib", 3) == 0 && (strstr(entry->d_name, ".so") || strstr(entry->d_name, ".dylib"));
}

static void look_into(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_plugin, alphasort);
    if (count < 0) {
        bad(folder, "no such folder");
        return;
    }
    for (int i = 0; i < count; i++) {
        char file[MAX_PATH];
        if (snprintf(file, sizeof file, "%s/%s", folder, entries[i]->d_name) < (int)sizeof file)
            look_at(file);
        free(entries[i]);
    }
    free(entries);
}

static void look_along(char *path)
{
    for (char *folder = strtok(path, ":"); folder; folder = strtok(NULL, ":"))
        look_into(folder);
}

/* The folder in which the plug-ins were installed, by the place of this program. */
static int own_folder(char folder[MAX_PATH])
{
    char program[MAX_PATH];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return 0;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    return snprintf(folder, MAX_PATH, "%s/%s", program, FROM_BIN) < MAX_PATH;
}

static void look_for_missing(void)
{
    for (size_t i = 0; i < filter_count; i++)
        if (!is_seen(filters[i].id)) {
            printf("MISSING  %5u %s\n", filters[i].id, filters[i].codec);
            failures++;
        }
}

int main(int argc, char **argv)
{
    char folder[MAX_PATH];
    const char *path = getenv("HDF5_PLUGIN_PATH");
    printf("libnumcodecs %s, HDF5_PLUGIN_PATH %s\n", NUMCODECS_VERSION, path ? path : "is not set: HDF5 looks into its own folder");
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            look_into(argv[i]);
    else if (path && snprintf(folder, sizeof folder, "%s", path) < (int)sizeof folder)
        look_along(folder);
    else if (own_folder(folder))
        look_into(folder);
    else
        bad("plug-ins", "set HDF5_PLUGIN_PATH or name their folder");
    look_for_missing();
    printf("%s\n", failures ? "NOT all is well" : "all is well");
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
