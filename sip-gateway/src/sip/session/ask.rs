//! OPTIONS of our own out of any dialog: whether a peer is there at all (RFC 3261 section 11).

use std::time::Duration;

use acd_core::Timestamp;

use crate::sip::event::{AskKey, Peer, SipEvent};
use crate::sip::message::{HeaderName, Method, NameAddr, Request, Uri};
use crate::sip::send::{ALLOW, SDP, SUPPORTED_AS_UAC};
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

impl SipStack {
    pub(super) fn ask_peer(
        &mut self,
        now: Timestamp,
        ask: AskKey,
        peer: Peer,
        request_uri: &Uri,
        wait: Duration,
    ) {
        let (host, port) = self.config.advertised(&peer);
        let from = NameAddr::new(Uri::sip(None, host, Some(port))).to_bytes();
        let contact = [b"<", self.own_uri(&peer).raw(), b">"].concat();
        let mut request = Request::new(Method::Options, request_uri.raw().to_vec());
        let headers = &mut request.headers;
        headers.push(HeaderName::MaxForwards, "70");
        headers.push(HeaderName::From, [from.as_slice(), b";tag=", &self.random.tag()].concat());
        headers.push(HeaderName::To, NameAddr::new(request_uri.clone()).to_bytes());
        headers.push(HeaderName::CallId, self.random.call_id());
        headers.push(HeaderName::CSeq, "1 OPTIONS");
        headers.push(HeaderName::Contact, contact);
        headers.push(HeaderName::Accept, SDP);
        headers.push(HeaderName::Allow, ALLOW);
        headers.push(HeaderName::Supported, SUPPORTED_AS_UAC);
        let key = self.send_request(now, peer, request, ClientUser::Ask(ask));
        self.transactions.limit(key, now + wait);
        self.reschedule_transaction(key);
    }

    pub(in crate::sip) fn ask_answered(&mut self, ask: AskKey, status: u16) {
        self.events.push_back(SipEvent::AskAnswered { ask, status });
    }

    pub(in crate::sip) fn ask_failed(&mut self, ask: AskKey, by_transport: bool) {
        self.events.push_back(SipEvent::AskUnanswered { ask, by_transport });
    }

    /// Where we are reached by that peer, as a URI without a user.
    fn own_uri(&self, peer: &Peer) -> Uri {
        let (host, port) = self.config.advertised(peer);
        let uri = Uri::sip(None, host, Some(port));
        if peer.transport.is_reliable() { uri.with_param("transport", Some("tcp")) } else { uri }
    }
}
