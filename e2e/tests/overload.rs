//! A switch without ports for another call: 503, a fact with its cause, an outage on the form, and never a blocked attempt
//! (R-L4, R-L9).

use std::net::{Ipv4Addr, UdpSocket};

use e2e::Scratch;
use e2e::audio::repository_file;
use e2e::free_port;
use e2e::people::{caller, hangs_up, is_refused};
use e2e::switch::{Options, Switch, WEDNESDAY_MORNING};
use serde_json::Value;

const CLINIC: &str = "0440001000";

/// The first of eight ports in a row that are free at this moment.
fn eight_free_ports() -> u16 {
    let free = |port: u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    (0..100)
        .map(|_| free_port(Ipv4Addr::LOCALHOST) & !1)
        .find(|first| first.checked_add(7).is_some_and(|last| (*first..=last).all(free)))
        .expect("eight free ports in a row")
}

/// The clinic with two seats and more lines than there are ports: four pairs are two callers', each with one for a seat.
fn plan(scratch: &Scratch) -> std::path::PathBuf {
    let text =
        std::fs::read_to_string(repository_file("e2e/plans/narrow_trunk.toml")).expect("the plan is there");
    let first = eight_free_ports();
    let text = text
        .replace("../../deploy/audio", &repository_file("deploy/audio").to_string_lossy())
        .replace("127.0.0.2/32", "127.0.0.0/8")
        .replace("first = 20000, last = 20998", &format!("first = {first}, last = {}", first + 6))
        .replace("seat_lines = 2", "seat_lines = 5");
    let file = scratch.join("plan.toml");
    std::fs::write(&file, text).expect("the plan is written");
    file
}

#[test]
fn a_call_without_ports_gets_503_as_an_outage_and_the_next_has_room_after_a_hang_up() {
    let scratch = Scratch::new("overload");
    let plan = plan(&scratch);
    let clock_start = Some(WEDNESDAY_MORNING.into());
    let mut switch =
        Switch::start_with(Options { plan: Some(plan.clone()), clock_start, ..Options::default() });
    let (first, _heard_first) = caller(&switch, CLINIC);
    let (second, _heard_second) = caller(&switch, CLINIC);
    switch.wait_for_facts("call_admitted", 2);
    // Who is refused for another reason was not turned away for want of ports.
    assert_eq!(is_refused(&switch, "0440009999", 404), None);
    switch.wait_for_facts("call_refused", 1);
    assert_eq!(is_refused(&switch, CLINIC, 503).as_deref(), Some("5"));
    let refusal = switch.wait_for_facts("call_refused", 2);
    assert_eq!((refusal.text("tenant"), refusal.text("reason")), ("clinic", "overload"));
    let started = switch.wait_for_facts("overload_started", 1);
    assert!(started.sequence() > refusal.sequence());
    // What is no call for us is none in an overload either.
    assert_eq!(is_refused(&switch, "0440009999", 404), None);
    let facts = switch.facts();
    assert_eq!((facts.count("overload_started"), facts.count("overload_ended")), (1, 0));
    assert_eq!((facts.count("call_admitted"), facts.count("blockage_started")), (2, 0));

    hangs_up(first);
    switch.wait_for_facts("call_ended", 1);
    assert_eq!(switch.wait_for_facts("overload_ended", 1).number("refused"), 0);
    let (third, _heard_third) = caller(&switch, CLINIC);
    switch.wait_for_facts("call_admitted", 3);
    hangs_up(second);
    hangs_up(third);
    switch.wait_for_facts("call_ended", 3);
    switch.stop();
    assert_eq!(switch.facts().count("input_unexpected"), 0);

    let form = switch.day_form(&scratch, &plan, "clinic");
    let overloads: Vec<&Value> = form["outages"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|outage| outage["cause"] == "overload")
        .collect();
    assert_eq!(overloads.len(), 1, "{form}");
    assert_eq!(overloads[0]["responsibility"], "switch");
    let total = &form["day"]["raw"];
    assert_eq!((&total["outage_refused"], &total["blocked_attempts"]), (&1.into(), &0.into()), "{form}");
    assert_eq!(total["offered"], 3, "{form}");
}
