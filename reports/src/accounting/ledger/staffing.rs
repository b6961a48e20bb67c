//! When fewer seats were staffed than was promised (R-A8): as the switch stated it then, by the promises of that time.

use std::collections::BTreeMap;

use acd_core::{SkillId, Timestamp};

use super::books::{Books, Bounded};
use crate::accounting::{Interval, Understaffing};

#[derive(Clone, Debug, Default)]
pub(super) struct Shortages {
    /// The promises that are broken as stated, by skill; a plan has few.
    stated: BTreeMap<Option<SkillId>, Numbers>,
    /// Those of which an interval is open.
    broken: BTreeMap<Option<SkillId>, Broken>,
    /// Since when at least one promise is broken.
    any_since: Option<Timestamp>,
    pub(super) list: Bounded<Understaffing>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Numbers {
    wanted: u32,
    staffed: u32,
}

#[derive(Clone, Copy, Debug)]
struct Broken {
    since: Timestamp,
    numbers: Numbers,
}

impl Shortages {
    /// From here on a promise is broken, or by other numbers.
    pub(super) fn short(&mut self, skill: Option<SkillId>, wanted: u32, staffed: u32) {
        self.stated.insert(skill, Numbers { wanted, staffed });
    }

    /// A promise is kept again, or no longer made. One that was broken before the record has no known numbers and stands in
    /// no list.
    pub(super) fn restored(&mut self, skill: Option<SkillId>) {
        self.stated.remove(&skill);
    }

    /// What has been stated stands from this instant on.
    pub(super) fn follow(&mut self, at: Timestamp, books: &mut Books) {
        let Self { stated, broken, list, .. } = self;
        // A change of numbers begins an interval of its own, so that the list tells how many were missing when.
        broken.retain(|skill, it| {
            let goes_on = stated.get(skill) == Some(&it.numbers);
            if !goes_on {
                note(*skill, *it, Some(at), list, books);
            }
            goes_on
        });
        for (skill, numbers) in stated {
            broken.entry(*skill).or_insert(Broken { since: at, numbers: *numbers });
        }
        match (self.any_since, self.broken.is_empty()) {
            (None, false) => self.any_since = Some(at),
            (Some(since), true) => {
                books.spread(since, at, |it| &mut it.below_staffing_ms);
                self.any_since = None;
            }
            (None, true) | (Some(_), false) => {}
        }
    }

    /// Whether an interval that began before `edge` is not over.
    pub(super) fn may_grow(&self, edge: Timestamp) -> bool {
        self.broken.values().any(|it| it.since < edge)
    }

    /// A switch that is gone shows no staff: that is an outage (R-L9). The next life states anew what it finds.
    pub(super) fn end_life(&mut self, at: Timestamp, books: &mut Books) {
        self.stop(at, Some(at), books);
    }

    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        self.stop(until, None, books);
    }

    fn stop(&mut self, at: Timestamp, to: Option<Timestamp>, books: &mut Books) {
        self.stated.clear();
        for (skill, broken) in std::mem::take(&mut self.broken) {
            note(skill, broken, to, &mut self.list, books);
        }
        if let Some(since) = self.any_since.take() {
            books.spread(since, at, |it| &mut it.below_staffing_ms);
        }
    }
}

fn note(
    skill: Option<SkillId>,
    broken: Broken,
    to: Option<Timestamp>,
    into: &mut Bounded<Understaffing>,
    books: &Books,
) {
    let interval = Interval { from: broken.since, to };
    if interval.touches(books.slots.listed()) && interval.ms() != Some(0) {
        let Numbers { wanted, staffed } = broken.numbers;
        into.push(Understaffing { interval, skill, wanted: u64::from(wanted), staffed: u64::from(staffed) });
    }
}
