//! OPTIONS: what we can do, for those who ask (RFC 3261 section 11), and our own to a peer that may have vanished.

use acd_core::Timestamp;

use super::Session;
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
        let mut request = self.dialog_request(session, Method::Options);
        request.headers.push(HeaderName::Accept, SDP);
        self.send_request(now, session.state.next_hop(), request, ClientUser::Probe(session.key));
        self.save(session);
    }

    pub(in crate::sip) fn probe_answered(&mut self, now: Timestamp, dialog: DialogKey, status: u16) {
        // Any other answer, 405 too, shows that the peer knows the dialog.
        if matches!(status, 408 | 481) {
            self.probe_failed(now, dialog, status, false);
        }
    }

    pub(in crate::sip) fn probe_failed(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        status: u16,
        by_transport: bool,
    ) {
        self.with_session(dialog, |stack, session| {
            if session.is_established() {
                let end = if by_transport { DialogEnd::TransportFailed } else { DialogEnd::PeerGone(status) };
                stack.end_session(now, session, end, status != 481);
            }
        });
    }
}
