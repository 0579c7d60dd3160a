"""
A call of the library failed: `code` is one of `NumCodecs.NUMCODECS_ERR_...`, `codec` the id of the codec, `path` the key or JSON path of
a configuration, `offset` the byte in the chunk (-1 = not known), `needed` the bytes asked for (0 = not known).
"""
struct NumcodecsError <: Exception
    code::Int32
    codec::String
    path::String
    offset::Int64
    needed::UInt64
    message::String
end

text(field::NTuple{N,UInt8}) where {N} = String(UInt8[b for b in Iterators.takewhile(!iszero, field)])

NumcodecsError(e::nc_error) = NumcodecsError(e.code, text(e.codec), text(e.path), e.offset, e.needed, text(e.message))

Base.showerror(io::IO, e::NumcodecsError) = print(io, "NumcodecsError: ", e.message)

# Runs a call that fills the error record it is given; throws unless that succeeds.
function check(call)
    zeros_of(n) = ntuple(_ -> 0x00, n)
    err = Ref(nc_error(0, 0, 0, 0, 0, zeros_of(32), zeros_of(128), zeros_of(320)))
    status = call(err)
    status == NUMCODECS_OK || throw(NumcodecsError(err[]))
    return nothing
end
