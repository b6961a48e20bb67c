//! A shift at the seats, on the wire: star codes (R-S2), wrap-up (R-S3), whom a shared seat takes first (R-Q3), a ring that is
//! refused (R-Q6), a seat that is lost in a talk (R-Q7), parties that the gateway cannot dial (R-T3, R-T4). Prompts are tones,
//! so that what is heard is known.

use e2e::Scratch;
use e2e::facts::{Fact, Facts};
use e2e::grpc;
use e2e::people::{agent, caller, hangs_up, speaking_caller};
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::Sipp;
use e2e::switch::{Options, Switch};
use e2e::tenants::SeatAccount;

const NOTES: &str = "0440004001";
const BRIEF: &str = "0440004002";
const URGENT: &str = "0440004003";
const PATIENT: &str = "0440004004";
const CLINIC: &str = "0440004005";
const WAITING_HZ: f64 = 900.0;
const MUSIC_HZ: f64 = 2_000.0;
const CALLER_HZ: f64 = 440.0;
const SEAT_HZ: f64 = 1_000.0;
/// Whose turn it is on [`WEDNESDAY_MORNING`](e2e::switch::WEDNESDAY_MORNING).
const ON_DUTY: &str = "0440004102";
/// `wrap_up_max_s` of seat402.
const WRAP_UP_MS_MAX: u64 = 1_000;
/// An answer whose result is `DONE`.
const DONE: [u8; 2] = [0x08, 1];

const NURSE: SeatAccount = SeatAccount { name: "seat401", password: "demo-401" };
const BRIEFLY: SeatAccount = SeatAccount { name: "seat402", password: "demo-402" };
const SHARED: SeatAccount = SeatAccount { name: "seat403", password: "demo-403" };
const FIRST: SeatAccount = SeatAccount { name: "seat404", password: "demo-404" };
const SECOND: SeatAccount = SeatAccount { name: "seat405", password: "demo-405" };

/// `e2e/plans/shift.toml` with its prompts.
fn start(scratch: &Scratch) -> Switch {
    let prompts = [("waiting", WAITING_HZ, 5), ("music", MUSIC_HZ, 5)];
    Switch::start_with(Options::with_tones(scratch, "shift", &prompts))
}

/// What the seat is now, as the last fact about it says: a name, or a name with its particulars.
fn state(facts: &Facts, seat: &str) -> Option<String> {
    let changed = facts.of("seat_state_changed");
    let last = changed.into_iter().rfind(|fact| fact.text("seat") == seat)?;
    Some(name(last, "to"))
}

/// A field that is a name, or a name with its particulars: `"ready"`, `{"paused":"pause"}`.
fn name(fact: &Fact, field: &str) -> String {
    let value = fact.field(field);
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn wait_for_state(switch: &Switch, seat: &str, wanted: &str) {
    switch.wait_for(&format!("{seat} {wanted}"), |facts| (state(facts, seat)? == wanted).then_some(()));
}

/// The fact that follows a seat's last change from one state to another, and that change.
fn what_followed(facts: &Facts, seat: &str, from: &str, to: &str) -> (Fact, Fact) {
    let is_change = |fact: &Fact| {
        fact.kind() == "seat_state_changed"
            && fact.text("seat") == seat
            && (name(fact, "from"), name(fact, "to")) == (from.to_owned(), to.to_owned())
    };
    let at = facts.all().iter().rposition(is_change).unwrap_or_else(|| panic!("{seat} went {from} → {to}"));
    (facts.all()[at].clone(), facts.all()[at + 1].clone())
}

/// R-Q4: the caller was rung in the turn in which the seat came free.
fn is_rung_in_the_same_turn(facts: &Facts, seat: &str, from: &str, call: u64) {
    let (freed, next) = what_followed(facts, seat, from, "ready");
    assert_eq!((next.kind(), next.call()), ("ring_started", Some(call)));
    assert_eq!(freed.number("record"), next.number("record"), "what one input led to");
}

#[test]
fn star_codes_are_facts_about_the_seat_and_no_calls() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let phone = Seat::new(NURSE, switch.sip());
    phone.register();
    phone.dials_in_vain("*19");
    let pause = r#"{"pause":"pause"}"#;
    let paused = r#"{"paused":"pause"}"#;
    let codes = [
        ("*11", "log_in", "ready"),
        ("*13", pause, paused),
        ("*12", "ready", "ready"),
        ("*14", "log_out", "logged_out"),
    ];
    for (count, (code, command, becomes)) in (1..).zip(codes) {
        phone.dials(code);
        let commanded = switch.wait_for_facts("seat_commanded", count);
        assert_eq!((commanded.text("seat"), commanded.text("result")), ("seat401", "done"));
        assert_eq!((name(&commanded, "command").as_str(), commanded.text("source")), (command, "star_code"));
        wait_for_state(&switch, "seat401", becomes);
    }
    phone.dials_in_vain("*15");
    let facts = switch.facts();
    assert_eq!(facts.count("seat_commanded"), codes.len(), "what is no code is no command");
    assert!(facts.all().iter().all(|fact| fact.call().is_none()), "no calls");
    assert_eq!((facts.count("call_refused"), facts.count("input_unexpected")), (0, 0));
    switch.stop();
}

#[test]
fn a_pause_asked_for_in_a_talk_waits_for_the_end_of_wrap_up() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let (seat, _phone, _heard) = agent(&switch, NURSE, 2);
    seat.dials("*11");
    let (talking, _) = caller(&switch, NOTES);
    switch.wait_for_facts("call_answered", 1);
    seat.dials("*13");
    let asked = switch.wait_for_facts("seat_commanded", 2);
    assert_eq!(asked.text("result"), "deferred");
    assert_eq!(switch.facts().count("talk_ended"), 0);
    let (waiting, _) = caller(&switch, NOTES);
    switch.wait_for_facts("caller_queued", 2);

    hangs_up(talking);
    wait_for_state(&switch, "seat401", "wrap_up");
    seat.dials("*12");
    wait_for_state(&switch, "seat401", r#"{"paused":"pause"}"#);
    assert_eq!(switch.facts().count("ring_started"), 1, "a seat that pauses is not rung");

    seat.dials("*12");
    assert_eq!(switch.wait_for_facts("call_answered", 2).call(), Some(2));
    is_rung_in_the_same_turn(&switch.facts(), "seat401", r#"{"paused":"pause"}"#, 2);
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 2);
    switch.stop();
}

#[test]
fn a_seat_is_not_rung_in_wrap_up_until_its_agent_is_ready() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let (seat, _phone, _heard) = agent(&switch, NURSE, 2);
    seat.dials("*11");
    let (talking, _) = caller(&switch, NOTES);
    switch.wait_for_facts("call_answered", 1);
    let (waiting, heard_waiting) = caller(&switch, NOTES);
    switch.wait_for_facts("caller_queued", 2);
    hangs_up(talking);
    wait_for_state(&switch, "seat401", "wrap_up");
    // Another comes, and neither of the two is rung.
    let (later, _) = caller(&switch, NOTES);
    switch.wait_for_facts("caller_queued", 3);
    heard_waiting.hears_tone(WAITING_HZ);
    let facts = switch.facts();
    assert_eq!((facts.count("ring_started"), state(&facts, "seat401")), (1, Some("wrap_up".into())));

    seat.dials("*12");
    assert_eq!(switch.wait_for_facts("call_answered", 2).call(), Some(2));
    is_rung_in_the_same_turn(&switch.facts(), "seat401", "wrap_up", 2);
    hangs_up(later);
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 3);
    wait_for_state(&switch, "seat401", "wrap_up");
    switch.stop();
}

#[test]
fn wrap_up_ends_by_its_limit_and_the_caller_who_waits_is_rung() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let _agent = agent(&switch, BRIEFLY, 2);
    let (talking, _) = caller(&switch, BRIEF);
    switch.wait_for_facts("call_answered", 1);
    let (waiting, _) = caller(&switch, BRIEF);
    switch.wait_for_facts("caller_queued", 2);
    hangs_up(talking);
    assert_eq!(switch.wait_for_facts("call_answered", 2).call(), Some(2));
    let facts = switch.facts();
    is_rung_in_the_same_turn(&facts, "seat402", "wrap_up", 2);
    let (ready, _) = what_followed(&facts, "seat402", "wrap_up", "ready");
    let ended = facts.of_call("talk_ended", 1).expect("the first talk is over");
    let wrapped_up_ms = ready.time_ms() - ended.time_ms();
    assert!(wrapped_up_ms >= WRAP_UP_MS_MAX, "{wrapped_up_ms} ms of wrap-up");
    assert_eq!(facts.count("seat_commanded"), 0, "nobody said ready");
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 2);
    switch.stop();
}

#[test]
fn a_shared_seat_takes_the_later_caller_of_the_tenant_that_it_puts_first() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let (patient, _) = caller(&switch, PATIENT);
    switch.wait_for_facts("caller_queued", 1);
    let (urgent, _) = caller(&switch, URGENT);
    switch.wait_for_facts("caller_queued", 2);
    let (_, phone, _heard) = agent(&switch, SHARED, 2);
    let answered = switch.wait_for_facts("call_answered", 1);
    assert_eq!((answered.call(), switch.facts().calls("ring_started")), (Some(2), vec![2]));
    let invite = phone.wait_for("the ring", |message| message.start_line().starts_with("INVITE "));
    assert!(invite.header("From").is_some_and(|from| from.contains("Urgent")), "whose caller it is");
    hangs_up(urgent);
    assert_eq!(switch.wait_for_facts("call_answered", 2).call(), Some(1));
    hangs_up(patient);
    switch.wait_for_facts("call_ended", 2);
    switch.stop();
}

#[test]
fn a_ring_that_a_seat_refuses_is_a_fact_about_that_seat_and_the_next_seat_is_rung() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let first = Seat::new(FIRST, switch.sip());
    let refuses = first.at_work(first.plays("seat_refuses.xml"));
    wait_for_state(&switch, "seat404", "ready");
    let _second = agent(&switch, SECOND, 1);
    wait_for_state(&switch, "seat405", "ready");
    let (caller, _) = caller(&switch, CLINIC);
    let answered = switch.wait_for_facts("call_answered", 1);
    assert_eq!(answered.text("seat"), "seat405");
    refuses.succeeds();
    let facts = switch.facts();
    let tries: Vec<_> =
        facts.of("ring_ended").iter().map(|it| (it.text("seat").to_owned(), name(it, "end"))).collect();
    let refused = r#"{"failed":{"refused":486}}"#;
    assert_eq!(tries, [("seat404".into(), refused.into()), ("seat405".into(), "answered".into())]);
    // R-Q6: the next caller does not ring into the same empty chair.
    assert_eq!(state(&facts, "seat404"), Some(format!(r#"{{"not_answering":{refused}}}"#)));
    hangs_up(caller);
    switch.wait_for_facts("call_ended", 1);
    switch.stop();
}

/// Caller 1 talks with the first seat, caller 2 waits; the seat is lost as `lose` has it. Caller 1 must wait on and be
/// answered by the second seat before caller 2.
fn caller_outlives_the_seat(loss: &str, lose: impl FnOnce(Seat, Sipp, Party) -> Option<Sipp>) {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let (seat, phone, at_seat) = agent(&switch, FIRST, 1);
    let (talking, at_caller) = speaking_caller(&switch, CLINIC, CALLER_HZ);
    switch.wait_for_facts("call_answered", 1);
    at_seat.hears_tone(CALLER_HZ);
    at_seat.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);
    let (waiting, _) = caller(&switch, CLINIC);
    switch.wait_for_facts("caller_queued", 2);

    let lost = lose(seat, phone, at_seat);
    let back = switch.wait_for_facts("caller_queued", 3);
    at_caller.hears_tone(WAITING_HZ);
    let facts = switch.facts();
    let first_entry = facts.of("caller_queued")[0].number("since_time_ms");
    assert_eq!((back.call(), back.number("since_time_ms")), (Some(1), first_entry), "the place is kept");
    assert_eq!(back.field("put_back").as_bool(), Some(true));
    let ended = facts.of_call("talk_ended", 1).expect("the talk is over");
    assert_eq!(name(ended, "end"), format!(r#"{{"seat_lost":"{loss}"}}"#));
    assert_eq!(facts.count("call_ended"), 0, "the caller's leg lives");
    if let Some(phone) = lost {
        phone.succeeds();
    }

    let (_, _phone, at_second) = agent(&switch, SECOND, 2);
    let answered = switch.wait_for_facts("call_answered", 2);
    assert_eq!((answered.call(), answered.text("seat")), (Some(1), "seat405"), "before who came later");
    at_second.hears_tone(CALLER_HZ);
    at_second.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);
    hangs_up(talking);
    assert_eq!(switch.wait_for_facts("call_answered", 3).call(), Some(2));
    hangs_up(waiting);
    switch.wait_for_facts("call_ended", 2);
    let facts = switch.facts();
    assert_eq!((facts.outcome(1), facts.outcome(2)), (Some("answered"), Some("answered")));
    assert_eq!((facts.count("call_admitted"), facts.count("call_ended")), (2, 2));
    switch.stop();
}

#[test]
fn a_caller_whose_seat_unregisters_is_first_at_the_next_seat() {
    caller_outlives_the_seat("unregistered", |seat, phone, _at_seat| {
        seat.unregister();
        // The switch hangs up on the phone, which is still there.
        Some(phone)
    });
}

#[test]
fn a_caller_whose_seat_dies_is_first_at_the_next_seat() {
    caller_outlives_the_seat("media_silent", |_, phone, at_seat| {
        drop(phone);
        drop(at_seat);
        None
    });
}

#[test]
fn a_seat_whose_phone_holds_may_be_silent_until_it_resumes() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let seat = Seat::new(FIRST, switch.sip());
    let at_seat = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_holds.xml").audio_port(at_seat.port()));
    let (held, at_held) = speaking_caller(&switch, CLINIC, CALLER_HZ);
    at_seat.hears_tone(CALLER_HZ);
    at_seat.speak(SEAT_HZ);
    at_held.hears_tone(SEAT_HZ);
    phone.sign();
    switch.wait_for_facts("hold_started", 1);
    at_seat.falls_silent();

    // The phone of another talk dies after that, and is missed.
    let (_, dying, at_dying) = agent(&switch, SECOND, 1);
    let (talking, at_talking) = speaking_caller(&switch, CLINIC, CALLER_HZ);
    at_dying.hears_tone(CALLER_HZ);
    at_dying.speak(SEAT_HZ);
    at_talking.hears_tone(SEAT_HZ);
    drop((dying, at_dying));
    let missed = |count| {
        let ended = switch.wait_for_facts("talk_ended", count);
        assert_eq!(name(&ended, "end"), r#"{"seat_lost":"media_silent"}"#);
        ended.call()
    };
    assert_eq!(missed(1), Some(2), "the other holds (R-Q7)");

    phone.sign();
    switch.wait_for_facts("hold_ended", 1);
    assert_eq!(missed(2), Some(1), "it resumed and sends nothing");
    phone.succeeds();
    hangs_up(held);
    hangs_up(talking);
    switch.wait_for_facts("call_ended", 2);
    switch.stop();
}

/// How the parties of a call ended, by their tries.
fn party_ends(facts: &Facts) -> Vec<String> {
    facts.of("party_ended").iter().map(|it| name(it, "end")).collect()
}

#[test]
fn a_doctor_whom_the_gateway_cannot_dial_is_a_try_that_failed_and_the_talk_goes_on() {
    let scratch = Scratch::new("shift");
    let mut switch = start(&scratch);
    let (_, phone, at_seat) = agent(&switch, FIRST, 2);
    let (caller, at_caller) = speaking_caller(&switch, CLINIC, CALLER_HZ);
    switch.wait_for_facts("call_answered", 1);
    at_seat.hears_tone(CALLER_HZ);
    let failed = r#"{"failed":"not_supported"}"#;
    let doctor = grpc::message(2, &grpc::text(1, "night_doctor"));
    let order = |id: &str| [grpc::number(1, 1), doctor.clone(), grpc::text(3, id)].concat();

    // Agent and caller are together again.
    assert_eq!(switch.call_grpc("/acd.v1.Calls/Dial", &order("dial-1")), DONE);
    switch.wait_for_facts("destination_unreached", 1);
    let facts = switch.facts();
    let dialled = facts.of("party_dialled");
    assert_eq!(dialled.len(), 1);
    assert_eq!(dialled[0].field("destination").to_string(), r#"{"entry":"night_doctor"}"#);
    assert_eq!(dialled[0].text("number"), ON_DUTY, "who is on duty now");
    assert_eq!(party_ends(&facts), [failed]);
    let phases: Vec<_> =
        facts.of("call_phase_changed").iter().map(|it| it.text("phase").to_owned()).collect();
    assert_eq!(phases.last().map(String::as_str), Some("talking"), "{phases:?}");
    at_seat.forget();
    at_seat.hears_tone(CALLER_HZ);
    at_seat.speak(SEAT_HZ);
    at_caller.hears_tone(SEAT_HZ);

    // No supervisor hears them, and they hear nothing of it.
    let listens =
        [grpc::text(1, SECOND.name), grpc::number(2, 1), grpc::number(3, 1), grpc::text(4, "listen-1")];
    assert_eq!(switch.call_grpc("/acd.v1.Supervisors/Supervise", &listens.concat()), DONE);
    switch.wait_for_facts("party_ended", 2);
    let facts = switch.facts();
    assert_eq!((facts.count("supervisor_rung"), party_ends(&facts)), (1, vec![failed.to_owned(); 2]));
    assert_eq!((facts.count("talk_ended"), facts.count("call_ended")), (0, 0));
    at_seat.forget();
    at_seat.hears_tone(CALLER_HZ);

    // Whom nobody answers is put back, and rung at the seat that is free.
    assert_eq!(switch.call_grpc("/acd.v1.Calls/Transfer", &order("transfer-1")), DONE);
    let again = switch.wait_for_facts("call_answered", 2);
    assert_eq!((again.call(), again.text("seat")), (Some(1), FIRST.name));
    let facts = switch.facts();
    assert_eq!(party_ends(&facts), [failed; 3]);
    assert_eq!(facts.of("caller_queued")[1].field("put_back").as_bool(), Some(true));
    at_seat.forget();
    at_seat.hears_tone(CALLER_HZ);
    hangs_up(caller);
    phone.succeeds();
    switch.wait_for_facts("call_ended", 1);
    let facts = switch.facts();
    assert_eq!((facts.outcome(1), facts.count("call_admitted")), (Some("answered"), 1));
    assert_eq!(facts.count("input_unexpected"), 0);
    switch.stop();
}
