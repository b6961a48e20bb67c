//! The state of a dialog (RFC 3261 section 12), plain enough to be journalled, and the requests made from it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::event::{Peer, Transport};
use super::message::{HeaderName, Headers, Host, Method, NameAddr, Request, Response, Uri};

/// Who sent the INVITE.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DialogRole {
    /// We did.
    Uac,
    /// The peer did.
    Uas,
}

/// What must be known of a dialog to go on with it, or to end it after a crash.
#[derive(Clone, PartialEq, Eq)]
pub struct DialogState {
    /// Who sent the INVITE.
    pub role: DialogRole,
    /// No 2xx has made it a dialog for good.
    pub early: bool,
    /// Call-ID.
    pub call_id: Vec<u8>,
    /// Our tag.
    pub local_tag: Vec<u8>,
    /// The peer's tag; empty for a peer of RFC 2543, and before the first answer.
    pub remote_tag: Vec<u8>,
    /// From of our requests: address and tag as they were first written.
    pub local: Vec<u8>,
    /// To of our requests, likewise.
    pub remote: Vec<u8>,
    /// The CSeq of our last request.
    pub local_cseq: u32,
    /// The CSeq of the peer's last request.
    pub remote_cseq: Option<u32>,
    /// The route set in the order of our requests, each element as it was received.
    pub route_set: Vec<Vec<u8>>,
    /// The URI that our requests are for.
    pub remote_target: Vec<u8>,
    /// Where the peer was last heard from, or reached.
    pub peer: Peer,
    /// The peer was reached at `peer` under the very address that its Contact has, so that requests go there whatever
    /// the address looks like: the registrar knows how to pass a NAT.
    pub target_is_peer: bool,
    /// Our SDP as it was last sent.
    pub local_sdp: Vec<u8>,
}

impl fmt::Debug for DialogState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses and SDP are those of people.
        f.debug_struct("DialogState")
            .field("role", &self.role)
            .field("early", &self.early)
            .field("local_cseq", &self.local_cseq)
            .field("remote_cseq", &self.remote_cseq)
            .finish_non_exhaustive()
    }
}

/// What finds a dialog's messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct DialogId(Box<[u8]>);

impl DialogId {
    pub(super) fn new(call_id: &[u8], local_tag: &[u8], remote_tag: &[u8]) -> Self {
        Self([call_id, local_tag, remote_tag].join(&0).into())
    }

    /// What a call of ours has before anyone answers.
    pub(super) fn calling(call_id: &[u8], local_tag: &[u8]) -> Self {
        Self([call_id, local_tag].join(&0).into())
    }
}

impl DialogState {
    /// The dialog that an INVITE to us begins (RFC 3261 section 12.1.1). `local_tag` is the To tag of our answers.
    pub(super) fn uas(request: &Request, peer: Peer, local_tag: Vec<u8>) -> Self {
        let headers = &request.headers;
        let from = headers.from().ok();
        let remote_tag = from.as_ref().and_then(NameAddr::tag).unwrap_or_default().to_vec();
        let mut local = headers.get(&HeaderName::To).unwrap_or_default().to_vec();
        local.extend(b";tag=");
        local.extend(&local_tag);
        // RFC 2543 peers may send no Contact; their address is all there is.
        let remote_target =
            contact_target(headers).or_else(|| from.map(|from| from.uri.raw().to_vec())).unwrap_or_default();
        Self {
            role: DialogRole::Uas,
            early: true,
            call_id: headers.call_id().unwrap_or_default().to_vec(),
            local_tag,
            remote_tag,
            local,
            remote: headers.get(&HeaderName::From).unwrap_or_default().to_vec(),
            local_cseq: 0,
            remote_cseq: headers.cseq().ok().map(|cseq| cseq.number),
            route_set: headers.values(&HeaderName::RecordRoute).map(<[u8]>::to_vec).collect(),
            remote_target,
            peer,
            target_is_peer: false,
            local_sdp: Vec::new(),
        }
    }

    /// Takes the peer's side from a response to our INVITE (RFC 3261 section 12.1.2).
    pub(super) fn take_response(&mut self, response: &Response) {
        let headers = &response.headers;
        self.remote_tag = to_tag(response);
        if let Some(to) = headers.get(&HeaderName::To) {
            self.remote = to.to_vec();
        }
        let mut routes: Vec<Vec<u8>> = headers.values(&HeaderName::RecordRoute).map(<[u8]>::to_vec).collect();
        routes.reverse();
        self.route_set = routes;
        self.refresh_target(headers);
    }

    /// Takes the Contact of a target refresh (RFC 3261 section 12.2). `true`: it is another one.
    pub(super) fn refresh_target(&mut self, headers: &Headers) -> bool {
        match contact_target(headers) {
            Some(target) if target != self.remote_target => {
                self.target_is_peer = self.target_is_peer && same_place(&target, &self.remote_target);
                self.remote_target = target;
                true
            }
            Some(_) | None => false,
        }
    }

    pub(super) fn id(&self) -> DialogId {
        DialogId::new(&self.call_id, &self.local_tag, &self.remote_tag)
    }

    /// A request within the dialog without Via and Contact (RFC 3261 section 12.2.1.1).
    pub(super) fn request(&self, method: Method, cseq: u32) -> Request {
        let mut routes: Vec<&[u8]> = self.route_set.iter().map(Vec::as_slice).collect();
        let mut uri = self.remote_target.clone();
        // A first route without `lr` is a strict router: it wants itself as Request-URI and the target last.
        let strict =
            routes.first().and_then(|route| read_address(route)).filter(|route| !is_loose(&route.uri));
        let target = [b"<".as_slice(), &self.remote_target, b">"].concat();
        if let Some(first) = strict {
            uri = without_headers(&first.uri);
            routes.remove(0);
            routes.push(&target);
        }
        let mut request = Request::new(method, uri);
        let cseq = [cseq.to_string().as_bytes(), b" ", request.method.as_bytes()].concat();
        let headers = &mut request.headers;
        headers.push(HeaderName::MaxForwards, "70");
        for route in routes {
            headers.push(HeaderName::Route, route);
        }
        headers.push(HeaderName::From, self.local.as_slice());
        headers.push(HeaderName::To, self.remote.as_slice());
        headers.push(HeaderName::CallId, self.call_id.as_slice());
        headers.push(HeaderName::CSeq, cseq);
        request
    }

    /// Where a request within the dialog goes: the first route, else the remote target (RFC 3261 section 8.1.2).
    ///
    /// The peer as it was last heard from stands in for what cannot be reached as written: a name (there is no DNS
    /// here), a connection that only the peer can open, an address behind NAT that is not even of the peer's kind, and one
    /// that a loopback socket does not reach.
    pub(super) fn next_hop(&self) -> Peer {
        let route = self.route_set.first().and_then(|route| read_address(route)).map(|route| route.uri);
        if route.is_none() && self.target_is_peer {
            return self.peer;
        }
        let Some(uri) = route.or_else(|| Uri::parse(&self.remote_target).ok()) else { return self.peer };
        let Some(ip) = uri.host.as_ref().and_then(Host::ip) else { return self.peer };
        let tcp = uri.params.get("transport").is_some_and(|name| name.eq_ignore_ascii_case(b"tcp"));
        let remote = SocketAddr::new(ip, uri.port.unwrap_or(5060));
        if remote == self.peer.remote && tcp == self.peer.transport.is_reliable() {
            return self.peer;
        }
        if self.peer.transport.is_reliable() && ip == self.peer.remote.ip() {
            return self.peer;
        }
        let local = self.peer.local.ip();
        if ip.is_ipv4() != local.is_ipv4()
            || local.is_loopback() && !ip.is_loopback()
            || is_behind_nat(ip, self.peer.remote.ip())
        {
            return self.peer;
        }
        let transport = if tcp { Transport::TcpNew } else { Transport::Udp };
        Peer { transport, local: self.peer.local, remote }
    }

    /// The connection is gone: what follows opens one to where the peer says it listens.
    pub(super) fn connection_lost(&mut self) {
        let uri = Uri::parse(&self.remote_target).ok();
        let listens = uri
            .as_ref()
            .and_then(|uri| Some(SocketAddr::new(uri.host.as_ref()?.ip()?, uri.port.unwrap_or(5060))))
            .filter(|address| !is_behind_nat(address.ip(), self.peer.remote.ip()));
        self.peer.transport = Transport::TcpNew;
        self.peer.remote = listens.unwrap_or(self.peer.remote);
    }
}

/// The To tag of a response.
pub(super) fn to_tag(response: &Response) -> Vec<u8> {
    let to = response.headers.to().ok();
    to.as_ref().and_then(NameAddr::tag).unwrap_or_default().to_vec()
}

fn contact_target(headers: &Headers) -> Option<Vec<u8>> {
    headers.contact().ok().flatten().map(|contact| contact.uri.raw().to_vec())
}

/// Whether two URIs have the same host and port.
fn same_place(one: &[u8], two: &[u8]) -> bool {
    match (Uri::parse(one), Uri::parse(two)) {
        (Ok(one), Ok(two)) => {
            one.host.is_some() && one.host == two.host && one.port.unwrap_or(5060) == two.port.unwrap_or(5060)
        }
        (Ok(_) | Err(_), _) => false,
    }
}

fn read_address(bytes: &[u8]) -> Option<NameAddr> {
    let mut headers = Headers::new();
    headers.push(HeaderName::Route, bytes);
    headers.address(HeaderName::Route).ok().flatten()
}

fn is_loose(uri: &Uri) -> bool {
    uri.params.contains("lr")
}

/// RFC 3261 section 19.1.1: headers and `method` are not allowed in a Request-URI.
fn without_headers(uri: &Uri) -> Vec<u8> {
    let raw = uri.raw();
    match &uri.headers {
        Some(headers) => raw[..raw.len() - headers.len() - 1].to_vec(),
        None => raw.to_vec(),
    }
}

/// An address of a private network, told by a peer that is seen from outside it.
fn is_behind_nat(told: IpAddr, seen: IpAddr) -> bool {
    fn reach(ip: IpAddr) -> u8 {
        match ip {
            IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => 0,
            IpAddr::V4(ip) if ip.is_private() || ip.is_link_local() => 1,
            // RFC 6598: shared by the customers of a carrier.
            IpAddr::V4(ip) if ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64 => 1,
            IpAddr::V6(ip) if ip.is_loopback() || ip.is_unspecified() => 0,
            IpAddr::V6(ip) if ip.is_unique_local() || ip.is_unicast_link_local() => 1,
            IpAddr::V4(_) | IpAddr::V6(_) => 2,
        }
    }
    reach(told) < reach(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::event::ConnectionId;

    fn state(target: &str, routes: &[&str], peer: (Transport, &str)) -> DialogState {
        DialogState {
            role: DialogRole::Uas,
            early: false,
            call_id: b"c".to_vec(),
            local_tag: b"l".to_vec(),
            remote_tag: b"r".to_vec(),
            local: b"<sip:us@h>;tag=l".to_vec(),
            remote: b"<sip:them@h>;tag=r".to_vec(),
            local_cseq: 0,
            remote_cseq: Some(1),
            route_set: routes.iter().map(|route| route.as_bytes().to_vec()).collect(),
            remote_target: target.as_bytes().to_vec(),
            peer: Peer {
                transport: peer.0,
                local: "192.0.2.1:5060".parse().unwrap(),
                remote: peer.1.parse().unwrap(),
            },
            target_is_peer: false,
            local_sdp: Vec::new(),
        }
    }

    fn hop(target: &str, routes: &[&str], peer: (Transport, &str)) -> String {
        let peer = state(target, routes, peer).next_hop();
        format!("{:?} {}", peer.transport, peer.remote)
    }

    #[test]
    fn requests_go_to_the_first_route_else_to_the_target() {
        let udp = (Transport::Udp, "198.51.100.1:5060");
        let tcp = (Transport::Tcp(ConnectionId(7)), "198.51.100.1:40000");
        let routes = ["<sip:198.51.100.3;lr>", "<sip:198.51.100.4;lr>"];
        for (target, routes, peer, expected) in [
            ("sip:a@198.51.100.2:5080", &[][..], udp, "Udp 198.51.100.2:5080"),
            ("sip:a@198.51.100.2;transport=tcp", &[], udp, "TcpNew 198.51.100.2:5060"),
            ("sip:a@198.51.100.2", &routes, udp, "Udp 198.51.100.3:5060"),
            ("sip:a@carrier.example", &[], udp, "Udp 198.51.100.1:5060"),
            ("tel:0312345678", &[], udp, "Udp 198.51.100.1:5060"),
            ("sip:a@192.168.1.5:5062", &[], udp, "Udp 198.51.100.1:5060"),
            ("sip:a@[2001:db8::1]", &[], udp, "Udp 198.51.100.1:5060"),
            ("sip:a@198.51.100.1;transport=tcp", &[], tcp, "Tcp(ConnectionId(7)) 198.51.100.1:40000"),
            ("sip:a@198.51.100.2;transport=tcp", &[], tcp, "TcpNew 198.51.100.2:5060"),
        ] {
            assert_eq!(hop(target, routes, peer), expected, "{target}");
        }
    }

    #[test]
    fn a_target_that_was_reached_at_another_address_is_reached_there_again() {
        let mut state = state("sip:a@10.0.0.5:5062", &[], (Transport::Udp, "10.9.0.1:40000"));
        state.target_is_peer = true;
        let mut headers = Headers::new();
        headers.push(HeaderName::Contact, "<sip:b@10.0.0.5:5062;ob>");
        assert!(state.refresh_target(&headers));
        assert_eq!(state.next_hop().remote, "10.9.0.1:40000".parse().unwrap());
        headers.set(HeaderName::Contact, "<sip:b@10.0.0.6:5062>");
        assert!(state.refresh_target(&headers));
        assert_eq!(state.next_hop().remote, "10.0.0.6:5062".parse().unwrap());
    }

    #[test]
    fn a_lost_connection_is_opened_to_where_the_peer_listens() {
        let mut state = state(
            "sip:a@198.51.100.1:5070;transport=tcp",
            &[],
            (Transport::Tcp(ConnectionId(7)), "198.51.100.1:40000"),
        );
        state.connection_lost();
        assert_eq!(state.next_hop().transport, Transport::TcpNew);
        assert_eq!(state.next_hop().remote, "198.51.100.1:5070".parse().unwrap());
    }

    #[test]
    fn loose_routes_keep_the_target_as_request_uri_and_a_strict_one_becomes_it() {
        let udp = (Transport::Udp, "198.51.100.1:5060");
        let written = |routes: &[&str]| {
            let request = state("sip:t@h", routes, udp).request(Method::Bye, 3);
            let routes: Vec<String> = request
                .headers
                .get_all(&HeaderName::Route)
                .map(|route| String::from_utf8_lossy(route).into_owned())
                .collect();
            (String::from_utf8(request.uri).unwrap(), routes)
        };
        assert_eq!(
            written(&["<sip:a;lr>", "<sip:b;lr=on>"]),
            ("sip:t@h".to_owned(), vec!["<sip:a;lr>".to_owned(), "<sip:b;lr=on>".to_owned()])
        );
        assert_eq!(
            written(&["<sip:a?x=y>", "<sip:b;lr>"]),
            ("sip:a".to_owned(), vec!["<sip:b;lr>".to_owned(), "<sip:t@h>".to_owned()])
        );
    }
}
