//! What is heard: the guidance at the caller, the caller at the seat, the seat at the caller. Judged by the sound.

use std::path::Path;

use e2e::audio::{find, longest_tone, read_wav, repository_file, share_at, tone};
use e2e::baresip::Baresip;
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::{Scenario, Sipp};
use e2e::switch::Switch;
use e2e::tenants::{SEAT, SHIGA, SHIGA_GUIDANCE};

/// The caller's tone and the seat's, far from each other and from speech's loudest parts.
const CALLER_HZ: f64 = 440.0;
const SEAT_HZ: f64 = 1_000.0;

/// A caller whose audio is a party of ours; SIPp does the talking of the exchange.
fn call(switch: &Switch) -> (Sipp, Party) {
    let scenario = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number);
    let party = Party::listen(scenario.ip());
    (scenario.audio_port(party.port()).start(), party)
}

/// A seat whose audio is a party of ours.
fn seat(switch: &Switch) -> (Sipp, Party) {
    let seat = Seat::new(SEAT, switch.sip());
    let party = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(party.port()));
    (phone, party)
}

fn recording(switch: &Switch) -> Vec<Vec<i16>> {
    let started = switch.wait_for_facts("recording_started", 1);
    switch.wait_for_facts("recording_ended", 1);
    read_wav(&switch.data().join("recordings").join(Path::new(started.text("file"))))
}

#[test]
fn the_caller_hears_the_guidance_to_its_end_and_then_baresip() {
    let mut switch = Switch::start();
    let phone = Baresip::start(SEAT, switch.sip(), &tone(SEAT_HZ, 0.3, 80_000));
    switch.wait_for("the seat's registration", |facts| facts.of("seat_registered").first().map(|_| ()));
    let (caller, party) = call(&switch);
    party.speak(CALLER_HZ);
    switch.wait_for_facts("call_answered", 1);
    party.hears_tone(SEAT_HZ);
    party.forget();
    // Two seconds of talk.
    party.hears_packets(100);
    let talk = party.heard();
    assert_eq!(talk.missing(), 0, "packets are missing between seat and caller");
    assert!(share_at(&talk.samples(), SEAT_HZ) > 0.8, "the seat's tone is not what the caller hears");
    caller.sign();
    caller.succeeds();
    assert_eq!(switch.wait_for_facts("call_ended", 1).text("outcome"), "answered");
    let heard = phone.stop();
    let at_seat = heard.first().expect("baresip recorded what it heard");
    assert!(longest_tone(at_seat, CALLER_HZ) > 8_000, "the caller's tone did not arrive at baresip");
    switch.stop();
}

#[test]
fn the_guidance_arrives_at_the_caller_as_it_was_recorded() {
    let mut switch = Switch::start();
    let (caller, party) = call(&switch);
    switch.wait_for_facts("guidance_completed", 1);
    let heard = party.heard();
    let guidance = read_wav(&repository_file(SHIGA_GUIDANCE)).remove(0);
    let (offset, fit) = find(&guidance, &heard.samples());
    assert!(fit >= 0.9, "the guidance is not what the caller heard: correlation {fit:.3} at {offset}");
    assert_eq!(heard.missing(), 0);
    assert!(heard.packets()[0].marker, "the first packet of a spurt carries the marker (RFC 3551 4.1)");
    // What follows the guidance is the waiting message, a spurt of its own.
    let of_guidance = heard.packets().get(..guidance.len() / 160).expect("every frame of the guidance came");
    let even = |pair: &[e2e::rtp::Packet]| {
        pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 160 && pair[1].ssrc == pair[0].ssrc
    };
    assert!(of_guidance.windows(2).all(even), "20 ms a packet, all through the guidance");
    caller.sign();
    caller.succeeds();
    switch.stop();
}

#[test]
fn a_seat_that_speaks_first_is_heard_before_the_caller_speaks() {
    let mut switch = Switch::start();
    let (phone, at_seat) = seat(&switch);
    let (caller, at_caller) = call(&switch);
    let invite = phone.wait_for("the seat's INVITE", |message| message.start_line().starts_with("INVITE "));
    at_seat.speak_to(invite.audio_address().expect("the INVITE to a seat carries an offer"));
    at_seat.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);
    assert_eq!(at_caller.sent(), 0, "the caller has not spoken yet");
    at_caller.speak(CALLER_HZ);
    at_seat.hears_tone(CALLER_HZ);
    counts_both_ways(&at_seat, &at_caller);
    caller.sign();
    caller.succeeds();
    phone.succeeds();
    let channels = recording(&switch);
    assert_eq!(channels.len(), 2, "caller left, seat right");
    assert!(longest_tone(&channels[0], CALLER_HZ) > 8_000, "the caller is not on the left channel");
    assert!(longest_tone(&channels[1], SEAT_HZ) > 8_000, "the seat is not on the right channel");
    switch.stop();
}

#[test]
fn a_seat_that_is_silent_first_hears_the_caller_and_is_heard() {
    let mut switch = Switch::start();
    let (phone, at_seat) = seat(&switch);
    let (caller, at_caller) = call(&switch);
    at_caller.speak(CALLER_HZ);
    at_seat.hears_tone(CALLER_HZ);
    assert_eq!(at_seat.sent(), 0, "the seat has not spoken yet");
    at_seat.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);
    counts_both_ways(&at_seat, &at_caller);
    caller.sign();
    caller.succeeds();
    phone.succeeds();
    switch.stop();
}

/// From now on two seconds of packets arrive on both sides, and none is missing.
fn counts_both_ways(at_seat: &Party, at_caller: &Party) {
    at_seat.forget();
    at_caller.forget();
    at_seat.hears_packets(100);
    at_caller.hears_packets(100);
    assert_eq!(
        (at_seat.heard().missing(), at_caller.heard().missing()),
        (0, 0),
        "packets missing (seat, caller)"
    );
    assert!(share_at(&at_caller.heard().samples(), SEAT_HZ) > 0.8);
    assert!(share_at(&at_seat.heard().samples(), CALLER_HZ) > 0.8);
}
