//! Hosts: names, IPv4 and IPv6 addresses, and the `host:port` of URIs and Via.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::lex::port;

/// A host in a URI or a Via.
#[derive(Clone, Eq)]
pub enum Host {
    /// A name, as received.
    Name(Vec<u8>),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; it stands in brackets.
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a host: an IPv6 address only in brackets.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if let Some(inner) = bytes.strip_prefix(b"[") {
            return parse_v6(inner.strip_suffix(b"]")?).map(Self::V6);
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if bytes.is_empty() || !bytes.iter().all(is_name) {
            return None;
        }
        let starts_with_digit = bytes.first().is_some_and(u8::is_ascii_digit);
        let address = starts_with_digit.then(|| std::str::from_utf8(bytes).ok()?.parse().ok()).flatten();
        Some(address.map_or_else(|| Self::Name(bytes.to_vec()), Self::V4))
    }

    /// The address, if it is one.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }
}

/// Reads an IPv6 address without brackets. Three colons are read as two: an old ABNF made senders write an embedded
/// IPv4 address so (RFC 5118 section 4.10).
fn parse_v6(bytes: &[u8]) -> Option<Ipv6Addr> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.parse().or_else(|_| text.replacen(":::", "::", 1).parse()).ok()
}

/// Reads an address with brackets or without, as `received` has it (RFC 5118 section 4.5).
pub(super) fn parse_ip(bytes: &[u8]) -> Option<IpAddr> {
    let bare = bytes.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    match bare {
        Some(inner) => parse_v6(inner).map(IpAddr::V6),
        None => std::str::from_utf8(bytes).ok()?.parse().ok(),
    }
}

/// Reads `host[:port]`.
pub(super) fn parse_host_port(bytes: &[u8]) -> Option<(Host, Option<u16>)> {
    let after_brackets = match bytes.first()? {
        b'[' => bytes.iter().position(|&byte| byte == b']')?,
        _ => 0,
    };
    match bytes[after_brackets..].iter().position(|&byte| byte == b':') {
        Some(colon) => {
            let (host, rest) = bytes.split_at(after_brackets + colon);
            Some((Host::parse(super::lex::trim(host))?, Some(port(super::lex::trim(&rest[1..]))?)))
        }
        None => Some((Host::parse(bytes)?, None)),
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(one), Self::Name(two)) => one.eq_ignore_ascii_case(two),
            (Self::V4(one), Self::V4(two)) => one == two,
            (Self::V6(one), Self::V6(two)) => one == two,
            (Self::Name(_) | Self::V4(_) | Self::V6(_), _) => false,
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl From<SocketAddr> for Host {
    fn from(address: SocketAddr) -> Self {
        address.ip().into()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.escape_ascii().fmt(f),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<u16>)> {
        parse_host_port(text.as_bytes()).map(|(host, port)| (host.to_string(), port))
    }

    #[test]
    fn hosts_and_ports_are_told_apart() {
        assert_eq!(read("example.com:5060"), Some(("example.com".into(), Some(5060))));
        assert_eq!(read("192.0.2.1"), Some(("192.0.2.1".into(), None)));
        assert_eq!(read("[2001:db8::10:5070]"), Some(("[2001:db8::10:5070]".into(), None)));
        assert_eq!(read("[2001:db8::10]:5070"), Some(("[2001:db8::10]".into(), Some(5070))));
        assert_eq!(read("[2001:db8:::192.0.2.1]"), Some(("[2001:db8::c000:201]".into(), None)));
        for bad in ["", "2001:db8::10", "[::1", "a b", "h:", "h:65536", "h:x", "a@b", "[::1]5060"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn received_has_brackets_or_not() {
        assert_eq!(parse_ip(b"[2001:db8::9]"), parse_ip(b"2001:db8::9"));
        assert!(parse_ip(b"2001:db8::9").is_some());
        assert_eq!(parse_ip(b"example.com"), None);
    }
}
