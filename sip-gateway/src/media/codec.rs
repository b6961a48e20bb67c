//! G.711, the only audio that the trunks here carry.

use audio_codec_algorithms::{
    convert_alaw_to_ulaw, convert_ulaw_to_alaw, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw,
};

/// How audio is coded on a leg. Both have 8,000 samples of one byte a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// G.711 µ-law, static payload type 0 (RFC 3551 4.5.14).
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
}

impl Codec {
    /// The payload type that RFC 3551 gives it for good.
    #[must_use]
    pub const fn static_payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The codec of a static payload type.
    pub(super) const fn of_static(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            _ => None,
        }
    }

    /// The byte that means silence.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::Pcmu => 0xFF,
            Self::Pcma => 0xD5,
        }
    }

    /// Encodes one linear sample.
    #[must_use]
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcmu => encode_ulaw(sample),
            Self::Pcma => encode_alaw(sample),
        }
    }

    /// Decodes one byte.
    #[must_use]
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::Pcmu => decode_ulaw(byte),
            Self::Pcma => decode_alaw(byte),
        }
    }

    /// Turns audio of this codec into another's, in place, by the tables of G.711.
    pub(super) fn transcode(self, to: Self, audio: &mut [u8]) {
        match (self, to) {
            (Self::Pcmu, Self::Pcma) => {
                for byte in audio {
                    *byte = convert_ulaw_to_alaw(*byte);
                }
            }
            (Self::Pcma, Self::Pcmu) => {
                for byte in audio {
                    *byte = convert_alaw_to_ulaw(*byte);
                }
            }
            (Self::Pcmu, Self::Pcmu) | (Self::Pcma, Self::Pcma) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_silent_in_both_laws() {
        assert_eq!(Codec::Pcmu.decode(Codec::Pcmu.silence()), 0);
        assert!(Codec::Pcma.decode(Codec::Pcma.silence()).abs() <= 8);
    }

    #[test]
    fn transcoding_keeps_the_sound() {
        for (from, to) in [(Codec::Pcmu, Codec::Pcma), (Codec::Pcma, Codec::Pcmu)] {
            for byte in 0..=255u8 {
                let mut audio = [byte];
                from.transcode(to, &mut audio);
                let (before, after) = (i32::from(from.decode(byte)), i32::from(to.decode(audio[0])));
                let bound = 16 + before.abs() / 16;
                assert!((before - after).abs() <= bound, "{from:?} {byte}: {before} became {after}");
            }
        }
    }

    #[test]
    fn the_same_law_is_left_alone() {
        let mut audio = [1, 2, 3];
        Codec::Pcma.transcode(Codec::Pcma, &mut audio);
        assert_eq!(audio, [1, 2, 3]);
    }
}
