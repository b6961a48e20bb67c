//! Two stacks joined by a network that loses, delays, doubles and reorders, all from a seed.

use std::collections::{BTreeMap, BTreeSet};

use sip_gateway::sip::message::{Host, NameAddr, Uri};
use sip_gateway::sip::{
    Alive, DialogChange, DialogKey, Listener, Peer, SipCommand, SipEvent, SipStack, StackConfig, Transport,
};

use crate::lab::{OUR_SDP, SDP, at};

/// splitmix64: enough to draw faults from.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: i64) -> i64 {
        (self.roll() % bound.unsigned_abs()) as i64
    }

    fn percent(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

#[derive(Clone, Copy, Debug)]
struct Faults {
    loss: i64,
    double: i64,
    delay: i64,
}

const SIDES: [&str; 2] = ["192.0.2.1:5060", "192.0.2.9:5060"];
const CALLER: usize = 0;
const CALLEE: usize = 1;

/// What one owner has in mind.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few hundred of them")]
enum Plan {
    Call,
    Do(SipCommand),
}

/// How a call went on one side.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Story {
    began: u32,
    answered: bool,
    acked: bool,
    ends: Vec<String>,
}

pub(crate) struct Pair {
    pub(crate) now: i64,
    sides: [SipStack; 2],
    dice: Dice,
    faults: Faults,
    wire: BTreeMap<(i64, u64), (usize, Vec<u8>)>,
    agenda: BTreeMap<(i64, u64), (usize, Plan)>,
    serial: u64,
    stories: [BTreeMap<DialogKey, Story>; 2],
    /// Whether the last change of a dialog was its end.
    journals: [BTreeMap<DialogKey, bool>; 2],
    pub(crate) messages: u64,
}

impl Pair {
    fn new(seed: u64, faults: Faults) -> Self {
        let stack = |side: usize| {
            let local = SIDES[side].parse().unwrap();
            let listeners = vec![Listener { tcp: false, local, advertised: None }];
            let mut key = [side as u8; 32];
            key[..8].copy_from_slice(&seed.to_le_bytes());
            SipStack::new(StackConfig { listeners, ..StackConfig::default() }, key)
        };
        Self {
            now: 0,
            sides: [stack(CALLER), stack(CALLEE)],
            dice: Dice(seed),
            faults,
            wire: BTreeMap::new(),
            agenda: BTreeMap::new(),
            serial: 0,
            stories: Default::default(),
            journals: Default::default(),
            messages: 0,
        }
    }

    fn peer(side: usize) -> Peer {
        Peer {
            transport: Transport::Udp,
            local: SIDES[side].parse().unwrap(),
            remote: SIDES[1 - side].parse().unwrap(),
        }
    }

    fn plan(&mut self, side: usize, after: i64, plan: Plan) {
        self.serial += 1;
        self.agenda.insert((self.now + after, self.serial), (side, plan));
    }

    fn later(&mut self, side: usize, within: i64, command: SipCommand) {
        let after = self.dice.below(within);
        self.plan(side, after, Plan::Do(command));
    }

    fn call(&mut self) {
        let dialog = self.sides[CALLER].next_dialog();
        let uri = |user: &str, side: usize| {
            let address: std::net::SocketAddr = SIDES[side].parse().unwrap();
            Uri::sip(Some(user.as_bytes()), Host::from(address.ip()), Some(address.port()))
        };
        self.sides[CALLER].command(
            at(self.now),
            SipCommand::Invite {
                dialog,
                peer: Self::peer(CALLER),
                request_uri: uri("seat", CALLEE),
                from: NameAddr::new(uri("caller", CALLER)),
                to: NameAddr::new(uri("seat", CALLEE)),
                route: Vec::new(),
                sdp: Some(OUR_SDP.into()),
                headers: Vec::new(),
            },
        );
        self.stories[CALLER].entry(dialog).or_default().began += 1;
        if self.dice.percent(30) {
            self.later(CALLER, 6_000, SipCommand::Cancel { dialog });
        }
    }

    fn told(&mut self, side: usize, event: &SipEvent) {
        let key = match event {
            SipEvent::InviteArrived { dialog, .. }
            | SipEvent::InviteCancelled { dialog }
            | SipEvent::InviteAcked { dialog, .. }
            | SipEvent::AckMissing { dialog }
            | SipEvent::Ringing { dialog, .. }
            | SipEvent::Answered { dialog, .. }
            | SipEvent::Rejected { dialog, .. }
            | SipEvent::Reoffered { dialog, .. }
            | SipEvent::ReofferAcked { dialog, .. }
            | SipEvent::ReofferAnswered { dialog, .. }
            | SipEvent::DialogEnded { dialog, .. }
            | SipEvent::InfoDigit { dialog, .. } => *dialog,
            SipEvent::RequestArrived { .. }
            | SipEvent::InviteTurnedAway { .. }
            | SipEvent::AskAnswered { .. }
            | SipEvent::AskUnanswered { .. } => panic!("nobody floods or sends REGISTER or OPTIONS here"),
        };
        let story = self.stories[side].entry(key).or_default();
        assert!(story.ends.is_empty(), "{event:?} after the end of {story:?}");
        match event {
            SipEvent::InviteArrived { .. } => {
                story.began += 1;
                self.answer(key);
            }
            SipEvent::Answered { .. } => {
                story.answered = true;
                self.talk(side, key);
            }
            SipEvent::InviteAcked { .. } => {
                story.acked = true;
                self.talk(side, key);
            }
            SipEvent::Reoffered { dialog, .. } => {
                let command = if self.dice.percent(80) {
                    SipCommand::AnswerReoffer { dialog: *dialog, sdp: SDP.into() }
                } else {
                    SipCommand::RejectReoffer { dialog: *dialog, status: 488, headers: Vec::new() }
                };
                self.later(side, 300, command);
            }
            SipEvent::InviteCancelled { .. } => story.ends.push("cancelled".to_owned()),
            SipEvent::Rejected { status, .. } => story.ends.push(format!("rejected {status}")),
            SipEvent::DialogEnded { end, .. } => story.ends.push(format!("{end:?}")),
            SipEvent::AckMissing { .. }
            | SipEvent::Ringing { .. }
            | SipEvent::ReofferAcked { .. }
            | SipEvent::ReofferAnswered { .. }
            | SipEvent::InfoDigit { .. }
            | SipEvent::AskAnswered { .. }
            | SipEvent::AskUnanswered { .. }
            | SipEvent::InviteTurnedAway { .. }
            | SipEvent::RequestArrived { .. } => {}
        }
    }

    /// The callee rings, and answers or refuses.
    fn answer(&mut self, dialog: DialogKey) {
        if self.dice.percent(80) {
            let reason = "Ringing".into();
            self.later(CALLEE, 500, SipCommand::Provisional { dialog, status: 180, reason, sdp: None });
        }
        let after = self.dice.below(6_000);
        let command = if self.dice.percent(80) {
            SipCommand::Accept { dialog, sdp: SDP.into() }
        } else {
            SipCommand::Reject { dialog, status: 486, reason: "Busy Here".into(), headers: Vec::new() }
        };
        self.plan(CALLEE, after, Plan::Do(command));
    }

    /// A side that is in talk re-offers now and then, and hangs up.
    fn talk(&mut self, side: usize, dialog: DialogKey) {
        for _ in 0..self.dice.below(3) {
            self.later(side, 5_000, SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
        }
        self.later(side, 20_000, SipCommand::Bye { dialog, reason: None });
    }

    fn drain(&mut self, side: usize) {
        while let Some(event) = self.sides[side].poll_event() {
            self.told(side, &event);
        }
        while let Some(change) = self.sides[side].poll_dialog_change() {
            let ended = matches!(change, DialogChange::Ended { .. });
            let before = self.journals[side].insert(change.dialog(), ended);
            assert_ne!(before, Some(true), "{change:?} after the end");
        }
        while let Some(transmit) = self.sides[side].poll_transmit() {
            self.messages += 1;
            assert_eq!(transmit.peer.remote, SIDES[1 - side].parse().unwrap());
            let copies = 1 + i64::from(self.dice.percent(self.faults.double));
            for _ in 0..copies {
                if self.dice.percent(self.faults.loss) {
                    continue;
                }
                let arrives = self.now + self.dice.below(self.faults.delay + 1);
                self.serial += 1;
                self.wire.insert((arrives, self.serial), (1 - side, transmit.bytes.to_vec()));
            }
        }
    }

    /// Lets everything happen that is to happen, in order.
    fn run(&mut self) {
        loop {
            let timers = self.sides.iter().filter_map(SipStack::poll_timeout).map(|(due, _)| due.as_millis());
            let wire = self.wire.keys().next().map(|(due, _)| *due);
            let agenda = self.agenda.keys().next().map(|(due, _)| *due);
            let Some(next) = timers.chain(wire).chain(agenda).min() else { return };
            self.now = self.now.max(next);
            assert!(self.now < 3_600_000, "it never ends: {:?}", self.sides);
            while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let (side, bytes) = entry.remove();
                self.sides[side].handle_message(at(self.now), Self::peer(side), &bytes);
                self.drain(side);
            }
            while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= self.now) {
                match entry.remove() {
                    (_, Plan::Call) => self.call(),
                    (side, Plan::Do(command)) => self.obey(side, command),
                }
                self.drain(CALLER);
                self.drain(CALLEE);
            }
            for side in [CALLER, CALLEE] {
                self.sides[side].handle_timeout(at(self.now));
                self.drain(side);
            }
        }
    }

    fn obey(&mut self, side: usize, command: SipCommand) {
        if let SipCommand::Reject { dialog, .. } = &command {
            let story = self.stories[side].entry(*dialog).or_default();
            if story.ends.is_empty() {
                story.ends.push("refused".to_owned());
            }
        }
        self.sides[side].command(at(self.now), command);
    }

    fn counters(&self) -> (u64, u64) {
        let sum = |take: fn(&SipStack) -> u64| self.sides.iter().map(take).sum();
        (
            sum(|stack| stack.counters().retransmissions_sent),
            sum(|stack| stack.counters().retransmissions_absorbed),
        )
    }

    fn assert_sound(&self) {
        for side in &self.sides {
            assert_eq!(side.alive(), Alive::default());
        }
        for (dialog, ended) in self.journals.iter().flatten() {
            assert!(ended, "the journal takes {dialog:?} for alive");
        }
        let [calls, arrivals] = &self.stories;
        for story in calls.values().chain(arrivals.values()) {
            assert_eq!((story.began, story.ends.len()), (1, 1), "{story:?}");
        }
        assert!(arrivals.len() <= calls.len(), "an INVITE became two calls");
        let count = |stories: &BTreeMap<DialogKey, Story>, is: fn(&Story) -> bool| {
            stories.values().filter(|story| is(story)).count()
        };
        // The callee saw an ACK only where the caller saw, or had just given up, the 200.
        let taken = count(calls, |story| story.answered || story.ends[0] == "rejected 487");
        assert!(count(arrivals, |story| story.acked) <= taken);
        assert!(
            count(calls, |story| story.ends[0] == "rejected 486")
                <= count(arrivals, |story| story.ends[0] == "refused")
        );
    }
}

#[test]
fn on_a_perfect_network_every_call_goes_as_planned() {
    let mut pair = Pair::new(1, Faults { loss: 0, double: 0, delay: 0 });
    for call in 0..200 {
        pair.plan(CALLER, call * 50, Plan::Call);
    }
    pair.run();
    pair.assert_sound();
    // Only a 2xx whose ACK the owner's re-INVITE overtook could be sent again, and there is none without delay.
    let resent = pair.counters().0;
    assert_eq!(resent, 0);
    let [calls, arrivals] = &pair.stories;
    assert_eq!((calls.len(), arrivals.len()), (200, 200));
    let ends: BTreeSet<&str> =
        calls.values().chain(arrivals.values()).map(|story| story.ends[0].as_str()).collect();
    assert_eq!(
        ends,
        BTreeSet::from(["ByPeer", "Released", "cancelled", "refused", "rejected 486", "rejected 487"])
    );
}

#[test]
fn on_any_network_both_sides_end_every_call_once_and_nothing_is_left() {
    let mut resent = 0;
    let mut absorbed = 0;
    let mut ends = BTreeSet::new();
    for seed in 0..100 {
        let mut draw = Dice(seed ^ 0x5eed);
        let faults = Faults { loss: draw.below(70), double: draw.below(30), delay: 1 + draw.below(1_500) };
        let mut pair = Pair::new(seed, faults);
        for call in 0..20 {
            pair.plan(CALLER, call * 300, Plan::Call);
        }
        pair.run();
        pair.assert_sound();
        let counters = pair.counters();
        resent += counters.0;
        absorbed += counters.1;
        ends.extend(pair.stories.iter().flat_map(|side| side.values()).map(|story| story.ends[0].clone()));
    }
    assert!(resent > 1_000 && absorbed > 1_000, "the networks were not bad enough: {resent} {absorbed}");
    assert!(ends.contains("AckMissing") && ends.contains("rejected 408"), "{ends:?}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut pair = Pair::new(42, Faults { loss: 20, double: 10, delay: 400 });
        for call in 0..20 {
            pair.plan(CALLER, call * 100, Plan::Call);
        }
        pair.run();
        (pair.now, pair.messages, pair.stories)
    };
    assert_eq!(run(), run());
}

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let mut pair = Pair::new(7, Faults { loss: 1, double: 1, delay: 40 });
    for call in 0..10_000 {
        pair.plan(CALLER, call * 20, Plan::Call);
    }
    pair.run();
    pair.assert_sound();
    assert_eq!(pair.stories[CALLER].len(), 10_000);
}
