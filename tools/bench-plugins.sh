#!/bin/sh
# What the plug-ins gain by keeping a codec from one chunk to the next (benches/plugins.c), as a table.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
dist=$target/dist
${CC:-cc} -std=c99 -O2 -Wall -Wextra benches/plugins.c -ldl -lm -o "$target/plugins/bench"
set --
for config in '{"id":"lz4"}' '{"id":"zstd","level":1}' '{"id":"zlib","level":1}' '{"id":"gzip","level":1}' '{"id":"blosc"}' \
    '{"id":"bz2"}' '{"id":"lzma","preset":1}' '{"id":"delta","dtype":"<i4"}' '{"id":"crc32c"}'; do
    set -- "$@" "$("$dist/bin/numcodecs-cdvalues" "$config")" "$(echo "$config" | sed 's/{"id":"\([a-z0-9]*\)".*/\1/')"
done
exec "$target/plugins/bench" "$dist/plugins" "$@"
