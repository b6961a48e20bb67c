//! What is to be looked at before the turn ends.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// An ordered set of few things, in a list that keeps its memory from turn to turn: a set that is filled and emptied in
/// every turn would ask for memory in every turn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Touched<K>(Vec<K>);

impl<K> Default for Touched<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Copy + Ord> Touched<K> {
    pub(crate) fn insert(&mut self, key: K) {
        if let Err(at) = self.0.binary_search(&key) {
            self.0.insert(at, key);
        }
    }

    pub(crate) fn extend(&mut self, keys: impl IntoIterator<Item = K>) {
        for key in keys {
            self.insert(key);
        }
    }

    /// Takes the first in order.
    pub(crate) fn pop_first(&mut self) -> Option<K> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &K> {
        self.0.iter()
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&K) -> bool) {
        self.0.retain(keep);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_stands_once_and_in_order() {
        let mut touched = Touched::default();
        touched.extend([3, 1, 2, 3, 1]);
        assert!(touched.iter().eq(&[1, 2, 3]));
        touched.retain(|key| *key != 2);
        assert_eq!([touched.pop_first(), touched.pop_first(), touched.pop_first()], [Some(1), Some(3), None]);
        touched.insert(4);
        touched.clear();
        assert_eq!(touched, Touched::default());
    }
}
