//! Seeded choices (SplitMix64), so that every run hands in the same inputs.

use core::time::Duration;

/// A sequence of choices.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An index below `length`, which is not zero.
    pub const fn index(&mut self, length: usize) -> usize {
        (self.bits() % length as u64) as usize
    }

    /// An exponential time of this mean, in whole milliseconds.
    pub fn exponential(&mut self, mean: Duration) -> Duration {
        // 53 bits give a number in (0, 1].
        let uniform = ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        Duration::from_millis((-uniform.ln() * mean.as_secs_f64() * 1_000.0) as u64)
    }
}
