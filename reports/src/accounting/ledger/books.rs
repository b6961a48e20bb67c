//! The slots with their figures.

use acd_core::Timestamp;

use crate::accounting::slots::ms_between;
use crate::accounting::{CallTimes, Figures, Slots};
use crate::limits::INTERVALS_MAX;

#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) slots: Slots,
    pub(super) figures: Vec<Figures>,
}

impl Books {
    pub(super) fn new(slots: Slots) -> Self {
        let figures = vec![Figures::default(); slots.count()];
        Self { slots, figures }
    }

    /// Counts one at an instant, if it is in the period.
    pub(super) fn count(&mut self, at: Timestamp, field: impl Fn(&mut Figures) -> &mut u64) {
        let slot = self.slots.slot_of(at);
        self.add(slot, 1, field);
    }

    /// The milliseconds from one instant to another.
    pub(super) const fn ms(&self, from: Timestamp, to: Timestamp) -> u64 {
        ms_between(from, to)
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
        for (slot, ms) in self.slots.cut(from, to) {
            if let Some(figures) = self.figures.get_mut(slot) {
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
        for (slot, _) in self.slots.cut(from, to) {
            if let Some(figures) = self.figures.get_mut(slot) {
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
}
