//! The queue: first come, first served (R-Q1), and a freed seat gets the next caller by itself (R-Q4).

use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::Switch;
use e2e::tenants::{SEAT, SHIGA};

#[test]
fn three_callers_and_one_seat_go_in_the_order_of_their_coming() {
    let mut switch = Switch::start();
    let callers: Vec<_> = (1..=3)
        .map(|count| {
            let caller = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).start();
            switch.wait_for_facts("call_admitted", count);
            caller
        })
        .collect();
    switch.wait_for_facts("caller_queued", 3);
    let seat = Seat::new(SEAT, switch.sip());
    let phone = seat.at_work(seat.plays("seat_answers_briefly.xml").calls(3));
    phone.succeeds();
    // The seat hung up each time, so the switch sends every caller a BYE.
    for caller in callers {
        let seen = caller.succeeds();
        assert!(seen.iter().any(|message| !message.sent && message.start_line().starts_with("BYE ")));
    }
    switch.wait_for_facts("call_ended", 3);
    let facts = switch.facts();
    assert_eq!(facts.calls("call_answered"), facts.calls("caller_queued"));
    assert!(facts.of("call_ended").iter().all(|end| end.text("outcome") == "answered"));
    switch.stop();
}
