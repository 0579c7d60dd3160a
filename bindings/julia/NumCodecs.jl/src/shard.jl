"""
    inner(metadata)

The metadata of the chunks inside a shard, as if one shard were an array; `nothing` where chunks are no shards.
"""
function inner(zarr::ZarrMetadata)
    handle = ccall((:nc_zarr_inner, libnumcodecs), Ptr{nc_zarr}, (Ptr{nc_zarr},), zarr)
    return handle == C_NULL ? nothing : ZarrMetadata(handle, zarr)
end

"""
    indexrange(metadata)

`(offset, nbytes)` of the index of a shard; an offset below 0 counts from the end of the shard.
"""
function indexrange(zarr::ZarrMetadata)
    offset, nbytes = Ref{Int64}(0), Ref{Csize_t}(0)
    check() do err
        ccall((:nc_zarr_index_range, libnumcodecs), Int32, (Ptr{nc_zarr}, Ref{Int64}, Ref{Csize_t}, Ref{nc_error}), zarr, offset, nbytes, err)
    end
    return Int(offset[]), Int(nbytes[])
end

mutable struct Shard
    handle::Ptr{nc_shard}

    function Shard(zarr::ZarrMetadata, index::Vector{UInt8}, shard_nbytes)
        out = Ref{Ptr{nc_shard}}(C_NULL)
        GC.@preserve index check() do err
            ccall((:nc_shard_open, libnumcodecs), Int32,
                (Ptr{nc_zarr}, Ptr{Cvoid}, Csize_t, UInt64, Ref{Ptr{nc_shard}}, Ref{nc_error}),
                zarr, pointer(index), length(index), shard_nbytes, out, err)
        end
        return finalizer(free, new(out[]))
    end
end

free(shard::Shard) = ccall((:nc_shard_free, libnumcodecs), Cvoid, (Ptr{nc_shard},), shard.handle)

Base.unsafe_convert(::Type{Ptr{nc_shard}}, shard::Shard) = shard.handle

function entry(shard::Shard, index)
    position, offset, nbytes = Int64[i - 1 for i in reverse(Tuple(index))], Ref{UInt64}(0), Ref{UInt64}(0)
    check() do err
        ccall((:nc_shard_entry, libnumcodecs), Int32, (Ptr{nc_shard}, Ptr{Int64}, Ref{UInt64}, Ref{UInt64}, Ref{nc_error}),
            shard, position, offset, nbytes, err)
    end
    return nbytes[] == 0 ? nothing : (Int(offset[])+1):Int(offset[] + nbytes[])
end

"""
    shardindex(metadata, index; shard_nbytes=0)

Where each inner chunk lies in its shard: an array of ranges of positions counted from 1, `nothing` where a chunk is not stored. `index`
holds the bytes of `indexrange`; `shard_nbytes`, if known, is the size that ranges are compared with.
"""
function shardindex(zarr::ZarrMetadata, index::AbstractVector{UInt8}; shard_nbytes::Integer=0)
    shard, chunks = Shard(zarr, Vector{UInt8}(index), shard_nbytes), inner(zarr)
    grid = cld.(size(chunks), chunksize(chunks))
    return [entry(shard, position) for position in CartesianIndices(grid)]
end
