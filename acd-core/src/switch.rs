//! The front: one input in, facts and orders out.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::admission::Arrival;
use crate::by_call::ByCall;
use crate::call::{Call, CallInput, OutboundOrder, PartyInput};
use crate::effect::Effect;
use crate::event::{CallEvent, CallPhase, Outcome, SeatState, TalkEnd, UnexpectedInput};
use crate::house::House;
use crate::ids::{CallId, DialledNumber, LegId, PartyId, RingId, SeatId, TenantId};
use crate::input::{AlarmKind, Input, OpenCall, PlanSource, RecordingFailure, RingFailure, SeatLegEnd};
use crate::party::{PartyEnd, PartyFailure, PartyLegEnd};
use crate::plan::Plan;
use crate::snapshot::Unchecked;
use crate::time::Timestamp;
use crate::timer::Reason;

/// The switch. See the crate's documentation for how it is driven.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Switch {
    pub(crate) house: House,
    pub(crate) calls: ByCall<Box<Call>>,
    pub(crate) plan: Plan,
    /// Follows from the plan.
    #[serde(skip)]
    pub(crate) numbers: BTreeMap<DialledNumber, TenantId>,
    /// Ids rise, so every id up to this one is, or was, a call's.
    pub(crate) highest_call: Option<CallId>,
    pub(crate) draining: bool,
    pub(crate) journal_degraded: bool,
    pub(crate) begun: bool,
}

impl Switch {
    /// A switch without calls. The plan's own facts (`PlanApplied`, each tenant's capacity, seats that are logged in
    /// from the start) come with the first input, so that they stand in its record.
    pub fn new(plan: Plan, now: Timestamp) -> Self {
        Self {
            house: House::new(now),
            calls: ByCall::default(),
            plan,
            numbers: BTreeMap::new(),
            highest_call: None,
            draining: false,
            journal_degraded: false,
            begun: false,
        }
    }

    /// One turn. It cannot fail: an input that does not fit is stated as a fact and changes nothing.
    ///
    /// A step of the wall clock comes first of all. Band edges up to `now` come before the input, so that a call is judged by the lines of its instant; all other
    /// deadlines come after it, so that an answer which was received in time is not overtaken by a late loop.
    /// Deadlines fire with the stamp `now`: a shell that stamps [`Input::TimePassed`] with the deadline itself, where
    /// no later stamp has been used, gets facts exact to the millisecond.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        debug_assert!(self.house.out.is_drained(), "contract: drain events and effects after every turn");
        if now < self.house.now {
            self.house.unexpected(UnexpectedInput::TimeBackwards, None);
        }
        let passed = now.since(self.house.now);
        self.house.now = self.house.now.max(now);

        if !core::mem::replace(&mut self.begun, true) {
            let plan = core::mem::take(&mut self.plan);
            self.apply_plan(plan, PlanSource::Start, None);
        }
        if let Input::WallClockStepped { step_ms, skipped } = &input {
            let (step_ms, skipped) = (*step_ms, (*skipped).min(passed));
            self.postpone_lengths(skipped);
            self.house.out.state(CallEvent::WallClockStepped { step_ms, skipped });
        }
        while let Some(tenant) = self.house.timers.pop_due_band_edge(self.house.now) {
            self.enter_band(tenant);
        }
        self.take(input);
        while let Some(reason) = self.house.timers.pop_due(self.house.now) {
            self.fire(reason);
        }
        self.settle();
    }

    /// The next order to carry out.
    #[must_use]
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.house.out.next_effect()
    }

    /// The next fact to write down.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<CallEvent> {
        self.house.out.next_event()
    }

    /// When [`Input::TimePassed`] is due next, and why.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Timestamp, Reason)> {
        self.house.timers.first()
    }

    /// The plan in force.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many admitted calls have no outcome yet.
    pub fn calls_len(&self) -> usize {
        self.calls.len()
    }

    /// Whether no call is alive and no outcome of an order is still to come (legs, rings, recordings).
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.house.outstanding.is_empty() && self.house.plays.is_empty()
    }

    /// Where a call is; `None`: no such call is alive.
    pub fn call_phase(&self, call: CallId) -> Option<CallPhase> {
        self.calls.get(call)?.phase()
    }

    /// A seat's state; `None`: the plan has no such seat.
    pub fn seat_state(&self, seat: SeatId) -> Option<SeatState> {
        Some(self.house.seats.get(&seat)?.state())
    }

    /// The tenant's lines in use (R-L6).
    pub fn lines_in_use(&self, tenant: TenantId) -> u32 {
        self.house.lines.get(tenant).map_or(0, |room| room.lines_in_use())
    }

    /// How many callers of the tenant wait in its queues.
    pub fn waiting_len(&self, tenant: TenantId) -> usize {
        self.house.queues.waiting_len(tenant)
    }

    fn take(&mut self, input: Input) {
        match input {
            // What a step does has been done before any deadline was looked at.
            Input::TimePassed | Input::WallClockStepped { .. } => {}
            Input::PlanApplied { plan, by, who } => self.apply_plan(*plan, by, who),
            Input::NodeStarted { down_since } => self.node_started(down_since),
            Input::CallFoundOpen(open) => self.call_found_open(&open),
            Input::DrainRequested => self.drain_requested(),
            Input::NodeStopped => self.node_stopped(),
            Input::TrunkLost { trunk, cause } => self.house.trunk_lost(trunk, cause),
            Input::TrunkRestored { trunk } => self.house.trunk_restored(trunk),
            Input::JournalStalled => self.journal_stalled(),
            Input::JournalRecovered => self.journal_recovered(),

            Input::OverloadBegan => self.house.overload_began(),
            Input::OverloadEnded { refused } => self.house.overload_ended(refused),
            Input::CallArrived { call, trunk, dialled, caller, test, overloaded } => {
                self.call_arrived(Arrival { call, trunk, dialled: &dialled, caller, test, overloaded });
            }
            Input::CallerProgressed { call } => {
                if !self.refused_call_progressed(call) {
                    self.tell_call(call, CallInput::Progressed);
                }
            }
            Input::CallerProgressFailed { call } => {
                if self.end_busy_announcement(call) {
                    self.house.out.state(CallEvent::CallerProgressFailed { call });
                } else {
                    self.tell_call(call, CallInput::ProgressFailed);
                }
            }
            Input::CallerConnected { call } => self.tell_call(call, CallInput::Connected),
            Input::CallerLegEnded { call, end } => {
                if self.house.outstanding.caller_refused_gone(call) {
                    self.house.plays.forget(call);
                    self.refused_call_gone(call, end);
                } else {
                    self.tell_call(call, CallInput::LegEnded(end));
                }
            }
            Input::AnnouncementEnded { leg, play } => self.announcement_ended(leg, play),
            Input::AnnouncementFailed { leg, play } => self.announcement_failed(leg, play),
            Input::PlaceAsked { call, play } => self.place_asked(call, play),
            Input::DigitPressed { leg, digit } => self.digit_pressed(leg, digit),
            Input::HoldBegan { leg } => self.hold_changed(leg, true),
            Input::HoldEnded { leg } => self.hold_changed(leg, false),

            Input::RingProgressed { ring } => self.ring_progressed(ring),
            Input::RingAnswered { ring } => self.ring_answered(ring),
            Input::RingFailed { ring, failure } => self.ring_failed(ring, failure),
            Input::SeatLegEnded { ring, end } => self.seat_leg_ended(ring, end),
            Input::SeatRegistered { seat } => self.house.seat_registered(seat),
            Input::SeatUnregistered { seat, loss } => {
                if let Some(ring) = self.house.seat_unregistered(seat, loss) {
                    self.tell_ring(ring, CallInput::SeatGone(loss));
                }
            }
            Input::SeatCommanded { seat, command, source, request } => {
                self.house.seat_commanded(seat, command, source, request);
            }
            Input::CallCommanded { call, command, source, request } => {
                self.call_commanded(call, command, source, request);
            }

            Input::PartyProgressed { party } => self.party_progressed(party),
            Input::PartyAnswered { party } => self.party_answered(party),
            Input::PartyFailed { party, failure } => self.party_failed(party, failure),
            Input::PartyLegEnded { party, end } => self.party_leg_ended(party, end),
            Input::OutboundCommanded { call, seat, tenant, destination, about, source, request } => {
                let order = OutboundOrder { call, seat, tenant, destination, about };
                self.outbound_commanded(order, source, request);
            }
            Input::GuidanceCommanded { tenant, prompt, source, request } => {
                self.guidance_commanded(tenant, prompt, source, request);
            }

            Input::RecordingStarted { call, file } => self.recording_started(call, file),
            Input::RecordingFailed { call, failure } => self.recording_failed(call, failure),
            Input::RecordingEnded { call, recorded, gaps } => {
                if self.recording(call, true).is_some() {
                    self.house.outstanding.recordings.forget(call);
                    self.house.out.state(CallEvent::RecordingEnded { call, recorded, gaps });
                }
            }
            Input::LegMeasured { leg, quality } => {
                if self.has_been(leg.call()) {
                    self.house.out.state(CallEvent::LegMeasured { leg, quality });
                } else {
                    self.house.unexpected(UnexpectedInput::CallUnknown, Some(leg.call()));
                }
            }
        }
    }

    fn fire(&mut self, reason: Reason) {
        match reason {
            Reason::BandEdge(tenant) => self.enter_band(tenant),
            Reason::WrapUpOver(seat) => self.house.seat_wrap_up_over(seat),
            Reason::SeatRetry(seat) => self.house.seat_retry(seat),
            Reason::RingOver(ring) => self.tell_ring(ring, CallInput::RingTimedOut),
            Reason::PartyRingOver(party) => self.tell_party(party, PartyInput::TimedOut),
            Reason::HuntPauseOver(party) => self.tell_party(party, PartyInput::HuntPauseOver),
            Reason::ChoiceOver(call) => {
                if let Some(call) = self.calls.get_mut(call) {
                    call.choice_over(&mut self.house);
                }
            }
            Reason::PlayAgain(leg) => {
                if let Some(call) = self.calls.get_mut(leg.call()) {
                    call.play_again(leg, &mut self.house);
                }
            }
            Reason::CallsMissing(tenant) => self.house.raise(AlarmKind::CallsMissing, Some(tenant), None),
            Reason::GuidanceDue(call) => self.tell_call(call, CallInput::GuidanceDue),
            Reason::WaitTooLong(call) => {
                let tenant = self.calls.get(call).map(|call| call.visit.serving);
                self.house.raise(AlarmKind::WaitTooLong, tenant, Some(call));
                if let Some(call) = self.calls.get_mut(call) {
                    call.wait_too_long(&mut self.house);
                }
            }
        }
    }

    /// Ends the turn: seats and callers meet, and what follows from the turn as a whole is stated.
    fn settle(&mut self) {
        while let Some(call) = self.house.lines.next_hunt() {
            self.line_freed(call);
        }
        self.house.look_at_who_may_overflow();
        loop {
            // Before seats are given out where they go on to: there the place of the first entry counts (R-Q1).
            self.callers_go_on();
            let Some((call, seat)) = self.house.next_match() else { break };
            self.tell_call(call, CallInput::SeatFound(seat));
        }
        self.house.queues.end_turn();
        for tenant in self.house.lines.state_edges(&mut self.house.out) {
            self.house.queues.close(tenant);
        }
        if cfg!(debug_assertions) {
            self.house.assert_nobody_waits_needlessly();
        }
    }

    pub(crate) fn tell_call(&mut self, id: CallId, input: CallInput) {
        let Some(call) = self.calls.get_mut(id) else {
            return self.house.unexpected(UnexpectedInput::CallUnknown, Some(id));
        };
        call.handle(input, &mut self.house);
        if call.phase().is_none() {
            self.calls.remove(id);
        }
    }

    /// A line is free for a call's hunt.
    fn line_freed(&mut self, id: CallId) {
        let call = self.calls.get_mut(id).expect("invariant: a call whose hunt waits is alive");
        call.line_freed(&mut self.house);
        if call.phase().is_none() {
            self.calls.remove(id);
        }
    }

    /// Tells a call what became of its present ring.
    fn tell_ring(&mut self, ring: RingId, input: CallInput) {
        match self.calls.get(ring.call).map(|call| call.ring()) {
            Some(present) if present == Some(ring) => self.tell_call(ring.call, input),
            Some(_) => self.house.unexpected(UnexpectedInput::RingOver, Some(ring.call)),
            None => self.house.unexpected(UnexpectedInput::CallUnknown, Some(ring.call)),
        }
    }

    /// An answer that crosses the order to cancel the ring is nobody's any more; the end of the seat's leg follows it. A
    /// second one fits nothing.
    fn ring_answered(&mut self, ring: RingId) {
        if !self.house.outstanding.cancelled.answer_crossed(ring) {
            self.tell_ring(ring, CallInput::RingAnswered);
        }
    }

    /// Tells a call what one of its parties does.
    pub(crate) fn tell_party(&mut self, party: PartyId, input: PartyInput) {
        let Some(call) = self.calls.get_mut(party.call) else {
            return self.house.unexpected(UnexpectedInput::CallUnknown, Some(party.call));
        };
        call.party(party, input, &mut self.house);
        if call.phase().is_none() {
            self.calls.remove(party.call);
        }
    }

    /// Progress and answer of a try that cross the order to cancel it are nobody's any more; its end follows.
    fn party_progressed(&mut self, party: PartyId) {
        if !self.house.outstanding.cancelled_parties.may_cross(party) {
            self.tell_party(party, PartyInput::Progressed);
        }
    }

    fn party_answered(&mut self, party: PartyId) {
        if !self.house.outstanding.cancelled_parties.answer_crossed(party) {
            self.tell_party(party, PartyInput::Answered);
        }
    }

    fn party_failed(&mut self, party: PartyId, failure: PartyFailure) {
        if !self.cancelled_party_ended(party) {
            self.tell_party(party, PartyInput::Failed(failure));
        }
    }

    fn party_leg_ended(&mut self, party: PartyId, end: PartyLegEnd) {
        if self.house.outstanding.released_parties.settle(&party) {
            self.house.party_leg_over(party);
        } else if !self.cancelled_party_ended(party) {
            self.tell_party(party, PartyInput::LegEnded(end));
        }
    }

    /// Whether it was the end of a cancelled try, by 487 or, after an answer that crossed the order, by BYE: its line is
    /// free, for which the next try may wait (R-L8).
    fn cancelled_party_ended(&mut self, party: PartyId) -> bool {
        if !self.house.outstanding.cancelled_parties.settle(party) {
            return false;
        }
        self.house.party_leg_over(party);
        if self.calls.get(party.call).is_some_and(|call| call.awaits_line_of(party)) {
            self.tell_party(party, PartyInput::Cancelled);
        }
        true
    }

    fn ring_progressed(&mut self, ring: RingId) {
        if self.house.outstanding.cancelled.may_cross(ring) {
            return;
        }
        let kind = match self.calls.get(ring.call) {
            Some(call) if call.ring() != Some(ring) => UnexpectedInput::RingOver,
            Some(call) if call.is_talking() => UnexpectedInput::OutOfPhase,
            Some(_) => return,
            None => UnexpectedInput::CallUnknown,
        };
        self.house.unexpected(kind, Some(ring.call));
    }

    fn ring_failed(&mut self, ring: RingId, failure: RingFailure) {
        if !self.house.outstanding.cancelled.settle(ring) {
            self.tell_ring(ring, CallInput::RingFailed(failure));
        }
    }

    fn seat_leg_ended(&mut self, ring: RingId, end: SeatLegEnd) {
        let outstanding = &mut self.house.outstanding;
        if !outstanding.released.settle(&ring) && !outstanding.cancelled.settle(ring) {
            self.tell_ring(ring, CallInput::SeatLegEnded(end));
        }
    }

    fn digit_pressed(&mut self, leg: LegId, digit: char) {
        let fits = match (self.calls.get(leg.call()), leg) {
            (None, _) => Err(UnexpectedInput::CallUnknown),
            (Some(call), LegId::Caller(_)) if call.has_caller() => Ok(()),
            (Some(_), LegId::Caller(_)) => Err(UnexpectedInput::OutOfPhase),
            (_, LegId::Party(party)) => return self.tell_party(party, PartyInput::Pressed(digit)),
            (Some(call), LegId::Seat(ring)) if call.ring() != Some(ring) => Err(UnexpectedInput::RingOver),
            (Some(call), LegId::Seat(_)) if call.is_talking() => Ok(()),
            (Some(_), LegId::Seat(_)) => Err(UnexpectedInput::OutOfPhase),
        };
        match fits {
            Ok(()) => {
                self.house.out.state(CallEvent::DigitPressed { leg, digit });
                match leg {
                    LegId::Seat(ring) => self.seat_pressed(ring.call, digit),
                    LegId::Party(_) => {}
                    LegId::Caller(call) => {
                        if let Some(call) = self.calls.get_mut(call) {
                            call.choose(digit, &mut self.house);
                        }
                    }
                }
            }
            Err(kind) => self.house.unexpected(kind, Some(leg.call())),
        }
    }

    fn hold_changed(&mut self, leg: LegId, holds: bool) {
        match leg {
            LegId::Seat(ring) => {
                self.tell_ring(ring, if holds { CallInput::SeatHeld } else { CallInput::SeatResumed });
            }
            LegId::Party(party) => self.tell_party(party, PartyInput::Holds(holds)),
            LegId::Caller(call) => match self.calls.get_mut(call) {
                Some(it) => it.caller_hold_changed(holds, &mut self.house),
                None => self.house.unexpected(UnexpectedInput::CallUnknown, Some(call)),
            },
        }
    }

    /// Whether the id is, or was, a call's of this life.
    fn has_been(&self, call: CallId) -> bool {
        self.highest_call.is_some_and(|highest| call <= highest)
    }

    /// The tenant of a call whose recording has begun, or is still to begin; else the input is unexpected.
    fn recording(&mut self, call: CallId, started: bool) -> Option<TenantId> {
        let recording = self.house.outstanding.recordings.get(call);
        let fitting = recording.filter(|recording| recording.started == started);
        if fitting.is_none() {
            let is_known = recording.is_some() || self.calls.contains(call);
            let kind = if is_known { UnexpectedInput::OutOfPhase } else { UnexpectedInput::CallUnknown };
            self.house.unexpected(kind, Some(call));
        }
        fitting.map(|recording| recording.tenant)
    }

    fn recording_started(&mut self, call: CallId, file: alloc::string::String) {
        if self.recording(call, false).is_some() {
            self.house.outstanding.recordings.mark_started(call);
            self.house.out.state(CallEvent::RecordingStarted { call, file });
        }
    }

    /// The call goes on (R-R2).
    fn recording_failed(&mut self, call: CallId, failure: RecordingFailure) {
        let has_file = match failure {
            RecordingFailure::CannotCreate => false,
            // Audio was lost, but there is a file, whose end is still to come.
            RecordingFailure::WriteFailed | RecordingFailure::Overrun => true,
        };
        let Some(tenant) = self.recording(call, has_file) else { return };
        self.house.out.state(CallEvent::RecordingFailed { call, failure });
        self.house.raise(AlarmKind::RecordingFailed, Some(tenant), Some(call));
        if !has_file {
            self.house.outstanding.recordings.forget(call);
        }
    }

    fn node_started(&mut self, down_since: Option<Timestamp>) {
        if let Some(from) = down_since {
            self.house.out.state(CallEvent::NodeOutage { from, to: self.house.now });
        }
        self.draining = false;
        self.house.lines.accept(true);
        self.house.out.state(CallEvent::NodeStarted);
    }

    /// What could not be carried over a death is closed as a fact, not in silence.
    fn call_found_open(&mut self, open: &OpenCall) {
        let OpenCall { call, tenant, phase, seat, ring, answered, .. } = *open;
        // One of this life has, or will have, an outcome of its own.
        if self.has_been(call) {
            return self.house.unexpected(UnexpectedInput::CallDuplicate, Some(call));
        }
        self.highest_call = Some(call);
        for party in &open.parties {
            self.house.out.state(CallEvent::PartyEnded { party: *party, end: PartyEnd::NodeOutage });
        }
        self.house.outstanding.recordings.add_found(open);
        if phase == CallPhase::Outbound {
            return self.house.out.state(CallEvent::OutboundEnded { call, tenant, reached: answered });
        }
        let talked = !matches!(
            phase,
            CallPhase::Arriving
                | CallPhase::Guidance
                | CallPhase::Waiting
                | CallPhase::Ringing
                | CallPhase::Closed
                | CallPhase::Closing
        );
        if let (true, Some(seat), Some(ring)) = (talked, seat, ring) {
            self.house.out.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::NodeOutage });
        }
        let outcome = if answered { Outcome::Answered } else { Outcome::Failed };
        self.house.out.state(CallEvent::CallEnded { call, tenant, outcome, phase, end: None });
    }

    fn drain_requested(&mut self) {
        if core::mem::replace(&mut self.draining, true) {
            self.house.unexpected(UnexpectedInput::OutOfPhase, None);
        } else {
            self.house.lines.accept(false);
            self.house.out.state(CallEvent::DrainStarted);
        }
    }

    fn node_stopped(&mut self) {
        self.draining = true;
        self.house.lines.accept(false);
        self.end_busy_announcements();
        for mut call in core::mem::take(&mut self.calls).into_values() {
            call.stop(&mut self.house);
        }
        // Nobody will be there to see the ends of their legs.
        while let Some(party) = self.house.lines.any_outbound() {
            self.house.party_leg_over(party);
        }
        self.house.out.state(CallEvent::NodeStopped);
    }

    fn journal_stalled(&mut self) {
        if core::mem::replace(&mut self.journal_degraded, true) {
            return self.house.unexpected(UnexpectedInput::OutOfPhase, None);
        }
        self.house.out.state(CallEvent::JournalDegraded);
        self.house.raise(AlarmKind::JournalDegraded, None, None);
    }

    fn journal_recovered(&mut self) {
        if core::mem::replace(&mut self.journal_degraded, false) {
            self.house.out.state(CallEvent::JournalRestored);
        } else {
            self.house.unexpected(UnexpectedInput::OutOfPhase, None);
        }
    }
}
