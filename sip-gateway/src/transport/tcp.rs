//! TCP connections of signalling: accepted or opened, framed by Content-Length, bounded in number, bytes and patience.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use acd_core::Timestamp;
use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};

use super::{Incoming, TransportCounters};
use crate::limits::{
    CONNECTION_IDLE_MAX, CONNECTION_MESSAGE_MAX, CONNECTION_OUTPUT_BYTES_MAX, CONNECTIONS_MAX,
    CONNECTIONS_PER_SOURCE_MAX, READ_BYTES,
};
use crate::sip::framing::{Frame, StreamFramer};
use crate::sip::{ConnectionId, Peer, Transmit, Transport};

/// How often deadlines are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// A connection and what is on its way.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    local: SocketAddr,
    remote: SocketAddr,
    framer: StreamFramer,
    output: VecDeque<u8>,
    readable: bool,
    /// When it is closed unless something whole has arrived by then.
    deadline: Timestamp,
    /// When the message that is arriving began; a slow one is cut off from here, not from its last byte.
    message_since: Option<Timestamp>,
}

/// Listeners and connections.
#[derive(Debug)]
pub(super) struct TcpTable {
    listeners: Vec<TcpListener>,
    first_token: usize,
    acceptable: bool,
    connections: BTreeMap<u64, Connection>,
    by_remote: BTreeMap<SocketAddr, u64>,
    per_source: BTreeMap<IpAddr, usize>,
    next: u64,
    failures: Vec<(SocketAddr, Transport)>,
    /// Connections that the poller has news of, or whose last turn ended by its budget.
    ready: BTreeSet<u64>,
    /// Deadlines are looked at once a second: a scan of all of them in each turn would cost more than they guard.
    next_sweep: Option<Timestamp>,
}

/// How a connection's turn ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Open,
    /// To be closed: nothing sound comes of it.
    Closed,
    /// The peer has closed or broken it.
    Ended,
}

impl TcpTable {
    /// Binds and registers the listeners; their tokens begin at `first_token`, the connections' after them.
    pub(super) fn bind(
        registry: &Registry,
        first_token: usize,
        addresses: &[SocketAddr],
    ) -> Result<Self, (SocketAddr, io::Error)> {
        let mut listeners = Vec::with_capacity(addresses.len());
        for (at, &address) in addresses.iter().enumerate() {
            let mut listener = TcpListener::bind(address).map_err(|error| (address, error))?;
            registry
                .register(&mut listener, Token(first_token + at), Interest::READABLE)
                .map_err(|error| (address, error))?;
            listeners.push(listener);
        }
        Ok(Self {
            listeners,
            first_token,
            acceptable: false,
            connections: BTreeMap::new(),
            by_remote: BTreeMap::new(),
            per_source: BTreeMap::new(),
            next: 0,
            failures: Vec::new(),
            ready: BTreeSet::new(),
            next_sweep: None,
        })
    }

    /// The listeners' addresses.
    pub(super) fn listening(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.listeners.iter().filter_map(|listener| listener.local_addr().ok())
    }

    /// Open connections.
    pub(super) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether a turn ended with something left to do.
    pub(super) fn has_pending(&self) -> bool {
        self.acceptable || !self.failures.is_empty() || !self.ready.is_empty()
    }

    fn token(&self, id: u64) -> Token {
        // Tokens are 64 bits here, connections are counted one by one: they do not meet the waker's.
        Token(self.first_token + self.listeners.len() + usize::try_from(id).unwrap_or(0))
    }

    /// Notes what the poller said.
    pub(super) fn mark(&mut self, event: &Event) {
        let Token(token) = event.token();
        let first_connection = self.first_token + self.listeners.len();
        if token < first_connection {
            self.acceptable = true;
        } else {
            let id = (token - first_connection) as u64;
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.readable |= event.is_readable() || event.is_error() || event.is_read_closed();
                self.ready.insert(id);
            }
        }
    }

    /// Accepts, reads, frames, writes.
    pub(super) fn receive(
        &mut self,
        now: Timestamp,
        registry: &Registry,
        budget: &mut usize,
        counters: &mut TransportCounters,
        hand_out: &mut impl FnMut(Incoming<'_>),
    ) {
        for (remote, transport) in self.failures.drain(..) {
            hand_out(Incoming::Unreachable { remote, transport });
        }
        if self.acceptable {
            self.accept(now, registry, counters);
        }
        let mut closed = Vec::new();
        for id in std::mem::take(&mut self.ready) {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            let turn = match connection.flush() {
                Turn::Open if connection.readable => connection.read(now, id, budget, hand_out),
                turn @ (Turn::Open | Turn::Closed | Turn::Ended) => turn,
            };
            match turn {
                Turn::Closed | Turn::Ended => closed.push((id, turn)),
                Turn::Open if connection.readable => {
                    self.ready.insert(id);
                }
                Turn::Open => {}
            }
        }
        for (id, turn) in closed {
            if let Some(remote) = self.close(registry, id) {
                counters.note_end(turn);
                hand_out(Incoming::Unreachable { remote, transport: Transport::Tcp(ConnectionId(id)) });
            }
        }
    }

    fn accept(&mut self, now: Timestamp, registry: &Registry, counters: &mut TransportCounters) {
        self.acceptable = false;
        let mut accepted = Vec::new();
        for listener in &self.listeners {
            while let Ok((stream, remote)) = listener.accept() {
                accepted.push((stream, remote));
                if accepted.len() >= CONNECTIONS_MAX {
                    break;
                }
            }
        }
        for (stream, remote) in accepted {
            let from_source = self.per_source.get(&remote.ip()).copied().unwrap_or(0);
            if self.connections.len() >= CONNECTIONS_MAX || from_source >= CONNECTIONS_PER_SOURCE_MAX {
                // Dropping the stream closes it; the peer sees that at once.
                counters.connections_refused += 1;
            } else if self.insert(now, registry, stream, remote).is_ok() {
                counters.connections_accepted += 1;
            } else {
                counters.connections_refused += 1;
            }
        }
    }

    fn insert(
        &mut self,
        now: Timestamp,
        registry: &Registry,
        mut stream: TcpStream,
        remote: SocketAddr,
    ) -> io::Result<u64> {
        let id = self.next;
        registry.register(&mut stream, self.token(id), Interest::READABLE | Interest::WRITABLE)?;
        let local = stream.local_addr()?;
        self.next += 1;
        self.by_remote.insert(remote, id);
        *self.per_source.entry(remote.ip()).or_insert(0) += 1;
        self.connections.insert(
            id,
            Connection {
                stream,
                local,
                remote,
                framer: StreamFramer::new(),
                output: VecDeque::new(),
                readable: true,
                deadline: now + CONNECTION_MESSAGE_MAX,
                message_since: None,
            },
        );
        self.ready.insert(id);
        self.next_sweep.get_or_insert(now + SWEEP);
        Ok(id)
    }

    fn close(&mut self, registry: &Registry, id: u64) -> Option<SocketAddr> {
        let mut connection = self.connections.remove(&id)?;
        // The stream is closed by its drop whether or not the poller still knew it.
        let _ = registry.deregister(&mut connection.stream);
        if self.by_remote.get(&connection.remote) == Some(&id) {
            self.by_remote.remove(&connection.remote);
        }
        if let Some(count) = self.per_source.get_mut(&connection.remote.ip()) {
            *count -= 1;
            if *count == 0 {
                self.per_source.remove(&connection.remote.ip());
            }
        }
        Some(connection.remote)
    }

    /// Queues and writes; opens a connection where there is none.
    pub(super) fn send(
        &mut self,
        now: Timestamp,
        registry: &Registry,
        transmit: &Transmit,
        counters: &mut TransportCounters,
    ) {
        let remote = transmit.peer.remote;
        let known = match transmit.peer.transport {
            Transport::Tcp(ConnectionId(id)) if self.connections.contains_key(&id) => Some(id),
            Transport::Udp | Transport::Tcp(_) | Transport::TcpNew => self.by_remote.get(&remote).copied(),
        };
        let id = match known {
            Some(id) => id,
            None if self.connections.len() >= CONNECTIONS_MAX => {
                counters.connections_refused += 1;
                self.failures.push((remote, transmit.peer.transport));
                return;
            }
            None => match TcpStream::connect(remote)
                .and_then(|stream| self.insert(now, registry, stream, remote))
            {
                Ok(id) => id,
                Err(_) => {
                    self.failures.push((remote, transmit.peer.transport));
                    return;
                }
            },
        };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.output.len() + transmit.bytes.len() > CONNECTION_OUTPUT_BYTES_MAX {
            counters.connections_closed += 1;
            self.close(registry, id);
            self.failures.push((remote, transmit.peer.transport));
            return;
        }
        connection.output.extend(transmit.bytes.iter());
        let turn = connection.flush();
        if turn != Turn::Open {
            counters.note_end(turn);
            self.close(registry, id);
            self.failures.push((remote, transmit.peer.transport));
        }
    }

    /// When connections' deadlines are looked at next.
    pub(super) const fn poll_timeout(&self) -> Option<Timestamp> {
        self.next_sweep
    }

    /// Closes connections whose deadline has passed.
    pub(super) fn handle_timeout(
        &mut self,
        now: Timestamp,
        registry: &Registry,
        counters: &mut TransportCounters,
    ) {
        if self.next_sweep.is_none_or(|sweep| sweep > now) {
            return;
        }
        let late: Vec<u64> = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.deadline <= now)
            .map(|(&id, _)| id)
            .collect();
        for id in late {
            if let Some(remote) = self.close(registry, id) {
                counters.connections_closed += 1;
                self.failures.push((remote, Transport::Tcp(ConnectionId(id))));
            }
        }
        self.next_sweep = (!self.connections.is_empty()).then(|| now + SWEEP);
    }
}

impl TransportCounters {
    const fn note_end(&mut self, turn: Turn) {
        match turn {
            Turn::Open => {}
            Turn::Closed => self.connections_closed += 1,
            Turn::Ended => self.connections_ended += 1,
        }
    }
}

impl Connection {
    fn flush(&mut self) -> Turn {
        while !self.output.is_empty() {
            let (front, _) = self.output.as_slices();
            match self.stream.write(front) {
                Ok(written) => drop(self.output.drain(..written)),
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) =>
                {
                    return Turn::Open;
                }
                Err(_) => return Turn::Ended,
            }
        }
        Turn::Open
    }

    fn read(
        &mut self,
        now: Timestamp,
        id: u64,
        budget: &mut usize,
        hand_out: &mut impl FnMut(Incoming<'_>),
    ) -> Turn {
        let mut buffer = [0; READ_BYTES];
        while *budget > 0 {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Turn::Ended,
                Ok(length) => {
                    *budget -= 1;
                    self.framer.push(&buffer[..length]);
                    let turn = self.frames(now, id, hand_out);
                    if turn != Turn::Open {
                        return turn;
                    }
                }
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) =>
                {
                    self.readable = false;
                    return Turn::Open;
                }
                Err(_) => return Turn::Ended,
            }
        }
        Turn::Open
    }

    fn frames(&mut self, now: Timestamp, id: u64, hand_out: &mut impl FnMut(Incoming<'_>)) -> Turn {
        let peer =
            Peer { transport: Transport::Tcp(ConnectionId(id)), local: self.local, remote: self.remote };
        loop {
            match self.framer.next_frame() {
                Ok(Some(Frame::Message(bytes))) => {
                    hand_out(Incoming::Message { peer, bytes: &bytes });
                    self.message_since = None;
                    self.deadline = now + CONNECTION_IDLE_MAX;
                }
                Ok(Some(Frame::Ping)) => {
                    // RFC 5626 3.5.1: a double CRLF is answered by a single one.
                    self.output.extend(b"\r\n");
                    self.deadline = now + CONNECTION_IDLE_MAX;
                    let turn = self.flush();
                    if turn != Turn::Open {
                        return turn;
                    }
                }
                Ok(None) => {
                    if self.framer.is_partial() {
                        let since = *self.message_since.get_or_insert(now);
                        self.deadline = since + CONNECTION_MESSAGE_MAX;
                    }
                    return Turn::Open;
                }
                Err(_) => return Turn::Closed,
            }
        }
    }
}
