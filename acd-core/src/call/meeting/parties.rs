//! What parties do: they answer, fail, go, and the next number is tried (R-T3, R-T7).

use super::audio::Audio;
use super::{CallState, Dialling, Guest, Meeting, PartyInput, Stage};
use crate::call::Visit;
use crate::call::hunt::Hunt;
use crate::effect::Effect;
use crate::event::{CallEvent, CallPhase, UnexpectedInput};
use crate::house::House;
use crate::ids::{LegId, PartyId};
use crate::input::AlarmKind;
use crate::limits::{HUNT_PAUSE, PARTIES_PER_CALL_MAX};
use crate::party::{Company, Destination, PartyEnd, PartyFailure, PartyLegEnd};
use crate::timer::Reason;
use alloc::boxed::Box;

impl Dialling {
    const fn awaits_line(&self) -> bool {
        matches!(self.stage, Stage::HoldsLine | Stage::FoundNoLine)
    }

    /// The try is over before an answer, by our doing.
    pub(super) fn give_up(&self, end: PartyEnd, house: &mut House) {
        match self.stage {
            Stage::HoldsLine | Stage::FoundNoLine => {}
            Stage::Pauses => house.timers.cancel(Reason::HuntPauseOver(self.party)),
            Stage::Rung => {
                house.cancel_party(self.party);
                self.over(end, house);
            }
        }
    }

    fn over(&self, end: PartyEnd, house: &mut House) {
        house.timers.cancel(Reason::PartyRingOver(self.party));
        house.out.state(CallEvent::PartyEnded { party: self.party, end });
    }
}

impl Meeting {
    /// Dials the next number of a hunt, or waits for the line that it needs or for the end of a pause; `None`: none is left.
    pub(in crate::call) fn dial(
        &mut self,
        mut hunt: Hunt,
        visit: &mut Visit,
        house: &mut House,
    ) -> Option<()> {
        let mut begun_anew = false;
        loop {
            if visit.parties < PARTIES_PER_CALL_MAX && hunt.pauses(visit, house) {
                let party = PartyId { call: visit.call, attempt: hunt.last_attempt };
                house.timers.set(Reason::HuntPauseOver(party), house.now + HUNT_PAUSE);
                self.dialling = Some(Dialling { party, hunt, stage: Stage::Pauses });
                return Some(());
            }
            let number = match hunt.next(visit, house) {
                Some(number) if visit.parties < PARTIES_PER_CALL_MAX => number,
                Some(_) | None => {
                    // A whole round in one turn has dialled nobody.
                    if !Self::unreached(&mut hunt, !begun_anew, visit, house) {
                        return None;
                    }
                    begun_anew = true;
                    continue;
                }
            };
            visit.parties += 1;
            hunt.last_attempt = visit.parties;
            let party = PartyId { call: visit.call, attempt: visit.parties };
            let takes_line = hunt.outbound.takes_lines && !visit.test;
            let no_line = takes_line && !house.lines.line_is_free(visit.tenant);
            house.out.state(CallEvent::PartyDialled {
                party,
                tenant: visit.tenant,
                destination: hunt.destination,
                number,
                takes_line: takes_line && !no_line,
            });
            if no_line {
                house.out.state(CallEvent::PartyEnded { party, end: PartyEnd::NoLine });
                // A caller whom the seat has left is better served by another seat than by a wait.
                if !hunt.waits_for_line() || self.seat.is_none() {
                    continue;
                }
                hunt.put_back();
                if hunt.is_for_the_finished_call() {
                    house.raise(AlarmKind::NobodyReached, Some(visit.tenant), Some(visit.call));
                }
                self.dialling = Some(Dialling { party, hunt, stage: Stage::FoundNoLine });
                return Some(());
            }
            if takes_line {
                house.lines.take_outbound(visit.tenant, party);
            }
            let (trunk, shown) = (hunt.outbound.trunk, hunt.outbound.shown);
            house.out.order(Effect::DialParty { party, tenant: visit.tenant, trunk, number, shown });
            house.timers.set(Reason::PartyRingOver(party), house.now + hunt.ring);
            self.dialling = Some(Dialling { party, hunt, stage: Stage::Rung });
            return Some(());
        }
    }

    /// All numbers have been tried; whether they are tried again (R-T8).
    fn unreached(hunt: &mut Hunt, may_begin_anew: bool, visit: &Visit, house: &mut House) -> bool {
        let destination = hunt.destination;
        house.out.state(CallEvent::DestinationUnreached { call: visit.call, destination });
        let anew = may_begin_anew && visit.parties < PARTIES_PER_CALL_MAX && hunt.begin_anew();
        if hunt.is_for_the_finished_call() {
            house.raise(AlarmKind::NobodyReached, Some(visit.tenant), Some(visit.call));
        }
        anew
    }

    /// Takes what a party does.
    pub(in crate::call) fn party(
        mut self: Box<Self>,
        party: PartyId,
        input: PartyInput,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let before = self.audio(visit);
        let phase = self.phase();
        if let Some(dialling) = self.dialling.take_if(|it| it.party == party && it.stage != Stage::Rung) {
            return self.after_cancel(dialling, input, (before, phase), visit, house);
        }
        if let Some(dialling) = self.dialling.take_if(|it| it.party == party) {
            return self.dialled(dialling, input, (before, phase), visit, house);
        }
        let Some(guest) = self.guests.get_mut(&party.attempt) else {
            house.unexpected(UnexpectedInput::PartyOver, Some(visit.call));
            return CallState::Meeting(self);
        };
        let leg = LegId::Party(party);
        match input {
            PartyInput::LegEnded(PartyLegEnd::HungUp | PartyLegEnd::Lost) => {
                let lost = matches!(input, PartyInput::LegEnded(PartyLegEnd::Lost));
                let end = if lost { PartyEnd::Lost } else { PartyEnd::HungUp };
                let supervisor = guest.supervisor;
                self.guests.remove(&party.attempt);
                house.party_ended(party, end, supervisor);
                house.party_leg_over(party);
                self.settle(&before, phase, visit, house)
            }
            PartyInput::Holds(holds) if guest.holds != holds => {
                guest.holds = holds;
                house.out.state(if holds {
                    CallEvent::HoldStarted { leg }
                } else {
                    CallEvent::HoldEnded { leg }
                });
                CallState::Meeting(self)
            }
            PartyInput::Pressed(digit) => {
                house.out.state(CallEvent::DigitPressed { leg, digit });
                CallState::Meeting(self)
            }
            PartyInput::Progressed
            | PartyInput::Answered
            | PartyInput::Failed(_)
            | PartyInput::TimedOut
            | PartyInput::Holds(_)
            | PartyInput::CannotHear
            | PartyInput::Cancelled
            | PartyInput::HuntPauseOver
            | PartyInput::LegEnded(PartyLegEnd::Released) => {
                visit.out_of_phase(house);
                CallState::Meeting(self)
            }
        }
    }

    /// What comes of a try that is over, and after which the next one has to wait.
    fn after_cancel(
        mut self: Box<Self>,
        dialling: Dialling,
        input: PartyInput,
        (before, phase): (Audio, CallPhase),
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        if matches!(input, PartyInput::Cancelled | PartyInput::HuntPauseOver) {
            return self.try_next(dialling.hunt, (before, phase), visit, house);
        }
        self.dialling = Some(dialling);
        house.unexpected(UnexpectedInput::PartyOver, Some(visit.call));
        CallState::Meeting(self)
    }

    /// Whether the next try waits for the line of this one, which we have cancelled.
    pub(in crate::call) fn awaits_line_of(&self, party: PartyId) -> bool {
        self.dialling.as_ref().is_some_and(|it| it.party == party && it.stage == Stage::HoldsLine)
    }

    /// Whether the next try waits for a line of the tenant.
    pub(in crate::call) fn awaits_line(&self) -> bool {
        self.dialling.as_ref().is_some_and(Dialling::awaits_line)
    }

    /// A line is free for the next try.
    pub(in crate::call) fn line_freed(
        mut self: Box<Self>,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let (before, phase) = (self.audio(visit), self.phase());
        match self.dialling.take_if(|it| it.awaits_line()) {
            Some(dialling) => self.try_next(dialling.hunt, (before, phase), visit, house),
            None => CallState::Meeting(self),
        }
    }

    /// What follows when the seat is lost: a caller with whom nobody has spoken yet beside it is back in the queue at once, since
    /// a seat answers sooner than who is only being dialled (R-Q7); with others the caller stays (R-T4).
    pub(super) fn seat_was_lost(
        mut self: Box<Self>,
        before: &Audio,
        phase: CallPhase,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        self.seat_lost = true;
        if self.has_caller()
            && self.guests.is_empty()
            && let Some(dialling) = self.dialling.take()
        {
            dialling.give_up(PartyEnd::Alone, house);
        }
        self.seat_left(before, phase, visit, house)
    }

    /// What follows when the seat has left, as if it had sent the caller on: whom it left alone with a hunt that has no line is
    /// put back (R-T4).
    pub(super) fn seat_left(
        mut self: Box<Self>,
        before: &Audio,
        phase: CallPhase,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        if self.lives()
            && let Some(mut without_line) = self.dialling.take_if(|it| it.stage == Stage::FoundNoLine)
        {
            Self::unreached(&mut without_line.hunt, false, visit, house);
            if !self.lives() {
                return self.put_back(phase, visit, house);
            }
        }
        self.settle(before, phase, visit, house)
    }

    /// What the party does that is being dialled.
    fn dialled(
        mut self: Box<Self>,
        dialling: Dialling,
        input: PartyInput,
        (before, phase): (Audio, CallPhase),
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let party = dialling.party;
        match input {
            PartyInput::Answered => {
                house.timers.cancel(Reason::PartyRingOver(party));
                let aside = self.seat.is_some() && self.has_others();
                let company = if aside { Company::Aside } else { Company::Together };
                self.guests.insert(party.attempt, Guest { company, holds: false, supervisor: None });
                house.out.state(CallEvent::PartyAnswered { party, company });
                if visit.outbound {
                    visit.record(house);
                    visit.answered = true;
                }
                self.settle(&before, phase, visit, house)
            }
            PartyInput::Failed(failure) => {
                dialling.over(PartyEnd::Failed(failure), house);
                house.party_leg_over(party);
                let mut hunt = dialling.hunt;
                if failure == PartyFailure::NotSupported {
                    hunt.give_up();
                }
                self.try_next(hunt, (before, phase), visit, house)
            }
            PartyInput::TimedOut => {
                dialling.give_up(PartyEnd::TimedOut, house);
                let takes_line = dialling.hunt.outbound_by_plan(visit, house).takes_lines && !visit.test;
                if takes_line && dialling.hunt.has_more() && !house.lines.line_is_free(visit.tenant) {
                    // On to the next number once this one's line is free: every number is rung (R-T3, R-L8).
                    self.dialling = Some(Dialling { stage: Stage::HoldsLine, ..dialling });
                    return CallState::Meeting(self);
                }
                self.try_next(dialling.hunt, (before, phase), visit, house)
            }
            PartyInput::Progressed => {
                self.dialling = Some(dialling);
                CallState::Meeting(self)
            }
            PartyInput::LegEnded(_)
            | PartyInput::Holds(_)
            | PartyInput::Pressed(_)
            | PartyInput::Cancelled
            | PartyInput::HuntPauseOver
            | PartyInput::CannotHear => {
                self.dialling = Some(dialling);
                visit.out_of_phase(house);
                CallState::Meeting(self)
            }
        }
    }

    fn try_next(
        mut self: Box<Self>,
        hunt: Hunt,
        (before, phase): (Audio, CallPhase),
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        if self.dial(hunt, visit, house).is_none() && !self.lives() {
            return self.put_back(phase, visit, house);
        }
        self.settle(&before, phase, visit, house)
    }

    /// The fire headquarters are called for a caller who does not respond (R-T6).
    pub(super) fn state_headquarters(hunt: &Hunt, visit: &Visit, house: &mut House) {
        let Destination::Headquarters(_) = hunt.destination else { return };
        let Some((destination, consent_filed_on)) = hunt.headquarters else { return };
        house.out.state(CallEvent::HeadquartersDialled {
            call: visit.call,
            destination,
            line: visit.line_kind(),
            consent_filed_on,
        });
    }
}
