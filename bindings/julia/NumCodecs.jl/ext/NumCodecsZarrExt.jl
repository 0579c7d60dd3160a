# Enters the codecs of the library that Zarr.jl lacks into its tables for Zarr v2: as compressors, and as filters.
module NumCodecsZarrExt

import JSON
import Zarr
using NumCodecs

struct NumcodecsCompressor <: Zarr.Compressor
    codec::Codec
end

# The element type of what it gives is only known when it runs.
struct NumcodecsFilter <: Zarr.Filter{UInt8,UInt8}
    codec::Codec
end

const Either = Union{NumcodecsCompressor,NumcodecsFilter}

Zarr.getCompressor(::Type{NumcodecsCompressor}, config::AbstractDict) = NumcodecsCompressor(Codec(JSON.json(config)))
Zarr.getfilter(::Type{NumcodecsFilter}, config::AbstractDict) = NumcodecsFilter(Codec(JSON.json(config)))
JSON.lower(c::Either) = JSON.parse(NumCodecs.config(c.codec))

as_bytes(x::AbstractVector{UInt8}) = x
as_bytes(x::AbstractArray) = collect(reinterpret(UInt8, vec(x)))

as_type(::Type{T}, x::AbstractArray{T}) where {T} = vec(x)
as_type(::Type{T}, x::AbstractArray) where {T} = reinterpret(T, as_bytes(x))

Zarr.zcompress(array, c::NumcodecsCompressor) = as_bytes(encode(c.codec, array))
Zarr.zuncompress(chunk, c::NumcodecsCompressor, T) = as_type(Base.nonmissingtype(T), decode(c.codec, as_bytes(chunk)))

Zarr.zencode(array, f::NumcodecsFilter) = encode(f.codec, array)
Zarr.zdecode(array, f::NumcodecsFilter) = decode(f.codec, as_bytes(array))

# The first filter gives back the array itself: bytes get its type here, since only the destination tells it.
function Zarr.zuncompress!(array, chunk, c, filters::Tuple{NumcodecsFilter,Vararg{Zarr.Filter}})
    stored = Zarr.zuncompress(chunk, c, Zarr.desttype(last(filters)))
    decoded = foldr((f, data) -> Zarr.zdecode(data, f), filters; init=stored)
    return copyto!(array, as_type(Base.nonmissingtype(eltype(array)), decoded))
end

function __init__()
    for id in codecids()
        haskey(Zarr.compressortypes, id) || (Zarr.compressortypes[id] = NumcodecsCompressor)
        haskey(Zarr.filterdict, id) || (Zarr.filterdict[id] = NumcodecsFilter)
    end
end

end
