"""
    Codec(config)

A codec from its configuration, the JSON object that stands in Zarr metadata, or a pipeline from a list of them, filters first and the
compressor last. Immutable: tasks and threads may share one.
"""
mutable struct Codec
    handle::Ptr{nc_codec}
    owner::Any # what lends the handle; nothing = the codec owns it

    function Codec(config::AbstractString)
        out = Ref{Ptr{nc_codec}}(C_NULL)
        check() do err
            ccall((:nc_codec_from_config, libnumcodecs), Int32,
                (Cstring, Ptr{nc_registry}, Ref{Ptr{nc_codec}}, Ref{nc_error}), config, C_NULL, out, err)
        end
        return finalizer(free, new(out[], nothing))
    end

    Codec(handle::Ptr{nc_codec}, owner) = new(handle, owner)
end

free(codec::Codec) = ccall((:nc_codec_free, libnumcodecs), Cvoid, (Ptr{nc_codec},), codec.handle)

Base.unsafe_convert(::Type{Ptr{nc_codec}}, codec::Codec) = codec.handle

"The full configuration of a codec as JSON, every default spelled out."
config(codec::Codec) = GC.@preserve codec unsafe_string(ccall((:nc_codec_config, libnumcodecs), Cstring, (Ptr{nc_codec},), codec))

Base.show(io::IO, codec::Codec) = print(io, "Codec(", repr(config(codec)), ")")

Base.:(==)(a::Codec, b::Codec) = ccall((:nc_codec_equal, libnumcodecs), Int32, (Ptr{nc_codec}, Ptr{nc_codec}), a, b) == 1

Base.hash(codec::Codec, h::UInt) = hash(:NumCodecs, h) # equal configurations may be spelled differently

"Ids of all codecs of the library."
function codecids()
    ids = String[]
    while true
        id = ccall((:nc_codec_id_at, libnumcodecs), Cstring, (Csize_t,), length(ids))
        id == C_NULL && return ids
        push!(ids, unsafe_string(id))
    end
end

"Version of the library."
libraryversion() = VersionNumber(unsafe_string(ccall((:nc_codec_library_version, libnumcodecs), Cstring, ())))

"""
    encode(codec, array)

The bytes of a chunk, or an array where the codec is a filter that gives one. `array` holds numbers, or strings for codecs of text.
"""
function encode(codec::Codec, array::AbstractArray{T}) where {T}
    dense = array isa Array ? array : Array(array)
    out, layout, opt = Ref{Ptr{nc_buffer}}(C_NULL), Layout(dense), Ref(nc_options())
    GC.@preserve dense check() do err
        ccall((:nc_encode, libnumcodecs), Int32,
            (Ptr{nc_codec}, Ptr{nc_layout}, Ptr{Cvoid}, Csize_t, Ptr{Int64}, Ref{nc_options}, Ref{Ptr{nc_buffer}}, Ref{nc_error}),
            codec, layout, pointer(dense), sizeof(dense), C_NULL, opt, out, err)
    end
    return value(Buffer(out[]))
end

function encode(codec::Codec, array::AbstractArray{<:AbstractString})
    texts = String[text for text in array]
    out, layout, opt = Ref{Ptr{nc_buffer}}(C_NULL), Layout(array), Ref(nc_options())
    lengths = Int64[sizeof(text) for text in texts]
    GC.@preserve texts check() do err
        pointers = Ptr{Cvoid}[pointer(text) for text in texts]
        ccall((:nc_encode_items, libnumcodecs), Int32,
            (Ptr{nc_codec}, Ptr{nc_layout}, Ptr{Ptr{Cvoid}}, Ptr{Int64}, Ref{nc_options}, Ref{Ptr{nc_buffer}}, Ref{nc_error}),
            codec, layout, pointers, lengths, opt, out, err)
    end
    return value(Buffer(out[]))
end

"""
    decode(codec, chunk; max_output=0)

What the codec itself knows of a chunk: bytes from a compressor, an array from a filter, strings from a codec of text. Set `max_output`
(bytes) where the chunk is not trusted.
"""
function decode(codec::Codec, chunk::AbstractVector{UInt8}; max_output::Integer=0)
    dense = chunk isa Vector{UInt8} ? chunk : Vector{UInt8}(chunk)
    out, opt = Ref{Ptr{nc_buffer}}(C_NULL), Ref(nc_options(; max_output))
    GC.@preserve dense check() do err
        ccall((:nc_decode, libnumcodecs), Int32,
            (Ptr{nc_codec}, Ptr{Cvoid}, Csize_t, Ptr{nc_layout}, Ptr{nc_layout}, Ref{nc_options}, Ref{Ptr{nc_buffer}}, Ref{nc_error}),
            codec, pointer(dense), length(dense), C_NULL, C_NULL, opt, out, err)
    end
    return value(Buffer(out[]))
end

"""
    decode(codec, chunk, T, dims...)

A chunk as an array of type `T` and size `dims`.
"""
decode(codec::Codec, chunk::AbstractVector{UInt8}, ::Type{T}, dims::Integer...) where {T} = decode!(Array{T}(undef, dims...), codec, chunk)

"""
    decode!(array, codec, chunk)

Decodes a chunk straight into an array of its size and returns it.
"""
function decode!(array::Array{T}, codec::Codec, chunk::AbstractVector{UInt8}) where {T}
    dense = chunk isa Vector{UInt8} ? chunk : Vector{UInt8}(chunk)
    want, written, opt = Layout(array), Ref{Csize_t}(0), Ref(nc_options())
    GC.@preserve array dense check() do err
        ccall((:nc_decode_into, libnumcodecs), Int32,
            (Ptr{nc_codec}, Ptr{Cvoid}, Csize_t, Ptr{nc_layout}, Ptr{nc_layout}, Ptr{Cvoid}, Csize_t, Ref{nc_options}, Ref{Csize_t}, Ref{nc_error}),
            codec, pointer(dense), length(dense), C_NULL, want, pointer(array), sizeof(array), opt, written, err)
    end
    return array
end
