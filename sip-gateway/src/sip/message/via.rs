//! Via: the way back (RFC 3261 section 20.42, RFC 3581).

use std::net::{IpAddr, SocketAddr};

use super::host::{Host, parse_host_port, parse_ip};
use super::lex::{port, trim};
use super::params::Params;

/// One element of a Via header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Via {
    /// `UDP`, `TCP`, …, as received.
    pub transport: Vec<u8>,
    /// Host of the sent-by.
    pub host: Host,
    /// Port of the sent-by, if it is written.
    pub port: Option<u16>,
    /// The branch; `None` if there is none or an empty one (RFC 2543).
    pub branch: Option<Vec<u8>>,
    /// Whence the request came, as a server noted it. What is no address counts as absent.
    pub received: Option<IpAddr>,
    /// `None`: no rport. `Some(None)`: asked for. `Some(Some(port))`: filled in (RFC 3581).
    pub rport: Option<Option<u16>>,
    /// The address that a multicast sender wants its answers at, as received.
    pub maddr: Option<Vec<u8>>,
    /// All parameters, those above included.
    pub params: Params,
}

impl Via {
    /// A Via of ours. `transport` is `UDP` or `TCP`; with `rport`, the peer is asked to fill it in.
    pub fn new(transport: &str, sent_by: SocketAddr, branch: &[u8], rport: bool) -> Self {
        let mut params = Params::new();
        params.push("branch", Some(branch));
        if rport {
            params.push("rport", None);
        }
        Self {
            transport: transport.as_bytes().to_vec(),
            host: sent_by.ip().into(),
            port: Some(sent_by.port()),
            branch: Some(branch.to_vec()),
            received: None,
            rport: rport.then_some(None),
            maddr: None,
            params,
        }
    }

    /// Reads one element. `Err` says what is wrong.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let (name, rest) = split_at_slash(bytes).ok_or("no protocol")?;
        let (version, rest) = split_at_slash(rest).ok_or("no protocol version")?;
        if !name.eq_ignore_ascii_case(b"SIP") || version != b"2.0" {
            return Err("a protocol other than SIP/2.0");
        }
        let rest = trim(rest);
        let end = rest.iter().position(|&byte| super::lex::is_space(byte)).ok_or("no sent-by")?;
        let (transport, rest) = rest.split_at(end);
        if !super::lex::is_token(transport) {
            return Err("a malformed transport");
        }
        let end = rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len());
        let (host, port_number) = parse_host_port(trim(&rest[..end])).ok_or("a malformed sent-by")?;
        let params = Params::parse_header(&rest[end..]).ok_or("malformed parameters")?;
        Ok(Self {
            transport: transport.to_vec(),
            host,
            port: port_number,
            branch: params.get("branch").filter(|branch| !branch.is_empty()).map(<[u8]>::to_vec),
            received: params.get("received").and_then(parse_ip),
            rport: params.get("rport").map(port),
            maddr: params.get("maddr").map(<[u8]>::to_vec),
            params,
        })
    }

    /// Notes whence a request came (RFC 3261 section 18.2.1, RFC 3581 section 4): `received` where the sent-by is not that
    /// address or `rport` was asked for, and the port where it was asked for.
    pub fn note_source(&mut self, source: SocketAddr) {
        let source_ip = source.ip().to_canonical();
        let sent_by_differs = self.host.ip().map(|ip| ip.to_canonical()) != Some(source_ip);
        if self.rport.is_some() {
            self.rport = Some(Some(source.port()));
            self.params.set("rport", Some(source.port().to_string().as_bytes()));
        }
        if sent_by_differs || self.rport.is_some() || self.received.is_some() {
            self.received = Some(source_ip);
            self.params.set("received", Some(source_ip.to_string().as_bytes()));
        }
    }

    /// The element as it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = b"SIP/2.0/".to_vec();
        bytes.extend(&self.transport);
        bytes.push(b' ');
        bytes.extend(self.host.to_string().into_bytes());
        if let Some(port) = self.port {
            bytes.extend(format!(":{port}").into_bytes());
        }
        self.params.write(&mut bytes);
        bytes
    }
}

fn split_at_slash(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&byte| byte == b'/')?;
    Some((trim(&bytes[..at]), &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Via {
        Via::parse(text.as_bytes()).unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    #[test]
    fn white_space_and_strange_transports_are_fine() {
        let via = read("SIP  / 2.0  / UNKNOWN   t4.example.com : 5062 ; branch=z9hG4bK1;RPORT");
        assert_eq!((via.transport.as_slice(), via.port), (&b"UNKNOWN"[..], Some(5062)));
        assert_eq!(via.branch.as_deref(), Some(&b"z9hG4bK1"[..]));
        assert_eq!(via.rport, Some(None));
    }

    #[test]
    fn ipv6_stands_in_brackets_and_received_with_or_without() {
        let via = read("SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKjp1;received=[2001:db8::9]");
        assert_eq!(via.host.to_string(), "[2001:db8::1]");
        assert_eq!(via.received, Some("2001:db8::9".parse().unwrap()));
        let bare = read("SIP/2.0/UDP [2001:db8::1];received=2001:db8::9");
        assert_eq!(bare.received, via.received);
        assert_eq!(bare.branch, None);
    }

    #[test]
    fn the_source_is_noted_where_the_rfcs_want_it() {
        let noted = |via: &str, source: &str| {
            let mut via = read(via);
            via.note_source(source.parse().unwrap());
            String::from_utf8(via.to_bytes()).unwrap()
        };
        assert_eq!(
            noted("SIP/2.0/UDP 192.0.2.1;branch=b", "192.0.2.1:5060"),
            "SIP/2.0/UDP 192.0.2.1;branch=b"
        );
        assert_eq!(
            noted("SIP/2.0/UDP 10.0.0.1:5060;branch=b", "192.0.2.1:9"),
            "SIP/2.0/UDP 10.0.0.1:5060;branch=b;received=192.0.2.1"
        );
        assert_eq!(
            noted("SIP/2.0/UDP 192.0.2.1;rport;branch=b;received=9.9.9.9", "192.0.2.1:9"),
            "SIP/2.0/UDP 192.0.2.1;rport=9;branch=b;received=192.0.2.1"
        );
        assert_eq!(noted("SIP/2.0/UDP h", "[::1]:9"), "SIP/2.0/UDP h;received=::1");
    }

    #[test]
    fn malformed_elements_are_refused() {
        for bad in [
            "",
            "SIP/2.0/UDP",
            "SIP/7.0/UDP h",
            "SIP/2.0/UDP h;;,;",
            "SIP/2.0 h",
            "HTTP/2.0/UDP h",
            "SIP/2.0/UDP 2001:db8::1",
            "SIP/2.0/UDP a b",
        ] {
            assert!(Via::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
