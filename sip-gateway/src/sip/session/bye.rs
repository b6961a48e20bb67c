//! BYE, theirs and ours, and every other way in which a dialog ends (RFC 3261 section 15).

use acd_core::Timestamp;

use super::{Phase, Session};
use crate::limits::CSEQ_UNSAVED_MAX;
use crate::sip::dialog::{DialogRole, DialogState};
use crate::sip::event::{DialogEnd, DialogKey, SipEvent, TransactionKey};
use crate::sip::message::{HeaderName, Method, Request};
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

impl SipStack {
    pub(super) fn bye_arrived(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        request: &Request,
    ) {
        match session.phase {
            Phase::Arrived { .. } => {
                // The caller may end an early dialog by BYE instead of CANCEL (RFC 3261 section 15).
                self.answer_plainly(now, transaction, request, 200);
                self.reject_session(now, session, 487, "Request Terminated", Vec::new());
                self.events.push_back(SipEvent::InviteCancelled { dialog: session.key });
            }
            Phase::Calling { .. } => {
                // Its 2xx is on the way or lost: it answered, and hung up at once.
                self.answer_plainly(now, transaction, request, 200);
                self.tell_failure(session, 487, false);
                self.cancel(now, session);
            }
            Phase::Established => {
                self.answer_plainly(now, transaction, request, 200);
                self.refuse_asked(now, session, 487);
                self.tell_end(session, DialogEnd::ByPeer);
                session.phase = Phase::Gone;
            }
            Phase::Ending { .. } => self.answer_plainly(now, transaction, request, 200),
            Phase::Failed { .. } | Phase::Gone => self.answer_plainly(now, transaction, request, 481),
        }
    }

    /// The owner ends the dialog.
    pub(super) fn bye(&mut self, now: Timestamp, session: &mut Session, reason: Option<String>) {
        match session.phase {
            Phase::Arrived { .. } => {
                self.reject_session(now, session, 480, "Temporarily Unavailable", Vec::new());
                self.tell_end(session, DialogEnd::Released);
            }
            Phase::Calling { .. } => self.cancel(now, session),
            Phase::Established if session.state.role == DialogRole::Uas && !session.unacked.is_empty() => {
                // RFC 3261 section 15: the callee's BYE waits for the ACK, or until it is given up.
                session.bye_wanted = Some(reason);
            }
            Phase::Established => self.send_bye(now, session, reason, Some(DialogEnd::Released)),
            Phase::Ending { .. } | Phase::Failed { .. } | Phase::Gone => {
                self.counters.commands_too_late += 1;
            }
        }
    }

    /// Sends BYE; `end` is told when it is answered.
    pub(super) fn send_bye(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        reason: Option<String>,
        end: Option<DialogEnd>,
    ) {
        self.refuse_asked(now, session, 487);
        session.unacked.clear();
        session.timer = None;
        session.retry = None;
        let mut request = self.dialog_request(session, Method::Bye);
        if let Some(reason) = reason {
            request.headers.push(HeaderName::Reason, reason);
        }
        session.phase = Phase::Ending { end };
        if end.is_some() {
            self.save(session);
        }
        self.send_request(now, session.state.next_hop(), request, ClientUser::Bye(session.key));
    }

    /// Our BYE got its final answer, or was given up.
    pub(in crate::sip) fn bye_answered(&mut self, dialog: DialogKey) {
        self.with_session(dialog, |stack, session| {
            if let Phase::Ending { end } = session.phase {
                if let Some(end) = end {
                    stack.tell_end(session, end);
                }
                session.phase = Phase::Gone;
            }
        });
    }

    /// Ends a dialog for a reason of our own. The owner is told at once: a peer that is gone must not hold a line for
    /// the 32 s that its BYE takes to fail.
    pub(super) fn end_session(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        end: DialogEnd,
        with_bye: bool,
    ) {
        self.tell_end(session, end);
        session.is_quiet = true;
        if with_bye {
            self.send_bye(now, session, None, None);
        } else {
            self.refuse_asked(now, session, 487);
            session.phase = Phase::Gone;
        }
    }

    /// BYE in a dialog that no session stands for.
    pub(super) fn bye_unseen(&mut self, now: Timestamp, state: &DialogState, reason: Option<&str>) {
        let mut request = state.request(Method::Bye, state.local_cseq + 1);
        if let Some(reason) = reason {
            request.headers.push(HeaderName::Reason, reason);
        }
        self.send_request(now, state.next_hop(), request, ClientUser::Nobody);
    }

    /// BYE in a dialog of the life before. An early dialog to us has no BYE (RFC 3261 section 15) and nothing to answer
    /// its INVITE with: its caller hears nothing more and gives up.
    pub(super) fn bye_stored(&mut self, now: Timestamp, mut state: DialogState) {
        if state.early && state.role == DialogRole::Uas {
            self.counters.commands_too_late += 1;
            return;
        }
        state.local_cseq += CSEQ_UNSAVED_MAX;
        // A connection of the life before is gone.
        if state.peer.transport.is_reliable() {
            state.connection_lost();
        }
        self.bye_unseen(now, &state, Some("Q.850;cause=41;text=\"switch restarted\""));
    }
}
