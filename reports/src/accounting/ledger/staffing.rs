//! When fewer seats were staffed than the plan wants (R-A8).

use acd_core::plan::Capacity;
use acd_core::{SkillId, Timestamp};

use super::books::{Books, Bounded};
use crate::accounting::{Counting, Interval, Staffing, StaffingSeats, Understaffing};
use crate::limits::STAFFING_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Shortages {
    promises: Vec<Promise>,
    /// Since when at least one promise is broken.
    any_since: Option<Timestamp>,
    pub(super) list: Bounded<Understaffing>,
}

#[derive(Clone, Debug)]
struct Promise {
    staffing: Staffing,
    broken: Option<Broken>,
}

#[derive(Clone, Copy, Debug)]
struct Broken {
    since: Timestamp,
    wanted: u64,
    staffed: u64,
}

impl Shortages {
    pub(super) fn new(counting: &Counting) -> Self {
        let promise = |staffing: &Staffing| Promise { staffing: *staffing, broken: None };
        let promises = counting.staffing.iter().take(STAFFING_MAX).map(promise).collect();
        Self { promises, ..Self::default() }
    }

    /// The skills that the promises are about, in their order.
    pub(super) fn skills(&self) -> Vec<Option<SkillId>> {
        self.promises.iter().map(|it| it.staffing.skill).collect()
    }

    /// From this instant on so many are staffed for each promise, and these lines are in force.
    pub(super) fn follow(
        &mut self,
        at: Timestamp,
        capacity: Option<Capacity>,
        staffed: &[u64],
        books: &mut Books,
    ) {
        for (promise, staffed) in self.promises.iter_mut().zip(staffed) {
            let wanted = match (capacity, promise.staffing.seats) {
                (None, _) => 0,
                (Some(capacity), StaffingSeats::SeatLines) => u64::from(capacity.seat_lines),
                (Some(_), StaffingSeats::Count(seats)) => u64::from(seats),
            };
            let is_as_before = promise.broken.is_some_and(|it| (it.wanted, it.staffed) == (wanted, *staffed));
            if is_as_before {
                continue;
            }
            // A change of numbers begins an interval of its own, so that the list tells how many were missing when.
            if let Some(broken) = promise.broken.take() {
                list(promise.staffing, broken, Some(at), &mut self.list, books);
            }
            if *staffed < wanted {
                promise.broken = Some(Broken { since: at, wanted, staffed: *staffed });
            }
        }
        let any = self.promises.iter().any(|it| it.broken.is_some());
        match (self.any_since, any) {
            (None, true) => self.any_since = Some(at),
            (Some(since), false) => {
                books.spread(since, at, |it| &mut it.below_staffing_ms);
                self.any_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Whether an interval that began before `edge` is not over.
    pub(super) fn may_grow(&self, edge: Timestamp) -> bool {
        self.promises.iter().any(|it| it.broken.is_some_and(|it| it.since < edge))
    }

    /// A switch that is gone shows no staff: that is an outage (R-L9).
    pub(super) fn end_life(&mut self, at: Timestamp, books: &mut Books) {
        self.stop(at, Some(at), books);
    }

    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        self.stop(until, None, books);
    }

    fn stop(&mut self, at: Timestamp, to: Option<Timestamp>, books: &mut Books) {
        for promise in &mut self.promises {
            if let Some(broken) = promise.broken.take() {
                list(promise.staffing, broken, to, &mut self.list, books);
            }
        }
        if let Some(since) = self.any_since.take() {
            books.spread(since, at, |it| &mut it.below_staffing_ms);
        }
    }
}

fn list(
    staffing: Staffing,
    broken: Broken,
    to: Option<Timestamp>,
    into: &mut Bounded<Understaffing>,
    books: &Books,
) {
    let interval = Interval { from: broken.since, to };
    if interval.touches(books.slots.from(), books.slots.to()) && interval.ms() != Some(0) {
        into.push(Understaffing {
            interval,
            skill: staffing.skill,
            wanted: broken.wanted,
            staffed: broken.staffed,
        });
    }
}
