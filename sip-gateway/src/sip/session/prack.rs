//! Reliable provisional answers and their PRACK, as UAS (RFC 3262).
//!
//! A provisional answer is reliable where the caller requires it, or supports it and the answer has SDP. One is on its
//! way at a time; a 2xx waits for the PRACK of one that has SDP.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::answer::has_offer;
use super::invite::sdp_of;
use super::{Phase, Session};
use crate::limits::PROVISIONALS_WAITING_MAX;
use crate::sip::event::{DialogEnd, Peer, SipEvent, TransactionKey, Transmit};
use crate::sip::message::{HeaderName, Request, Response};
use crate::sip::stack::SipStack;
use crate::sip::timers::{Deadline, TimerReason};

const RELIABLE: &str = "100rel";

#[derive(Debug)]
struct Pending {
    has_sdp: bool,
    bytes: Arc<[u8]>,
    peer: Peer,
    resend: Timestamp,
    interval: Duration,
    give_up: Timestamp,
}

/// The reliable provisional answers of one INVITE.
#[derive(Debug, Default)]
pub(super) struct ReliableProvisionals {
    /// The RSeq of the last one sent; 0: none.
    last: u32,
    pending: Option<Pending>,
    waiting: VecDeque<Response>,
    accept: Option<Vec<u8>>,
}

impl ReliableProvisionals {
    pub(super) fn is_wanted(&self, request: &Request, response: &Response) -> bool {
        let required =
            request.headers.require().iter().any(|option| option.eq_ignore_ascii_case(RELIABLE.as_bytes()));
        response.status > 100 && (required || request.headers.supports(RELIABLE) && !response.body.is_empty())
    }

    /// Whether a 2xx must wait.
    pub(super) fn holds_answer(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.has_sdp)
    }

    pub(super) fn accept_later(&mut self, sdp: Vec<u8>) {
        self.accept = Some(sdp);
    }

    /// The final answer goes out: nothing provisional is sent again, and its PRACK may still come.
    pub(super) fn stop(&mut self) {
        self.pending = None;
        self.waiting.clear();
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        let pending = self.pending.as_ref()?;
        Some(Deadline::new(pending.resend.min(pending.give_up), TimerReason::PrackAwaited))
    }
}

impl SipStack {
    pub(super) fn provisional_reliably(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        response: Response,
    ) {
        if session.reliable.pending.is_some() {
            if session.reliable.waiting.len() < PROVISIONALS_WAITING_MAX {
                session.reliable.waiting.push_back(response);
            }
            return;
        }
        self.send_reliably(now, session, transaction, response);
    }

    fn send_reliably(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        mut response: Response,
    ) {
        let reliable = &mut session.reliable;
        // RFC 3262 section 3: the first is random within 1 to 2^31 - 1, with room to rise.
        reliable.last = if reliable.last == 0 { 1 + self.random.below(1 << 30) } else { reliable.last + 1 };
        response.headers.push(HeaderName::Require, RELIABLE);
        response.headers.push(HeaderName::RSeq, reliable.last.to_string());
        let Some((peer, bytes)) = self.respond(now, transaction, &response) else { return };
        let timing = &self.config.timing;
        session.reliable.pending = Some(Pending {
            has_sdp: !response.body.is_empty(),
            bytes,
            peer,
            resend: now + timing.t1,
            interval: timing.t1,
            give_up: now + timing.timeout(),
        });
    }

    pub(super) fn prack_arrived(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        transaction: TransactionKey,
        request: &Request,
    ) {
        let rack = request.headers.rack().ok().flatten();
        let matches =
            rack.is_some_and(|rack| session.reliable.last != 0 && rack.rseq == session.reliable.last);
        if !matches || matches!(session.phase, Phase::Ending { .. } | Phase::Failed { .. }) {
            self.answer_plainly(now, transaction, request, 481);
            return;
        }
        let Phase::Arrived { request: invite, transaction: invited } = &session.phase else {
            // The final answer has overtaken it.
            self.answer_plainly(now, transaction, request, 200);
            return;
        };
        let (late_offer, invited) = (!has_offer(invite), *invited);
        let sdp = sdp_of(&request.body);
        if sdp.is_some() && !late_offer {
            // A second offer before the call is answered: we have nothing to change yet (RFC 3262 section 5).
            self.answer_plainly(now, transaction, request, 488);
        } else {
            self.answer_plainly(now, transaction, request, 200);
            if sdp.is_some() {
                self.events.push_back(SipEvent::ReofferAcked { dialog: session.key, sdp });
            }
        }
        if session.reliable.pending.take().is_none() {
            return;
        }
        if let Some(next) = session.reliable.waiting.pop_front() {
            self.send_reliably(now, session, invited, next);
        } else if let Some(sdp) = session.reliable.accept.take() {
            self.accept(now, session, sdp);
        }
    }

    /// Sends a reliable provisional answer again, or gives its PRACK up and with it the call (RFC 3262 section 3).
    pub(super) fn fire_reliable(&mut self, now: Timestamp, session: &mut Session) {
        if !matches!(session.phase, Phase::Arrived { .. }) {
            return;
        }
        let Some(pending) = &mut session.reliable.pending else { return };
        if pending.give_up <= now {
            self.reject_session(now, session, 504, "Server Time-out", Vec::new());
            self.tell_end(session, DialogEnd::AckMissing);
        } else if pending.resend <= now {
            pending.interval *= 2;
            pending.resend = now + pending.interval;
            self.counters.retransmissions_sent += 1;
            self.outbox.push_back(Transmit { peer: pending.peer, bytes: Arc::clone(&pending.bytes) });
        }
    }
}
