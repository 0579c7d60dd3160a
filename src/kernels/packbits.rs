//! Truth values, eight to a byte, the first one in the highest bit.

/// One bit for every byte of `src`, set unless the byte is 0; the last bits of `dst` are 0.
pub fn pack(src: &[u8], dst: &mut [u8]) {
    for (flags, to) in src.chunks(8).zip(dst) {
        *to = flags.iter().enumerate().fold(0, |bits, (i, flag)| bits | u8::from(*flag != 0) << (7 - i));
    }
}

/// One byte, 0 or 1, for every bit of `src`, as far as `dst` goes.
pub fn unpack(src: &[u8], dst: &mut [u8]) {
    for (bits, flags) in src.iter().zip(dst.chunks_mut(8)) {
        for (i, flag) in flags.iter_mut().enumerate() {
            *flag = bits >> (7 - i) & 1;
        }
    }
}
