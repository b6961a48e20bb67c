//! Bad input while a call is in progress: each gets its answer or silence, the switch stays up, and the call loses no
//! packet for it.

use std::time::Duration;

use e2e::raw::{Raw, over_tcp};
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::Switch;
use e2e::tenants::{OTHER_SEAT, SEAT, SHIGA};

/// How long an answer may take; none is needed to pass where silence is right.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

#[test]
fn bad_input_gets_its_answer_and_a_call_in_progress_loses_nothing() {
    let mut switch = Switch::start();
    let seat = Seat::new(SEAT, switch.sip());
    let at_seat = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(at_seat.port()));
    let scenario = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number);
    let at_caller = Party::listen(scenario.ip());
    let caller = scenario.audio_port(at_caller.port()).start();
    at_caller.speak(440.0);
    at_seat.speak(1_000.0);
    at_seat.hears_tone(440.0);
    at_caller.hears_tone(1_000.0);
    at_seat.forget();
    at_caller.forget();

    garbage(&switch);
    let refused = |status, number, codec| {
        let scenario = Scenario::new("refused.xml", switch.sip()).service(number);
        scenario.fill("STATUS", status).fill("CODEC", codec).start().succeeds();
    };
    refused("488", SHIGA.number, "109\na=rtpmap:109 UNKNOWN/16000");
    refused("404", "0000000000", "0\na=rtpmap:0 PCMU/8000");
    Seat::new(OTHER_SEAT, switch.sip()).is_refused_with("not the password");

    at_seat.hears_packets(200);
    at_caller.hears_packets(200);
    assert_eq!(
        (at_seat.heard().missing(), at_caller.heard().missing()),
        (0, 0),
        "packets missing (seat, caller)"
    );
    assert!(switch.is_up());
    caller.sign();
    caller.succeeds();
    phone.succeeds();
    assert_eq!(switch.wait_for_facts("call_ended", 1).text("outcome"), "answered");
    let facts = switch.facts();
    assert_eq!(facts.count("call_admitted"), 1);
    assert_eq!(facts.count("blockage_started"), 0, "what is no call for us takes no line (R-L4)");
    assert!(facts.of("seat_registered").iter().all(|fact| fact.text("seat") == SEAT.name));
    switch.stop();
}

/// Datagrams that are no SIP, or hardly: none may be answered with a success, none may hurt.
fn garbage(switch: &Switch) {
    let raw = Raw::new(e2e::address(), switch.sip());
    raw.send(b"");
    raw.send(b"\r\n\r\n");
    raw.send(&[0xff; 1_400]);
    raw.send(b"INVITE sip:0770007119@127.0.0.1 SIP/2.0\r\n\r\n");
    raw.send(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnobody\r\nCSeq: 1 INVITE\r\n\r\n");
    // 64 KiB do not fit into a datagram with their headers; this is what does.
    let long = format!("Subject: {}\r\n", "x".repeat(64_000));
    raw.send(&raw.options("UDP", "long", &long));
    let endless =
        format!("INVITE sip:{0}@127.0.0.1 SIP/2.0\r\nSubject: {1}", SHIGA.number, "y".repeat(60_000));
    raw.send(endless.as_bytes());
    // Over TCP it does fit; it is refused or cut off, and a sane one on another connection is answered.
    let longer = format!("Subject: {}\r\n", "z".repeat(65_536));
    let answer = over_tcp(switch.sip(), &raw.options("TCP", "longer", &longer), ANSWER_TIME_MAX);
    assert!(
        answer.is_empty() || answer.starts_with("SIP/2.0 4") || answer.starts_with("SIP/2.0 5"),
        "{answer}"
    );
    let answer = over_tcp(switch.sip(), &raw.options("TCP", "short", ""), ANSWER_TIME_MAX);
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    // The sane one behind them proves that they were read and that all is well.
    raw.send(&raw.options("UDP", "sane", ""));
    let answered = e2e::eventually(ANSWER_TIME_MAX, || {
        let answer = raw.answer(ANSWER_TIME_MAX)?;
        answer.contains("Call-ID: sane").then_some(answer)
    });
    let answer = answered.expect("a sane OPTIONS behind the garbage is answered");
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
}
