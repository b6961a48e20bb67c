//! Lines: the last one taken opens a blockage, the call beyond it is refused, the first one free closes it (R-L4, R-L7).

use e2e::sipp::Scenario;
use e2e::switch::Switch;
use e2e::tenants::SHIGA;

#[test]
fn a_call_beyond_the_last_line_gets_486_and_the_blockage_is_an_interval() {
    let mut switch = Switch::start();
    let caller = || Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).start();
    let callers: Vec<_> = (1..=SHIGA.lines)
        .map(|count| {
            let caller = caller();
            switch.wait_for_facts("call_admitted", count);
            caller
        })
        .collect();
    let started = switch.wait_for_facts("blockage_started", 1);
    assert_eq!(started.text("tenant"), SHIGA.name);

    let refused = Scenario::new("refused.xml", switch.sip()).service(SHIGA.number);
    refused.fill("STATUS", "486").fill("CODEC", "0").start().succeeds();
    let refusal = switch.wait_for_facts("call_refused", 1);
    assert_eq!((refusal.text("tenant"), refusal.text("reason")), (SHIGA.name, "lines_full"));
    assert_eq!(switch.facts().count("blockage_ended"), 0, "a refused call frees no line");

    for caller in &callers {
        caller.sign();
    }
    for caller in callers {
        caller.succeeds();
    }
    let ended = switch.wait_for_facts("blockage_ended", 1);
    assert!(started.sequence() < refusal.sequence() && refusal.sequence() < ended.sequence());
    switch.wait_for_facts("call_ended", SHIGA.lines);

    let after = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number).start();
    switch.wait_for_facts("call_admitted", SHIGA.lines + 1);
    after.sign();
    after.succeeds();
    switch.wait_for_facts("call_ended", SHIGA.lines + 1);
    let facts = switch.facts();
    assert_eq!((facts.count("blockage_started"), facts.count("blockage_ended")), (1, 1));
    assert_eq!(facts.count("call_refused"), 1);
    switch.stop();
}
