//! Calls out: our INVITE and what answers it (RFC 3261 section 13.2).

use acd_core::Timestamp;

use super::invite::sdp_of;
use super::timer::agreed_by_peer;
use super::{Cancel, Phase, Session};
use crate::limits::{DIALOGS_MAX, DIALOGS_RESERVED};
use crate::sip::dialog::{DialogId, DialogRole, DialogState, to_tag};
use crate::sip::event::{DialogChange, DialogKey, Peer, SipEvent, TransactionKey};
use crate::sip::message::{HeaderName, Headers, Method, NameAddr, Request, Response, Uri};
use crate::sip::send::{ALLOW, SDP, SUPPORTED_AS_UAC};
use crate::sip::stack::SipStack;
use crate::sip::transaction::ClientUser;

/// What an INVITE of ours is made of.
pub(super) struct Call {
    pub(super) peer: Peer,
    pub(super) request_uri: Uri,
    pub(super) from: NameAddr,
    pub(super) to: NameAddr,
    pub(super) route: Vec<NameAddr>,
    pub(super) sdp: Option<Vec<u8>>,
    pub(super) headers: Vec<(HeaderName, Vec<u8>)>,
}

impl SipStack {
    pub(super) fn call(&mut self, now: Timestamp, dialog: DialogKey, call: Call) {
        if self.sessions.len() >= DIALOGS_MAX + DIALOGS_RESERVED || self.sessions.get(dialog).is_some() {
            self.counters.overloaded += 1;
            self.events.push_back(SipEvent::Rejected { dialog, status: 503, by_transport: false });
            return;
        }
        let local_tag = self.random.tag();
        let state = DialogState {
            role: DialogRole::Uac,
            early: true,
            call_id: self.random.call_id(),
            local: [&call.from.to_bytes(), b";tag=".as_slice(), &local_tag].concat(),
            local_tag,
            remote: call.to.to_bytes(),
            remote_tag: Vec::new(),
            local_cseq: 1,
            remote_cseq: None,
            target_is_peer: call.route.is_empty(),
            route_set: call.route.iter().map(NameAddr::to_bytes).collect(),
            remote_target: call.request_uri.raw().to_vec(),
            peer: call.peer,
            local_sdp: call.sdp.clone().unwrap_or_default(),
        };
        let mut request = state.request(Method::Invite, 1);
        let headers = &mut request.headers;
        headers.push(HeaderName::Contact, self.contact(&call.peer, dialog));
        headers.push(HeaderName::Allow, ALLOW);
        headers.push(HeaderName::Supported, SUPPORTED_AS_UAC);
        for (name, value) in call.headers {
            headers.push(name, value);
        }
        if let Some(sdp) = call.sdp {
            headers.push(HeaderName::ContentType, SDP);
            request.body = sdp;
        }
        let transaction = self.send_request(now, call.peer, request, ClientUser::Invite(dialog));
        let id = DialogId::calling(&state.call_id, &state.local_tag);
        let phase = Phase::Calling { transaction, cancel: Cancel::No };
        self.add_session(Session::new(dialog, state, phase), id);
    }

    /// An answer to our INVITE that is no repetition.
    pub(in crate::sip) fn invite_answered(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        key: TransactionKey,
        response: &Response,
    ) {
        self.with_session(dialog, |stack, session| match (response.status, &session.phase) {
            (..200, Phase::Calling { .. }) => stack.call_progressed(now, session, response),
            (200..300, Phase::Calling { .. }) => stack.call_answered(now, session, key, response),
            (300.., Phase::Calling { .. }) => stack.fail_session(now, session, response.status, false),
            (200..300, _) => stack.end_fork(now, session, Some(key), response),
            _ => {}
        });
    }

    fn call_progressed(&mut self, now: Timestamp, session: &mut Session, response: &Response) {
        self.send_cancel(now, session);
        if response.status == 100 {
            return;
        }
        let tag = to_tag(response);
        if !tag.is_empty() && tag != session.state.remote_tag {
            session.state.take_response(response);
            self.sessions.index(session, session.state.id());
            self.save(session);
        }
        if !session.is_quiet {
            self.events.push_back(SipEvent::Ringing {
                dialog: session.key,
                status: response.status,
                sdp: sdp_of(&response.body),
            });
        }
    }

    fn call_answered(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        key: TransactionKey,
        response: &Response,
    ) {
        let given_up = !matches!(session.phase, Phase::Calling { cancel: Cancel::No, .. });
        session.phase = Phase::Established;
        session.state.early = false;
        session.state.take_response(response);
        session.note_peer(&response.headers);
        self.sessions.index(session, session.state.id());
        self.ack_success(&session.state, Some(key), response);
        if given_up {
            self.tell_failure(session, 487, false);
            self.send_bye(now, session, None, None);
            return;
        }
        session.timer = agreed_by_peer(&response.headers).map(|agreed| agreed.start(now));
        self.save(session);
        self.events.push_back(SipEvent::Answered { dialog: session.key, sdp: sdp_of(&response.body) });
    }

    /// Our INVITE timed out or could not be sent.
    pub(in crate::sip) fn invite_failed(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        status: u16,
        by_transport: bool,
    ) {
        self.with_session(dialog, |stack, session| {
            if matches!(session.phase, Phase::Calling { .. }) {
                stack.fail_session(now, session, status, by_transport);
            }
        });
    }

    /// The call failed. A 2xx may still come, late or from another branch of a fork, and must be ended.
    pub(super) fn fail_session(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        status: u16,
        by_transport: bool,
    ) {
        self.tell_failure(session, status, by_transport);
        session.state.local_sdp = Vec::new();
        session.phase = if by_transport {
            Phase::Gone
        } else {
            Phase::Failed { until: now + self.config.timing.timeout() }
        };
    }

    /// Tells the owner, once, that the call failed.
    pub(super) fn tell_failure(&mut self, session: &mut Session, status: u16, by_transport: bool) {
        if session.is_quiet {
            return;
        }
        let dialog = session.key;
        self.events.push_back(SipEvent::Rejected { dialog, status, by_transport });
        if !session.state.remote_tag.is_empty() {
            self.changes.push_back(DialogChange::Ended { dialog });
        }
        session.is_quiet = true;
    }

    /// The next request of ours within a dialog, with Contact and without Via.
    pub(super) fn dialog_request(&self, session: &mut Session, method: Method) -> Request {
        session.state.local_cseq += 1;
        let with_contact = matches!(method, Method::Invite | Method::Update | Method::Options);
        let mut request = session.state.request(method, session.state.local_cseq);
        if with_contact {
            let contact = self.contact(&session.state.next_hop(), session.key);
            request.headers.push(HeaderName::Contact, contact);
        }
        request
    }
}

impl Session {
    /// Notes what the peer can do.
    pub(super) fn note_peer(&mut self, headers: &Headers) {
        let allow = headers.allow();
        if !allow.is_empty() {
            self.peer_updates = allow.contains(&b"UPDATE".as_slice());
        }
    }
}
