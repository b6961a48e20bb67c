//! Trunks by network, and the patience with strangers.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use acd_core::{Timestamp, TrunkId};
use ipnet::IpNet;

use super::watch::KeepAlive;
use crate::limits::{STRANGER_ANSWERS_PER_WINDOW, STRANGER_LOOK_EVERY, STRANGER_WINDOW, STRANGERS_MAX};

/// A carrier: calls from its networks are its callers'.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trunk {
    /// The trunk's name in the plan.
    pub id: TrunkId,
    /// Whence its calls come.
    pub networks: Vec<IpNet>,
    /// How it is asked whether it lives; `None`: it is not.
    pub keep_alive: Option<KeepAlive>,
    /// Whether its calls are rehearsals, which take no tenant's line and enter no form (R-L6).
    pub rehearsal: bool,
}

/// What strangers have tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StrangerCounters {
    /// INVITEs that got 403.
    pub refused: u64,
    /// INVITEs that got nothing, because their source had had its answers.
    pub ignored: u64,
}

#[derive(Debug)]
pub(super) struct Trunks {
    trunks: Vec<Trunk>,
    strangers: BTreeMap<IpAddr, (Timestamp, u32)>,
    /// Before then a full table is not looked through again: with sources forged by the thousand each look would find
    /// nothing and cost more than the answer.
    next_look: Option<Timestamp>,
    counters: StrangerCounters,
}

/// What a stranger gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StrangerAnswer {
    Forbidden,
    Nothing,
}

impl Trunks {
    pub(super) const fn new(trunks: Vec<Trunk>) -> Self {
        let counters = StrangerCounters { refused: 0, ignored: 0 };
        Self { trunks, strangers: BTreeMap::new(), next_look: None, counters }
    }

    pub(super) fn replace(&mut self, trunks: Vec<Trunk>) {
        self.trunks = trunks;
    }

    pub(super) const fn counters(&self) -> StrangerCounters {
        self.counters
    }

    /// The trunk that a source belongs to: the one with the narrowest network that holds it.
    pub(super) fn trunk_of(&self, source: IpAddr) -> Option<TrunkId> {
        self.trunks
            .iter()
            .flat_map(|trunk| trunk.networks.iter().map(move |network| (network, trunk.id)))
            .filter(|(network, _)| network.contains(&source))
            .max_by_key(|(network, _)| network.prefix_len())
            .map(|(_, id)| id)
    }

    /// Whether calls over the trunk are rehearsals (R-L6).
    pub(super) fn is_rehearsal(&self, id: TrunkId) -> bool {
        self.trunks.iter().any(|trunk| trunk.id == id && trunk.rehearsal)
    }

    /// A stranger's INVITE gets 403, never a call; a source that goes on gets nothing until its window is over.
    pub(super) fn stranger(&mut self, now: Timestamp, source: IpAddr) -> StrangerAnswer {
        if self.strangers.len() >= STRANGERS_MAX && !self.strangers.contains_key(&source) {
            if self.next_look.is_none_or(|at| at <= now) {
                self.next_look = Some(now + STRANGER_LOOK_EVERY);
                self.strangers.retain(|_, (since, _)| now.since(*since) < STRANGER_WINDOW);
            }
            if self.strangers.len() >= STRANGERS_MAX {
                self.counters.ignored += 1;
                return StrangerAnswer::Nothing;
            }
        }
        let (since, answers) = self.strangers.entry(source).or_insert((now, 0));
        if now.since(*since) >= STRANGER_WINDOW {
            (*since, *answers) = (now, 0);
        }
        *answers += 1;
        if *answers > STRANGER_ANSWERS_PER_WINDOW {
            self.counters.ignored += 1;
            StrangerAnswer::Nothing
        } else {
            self.counters.refused += 1;
            StrangerAnswer::Forbidden
        }
    }
}

const _: () = assert!(STRANGER_WINDOW.as_millis() >= Duration::from_secs(1).as_millis());

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(name: &str, network: &str) -> Trunk {
        Trunk {
            id: TrunkId::new(name).unwrap(),
            networks: vec![network.parse().unwrap()],
            keep_alive: None,
            rehearsal: name == "rehearsal",
        }
    }

    #[test]
    fn only_a_rehearsal_trunk_s_calls_are_rehearsals() {
        let trunks = Trunks::new(vec![trunk("carrier", "10.0.0.0/8"), trunk("rehearsal", "192.0.2.0/24")]);
        let is = |name: &str| trunks.is_rehearsal(TrunkId::new(name).unwrap());
        assert!(is("rehearsal") && !is("carrier") && !is("unknown"));
    }

    #[test]
    fn the_narrowest_network_names_the_trunk() {
        let trunks = Trunks::new(vec![trunk("wide", "10.0.0.0/8"), trunk("narrow", "10.1.0.0/16")]);
        let of = |source: &str| trunks.trunk_of(source.parse().unwrap()).map(|id| id.to_string());
        assert_eq!(of("10.1.2.3").as_deref(), Some("narrow"));
        assert_eq!(of("10.2.2.3").as_deref(), Some("wide"));
        assert_eq!(of("192.0.2.1"), None);
    }

    #[test]
    fn a_stranger_gets_a_few_answers_a_window_and_then_silence() {
        let mut trunks = Trunks::new(Vec::new());
        let source = "192.0.2.1".parse().unwrap();
        let start = Timestamp::from_millis(0);
        let answered = (0..STRANGER_ANSWERS_PER_WINDOW * 3)
            .filter(|_| trunks.stranger(start, source) == StrangerAnswer::Forbidden)
            .count();
        assert_eq!(answered, STRANGER_ANSWERS_PER_WINDOW as usize);
        assert_eq!(trunks.stranger(start + STRANGER_WINDOW, source), StrangerAnswer::Forbidden);
    }

    #[test]
    fn the_table_of_strangers_is_bounded() {
        let mut trunks = Trunks::new(Vec::new());
        let start = Timestamp::from_millis(0);
        for host in 0..u32::try_from(STRANGERS_MAX).unwrap() + 10 {
            trunks.stranger(start, IpAddr::from(host.to_be_bytes()));
        }
        assert_eq!(trunks.strangers.len(), STRANGERS_MAX);
        assert_eq!(trunks.counters().ignored, 10);
        let newcomer = IpAddr::from([203, 0, 113, 1]);
        let later = start + STRANGER_WINDOW;
        assert_eq!(trunks.stranger(later, newcomer), StrangerAnswer::Forbidden, "old ones make room");
        assert_eq!(trunks.strangers.len(), 1);
    }

    #[test]
    fn a_full_table_is_looked_through_once_a_second_and_not_for_every_stranger() {
        let mut trunks = Trunks::new(Vec::new());
        let start = Timestamp::from_millis(0);
        let host = |host: u32| IpAddr::from(host.to_be_bytes());
        for number in 0..u32::try_from(STRANGERS_MAX).unwrap() {
            trunks.stranger(start, host(number));
        }
        // The look just before the first of them may go finds none, and the next is a second later.
        let early = start + (STRANGER_WINDOW - Duration::from_millis(1));
        assert_eq!(trunks.stranger(early, host(20_000)), StrangerAnswer::Nothing);
        assert_eq!(trunks.stranger(start + STRANGER_WINDOW, host(20_001)), StrangerAnswer::Nothing);
        assert_eq!(trunks.stranger(early + STRANGER_LOOK_EVERY, host(20_002)), StrangerAnswer::Forbidden);
    }
}
