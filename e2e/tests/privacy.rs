//! No telephone number and no name reaches a log (statement 10 of the design): a whole run's logs are read.

use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::Switch;
use e2e::tenants::{SEAT, SHIGA};

#[test]
fn the_logs_of_a_run_hold_no_number_of_it() {
    const CALLER: &str = "09087651234";
    const REFUSED_CALLER: &str = "0459876501";
    const UNKNOWN: &str = "0599999999";
    let mut switch = Switch::start();
    let seat = Seat::new(SEAT, switch.sip());
    let phone = seat.at_work(seat.plays("seat_answers.xml"));
    let caller = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).caller(CALLER).start();
    switch.wait_for_facts("call_answered", 1);
    let refused = Scenario::new("refused.xml", switch.sip()).service(UNKNOWN).caller(REFUSED_CALLER);
    refused.fill("STATUS", "404").fill("CODEC", "0").start().succeeds();
    caller.sign();
    caller.succeeds();
    phone.succeeds();
    switch.wait_for_facts("call_ended", 1);
    switch.stop();

    let journalled = switch.facts().of("call_admitted")[0].field("caller").to_string();
    assert!(
        journalled.contains(CALLER),
        "the journal keeps the number, or this test proves nothing: {journalled}"
    );
    let log = switch.log();
    assert!(!log.trim().is_empty(), "a run says something");
    for number in [CALLER, REFUSED_CALLER, UNKNOWN, SHIGA.number, SEAT.password] {
        assert!(!log.contains(number), "the log holds {number}");
        // Without the leading zero, as numbers stand in +81 form.
        assert!(!log.contains(&number[1..]), "the log holds {number} without its first digit");
    }
}
