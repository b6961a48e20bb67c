//! OPTIONS: what we can do, for those who ask (RFC 3261 section 11), and our own to a peer that may have vanished.

use acd_core::Timestamp;

use super::{Probing, Session};
use crate::sip::event::{DialogEnd, DialogKey};
use crate::sip::message::{HeaderName, Method, Request, Response};
use crate::sip::send::{ALLOW, SDP, SUPPORTED};
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

impl SipStack {
    /// 200 to OPTIONS: methods, bodies, languages and extensions (RFC 3261 section 11.2).
    pub fn options_response(&self, request: &Request) -> Response {
        let mut response = self.plain_answer(request, 200);
        let headers = &mut response.headers;
        headers.push(HeaderName::Allow, ALLOW);
        headers.push(HeaderName::Accept, SDP);
        headers.push(HeaderName::AcceptEncoding, "identity");
        headers.push(HeaderName::AcceptLanguage, "ja");
        headers.push(HeaderName::Supported, SUPPORTED);
        response
    }

    /// Asks the peer whether the dialog still is one (R-L10).
    pub(super) fn probe(&mut self, now: Timestamp, session: &mut Session) {
        if !session.is_established() {
            self.counters.commands_too_late += 1;
            return;
        }
        session.probing = Some(Probing { again: None, give_up: now + self.config.timing.timeout() });
        self.send_probe(now, session);
    }

    fn send_probe(&mut self, now: Timestamp, session: &mut Session) {
        let mut request = self.dialog_request(session, Method::Options);
        request.headers.push(HeaderName::Accept, SDP);
        self.send_request(now, session.state.next_hop(), request, ClientUser::Probe(session.key));
        self.save(session);
    }

    pub(in crate::sip) fn probe_answered(&mut self, now: Timestamp, dialog: DialogKey, status: u16) {
        // Any other answer, 405 too, shows that the peer knows the dialog.
        self.with_session(dialog, |stack, session| {
            session.probing = None;
            if matches!(status, 408 | 481) {
                stack.probed_in_vain(now, session, status);
            }
        });
    }

    /// No answer came (408), or the request could not be sent. The latter says nothing of the dialog: it may be ICMP
    /// about something else that was sent there, or a connection that its other end had closed (RFC 3261 section 8.1.3.1:
    /// 503). So it is sent again until one that nobody answered would have timed out.
    pub(in crate::sip) fn probe_failed(&mut self, now: Timestamp, dialog: DialogKey, by_transport: bool) {
        let again = now + self.config.timing.t2;
        self.with_session(dialog, |stack, session| match &mut session.probing {
            Some(probing) if by_transport && again < probing.give_up => probing.again = Some(again),
            Some(_) => stack.probed_in_vain(now, session, 408),
            // The peer has answered another one.
            None => {}
        });
    }

    fn probed_in_vain(&mut self, now: Timestamp, session: &mut Session, status: u16) {
        session.probing = None;
        if session.is_established() {
            self.end_session(now, session, DialogEnd::PeerGone(status), status != 481);
        }
    }

    /// Sends an OPTIONS again that could not be sent.
    pub(super) fn fire_probe(&mut self, now: Timestamp, session: &mut Session) {
        let Some(probing) = &mut session.probing else { return };
        if probing.again.is_some_and(|at| at <= now) {
            probing.again = None;
            if session.is_established() {
                self.send_probe(now, session);
            }
        }
    }
}
