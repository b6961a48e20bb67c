//! What the side of a leg does by itself: keys and holds, as the rules have it (R-T1).

use acd_core::{CallEvent, CallPhase, LegId};

use crate::model::Model;
use crate::parties::Caller;

impl Model {
    pub(crate) fn digit(&mut self, leg: LegId, digit: char) {
        match leg {
            LegId::Party(_) => panic!("a party's digits are its own"),
            LegId::Caller(call) => self.of_call(call, |model, at| {
                if model.calls[at].is_with_parties() && model.calls[at].caller != Caller::Here
                    || model.calls[at].outbound
                {
                    return model.out_of_phase(at);
                }
                model.state(CallEvent::DigitPressed { leg, digit });
                model.caller_pressed(at, digit);
            }),
            LegId::Seat(ring) => self.of_ring(ring, |model, at| {
                if model.calls[at].has_talk() {
                    model.state(CallEvent::DigitPressed { leg, digit });
                    model.seat_pressed(at, digit);
                } else {
                    model.out_of_phase(at);
                }
            }),
        }
    }

    pub(crate) fn hold(&mut self, leg: LegId, to: bool) {
        let fact = if to { CallEvent::HoldStarted { leg } } else { CallEvent::HoldEnded { leg } };
        let change = |model: &mut Self, at: usize| {
            let call = &mut model.calls[at];
            let (fits, holds) = match leg {
                LegId::Caller(_) => {
                    let closed = matches!(call.phase, CallPhase::Arriving | CallPhase::Closing);
                    (!closed && call.caller == Caller::Here, &mut call.caller_holds)
                }
                LegId::Seat(_) => (call.has_talk(), &mut call.seat_holds),
                LegId::Party(_) => panic!("a party's holds are its own"),
            };
            if !fits || *holds == to {
                return model.out_of_phase(at);
            }
            *holds = to;
            // One hold in another is none of its own.
            if matches!(leg, LegId::Caller(_)) || !call.hold_commanded {
                model.state(fact);
            }
        };
        match leg {
            LegId::Caller(call) => self.of_call(call, change),
            LegId::Seat(ring) => self.of_ring(ring, change),
            LegId::Party(_) => panic!("a party's holds are its own"),
        }
    }
}
