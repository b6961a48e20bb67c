//! Somebody sets the machine's clock an hour on while people talk: no call, no registration and no session is ended by it.

use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::{Options, Switch, WEDNESDAY_MORNING};
use e2e::tenants::{SEAT, SHIGA};

#[test]
fn a_clock_set_an_hour_on_ends_neither_a_call_nor_a_registration() {
    let mut switch = Switch::start_with(Options {
        clock_start: Some(WEDNESDAY_MORNING.into()),
        settable_clock: true,
        ..Options::default()
    });
    let seat = Seat::new(SEAT, switch.sip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").calls(2));
    let call = || Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).start();

    let first = call();
    switch.wait_for_facts("call_answered", 1);
    switch.set_clock_on(3_600);
    let step = switch.wait_for_facts("wall_clock_stepped", 2);
    assert!((3_599_000..=3_601_000).contains(&step.number("step_ms")), "{step:?}");
    // The registration was for 300 s: the seat that still has it is rung for the next caller.
    first.sign();
    first.succeeds();
    let second = call();
    switch.wait_for_facts("call_answered", 2);
    second.sign();
    second.succeeds();
    phone.succeeds();

    let facts = switch.facts();
    assert_eq!((facts.outcome(1), facts.outcome(2)), (Some("answered"), Some("answered")));
    assert!(facts.of("talk_ended").iter().all(|end| end.text("end") == "caller_ended"));
    assert_eq!(facts.count("seat_unregistered"), 0);
    switch.stop();
}
