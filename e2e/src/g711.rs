//! G.711 µ-law, written anew for the tests so that a mistake of the switch's own tables would be heard.

/// Added before the logarithm, so that every magnitude has a highest bit in a segment (ITU-T G.711).
const BIAS: i32 = 0x84;

/// The largest magnitude that µ-law can say.
const CLIP: i32 = 32_635;

/// One sample of a µ-law byte.
pub fn decode(byte: u8) -> i16 {
    let code = !byte;
    let magnitude = ((i32::from(code & 0x0f) << 3) + BIAS) << ((code & 0x70) >> 4);
    let sample = magnitude - BIAS;
    let signed = if code & 0x80 == 0 { sample } else { -sample };
    i16::try_from(signed).expect("invariant: a µ-law sample has 14 bits")
}

/// The µ-law byte nearest to a sample.
pub fn encode(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0x80, -i32::from(sample)) } else { (0, i32::from(sample)) };
    let biased = magnitude.min(CLIP) + BIAS;
    // `biased` is 0x84 to 0x7fff: its highest bit is bit 7 to 14, which is segment 0 to 7.
    let segment = 24 - biased.leading_zeros().min(24);
    let step = (biased >> (segment + 3)) & 0x0f;
    let code = u8::try_from(step).unwrap_or(0x0f) | u8::try_from(segment << 4).unwrap_or(0x70) | sign;
    !code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back_as_itself() {
        for byte in 0..=u8::MAX {
            // 0x7f is negative zero, which is spoken as positive zero.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(encode(decode(byte)), expected, "code {byte:#04x}");
        }
    }

    #[test]
    fn the_ends_of_the_scale_are_those_of_the_standard() {
        assert_eq!((decode(0xff), decode(0x80), decode(0x00)), (0, 32_124, -32_124));
    }
}
