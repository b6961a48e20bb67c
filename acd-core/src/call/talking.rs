//! Talking with a seat, holds included. A seat that is lost never ends the caller's leg (R-Q7).

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::meeting::Seated;
use super::waiting::{Waiting, is_advisers};
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::{Effect, ReleaseCause};
use crate::event::{CallEvent, CallPhase, Outcome, SeatState, TalkEnd};
use crate::house::House;
use crate::ids::{LegId, RingId, SeatId, SkillId};
use crate::input::SeatLegEnd;
use crate::limits::HAND_OVER_CODE_CHARS_MAX;
use crate::queue::{Place, QueueKey};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Talking {
    /// Where the caller comes back to if the seat is lost.
    pub(super) place: Place,
    pub(super) ring: RingId,
    pub(super) seat: SeatId,
    /// The seat's phone has the call on hold.
    pub(super) seat_holds: bool,
    /// The call is on hold by command (R-T1).
    pub(super) hold_commanded: bool,
    /// What the agent has pressed of a hand-over code, from its `*` on (R-S4).
    typed: String,
}

impl Talking {
    pub(super) fn enter(
        place: Place,
        ring: RingId,
        seat: SeatId,
        visit: &mut Visit,
        house: &mut House,
    ) -> CallState {
        house.out.state(CallEvent::CallAnswered { ring, seat });
        house.set_seat(seat, SeatState::Talking(ring));
        house.bridge(ring);
        visit.record(house);
        visit.answered = true;
        visit.awaits_adviser = false;
        visit.is_overdue = false;
        CallState::Talking(Self {
            place,
            ring,
            seat,
            seat_holds: false,
            hold_commanded: false,
            typed: String::new(),
        })
    }

    /// Caller and seat are alone again after third parties (R-T4).
    pub(super) const fn again(place: Place, seat: &Seated) -> Self {
        let Seated { ring, seat, phone_holds, hold_commanded, before: _ } = *seat;
        Self { place, ring, seat, seat_holds: phone_holds, hold_commanded, typed: String::new() }
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::LegEnded(end) => {
                self.state_end(TalkEnd::CallerEnded, house);
                house.release_seat_leg(self.ring, ReleaseCause::OtherSideEnded);
                house.seat_talk_over(self.seat);
                visit.end(unanswered(end, Outcome::Answered), CallPhase::Talking, Some(end), house)
            }
            CallInput::SeatLegEnded(SeatLegEnd::HungUp) => {
                self.state_end(TalkEnd::SeatEnded, house);
                house.seat_talk_over(self.seat);
                visit.release(Outcome::Answered, CallPhase::Talking, ReleaseCause::OtherSideEnded, house)
            }
            CallInput::SeatLegEnded(SeatLegEnd::Lost(loss)) => {
                self.state_end(TalkEnd::SeatLost(loss), house);
                house.seat_lost(self.seat);
                Waiting::come_back(self.place, visit, house)
            }
            CallInput::SeatGone(loss) => {
                self.state_end(TalkEnd::SeatLost(loss), house);
                house.out.order(Effect::Unbridge { ring: self.ring });
                house.release_seat_leg(self.ring, ReleaseCause::Failed);
                house.seat_lost(self.seat);
                Waiting::come_back(self.place, visit, house)
            }
            CallInput::SeatHeld if !self.seat_holds => {
                if !self.hold_commanded {
                    self.begin_hold(visit, house);
                }
                CallState::Talking(Self { seat_holds: true, ..self })
            }
            CallInput::SeatResumed if self.seat_holds => {
                if !self.hold_commanded {
                    self.end_hold(visit, house);
                }
                CallState::Talking(Self { seat_holds: false, ..self })
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::Connected
            | CallInput::GuidanceDue
            | CallInput::AnnouncementEnded
            | CallInput::AnnouncementFailed
            | CallInput::SeatFound(_)
            | CallInput::RingAnswered
            | CallInput::RingFailed(_)
            | CallInput::RingTimedOut
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(SeatLegEnd::Released) => {
                visit.out_of_phase(house);
                CallState::Talking(self)
            }
        }
    }

    pub(super) const fn is_on_hold(&self) -> bool {
        self.seat_holds || self.hold_commanded
    }

    /// The switch stops for good.
    pub(super) fn stop(&self, house: &mut House) {
        self.state_end(TalkEnd::NodeOutage, house);
        house.release_seat_leg(self.ring, ReleaseCause::Drained);
        house.seat_talk_over(self.seat);
    }

    /// Holds by command, beside what the seat's phone does: it may not know of holds, or resume by itself.
    pub(super) fn hold_by_command(&mut self, visit: &Visit, house: &mut House) {
        if core::mem::replace(&mut self.hold_commanded, true) {
            return;
        }
        house.out.order(Effect::Unbridge { ring: self.ring });
        if !self.seat_holds {
            self.begin_hold(visit, house);
        }
    }

    /// Ends a commanded hold; the talk goes on unless the seat's phone has the call on hold too.
    pub(super) fn resume_by_command(&mut self, visit: &Visit, house: &mut House) {
        if core::mem::replace(&mut self.hold_commanded, false) && !self.seat_holds {
            self.end_hold(visit, house);
        }
    }

    /// The skill whose code is complete with this key, if one is (R-S4).
    pub(super) fn type_code(&mut self, key: char, house: &House) -> Option<SkillId> {
        if key == '*' {
            self.typed.clear();
        } else if self.typed.is_empty() {
            return None;
        }
        self.typed.push(key);
        let tenant = &house.lines.room(self.place.queue.tenant).tenant;
        let skill = tenant.hand_over.iter().find(|(_, code)| **code == self.typed).map(|(skill, _)| *skill);
        if skill.is_some() || self.typed.len() >= HAND_OVER_CODE_CHARS_MAX {
            self.typed.clear();
        }
        skill
    }

    /// The receptionist's talk ends, and the caller stands in the queue of another skill with the instant kept (R-S4).
    /// The recording goes on (R-R1).
    pub(super) fn hand_over(self, skill: SkillId, visit: &mut Visit, house: &mut House) -> CallState {
        self.state_end(TalkEnd::HandedOver, house);
        house.out.order(Effect::Unbridge { ring: self.ring });
        house.release_seat_leg(self.ring, ReleaseCause::HandedOver);
        house.seat_talk_over(self.seat);
        visit.awaits_adviser |= !is_advisers(self.place.queue, house);
        visit.skill = Some(skill);
        let queue = QueueKey { skill: Some(skill), ..self.place.queue };
        Waiting::go_over(Place { queue, ..self.place }, visit, house)
    }

    /// The call is ended by command.
    pub(super) fn hang_up(&self, house: &mut House) {
        self.state_end(TalkEnd::Commanded, house);
        house.release_seat_leg(self.ring, ReleaseCause::Commanded);
        house.seat_talk_over(self.seat);
    }

    /// The first of the holds has begun.
    fn begin_hold(&self, visit: &Visit, house: &mut House) {
        house.out.state(CallEvent::HoldStarted { leg: LegId::Seat(self.ring) });
        visit.play_music(visit.caller_leg(), house);
    }

    /// The last of the holds has ended.
    fn end_hold(&self, visit: &Visit, house: &mut House) {
        house.out.state(CallEvent::HoldEnded { leg: LegId::Seat(self.ring) });
        house.stop_playing(visit.caller_leg());
        house.bridge(self.ring);
    }

    fn state_end(&self, end: TalkEnd, house: &mut House) {
        house.out.state(CallEvent::TalkEnded { ring: self.ring, seat: self.seat, end });
    }
}
