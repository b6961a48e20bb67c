//! Requests out of any dialog that are no INVITE: REGISTER and OPTIONS are the owner's, the rest is refused.

use std::sync::Arc;

use acd_core::Timestamp;

use super::unsupported_options;
use crate::sip::event::{SipEvent, TransactionKey, Transmit};
use crate::sip::message::{HeaderName, Method, Request, Response, Scheme, Uri};
use crate::sip::receive::Arrival;
use crate::sip::send::ALLOW;
use crate::sip::stack::SipStack;

impl SipStack {
    pub(in crate::sip) fn out_of_dialog(&mut self, now: Timestamp, arrival: Arrival) {
        match arrival.request.method {
            Method::Invite => self.invite_arrived(now, arrival),
            Method::Options | Method::Register => self.ask_owner(arrival),
            // These live within a dialog only (RFC 3261 section 15.1.2, RFC 3311, RFC 3262, RFC 6086, RFC 6665).
            Method::Bye | Method::Update | Method::Prack | Method::Info | Method::Notify => {
                self.refuse(&arrival, 481);
            }
            Method::Ack
            | Method::Cancel
            | Method::Refer
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Other(_) => {
                let response = self.not_allowed_response(&arrival.request);
                self.respond_stateless(arrival.peer, &arrival.request, &response);
            }
        }
    }

    /// What every request out of a dialog must pass (RFC 3261 section 8.2.2). The answer to one that does not.
    pub(super) fn objection(&self, request: &Request) -> Option<Response> {
        let scheme = Uri::parse(&request.uri).map(|uri| uri.scheme);
        if !matches!(scheme, Ok(Scheme::Sip | Scheme::Sips | Scheme::Tel)) {
            return Some(self.plain_answer(request, 416));
        }
        let unsupported = unsupported_options(request)?;
        let mut response = self.plain_answer(request, 420);
        response.headers.push(HeaderName::Unsupported, unsupported);
        Some(response)
    }

    fn ask_owner(&mut self, arrival: Arrival) {
        if let Some(response) = self.objection(&arrival.request) {
            self.respond_stateless(arrival.peer, &arrival.request, &response);
            return;
        }
        let transaction = self.begin_server(&arrival, None);
        let request = Arc::new(arrival.request);
        self.events.push_back(SipEvent::RequestArrived { transaction, request, peer: arrival.peer });
    }

    /// Answers what [`Self::ask_owner`] asked.
    pub(super) fn respond_for_owner(
        &mut self,
        now: Timestamp,
        transaction: TransactionKey,
        response: Response,
    ) {
        if self.transactions.server(transaction).is_none() {
            self.counters.commands_too_late += 1;
            return;
        }
        let response = self.as_ours(response);
        self.respond(now, transaction, &response);
    }

    /// Answers what [`Self::ask_owner`] asked, and forgets that it was asked.
    pub(super) fn respond_and_forget(
        &mut self,
        now: Timestamp,
        transaction: TransactionKey,
        response: Response,
    ) {
        let Some(server) = self.transactions.server(transaction) else {
            self.counters.commands_too_late += 1;
            return;
        };
        let peer = server.reply_to;
        let response = self.as_ours(response);
        self.counters.response_sent(&response);
        self.outbox.push_back(Transmit { peer, bytes: response.to_bytes().into() });
        self.end_transaction(now, transaction, None);
    }

    /// With a To tag and our name.
    fn as_ours(&mut self, mut response: Response) -> Response {
        let tag = self.random.tag();
        crate::sip::message::with_to_tag(&mut response, &tag);
        if response.headers.get(&HeaderName::Server).is_none() {
            response.headers.push(HeaderName::Server, self.config.user_agent.as_bytes());
        }
        response
    }

    /// 405 with Allow for a method that we know and do not take here, 501 for one that we do not know (RFC 3261
    /// sections 8.2.1 and 21.5.2).
    pub fn not_allowed_response(&self, request: &Request) -> Response {
        let status = if matches!(request.method, Method::Other(_)) { 501 } else { 405 };
        let mut response = self.plain_answer(request, status);
        response.headers.push(HeaderName::Allow, ALLOW);
        response
    }
}
