//! The folds over hand-made facts, and a thread that misses some.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, DialledNumber, Input, LineUse, Outcome, Pii, RingEnd,
    RingId, SeatId, TalkEnd, TenantId, Timestamp, TrunkId,
};
use reports::accounting::HandledBy;

use super::{Day, Life, MachineFigures, NodeState, Observer, Rate};
use crate::journal::{Batch, Journal, Record, Retention};
use crate::limits::OBSERVER_QUEUE_MAX;
use crate::plan::PlanFile;

/// 2026-11-21T23:59:00+09:00: an edge of hour and day is near.
const LATE: Timestamp = Timestamp::from_millis(1_795_273_140_000);

const TOKYO: i32 = 540;

fn after(seconds: u64) -> Timestamp {
    LATE + Duration::from_secs(seconds)
}

fn shiga() -> TenantId {
    TenantId::new("shiga").expect("a name")
}

fn ring(call: u64) -> RingId {
    RingId { call: CallId(call), attempt: 1 }
}

fn seat() -> SeatId {
    SeatId::new("seat101").expect("a name")
}

fn admitted_as(call: u64, test: bool, closed: bool) -> CallEvent {
    CallEvent::CallAdmitted {
        call: CallId(call),
        tenant: shiga(),
        trunk: TrunkId::new("carrier").expect("a name"),
        dialled: DialledNumber::new("0770007119").expect("a name"),
        caller: CallerIdentity::Number(Pii::new("0751234567".to_owned())),
        test,
        closed,
        lines_in_use: 1,
        capacity: 3,
    }
}

fn admitted(call: u64) -> CallEvent {
    admitted_as(call, false, false)
}

fn answered(call: u64) -> CallEvent {
    CallEvent::CallAnswered { ring: ring(call), seat: seat() }
}

fn ended(call: u64, outcome: Outcome) -> CallEvent {
    CallEvent::CallEnded {
        call: CallId(call),
        tenant: shiga(),
        outcome,
        phase: CallPhase::Talking,
        end: None,
    }
}

fn queued(call: u64, since: Timestamp, put_back: bool) -> CallEvent {
    CallEvent::CallerQueued {
        call: CallId(call),
        tenant: shiga(),
        skill: None,
        since,
        put_back,
        awaits_adviser: false,
    }
}

#[test]
fn an_answer_counts_in_the_hour_of_admission() {
    let mut day = Day::new(TOKYO);
    day.apply(LATE, &admitted(1));
    day.apply(LATE, &admitted(2));
    day.apply(after(30), &answered(1));
    assert_eq!(day.this_hour(shiga(), HandledBy::AnySeat), Rate { offered: 2, handled: 1 });
    // 0:00:10: a new hour and a new day; the second call was offered yesterday, and its answer counts there.
    day.apply(after(70), &answered(2));
    assert_eq!(
        (day.this_hour(shiga(), HandledBy::AnySeat), day.today(shiga(), HandledBy::AnySeat)),
        (Rate::default(), Rate::default())
    );
    day.apply(after(71), &admitted(3));
    day.pass(after(70 + 3_600));
    assert_eq!(day.this_hour(shiga(), HandledBy::AnySeat), Rate::default());
    assert_eq!(day.today(shiga(), HandledBy::AnySeat), Rate { offered: 1, handled: 0 });
    assert_eq!(day.today(shiga(), HandledBy::AnySeat).ratio(), Some(0.0));
    assert_eq!(day.this_hour(shiga(), HandledBy::AnySeat).ratio(), None, "no call offered: no rate");
}

#[test]
fn rehearsals_and_calls_outside_hours_are_in_no_rate_and_a_call_is_handled_once() {
    let mut day = Day::new(TOKYO);
    for (call, test, closed) in [(1, true, false), (2, false, true), (3, false, false)] {
        day.apply(LATE, &admitted_as(call, test, closed));
        day.apply(LATE, &answered(call));
        // Put back after a lost seat, and answered again.
        day.apply(LATE, &answered(call));
        day.apply(LATE, &ended(call, Outcome::Answered));
    }
    assert_eq!(day.today(shiga(), HandledBy::AnySeat), Rate { offered: 1, handled: 1 });
}

/// R-A2: of four callers whom reception answered one reaches an adviser, one gives up, one is lost by us and one by reception
/// first. To a client who counts by the final skill only the first is handled.
#[test]
fn who_reaches_no_adviser_is_handled_by_any_seat_and_not_by_the_final_skill() {
    let mut day = Day::new(TOKYO);
    let ring = |call| RingId { call: CallId(call), attempt: 1 };
    let seat = SeatId::new("seat101").unwrap();
    let queued = |call, put_back| CallEvent::CallerQueued {
        call: CallId(call),
        tenant: shiga(),
        skill: None,
        since: LATE,
        put_back,
        awaits_adviser: true,
    };
    let handed_over = |call| CallEvent::TalkEnded { ring: ring(call), seat, end: TalkEnd::HandedOver };
    for call in 1..=4 {
        day.apply(LATE, &admitted(call));
        day.apply(LATE, &answered(call));
    }
    for call in 1..=3 {
        day.apply(LATE, &handed_over(call));
        day.apply(LATE, &queued(call, false));
    }
    day.apply(LATE, &queued(4, true));
    day.apply(LATE, &answered(1));
    let rates =
        |day: &Day| [HandledBy::AnySeat, HandledBy::FinalSkill].map(|by| day.today(shiga(), by).handled);
    assert_eq!(rates(&day), [4, 4], "nobody is lost yet");
    for (call, outcome) in [
        (1, Outcome::Answered),
        (2, Outcome::AbandonedAfterReception),
        (3, Outcome::Answered),
        (4, Outcome::AbandonedAfterReception),
    ] {
        day.apply(LATE, &ended(call, outcome));
    }
    assert_eq!(rates(&day), [4, 1]);
}

#[test]
fn blockage_is_summed_to_the_millisecond_and_ends_with_the_life() {
    let mut life = Life::default();
    let started = CallEvent::BlockageStarted { tenant: shiga(), lines: LineUse::default(), lent: 0 };
    let at = |millis| LATE + Duration::from_millis(millis);
    life.apply(LATE, &CallEvent::NodeStarted);
    life.apply(LATE, &started);
    assert_eq!(life.tenants[&shiga()].blockage.total(at(1_500)), Duration::from_millis(1_500));
    life.apply(at(2_001), &CallEvent::BlockageEnded { tenant: shiga() });
    life.apply(at(3_000), &started);
    life.apply(at(3_004), &CallEvent::NodeStopped);
    let blockage = life.tenants[&shiga()].blockage;
    assert_eq!((blockage.total(at(9_999)), blockage.is_open()), (Duration::from_millis(2_005), false));
    assert_eq!((life.state, life.started), (NodeState::Stopped, Some(LATE)));
}

#[test]
fn a_clean_stop_is_an_outage_of_the_next_life_and_of_no_other() {
    let mut life = Life::default();
    // Stopped and started again, and stopped again: only the second stop is what this life ended.
    for (seconds, fact) in
        [(0, CallEvent::NodeStopped), (100, CallEvent::NodeStarted), (200, CallEvent::NodeStopped)]
    {
        life.apply_past(after(seconds), &fact);
    }
    life.apply(after(230), &CallEvent::NodeStarted);
    assert_eq!((life.stopped, life.crash), (Duration::from_secs(30), Duration::ZERO));
    life.apply(after(300), &CallEvent::DrainStarted);
    assert_eq!(life.drain.total(after(310)), Duration::from_secs(10));
    life.apply(after(320), &CallEvent::NodeStopped);
    assert_eq!(life.drain.total(after(999)), Duration::from_secs(20), "from there on it is stopped");
    assert_eq!(life.stopped, Duration::from_secs(30));
}

#[test]
fn a_wait_ends_with_the_first_answer_and_rehearsals_have_no_outcome() {
    let mut life = Life::default();
    life.apply(LATE, &admitted(1));
    life.apply(LATE, &queued(1, LATE, false));
    life.apply(after(7), &answered(1));
    life.apply(after(9), &queued(1, LATE, true));
    life.apply(after(20), &answered(1));
    life.apply(after(30), &ended(1, Outcome::Answered));
    life.apply(LATE, &admitted_as(2, true, false));
    life.apply(after(40), &ended(2, Outcome::Answered));
    let tenant = &life.tenants[&shiga()];
    assert_eq!((tenant.answer_waits.count(), tenant.offered), (1, 1));
    assert!((tenant.answer_waits.sum_seconds() - 7.0).abs() < 1e-9);
    assert_eq!(tenant.ended.get(&Outcome::Answered), Some(&1));
    life.apply(LATE, &CallEvent::RingEnded { ring: ring(1), seat: seat(), end: RingEnd::CallerGone });
    assert_eq!(life.rings.get("caller_gone"), Some(&1));
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that a test never made is no failure of the test.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_found_no_room_is_read_from_the_journal() {
    let folder = Folder(std::env::temp_dir().join(format!("acd-observer-{}", std::process::id())));
    let plan = PlanFile::built_in();
    let (wake, woken) = mpsc::channel();
    let (opened, _) = Journal::open(&folder.0).expect("a journal");
    let journal = opened
        .start(crate::journal::Life {
            plan: &plan.core,
            at: LATE,
            retention: Retention::default(),
            wake: Box::new(move || wake.send(()).unwrap_or_default()),
        })
        .expect("a writer");
    let (mut observer, thread) = Observer::start(&folder.0, Arc::new(plan)).expect("a thread");
    let shared = Arc::clone(observer.shared());
    let mut numbers = shared.last_seq();

    // The thread is held up, so that the queue runs full; the loop goes on.
    let held = shared.view();
    let calls = OBSERVER_QUEUE_MAX as u64 + 500;
    let mut last = crate::journal::BatchId(0);
    for call in 1..=calls {
        let facts = vec![admitted(call)];
        observer.facts(LATE, &facts);
        let record = Record { time: LATE, input: Input::TimePassed, facts };
        last = journal.append(Batch { records: vec![record], ..Batch::default() });
    }
    assert!(observer.missed() >= 498, "the queue took all but {}", observer.missed());
    drop(held);
    while journal.durable() < last {
        woken.recv_timeout(Duration::from_secs(60)).expect("the journal wakes");
    }

    // Until there is room again: figures that find none say nothing.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let caught_up = async {
            while *numbers.borrow_and_update() < calls {
                observer.machine(LATE, MachineFigures::default());
                if numbers.has_changed().expect("a thread") {
                    continue;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), caught_up).await.expect("the thread catches up");
    });
    let view = shared.view();
    assert_eq!(view.board.calls_in_progress() as u64, calls);
    assert_eq!(view.life.tenants[&shiga()].offered, calls, "each fact once");
    assert_eq!(view.lost_facts, 0);
    drop(view);
    drop(thread);
    journal.close().expect("a disk with room");
}

/// R-R2: without anybody asking, once at the start and then shortly after midnight.
#[test]
fn the_day_before_is_reconciled_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let (opened, _) = Journal::open(folder.path()).expect("a journal");
    let plan = PlanFile::built_in();
    let life = crate::journal::Life {
        plan: &plan.core,
        at: LATE,
        retention: Retention::default(),
        wake: Box::new(|| ()),
    };
    let journal = opened.start(life).expect("a writer");
    let (mut observer, thread) = Observer::start(folder.path(), Arc::new(plan)).expect("a thread");
    let facts = [admitted(1), answered(1), ended(1, Outcome::Answered)];
    // A call of a minute that nobody recorded, before midnight.
    let records = [(0, &facts[..1]), (1, &facts[1..2]), (50, &facts[2..])].map(|(second, facts)| Record {
        time: after(second),
        input: Input::TimePassed,
        facts: facts.to_vec(),
    });
    journal.append(Batch { records: records.into(), ..Batch::default() });
    journal.close().expect("a disk with room");

    let shared = Arc::clone(observer.shared());
    let of = |seconds: u64, date: &str, observer: &mut Observer| {
        let patience = std::time::Instant::now() + Duration::from_secs(60);
        loop {
            observer.machine(after(seconds), MachineFigures::default());
            let found = shared.view().reconciled.get(&shiga()).cloned();
            if let Some(day) = found.filter(|it| it.date.to_string() == date) {
                return day;
            }
            assert!(std::time::Instant::now() < patience, "the day before was not reconciled");
            std::thread::yield_now();
        }
    };
    assert!(of(55, "2026-11-20", &mut observer).agrees());
    let day = of(60 + 600, "2026-11-21", &mut observer);
    assert_eq!(day.facts.sums().differing, 1);
    assert_eq!(day.facts.sums().difference_ms(), -49_000);
    drop(thread);
}
