/* A library with a fault of choice in front of the real one: selftest.py builds it to see that the conformance run notices.
 * It is linked to the real library, so every function that is not defined here is the real one. */
#define _GNU_SOURCE
#include "numcodecs.h"
#include <dlfcn.h>
#include <string.h>

enum { NO_FAULT, SPOIL_DECODED, SPOIL_ENCODED, SHORT_LENGTH, ACCEPT };

static int fault = NO_FAULT;

void faulty_set(int kind) { fault = kind; }

/* Declares `real`, the real function of that name. Copied, since ISO C has no cast between object and function pointers. */
#define REAL(name) \
  __typeof__(&name) real; \
  void *symbol = dlsym(RTLD_NEXT, #name); \
  memcpy(&real, &symbol, sizeof real)

/* Adds rather than flips a bit: two stages that pass a byte on unchanged must not undo each other. */
static void spoil(int kind, void *data, size_t n) {
  if (fault == kind && n > 0) {
    ((unsigned char *)data)[n / 2] += 1;
  }
}

static nc_codec *some_codec(void) {
  nc_codec *codec = NULL;
  REAL(nc_codec_from_config);
  real("{\"id\": \"base64\"}", NULL, &codec, NULL);
  return codec;
}

static nc_buffer *empty_buffer(void) {
  nc_buffer *buffer = NULL;
  nc_codec *codec = some_codec();
  REAL(nc_decode);
  real(codec, NULL, 0, NULL, NULL, NULL, &buffer, NULL);
  nc_codec_free(codec);
  return buffer;
}

nc_status nc_codec_from_config(const char *json, const nc_registry *registry, nc_codec **out, nc_error *err) {
  REAL(nc_codec_from_config);
  nc_status status = real(json, registry, out, err);
  if (status != NUMCODECS_OK && fault == ACCEPT) {
    *out = some_codec();
    return NUMCODECS_OK;
  }
  return status;
}

nc_status nc_encode(const nc_codec *codec, const nc_layout *layout, const void *src, size_t n, const int64_t *offsets, const nc_options *opt,
                    nc_buffer **out, nc_error *err) {
  REAL(nc_encode);
  nc_status status = real(codec, layout, src, n, offsets, opt, out, err);
  if (status == NUMCODECS_OK) {
    spoil(SPOIL_ENCODED, nc_buffer_data(*out), nc_buffer_nbytes(*out));
  } else if (fault == ACCEPT) {
    *out = empty_buffer();
    return NUMCODECS_OK;
  }
  return status;
}

nc_status nc_decode(const nc_codec *codec, const void *src, size_t n, const nc_layout *chunk, const nc_layout *want, const nc_options *opt,
                    nc_buffer **out, nc_error *err) {
  REAL(nc_decode);
  nc_status status = real(codec, src, n, chunk, want, opt, out, err);
  if (status == NUMCODECS_OK) {
    spoil(SPOIL_DECODED, nc_buffer_data(*out), nc_buffer_nbytes(*out));
  } else if (fault == ACCEPT) {
    *out = empty_buffer();
    return NUMCODECS_OK;
  }
  return status;
}

nc_status nc_decode_into(const nc_codec *codec, const void *src, size_t n, const nc_layout *chunk, const nc_layout *want, void *dst, size_t cap,
                         const nc_options *opt, size_t *written, nc_error *err) {
  REAL(nc_decode_into);
  nc_status status = real(codec, src, n, chunk, want, dst, cap, opt, written, err);
  if (status == NUMCODECS_OK) {
    spoil(SPOIL_DECODED, dst, *written);
    *written -= fault == SHORT_LENGTH && *written > 0;
  } else if (fault == ACCEPT) {
    return NUMCODECS_OK;
  }
  return status;
}

size_t nc_buffer_nbytes(const nc_buffer *buffer) {
  REAL(nc_buffer_nbytes);
  size_t nbytes = real(buffer);
  return fault == SHORT_LENGTH && nbytes > 0 ? nbytes - 1 : nbytes;
}
