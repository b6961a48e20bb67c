//! Days of the real switch at random: what must hold on every one of them (R-A15), recomputed by brute force from call
//! records and seat states, which share no code with the ledger.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

#[path = "support/auditor.rs"]
mod auditor;
#[path = "support/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use acd_core::plan::{Plan, Seat, StaffingSeats, Tenant, capacity_at, next_band_edge};
use acd_core::{CallEvent, CallId, CivilDate, SeatState, SkillId, TenantId, Timestamp};
use auditor::{Auditor, Found};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use reports::accounting::{Account, Calendar, Contract, Figures, Ledger, Period, Profile, Sheet, Slots};
use reports::{CallRecord, Fold, Records};
use world::Day;

const DATE: CivilDate = CivilDate { year: 2026, month: 11, day: 21 };
const JST: i32 = 540;

fn hours() -> Slots {
    Slots::hours(DATE, JST)
}

/// Folds the day; `settled`: only until the ledger wants no more.
fn account(day: &Day, tenant: TenantId, slots: Slots, settled: bool) -> Account {
    let mut ledger = Ledger::new(tenant, slots);
    ledger.life_begins(&day.plan);
    let mut until = day.facts[0].0;
    for (seq, (time, fact)) in (1..).zip(&day.facts) {
        until = *time;
        if settled && ledger.is_settled(*time) {
            break;
        }
        if seq > 1 && matches!(fact, CallEvent::PlanApplied { .. }) {
            ledger.plan_changes(&day.other_plan);
        }
        ledger.apply(*time, seq, fact);
    }
    ledger.close(until)
}

fn records(day: &Day) -> Records {
    let mut records = Records::default();
    for (seq, (time, fact)) in (1..).zip(&day.facts) {
        records.apply(*time, seq, fact);
    }
    records
}

fn ms(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millis() - from.as_millis()).unwrap()
}

/// A seed does not get simpler by being smaller, so nothing is shrunk; `SourceParallel` would look for a `src` above.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 0,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("proptest-regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn a_day_at_random_adds_up(seed: u64) {
        holds(seed);
    }
}

proptest! {
    #![proptest_config(config(6))]

    /// R-A4 to R-A8, R-L7: what was seen outside, and nothing else, gives the same figures to the millisecond; and days
    /// sum to months and months to the fiscal year (R-A15).
    #[test]
    fn an_auditor_outside_finds_the_same(seed: u64) {
        let dates = EDGES.len() as u64;
        is_as_seen_outside(seed, EDGES[usize::try_from(seed % dates).unwrap()]);
    }
}

const fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// Days at whose edges the calendar does something: a Saturday before a Sunday, a holiday, the ends of a month, of the
/// year-end's table on both sides, of a year and of a fiscal year, and a weekday on which it does nothing.
const EDGES: [CivilDate; 9] = [
    date(2026, 11, 18),
    date(2026, 11, 21),
    date(2026, 11, 23),
    date(2026, 11, 30),
    date(2026, 12, 25),
    date(2026, 12, 26),
    date(2026, 12, 31),
    date(2027, 1, 5),
    date(2027, 3, 31),
];

#[test]
fn an_auditor_outside_finds_the_same_at_every_edge_of_the_calendar() {
    let guests: usize = (1..).zip(EDGES).map(|(seed, date)| is_as_seen_outside(seed, date)).sum();
    assert!(guests > EDGES.len(), "seats of others work for callers who overflowed");
}

/// Gives how many seats worked for callers of others.
fn is_as_seen_outside(seed: u64, date: CivilDate) -> usize {
    let mut guests = 0;
    let slots = Slots::hours(date, JST);
    let day = world::run_with_shizuoka(seed, slots.from());
    let auditor = Auditor::new(&day.trace);
    for (index, tenant) in world::all_tenants().into_iter().enumerate() {
        let serves = |seat| {
            let serves = &day.plan.seats[&seat].serves;
            let all = world::all_tenants();
            (0..all.len()).filter(|it| serves.contains_key(&all[*it])).collect()
        };
        let (blocked, found) = auditor.audit(index, &auditor::hours(date), serves);
        let account = account(&day, tenant, slots.clone(), false);
        guests += account.guest_seats.len();
        for (hour, it) in account.figures.iter().enumerate() {
            let times = Profile::SHIGA.clock_times(it);
            let stated = Found {
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
            assert_eq!(stated, found[hour], "seed {seed}, {date}, {tenant}, hour {hour}");
        }
        let of_day = |it: &(Timestamp, Timestamp)| it.0 < slots.to() && it.1 > slots.from();
        let blocked: Vec<_> = blocked.into_iter().filter(of_day).collect();
        let listed: Vec<_> =
            account.blockages.iter().map(|it| (it.interval.from, it.interval.to.unwrap())).collect();
        assert_eq!(listed, blocked, "seed {seed}, {date}, {tenant}");
        short_staff_is_as_the_seats_were(&day, tenant, &slots);
    }
    levels_add_up(&day, date);
    guests
}

/// Books that were kept by the day, by the month and by the fiscal year come to the same where they overlap, for days that
/// begin at midnight and at 8:00, and with a contract of that one day, whose edges are both in the midst.
fn levels_add_up(day: &Day, date: CivilDate) {
    let [kyoto, _, shizuoka] = world::all_tenants();
    for (tenant, profile) in [(kyoto, Profile::KYOTO), (shizuoka, Profile::SHIZUOKA)] {
        let calendar = Calendar {
            utc_offset_minutes: JST,
            day_start_hour: profile.day_start_hour,
            contract: date.day.is_multiple_of(2).then_some(Contract { first: date, last: date }),
            holidays: day.plan.holidays.clone(),
        };
        let sheet = |period| {
            let slots = Calendar::slots(period, std::slice::from_ref(&calendar)).unwrap();
            Sheet::new(&account(day, tenant, slots, false), period, profile, &calendar).unwrap()
        };
        let month = sheet(Period::Month { year: date.year, month: date.month });
        let fiscal_year = if date.month < 4 { date.year - 1 } else { date.year };
        let year = sheet(Period::FiscalYear(fiscal_year));
        let in_year = year.months.iter().find(|it| (it.year, it.month) == (date.year, date.month)).unwrap();
        assert_eq!(in_year.figures, month.total);
        let in_month = month.days.iter().find(|it| it.date == date).unwrap();
        assert_eq!(in_month.figures, sheet(Period::Day(date)).total);
        assert_eq!(year.months.iter().map(|it| it.figures).sum::<Figures>(), year.total);
        for it in [&month, &year] {
            assert!(it.reconciliation.agrees(&it.total));
            assert_eq!(it.hours.iter().map(|it| it.figures).sum::<Figures>(), it.total);
            assert_eq!((0..24).map(|hour| it.hour_of_day(hour)).sum::<Figures>(), it.total);
            assert!(it.hours.iter().all(|it| it.figures.is_balanced()));
        }
    }
}

#[test]
fn days_that_once_did_not_add_up_do() {
    let adjoining_blockages = [59_542_659_808_615_178];
    // Put back after everybody else had gone, with no patience left to lose.
    let callers_put_back_last = [33, 716];
    // The days were told out of order: what a timer set going came after what was planned for later.
    let out_of_order = [12_286_918_652_546_237_810, 17_804_124_229_954_284_144];
    let short_since_before = [5_105_721_741_707_628_790];
    // Nearly always enough people.
    let seldom_short = [9_712_635_390_273_381_632];
    let seeds = adjoining_blockages.into_iter().chain(callers_put_back_last).chain(out_of_order);
    let wants: usize = seeds.chain(short_since_before).chain(seldom_short).map(holds).sum();
    assert!(wants > 200, "days with wants of staff: {wants}");
}

/// Gives how many wants of staff there were.
fn holds(seed: u64) -> usize {
    let day = world::run(seed, hours().from());
    let records = records(&day);
    // What the brute force below takes for granted.
    assert!(day.facts.is_sorted_by_key(|(time, _)| *time), "facts come in the order of time");
    assert!(records.calls().values().all(|it| it.end.is_some()), "every call ends");
    let judged = world::tenants().into_iter().map(|tenant| {
        let account = account(&day, tenant, hours(), false);
        adds_up(&day, tenant, &account);
        calls_are_as_recorded(&records, tenant, &account);
        blockage_is_as_recorded(&day, &records, tenant, &account);
        seats_are_as_stated(&day, &records, tenant, &account);
        short_staff_is_as_the_seats_were(&day, tenant, &hours())
    });
    judged.sum()
}

/// Hours sum to the day to the millisecond, and quarters to hours; nothing after the settled end changes anything.
fn adds_up(day: &Day, tenant: TenantId, hourly: &Account) {
    let slots = hours();
    let whole = Slots::new(vec![slots.from(), slots.to()]).unwrap();
    assert_eq!(account(day, tenant, whole, false).total(), hourly.total());

    let begin = slots.from().as_millis();
    let quarters =
        Slots::new((0..=96).map(|it| Timestamp::from_millis(begin + it * 900_000)).collect()).unwrap();
    let quarters = account(day, tenant, quarters, false);
    for (hour, figures) in hourly.figures.iter().enumerate() {
        let sum: Figures = quarters.figures[hour * 4..hour * 4 + 4].iter().copied().sum();
        assert_eq!(sum, *figures, "hour {hour}");
        assert!(figures.is_balanced(), "hour {hour}: {figures:?}");
        assert!(figures.handled <= figures.offered);
    }

    assert!(hourly.outages.is_sorted_by_key(|it| (it.interval.from, it.cause)));
    assert!(hourly.understaffed.is_sorted_by_key(|it| (it.interval.from, it.skill)));

    let settled = account(day, tenant, hours(), true);
    assert_eq!(settled.figures, hourly.figures);
    assert_eq!(settled.blockages, hourly.blockages);
    assert_eq!(settled.seat_lines_full, hourly.seat_lines_full);
    assert_eq!(settled.understaffed, hourly.understaffed);
    assert_eq!(settled.outages, hourly.outages);
    let over_the_end = hourly.outages.iter().filter(|it| it.interval.to.is_some_and(|to| to > slots.to()));
    assert_eq!(over_the_end.count(), 1, "one goes on over the day's end, and is told to its own");
    outages_are_united(hourly);
    assert!(!settled.is_provisional());
    assert_eq!(hourly.orphans + hourly.dropped + hourly.plans_unknown, 0);
}

/// A stretch below a promise: of which skill, from when to when, how many were wanted and how many there.
type Short = (Option<SkillId>, Timestamp, Option<Timestamp>, u64, u64);

/// R-A8: what the ledger says is what the seats' states come to, each instant judged by the plan that was in force then.
/// Gives how many intervals there were.
fn short_staff_is_as_the_seats_were(day: &Day, tenant: TenantId, slots: &Slots) -> usize {
    let listed: Vec<Short> = account(day, tenant, slots.clone(), false)
        .understaffed
        .iter()
        .map(|it| (it.skill, it.interval.from, it.interval.to, it.wanted, it.staffed))
        .collect();
    let reckoned: Vec<Short> = shortages(day, tenant)
        .into_iter()
        .filter(|it| it.1 < slots.to() && it.2.is_none_or(|to| to > slots.from()))
        .collect();
    let skills: BTreeSet<Option<SkillId>> = listed.iter().chain(&reckoned).map(|it| it.0).collect();
    for skill in skills {
        let of_skill = |all: &[Short]| all.iter().filter(|it| it.0 == skill).copied().collect::<Vec<_>>();
        assert_eq!(of_skill(&listed), of_skill(&reckoned), "{tenant}, {skill:?}");
    }
    let (below_ms, slots) = (union_ms(reckoned.iter().map(|it| (it.1, it.2)), day, slots), slots.clone());
    assert_eq!(account(day, tenant, slots, false).total().below_staffing_ms, below_ms, "{tenant}");
    listed.len()
}

/// The milliseconds of the period that are in any of these, by looking at every edge there is.
fn union_ms(
    all: impl Iterator<Item = (Timestamp, Option<Timestamp>)> + Clone,
    day: &Day,
    slots: &Slots,
) -> u64 {
    let end = day.facts.last().unwrap().0;
    let all: Vec<(Timestamp, Timestamp)> = all.map(|(from, to)| (from, to.unwrap_or(end))).collect();
    let within = |at: Timestamp| at.max(slots.from()).min(slots.to());
    let edges: BTreeSet<Timestamp> = all.iter().flat_map(|(from, to)| [within(*from), within(*to)]).collect();
    let edges: Vec<Timestamp> = edges.into_iter().collect();
    let pairs = edges.windows(2).map(|pair| (pair[0], pair[1]));
    pairs
        .filter(|pair| all.iter().any(|it| it.0 <= pair.0 && pair.0 < it.1))
        .map(|(from, to)| ms(from, to))
        .sum()
}

/// The stretches in which a promise was broken, by what is so after the last fact of each instant.
fn shortages(day: &Day, tenant: TenantId) -> Vec<Short> {
    let records = records(day);
    let staffs = |call: CallId| records.calls().get(&call).is_some_and(|it| it.test || it.tenant == tenant);
    let mut plan = &day.plan;
    let mut states: BTreeMap<_, (SeatState, Option<CallId>)> = BTreeMap::new();
    let mut capacity = None;
    let mut found = Vec::<Short>::new();
    for (index, (at, fact)) in day.facts.iter().enumerate() {
        if index > 0 && matches!(fact, CallEvent::PlanApplied { .. }) {
            plan = &day.other_plan;
        }
        if let CallEvent::CapacityChanged { tenant: of, capacity: now } = fact
            && *of == tenant
        {
            capacity = *now;
        }
        if let CallEvent::SeatStateChanged { seat, to, .. } = fact {
            let call = if let SeatState::Ringing(ring) | SeatState::Talking(ring) = to {
                Some(ring.call)
            } else {
                states.get(seat).and_then(|it| it.1)
            };
            states.insert(*seat, (*to, call));
        }
        if day.facts.get(index + 1).is_some_and(|(next, _)| next == at) {
            continue;
        }
        let mut short = Vec::new();
        for promise in &plan.tenants[&tenant].staffing {
            let is_there = |state: &(SeatState, Option<CallId>)| match state {
                (SeatState::Ready, _) => true,
                (SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp, call) => {
                    call.is_some_and(staffs)
                }
                _ => false,
            };
            let counts = |seat| {
                let seat: &Seat = &plan.seats[seat];
                seat.serves.contains_key(&tenant) && promise.skill.is_none_or(|it| seat.skills.contains(&it))
            };
            let staffed =
                states.iter().filter(|(seat, state)| counts(seat) && is_there(state)).count() as u64;
            let wanted = match (capacity, promise.seats) {
                (None, _) => 0,
                (Some(capacity), StaffingSeats::SeatLines) => u64::from(capacity.seat_lines),
                (Some(_), StaffingSeats::Count(seats)) => u64::from(seats),
            };
            if staffed < wanted {
                short.push((promise.skill, wanted, staffed));
            }
        }
        for it in found.iter_mut().filter(|it| it.2.is_none() && !short.contains(&(it.0, it.3, it.4))) {
            it.2 = Some(*at);
        }
        for (skill, wanted, staffed) in short {
            if !found.iter().any(|it| it.2.is_none() && it.0 == skill) {
                found.push((skill, *at, None, wanted, staffed));
            }
        }
    }
    found
}

/// R-L9: each cause has intervals of its own; minutes in which there are several count once.
fn outages_are_united(account: &Account) {
    let slots = &account.slots;
    for hour in 0..slots.count() {
        let (begin, end) = slots.bounds(hour).unwrap();
        let mut spans: Vec<(Timestamp, Timestamp)> = account
            .outages
            .iter()
            .map(|it| (it.interval.from.max(begin), it.interval.to.unwrap_or(end).min(end)))
            .filter(|(from, to)| from < to)
            .collect();
        spans.sort_unstable();
        let (mut united_ms, mut done) = (0, begin);
        for (from, to) in spans {
            united_ms += if to > done { ms(from.max(done), to) } else { 0 };
            done = done.max(to);
        }
        assert_eq!(account.figures[hour].outage_ms, united_ms, "hour {hour}");
    }
}

fn offered(records: &Records, tenant: TenantId) -> impl Iterator<Item = &CallRecord> {
    records.calls().values().filter(move |it| it.tenant == tenant && it.is_offered())
}

fn calls_are_as_recorded(records: &Records, tenant: TenantId, account: &Account) {
    let mut expected = vec![(0, 0, 0, 0); 24];
    for record in offered(records, tenant) {
        let Some(hour) = hours().slot_of(record.admitted_at) else { continue };
        expected[hour].0 += 1;
        expected[hour].1 += u64::from(record.answered_at().is_some());
        expected[hour].2 += u64::try_from(record.talk_time().as_millis()).unwrap();
        expected[hour].3 += u64::try_from(record.hold_time().as_millis()).unwrap();
    }
    let figures: Vec<_> =
        account.figures.iter().map(|it| (it.offered, it.handled, it.talk_ms, it.hold_ms)).collect();
    assert_eq!(figures, expected);
    assert!(account.total().offered > 100, "a day with calls");
}

/// The instants at which as many calls are alive as there are lines, by looking at every edge there is.
fn blocked(day: &Day, records: &Records, tenant: TenantId) -> Vec<(Timestamp, Timestamp)> {
    let settings: &Tenant = &day.plan.tenants[&tenant];
    let calls: Vec<(Timestamp, Timestamp)> =
        offered(records, tenant).map(|it| (it.admitted_at, it.end.unwrap().at)).collect();
    let mut edges: BTreeSet<Timestamp> = calls.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let (begin, end) = (day.facts[0].0, day.facts.last().unwrap().0);
    let mut edge = begin;
    while edge < end {
        edges.insert(edge);
        edge = next_band_edge(settings, &day.plan.holidays, edge);
    }
    edges.insert(end);
    let mut blocked: Vec<(Timestamp, Timestamp)> = Vec::new();
    let edges: Vec<Timestamp> = edges.into_iter().collect();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let in_use = calls.iter().filter(|(begun, ended)| *begun <= from && from < *ended).count();
        let lines = capacity_at(settings, &day.plan.holidays, from).unwrap().total();
        if u32::try_from(in_use).unwrap() < lines {
            continue;
        }
        match blocked.last_mut().filter(|(_, last)| *last == from) {
            Some((_, last)) => *last = to,
            None => blocked.push((from, to)),
        }
    }
    blocked
}

fn blockage_is_as_recorded(day: &Day, records: &Records, tenant: TenantId, account: &Account) {
    let slots = hours();
    let expected: Vec<_> = blocked(day, records, tenant)
        .into_iter()
        .filter(|(from, to)| *from < slots.to() && *to > slots.from())
        .collect();
    let listed: Vec<_> =
        account.blockages.iter().map(|it| (it.interval.from, it.interval.to.unwrap())).collect();
    assert_eq!(listed, expected);
    for (hour, figures) in account.figures.iter().enumerate() {
        let (begin, end) = slots.bounds(hour).unwrap();
        let within = |&(from, to): &(Timestamp, Timestamp)| {
            let (from, to) = (from.max(begin), to.min(end));
            if from < to { ms(from, to) } else { 0 }
        };
        assert_eq!(figures.blockage_ms, expected.iter().map(within).sum::<u64>(), "hour {hour}");
    }
}

/// Each seat's states one after the other, each charged to the hours and to the tenant whose call it was.
fn seats_are_as_stated(day: &Day, records: &Records, tenant: TenantId, account: &Account) {
    let ours =
        |call: CallId| records.calls().get(&call).is_some_and(|it| it.tenant == tenant && it.is_offered());
    // Who is at a rehearsal is there for everybody as before it (R-L6).
    let staffs = |call: CallId| ours(call) || records.calls().get(&call).is_some_and(|it| it.test);
    let end = day.facts.last().unwrap().0;
    let mut spans: BTreeMap<_, Vec<(Timestamp, SeatState)>> = BTreeMap::new();
    for (time, fact) in &day.facts {
        if let CallEvent::SeatStateChanged { seat, to, .. } = fact {
            spans.entry(*seat).or_default().push((*time, *to));
        }
    }
    let mut staffed = [[0_u64; 2]; 24];
    let mut logged_in = [0_u64; 24];
    let mut wrap_up = [0_u64; 24];
    for (seat, states) in &spans {
        let serves = &day.plan.seats[seat].serves;
        if !serves.contains_key(&tenant) {
            continue;
        }
        let mut call = None;
        for (index, (from, state)) in states.iter().enumerate() {
            let to = states.get(index + 1).map_or(end, |(to, _)| *to);
            let counts = match state {
                SeatState::Ready => true,
                SeatState::Ringing(ring) | SeatState::Talking(ring) => {
                    call = Some(ring.call);
                    staffs(ring.call)
                }
                SeatState::WrapUp => call.is_some_and(staffs),
                SeatState::LoggedOut
                | SeatState::Outbound(_)
                | SeatState::Paused(_)
                | SeatState::NotAnswering(_)
                | SeatState::Unreachable => false,
            };
            for hour in 0..24 {
                let (begin, end) = hours().bounds(hour).unwrap();
                let (from, to) = ((*from).max(begin), to.min(end));
                let share = if from < to { ms(from, to) } else { 0 };
                if counts {
                    staffed[hour][usize::from(serves.len() > 1)] += share;
                }
                if *state != SeatState::LoggedOut {
                    logged_in[hour] += share;
                }
            }
            // Wrap-up is charged as a whole to the hour in which its call was admitted.
            if let (SeatState::WrapUp, Some(call)) = (state, call.filter(|call| ours(*call)))
                && let Some(hour) = hours().slot_of(records.calls()[&call].admitted_at)
            {
                wrap_up[hour] += ms(*from, to);
            }
        }
    }
    for (hour, it) in account.figures.iter().enumerate() {
        assert_eq!([it.dedicated.staffed_ms(), it.shared.staffed_ms()], staffed[hour], "hour {hour}");
        assert_eq!(it.dedicated.logged_in_ms() + it.shared.logged_in_ms(), logged_in[hour], "hour {hour}");
        assert_eq!(it.wrap_up_ms, wrap_up[hour], "hour {hour}");
    }
}

proptest! {
    #![proptest_config(config(12))]

    /// R-R1, R-R2: where the recorder did as it was told, recorded is what was to be recorded, of every call, and a hole in one
    /// of them is found.
    #[test]
    fn talk_and_recordings_agree_but_for_the_hole(seed: u64) {
        let day = world::run(seed, hours().from());
        for tenant in world::tenants() {
            let whole = reconcile(&day.plan, tenant, &day.facts);
            let sums = whole.sums();
            prop_assert_eq!((whole.open, sums.differing, sums.difference_ms()), (0, 0, 0));
            let records = records(&day);
            let of_day = |it: &&CallRecord| {
                it.tenant == tenant && it.admitted_at >= hours().from() && it.admitted_at < hours().to()
            };
            let mine: Vec<&CallRecord> = records.calls().values().filter(of_day).collect();
            let answered = mine.iter().filter(|it| it.answered_at().is_some()).count();
            prop_assert_eq!(sums.answered, answered as u64);
            let talk: u128 = mine.iter().map(|it| it.talk_time().as_millis()).sum();
            prop_assert_eq!(u128::from(sums.talk_ms), talk);
            let recorded: u128 =
                mine.iter().filter_map(|it| it.recording.end).map(|(_, length, _)| length.as_millis()).sum();
            prop_assert_eq!(u128::from(sums.recorded_ms), recorded);

            let long = |it: &&reports::reconciliation::ReconciledCall| it.recorded_ms > 5_000;
            let Some(victim) = whole.calls.iter().find(long).map(|it| it.call) else { continue };
            let mut facts = day.facts.clone();
            for (_, fact) in &mut facts {
                if let CallEvent::RecordingEnded { call, recorded, .. } = fact
                    && *call == victim
                {
                    *recorded -= std::time::Duration::from_millis(1_234);
                }
            }
            let holed = reconcile(&day.plan, tenant, &facts);
            let found: Vec<_> = holed.differing().map(|it| (it.call, it.difference_ms())).collect();
            prop_assert_eq!(found, vec![(victim, -1_234)]);
        }
    }
}

fn reconcile(plan: &Plan, tenant: TenantId, facts: &[(Timestamp, CallEvent)]) -> reports::Reconciliation {
    let mut reconciler = reports::Reconciler::new(tenant, hours().from(), hours().to());
    reconciler.plan_stands(plan);
    for (seq, (time, fact)) in (1..).zip(facts) {
        if reconciler.is_settled(*time) {
            break;
        }
        reconciler.apply(*time, seq, fact);
    }
    reconciler.close()
}
