//! The port range: an even port for RTP and the odd one after it for RTCP (RFC 3550 11).

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};

use super::MediaError;
use super::hearing::Hearing;
use super::limits::{RTCP_RECEIVE_BUFFER_BYTES, RTP_RECEIVE_BUFFER_BYTES};

/// A pair of bound sockets. Dropping it frees the ports.
#[derive(Debug)]
pub struct BoundPorts {
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    address: SocketAddr,
    pub(super) hearing: Hearing,
    held: Held,
}

impl BoundPorts {
    /// Where RTP is received; RTCP one port above.
    #[must_use]
    pub const fn rtp_address(&self) -> SocketAddr {
        self.address
    }

    /// When the leg on these ports was last heard.
    #[must_use]
    pub fn hearing(&self) -> Hearing {
        self.hearing.clone()
    }

    /// The even port, for SDP.
    #[must_use]
    pub const fn rtp_port(&self) -> u16 {
        self.address.port()
    }
}

/// A pair's mark in the table, taken off when its sockets go.
#[derive(Debug)]
struct Held {
    table: Arc<Table>,
    pair: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.table.taken[self.pair].store(false, Ordering::Release);
        self.table.in_use.fetch_sub(1, Ordering::AcqRel);
    }
}

#[derive(Debug)]
struct Table {
    taken: Box<[AtomicBool]>,
    in_use: AtomicUsize,
}

/// Hands ports out, round and round, so that a fresh port is not one that a caller of a moment ago still sends to.
#[derive(Debug)]
pub(super) struct PortAllocator {
    first: u16,
    next: usize,
    dscp: u8,
    table: Arc<Table>,
}

impl PortAllocator {
    /// An allocator of a range; an odd first port and a last pair without its second port are left out.
    pub(super) fn new(ports: &RangeInclusive<u16>, dscp: u8) -> Result<Self, MediaError> {
        let first = ports.start().checked_next_multiple_of(2).unwrap_or(u16::MAX);
        let pairs = (usize::from(*ports.end()) + 1).saturating_sub(usize::from(first)) / 2;
        if pairs == 0 || first == 0 {
            return Err(MediaError::PortRange { first: *ports.start(), last: *ports.end() });
        }
        let taken = (0..pairs).map(|_| AtomicBool::new(false)).collect();
        Ok(Self { first, next: 0, dscp, table: Arc::new(Table { taken, in_use: AtomicUsize::new(0) }) })
    }

    /// Pairs of the range.
    pub(super) fn pairs(&self) -> usize {
        self.table.taken.len()
    }

    /// Pairs that are bound.
    pub(super) fn in_use(&self) -> usize {
        self.table.in_use.load(Ordering::Acquire)
    }

    /// Binds the next free pair; one whose ports another program holds is skipped.
    pub(super) fn bind(&mut self, local: IpAddr) -> Result<BoundPorts, MediaError> {
        let pairs = self.table.taken.len();
        for _ in 0..pairs {
            let pair = self.next;
            self.next = (self.next + 1) % pairs;
            if self.table.taken[pair].swap(true, Ordering::AcqRel) {
                continue;
            }
            self.table.in_use.fetch_add(1, Ordering::AcqRel);
            let held = Held { table: Arc::clone(&self.table), pair };
            let address = SocketAddr::new(local, self.first + 2 * pair as u16);
            match self.bind_pair(address) {
                Ok((rtp, rtcp)) => {
                    let hearing = Hearing::new();
                    return Ok(BoundPorts { rtp, rtcp, address, hearing, held });
                }
                Err(source) if source.kind() == io::ErrorKind::AddrInUse => {}
                Err(source) => return Err(MediaError::Bind { address, source }),
            }
        }
        Err(MediaError::PortsExhausted { pairs, in_use: self.in_use() })
    }

    fn bind_pair(&self, address: SocketAddr) -> io::Result<(UdpSocket, UdpSocket)> {
        let rtp = self.bind_one(address, RTP_RECEIVE_BUFFER_BYTES)?;
        let rtcp =
            self.bind_one(SocketAddr::new(address.ip(), address.port() + 1), RTCP_RECEIVE_BUFFER_BYTES)?;
        Ok((rtp, rtcp))
    }

    fn bind_one(&self, address: SocketAddr, receive_buffer_bytes: usize) -> io::Result<UdpSocket> {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = rustix::net::socket_with(family, SocketType::DGRAM, flags, None)?;
        sockopt::set_socket_recv_buffer_size(&socket, receive_buffer_bytes)?;
        let type_of_service = self.dscp << 2;
        if address.is_ipv4() {
            sockopt::set_ip_tos(&socket, type_of_service)?;
        } else {
            sockopt::set_ipv6_v6only(&socket, true)?;
            sockopt::set_ipv6_tclass(&socket, u32::from(type_of_service))?;
        }
        rustix::net::bind(&socket, &address)?;
        Ok(socket.into())
    }
}

impl BoundPorts {
    /// Pairs of the range that are bound, this one included.
    #[must_use]
    pub fn pairs_in_use(&self) -> usize {
        self.held.table.in_use.load(Ordering::Acquire)
    }
}
