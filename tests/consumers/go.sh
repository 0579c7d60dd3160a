#!/bin/sh
# Go through cgo and pkg-config: vectors of numcodecs, real chunks, errors, and a program of another module.
# needs: golang-go pkg-config
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
make -s -C "$root" install PREFIX="$WORK/prefix" >"$WORK/log" 2>&1 || { cat "$WORK/log" >&2; exit 1; }
export PKG_CONFIG_PATH="$WORK/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$WORK/prefix/lib" GOCACHE="$WORK/cache" GOFLAGS=-mod=mod GOPROXY=off

cd "$root/bindings/go"
[ -z "$(gofmt -l .)" ] || { gofmt -d . >&2; exit 1; }
go vet .
GODEBUG=cgocheck=2 go test -count=1 .

mkdir "$WORK/program"
cd "$WORK/program"
cat >go.mod <<END
module program

go 1.19

require numcodecs v0.0.0

replace numcodecs => $root/bindings/go
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"numcodecs"
)

func main() {
	zstd, err := numcodecs.NewCodec(`{"id": "zstd", "level": 5}`)
	if err != nil {
		log.Fatal(err)
	}
	encoded, _ := zstd.Encode([]byte("a chunk"), nil)
	decoded, err := zstd.Decode(encoded, nil, nil)
	fmt.Printf("go: %s, library %s, %v\n", decoded, numcodecs.Version(), err)
}
END
go run . | grep 'go: a chunk, library [0-9.]*, <nil>'
