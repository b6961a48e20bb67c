//! Opened again, killed, full, locked: what is durable stays, and nothing waits.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acd_core::{Announcement, CallId, CallPhase, CommandSource, Input, LegId, Pii, PromptId, RequestId};

use super::super::queue::{Entry, Queue, Urgency};
use super::super::store::Store;
use super::super::{
    Batch, BatchId, DialogChange, DialogRow, Format, Journal, JournalError, JournalState, Life, OpenCalls,
    Record, Retention, schema, verify,
};
use super::lives::{World, plan, ring, seat};
use super::{EVENING, Folder, batch_of, wait_durable, waker};

const DAY: Duration = Duration::from_secs(86_400);

fn dialog(leg: LegId, local_cseq: u32) -> DialogRow {
    DialogRow {
        leg,
        sip_call_id: b"a84b4c76e66710@192.0.2.1".to_vec(),
        local_tag: b"8321234356".to_vec(),
        remote_tag: Some(b"no UTF-8: \xff".to_vec()),
        local_cseq,
        remote_cseq: Some(101),
        route_set: vec!["<sip:192.0.2.7;lr>".to_owned()],
        remote_target: Pii::new(b"sip:09000000001@192.0.2.1:5060".to_vec()),
        local_uri: Pii::new(b"sip:0770007119@192.0.2.2".to_vec()),
        remote_uri: Pii::new(b"sip:09000000001@192.0.2.1".to_vec()),
        transport: "udp".to_owned(),
        local_address: "192.0.2.2:5060".to_owned(),
        remote_address: "192.0.2.1:5060".to_owned(),
        rtp_port: Some(10_000),
        state: "confirmed".to_owned(),
        updated: EVENING,
    }
}

#[test]
fn a_first_life_finds_nothing_and_a_second_finds_a_clean_end() {
    let folder = Folder::new();
    let (journal, previous) = folder.start(EVENING);
    assert_eq!((previous.last_seq, previous.next_call_id), (0, CallId(1)));
    assert!(previous.ended_clean && previous.open_calls.is_empty() && previous.down_since().is_none());
    let day = World::day(EVENING, 1..4);
    let (len, last) = (day.len() as u64, day.last().expect("records").time);
    journal.append(Batch { records: day, ..Batch::default() });
    journal.close().expect("room");

    let (journal, previous) = folder.start(last);
    assert_eq!((previous.last_seq, previous.next_call_id), (len, CallId(4)));
    assert_eq!(previous.last_record_time, Some(last));
    assert!(previous.ended_clean && previous.open_calls.is_empty());
    journal.close().expect("room");
    folder.assert_clean();
}

#[test]
fn a_life_that_did_not_end_leaves_its_calls_and_dialogs_open() {
    let folder = Folder::new();
    let mut world = World::begin(EVENING);
    world.arrive(1);
    world.arrive(2);
    world.hang_up(1);
    let (journal, _) = folder.start(EVENING);
    let records = world.records();
    let last = records.last().expect("records").time;
    let (caller, nurse) = (LegId::Caller(CallId(2)), LegId::Seat(ring(2, 1)));
    let dialogs = vec![
        DialogChange::Put(Box::new(dialog(LegId::Caller(CallId(1)), 1))),
        DialogChange::Put(Box::new(dialog(caller, 1))),
        DialogChange::Put(Box::new(dialog(nurse, 1))),
        DialogChange::Put(Box::new(dialog(nurse, 2))),
        DialogChange::Closed { leg: LegId::Caller(CallId(1)), at: last },
    ];
    journal.append(Batch { records, dialogs, snapshot: None });
    journal.close().expect("room");

    let (_journal, previous) = folder.start(last);
    assert_eq!(previous.down_since(), Some(last));
    assert_eq!(previous.open_dialogs, vec![dialog(caller, 1), dialog(nurse, 2)]);
    let [open] = &previous.open_calls[..] else { panic!("one call is open: {:?}", previous.open_calls) };
    assert_eq!((open.call, open.phase, open.answered), (CallId(2), CallPhase::Talking, true));
    assert_eq!((open.ring, open.seat), (Some(ring(2, 1)), Some(seat("seat102"))));
    assert_eq!(open.recording.as_ref().map(|it| &*it.file), Some("shiga/2.wav"));
}

#[test]
fn a_call_that_is_open_over_thousands_of_facts_is_still_found() {
    let folder = Folder::new();
    let mut world = World::begin(EVENING);
    world.arrive(1);
    for call in 2..300 {
        world.arrive(call);
        world.hang_up(call);
    }
    folder.live(EVENING, world.records());
    let noted = schema::meta(&folder.tamper(), "open_calls_from").expect("a table");
    let admitted: i64 = folder
        .tamper()
        .query_row("SELECT seq FROM facts WHERE call = 1 AND fact = 'call_admitted'", [], |row| row.get(0))
        .expect("a fact");
    assert_eq!(noted, Some(admitted));
    let (_journal, previous) = folder.start(EVENING + Duration::from_secs(60));
    assert_eq!(previous.open_calls.iter().map(|open| open.call).collect::<Vec<_>>(), vec![CallId(1)]);
}

#[test]
fn emergency_guidance_outlives_the_process_that_was_told_of_it() {
    let folder = Folder::new();
    let known = |_| true;
    let mut world = World::begin(EVENING);
    let mut command = |tenant: &str, prompt: Option<&str>| {
        world.input(Input::GuidanceCommanded {
            tenant: tenant.parse().expect("a name"),
            prompt: prompt.map(|it| it.parse().expect("a name")),
            source: CommandSource::Api,
            request: RequestId(7),
        });
    };
    command("shiga", Some("quake"));
    command("shiga", Some("flood"));
    command("nobody", Some("flood"));
    folder.live(EVENING, world.records());

    // R-G4: the next life begins with it, and the first caller hears it.
    let (journal, previous) = folder.start(EVENING + DAY);
    let commands = previous.guidance_commands(known);
    let mut world = World::begin_with(EVENING + DAY, commands);
    world.arrive(1);
    let flood = Announcement::Once(PromptId::new("flood").expect("a name"));
    assert!(world.heard().contains(&flood), "{:?}", world.heard());
    journal.append(Batch { records: world.take_records(), ..Batch::default() });
    journal.close().expect("room");
    folder.assert_clean();

    // Each life hands it on to the next, a prompt that is gone is not played, and what was taken away stays so.
    let (journal, previous) = folder.start(EVENING + 2 * DAY);
    assert_eq!(previous.guidance_commands(|_| false), []);
    let mut world = World::begin_with(EVENING + 2 * DAY, previous.guidance_commands(known));
    world.input(Input::GuidanceCommanded {
        tenant: "shiga".parse().expect("a name"),
        prompt: None,
        source: CommandSource::Api,
        request: RequestId(7),
    });
    journal.append(Batch { records: world.records(), ..Batch::default() });
    journal.close().expect("room");
    let (_journal, previous) = folder.start(EVENING + 3 * DAY);
    assert_eq!(previous.guidance_commands(known), []);
}

#[test]
fn a_second_process_is_refused_the_folder_and_told_who_has_it() {
    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    let error = Journal::open(folder.path()).err().expect("an error");
    assert!(matches!(error, JournalError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    journal.close().expect("room");
    assert!(Journal::open(folder.path()).is_ok(), "free again");
}

#[test]
fn a_newer_journal_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..2));
    schema::set_meta(&folder.tamper(), "schema_version", 5).expect("a table");
    for error in [
        Journal::open(folder.path()).map(|_| ()).expect_err("newer"),
        verify(folder.path(), Format::Text, &mut Vec::new()).map(|_| ()).expect_err("newer"),
    ] {
        assert!(matches!(error, JournalError::Newer { found: 5, known: 4, .. }), "{error}");
        assert!(error.to_string().contains("use a newer acd"), "{error}");
    }
}

/// The child of the test below: writes until it is killed, and says what is durable.
fn write_until_killed(dir: &std::path::Path) -> ! {
    let (wake, woken) = waker();
    let (opened, _) = Journal::open(dir).expect("a journal");
    let life = Life { plan: &plan(), at: EVENING, retention: Retention::default(), wake };
    let journal = opened.start(life).expect("a writer");
    let mut world = World::begin(EVENING);
    let mut written = 0;
    for call in 1.. {
        world.arrive(call);
        if call > 1 {
            world.hang_up(call - 1);
        }
        let records = world.take_records();
        written += records.len();
        let batch = journal.append(Batch { records, ..Batch::default() });
        wait_durable(&journal, &woken, batch);
        println!("durable {written}");
    }
    unreachable!("there are more calls than time")
}

#[test]
fn what_was_durable_when_the_process_was_killed_is_there_and_clean() {
    const CHILD: &str = "ACD_TEST_JOURNAL_CHILD";
    if let Some(dir) = std::env::var_os(CHILD) {
        write_until_killed(dir.as_ref());
    }
    let folder = Folder::new();
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "--nocapture"])
        .arg("journal::tests::durability::what_was_durable_when_the_process_was_killed_is_there_and_clean")
        .env(CHILD, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test as a child");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let durable = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("durable ")?.parse::<u64>().ok())
        .nth(50)
        .expect("the child writes");
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");

    folder.assert_clean();
    let (journal, previous) = folder.start(EVENING + Duration::from_secs(3_600));
    assert!(previous.last_seq >= durable, "{} of {durable} durable records", previous.last_seq);
    assert!(!previous.ended_clean);
    assert_eq!(previous.open_calls.len(), 1, "{:?}", previous.open_calls);
    journal.close().expect("room");
    folder.assert_clean();
}

#[test]
fn a_full_disk_fails_the_commit_whole_and_it_can_be_tried_again() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..2));
    let connection = schema::open_for_writing(folder.path()).expect("a journal");
    let mut store = Store::new(connection, folder.path(), OpenCalls::default()).expect("a journal");
    let start = EVENING + Duration::from_secs(60);
    store.begin_segment(&plan(), start).expect("room");
    let entries =
        vec![Entry::Batch(BatchId(1), Batch { records: World::day(start, 2..200), ..Batch::default() })];
    let pages = |store: &mut Store, max: i64| {
        store.connection().pragma_update(None, "max_page_count", max).expect("a pragma");
    };
    pages(&mut store, 1);
    let error = store.write(&entries).expect_err("a full disk");
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull), "{error}");
    pages(&mut store, i64::from(u32::MAX - 1));
    store.write(&entries).expect("room again");
    drop(store);
    folder.assert_clean();
}

#[test]
fn while_the_file_is_locked_nothing_waits_and_afterwards_nothing_is_missing() {
    let folder = Folder::new();
    let (wake, woken) = waker();
    let journal = folder.start_with(EVENING, Retention::default(), wake);
    let intruder = folder.tamper();
    intruder.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let day = World::day(EVENING, 1..20);
    let mut last = BatchId(0);
    for record in day {
        last = journal.append(batch_of(record));
    }
    woken.recv_timeout(Duration::from_secs(60)).expect("the loop is woken by the failure");
    assert_eq!(journal.state(), JournalState::Degraded);
    assert_eq!(journal.durable(), BatchId(0));
    intruder.execute_batch("ROLLBACK").expect("the lock is free");
    wait_durable(&journal, &woken, last);
    assert_eq!(journal.state(), JournalState::Healthy);
    assert!(journal.metrics().failures > 0);
    journal.close().expect("room");
    folder.assert_clean();
}

#[test]
fn what_nothing_waits_for_is_written_too_and_in_its_place() {
    let queue = Queue::new();
    let mut day = World::day(EVENING, 1..4).into_iter();
    let mut next = || batch_of(day.next().expect("a day has four records"));
    let alone = queue.append(next(), Urgency::Soon);
    let entries = queue.take().expect("not closed");
    assert_eq!(entries.len(), 1);
    queue.committed(&entries, Duration::ZERO);
    assert_eq!(queue.durable(), alone);

    queue.append(next(), Urgency::Soon);
    queue.append(next(), Urgency::AtOnce);
    let last = queue.append(next(), Urgency::Soon);
    let entries = queue.take().expect("not closed");
    assert_eq!(entries.len(), 3);
    queue.committed(&entries, Duration::ZERO);
    assert_eq!(queue.durable(), last);
    queue.close();
    assert!(queue.take().is_none());
}

#[test]
fn a_full_queue_loses_records_and_states_the_gap() {
    let folder = Folder::new();
    let day = World::day(EVENING, 1..4);
    let queue = Queue::with_records_max(10);
    let leg = LegId::Caller(CallId(9));
    for record in day.iter().cloned() {
        queue.append(batch_of(record), Urgency::AtOnce);
    }
    let put = DialogChange::Put(Box::new(dialog(leg, 7)));
    let late =
        Record { time: EVENING + Duration::from_secs(60), input: Input::TimePassed, facts: Vec::new() };
    let id = queue.append(Batch { records: vec![late], dialogs: vec![put], snapshot: None }, Urgency::AtOnce);
    let lost = queue.metrics().lost_records;
    assert_eq!(lost, day.len() as u64 + 1 - 10);

    drop(Journal::open(folder.path()).expect("a journal"));
    let connection = schema::open_for_writing(folder.path()).expect("a journal");
    let mut store = Store::new(connection, folder.path(), OpenCalls::default()).expect("a journal");
    store.begin_segment(&plan(), EVENING).expect("room");
    let entries = queue.take().expect("entries");
    store.write(&entries).expect("room");
    queue.committed(&entries, Duration::ZERO);
    assert_eq!(queue.durable(), id);
    assert_eq!(queue.metrics().queued_records, 0);
    drop(store);

    let (verdict, said) = folder.verify();
    let super::Verdict::Faults(faults) = verdict else { panic!("the gap is a fault: {said}") };
    assert_eq!(faults.len(), 1, "{said}");
    assert!(said.contains("record 11 states that records were lost"), "{said}");
    assert!(said.contains(&format!("\"records\":{lost}")), "{said}");
    assert!(said.contains("10 records replayed, up to the lost ones"), "{said}");
    let (_journal, previous) = folder.start(EVENING + Duration::from_secs(120));
    assert_eq!(previous.open_dialogs, vec![dialog(leg, 7)], "dialogs are not lost");
}

#[test]
fn past_the_retention_rows_go_and_the_rest_says_where_it_begins() {
    let folder = Folder::new();
    let month = Duration::from_secs(30 * 86_400);
    folder.live(EVENING, World::day(EVENING, 1..200));
    let later = EVENING + month;
    let retention = Retention { inputs: month / 4, facts: Some(month / 2) };
    let (wake, woken) = waker();
    let journal = folder.start_with(later, retention, wake);
    let day = World::day(later, 200..203);
    let (first, last) = (day.len() as u64, journal.append(Batch { records: day, ..Batch::default() }));
    wait_durable(&journal, &woken, last);
    journal.close().expect("room");

    let kept: u64 =
        folder.tamper().query_row("SELECT count(*) FROM records", [], |row| row.get(0)).expect("a table");
    assert_eq!(kept, first, "only the second day is left");
    let (verdict, said) = folder.verify();
    assert_eq!(verdict, super::Verdict::Clean, "{said}");
    assert!(said.contains("what came before is past its retention"), "{said}");
    assert!(
        said.contains("segment 1 from record 1: not replayed: its beginning is past its retention"),
        "{said}"
    );
    let (_journal, previous) = folder.start(later + Duration::from_secs(60));
    assert_eq!(previous.next_call_id, CallId(203), "no number is used twice");
}

#[test]
fn a_call_number_is_not_used_again_when_its_facts_are_gone() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..300));
    let now = EVENING + Duration::from_secs(86_400);
    folder.live(now, Vec::new());
    let mut connection = folder.tamper();
    let retention = Retention { inputs: Duration::ZERO, facts: Some(Duration::ZERO) };
    while super::super::retention::remove(&mut connection, now, retention).expect("a journal") {}
    let facts: u64 =
        connection.query_row("SELECT count(*) FROM facts", [], |row| row.get(0)).expect("a table");
    assert!(facts < 10, "{facts} facts are left");
    drop(connection);
    let (_journal, previous) = folder.start(now);
    assert_eq!(previous.next_call_id, CallId(300));
    assert_eq!(previous.last_record_time.map(|time| time > EVENING), Some(true), "the last record stays");
}

/// However few facts there are: where the oldest open call begins is known at each start.
#[test]
fn a_quiet_switch_keeps_no_fact_past_its_time() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..10));
    let now = EVENING + Duration::from_secs(86_400);
    folder.live(now, Vec::new());
    let mut connection = folder.tamper();
    let retention = Retention { inputs: Duration::ZERO, facts: Some(Duration::ZERO) };
    while super::super::retention::remove(&mut connection, now, retention).expect("a journal") {}
    let of_calls: u64 = connection
        .query_row("SELECT count(*) FROM facts WHERE call IS NOT NULL", [], |row| row.get(0))
        .expect("a table");
    assert_eq!(of_calls, 0);
}

/// R-A14: where a client's reports decide, age takes nothing.
#[test]
fn no_fact_goes_by_its_age_where_reports_decide() {
    let folder = Folder::new();
    folder.live(EVENING, World::day(EVENING, 1..300));
    let later = EVENING + Duration::from_secs(29 * 86_400);
    folder.live(later, Vec::new());
    let mut connection = folder.tamper();
    let facts = |connection: &rusqlite::Connection| -> u64 {
        connection
            .query_row("SELECT count(*) FROM facts WHERE call IS NOT NULL", [], |row| row.get(0))
            .expect("a table")
    };
    let before = facts(&connection);
    for (age, left) in [(None, before), (Some(Duration::ZERO), 0)] {
        let retention = Retention { inputs: Duration::ZERO, facts: age };
        while super::super::retention::remove(&mut connection, later, retention).expect("a journal") {}
        assert_eq!(facts(&connection), left, "{age:?}");
    }
    assert!(before > 0);
}

#[cfg(unix)]
#[test]
fn the_journal_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("journal.db") {
            let mode = entry.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name:?} has mode {mode:o}");
        }
    }
    let mode = std::fs::metadata(folder.path()).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o077, 0, "the folder has mode {mode:o}");
    journal.close().expect("room");
}

#[test]
fn closed_dialogs_go_with_the_inputs_and_open_ones_stay() {
    let folder = Folder::new();
    let (journal, _) = folder.start(EVENING);
    let (ended, open) = (LegId::Caller(CallId(1)), LegId::Caller(CallId(2)));
    let dialogs = vec![
        DialogChange::Put(Box::new(dialog(ended, 1))),
        DialogChange::Put(Box::new(dialog(open, 1))),
        DialogChange::Closed { leg: ended, at: EVENING },
    ];
    journal.append(Batch { dialogs, ..Batch::default() });
    journal.close().expect("room");
    let mut connection = folder.tamper();
    let retention = Retention { inputs: Duration::from_secs(60), facts: Some(Duration::from_secs(60)) };
    let legs = |connection: &rusqlite::Connection| -> Vec<u64> {
        connection
            .prepare("SELECT call FROM dialogs ORDER BY call")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .expect("a table")
    };
    for (passed_s, left) in [(60, vec![1, 2]), (61, vec![2])] {
        let now = EVENING + Duration::from_secs(passed_s);
        while super::super::retention::remove(&mut connection, now, retention).expect("a journal") {}
        assert_eq!(legs(&connection), left, "after {passed_s} s");
    }
}

/// A figure for the reader of the log, and a bound that only a machine without a disk would miss.
#[test]
fn twenty_thousand_records_are_written_in_batches() {
    const RECORDS: usize = 20_000;
    let folder = Folder::new();
    let mut world = World::begin(EVENING);
    let mut records = Vec::new();
    for call in 1.. {
        world.arrive(call);
        world.hang_up(call);
        records.append(&mut world.take_records());
        if records.len() >= RECORDS {
            break;
        }
    }
    let facts: usize = records.iter().map(|record| record.facts.len()).sum();
    let (wake, woken) = waker();
    let journal = folder.start_with(EVENING, Retention::default(), wake);
    let started = Instant::now();
    let count = records.len();
    let mut last = BatchId(0);
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let batch = Batch { records: records.by_ref().take(50).collect(), ..Batch::default() };
        last = journal.append(batch);
    }
    let appended = started.elapsed();
    wait_durable(&journal, &woken, last);
    let took = started.elapsed();
    let commits = journal.metrics();
    println!(
        "{count} records with {facts} facts in {took:?}: {:.0} records/s; {} commits, slowest {:?}; appending took {appended:?}",
        count as f64 / took.as_secs_f64(),
        commits.commits,
        commits.max_commit,
    );
    let mut singles: Vec<_> = (0..100)
        .map(|_| {
            let time = EVENING + Duration::from_secs(86_400);
            let record = Record { time, input: Input::TimePassed, facts: Vec::new() };
            wait_durable(&journal, &woken, journal.append(batch_of(record)));
            journal.metrics().last_commit
        })
        .collect();
    singles.sort();
    println!("a commit of one record: median {:?}, slowest {:?}", singles[50], singles[99]);
    assert_eq!(commits.records, count as u64);
    assert_eq!(commits.queued_records, 0);
}
