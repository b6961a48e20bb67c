//! The owner's orders, each to its verb.

use acd_core::Timestamp;

use super::call::Call;
use super::{Asking, Session};
use crate::sip::event::{DialogKey, ReofferBy, SipCommand};
use crate::sip::stack::SipStack;

impl SipStack {
    pub(in crate::sip) fn obey(&mut self, now: Timestamp, command: SipCommand) {
        match command {
            SipCommand::Provisional { dialog, status, reason, sdp } => {
                self.provisional(now, dialog, status, &reason, sdp);
            }
            SipCommand::Accept { dialog, sdp } => {
                self.in_known(dialog, |stack, session| stack.accept(now, session, sdp));
            }
            SipCommand::Reject { dialog, status, reason, headers } => {
                self.in_known(dialog, |stack, session| {
                    stack.reject_session(now, session, status, &reason, headers);
                });
            }
            SipCommand::RejectStateless { dialog, status, reason, headers } => {
                self.forget_invite(now, dialog, |stack, request| {
                    let mut response = stack.tagged(request, request.response(status, &reason));
                    for (name, value) in headers {
                        response.headers.push(name, value);
                    }
                    Some(response)
                });
            }
            SipCommand::Drop { dialog } => self.forget_invite(now, dialog, |_, _| None),
            SipCommand::RespondStateless { transaction, response } => {
                self.respond_and_forget(now, transaction, response);
            }
            SipCommand::Respond { transaction, response } => {
                self.respond_for_owner(now, transaction, response);
            }
            SipCommand::Invite { dialog, peer, request_uri, from, to, route, sdp, headers } => {
                let call = Call { peer, request_uri, from, to, route, sdp, headers };
                self.call(now, dialog, call);
            }
            SipCommand::Cancel { dialog } => {
                self.in_known(dialog, |stack, session| stack.cancel(now, session));
            }
            SipCommand::Bye { dialog, reason } => {
                self.in_known(dialog, |stack, session| stack.bye(now, session, reason));
            }
            SipCommand::AnswerReoffer { dialog, sdp } => {
                self.in_known(dialog, |stack, session| stack.answer_reoffer(now, session, sdp));
            }
            SipCommand::RejectReoffer { dialog, status, headers } => {
                self.in_known(dialog, |stack, session| {
                    stack.reject_reoffer(now, session, status, headers);
                });
            }
            SipCommand::Reinvite { dialog, sdp } => {
                let asking = Asking { by: ReofferBy::Reinvite, sdp: Some(sdp) };
                self.in_known(dialog, |stack, session| stack.reoffer(now, session, asking));
            }
            SipCommand::Probe { dialog } => {
                self.in_known(dialog, |stack, session| stack.probe(now, session));
            }
            SipCommand::Ask { ask, peer, request_uri, wait } => {
                self.ask_peer(now, ask, peer, &request_uri, wait)
            }
            SipCommand::ByeStored { state } => self.bye_stored(now, *state),
        }
    }

    fn in_known(&mut self, dialog: DialogKey, order: impl FnOnce(&mut Self, &mut Session)) {
        if self.with_session(dialog, order).is_none() {
            self.counters.commands_too_late += 1;
        }
    }
}
