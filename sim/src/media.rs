//! Speaking and hearing over RTP: G.711 in packets of 20 ms (RFC 3550, RFC 3551).

mod ear;
mod rtp;
mod voice;
pub mod wav;

pub use ear::{Ear, Heard, Listened, rms, sound_ms};
pub use rtp::{Media, MediaError};
pub use voice::{PersonId, Voice};

/// Samples a second of every stream here.
pub const SAMPLE_RATE: usize = 8_000;

/// Samples of a packet: 20 ms.
pub const PACKET_SAMPLES: usize = 160;

/// How long a packet lasts.
pub const PACKET_TIME: std::time::Duration = std::time::Duration::from_millis(20);

/// Samples of the blocks in which sound is looked at: 100 ms, in which every voice has whole periods.
pub const BLOCK_SAMPLES: usize = 800;

/// Below this root mean square, out of 32,768, a block is silence (-36 dB).
pub const SILENCE_RMS: f64 = 500.0;

/// A voice is heard where its two tones have at least this part of a block's energy; a voice that shares one of them has half.
pub const VOICE_SHARE: f64 = 0.7;
