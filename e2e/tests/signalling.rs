//! SIP between the carrier's exchange and us, when datagrams are late, lost, doubled, or cross each other.

use e2e::sipp::Scenario;
use e2e::switch::Switch;
use e2e::tenants::SHIGA;

fn caller(switch: &Switch, file: &str) -> Scenario {
    Scenario::new(file, switch.sip()).service(SHIGA.number)
}

#[test]
fn a_cancel_before_the_answer_ends_the_call_with_487() {
    let mut switch = Switch::start();
    // Frozen, the switch finds INVITE and CANCEL together, before it can have answered.
    let cancelled = switch.frozen(|| {
        let cancelled = caller(&switch, "cancelled.xml").start();
        cancelled
            .wait_for("the CANCEL", |message| message.sent && message.start_line().starts_with("CANCEL "));
        cancelled
    });
    cancelled.succeeds();
    let ended = switch.wait_for_facts("call_ended", 1);
    assert_eq!(ended.text("outcome"), "abandoned_in_guidance");
    assert_eq!(switch.facts().count("caller_connected"), 0);
    switch.stop();
}

#[test]
fn a_retransmitted_invite_is_one_call() {
    let mut switch = Switch::start();
    let is_invite = |message: &e2e::message::Message| message.start_line().starts_with("INVITE ");
    let caller = switch.frozen(|| {
        let caller = caller(&switch, "caller.xml").start();
        e2e::until("a second INVITE", e2e::limits::FACT_TIME_MAX, || {
            let invites = caller.messages().into_iter().filter(is_invite).count();
            (invites >= 2).then_some(())
        });
        caller
    });
    switch.wait_for_facts("guidance_started", 1);
    caller.sign();
    caller.succeeds();
    switch.wait_for_facts("call_ended", 1);
    let facts = switch.facts();
    assert_eq!((facts.count("call_admitted"), facts.count("call_ended")), (1, 1));
    switch.stop();
}

#[test]
fn a_late_ack_gets_the_200_again_and_the_call_goes_on() {
    let mut switch = Switch::start();
    let caller = caller(&switch, "late_ack.xml").start();
    switch.wait_for_facts("guidance_started", 1);
    caller.sign();
    let seen = caller.succeeds();
    let answers = seen.iter().filter(|message| message.answers(200, "INVITE")).count();
    assert!(answers >= 2, "the 200 came {answers} time(s) without ACK");
    let ended = switch.wait_for_facts("call_ended", 1);
    assert_eq!(ended.text("outcome"), "abandoned_in_guidance");
    assert_eq!(switch.facts().count("caller_connected"), 1);
    switch.stop();
}

#[test]
fn an_ack_that_never_comes_ends_the_call_with_bye() {
    let mut switch = Switch::start();
    let seen = caller(&switch, "no_ack.xml").start().succeeds();
    // RFC 3261 13.3.1.4: at T1, 2*T1, 4*T1 and then every T2 until 64*T1 there are at least 10 of them.
    let answers = seen.iter().filter(|message| message.answers(200, "INVITE")).count();
    assert!(answers >= 8, "the 200 came {answers} time(s)");
    let ended = switch.wait_for_facts("call_ended", 1);
    assert_eq!(ended.text("outcome"), "failed");
    switch.stop();
}

#[test]
fn a_session_is_refreshed_by_reinvite_and_by_update() {
    let mut switch = Switch::start();
    let caller = caller(&switch, "refresh.xml").start();
    switch.wait_for_facts("guidance_started", 1);
    caller.sign();
    caller.wait_for("the 200 to UPDATE", |message| message.answers(200, "UPDATE"));
    assert_eq!(switch.facts().count("call_ended"), 0);
    caller.sign();
    caller.succeeds();
    let ended = switch.wait_for_facts("call_ended", 1);
    assert_eq!(ended.text("outcome"), "abandoned_in_guidance");
    switch.stop();
}
