//! Whose packets a leg takes: those of the signalled address, or behind a NAT those of whoever speaks first (symmetric
//! RTP, RFC 4961).

use std::net::SocketAddr;

use super::limits::PROVISIONAL_PACKETS;

/// Guards one RTP socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceGuard {
    signalled: SocketAddr,
    symmetric: bool,
    latched: Option<SocketAddr>,
    /// Where the far end was last heard: packets go there until it is heard elsewhere.
    heard: Option<SocketAddr>,
    provisional: Option<(SocketAddr, u8)>,
}

/// What to do with a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// Take it.
    Accept,
    /// Take it, and let the kernel keep everybody else out from now on.
    AcceptAndConnect,
    /// A stranger's.
    Refuse,
}

impl SourceGuard {
    /// A guard for a signalled address.
    pub(super) const fn new(signalled: SocketAddr, symmetric: bool) -> Self {
        let latched = if symmetric { None } else { Some(signalled) };
        Self { signalled, symmetric, latched, heard: None, provisional: None }
    }

    /// Whether a new signalling of the far end changes nothing here.
    pub(super) fn matches(&self, signalled: SocketAddr, symmetric: bool) -> bool {
        self.signalled == signalled && self.symmetric == symmetric
    }

    /// Where packets go.
    pub(super) fn target(&self) -> SocketAddr {
        self.latched.or(self.heard).unwrap_or(self.signalled)
    }

    /// The one source, once it is known.
    pub(super) const fn latched(&self) -> Option<SocketAddr> {
        self.latched
    }

    /// Whether a source may move.
    pub(super) const fn is_symmetric(&self) -> bool {
        self.symmetric
    }

    /// Judges the source of a packet that is valid RTP of this session.
    pub(super) fn judge(&mut self, from: SocketAddr) -> Verdict {
        if let Some(latched) = self.latched {
            return if latched == from { Verdict::Accept } else { Verdict::Refuse };
        }
        if from.ip() == self.signalled.ip() || Some(from) == self.heard && self.provisional.is_none() {
            return self.latch(from);
        }
        match &mut self.provisional {
            Some((source, packets)) if *source == from => {
                *packets += 1;
                if *packets >= PROVISIONAL_PACKETS { self.latch(from) } else { Verdict::Accept }
            }
            Some(_) => Verdict::Refuse,
            None => {
                self.provisional = Some((from, 1));
                self.heard = Some(from);
                Verdict::Accept
            }
        }
    }

    fn latch(&mut self, from: SocketAddr) -> Verdict {
        self.latched = Some(from);
        self.heard = Some(from);
        self.provisional = None;
        Verdict::AcceptAndConnect
    }

    /// Listens to others again, after a long silence.
    pub(super) const fn unlatch(&mut self) {
        self.latched = None;
        self.provisional = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_trunk_is_heard_from_its_signalled_address_alone() {
        let mut guard = SourceGuard::new(address("192.0.2.1:4000"), false);
        assert_eq!(guard.judge(address("192.0.2.1:4002")), Verdict::Refuse);
        assert_eq!(guard.judge(address("192.0.2.1:4000")), Verdict::Accept);
    }

    #[test]
    fn a_seat_may_come_from_another_port_and_keeps_it() {
        let mut guard = SourceGuard::new(address("192.0.2.1:4000"), true);
        assert_eq!(guard.target(), address("192.0.2.1:4000"));
        assert_eq!(guard.judge(address("192.0.2.1:61000")), Verdict::AcceptAndConnect);
        assert_eq!(guard.target(), address("192.0.2.1:61000"));
        assert_eq!(guard.judge(address("192.0.2.1:4000")), Verdict::Refuse);
    }

    #[test]
    fn the_signalled_host_wins_over_an_early_stranger() {
        let mut guard = SourceGuard::new(address("192.0.2.1:4000"), true);
        assert_eq!(guard.judge(address("198.51.100.9:1")), Verdict::Accept);
        assert_eq!(guard.judge(address("192.0.2.1:4000")), Verdict::AcceptAndConnect);
        assert_eq!(guard.judge(address("198.51.100.9:1")), Verdict::Refuse);
    }

    #[test]
    fn behind_a_nat_the_first_source_is_believed_after_a_while() {
        let mut guard = SourceGuard::new(address("10.0.0.5:4000"), true);
        let outside = address("198.51.100.9:33000");
        for _ in 1..PROVISIONAL_PACKETS {
            assert_eq!(guard.judge(outside), Verdict::Accept);
            assert_eq!(guard.judge(address("203.0.113.66:1")), Verdict::Refuse);
        }
        assert_eq!(guard.judge(outside), Verdict::AcceptAndConnect);
        guard.unlatch();
        assert_eq!(guard.target(), outside, "packets go where it was heard last");
        assert_eq!(guard.judge(address("198.51.100.9:33001")), Verdict::Accept, "a new binding");
    }
}
