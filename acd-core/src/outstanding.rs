//! Orders whose outcome is still to come although nothing waits for it: it is absorbed once, and a second one is an
//! unexpected input.

use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{CallId, PartyId, PromptId, RingId, TenantId};
use crate::input::OpenCall;
use crate::limits::OUTSTANDING_MAX;

/// What the outside still owes an answer to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outstanding {
    /// Refused calls whose leg has not ended.
    pub(crate) refused: Owed<CallId>,
    /// Refused calls that hear the busy announcement before their 486 (R-L4).
    pub(crate) announced: BTreeMap<CallId, BusyAnnouncement>,
    /// Cancelled rings that have not ended.
    pub(crate) cancelled: Cancelled<RingId>,
    /// Seats' legs that are being released.
    pub(crate) released: Owed<RingId>,
    /// Cancelled tries that have not ended.
    pub(crate) cancelled_parties: Cancelled<PartyId>,
    /// Parties' legs that are being released.
    pub(crate) released_parties: Owed<PartyId>,
    /// Recordings that have not ended.
    pub(crate) recordings: Recordings,
}

impl Outstanding {
    /// A caller's leg has ended: whether it was a refused call's, which has no outcome to state.
    pub(crate) fn caller_refused_gone(&mut self, call: CallId) -> bool {
        self.refused.settle(&call) || self.announced.remove(&call).is_some()
    }

    /// How many refused calls of a tenant hear the busy announcement.
    pub(crate) fn announced_len(&self, tenant: TenantId) -> usize {
        self.announced.values().filter(|it| it.tenant == tenant).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.refused.0.is_empty()
            && self.announced.is_empty()
            && self.cancelled.is_empty()
            && self.released.0.is_empty()
            && self.cancelled_parties.is_empty()
            && self.released_parties.0.is_empty()
            && self.recordings.by_call.is_empty()
    }
}

/// A refused call on its way from 183 to 486. It holds no line (R-L6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct BusyAnnouncement {
    pub(crate) tenant: TenantId,
    pub(crate) prompt: PromptId,
    /// The 183 is out and the announcement plays.
    pub(crate) plays: bool,
}

/// A bounded set; the oldest is forgotten when it is full, so that a silent outside cannot fill the memory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Owed<Id: Ord>(BTreeSet<Id>);

impl<Id: Ord> Default for Owed<Id> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<Id: Ord> Owed<Id> {
    pub(crate) fn add(&mut self, id: Id) {
        if self.0.len() >= OUTSTANDING_MAX {
            self.0.pop_first();
        }
        self.0.insert(id);
    }

    /// Whether the outcome is owed.
    pub(crate) fn is_owed(&self, id: &Id) -> bool {
        self.0.contains(id)
    }

    /// Whether the outcome was owed; it no longer is.
    pub(crate) fn settle(&mut self, id: &Id) -> bool {
        self.0.remove(id)
    }
}

/// Rings or tries that were cancelled and have not ended. The answer of each may cross the order to cancel it, once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Cancelled<Id: Ord> {
    not_ended: Owed<Id>,
    /// Of these, those whose answer has come.
    crossed: Owed<Id>,
}

impl<Id: Ord> Default for Cancelled<Id> {
    fn default() -> Self {
        Self { not_ended: Owed::default(), crossed: Owed::default() }
    }
}

impl<Id: Ord + Copy> Cancelled<Id> {
    pub(crate) fn add(&mut self, id: Id) {
        self.not_ended.add(id);
    }

    /// Whether it was cancelled and has neither ended nor answered: its phone may not know yet.
    pub(crate) fn may_cross(&self, id: Id) -> bool {
        self.not_ended.is_owed(&id) && !self.crossed.is_owed(&id)
    }

    /// Whether an answer crossed the order to cancel it, as it can but once.
    pub(crate) fn answer_crossed(&mut self, id: Id) -> bool {
        let crossed = self.may_cross(id);
        if crossed {
            self.crossed.add(id);
        }
        crossed
    }

    /// Whether its end was owed; it no longer is.
    pub(crate) fn settle(&mut self, id: Id) -> bool {
        self.crossed.settle(&id);
        self.not_ended.settle(&id)
    }

    fn is_empty(&self) -> bool {
        self.not_ended.0.is_empty()
    }
}

/// Recordings from their order to their end, which may come after their call's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Recordings {
    by_call: BTreeMap<CallId, Recording>,
}

/// One call's recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Recording {
    /// Whose call it is.
    pub(crate) tenant: TenantId,
    /// Whether the recorder has said that it began.
    pub(crate) started: bool,
    /// Whether its end has been ordered.
    stopping: bool,
}

impl Recordings {
    pub(crate) fn add(&mut self, call: CallId, tenant: TenantId) {
        if self.by_call.len() >= OUTSTANDING_MAX {
            self.by_call.pop_first();
        }
        self.by_call.insert(call, Recording { tenant, started: false, stopping: false });
    }

    /// A recording of the life before, of which only the end is still to come.
    pub(crate) fn add_found(&mut self, open: &OpenCall) {
        if open.recording.is_some() {
            self.add(open.call, open.tenant);
            self.mark_started(open.call);
            self.take_running(open.call);
        }
    }

    pub(crate) fn get(&self, call: CallId) -> Option<Recording> {
        self.by_call.get(&call).copied()
    }

    /// The recorder has said that it began.
    pub(crate) fn mark_started(&mut self, call: CallId) {
        if let Some(recording) = self.by_call.get_mut(&call) {
            recording.started = true;
        }
    }

    /// Whether a recording runs whose end has not been ordered; it now is.
    pub(crate) fn take_running(&mut self, call: CallId) -> bool {
        self.by_call.get_mut(&call).is_some_and(|it| !core::mem::replace(&mut it.stopping, true))
    }

    pub(crate) fn forget(&mut self, call: CallId) {
        self.by_call.remove(&call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_absorbed_once() {
        let mut owed = Owed::default();
        owed.add(CallId(1));
        assert!(owed.settle(&CallId(1)));
        assert!(!owed.settle(&CallId(1)));
    }

    #[test]
    fn one_answer_may_cross_the_order_to_cancel_its_ring() {
        let ring = RingId { call: CallId(1), attempt: 1 };
        let mut cancelled = Cancelled::default();
        assert!(!cancelled.answer_crossed(ring), "it was not cancelled");
        cancelled.add(ring);
        assert!(cancelled.may_cross(ring));
        assert!(cancelled.answer_crossed(ring));
        assert!(!cancelled.may_cross(ring));
        assert!(!cancelled.answer_crossed(ring), "it has answered before");
        assert!(cancelled.settle(ring), "its end is still owed");
        assert!(!cancelled.settle(ring));
        assert_eq!(cancelled, Cancelled::default(), "nothing of it is left");
    }

    #[test]
    fn the_oldest_is_forgotten_when_full() {
        let mut owed = Owed::default();
        for call in 0..=OUTSTANDING_MAX as u64 {
            owed.add(CallId(call));
        }
        assert!(!owed.settle(&CallId(0)));
        assert!(owed.settle(&CallId(1)));
    }

    #[test]
    fn each_kind_of_debt_alone_is_one() {
        let ring = RingId { call: CallId(1), attempt: 1 };
        assert!(Outstanding::default().is_empty());
        let mut refused = Outstanding::default();
        refused.refused.add(CallId(1));
        let mut cancelled = Outstanding::default();
        cancelled.cancelled.add(ring);
        let mut released = Outstanding::default();
        released.released.add(ring);
        let mut recordings = Outstanding::default();
        recordings.recordings.add(CallId(1), TenantId::new("shiga").unwrap());
        let mut announced = Outstanding::default();
        let announcement = BusyAnnouncement {
            tenant: TenantId::new("shiga").unwrap(),
            prompt: PromptId::new("busy").unwrap(),
            plays: false,
        };
        announced.announced.insert(CallId(1), announcement);
        let party = PartyId { call: CallId(1), attempt: 1 };
        let (mut cancelled_parties, mut released_parties) = (Outstanding::default(), Outstanding::default());
        cancelled_parties.cancelled_parties.add(party);
        released_parties.released_parties.add(party);
        for owed in [refused, announced, cancelled, released, cancelled_parties, released_parties, recordings]
        {
            assert!(!owed.is_empty(), "{owed:?}");
        }
    }

    #[test]
    fn the_oldest_recording_is_forgotten_when_full() {
        let mut recordings = Recordings::default();
        let tenant = TenantId::new("shiga").unwrap();
        for call in 0..=OUTSTANDING_MAX as u64 {
            recordings.add(CallId(call), tenant);
        }
        assert!(recordings.get(CallId(0)).is_none());
        assert!(recordings.get(CallId(1)).is_some());
    }
}
