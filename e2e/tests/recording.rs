//! What is recorded, by what lies on the disk (R-R1): from the caller's answer on where the number says so.

use std::path::Path;

use e2e::Scratch;
use e2e::audio::{longest_tone, read_wav};
use e2e::people::speaking_caller;
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::Sipp;
use e2e::switch::{Options, Switch};
use e2e::tenants::SeatAccount;

const NUMBER: &str = "0440003001";
const CALLER_HZ: f64 = 440.0;
const SEAT_HZ: f64 = 1_000.0;
/// By how much what lies in the file may be off what the facts say: the facts are stamped by another thread.
const OFF_BY_MS_MAX: u64 = 1_000;

/// `e2e/plans/recording.toml` with its prompts.
fn start(scratch: &Scratch) -> Switch {
    let prompts = [("guidance", 600.0, 2), ("waiting", 900.0, 5)];
    Switch::start_with(Options::with_tones(scratch, "recording", &prompts))
}

/// A seat that answers at once and speaks before it hears.
fn seat(switch: &Switch) -> (Sipp, Party) {
    let seat = Seat::new(SeatAccount { name: "seat301", password: "demo-301" }, switch.sip());
    let party = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(party.port()));
    (phone, party)
}

/// Left and right of the only recording.
fn recording(switch: &Switch) -> [Vec<i16>; 2] {
    let started = switch.wait_for_facts("recording_started", 1);
    switch.wait_for_facts("recording_ended", 1);
    let file = switch.data().join("recordings").join(Path::new(started.text("file")));
    read_wav(&file).try_into().expect("caller left, seat right")
}

/// Where the first sound is, in milliseconds.
fn begins_ms(samples: &[i16]) -> u64 {
    let at = samples.iter().position(|sample| sample.unsigned_abs() > 500).expect("there is sound");
    at as u64 / 8
}

#[test]
fn from_the_callers_answer_with_the_seat_on_the_other_channel_from_its_own() {
    let scratch = Scratch::new("recording");
    let mut switch = start(&scratch);
    let (caller, at_caller) = speaking_caller(&switch, NUMBER, CALLER_HZ);
    // Guidance and a while in the queue, with nobody there.
    switch.wait_for_facts("caller_queued", 1);
    at_caller.hears_tone(900.0);
    let (phone, at_seat) = seat(&switch);
    switch.wait_for_facts("call_answered", 1);
    at_seat.hears_tone(CALLER_HZ);
    at_seat.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);
    caller.sign();
    caller.succeeds();
    phone.succeeds();

    let [left, right] = recording(&switch);
    let connected_ms = switch.wait_for_facts("caller_connected", 1).time_ms();
    let answered_ms = switch.wait_for_facts("call_answered", 1).time_ms();
    let ended_ms = switch.wait_for_facts("call_ended", 1).time_ms();
    let length_ms = left.len() as u64 / 8;
    let said_ms = ended_ms - connected_ms;
    assert!(length_ms.abs_diff(said_ms) < OFF_BY_MS_MAX, "{length_ms} ms on disk, {said_ms} ms of call");
    // The caller is there from the beginning, through guidance, queue and talk, without a break.
    assert!(begins_ms(&left) < OFF_BY_MS_MAX, "the caller begins at {} ms", begins_ms(&left));
    let unbroken = longest_tone(&left, CALLER_HZ) as u64 / 8;
    assert!(unbroken + OFF_BY_MS_MAX > said_ms, "{unbroken} ms of the caller in {said_ms} ms");
    // The seat is there from its answer on and not before; both channels are on one axis of time.
    let alone_ms = answered_ms - connected_ms;
    assert!(alone_ms > 2_000, "the guidance alone is longer than {alone_ms} ms");
    let begins_ms = begins_ms(&right);
    assert!(begins_ms + OFF_BY_MS_MAX / 4 > alone_ms, "the seat begins at {begins_ms} ms, {alone_ms} alone");
    assert!(longest_tone(&right, SEAT_HZ) >= 2_000, "the seat's tone is on the right");
    assert_eq!(longest_tone(&right, CALLER_HZ), 0, "and the caller's is not");

    // While nobody was there to be heard, nothing was missing.
    let gaps_ms = switch.wait_for_facts("recording_ended", 1).number("gaps_ms");
    assert!(gaps_ms < alone_ms, "{gaps_ms} ms of gaps, {alone_ms} ms alone");
    switch.stop();

    // R-R2: the day's talk and recordings agree; a file that is gone is found.
    let plan = scratch.join("plan.toml");
    let reconcile = ["recordings", "reconcile", "--date", "2026-11-18", "--config"];
    let plan = plan.to_str().expect("a path of ours is text");
    let answer = switch.ask(&[&reconcile[..], &[plan]].concat());
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.status.success() && said.contains("1 answered") && said.contains(": agrees"), "{said}");
    std::fs::remove_dir_all(switch.data().join("recordings/kept")).expect("the day's folder");
    let answer = switch.ask(&[&reconcile[..], &[plan]].concat());
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.status.code() == Some(1) && said.contains("is not there"), "{said}");
}

#[test]
fn a_caller_who_gives_up_in_the_queue_leaves_a_recording() {
    let scratch = Scratch::new("recording");
    let mut switch = start(&scratch);
    let (caller, at_caller) = speaking_caller(&switch, NUMBER, CALLER_HZ);
    switch.wait_for_facts("caller_queued", 1);
    at_caller.hears_tone(900.0);
    caller.sign();
    caller.succeeds();
    assert_eq!(switch.wait_for_facts("call_ended", 1).text("outcome"), "abandoned_in_queue");
    let [left, right] = recording(&switch);
    assert!(longest_tone(&left, CALLER_HZ) > 8_000 * 2, "guidance and queue are longer than that");
    assert!(right.iter().all(|&sample| sample == 0), "nobody was there");
    switch.stop();
}
