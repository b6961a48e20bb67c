//! Calls by value: each phase is a struct that holds only what is true in it, consumes itself on an input, and
//! returns the next.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::effect::{Announcement, Effect, ReleaseCause};
use crate::event::{AnnouncementKind, CallEvent, CallPhase, Outcome, UnexpectedInput};
use crate::house::House;
use crate::ids::{CallId, LegId, PartyId, PromptId, RingId, SeatId, SkillId, TenantId};
use crate::input::{CallerIdentity, CallerLegEnd, RingFailure, SeatLegEnd, SeatLoss};
use crate::lines::Holding;
use crate::party::{LocateCondition, PartyEnd};
use crate::plan::{Choice, Guidance as GuidancePlan, RecordingPolicy};
use crate::queue::Place;
use crate::time::Timestamp;

mod arriving;
mod choosing;
mod closed;
mod closing;
mod command;
mod guidance;
mod hearing;
mod hunt;
mod locating;
mod meeting;
mod outbound;
mod overflow;
mod ringing;
mod standing;
mod supervision;
mod talking;
mod waiting;

use arriving::Arriving;
use choosing::Choosing;
use closed::Closed;
use closing::Closing;
use guidance::Guidance;
use meeting::Meeting;
use outbound::Outbound;
use ringing::Ringing;

use talking::Talking;
use waiting::Waiting;

pub use locating::{CallerKnown, HeadquartersKnown};
pub(crate) use meeting::PartyInput;
pub(crate) use outbound::OutboundOrder;
pub(crate) use supervision::Watchers;

/// What is true of a call in all its phases.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub(crate) call: CallId,
    pub(crate) tenant: TenantId,
    pub(crate) caller: CallerIdentity,
    /// What the dialled number demanded when the call was admitted.
    pub(crate) guidance: GuidancePlan,
    pub(crate) recording: RecordingPolicy,
    /// What the caller is still to choose (R-G6).
    pub(crate) choice: Option<Box<Choice>>,
    /// The skill that the caller needs: chosen by key (R-G6), else that of the first queue, and of whom a receptionist hands
    /// over to (R-S4). It stays through a tenant that does not have it.
    pub(crate) skill: Option<SkillId>,
    /// Outside hours: it hears the closed announcement and no more (R-L11).
    pub(crate) closed: bool,
    pub(crate) holding: Holding,
    pub(crate) test: bool,
    /// An agent began the call: it never had a caller.
    pub(crate) outbound: bool,
    /// The finished call that an agent's call is about (R-T8).
    pub(crate) about: Option<CallId>,
    /// How many rings there have been.
    pub(crate) rings: u32,
    /// How many tries to reach third parties there have been.
    pub(crate) parties: u32,
    /// Once a seat has answered, the outcome stays `answered` (R-Q5).
    pub(crate) answered: bool,
    /// Handed over, and not answered since (R-S4).
    pub(crate) awaits_adviser: bool,
    /// Whose seats are to serve the caller: the tenant's, or those of the one that the caller overflowed to (R-Q8).
    pub(crate) serving: TenantId,
    /// How often the caller has overflowed.
    pub(crate) overflows: u8,
    /// When the wait began, rings included, whose length is watched; `None`: no wait, or it has been told as too long (R-Q8).
    pub(crate) waits_since: Option<Timestamp>,
    /// The wait has been too long: the caller overflows as soon as nobody is rung for and somebody is there who takes it (R-Q8).
    pub(crate) is_overdue: bool,
    pub(crate) caller_holds: bool,
    /// Which legs cannot hear what plays to them without an end, until it is played again.
    pub(crate) unheard: BTreeSet<(LegId, AnnouncementKind)>,
    /// Supervisors who listen, whisper, or are being rung (R-S5).
    pub(crate) watchers: Watchers,
    /// What the agent has ticked off for asking where the caller is (R-T6).
    #[serde(with = "crate::snapshot::pairs")]
    pub(crate) conditions: BTreeMap<LocateCondition, bool>,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CallInput {
    /// What plays now is heard before the answer.
    Progressed,
    ProgressFailed,
    Connected,
    LegEnded(CallerLegEnd),
    AnnouncementEnded,
    AnnouncementFailed,
    /// The carrier's own announcement is over.
    GuidanceDue,
    /// The dispatcher has found a seat.
    SeatFound(SeatId),
    /// From here on: of the present ring, which the front has checked.
    RingAnswered,
    RingFailed(RingFailure),
    RingTimedOut,
    SeatHeld,
    SeatResumed,
    SeatLegEnded(SeatLegEnd),
    /// The seat's registration is gone.
    SeatGone(SeatLoss),
}

/// A call: its visit and its phase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) visit: Visit,
    state: CallState,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum CallState {
    Arriving(Arriving),
    Guidance(Guidance),
    Choosing(Choosing),
    Waiting(Waiting),
    Ringing(Ringing),
    Talking(Talking),
    /// With third parties, or with one being dialled.
    Meeting(Box<Meeting>),
    /// An agent's phone is rung for an outbound call.
    Outbound(Box<Outbound>),
    Closed(Closed),
    Closing(Closing),
    /// The call has its outcome.
    Ended,
}

impl Call {
    /// Admits a call: it takes its line, and the caller is answered, or hears the guidance before that.
    pub(crate) fn admit(visit: Visit, house: &mut House) -> Self {
        let arriving = Arriving::enter(&visit, house);
        let mut call = Self { visit, state: CallState::Arriving(arriving) };
        call.follow(&CallState::Ended, house);
        call
    }

    /// Moves the call on.
    pub(crate) fn handle(&mut self, input: CallInput, house: &mut House) {
        self.change(house, |state, visit, house| state.handle(input, visit, house));
    }

    /// Takes the state through a change, and lets lines, queues and deadlines follow.
    fn change(
        &mut self,
        house: &mut House,
        step: impl FnOnce(CallState, &mut Visit, &mut House) -> CallState,
    ) {
        let before = core::mem::replace(&mut self.state, CallState::Ended);
        let standing = before.standing(&self.visit);
        self.state = step(before, &mut self.visit, house);
        self.follow_from(standing, house);
        if !self.visit.watchers.is_empty() && self.state.seat().is_none() {
            self.dismiss_watchers(PartyEnd::Alone, ReleaseCause::OtherSideEnded, house);
        }
    }

    /// The switch stops for good while the call is alive: its legs are released and its outcome stated now, because
    /// nobody will be there to see their ends.
    pub(crate) fn stop(&mut self, house: &mut House) {
        self.dismiss_watchers(PartyEnd::NodeOutage, ReleaseCause::Drained, house);
        let before = core::mem::replace(&mut self.state, CallState::Ended);
        let standing = before.standing(&self.visit);
        before.stop(&self.visit, house);
        self.follow_from(standing, house);
    }

    /// The caller put us on hold, or resumed. The media plane pauses the guidance meanwhile (R-G1).
    pub(crate) fn caller_hold_changed(&mut self, holds: bool, house: &mut House) {
        let is_open =
            !matches!(self.state, CallState::Arriving(_) | CallState::Closing(_) | CallState::Ended);
        let is_open = is_open && self.has_caller();
        if !is_open || self.visit.caller_holds == holds {
            return self.visit.out_of_phase(house);
        }
        self.visit.caller_holds = holds;
        let leg = self.visit.caller_leg();
        house.out.state(if holds { CallEvent::HoldStarted { leg } } else { CallEvent::HoldEnded { leg } });
    }

    /// Emergency guidance takes the place of the usual one at once (R-G4).
    pub(crate) fn replace_guidance(&self, prompt: PromptId, house: &mut House) {
        if let CallState::Guidance(guidance) = &self.state {
            guidance.replace(prompt, &self.visit, house);
        }
    }

    /// Where the call is; `None`: it has its outcome.
    pub(crate) fn phase(&self) -> Option<CallPhase> {
        self.state.phase()
    }

    /// The ring that is the call's present one, until its talk has ended.
    pub(crate) fn ring(&self) -> Option<RingId> {
        self.state.ring()
    }

    /// The place in a queue in which the caller stands now.
    pub(crate) fn waits_at(&self) -> Option<Place> {
        self.state.standing(&self.visit).waits_at
    }

    /// Whether the seat that is there has been answered by its phone.
    pub(crate) const fn is_talking(&self) -> bool {
        matches!(self.state, CallState::Talking(_) | CallState::Meeting(_))
    }

    /// Whether the caller's leg is the call's.
    pub(crate) const fn has_caller(&self) -> bool {
        match &self.state {
            CallState::Meeting(meeting) => meeting.has_caller(),
            CallState::Outbound(_) | CallState::Ended => false,
            CallState::Arriving(_)
            | CallState::Guidance(_)
            | CallState::Choosing(_)
            | CallState::Waiting(_)
            | CallState::Ringing(_)
            | CallState::Talking(_)
            | CallState::Closed(_)
            | CallState::Closing(_) => true,
        }
    }

    /// What a third party does.
    pub(crate) fn party(&mut self, party: PartyId, input: PartyInput, house: &mut House) {
        if self.visit.watchers.contains_key(&party.attempt) {
            return self.watcher_does(party, input, house);
        }
        let CallState::Meeting(_) = self.state else {
            return house.unexpected(UnexpectedInput::PartyOver, Some(self.visit.call));
        };
        self.change(house, |state, visit, house| {
            let CallState::Meeting(meeting) = state else { return state };
            meeting.party(party, input, visit, house)
        });
    }

    /// Whether the next party is dialled once the leg of this one is over.
    pub(crate) fn awaits_line_of(&self, party: PartyId) -> bool {
        matches!(&self.state, CallState::Meeting(meeting) if meeting.awaits_line_of(party))
    }

    /// Whether the next party is dialled once a line of the tenant is free.
    pub(crate) fn awaits_line(&self) -> bool {
        self.state.standing(&self.visit).awaits_line
    }

    /// A line is free for the party that is dialled next.
    pub(crate) fn line_freed(&mut self, house: &mut House) {
        self.change(house, |state, visit, house| {
            let CallState::Meeting(meeting) = state else { return state };
            meeting.line_freed(visit, house)
        });
    }

    /// Where the caller waits.
    pub(crate) const fn place(&self) -> Option<Place> {
        match &self.state {
            CallState::Waiting(waiting) => Some(waiting.place),
            CallState::Ringing(ringing) => Some(ringing.place),
            CallState::Talking(talking) => Some(talking.place),
            CallState::Meeting(meeting) => meeting.place,
            CallState::Arriving(_)
            | CallState::Guidance(_)
            | CallState::Outbound(_)
            | CallState::Choosing(_)
            | CallState::Closed(_)
            | CallState::Closing(_)
            | CallState::Ended => None,
        }
    }
}

impl CallState {
    fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> Self {
        match self {
            Self::Arriving(it) => it.handle(input, visit, house),
            Self::Guidance(it) => it.handle(input, visit, house),
            Self::Choosing(it) => it.handle(input, visit, house),
            Self::Waiting(it) => it.handle(input, visit, house),
            Self::Ringing(it) => it.handle(input, visit, house),
            Self::Talking(it) => it.handle(input, visit, house),
            Self::Meeting(it) => it.handle(input, visit, house),
            Self::Outbound(it) => it.handle(input, visit, house),
            Self::Closed(it) => it.handle(input, visit, house),
            Self::Closing(it) => it.handle(input, visit, house),
            Self::Ended => {
                house.unexpected(UnexpectedInput::CallUnknown, Some(visit.call));
                Self::Ended
            }
        }
    }

    fn stop(self, visit: &Visit, house: &mut House) {
        let Some(phase) = self.phase() else { return };
        match self {
            Self::Ringing(it) => it.stop(house),
            Self::Talking(it) => it.stop(house),
            Self::Outbound(it) => {
                it.stop(house);
                visit.end(Outcome::Failed, phase, None, house);
                return;
            }
            Self::Meeting(it) => {
                it.stop(visit, house);
                let (is_there, end) = it.caller_end();
                if is_there {
                    house.release_caller(visit.call, ReleaseCause::Drained);
                }
                visit.end(Outcome::Failed, phase, end, house);
                return;
            }
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Closed(_) => {}
            Self::Closing(it) => {
                visit.end(it.outcome, it.phase, None, house);
                return;
            }
            Self::Ended => return,
        }
        house.release_caller(visit.call, ReleaseCause::Drained);
        visit.end(Outcome::Failed, phase, None, house);
    }

    fn phase(&self) -> Option<CallPhase> {
        Some(match self {
            Self::Arriving(_) => CallPhase::Arriving,
            Self::Guidance(_) | Self::Choosing(_) => CallPhase::Guidance,
            Self::Waiting(_) => CallPhase::Waiting,
            Self::Ringing(_) => CallPhase::Ringing,
            Self::Talking(_) => CallPhase::Talking,
            Self::Meeting(meeting) => meeting.phase(),
            Self::Outbound(_) => CallPhase::Outbound,
            Self::Closed(_) => CallPhase::Closed,
            Self::Closing(_) => CallPhase::Closing,
            Self::Ended => return None,
        })
    }

    fn ring(&self) -> Option<RingId> {
        match self {
            Self::Ringing(ringing) => Some(ringing.ring),
            Self::Talking(talking) => Some(talking.ring),
            Self::Meeting(meeting) => meeting.ring(),
            Self::Outbound(outbound) => Some(outbound.ring()),
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => None,
        }
    }
}

impl Visit {
    pub(crate) const fn caller_leg(&self) -> LegId {
        LegId::Caller(self.call)
    }

    /// What must be heard before a person answers: the emergency guidance if there is one, else the number's (R-G4).
    fn tape(&self, house: &House) -> Option<PromptId> {
        let usual = match self.guidance {
            GuidancePlan::Tape(prompt) => Some(prompt),
            GuidancePlan::Spoken | GuidancePlan::None => None,
        };
        house.lines.room(self.tenant).emergency_guidance.or(usual)
    }

    /// An input that the present phase does not wait for.
    fn out_of_phase(&self, house: &mut House) {
        house.unexpected(UnexpectedInput::OutOfPhase, Some(self.call));
    }

    /// States the call's outcome: `answered` once a seat has answered (R-Q5) unless the caller gave up between reception
    /// and adviser (R-A2), else `unanswered`.
    fn end(
        &self,
        unanswered: Outcome,
        phase: CallPhase,
        end: Option<CallerLegEnd>,
        house: &mut House,
    ) -> CallState {
        self.stop_recording(house);
        let Self { call, tenant, .. } = *self;
        house.plays.forget(call);
        if self.outbound {
            house.out.state(CallEvent::OutboundEnded { call, tenant, reached: self.answered });
            return CallState::Ended;
        }
        let gave_up = matches!(unanswered, Outcome::AbandonedInQueue | Outcome::AbandonedWhileRinging);
        let outcome = match (self.answered, self.awaits_adviser && gave_up) {
            (false, _) => unanswered,
            (true, false) => Outcome::Answered,
            (true, true) => Outcome::AbandonedAfterReception,
        };
        house.out.state(CallEvent::CallEnded { call, tenant, outcome, phase, end });
        CallState::Ended
    }

    /// Orders the caller's leg to be released; the line is held until that is done (R-L1).
    fn release(
        &self,
        outcome: Outcome,
        phase: CallPhase,
        cause: ReleaseCause,
        house: &mut House,
    ) -> CallState {
        self.stop_recording(house);
        house.release_caller(self.call, cause);
        CallState::Closing(Closing { outcome, phase, ack_owed: false })
    }

    /// The caller has been answered, and goes on to guidance, choice or queue: where the number says so, the recording
    /// begins (R-R1). A call that hears the closed announcement and no more is none.
    fn record_caller(&self, house: &mut House) {
        match self.recording {
            RecordingPolicy::FromCaller => self.begin_recording(house),
            RecordingPolicy::FromAnswer | RecordingPolicy::Off => {}
        }
    }

    /// Records from the first answer of a seat on; a recording that could not begin is tried again with the next (R-R1).
    fn record(&self, house: &mut House) {
        match self.recording {
            RecordingPolicy::FromAnswer | RecordingPolicy::FromCaller => self.begin_recording(house),
            RecordingPolicy::Off if !self.answered => {
                house.out.state(CallEvent::RecordingOff { call: self.call });
            }
            RecordingPolicy::Off => {}
        }
    }

    fn begin_recording(&self, house: &mut House) {
        let Self { call, tenant, .. } = *self;
        if house.outstanding.recordings.get(call).is_none() {
            house.outstanding.recordings.add(call, tenant);
            house.out.order(Effect::StartRecording { call, tenant });
        }
    }

    fn stop_recording(&self, house: &mut House) {
        if house.outstanding.recordings.take_running(self.call) {
            house.out.order(Effect::StopRecording { call: self.call });
        }
    }

    /// What a waiting caller hears (R-G3).
    fn play_waiting(&self, house: &mut House) {
        self.play_waiting_with(None, house);
    }

    fn play_waiting_with(&self, place: Option<PromptId>, house: &mut House) {
        let tenant = &house.lines.room(self.tenant).tenant;
        let announcement = Announcement::Waiting {
            message: tenant.waiting.message,
            music: tenant.waiting.music,
            message_every: tenant.waiting.message_every,
            asks_place: tenant.places.is_some(),
            place,
        };
        house.play(self.caller_leg(), announcement);
    }
}

/// The outcome of a call whose caller's leg has ended before a seat answered: the caller's own doing, or ours.
const fn unanswered(end: CallerLegEnd, abandoned: Outcome) -> Outcome {
    match end {
        CallerLegEnd::Cancelled | CallerLegEnd::HungUp => abandoned,
        CallerLegEnd::Released
        | CallerLegEnd::AckMissing
        | CallerLegEnd::SessionExpired
        | CallerLegEnd::Failed => Outcome::Failed,
    }
}
