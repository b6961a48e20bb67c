//! Sockets of signalling: UDP with its ICMP errors, TCP with its framing, one poller for both and for everybody who
//! has something for the loop.
//!
//! Nothing here knows what a message means. What comes in is handed out as [`Incoming`]; what goes out is a
//! [`Transmit`] with the peer that it is for.

mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;
use mio::{Events, Poll, Token, Waker};

use crate::limits::{ANY_PORT_TRIES, POLL_EVENTS_MAX, RECEIVE_BUDGET};
use crate::sip::{Peer, Transmit, Transport};

use tcp::TcpTable;
use udp::UdpSocket;

/// What arrived on a socket.
#[derive(Debug)]
pub enum Incoming<'a> {
    /// One datagram, or one framed message of a connection.
    Message {
        /// Between whom.
        peer: Peer,
        /// The message.
        bytes: &'a [u8],
    },
    /// What was sent there cannot arrive: ICMP, a refused or broken connection.
    Unreachable {
        /// Where it was sent.
        remote: SocketAddr,
        /// Over what.
        transport: Transport,
    },
}

/// Why the sockets could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {protocol} {address}: {source}; free the port or name another in [listen]")]
pub struct BindError {
    /// `UDP` or `TCP`.
    pub protocol: &'static str,
    /// Where.
    pub address: SocketAddr,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

/// What the transports have counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct TransportCounters {
    /// Datagrams received.
    pub datagrams_received: u64,
    /// Datagrams that the system did not take.
    pub datagrams_unsent: u64,
    /// ICMP errors for what we sent.
    pub icmp_errors: u64,
    /// Connections accepted.
    pub connections_accepted: u64,
    /// Connections refused because of a bound.
    pub connections_refused: u64,
    /// Connections closed because of their framing, their slowness, or their idleness.
    pub connections_closed: u64,
    /// Connections that their peers closed or broke.
    pub connections_ended: u64,
}

const WAKER: Token = Token(usize::MAX);

/// All signalling sockets and their poller.
#[derive(Debug)]
pub struct Transports {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    udp: Vec<UdpSocket>,
    tcp: TcpTable,
    counters: TransportCounters,
}

impl Transports {
    /// Binds every address. A port of 0 takes any free one, the same for TCP as for UDP of the same address; see
    /// [`Self::udp_addresses`].
    ///
    /// # Errors
    /// If one of them cannot be bound.
    pub fn bind(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Result<Self, BindError> {
        let any_port = tcp.iter().any(|address| address.port() == 0);
        let mut tries = if any_port { ANY_PORT_TRIES } else { 1 };
        loop {
            tries -= 1;
            match Self::bind_once(udp, tcp) {
                // Another program listens on TCP at the port that UDP was given.
                Err(error) if tries > 0 && error.source.kind() == io::ErrorKind::AddrInUse => {}
                bound => return bound,
            }
        }
    }

    fn bind_once(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Result<Self, BindError> {
        let fail = |protocol, address| move |source| BindError { protocol, address, source };
        let anywhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let poll = Poll::new().map_err(fail("poller for", anywhere))?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER).map_err(fail("poller for", anywhere))?);
        let mut sockets = Vec::with_capacity(udp.len());
        for (at, &address) in udp.iter().enumerate() {
            sockets.push(UdpSocket::bind(poll.registry(), Token(at), address).map_err(fail("UDP", address))?);
        }
        let same_port = |address: &SocketAddr| {
            let of_udp = sockets.iter().map(UdpSocket::local).find(|local| local.ip() == address.ip());
            match of_udp {
                Some(local) if address.port() == 0 => local,
                Some(_) | None => *address,
            }
        };
        let tcp: Vec<SocketAddr> = tcp.iter().map(same_port).collect();
        let tcp = TcpTable::bind(poll.registry(), udp.len(), &tcp)
            .map_err(|(address, source)| BindError { protocol: "TCP", address, source })?;
        Ok(Self {
            poll,
            events: Events::with_capacity(POLL_EVENTS_MAX),
            waker,
            udp: sockets,
            tcp,
            counters: TransportCounters::default(),
        })
    }

    /// Ends a [`Self::wait`] from any thread.
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// The bound UDP addresses, in the order of `bind`.
    pub fn udp_addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.udp.iter().map(UdpSocket::local)
    }

    /// The bound TCP addresses, in the order of `bind`.
    pub fn tcp_addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.tcp.listening()
    }

    /// What has been counted.
    pub const fn counters(&self) -> TransportCounters {
        self.counters
    }

    /// Open connections.
    pub fn connections_len(&self) -> usize {
        self.tcp.len()
    }

    /// Waits until something is there, the waker was called, or `timeout` has passed.
    ///
    /// # Errors
    /// If the system's poller fails; being interrupted is no failure.
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        // A socket whose last turn ended by its budget has no new edge to wait for.
        let timeout = if self.udp.iter().any(UdpSocket::readable) || self.tcp.has_pending() {
            Some(Duration::ZERO)
        } else {
            timeout
        };
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &self.events {
            let Token(at) = event.token();
            if event.token() == WAKER {
                continue;
            }
            if let Some(socket) = self.udp.get_mut(at) {
                socket.mark(event.is_readable(), event.is_error());
            } else {
                self.tcp.mark(event);
            }
        }
        Ok(())
    }

    /// Hands out what has arrived, at most a budget of messages a turn so that timers and effects are not starved. Each UDP
    /// socket has its own budget, and the connections have one: a flood on one way in does not keep the others waiting.
    pub fn receive(&mut self, now: Timestamp, mut hand_out: impl FnMut(Incoming<'_>)) {
        for socket in &mut self.udp {
            let mut budget = RECEIVE_BUDGET;
            socket.receive(&mut budget, &mut self.counters, &mut hand_out);
        }
        let mut budget = RECEIVE_BUDGET;
        self.tcp.receive(now, self.poll.registry(), &mut budget, &mut self.counters, &mut hand_out);
    }

    /// Sends; what a full socket does not take is lost for UDP (SIP retransmits) and queued for TCP.
    pub fn send(&mut self, now: Timestamp, transmit: &Transmit) {
        match transmit.peer.transport {
            Transport::Udp => {
                let socket = self
                    .udp
                    .iter()
                    .find(|socket| socket.local() == transmit.peer.local)
                    .or_else(|| self.udp.iter().find(|socket| socket.reaches(transmit.peer.remote)));
                let sent = socket.is_some_and(|socket| socket.send(transmit.peer.remote, &transmit.bytes));
                if !sent {
                    self.counters.datagrams_unsent += 1;
                }
            }
            Transport::Tcp(_) | Transport::TcpNew => {
                self.tcp.send(now, self.poll.registry(), transmit, &mut self.counters);
            }
        }
    }

    /// When [`Self::handle_timeout`] must be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.tcp.poll_timeout()
    }

    /// Closes connections that are too slow or idle for too long.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.tcp.handle_timeout(now, self.poll.registry(), &mut self.counters);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_free_port_is_one_port_for_udp_and_tcp() {
        let anywhere = [SocketAddr::from(([127, 0, 0, 1], 0))];
        let transports = Transports::bind(&anywhere, &anywhere).unwrap();
        let udp: Vec<SocketAddr> = transports.udp_addresses().collect();
        let tcp: Vec<SocketAddr> = transports.tcp_addresses().collect();
        assert_eq!(udp, tcp);
        assert_ne!(udp[0].port(), 0);
        assert!(Transports::bind(&udp, &[]).is_err(), "the port is taken");
    }
}
