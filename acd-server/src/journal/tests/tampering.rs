//! A row that is missing or changed is found, with its number; facts that the inputs do not give are too.

use std::fs;
use std::time::Duration;

use acd_core::CallEvent;
use rusqlite::params;

use super::super::findings::Findings;
use super::super::replay::replay_with;
use super::super::{Fault, Format, Record, Verdict, replay, schema};
use super::lives::{Forgetful, World};
use super::{EVENING, Folder};

/// Two lives, so that a segment lies between records.
fn two_lives() -> Folder {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..3));
    let next = EVENING + Duration::from_secs(3_600);
    folder.live(next, World::day(next, 3..4));
    folder.assert_clean();
    folder
}

/// A copy in which one statement was run.
fn changed(original: &Folder, statement: &str) -> Folder {
    let copy = Folder::new();
    fs::create_dir_all(copy.path()).expect("a folder");
    fs::copy(schema::path(original.path()), schema::path(copy.path())).expect("a copy");
    let rows = copy.tamper().execute(statement, []).expect("a statement");
    assert_eq!(rows, 1, "{statement}");
    copy
}

fn faults(folder: &Folder) -> Vec<Fault> {
    match folder.verify() {
        (Verdict::Faults(faults), _) => faults,
        (Verdict::Clean, said) => panic!("nothing was found: {said}"),
    }
}

fn count(folder: &Folder, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM {table}");
    folder.tamper().query_row(&sql, [], |row| row.get(0)).expect("a table")
}

#[test]
fn every_missing_record_is_named() {
    let folder = two_lives();
    for seq in 1..count(&folder, "records") {
        let found = faults(&changed(&folder, &format!("DELETE FROM records WHERE seq = {seq}")));
        let missing = Fault::Missing { row: "record", from: seq, to: seq };
        assert!(found.contains(&missing), "record {seq}: {found:?}");
        let others =
            found.iter().filter(|fault| matches!(fault, Fault::Changed { .. } | Fault::Missing { .. }));
        assert_eq!(others.count(), 1, "record {seq}: {found:?}");
    }
}

#[test]
fn every_missing_fact_is_named() {
    let folder = two_lives();
    for seq in 1..=count(&folder, "facts") {
        let found = faults(&changed(&folder, &format!("DELETE FROM facts WHERE seq = {seq}")));
        assert_eq!(found[0], Fault::Missing { row: "fact", from: seq, to: seq }, "fact {seq}: {found:?}");
    }
}

#[test]
fn every_changed_column_is_named_with_its_row() {
    let folder = two_lives();
    for (statement, row, seq) in [
        ("UPDATE records SET time_ms = time_ms + 1 WHERE seq = 5", "record", 5),
        ("UPDATE records SET kind = 'time_passed' WHERE seq = 5", "record", 5),
        ("UPDATE records SET input = input || ' ' WHERE seq = 5", "record", 5),
        ("UPDATE records SET checksum = '' WHERE seq = 5", "record", 5),
        ("UPDATE facts SET time_ms = time_ms + 1 WHERE seq = 7", "fact", 7),
        ("UPDATE facts SET record = record + 1 WHERE seq = 7", "fact", 7),
        ("UPDATE facts SET json = json || ' ' WHERE seq = 7", "fact", 7),
        ("UPDATE facts SET checksum = 'x' WHERE seq = 7", "fact", 7),
        ("UPDATE segments SET plan = plan || ' ' WHERE id = 2", "segment", 2),
        ("UPDATE segments SET started_ms = 0 WHERE id = 1", "segment", 1),
        ("UPDATE segments SET core_version = '9.9.9' WHERE id = 1", "segment", 1),
    ] {
        let found = faults(&changed(&folder, statement));
        assert_eq!(found[0], Fault::Changed { row, seq }, "{statement}: {found:?}");
    }
}

#[test]
fn a_column_that_no_longer_repeats_its_json_is_named() {
    let folder = two_lives();
    let seq: u64 = folder
        .tamper()
        .query_row("SELECT seq FROM facts WHERE fact = 'call_admitted' LIMIT 1", [], |row| row.get(0))
        .expect("a fact");
    for (column, value) in
        [("fact", "call_refused"), ("call", "99"), ("tenant", "kyoto"), ("seat", "seat101")]
    {
        let statement = format!("UPDATE facts SET {column} = '{value}' WHERE seq = {seq}");
        let found = faults(&changed(&folder, &statement));
        let [Fault::ColumnsDiffer { fact, what }] = &found[..] else { panic!("{statement}: {found:?}") };
        assert_eq!(*fact, seq);
        assert!(what.contains(&format!("'{column}'")), "{what}");
    }
}

#[test]
fn a_last_record_without_its_row_is_missed_by_its_facts() {
    let folder = two_lives();
    let last = count(&folder, "records");
    let found = faults(&changed(&folder, &format!("DELETE FROM records WHERE seq = {last}")));
    assert_eq!(found, vec![Fault::Missing { row: "record", from: last, to: last }]);
}

#[test]
fn a_fact_that_the_inputs_do_not_give_is_found_at_its_record_though_every_checksum_fits() {
    let folder = Folder::new();
    let mut day = World::day(EVENING, 1..4);
    let answered = |record: &Record| {
        record
            .facts
            .iter()
            .any(|fact| matches!(fact, CallEvent::CallAnswered { ring, .. } if ring.call.0 == 2))
    };
    let at = day.iter().position(answered).expect("an answer");
    day[at].facts.retain(|fact| !matches!(fact, CallEvent::CallAnswered { .. }));
    folder.live(EVENING, day);

    let found = faults(&folder);
    let [Fault::ReplayDiffers { record, input, journalled, replayed }] = &found[..] else {
        panic!("only the replay can tell: {found:?}")
    };
    assert_eq!(*record, at as u64 + 1);
    assert!(input.contains("ring_answered"), "{input}");
    assert_eq!(replayed.len(), journalled.len() + 1);

    let mut out = Vec::new();
    let verdict = replay(folder.path(), Format::Text, &mut out).expect("a journal");
    assert_eq!(verdict, Verdict::Faults(found));
    let said = String::from_utf8(out).expect("UTF-8");
    assert!(said.contains(&format!("record {} gives other facts when replayed", at + 1)), "{said}");
    assert!(said.contains("call_answered"), "{said}");
}

#[test]
fn a_core_that_decides_otherwise_is_found_at_the_first_record_of_each_life() {
    let folder = two_lives();
    let connection = folder.tamper();
    let mut out = Vec::new();
    let mut findings = Findings::new(Format::Text, &mut out);
    replay_with(&connection, folder.path(), &mut findings, &|switch| {
        Box::new(Forgetful { switch, kind: "ring_started" })
    })
    .expect("a journal");
    let firsts: Vec<u64> = connection
        .prepare("SELECT min(record) FROM facts WHERE fact = 'ring_started' GROUP BY call > 2 ORDER BY 1")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("facts");
    let Verdict::Faults(faults) = findings.finish().expect("a journal") else { panic!("the core differs") };
    let found: Vec<u64> = faults
        .iter()
        .map(|fault| {
            let Fault::ReplayDiffers { record, .. } = fault else { panic!("{fault}") };
            *record
        })
        .collect();
    assert_eq!(found, firsts);
}

#[test]
fn a_life_of_another_core_is_not_replayed_and_that_is_said() {
    let folder = two_lives();
    let connection = folder.tamper();
    connection
        .execute("UPDATE segments SET core_version = ?1 WHERE id = 1", params!["0.0.1"])
        .expect("a row");
    let mut out = Vec::new();
    assert_eq!(replay(folder.path(), Format::Text, &mut out).expect("a journal"), Verdict::Clean);
    let said = String::from_utf8(out).expect("UTF-8");
    assert!(said.contains("segment 1 from record 1: not replayed: it was made by core 0.0.1"), "{said}");
    assert!(said.contains("the facts are equal"), "{said}");
}
