//! Which calls hold something: what lines in use are counted by (R-L6).

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::CallId;

/// Calls of one page: one for each bit.
const PAGE: u64 = u64::BITS as u64;

/// An ordered set in pages of bits. Ids rise, so the calls that are alive stand close to each other, and those of
/// 100,000 fit into the processor's caches, where a tree of single calls does not.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct CallSet {
    /// None is zero.
    pages: BTreeMap<u64, u64>,
    len: usize,
}

const fn place(call: CallId) -> (u64, u64) {
    (call.0 / PAGE, 1 << (call.0 % PAGE))
}

impl CallSet {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn contains(&self, call: CallId) -> bool {
        let (page, bit) = place(call);
        self.pages.get(&page).is_some_and(|bits| bits & bit != 0)
    }

    /// Whether the call was not in the set; it now is.
    pub(crate) fn insert(&mut self, call: CallId) -> bool {
        let (page, bit) = place(call);
        let bits = self.pages.entry(page).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        self.len += usize::from(is_new);
        is_new
    }

    /// Whether the call was in the set; it no longer is.
    pub(crate) fn remove(&mut self, call: CallId) -> bool {
        let (page, bit) = place(call);
        let Some(bits) = self.pages.get_mut(&page).filter(|bits| **bits & bit != 0) else { return false };
        *bits &= !bit;
        if *bits == 0 {
            self.pages.remove(&page);
        }
        self.len -= 1;
        true
    }

    /// The calls in the order of their ids.
    fn iter(&self) -> impl Iterator<Item = CallId> {
        self.pages.iter().flat_map(|(page, bits)| {
            (0..PAGE).filter(move |at| bits & (1 << at) != 0).map(move |at| CallId(page * PAGE + at))
        })
    }
}

impl FromIterator<CallId> for CallSet {
    fn from_iter<I: IntoIterator<Item = CallId>>(calls: I) -> Self {
        let mut set = Self::default();
        for call in calls {
            set.insert(call);
        }
        set
    }
}

impl fmt::Debug for CallSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Written as an ordered set of calls is.
impl Serialize for CallSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for CallSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeSet::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn steps() -> impl Strategy<Value = Vec<(CallId, bool)>> {
        let call = prop_oneof![0_u64..200, Just(u64::MAX - 1), Just(u64::MAX)].prop_map(CallId);
        prop::collection::vec((call, any::<bool>()), 0..300)
    }

    proptest! {
        #[test]
        fn it_is_as_a_tree_of_single_calls(steps in steps()) {
            let (mut paged, mut naive) = (CallSet::default(), BTreeSet::new());
            for (call, comes) in steps {
                prop_assert_eq!(paged.contains(call), naive.contains(&call));
                if comes {
                    prop_assert_eq!(paged.insert(call), naive.insert(call));
                } else {
                    prop_assert_eq!(paged.remove(call), naive.remove(&call));
                }
                prop_assert_eq!(paged.contains(call), comes);
                prop_assert_eq!((paged.len(), paged.is_empty()), (naive.len(), naive.is_empty()));
            }
            prop_assert!(paged.iter().eq(naive.iter().copied()));
            let written = serde_json::to_string(&paged).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&naive).unwrap());
            prop_assert_eq!(&serde_json::from_str::<CallSet>(&written).unwrap(), &paged);
        }
    }

    #[test]
    fn a_page_without_calls_is_given_back() {
        let mut set: CallSet = [CallId(1), CallId(64)].into_iter().collect();
        assert_eq!(set.pages.len(), 2);
        set.remove(CallId(1));
        assert_eq!(set.pages.len(), 1);
    }
}
