//! R-A14: the facts of one client go, on real files, and everybody else's stand in a chain that verifies.

use std::fs;
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{CallId, DialledNumber, TenantId, Timestamp};

use super::super::{
    Batch, FactReader, Fault, Journal, Life, Page, Record, Retention, Verdict, destroy, destroyable,
    destructions, retention, schema,
};
use super::lives::{World, plan};
use super::{EVENING, Folder};

const DAY: Duration = Duration::from_secs(86_400);
const WHY: &str = "last report accepted on 2026-12-01";

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).expect("a name")
}

/// The tests' client and another one, served by the same seats.
fn two_clients() -> Plan {
    let mut plan = plan();
    let mut kyoto = plan.tenants[&tenant("shiga")].clone();
    let number = kyoto.numbers.pop_first().expect("a number").1;
    kyoto.numbers.insert(DialledNumber::new("0750007119").expect("a number"), number);
    plan.tenants.insert(tenant("kyoto"), kyoto);
    for seat in plan.seats.values_mut() {
        seat.serves.insert(tenant("kyoto"), 1);
    }
    plan
}

/// Who calls: even calls are Kyoto's.
fn caller(call: u64) -> String {
    if call.is_multiple_of(2) { format!("0901111{call:04}") } else { format!("0902222{call:04}") }
}

fn day(at: Timestamp, calls: std::ops::Range<u64>) -> Vec<Record> {
    let mut world = World::begin_planned(two_clients(), at, Vec::new());
    for call in calls {
        let dialled = if call.is_multiple_of(2) { "0750007119" } else { "0770007119" };
        world.arrive_from(call, dialled, &caller(call));
        world.pass(Duration::from_secs(6));
        world.hang_up(call);
    }
    world.input(acd_core::Input::NodeStopped);
    world.records()
}

fn live(folder: &Folder, at: Timestamp, records: Vec<Record>) {
    let (opened, _) = Journal::open(folder.path()).expect("a journal");
    let life = Life { plan: &two_clients(), at, retention: Retention::default(), wake: Box::new(|| ()) };
    let journal = opened.start(life).expect("a writer");
    journal.append(Batch { records, ..Batch::default() });
    journal.close().expect("a disk with room");
}

/// Calls 1 to 39, a month later calls 40 to 49; the inputs of the first day are past their retention.
fn two_days() -> Folder {
    let folder = Folder::new();
    live(&folder, EVENING, day(EVENING, 1..40));
    let later = EVENING + DAY * 30;
    live(&folder, later, day(later, 40..50));
    let mut connection = schema::open_for_writing(folder.path()).expect("a journal");
    let week = Retention { inputs: DAY * 7, ..Retention::default() };
    while retention::remove(&mut connection, later, week).expect("a journal") {}
    folder
}

fn numbers_in(folder: &Folder) -> impl Fn(u64) -> bool + use<> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder.path()).expect("a folder") {
        bytes.extend(fs::read(entry.expect("an entry").path()).expect("a file"));
    }
    move |call| bytes.windows(11).any(|it| it == caller(call).as_bytes())
}

fn facts(folder: &Folder) -> Vec<u64> {
    let reader = FactReader::open(folder.path()).expect("a journal");
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        // Small pages: whole ones lie within what is gone.
        let Page::Facts(page) = reader.page(after, 3).expect("a journal") else {
            panic!("nothing was cut off")
        };
        let Some(last) = page.last() else { return all };
        after = last.seq;
        all.extend(page.iter().map(|it| it.seq));
    }
}

fn chain_end(said: &str) -> String {
    said.split("the chain ends in ").nth(1).expect("an end")[..64].to_owned()
}

#[test]
fn one_clients_facts_go_and_the_chain_of_the_others_stands() {
    let folder = two_days();
    let (verdict, said) = folder.verify();
    assert_eq!(verdict, Verdict::Clean, "{said}");
    let (end, before) = (chain_end(&said), facts(&folder));
    assert!((1..50).all(|call| numbers_in(&folder)(call)), "all numbers are there");

    let may = destroyable(folder.path(), tenant("kyoto"), EVENING + DAY).expect("a journal");
    assert_eq!(may.calls, 19, "calls 2 to 38");
    assert_eq!(facts(&folder), before, "to ask changes nothing");
    let at = EVENING + DAY * 31;
    let gone = destroy(folder.path(), tenant("kyoto"), EVENING + DAY, WHY, at).expect("a journal");
    assert_eq!(gone, may);

    let has_number = numbers_in(&folder);
    let left: Vec<u64> = (1..50).filter(|call| has_number(*call)).collect();
    let expected: Vec<u64> = (1..50).filter(|call| call % 2 == 1 || *call >= 40).collect();
    assert_eq!(left, expected, "in no file, not even in free pages");
    assert_eq!(facts(&folder).len() as u64, before.len() as u64 - gone.facts);

    let (verdict, said) = folder.verify();
    assert_eq!(verdict, Verdict::Clean, "{said}");
    assert_eq!(chain_end(&said), end, "the end that was kept elsewhere still proves the rest");
    let stated = format!("destruction 1: {} facts of kyoto before 2026-11-22T18:00:00.000+09:00", gone.facts);
    assert!(said.contains(&stated) && said.contains(WHY), "{said}");
    assert!(said.contains("of 2026-12-21T18:00:00.000+09:00 on"), "from when on replay is possible: {said}");
    let all = destructions(folder.path()).expect("a journal");
    assert_eq!((all.len(), all[0].at, all[0].extent), (1, at, gone));

    let again = destroy(folder.path(), tenant("kyoto"), EVENING + DAY, WHY, at).expect("a journal");
    assert_eq!(again.facts, 0, "what is gone is gone");
    let (_journal, previous) = folder.start(EVENING + DAY * 32);
    assert_eq!(previous.next_call_id, CallId(50));
    assert!(previous.open_calls.is_empty());
}

/// What the content was cannot be found by hashing all numbers there are: the salt is gone too.
#[test]
fn what_is_destroyed_leaves_neither_salt_nor_content() {
    let folder = two_days();
    destroy(folder.path(), tenant("kyoto"), EVENING + DAY, WHY, EVENING).expect("a journal");
    let connection = folder.tamper();
    let count = |what: &str| -> u64 {
        connection
            .query_row(&format!("SELECT count(*) FROM facts WHERE {what}"), [], |row| row.get(0))
            .expect("a table")
    };
    assert!(count("fact = 'destroyed'") > 100);
    assert_eq!(
        count("fact = 'destroyed' AND (salt IS NOT NULL OR call IS NOT NULL OR tenant IS NOT NULL)"),
        0
    );
    assert_eq!(count("fact = 'destroyed' AND json <> '{\"fact\":\"destroyed\",\"destruction\":1}'"), 0);
    assert_eq!(count("fact <> 'destroyed' AND length(salt) <> 32"), 0);
    let salts: u64 = connection
        .query_row("SELECT count(DISTINCT salt) = count(salt) FROM facts", [], |row| row.get(0))
        .expect("a table");
    assert_eq!(salts, 1, "each has its own");
}

/// What can be replayed stays so: a fact whose input is kept is not destroyed, whatever the plan says.
#[test]
fn facts_whose_inputs_are_kept_stay() {
    let folder = Folder::new();
    live(&folder, EVENING, day(EVENING, 1..20));
    let far = EVENING + DAY * 9_999;
    assert_eq!(destroyable(folder.path(), tenant("kyoto"), far).expect("a journal").facts, 0);
    let folder = two_days();
    let gone = destroy(folder.path(), tenant("kyoto"), far, WHY, far).expect("a journal");
    assert_eq!(gone.calls, 19, "those of the second day stay");
    folder.assert_clean();
}

#[test]
fn who_empties_a_row_by_hand_is_found() {
    let folder = two_days();
    destroy(folder.path(), tenant("kyoto"), EVENING + DAY, WHY, EVENING).expect("a journal");
    let connection = folder.tamper();
    let change = |sql: &str| connection.execute_batch(sql).expect("a table");
    let empty = "fact = 'destroyed', call = NULL, tenant = NULL, seat = NULL, salt = NULL";
    let victim: u64 = connection
        .query_row("SELECT min(seq) FROM facts WHERE fact = 'call_admitted'", [], |row| row.get(0))
        .expect("a call");
    // As one of a destruction that there is not.
    change(&format!(
        "UPDATE facts SET {empty}, json = '{{\"fact\":\"destroyed\",\"destruction\":2}}' WHERE seq = {victim}"
    ));
    let expected = Fault::DestructionUnstated { fact: victim };
    let Verdict::Faults(faults) = folder.verify().0 else { panic!("the row is empty") };
    assert_eq!(faults, [expected]);
    // As one more of a destruction that there is.
    change(&format!(
        "UPDATE facts SET json = '{{\"fact\":\"destroyed\",\"destruction\":1}}' WHERE seq = {victim}"
    ));
    let stated = destructions(folder.path()).expect("a journal")[0].extent.facts;
    let Verdict::Faults(faults) = folder.verify().0 else { panic!("there is one too many") };
    assert_eq!(faults, [Fault::DestructionDiffers { destruction: 1, stated, found: stated + 1 }]);
    // As a row whose input still stands.
    let kept: u64 = connection.query_row("SELECT max(seq) FROM facts", [], |row| row.get(0)).expect("a fact");
    change(&format!(
        "UPDATE facts SET {empty}, json = '{{\"fact\":\"destroyed\",\"destruction\":1}}' WHERE seq = {kept};
         UPDATE destructions SET facts = facts + 1"
    ));
    let Verdict::Faults(faults) = folder.verify().0 else { panic!("its record stands") };
    assert!(faults.contains(&Fault::DestructionUnstated { fact: kept }), "{faults:?}");
}
