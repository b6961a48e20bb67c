//! UPDATE, theirs and ours (RFC 3311): an offer, or a refresh without SDP (RFC 4028 section 7.4).

use acd_core::Timestamp;

use super::{Phase, Session};
use crate::sip::event::{DialogKey, ReofferBy, TransactionKey};
use crate::sip::message::{HeaderName, Method, Request, Response};
use crate::sip::send::SUPPORTED_AS_UAC;
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

impl SipStack {
    pub(super) fn update_arrived(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        request: Request,
    ) {
        if !request.body.is_empty() {
            match self.reoffer_objection(session, &request) {
                Some(response) => drop(self.respond(now, transaction, &response)),
                None => self.ask(session, transaction, request, ReofferBy::Update),
            }
            return;
        }
        let objection = match session.phase {
            Phase::Ending { .. } | Phase::Failed { .. } | Phase::Gone => {
                Some(self.plain_answer(&request, 481))
            }
            Phase::Arrived { .. } | Phase::Calling { .. } | Phase::Established => {
                self.interval_objection(&request)
            }
        };
        if let Some(response) = objection {
            self.respond(now, transaction, &response);
            return;
        }
        session.note_peer(&request.headers);
        session.state.refresh_target(&request.headers);
        let response = if session.is_established() {
            self.success(now, session, &request, Vec::new())
        } else {
            self.dialog_response(session, &request, 200, "OK")
        };
        self.respond(now, transaction, &response);
    }

    /// Our refresh.
    pub(super) fn send_update(&mut self, now: Timestamp, session: &mut Session) {
        let mut request = self.dialog_request(session, Method::Update);
        request.headers.push(HeaderName::Supported, SUPPORTED_AS_UAC);
        self.write_refresh(session, &mut request);
        self.send_request(now, session.state.next_hop(), request, ClientUser::Update(session.key));
    }

    pub(in crate::sip) fn update_answered(&mut self, now: Timestamp, dialog: DialogKey, response: &Response) {
        if response.status >= 300 {
            self.reoffer_failed(now, dialog, response.status, Some(response));
            return;
        }
        self.with_session(dialog, |stack, session| {
            if session.is_established() {
                stack.reoffer_accepted(now, session, response);
            }
        });
    }
}
