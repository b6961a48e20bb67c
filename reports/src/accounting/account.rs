//! What a ledger comes to.

use std::collections::BTreeSet;
use std::fmt;

use acd_core::plan::{Capacity, Change, PoolShare};
use acd_core::{CivilDate, PlanSource, SeatId, TenantId, Timestamp};

use super::clock::lived_ms;
use super::{Blockage, ClockStep, Counting, Figures, Interval, Outage, Slots, Understaffing};

/// A plan gave the tenant other lines (R-L2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinesPlanned {
    /// From when.
    pub at: Timestamp,
    /// By which way the plan came.
    pub by: PlanSource,
    /// By whom; `None`: nobody was named.
    pub who: Option<String>,
    /// When it was reported to the client; `None`: no plan says so yet.
    pub reported_on: Option<CivilDate>,
    /// What changed.
    pub changes: Vec<LinesChange>,
}

/// One thing that a plan changed of a tenant's lines. `Display` says it in a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinesChange {
    /// A band, a range, or the size of the pool that the tenant shares.
    OfPlan(Change),
    /// Its share in a pool (R-L5): what it has reserved, and the most that it may hold.
    OfShare {
        /// Before; `None`: its lines were its own.
        before: Option<PoolShare>,
        /// After; `None`: its lines are its own.
        after: Option<PoolShare>,
    },
}

impl fmt::Display for LinesChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |it: Option<PoolShare>| {
            it.map_or_else(
                || "none".to_owned(),
                |PoolShare { pool, reserved, max }| format!("{reserved} reserved, at most {max} of {pool}"),
            )
        };
        match self {
            Self::OfPlan(change) => change.fmt(f),
            Self::OfShare { before, after } => {
                write!(f, "share in a pool of lines: {} -> {}", share(*before), share(*after))
            }
        }
    }
}

/// The closed books of one tenant over one period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Whose.
    pub tenant: TenantId,
    /// The slots.
    pub slots: Slots,
    /// What they were counted by.
    pub counting: Counting,
    /// The figures, one a slot.
    pub figures: Vec<Figures>,
    /// The blockages that touch the period ([`Slots::listed`]), whole, oldest first (R-A4).
    pub blockages: Vec<Blockage>,
    /// The intervals with all seat lines busy that touch the period, whole.
    pub seat_lines_full: Vec<Blockage>,
    /// The outages that touch the period, whole, in the order of their beginnings, then of their causes.
    pub outages: Vec<Outage>,
    /// The intervals below the promised staffing that touch the period, whole; one for each change of the numbers, in the order
    /// of their beginnings, then of their skills.
    pub understaffed: Vec<Understaffing>,
    /// The lines in force at the period's beginning, and each change within it; `None`: outside hours.
    pub capacities: Vec<(Timestamp, Option<Capacity>)>,
    /// Changes of the tenant's lines by plans that came into force in the period, oldest first (R-L2).
    pub lines_planned: Vec<LinesPlanned>,
    /// The steps of the wall clock that are known, oldest first: an interval is listed whole, and one may lie in it beyond the
    /// slots. [`Self::listed_clock_steps`] are those that matter here.
    pub clock_steps: Vec<ClockStep>,
    /// Seats that served this tenant alone at any time of the period.
    pub dedicated_seats: BTreeSet<SeatId>,
    /// Seats that served others too.
    pub shared_seats: BTreeSet<SeatId>,
    /// Seats of other tenants that worked for callers of this one who overflowed to them; that time stands with the shared
    /// seats' (R-A8).
    pub guest_seats: BTreeSet<SeatId>,
    /// From the first to the last instant that is known; `None`: nothing is.
    pub recorded: Option<(Timestamp, Timestamp)>,
    /// The first and the last sequence number that was read.
    pub facts: Option<(u64, u64)>,
    /// Changes of the plan whose text was not at hand: seats may be counted by the plan before.
    pub plans_unknown: u64,
    /// Facts that name a call of this tenant whose admission was not seen.
    pub orphans: u64,
    /// Intervals left out of the lists for want of room; the figures have them.
    pub dropped: u64,
}

impl Account {
    /// The whole period ([`Slots::listed`]): the sum of its slots, without those that reach further for another way of counting
    /// its days (R-A9).
    pub fn total(&self) -> Figures {
        let (from, to) = self.slots.listed();
        self.sum(from, to)
    }

    /// The sum of the slots that lie within two instants.
    fn sum(&self, from: Timestamp, to: Timestamp) -> Figures {
        let lies_within =
            |slot| self.slots.bounds(slot).is_some_and(|(begin, end)| from <= begin && end <= to);
        let all = self.figures.iter().enumerate();
        all.filter(|(slot, _)| lies_within(*slot)).map(|(_, it)| *it).sum()
    }

    /// The steps of the wall clock that touch the period or an interval that its lists have, oldest first.
    pub fn listed_clock_steps(&self) -> impl Iterator<Item = &ClockStep> {
        let (from, to) = self.slots.listed();
        let is_of_period = move |it: &ClockStep| it.from() < to && it.at >= from;
        let is_of_interval =
            |it: &ClockStep| self.listed().any(|interval| interval.touches((it.from(), it.at)));
        self.clock_steps.iter().filter(move |it| is_of_period(it) || is_of_interval(it))
    }

    /// The intervals of all lists.
    fn listed(&self) -> impl Iterator<Item = Interval> {
        let blockages = self.blockages.iter().chain(&self.seat_lines_full).map(|it| it.interval);
        let outages = self.outages.iter().map(|it| it.interval);
        blockages.chain(outages).chain(self.understaffed.iter().map(|it| it.interval))
    }

    /// Whether nothing of a slot is recorded, so that its zeros would mean nothing.
    pub fn is_unrecorded(&self, slot: usize) -> bool {
        let known = |it: &Figures| it.unrecorded_ms + it.skipped_ms < self.slots.length_ms(slot);
        !self.figures.get(slot).is_some_and(known)
    }

    /// The length of a slot in milliseconds without what the clock skipped; 0 if there is no such slot.
    pub fn length_ms(&self, slot: usize) -> u64 {
        let skipped_ms = self.figures.get(slot).map_or(0, |it| it.skipped_ms);
        self.slots.length_ms(slot).saturating_sub(skipped_ms)
    }

    /// The length of the slots of which anything is recorded, in milliseconds: over it a mean of the clock is taken (R-A8).
    pub fn length_of_recorded_ms(&self) -> u64 {
        let recorded = (0..self.slots.count()).filter(|slot| !self.is_unrecorded(*slot));
        recorded.map(|slot| self.length_ms(slot)).sum()
    }

    /// The milliseconds of an interval that passed; `None`: it has no end yet.
    pub fn interval_ms(&self, interval: Interval) -> Option<u64> {
        Some(lived_ms(&self.clock_steps, interval.from, interval.to?))
    }

    /// The milliseconds of an interval that passed within the period; one that is open counts to the end of the record.
    pub fn interval_ms_within(&self, interval: Interval) -> u64 {
        let end = interval.to.or(self.recorded.map(|(_, to)| to)).unwrap_or(interval.from);
        let (first, after) = self.slots.listed();
        lived_ms(&self.clock_steps, interval.from.max(first), end.min(after))
    }

    /// Whether the period had begun before the record, so that its figures are those of a part and stay so.
    pub fn begins_unrecorded(&self) -> bool {
        self.recorded.is_some_and(|(from, _)| from > self.slots.listed().0)
    }

    /// Whether figures can still change: the period is not over in the record, or calls of it are in progress; or the same is so
    /// of what another way of counting its days has [after it](Self::is_provisional_after).
    pub fn is_provisional(&self) -> bool {
        self.may_grow_before(self.slots.to())
    }

    /// Whether figures can still change that another way of counting the days has after the period's end (R-A9), those of the
    /// period itself being final.
    pub fn is_provisional_after(&self) -> bool {
        !self.may_grow_before(self.slots.listed().1) && self.may_grow_before(self.slots.to())
    }

    /// Whether the record ends before an instant, or calls from the period's beginning to there are in progress.
    fn may_grow_before(&self, end: Timestamp) -> bool {
        let all = self.sum(self.slots.listed().0, end);
        self.recorded.is_none_or(|(_, to)| to < end)
            || all.unanswered_in_progress + all.handled_in_progress > 0
    }
}
