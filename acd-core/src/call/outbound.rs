//! An agent calls out: the agent's own phone is rung first, then the party is dialled (R-T8, R-A7).

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::hunt::Hunt;
use super::meeting::{Meeting, Seated, may_dial};
use super::supervision::Watchers;
use super::{Call, CallInput, CallState, Visit};
use crate::effect::Effect;
use crate::event::{CallEvent, CallPhase, Outcome, RingEnd, SeatState, UnexpectedInput};
use crate::house::House;
use crate::ids::{CallId, RequestId, RingId, SeatId, TenantId};
use crate::input::{CallCommandResult, CallerIdentity, CommandSource, WithheldReason};
use crate::limits::CALLS_MAX;
use crate::lines::Holding;
use crate::party::Destination;
use crate::pii::Pii;
use crate::plan::{Guidance, RecordingPolicy};
use crate::switch::Switch;
use crate::timer::Reason;

/// The agent's phone rings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Outbound {
    seat: Seated,
    hunt: Hunt,
}

/// Whom an agent wants to call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboundOrder {
    pub(crate) call: CallId,
    pub(crate) seat: SeatId,
    pub(crate) tenant: TenantId,
    pub(crate) destination: Destination,
    pub(crate) about: Option<CallId>,
}

impl Outbound {
    pub(super) const fn ring(&self) -> RingId {
        self.seat.ring
    }

    pub(super) fn handle(
        self: Box<Self>,
        input: CallInput,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        match input {
            CallInput::RingAnswered => Meeting::of_agent(self.seat).call_out(self.hunt, visit, house),
            CallInput::RingFailed(failure) => self.unanswered(RingEnd::Failed(failure), visit, house),
            CallInput::RingTimedOut => {
                house.cancel_ring(self.seat.ring);
                self.unanswered(RingEnd::TimedOut, visit, house)
            }
            CallInput::SeatGone(_) => {
                house.cancel_ring(self.seat.ring);
                self.unanswered(RingEnd::SeatLost, visit, house)
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::GuidanceDue
            | CallInput::Connected
            | CallInput::LegEnded(_)
            | CallInput::AnnouncementEnded
            | CallInput::AnnouncementFailed
            | CallInput::SeatFound(_)
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_) => {
                visit.out_of_phase(house);
                CallState::Outbound(self)
            }
        }
    }

    /// The agent's own phone has not answered: no caller is to ring there either (R-Q6).
    fn unanswered(&self, end: RingEnd, visit: &Visit, house: &mut House) -> CallState {
        let Seated { ring, seat, .. } = self.seat;
        house.out.state(CallEvent::RingEnded { ring, seat, end });
        house.seat_own_ring_over(seat, end, self.before());
        visit.end(Outcome::Failed, CallPhase::Outbound, None, house)
    }

    /// The agent's phone is rung no more.
    pub(super) fn stop(&self, house: &mut House) {
        house.cancel_ring(self.seat.ring);
        house.seat_outbound_over(self.seat.seat, self.before());
    }

    fn before(&self) -> SeatState {
        self.seat.before.unwrap_or(SeatState::Ready)
    }
}

impl Meeting {
    /// The agent's phone is there: the party is dialled.
    fn call_out(mut self: Box<Self>, hunt: Hunt, visit: &mut Visit, house: &mut House) -> CallState {
        let phase = self.phase();
        match self.dial(hunt, visit, house) {
            Some(()) => CallState::Meeting(self),
            None => self.end_call(phase, visit, house),
        }
    }
}

impl Switch {
    /// Carries an agent's wish to call out, states it as a fact and answers it.
    pub(crate) fn outbound_commanded(
        &mut self,
        order: OutboundOrder,
        source: CommandSource,
        request: RequestId,
    ) {
        let OutboundOrder { call, seat, tenant, destination, about: _ } = order;
        if self.highest_call.is_some_and(|highest| call <= highest) {
            return self.house.unexpected(UnexpectedInput::CallDuplicate, Some(call));
        }
        self.highest_call = Some(call);
        let visit = self.may_call_out(order);
        let result = visit.as_ref().map_or_else(|result| *result, |_| CallCommandResult::Done);
        self.house.out.state(CallEvent::OutboundCommanded {
            call,
            seat,
            tenant,
            destination,
            source,
            result,
        });
        if let Ok((visit, before)) = visit
            && let Ok(hunt) = Hunt::of(destination, &visit, &self.house)
        {
            let admitted = Call::call_out(visit, hunt, order, before, &mut self.house);
            self.calls.insert(call, Box::new(admitted));
        }
        self.house.out.order(Effect::AnswerCallCommand { request, result });
    }

    /// The call as it would begin, and what the seat is now.
    fn may_call_out(&self, order: OutboundOrder) -> Result<(Visit, SeatState), CallCommandResult> {
        let OutboundOrder { call, seat, tenant, destination, about } = order;
        let room = self.house.lines.get(tenant).filter(|room| room.in_plan);
        let room = room.ok_or(CallCommandResult::UnknownTenant)?;
        let supervises = self.house.supervising.contains_key(&seat);
        let seat = self.house.seats.get(&seat).filter(|it| it.in_plan);
        let seat = seat.filter(|it| self.house.lines.may_serve_callers_of(tenant, &it.settings));
        let seat = seat.ok_or(CallCommandResult::UnknownSeat)?;
        let before = seat.state();
        if self.draining || self.calls.len() >= CALLS_MAX {
            return Err(CallCommandResult::Draining);
        }
        if supervises || !matches!(before, SeatState::Ready | SeatState::WrapUp | SeatState::Paused(_)) {
            return Err(CallCommandResult::SeatNotFree);
        }
        let is_recorded = |number: &crate::plan::Number| number.recording != RecordingPolicy::Off;
        let recorded = room.tenant.numbers.values().any(is_recorded);
        let visit = Visit {
            call,
            tenant,
            caller: identity(destination),
            guidance: Guidance::None,
            recording: if recorded { RecordingPolicy::FromAnswer } else { RecordingPolicy::Off },
            choice: None,
            skill: None,
            closed: false,
            holding: Holding::Nothing,
            test: false,
            outbound: true,
            about,
            rings: 0,
            parties: 0,
            answered: false,
            awaits_adviser: false,
            serving: tenant,
            overflows: 0,
            waits_since: None,
            is_overdue: false,
            caller_holds: false,
            unheard: BTreeSet::new(),
            watchers: Watchers::new(),
            conditions: BTreeMap::new(),
        };
        let result = may_dial(destination, &visit, &self.house);
        if result == CallCommandResult::Done { Ok((visit, before)) } else { Err(result) }
    }
}

impl Call {
    fn call_out(
        mut visit: Visit,
        hunt: Hunt,
        order: OutboundOrder,
        before: SeatState,
        house: &mut House,
    ) -> Self {
        let OutboundOrder { call, seat, tenant, destination: _, about } = order;
        visit.rings = 1;
        let ring = RingId { call, attempt: visit.rings };
        house.out.state(CallEvent::OutboundStarted { call, tenant, seat, about });
        house.out.order(Effect::RingSeat { ring, seat, tenant, caller: visit.caller.clone() });
        house.set_seat(seat, SeatState::Outbound(ring));
        let patience = house.lines.room(tenant).tenant.ring;
        house.timers.set(Reason::RingOver(ring), house.now + patience);
        let seat = Seated { ring, seat, phone_holds: false, hold_commanded: false, before: Some(before) };
        let mut call = Self { visit, state: CallState::Outbound(Box::new(Outbound { seat, hunt })) };
        call.follow(&CallState::Ended, house);
        call
    }
}

/// Who the call is about: the person behind the number, if it is a call-back.
fn identity(destination: Destination) -> CallerIdentity {
    match destination {
        Destination::CallBack(number) => CallerIdentity::Number(Pii::new(number.reveal().as_str().into())),
        Destination::Entry(_)
        | Destination::Headquarters(_)
        | Destination::Caller
        | Destination::Number(_) => CallerIdentity::Withheld(WithheldReason::OutOfArea),
    }
}
