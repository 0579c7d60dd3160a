"""
    ZarrMetadata(T, size, chunksize; codecs="[]", fill=nothing, format=3)

The metadata of a new array of type `T`. `codecs` is what `Codec` takes, `fill` a value of type `T` or nothing, `format` 2 or 3.
"""
function ZarrMetadata(::Type{T}, size, chunksize; codecs::AbstractString="[]", fill=nothing, format::Integer=3) where {T}
    length(size) == length(chunksize) || throw(ArgumentError("size and chunksize have different numbers of dimensions"))
    out, extents = Ref{Ptr{nc_zarr}}(C_NULL), Int64[n for n in reverse(size)]
    chunk, value = Layout(dtype(T), NUMCODECS_FIXED, reverse(chunksize)), fill === nothing ? T[] : T[fill]
    GC.@preserve value check() do err
        ccall((:nc_zarr_new, libnumcodecs), Int32,
            (Cstring, Ptr{nc_registry}, Ptr{nc_layout}, Ptr{Int64}, Ptr{Cvoid}, Csize_t, Int32, Ref{Ptr{nc_zarr}}, Ref{nc_error}),
            codecs, C_NULL, chunk, extents, fill === nothing ? C_NULL : pointer(value), sizeof(value), format, out, err)
    end
    return finalizer(free, ZarrMetadata(out[], nothing))
end

"The format of the metadata, 2 or 3."
zarrformat(zarr::ZarrMetadata) = Int(ccall((:nc_zarr_query, libnumcodecs), Int64, (Ptr{nc_zarr}, Int32), zarr, NUMCODECS_Q_FORMAT))

"""
    metadatatext(metadata; format, attributes=nothing)

The text of a `.zarray` or a `zarr.json`, in format 2 or 3, by default the one that the metadata has. `attributes` is JSON text for format 3.
"""
function metadatatext(zarr::ZarrMetadata; format::Integer=zarrformat(zarr), attributes::Union{AbstractString,Nothing}=nothing)
    out, extra = Ref{Ptr{nc_buffer}}(C_NULL), attributes === nothing ? C_NULL : String(attributes)
    check() do err
        ccall((:nc_zarr_metadata, libnumcodecs), Int32, (Ptr{nc_zarr}, Int32, Cstring, Ref{Ptr{nc_buffer}}, Ref{nc_error}),
            zarr, format, extra, out, err)
    end
    return String(bytes(Buffer(out[])))
end
