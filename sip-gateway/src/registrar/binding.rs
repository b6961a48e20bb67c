//! Where a registered seat is reached.

use std::net::SocketAddr;

use acd_core::Timestamp;

use crate::sip::message::{NameAddr, Uri};
use crate::sip::{Peer, Transport};

/// Port of a contact that writes none (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;

/// A seat's binding: one contact, and the way to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The Request-URI of requests to the seat.
    pub contact: Uri,
    /// Where requests to the seat go.
    pub peer: Peer,
    /// The Route set of requests to the seat (RFC 3327).
    pub path: Vec<NameAddr>,
    /// Whence the REGISTER came.
    pub source: SocketAddr,
    /// When the binding ends without a refresh.
    pub expires_at: Timestamp,
    pub(super) call_id: Vec<u8>,
    pub(super) cseq: u32,
}

impl Binding {
    /// Every address that the seat may send from.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + use<> {
        let reached = (self.peer.remote != self.source).then_some(self.peer.remote);
        [Some(self.source), reached].into_iter().flatten()
    }
}

/// Where requests to a contact go that was registered by `peer`.
///
/// A contact on the source's own address says the port where the phone listens, which need not be the one that it sent
/// from. A contact elsewhere is one behind a NAT that the phone does not know of (or behind a proxy): what it sent from is
/// the way back (RFC 3581 in spirit). A phone on TCP is reached over the connection that it opened.
pub(super) fn next_hop(contact: &Uri, path: &[NameAddr], peer: Peer) -> Peer {
    let same_host = contact.host.as_ref().and_then(|host| host.ip()).map(|ip| ip.to_canonical())
        == Some(peer.remote.ip().to_canonical());
    if !path.is_empty() || !same_host || peer.transport != Transport::Udp {
        return peer;
    }
    let wants_tcp = contact.params.get("transport").is_some_and(|name| name.eq_ignore_ascii_case(b"tcp"));
    Peer {
        transport: if wants_tcp { Transport::TcpNew } else { Transport::Udp },
        local: peer.local,
        remote: SocketAddr::new(peer.remote.ip(), contact.port.unwrap_or(SIP_PORT)),
    }
}

/// Whether two contacts are one (RFC 3261 section 19.1.4, with transport as the only parameter that tells them apart).
pub(super) fn is_same_contact(one: &Uri, two: &Uri) -> bool {
    let transport = |uri: &Uri| uri.params.get("transport").map(<[u8]>::to_ascii_lowercase);
    one.scheme == two.scheme
        && one.user_unescaped() == two.user_unescaped()
        && one.host == two.host
        && one.port == two.port
        && transport(one) == transport(two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::ConnectionId;

    fn hop(contact: &str, transport: Transport) -> (String, Transport) {
        let peer = Peer {
            transport,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "198.51.100.7:40000".parse().unwrap(),
        };
        let hop = next_hop(&Uri::parse(contact.as_bytes()).unwrap(), &[], peer);
        (hop.remote.to_string(), hop.transport)
    }

    #[test]
    fn the_way_to_a_phone_minds_nat_ports_and_connections() {
        let source = "198.51.100.7:40000".to_owned();
        assert_eq!(hop("sip:a@198.51.100.7:5070", Transport::Udp).0, "198.51.100.7:5070");
        assert_eq!(hop("sip:a@198.51.100.7", Transport::Udp).0, "198.51.100.7:5060");
        assert_eq!(hop("sip:a@198.51.100.7;transport=TCP", Transport::Udp).1, Transport::TcpNew);
        assert_eq!(hop("sip:a@10.0.0.5:5060", Transport::Udp), (source.clone(), Transport::Udp));
        assert_eq!(hop("sip:a@phone.invalid", Transport::Udp).0, source);
        let connection = Transport::Tcp(ConnectionId(3));
        assert_eq!(hop("sip:a@198.51.100.7:5070;transport=tcp", connection), (source, connection));
    }

    #[test]
    fn contacts_are_compared_by_what_they_reach() {
        let same = |one: &str, two: &str| {
            is_same_contact(&Uri::parse(one.as_bytes()).unwrap(), &Uri::parse(two.as_bytes()).unwrap())
        };
        assert!(same("sip:a@EXAMPLE.com;transport=UDP;ob", "sip:%61@example.com;transport=udp"));
        for other in ["sip:b@h", "sip:a@h:5060", "sips:a@h", "sip:a@i", "sip:a@h;transport=tcp"] {
            assert!(!same("sip:a@h", other), "{other}");
        }
    }
}
