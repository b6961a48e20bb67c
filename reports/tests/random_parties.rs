//! Calls at random with a seat or two and several third parties at once: the talk without the caller is what counting the
//! seconds of it gives, and never more than the talk (R-A10); legs are charged one by one (R-L8).
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use reports::accounting::Slots;
use support::{DATE, JST, account_over};

/// The call's seconds, from 9:00:00 on.
const SECONDS: usize = 900;

/// A call as its reader sees it, second by second.
struct Drawn {
    lines: Vec<(usize, String)>,
    talks: Vec<bool>,
    /// How many parties are with the seat alone.
    aside: Vec<u64>,
    /// How many legs have been answered and have not ended.
    legs: Vec<u64>,
}

impl Drawn {
    fn new(draw: &mut Draw) -> Self {
        let none = vec![0; SECONDS];
        let mut it = Self { lines: Vec::new(), talks: vec![false; SECONDS], aside: none.clone(), legs: none };
        it.say(0, "seat a1 ready");
        it.say(0, "seat a2 ready");
        it.say(0, "call 1");
        it.say(0, "ring 1.1 a1");
        it.say(10, "answer 1.1 a1");
        let end = 400 + draw.below(400);
        let parties = 1 + draw.below(3);
        let ring = if draw.below(3) == 0 {
            // Nobody talks in between, whoever is there.
            let (handed, taken) = (100 + draw.below(100), 200 + draw.below(100));
            it.talks[10..handed].fill(true);
            it.talks[taken..end].fill(true);
            it.say(handed, "handed 1.1 a1");
            it.say(handed + 1, "ring 1.2 a2");
            it.say(taken, "answer 1.2 a2");
            "1.2 a2"
        } else {
            it.talks[10..end].fill(true);
            "1.1 a1"
        };
        for party in 1..=parties {
            it.party(party, draw);
        }
        it.say(end, &format!("talked {ring} ready"));
        it.say(end, "end 1 answered");
        it.lines.sort_by_key(|(second, _)| *second);
        it
    }

    /// Comes, moves, and leaves, perhaps after the talk.
    fn party(&mut self, party: usize, draw: &mut Draw) {
        let mut now = 11 + draw.below(300);
        self.say(now, &format!("dial 1.{party} thai"));
        let gone = (now + 1 + draw.below(500)).min(SECONDS - 1);
        let mut word = "party";
        while now < gone {
            let until = (now + 1 + draw.below(120)).min(gone);
            let company = ["aside", "aside", "together", "held"][draw.below(4)];
            self.say(now, &format!("{word} 1.{party} {company}"));
            for second in now..until {
                self.legs[second] += 1;
                self.aside[second] += u64::from(company == "aside");
            }
            (now, word) = (until, "party-now");
        }
        self.say(gone, &format!("party-gone 1.{party}"));
    }

    fn say(&mut self, second: usize, line: &str) {
        let text = format!("09:{:02}:{:02} {line}", second / 60, second % 60);
        self.lines.push((second, text));
    }

    fn journal(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        format!("-22:00:00 life\n-22:00:00 capacity 2+1\n-22:00:00 start\n{}\n", lines.join("\n"))
    }
}

/// Gives the seconds in which the seat was with several parties and without the caller.
fn holds(seed: u64) -> usize {
    let drawn = &Drawn::new(&mut Draw(seed));
    let journal = drawn.journal();
    let total = account_over(Slots::hours(DATE, JST), &journal, "+06:00:00").total();
    let in_talk = |least: u64| (0..SECONDS).filter(move |it| drawn.talks[*it] && drawn.aside[*it] >= least);
    let talk = drawn.talks.iter().filter(|it| **it).count() as u64;
    let aside = in_talk(1).count() as u64;
    let legs: u64 = drawn.legs.iter().sum();
    let found = (total.talk_ms, total.aside_ms, total.outbound_ms);
    assert_eq!(found, (talk * 1_000, aside * 1_000, legs * 1_000), "seed {seed}\n{journal}");
    assert!(total.aside_ms <= total.talk_ms, "seed {seed}");
    in_talk(2).count()
}

#[test]
fn what_is_of_the_talk_is_no_more_than_it() {
    let several: usize = (0..200).map(holds).sum();
    assert!(several > 2_000, "seconds with several parties aside: {several}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        max_shrink_iters: 0,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("proptest-regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_talk_without_the_caller_is_what_its_seconds_are(seed: u64) {
        holds(seed);
    }
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
