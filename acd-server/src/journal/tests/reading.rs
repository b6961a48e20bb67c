//! What a person and a machine get to read.

use std::time::Duration;

use acd_proto::{fact_from_json, fact_to_json};
use serde_json::Value;

use super::super::{Format, JournalError, backup, export, follow, tail};
use super::lives::World;
use super::{EVENING, Folder, batch_of};

fn text(out: Vec<u8>) -> String {
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn an_export_is_every_fact_with_its_number_and_time() {
    let folder = Folder::new();
    let day = World::day(EVENING, 1..4);
    let facts: Vec<String> = day.iter().flat_map(|record| record.facts.iter().map(fact_to_json)).collect();
    folder.live(EVENING, day);
    let mut out = Vec::new();
    export(folder.path(), &mut out).expect("a journal");
    let lines = text(out);
    let read: Vec<String> =
        lines.lines().map(|line| fact_to_json(&fact_from_json(line).expect("a fact"))).collect();
    assert_eq!(read, facts);
    let first: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["seq"], 1);
    assert_eq!(first["record"], 1);
    assert_eq!(first["time"], "2026-11-21T18:00:00.001+09:00");
}

#[test]
fn the_tail_is_the_last_facts_for_a_person() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..2));
    let mut out = Vec::new();
    let last = tail(folder.path(), 2, Format::Text, &mut out).expect("a journal");
    let lines = text(out);
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let line = lines.lines().last().expect("a line");
    assert!(
        line.starts_with("2026-11-21T18:00:0") && line.contains(&format!(" {last} node_stopped")),
        "{line}"
    );

    let mut out = Vec::new();
    tail(folder.path(), 1_000, Format::Text, &mut out).expect("a journal");
    let lines = text(out);
    let admitted = lines.lines().find(|line| line.contains("call_admitted")).expect("a line");
    assert!(admitted.contains(" call=1 ") && admitted.contains(" tenant=shiga "), "{admitted}");
}

#[test]
fn a_journal_is_followed_while_it_is_written() {
    let folder = Folder::new();
    let (wake, woken) = super::waker();
    let journal = folder.start_with(EVENING, super::Retention::default(), wake);
    let mut world = World::begin(EVENING);
    for record in world.take_records() {
        super::wait_durable(&journal, &woken, journal.append(batch_of(record)));
    }
    let mut out = Vec::new();
    let last = tail(folder.path(), 100, Format::Json, &mut out).expect("a journal");
    let known = text(out).lines().count() as u64;
    assert_eq!(known, last);

    let mut out = Vec::new();
    let mut looks = 0;
    follow(folder.path(), last, Format::Json, &mut out, &mut || {
        looks += 1;
        if looks > 2 {
            return false;
        }
        world.pass(Duration::from_secs(1));
        world.arrive(looks);
        for record in world.take_records() {
            super::wait_durable(&journal, &woken, journal.append(batch_of(record)));
        }
        true
    })
    .expect("a journal");
    let lines = text(out);
    let numbers: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["seq"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, (last + 1..=last + numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(lines.matches("\"call_admitted\"").count(), 2, "{lines}");
}

#[test]
fn the_time_column_of_a_person_says_what_the_export_says() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..4));
    let rows: Vec<(i64, String)> = folder
        .tamper()
        .prepare("SELECT time_ms, time_jst FROM records")
        .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .expect("records");
    assert!(rows.len() > 10);
    for (time_ms, time_jst) in rows {
        assert_eq!(time_jst, super::super::time_text(acd_core::Timestamp::from_millis(time_ms)));
    }
}

#[test]
fn where_there_is_no_journal_none_is_made_and_that_is_said() {
    let folder = Folder::new();
    let error = export(folder.path(), &mut Vec::new()).expect_err("nothing there");
    assert!(matches!(error, JournalError::Missing(_)) && error.to_string().contains("--data"), "{error}");
    assert!(!folder.path().exists());
}

#[test]
fn a_backup_taken_while_a_switch_writes_is_a_journal_of_its_own() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..4));
    let (running, _) = folder.start(EVENING + Duration::from_secs(3_600));
    let copy = Folder::new();
    let file = backup(folder.path(), copy.path()).expect("a back-up");
    assert!(file.starts_with(copy.path()));
    drop(running);
    copy.assert_clean();
    let facts = |folder: &Folder| {
        let mut out = Vec::new();
        export(folder.path(), &mut out).expect("a journal");
        text(out)
    };
    assert_eq!(facts(&copy), facts(&folder));
    assert!(
        matches!(backup(folder.path(), copy.path()), Err(JournalError::Io { .. })),
        "nothing is overwritten"
    );
}
