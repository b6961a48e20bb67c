//! The stream of facts.

use acd_proto::v1;
use acd_proto::v1::fact::Event;
use acd_proto::v1::facts_client::FactsClient;
use rusqlite::Connection;
use tonic::{Code, Status, Streaming};

use super::*;
use crate::limits::{FACT_STREAM_BOOKMARK_EVERY, FACT_STREAMS_MAX};

fn request(after_sequence: u64) -> v1::StreamFactsRequest {
    let purpose = "review".to_owned();
    v1::StreamFactsRequest { after_sequence, purpose, ..v1::StreamFactsRequest::default() }
}

impl Loop {
    fn stream(&self, request: v1::StreamFactsRequest) -> Result<Streaming<v1::Fact>, Status> {
        let mut client = FactsClient::new(self.channel());
        self.runtime.block_on(client.stream(request)).map(tonic::Response::into_inner)
    }

    fn next(&self, stream: &mut Streaming<v1::Fact>) -> Option<v1::Fact> {
        let next = async { tokio::time::timeout(PATIENCE, stream.message()).await.expect("in time") };
        self.runtime.block_on(next).expect("a fact or the end")
    }

    /// All facts up to the last durable one.
    fn read(&self, request: v1::StreamFactsRequest) -> Vec<v1::Fact> {
        let mut stream =
            self.stream(v1::StreamFactsRequest { stop_at_end: true, ..request }).expect("a stream");
        std::iter::from_fn(|| self.next(&mut stream)).collect()
    }

    fn refusal(&self, request: v1::StreamFactsRequest) -> Status {
        self.stream(request).expect_err("a refusal")
    }
}

fn sequences(facts: &[v1::Fact]) -> Vec<u64> {
    facts.iter().map(|fact| fact.sequence).collect()
}

fn a_day() -> Folder {
    let folder = Folder::new();
    folder.live(&[CallEvent::NodeStarted, opened("shiga"), admitted(1, "shiga"), CallEvent::NodeStopped]);
    folder
}

#[test]
fn a_stream_resumes_after_any_sequence_and_goes_on_with_what_comes() {
    let mut switch = Loop::start(a_day());
    assert_eq!(sequences(&switch.read(request(0))), [1, 2, 3, 4]);
    assert_eq!(sequences(&switch.read(request(3))), [4]);
    assert_eq!(switch.read(request(4)), []);

    let mut stream = switch.stream(request(3)).expect("a stream");
    let first = switch.next(&mut stream).expect("what there was");
    assert_eq!((first.sequence, first.event), (4, Some(Event::NodeStopped(v1::NodeStopped {}))));
    // A second life goes on in the same numbers, on the same stream as it happens.
    switch.happen(EVENING, &[CallEvent::NodeStarted, opened("kyoto")]);
    let live: Vec<_> = (0..2).map(|_| switch.next(&mut stream).expect("what comes")).collect();
    assert_eq!(sequences(&live), [5, 6]);
    assert_eq!(live[0].record, live[1].record);
    assert_eq!(live[0].time_ms, EVENING.as_millis());
    assert_eq!(live[0].event, Some(Event::NodeStarted(v1::NodeStarted {})));
}

#[test]
fn what_retention_has_removed_is_out_of_range_with_the_first_that_is_kept() {
    let folder = a_day();
    let journal = Connection::open(folder.0.join("journal.db")).expect("a journal");
    journal
        .execute_batch(
            "INSERT INTO removed (chain, seq, checksum) SELECT 'facts', seq, checksum FROM facts WHERE seq = 2;
             DELETE FROM facts WHERE seq <= 2;",
        )
        .expect("rows");
    drop(journal);
    let switch = Loop::start(folder);
    for after in [0, 1] {
        let status = switch.refusal(request(after));
        assert_eq!(status.code(), Code::OutOfRange);
        let trailer =
            |key| status.metadata().get(key).and_then(|value| value.to_str().ok()).map(str::to_owned);
        assert_eq!(trailer("acd-first-available-sequence").as_deref(), Some("3"));
        assert_eq!(trailer("acd-last-available-sequence").as_deref(), Some("4"));
        assert!(status.message().contains("resume after 2"), "{status}");
    }
    assert_eq!(sequences(&switch.read(request(2))), [3, 4]);
    assert_eq!(switch.refusal(request(5)).code(), Code::OutOfRange, "another journal's client");
}

#[test]
fn what_is_removed_under_a_stream_ends_it_and_leaves_no_silent_gap() {
    let mut switch = Loop::start(Folder::new());
    let mut stream = switch.stream(request(0)).expect("a stream");
    switch.happen(EVENING, &[CallEvent::NodeStarted]);
    assert_eq!(switch.next(&mut stream).map(|fact| fact.sequence), Some(1));
    // Facts 2 and 3 come and go before the stream looks: as one commit, as the retention does it.
    let journal = Connection::open(switch.folder.0.join("journal.db")).expect("a journal");
    journal
        .execute_batch(
            "INSERT INTO facts (seq, record, time_ms, fact, json, checksum)
                 VALUES (4, 2, 1795251600000, 'node_started', '{\"fact\":\"node_started\"}', '');",
        )
        .expect("rows");
    let next = async { tokio::time::timeout(PATIENCE, stream.message()).await.expect("in time") };
    let status = switch.runtime.block_on(next).expect_err("an end");
    assert_eq!(status.code(), Code::OutOfRange);
    assert!(status.message().contains("resume after 3"), "{status}");
}

#[test]
fn a_filter_of_tenants_gives_their_calls_whole_and_what_concerns_everybody() {
    let mut switch = Loop::start(Folder::new());
    let at = seat("seat101");
    switch.happen(EVENING, &[CallEvent::NodeStarted, opened("shiga"), opened("kyoto")]);
    switch.happen(EVENING, &[admitted(1, "shiga"), admitted(2, "kyoto")]);
    switch.happen(EVENING, &[CallEvent::RingStarted { ring: ring(1), seat: at }]);
    switch.happen(EVENING, &[CallEvent::RingStarted { ring: ring(2), seat: at }]);
    switch.happen(EVENING, &[CallEvent::SeatRegistered { seat: at }, CallEvent::DrainStarted]);
    let of = |tenants: &[&str], kinds: &[&str]| v1::StreamFactsRequest {
        tenants: tenants.iter().map(ToString::to_string).collect(),
        kinds: kinds.iter().map(ToString::to_string).collect(),
        ..request(0)
    };
    assert_eq!(sequences(&switch.read(of(&["shiga"], &[]))), [1, 2, 4, 6, 9]);
    assert_eq!(sequences(&switch.read(of(&["shiga", "kyoto"], &["ring_started"]))), [6, 7, 9]);
    assert_eq!(sequences(&switch.read(of(&["kyoto"], &["ring_started", "drain_started"]))), [7, 9]);
    // The last is a bookmark: so far has been looked, and nothing was wanted.
    let none = switch.read(of(&["nobody"], &["call_admitted"]));
    assert_eq!(none, [v1::Fact { sequence: 9, ..v1::Fact::default() }]);
    assert_eq!(sequences(&switch.read(of(&[], &["seat_registered"]))), [8, 9]);
}

#[test]
fn a_filter_that_wants_nothing_still_tells_how_far_it_has_come() {
    let mut switch = Loop::start(Folder::new());
    let many = vec![CallEvent::NodeStarted; usize::try_from(FACT_STREAM_BOOKMARK_EVERY).expect("few")];
    switch.happen(EVENING, &many);
    let wanted = v1::StreamFactsRequest { kinds: vec!["call_ended".to_owned()], ..request(0) };
    let mut stream = switch.stream(wanted).expect("a stream");
    let bookmark = switch.next(&mut stream).expect("a bookmark");
    assert_eq!((bookmark.sequence, bookmark.event), (FACT_STREAM_BOOKMARK_EVERY, None));
}

#[test]
fn a_filter_of_what_cannot_be_is_refused_with_what_can() {
    let switch = Loop::start(Folder::new());
    let kinds =
        switch.refusal(v1::StreamFactsRequest { kinds: vec!["call_teleported".to_owned()], ..request(0) });
    assert_eq!(kinds.code(), Code::InvalidArgument);
    assert!(kinds.message().contains("call_teleported") && kinds.message().contains("call_ended"), "{kinds}");
    let tenants = switch.refusal(v1::StreamFactsRequest { tenants: vec!["a b".to_owned()], ..request(0) });
    assert_eq!(tenants.code(), Code::InvalidArgument);
    let many = v1::StreamFactsRequest { tenants: vec!["shiga".to_owned(); 1_001], ..request(0) };
    assert_eq!(switch.refusal(many).code(), Code::InvalidArgument);
}

#[test]
fn numbers_are_sent_to_who_asks_for_them() {
    let switch = Loop::start(a_day());
    let identity = |with_numbers| {
        let facts = switch.read(v1::StreamFactsRequest { with_numbers, ..request(2) });
        let Some(Event::CallAdmitted(admitted)) = facts[0].event.clone() else { panic!("an admission") };
        admitted.caller.and_then(|caller| caller.identity).expect("an identity")
    };
    assert_eq!(identity(false), v1::caller::Identity::NumberKeptBack(true));
    assert_eq!(identity(true), v1::caller::Identity::Number(NUMBER.to_owned()));
}

#[test]
fn only_so_many_streams_are_open_at_once() {
    let mut switch = Loop::start(Folder::new());
    switch.happen(EVENING, &[CallEvent::NodeStarted]);
    let mut streams: Vec<_> =
        (0..FACT_STREAMS_MAX).map(|_| switch.stream(request(0)).expect("a place")).collect();
    assert_eq!(switch.refusal(request(0)).code(), Code::ResourceExhausted);
    for stream in &mut streams {
        assert_eq!(switch.next(stream).map(|fact| fact.sequence), Some(1));
    }
    // Its place is free as soon as the server has seen that the client is gone.
    drop(streams.pop());
    let freed = async {
        let mut client = FactsClient::new(switch.channel());
        while client.stream(request(0)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    switch
        .runtime
        .block_on(async { tokio::time::timeout(PATIENCE, freed).await })
        .expect("a place comes free");
}

/// R-A14: every export names its purpose, and is stated before its first fact.
#[test]
fn facts_leave_for_a_purpose_and_it_is_stated() {
    let mut switch = Loop::start(Folder::new());
    switch.happen(EVENING, &[CallEvent::NodeStarted]);
    for purpose in ["", "curiosity"] {
        let refused = switch.refusal(v1::StreamFactsRequest { purpose: purpose.to_owned(), ..request(0) });
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().contains("report, review, inspection, hand-over"), "{}", refused.message());
    }
    let stated = switch.folder.0.join("exports.jsonl");
    assert!(!stated.exists(), "nothing has left");
    let wanted =
        v1::StreamFactsRequest { purpose: "inspection".to_owned(), with_numbers: true, ..request(0) };
    assert!(!switch.read(wanted).is_empty());
    let line = std::fs::read_to_string(stated).expect("it is stated");
    let line: serde_json::Value = serde_json::from_str(&line).expect("one line");
    assert_eq!((&line["purpose"], &line["who"]), (&"inspection".into(), &"127.0.0.1".into()));
    assert_eq!((&line["range"]["after"], &line["range"]["with_numbers"]), (&0.into(), &true.into()));
}
