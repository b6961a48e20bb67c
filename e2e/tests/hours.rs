//! Lines and hours on the wire: a band's edge in mid-call (R-L2, R-L3), guidance lines (R-L1), the closed announcement
//! (R-G5, R-L11). Prompts are tones, so that what is heard is known.

use e2e::Scratch;
use e2e::audio::longest_tone;
use e2e::people::{agent, caller, hangs_up, is_refused};
use e2e::switch::{Options, Switch};
use e2e::tenants::SeatAccount;

const BANDS: &str = "0440003001";
const NARROW: &str = "0440003002";
const NIGHTLY: &str = "0440003003";
const GUIDANCE_HZ: f64 = 600.0;
const WAITING_HZ: f64 = 900.0;
const CLOSED_HZ: f64 = 1_400.0;
const CLOSED_SECONDS: usize = 3;

/// `e2e/plans/hours.toml` with its prompts.
fn start(scratch: &Scratch, settable_clock: bool) -> Switch {
    let prompts =
        [("guidance", GUIDANCE_HZ, 2), ("waiting", WAITING_HZ, 5), ("closed", CLOSED_HZ, CLOSED_SECONDS)];
    Switch::start_with(Options { settable_clock, ..Options::with_tones(scratch, "hours", &prompts) })
}

#[test]
fn a_band_s_edge_cuts_no_call_and_new_calls_go_by_the_new_band() {
    let scratch = Scratch::new("hours");
    let mut switch = start(&scratch, true);
    let lines = |seat_lines: u64| {
        switch.wait_for(&format!("a band of {seat_lines} lines"), |facts| {
            let changed = facts.of("capacity_changed");
            let last = changed.into_iter().rfind(|fact| fact.text("tenant") == "bands")?;
            (last.field("capacity")["seat_lines"] == seat_lines).then_some(())
        });
    };
    // 10:00, two lines.
    lines(2);
    let (_, _phone, _at_seat) = agent(&switch, SeatAccount { name: "seat301", password: "demo-301" }, 1);
    let (talking, _heard) = caller(&switch, BANDS);
    switch.wait_for_facts("call_answered", 1);
    let (waiting, hears_waiting) = caller(&switch, BANDS);
    switch.wait_for_facts("call_admitted", 2);
    hears_waiting.hears_tone(WAITING_HZ);
    assert_eq!(is_refused(&switch, BANDS, 486), None);

    // 10:30 and later, one line: two are in use, and stay so.
    switch.set_clock_on(45 * 60);
    lines(1);
    is_refused(&switch, BANDS, 486);
    assert_eq!(switch.facts().count("call_ended"), 0, "no call is cut");
    hears_waiting.forget();
    hears_waiting.hears_tone(WAITING_HZ);
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 1);
    // One in use of one is full all the same.
    is_refused(&switch, BANDS, 486);

    // After 12:00 there are three.
    switch.set_clock_on(3 * 60 * 60);
    lines(3);
    let (new, _) = caller(&switch, BANDS);
    switch.wait_for_facts("call_admitted", 3);
    let facts = switch.facts();
    assert_eq!(facts.count("call_ended"), 1);
    assert_eq!(facts.of("call_admitted")[2].number("capacity"), 3);
    let refused: Vec<_> =
        facts.of("call_refused").iter().map(|fact| fact.text("reason").to_owned()).collect();
    assert_eq!(refused, ["lines_full"; 3]);
    hangs_up(talking);
    hangs_up(new);
    switch.wait_for_facts("call_ended", 3);
    let talk = switch.facts();
    assert_eq!(talk.of("talk_ended")[0].text("end"), "caller_ended");
    switch.stop();
}

#[test]
fn a_guidance_line_carries_guidance_and_the_wait_while_the_seat_line_is_taken() {
    let scratch = Scratch::new("hours");
    let mut switch = start(&scratch, false);
    let first = agent(&switch, SeatAccount { name: "seat301", password: "demo-301" }, 2);
    let second = agent(&switch, SeatAccount { name: "seat302", password: "demo-302" }, 2);
    let (talking, heard_talking) = caller(&switch, NARROW);
    heard_talking.hears_tone(GUIDANCE_HZ);
    switch.wait_for_facts("call_answered", 1);
    switch.wait_for_facts("seat_lines_full_started", 1);

    let (waiting, heard_waiting) = caller(&switch, NARROW);
    heard_waiting.hears_tone(GUIDANCE_HZ);
    switch.wait_for_facts("guidance_completed", 2);
    heard_waiting.hears_tone(WAITING_HZ);
    switch.wait_for_facts("blockage_started", 1);
    is_refused(&switch, NARROW, 486);
    // A seat is free, but there is no line to it.
    let facts = switch.facts();
    assert_eq!((facts.count("call_answered"), facts.count("ring_started")), (1, 1));

    hangs_up(talking);
    let answered = switch.wait_for_facts("call_answered", 2);
    assert_eq!(answered.call(), Some(2), "whoever waited has the line now");
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 2);
    let facts = switch.facts();
    assert_eq!((facts.outcome(1), facts.outcome(2)), (Some("answered"), Some("answered")));
    drop((first, second));
    switch.stop();
}

#[test]
fn a_caller_outside_hours_hears_the_closed_announcement_whole_and_is_released() {
    let scratch = Scratch::new("hours");
    let mut switch = start(&scratch, false);
    let (outside, heard) = caller(&switch, NIGHTLY);
    switch.wait_for_facts("call_admitted", 1);
    // The one line for it is taken.
    is_refused(&switch, NIGHTLY, 486);
    let messages = outside.succeeds();
    assert!(
        messages.iter().any(|message| !message.sent && message.start_line().starts_with("BYE ")),
        "the switch hangs up"
    );
    let announcement = longest_tone(&heard.heard().samples(), CLOSED_HZ);
    // But for the coarseness of the measurement, every sample.
    assert!(announcement + 800 >= CLOSED_SECONDS * 8_000, "{announcement} samples of the announcement");
    let admitted = switch.wait_for_facts("call_admitted", 1);
    assert_eq!(admitted.field("closed").as_bool(), Some(true));
    assert_eq!(switch.wait_for_facts("call_ended", 1).text("outcome"), "closed");
    assert_eq!(switch.wait_for_facts("call_refused", 1).text("reason"), "closed");
    assert_eq!(switch.facts().count("caller_queued"), 0);
    switch.stop();
}
