//! Token buckets, one a key, in a bounded table.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::Timestamp;

/// How much patience is left with each of many keys. Of a key only the instant is kept at which all its tokens are back;
/// a key that is not in the table has all of them.
#[derive(Debug)]
pub(super) struct Patience<K> {
    tokens_max: u32,
    token_every: Duration,
    keys_max: usize,
    whole_at: BTreeMap<K, Timestamp>,
    order: BTreeSet<(Timestamp, K)>,
}

impl<K: Ord + Clone> Patience<K> {
    /// `tokens` for each key, all of them back after `window`.
    pub(super) fn new(tokens: u32, window: Duration, keys_max: usize) -> Self {
        let tokens_max = tokens.max(1);
        Self {
            tokens_max,
            token_every: window / tokens_max,
            keys_max,
            whole_at: BTreeMap::new(),
            order: BTreeSet::new(),
        }
    }

    /// Whether the key has no token left.
    pub(super) fn is_exhausted(&self, now: Timestamp, key: &K) -> bool {
        let Some(whole_at) = self.whole_at.get(key) else { return false };
        whole_at.since(now) > self.token_every * (self.tokens_max - 1)
    }

    /// Takes a token. In a full table the key that is nearest to having all of its own makes room.
    pub(super) fn charge(&mut self, now: Timestamp, key: K) {
        let whole_at = self.whole_at.get(&key).copied().unwrap_or(now).max(now) + self.token_every;
        if let Some(before) = self.whole_at.insert(key.clone(), whole_at) {
            self.order.remove(&(before, key.clone()));
        }
        self.order.insert((whole_at, key));
        while let Some((first, _)) = self.order.first()
            && (*first <= now || self.order.len() > self.keys_max)
        {
            if let Some((_, key)) = self.order.pop_first() {
                self.whole_at.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(0);
    const WINDOW: Duration = Duration::from_secs(60);

    #[test]
    fn tokens_go_at_once_and_come_back_one_by_one() {
        let mut patience = Patience::new(3, WINDOW, 10);
        for _ in 0..3 {
            assert!(!patience.is_exhausted(START, &1));
            patience.charge(START, 1);
        }
        assert!(patience.is_exhausted(START, &1));
        assert!(!patience.is_exhausted(START, &2), "another key has its own");
        assert!(patience.is_exhausted(START + Duration::from_millis(19_999), &1));
        assert!(!patience.is_exhausted(START + Duration::from_secs(20), &1));
        patience.charge(START + Duration::from_secs(20), 1);
        assert!(patience.is_exhausted(START + Duration::from_secs(20), &1));
        assert!(!patience.is_exhausted(START + Duration::from_secs(200), &1));
    }

    #[test]
    fn the_table_is_bounded_and_keeps_the_worst() {
        let mut patience = Patience::new(3, WINDOW, 10);
        for _ in 0..3 {
            patience.charge(START, 0);
        }
        for key in 1..1_000 {
            patience.charge(START, key);
        }
        assert_eq!((patience.order.len(), patience.whole_at.len()), (10, 10));
        assert!(patience.is_exhausted(START, &0));
        patience.charge(START + WINDOW * 2, 5_000);
        assert_eq!(patience.order.len(), 1, "what is whole again is forgotten");
    }
}
