//! When a leg was last heard: what an agent is told of a caller who does not respond (R-T6).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::codec::Codec;
use super::limits::{SOUND_MIN, SOUND_SAMPLED_EVERY};

/// Written by the leg's media thread, read by whoever asks. Packets without sound, which most phones send all the time, are
/// not heard.
#[derive(Clone, Debug)]
pub struct Hearing {
    since: Instant,
    /// Microseconds after `since`, of which none is 0; 0: never.
    heard: Arc<AtomicU64>,
}

impl Hearing {
    /// Nothing has been heard yet.
    pub(super) fn new() -> Self {
        Self { since: Instant::now(), heard: Arc::new(AtomicU64::new(0)) }
    }

    /// Takes a packet's audio.
    pub(super) fn listen(&self, codec: Codec, audio: &[u8]) {
        if is_sound(codec, audio) {
            self.heard.store(self.micros().max(1), Ordering::Relaxed);
        }
    }

    /// For how long nothing has been heard; `None`: nothing ever was.
    #[must_use]
    pub fn silent_for(&self) -> Option<Duration> {
        match self.heard.load(Ordering::Relaxed) {
            0 => None,
            heard => Some(Duration::from_micros(self.micros().saturating_sub(heard))),
        }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

fn is_sound(codec: Codec, audio: &[u8]) -> bool {
    audio.iter().step_by(SOUND_SAMPLED_EVERY).any(|byte| codec.decode(*byte).unsigned_abs() >= SOUND_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 ms of a tone of 400 Hz.
    fn tone(codec: Codec, amplitude: f64) -> Vec<u8> {
        (0..160)
            .map(|sample| {
                let phase = f64::from(sample) * std::f64::consts::TAU * 400.0 / 8_000.0;
                codec.encode((phase.sin() * amplitude) as i16)
            })
            .collect()
    }

    #[test]
    fn speech_is_heard_and_the_noise_of_a_line_is_not() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let hearing = Hearing::new();
            for quiet in [vec![codec.silence(); 160], tone(codec, 60.0), Vec::new()] {
                hearing.listen(codec, &quiet);
                assert_eq!(hearing.silent_for(), None);
            }
            hearing.listen(codec, &tone(codec, 3_000.0));
            assert!(hearing.silent_for().is_some());
        }
    }

    #[test]
    fn silence_is_counted_from_the_last_sound() {
        let hearing = Hearing::new();
        let legs = hearing.clone();
        legs.listen(Codec::Pcmu, &tone(Codec::Pcmu, 3_000.0));
        let first = hearing.silent_for().unwrap();
        hearing.listen(Codec::Pcmu, &[Codec::Pcmu.silence(); 160]);
        assert!(hearing.silent_for().unwrap() >= first, "silence ends no silence");
    }
}
