//! Commands to calls, as the rules have them (R-T1, R-S5).

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, CommandSource, LegId, Outcome, RingEnd,
    TalkEnd,
};

use crate::model::{Call, Model};

impl Model {
    pub(crate) fn call_commanded(&mut self, id: CallId, command: CallCommand, source: CommandSource) {
        let at = self.calls.iter().position(|it| it.id == id);
        let result = match (at.map(|at| self.calls[at].phase), command) {
            (None, _) => CallCommandResult::UnknownCall,
            (Some(CallPhase::Talking), _) | (_, CallCommand::HangUp) => CallCommandResult::Done,
            (Some(_), CallCommand::Hold | CallCommand::Resume) => CallCommandResult::OutOfPhase,
        };
        self.state(CallEvent::CallCommanded { call: id, command, source, result });
        let (Some(at), CallCommandResult::Done) = (at, result) else { return };
        let call = &mut self.calls[at];
        let to = match command {
            CallCommand::Hold => true,
            CallCommand::Resume => false,
            CallCommand::HangUp => return self.hang_up(at),
        };
        let changes = call.hold_commanded != to && !call.seat_holds;
        call.hold_commanded = to;
        let leg = LegId::Seat(call.ring.unwrap().0);
        if changes {
            self.state(if to { CallEvent::HoldStarted { leg } } else { CallEvent::HoldEnded { leg } });
        }
    }

    fn hang_up(&mut self, at: usize) {
        let Call { phase, ring, .. } = self.calls[at];
        match (phase, ring) {
            (CallPhase::Closing, _) => return,
            (CallPhase::Arriving, _) => self.calls[at].ack_owed = true,
            (CallPhase::Ringing, Some((ring, _))) => {
                self.cancelled.push(ring);
                self.ring_over(at, RingEnd::CallerGone);
            }
            (CallPhase::Talking, Some((ring, seat))) => {
                self.released.push(ring);
                self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::Commanded });
                self.seat_talk_over(seat);
            }
            (_, _) => {}
        }
        let call = &mut self.calls[at];
        call.ring_until = None;
        call.alarm_at = None;
        self.close(at, Outcome::Failed);
    }
}
