//! A power cut in mid-call: the journal is whole, the recording plays, and the next life closes what was open.

use std::process::Command;

use e2e::audio::{longest_tone, read_wav};
use e2e::limits::COMMAND_TIME_MAX;
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::Scenario;
use e2e::switch::{Options, Switch};
use e2e::tenants::{SEAT, SHIGA};

#[test]
fn kill_in_mid_call_loses_at_most_the_last_second() {
    // Two lives share one clock only if it is the machine's.
    let mut switch = Switch::start_with(Options::default());
    let seat = Seat::new(SEAT, switch.sip());
    let at_seat = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(at_seat.port()));
    let scenario = Scenario::new("caller.xml", switch.sip()).service(SHIGA.number);
    let at_caller = Party::listen(scenario.ip());
    let caller = scenario.audio_port(at_caller.port()).start();
    at_caller.speak(440.0);
    at_seat.speak(1_000.0);
    let call = switch.wait_for_facts("call_answered", 1).call().expect("a call has an id");
    let file = switch.wait_for_facts("recording_started", 1).text("file").to_owned();
    at_seat.forget();
    // Four seconds of talk.
    at_seat.hears_packets(200);
    let talked_samples = at_seat.heard().samples().len();
    switch.kill();

    let verified = switch.ask(&["journal", "verify"]);
    assert!(verified.status.success(), "acd journal verify: {}", String::from_utf8_lossy(&verified.stderr));
    let file = switch.data().join("recordings").join(file);
    let sox = e2e::run_to_end(Command::new("sox").arg(&file).args(["-n", "stat"]), COMMAND_TIME_MAX);
    assert!(
        sox.status.success(),
        "sox cannot play {}: {}",
        file.display(),
        String::from_utf8_lossy(&sox.stderr)
    );
    let channels = read_wav(&file);
    assert_eq!(channels.len(), 2);
    let kept = longest_tone(&channels[0], 440.0).min(longest_tone(&channels[1], 1_000.0));
    // 1.2 s: the second that may be lost, and the windows by which a tone is told.
    assert!(kept + 9_600 >= talked_samples, "of {talked_samples} samples of talk {kept} are kept");

    switch.start_again();
    // The new life may speak from another port: the peers go by dialog, not by port.
    caller.wait_for("BYE at the caller", |message| !message.sent && message.start_line().starts_with("BYE "));
    phone.wait_for("BYE at the seat", |message| !message.sent && message.start_line().starts_with("BYE "));
    caller.succeeds();
    phone.succeeds();
    assert_eq!(switch.outcome(call), "answered");
    let facts = switch.facts();
    assert_eq!(facts.count("call_ended"), 1);
    assert_eq!(facts.count("node_outage"), 1);
    assert_eq!(facts.count("node_started"), 2);
    // Every second of talk up to the death is in the recording or in a stated gap (R-R2), which counts both channels.
    assert_eq!(facts.calls("recording_ended"), [call]);
    let ended = facts.of_call("recording_ended", call).expect("it is there");
    let recorded_ms = ended.number("recorded_ms");
    assert_eq!(recorded_ms, channels[0].len() as u64 / 8);
    let answered = facts.of_call("call_answered", call).expect("a seat answered");
    let talk_ms = facts.of("node_outage")[0].number("from_time_ms") - millis(answered.text("time"));
    let stated_ms = recorded_ms + ended.number("gaps_ms") / 2;
    assert!(stated_ms + 100 >= talk_ms, "of {talk_ms} ms of talk {stated_ms} ms are stated");
    assert_eq!(facts.count("input_unexpected"), 0);
    let verified = switch.ask(&["journal", "verify"]);
    assert!(verified.status.success(), "acd journal verify: {}", String::from_utf8_lossy(&verified.stderr));
    switch.stop();
}

/// Milliseconds since the Unix epoch of an instant as facts have it: `2026-11-21T08:50:00.123+09:00`.
fn millis(time: &str) -> u64 {
    let seconds = e2e::run_to_end(Command::new("date").args(["+%s%3N", "-d", time]), COMMAND_TIME_MAX);
    let text = String::from_utf8(seconds.stdout).expect("digits");
    text.trim().parse().unwrap_or_else(|_| panic!("no instant: {time}"))
}
