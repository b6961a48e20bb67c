//! All deadlines in the order in which they fire. Every deadline carries its reason, and a reason has at most one deadline.

use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::by_call::ByCall;
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
    /// The hunt has paused after this try, and dials its numbers again (R-T8).
    HuntPauseOver(PartyId),
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

/// The deadlines to come. Those of calls stand apart: there are as many as calls, and their reasons are small.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<(Timestamp, Reason)>", into = "BTreeSet<(Timestamp, Reason)>")]
pub(crate) struct Timers {
    of_calls: Deadlines<OfCall, OfCalls>,
    others: Deadlines<Reason, BTreeMap<Reason, Timestamp>>,
}

/// Deadlines whose reasons have the order of `K`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Deadlines<K, I> {
    by_deadline: BTreeSet<(Timestamp, K)>,
    by_reason: I,
}

/// Finds the deadline of a reason.
trait ByReason<K>: Default {
    fn insert(&mut self, reason: K, deadline: Timestamp) -> Option<Timestamp>;
    fn remove(&mut self, reason: K) -> Option<Timestamp>;
    fn len(&self) -> usize;
}

impl<K: Ord> ByReason<K> for BTreeMap<K, Timestamp> {
    fn insert(&mut self, reason: K, deadline: Timestamp) -> Option<Timestamp> {
        Self::insert(self, reason, deadline)
    }

    fn remove(&mut self, reason: K) -> Option<Timestamp> {
        Self::remove(self, &reason)
    }

    fn len(&self) -> usize {
        Self::len(self)
    }
}

/// Every caller who waits has a deadline; few calls have another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct OfCalls {
    waits: ByCall<Timestamp>,
    others: BTreeMap<OfCall, Timestamp>,
}

impl ByReason<OfCall> for OfCalls {
    fn insert(&mut self, reason: OfCall, deadline: Timestamp) -> Option<Timestamp> {
        if reason.why == Why::WaitTooLong {
            self.waits.insert(reason.call, deadline)
        } else {
            self.others.insert(reason, deadline)
        }
    }

    fn remove(&mut self, reason: OfCall) -> Option<Timestamp> {
        if reason.why == Why::WaitTooLong {
            self.waits.remove(reason.call)
        } else {
            self.others.remove(&reason)
        }
    }

    fn len(&self) -> usize {
        self.waits.len() + self.others.len()
    }
}

/// A [`Reason`] of a call, in the order of the reasons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct OfCall {
    why: Why,
    call: CallId,
    /// Of the ring or party; 0: the call's own.
    attempt: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Why {
    RingOver,
    PartyRingOver,
    HuntPauseOver,
    WaitTooLong,
    ChoiceOver,
    GuidanceDue,
    PlayAgainToCaller,
    PlayAgainToSeat,
    PlayAgainToParty,
}

impl OfCall {
    /// `None`: no call's.
    const fn of(reason: Reason) -> Option<Self> {
        let (why, call, attempt) = match reason {
            Reason::RingOver(RingId { call, attempt }) => (Why::RingOver, call, attempt),
            Reason::PartyRingOver(PartyId { call, attempt }) => (Why::PartyRingOver, call, attempt),
            Reason::HuntPauseOver(PartyId { call, attempt }) => (Why::HuntPauseOver, call, attempt),
            Reason::WaitTooLong(call) => (Why::WaitTooLong, call, 0),
            Reason::ChoiceOver(call) => (Why::ChoiceOver, call, 0),
            Reason::GuidanceDue(call) => (Why::GuidanceDue, call, 0),
            Reason::PlayAgain(LegId::Caller(call)) => (Why::PlayAgainToCaller, call, 0),
            Reason::PlayAgain(LegId::Seat(RingId { call, attempt })) => (Why::PlayAgainToSeat, call, attempt),
            Reason::PlayAgain(LegId::Party(PartyId { call, attempt })) => {
                (Why::PlayAgainToParty, call, attempt)
            }
            Reason::BandEdge(_) | Reason::WrapUpOver(_) | Reason::SeatRetry(_) | Reason::CallsMissing(_) => {
                return None;
            }
        };
        Some(Self { why, call, attempt })
    }

    const fn reason(self) -> Reason {
        let Self { why, call, attempt } = self;
        match why {
            Why::RingOver => Reason::RingOver(RingId { call, attempt }),
            Why::PartyRingOver => Reason::PartyRingOver(PartyId { call, attempt }),
            Why::HuntPauseOver => Reason::HuntPauseOver(PartyId { call, attempt }),
            Why::WaitTooLong => Reason::WaitTooLong(call),
            Why::ChoiceOver => Reason::ChoiceOver(call),
            Why::GuidanceDue => Reason::GuidanceDue(call),
            Why::PlayAgainToCaller => Reason::PlayAgain(LegId::Caller(call)),
            Why::PlayAgainToSeat => Reason::PlayAgain(LegId::Seat(RingId { call, attempt })),
            Why::PlayAgainToParty => Reason::PlayAgain(LegId::Party(PartyId { call, attempt })),
        }
    }
}

impl<K, I: Default> Default for Deadlines<K, I> {
    fn default() -> Self {
        Self { by_deadline: BTreeSet::new(), by_reason: I::default() }
    }
}

impl<K: Copy + Ord, I: ByReason<K>> Deadlines<K, I> {
    fn set(&mut self, reason: K, deadline: Timestamp) {
        if let Some(before) = self.by_reason.insert(reason, deadline) {
            self.by_deadline.remove(&(before, reason));
        }
        self.by_deadline.insert((deadline, reason));
    }

    fn cancel(&mut self, reason: K) {
        if let Some(deadline) = self.by_reason.remove(reason) {
            self.by_deadline.remove(&(deadline, reason));
        }
    }

    fn first(&self) -> Option<(Timestamp, K)> {
        self.by_deadline.first().copied()
    }

    /// Whether one is not after `now`.
    fn is_due(&self, now: Timestamp) -> bool {
        self.by_deadline.first().is_some_and(|(deadline, _)| *deadline <= now)
    }

    fn len(&self) -> usize {
        self.by_reason.len()
    }

    fn postpone(&mut self, by: Duration, is_length: impl Fn(K) -> bool) {
        for (deadline, reason) in core::mem::take(self).by_deadline {
            self.set(reason, if is_length(reason) { deadline + by } else { deadline });
        }
    }
}

impl TryFrom<BTreeSet<(Timestamp, Reason)>> for Timers {
    type Error = &'static str;

    fn try_from(by_deadline: BTreeSet<(Timestamp, Reason)>) -> Result<Self, Self::Error> {
        let mut timers = Self::default();
        for (deadline, reason) in &by_deadline {
            timers.set(*reason, *deadline);
        }
        if timers.of_calls.len() + timers.others.len() < by_deadline.len() {
            return Err("a reason has at most one deadline");
        }
        Ok(timers)
    }
}

impl From<Timers> for BTreeSet<(Timestamp, Reason)> {
    fn from(timers: Timers) -> Self {
        let of_calls = timers.of_calls.by_deadline.iter().map(|(deadline, it)| (*deadline, it.reason()));
        of_calls.chain(timers.others.by_deadline).collect()
    }
}

impl Timers {
    /// Sets the deadline of a reason, in place of the one it had.
    pub(crate) fn set(&mut self, reason: Reason, deadline: Timestamp) {
        match OfCall::of(reason) {
            Some(of_call) => self.of_calls.set(of_call, deadline),
            None => self.others.set(reason, deadline),
        }
    }

    /// Forgets a reason's deadline, if it has one.
    pub(crate) fn cancel(&mut self, reason: Reason) {
        match OfCall::of(reason) {
            Some(of_call) => self.of_calls.cancel(of_call),
            None => self.others.cancel(reason),
        }
    }

    /// Moves every deadline that is a length of time, and none that is a time of day.
    pub(crate) fn postpone_lengths(&mut self, by: Duration) {
        self.of_calls.postpone(by, |_| true);
        self.others.postpone(by, |reason| band_edge(reason).is_none());
    }

    /// The first deadline to come.
    pub(crate) fn first(&self) -> Option<(Timestamp, Reason)> {
        let of_calls = self.of_calls.first().map(|(deadline, it)| (deadline, it.reason()));
        of_calls.into_iter().chain(self.others.first()).min()
    }

    /// Takes the first deadline that is not after `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Reason> {
        // Mostly nothing is due, and a turn need not know what is next.
        if !self.of_calls.is_due(now) && !self.others.is_due(now) {
            return None;
        }
        let (_, reason) = self.first()?;
        self.cancel(reason);
        Some(reason)
    }

    /// Takes the first band edge that is not after `now`, whatever else is due.
    pub(crate) fn pop_due_band_edge(&mut self, now: Timestamp) -> Option<TenantId> {
        let mut due = self.others.by_deadline.iter().take_while(|(deadline, _)| *deadline <= now);
        let tenant = due.find_map(|(_, reason)| band_edge(*reason))?;
        self.others.cancel(Reason::BandEdge(tenant));
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
        | Reason::HuntPauseOver(_)
        | Reason::WaitTooLong(_)
        | Reason::ChoiceOver(_)
        | Reason::GuidanceDue(_)
        | Reason::PlayAgain(_)
        | Reason::CallsMissing(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use proptest::prelude::*;

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

    fn reasons() -> impl Strategy<Value = Reason> {
        let call = || (0_u64..3).prop_map(CallId);
        let ring = || (call(), 0_u32..3).prop_map(|(call, attempt)| RingId { call, attempt });
        let party = || (call(), 0_u32..3).prop_map(|(call, attempt)| PartyId { call, attempt });
        let tenant = || prop_oneof!["shiga", "kyoto"].prop_map(|name| TenantId::new(&name).unwrap());
        let seat = || prop_oneof!["s1", "s2"].prop_map(|name| SeatId::new(&name).unwrap());
        prop_oneof![
            tenant().prop_map(Reason::BandEdge),
            seat().prop_map(Reason::WrapUpOver),
            seat().prop_map(Reason::SeatRetry),
            ring().prop_map(Reason::RingOver),
            party().prop_map(Reason::PartyRingOver),
            party().prop_map(Reason::HuntPauseOver),
            call().prop_map(Reason::WaitTooLong),
            call().prop_map(Reason::ChoiceOver),
            call().prop_map(Reason::GuidanceDue),
            call().prop_map(|call| Reason::PlayAgain(LegId::Caller(call))),
            ring().prop_map(|ring| Reason::PlayAgain(LegId::Seat(ring))),
            party().prop_map(|party| Reason::PlayAgain(LegId::Party(party))),
            tenant().prop_map(Reason::CallsMissing),
        ]
    }

    proptest! {
        #[test]
        fn deadlines_fire_by_their_instant_and_then_in_the_order_of_the_reasons(
            steps in prop::collection::vec((reasons(), prop::option::weighted(0.8, 0_i64..20)), 0..60),
            skipped in 0_u64..10,
        ) {
            let (mut timers, mut naive) = (Timers::default(), BTreeMap::new());
            for (reason, deadline) in steps {
                if let Some(millis) = deadline {
                    timers.set(reason, at(millis));
                    naive.insert(reason, at(millis));
                } else {
                    timers.cancel(reason);
                    naive.remove(&reason);
                }
            }
            let skipped = Duration::from_millis(skipped);
            timers.postpone_lengths(skipped);
            let naive = naive.into_iter().map(|(reason, deadline)| {
                (if band_edge(reason).is_some() { deadline } else { deadline + skipped }, reason)
            });
            let naive: BTreeSet<_> = naive.collect();
            prop_assert_eq!(&BTreeSet::from(timers.clone()), &naive);
            prop_assert_eq!(Timers::try_from(naive.clone()), Ok(timers.clone()));
            prop_assert_eq!(timers.first(), naive.first().copied());
            let due: Vec<_> = core::iter::from_fn(|| timers.pop_due(at(15))).collect();
            let expected = naive.iter().filter(|(deadline, _)| *deadline <= at(15)).map(|(_, reason)| *reason);
            prop_assert_eq!(due, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_reason_with_two_deadlines_is_refused() {
        let reason = Reason::WaitTooLong(CALL);
        assert!(Timers::try_from(BTreeSet::from([(at(1), reason), (at(2), reason)])).is_err());
    }
}
