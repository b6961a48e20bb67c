//! Segments that begin in the midst of a life: replayed from there, compared with what came before, and gone with the
//! inputs that they stand for.

use std::time::Duration;

use acd_core::{Input, PlanSource, Switch, Timestamp};

use super::super::queue::Queue;
use super::super::store::Store;
use super::super::{Fault, Format, OpenCalls, Verdict, plan_log, replay, retention, schema};
use super::lives::{World, plan};
use super::{Batch, EVENING, Folder, Journal, Retention};
use crate::journal::queue::Urgency;

const DAY: Duration = Duration::from_secs(86_400);

/// A life of three days, each with calls, one of which lasts over the midnight snapshot. The snapshot of each day is
/// what `state` makes of the switch.
fn three_days(state: impl Fn(Box<Switch>) -> Box<Switch>) -> Folder {
    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    let mut world = World::begin(EVENING);
    for day in 0..3 {
        let call = 3 * day + 1;
        world.arrive(call);
        world.arrive(call + 1);
        let snapshot = state(world.switch());
        journal.append(Batch { records: world.take_records(), snapshot: Some(snapshot), ..Batch::default() });
        world.hang_up(call + 1);
        world.arrive(call + 2);
        world.hang_up(call);
        world.hang_up(call + 2);
        world.pass(DAY);
        journal.append(Batch { records: world.take_records(), ..Batch::default() });
    }
    journal.close().expect("room");
    folder
}

fn as_it_is(switch: Box<Switch>) -> Box<Switch> {
    switch
}

fn segments(folder: &Folder) -> Vec<(u64, u64, String)> {
    folder
        .tamper()
        .prepare("SELECT id, first_record, snapshot FROM segments ORDER BY id")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .expect("a table")
}

fn count(folder: &Folder, table: &str) -> u64 {
    folder
        .tamper()
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
        .expect("a table")
}

/// Removes what the retention removes at an instant.
fn remove(folder: &Folder, now: Timestamp, inputs: Duration, facts: Duration) {
    let mut connection = folder.tamper();
    while retention::remove(&mut connection, now, Retention { inputs, facts: Some(facts) })
        .expect("a journal")
    {}
}

#[test]
fn each_segment_is_replayed_from_its_snapshot_with_calls_in_progress() {
    let folder = three_days(as_it_is);
    let (verdict, said) = folder.verify();
    assert_eq!(verdict, Verdict::Clean, "{said}");
    assert_eq!(said.matches(": from a snapshot, ").count(), 3, "{said}");
    assert_eq!(said.matches("the facts are equal").count(), 4, "{said}");
    let talks = |snapshot: &str| snapshot.contains("\"Talking\"");
    assert!(segments(&folder).iter().skip(1).all(|(_, _, snapshot)| talks(snapshot)), "a snapshot amid talk");
}

#[test]
fn a_life_longer_than_its_inputs_are_kept_is_replayed_from_the_oldest_snapshot() {
    let folder = three_days(as_it_is);
    let before = segments(&folder);
    // A quarter of the second day's records stand before its snapshot, whose time is over; the others stay with it.
    remove(&folder, EVENING + 3 * DAY, DAY + DAY / 2, 10 * DAY);
    let (verdict, said) = folder.verify();
    assert_eq!(verdict, Verdict::Clean, "{said}");
    assert!(
        said.contains("segment 1 from record 1: not replayed: its beginning is past its retention"),
        "{said}"
    );
    let (third, first_record, _) = &before[2];
    assert!(
        said.contains(&format!("segment {third} from record {first_record}: from a snapshot, ")),
        "the oldest that is kept: {said}"
    );
    let first: u64 =
        folder.tamper().query_row("SELECT min(seq) FROM records", [], |row| row.get(0)).expect("a table");
    assert_eq!(first, *first_record, "records go by whole segments");

    let ids: Vec<u64> = segments(&folder).iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids, [1, 3, 4], "a snapshot whose inputs are gone goes too");
}

#[test]
fn facts_of_inputs_that_stay_for_their_snapshot_stay_too() {
    let folder = three_days(as_it_is);
    let all = count(&folder, "facts");
    // No call is open for long here.
    schema::set_meta(&folder.tamper(), "open_calls_from", i64::MAX).expect("a table");
    remove(&folder, EVENING + 3 * DAY, DAY + DAY / 2, Duration::ZERO);
    assert!(count(&folder, "facts") < all, "those of the first day are gone");
    folder.assert_clean();
    remove(&folder, EVENING + 30 * DAY, Duration::ZERO, Duration::ZERO);
    folder.assert_clean();
    let mut out = Vec::new();
    assert_eq!(replay(folder.path(), Format::Text, &mut out).expect("a journal"), Verdict::Clean);
    let said = String::from_utf8(out).expect("UTF-8");
    assert!(said.contains("segment 4 from record"), "{said}");
    assert!(said.contains("the facts are equal"), "the last segment stays whole: {said}");
}

#[test]
fn a_snapshot_that_the_inputs_do_not_lead_to_is_named() {
    let folder = three_days(|mut switch| {
        let now = EVENING + 10 * DAY;
        switch.handle(now, Input::JournalStalled);
        while switch.poll_effect().is_some() || switch.poll_event().is_some() {}
        switch
    });
    let (verdict, said) = folder.verify();
    let Verdict::Faults(faults) = verdict else { panic!("{said}") };
    let (second, first_record, _) = segments(&folder)[1].clone();
    assert!(
        faults.contains(&Fault::SnapshotDiffers { segment: second, record: first_record - 1 }),
        "{faults:?}"
    );
    assert!(said.contains("segment 2 begins with a snapshot that the inputs up to record"), "{said}");
}

#[test]
fn a_changed_snapshot_is_named_with_its_segment() {
    let folder = three_days(as_it_is);
    folder
        .tamper()
        .execute(
            "UPDATE segments SET snapshot = replace(snapshot, '\"Talking\"', '\"Walking\"') WHERE id = 3",
            [],
        )
        .expect("a row");
    let (Verdict::Faults(faults), said) = folder.verify() else { panic!("a snapshot was changed") };
    assert_eq!(faults[0], Fault::Changed { row: "segment", seq: 3 }, "{said}");
    assert!(said.contains("segment 3 from record"), "{said}");
    assert!(said.contains("the snapshot of segment 3 cannot be read: unknown variant `Walking`"), "{said}");
}

#[test]
fn a_snapshot_of_another_core_is_not_replayed_and_its_checksum_is_looked_at() {
    let folder = three_days(as_it_is);
    folder.tamper().execute("UPDATE segments SET core_version = '0.0.1' WHERE id = 3", []).expect("a row");
    let (Verdict::Faults(faults), said) = folder.verify() else { panic!("a segment was changed") };
    assert_eq!(faults, [Fault::Changed { row: "segment", seq: 3 }], "{said}");
    assert!(said.contains("not replayed: it was made by core 0.0.1"), "{said}");
    assert_eq!(said.matches("the facts are equal").count(), 3, "{said}");
}

#[test]
fn after_lost_records_a_replay_goes_on_with_the_next_snapshot() {
    let folder = Folder::new();
    let queue = Queue::with_records_max(30);
    let mut world = World::begin(EVENING);
    for call in 1..6 {
        world.arrive(call);
        world.hang_up(call);
        queue.append(Batch { records: world.take_records(), ..Batch::default() }, Urgency::AtOnce);
    }
    assert!(queue.lost_records() > 0);
    drop(Journal::open(folder.path()).expect("a journal"));
    let connection = schema::open_for_writing(folder.path()).expect("a journal");
    let mut store = Store::new(connection, folder.path(), OpenCalls::default()).expect("a journal");
    store.begin_segment(&plan(), EVENING).expect("room");
    let mut flush = || {
        let entries = queue.take().expect("entries");
        store.write(&entries).expect("room");
        queue.committed(&entries, Duration::ZERO);
    };
    flush();
    world.arrive(6);
    let snapshot = Some(world.switch());
    queue.append(Batch { records: world.take_records(), snapshot, ..Batch::default() }, Urgency::AtOnce);
    flush();
    world.hang_up(6);
    queue.append(Batch { records: world.take_records(), ..Batch::default() }, Urgency::AtOnce);
    flush();
    drop(store);

    let (verdict, said) = folder.verify();
    let Verdict::Faults(faults) = verdict else { panic!("the gap is a fault: {said}") };
    assert!(matches!(faults[..], [Fault::Lost { .. }]), "{said}");
    assert!(said.contains("up to the lost ones"), "{said}");
    assert!(said.contains("segment 2 from record"), "{said}");
    assert!(said.contains("the facts are equal"), "{said}");
}

#[test]
fn a_snapshot_is_no_life() {
    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    let mut world = World::begin(EVENING);
    world.arrive(1);
    world.hang_up(1);
    let snapshot = Some(world.switch());
    journal.append(Batch { records: world.take_records(), snapshot, ..Batch::default() });
    world.input(Input::NodeStopped);
    let snapshot = Some(world.switch());
    journal.append(Batch { records: world.take_records(), snapshot, ..Batch::default() });
    journal.close().expect("room");
    folder.assert_clean();

    let log = plan_log(folder.path(), EVENING + DAY).expect("a journal");
    assert_eq!(log.plans.len(), 1, "a snapshot with the plan of before says nothing new");
    assert!(log.plans[0].begins_life);
    let (_journal, previous) = folder.start(EVENING + DAY);
    assert!(previous.ended_clean, "the snapshot after the end hides it not");
}

#[test]
fn a_plan_of_a_long_life_is_known_when_its_input_is_gone() {
    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    let mut world = World::begin(EVENING);
    let mut other = plan();
    other.holidays.clear();
    world.input(Input::PlanApplied { plan: Box::new(other.clone()), by: PlanSource::Api, who: None });
    world.arrive(1);
    for _ in 0..4 {
        world.pass(DAY);
        let snapshot = Some(world.switch());
        journal.append(Batch { records: world.take_records(), snapshot, ..Batch::default() });
    }
    journal.close().expect("room");
    remove(&folder, EVENING + 4 * DAY, DAY / 2, 30 * DAY);
    let states: Vec<(u64, bool)> = segments(&folder)
        .into_iter()
        .map(|(id, _, snapshot)| (id, snapshot.contains("09000000001")))
        .collect();
    assert_eq!(
        states,
        [(1, false), (2, false), (4, true), (5, true)],
        "callers go with their inputs, the plan stays"
    );
    let log = plan_log(folder.path(), EVENING).expect("a journal");
    let plans: Vec<_> = log.plans.iter().map(|entry| (entry.begins_life, entry.plan.clone())).collect();
    assert_eq!(plans, [(true, Some(plan())), (false, Some(other))]);
    folder.assert_clean();
}

#[test]
fn a_journal_of_the_version_before_goes_on() {
    let folder = Folder::new();
    folder.live(EVENING, Vec::new());
    let older = "ALTER TABLE facts DROP COLUMN salt; DROP TABLE destructions";
    folder.tamper().execute_batch(older).expect("tables");
    schema::set_meta(&folder.tamper(), "schema_version", 1).expect("a table");
    assert!(schema::open_for_reading(folder.path()).is_err(), "only acd serve brings it on");
    let late = EVENING + DAY;
    folder.live(late, World::day(late, 3..4));
    folder.assert_clean();
}
