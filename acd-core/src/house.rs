//! Everything that a call shares with the others: lines, queues, seats, deadlines, and the way out.

use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::{CallEvent, UnexpectedInput};
use crate::ids::{CallId, LegId, PartyId, RingId, SeatId, TenantId, TrunkId};
use crate::input::TrunkLoss;
use crate::lines::Lines;
use crate::output::Output;
use crate::outstanding::Outstanding;
use crate::party::PartyEnd;
use crate::plays::Plays;
use crate::queue::Queues;
use crate::seat::Seats;
use crate::time::Timestamp;
use crate::timer::{Reason, Timers};
use crate::{AlarmKind, Effect, ReleaseCause};

/// The rooms that all calls walk through.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct House {
    /// The stamp of the present turn.
    pub(crate) now: Timestamp,
    pub(crate) lines: Lines,
    pub(crate) queues: Queues,
    pub(crate) seats: Seats,
    pub(crate) timers: Timers,
    pub(crate) plays: Plays,
    pub(crate) outstanding: Outstanding,
    /// Trunks that do not answer (R-L9).
    pub(crate) lost_trunks: BTreeSet<TrunkId>,
    /// The gateway is full, or has not had ample room since (R-L9).
    pub(crate) overloaded: bool,
    /// Seats whose phone is rung for, or is at, another seat's call as a supervisor's (R-S5).
    pub(crate) supervising: BTreeMap<SeatId, PartyId>,
    pub(crate) out: Output,
}

impl House {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            lines: Lines::default(),
            queues: Queues::default(),
            seats: Seats::new(),
            timers: Timers::default(),
            plays: Plays::default(),
            outstanding: Outstanding::default(),
            lost_trunks: BTreeSet::new(),
            overloaded: false,
            supervising: BTreeMap::new(),
            out: Output::default(),
        }
    }

    /// An input that does not fit is a fact, and nothing else.
    pub(crate) fn unexpected(&mut self, input: UnexpectedInput, call: Option<CallId>) {
        self.out.state(CallEvent::InputUnexpected { input, call });
    }

    pub(crate) fn raise(&mut self, kind: AlarmKind, tenant: Option<TenantId>, call: Option<CallId>) {
        self.out.state(CallEvent::AlarmRaised { kind, tenant, call });
    }

    /// Waits anew for a tenant's next call (R-G5).
    pub(crate) fn expect_call(&mut self, tenant: TenantId) {
        let within = self.lines.get(tenant).and_then(|room| room.calls_expected());
        match within {
            Some(within) => self.timers.set(Reason::CallsMissing(tenant), self.now + within),
            None => self.timers.cancel(Reason::CallsMissing(tenant)),
        }
    }

    /// A carrier's trunk does not answer any more (R-L9).
    pub(crate) fn trunk_lost(&mut self, trunk: TrunkId, cause: TrunkLoss) {
        if self.lost_trunks.insert(trunk) {
            self.out.state(CallEvent::TrunkLost { trunk, cause });
            self.raise(AlarmKind::TrunkLost, None, None);
        } else {
            self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
    }

    /// A carrier's trunk answers again.
    pub(crate) fn trunk_restored(&mut self, trunk: TrunkId) {
        if self.lost_trunks.remove(&trunk) {
            self.out.state(CallEvent::TrunkRestored { trunk });
        } else {
            self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
    }

    /// Joins caller and seat, which ends what plays to the caller.
    pub(crate) fn bridge(&mut self, ring: RingId) {
        self.plays.over(LegId::Caller(ring.call));
        self.out.order(Effect::Bridge { ring });
    }

    /// A call found no room (R-L9).
    pub(crate) fn overload_began(&mut self) {
        if core::mem::replace(&mut self.overloaded, true) {
            return self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
        self.out.state(CallEvent::OverloadStarted);
        self.raise(AlarmKind::Overload, None, None);
    }

    /// There is room again.
    pub(crate) fn overload_ended(&mut self, refused: u64) {
        if core::mem::replace(&mut self.overloaded, false) {
            self.out.state(CallEvent::OverloadEnded { refused });
        } else {
            self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
    }

    pub(crate) fn cancel_ring(&mut self, ring: RingId) {
        self.out.order(Effect::CancelRing { ring });
        self.outstanding.cancelled.add(ring);
    }

    pub(crate) fn release_seat_leg(&mut self, ring: RingId, cause: ReleaseCause) {
        self.out.order(Effect::ReleaseLeg { leg: LegId::Seat(ring), cause });
        self.outstanding.released.add(ring);
    }

    /// A party's presence is over; if a supervisor's, the seat is free for other things.
    pub(crate) fn party_ended(&mut self, party: PartyId, end: PartyEnd, supervisor: Option<SeatId>) {
        if let Some(supervisor) = supervisor {
            self.supervising.remove(&supervisor);
        }
        self.plays.over(LegId::Party(party));
        self.out.state(CallEvent::PartyEnded { party, end });
    }

    pub(crate) fn cancel_party(&mut self, party: PartyId) {
        self.out.order(Effect::CancelParty { party });
        self.outstanding.cancelled_parties.add(party);
    }

    pub(crate) fn release_party(&mut self, party: PartyId, cause: ReleaseCause) {
        self.plays.over(LegId::Party(party));
        self.out.order(Effect::ReleaseLeg { leg: LegId::Party(party), cause });
        self.outstanding.released_parties.add(party);
    }

    /// A party's leg has ended: the line that it took, if it took one, is free (R-L8).
    pub(crate) fn party_leg_over(&mut self, party: PartyId) {
        if let Some(tenant) = self.lines.free_outbound(party) {
            self.out.state(CallEvent::PartyLineFreed { party, tenant });
        }
    }

    pub(crate) fn release_caller(&mut self, call: CallId, cause: ReleaseCause) {
        self.plays.over(LegId::Caller(call));
        self.out.order(Effect::ReleaseLeg { leg: LegId::Caller(call), cause });
    }
}
