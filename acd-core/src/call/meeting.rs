//! With third parties: whoever is left stays together, and a call ends when fewer than two people are (R-T1, R-T4,
//! R-T5). Phase and audio are computed from who is there.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::closing::Closing;
use super::hunt::Hunt;
use super::talking::Talking;
use super::waiting::Waiting;
use super::{CallInput, CallState, Visit};
use crate::effect::ReleaseCause;
use crate::event::{CallEvent, CallPhase, Outcome, SeatState, TalkEnd};
use crate::house::House;
use crate::ids::{LegId, PartyId, RingId, SeatId};
use crate::input::{CallerLegEnd, SeatLegEnd};
use crate::lines::Holding;
use crate::party::{Company, PartyEnd};
use crate::queue::Place;
pub(super) use audio::Audio;

mod audio;
mod command;
mod parties;

pub(super) use audio::{joined_audio, talk_audio};
pub(super) use command::may_dial;

/// Who is there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Meeting {
    /// Where the caller comes back to; `None`: the call never had a caller.
    pub(super) place: Option<Place>,
    caller: CallerSide,
    seat: Option<Seated>,
    /// The seat was lost, which never ends the caller's leg (R-Q7).
    seat_lost: bool,
    /// The parties that have answered, by their try.
    guests: BTreeMap<u32, Guest>,
    /// The party that is being dialled.
    dialling: Option<Dialling>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum CallerSide {
    Here,
    /// Released by command; the line is held until that is done.
    Leaving,
    /// `None`: never there.
    Gone(Option<CallerLegEnd>),
}

/// The seat that is in the call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Seated {
    pub(super) ring: RingId,
    pub(super) seat: SeatId,
    pub(super) phone_holds: bool,
    pub(super) hold_commanded: bool,
    /// What the seat was before it called out; `None`: it answered a caller.
    pub(super) before: Option<SeatState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Guest {
    company: Company,
    /// The party's phone has us on hold.
    holds: bool,
    /// A supervisor who has joined (R-S5).
    supervisor: Option<SeatId>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Dialling {
    party: PartyId,
    hunt: Hunt,
    stage: Stage,
}

/// What has become of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Stage {
    /// The party is rung.
    Rung,
    /// It is over, but its leg still holds the line that the next one needs (R-L8).
    HoldsLine,
    /// It found no line: the same number is tried again when one is free (R-L8).
    FoundNoLine,
    /// It was the last before the pause of its hunt (R-T8).
    Pauses,
}

/// What a party does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PartyInput {
    Progressed,
    Answered,
    Failed(crate::party::PartyFailure),
    LegEnded(crate::party::PartyLegEnd),
    TimedOut,
    Holds(bool),
    Pressed(char),
    CannotHear,
    /// The leg of a try that we cancelled is over.
    Cancelled,
    /// The hunt dials its numbers again.
    HuntPauseOver,
}

impl Seated {
    const fn is_on_hold(&self) -> bool {
        self.phone_holds || self.hold_commanded
    }
}

impl Meeting {
    /// The talk becomes one with third parties; nobody else is there yet.
    pub(super) fn of_talk(talking: &Talking) -> Box<Self> {
        Box::new(Self {
            place: Some(talking.place),
            caller: CallerSide::Here,
            seat: Some(Seated {
                ring: talking.ring,
                seat: talking.seat,
                phone_holds: talking.seat_holds,
                hold_commanded: talking.hold_commanded,
                before: None,
            }),
            seat_lost: false,
            guests: BTreeMap::new(),
            dialling: None,
        })
    }

    /// A call that an agent began: the agent's phone has been answered.
    pub(super) fn of_agent(seat: Seated) -> Box<Self> {
        Box::new(Self {
            place: None,
            caller: CallerSide::Gone(None),
            seat: Some(seat),
            seat_lost: false,
            guests: BTreeMap::new(),
            dialling: None,
        })
    }

    pub(super) fn phase(&self) -> CallPhase {
        if self.place.is_none() {
            return CallPhase::Outbound;
        }
        match (self.caller, &self.seat) {
            (CallerSide::Here, Some(_)) if self.is_apart() || self.holds_a_guest() => CallPhase::Consulting,
            (CallerSide::Here, Some(_)) => CallPhase::Conference,
            (CallerSide::Here, None) => CallPhase::Transferred,
            (CallerSide::Leaving | CallerSide::Gone(_), _) => CallPhase::WithoutCaller,
        }
    }

    /// The ring of the seat that is there.
    pub(super) fn ring(&self) -> Option<RingId> {
        self.seat.map(|seat| seat.ring)
    }

    /// The seat that is there.
    pub(super) const fn seat(&self) -> Option<SeatId> {
        match self.seat {
            Some(seat) => Some(seat.seat),
            None => None,
        }
    }

    pub(super) const fn has_caller(&self) -> bool {
        matches!(self.caller, CallerSide::Here)
    }

    /// The seat dials somebody or speaks with a party aside.
    fn is_apart(&self) -> bool {
        self.dialling.is_some() || self.guests.values().any(|guest| guest.company == Company::Aside)
    }

    fn holds_a_guest(&self) -> bool {
        self.guests.values().any(|guest| guest.company == Company::Held)
    }

    /// Whether anybody but the seat and those that it speaks with aside, or holds, is there.
    fn has_others(&self) -> bool {
        self.has_caller() || self.guests.values().any(|guest| guest.company == Company::Together)
    }

    /// Whether two people are left, or one for whom another is being dialled (R-T4). A seat and its supervisors alone are
    /// colleagues, and no call (R-S5).
    fn lives(&self) -> bool {
        let own = usize::from(self.has_caller()) + usize::from(self.seat.is_some());
        let people = own + self.guests.len();
        let has_outsider = self.has_caller() || self.guests.values().any(|guest| guest.supervisor.is_none());
        (people >= 2 && has_outsider) || (own == 1 && self.dialling.is_some())
    }

    pub(super) fn handle(
        mut self: Box<Self>,
        input: CallInput,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let before = self.audio(visit);
        let phase = self.phase();
        match (input, self.seat) {
            (CallInput::LegEnded(end), _) if !matches!(self.caller, CallerSide::Gone(_)) => {
                self.caller = CallerSide::Gone(Some(end));
                if self.lives() {
                    house.out.state(CallEvent::CallerLeft { call: visit.call, end });
                    let holding = core::mem::replace(&mut visit.holding, Holding::Nothing);
                    house.lines.free_line(visit.tenant, visit.call, holding, phase);
                }
                self.settle(&before, phase, visit, house)
            }
            (CallInput::SeatLegEnded(SeatLegEnd::HungUp), Some(seat)) => {
                self.seat = None;
                let end = if self.lives() { TalkEnd::Transferred } else { TalkEnd::SeatEnded };
                seat.leave(end, house);
                self.seat_left(&before, phase, visit, house)
            }
            (CallInput::SeatLegEnded(SeatLegEnd::Lost(loss)), Some(seat)) => {
                self.seat = None;
                seat.state_end(TalkEnd::SeatLost(loss), house);
                house.seat_lost(seat.seat);
                self.seat_was_lost(&before, phase, visit, house)
            }
            (CallInput::SeatGone(loss), Some(seat)) => {
                self.seat = None;
                seat.state_end(TalkEnd::SeatLost(loss), house);
                house.release_seat_leg(seat.ring, ReleaseCause::Failed);
                house.seat_lost(seat.seat);
                self.seat_was_lost(&before, phase, visit, house)
            }
            (CallInput::SeatHeld, Some(seat)) if !seat.phone_holds => {
                self.set_holds(Seated { phone_holds: true, ..seat }, house);
                self.settle(&before, phase, visit, house)
            }
            (CallInput::SeatResumed, Some(seat)) if seat.phone_holds => {
                self.set_holds(Seated { phone_holds: false, ..seat }, house);
                self.settle(&before, phase, visit, house)
            }
            (
                CallInput::Progressed
                | CallInput::ProgressFailed
                | CallInput::GuidanceDue
                | CallInput::Connected
                | CallInput::LegEnded(_)
                | CallInput::AnnouncementEnded
                | CallInput::AnnouncementFailed
                | CallInput::SeatFound(_)
                | CallInput::RingAnswered
                | CallInput::RingFailed(_)
                | CallInput::RingTimedOut
                | CallInput::SeatHeld
                | CallInput::SeatResumed
                | CallInput::SeatLegEnded(_)
                | CallInput::SeatGone(_),
                _,
            ) => {
                visit.out_of_phase(house);
                CallState::Meeting(self)
            }
        }
    }

    /// Puts the seat's holds in force; a hold in another is none of its own.
    fn set_holds(&mut self, after: Seated, house: &mut House) {
        let Some(before) = self.seat.replace(after) else { return };
        let leg = LegId::Seat(after.ring);
        match (before.is_on_hold(), after.is_on_hold()) {
            (false, true) => house.out.state(CallEvent::HoldStarted { leg }),
            (true, false) => house.out.state(CallEvent::HoldEnded { leg }),
            (true, true) | (false, false) => {}
        }
    }

    /// Supervisors who have joined, by their try (R-S5).
    pub(super) fn supervisors(&self) -> impl Iterator<Item = (u32, SeatId)> {
        self.guests.iter().filter_map(|(attempt, guest)| Some((*attempt, guest.supervisor?)))
    }

    /// A supervisor joins all.
    pub(super) fn take_in(
        mut self: Box<Self>,
        before: &Audio,
        (attempt, supervisor, holds): (u32, SeatId, bool),
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let phase = self.phase();
        let supervisor = Some(supervisor);
        self.guests.insert(attempt, Guest { company: Company::Together, holds, supervisor });
        self.settle(before, phase, visit, house)
    }

    /// A supervisor who had joined speaks with all no more; `gone` says who it is, and whether the phone has us on hold.
    pub(super) fn let_go(
        mut self: Box<Self>,
        attempt: u32,
        gone: &mut Option<(SeatId, bool)>,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let before = self.audio(visit);
        let phase = self.phase();
        if let Some(guest) = self.guests.remove(&attempt) {
            *gone = guest.supervisor.map(|supervisor| (supervisor, guest.holds));
        }
        self.settle(&before, phase, visit, house)
    }

    /// What follows from who is left: those who have nobody else are together, a caller with the seat alone talks, and
    /// a call of fewer than two people ends, unless it is the loss of the seat that has left the caller alone (R-T4, R-Q7).
    fn settle(
        mut self: Box<Self>,
        before: &Audio,
        phase: CallPhase,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        if !self.lives() {
            if !(self.seat_lost && self.has_caller()) {
                return self.end_call(phase, visit, house);
            }
            before.part(visit, house);
            return self.put_back(phase, visit, house);
        }
        if self.seat.is_none() || !self.has_others() {
            for (attempt, guest) in &mut self.guests {
                guest.be(Company::Together, PartyId { call: visit.call, attempt: *attempt }, house);
            }
        }
        if let (true, Some(seat), Some(place)) = (self.has_caller(), self.seat, self.place)
            && self.guests.is_empty()
            && self.dialling.is_none()
        {
            let talking = Talking::again(place, &seat);
            Audio::change(before, &talk_audio(&talking, visit), visit, house);
            return CallState::Talking(talking);
        }
        Audio::change(before, &self.audio(visit), visit, house);
        CallState::Meeting(self)
    }

    /// Fewer than two people are left.
    pub(super) fn end_call(self: Box<Self>, phase: CallPhase, visit: &Visit, house: &mut House) -> CallState {
        self.part(PartyEnd::Alone, TalkEnd::PartyEnded, ReleaseCause::OtherSideEnded, visit, house);
        match self.caller {
            CallerSide::Here => visit.release(Outcome::Answered, phase, ReleaseCause::OtherSideEnded, house),
            CallerSide::Leaving => self.close(phase, visit, house),
            CallerSide::Gone(end) => visit.end(Outcome::Answered, phase, end, house),
        }
    }

    /// The caller whom nobody answered after all comes back into the queue; the seat has left.
    fn put_back(self: Box<Self>, phase: CallPhase, visit: &mut Visit, house: &mut House) -> CallState {
        match self.place {
            Some(place) if self.has_caller() && !self.lives() => Waiting::come_back(place, visit, house),
            Some(_) | None => self.end_call(phase, visit, house),
        }
    }

    fn close(self: Box<Self>, phase: CallPhase, visit: &Visit, house: &mut House) -> CallState {
        visit.stop_recording(house);
        CallState::Closing(Closing { outcome: Outcome::Answered, phase, ack_owed: false })
    }

    /// Releases the seat and the parties.
    fn part(&self, end: PartyEnd, talk_end: TalkEnd, cause: ReleaseCause, visit: &Visit, house: &mut House) {
        if let Some(dialling) = &self.dialling {
            dialling.give_up(end, house);
        }
        for (attempt, guest) in &self.guests {
            let party = PartyId { call: visit.call, attempt: *attempt };
            house.party_ended(party, end, guest.supervisor);
            house.release_party(party, cause);
        }
        if let Some(seat) = self.seat {
            house.release_seat_leg(seat.ring, cause);
            seat.leave(talk_end, house);
        }
    }

    /// The switch stops for good; the caller's leg is left to who states the outcome.
    pub(super) fn stop(&self, visit: &Visit, house: &mut House) {
        self.part(PartyEnd::NodeOutage, TalkEnd::NodeOutage, ReleaseCause::Drained, visit, house);
    }

    /// Whether the caller's leg is still to be released, and how it ended if it has.
    pub(super) const fn caller_end(&self) -> (bool, Option<CallerLegEnd>) {
        match self.caller {
            CallerSide::Here => (true, None),
            CallerSide::Leaving => (false, None),
            CallerSide::Gone(end) => (false, end),
        }
    }
}

impl Seated {
    fn state_end(&self, end: TalkEnd, house: &mut House) {
        if self.before.is_none() {
            house.out.state(CallEvent::TalkEnded { ring: self.ring, seat: self.seat, end });
        }
    }

    /// The seat is out of the call and still there.
    pub(super) fn leave(&self, end: TalkEnd, house: &mut House) {
        self.state_end(end, house);
        match self.before {
            Some(before) => house.seat_outbound_over(self.seat, before),
            None => house.seat_talk_over(self.seat),
        }
    }
}

impl Guest {
    fn be(&mut self, company: Company, party: PartyId, house: &mut House) {
        if core::mem::replace(&mut self.company, company) != company {
            house.out.state(CallEvent::PartyMoved { party, company });
        }
    }
}
