//! Which seat is rung for which caller, and what becomes of a ring and of a talking seat that is lost, as the rules have it
//! (R-Q2 to R-Q7).

use acd_core::{
    CallEvent, CallPhase, Outcome, PartyEnd, RingEnd, RingFailure, RingId, SeatId, SeatLegEnd, SeatLoss,
    SeatState, TalkEnd,
};

use crate::model::{Call, Model, Seat};
use crate::parties::Caller;

impl Model {
    /// R-Q2, R-Q3, R-Q4: if a caller and a seat may meet, the longest-free seat takes its best caller; whether any may.
    pub(crate) fn dispatch(&mut self) -> bool {
        let mut pairs = Vec::new();
        for (at, call) in self.calls.iter().enumerate() {
            for seat in self.seats_for(call) {
                let priority = -i32::from(seat.plan.serves[&call.serving]);
                pairs.push(((seat.since, seat.id), (priority, call.queued_at, call.id), at));
            }
        }
        let Some(((_, seat), _, at)) = pairs.into_iter().min() else { return false };
        let patience = self.tenant(self.calls[at].tenant).plan.ring;
        let call = &mut self.calls[at];
        call.rings += 1;
        let ring = RingId { call: call.id, attempt: call.rings };
        call.phase = CallPhase::Ringing;
        call.ring = Some((ring, seat));
        call.ring_until = Some(self.now + patience);
        self.state(CallEvent::RingStarted { ring, seat });
        let works_for = (!self.calls[at].test).then_some(self.calls[at].tenant);
        self.seat(seat).works_for = works_for;
        self.set_seat(seat, SeatState::Ringing(ring));
        true
    }

    /// The seats that could be rung for a caller now.
    fn seats_for(&self, call: &Call) -> Vec<&Seat> {
        if call.phase != CallPhase::Waiting || !self.seat_line_is_free(call.serving) {
            return Vec::new();
        }
        self.seats.iter().filter(|it| it.state == SeatState::Ready && may_serve(it, call)).collect()
    }

    pub(crate) fn could_be_rung_for(&self, at: usize) -> bool {
        !self.seats_for(&self.calls[at]).is_empty()
    }

    pub(crate) fn answered(&mut self, at: usize) {
        if self.calls[at].phase == CallPhase::Outbound && !self.calls[at].answered_by_seat {
            return self.phone_answered(at);
        }
        if self.calls[at].phase != CallPhase::Ringing {
            return self.out_of_phase(at);
        }
        let (ring, seat) = self.calls[at].ring.unwrap();
        self.state(CallEvent::RingEnded { ring, seat, end: RingEnd::Answered });
        self.state(CallEvent::CallAnswered { ring, seat });
        self.record(at);
        let call = &mut self.calls[at];
        call.answered = true;
        call.awaits_adviser = false;
        call.overdue = false;
        call.typed.clear();
        call.phase = CallPhase::Talking;
        call.ring_until = None;
        call.waits_from = None;
        call.alarm_at = None;
        call.seat_holds = false;
        call.hold_commanded = false;
        self.set_seat(seat, SeatState::Talking(ring));
    }

    /// R-Q6.
    pub(crate) fn ring_over(&mut self, at: usize, end: RingEnd) {
        let (ring, seat) = self.calls[at].ring.unwrap();
        self.state(CallEvent::RingEnded { ring, seat, end });
        self.seat_ring_over(seat, end);
    }

    pub(crate) fn ring_failed(&mut self, at: usize, failure: RingFailure) {
        if self.calls[at].phase == CallPhase::Outbound && !self.calls[at].answered_by_seat {
            return self.phone_failed(at, RingEnd::Failed(failure));
        }
        if self.calls[at].phase != CallPhase::Ringing {
            return self.out_of_phase(at);
        }
        self.ring_over(at, RingEnd::Failed(failure));
        self.wait_on(at);
    }

    pub(crate) fn seat_leg_ended(&mut self, at: usize, end: SeatLegEnd) {
        let (ring, seat) = self.calls[at].ring.unwrap();
        match end {
            _ if !self.calls[at].has_talk() => self.out_of_phase(at),
            SeatLegEnd::HungUp if self.calls[at].is_with_parties() => {
                let ring = self.calls[at].ring.take();
                let goes_on = self.calls[at].lives();
                self.calls[at].ring = ring;
                self.seat_leaves(at, if goes_on { TalkEnd::Transferred } else { TalkEnd::SeatEnded });
                self.seat_has_left(at);
            }
            SeatLegEnd::Lost(loss) if self.calls[at].is_with_parties() => self.meeting_lost(at, loss),
            SeatLegEnd::Released => self.out_of_phase(at),
            SeatLegEnd::HungUp => {
                self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::SeatEnded });
                self.seat_talk_over(seat);
                self.close(at, Outcome::Answered);
            }
            SeatLegEnd::Lost(loss) => self.talk_lost(at, loss),
        }
    }

    /// R-T4: the others stay together.
    pub(crate) fn meeting_lost(&mut self, at: usize, loss: SeatLoss) {
        let (ring, seat) = self.calls[at].ring.take().unwrap();
        if !self.calls[at].outbound {
            self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::SeatLost(loss) });
        }
        self.seat_lost(seat);
        self.calls[at].seat_lost = true;
        let call = &mut self.calls[at];
        if call.caller == Caller::Here && call.guests() == 0 {
            // R-Q7: who is being dialled has spoken with nobody.
            call.hunt = None;
            for party in std::mem::take(&mut call.parties) {
                self.state(CallEvent::PartyEnded { party: party.id, end: PartyEnd::Alone });
                self.parties_cancelled.push(party.id);
            }
        }
        self.seat_has_left(at);
    }

    /// R-Q7.
    pub(crate) fn talk_lost(&mut self, at: usize, loss: SeatLoss) {
        let (ring, seat) = self.calls[at].ring.unwrap();
        self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::SeatLost(loss) });
        self.seat_lost(seat);
        self.come_back(at);
    }

    pub(crate) fn come_back(&mut self, at: usize) {
        // R-A2: whom reception has answered and lost has seen no adviser; advisers are those to whom the tenant hands over.
        let hand_over = &self.tenant(self.calls[at].serving).plan.hand_over;
        let with_reception = match self.calls[at].skill {
            Some(skill) => hand_over.keys().all(|it| *it != skill) && !hand_over.is_empty(),
            None => false,
        };
        if self.calls[at].answered && with_reception {
            self.calls[at].awaits_adviser = true;
        }
        self.calls[at].seat_lost = false;
        self.begin_wait(at);
        self.wait(at, true);
    }

    /// The seat's registration is gone in the midst of a ring or talk.
    pub(crate) fn seat_gone(&mut self, seat: SeatId, loss: SeatLoss) {
        let at = self.calls.iter().position(|it| it.ring.is_some_and(|(_, its)| its == seat)).unwrap();
        let (ring, _) = self.calls[at].ring.unwrap();
        if self.calls[at].phase == CallPhase::Ringing {
            self.cancelled.push(ring);
            self.ring_over(at, RingEnd::SeatLost);
            self.wait_on(at);
        } else if self.calls[at].phase == CallPhase::Outbound && !self.calls[at].answered_by_seat {
            self.cancelled.push(ring);
            self.phone_failed(at, RingEnd::SeatLost);
        } else if self.calls[at].is_with_parties() {
            self.released.push(ring);
            self.meeting_lost(at, loss);
        } else {
            self.released.push(ring);
            self.talk_lost(at, loss);
        }
    }
}

fn may_serve(seat: &Seat, call: &Call) -> bool {
    let skilled = call.skill.is_none_or(|it| seat.plan.skills.contains(&it));
    seat.plan.serves.contains_key(&call.serving) && skilled
}
