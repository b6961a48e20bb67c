//! Whether the trunks live (R-L9): OPTIONS to each address of a trunk that the plan names (RFC 3261 section 11), one after
//! the other and never all at once.
//!
//! Any final answer says that somebody is there, 405 and 404 too. A request from the address says so as well. An address
//! is dead when so many OPTIONS in a row got no answer, or when one could not be sent; the trunk is lost when all of its
//! addresses are.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use acd_core::{Input, Timestamp, TrunkId, TrunkLoss};

use super::Trunk;
use crate::sip::AskKey;
use crate::sip::message::Uri;

/// An address of a carrier that answers OPTIONS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrunkPeer {
    /// The Request-URI.
    pub uri: Uri,
    /// Where it is reached.
    pub address: SocketAddr,
    /// Over TCP instead of UDP.
    pub tcp: bool,
}

/// How a trunk is asked whether it lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeepAlive {
    /// Whom; at least one.
    pub peers: Vec<TrunkPeer>,
    /// How often each; the next OPTIONS goes up to a quarter earlier, drawn anew each time.
    pub every: Duration,
    /// How many OPTIONS in a row get no answer before the address is dead; at least one.
    pub tries: u32,
}

/// What the OPTIONS to trunks came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeepAliveCounters {
    /// Those that got a final answer.
    pub answered: u64,
    /// Those that got none in time.
    pub unanswered: u64,
    /// Those that could not be sent: ICMP, a refused or broken connection, no socket for the address.
    pub unsent: u64,
}

/// How an OPTIONS ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    Answered,
    Unanswered,
    Unsent,
}

/// What is known of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Life {
    /// Nobody has said anything yet.
    #[default]
    Unknown,
    Alive,
    Dead,
}

#[derive(Debug, Default)]
struct PeerState {
    /// When it is asked next; `None`: it is being asked, or is new.
    next: Option<Timestamp>,
    /// The OPTIONS under way.
    ask: Option<AskKey>,
    /// It sent a request while ours was under way.
    was_heard: bool,
    unanswered: u32,
    life: Life,
}

#[derive(Debug)]
struct Watched {
    settings: KeepAlive,
    peers: Vec<PeerState>,
    is_lost: bool,
}

/// All trunks that are asked.
#[derive(Debug, Default)]
pub(super) struct Watch {
    trunks: BTreeMap<TrunkId, Watched>,
    asks: BTreeMap<AskKey, (TrunkId, usize)>,
    last_ask: u64,
    counters: KeepAliveCounters,
}

impl Watch {
    pub(super) fn new(trunks: &[Trunk]) -> Self {
        let mut watch = Self::default();
        watch.replace(trunks);
        watch
    }

    /// Takes a new plan's trunks. One that is asked as before stays as it was; a lost one that is not asked any more is
    /// taken for alive, since nobody would ever say that it is.
    pub(super) fn replace(&mut self, trunks: &[Trunk]) -> Vec<Input> {
        let mut before = std::mem::take(&mut self.trunks);
        for trunk in trunks {
            let Some(settings) = &trunk.keep_alive else { continue };
            let kept = before.remove(&trunk.id);
            let same = kept.as_ref().is_some_and(|kept| kept.settings == *settings);
            let watched = match kept {
                Some(kept) if same => kept,
                changed => Watched {
                    settings: settings.clone(),
                    peers: settings.peers.iter().map(|_| PeerState::default()).collect(),
                    // Whether it still is, its new addresses will say.
                    is_lost: changed.is_some_and(|kept| kept.is_lost),
                },
            };
            self.trunks.insert(trunk.id, watched);
        }
        let trunks = &self.trunks;
        let is_asked = |ask: &AskKey, trunk: &TrunkId, at: usize| {
            trunks.get(trunk).and_then(|it| it.peers.get(at)).is_some_and(|peer| peer.ask == Some(*ask))
        };
        self.asks.retain(|ask, (trunk, at)| is_asked(ask, trunk, *at));
        before
            .into_iter()
            .filter(|(_, watched)| watched.is_lost)
            .map(|(trunk, _)| Input::TrunkRestored { trunk })
            .collect()
    }

    /// The next address that is due, with the name of the OPTIONS that it is to be sent. `jitter` draws a length of time
    /// below the one that it is given.
    pub(super) fn ask(
        &mut self,
        now: Timestamp,
        mut jitter: impl FnMut(Duration) -> Duration,
    ) -> Option<(AskKey, TrunkPeer)> {
        for (&trunk, watched) in &mut self.trunks {
            for (at, (peer, address)) in watched.peers.iter_mut().zip(&watched.settings.peers).enumerate() {
                if peer.ask.is_some() {
                    continue;
                }
                // One that is new begins anywhere within the interval.
                let next = *peer.next.get_or_insert_with(|| now + jitter(watched.settings.every));
                if next <= now {
                    self.last_ask += 1;
                    let ask = AskKey(self.last_ask);
                    (peer.next, peer.ask, peer.was_heard) = (None, Some(ask), false);
                    self.asks.insert(ask, (trunk, at));
                    return Some((ask, address.clone()));
                }
            }
        }
        None
    }

    /// When [`Self::ask`] has something to say.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.trunks.values().flat_map(|watched| &watched.peers).filter_map(|peer| peer.next).min()
    }

    /// An OPTIONS has ended; what the core must know of it.
    pub(super) fn asked(
        &mut self,
        now: Timestamp,
        ask: AskKey,
        how: Asked,
        mut jitter: impl FnMut(Duration) -> Duration,
    ) -> Option<Input> {
        let counter = match how {
            Asked::Answered => &mut self.counters.answered,
            Asked::Unanswered => &mut self.counters.unanswered,
            Asked::Unsent => &mut self.counters.unsent,
        };
        *counter += 1;
        let (trunk, at) = self.asks.remove(&ask)?;
        let watched = self.trunks.get_mut(&trunk)?;
        let KeepAlive { every, tries, .. } = watched.settings;
        let peer = watched.peers.get_mut(at)?;
        peer.ask = None;
        // Who sent us a request while ours was under way is there.
        let how = if peer.was_heard { Asked::Answered } else { how };
        match how {
            Asked::Answered => (peer.unanswered, peer.life) = (0, Life::Alive),
            Asked::Unanswered => {
                peer.unanswered = peer.unanswered.saturating_add(1);
                if peer.unanswered >= tries {
                    peer.life = Life::Dead;
                }
            }
            Asked::Unsent => peer.life = Life::Dead,
        }
        let again_at_once = how == Asked::Unanswered && peer.life != Life::Dead;
        let wait = if again_at_once { Duration::ZERO } else { every - jitter(every / 4) };
        peer.next = Some(now + wait);
        let loss = if how == Asked::Unsent { TrunkLoss::Transport } else { TrunkLoss::NoAnswer };
        watched.state(trunk, loss)
    }

    /// A request came from an address; what the core must know of it.
    pub(super) fn heard_from(&mut self, source: SocketAddr, tcp: bool) -> Option<Input> {
        // The port of a connection that the peer opened says nothing.
        let is_it = |peer: &TrunkPeer| {
            peer.tcp == tcp && if tcp { peer.address.ip() == source.ip() } else { peer.address == source }
        };
        self.trunks.iter_mut().find_map(|(&trunk, watched)| watched.heard(trunk, is_it))
    }

    /// A call came over a trunk, from whatever address; what the core must know of it.
    pub(super) fn heard_of(&mut self, trunk: TrunkId) -> Option<Input> {
        self.trunks.get_mut(&trunk)?.heard(trunk, |_| true)
    }

    pub(super) const fn counters(&self) -> KeepAliveCounters {
        self.counters
    }

    /// Each trunk that is asked, and whether it lives.
    pub(super) fn alive(&self) -> impl Iterator<Item = (TrunkId, bool)> + '_ {
        self.trunks.iter().map(|(&trunk, watched)| (trunk, !watched.is_lost))
    }
}

impl Watched {
    fn heard(&mut self, trunk: TrunkId, is_it: impl Fn(&TrunkPeer) -> bool) -> Option<Input> {
        let heard = self.peers.iter_mut().zip(&self.settings.peers).filter(|(_, address)| is_it(address));
        for (peer, _) in heard {
            (peer.was_heard, peer.unanswered, peer.life) = (true, 0, Life::Alive);
        }
        self.state(trunk, TrunkLoss::NoAnswer)
    }

    /// The trunk's own change, if all its addresses are dead now, or one of them is not any more.
    fn state(&mut self, trunk: TrunkId, cause: TrunkLoss) -> Option<Input> {
        let all_dead = self.peers.iter().all(|peer| peer.life == Life::Dead);
        let any_alive = self.peers.iter().any(|peer| peer.life == Life::Alive);
        if all_dead && !self.is_lost {
            self.is_lost = true;
            return Some(Input::TrunkLost { trunk, cause });
        }
        if any_alive && self.is_lost {
            self.is_lost = false;
            return Some(Input::TrunkRestored { trunk });
        }
        None
    }
}
