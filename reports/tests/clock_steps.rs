//! Days on which somebody sets the wall clock on: nobody is charged for time that did not pass, and an hour is what passed of it
//! (R-A15).
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

#[path = "support/auditor.rs"]
#[allow(dead_code, reason = "the hours here are those that passed")]
mod auditor;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "no day without Shizuoka is wanted here")]
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use acd_core::{CallEvent, CivilDate, SeatId, TenantId, Timestamp};
use auditor::{Auditor, Found};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use reports::accounting::{Account, Figures, Ledger, Profile, Slots};
use reports::{Fold, Records};
use world::Day;

const DATE: CivilDate = CivilDate { year: 2026, month: 11, day: 21 };
const JST: i32 = 540;
const HOUR_MS: u64 = 3_600_000;

/// When the clock was set on, in the time that passed, and by how much.
struct Clock(Vec<(Timestamp, Duration)>);

impl Clock {
    /// One to three steps between 1:00 and 20:00, each of a second to three hours.
    fn drawn(seed: u64, midnight: Timestamp) -> Self {
        let mut state = seed;
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut steps: Vec<(Timestamp, Duration)> = (0..=below(3))
            .map(|_| {
                let at = midnight + Duration::from_millis(HOUR_MS + below(19 * HOUR_MS));
                (at, Duration::from_millis(1_000 + below(3 * HOUR_MS)))
            })
            .collect();
        steps.sort_unstable();
        steps.dedup_by_key(|(at, _)| *at);
        Self(steps)
    }

    /// What an instant was stamped as.
    fn stamp(&self, at: Timestamp) -> Timestamp {
        self.0.iter().filter(|(when, _)| *when <= at).fold(at, |stamp, (_, by)| stamp + *by)
    }

    /// The instant that a stamp stands for; that of the step for those that were skipped.
    fn instant(&self, stamp: Timestamp) -> Timestamp {
        let mut before = Duration::ZERO;
        for (when, by) in &self.0 {
            let begins = *when + before;
            if stamp < begins {
                break;
            }
            if stamp < begins + *by {
                return *when;
            }
            before += *by;
        }
        stamp - before
    }

    /// The facts of a day as they would have been stamped, each step before what came after it.
    fn facts(&self, facts: &[(Timestamp, CallEvent)]) -> Vec<(Timestamp, CallEvent)> {
        let mut all = Vec::new();
        let mut steps = self.0.iter().peekable();
        for (time, fact) in facts {
            while let Some((when, by)) = steps.next_if(|(when, _)| when <= time) {
                let step_ms = i64::try_from(by.as_millis()).unwrap();
                all.push((self.stamp(*when), CallEvent::WallClockStepped { step_ms, skipped: *by }));
            }
            all.push((self.stamp(*time), fact.clone()));
        }
        all
    }
}

fn account(day: &Day, facts: &[(Timestamp, CallEvent)], tenant: TenantId, slots: Slots) -> Account {
    let mut ledger = Ledger::new(tenant, slots);
    ledger.life_begins(&day.plan);
    for (seq, (time, fact)) in (1..).zip(facts) {
        if seq > 1 && matches!(fact, CallEvent::PlanApplied { .. }) {
            ledger.plan_changes(&day.other_plan);
        }
        ledger.apply(*time, seq, fact);
    }
    ledger.close(facts.last().unwrap().0)
}

/// What each call's record says of its times.
fn call_times(facts: &[(Timestamp, CallEvent)]) -> Vec<[Option<Duration>; 3]> {
    let mut records = Records::default();
    for (seq, (time, fact)) in (1..).zip(facts) {
        records.apply(*time, seq, fact);
    }
    let times = |it: &reports::CallRecord| [Some(it.talk_time()), Some(it.hold_time()), it.wait_time()];
    records.calls().values().map(times).collect()
}

fn ms(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millis() - from.as_millis()).unwrap()
}

/// What a ledger finds under stamps that skip is what it finds of the time that passed, and so does the auditor outside.
fn holds(seed: u64) {
    let slots = Slots::hours(DATE, JST);
    let day = world::run_with_shizuoka(seed, slots.from());
    let clock = Clock::drawn(seed, slots.from());
    let stamped = clock.facts(&day.facts);
    assert_eq!(call_times(&stamped), call_times(&day.facts), "seed {seed}");
    let edges: Vec<Timestamp> = (0..24)
        .map(|hour| slots.bounds(hour).unwrap().0)
        .chain([slots.to()])
        .map(|edge| clock.instant(edge))
        .collect();
    let mut passed = edges.clone();
    passed.dedup();
    let passed = Slots::new(passed).unwrap();
    let hours: Vec<(Timestamp, Timestamp)> = edges.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let auditor = Auditor::new(&day.trace);
    for (index, tenant) in world::all_tenants().into_iter().enumerate() {
        let stated = account(&day, &stamped, tenant, slots.clone());
        let truly = account(&day, &day.facts, tenant, passed.clone());
        let serves = |seat: SeatId| -> BTreeSet<usize> {
            let serves = &day.plan.seats[&seat].serves;
            let all = world::all_tenants();
            (0..all.len()).filter(|it| serves.contains_key(&all[*it])).collect()
        };
        let (_, found) = auditor.audit(index, &hours, serves);
        for (hour, (from, to)) in hours.iter().enumerate() {
            let it = stated.figures[hour];
            let lived_ms = ms(*from, *to);
            assert_eq!(it.skipped_ms + lived_ms, HOUR_MS, "seed {seed}, {tenant}, hour {hour}");
            assert_eq!(stated.length_ms(hour), lived_ms);
            let skipped_ms = it.skipped_ms;
            if lived_ms == 0 {
                assert_eq!(it, Figures { skipped_ms, ..Figures::default() }, "nobody lived in hour {hour}");
                assert!(stated.is_unrecorded(hour));
                continue;
            }
            let slot = passed.slot_of(*from).unwrap();
            let expected = Figures { skipped_ms, ..truly.figures[slot] };
            assert_eq!(it, expected, "seed {seed}, {tenant}, hour {hour}");
            let times = Profile::SHIGA.clock_times(&it);
            let as_seen = Found {
                offered: it.offered,
                handled: it.handled,
                answers: it.answers,
                blocked_attempts: it.blocked_attempts,
                talk_ms: it.talk_ms,
                hold_ms: it.hold_ms,
                wrap_up_ms: it.wrap_up_ms,
                blockage_ms: it.blockage_ms,
                consultation_ms: times.consultation_ms,
                waiting_ms: times.waiting_ms,
                staffed_peak: it.staffed_peak,
            };
            assert_eq!(as_seen, found[hour], "seed {seed}, {tenant}, hour {hour}");
        }
        let lengths = |account: &Account, all: &[reports::accounting::Blockage]| -> Vec<u64> {
            all.iter().map(|it| account.interval_ms(it.interval).unwrap()).collect()
        };
        assert_eq!(lengths(&stated, &stated.blockages), lengths(&truly, &truly.blockages));
        assert_eq!(lengths(&stated, &stated.seat_lines_full), lengths(&truly, &truly.seat_lines_full));
        let blocked: u64 = stated.blockages.iter().map(|it| stated.interval_ms_within(it.interval)).sum();
        assert_eq!(blocked, stated.total().blockage_ms);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 6,
        max_shrink_iters: 0,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("proptest-regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn nobody_is_charged_for_time_that_did_not_pass(seed: u64) {
        holds(seed);
    }
}

/// Among them one that skips whole hours, and one with three steps.
#[test]
fn the_first_days_hold() {
    for seed in 1..=4 {
        holds(seed);
    }
}
