//! Everything that a call shares with the others: lines, queues, seats, deadlines, and the way out.

use serde::{Deserialize, Serialize};

use crate::event::{CallEvent, UnexpectedInput};
use crate::ids::{CallId, LegId, PartyId, RingId, TenantId};
use crate::lines::Lines;
use crate::output::Output;
use crate::outstanding::Outstanding;
use crate::queue::Queues;
use crate::seat::Seats;
use crate::time::Timestamp;
use crate::timer::Timers;
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
    pub(crate) outstanding: Outstanding,
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
            outstanding: Outstanding::default(),
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

    pub(crate) fn cancel_ring(&mut self, ring: RingId) {
        self.out.order(Effect::CancelRing { ring });
        self.outstanding.cancelled.add(ring);
    }

    pub(crate) fn release_seat_leg(&mut self, ring: RingId, cause: ReleaseCause) {
        self.out.order(Effect::ReleaseLeg { leg: LegId::Seat(ring), cause });
        self.outstanding.released.add(ring);
    }

    pub(crate) fn cancel_party(&mut self, party: PartyId) {
        self.out.order(Effect::CancelParty { party });
        self.outstanding.cancelled_parties.add(party);
    }

    pub(crate) fn release_party(&mut self, party: PartyId, cause: ReleaseCause) {
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
        self.out.order(Effect::ReleaseLeg { leg: LegId::Caller(call), cause });
    }
}
