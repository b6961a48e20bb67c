//! All deadlines in one ordered set. Every deadline carries its reason, and a reason has at most one deadline.

use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{CallId, LegId, PartyId, RingId, SeatId, TenantId};
use crate::time::Timestamp;

/// Why a deadline exists. Deadlines of the same instant fire in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Reason {
    /// Another band of the tenant may be in force (R-L3).
    BandEdge(TenantId),
    /// The seat's wrap-up has lasted `wrap_up_max` (R-S3).
    WrapUpOver(SeatId),
    /// A seat that did not answer, or could not be reached, comes back by itself (R-Q6).
    SeatRetry(SeatId),
    /// The seat has been rung for `ring` (R-Q6).
    RingOver(RingId),
    /// The party has been rung for as long as its entry says (R-T3).
    PartyRingOver(PartyId),
    /// The caller has waited for `max_wait` (R-Q8).
    WaitTooLong(CallId),
    /// The caller has had long enough to choose (R-G6).
    ChoiceOver(CallId),
    /// The carrier's own announcement is over: guidance may begin (R-G2).
    GuidanceDue(CallId),
    /// What could not be played to the leg is tried again (R-G3).
    PlayAgain(LegId),
    /// The tenant has had no call for as long as the plan expects at most (R-G5).
    CallsMissing(TenantId),
}

/// The deadlines to come.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<(Timestamp, Reason)>", into = "BTreeSet<(Timestamp, Reason)>")]
pub(crate) struct Timers {
    by_deadline: BTreeSet<(Timestamp, Reason)>,
    by_reason: BTreeMap<Reason, Timestamp>,
}

impl TryFrom<BTreeSet<(Timestamp, Reason)>> for Timers {
    type Error = &'static str;

    fn try_from(by_deadline: BTreeSet<(Timestamp, Reason)>) -> Result<Self, Self::Error> {
        let by_reason: BTreeMap<_, _> =
            by_deadline.iter().map(|(deadline, reason)| (*reason, *deadline)).collect();
        if by_reason.len() < by_deadline.len() {
            return Err("a reason has at most one deadline");
        }
        Ok(Self { by_deadline, by_reason })
    }
}

impl From<Timers> for BTreeSet<(Timestamp, Reason)> {
    fn from(timers: Timers) -> Self {
        timers.by_deadline
    }
}

impl Timers {
    /// Sets the deadline of a reason, in place of the one it had.
    pub(crate) fn set(&mut self, reason: Reason, deadline: Timestamp) {
        if let Some(before) = self.by_reason.insert(reason, deadline) {
            self.by_deadline.remove(&(before, reason));
        }
        self.by_deadline.insert((deadline, reason));
    }

    /// Forgets a reason's deadline, if it has one.
    pub(crate) fn cancel(&mut self, reason: Reason) {
        if let Some(deadline) = self.by_reason.remove(&reason) {
            self.by_deadline.remove(&(deadline, reason));
        }
    }

    /// Moves every deadline that is a length of time, and none that is a time of day.
    pub(crate) fn postpone_lengths(&mut self, by: Duration) {
        let moved: BTreeMap<Reason, Timestamp> = self
            .by_reason
            .iter()
            .filter(|(reason, _)| band_edge(**reason).is_none())
            .map(|(reason, deadline)| (*reason, *deadline + by))
            .collect();
        for (reason, deadline) in moved {
            self.set(reason, deadline);
        }
    }

    /// The first deadline to come.
    pub(crate) fn first(&self) -> Option<(Timestamp, Reason)> {
        self.by_deadline.first().copied()
    }

    /// Takes the first deadline that is not after `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Reason> {
        let (deadline, reason) = self.first()?;
        if deadline > now {
            return None;
        }
        self.cancel(reason);
        Some(reason)
    }

    /// Takes the first band edge that is not after `now`, whatever else is due.
    pub(crate) fn pop_due_band_edge(&mut self, now: Timestamp) -> Option<TenantId> {
        let tenant = self
            .by_deadline
            .iter()
            .take_while(|(deadline, _)| *deadline <= now)
            .find_map(|(_, reason)| band_edge(*reason))?;
        self.cancel(Reason::BandEdge(tenant));
        Some(tenant)
    }
}

const fn band_edge(reason: Reason) -> Option<TenantId> {
    match reason {
        Reason::BandEdge(tenant) => Some(tenant),
        Reason::WrapUpOver(_)
        | Reason::SeatRetry(_)
        | Reason::RingOver(_)
        | Reason::PartyRingOver(_)
        | Reason::WaitTooLong(_)
        | Reason::ChoiceOver(_)
        | Reason::GuidanceDue(_)
        | Reason::PlayAgain(_)
        | Reason::CallsMissing(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: CallId = CallId(1);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_reason_has_one_deadline() {
        let mut timers = Timers::default();
        timers.set(Reason::WaitTooLong(CALL), at(5));
        timers.set(Reason::WaitTooLong(CALL), at(9));
        assert_eq!(timers.first(), Some((at(9), Reason::WaitTooLong(CALL))));
        assert_eq!(timers.pop_due(at(8)), None);
        assert_eq!(timers.pop_due(at(9)), Some(Reason::WaitTooLong(CALL)));
        assert_eq!(timers.first(), None);
    }

    #[test]
    fn a_step_of_the_clock_moves_lengths_and_no_time_of_day() {
        let tenant = TenantId::new("shiga").unwrap();
        let mut timers = Timers::default();
        timers.set(Reason::WaitTooLong(CALL), at(3));
        timers.set(Reason::BandEdge(tenant), at(4));
        timers.postpone_lengths(Duration::from_millis(10));
        assert_eq!(timers.pop_due(at(4)), Some(Reason::BandEdge(tenant)));
        assert_eq!(timers.first(), Some((at(13), Reason::WaitTooLong(CALL))));
    }

    #[test]
    fn a_band_edge_is_found_behind_another_deadline() {
        let tenant = TenantId::new("shiga").unwrap();
        let mut timers = Timers::default();
        timers.set(Reason::WaitTooLong(CALL), at(3));
        timers.set(Reason::BandEdge(tenant), at(4));
        assert_eq!(timers.pop_due_band_edge(at(3)), None);
        assert_eq!(timers.pop_due_band_edge(at(4)), Some(tenant));
        assert_eq!(timers.pop_due(at(4)), Some(Reason::WaitTooLong(CALL)));
        assert_eq!(timers.pop_due(at(4)), None);
    }
}
