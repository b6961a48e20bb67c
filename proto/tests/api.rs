//! The interface's messages against the core's facts: every kind has its own, none is mixed up, numbers stay in.
#![cfg(feature = "api")]

use std::collections::BTreeMap;

use acd_core::{CallEvent, Timestamp};
use acd_proto::v1::{self, fact::Event};
use acd_proto::{FACT_KINDS, fact_from_json, fact_kind};
use prost::Message;

const FACTS: &str = include_str!("golden/facts.jsonl");
const TIME: Timestamp = Timestamp::from_millis(1_795_251_600_000);

fn facts() -> impl Iterator<Item = CallEvent> {
    FACTS.lines().map(|line| fact_from_json(line).expect("a fact"))
}

#[test]
fn the_field_of_each_event_has_the_name_of_its_kind() {
    let set = prost_types::FileDescriptorSet::decode(v1::FILE_DESCRIPTOR_SET).expect("descriptions");
    let fact = set
        .file
        .iter()
        .flat_map(|file| &file.message_type)
        .find(|message| message.name() == "Fact")
        .expect("the message");
    let fields: Vec<&str> =
        fact.field.iter().filter(|field| field.oneof_index.is_some()).map(|field| field.name()).collect();
    assert_eq!(fields, FACT_KINDS, "the same names in the same order");

    // What is encoded stands in the field of that name, so no kind is taken for another.
    let numbers: BTreeMap<&str, u32> =
        fact.field.iter().map(|field| (field.name(), field.number().unsigned_abs())).collect();
    for event in facts() {
        let message = v1::Fact { event: v1::fact(1, TIME, 1, &event, false).event, ..v1::Fact::default() };
        let encoded = message.encode_to_vec();
        let mut bytes = encoded.as_slice();
        let key = prost::encoding::decode_varint(&mut bytes).expect("a key");
        let number = u32::try_from(key >> 3).expect("a field's number");
        assert_eq!(number, numbers[fact_kind(&event)], "{}", fact_kind(&event));
    }
}

#[test]
fn every_message_and_field_is_documented() {
    let set = prost_types::FileDescriptorSet::decode(v1::FILE_DESCRIPTOR_SET).expect("descriptions");
    let ours = set.file.iter().filter(|file| file.package() == "acd.v1");
    let mut documented = 0;
    for file in ours {
        let source = file.source_code_info.as_ref().expect("comments");
        for location in &source.location {
            // Paths of even length name a message, an enum, a service, or one of their members; of odd ones a part.
            let names_a_thing = location.path.len() % 2 == 0
                && matches!(location.path.first(), Some(4..=6))
                && location.path.iter().skip(2).step_by(2).all(|&kind| matches!(kind, 2 | 3 | 4 | 8));
            if !names_a_thing {
                continue;
            }
            documented += 1;
            assert!(
                !location.leading_comments().trim().is_empty(),
                "{}: no comment at {:?} line {:?}",
                file.name(),
                location.path,
                location.span.first().map(|line| line + 1)
            );
        }
    }
    assert!(documented > 200, "only {documented} were looked at");
}

#[test]
fn a_number_leaves_only_for_who_asks_and_never_by_debug() {
    let admitted = facts().find(|fact| fact_kind(fact) == "call_admitted").expect("one");
    let caller = |with_numbers| {
        let fact = v1::fact(1, TIME, 1, &admitted, with_numbers);
        assert!(!format!("{fact:?}").contains(number_of(&admitted)), "{fact:?}");
        let Some(Event::CallAdmitted(admitted)) = fact.event else { panic!("an admission") };
        admitted.caller.and_then(|caller| caller.identity).expect("an identity")
    };
    assert_eq!(caller(false), v1::caller::Identity::NumberKeptBack(true));
    assert_eq!(caller(true), v1::caller::Identity::Number(number_of(&admitted).to_owned()));
}

fn number_of(fact: &CallEvent) -> &str {
    let CallEvent::CallAdmitted { caller: acd_core::CallerIdentity::Number(number), .. } = fact else {
        panic!("{} has no number", fact_kind(fact))
    };
    number.reveal()
}

#[test]
fn instants_lengths_and_sides_arrive_as_they_are() {
    let json = [
        r#"{"fact":"recording_ended","call":3,"recorded_ms":61000,"gaps_ms":40}"#,
        r#"{"fact":"hold_started","call":3,"leg":"caller"}"#,
        r#"{"fact":"hold_started","call":3,"leg":"seat","attempt":2}"#,
        r#"{"fact":"node_outage","from_time_ms":5,"to_time_ms":9}"#,
    ];
    let events: Vec<Event> = json
        .iter()
        .map(|line| v1::fact(1, TIME, 1, &fact_from_json(line).expect("a fact"), false).event.expect("one"))
        .collect();
    assert_eq!(
        events,
        [
            Event::RecordingEnded(v1::RecordingEnded { call: 3, recorded_ms: 61_000, gaps_ms: 40 }),
            Event::HoldStarted(v1::HoldStarted {
                leg: Some(v1::Leg { call: 3, attempt: None, party: None })
            }),
            Event::HoldStarted(v1::HoldStarted {
                leg: Some(v1::Leg { call: 3, attempt: Some(2), party: None })
            }),
            Event::NodeOutage(v1::NodeOutage { from_time_ms: 5, to_time_ms: 9 }),
        ]
    );
}

#[test]
fn a_command_that_says_nothing_clear_is_refused() {
    use v1::seat_command::Kind;
    let command = |kind: i32, reason: &str| v1::SeatCommand { kind, pause_reason: reason.to_owned() };
    let read = |kind, reason| v1::seat_command(&command(kind, reason)).map(v1::SeatCommand::from);
    assert_eq!(read(Kind::Pause.into(), "lunch"), Ok(command(Kind::Pause.into(), "lunch")));
    assert_eq!(read(Kind::Pause.into(), ""), Ok(command(Kind::Pause.into(), "pause")));
    for kind in [Kind::LogIn, Kind::Ready, Kind::LogOut] {
        assert_eq!(read(kind.into(), ""), Ok(command(kind.into(), "")));
        assert_eq!(read(kind.into(), "lunch"), Err(v1::SeatCommandFault::ReasonWithoutPause));
    }
    assert_eq!(read(0, ""), Err(v1::SeatCommandFault::Kind));
    assert_eq!(read(99, ""), Err(v1::SeatCommandFault::Kind));
    assert!(matches!(read(Kind::Pause.into(), "a b"), Err(v1::SeatCommandFault::PauseReason(_))));
}
