// Package numcodecs runs the codecs of the C library libnumcodecs: every codec of Python's numcodecs.
//
//	zstd, err := numcodecs.NewCodec(`{"id": "zstd", "level": 5}`)
//	encoded, err := zstd.Encode(chunk, nil)
//	decoded, err := zstd.Decode(encoded, nil, nil)
//
// Codecs and layouts are immutable: any number of goroutines may share one. They are freed by the garbage collector.
package numcodecs

// #cgo pkg-config: numcodecs
// #include <numcodecs.h>
// #include <stdlib.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// Error tells why a call failed. Code is one of the NUMCODECS_ERR_ numbers of numcodecs.h.
type Error struct {
	Code    int
	Codec   string // id of the codec that failed, or empty
	Path    string // key or JSON path in the configuration, or empty
	Offset  int64  // byte in the encoded input; -1 = not known
	Message string
}

func (e *Error) Error() string { return "numcodecs: " + e.Message }

func failure(err *C.nc_error) error {
	return &Error{int(err.code), C.GoString(&err.codec[0]), C.GoString(&err.path[0]), int64(err.offset), C.GoString(&err.message[0])}
}

// Version of the library.
func Version() string { return C.GoString(C.nc_codec_library_version()) }

// Layout is the dtype, shape and order of an array.
type Layout struct{ handle *C.nc_layout }

// NewLayout makes a layout without gaps from a NumPy dtype such as "<f4"; columnMajor means that the first dimension is fastest.
func NewLayout(dtype string, shape []int64, columnMajor bool) (*Layout, error) {
	name := C.CString(dtype)
	defer C.free(unsafe.Pointer(name))
	order := C.int32_t(C.NUMCODECS_ORDER_C)
	if columnMajor {
		order = C.NUMCODECS_ORDER_F
	}
	var extents *C.int64_t
	if len(shape) > 0 {
		extents = (*C.int64_t)(&shape[0])
	}
	var err C.nc_error
	layout := &Layout{}
	status := C.nc_layout_new(name, C.NUMCODECS_FIXED, C.int32_t(len(shape)), extents, nil, order, &layout.handle, &err)
	if status != C.NUMCODECS_OK {
		return nil, failure(&err)
	}
	runtime.SetFinalizer(layout, func(l *Layout) { C.nc_layout_free(l.handle) })
	return layout, nil
}

func (l *Layout) pointer() *C.nc_layout {
	if l == nil {
		return nil
	}
	return l.handle
}

// Codec is a codec or a pipeline of codecs.
type Codec struct {
	handle *C.nc_codec
	zarr   *C.nc_zarr // what owns the handle, if not the codec itself
}

// NewCodec builds a codec from its configuration, or from a list of them.
func NewCodec(config string) (*Codec, error) {
	json := C.CString(config)
	defer C.free(unsafe.Pointer(json))
	var err C.nc_error
	codec := &Codec{}
	status := C.nc_codec_from_config(json, nil, &codec.handle, &err)
	if status != C.NUMCODECS_OK {
		return nil, failure(&err)
	}
	runtime.SetFinalizer(codec, func(c *Codec) { C.nc_codec_free(c.handle) })
	return codec, nil
}

// FromZarr gives the codec of the chunks of a Zarr array, from the text of its .zarray or zarr.json.
func FromZarr(metadata string) (*Codec, error) {
	json := C.CString(metadata)
	defer C.free(unsafe.Pointer(json))
	var err C.nc_error
	codec := &Codec{}
	status := C.nc_zarr_open(json, nil, &codec.zarr, &err)
	if status != C.NUMCODECS_OK {
		return nil, failure(&err)
	}
	codec.handle = C.nc_zarr_codec(codec.zarr)
	runtime.SetFinalizer(codec, func(c *Codec) { C.nc_zarr_free(c.zarr) })
	return codec, nil
}

// Config is the full configuration, every default spelled out.
func (c *Codec) Config() string {
	defer runtime.KeepAlive(c)
	return C.GoString(C.nc_codec_config(c.handle))
}

func bytesOf(data []byte) unsafe.Pointer {
	if len(data) == 0 {
		return nil
	}
	return unsafe.Pointer(&data[0])
}

func take(buffer *C.nc_buffer) []byte {
	defer C.nc_buffer_free(buffer)
	size := int(C.nc_buffer_nbytes(buffer))
	result := make([]byte, size)
	copy(result, unsafe.Slice((*byte)(C.nc_buffer_data(buffer)), size))
	return result
}

// Encode encodes a chunk. The layout tells dtype and shape where the codec must know them; nil = plain bytes.
func (c *Codec) Encode(chunk []byte, layout *Layout) ([]byte, error) {
	defer runtime.KeepAlive(c)
	defer runtime.KeepAlive(layout)
	var err C.nc_error
	var buffer *C.nc_buffer
	status := C.nc_encode(c.handle, layout.pointer(), bytesOf(chunk), C.size_t(len(chunk)), nil, nil, &buffer, &err)
	if status != C.NUMCODECS_OK {
		return nil, failure(&err)
	}
	return take(buffer), nil
}

// Decode decodes a chunk. Chunk is its layout where only metadata tells it, want that of the result; both may be nil.
func (c *Codec) Decode(encoded []byte, chunk, want *Layout) ([]byte, error) {
	defer runtime.KeepAlive(c)
	defer runtime.KeepAlive(chunk)
	defer runtime.KeepAlive(want)
	var err C.nc_error
	var buffer *C.nc_buffer
	status := C.nc_decode(c.handle, bytesOf(encoded), C.size_t(len(encoded)), chunk.pointer(), want.pointer(), nil, &buffer, &err)
	if status != C.NUMCODECS_OK {
		return nil, failure(&err)
	}
	return take(buffer), nil
}
