//! The transactions that are alive, and what finds them.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;

use acd_core::Timestamp;

use super::{
    ArrivalKey, ClientInvite, ClientMatch, ClientOther, Fired, ServerInvite, ServerMatch, ServerOther,
};
use crate::limits::FORKS_MAX;
use crate::sip::config::Timing;
use crate::sip::event::{AskKey, DialogKey, Peer, TransactionKey, Transport};
use crate::sip::message::Request;
use crate::sip::timers::Deadline;

/// A server transaction's machine.
#[derive(Debug)]
pub(in crate::sip) enum ServerMachine {
    Invite(ServerInvite),
    Other(ServerOther),
}

/// A request that we answer.
#[derive(Debug)]
pub(in crate::sip) struct Server {
    pub(in crate::sip) machine: ServerMachine,
    /// Where answers go (RFC 3261 section 18.2.2).
    pub(in crate::sip) reply_to: Peer,
    /// Whose INVITE it is.
    pub(in crate::sip) dialog: Option<DialogKey>,
    matching: ServerMatch,
    arrival: Option<ArrivalKey>,
    scheduled: Option<Deadline>,
}

impl Server {
    pub(in crate::sip) fn request_again(&self) -> Option<Arc<[u8]>> {
        match &self.machine {
            ServerMachine::Invite(machine) => machine.request_again(),
            ServerMachine::Other(machine) => machine.request_again(),
        }
    }

    pub(in crate::sip) fn respond(
        &mut self,
        now: Timestamp,
        timing: &Timing,
        status: u16,
        bytes: &Arc<[u8]>,
    ) -> bool {
        match &mut self.machine {
            ServerMachine::Invite(machine) => machine.respond(now, timing, status, bytes),
            ServerMachine::Other(machine) => machine.respond(now, timing, status, bytes),
        }
    }
}

/// A client transaction's machine.
#[derive(Debug)]
pub(in crate::sip) enum ClientMachine {
    Invite(ClientInvite),
    Other(ClientOther),
}

/// Who wants the answer to a request of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sip) enum ClientUser {
    Invite(DialogKey),
    Reinvite(DialogKey),
    Update(DialogKey),
    Probe(DialogKey),
    Bye(DialogKey),
    /// OPTIONS out of any dialog.
    Ask(AskKey),
    /// CANCEL, and BYE in a dialog that nobody knows of.
    Nobody,
}

/// A request of ours that is to be answered.
#[derive(Debug)]
pub(in crate::sip) struct Client {
    pub(in crate::sip) machine: ClientMachine,
    pub(in crate::sip) user: ClientUser,
    pub(in crate::sip) peer: Peer,
    /// The INVITE, while it may have to be cancelled or acknowledged.
    pub(in crate::sip) invite: Option<Box<Request>>,
    /// ACKs by To tag, to be sent again when the response comes again.
    pub(in crate::sip) acks: Vec<SentAck>,
    matching: ClientMatch,
    scheduled: Option<Deadline>,
}

/// An ACK that was sent.
#[derive(Debug)]
pub(in crate::sip) struct SentAck {
    pub(in crate::sip) to_tag: Vec<u8>,
    pub(in crate::sip) peer: Peer,
    pub(in crate::sip) bytes: Arc<[u8]>,
}

impl Client {
    pub(in crate::sip) fn ack_for(&self, to_tag: &[u8]) -> Option<&SentAck> {
        self.acks.iter().find(|ack| ack.to_tag == to_tag)
    }

    /// Keeps an ACK; beyond the bound a fork's repeated 2xx goes without.
    pub(in crate::sip) fn keep_ack(&mut self, ack: SentAck) {
        if self.acks.len() < FORKS_MAX {
            self.acks.push(ack);
        }
    }

    /// Whether the peer has not been heard of at all.
    pub(in crate::sip) fn is_unanswered(&self) -> bool {
        match &self.machine {
            ClientMachine::Invite(machine) => machine.is_unanswered(),
            ClientMachine::Other(machine) => machine.is_unanswered(),
        }
    }
}

/// All transactions.
#[derive(Default)]
pub(in crate::sip) struct Transactions {
    servers: BTreeMap<TransactionKey, Server>,
    clients: BTreeMap<TransactionKey, Client>,
    by_request: HashMap<ServerMatch, TransactionKey>,
    by_arrival: HashMap<ArrivalKey, TransactionKey>,
    by_branch: HashMap<ClientMatch, TransactionKey>,
    last: u64,
}

impl Transactions {
    pub(in crate::sip) fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    fn next_key(&mut self) -> TransactionKey {
        self.last += 1;
        TransactionKey(self.last)
    }

    /// Adds a server transaction; `arrival` for an INVITE out of any dialog.
    pub(in crate::sip) fn add_server(
        &mut self,
        machine: ServerMachine,
        matching: ServerMatch,
        reply_to: Peer,
        arrival: Option<ArrivalKey>,
        dialog: Option<DialogKey>,
    ) -> TransactionKey {
        let key = self.next_key();
        self.by_request.insert(matching.clone(), key);
        if let Some(arrival) = &arrival {
            self.by_arrival.insert(arrival.clone(), key);
        }
        let server = Server { machine, reply_to, dialog, matching, arrival, scheduled: None };
        self.servers.insert(key, server);
        key
    }

    /// Adds a client transaction.
    pub(in crate::sip) fn add_client(
        &mut self,
        machine: ClientMachine,
        matching: ClientMatch,
        user: ClientUser,
        peer: Peer,
        invite: Option<Box<Request>>,
    ) -> TransactionKey {
        let key = self.next_key();
        self.by_branch.insert(matching.clone(), key);
        let client = Client { machine, user, peer, invite, acks: Vec::new(), matching, scheduled: None };
        self.clients.insert(key, client);
        key
    }

    pub(in crate::sip) fn find_server(&self, matching: &ServerMatch) -> Option<TransactionKey> {
        self.by_request.get(matching).copied()
    }

    pub(in crate::sip) fn find_client(&self, matching: &ClientMatch) -> Option<TransactionKey> {
        self.by_branch.get(matching).copied()
    }

    /// Whether the INVITE is here already by another way.
    pub(in crate::sip) fn has_arrived(&self, arrival: &ArrivalKey) -> bool {
        self.by_arrival.contains_key(arrival)
    }

    pub(in crate::sip) fn server(&self, key: TransactionKey) -> Option<&Server> {
        self.servers.get(&key)
    }

    pub(in crate::sip) fn server_mut(&mut self, key: TransactionKey) -> Option<&mut Server> {
        self.servers.get_mut(&key)
    }

    pub(in crate::sip) fn client(&self, key: TransactionKey) -> Option<&Client> {
        self.clients.get(&key)
    }

    pub(in crate::sip) fn client_mut(&mut self, key: TransactionKey) -> Option<&mut Client> {
        self.clients.get_mut(&key)
    }

    /// Removes a transaction and hands back what was scheduled for it, and who wanted its answer.
    pub(in crate::sip) fn remove(
        &mut self,
        key: TransactionKey,
    ) -> Option<(Option<Deadline>, Option<ClientUser>)> {
        if let Some(server) = self.servers.remove(&key) {
            self.by_request.remove(&server.matching);
            if let Some(arrival) = server.arrival
                && self.by_arrival.get(&arrival) == Some(&key)
            {
                self.by_arrival.remove(&arrival);
            }
            return Some((server.scheduled, None));
        }
        let client = self.clients.remove(&key)?;
        self.by_branch.remove(&client.matching);
        Some((client.scheduled, Some(client.user)))
    }

    /// What the transaction's machine waits for, and the place where its deadline is remembered.
    pub(in crate::sip) fn schedule(
        &mut self,
        key: TransactionKey,
    ) -> Option<(Option<Deadline>, &mut Option<Deadline>)> {
        if let Some(server) = self.servers.get_mut(&key) {
            let deadline = match &server.machine {
                ServerMachine::Invite(machine) => machine.deadline(),
                ServerMachine::Other(machine) => machine.deadline(),
            };
            return Some((deadline, &mut server.scheduled));
        }
        let client = self.clients.get_mut(&key)?;
        let deadline = match &client.machine {
            ClientMachine::Invite(machine) => machine.deadline(),
            ClientMachine::Other(machine) => machine.deadline(),
        };
        Some((deadline, &mut client.scheduled))
    }

    /// Lets a transaction's deadline come; the peer is where a retransmission goes.
    pub(in crate::sip) fn fire(
        &mut self,
        key: TransactionKey,
        now: Timestamp,
        timing: &Timing,
    ) -> Option<(Fired, Peer)> {
        if let Some(server) = self.servers.get_mut(&key) {
            let fired = match &mut server.machine {
                ServerMachine::Invite(machine) => machine.fire(now, timing),
                ServerMachine::Other(machine) => machine.fire(now),
            };
            return Some((fired, server.reply_to));
        }
        let client = self.clients.get_mut(&key)?;
        let fired = match &mut client.machine {
            ClientMachine::Invite(machine) => machine.fire(now),
            ClientMachine::Other(machine) => machine.fire(now, timing),
        };
        Some((fired, client.peer))
    }

    /// Gives up a request of ours at `at` if no final answer has come by then.
    pub(in crate::sip) fn limit(&mut self, key: TransactionKey, at: Timestamp) {
        match self.clients.get_mut(&key).map(|client| &mut client.machine) {
            Some(ClientMachine::Invite(machine)) => machine.limit(at),
            Some(ClientMachine::Other(machine)) => machine.limit(at),
            None => {}
        }
    }

    /// Requests of ours to that address that nobody has answered in any way.
    pub(in crate::sip) fn unanswered(&self, remote: SocketAddr, transport: Transport) -> Vec<TransactionKey> {
        self.clients
            .iter()
            .filter(|(_, client)| {
                client.peer.remote == remote
                    && client.peer.transport.is_reliable() == transport.is_reliable()
                    && client.is_unanswered()
            })
            .map(|(&key, _)| key)
            .collect()
    }
}
