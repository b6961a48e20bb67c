//! How messages leave: responses through their server transactions, requests through new client transactions.

use std::sync::Arc;

use acd_core::Timestamp;

use super::event::{DialogKey, Peer, TransactionKey, Transmit};
use super::message::{HeaderName, Host, Method, Request, Response, Uri, Via, reason_phrase, with_to_tag};
use super::stack::SipStack;
use super::transaction::{ClientInvite, ClientMachine, ClientMatch, ClientOther, ClientUser, ServerMachine};

/// Methods that we answer within or out of a dialog.
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO";

/// Extensions that we know.
pub(super) const SUPPORTED: &str = "timer, 100rel";

/// Extensions of requests of ours: seats' provisional answers need no PRACK.
pub(super) const SUPPORTED_AS_UAC: &str = "timer";

/// The only body that we read in INVITE.
pub(super) const SDP: &str = "application/sdp";

impl SipStack {
    /// Sends a response through its transaction, and hands back what was sent whither. Nothing happens if a final one
    /// went before.
    pub(super) fn respond(
        &mut self,
        now: Timestamp,
        key: TransactionKey,
        response: &Response,
    ) -> Option<(Peer, Arc<[u8]>)> {
        let server = self.transactions.server_mut(key)?;
        let bytes: Arc<[u8]> = response.to_bytes().into();
        if !server.respond(now, &self.config.timing, response.status, &bytes) {
            return None;
        }
        let peer = server.reply_to;
        self.counters.response_sent(response);
        self.outbox.push_back(Transmit { peer, bytes: Arc::clone(&bytes) });
        self.reschedule_transaction(key);
        Some((peer, bytes))
    }

    /// An answer without anything but what it must have. The To tag is a function of the request where it has none.
    pub(super) fn plain_answer(&self, request: &Request, status: u16) -> Response {
        self.tagged(request, request.response(status, reason_phrase(status)))
    }

    pub(super) fn tagged(&self, request: &Request, mut response: Response) -> Response {
        let from = request.headers.from().ok();
        let from_tag = from.as_ref().and_then(|from| from.tag()).unwrap_or_default();
        let call_id = request.headers.call_id().unwrap_or_default();
        with_to_tag(&mut response, &self.random.stateless_tag(call_id, from_tag));
        response.headers.push(HeaderName::Server, self.config.user_agent.as_bytes());
        response
    }

    /// Sends a response that leaves nothing behind (RFC 3261 section 8.2.7).
    pub(super) fn respond_stateless(&mut self, peer: Peer, request: &Request, response: &Response) {
        let reply_to = request.headers.top_via().map_or(peer, |via| reply_to(&via, peer));
        self.counters.response_sent(response);
        self.outbox.push_back(Transmit { peer: reply_to, bytes: response.to_bytes().into() });
    }

    /// Sends 100 for the INVITEs of this turn that nothing else has answered (RFC 3261 section 17.2.1 allows 200 ms; a
    /// carrier's retransmission timer is better stopped at once).
    pub(super) fn flush_trying(&mut self) {
        let now = self.turn;
        for (key, response) in std::mem::take(&mut self.trying) {
            let Some(server) = self.transactions.server_mut(key) else { continue };
            let ServerMachine::Invite(machine) = &mut server.machine else { continue };
            if machine.has_answered() {
                continue;
            }
            let bytes: Arc<[u8]> = response.to_bytes().into();
            machine.respond(now, &self.config.timing, 100, &bytes);
            self.counters.response_sent(&response);
            self.outbox.push_back(Transmit { peer: server.reply_to, bytes });
        }
    }

    /// Sends a request in a client transaction of its own.
    pub(super) fn send_request(
        &mut self,
        now: Timestamp,
        peer: Peer,
        mut request: Request,
        user: ClientUser,
    ) -> TransactionKey {
        let branch = self.random.branch();
        self.add_via(&mut request, &peer, &branch);
        request.headers.push(HeaderName::UserAgent, self.config.user_agent.as_bytes());
        let matching = ClientMatch::new(&branch, &request.method);
        self.send_prepared(now, peer, request, matching, user)
    }

    /// Sends a request whose Via is written.
    pub(super) fn send_prepared(
        &mut self,
        now: Timestamp,
        peer: Peer,
        request: Request,
        matching: ClientMatch,
        user: ClientUser,
    ) -> TransactionKey {
        let bytes: Arc<[u8]> = request.to_bytes().into();
        self.counters.request_sent(&request.method);
        self.outbox.push_back(Transmit { peer, bytes: Arc::clone(&bytes) });
        let timing = &self.config.timing;
        let reliable = peer.transport.is_reliable();
        let (machine, invite) = if request.method == Method::Invite {
            let machine = ClientMachine::Invite(ClientInvite::new(now, timing, reliable, bytes));
            (machine, Some(Box::new(request)))
        } else {
            (ClientMachine::Other(ClientOther::new(now, timing, reliable, bytes)), None)
        };
        let key = self.transactions.add_client(machine, matching, user, peer, invite);
        self.reschedule_transaction(key);
        key
    }

    /// Sends an ACK, which no transaction retransmits; hands back its bytes for when the response comes again.
    pub(super) fn send_ack(&mut self, peer: Peer, request: &Request) -> Arc<[u8]> {
        let bytes: Arc<[u8]> = request.to_bytes().into();
        self.counters.request_sent(&Method::Ack);
        self.outbox.push_back(Transmit { peer, bytes: Arc::clone(&bytes) });
        bytes
    }

    /// Writes our Via on top.
    pub(super) fn add_via(&self, request: &mut Request, peer: &Peer, branch: &[u8]) {
        let (host, port) = self.config.advertised(peer);
        // RFC 3581: the answer comes back to the port that the request left from.
        let mut via = Via::new(peer.transport.name(), peer.local, branch, !peer.transport.is_reliable());
        via.host = host;
        via.port = Some(port);
        request.headers.push_front(HeaderName::Via, via.to_bytes());
    }

    /// Our Contact towards a peer. The user part names the dialog, so that a trace can be read.
    pub(super) fn contact(&self, peer: &Peer, dialog: DialogKey) -> Vec<u8> {
        let (host, port) = self.config.advertised(peer);
        let user = format!("d{}", dialog.0);
        let uri = contact_uri(user.as_bytes(), host, port, peer.transport.is_reliable());
        [b"<", uri.raw(), b">"].concat()
    }
}

fn contact_uri(user: &[u8], host: Host, port: u16, tcp: bool) -> Uri {
    let uri = Uri::sip(Some(user), host, Some(port));
    if tcp { uri.with_param("transport", Some("tcp")) } else { uri }
}

/// Where the answers to a request go (RFC 3261 section 18.2.2, RFC 3581 section 4). `maddr` is not followed: it would
/// let anybody send our answers to anybody.
pub(super) fn reply_to(via: &Via, peer: Peer) -> Peer {
    if peer.transport.is_reliable() || via.rport.is_some() {
        return peer;
    }
    // RFC 3261 section 18.2.2: the source address with the port that the sender wrote into its Via.
    let mut remote = peer.remote;
    remote.set_port(via.port.unwrap_or(5060));
    Peer { remote, ..peer }
}
