//! What exceeds a bound gets a clear end instead of more memory.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

mod support;

use acd_core::limits::{
    CALLS_MAX, HUNT_PAUSE, HUNT_ROUNDS_MAX, OVERFLOWS_MAX, PARTIES_PER_CALL_MAX, RINGS_PER_CALL_MAX,
};
use acd_core::{CallEvent, Effect, Input, Outcome, RefusalReason, ReleaseCause, Switch, Timestamp};
use support::{inputs, plans, text, turn};
use turn::{Turn, turn};

struct Bench {
    switch: Switch,
    now: Timestamp,
}

impl Bench {
    fn new(plan: &[&str]) -> Self {
        let lines: Vec<String> = plan.iter().map(|line| (*line).to_owned()).collect();
        let now = plans::date("2026-04-01").at(plans::time("9:00"), 540);
        Self { switch: Switch::new(plans::read(&lines), now), now }
    }

    fn say(&mut self, what: &str) -> Turn {
        let now = self.now;
        turn(&mut self.switch, now, inputs::read(what, |_| now))
    }
}

#[test]
fn a_call_that_no_seat_ever_answers_is_released_in_the_end() {
    let mut bench = Bench::new(&[
        "tenant shiga: number 0770007119, lines 1+1, guidance none",
        "seat s1: serves shiga, login always, static, not_answering_retry 5s",
    ]);
    bench.say("call 1 to 0770007119");
    bench.say("call 1 connected");
    for ring in 1..RINGS_PER_CALL_MAX {
        bench.say(&format!("ring 1.{ring} refuses 486"));
        let (deadline, _) = bench.switch.poll_timeout().unwrap();
        bench.now = deadline;
        let said = turn(&mut bench.switch, deadline, Input::TimePassed);
        let rung = said.orders.iter().any(|order| matches!(order, Effect::RingSeat { .. }));
        assert!(rung, "after ring {ring}: {:?}", said.facts.iter().map(text::fact).collect::<Vec<_>>());
    }
    let last = bench.say(&format!("ring 1.{RINGS_PER_CALL_MAX} refuses 486"));
    let released = |order: &Effect| matches!(order, Effect::ReleaseLeg { cause: ReleaseCause::Failed, .. });
    assert!(
        last.orders.iter().any(released),
        "{:?}",
        last.orders.iter().map(text::order).collect::<Vec<_>>()
    );
    let ended = bench.say("call 1 released");
    let failed = |fact: &CallEvent| matches!(fact, CallEvent::CallEnded { outcome: Outcome::Failed, .. });
    assert!(ended.facts.iter().any(failed));
    assert!(bench.switch.is_idle());
}

#[test]
fn an_answer_that_crosses_its_cancelling_leaves_nothing_to_wait_for() {
    let mut bench = Bench::new(&[
        "tenant shiga: number 0770007119, lines 1+1, guidance none",
        "seat s1: serves shiga, login always, static",
    ]);
    for said in ["call 1 to 0770007119", "call 1 connected", "call 1 hangs up", "ring 1.1 answers"] {
        bench.say(said);
    }
    assert!(!bench.switch.is_idle());
    bench.say("ring 1.1 released");
    assert!(bench.switch.is_idle(), "a drain would wait for it");
}

/// R-L9: what a drain waits for, the outcomes of orders among it.
#[test]
fn a_switch_is_idle_when_nothing_is_owed_any_more() {
    let plan = [
        "tenant shiga: number 0770007119, lines 1+0, guidance none, outbound separate, free_dialling",
        "seat s1: serves shiga, login always, static",
    ];
    let talk = ["call 1 to 0770007119", "call 1 connected", "ring 1.1 answers"];
    let histories: [(&[&str], &[&str]); 6] = [
        (&["call 1 to 0770007119", "call 2 to 0770007119", "call 1 cancels"], &["call 2 released"]),
        (&["call 1 to 0770007119", "call 1 connected", "call 1 hangs up"], &["ring 1.1 cancelled"]),
        (&["call 1 hangs up", "ring 1.1 released"], &["recording 1 starts", "recording 1 ends"]),
        (&["call 1 hangs up", "recording 1 starts", "recording 1 ends"], &["ring 1.1 released"]),
        (
            &[
                "call 1 commanded to dial number 0312345678",
                "call 1 hangs up",
                "recording 1 starts",
                "recording 1 ends",
                "ring 1.1 hangs up",
            ],
            &["party 1.1 cancelled"],
        ),
        (
            &[
                "call 1 commanded to dial number 0312345678",
                "party 1.1 answers",
                "call 1 hangs up",
                "ring 1.1 hangs up",
                "recording 1 starts",
                "recording 1 ends",
            ],
            &["party 1.1 released"],
        ),
    ];
    for (begin, end) in histories {
        let mut bench = Bench::new(&plan);
        let before: &[&str] = if begin[0].ends_with("7119") { &[] } else { &talk };
        for what in before.iter().chain(begin) {
            bench.say(what);
        }
        assert_eq!(bench.switch.calls_len(), 0, "{begin:?}");
        for what in end {
            assert!(!bench.switch.is_idle(), "{begin:?} before {what}");
            bench.say(what);
        }
        assert!(bench.switch.is_idle(), "{begin:?}");
    }
}

#[test]
fn a_full_switch_refuses_as_overloaded_and_goes_on_when_a_call_has_ended() {
    let mut bench = Bench::new(&["tenant shiga: number 0770007119, lines 65535+65535"]);
    for call in 1..=CALLS_MAX {
        bench.say(&format!("call {call} to 0770007119"));
    }
    assert_eq!(bench.switch.calls_len(), CALLS_MAX);

    let refused = bench.say(&format!("call {} to 0770007119", CALLS_MAX + 1));
    let overload =
        |fact: &CallEvent| matches!(fact, CallEvent::CallRefused { reason: RefusalReason::Overload, .. });
    assert!(refused.facts.iter().any(overload));
    bench.say("call 1 cancels");
    let admitted = bench.say(&format!("call {} to 0770007119", CALLS_MAX + 2));
    assert!(admitted.facts.iter().any(|fact| matches!(fact, CallEvent::CallAdmitted { .. })));
}

/// R-T3, R-T8: so many tries and no more, in the midst of a round or at its end, though the hunt after the call would begin anew.
#[test]
fn a_hunt_after_the_call_that_reaches_nobody_is_given_up_in_the_end() {
    for numbers in [50, 60] {
        let listed: String = (10..10 + numbers).map(|number| format!(", number 090111100{number}")).collect();
        let mut bench = Bench::new(&[
            "tenant clinic: number 0770007119, lines 1+0, guidance none, outbound separate",
            &format!("entry clinic doctor: doctors{listed}"),
            "seat s1: serves clinic, login always, static",
        ]);
        bench.say("seat s1 calls out as 2 for clinic doctor about 1");
        bench.say("ring 2.1 answers");
        for attempt in 1..PARTIES_PER_CALL_MAX {
            let refused = bench.say(&format!("party 2.{attempt} refuses 486"));
            // After the last number of a round it pauses.
            let said = if attempt % numbers == 0 {
                bench.now = bench.now + HUNT_PAUSE;
                turn(&mut bench.switch, bench.now, Input::TimePassed)
            } else {
                refused
            };
            let dials = |order: &Effect| matches!(order, Effect::DialParty { .. });
            assert!(said.orders.iter().any(dials), "after try {attempt}");
        }
        let last = bench.say(&format!("party 2.{PARTIES_PER_CALL_MAX} refuses 486"));
        let said: Vec<String> = last.facts.iter().map(text::fact).collect();
        assert_eq!(
            said,
            [
                &format!("party 2.{PARTIES_PER_CALL_MAX} over: Refused(486)"),
                "call 2 reaches nobody for doctor",
                "ALARM NobodyReached, clinic, call 2",
                "s1: calling out 2.1 -> ready",
                "call 2 out ENDED, nobody reached",
            ]
        );
    }
}

/// R-T8: a number that is busy at once is dialled again so often and no more, and never within a minute of its last try.
#[test]
fn a_hunt_after_the_call_dials_its_numbers_so_often_and_no_more() {
    let mut bench = Bench::new(&[
        "tenant clinic: number 0770007119, lines 1+0, guidance none, outbound separate",
        "entry clinic doctor: doctors, number 09011110001",
        "seat s1: serves clinic, login always, static",
    ]);
    bench.say("seat s1 calls out as 2 for clinic doctor about 1");
    bench.say("ring 2.1 answers");
    for attempt in 1..=HUNT_ROUNDS_MAX {
        bench.say(&format!("party 2.{attempt} refuses 486"));
        let (pause_over, _) = bench.switch.poll_timeout().unwrap();
        assert_eq!(pause_over, bench.now + HUNT_PAUSE, "after try {attempt}");
        bench.now = pause_over;
        turn(&mut bench.switch, pause_over, Input::TimePassed);
    }
    bench.say(&format!("party 2.{} refuses 486", HUNT_ROUNDS_MAX + 1));
    assert_eq!(bench.switch.calls_len(), 0, "nobody is reached, and a person takes over");
}

/// R-Q8: a caller whom two tenants send to each other, as agents come and go, stays in the end.
#[test]
fn a_caller_overflows_so_often_and_no_more() {
    let mut bench = Bench::new(&[
        "tenant kyoto: number 0750007119, lines 1+1, guidance none, overflow shiga nobody",
        "tenant shiga: number 0770007119, lines 1+1, guidance none, overflow kyoto nobody",
        "seat k: serves kyoto, login by_command, static",
        "seat s: serves shiga, login by_command, static",
    ]);
    bench.say("call 1 to 0770007119");
    bench.say("call 1 connected");
    let overflows = |said: &Turn| {
        said.facts.iter().filter(|fact| matches!(fact, CallEvent::CallOverflowed { .. })).count()
    };
    let mut overflown = 0;
    for (comes, goes) in [("k", "s"), ("s", "k")].into_iter().cycle().take(OVERFLOWS_MAX + 4) {
        // Who is paused is logged in, and not rung.
        for command in [format!("seat {goes} logs out"), format!("seat {comes} logs in")] {
            overflown += overflows(&bench.say(&command));
        }
        bench.say(&format!("ring 1.{} refuses 486", overflown));
        overflown += overflows(&bench.say(&format!("seat {comes} pauses lunch")));
    }
    assert_eq!(overflown, OVERFLOWS_MAX);
}
