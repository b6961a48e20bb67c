//! What the stack must be told once: who we are, where we listen, and the timers of RFC 3261.

use std::net::SocketAddr;
use std::time::Duration;

use super::event::{Peer, Transport};
use super::message::Host;

/// A socket that listens, and what it is called in Via and Contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listener {
    /// Whether it is a TCP socket.
    pub tcp: bool,
    /// The bound address.
    pub local: SocketAddr,
    /// What peers are told instead of `local`: behind NAT, or when bound to a wildcard.
    pub advertised: Option<(Host, u16)>,
}

/// The base timers, from which all others follow (RFC 3261 table 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// Round-trip estimate.
    pub t1: Duration,
    /// Longest interval between retransmissions of a request other than INVITE and of responses to INVITE.
    pub t2: Duration,
    /// How long a message stays in the network.
    pub t4: Duration,
}

impl Timing {
    /// 64·T1: Timers B, D, F, H, J, L and M.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.t1.as_millis() as u64 * 64)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

/// The stack's settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StackConfig {
    /// User-Agent and Server.
    pub user_agent: String,
    /// The sockets that listen.
    pub listeners: Vec<Listener>,
    /// Session-Expires that we ask for as UAS when the caller supports timers and names no interval, seconds
    /// (RFC 4028 section 4 recommends 1800).
    pub session_expires_s: u32,
    /// Shortest session interval that we accept, seconds (RFC 4028 section 5: not below 90).
    pub min_se_s: u32,
    /// The base timers.
    pub timing: Timing,
}

impl Default for StackConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!("acd/", env!("CARGO_PKG_VERSION")).to_owned(),
            listeners: Vec::new(),
            session_expires_s: 1800,
            min_se_s: 90,
            timing: Timing::default(),
        }
    }
}

impl StackConfig {
    /// The listening address from which `remote` is reached: of its family, loopback for loopback, in the order of the
    /// configuration. `None` if there is none.
    pub fn local_for(&self, remote: SocketAddr, tcp: bool) -> Option<SocketAddr> {
        let fits = |listener: &&Listener| {
            let local = listener.local.ip();
            listener.tcp == tcp
                && local.is_ipv4() == remote.is_ipv4()
                && (local.is_unspecified() || local.is_loopback() == remote.ip().is_loopback())
        };
        let same_ip = |listener: &&Listener| listener.local.ip() == remote.ip();
        let mut fitting = self.listeners.iter().filter(fits);
        let first = fitting.clone().next();
        fitting.find(same_ip).or(first).map(|listener| listener.local)
    }

    /// Host and port under which the peer reaches us, for Via and Contact.
    pub(super) fn advertised(&self, peer: &Peer) -> (Host, u16) {
        let tcp = match peer.transport {
            Transport::Udp => false,
            Transport::Tcp(_) | Transport::TcpNew => true,
        };
        let of_transport = || self.listeners.iter().filter(move |listener| listener.tcp == tcp);
        // A connection that we opened has a port of its own, where nobody listens.
        let listener = of_transport()
            .find(|listener| listener.local == peer.local)
            .or_else(|| of_transport().find(|listener| listener.local.ip() == peer.local.ip()))
            .or_else(|| {
                of_transport().find(|listener| {
                    listener.local.ip().is_unspecified() && listener.local.is_ipv4() == peer.local.is_ipv4()
                })
            });
        match listener {
            Some(Listener { advertised: Some((host, port)), .. }) => (host.clone(), *port),
            Some(listener) if listener.local.ip().is_unspecified() => {
                (peer.local.ip().into(), listener.local.port())
            }
            Some(listener) => (listener.local.ip().into(), listener.local.port()),
            None => (peer.local.ip().into(), peer.local.port()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(tcp: bool, local: &str) -> Listener {
        Listener { tcp, local: local.parse().unwrap(), advertised: None }
    }

    fn config() -> StackConfig {
        let mut named = listener(false, "192.0.2.1:5060");
        named.advertised = Some((Host::Name(b"acd.example".to_vec()), 5080));
        StackConfig {
            listeners: vec![
                listener(false, "127.0.0.1:5060"),
                listener(true, "127.0.0.1:5070"),
                named,
                listener(false, "[::1]:5060"),
            ],
            ..StackConfig::default()
        }
    }

    #[test]
    fn the_local_address_is_of_the_remote_ones_kind() {
        let local = |remote: &str, tcp| {
            config().local_for(remote.parse().unwrap(), tcp).map(|local| local.to_string())
        };
        assert_eq!(local("127.0.0.9:1", false).as_deref(), Some("127.0.0.1:5060"));
        assert_eq!(local("127.0.0.9:1", true).as_deref(), Some("127.0.0.1:5070"));
        assert_eq!(local("198.51.100.1:1", false).as_deref(), Some("192.0.2.1:5060"));
        assert_eq!(local("[::1]:1", false).as_deref(), Some("[::1]:5060"));
        assert_eq!(local("198.51.100.1:1", true), None);
    }

    #[test]
    fn peers_are_told_where_we_listen_and_not_where_a_connection_began() {
        let told = |transport, local: &str| {
            let remote = "127.0.0.9:1".parse().unwrap();
            let (host, port) =
                config().advertised(&Peer { transport, local: local.parse().unwrap(), remote });
            format!("{host}:{port}")
        };
        assert_eq!(told(Transport::TcpNew, "127.0.0.1:41000"), "127.0.0.1:5070");
        assert_eq!(told(Transport::Udp, "192.0.2.1:5060"), "acd.example:5080");
        assert_eq!(told(Transport::Udp, "203.0.113.1:9"), "203.0.113.1:9");
    }
}
