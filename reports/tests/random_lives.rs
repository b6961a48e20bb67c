//! Lives of the real switch at random, between which it is dead or stopped, each with its plan: the tenant's open time is what
//! the plans say minute by minute, whether or not there was a switch to say it (R-A5, R-L2, R-L9).
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

#[path = "support/days.rs"]
mod days;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "no callers are wanted here")]
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use acd_core::plan::{Band, Capacity, DayKind, Plan};
use acd_core::{CallEvent, CivilDate, Input, PlanSource, Switch, TenantId, TimeOfDay, Timestamp};
use days::on_the_wall;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use reports::Fold;
use reports::accounting::{Account, Calendar, Ledger, Period, Profile, Sheet, Slots};

const JST: i32 = 540;
const MINUTE: Duration = Duration::from_secs(60);
const NOVEMBER: Period = Period::Month { year: 2026, month: 11 };
/// The days of November on which something happens.
const DAYS: std::ops::Range<u8> = 19..25;

/// A plan as a table: the open hours of a weekday, and of a day on which people rest.
#[derive(Clone)]
struct Table {
    open: [[bool; 24]; 2],
    day_start: u8,
    /// Days of November.
    holidays: BTreeSet<u8>,
}

impl Table {
    fn drawn(draw: &mut Draw) -> Self {
        let mut row = || {
            let (first, length) = (draw.below(24), draw.below(25));
            std::array::from_fn(|hour| (hour as u64 + 24 - first) % 24 < length)
        };
        let open = [row(), row()];
        let day_start = [0, 8][draw.index(2)];
        Self { open, day_start, holidays: DAYS.filter(|_| draw.below(4) == 0).collect() }
    }

    /// Whether the tenant is open; a night belongs to the day before it.
    fn is_open(&self, at: Timestamp) -> bool {
        let began = on_the_wall(at - MINUTE * 60 * u32::from(self.day_start));
        let rests = began.weekday >= 5 || (began.month == 11 && self.holidays.contains(&began.day));
        self.open[usize::from(rests)][usize::try_from(on_the_wall(at).hour).unwrap()]
    }

    fn plan(&self) -> Plan {
        let kinds = [vec![DayKind::Weekday], vec![DayKind::Saturday, DayKind::Sunday, DayKind::Holiday]];
        let rows = kinds.iter().zip(&self.open);
        let bands = rows.flat_map(|(days, open)| {
            (0..).zip(open).map(|(hour, is_open)| {
                let capacity = is_open.then_some(Capacity { seat_lines: 2, guidance_lines: 1 });
                Band { days: days.iter().copied().collect(), ..world::band(hour, hour + 1, capacity) }
            })
        });
        let mut tenant = world::tenant("0750007119", bands.collect());
        tenant.day_start = TimeOfDay::from_hm(self.day_start.into(), 0).unwrap();
        let holidays =
            self.holidays.iter().map(|day| CivilDate { year: 2026, month: 11, day: *day }).collect();
        Plan { tenants: [(kyoto(), tenant)].into(), holidays, ..Plan::default() }
    }
}

fn kyoto() -> TenantId {
    TenantId::new("kyoto").unwrap()
}

fn midnight(day: u8) -> Timestamp {
    days::midnight(CivilDate { year: 2026, month: 11, day })
}

/// What the ledger is told.
enum Step {
    Life(Plan),
    Plan(Plan),
    Fact(Timestamp, CallEvent),
}

#[derive(Default)]
struct History {
    steps: Vec<Step>,
    /// From when on which plan was in force; `None`: one without the tenant.
    tables: Vec<(Timestamp, Option<Table>)>,
    /// When there was no switch.
    gone: Vec<(Timestamp, Timestamp)>,
}

impl History {
    /// Lives and outages of whole minutes, many of whose ends are edges of bands.
    fn drawn(draw: &mut Draw) -> (Self, Timestamp) {
        let mut it = Self::default();
        let end = midnight(DAYS.end - 1);
        let mut now = midnight(DAYS.start) + MINUTE * 10 * draw.small(60);
        let mut down_since = None;
        let mut table = Some(Table::drawn(draw));
        loop {
            let plan = plan_of(table.as_ref());
            it.steps.push(Step::Life(plan.clone()));
            it.tables.push((now, table.clone()));
            let mut switch = Switch::new(plan, now);
            it.turn(&mut switch, now, Input::NodeStarted { down_since });
            for _ in 0..draw.below(3) {
                now = it.live(&mut switch, now + MINUTE * 10 * (1 + draw.small(90)));
                table = (draw.below(4) > 0).then(|| Table::drawn(draw));
                let plan = plan_of(table.as_ref());
                it.steps.push(Step::Plan(plan.clone()));
                it.tables.push((now, table.clone()));
                let plan = Box::new(plan);
                it.turn(&mut switch, now, Input::PlanApplied { plan, by: PlanSource::Api, who: None });
            }
            now = it.live(&mut switch, now + MINUTE * 10 * (1 + draw.small(90)));
            let is_stopped = draw.below(2) == 0;
            if is_stopped {
                it.turn(&mut switch, now, Input::NodeStopped);
            }
            down_since = (!is_stopped).then_some(now);
            let back = now + MINUTE * 10 * (1 + draw.small(250));
            if back >= end {
                // Of a death nobody knows before the next life.
                return (it, if is_stopped { back } else { now });
            }
            it.gone.push((now, back));
            now = back;
            if draw.below(2) == 0 {
                table = (draw.below(4) > 0).then(|| Table::drawn(draw));
            }
        }
    }

    /// Every deadline before this instant fires at its own.
    fn live(&mut self, switch: &mut Switch, until: Timestamp) -> Timestamp {
        while let Some((due, _)) = switch.poll_timeout().filter(|(due, _)| *due < until) {
            self.turn(switch, due, Input::TimePassed);
        }
        until
    }

    fn turn(&mut self, switch: &mut Switch, now: Timestamp, input: Input) {
        switch.handle(now, input);
        while let Some(fact) = switch.poll_event() {
            self.steps.push(Step::Fact(now, fact));
        }
        while switch.poll_effect().is_some() {}
    }

    /// As the program has it: no fact is read once none can change anything.
    fn account(&self, slots: Slots, until: Timestamp) -> Account {
        let mut ledger = Ledger::new(kyoto(), slots);
        let mut seq = 0;
        for step in &self.steps {
            match step {
                Step::Life(plan) => ledger.life_begins(plan),
                Step::Plan(plan) => ledger.plan_changes(plan),
                Step::Fact(time, _) if ledger.is_settled(*time) => break,
                Step::Fact(time, fact) => {
                    seq += 1;
                    ledger.apply(*time, seq, fact);
                }
            }
        }
        ledger.close(until)
    }

    fn table_at(&self, at: Timestamp) -> Option<&Table> {
        self.tables.iter().rfind(|(from, _)| *from <= at)?.1.as_ref()
    }

    /// The open milliseconds of an interval, by asking of every minute.
    fn open_ms(&self, from: Timestamp, to: Timestamp) -> u64 {
        let minutes = (from.as_millis()..to.as_millis()).step_by(60_000).map(Timestamp::from_millis);
        let is_open = |at: &Timestamp| self.table_at(*at).is_some_and(|table| table.is_open(*at));
        60_000 * minutes.filter(is_open).count() as u64
    }

    /// The outages over whose edges the tenant opened or closed.
    fn crossed(&self) -> usize {
        let crosses = |(from, to): &&(Timestamp, Timestamp)| {
            let (open_ms, ms) = (self.open_ms(*from, *to), to.as_millis() - from.as_millis());
            open_ms > 0 && i64::try_from(open_ms).unwrap() < ms
        };
        self.gone.iter().filter(crosses).count()
    }
}

fn plan_of(table: Option<&Table>) -> Plan {
    table.map_or_else(Plan::default, Table::plan)
}

/// Gives how many outages lay over an edge of the opening hours.
fn holds(seed: u64) -> usize {
    let (history, until) = History::drawn(&mut Draw(seed));
    let calendar =
        Calendar { utc_offset_minutes: JST, day_start_hour: 0, contract: None, holidays: BTreeSet::new() };
    let slots = Calendar::slots(NOVEMBER, std::slice::from_ref(&calendar)).unwrap();
    let account = history.account(slots.clone(), until);
    for (hour, figures) in account.figures.iter().enumerate() {
        let (from, to) = slots.bounds(hour).unwrap();
        let open_ms = history.open_ms(from, to.min(until));
        assert_eq!(figures.open_ms, open_ms, "seed {seed}, {:?}", on_the_wall(from));
    }
    let sheet = Sheet::new(&account, NOVEMBER, Profile::KYOTO, &calendar).unwrap();
    for hour in 0..24 {
        let rows = sheet.hours.iter().filter(|it| it.hour == hour);
        let days = rows.filter(|it| history.open_ms(it.from, (it.from + MINUTE * 60).min(until)) > 0);
        assert_eq!(sheet.hour_means(hour).days_open, days.count() as u64, "seed {seed}, hour {hour}");
    }
    for day in DAYS {
        let slots = Slots::hours(CivilDate { year: 2026, month: 11, day }, JST);
        let (from, to) = (slots.from(), slots.to());
        let of_day = history.account(slots, until).total().open_ms;
        assert_eq!(of_day, history.open_ms(from, to.min(until)), "seed {seed}, day {day}");
    }
    history.crossed()
}

#[test]
fn the_hours_go_on_while_the_switch_is_gone() {
    let crossed: usize = (0..60).map(holds).sum();
    assert!(crossed > 60, "outages over an edge of the hours: {crossed}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 0,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("proptest-regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_hours_of_lives_at_random_are_the_plans(seed: u64) {
        holds(seed);
    }
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn small(&mut self, bound: u32) -> u32 {
        u32::try_from(self.below(bound.into())).unwrap()
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap()
    }
}
