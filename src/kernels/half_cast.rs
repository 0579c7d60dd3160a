//! 2-byte floats to and from wider ones: nearest even in one step, NaN bits kept, the same on every machine.

use half::f16;

/// Exact. The bits of a NaN stay.
pub fn half_to_f32(value: f16) -> f32 {
    let bits = u32::from(value.to_bits());
    if value.is_nan() {
        return f32::from_bits((bits & 0x8000) << 16 | 0x7f80_0000 | (bits & 0x03ff) << 13);
    }
    value.to_f32()
}

/// Nearest even. The upper bits of a NaN stay.
pub fn half_from_f32(value: f32) -> f16 {
    if value.is_nan() {
        return nan(value.is_sign_negative(), value.to_bits() >> 13);
    }
    f16::from_f32(value)
}

/// Nearest even, in one step: a way over 4 bytes would round twice.
pub fn half_from_f64(value: f64) -> f16 {
    if value.is_nan() {
        return nan(value.is_sign_negative(), (value.to_bits() >> 42) as u32);
    }
    half_from_f32(round_to_odd(value))
}

/// To 4 bytes, toward zero, with the last bit set where something was lost: the next rounding then sees that it is not at a tie.
fn round_to_odd(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) == value || near.is_infinite() {
        return near;
    }
    let beyond = f64::from(near).abs() > value.abs();
    f32::from_bits((near.to_bits() - u32::from(beyond)) | 1)
}

fn nan(negative: bool, payload: u32) -> f16 {
    let payload = (payload & 0x03ff) as u16;
    f16::from_bits(u16::from(negative) << 15 | 0x7c00 | payload.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_and_ties_go_to_even() {
        for bits in 0..=u16::MAX {
            let wide = half_to_f32(f16::from_bits(bits));
            assert_eq!(half_from_f32(wide).to_bits(), bits);
            assert!(wide.is_nan() || half_from_f64(f64::from(wide)).to_bits() == bits);
        }
        let tie = 2049.0; // between 2048 and 2050
        assert_eq!(half_from_f64(tie).to_f64(), 2048.0);
        assert_eq!(half_from_f64(tie + 1e-12).to_f64(), 2050.0, "not rounded by way of 4 bytes");
        assert_eq!(half_from_f64(-tie - 1e-12).to_f64(), -2050.0);
        assert_eq!(half_from_f64(65519.999).to_f64(), 65504.0);
        assert!(half_from_f64(65520.0).is_infinite());
    }
}
