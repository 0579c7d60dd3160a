"""
    ZarrMetadata(json)

The metadata of a Zarr array, from the text of its `.zarray` or `zarr.json`. `Codec(metadata)` is the codec of its chunks, `size` its
size and `chunksize` that of a chunk, both reversed as everywhere in this package.
"""
mutable struct ZarrMetadata
    handle::Ptr{nc_zarr}
    owner::Any # what lends the handle; nothing = this owns it

    function ZarrMetadata(json::AbstractString)
        out = Ref{Ptr{nc_zarr}}(C_NULL)
        check() do err
            ccall((:nc_zarr_open, libnumcodecs), Int32, (Cstring, Ptr{nc_registry}, Ref{Ptr{nc_zarr}}, Ref{nc_error}), json, C_NULL, out, err)
        end
        return finalizer(free, new(out[], nothing))
    end

    ZarrMetadata(handle::Ptr{nc_zarr}, owner) = new(handle, owner)
end

free(zarr::ZarrMetadata) = ccall((:nc_zarr_free, libnumcodecs), Cvoid, (Ptr{nc_zarr},), zarr.handle)

Base.unsafe_convert(::Type{Ptr{nc_zarr}}, zarr::ZarrMetadata) = zarr.handle

Codec(zarr::ZarrMetadata) = Codec(ccall((:nc_zarr_codec, libnumcodecs), Ptr{nc_codec}, (Ptr{nc_zarr},), zarr), zarr)

Base.ndims(zarr::ZarrMetadata) = Int(ccall((:nc_zarr_query, libnumcodecs), Int64, (Ptr{nc_zarr}, Int32), zarr, NUMCODECS_Q_NDIM))

function Base.size(zarr::ZarrMetadata)
    extents = Vector{Int64}(undef, ndims(zarr))
    check() do err
        ccall((:nc_zarr_shape, libnumcodecs), Int32, (Ptr{nc_zarr}, Ptr{Int64}, Int32, Ref{nc_error}), zarr, extents, length(extents), err)
    end
    return Tuple(reverse(extents))
end

chunklayout(zarr::ZarrMetadata) = ccall((:nc_zarr_layout, libnumcodecs), Ptr{nc_layout}, (Ptr{nc_zarr},), zarr)

"Size of a chunk; those at the edges have it too."
chunksize(zarr::ZarrMetadata) = GC.@preserve zarr Tuple(reverse(shape(chunklayout(zarr))))

Base.eltype(zarr::ZarrMetadata) = GC.@preserve zarr get(TYPES, dtypestring(chunklayout(zarr))[2:end], UInt8)

"The key under which the chunk at a position of the grid, counted from 1, is stored."
function chunkkey(zarr::ZarrMetadata, index::Integer...)
    position = Int64[i - 1 for i in reverse(index)]
    key = Vector{UInt8}(undef, 32 + 24 * length(position))
    check() do err
        ccall((:nc_zarr_chunk_key, libnumcodecs), Int32, (Ptr{nc_zarr}, Ptr{Int64}, Ptr{UInt8}, Csize_t, Ref{nc_error}),
            zarr, position, key, length(key), err)
    end
    return String(key[1:(findfirst(iszero, key)-1)])
end

"Fills an array with the fill value, as a chunk that is not stored is read."
function Base.fill!(array::Array{T}, zarr::ZarrMetadata) where {T}
    want = Layout(array)
    GC.@preserve array check() do err
        ccall((:nc_zarr_fill, libnumcodecs), Int32, (Ptr{nc_zarr}, Ptr{nc_layout}, Ptr{Cvoid}, Csize_t, Ref{nc_error}),
            zarr, want, pointer(array), sizeof(array), err)
    end
    return array
end
