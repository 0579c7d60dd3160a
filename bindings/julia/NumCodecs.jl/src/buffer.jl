# Results in memory of the library, and what Julia makes of them.

mutable struct Buffer
    handle::Ptr{nc_buffer}

    Buffer(handle::Ptr{nc_buffer}) = finalizer(free, new(handle))
end

free(buffer::Buffer) = ccall((:nc_buffer_free, libnumcodecs), Cvoid, (Ptr{nc_buffer},), buffer.handle)

Base.unsafe_convert(::Type{Ptr{nc_buffer}}, buffer::Buffer) = buffer.handle

# A copy of all bytes.
function bytes(buffer::Buffer)
    result = Vector{UInt8}(undef, ccall((:nc_buffer_nbytes, libnumcodecs), Csize_t, (Ptr{nc_buffer},), buffer))
    GC.@preserve buffer result begin
        data = ccall((:nc_buffer_data, libnumcodecs), Ptr{Cvoid}, (Ptr{nc_buffer},), buffer)
        isempty(result) || unsafe_copyto!(pointer(result), Ptr{UInt8}(data), length(result))
    end
    return result
end

# Byte offsets of items of variable length.
function offsets(buffer::Buffer, items)
    result = Vector{Int64}(undef, items + 1)
    GC.@preserve buffer result begin
        data = ccall((:nc_buffer_offsets, libnumcodecs), Ptr{Int64}, (Ptr{nc_buffer},), buffer)
        unsafe_copyto!(pointer(result), data, length(result))
    end
    return result
end

# Bytes without a type as they are; numbers as an array of their type; text as strings; other items as vectors of bytes.
function value(buffer::Buffer)
    layout = ccall((:nc_buffer_layout, libnumcodecs), Ptr{nc_layout}, (Ptr{nc_buffer},), buffer)
    layout == C_NULL && return bytes(buffer)
    GC.@preserve buffer begin # which lends the layout
        kind = query(layout, NUMCODECS_Q_KIND)
        flat = kind == NUMCODECS_FIXED ? numbers(bytes(buffer), dtypestring(layout)) : items(buffer, kind, query(layout, NUMCODECS_Q_ITEMS))
        extents = shape(layout)
        in_c_order = query(layout, NUMCODECS_Q_ORDER) != NUMCODECS_ORDER_F
    end
    length(flat) == prod(extents) || return flat
    reversed = Tuple(reverse(extents))
    in_c_order && return reshape(flat, reversed)
    return permutedims(reshape(flat, Tuple(extents)), length(extents):-1:1)
end

# Types that Julia has no name for stay bytes.
function numbers(raw::Vector{UInt8}, dtype::String)
    type = get(TYPES, dtype[2:end], UInt8)
    values = Vector{type}(undef, length(raw) ÷ sizeof(type))
    copyto!(reinterpret(UInt8, values), raw)
    return dtype[1] in ('|', NATIVE) ? values : swap.(values)
end

swap(x) = bswap(x)
swap(x::Complex) = complex(bswap(real(x)), bswap(imag(x)))

function items(buffer::Buffer, kind, n)
    raw, ends = bytes(buffer), offsets(buffer, n)
    parts = [raw[(ends[i]+1):ends[i+1]] for i in 1:n]
    return kind in (NUMCODECS_UTF8, NUMCODECS_JSON) ? String.(parts) : parts
end
