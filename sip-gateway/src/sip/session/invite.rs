//! An INVITE to us (RFC 3261 section 13.3): the checks that come before anybody's policy, then the owner is asked.

use std::sync::Arc;

use acd_core::Timestamp;

use super::timer::negotiate;
use super::{Phase, Session};
use crate::limits::DIALOGS_MAX;
use crate::sip::dialog::DialogState;
use crate::sip::event::SipEvent;
use crate::sip::message::{HeaderName, Request, Response};
use crate::sip::receive::Arrival;
use crate::sip::send::SDP;
use crate::sip::stack::SipStack;
use crate::sip::transaction::ArrivalKey;

impl SipStack {
    pub(super) fn invite_arrived(&mut self, now: Timestamp, arrival: Arrival) {
        let request = &arrival.request;
        let objection = self.invite_objection(request);
        if let Some(response) = objection {
            self.respond_stateless(arrival.peer, request, &response);
            return;
        }
        if self.sessions.len() >= DIALOGS_MAX {
            self.full.dialogs = true;
            return self.refuse_overload(arrival);
        }
        let dialog = self.next_dialog();
        let transaction = self.begin_server(&arrival, Some(dialog));
        let peer = arrival.peer;
        let state = DialogState::uas(&arrival.request, peer, self.random.tag());
        let request = Arc::new(arrival.request);
        self.trying.push((transaction, request.respond(100)));
        let id = state.id();
        let phase = Phase::Arrived { request: Arc::clone(&request), transaction };
        let mut session = Session::new(dialog, state, phase);
        session.note_peer(&request.headers);
        self.add_session(session, id);
        tracing::debug!(dialog = dialog.0, at = now.as_millis(), "INVITE arrived");
        self.events.push_back(SipEvent::InviteArrived { dialog, request, peer });
    }

    /// What every INVITE out of a dialog must pass. The answer to one that does not.
    pub(in crate::sip) fn invite_objection(&self, request: &Request) -> Option<Response> {
        if self.transactions.has_arrived(&ArrivalKey::new(request)) {
            return Some(self.plain_answer(request, 482));
        }
        self.objection(request)
            .or_else(|| self.body_objection(request))
            .or_else(|| self.interval_objection(request))
    }

    /// A body that we cannot read, or an answer that the caller could not (RFC 3261 sections 8.2.3 and 21.4.13).
    pub(super) fn body_objection(&self, request: &Request) -> Option<Response> {
        let headers = &request.headers;
        if !request.body.is_empty() {
            let encoding = headers.get(&HeaderName::ContentEncoding);
            if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
                let mut response = self.plain_answer(request, 415);
                response.headers.push(HeaderName::AcceptEncoding, "identity");
                return Some(response);
            }
            // A body without a type is taken for what it must be in an INVITE.
            if headers.content_type().is_some() && !headers.content_type_is(SDP) {
                let mut response = self.plain_answer(request, 415);
                response.headers.push(HeaderName::Accept, SDP);
                return Some(response);
            }
        }
        (!headers.accepts(SDP)).then(|| self.plain_answer(request, 406))
    }

    /// 422 for a session interval below ours (RFC 4028 section 9).
    pub(super) fn interval_objection(&self, request: &Request) -> Option<Response> {
        if negotiate(&self.config, request, None).is_ok() {
            return None;
        }
        let mut response = self.plain_answer(request, 422);
        response.headers.push(HeaderName::MinSe, self.config.min_se_s.to_string());
        Some(response)
    }
}

/// The SDP of a message, if it has any.
pub(super) fn sdp_of(body: &[u8]) -> Option<Vec<u8>> {
    (!body.is_empty()).then(|| body.to_vec())
}
