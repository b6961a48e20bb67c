//! What the core decides, as callers and seats see it on the wire: emergency guidance (R-G4), the agent's guidance (R-G1),
//! keypad choice (R-G6), shared pools (R-L5), the place in the queue (R-G3), rehearsals (R-L6), overflow (R-G5), hand-over (R-S4). Prompts are tones, so that what is heard is
//! known within half a second.

use std::net::Ipv4Addr;

use e2e::Scratch;
use e2e::grpc;
use e2e::rtp::Party;
use e2e::seat::Seat;
use e2e::sipp::{Scenario, Sipp};
use e2e::switch::{Options, Switch};
use e2e::tenants::SeatAccount;
use serde_json::Value;

const USUAL_HZ: f64 = 600.0;
const EMERGENCY_HZ: f64 = 1_400.0;
const WAITING_HZ: f64 = 900.0;
const MENU_HZ: f64 = 2_000.0;
const CALLER_HZ: f64 = 440.0;
const FIRST_HZ: f64 = 1_150.0;
const SECOND_HZ: f64 = 1_700.0;

/// An address of the rehearsals' trunk.
const OFFICE: Ipv4Addr = Ipv4Addr::new(127, 119, 0, 1);

/// `e2e/plans/decisions.toml` with its prompts.
fn start(scratch: &Scratch) -> Switch {
    // A guidance and a menu that nobody waits for the end of, and a message that returns.
    let prompts = [
        ("usual", USUAL_HZ, 60),
        ("emergency", EMERGENCY_HZ, 60),
        ("waiting", WAITING_HZ, 5),
        ("menu", MENU_HZ, 2),
        ("place1", FIRST_HZ, 2),
        ("place2", SECOND_HZ, 2),
    ];
    Switch::start_with(Options::with_tones(scratch, "decisions", &prompts))
}

/// A caller whose audio is a party of ours.
fn call(switch: &Switch, number: &str) -> (Sipp, Party) {
    let scenario = Scenario::new("caller.xml", switch.sip()).service(number);
    let party = Party::listen(scenario.ip());
    (scenario.audio_port(party.port()).start(), party)
}

/// The caller speaks from the answer on, without waiting to be spoken to.
fn speaks(caller: &Sipp, party: &Party) {
    let answer = caller.wait_for("the 200", |message| !message.sent && message.answers(200, "INVITE"));
    party.speak_to(answer.audio_address().expect("the 200 has an answer"));
    party.speak(CALLER_HZ);
}

fn account(name: &'static str, password: &'static str) -> SeatAccount {
    SeatAccount { name, password }
}

/// A seat that answers at once, whose audio is a party of ours.
fn seat(switch: &Switch, account: SeatAccount) -> (Sipp, Party) {
    let seat = Seat::new(account, switch.sip());
    let party = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(party.port()));
    (phone, party)
}

/// The day's figures of a tenant.
fn figures(switch: &Switch, scratch: &Scratch, tenant: &str) -> Value {
    let (plan, out) = (scratch.join("plan.toml"), scratch.join("figures.json"));
    let (plan, written) = (plan.to_string_lossy(), out.to_string_lossy());
    let asked = switch.ask(&[
        "report",
        "--form",
        "figures",
        "--tenant",
        tenant,
        "--date",
        "2026-11-18",
        "--config",
        &plan,
        "--out",
        &written,
    ]);
    assert!(asked.status.success(), "acd report: {}", String::from_utf8_lossy(&asked.stderr));
    let text = std::fs::read_to_string(&out).expect("the figures are written");
    serde_json::from_str(&text).expect("the figures are JSON")
}

fn hangs_up(caller: Sipp) {
    caller.sign();
    caller.succeeds();
}

#[test]
fn emergency_guidance_is_heard_from_the_command_on_until_it_is_taken_back() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (before, heard_before) = call(&switch, "0440002001");
    heard_before.hears_tone(USUAL_HZ);

    switch.tell(&["guidance", "--tenant", "line", "--prompt", "emergency"]);
    let (during, heard_during) = call(&switch, "0440002001");
    heard_during.hears_tone(EMERGENCY_HZ);
    // R-G4: it replaces the usual one at once, also for who is hearing that one.
    heard_before.hears_tone(EMERGENCY_HZ);
    hangs_up(before);

    switch.tell(&["guidance", "--tenant", "line", "--prompt", "off"]);
    let (after, heard_after) = call(&switch, "0440002001");
    heard_after.hears_tone(USUAL_HZ);
    hangs_up(during);
    hangs_up(after);
    switch.wait_for_facts("call_ended", 3);
    let facts = switch.facts();
    assert_eq!(facts.count("guidance_commanded"), 2);
    assert!(facts.of("call_ended").iter().all(|end| end.text("outcome") == "abandoned_in_guidance"));
    switch.stop();
}

#[test]
fn the_agent_s_mark_that_the_guidance_was_spoken_comes_over_grpc() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (phone, _) = seat(&switch, account("seat204", "demo-204"));
    let (caller, _) = call(&switch, "0440002007");
    let call = switch.wait_for_facts("call_answered", 1).call().expect("a call has an id");
    assert_eq!(switch.facts().count("guidance_started"), 0, "the agent says it");
    let request = [grpc::number(1, call), grpc::text(2, "explained-1")].concat();
    let first = switch.call_grpc("/acd.v1.Calls/Explained", &request);
    let mark = switch.wait_for_facts("call_commanded", 1);
    assert_eq!((mark.call(), mark.text("command"), mark.text("result")), (Some(call), "explained", "done"));
    assert_eq!(mark.field("source").as_str(), Some("api"));
    // The same request again is the same mark.
    assert_eq!(switch.call_grpc("/acd.v1.Calls/Explained", &request), first);
    hangs_up(caller);
    phone.succeeds();
    assert_eq!(switch.outcome(call), "answered");
    assert_eq!(switch.facts().count("call_commanded"), 1);
    switch.stop();
}

#[test]
fn a_key_that_the_caller_presses_routes_to_the_seat_of_that_language() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (english, _) = seat(&switch, account("seat202", "demo-202"));
    let (chinese, at_seat) = seat(&switch, account("seat203", "demo-203"));
    let (caller, at_caller) = call(&switch, "0440002006");
    speaks(&caller, &at_caller);
    at_caller.hears_tone(MENU_HZ);
    assert_eq!(switch.facts().count("ring_started"), 0);
    at_caller.press('2');
    let answered = switch.wait_for_facts("call_answered", 1);
    assert_eq!(answered.text("seat"), "seat203");
    at_seat.hears_tone(CALLER_HZ);
    let facts = switch.facts();
    assert_eq!(facts.of("choice_made")[0].text("key"), "2");
    assert_eq!(facts.of("caller_queued")[0].text("skill"), "zh");
    assert_eq!(facts.count("ring_started"), 1, "the other seat was not rung");
    assert!(english.messages().iter().all(|message| !message.start_line().starts_with("INVITE ")));
    hangs_up(caller);
    chinese.succeeds();
    switch.stop();
}

#[test]
fn a_tenant_of_a_pool_is_refused_the_line_that_another_has_reserved() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (north, south) = ("0440002002", "0440002003");
    let refused = |number: &str| {
        let scenario = Scenario::new("refused.xml", switch.sip()).service(number);
        scenario.fill("STATUS", "486").fill("CODEC", "0").start().succeeds();
    };
    let admitted = |number: &str, count: usize| {
        let caller = Scenario::new("caller.xml", switch.sip()).service(number).start();
        switch.wait_for_facts("call_admitted", count);
        caller
    };
    // Three lines, one reserved for each: the third is south's.
    let first = admitted(north, 1);
    let second = admitted(north, 2);
    refused(north);
    let third = admitted(south, 3);
    refused(south);
    let facts = switch.facts();
    let refusals: Vec<_> = facts
        .of("call_refused")
        .iter()
        .map(|it| (it.text("tenant").to_owned(), it.text("reason").to_owned()))
        .collect();
    let full = |tenant: &str| (tenant.to_owned(), "lines_full".to_owned());
    assert_eq!(refusals, [full("north"), full("south")]);
    // What north gives back, south may have.
    hangs_up(first);
    switch.wait_for_facts("call_ended", 1);
    let fourth = admitted(south, 4);
    refused(north);
    for caller in [second, third, fourth] {
        hangs_up(caller);
    }
    switch.wait_for_facts("call_ended", 4);
    switch.stop();
}

#[test]
fn a_waiting_caller_hears_its_place_after_the_message_and_the_next_place_when_one_has_gone() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (first, heard_first) = call(&switch, "0440002008");
    switch.wait_for_facts("caller_queued", 1);
    let (second, heard_second) = call(&switch, "0440002008");
    heard_second.hears_tone(WAITING_HZ);
    heard_first.hears_tone(FIRST_HZ);
    heard_second.hears_tone(SECOND_HZ);
    heard_second.hears_tone(MENU_HZ);
    hangs_up(first);
    switch.wait_for_facts("call_ended", 1);
    heard_second.hears_tone(FIRST_HZ);
    let facts = switch.facts();
    let places: Vec<u64> = facts.of("place_said").iter().map(|it| it.number("place")).collect();
    assert_eq!(places, [1, 2, 1]);
    assert_eq!(facts.count("input_unexpected"), 0);
    hangs_up(second);
    switch.wait_for_facts("call_ended", 2);
    switch.stop();
}

#[test]
fn a_rehearsal_takes_no_line_of_a_full_tenant_is_heard_by_a_seat_and_stands_on_no_form() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let number = "0440002005";
    let callers = [1, 2].map(|count| {
        let caller = Scenario::new("caller.xml", switch.sip()).service(number).start();
        switch.wait_for_facts("call_admitted", count);
        caller
    });
    let refused = Scenario::new("refused.xml", switch.sip()).service(number);
    refused.fill("STATUS", "486").fill("CODEC", "0").start().succeeds();

    let office = Scenario::new("caller.xml", switch.sip()).service(number).from(OFFICE, 0);
    let at_caller = Party::listen(OFFICE);
    let rehearsal = office.audio_port(at_caller.port()).start();
    speaks(&rehearsal, &at_caller);
    let admitted = switch.wait_for_facts("call_admitted", 3);
    assert_eq!(admitted.field("test").as_bool(), Some(true));
    assert_eq!(admitted.text("trunk"), "office");
    assert_eq!(admitted.number("lines_in_use"), 2, "it takes none");
    assert!(
        switch.facts().of("call_admitted")[..2].iter().all(|it| it.field("test").as_bool() == Some(false))
    );
    callers.into_iter().for_each(hangs_up);
    switch.wait_for_facts("call_ended", 2);

    let (phone, at_seat) = seat(&switch, account("seat201", "demo-201"));
    switch.wait_for_facts("call_answered", 1);
    at_seat.hears_tone(CALLER_HZ);
    hangs_up(rehearsal);
    phone.succeeds();
    assert_eq!(switch.outcome(admitted.call().expect("a call has an id")), "answered");
    switch.stop();
    let figures = figures(&switch, &scratch, "night");
    assert_eq!(figures["total"]["raw"]["offered"], 2, "the callers who count: {figures}");
    assert_eq!(figures["total"]["raw"]["handled"], 0, "{figures}");
    assert_eq!(figures["total"]["raw"]["tests"], 1, "beside them: {figures}");
}

#[test]
fn a_caller_of_a_closed_tenant_is_answered_by_a_seat_of_the_one_that_takes_them() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (phone, at_seat) = seat(&switch, account("seat201", "demo-201"));
    let (caller, at_caller) = call(&switch, "0440002004");
    speaks(&caller, &at_caller);
    let answered = switch.wait_for_facts("call_answered", 1);
    assert_eq!(answered.text("seat"), "seat201");
    at_seat.hears_tone(CALLER_HZ);
    let invite = phone.wait_for("the seat's INVITE", |message| message.start_line().starts_with("INVITE "));
    let from = invite.header("From").unwrap_or_default();
    assert!(from.contains("Shut"), "the screen shows whose caller it is: {from}");
    let overflowed = switch.wait_for_facts("call_overflowed", 1);
    let (tenant, to, cause) = (overflowed.text("tenant"), overflowed.text("to"), overflowed.text("cause"));
    assert_eq!((tenant, to, cause), ("shut", "night", "closed"));
    hangs_up(caller);
    phone.succeeds();
    switch.stop();
}

#[test]
fn a_receptionist_hands_a_caller_over_to_an_adviser_by_the_code_on_the_phone() {
    let scratch = Scratch::new("decisions");
    let mut switch = start(&scratch);
    let (reception, at_reception) = seat(&switch, account("seat204", "demo-204"));
    let (caller, at_caller) = call(&switch, "0440002007");
    speaks(&caller, &at_caller);
    assert_eq!(switch.wait_for_facts("call_answered", 1).text("seat"), "seat204");
    at_reception.hears_tone(CALLER_HZ);
    at_reception.press('*');
    at_reception.press('1');
    // Nobody is at the adviser's desk yet: the caller waits with the place of the first entry.
    switch.wait_for_facts("caller_queued", 2);
    reception.succeeds();
    at_caller.hears_tone(WAITING_HZ);
    let (adviser, at_adviser) = seat(&switch, account("seat205", "demo-205"));
    assert_eq!(switch.wait_for_facts("call_answered", 2).text("seat"), "seat205");
    at_adviser.hears_tone(CALLER_HZ);
    let facts = switch.facts();
    let entries = facts.of("caller_queued");
    assert_eq!((entries[0].text("skill"), entries[1].text("skill")), ("receptionist", "adviser"));
    assert_eq!(entries[0].number("since_time_ms"), entries[1].number("since_time_ms"), "the place is kept");
    hangs_up(caller);
    adviser.succeeds();
    let ended = switch.wait_for_facts("call_ended", 1);
    assert_eq!(ended.text("outcome"), "answered");
    assert_eq!(switch.facts().count("call_ended"), 1);
    switch.stop();
}
