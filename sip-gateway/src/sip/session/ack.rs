//! ACK: the peer's for our 2xx, which is sent again until it comes, and ours for theirs.

use std::sync::Arc;

use acd_core::Timestamp;

use super::invite::sdp_of;
use super::{Phase, Session};
use crate::sip::dialog::{DialogState, to_tag};
use crate::sip::event::{DialogEnd, DialogKey, SipEvent, TransactionKey, Transmit};
use crate::sip::message::{HeaderName, Headers, Method, Request, Response};
use crate::sip::stack::SipStack;
use crate::sip::transaction::SentAck;

impl SipStack {
    /// An ACK within a dialog, for a 2xx of ours or for nothing.
    pub(in crate::sip) fn dialog_acked(&mut self, now: Timestamp, dialog: DialogKey, request: &Request) {
        let cseq = request.headers.cseq().map_or(0, |cseq| cseq.number);
        self.with_session(dialog, |stack, session| {
            let Some(at) = session.unacked.iter().position(|unacked| unacked.cseq == cseq) else {
                stack.counters.retransmissions_absorbed += 1;
                return;
            };
            let unacked = session.unacked.remove(at);
            stack.counters.request_received(&Method::Ack);
            if !session.is_established() {
                return;
            }
            if let Some(reason) = session.bye_wanted.take() {
                stack.send_bye(now, session, reason, Some(DialogEnd::Released));
                return;
            }
            let (dialog, sdp) = (session.key, sdp_of(&request.body));
            stack.events.push_back(if unacked.is_reoffer {
                SipEvent::ReofferAcked { dialog, sdp }
            } else {
                SipEvent::InviteAcked { dialog, sdp }
            });
        });
    }

    /// Sends our 2xx again, or gives their ACK up (RFC 3261 section 13.3.1.4).
    pub(super) fn fire_unacked(&mut self, now: Timestamp, session: &mut Session) {
        if session.unacked.iter().any(|unacked| unacked.give_up <= now) {
            session.unacked.clear();
            if let Some(reason) = session.bye_wanted.take() {
                self.send_bye(now, session, reason, Some(DialogEnd::Released));
            } else {
                self.events.push_back(SipEvent::AckMissing { dialog: session.key });
                self.end_session(now, session, DialogEnd::AckMissing, true);
            }
            return;
        }
        let t2 = self.config.timing.t2;
        for unacked in session.unacked.iter_mut().filter(|unacked| unacked.resend <= now) {
            unacked.interval = (unacked.interval * 2).min(t2);
            unacked.resend = now + unacked.interval;
            self.counters.retransmissions_sent += 1;
            self.outbox.push_back(Transmit { peer: unacked.peer, bytes: Arc::clone(&unacked.bytes) });
        }
    }

    /// Acknowledges a 2xx to an INVITE of ours, as a request of its own (RFC 3261 section 13.2.2.4). The transaction, if
    /// it is there still, does so again when the 2xx comes again.
    pub(super) fn ack_success(
        &mut self,
        state: &DialogState,
        transaction: Option<TransactionKey>,
        response: &Response,
    ) {
        let cseq = response.headers.cseq().map_or(0, |cseq| cseq.number);
        let mut request = state.request(Method::Ack, cseq);
        let peer = state.next_hop();
        let branch = self.random.branch();
        self.add_via(&mut request, &peer, &branch);
        let bytes = self.send_ack(peer, &request);
        if let Some(client) = transaction.and_then(|key| self.transactions.client_mut(key)) {
            client.invite = None;
            client.keep_ack(SentAck { to_tag: to_tag(response), peer, bytes });
        }
    }

    /// Acknowledges a final answer other than 2xx, hop by hop (RFC 3261 section 17.1.1.3).
    pub(in crate::sip) fn ack_refusal(&mut self, key: TransactionKey, response: &Response) {
        let Some(client) = self.transactions.client_mut(key) else { return };
        let Some(invite) = client.invite.take() else { return };
        let peer = client.peer;
        let mut ack = like(&invite, Method::Ack);
        if let Some(to) = response.headers.get(&HeaderName::To) {
            ack.headers.set(HeaderName::To, to);
        }
        let bytes = self.send_ack(peer, &ack);
        if let Some(client) = self.transactions.client_mut(key) {
            client.keep_ack(SentAck { to_tag: Vec::new(), peer, bytes });
        }
    }

    /// Whether a 2xx has been acknowledged already.
    pub(in crate::sip) fn is_acked(&self, key: TransactionKey, response: &Response) -> bool {
        self.transactions.client(key).is_some_and(|client| client.ack_for(&to_tag(response)).is_some())
    }

    /// The response came again: so does its ACK.
    pub(in crate::sip) fn ack_again(&mut self, key: TransactionKey, to_tag: &[u8]) {
        self.counters.retransmissions_absorbed += 1;
        let ack = self.transactions.client(key).and_then(|client| client.ack_for(to_tag));
        if let Some(SentAck { peer, bytes, .. }) = ack {
            self.counters.retransmissions_sent += 1;
            self.outbox.push_back(Transmit { peer: *peer, bytes: Arc::clone(bytes) });
        }
    }

    /// A 2xx that nobody wants: from a second branch of a fork, or after the call was given up. The dialog that it
    /// makes at the peer is ended at once.
    pub(in crate::sip) fn late_answer(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        transaction: Option<TransactionKey>,
        response: &Response,
    ) {
        self.with_session(dialog, |stack, session| {
            stack.end_fork(now, session, transaction, response);
        });
    }

    pub(super) fn end_fork(
        &mut self,
        now: Timestamp,
        session: &Session,
        transaction: Option<TransactionKey>,
        response: &Response,
    ) {
        let is_ours = session.is_established() && to_tag(response) == session.state.remote_tag;
        if is_ours || matches!(session.phase, Phase::Arrived { .. } | Phase::Gone) {
            return;
        }
        let mut state = session.state.clone();
        state.take_response(response);
        self.ack_success(&state, transaction, response);
        self.bye_unseen(now, &state, None);
    }
}

/// A request that goes the way of an INVITE of ours: its Request-URI, top Via, routes and addresses (RFC 3261 sections
/// 9.1 and 17.1.1.3).
pub(super) fn like(invite: &Request, method: Method) -> Request {
    let mut request = Request::new(method, invite.uri.clone());
    let cseq = invite.headers.cseq().map_or(0, |cseq| cseq.number);
    let mut headers = Headers::new();
    for (name, value) in invite.headers.iter() {
        let copied = *name == HeaderName::Via
            || *name == HeaderName::MaxForwards
            || *name == HeaderName::Route
            || *name == HeaderName::From
            || *name == HeaderName::To
            || *name == HeaderName::CallId;
        if copied {
            headers.push(name.clone(), value);
        }
    }
    headers.push(HeaderName::CSeq, [cseq.to_string().as_bytes(), b" ", request.method.as_bytes()].concat());
    request.headers = headers;
    request
}
