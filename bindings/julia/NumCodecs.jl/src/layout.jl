# Dtypes and layouts.

const NATIVE = ENDIAN_BOM == 0x04030201 ? '<' : '>'

# Julia's types by NumPy's letters. Bool is one byte on both sides.
const TYPES = Dict{String,DataType}(
    "b1" => Bool,
    "i1" => Int8, "i2" => Int16, "i4" => Int32, "i8" => Int64,
    "u1" => UInt8, "u2" => UInt16, "u4" => UInt32, "u8" => UInt64,
    "f2" => Float16, "f4" => Float32, "f8" => Float64,
    "c8" => ComplexF32, "c16" => ComplexF64,
)

const LETTERS = Dict{DataType,String}(type => letters for (letters, type) in TYPES)

function dtype(::Type{T}) where {T}
    haskey(LETTERS, T) || throw(ArgumentError("NumPy has no type for $T"))
    return string(sizeof(T) == 1 ? '|' : NATIVE, LETTERS[T])
end

mutable struct Layout
    handle::Ptr{nc_layout}

    function Layout(dtype::Union{AbstractString,Nothing}, kind::Integer, shape)
        out = Ref{Ptr{nc_layout}}(C_NULL)
        extents = Int64[n for n in shape]
        name = dtype === nothing ? C_NULL : String(dtype)
        check() do err
            ccall((:nc_layout_new, libnumcodecs), Int32,
                (Cstring, Int32, Int32, Ptr{Int64}, Ptr{Int64}, Int32, Ref{Ptr{nc_layout}}, Ref{nc_error}),
                name, kind, length(extents), extents, C_NULL, NUMCODECS_ORDER_C, out, err)
        end
        return finalizer(free, new(out[]))
    end
end

free(layout::Layout) = ccall((:nc_layout_free, libnumcodecs), Cvoid, (Ptr{nc_layout},), layout.handle)

Base.unsafe_convert(::Type{Ptr{nc_layout}}, layout::Layout) = layout.handle

# Julia's first dimension is the last one of the chunk.
Layout(array::AbstractArray{T}) where {T} = Layout(dtype(T), NUMCODECS_FIXED, reverse(size(array)))

Layout(texts::AbstractArray{<:AbstractString}) = Layout(nothing, NUMCODECS_UTF8, reverse(size(texts)))

query(layout, what) = ccall((:nc_layout_query, libnumcodecs), Int64, (Ptr{nc_layout}, Int32), layout, what)

function shape(layout)
    extents = Vector{Int64}(undef, query(layout, NUMCODECS_Q_NDIM))
    check() do err
        ccall((:nc_layout_shape, libnumcodecs), Int32, (Ptr{nc_layout}, Ptr{Int64}, Int32, Ref{nc_error}), layout, extents, length(extents), err)
    end
    return extents
end

dtypestring(layout) = unsafe_string(ccall((:nc_layout_dtype, libnumcodecs), Cstring, (Ptr{nc_layout},), layout))
