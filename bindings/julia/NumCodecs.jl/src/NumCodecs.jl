"""
Codecs of Zarr chunks through the C library libnumcodecs: every codec of Python's numcodecs.

    using NumCodecs
    zstd = Codec(\"\"\"{"id": "zstd", "level": 5}\"\"\")
    chunk = encode(zstd, rand(Float32, 70, 40))
    decode(zstd, chunk, Float32, 70, 40)

As in Zarr.jl, dimensions are reversed: a Julia array of size (70, 40) is a chunk of shape (40, 70) in C order, with the same bytes.
The library is `libnumcodecs` as the system finds it, or the file named by the environment variable `LIBNUMCODECS` when this package
is precompiled.
"""
module NumCodecs

export Codec, NumcodecsError, ZarrMetadata
export indexrange, inner, metadatatext, shardindex
export chunkkey, chunksize, codecids, config, decode, decode!, encode, libraryversion

const libnumcodecs = get(ENV, "LIBNUMCODECS", Sys.isapple() ? "libnumcodecs.0.dylib" : "libnumcodecs.so.0")

include("capi.jl")
include("errors.jl")
include("layout.jl")
include("buffer.jl")
include("codec.jl")
include("zarr.jl")
include("shard.jl")
include("write.jl")

end
