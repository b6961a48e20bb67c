//! Re-INVITE, theirs and ours (RFC 3261 section 14), and what it shares with UPDATE: one offer at a time.

use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::invite::sdp_of;
use super::timer::agreed_by_peer;
use super::{Asked, Asking, Phase, Session};
use crate::limits::REINVITE_WAIT_MAX;
use crate::limits::UNACKED_MAX;
use crate::sip::dialog::DialogRole;
use crate::sip::event::{DialogEnd, DialogKey, ReofferBy, SipEvent, TransactionKey};
use crate::sip::message::{HeaderName, Method, Request, Response, reason_phrase};
use crate::sip::send::{ALLOW, SDP, SUPPORTED_AS_UAC};
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

/// How long an own re-INVITE waits when something else is under way in the dialog.
const BUSY_RETRY: Duration = Duration::from_secs(1);

impl SipStack {
    pub(super) fn reinvite_arrived(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        request: Request,
    ) {
        if let Some(response) = self.reoffer_objection(session, &request) {
            self.respond(now, transaction, &response);
            return;
        }
        self.trying.push((transaction, request.respond(100)));
        self.ask(session, transaction, request, ReofferBy::Reinvite);
    }

    /// Why an offer cannot be taken now (RFC 3261 section 14.2, RFC 3311 section 5.2), or at all.
    pub(super) fn reoffer_objection(&mut self, session: &Session, request: &Request) -> Option<Response> {
        let status = match session.phase {
            Phase::Ending { .. } | Phase::Failed { .. } | Phase::Gone => 481,
            Phase::Calling { .. } => 491,
            Phase::Arrived { .. } => 500,
            Phase::Established if session.asked.is_some() || session.bye_wanted.is_some() => 500,
            Phase::Established if session.asking.is_some() || session.awaits_answer_in_ack() => 491,
            Phase::Established if session.unacked.len() >= UNACKED_MAX => 500,
            Phase::Established => {
                return self.body_objection(request).or_else(|| self.interval_objection(request));
            }
        };
        let mut response = self.plain_answer(request, status);
        if status == 500 {
            // RFC 3261 section 14.2: a random value of 0 to 10 seconds.
            response.headers.push(HeaderName::RetryAfter, self.random.below(11).to_string());
        }
        Some(response)
    }

    /// Asks the owner for the answer to an offer of the peer.
    pub(super) fn ask(
        &mut self,
        session: &mut Session,
        transaction: TransactionKey,
        request: Request,
        by: ReofferBy,
    ) {
        let sdp = sdp_of(&request.body);
        session.asked = Some(Asked { transaction, request: Arc::new(request), by });
        self.events.push_back(SipEvent::Reoffered { dialog: session.key, sdp, by });
    }

    pub(super) fn answer_reoffer(&mut self, now: Timestamp, session: &mut Session, sdp: Vec<u8>) {
        let Some(Asked { transaction, request, by }) = session.asked.take() else {
            self.counters.commands_too_late += 1;
            return;
        };
        session.note_peer(&request.headers);
        session.state.refresh_target(&request.headers);
        let response = self.success(now, session, &request, sdp);
        match by {
            ReofferBy::Reinvite => self.respond_until_acked(now, session, transaction, &response, &request),
            ReofferBy::Update => drop(self.respond(now, transaction, &response)),
        }
        self.save(session);
    }

    pub(super) fn reject_reoffer(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        status: u16,
        headers: Vec<(HeaderName, Vec<u8>)>,
    ) {
        let Some(Asked { transaction, request, .. }) = session.asked.take() else {
            self.counters.commands_too_late += 1;
            return;
        };
        let mut response = self.dialog_response(session, &request, status, reason_phrase(status));
        for (name, value) in headers {
            response.headers.push(name, value);
        }
        self.respond(now, transaction, &response);
    }

    /// Refuses a re-INVITE or UPDATE that the owner has not answered and will not.
    pub(super) fn refuse_asked(&mut self, now: Timestamp, session: &mut Session, status: u16) {
        if let Some(Asked { transaction, request, .. }) = session.asked.take() {
            self.answer_plainly(now, transaction, &request, status);
        }
    }

    /// A re-INVITE or UPDATE of ours, now or as soon as nothing else is under way.
    pub(super) fn reoffer(&mut self, now: Timestamp, session: &mut Session, asking: Asking) {
        if !session.is_established() || session.bye_wanted.is_some() {
            self.counters.commands_too_late += 1;
            return;
        }
        if session.asked.is_some() || session.asking.is_some() || !session.unacked.is_empty() {
            session.retry = Some((now + BUSY_RETRY, asking));
            return;
        }
        match asking.by {
            ReofferBy::Reinvite => self.send_reinvite(now, session, &asking),
            ReofferBy::Update => self.send_update(now, session),
        }
        session.asking = Some(asking);
        self.save(session);
    }

    fn send_reinvite(&mut self, now: Timestamp, session: &mut Session, asking: &Asking) {
        if let Some(sdp) = &asking.sdp {
            session.state.local_sdp.clone_from(sdp);
        }
        let mut request = self.dialog_request(session, Method::Invite);
        request.headers.push(HeaderName::Allow, ALLOW);
        request.headers.push(HeaderName::Supported, SUPPORTED_AS_UAC);
        self.write_refresh(session, &mut request);
        request.headers.push(HeaderName::ContentType, SDP);
        request.body.clone_from(&session.state.local_sdp);
        let peer = session.state.next_hop();
        let key = self.send_request(now, peer, request, ClientUser::Reinvite(session.key));
        session.reinvite = Some(key);
        self.limit_reinvite(session, REINVITE_WAIT_MAX);
    }

    pub(in crate::sip) fn reinvite_answered(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        key: TransactionKey,
        response: &Response,
    ) {
        match response.status {
            ..200 => {}
            200..300 => {
                self.with_session(dialog, |stack, session| {
                    stack.ack_success(&session.state, Some(key), response);
                    if !session.is_established() {
                        return;
                    }
                    stack.reoffer_accepted(now, session, response);
                    let result = Ok(sdp_of(&response.body));
                    stack.events.push_back(SipEvent::ReofferAnswered { dialog, result });
                });
            }
            status => self.reoffer_failed(now, dialog, status, Some(response)),
        }
    }

    /// A 2xx to our re-INVITE or UPDATE: target refresh, and the session's interval begins again.
    pub(super) fn reoffer_accepted(&mut self, now: Timestamp, session: &mut Session, response: &Response) {
        session.asking = None;
        session.state.refresh_target(&response.headers);
        session.note_peer(&response.headers);
        session.timer = agreed_by_peer(&response.headers).map(|agreed| agreed.start(now));
        self.save(session);
    }

    /// A final answer other than 2xx to our re-INVITE or UPDATE, or none at all.
    pub(in crate::sip) fn reoffer_failed(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        status: u16,
        response: Option<&Response>,
    ) {
        self.with_session(dialog, |stack, session| {
            let Some(mut asking) = session.asking.take() else { return };
            if !session.is_established() {
                return;
            }
            match status {
                // RFC 3261 section 12.2.1.2; a peer that is silent may still be there to hear BYE.
                408 | 481 => stack.end_session(now, session, DialogEnd::PeerGone(status), status != 481),
                491 => {
                    // RFC 3261 section 14.1: the owner of the Call-ID waits longer, so that they do not meet again.
                    let tens = match session.state.role {
                        DialogRole::Uac => 210 + stack.random.below(191),
                        DialogRole::Uas => stack.random.below(201),
                    };
                    let wait = Duration::from_millis(u64::from(tens) * 10);
                    session.retry = Some((now + wait, asking));
                }
                405 | 501 if asking.by == ReofferBy::Update => {
                    session.peer_updates = false;
                    asking.by = ReofferBy::Reinvite;
                    session.retry = Some((now, asking));
                }
                _ if asking.sdp.is_none() => stack.refresh_failed(now, session, response),
                _ => {
                    let result = Err(status);
                    stack.events.push_back(SipEvent::ReofferAnswered { dialog, result });
                }
            }
        });
    }

    /// Tries a re-INVITE or UPDATE of ours again.
    pub(super) fn fire_retry(&mut self, now: Timestamp, session: &mut Session) {
        if session.retry.as_ref().is_some_and(|(at, _)| *at <= now)
            && let Some((_, asking)) = session.retry.take()
        {
            self.reoffer(now, session, asking);
        }
    }
}
