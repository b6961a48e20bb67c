//! A switch that was written down goes on where it was; what contradicts itself becomes no switch. That every state
//! survives is the swarm's to show.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

mod support;

use acd_core::{CallEvent, CallId, CallPhase, Input, Outcome, SeatId, SeatState, Switch, Timestamp};
use serde_json::{Value, json};
use support::{inputs, plans, text, turn};
use turn::{Turn, turn};

const PLAN: [&str; 2] = [
    "tenant shiga: number 0770007119, lines 1+2, guidance none, max_wait 60s",
    "seat s1: serves shiga, login always, static",
];

fn now() -> Timestamp {
    plans::date("2026-04-01").at(plans::time("9:00"), 540)
}

fn say(switch: &mut Switch, what: &str) -> Turn {
    turn(switch, now(), inputs::read(what, |_| now()))
}

/// Call 1 talks with s1, call 2 waits.
fn busy() -> Switch {
    let mut switch = Switch::new(plans::read(&PLAN.map(str::to_owned)), now());
    for what in [
        "call 1 to 0770007119",
        "call 1 connected",
        "ring 1.1 answers",
        "call 2 to 0770007119",
        "call 2 connected",
    ] {
        say(&mut switch, what);
    }
    assert_eq!(switch.call_phase(CallId(1)), Some(CallPhase::Talking));
    assert_eq!(switch.call_phase(CallId(2)), Some(CallPhase::Waiting));
    switch
}

fn written() -> Value {
    serde_json::to_value(busy()).unwrap()
}

/// Why it becomes no switch.
fn refusal(written: Value) -> String {
    serde_json::from_value::<Switch>(written).unwrap_err().to_string()
}

#[test]
fn a_switch_goes_on_where_it_was_written_down() {
    let mut read: Switch = serde_json::from_value(written()).unwrap();
    assert_eq!(read, busy());
    let seat = SeatId::new("s1").unwrap();
    assert_eq!(read.poll_timeout(), busy().poll_timeout(), "deadlines are kept");

    let ended = say(&mut read, "call 1 hangs up");
    let orders: Vec<String> = ended.orders.iter().map(text::order).collect();
    let as_ever: Vec<String> = say(&mut busy(), "call 1 hangs up").orders.iter().map(text::order).collect();
    assert_eq!(orders, as_ever, "the orders are those of a switch that was never written down");
    let outcome = |fact: &CallEvent| matches!(fact, CallEvent::CallEnded { outcome: Outcome::Answered, .. });
    assert!(ended.facts.iter().any(outcome), "{:?}", ended.facts.iter().map(text::fact).collect::<Vec<_>>());
    say(&mut read, "seat s1 ready");
    assert!(matches!(read.seat_state(seat), Some(SeatState::Ringing(ring)) if ring.call == CallId(2)));
    let again = say(&mut read, "call 3 to 0770007119");
    assert!(
        again.facts.iter().any(|fact| matches!(fact, CallEvent::CallAdmitted { .. })),
        "numbers are known"
    );
}

#[test]
fn a_switch_before_its_first_turn_can_be_written_down_too() {
    let new = Switch::new(plans::read(&PLAN.map(str::to_owned)), now());
    let mut read: Switch = serde_json::from_value(serde_json::to_value(&new).unwrap()).unwrap();
    assert_eq!(read, new);
    let first = say(&mut read, "call 1 to 0770007119");
    assert!(matches!(first.facts.first(), Some(CallEvent::PlanApplied { .. })));
}

#[test]
fn within_a_turn_there_is_no_snapshot() {
    let mut switch = busy();
    switch.handle(now(), Input::DrainRequested);
    let error = serde_json::to_value(&switch).unwrap_err().to_string();
    assert!(error.contains("drain events and effects"), "{error}");
}

#[test]
fn numbers_of_people_are_masked_wherever_the_state_is_printed() {
    assert!(!format!("{:?}", busy()).contains("0901"), "{:?}", busy());
}

#[test]
fn a_line_without_its_call_is_refused() {
    let mut state = written();
    state["calls"].as_object_mut().unwrap().remove("2");
    assert!(refusal(state).contains("1 calls hold 2 lines"));
}

#[test]
fn a_call_without_its_line_is_refused() {
    let mut state = written();
    state["house"]["lines"]["rooms"]["shiga"]["lines"]["Waiting"] = json!([]);
    assert!(refusal(state).contains("call 2 does not hold what its phase says"));
}

#[test]
fn a_call_under_anothers_id_is_refused() {
    let mut state = written();
    state["calls"]["1"]["visit"]["call"] = json!(2);
    assert!(refusal(state).contains("call 1 has another's id"));
    let mut state = written();
    state["highest_call"] = json!(1);
    assert!(refusal(state).contains("call 2 has another's id, or one that was never given"));
}

#[test]
fn a_call_that_has_ended_is_refused() {
    let mut state = written();
    state["calls"]["2"]["state"] = json!("Ended");
    assert!(refusal(state).contains("call 2 has ended"));
}

#[test]
fn a_caller_without_a_place_is_refused() {
    let mut state = written();
    state["house"]["queues"]["by_key"][0][1]["waiting"] = json!([]);
    assert!(refusal(state).contains("call 2 waits outside its queue"));
}

#[test]
fn a_place_of_a_ring_that_is_not_is_refused() {
    let mut state = written();
    let queues = &mut state["house"]["queues"];
    let since = queues["by_key"][0][1]["waiting"][0][0].clone();
    queues["rung"] = json!([[queues["by_key"][0][0], since, 2]]);
    assert!(refusal(state).contains("other callers are rung for than keep a place"));
}

#[test]
fn a_place_without_its_caller_is_refused() {
    let mut state = written();
    let waiting = &mut state["house"]["queues"]["by_key"][0][1]["waiting"];
    let mut other = waiting[0].clone();
    other[1] = json!(1);
    waiting.as_array_mut().unwrap().push(other);
    assert!(refusal(state).contains("1 callers wait in 2 places"));
}

#[test]
fn a_hunt_that_waits_for_a_line_at_one_end_alone_is_refused() {
    let plan = [
        "tenant clinic: number 0770007119, lines 1+0, guidance none, outbound own",
        "entry clinic doctor: doctors, number 09011110001, number 09011110002",
        "seat s1: serves clinic, login always, static",
    ];
    let mut switch = Switch::new(plans::read(&plan.map(str::to_owned)), now());
    for what in ["seat s1 calls out as 1 for clinic doctor", "call 2 to 0770007119", "ring 1.1 answers"] {
        say(&mut switch, what);
    }
    let good = serde_json::to_value(&switch).unwrap();
    assert_eq!(good["house"]["lines"]["hunts"]["waiting"], json!([["clinic", 1]]));
    let with_hunts = |hunts: Value| {
        let mut state = good.clone();
        state["house"]["lines"]["hunts"]["waiting"] = hunts;
        refusal(state)
    };
    let alone = "waits for a line by its own account alone, or by its tenant's";
    assert!(with_hunts(json!([])).contains(&format!("call 1 {alone}")));
    assert!(with_hunts(json!([["clinic", 1], ["clinic", 2]])).contains(&format!("call 2 {alone}")));
    assert!(with_hunts(json!([["clinic", 1], ["clinic", 3]])).contains("1 calls wait for lines in 2 places"));
}

#[test]
fn a_talk_without_its_seat_is_refused() {
    let mut state = written();
    state["house"]["seats"]["s1"]["state"] = json!("Ready");
    assert!(refusal(state).contains("call 1 is with a seat that is not busy with it"));
}

#[test]
fn a_seat_that_talks_with_nobody_is_refused() {
    let mut state = written();
    let mut other = state["house"]["seats"]["s1"].clone();
    other["state"]["Talking"]["call"] = json!(7);
    state["house"]["seats"]["s2"] = other;
    assert!(refusal(state).contains("seat s2 is busy with ring 7.1 of no call"));
}

#[test]
fn a_reason_with_two_deadlines_is_refused() {
    let mut state = written();
    let timers = state["house"]["timers"].as_array_mut().unwrap();
    let mut other = timers[0].clone();
    other[0] = json!(other[0].as_i64().unwrap() + 1);
    timers.push(other);
    assert!(refusal(state).contains("a reason has at most one deadline"));
}

#[test]
fn names_and_times_of_day_are_checked_as_everywhere() {
    let mut state = written();
    state["calls"]["1"]["visit"]["tenant"] = json!("shi ga");
    assert!(refusal(state).contains("a name has only a-z"));
    let mut state = written();
    state["plan"]["tenants"]["shiga"]["day_start"] = json!(86_400_001);
    assert!(refusal(state).contains("a time of day is at most 24:00"));
}

#[test]
fn a_caller_of_another_tenants_seats_whom_it_does_not_know_is_refused() {
    let plan = [
        "tenant kyoto: number 0750007119, lines 1+1, guidance none",
        "tenant shiga: number 0770007119, lines 1+1, guidance none, overflow kyoto nobody",
        "seat k1: serves kyoto, login always, static",
    ];
    let mut switch = Switch::new(plans::read(&plan.map(str::to_owned)), now());
    for what in ["call 1 to 0770007119", "call 1 connected"] {
        say(&mut switch, what);
    }
    let mut state = serde_json::to_value(switch).unwrap();
    let guests = &mut state["house"]["lines"]["rooms"]["kyoto"]["guests"];
    assert_eq!(guests.take(), json!([1]), "who has overflowed is kyoto's to serve");
    *guests = json!([]);
    assert!(refusal(state).contains("call 1 is to be served by a tenant that does not know it"));
}
