/* libnumcodecs: every codec of the Python package numcodecs, from C. MIT licence.
 *
 * Made from src/capi by cbindgen: edit there, not here.
 *
 * Words used in the comments
 *   borrowed   read during the call only
 *   filled     memory of the caller, written during the call
 *   gives      yours: free it with the function named
 *   lends      stays valid until the handle it came from is freed; not to be freed
 *   takes      not to be used any more
 *
 * Rules that hold everywhere
 *   Handles are immutable once made (a registry: once it is shared): any number of threads may use one at the same time.
 *   Functions return a status; err is the caller's record of what went wrong and may be NULL. Any required pointer that is NULL gives
 *   NUMCODECS_ERR_NULL. After a failure every out-pointer is NULL or 0.
 *   Sizes, offsets and strides are bytes; shapes, starts and counts are elements. A comment that says otherwise says so.
 *   NULL with 0 bytes is an empty input. An empty result has data NULL and 0 bytes.
 *   Every callback runs on the thread that made the call and must return normally: no longjmp, no C++ exception.
 *   The library keeps no state between calls but what handles hold (and nc_blosc_set_nthreads, on which no result depends), obeys no
 *   environment variables, prints nothing, leaves no thread running, and may be used after fork.
 *   Constants are enumerators, not macros, so that tools that read preprocessed text see them.
 */

#ifndef NUMCODECS_H
#define NUMCODECS_H

#include <stddef.h>
#include <stdint.h>

/* Version of this header; nc_codec_library_version() tells that of the library. */
#define NUMCODECS_VERSION "0.1.0"
#define NUMCODECS_VERSION_MAJOR 0
#define NUMCODECS_VERSION_MINOR 1
#define NUMCODECS_VERSION_PATCH 0

// Status numbers. They tell causes apart and are never reused.
typedef enum nc_status_code {
  // Success.
  NUMCODECS_OK = 0,
  // A required pointer is NULL; the message names the argument.
  NUMCODECS_ERR_NULL = 1,
  // A configuration or metadata key or value; path says which.
  NUMCODECS_ERR_CONFIG = 2,
  // No codec has that id (here, or in this build).
  NUMCODECS_ERR_UNKNOWN_CODEC = 3,
  // The input is corrupt or cut off; offset says where, if known.
  NUMCODECS_ERR_DATA = 4,
  // The caller's memory is too small; needed says how much it takes, 0 = not known.
  NUMCODECS_ERR_SPACE = 5,
  // A dtype or item kind that does not fit.
  NUMCODECS_ERR_DTYPE = 6,
  // Something that this codec or this build does not do.
  NUMCODECS_ERR_UNSUPPORTED = 7,
  // The allocator refused; trying again later may work.
  NUMCODECS_ERR_MEMORY = 8,
  // A shape, stride or number of bytes that does not fit.
  NUMCODECS_ERR_SHAPE = 9,
  // More than max_output or max_memory allows; trying again will not work.
  NUMCODECS_ERR_LIMIT = 10,
  // A stored checksum differs from the computed one.
  NUMCODECS_ERR_CHECKSUM = 11,
  // The progress callback asked to stop.
  NUMCODECS_ERR_CANCELLED = 12,
  // A callback of the caller failed or broke its contract.
  NUMCODECS_ERR_CALLBACK = 13,
  // The size cannot be known without decoding or encoding. An answer, not a failure.
  NUMCODECS_ERR_UNKNOWN_SIZE = 14,
  // A batch item that was never started.
  NUMCODECS_ERR_NOT_DONE = 15,
  // A bug in this library was caught.
  NUMCODECS_ERR_PANIC = 99,
} nc_status_code;

// Order of the items of a layout.
typedef enum nc_order {
  // Last dimension fastest, no gaps.
  NUMCODECS_ORDER_C = 0,
  // First dimension fastest, no gaps.
  NUMCODECS_ORDER_F = 1,
  // Byte strides tell.
  NUMCODECS_ORDER_STRIDED = 2,
} nc_order;

// Kind of the items of a layout. All kinds but NUMCODECS_FIXED have items of any length: n+1 byte offsets of type int64_t and one
// block of bytes, item i being bytes offsets[i] up to offsets[i + 1], laid out as in Arrow's large string and large binary arrays.
typedef enum nc_items {
  // Items of fixed size; the dtype tells.
  NUMCODECS_FIXED = 0,
  // UTF-8 text (vlen-utf8, categorize).
  NUMCODECS_UTF8 = 1,
  // Bytes (vlen-bytes).
  NUMCODECS_BYTES = 2,
  // One-dimensional arrays of the layout's dtype (vlen-array); the offsets still count bytes.
  NUMCODECS_ARRAYS = 3,
  // One JSON text each (json2).
  NUMCODECS_JSON = 4,
  // One MessagePack value each (msgpack2, pickle): bytes, 64-bit integers, NaN and any map key survive.
  NUMCODECS_MSGPACK = 5,
} nc_items;

// Flags of nc_options, added up.
typedef enum nc_flags {
  // Refuse what the Python package lets pass: bytes after the end, characters that are not base64, values that an encoded type
  // cannot hold, labels that are not listed.
  NUMCODECS_STRICT = 1,
} nc_flags;

// Values of nc_options.nthreads with a meaning of their own.
typedef enum nc_threads {
  // As many threads as the process may run on.
  NUMCODECS_ALL_CORES = -1,
} nc_threads;

// Questions for nc_codec_query, nc_layout_query and nc_zarr_query.
typedef enum nc_question {
  // Layout: bytes of all fixed-size items without gaps; 0 for the other kinds.
  NUMCODECS_Q_NBYTES = 0,
  // Layout: number of items.
  NUMCODECS_Q_ITEMS = 1,
  // Layout: bytes per item (of the dtype).
  NUMCODECS_Q_ITEMSIZE = 2,
  // Layout, Zarr: number of dimensions.
  NUMCODECS_Q_NDIM = 3,
  // Layout: one of NUMCODECS_ORDER_.
  NUMCODECS_Q_ORDER = 4,
  // Layout: one of NUMCODECS_FIXED, NUMCODECS_UTF8, ...
  NUMCODECS_Q_KIND = 5,
  // Codec: 1 if nc_decode_box reads only the part it needs, 0 if it decodes all and cuts.
  NUMCODECS_Q_PARTIAL = 6,
  // Codec: 1 if decoding may give other values than were encoded.
  NUMCODECS_Q_LOSSY = 7,
  // Zarr: version of the format.
  NUMCODECS_Q_FORMAT = 8,
  // Zarr: 1 if the metadata has a fill value, 0 if it is null (chunks that are not there are then read as zeros).
  NUMCODECS_Q_FILL = 9,
} nc_question;

// Constants of numcodecs.lz4.
typedef enum nc_lz4_constants {
  // The acceleration that stands for "none".
  NUMCODECS_LZ4_DEFAULT_ACCELERATION = 1,
} nc_lz4_constants;

// Constants of numcodecs.zstd.
typedef enum nc_zstd_constants {
  // The level that lets Zstandard choose (it takes 3).
  NUMCODECS_ZSTD_DEFAULT_CLEVEL = 0,
  // The highest level; levels above it count as this one.
  NUMCODECS_ZSTD_MAX_CLEVEL = 22,
} nc_zstd_constants;

// Constants of numcodecs.blosc.
typedef enum nc_blosc_constants {
  // Bit shuffle for items of 1 byte, byte shuffle for all others.
  NUMCODECS_BLOSC_AUTOSHUFFLE = -1,
  // No shuffle.
  NUMCODECS_BLOSC_NOSHUFFLE = 0,
  // Byte shuffle.
  NUMCODECS_BLOSC_SHUFFLE = 1,
  // Bit shuffle.
  NUMCODECS_BLOSC_BITSHUFFLE = 2,
  // Most bytes by which a result can be longer than its input.
  NUMCODECS_BLOSC_MAX_OVERHEAD = 16,
  // Largest typesize that a chunk stores; larger ones are stored as 1.
  NUMCODECS_BLOSC_MAX_TYPESIZE = 255,
  // Most threads.
  NUMCODECS_BLOSC_MAX_THREADS = 256,
  // Most bytes of input.
  NUMCODECS_BLOSC_MAX_BUFFERSIZE = 2147483631,
} nc_blosc_constants;

// Let Blosc choose the block size.
typedef enum nc_blosc_blocksize {
  // Let Blosc choose the block size.
  NUMCODECS_BLOSC_AUTOBLOCKS = 0,
} nc_blosc_blocksize;

// A result in memory of the library: bytes, their layout, and for items of variable length their offsets. One opaque pointer, so that
// it fits any finalizer. Everything it lends is valid until nc_buffer_free.
typedef struct nc_buffer nc_buffer;

// A codec or a whole pipeline, built from a configuration. Immutable: any number of threads may use one at the same time. Free with
// nc_codec_free.
typedef struct nc_codec nc_codec;

// Dtype, kind of items, shape, and order or byte strides of an array: parsed and checked once. Immutable: any number of threads may
// use one at the same time. Free with nc_layout_free, unless it was lent.
typedef struct nc_layout nc_layout;

// The codecs that configurations may name: built-in ones and the caller's own. Built up by one thread, then shared by any number.
typedef struct nc_registry nc_registry;

// Where the inner chunks of one shard lie: its index, parsed and checked once. The library does no I/O: the caller fetches the range of
// the index, then those of the inner chunks it wants, which nc_decode_batch decodes with the codec of nc_zarr_inner. Immutable: any
// number of threads may use one at the same time. Free with nc_shard_free.
typedef struct nc_shard nc_shard;

// The metadata of one Zarr array, parsed and checked once: codec, layout, fill value and keys of its chunks. The library does no I/O:
// the caller fetches what lies under a key. Immutable: any number of threads may use one at the same time. Free with nc_zarr_free.
typedef struct nc_zarr nc_zarr;

// Outcome of a call: NUMCODECS_OK or one of the NUMCODECS_ERR_ numbers.
typedef int32_t nc_status;

// What went wrong, in memory of the caller (on its stack, say); every function takes NULL instead. 512 bytes, frozen.
// All text is printable UTF-8 ending with NUL: foreign text is escaped, and cut between characters.
typedef struct nc_error {
  // The status that the call returned.
  int32_t code;
  // Position in the pipeline, 0 = first filter; -1 = not a stage.
  int32_t stage;
  // Chunk of a batch, else inner chunk of a shard, counted in C order; -1 = none.
  int64_t index;
  // Byte in the encoded input, of that stage in a pipeline; -1 = not known.
  int64_t offset;
  // Bytes asked for, with NUMCODECS_ERR_SPACE, _LIMIT and _MEMORY; 0 = not known.
  uint64_t needed;
  // Id of the codec that failed, or empty.
  char codec[32];
  // Key or JSON path in the configuration or metadata, or empty.
  char path[128];
  // For a person to read.
  char message[320];
} nc_error;

// Asks the caller for a larger block: must return a block of at least nbytes bytes that keeps the content of the one before (as
// realloc does), or NULL to refuse. The block is the caller's, after a failed call too.
typedef void *(*nc_grow_fn)(void *user, size_t nbytes);

// Tells how many of how many bytes are done: of input or of output, as the codec counts; both are the same number at the end. A result
// other than 0 stops the call with NUMCODECS_ERR_CANCELLED; it is not called again then.
typedef int32_t (*nc_progress_fn)(void *user, uint64_t done, uint64_t total);

// Options of one call. Set struct_size to sizeof(nc_options) and the rest to 0 for the defaults; NULL means the same. Fields may be
// added at the end in later versions: struct_size tells which the caller knows.
typedef struct nc_options {
  // sizeof(nc_options) as the caller was compiled.
  size_t struct_size;
  // Most bytes of result of the whole call, without the gaps between strides; 0 = no limit. Between the stages of a pipeline 16 times
  // as much and 64 KiB may arise.
  uint64_t max_output;
  // Most bytes of result and scratch (windows, dictionaries, steps between filters) of all threads; 0 = no limit. Memory of the
  // caller does not count. Without a limit lzma still believes no more than 256 MiB for a dictionary that a stream names.
  uint64_t max_memory;
  // Threads the whole call may use, the calling one included; 0 = 1; NUMCODECS_ALL_CORES. Results never depend on it.
  int32_t nthreads;
  // NUMCODECS_STRICT or 0.
  int32_t flags;
  // For nc_decode_box and the _into calls: asked for a larger block instead of failing with NUMCODECS_ERR_SPACE. NULL = none.
  nc_grow_fn grow;
  // First argument of grow.
  void *grow_user;
  // Called on the calling thread, at least for every megabyte of input or output that a streaming codec handles, and at the end; in
  // batches after every chunk, and with several threads every 20 milliseconds.
  nc_progress_fn progress;
  // First argument of progress.
  void *progress_user;
  // Set to the bytes of encoded input that nc_decode_box and nc_decode_batch read; NULL = not asked. Other calls leave it alone.
  uint64_t *touched;
} nc_options;

// A codec of the caller: functions and a pointer of its own. The functions run on threads that call nc_encode or nc_decode, must return
// normally (no longjmp, no C++ exception), report through err (never NULL, already cleared: message, path, offset and needed reach the
// caller of nc_encode or nc_decode) and return a status; a number that is not a NUMCODECS_ERR_ counts as NUMCODECS_ERR_CALLBACK. What
// they are handed is lent for the call. Set struct_size to sizeof(nc_custom_codec).
typedef struct nc_custom_codec {
  // sizeof(nc_custom_codec) as the caller was compiled.
  size_t struct_size;
  // The "id" of configurations; copied.
  const char *id;
  // First argument of make and free_user.
  void *user;
  // Not 0: encode and decode may run on several threads at once on one codec. 0: only ever on threads that the caller runs itself,
  // in batches too; the caller then takes care not to share such a codec between them.
  int32_t concurrent;
  // 0.
  int32_t reserved;
  // Builds a codec from its whole configuration, as NUL-terminated JSON text; sets *self, of which nothing is freed if it fails.
  nc_status (*make)(void *user, const char *json, void **self_, struct nc_error *err);
  // Encodes the n bytes of src, in C or F order as layout says, into out with nc_buffer_append.
  nc_status (*encode)(void *self_,
                      const struct nc_layout *layout,
                      const void *src,
                      size_t n,
                      struct nc_buffer *out,
                      struct nc_error *err);
  // Decodes the n bytes of src into out with nc_buffer_append.
  nc_status (*decode)(void *self_, const void *src, size_t n, struct nc_buffer *out, struct nc_error *err);
  // Frees what make built; NULL = nothing to free.
  void (*free_self)(void *self_);
  // Called once, after the registry and the last codec built from this one are gone; NULL = nothing to free.
  void (*free_user)(void *user);
} nc_custom_codec;

// The chunks of one call: plain parallel arrays of n elements. Inputs are borrowed, outputs filled. Set struct_size to
// sizeof(nc_batch) and what is not needed to 0. Destinations must not share memory with sources, and no two of them may hold the same
// item; their items may lie between each other, as those of neighbouring parts of one large array do.
typedef struct nc_batch {
  // sizeof(nc_batch) as the caller was compiled.
  size_t struct_size;
  // Number of chunks.
  size_t n;
  // The inputs; required. Decoding: NULL = a chunk that is not there: fill value. Any other pointer with 0 bytes is an empty input.
  const void *const *src;
  // Bytes of each input; required.
  const size_t *src_nbytes;
  // The outputs: where the first item of each goes, or the first encoded byte; required.
  void *const *dst;
  // Bytes of room behind each dst: nothing is written past it, whatever the strides. Required.
  const size_t *dst_nbytes;
  // First element of the box inside each chunk, n times one number for each dimension; NULL = 0.
  const int64_t *starts;
  // Elements of that box, n times one number for each dimension; NULL = the shape of each.
  const int64_t *counts;
  // Set to the bytes from the first to the last written, 0 where a chunk failed; NULL = not asked.
  size_t *written;
  // Set for every chunk, NUMCODECS_ERR_NOT_DONE where it was never started. Required.
  nc_status *status;
  // Filled for every chunk; NULL = not asked.
  struct nc_error *errors;
  // Where the fill value comes from; NULL = zeros.
  const struct nc_zarr *fill;
} nc_batch;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Version of the library, "major.minor.patch", as NUMCODECS_VERSION was when the header was made. Static text. Any thread. Since 0.1.
const char *nc_codec_library_version(void);

// Id of the i-th codec of this build, in alphabetical order; NULL past the end. Static text. Any thread. Since 0.1.
const char *nc_codec_id_at(size_t i);

// Name and version of the i-th C library inside this one, such as "zstd 1.5.7", as that library tells it; NULL past the end. Static
// text. Any thread. Since 0.1.
const char *nc_engine_at(size_t i);

// Short English name of a status, such as "corrupt or truncated input"; "unknown status" for other numbers. Static text. Any
// thread. Since 0.1.
const char *nc_status_string(nc_status code);

// Builds a codec from its configuration, the JSON object that stands in Zarr metadata, such as
// {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 1}. Keys, defaults and values are those of the Python package numcodecs.
// A list of such objects, filters in their order and the compressor last, makes one codec that runs them all: encoding hands the
// result of each, with its dtype and shape, to the next; decoding goes backwards. An empty list keeps bytes as they are.
//
// json: NUL-terminated UTF-8, borrowed. registry: where to look, NULL = the built-in codecs. codec: gives a codec, free it with
// nc_codec_free; NULL after a failure. Errors: _CONFIG (path names the key, in a list as "[1].level"), _UNKNOWN_CODEC,
// _UNSUPPORTED (more than 64 codecs in a list), _NULL, _MEMORY. Any thread. Since 0.1.
nc_status nc_codec_from_config(const char *json,
                               const struct nc_registry *registry,
                               struct nc_codec **codec,
                               struct nc_error *err);

// The full configuration of a codec as JSON: what Python's get_config() returns, with every default spelled out, in its order;
// for a pipeline the list of that. Lends: valid until the codec is freed. NULL for NULL. Any thread. Since 0.1.
const char *nc_codec_config(const struct nc_codec *codec);

// Whether two codecs have equal configurations, as == tells in Python; the order of keys does not matter. 1 = equal, 0 = not, also
// when either is NULL. Any thread. Since 0.1.
int32_t nc_codec_equal(const struct nc_codec *a,
                       const struct nc_codec *b);

// Answers NUMCODECS_Q_PARTIAL and NUMCODECS_Q_LOSSY about a codec; -1 for other questions and for NULL. Any thread. Since 0.1.
int64_t nc_codec_query(const struct nc_codec *codec,
                       int32_t what);

// Frees a codec; NULL is fine. Takes: do not use it afterwards, and not while another thread still does. Since 0.1.
void nc_codec_free(struct nc_codec *codec);

// Makes a layout. Everything is copied.
//
// dtype: NumPy string such as "<f8", ">i2", "|S5", "<M8[ns]" or any other spelling that NumPy takes; NULL = plain bytes for
// NUMCODECS_FIXED, objects for the other kinds; for NUMCODECS_ARRAYS the dtype inside the items. kind: NUMCODECS_FIXED or the kind of
// items of variable length. ndim, shape: 0 to 64 dimensions, extents in elements, 0 or more; shape may be NULL when ndim is 0.
// strides: one for each dimension, in bytes, 0 or more; NULL = no gaps, in the given order. order: NUMCODECS_ORDER_C or
// NUMCODECS_ORDER_F; with strides it does not matter. layout: gives a layout, free it with nc_layout_free; NULL after a failure.
// Errors: _DTYPE, _SHAPE, _UNSUPPORTED (numbers that are no kind or order), _NULL. Any thread. Since 0.1.
nc_status nc_layout_new(const char *dtype,
                        int32_t kind,
                        int32_t ndim,
                        const int64_t *shape,
                        const int64_t *strides,
                        int32_t order,
                        struct nc_layout **layout,
                        struct nc_error *err);

// The dtype in NumPy's canonical form, byte order always spelled out: "<f8", "|u1", "|O". Lends: valid as long as the layout. NULL
// for NULL. Any thread. Since 0.1.
const char *nc_layout_dtype(const struct nc_layout *layout);

// Answers NUMCODECS_Q_NBYTES, _ITEMS, _ITEMSIZE, _NDIM, _ORDER and _KIND about a layout; -1 for other questions and for NULL. Any
// thread. Since 0.1.
int64_t nc_layout_query(const struct nc_layout *layout,
                        int32_t what);

// Fills shape with the extents, in elements; cap is its room, in elements. Errors: _SPACE (needed = bytes for all extents), _NULL.
// Any thread. Since 0.1.
nc_status nc_layout_shape(const struct nc_layout *layout,
                          int64_t *shape,
                          int32_t cap,
                          struct nc_error *err);

// Frees a layout that was given; NULL is fine. Takes: do not use it afterwards. Since 0.1.
void nc_layout_free(struct nc_layout *layout);

// Encodes one chunk into memory of the library.
//
// layout: dtype, shape and order or strides of src, which codecs need to know (Blosc the item size, ZFPY the shape, ...); NULL = n plain
// bytes. src, n: the chunk, borrowed, n bytes (for items of variable length all their bytes); NULL is fine for 0 bytes. A layout with
// gaps is gathered in C order first. offsets: for items of variable length their n_items + 1 byte offsets into src, borrowed; NULL for
// fixed-size items. opt: NULL = defaults. buffer: gives the result, free it with nc_buffer_free; its layout tells dtype and shape where
// the result is an array. Errors: _SHAPE (n and layout disagree), _DTYPE, _DATA (values that the encoded type cannot hold), _CONFIG (a
// key that does not go with the dtype), _UNSUPPORTED, _LIMIT, _MEMORY, _CANCELLED, _CALLBACK, _NULL. Any thread, concurrently on one
// codec. Since 0.1.
nc_status nc_encode(const struct nc_codec *codec,
                    const struct nc_layout *layout,
                    const void *src,
                    size_t n,
                    const int64_t *offsets,
                    const struct nc_options *opt,
                    struct nc_buffer **buffer,
                    struct nc_error *err);

// Encodes one chunk of items of variable length that lie apart, without joining them first.
//
// layout: kind and shape of the items; required. items, lengths: n_items pointers and byte counts, borrowed, in the order of the layout;
// an item of 0 bytes may be NULL. The rest is as in nc_encode. Since 0.1.
nc_status nc_encode_items(const struct nc_codec *codec,
                          const struct nc_layout *layout,
                          const void *const *items,
                          const int64_t *lengths,
                          const struct nc_options *opt,
                          struct nc_buffer **buffer,
                          struct nc_error *err);

// Encodes one chunk into memory of the caller.
//
// dst, cap: filled, at most cap bytes; must not share memory with src. If it is too small and opt->grow is set, grow is asked for more,
// otherwise the call fails with _SPACE; nc_encode_info tells how much is always enough. written: set to the bytes written; required.
// Errors: _SPACE, _CALLBACK (grow refused), and those of nc_encode, where the rest is as well. After a failure the content of dst is
// unspecified; nothing outside it is ever written. Since 0.1.
nc_status nc_encode_into(const struct nc_codec *codec,
                         const struct nc_layout *layout,
                         const void *src,
                         size_t n,
                         const int64_t *offsets,
                         void *dst,
                         size_t cap,
                         const struct nc_options *opt,
                         size_t *written,
                         struct nc_error *err);

// What encoding would give, without doing it.
//
// layout, n: as in nc_encode; NULL = n plain bytes; for items of variable length n is the bytes of all items. bound: set to a number of
// bytes that is always enough. encoded: set to the layout of the result where it is an array, free it with nc_layout_free; to NULL where
// it is bytes. Both are required. Errors: _UNKNOWN_SIZE (nobody knows; an answer), _DTYPE, _SHAPE (also more bytes than memory can
// hold), _CONFIG, _UNSUPPORTED, _NULL. Any thread, concurrently on one codec. Since 0.1.
nc_status nc_encode_info(const struct nc_codec *codec,
                         const struct nc_layout *layout,
                         size_t n,
                         uint64_t *bound,
                         struct nc_layout **encoded,
                         struct nc_error *err);

// Decodes one chunk into memory of the library.
//
// src, n: the encoded chunk, borrowed; NULL is fine for 0 bytes. chunk: layout of the decoded chunk as it was encoded (dtype with byte
// order, shape, order), as array metadata tells it; NULL = what the codec itself knows: plain bytes for a compressor, a flat array for
// most filters. want: layout of the result, in C or F order; byte order and order are converted, any other difference is an error;
// NULL = as the chunk is. With want and no chunk, bytes of a compressor are taken as want's dtype, byte order and order. opt: NULL =
// defaults; set max_output where src is not trusted. buffer: gives the result, free it with nc_buffer_free. Errors: _DATA, _CHECKSUM,
// _DTYPE, _SHAPE, _LIMIT, _MEMORY, _UNSUPPORTED, _CANCELLED, _CALLBACK, _NULL. Any thread, concurrently on one codec. Since 0.1.
nc_status nc_decode(const struct nc_codec *codec,
                    const void *src,
                    size_t n,
                    const struct nc_layout *chunk,
                    const struct nc_layout *want,
                    const struct nc_options *opt,
                    struct nc_buffer **buffer,
                    struct nc_error *err);

// Decodes one chunk of fixed-size items into memory of the caller.
//
// dst, cap: filled, at most cap bytes; must not share memory with src. want: layout of dst: byte order, order and strides are converted
// on the way, gaps between strides are not touched, any other difference is an error (_DTYPE, _SHAPE); NULL = bytes as they come.
// written: set to the bytes from the first to the last written; required. If dst is too small and opt->grow is set, grow is asked for
// more, otherwise the call fails with _SPACE; err->needed tells how much it takes, if known. Items of variable length come through
// nc_decode only (_DTYPE here). Errors: _SPACE, _CALLBACK (grow refused), and those of nc_decode, where the rest is as well. After a
// failure the content of dst is unspecified; nothing outside it is ever written. Since 0.1.
nc_status nc_decode_into(const struct nc_codec *codec,
                         const void *src,
                         size_t n,
                         const struct nc_layout *chunk,
                         const struct nc_layout *want,
                         void *dst,
                         size_t cap,
                         const struct nc_options *opt,
                         size_t *written,
                         struct nc_error *err);

// Decodes a box out of one chunk: a part of a large chunk, or an edge chunk cropped on the way out.
//
// src, n: the encoded chunk, borrowed. chunk: layout of the whole decoded chunk; required. start: first element of the box in each
// dimension of the chunk, borrowed. want: layout of dst; required; its shape is that of the box and has as many dimensions as the chunk;
// byte order, order and strides are converted. dst, cap: filled, at most cap bytes; must not share memory with src. nc_codec_query with
// NUMCODECS_Q_PARTIAL tells whether only the needed part is decoded, opt->touched how many bytes of src were read: of Blosc chunks the
// blocks that hold the box, behind filters that work item by item too; of shards the index and the inner chunks. Errors: _SHAPE (the
// box leaves the chunk), and those of nc_decode_into. Any thread, concurrently on one codec. Since 0.1.
nc_status nc_decode_box(const struct nc_codec *codec,
                        const void *src,
                        size_t n,
                        const struct nc_layout *chunk,
                        const int64_t *start,
                        const struct nc_layout *want,
                        void *dst,
                        size_t cap,
                        const struct nc_options *opt,
                        struct nc_error *err);

// What encoded bytes claim to hold, without decoding them. A claim is not to be trusted: a chunk from elsewhere may claim any size.
//
// src, n: the encoded chunk, borrowed. nbytes: set to the decoded bytes. layout: set to the decoded layout where the bytes tell more
// than a size, free it with nc_layout_free; else to NULL. Both are required. Errors: _UNKNOWN_SIZE (only decoding would tell; an
// answer), _DATA, _NULL. Any thread, concurrently on one codec. Since 0.1.
nc_status nc_decode_info(const struct nc_codec *codec,
                         const void *src,
                         size_t n,
                         uint64_t *nbytes,
                         struct nc_layout **layout,
                         struct nc_error *err);

// The bytes, aligned for any type; NULL when there are none. Lends; the caller may write to them. Any thread. Since 0.1.
void *nc_buffer_data(const struct nc_buffer *buffer);

// Number of bytes; 0 for NULL. Any thread. Since 0.1.
size_t nc_buffer_nbytes(const struct nc_buffer *buffer);

// Layout of the content: dtype, shape, order, kind. Lends: valid until the buffer is freed, not to be freed itself. NULL for NULL.
// Any thread. Since 0.1.
const struct nc_layout *nc_buffer_layout(const struct nc_buffer *buffer);

// For items of variable length their n+1 byte offsets: item i is the bytes offsets[i] up to offsets[i + 1] of nc_buffer_data. NULL for
// fixed-size items and for NULL. Lends. Any thread. Since 0.1.
const int64_t *nc_buffer_offsets(const struct nc_buffer *buffer);

// Appends n bytes to the buffer that a custom codec was handed; to be called inside its encode or decode only. data: borrowed, no part
// of the buffer itself, which may move; NULL is fine for 0 bytes. Errors: _LIMIT (over the limits of the call, or not a buffer to append
// to), _UNSUPPORTED (a part of the buffer), _MEMORY, _NULL. Exclusive: one thread at a time. Since 0.1.
nc_status nc_buffer_append(struct nc_buffer *buffer,
                           const void *data,
                           size_t n,
                           struct nc_error *err);

// Frees a buffer and all that it lent; NULL is fine. Takes: free it once. Since 0.1.
void nc_buffer_free(struct nc_buffer *buffer);

// Makes a registry. allow, n: ids of the built-in codecs to keep, borrowed; allow NULL = all of them (n is then 0). The ids "json" and
// "msgpack" of numcodecs before 0.6, whose chunks hold no shape, are there only where they are named. registry: gives a registry, free
// it with nc_registry_free; codecs built from it stay valid after that. Errors: _UNKNOWN_CODEC, _NULL. Any thread. Since 0.1.
nc_status nc_registry_new(const char *const *allow,
                          size_t n,
                          struct nc_registry **registry,
                          struct nc_error *err);

// Adds a codec of the caller; it takes the place of a built-in one of the same id. codec: the struct and its id are copied; user stays
// the caller's until free_user is called, which also happens when this call fails after its pointers were checked. Errors: _UNSUPPORTED
// (a codec was already built from the registry, or a struct_size that is not known), _NULL (id, make, encode or decode). Exclusive: no
// other thread may use the registry during this call. Since 0.1.
nc_status nc_registry_add(struct nc_registry *registry,
                          const struct nc_custom_codec *codec,
                          struct nc_error *err);

// Frees a registry; NULL is fine. Takes: do not use it afterwards; codecs built from it live on. Since 0.1.
void nc_registry_free(struct nc_registry *registry);

// Reads the metadata of an array: the text of a `.zarray` (Zarr v2) or of the `zarr.json` of an array (Zarr v3). Keys that the format
// does not know, in codecs too, are ignored; nc_zarr_ignored lists them. In v3 codecs may be named with "numcodecs." before the id or
// without, and by the name alone; a key at the top must say that it need not be understood.
//
// json: NUL-terminated UTF-8, borrowed. registry: where codecs are looked up, NULL = the built-in ones. zarr: gives the metadata, free
// it with nc_zarr_free; NULL after a failure. Errors: _CONFIG, _UNKNOWN_CODEC, _SHAPE (a chunk larger than memory), _DTYPE (objects
// without a codec for them), _UNSUPPORTED (a data type, grid or encoding of v3 that is not known), all with the JSON path in err->path,
// such as "filters[0].dtype" or "codecs[1].configuration.level"; _NULL, _MEMORY. Any thread. Since 0.1.
nc_status nc_zarr_open(const char *json,
                       const struct nc_registry *registry,
                       struct nc_zarr **zarr,
                       struct nc_error *err);

// The metadata of a new array.
//
// codecs: NUL-terminated UTF-8, what nc_codec_from_config reads: the configuration of a codec, or a list of filters with the compressor
// last; "[]" = none. registry: where codecs are looked up, NULL = the built-in ones. chunk: dtype, shape and order (C or F) of a
// chunk, borrowed. shape: extents of the array, one for each dimension of a chunk, borrowed; NULL is fine without dimensions. fill,
// fill_nbytes: the fill value, one item in dtype and byte order of the chunk, for items of variable length what it holds; NULL = none,
// which v3 writes as zero. format: 2 (keys like "0.1") or 3 (keys like "c/0/1"). zarr: gives the
// metadata, free it with nc_zarr_free; NULL after a failure; nc_zarr_metadata writes it. Errors: those of nc_zarr_open and of
// nc_zarr_metadata, with paths of a `.zarray`; _SHAPE (another number of dimensions or bytes, a chunk with gaps), _NULL. Any thread.
// Since 0.1.
nc_status nc_zarr_new(const char *codecs,
                      const struct nc_registry *registry,
                      const struct nc_layout *chunk,
                      const int64_t *shape,
                      const void *fill,
                      size_t fill_nbytes,
                      int32_t format,
                      struct nc_zarr **zarr,
                      struct nc_error *err);

// Writes metadata as text: a `.zarray` or a `zarr.json`, in whichever format it was read. Between the formats codecs change their
// spelling and the chunks keep their bytes: what the other format has no words for is an error. Keys of chunks stay the same from v2 to
// v3; from v3 to v2 they lose the "c" in front, which v2 does not know. Keys of the text that nobody knew are not written.
//
// format: 2 or 3. attributes: NUL-terminated JSON text of an object to write into a `zarr.json`, borrowed;
// NULL = the attributes that were read there, else none. v2 keeps attributes in a file of their own, `.zattrs`: NULL then. text: gives
// the text as UTF-8 without a NUL at its end, free it with nc_buffer_free; NULL after a failure. Errors: _UNSUPPORTED (no form in that
// format) and _CONFIG (the attributes), both with the JSON path in what was read, such as "codecs[0].name" or "filters[0].id";
// _UNSUPPORTED without a path for nc_zarr_inner, whose chunks have no metadata of their own; _NULL. Any thread. Since 0.1.
nc_status nc_zarr_metadata(const struct nc_zarr *zarr,
                           int32_t format,
                           const char *attributes,
                           struct nc_buffer **text,
                           struct nc_error *err);

// The attributes of a `zarr.json` as JSON text: what belongs into `.zattrs` when the array is written as Zarr v2. NULL where it has none,
// for v2 and for NULL. Lends: valid until the metadata is freed. Any thread. Since 0.1.
const char *nc_zarr_attributes(const struct nc_zarr *zarr);

// The codec of a chunk: all filters and the compressor. It knows the layout of the chunk: encoding takes any layout of the same shape
// and type, in any order and byte order, and n plain bytes as the chunk itself; decoding needs no layout of the chunk. Lends: valid
// until the metadata is freed, not to be freed itself. NULL for NULL. Any thread. Since 0.1.
const struct nc_codec *nc_zarr_codec(const struct nc_zarr *zarr);

// Layout of a decoded chunk, in a sharded array of a whole shard: dtype, shape and order as stored. Those at the edges have it too.
// Structured types are raw bytes ("|V14"): their fields one after the other, in v3 little endian whatever is stored. Lends: valid until
// the metadata is freed, not to be freed itself. NULL for NULL. Any thread. Since 0.1.
const struct nc_layout *nc_zarr_layout(const struct nc_zarr *zarr);

// The chunks inside a shard as an array of their own: nc_zarr_codec, nc_zarr_layout and the fill value are those of one inner chunk,
// nc_zarr_shape that of a shard; inside nested shards there is an inner array again. nc_shard_open tells where in a shard its inner
// chunks lie. NULL for NULL and where the chunks are no shards; also where filters or compressors work on whole shards, which are then
// decoded whole by nc_zarr_codec. Lends: valid until the metadata is freed, not to be freed itself. Any thread. Since 0.1.
const struct nc_zarr *nc_zarr_inner(const struct nc_zarr *zarr);

// Answers NUMCODECS_Q_NDIM, _FORMAT and _FILL about an array; -1 for other questions and for NULL. Any thread. Since 0.1.
int64_t nc_zarr_query(const struct nc_zarr *zarr,
                      int32_t what);

// Fills shape with the extents of the whole array, in elements; cap is its room, in elements. Errors: _SPACE (needed = bytes for all
// extents), _NULL. Any thread. Since 0.1.
nc_status nc_zarr_shape(const struct nc_zarr *zarr,
                        int64_t *shape,
                        int32_t cap,
                        struct nc_error *err);

// The key under which a chunk is stored, below that of the array, such as "0.1" or "c/0/1".
//
// index: position in the grid of chunks, one number for each dimension, borrowed; NULL is fine without dimensions. dst, cap: filled
// with the key and a NUL. Errors: _SHAPE (no such chunk), _UNSUPPORTED (of nc_zarr_inner: no keys inside a shard), _SPACE (needed =
// bytes with the NUL), _NULL. Any thread. Since 0.1.
nc_status nc_zarr_chunk_key(const struct nc_zarr *zarr,
                            const int64_t *index,
                            char *dst,
                            size_t cap,
                            struct nc_error *err);

// Fills memory with the fill value: zeros where the metadata has none.
//
// want: layout of dst: any shape, the dtype of the chunk in any byte order, with strides or without; gaps are not touched. dst, cap:
// filled, at most cap bytes. Errors: _DTYPE (also for items of variable length: see nc_zarr_fill_item), _SHAPE, _SPACE, _NULL. Any
// thread. Since 0.1.
nc_status nc_zarr_fill(const struct nc_zarr *zarr,
                       const struct nc_layout *want,
                       void *dst,
                       size_t cap,
                       struct nc_error *err);

// The fill value as one item, in the dtype and byte order of the chunk; for items of variable length what the item holds. nbytes: set to
// its bytes, NULL = not asked. NULL for an item of 0 bytes and for NULL. Lends: valid until the metadata is freed. Any thread. Since 0.1.
const void *nc_zarr_fill_item(const struct nc_zarr *zarr,
                              size_t *nbytes);

// JSON path of the i-th key of the metadata that was ignored because nobody knows it; NULL past the end and for NULL. Lends: valid
// until the metadata is freed. Any thread. Since 0.1.
const char *nc_zarr_ignored(const struct nc_zarr *zarr,
                            size_t i);

// Frees the metadata and all that it lent; NULL is fine. Takes: do not use it afterwards. Since 0.1.
void nc_zarr_free(struct nc_zarr *zarr);

// The byte range of a shard that holds its index.
//
// offset: set to the first byte; below 0 it counts from the end of the shard. nbytes: set to the size, the same for all shards of the
// array. Errors: _UNSUPPORTED (nc_zarr_inner is NULL), _NULL. Any thread. Since 0.1.
nc_status nc_zarr_index_range(const struct nc_zarr *zarr,
                              int64_t *offset,
                              size_t *nbytes,
                              struct nc_error *err);

// Reads the index of a shard. Its checksum is compared, every range must lie inside the shard, and none may share bytes with another or
// with the index.
//
// zarr: metadata of the array, or what nc_zarr_inner gave where shards are nested. index, n: the bytes of nc_zarr_index_range, borrowed.
// shard_nbytes: size of the whole shard; 0 = not known: ranges are then compared with each other alone. shard: gives a handle that does
// not need zarr any more, free it with nc_shard_free; NULL after a failure. Errors: _DATA (a range outside the shard, bytes that are
// shared, an index of another size), _CHECKSUM, both with the JSON path of the codec in err->path and the number of the inner chunk in
// err->index; _UNSUPPORTED (nc_zarr_inner is NULL), _MEMORY, _NULL. Any thread. Since 0.1.
nc_status nc_shard_open(const struct nc_zarr *zarr,
                        const void *index,
                        size_t n,
                        uint64_t shard_nbytes,
                        struct nc_shard **shard,
                        struct nc_error *err);

// Where an inner chunk lies in its shard.
//
// inner: position in the grid of inner chunks of this shard, one number for each dimension, borrowed; NULL is fine without dimensions.
// offset, nbytes: set to the byte range; 0 and 0 = the inner chunk is not there: fill value. Errors: _SHAPE (no such inner chunk),
// _NULL. Any thread. Since 0.1.
nc_status nc_shard_entry(const struct nc_shard *shard,
                         const int64_t *inner,
                         uint64_t *offset,
                         uint64_t *nbytes,
                         struct nc_error *err);

// Frees an index; NULL is fine. Takes: do not use it afterwards. Since 0.1.
void nc_shard_free(struct nc_shard *shard);

// Decodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
//
// codec: of all chunks, required; that of nc_zarr_codec knows their layout. chunk: layout of a decoded chunk, as in nc_decode; NULL =
// what the codec knows. each: layout of every destination: dtype, order or strides; its shape is that of a whole chunk, or with starts
// of a box; with counts fewer elements are written, at the same strides, so that chunks at the edge of an array are cropped. NULL =
// bytes as they come. batch: the chunks, required. opt: limits hold for the whole call, grow must be NULL; progress counts chunks. With
// progress and more than one thread the calling thread only watches. Threads end before the call does. Besides the destinations each
// thread takes at most one decoded chunk and what the codec itself needs. first: what became of the chunk with the lowest number that
// failed, index says which. Returns NUMCODECS_OK if all chunks are good, NUMCODECS_ERR_CANCELLED if progress stopped the call, else what
// first says. Errors are those of nc_decode_into and nc_decode_box. Any thread. Since 0.1.
nc_status nc_decode_batch(const struct nc_codec *codec,
                          const struct nc_layout *chunk,
                          const struct nc_layout *each,
                          const struct nc_batch *batch,
                          const struct nc_options *opt,
                          struct nc_error *first);

// Encodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
//
// codec: of all chunks, required. each: layout of every source; NULL = bytes. batch: the chunks; src is the first item of each,
// src_nbytes the bytes from it on. With counts a source holds only a box of its chunk, at the strides of each, as at the edge of an
// array; the rest becomes fill value; the codec must then be one that knows its chunk, as that of nc_zarr_codec (_UNSUPPORTED). dst,
// dst_nbytes: nc_encode_info tells how much is always enough; no two may share memory. The rest is as in nc_decode_batch, the errors
// those of nc_encode_into. Any thread. Since 0.1.
nc_status nc_encode_batch(const struct nc_codec *codec,
                          const struct nc_layout *each,
                          const struct nc_batch *batch,
                          const struct nc_options *opt,
                          struct nc_error *first);

// Does nothing and returns 0: this library has no global Blosc state. Here because numcodecs.blosc.init() is documented. Since 0.1.
int32_t nc_blosc_init(void);

// Does nothing and returns 0, as nc_blosc_init. Since 0.1.
int32_t nc_blosc_destroy(void);

// Number of a compressor inside Blosc: 0 blosclz, 1 lz4, 2 lz4hc, 4 zlib, 5 zstd; -1 for other names and for NULL. Any thread. Since
// 0.1.
int32_t nc_blosc_compname_to_compcode(const char *cname);

// Names of the compressors inside Blosc that numcodecs has, separated by commas: "blosclz,lz4,lz4hc,zlib,zstd". Static text. Any
// thread. Since 0.1.
const char *nc_blosc_list_compressors(void);

// Threads that the nc_blosc_ helpers use where their options do not say: at first the number of cores, at most 8. Any thread. Since 0.1.
int32_t nc_blosc_get_nthreads(void);

// Sets the number of threads, 1 to 256, that the nc_blosc_ helpers use; codecs built with nc_codec_from_config do not look at it, and
// no result depends on it. previous: set to the number before; may be NULL. Errors: _UNSUPPORTED (outside 1..256). Any thread. Since 0.1.
nc_status nc_blosc_set_nthreads(int32_t nthreads,
                                int32_t *previous,
                                struct nc_error *err);

// Sizes from the header of a Blosc chunk: decoded bytes, encoded bytes with the header, bytes of a block. src: borrowed, n bytes: all
// of the chunk, or its first 16 bytes or more. Errors: _DATA (shorter than a header, or not one), _NULL. Any thread. Since 0.1.
nc_status nc_blosc_cbuffer_sizes(const void *src,
                                 size_t n,
                                 size_t *nbytes,
                                 size_t *cbytes,
                                 size_t *blocksize,
                                 struct nc_error *err);

// Name of the library that compressed a Blosc chunk: "BloscLZ", "LZ4" (for lz4hc too), "Snappy", "Zlib" or "Zstd". complib: set to
// static text. The rest is as in nc_blosc_cbuffer_sizes. Since 0.1.
nc_status nc_blosc_cbuffer_complib(const void *src,
                                   size_t n,
                                   const char **complib,
                                   struct nc_error *err);

// Item size, shuffle (one of NUMCODECS_BLOSC_NOSHUFFLE, _SHUFFLE, _BITSHUFFLE) and whether the bytes are stored as they are (1) or
// compressed (0), from the header of a Blosc chunk. The rest is as in nc_blosc_cbuffer_sizes. Since 0.1.
nc_status nc_blosc_cbuffer_metainfo(const void *src,
                                    size_t n,
                                    size_t *typesize,
                                    int32_t *shuffle,
                                    int32_t *memcpyed,
                                    struct nc_error *err);

// Compresses n bytes as the codec "blosc" does. src: borrowed, at most 2147483631 bytes. cname: "blosclz", "lz4", "lz4hc", "zlib",
// "zstd" or "snappy". clevel: 0 to 9. shuffle: -1 to 2. blocksize: bytes, 0 = automatic. typesize: bytes of an item, 1 or more. opt: NULL
// = defaults. buffer: gives the result, free it with nc_buffer_free. Errors: _CONFIG (a parameter; path names it), _SHAPE, _LIMIT,
// _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
nc_status nc_blosc_compress(const void *src,
                            size_t n,
                            const char *cname,
                            int32_t clevel,
                            int32_t shuffle,
                            size_t blocksize,
                            size_t typesize,
                            const struct nc_options *opt,
                            struct nc_buffer **buffer,
                            struct nc_error *err);

// Decompresses a Blosc chunk. src: borrowed, n bytes. opt: NULL = defaults; nthreads 0 = nc_blosc_get_nthreads(). buffer: gives the
// result, free it with nc_buffer_free. Errors: _DATA, _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
nc_status nc_blosc_decompress(const void *src,
                              size_t n,
                              const struct nc_options *opt,
                              struct nc_buffer **buffer,
                              struct nc_error *err);

// Decompresses a part of a Blosc chunk; blocks outside it are not even read. start, nitems: in items of the typesize that the chunk
// stores; nitems 1 or more. Errors: _SHAPE (0 items, or beyond the end), and those of nc_blosc_decompress, where the rest is as well.
// Since 0.1.
nc_status nc_blosc_decompress_partial(const void *src,
                                      size_t n,
                                      size_t start,
                                      size_t nitems,
                                      const struct nc_options *opt,
                                      struct nc_buffer **buffer,
                                      struct nc_error *err);

// As nc_blosc_decompress_partial, into memory of the caller. dst, cap: filled, at most cap bytes; must not share memory with src.
// written: set to nitems times the typesize. Errors: _SPACE (cap is too small; needed tells how much it takes), and as above. Since 0.1.
nc_status nc_blosc_decompress_partial_into(const void *src,
                                           size_t n,
                                           size_t start,
                                           size_t nitems,
                                           void *dst,
                                           size_t cap,
                                           const struct nc_options *opt,
                                           size_t *written,
                                           struct nc_error *err);

// Compresses n bytes as the codec "lz4" does: four bytes of size, little-endian, and one LZ4 block. src: borrowed, at most 2113929216
// bytes. acceleration: 1 and less is the best compression, more is faster. opt: NULL = defaults. buffer: gives the result, free it with
// nc_buffer_free. Errors: _SHAPE, _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
nc_status nc_lz4_compress(const void *src,
                          size_t n,
                          int32_t acceleration,
                          const struct nc_options *opt,
                          struct nc_buffer **buffer,
                          struct nc_error *err);

// Decompresses what nc_lz4_compress or the codec "lz4" made. Errors: _DATA, _LIMIT, _MEMORY, _NULL. The rest is as in nc_lz4_compress.
// Since 0.1.
nc_status nc_lz4_decompress(const void *src,
                            size_t n,
                            const struct nc_options *opt,
                            struct nc_buffer **buffer,
                            struct nc_error *err);

// Compresses n bytes as the codec "zstd" does: one frame that tells its content size. src: borrowed. level: nc_zstd_min_level() to
// nc_zstd_max_level(), others are brought into that range; 0 = default. checksum: not 0 = add one. opt: NULL = defaults. buffer: gives
// the result, free it with nc_buffer_free. Errors: _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
nc_status nc_zstd_compress(const void *src,
                           size_t n,
                           int32_t level,
                           int32_t checksum,
                           const struct nc_options *opt,
                           struct nc_buffer **buffer,
                           struct nc_error *err);

// Decompresses Zstandard frames, with or without a content size. Errors: _DATA, _CHECKSUM, _LIMIT, _MEMORY, _NULL. The rest is as in
// nc_zstd_compress. Since 0.1.
nc_status nc_zstd_decompress(const void *src,
                             size_t n,
                             const struct nc_options *opt,
                             struct nc_buffer **buffer,
                             struct nc_error *err);

// The level that level 0 stands for: 3. Any thread. Since 0.1.
int32_t nc_zstd_default_level(void);

// The lowest level, -131072: fastest, least compression. Any thread. Since 0.1.
int32_t nc_zstd_min_level(void);

// The highest level, 22. Any thread. Since 0.1.
int32_t nc_zstd_max_level(void);

// Bob Jenkins' lookup3 hash ("hashlittle") of n bytes, as numcodecs.jenkins.jenkins_lookup3(data, initval) gives it. src: borrowed, NULL
// is fine for 0 bytes. hash: set to the result. Errors: _NULL. Any thread. Since 0.1.
nc_status nc_jenkins_lookup3(const void *src,
                             size_t n,
                             uint32_t initval,
                             uint32_t *hash,
                             struct nc_error *err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NUMCODECS_H */
