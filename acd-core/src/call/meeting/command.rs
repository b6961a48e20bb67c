//! What agents command of a call with third parties, or that leads to one (R-T1, R-T6).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::audio::Audio;
use super::{CallState, CallerSide, Guest, Meeting, Seated};
use crate::call::Visit;
use crate::call::hunt::Hunt;
use crate::effect::ReleaseCause;
use crate::event::TalkEnd;
use crate::house::House;
use crate::ids::PartyId;
use crate::input::{CallCommand, CallCommandResult};
use crate::limits::PARTIES_AT_ONCE_MAX;
use crate::party::{Company, Destination, PartyEnd};

impl Meeting {
    /// Whether the command can be carried out.
    pub(in crate::call) fn may(
        &self,
        command: CallCommand,
        visit: &Visit,
        house: &House,
    ) -> CallCommandResult {
        let has_seat = self.seat.is_some();
        let fits = match command {
            CallCommand::HangUp => true,
            CallCommand::Hold | CallCommand::Dial(_) => has_seat && !self.is_apart(),
            CallCommand::Resume
            | CallCommand::Explained
            | CallCommand::ShowNumber
            | CallCommand::Check(..) => has_seat,
            CallCommand::Join => has_seat && self.guests.values().any(Guest::is_away),
            CallCommand::Leave => {
                has_seat && self.dialling.is_none() && usize::from(self.has_caller()) + self.guests.len() >= 2
            }
            CallCommand::Swap => {
                has_seat && self.dialling.is_none() && self.guests.values().any(Guest::is_away)
            }
            CallCommand::ReleaseCaller => self.has_caller() && usize::from(has_seat) + self.guests.len() >= 2,
            // Who else is there would be sent on as well.
            CallCommand::Blind(_) | CallCommand::HandOver(_) => false,
            // The call itself takes these.
            CallCommand::Supervise(_) | CallCommand::EndSupervision => false,
            CallCommand::DropParty(attempt) => {
                return if self.has_party(attempt) {
                    CallCommandResult::Done
                } else {
                    CallCommandResult::UnknownParty
                };
            }
        };
        match command {
            _ if !fits => CallCommandResult::OutOfPhase,
            CallCommand::Dial(_) if self.guests.len() >= PARTIES_AT_ONCE_MAX => {
                CallCommandResult::TooManyParties
            }
            CallCommand::Dial(Destination::Caller) if !matches!(self.caller, CallerSide::Gone(_)) => {
                CallCommandResult::OutOfPhase
            }
            CallCommand::Dial(destination) => may_dial(destination, visit, house),
            CallCommand::Hold
            | CallCommand::Resume
            | CallCommand::HangUp
            | CallCommand::Join
            | CallCommand::Leave
            | CallCommand::Blind(_)
            | CallCommand::HandOver(_)
            | CallCommand::DropParty(_)
            | CallCommand::Swap
            | CallCommand::ReleaseCaller
            | CallCommand::Explained
            | CallCommand::ShowNumber
            | CallCommand::Check(..)
            | CallCommand::Supervise(_)
            | CallCommand::EndSupervision => CallCommandResult::Done,
        }
    }

    /// Carries out a command that [`may`](Self::may) be.
    pub(in crate::call) fn obey(
        self: Box<Self>,
        command: CallCommand,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let before = self.audio(visit);
        self.obey_from(&before, command, visit, house)
    }

    /// Carries out a command where `before` says who has heard whom so far.
    pub(in crate::call) fn obey_from(
        mut self: Box<Self>,
        before: &Audio,
        command: CallCommand,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        let phase = self.phase();
        match command {
            CallCommand::Hold => self.command_hold(true, house),
            CallCommand::Resume => self.command_hold(false, house),
            CallCommand::Dial(destination) => {
                // The wait for the party is the consultation's, and no hold.
                self.command_hold(false, house);
                if let Ok(hunt) = Hunt::of(destination, visit, house) {
                    Self::state_headquarters(&hunt, visit, house);
                    self.dial(hunt, visit, house);
                }
            }
            CallCommand::Blind(destination) => {
                self.leave(house);
                if let Ok(hunt) = Hunt::of(destination, visit, house)
                    && self.dial(hunt, visit, house).is_none()
                {
                    return self.put_back(phase, visit, house);
                }
            }
            CallCommand::Join => self.move_guests(Guest::is_away, Company::Together, visit, house),
            CallCommand::Leave => self.leave(house),
            CallCommand::Swap => {
                if self.is_apart() {
                    self.move_guests(|guest| guest.company == Company::Aside, Company::Held, visit, house);
                } else {
                    self.command_hold(false, house);
                    self.move_guests(|guest| guest.company == Company::Held, Company::Aside, visit, house);
                }
            }
            CallCommand::DropParty(attempt) => self.drop_party(attempt, visit, house),
            CallCommand::ReleaseCaller => {
                self.caller = CallerSide::Leaving;
                house.release_caller(visit.call, ReleaseCause::Commanded);
            }
            CallCommand::HangUp => return self.hang_up(visit, house),
            // Facts of their own, which the front states.
            CallCommand::ShowNumber
            | CallCommand::Explained
            | CallCommand::Check(..)
            | CallCommand::HandOver(_)
            | CallCommand::Supervise(_)
            | CallCommand::EndSupervision => {}
        }
        self.settle(before, phase, visit, house)
    }

    /// The call is ended by command.
    fn hang_up(self: Box<Self>, visit: &Visit, house: &mut House) -> CallState {
        let phase = self.phase();
        self.part(PartyEnd::Commanded, TalkEnd::Commanded, ReleaseCause::Commanded, visit, house);
        match self.caller {
            CallerSide::Here => {
                house.release_caller(visit.call, ReleaseCause::Commanded);
                self.close(phase, visit, house)
            }
            CallerSide::Leaving => self.close(phase, visit, house),
            CallerSide::Gone(end) => visit.end(crate::event::Outcome::Answered, phase, end, house),
        }
    }

    fn command_hold(&mut self, to: bool, house: &mut House) {
        if let Some(seat) = self.seat {
            self.set_holds(Seated { hold_commanded: to, ..seat }, house);
        }
    }

    fn leave(&mut self, house: &mut House) {
        if let Some(seat) = self.seat.take() {
            house.release_seat_leg(seat.ring, ReleaseCause::Transferred);
            seat.leave(TalkEnd::Transferred, house);
        }
    }

    fn drop_party(&mut self, attempt: u32, visit: &Visit, house: &mut House) {
        if let Some(dialling) = self.dialling.take_if(|it| it.party.attempt == attempt) {
            dialling.give_up(PartyEnd::Commanded, house);
        } else if let Some(guest) = self.guests.remove(&attempt) {
            let party = PartyId { call: visit.call, attempt };
            house.party_ended(party, PartyEnd::Commanded, guest.supervisor);
            house.release_party(party, ReleaseCause::Commanded);
        }
    }

    fn has_party(&self, attempt: u32) -> bool {
        let dialled = self.dialling.as_ref().is_some_and(|it| it.party.attempt == attempt);
        dialled || self.guests.contains_key(&attempt)
    }

    fn move_guests(
        &mut self,
        which: impl Fn(&Guest) -> bool,
        company: Company,
        visit: &Visit,
        house: &mut House,
    ) {
        let chosen: Vec<u32> =
            self.guests.iter().filter(|(_, guest)| which(guest)).map(|(attempt, _)| *attempt).collect();
        for attempt in chosen {
            if let Some(guest) = self.guests.get_mut(&attempt) {
                guest.be(company, PartyId { call: visit.call, attempt }, house);
            }
        }
    }
}

impl Guest {
    /// Whether the party does not speak with everybody.
    fn is_away(&self) -> bool {
        self.company != Company::Together
    }
}

/// Whether a destination can be dialled now.
pub(in crate::call) fn may_dial(destination: Destination, visit: &Visit, house: &House) -> CallCommandResult {
    match Hunt::of(destination, visit, house) {
        Err(result) => result,
        Ok(hunt) => {
            let takes_line = hunt.outbound.takes_lines && !visit.test;
            if takes_line && !house.lines.line_is_free(visit.tenant) {
                CallCommandResult::LinesFull
            } else {
                CallCommandResult::Done
            }
        }
    }
}
