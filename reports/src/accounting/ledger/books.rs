//! The slots with their figures.

use acd_core::Timestamp;

use crate::accounting::clock::{lived, lived_ms};
use crate::accounting::{CallTimes, ClockStep, Figures, Slots};
use crate::limits::{CLOCK_STEPS_MAX, INTERVALS_MAX};

#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) slots: Slots,
    pub(super) figures: Vec<Figures>,
    /// Oldest first.
    clock_steps: Vec<ClockStep>,
}

impl Books {
    pub(super) fn new(slots: Slots) -> Self {
        let figures = vec![Figures::default(); slots.count()];
        Self { slots, figures, clock_steps: Vec::new() }
    }

    /// Counts one at an instant, if it is in the period.
    pub(super) fn count(&mut self, at: Timestamp, field: impl Fn(&mut Figures) -> &mut u64) {
        let slot = self.slots.slot_of(at);
        self.add(slot, 1, field);
    }

    /// The wall clock was stepped. What stamps skipped is nobody's time from here on (`docs/decisions/`).
    pub(super) fn step_clock(&mut self, step: ClockStep) {
        for (slot, ms) in self.slots.cut(step.from(), step.at) {
            if let Some(figures) = self.figures.get_mut(slot) {
                figures.skipped_ms += ms;
            }
        }
        if self.clock_steps.len() < CLOCK_STEPS_MAX {
            self.clock_steps.push(step);
        }
    }

    /// The milliseconds that passed from one instant to another.
    pub(super) fn ms(&self, from: Timestamp, to: Timestamp) -> u64 {
        lived_ms(&self.clock_steps, from, to)
    }

    /// The steps of the wall clock that were seen: an interval is listed whole, and one may lie in it beyond the slots.
    pub(super) fn into_clock_steps(self) -> Vec<ClockStep> {
        self.clock_steps
    }

    /// Adds to a slot, if it is one.
    pub(super) fn add(&mut self, slot: Option<usize>, much: u64, field: impl Fn(&mut Figures) -> &mut u64) {
        if let Some(figures) = slot.and_then(|slot| self.figures.get_mut(slot)) {
            *field(figures) += much;
        }
    }

    /// Adds what a call took to a slot, if it is one.
    pub(super) fn add_times(
        &mut self,
        slot: Option<usize>,
        times: CallTimes,
        field: impl Fn(&mut Figures) -> &mut CallTimes,
    ) {
        if let Some(figures) = slot.and_then(|slot| self.figures.get_mut(slot)) {
            *field(figures) += times;
        }
    }

    /// Adds the milliseconds of [from, to) to each slot that it touches.
    pub(super) fn spread(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        field: impl Fn(&mut Figures) -> &mut u64,
    ) {
        let Self { slots, figures, clock_steps } = self;
        for (slot, ms) in lived(clock_steps, from, to).flat_map(|(from, to)| slots.cut(from, to)) {
            if let Some(figures) = figures.get_mut(slot) {
                *field(figures) += ms;
            }
        }
    }

    /// Shows a level that stood through [from, to) to each slot's peak.
    pub(super) fn peak(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        level: u64,
        field: impl Fn(&mut Figures) -> &mut u64,
    ) {
        let Self { slots, figures, clock_steps } = self;
        for (slot, _) in lived(clock_steps, from, to).flat_map(|(from, to)| slots.cut(from, to)) {
            if let Some(figures) = figures.get_mut(slot) {
                let peak = field(figures);
                *peak = level.max(*peak);
            }
        }
    }

    /// Notes what of the period lies outside the record.
    pub(super) fn note_unrecorded(&mut self, recorded: Option<(Timestamp, Timestamp)>) {
        let (begin, end) = (self.slots.from(), self.slots.to());
        let (from, to) = recorded.unwrap_or((end, end));
        self.spread(begin, from.min(end), |it| &mut it.unrecorded_ms);
        self.spread(to.max(begin), end, |it| &mut it.unrecorded_ms);
    }
}

/// A list with a bound.
#[derive(Clone, Debug)]
pub(super) struct Bounded<T> {
    items: Vec<T>,
    dropped: u64,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { items: Vec::new(), dropped: 0 }
    }
}

impl<T> Bounded<T> {
    pub(super) fn push(&mut self, item: T) {
        if self.items.len() < INTERVALS_MAX {
            self.items.push(item);
        } else {
            self.dropped += 1;
        }
    }

    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn into_vec(self) -> Vec<T> {
        self.items
    }

    /// In an order of their own, since they came as they ended.
    pub(super) fn into_ordered<K: Ord>(mut self, key: impl FnMut(&T) -> K) -> Vec<T> {
        self.items.sort_by_key(key);
        self.items
    }
}
