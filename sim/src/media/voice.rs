//! Voices that can be told apart: each person speaks two tones of its own, as loud as speech and with its rhythm.

use std::f64::consts::TAU;
use std::sync::Arc;

use audio_codec_algorithms::{encode_alaw, encode_ulaw};

use super::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::sip::sdp::PCMA;

/// Who speaks. Callers and seats have tones of different bands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PersonId {
    /// The n-th caller; after 400 the voices begin again.
    Caller(u32),
    /// The seat of this number (`seat117`: 117); after 20 the voices begin again.
    Seat(u32),
}

/// Two tones. All are multiples of 20 Hz, so that a block holds whole periods and one voice leaks into no other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Voice {
    low_hz: f64,
    high_hz: f64,
}

/// Peak of each tone, out of 32,768.
const TONE_PEAK: f64 = 5_000.0;

/// Syllables a second; two seconds of voice hold whole ones.
const SYLLABLES_PER_S: f64 = 2.5;

/// Samples after which a voice repeats itself without a seam.
const LOOP_SAMPLES: usize = 2 * SAMPLE_RATE;

impl Voice {
    /// The voice of a person.
    pub fn of(person: PersonId) -> Self {
        let (low_hz, high_hz) = match person {
            PersonId::Seat(number) => (500 + 40 * (number % 20), 1_500 + 40 * ((number * 7) % 20)),
            PersonId::Caller(number) => {
                (520 + 40 * (number % 20), 2_320 + 40 * ((number / 20 + 3 * number) % 20))
            }
        };
        Self { low_hz: f64::from(low_hz), high_hz: f64::from(high_hz) }
    }

    /// Both tones, in Hz.
    pub const fn tones_hz(&self) -> [f64; 2] {
        [self.low_hz, self.high_hz]
    }

    /// What is said, in G.711 of the payload type: a loop without a seam.
    pub fn spoken(&self, payload_type: u8) -> Arc<[u8]> {
        (0..LOOP_SAMPLES)
            .map(|index| {
                let at = index as f64 / SAMPLE_RATE as f64;
                let loudness = 0.75 + 0.25 * (TAU * SYLLABLES_PER_S * at).sin();
                let tones = (TAU * self.low_hz * at).sin() + (TAU * self.high_hz * at).sin();
                // At most 2 · TONE_PEAK, which fits.
                let sample = (TONE_PEAK * loudness * tones) as i16;
                if payload_type == PCMA { encode_alaw(sample) } else { encode_ulaw(sample) }
            })
            .collect()
    }

    /// The part of the samples' energy that is this voice, 0 to 1. Silence has none.
    pub fn share(&self, samples: &[i16]) -> f64 {
        let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        if energy == 0.0 {
            return 0.0;
        }
        let tone = |hz| 2.0 * power(samples, hz) / (samples.len() as f64 * energy);
        tone(self.low_hz) + tone(self.high_hz)
    }

    /// How much of the samples is this voice, in milliseconds: whole blocks in which it has the greater part.
    pub fn heard_ms(&self, samples: &[i16]) -> u64 {
        let blocks = samples
            .chunks_exact(BLOCK_SAMPLES)
            .filter(|block| !super::ear::is_silent(block) && self.share(block) >= super::VOICE_SHARE)
            .count();
        (blocks * BLOCK_SAMPLES * 1_000 / SAMPLE_RATE) as u64
    }
}

/// |X(f)|² by Goertzel's recursion.
fn power(samples: &[i16], hz: f64) -> f64 {
    let step = 2.0 * (TAU * hz / SAMPLE_RATE as f64).cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + step * last - before;
        before = last;
        last = next;
    }
    last * last + before * before - step * last * before
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio_codec_algorithms::{decode_alaw, decode_ulaw};

    fn heard(person: PersonId, payload_type: u8) -> Vec<i16> {
        let decode = if payload_type == PCMA { decode_alaw } else { decode_ulaw };
        Voice::of(person).spoken(payload_type).iter().map(|byte| decode(*byte)).collect()
    }

    #[test]
    fn each_voice_is_itself_and_no_other() {
        let people: Vec<PersonId> =
            (0..40).map(PersonId::Caller).chain((101..=120).map(PersonId::Seat)).collect();
        for payload_type in [0, PCMA] {
            for speaker in &people {
                let samples = heard(*speaker, payload_type);
                let block = &samples[..BLOCK_SAMPLES];
                for listener in &people {
                    let share = Voice::of(*listener).share(block);
                    if speaker == listener {
                        assert!(share > 0.9, "{speaker:?} has {share} of itself");
                    } else {
                        assert!(
                            share < super::super::VOICE_SHARE - 0.1,
                            "{speaker:?} sounds like {listener:?}: {share}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn callers_and_seats_share_no_tone() {
        for caller in 0..400 {
            for seat in 101..=120 {
                let caller = Voice::of(PersonId::Caller(caller));
                let seat = Voice::of(PersonId::Seat(seat));
                for tone in [caller.low_hz, caller.high_hz] {
                    assert!((tone - seat.low_hz).abs() >= 20.0 && (tone - seat.high_hz).abs() >= 20.0);
                }
            }
        }
    }

    #[test]
    fn a_loop_has_no_seam_and_is_heard_in_every_block() {
        let once = heard(PersonId::Seat(117), 0);
        let twice = [once.clone(), once].concat();
        assert_eq!(Voice::of(PersonId::Seat(117)).heard_ms(&twice), 4_000);
        assert_eq!(Voice::of(PersonId::Caller(3)).heard_ms(&twice), 0);
    }

    #[test]
    fn half_a_voice_is_half_heard() {
        let mut samples = heard(PersonId::Caller(5), 0);
        samples[..SAMPLE_RATE].fill(0);
        assert_eq!(Voice::of(PersonId::Caller(5)).heard_ms(&samples), 1_000);
    }
}
