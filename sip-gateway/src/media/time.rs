//! The media plane's time: microseconds since it started. Never a wall clock.

use std::ops::Add;
use std::time::Duration;

/// An instant of the media clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Moment(u64);

impl Moment {
    /// So many microseconds after the plane's start.
    pub(super) const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the plane's start.
    pub(super) const fn micros(self) -> u64 {
        self.0
    }

    /// Microseconds since an earlier instant; 0 if that one is later.
    pub(super) const fn micros_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Samples at 8 kHz since an earlier instant; 0 if that one is later.
    pub(super) const fn samples_since(self, earlier: Self) -> u64 {
        self.micros_since(earlier) / 125
    }

    /// Whether so much time has passed since an earlier instant.
    pub(super) fn has_passed(self, earlier: Self, duration: Duration) -> bool {
        u128::from(self.micros_since(earlier)) >= duration.as_micros()
    }
}

impl Add<u64> for Moment {
    type Output = Self;

    fn add(self, micros: u64) -> Self {
        Self(self.0 + micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_160_samples() {
        let start = Moment::from_micros(7);
        assert_eq!((start + 20_000).samples_since(start), 160);
        assert_eq!(start.samples_since(start + 20_000), 0);
        assert!((start + 20_000).has_passed(start, Duration::from_millis(20)));
        assert!(!(start + 19_999).has_passed(start, Duration::from_millis(20)));
    }
}
