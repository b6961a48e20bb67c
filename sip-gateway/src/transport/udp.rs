//! One UDP socket of signalling. The kernel's error queue tells which destination an ICMP error was for, which a plain
//! read does not.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use mio::{Interest, Registry, Token};
use nix::sys::socket::{
    MsgFlags, SetSockOpt, SockaddrStorage, recvmsg, sockopt::Ipv4RecvErr, sockopt::Ipv6RecvErr,
};
use socket2::{Domain, Protocol, Socket, Type};

use super::{Incoming, TransportCounters};
use crate::limits::{DATAGRAM_BYTES_MAX, SIGNALLING_RECEIVE_BUFFER_BYTES};
use crate::sip::{Peer, Transport};

/// A bound socket and what the poller has said of it.
#[derive(Debug)]
pub(super) struct UdpSocket {
    socket: mio::net::UdpSocket,
    local: SocketAddr,
    readable: bool,
    failed: bool,
    buffer: Box<[u8]>,
}

impl UdpSocket {
    /// Binds and registers a socket.
    pub(super) fn bind(registry: &Registry, token: Token, address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // A burst of INVITEs after a disaster must wait in the kernel, not be dropped there.
        socket.set_recv_buffer_size(SIGNALLING_RECEIVE_BUFFER_BYTES)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        if address.is_ipv6() {
            Ipv6RecvErr.set(&socket, &true)?;
        } else {
            Ipv4RecvErr.set(&socket, &true)?;
        }
        let mut socket = mio::net::UdpSocket::from_std(socket.into());
        registry.register(&mut socket, token, Interest::READABLE)?;
        let local = socket.local_addr()?;
        let buffer = vec![0; DATAGRAM_BYTES_MAX].into_boxed_slice();
        Ok(Self { socket, local, readable: false, failed: false, buffer })
    }

    /// The bound address.
    pub(super) const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Whether a datagram may be there.
    pub(super) const fn readable(&self) -> bool {
        self.readable
    }

    /// Whether the socket is of the remote's address family.
    pub(super) const fn reaches(&self, remote: SocketAddr) -> bool {
        self.local.is_ipv4() == remote.is_ipv4()
    }

    /// Notes what the poller said.
    pub(super) const fn mark(&mut self, readable: bool, failed: bool) {
        self.readable |= readable;
        self.failed |= failed;
    }

    /// Hands out datagrams and ICMP errors until there are none or the budget is used.
    pub(super) fn receive(
        &mut self,
        budget: &mut usize,
        counters: &mut TransportCounters,
        hand_out: &mut impl FnMut(Incoming<'_>),
    ) {
        if self.failed {
            self.failed = false;
            self.drain_errors(counters, hand_out);
        }
        while self.readable && *budget > 0 {
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, remote)) => {
                    *budget -= 1;
                    counters.datagrams_received += 1;
                    let peer = Peer { transport: Transport::Udp, local: self.local, remote };
                    hand_out(Incoming::Message { peer, bytes: &self.buffer[..length] });
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                // A pending ICMP error is reported once by the next read; the error queue has its destination.
                Err(_) => self.drain_errors(counters, hand_out),
            }
        }
    }

    fn drain_errors(&self, counters: &mut TransportCounters, hand_out: &mut impl FnMut(Incoming<'_>)) {
        let mut payload = [0; 64];
        loop {
            let mut parts = [IoSliceMut::new(&mut payload)];
            let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
            let Ok(message) = recvmsg::<SockaddrStorage>(self.socket.as_raw_fd(), &mut parts, None, flags)
            else {
                return;
            };
            counters.icmp_errors += 1;
            if let Some(remote) = message.address.and_then(to_std) {
                hand_out(Incoming::Unreachable { remote, transport: Transport::Udp });
            }
        }
    }

    /// Sends one datagram; whether the system took it.
    pub(super) fn send(&self, remote: SocketAddr, bytes: &[u8]) -> bool {
        // An ICMP error of an earlier datagram is reported by the next call, whatever its destination: once more then.
        self.socket.send_to(bytes, remote).is_ok() || self.socket.send_to(bytes, remote).is_ok()
    }
}

fn to_std(address: SockaddrStorage) -> Option<SocketAddr> {
    address
        .as_sockaddr_in()
        .map(|v4| SocketAddr::from((v4.ip(), v4.port())))
        .or_else(|| address.as_sockaddr_in6().map(|v6| SocketAddr::from((v6.ip(), v6.port()))))
}
