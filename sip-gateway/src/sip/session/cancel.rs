//! CANCEL, theirs and ours (RFC 3261 section 9).

use acd_core::Timestamp;

use super::ack::like;
use super::{Cancel, Phase, Session};
use crate::sip::event::{SipEvent, TransactionKey};
use crate::sip::message::Method;
use crate::sip::receive::Arrival;
use crate::sip::stack::SipStack;
use crate::sip::transaction::{ClientMatch, ClientUser, ServerMachine, ServerMatch};

impl SipStack {
    /// A CANCEL: 481 for no INVITE of ours; 200 and no effect after the final answer; else 200, and 487 to the INVITE.
    pub(in crate::sip) fn cancel_arrived(&mut self, now: Timestamp, arrival: &Arrival) {
        let matching = ServerMatch::new(&arrival.request, &arrival.via, &Method::Invite);
        let invite = self.transactions.find_server(&matching);
        let Some(invite) = invite else {
            self.refuse(arrival, 481);
            return;
        };
        let dialog = self.transactions.server(invite).and_then(|server| server.dialog);
        let transaction = self.begin_server(arrival, None);
        let mut response = arrival.request.respond(200);
        // The To tag is that of the answers to the INVITE (RFC 3261 section 9.2).
        let tag = dialog.and_then(|dialog| self.sessions.get(dialog)).map(|s| s.state.local_tag.clone());
        if let Some(tag) = tag {
            crate::sip::message::with_to_tag(&mut response, &tag);
        }
        let response = self.tagged(&arrival.request, response);
        self.respond(now, transaction, &response);
        self.reschedule_transaction(transaction);
        let is_open = self.transactions.server(invite).is_some_and(|server| match &server.machine {
            ServerMachine::Invite(machine) => machine.is_open(),
            ServerMachine::Other(_) => false,
        });
        if let (true, Some(dialog)) = (is_open, dialog) {
            self.with_session(dialog, |stack, session| stack.cancel_session(now, session, invite));
        }
    }

    fn cancel_session(&mut self, now: Timestamp, session: &mut Session, invite: TransactionKey) {
        match &session.phase {
            Phase::Arrived { .. } => {
                self.reject_session(now, session, 487, "Request Terminated", Vec::new());
                self.events.push_back(SipEvent::InviteCancelled { dialog: session.key });
            }
            // A re-INVITE is cancelled; the dialog goes on. What the owner answers comes too late.
            Phase::Established => {
                if session.asked.as_ref().is_some_and(|asked| asked.transaction == invite) {
                    self.refuse_asked(now, session, 487);
                }
            }
            Phase::Calling { .. } | Phase::Ending { .. } | Phase::Failed { .. } | Phase::Gone => {}
        }
    }

    /// The owner gives up our INVITE.
    pub(super) fn cancel(&mut self, now: Timestamp, session: &mut Session) {
        match session.phase {
            Phase::Calling { transaction, cancel: Cancel::No } => {
                let heard =
                    self.transactions.client(transaction).is_some_and(|client| !client.is_unanswered());
                session.phase = Phase::Calling { transaction, cancel: Cancel::Wanted };
                if heard {
                    self.send_cancel(now, session);
                }
            }
            Phase::Calling { .. } => {}
            // The 2xx was faster, and the owner may not have seen it yet.
            Phase::Established => self.bye(now, session, None),
            Phase::Arrived { .. } | Phase::Ending { .. } | Phase::Failed { .. } | Phase::Gone => {
                self.counters.commands_too_late += 1;
            }
        }
    }

    /// Sends the CANCEL that waited for a provisional answer.
    pub(super) fn send_cancel(&mut self, now: Timestamp, session: &mut Session) {
        let Phase::Calling { transaction, cancel: Cancel::Wanted } = session.phase else { return };
        let Some(client) = self.transactions.client(transaction) else { return };
        let Some(invite) = &client.invite else { return };
        let (peer, request) = (client.peer, like(invite, Method::Cancel));
        let branch = request.headers.top_via().ok().and_then(|via| via.branch).unwrap_or_default();
        let matching = ClientMatch::new(&branch, &Method::Cancel);
        self.send_prepared(now, peer, request, matching, ClientUser::Nobody);
        let give_up = now + self.config.timing.timeout();
        session.phase = Phase::Calling { transaction, cancel: Cancel::Sent { give_up } };
    }

    /// RFC 3261 section 9.1: an INVITE whose CANCEL brings no final answer within 64·T1 is taken as cancelled.
    pub(super) fn fire_cancel(&mut self, now: Timestamp, session: &mut Session) {
        let Phase::Calling { transaction, cancel: Cancel::Sent { give_up } } = session.phase else { return };
        if give_up <= now {
            self.end_transaction(now, transaction, None);
            self.fail_session(now, session, 487, false);
        }
    }
}
