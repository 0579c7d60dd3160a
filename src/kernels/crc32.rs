//! CRC-32 of zlib and of Castagnoli, summed up while the data is copied.

use crc_fast::{CrcAlgorithm, Digest};

use super::copy::copy;
use super::level::Level;

#[cfg(target_arch = "x86_64")]
mod avx512;

/// A checksum that grows with the data.
pub struct Crc32 {
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "vectors of our own are for x86-64"))]
    level: Level,
    algorithm: CrcAlgorithm,
    /// The remainder so far; that of nothing is all ones.
    register: u32,
}

impl Crc32 {
    /// The CRC-32 of zlib.
    pub fn zlib() -> Self {
        Self::new(Level::best(), CrcAlgorithm::Crc32IsoHdlc)
    }

    /// That of Castagnoli, with an instruction of its own in many processors.
    pub fn castagnoli() -> Self {
        Self::new(Level::best(), CrcAlgorithm::Crc32Iscsi)
    }

    fn new(level: Level, algorithm: CrcAlgorithm) -> Self {
        Crc32 { level, algorithm, register: u32::MAX }
    }

    /// Appends `src` and copies it to `dst`, which is as long.
    pub fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        let done = self.vectors(src, dst);
        let (Some(src), Some(dst)) = (src.get(done..), dst.get_mut(done..)) else { return };
        if !src.is_empty() {
            let mut digest = Digest::new_with_init_state(self.algorithm, self.register.into());
            digest.update(src);
            self.register = !(digest.finalize() as u32);
            copy(src, dst);
        }
    }

    /// The checksum of all that was appended.
    pub fn value(&self) -> u32 {
        !self.register
    }

    /// Does what fills whole vectors; says how many bytes that is.
    #[cfg(target_arch = "x86_64")]
    fn vectors(&mut self, src: &[u8], dst: &mut [u8]) -> usize {
        let ([first, blocks @ ..], [room, rooms @ ..]) = (src.as_chunks().0, dst.as_chunks_mut().0) else { return 0 };
        if !self.level.has_avx512() {
            return 0;
        }
        let field = if self.algorithm == CrcAlgorithm::Crc32Iscsi { &avx512::CASTAGNOLI } else { &avx512::ZLIB };
        // SAFETY: the level says that the processor has AVX-512 with the carry-less product.
        self.register = unsafe { avx512::copy(field, self.register, (first, room), blocks, rooms) };
        (1 + blocks.len().min(rooms.len())) * avx512::BLOCK
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn vectors(&mut self, _: &[u8], _: &mut [u8]) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, as the definition says.
    fn model(polynomial: u32, data: &[u8]) -> u32 {
        let step = |register: u32, _| (register >> 1) ^ if register & 1 == 1 { polynomial } else { 0 };
        !data.iter().fold(u32::MAX, |register, byte| (0..8).fold(register ^ u32::from(*byte), step))
    }

    #[test]
    fn every_level_sums_and_copies_at_every_size_and_alignment() {
        let data: Vec<u8> = (0..9000u32).map(|i| ((i * i) >> 3) as u8 ^ i as u8).collect();
        for (algorithm, polynomial) in [(CrcAlgorithm::Crc32IsoHdlc, 0xedb8_8320), (CrcAlgorithm::Crc32Iscsi, 0x82f6_3b78)] {
            for n in (0..=300).chain([511, 512, 767, 1024, 4099, 8192]) {
                let (from, to) = (n % 67, n * 7 % 65);
                let src = &data[from..from + n];
                for (level, cut) in Level::all().into_iter().zip([n, n / 2, n.min(256)]) {
                    let (mut sum, mut dst) = (Crc32::new(level, algorithm), vec![0; to + n]);
                    let (first, second) = dst[to..].split_at_mut(cut);
                    sum.copy(&src[..cut], first);
                    sum.copy(&src[cut..], second);
                    assert_eq!((sum.value(), &dst[to..]), (model(polynomial, src), src), "{level:?}, {n} bytes");
                }
            }
        }
    }
}
