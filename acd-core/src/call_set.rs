//! Which calls hold something: what lines in use are counted by (R-L6).

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::CallId;

/// Calls of one page: one for each bit.
const PAGE: u64 = u64::BITS as u64;

/// An ordered set in pages of bits. Ids rise, so the calls that are alive stand close to each other, and those of
/// 100,000 fit into the processor's caches, where a tree of single calls does not. Most sets have few calls, all of them
/// young: a tree that is filled and emptied with each of them would ask for memory each time.
#[derive(Clone, Default)]
pub(crate) struct CallSet {
    /// The page of the highest call that has been in the set, which may be empty again.
    youngest: Page,
    /// Those before it. None is empty.
    older: BTreeMap<u64, u64>,
    len: usize,
}

/// Calls that stand beside each other.
#[derive(Clone, Copy, Default)]
struct Page {
    id: u64,
    bits: u64,
}

const fn place(call: CallId) -> (u64, u64) {
    (call.0 / PAGE, 1 << (call.0 % PAGE))
}

impl CallSet {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn contains(&self, call: CallId) -> bool {
        let (page, bit) = place(call);
        let bits =
            if page == self.youngest.id { Some(self.youngest.bits) } else { self.older.get(&page).copied() };
        bits.is_some_and(|bits| bits & bit != 0)
    }

    /// Whether the call was not in the set; it now is.
    pub(crate) fn insert(&mut self, call: CallId) -> bool {
        let (page, bit) = place(call);
        if page > self.youngest.id {
            let Page { id, bits } = core::mem::replace(&mut self.youngest, Page { id: page, bits: 0 });
            if bits != 0 {
                self.older.insert(id, bits);
            }
        }
        let bits = if page == self.youngest.id {
            &mut self.youngest.bits
        } else {
            self.older.entry(page).or_default()
        };
        let is_new = *bits & bit == 0;
        *bits |= bit;
        self.len += usize::from(is_new);
        is_new
    }

    /// Whether the call was in the set; it no longer is.
    pub(crate) fn remove(&mut self, call: CallId) -> bool {
        let (page, bit) = place(call);
        let is_youngest = page == self.youngest.id;
        let bits = if is_youngest { Some(&mut self.youngest.bits) } else { self.older.get_mut(&page) };
        let Some(bits) = bits.filter(|bits| **bits & bit != 0) else { return false };
        *bits &= !bit;
        if *bits == 0 && !is_youngest {
            self.older.remove(&page);
        }
        self.len -= 1;
        true
    }

    /// The calls in the order of their ids.
    fn iter(&self) -> impl Iterator<Item = CallId> {
        let older = self.older.iter().map(|(id, bits)| Page { id: *id, bits: *bits });
        older.chain([self.youngest]).flat_map(|Page { id, bits }| {
            (0..PAGE).filter(move |at| bits & (1 << at) != 0).map(move |at| CallId(id * PAGE + at))
        })
    }
}

/// Sets of the same calls are equal, whatever calls have been in them.
impl PartialEq for CallSet {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for CallSet {}

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
            prop_assert_eq!(&naive.iter().copied().collect::<CallSet>(), &paged);
            let written = serde_json::to_string(&paged).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&naive).unwrap());
            prop_assert_eq!(&serde_json::from_str::<CallSet>(&written).unwrap(), &paged);
        }
    }

    #[test]
    fn sets_are_equal_by_the_calls_that_are_in_them() {
        let set = |calls: &[u64]| calls.iter().copied().map(CallId).collect::<CallSet>();
        let mut older = set(&[1, 64]);
        older.remove(CallId(64));
        assert_eq!(older, set(&[1]));
        assert_ne!(set(&[1]), set(&[2]));
        assert_ne!(set(&[1, 2]), set(&[1]));
    }

    #[test]
    fn a_page_without_calls_is_given_back() {
        let mut set: CallSet = [CallId(1), CallId(64)].into_iter().collect();
        assert_eq!(set.older.len(), 1);
        set.remove(CallId(1));
        assert_eq!(set.older.len(), 0);
        set.remove(CallId(64));
        set.insert(CallId(200));
        assert_eq!(set.older.len(), 0, "the youngest page was empty");
    }
}
