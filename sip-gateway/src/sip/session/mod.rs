//! What the stack knows of each dialog, from its INVITE to its end; one file a verb.

mod ack;
mod answer;
mod ask;
mod bye;
mod call;
mod cancel;
mod commands;
mod info;
mod invite;
mod options;
mod other;
mod prack;
mod reinvite;
mod timer;
mod update;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::dialog::{DialogId, DialogState};
use super::event::{
    ConnectionId, DialogChange, DialogEnd, DialogKey, Peer, ReofferBy, SipEvent, TransactionKey, Transport,
};
use super::message::{HeaderName, Method, Request};
use super::receive::Arrival;
use super::stack::SipStack;
use super::timers::{Deadline, TimerOwner, TimerReason, earliest};
use prack::ReliableProvisionals;
use timer::SessionTimer;

/// Where a session stands.
#[derive(Debug)]
pub(super) enum Phase {
    /// An INVITE to us waits for our final answer.
    Arrived { request: Arc<Request>, transaction: TransactionKey },
    /// Our INVITE waits for its final answer.
    Calling { transaction: TransactionKey, cancel: Cancel },
    /// A dialog.
    Established,
    /// Our BYE waits for its answer. `None`: the owner was told of the end already.
    Ending { end: Option<DialogEnd> },
    /// Our INVITE failed; a late 2xx would get ACK and BYE until then.
    Failed { until: Timestamp },
    /// To be forgotten.
    Gone,
}

/// Whether the owner has given up our INVITE (RFC 3261 section 9.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cancel {
    No,
    /// CANCEL may not be sent before a provisional answer.
    Wanted,
    Sent {
        give_up: Timestamp,
    },
}

/// A 2xx of ours that no ACK has answered.
#[derive(Debug)]
pub(super) struct Unacked {
    cseq: u32,
    bytes: Arc<[u8]>,
    peer: Peer,
    resend: Timestamp,
    interval: Duration,
    give_up: Timestamp,
    is_reoffer: bool,
    /// The 2xx has our offer, and the ACK is to bring the answer.
    is_late_offer: bool,
}

/// A re-INVITE or UPDATE of the peer that waits for the owner's answer.
#[derive(Debug)]
pub(super) struct Asked {
    transaction: TransactionKey,
    request: Arc<Request>,
    by: ReofferBy,
}

/// A re-INVITE or UPDATE of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Asking {
    by: ReofferBy,
    /// The owner asked for it with this SDP; `None`: a refresh of ours.
    sdp: Option<Vec<u8>>,
}

/// The peer is being asked whether it still knows the dialog (R-L10).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Probing {
    /// When an OPTIONS that could not be sent is sent again.
    again: Option<Timestamp>,
    /// From when on it is not.
    give_up: Timestamp,
}

/// One call's signalling.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) key: DialogKey,
    pub(super) state: DialogState,
    pub(super) phase: Phase,
    unacked: Vec<Unacked>,
    asked: Option<Asked>,
    asking: Option<Asking>,
    /// The transaction of our last re-INVITE.
    reinvite: Option<TransactionKey>,
    retry: Option<(Timestamp, Asking)>,
    timer: Option<SessionTimer>,
    probing: Option<Probing>,
    reliable: ReliableProvisionals,
    /// A BYE that must wait for the ACK of our 2xx (RFC 3261 section 15), with its Reason.
    bye_wanted: Option<Option<String>>,
    /// The owner has been told that the call failed; what the peer still says is between it and the stack.
    is_quiet: bool,
    peer_updates: bool,
    ids: Vec<DialogId>,
    scheduled: Option<Deadline>,
}

impl Session {
    pub(super) fn new(key: DialogKey, state: DialogState, phase: Phase) -> Self {
        Self {
            key,
            state,
            phase,
            unacked: Vec::new(),
            asked: None,
            asking: None,
            reinvite: None,
            retry: None,
            timer: None,
            probing: None,
            reliable: ReliableProvisionals::default(),
            bye_wanted: None,
            is_quiet: false,
            peer_updates: false,
            ids: Vec::new(),
            scheduled: None,
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        let phase = match self.phase {
            Phase::Calling { cancel: Cancel::Sent { give_up }, .. } => {
                Some(Deadline::new(give_up, TimerReason::CancelTimeout))
            }
            Phase::Failed { until } => Some(Deadline::new(until, TimerReason::LateAnswerEnd)),
            Phase::Arrived { .. } => self.reliable.deadline(),
            Phase::Calling { .. } | Phase::Established | Phase::Ending { .. } | Phase::Gone => None,
        };
        let unacked = self
            .unacked
            .iter()
            .map(|unacked| Deadline::new(unacked.resend.min(unacked.give_up), TimerReason::AckAwaited))
            .min();
        let retry = self.retry.as_ref().map(|(at, _)| Deadline::new(*at, TimerReason::ReofferRetry));
        let timer = self.timer.as_ref().map(SessionTimer::deadline);
        let probe = self.probing.and_then(|probing| probing.again);
        let probe = probe.map(|at| Deadline::new(at, TimerReason::ProbeRetry));
        earliest([phase, unacked, retry, timer, probe])
    }

    /// Whether the dialog can carry a request of ours.
    const fn is_established(&self) -> bool {
        matches!(self.phase, Phase::Established)
    }
}

/// All sessions.
#[derive(Default)]
pub(super) struct Sessions {
    by_key: BTreeMap<DialogKey, Session>,
    by_id: HashMap<DialogId, DialogKey>,
}

impl Sessions {
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn find(&self, id: &DialogId) -> Option<DialogKey> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get(&self, key: DialogKey) -> Option<&Session> {
        self.by_key.get(&key)
    }

    fn take(&mut self, key: DialogKey) -> Option<Session> {
        self.by_key.remove(&key)
    }

    /// Makes a session known under one more id.
    fn index(&mut self, session: &mut Session, id: DialogId) {
        if !session.ids.contains(&id) {
            self.by_id.insert(id.clone(), session.key);
            session.ids.push(id);
        }
    }

    fn put(&mut self, session: Session) {
        self.by_key.insert(session.key, session);
    }

    fn forget_ids(&mut self, session: &Session) {
        for id in &session.ids {
            self.by_id.remove(id);
        }
    }

    pub(super) fn connection_lost(&mut self, connection: ConnectionId) {
        for session in self.by_key.values_mut() {
            if session.state.peer.transport == Transport::Tcp(connection) {
                session.state.connection_lost();
            }
        }
    }
}

impl SipStack {
    /// Lets `change` work on a session, then schedules or forgets it. `None`: there is no such session.
    pub(super) fn with_session<R>(
        &mut self,
        key: DialogKey,
        change: impl FnOnce(&mut Self, &mut Session) -> R,
    ) -> Option<R> {
        let mut session = self.sessions.take(key)?;
        let result = change(self, &mut session);
        let owner = TimerOwner::Dialog(key);
        if matches!(session.phase, Phase::Gone) {
            self.timers.set(owner, &mut session.scheduled, None);
            self.sessions.forget_ids(&session);
            self.limit_reinvite(&session, self.config.timing.timeout());
        } else {
            let deadline = session.deadline();
            self.timers.set(owner, &mut session.scheduled, deadline);
            self.sessions.put(session);
        }
        Some(result)
    }

    /// Sees to it that a re-INVITE of ours does not wait for ever: a peer whose dialog ended need not answer it.
    fn limit_reinvite(&mut self, session: &Session, wait: Duration) {
        if let Some(key) = session.reinvite {
            self.transactions.limit(key, self.turn + wait);
            self.reschedule_transaction(key);
        }
    }

    /// Adds a session that was just made.
    fn add_session(&mut self, mut session: Session, id: DialogId) {
        self.sessions.index(&mut session, id);
        let deadline = session.deadline();
        self.timers.set(TimerOwner::Dialog(session.key), &mut session.scheduled, deadline);
        self.sessions.put(session);
    }

    pub(super) fn fire_session(&mut self, now: Timestamp, key: DialogKey) {
        self.with_session(key, |stack, session| {
            stack.fire_cancel(now, session);
            stack.fire_reliable(now, session);
            stack.fire_unacked(now, session);
            stack.fire_retry(now, session);
            stack.fire_timer(now, session);
            stack.fire_probe(now, session);
            if matches!(session.phase, Phase::Failed { until } if until <= now) {
                session.phase = Phase::Gone;
            }
        });
    }

    /// Tells of a change that a restart must know of.
    fn save(&mut self, session: &Session) {
        if !session.is_quiet {
            let state = Box::new(session.state.clone());
            self.changes.push_back(DialogChange::Saved { dialog: session.key, state });
        }
    }

    /// Tells the owner that a dialog is over.
    fn tell_end(&mut self, session: &Session, end: DialogEnd) {
        if !session.is_quiet {
            self.events.push_back(SipEvent::DialogEnded { dialog: session.key, end });
            self.changes.push_back(DialogChange::Ended { dialog: session.key });
        }
    }

    /// A request within a dialog, in a server transaction of its own (RFC 3261 section 12.2.2).
    pub(super) fn in_dialog(&mut self, now: Timestamp, dialog: DialogKey, arrival: Arrival) {
        let transaction = self.begin_server(&arrival, Some(dialog));
        self.with_session(dialog, |stack, session| {
            stack.in_session(now, session, transaction, arrival);
        });
        self.reschedule_transaction(transaction);
    }

    fn in_session(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        arrival: Arrival,
    ) {
        let Arrival { request, peer, .. } = arrival;
        let cseq = request.headers.cseq().map_or(0, |cseq| cseq.number);
        if session.state.remote_cseq.is_some_and(|last| cseq <= last) {
            self.answer_plainly(now, transaction, &request, 500);
            return;
        }
        session.state.remote_cseq = Some(cseq);
        // The peer may have moved behind its NAT, or come over a new connection.
        session.state.peer = peer;
        if matches!(session.phase, Phase::Ending { .. } | Phase::Failed { .. })
            && request.method != Method::Bye
        {
            self.answer_plainly(now, transaction, &request, 481);
            return;
        }
        if let Some(unsupported) = unsupported_options(&request) {
            let mut response = self.plain_answer(&request, 420);
            response.headers.push(HeaderName::Unsupported, unsupported);
            self.respond(now, transaction, &response);
            return;
        }
        match request.method {
            Method::Invite => self.reinvite_arrived(now, session, transaction, request),
            Method::Bye => self.bye_arrived(now, session, transaction, &request),
            Method::Update => self.update_arrived(now, session, transaction, request),
            Method::Prack => self.prack_arrived(now, session, transaction, &request),
            Method::Info => self.info_arrived(now, session, transaction, &request),
            Method::Options => {
                let response = self.options_response(&request);
                self.respond(now, transaction, &response);
            }
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Other(_) => {
                let response = self.not_allowed_response(&request);
                self.respond(now, transaction, &response);
            }
        }
        if !matches!(session.phase, Phase::Gone | Phase::Ending { .. }) && !session.state.early {
            self.save(session);
        }
    }

    fn answer_plainly(
        &mut self,
        now: Timestamp,
        transaction: TransactionKey,
        request: &Request,
        status: u16,
    ) {
        let response = self.plain_answer(request, status);
        self.respond(now, transaction, &response);
    }
}

/// What a request requires that we do not know, for Unsupported (RFC 3261 section 8.2.2.3).
fn unsupported_options(request: &Request) -> Option<Vec<u8>> {
    // Path needs no more of a registrar than to keep it (RFC 3327).
    let known: &[&[u8]] =
        if request.method == Method::Register { &[b"path"] } else { &[b"timer", b"100rel"] };
    let unknown: Vec<&[u8]> = request
        .headers
        .require()
        .into_iter()
        .filter(|option| !known.iter().any(|known| known.eq_ignore_ascii_case(option)))
        .collect();
    (!unknown.is_empty()).then(|| unknown.join(b", ".as_slice()))
}
