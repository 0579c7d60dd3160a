//! Differences of neighbours, and running sums.

use super::number::Number;

/// `dst[i] = src[i] - src[i - 1]`; `last` is the number before the first, and then the last one.
pub fn differences<T: Number>(src: &[u8], dst: &mut [u8], last: &mut T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        let value = T::read(from, false);
        value.sub(*last).write(to, false);
        *last = value;
    }
}

/// `dst[i] = src[0] + ... + src[i]`; `sum` is what was summed before, and then the whole sum.
pub fn running_sum<T: Number>(src: &[u8], dst: &mut [u8], sum: &mut T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        *sum = sum.add(T::read(from, false));
        sum.write(to, false);
    }
}
