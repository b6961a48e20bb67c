//! Something for each call, found by the call's id.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::CallId;

/// Calls of one page. Ids rise, so the calls that are alive stand close to each other.
const PAGE: u64 = 64;

/// An ordered map in pages: what finds the page of one call among those of 100,000 stays in the processor's caches, where
/// a tree of single calls does not.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ByCall<V> {
    /// None is empty.
    pages: BTreeMap<u64, Box<Page<V>>>,
    len: usize,
}

#[derive(Clone, PartialEq, Eq)]
struct Page<V> {
    filled: u32,
    values: [Option<V>; PAGE as usize],
}

impl<V> Default for Page<V> {
    fn default() -> Self {
        Self { filled: 0, values: [const { None }; PAGE as usize] }
    }
}

impl<V> Default for ByCall<V> {
    fn default() -> Self {
        Self { pages: BTreeMap::new(), len: 0 }
    }
}

const fn place(call: CallId) -> (u64, usize) {
    (call.0 / PAGE, (call.0 % PAGE) as usize)
}

impl<V> ByCall<V> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn get(&self, call: CallId) -> Option<&V> {
        let (page, at) = place(call);
        self.pages.get(&page)?.values[at].as_ref()
    }

    pub(crate) fn get_mut(&mut self, call: CallId) -> Option<&mut V> {
        let (page, at) = place(call);
        self.pages.get_mut(&page)?.values[at].as_mut()
    }

    pub(crate) fn contains(&self, call: CallId) -> bool {
        self.get(call).is_some()
    }

    /// Puts a call's value in the place of the one that it had.
    pub(crate) fn insert(&mut self, call: CallId, value: V) -> Option<V> {
        let (page, at) = place(call);
        let page = self.pages.entry(page).or_default();
        let before = page.values[at].replace(value);
        if before.is_none() {
            page.filled += 1;
            self.len += 1;
        }
        before
    }

    /// What the call has, given to it now if it had nothing.
    pub(crate) fn get_or_default(&mut self, call: CallId) -> &mut V
    where
        V: Default,
    {
        let (page, at) = place(call);
        let page = self.pages.entry(page).or_default();
        let value = &mut page.values[at];
        if value.is_none() {
            page.filled += 1;
            self.len += 1;
        }
        value.get_or_insert_default()
    }

    pub(crate) fn remove(&mut self, call: CallId) -> Option<V> {
        let (id, at) = place(call);
        let page = self.pages.get_mut(&id)?;
        let before = page.values[at].take()?;
        self.len -= 1;
        page.filled -= 1;
        if page.filled == 0 {
            self.pages.remove(&id);
        }
        Some(before)
    }

    /// Every call that has something, in the order of the ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (CallId, &V)> {
        self.pages.iter().flat_map(|(page, of_page)| {
            let numbered = (0..PAGE).zip(&of_page.values);
            numbered.filter_map(move |(at, value)| Some((CallId(page * PAGE + at), value.as_ref()?)))
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = CallId> {
        self.iter().map(|(call, _)| call)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.pages.values_mut().flat_map(|page| page.values.iter_mut().flatten())
    }

    /// Everything, in the order of the ids.
    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.pages.into_values().flat_map(|page| page.values.into_iter().flatten())
    }
}

impl<V> FromIterator<(CallId, V)> for ByCall<V> {
    fn from_iter<I: IntoIterator<Item = (CallId, V)>>(values: I) -> Self {
        let mut by_call = Self::default();
        for (call, value) in values {
            by_call.insert(call, value);
        }
        by_call
    }
}

impl<V: fmt::Debug> fmt::Debug for ByCall<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Written as an ordered map of calls is.
impl<V: Serialize> Serialize for ByCall<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for ByCall<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Insert(CallId, u8),
        Count(CallId),
        Remove(CallId),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let call = || prop_oneof![0_u64..200, Just(u64::MAX - 1), Just(u64::MAX)].prop_map(CallId);
        let step = prop_oneof![
            (call(), any::<u8>()).prop_map(|(call, value)| Step::Insert(call, value)),
            call().prop_map(Step::Count),
            call().prop_map(Step::Remove),
        ];
        prop::collection::vec(step, 0..300)
    }

    proptest! {
        #[test]
        fn it_is_as_a_tree_of_single_calls(steps in steps()) {
            let (mut paged, mut naive) = (ByCall::default(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(call, value) => {
                        prop_assert_eq!(paged.insert(call, value), naive.insert(call, value));
                    }
                    Step::Count(call) => {
                        for value in [paged.get_or_default(call), naive.entry(call).or_default()] {
                            *value = value.wrapping_add(1);
                        }
                    }
                    Step::Remove(call) => {
                        prop_assert_eq!(paged.contains(call), naive.contains_key(&call));
                        prop_assert_eq!(paged.get_mut(call).copied(), naive.get(&call).copied());
                        prop_assert_eq!(paged.remove(call), naive.remove(&call));
                        prop_assert_eq!(paged.get(call), None);
                    }
                }
                prop_assert_eq!((paged.len(), paged.is_empty()), (naive.len(), naive.is_empty()));
            }
            prop_assert!(paged.iter().eq(naive.iter().map(|(call, value)| (*call, value))));
            prop_assert!(paged.keys().eq(naive.keys().copied()));
            prop_assert!(paged.values().eq(naive.values()));
            let written = serde_json::to_string(&paged).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&naive).unwrap());
            prop_assert_eq!(&serde_json::from_str::<ByCall<u8>>(&written).unwrap(), &paged);
            prop_assert!(paged.into_values().eq(naive.into_values()));
        }
    }

    #[test]
    fn a_page_without_calls_is_given_back() {
        let mut by_call: ByCall<u8> = [(CallId(1), 1), (CallId(64), 2)].into_iter().collect();
        assert_eq!(by_call.pages.len(), 2);
        by_call.remove(CallId(1));
        assert_eq!(by_call.pages.len(), 1);
    }
}
