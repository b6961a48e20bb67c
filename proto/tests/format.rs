//! The journal's format, held still: a committed line for every kind of input and fact, and round trips for all.

mod random;

use std::collections::BTreeSet;

use acd_proto::{
    FACT_KINDS, INPUT_KINDS, Subject, fact_from_json, fact_kind, fact_subject, fact_to_json, input_from_json,
    input_kind, input_to_json, plan_from_json, plan_to_json,
};
use proptest::prelude::*;
use serde_json::Value;

const FACTS: &str = include_str!("golden/facts.jsonl");
const INPUTS: &str = include_str!("golden/inputs.jsonl");

#[test]
fn every_committed_fact_is_read_and_written_as_it_stands() {
    let mut seen = BTreeSet::new();
    for line in FACTS.lines() {
        let fact = fact_from_json(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(fact_to_json(&fact), line);
        seen.insert(fact_kind(&fact));
    }
    assert_eq!(seen, FACT_KINDS.iter().copied().collect(), "each kind of fact needs a line");
}

#[test]
fn every_committed_input_is_read_and_written_as_it_stands() {
    let mut seen = BTreeSet::new();
    for line in INPUTS.lines() {
        let input = input_from_json(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(input_to_json(&input), line);
        seen.insert(input_kind(&input));
    }
    assert_eq!(seen, INPUT_KINDS.iter().copied().collect(), "each kind of input needs a line");
}

#[test]
fn a_line_of_an_export_is_read_with_its_sequence_number_and_time() {
    let line = r#"{"seq":7,"record":3,"time":"2026-11-21T08:50:00.123+09:00","fact":"node_started"}"#;
    assert_eq!(fact_from_json(line).unwrap(), acd_core::CallEvent::NodeStarted);
}

/// A journal of a version that knew less is read: what it does not say was not so.
#[test]
fn lines_of_versions_before_are_read() {
    let (before, now) = (
        r#"{"fact":"caller_queued","call":1,"tenant":"shiga","skill":null,"since_time_ms":2,"put_back":true}"#,
        r#"{"fact":"caller_queued","call":1,"tenant":"shiga","skill":null,"since_time_ms":2,"put_back":true,"awaits_adviser":false}"#,
    );
    assert_eq!(fact_from_json(before).unwrap(), fact_from_json(now).unwrap());
}

#[test]
fn what_is_no_fact_is_refused() {
    for line in [
        "",
        "{}",
        r#"{"fact":"call_teleported"}"#,
        r#"{"fact":"guidance_started"}"#,
        r#"{"fact":"seat_registered","seat":"seat 101"}"#,
        r#"{"fact":"hold_started","call":1,"leg":"seat"}"#,
        r#"{"fact":"hold_started","call":1,"leg":"caller","attempt":1}"#,
        r#"{"fact":"hold_started","call":-1,"leg":"caller"}"#,
    ] {
        assert!(fact_from_json(line).is_err(), "{line}");
    }
    for plan in [
        r#"{"tenants":{},"seats":{},"holidays":["2026-02-29"]}"#,
        r#"{"tenants":{},"seats":{},"holidays":["2026-2"]}"#,
        r#"{"tenants":{},"seats":{}}"#,
    ] {
        assert!(plan_from_json(plan).is_err(), "{plan}");
    }
}

proptest! {
    #[test]
    fn inputs_come_back(input in random::input()) {
        let json = input_to_json(&input);
        prop_assert_eq!(&input_from_json(&json).unwrap(), &input);
        let value: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(value["input"].as_str(), Some(input_kind(&input)));
    }

    #[test]
    fn facts_come_back_and_are_about_what_their_json_says(fact in random::fact()) {
        let json = fact_to_json(&fact);
        prop_assert!(!json.contains('\n'), "a fact is one line");
        prop_assert_eq!(&fact_from_json(&json).unwrap(), &fact);
        let value: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(value["fact"].as_str(), Some(fact_kind(&fact)));
        for taken in ["seq", "record", "time"] {
            prop_assert!(value.get(taken).is_none(), "an export puts its own {} there", taken);
        }
        let Subject { call, tenant, seat } = fact_subject(&fact);
        prop_assert_eq!(value["call"].as_u64(), call.map(|call| call.0));
        prop_assert_eq!(value["tenant"].as_str(), tenant.as_ref().map(|tenant| tenant.as_str()));
        prop_assert_eq!(value["seat"].as_str(), seat.as_ref().map(|seat| seat.as_str()));
    }

    #[test]
    fn plans_come_back(plan in random::plan()) {
        prop_assert_eq!(plan_from_json(&plan_to_json(&plan)).unwrap(), plan);
    }
}
