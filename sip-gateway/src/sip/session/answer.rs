//! Our answers to an INVITE (RFC 3261 section 13.3.1).

use acd_core::Timestamp;

use super::invite::sdp_of;
use super::timer::negotiate;
use super::{Phase, Session, Unacked};
use crate::sip::event::{DialogKey, TransactionKey};
use crate::sip::message::{HeaderName, Request, Response, with_to_tag};
use crate::sip::send::{ALLOW, SDP, SUPPORTED};
use crate::sip::stack::SipStack;

impl SipStack {
    pub(super) fn provisional(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        status: u16,
        reason: &str,
        sdp: Option<Vec<u8>>,
    ) {
        self.with_session(dialog, |stack, session| {
            let Phase::Arrived { request, transaction } = &session.phase else {
                stack.counters.commands_too_late += 1;
                return;
            };
            let (request, transaction) = (request.clone(), *transaction);
            let mut response = stack.dialog_response(session, &request, status, reason);
            if let Some(sdp) = sdp {
                session.state.local_sdp.clone_from(&sdp);
                response.headers.push(HeaderName::ContentType, SDP);
                response.body = sdp;
            }
            if session.reliable.is_wanted(&request, &response) {
                stack.provisional_reliably(now, session, transaction, response);
            } else {
                stack.respond(now, transaction, &response);
            }
        });
    }

    pub(super) fn accept(&mut self, now: Timestamp, session: &mut Session, sdp: Vec<u8>) {
        let Phase::Arrived { request, transaction } = &session.phase else {
            self.counters.commands_too_late += 1;
            return;
        };
        if session.reliable.holds_answer() {
            // RFC 3262 section 3: not before the PRACK of a provisional answer that has SDP.
            session.reliable.accept_later(sdp);
            return;
        }
        let (request, transaction) = (request.clone(), *transaction);
        session.reliable.stop();
        session.phase = Phase::Established;
        session.state.early = false;
        let response = self.success(now, session, &request, sdp);
        self.respond_until_acked(now, session, transaction, &response, &request);
        self.save(session);
    }

    /// 200 to an INVITE or an UPDATE of the peer, with SDP and session timer.
    pub(super) fn success(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        request: &Request,
        sdp: Vec<u8>,
    ) -> Response {
        let mut response = self.dialog_response(session, request, 200, "OK");
        response.headers.push(HeaderName::Allow, ALLOW);
        response.headers.push(HeaderName::Supported, SUPPORTED);
        // An interval below ours was refused when the request came.
        let agreed = negotiate(&self.config, request, session.timer.as_ref()).unwrap_or_default();
        if let Some(agreed) = &agreed {
            agreed.write(&mut response.headers);
        }
        session.timer = agreed.map(|agreed| agreed.start(now));
        if !sdp.is_empty() {
            session.state.local_sdp.clone_from(&sdp);
            response.headers.push(HeaderName::ContentType, SDP);
            response.body = sdp;
        }
        response
    }

    /// Sends a 2xx to INVITE, again and again until its ACK comes (RFC 3261 section 13.3.1.4).
    pub(super) fn respond_until_acked(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        response: &Response,
        request: &Request,
    ) {
        let Some((peer, bytes)) = self.respond(now, transaction, response) else { return };
        let timing = &self.config.timing;
        session.unacked.push(Unacked {
            cseq: response.headers.cseq().map_or(0, |cseq| cseq.number),
            bytes,
            peer,
            resend: now + timing.t1,
            interval: timing.t1,
            give_up: now + timing.timeout(),
            is_reoffer: request.headers.to().is_ok_and(|to| to.tag().is_some()),
            is_late_offer: !has_offer(request),
        });
    }

    pub(super) fn reject_session(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        status: u16,
        reason: &str,
        headers: Vec<(HeaderName, Vec<u8>)>,
    ) {
        let Phase::Arrived { request, transaction } = &session.phase else {
            self.counters.commands_too_late += 1;
            return;
        };
        let mut response = request.response(status, reason);
        with_to_tag(&mut response, &session.state.local_tag);
        response.headers.push(HeaderName::Server, self.config.user_agent.as_bytes());
        for (name, value) in headers {
            response.headers.push(name, value);
        }
        self.respond(now, *transaction, &response);
        session.phase = Phase::Gone;
    }

    /// Forgets an INVITE as if it had never come; with `response`, after one answer.
    pub(super) fn forget_invite(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        response: impl FnOnce(&Self, &Request) -> Option<Response>,
    ) {
        self.with_session(dialog, |stack, session| {
            let Phase::Arrived { request, transaction } = &session.phase else {
                stack.counters.commands_too_late += 1;
                return;
            };
            if let Some(response) = response(stack, request) {
                let peer = session.state.peer;
                stack.respond_stateless(peer, request, &response);
            }
            stack.end_transaction(now, *transaction, None);
            session.phase = Phase::Gone;
        });
    }

    /// A response that belongs to the dialog: our To tag and Contact, the Record-Route as received (RFC 3261 section
    /// 12.1.1).
    pub(super) fn dialog_response(
        &self,
        session: &Session,
        request: &Request,
        status: u16,
        reason: &str,
    ) -> Response {
        let mut response = request.response(status, reason);
        with_to_tag(&mut response, &session.state.local_tag);
        for value in request.headers.get_all(&HeaderName::RecordRoute) {
            response.headers.push(HeaderName::RecordRoute, value);
        }
        response.headers.push(HeaderName::Contact, self.contact(&session.state.peer, session.key));
        response.headers.push(HeaderName::Server, self.config.user_agent.as_bytes());
        response
    }
}

impl Session {
    /// Whether our offer waits for its answer in the ACK.
    pub(super) fn awaits_answer_in_ack(&self) -> bool {
        self.unacked.iter().any(|unacked| unacked.is_late_offer)
    }
}

/// Whether a request brought an offer.
pub(super) fn has_offer(request: &Request) -> bool {
    sdp_of(&request.body).is_some()
}
