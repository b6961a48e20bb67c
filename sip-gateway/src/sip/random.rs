//! Tags, branches, Call-IDs and jitter, from the seed given at construction.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// RFC 3261 section 8.1.1.7: what marks a branch as unique.
pub(super) const BRANCH_COOKIE: &[u8] = b"z9hG4bK";

/// The only source of randomness: what peers must not guess is drawn from a cryptographic generator, and the same seed
/// gives the same run.
pub(super) struct Random {
    generator: ChaCha12Rng,
    /// Keys the tags of answers that leave no state, so that they are the same for every retransmission.
    stateless_key: u64,
}

impl Random {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let mut generator = ChaCha12Rng::from_seed(seed);
        let stateless_key = generator.next_u64();
        Self { generator, stateless_key }
    }

    /// A From or To tag: 64 bits, RFC 3261 section 19.3 wants 32.
    pub(super) fn tag(&mut self) -> Vec<u8> {
        format!("{:016x}", self.generator.next_u64()).into_bytes()
    }

    pub(super) fn branch(&mut self) -> Vec<u8> {
        let mut branch = BRANCH_COOKIE.to_vec();
        branch.extend(format!("{:016x}", self.generator.next_u64()).into_bytes());
        branch
    }

    pub(super) fn call_id(&mut self) -> Vec<u8> {
        format!("{:016x}{:016x}", self.generator.next_u64(), self.generator.next_u64()).into_bytes()
    }

    /// A whole number of `0..bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // The bias is below bound / 2^64.
        u32::try_from(self.generator.next_u64() % u64::from(bound.max(1))).unwrap_or(0)
    }

    /// A tag that is a function of the request alone (RFC 3261 section 8.2.7).
    pub(super) fn stateless_tag(&self, call_id: &[u8], from_tag: &[u8]) -> Vec<u8> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (self.stateless_key, call_id, from_tag).hash(&mut hasher);
        format!("{:016x}", hasher.finish()).into_bytes()
    }
}
