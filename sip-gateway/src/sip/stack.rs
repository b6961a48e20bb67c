//! The stack: bytes and commands in; bytes, events and changes of dialogs out. No I/O, no clock.
//!
//! Every call that may change something (`handle_*`, `command`) is to be followed by a complete drain of
//! `poll_event`, `poll_dialog_change` and `poll_transmit`, in that order: commands given while draining events belong
//! to the same turn.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use acd_core::Timestamp;

use super::config::StackConfig;
use super::counters::Counters;
use super::event::{
    DialogChange, DialogKey, Peer, SipCommand, SipEvent, TransactionKey, Transmit, Transport,
};
use super::message::Response;
use super::overload::Full;
use super::random::Random;
use super::session::Sessions;
use super::timers::{TimerOwner, TimerReason, Timers};
use super::transaction::{ClientUser, Fired, Transactions};

/// SIP transactions and dialogs.
pub struct SipStack {
    pub(super) config: StackConfig,
    pub(super) random: Random,
    pub(super) counters: Counters,
    pub(super) transactions: Transactions,
    pub(super) sessions: Sessions,
    pub(super) timers: Timers,
    pub(super) events: VecDeque<SipEvent>,
    pub(super) changes: VecDeque<DialogChange>,
    pub(super) outbox: VecDeque<Transmit>,
    pub(super) full: Full,
    /// INVITEs whose 100 goes out at the end of the turn if nothing else has answered them.
    pub(super) trying: Vec<(TransactionKey, Response)>,
    /// When the turn began.
    pub(super) turn: Timestamp,
    last_dialog: u64,
}

impl std::fmt::Debug for SipStack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SipStack")
            .field("transactions", &self.transactions.len())
            .field("dialogs", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

/// What is alive in a stack, for metrics and for the test that nothing leaks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Alive {
    /// Transactions.
    pub transactions: usize,
    /// Dialogs, calls that are no dialog yet, and failed calls that are watched for a late 2xx.
    pub dialogs: usize,
    /// Deadlines.
    pub timers: usize,
}

impl SipStack {
    /// A stack without dialogs. All tags, branches and Call-IDs follow from `seed`, which peers must not know.
    pub fn new(config: StackConfig, seed: [u8; 32]) -> Self {
        Self {
            config,
            random: Random::new(seed),
            counters: Counters::default(),
            transactions: Transactions::default(),
            sessions: Sessions::default(),
            timers: Timers::default(),
            events: VecDeque::new(),
            changes: VecDeque::new(),
            outbox: VecDeque::new(),
            full: Full::default(),
            trying: Vec::new(),
            turn: Timestamp::from_millis(0),
            last_dialog: 0,
        }
    }

    /// Takes one datagram, or one framed message of a connection. Whether it was a request that could be read.
    pub fn handle_message(&mut self, now: Timestamp, peer: Peer, bytes: &[u8]) -> bool {
        self.turn = now;
        self.receive(now, peer, bytes)
    }

    /// Takes the news that what was sent there cannot arrive: ICMP unreachable, a refused or a closed connection.
    ///
    /// Requests that nobody has answered in any way fail with 503; those that were answered provisionally wait on.
    pub fn handle_transport_failure(&mut self, now: Timestamp, remote: SocketAddr, transport: Transport) {
        self.turn = now;
        if let Transport::Tcp(connection) = transport {
            self.sessions.connection_lost(connection);
        }
        for key in self.transactions.unanswered(remote, transport) {
            self.end_transaction(now, key, Some((503, true)));
        }
    }

    /// Carries out an order.
    pub fn command(&mut self, now: Timestamp, command: SipCommand) {
        self.turn = now;
        self.obey(now, command);
    }

    /// Fires what is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.turn = now;
        while let Some(owner) = self.timers.due(now) {
            match owner {
                TimerOwner::Transaction(key) => self.fire_transaction(now, key),
                TimerOwner::Dialog(key) => self.fire_session(now, key),
            }
        }
    }

    /// When [`Self::handle_timeout`] must be called, and why.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Timestamp, TimerReason)> {
        self.timers.next().map(|deadline| (deadline.at, deadline.reason))
    }

    /// The next message to send.
    #[must_use]
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.flush_trying();
        self.outbox.pop_front()
    }

    /// The next event.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<SipEvent> {
        self.events.pop_front()
    }

    /// The next change of a dialog, to be journalled.
    #[must_use]
    pub fn poll_dialog_change(&mut self) -> Option<DialogChange> {
        self.changes.pop_front()
    }

    /// A key for a call out, to be named in [`SipCommand::Invite`].
    pub const fn next_dialog(&mut self) -> DialogKey {
        self.last_dialog += 1;
        DialogKey(self.last_dialog)
    }

    /// A whole number of milliseconds below `bound`, so that what is done again and again is not done in step.
    pub fn jitter(&mut self, bound: Duration) -> Duration {
        let bound = u32::try_from(bound.as_millis()).unwrap_or(u32::MAX);
        Duration::from_millis(self.random.below(bound).into())
    }

    /// What has been counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What is alive.
    pub fn alive(&self) -> Alive {
        Alive {
            transactions: self.transactions.len(),
            dialogs: self.sessions.len(),
            timers: self.timers.len(),
        }
    }

    /// The listening address from which `remote` is reached; `None` if no socket reaches it.
    pub fn local_for(&self, remote: SocketAddr, tcp: bool) -> Option<SocketAddr> {
        self.config.local_for(remote, tcp)
    }

    fn fire_transaction(&mut self, now: Timestamp, key: TransactionKey) {
        match self.transactions.fire(key, now, &self.config.timing) {
            Some((Fired::Resend(bytes), peer)) => {
                self.counters.retransmissions_sent += 1;
                self.outbox.push_back(Transmit { peer, bytes });
                self.reschedule_transaction(key);
            }
            Some((Fired::TimedOut, _)) => self.end_transaction(now, key, Some((408, false))),
            Some((Fired::Ended, _)) => self.end_transaction(now, key, None),
            Some((Fired::NotDue, _)) | None => self.reschedule_transaction(key),
        }
    }

    /// Removes a transaction; `failure` (status, whether the transport failed) goes to whoever waits for its answer.
    pub(super) fn end_transaction(
        &mut self,
        now: Timestamp,
        key: TransactionKey,
        failure: Option<(u16, bool)>,
    ) {
        let Some((mut scheduled, user)) = self.transactions.remove(key) else { return };
        self.timers.set(TimerOwner::Transaction(key), &mut scheduled, None);
        if let (Some(user), Some((status, by_transport))) = (user, failure) {
            self.request_failed(now, user, status, by_transport);
        }
    }

    fn request_failed(&mut self, now: Timestamp, user: ClientUser, status: u16, by_transport: bool) {
        match user {
            ClientUser::Invite(dialog) => self.invite_failed(now, dialog, status, by_transport),
            ClientUser::Reinvite(dialog) | ClientUser::Update(dialog) => {
                self.reoffer_failed(now, dialog, status, None);
            }
            ClientUser::Probe(dialog) => self.probe_failed(now, dialog, by_transport),
            ClientUser::Bye(dialog) => self.bye_answered(dialog),
            ClientUser::Ask(ask) => self.ask_failed(ask, by_transport),
            ClientUser::Nobody => {}
        }
    }

    pub(super) fn reschedule_transaction(&mut self, key: TransactionKey) {
        if let Some((deadline, scheduled)) = self.transactions.schedule(key) {
            self.timers.set(TimerOwner::Transaction(key), scheduled, deadline);
        }
    }
}
