package numcodecs

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

const errData = 4

// The folders of the repository; tests run in the folder of the package unless these say otherwise.
func folder(variable, standard string) string {
	if given := os.Getenv(variable); given != "" {
		return given
	}
	return standard
}

var (
	vectors = folder("NUMCODECS_VECTORS", "../../tests/vectors")
	data    = folder("NUMCODECS_DATA", "../../examples/data")
)

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

type array struct {
	Dtype json.RawMessage
	Shape []int64
	Order string
	File  string
}

type vector struct {
	Name, Kind              string
	Config                  json.RawMessage
	Input, Encoded, Decoded array
	EncodeDeterministic     bool `json:"encode_deterministic"`
}

func (v vector) check(t *testing.T, dtype string) {
	codec, err := NewCodec(string(v.Config))
	if err != nil {
		t.Fatal(err)
	}
	layout, err := NewLayout(dtype, v.Input.Shape, v.Input.Order == "F")
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, vectors, v.Encoded.File)
	encoded, err := codec.Encode(read(t, vectors, v.Input.File), layout)
	if err != nil || !bytes.Equal(encoded, want) {
		t.Fatal("encoded bytes differ", err)
	}
	decoded, err := codec.Decode(want, nil, nil)
	if err != nil || !bytes.Equal(decoded, read(t, vectors, v.Decoded.File)) {
		t.Fatal("decoded bytes differ", err)
	}
}

// Every vector of fixed scales: typed arrays in and out, exact bytes.
func TestVectors(t *testing.T) {
	var manifest struct{ Cases []vector }
	if err := json.Unmarshal(read(t, vectors, "manifest.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, v := range manifest.Cases {
		var dtype string
		if json.Unmarshal(v.Input.Dtype, &dtype) != nil || v.Kind != "roundtrip" || !v.EncodeDeterministic {
			continue
		}
		var config struct{ ID string }
		if json.Unmarshal(v.Config, &config) != nil || config.ID != "fixedscaleoffset" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) { v.check(t, dtype) })
		checked++
	}
	if checked < 20 {
		t.Fatalf("only %d vectors", checked)
	}
}

func chunk(t *testing.T, store string, want *Layout) []byte {
	codec, err := FromZarr(string(read(t, data, store, ".zarray")))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	values, err := codec.Decode(read(t, data, store, "0.0.0"), nil, want)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := codec.Encode(values, want)
	if err != nil {
		t.Fatal(err)
	}
	again, err := codec.Decode(encoded, nil, want)
	if err != nil || !bytes.Equal(again, values) {
		t.Fatal("encoded again", err)
	}
	return values
}

func TestRealChunks(t *testing.T) {
	want, err := NewLayout("<f4", []int64{5, 40, 70}, false)
	if err != nil {
		t.Fatal(err)
	}
	sst := chunk(t, "sst_blosc.zarr", want)
	if !bytes.Equal(sst, chunk(t, "sst_zlib.zarr", want)) {
		t.Fatal("the stores differ")
	}
	if !bytes.Equal(sst, chunk(t, "sst_blosc.zarr", nil)) {
		t.Fatal("this store holds little-endian numbers in C order")
	}
	highest := float32(-1e34)
	for i := 0; i < len(sst); i += 4 {
		if v := math.Float32frombits(binary.LittleEndian.Uint32(sst[i:])); v > highest {
			highest = v
		}
	}
	if highest < 25 || highest > 40 {
		t.Fatal(highest)
	}
}

func TestErrors(t *testing.T) {
	zlib, err := NewCodec(`{"id": "zlib"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = zlib.Decode([]byte("not zlib at all"), nil, nil)
	if e, ok := err.(*Error); !ok || e.Code != errData || e.Codec != "zlib" || e.Message == "" {
		t.Fatal(err)
	}
	if _, err = NewCodec(`{"id": "zlib", "level": "high"}`); err == nil || err.(*Error).Path != "level" {
		t.Fatal(err)
	}
	if _, err = NewLayout("no dtype", nil, false); err == nil {
		t.Fatal("no error")
	}
	if empty, err := zlib.Encode(nil, nil); err != nil || len(empty) == 0 {
		t.Fatal(err)
	}
}
