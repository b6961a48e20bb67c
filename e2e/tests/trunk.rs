//! A carrier that dies: a dead trunk must not look like a quiet hour (R-L9).

use e2e::Scratch;
use e2e::audio::repository_file;
use e2e::carrier::Carrier;
use e2e::switch::{Options, Switch, WEDNESDAY_MORNING};
use serde_json::Value;

/// The plan of the strangers' test, with a carrier that is asked each second.
fn plan(scratch: &Scratch, carrier: &Carrier) -> std::path::PathBuf {
    let text =
        std::fs::read_to_string(repository_file("e2e/plans/narrow_trunk.toml")).expect("the plan is there");
    let audio = repository_file("deploy/audio");
    let networks = "networks = [\"127.0.0.2/32\"]";
    let asked = format!(
        "{networks}\npeers = [\"sip:carrier@{}\"]\noptions_every_s = 1\noptions_tries = 1",
        carrier.address()
    );
    let text = text.replace("../../deploy/audio", &audio.to_string_lossy()).replace(networks, &asked);
    let file = scratch.join("plan.toml");
    std::fs::write(&file, text).expect("the plan is written");
    file
}

#[test]
fn a_silent_carrier_is_an_outage_until_it_answers_and_the_form_says_so() {
    let scratch = Scratch::new("trunk");
    let carrier = Carrier::listen(e2e::address());
    carrier.answers(200);
    let plan = plan(&scratch, &carrier);
    let clock_start = Some(WEDNESDAY_MORNING.into());
    let mut switch =
        Switch::start_with(Options { plan: Some(plan.clone()), clock_start, ..Options::default() });
    carrier.is_asked_again();
    carrier.is_asked_again();
    assert_eq!(switch.facts().count("trunk_lost"), 0, "it answered");

    carrier.is_silent();
    let lost = switch.wait_for_facts("trunk_lost", 1);
    assert_eq!((lost.text("trunk"), lost.text("cause")), ("carrier", "no_answer"));
    let alarm = switch.wait_for("the alarm", |facts| {
        facts.of("alarm_raised").into_iter().find(|alarm| alarm.text("kind") == "trunk_lost").cloned()
    });
    assert_eq!(alarm.sequence(), lost.sequence() + 1, "in the same turn");
    carrier.is_asked_again();
    assert_eq!(switch.facts().count("trunk_lost"), 1, "stated once");

    // Any answer says that somebody is there.
    carrier.answers(405);
    let restored = switch.wait_for_facts("trunk_restored", 1);
    assert_eq!(restored.text("trunk"), "carrier");
    carrier.is_asked_again();
    carrier.is_asked_again();
    switch.stop();
    let facts = switch.facts();
    assert_eq!((facts.count("trunk_lost"), facts.count("trunk_restored")), (1, 1));
    assert_eq!(facts.count("input_unexpected"), 0);

    let form = switch.day_form(&scratch, &plan, "clinic");
    let trunk: Vec<&Value> = form["outages"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|outage| outage["cause"] == "trunk")
        .collect();
    assert_eq!(trunk.len(), 1, "{form}");
    assert_eq!(trunk[0]["responsibility"], "carrier");
    assert!(form["definitions"].to_string().contains("回線事業者側の不通、責任：回線事業者"), "{form}");
}
