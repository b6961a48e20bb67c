//! A caller who hangs up: in the guidance, in the queue, while a seat rings, while talking. Each has an outcome of its
//! own (R-A11), and SIPp as the carrier's exchange sees every dialog closed by the book.

use e2e::seat::Seat;
use e2e::sipp::{Scenario, Sipp};
use e2e::switch::Switch;
use e2e::tenants::{SEAT, SHIGA};

fn call(switch: &Switch) -> Sipp {
    Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).start()
}

/// Hangs up, and checks that the call has that outcome and no other.
fn hangs_up_with_outcome(switch: &Switch, caller: Sipp, expected: &str) -> Vec<String> {
    caller.sign();
    caller.succeeds();
    let id = switch.wait_for_facts("call_admitted", 1).call().expect("a call has an id");
    assert_eq!(switch.outcome(id), expected);
    let facts = switch.facts();
    assert_eq!(facts.count("call_ended"), 1, "exactly one outcome a call");
    facts.story(id).into_iter().map(str::to_owned).collect()
}

#[test]
fn in_the_guidance() {
    let mut switch = Switch::start();
    let caller = call(&switch);
    switch.wait_for_facts("guidance_started", 1);
    let story = hangs_up_with_outcome(&switch, caller, "abandoned_in_guidance");
    assert!(!story.iter().any(|kind| kind == "guidance_completed" || kind == "caller_queued"), "{story:?}");
    switch.stop();
}

#[test]
fn in_the_queue() {
    let mut switch = Switch::start();
    let caller = call(&switch);
    switch.wait_for_facts("caller_queued", 1);
    let story = hangs_up_with_outcome(&switch, caller, "abandoned_in_queue");
    let place =
        |kind| story.iter().position(|own| own == kind).unwrap_or_else(|| panic!("no {kind} in {story:?}"));
    assert!(place("guidance_started") < place("guidance_completed"), "{story:?}");
    assert!(
        place("guidance_completed") <= place("caller_queued"),
        "nobody waits before the guidance's end (R-G1)"
    );
    assert!(!story.iter().any(|kind| kind == "ring_started"), "{story:?}");
    switch.stop();
}

#[test]
fn while_a_seat_rings() {
    let mut switch = Switch::start();
    let seat = Seat::new(SEAT, switch.sip());
    let phone = seat.at_work(seat.plays("seat_rings.xml"));
    let caller = call(&switch);
    phone.wait_for("the seat's 180", |message| message.sent && message.answers(180, "INVITE"));
    hangs_up_with_outcome(&switch, caller, "abandoned_while_ringing");
    // The phone's scenario is the CANCEL, its 200, the 487 and the ACK.
    phone.succeeds();
    let end = switch.wait_for_facts("ring_ended", 1);
    assert_eq!((end.text("seat"), end.field("end").as_str()), (SEAT.name, Some("caller_gone")));
    switch.stop();
}

#[test]
fn while_talking() {
    let mut switch = Switch::start();
    let seat = Seat::new(SEAT, switch.sip());
    let phone = seat.at_work(seat.plays("seat_answers.xml"));
    let caller = call(&switch);
    assert_eq!(switch.wait_for_facts("call_answered", 1).text("seat"), SEAT.name);
    hangs_up_with_outcome(&switch, caller, "answered");
    let seen = phone.succeeds();
    assert!(
        seen.iter().any(|message| !message.sent && message.start_line().starts_with("BYE ")),
        "the seat got BYE"
    );
    let end = switch.wait_for_facts("talk_ended", 1);
    assert_eq!(end.field("end").as_str(), Some("caller_ended"));
    switch.stop();
}
