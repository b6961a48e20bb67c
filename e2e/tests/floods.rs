//! Small floods of strangers while a call is in progress: each gets its few answers, is logged in no line, and the call
//! loses no packet. The large ones are `acd-sim attack`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use e2e::audio::repository_file;
use e2e::raw::Raw;
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::{Options, Switch};
use e2e::tenants::SEAT;

/// The one address of the plan's trunk.
const CARRIER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const NUMBER: &str = "0440001000";

/// INVITEs that a stranger is answered in a minute, as the switch documents it (`STRANGER_ANSWERS_PER_WINDOW`).
const STRANGER_ANSWERS: usize = 20;

/// How long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

#[test]
fn small_floods_of_strangers_get_few_answers_and_a_call_in_progress_loses_nothing() {
    let plan = Some(repository_file("e2e/plans/narrow_trunk.toml"));
    let mut switch = Switch::start_with(Options { plan, ..Options::default() });
    let seat = Seat::new(SEAT, switch.sip());
    let at_seat = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(at_seat.port()));
    let at_caller = Party::listen(CARRIER);
    let scenario = Scenario::new("caller.xml", switch.sip()).service(NUMBER).from(CARRIER, 0);
    let caller = scenario.audio_port(at_caller.port()).start();
    let answer = caller.wait_for("the 200", |message| message.answers(200, "INVITE"));
    let media = answer.audio_address().expect("the 200 carries an answer");
    at_caller.speak_to(media);
    at_caller.speak(440.0);
    at_seat.speak(1_000.0);
    at_seat.hears_tone(440.0);
    at_caller.hears_tone(1_000.0);
    at_seat.forget();
    at_caller.forget();
    let lines_before = switch.log().lines().count();

    let stranger = Raw::new(e2e::address(), switch.sip());
    for number in 0..200 {
        stranger.send(&invite(number));
    }
    let answers = answers_until_asked(&stranger, "after-the-invites");
    assert_eq!(answers, BTreeMap::from([("403".to_owned(), STRANGER_ANSWERS)]));

    for part in 0..40 {
        for number in 0..50 {
            stranger.send(&garbage(part * 50 + number));
        }
        let answers = answers_until_asked(&stranger, &format!("garbage{part}"));
        assert!(answers.keys().all(|status| status.starts_with('4')), "{answers:?}");
    }

    for to in [media, (media.ip(), media.port() + 1).into()] {
        let flood = Raw::new(e2e::address(), to);
        for number in 0..2_000_u16 {
            flood.send(&rtp(number));
        }
    }

    at_seat.hears_packets(100);
    at_caller.hears_packets(100);
    let (seat_heard, caller_heard) = (at_seat.heard(), at_caller.heard());
    assert_eq!((seat_heard.missing(), caller_heard.missing()), (0, 0), "packets missing (seat, caller)");
    let foreign = |packet: &&e2e::rtp::Packet| packet.payload.first() == Some(&0x99);
    assert_eq!(seat_heard.packets().iter().filter(foreign).count(), 0, "the stranger is not heard");
    caller.sign();
    caller.succeeds();
    phone.succeeds();
    assert_eq!(switch.wait_for_facts("call_ended", 1).text("outcome"), "answered");
    let facts = switch.facts();
    assert_eq!((facts.count("call_admitted"), facts.count("call_refused")), (1, 0));
    let logged = switch.log().lines().count() - lines_before;
    assert!(logged <= 5, "{logged} lines were logged: {}", switch.log());
    switch.stop();
}

fn invite(number: u32) -> Vec<u8> {
    format!(
        "INVITE sip:{NUMBER}@acd SIP/2.0\r\nVia: SIP/2.0/UDP stranger;rport;branch=z9hG4bKi{number}\r\n\
         From: <sip:0312345678@stranger>;tag=i{number}\r\nTo: <sip:{NUMBER}@acd>\r\nCall-ID: i{number}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:stranger@127.0.0.1>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// Noise, pieces of messages, answers to nothing.
fn garbage(number: usize) -> Vec<u8> {
    let length = number * 7 % 900 + 1;
    match number % 4 {
        0 => (0..length).map(|at| (at * 31 + number * 17) as u8).collect(),
        1 => invite(9_999).into_iter().take(length % 300 + 1).collect(),
        2 => b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKg\r\nCSeq: 1 INVITE\r\n\r\n".to_vec(),
        _ => b"ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKg\r\nCSeq: 1 ACK\r\n\r\n".to_vec(),
    }
}

fn rtp(number: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(number.to_be_bytes());
    packet.extend([0; 8]);
    packet.extend([0x99; 160]);
    packet
}

/// Asks OPTIONS and counts the answers to what was sent before, by status; the switch takes datagrams in their order.
fn answers_until_asked(stranger: &Raw, call_id: &str) -> BTreeMap<String, usize> {
    stranger.send(&stranger.options("UDP", call_id, ""));
    let mut answers = BTreeMap::new();
    loop {
        let answer = stranger.answer(ANSWER_TIME_MAX).expect("OPTIONS is answered whatever came before");
        if answer.contains(&format!("Call-ID: {call_id}")) {
            return answers;
        }
        let status = answer.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)).unwrap_or("none");
        *answers.entry(status.to_owned()).or_default() += 1;
    }
}
