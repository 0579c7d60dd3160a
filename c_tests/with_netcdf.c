/* netCDF owns the prefix nc_ too. Both headers in one file, both libraries in one program: each does what it always did. */
#include <netcdf.h>
#include "check.h"

static void netcdf_works(void)
{
    int ncid = -1, dimid = -1, varid = -1;
    const float values[3] = {1, 2, 3};
    float found[3] = {0, 0, 0};
    CHECK(strcmp(nc_strerror(NC_EBADID), "NetCDF: Not a valid ID") == 0);
    CHECK(nc_create("never-written.nc", NC_DISKLESS, &ncid) == NC_NOERR);
    CHECK(nc_def_dim(ncid, "x", 3, &dimid) == NC_NOERR);
    CHECK(nc_def_var(ncid, "v", NC_FLOAT, 1, &dimid, &varid) == NC_NOERR);
    CHECK(nc_enddef(ncid) == NC_NOERR);
    CHECK(nc_put_var_float(ncid, varid, values) == NC_NOERR);
    CHECK(nc_get_var_float(ncid, varid, found) == NC_NOERR);
    CHECK(memcmp(values, found, sizeof values) == 0);
    CHECK(nc_close(ncid) == NC_NOERR);
}

static void we_work(void)
{
    nc_codec *codec = need_codec("{\"id\": \"zlib\"}");
    nc_buffer *encoded = need_encoded(codec, "both", 4), *decoded = NULL;
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err));
    CHECK(holds(decoded, "both", 4));
    CHECK(strcmp(nc_status_string(NUMCODECS_ERR_DATA), nc_strerror(NUMCODECS_ERR_DATA)) != 0);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

int main(void)
{
    netcdf_works();
    we_work();
    netcdf_works();
    return report("with_netcdf");
}
