//! The clients' definitions, worked out by hand: what a form of theirs must show. Each test's remark shows the sum.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use std::time::Duration;

use acd_core::{CivilDate, SkillId};
use reports::accounting::{
    Account, Calendar, ClockTimes, Contract, Counting, DayClass, Figures, Fraction, HandledBy, Ledger,
    OfficialBlockage, Period, Profile, Rate, Sheet, Slots,
};
use reports::forms::{Header, Purpose, fdma2};
use support::{DATE, JST, account_over, at, fold, other_tenant, tenant};

const DAY: Period = Period::Day(DATE);
const NOVEMBER: Period = Period::Month { year: 2026, month: 11 };

const NIGHT: &str = "
    2026-11-20T22:00:00 life
    2026-11-20T22:00:00 capacity 2+1
    2026-11-20T22:00:00 start
";

fn calendar(day_start_hour: u8) -> Calendar {
    Calendar {
        utc_offset_minutes: JST,
        day_start_hour,
        contract: None,
        holidays: [CivilDate { year: 2026, month: 11, day: 23 }].into(),
    }
}

fn books(period: Period, calendar: &Calendar, counting: Counting, text: &str, until: &str) -> Account {
    let slots = Calendar::slots(period, std::slice::from_ref(calendar)).unwrap();
    fold(Ledger::counting(tenant(), slots, counting), text, until)
}

fn sheet(period: Period, profile: Profile, calendar: &Calendar, text: &str, until: &str) -> Sheet {
    let slots = Calendar::slots(period, std::slice::from_ref(calendar)).unwrap();
    let account = account_over(slots, text, until);
    Sheet::new(&account, period, profile, calendar).unwrap()
}

fn fraction(much: u128, of: u128) -> Fraction {
    Fraction::new(much, of).unwrap()
}

/// One call with a hold over 11:00 and a pause after its wrap-up:
/// answered 10:50:40, held 10:58:00 to 11:02:00, ended 11:10:40, wrapped up to 11:15:40, then lunch to 11:45:00.
const HOLD_OVER_THE_EDGE: &str = "
    2026-11-20T22:00:00 life
    2026-11-20T22:00:00 capacity 2+1
    2026-11-20T22:00:00 start
    10:50:00 seat a1 ready
    10:50:00 call 1
    10:50:30 ring 1.1 a1
    10:50:40 answer 1.1 a1
    10:58:00 hold 1.1
    11:02:00 resume 1.1
    11:10:40 talked 1.1 a1 wrap-up
    11:10:40 end 1 answered
    11:15:40 seat a1 paused
    11:45:00 seat a1 ready
    12:00:00 seat a1 out
";

/// R-A5: talk 1,200,000 with the hold, wrap-up 300,000 without the lunch; all of it in the hour of admission.
#[test]
fn fdma_handling_is_talk_with_hold_and_wrap_up_without_lunch() {
    let sheet = sheet(DAY, Profile::FDMA, &calendar(0), HOLD_OVER_THE_EDGE, "+06:00:00");
    let (ten, eleven) = (&sheet.hours[10].figures, &sheet.hours[11].figures);
    let fdma = Profile::FDMA;
    assert_eq!((fdma.talk_ms(ten), ten.hold_ms, fdma.handling_ms(ten)), (1_200_000, 240_000, 1_500_000));
    assert_eq!(sheet.mean_handling_ms(ten), Some(fraction(1_500_000, 1)));
    assert_eq!((fdma.handled(eleven), fdma.handling_ms(eleven)), (0, 0));
    assert_eq!(sheet.mean_handling_ms(eleven), None, "no call handled, no mean");
}

/// R-A6: consultation = talk without hold 960,000 + hold 240,000 + wrap-up 300,000; 処理時間 is the wrap-up alone.
#[test]
fn shiga_talk_is_without_hold_and_handling_is_wrap_up_alone() {
    let sheet = sheet(DAY, Profile::SHIGA, &calendar(0), HOLD_OVER_THE_EDGE, "+06:00:00");
    let ten = &sheet.hours[10].figures;
    let shiga = Profile::SHIGA;
    assert_eq!((shiga.talk_ms(ten), ten.hold_ms, shiga.handling_ms(ten)), (960_000, 240_000, 300_000));
    assert_eq!(shiga.consultation_ms(ten), 960_000 + 240_000 + 300_000);
}

/// R-A7, cut at 11:00. Hour 10: ready 30,000, ringing 10,000, talking 440,000, holding 120,000. Hour 11: holding 120,000,
/// talking 520,000, wrap-up 300,000, then 1,760,000 of lunch in neither, ready 900,000.
#[test]
fn shiga_occupancy_is_cut_at_the_hours_edge_and_leaves_the_lunch_out() {
    let sheet = sheet(DAY, Profile::SHIGA, &calendar(0), HOLD_OVER_THE_EDGE, "+06:00:00");
    let (ten, eleven) = (&sheet.hours[10].figures, &sheet.hours[11].figures);
    let shiga = Profile::SHIGA;
    assert_eq!(
        shiga.clock_times(ten),
        ClockTimes {
            talk_ms: 440_000,
            hold_ms: 120_000,
            handling_ms: 0,
            consultation_ms: 560_000,
            waiting_ms: 40_000,
        }
    );
    assert_eq!(
        shiga.clock_times(eleven),
        ClockTimes {
            talk_ms: 520_000,
            hold_ms: 120_000,
            handling_ms: 300_000,
            consultation_ms: 940_000,
            waiting_ms: 900_000,
        }
    );
    // 560 of 600 s and 940 of 1,840 s: 93.3 % and 51.1 %.
    assert_eq!(shiga.occupancy(ten).permille_half_up(), Some(933));
    assert_eq!(shiga.occupancy(eleven).permille_half_up(), Some(511));
    let without_ringing = Profile { ringing_counts_as_waiting: false, ..shiga };
    assert_eq!(without_ringing.occupancy(ten), Rate { handled: 560_000, offered: 590_000 });
    // The agency's talk has the hold in it, so its hour 11 has 640,000.
    let fdma = Profile::FDMA.clock_times(eleven);
    assert_eq!((fdma.talk_ms, fdma.handling_ms, fdma.consultation_ms), (640_000, 940_000, 940_000));
    // R-A8: lunch is no staff; the peak is one.
    assert_eq!((eleven.dedicated.staffed_ms(), eleven.dedicated_peak), (1_840_000, 1));
}

/// R-A7, R-A8: m1 serves both tenants from 14:00 to 15:00 and is ready 45 min, which count for each; 10 min of talk are
/// ours, 5 min the other's.
#[test]
fn a_shared_seats_ready_time_counts_for_each_tenant_that_it_serves() {
    let text = format!(
        "{NIGHT}
        14:00:00 seat m1 ready
        14:10:00 call 1
        14:10:00 ring 1.1 m1
        14:10:00 answer 1.1 m1
        14:20:00 talked 1.1 m1 ready
        14:20:00 end 1 answered
        14:30:00 call 2 other
        14:30:00 ring 2.1 m1
        14:30:00 answer 2.1 m1
        14:35:00 talked 2.1 m1 ready
        15:00:00 seat m1 out
    "
    );
    let of = |tenant| {
        let slots = Calendar::slots(DAY, &[calendar(0)]).unwrap();
        let account = fold(Ledger::new(tenant, slots), &text, "+06:00:00");
        account.figures[14]
    };
    let (ours, others) = (of(tenant()), of(other_tenant()));
    let times = |it| {
        let times = Profile::SHIGA.clock_times(it);
        (times.consultation_ms, times.waiting_ms)
    };
    assert_eq!(times(&ours), (600_000, 2_700_000));
    assert_eq!(times(&others), (300_000, 2_700_000));
    assert_eq!((ours.shared.staffed_ms(), others.shared.staffed_ms()), (3_300_000, 3_000_000));
    assert_eq!(Profile::SHIGA.occupancy(&ours).permille_half_up(), Some(182));
}

/// R-A4: blocked from 2026-11-30 23:50 to 12-01 00:20, while the band fell at 23:00; talk over midnight is November's.
#[test]
fn a_months_end_cuts_the_clock_and_keeps_the_calls_whole() {
    let text = "
        2026-10-31T22:00:00 life
        2026-10-31T22:00:00 capacity 3+0
        2026-10-31T22:00:00 start
        2026-11-30T22:00:00 seat a1 ready
        2026-11-30T23:00:00 capacity 2+0
        2026-11-30T23:49:00 call 1
        2026-11-30T23:50:00 call 2
        2026-11-30T23:50:00 full
        2026-11-30T23:50:00 blocked
        2026-11-30T23:58:00 ring 1.1 a1
        2026-11-30T23:58:00 answer 1.1 a1
        2026-12-01T00:04:00 talked 1.1 a1 wrap-up
        2026-12-01T00:05:00 seat a1 ready
        2026-12-01T00:20:00 end 1 answered
        2026-12-01T00:20:00 unblocked
        2026-12-01T00:20:00 not-full
        2026-12-01T00:30:00 end 2 in-queue
        2026-12-01T07:00:00 capacity 3+0
    ";
    let december = Period::Month { year: 2026, month: 12 };
    let kyoto = |period| sheet(period, Profile::KYOTO, &calendar(0), text, "2027-01-02T00:00:00");
    let (before, after) = (kyoto(NOVEMBER), kyoto(december));
    assert_eq!((before.total.blockage_ms, after.total.blockage_ms), (600_000, 1_200_000));
    assert_eq!((before.total.offered, before.total.handled, after.total.offered), (2, 1, 0));
    assert_eq!((before.total.talk_ms, before.total.wrap_up_ms), (360_000, 60_000));
    assert_eq!((before.total.dedicated.talking_ms, after.total.dedicated.talking_ms), (120_000, 240_000));
    // Kyoto's month has talk and wrap-up apart: 6 min and 1 min.
    assert!(before.profile.talk_and_wrap_up_apart);
    assert_eq!(before.mean_talk_ms(&before.total), Some(fraction(360_000, 1)));
    assert_eq!(before.mean_wrap_up_ms(&before.total), Some(fraction(60_000, 1)));
    assert_eq!(before.total.open_ms, 30 * 86_400_000, "bands fell, and the tenant was open");
}

/// R-A9: Shizuoka's contract begins at 0:00 of 04-01 and ends at 24:00 of 03-31; every other day runs from 8:00 to 8:00.
#[test]
fn shizuokas_year_begins_at_midnight_and_ends_at_midnight() {
    let mut text = String::from(
        "2026-03-30T00:00:00 life\n2026-03-30T00:00:00 capacity 2+2\n2026-03-30T00:00:00 start\n",
    );
    let instants = [
        "2026-03-31T23:59:59.999", // before the contract
        "2026-04-01T00:00:00",     // its first hour: the 1st, though it is before 8:00
        "2026-04-02T03:00:00",     // the 1st
        "2026-05-01T07:59:59.999", // the 30th, and April
        "2026-05-01T08:00:00",     // May
        "2027-03-31T23:59:59.999", // its last hour
        "2027-04-01T02:00:00",     // after it
    ];
    for (id, instant) in (1..).zip(instants) {
        text += &format!("{instant} call {id}\n{instant} end {id} in-queue\n");
    }
    let mut calendar = calendar(8);
    let date = |year, month, day| CivilDate { year, month, day };
    calendar.contract = Some(Contract { first: date(2026, 4, 1), last: date(2027, 3, 31) });
    let of = |period| sheet(period, Profile::SHIZUOKA, &calendar, &text, "2027-04-02T00:00:00");

    let year = of(Period::FiscalYear(2026));
    assert_eq!(year.total.offered, 5);
    let months: Vec<u64> = year.months.iter().map(|it| it.figures.offered).collect();
    assert_eq!(months, [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!((year.months[0].month, year.months[11].month), (4, 3));

    let april = of(Period::Month { year: 2026, month: 4 });
    let days: Vec<u64> = april.days.iter().map(|it| it.figures.offered).collect();
    assert_eq!((days[0], days[1], days[29]), (2, 0, 1));
    assert_eq!(april.days[0].hours.len(), 32);
    assert_eq!((april.hour_of_day(0).offered, april.hour_of_day(3).offered), (1, 1));
    // Both totals: from midnight to midnight April has 2, and 1 more by 8:00 of May 1st; nothing went before.
    let offered = |it: &Figures| it.offered;
    let of_april = &april.reconciliation;
    assert_eq!((offered(&of_april.civil), offered(&of_april.after), offered(&of_april.before)), (2, 1, 0));
    assert!(of_april.agrees(&april.total));
    let may = of(Period::Month { year: 2026, month: 5 });
    let of_may = &may.reconciliation;
    assert_eq!((offered(&of_may.civil), offered(&of_may.after), offered(&of_may.before)), (2, 0, 1));
    assert_eq!(may.total.offered, 1);
    assert!(of_may.agrees(&may.total));
    assert!(!of_may.agrees(&april.total), "the sum would show it");
}

#[test]
fn months_share_out_the_days_of_a_year_and_days_its_hours() {
    let year = sheet(Period::FiscalYear(2026), Profile::KYOTO, &calendar(0), NIGHT, "2026-12-01T00:00:00");
    let days: Vec<usize> = year.months.iter().flat_map(|it| it.days.clone()).collect();
    assert_eq!(days, (0..365).collect::<Vec<_>>());
    let first: Vec<u8> = year.months.iter().map(|it| year.days[it.days.start].date.day).collect();
    assert_eq!(first, [1; 12]);
    let hours: Vec<usize> = year.days.iter().flat_map(|it| it.hours.clone()).collect();
    assert_eq!(hours, (0..year.hours.len()).collect::<Vec<_>>());
    let day = sheet(DAY, Profile::KYOTO, &calendar(0), NIGHT, "+06:00:00");
    assert_eq!((day.months.len(), day.months[0].days.clone()), (1, 0..1));
}

#[test]
fn books_whose_slots_do_not_end_with_the_day_make_no_sheet() {
    let of = |edges: [&str; 3]| {
        let account = account_over(Slots::new(edges.map(at).into()).unwrap(), NIGHT, "+06:00:00");
        Sheet::new(&account, DAY, Profile::FDMA, &calendar(0)).map(|sheet| sheet.hours.len())
    };
    assert_eq!(of(["00:00:00", "10:00:00", "+00:00:00"]), Some(2));
    assert_eq!(of(["00:00:00", "10:00:00", "+00:30:00"]), None);
    assert_eq!(of(["-23:30:00", "10:00:00", "+00:00:00"]), None);
    assert_eq!(of(["00:00:00", "10:00:00", "23:00:00"]), None);
}

/// R-A5. Hour 10: on the 21st two calls of 60,000 and 180,000 ms, on the 22nd one of 300,000 with 60,000 of wrap-up, on the
/// 23rd one that gave up. Mean of the daily means: (120,000 + 360,000) / 2 = 240,000; weighted it would be 200,000.
/// Blocked 6 min on the 21st: over the days on which the hour was open, from the 20th's night on and closed on the 24th.
#[test]
fn the_months_hourly_means_are_means_of_daily_means() {
    let mut text = format!(
        "{NIGHT}
        10:00:00 seat a1 ready
        10:00:00 call 1
        10:00:00 ring 1.1 a1
        10:00:00 answer 1.1 a1
        10:01:00 talked 1.1 a1 ready
        10:01:00 end 1 answered
        10:10:00 call 2
        10:10:00 ring 2.1 a1
        10:10:00 answer 2.1 a1
        10:13:00 talked 2.1 a1 ready
        10:13:00 end 2 answered
        10:20:00 blocked
        10:26:00 unblocked
        11:00:00 seat a1 out
        +10:00:00 seat a1 ready
        +10:00:00 call 3
        +10:00:00 ring 3.1 a1
        +10:00:00 answer 3.1 a1
        +10:05:00 talked 3.1 a1 wrap-up
        +10:05:00 end 3 answered
        +10:06:00 seat a1 out
    "
    );
    text += "2026-11-23T10:00:00 call 4\n2026-11-23T10:00:30 end 4 in-queue\n";
    text += "2026-11-24T10:00:00 capacity none\n2026-11-24T11:00:00 capacity 2+1\n";
    let sheet = sheet(NOVEMBER, Profile::FDMA, &calendar(0), &text, "2026-12-01T00:00:00");
    let ten = sheet.hour_means(10);
    assert_eq!(ten.handling_ms, Some(fraction(240_000, 1)));
    assert_eq!(sheet.mean_handling_ms(&sheet.hour_of_day(10)), Some(fraction(200_000, 1)));
    assert_eq!(ten.talk_ms, Some(fraction(210_000, 1)));
    assert_eq!(ten.wrap_up_ms, Some(fraction(30_000, 1)));
    // The 21st to the 30th but the 24th: 9 days.
    assert_eq!((ten.days_open, ten.days_handled), (9, 2));
    assert_eq!(ten.blockage_ms, Some(fraction(360_000, 9)));
    // a1 was staffed the whole hour on the 21st and 6 min on the 22nd.
    assert_eq!(ten.dedicated_seats, Some(fraction(3_600_000 + 360_000, 9 * 3_600_000)));
    // The daily part is weighted by calls: the 21st has (60,000 + 180,000) / 2.
    let day = &sheet.days[20];
    assert_eq!(sheet.mean_handling_ms(&day.figures), Some(fraction(120_000, 1)));
    // An hour without a handled call has no mean, one without blockage has a mean of nothing.
    let three = sheet.hour_means(3);
    assert_eq!((three.handling_ms, three.blockage_ms), (None, Some(fraction(0, 1))));
}

/// 平均受付件数: Saturday the 21st 2 calls, Sunday the 22nd 1, holiday Monday the 23rd 3; recorded from the 20th to the 24th.
#[test]
fn offered_calls_a_day_are_averaged_by_the_kind_of_day() {
    let mut text = NIGHT.to_owned();
    for (id, day) in (1..).zip([21, 21, 22, 23, 23, 23]) {
        text += &format!(
            "2026-11-{day}T12:{id:02}:00 call {id}\n2026-11-{day}T12:{id:02}:01 end {id} in-queue\n"
        );
    }
    let sheet = sheet(NOVEMBER, Profile::KYOTO, &calendar(0), &text, "2026-11-25T00:00:00");
    assert_eq!([sheet.days[20].class, sheet.days[22].class], [DayClass::Saturday, DayClass::Holiday]);
    let means = sheet.offered_means();
    // Friday the 20th, Saturday the 21st, Tuesday the 24th.
    assert_eq!(means.monday_to_saturday, Some(fraction(2, 3)));
    assert_eq!(means.sundays_and_holidays, Some(fraction(4, 2)));
    assert_eq!(means.all, Some(fraction(6, 5)));
    // Wednesday and Thursday are not in the record, and its Monday is the holiday.
    let (friday, saturday, tuesday) = (Some(fraction(0, 1)), Some(fraction(2, 1)), Some(fraction(0, 1)));
    assert_eq!(means.weekdays, [None, tuesday, None, None, friday, saturday]);
}

/// R-A3 and R-A12: 9 of 10 meets 90 % and the day does; its hour with 1 of 2 does not.
#[test]
fn a_target_is_held_against_each_level() {
    let mut text = format!("{NIGHT}08:00:00 seat a1 ready\n");
    for id in 1..=10 {
        let minute = 2 * id;
        let hour = if id <= 8 { 9 } else { 10 };
        text += &format!("{hour:02}:{minute:02}:00 call {id}\n");
        if id == 10 {
            text += &format!("{hour:02}:{minute:02}:30 end {id} in-queue\n");
        } else {
            text += &format!(
                "{hour:02}:{minute:02}:00 ring {id}.1 a1\n{hour:02}:{minute:02}:01 answer {id}.1 a1\n\
                 {hour:02}:{minute:02}:31 talked {id}.1 a1 ready\n{hour:02}:{minute:02}:31 end {id} answered\n"
            );
        }
    }
    let sheet = sheet(DAY, Profile::FDMA, &calendar(0), &text, "+06:00:00");
    let met = |it| sheet.profile.rate(it).meets(900);
    assert_eq!((met(&sheet.hours[9].figures), met(&sheet.hours[10].figures)), (Some(true), Some(false)));
    assert_eq!((met(&sheet.days[0].figures), met(&sheet.hours[11].figures)), (Some(true), None));
    assert_eq!(sheet.profile.rate(&sheet.total).meets(901), Some(false));
}

/// R-A1, R-A2, R-A11, R-L7: one journal, and each choice that a client may make.
#[test]
fn each_choice_of_a_client_changes_its_own_figure_only() {
    // Admitted 8:59:50, answered 9:00:10: hour 8's, or hour 9's by the answer. Handed over and lost: handled by any seat, not
    // by the final skill. One refused; one gave up after 6 s: a short abandon of a client who says 10 s.
    let text = format!(
        "{NIGHT}
        08:00:00 seat a1 ready
        08:59:50 call 1
        09:00:00 ring 1.1 a1
        09:00:10 answer 1.1 a1
        09:00:40 handed 1.1 a1
        09:01:00 end 1 after-reception
        09:01:00 seat a1 ready
        09:10:00 refused 2 lines_full
        09:20:00 full
        09:25:00 not-full
        09:30:00 call 3
        09:30:06 end 3 in-guidance
        10:00:00 seat a1 out
    "
    );
    let counting = Counting { short_abandon: Duration::from_secs(10), ..Counting::default() };
    let account = |counting| books(DAY, &calendar(0), counting, &text, "+06:00:00");
    let figures = account(Counting::default()).figures;
    let (eight, nine) = (&figures[8], &figures[9]);
    let usual = Profile::FDMA;
    assert_eq!((usual.handled(eight), usual.handled(nine), usual.offered(nine)), (1, 0, 1));
    assert_eq!((eight.abandoned_after_reception, usual.blockage_ms(nine)), (1, 0));

    let by_answer = Profile { answer_hour: true, ..usual };
    assert_eq!((by_answer.handled(eight), by_answer.handled(nine)), (0, 1));
    assert_eq!(by_answer.rate(nine), Rate { handled: 1, offered: 1 });
    let by_adviser = Profile { handled_by: HandledBy::FinalSkill, ..usual };
    assert_eq!((by_adviser.handled(eight), by_adviser.offered(eight)), (0, 1));
    let by_advisers_answer = Profile { answer_hour: true, ..by_adviser };
    assert_eq!((by_advisers_answer.handled(eight), by_advisers_answer.handled(nine)), (0, 0));
    let with_blocked = Profile { count_blocked_as_offered: true, ..usual };
    assert_eq!((with_blocked.offered(nine), with_blocked.handled(nine)), (2, 0));
    let by_seats = Profile { blockage: OfficialBlockage::SeatLines, ..usual };
    assert_eq!(by_seats.blockage_ms(nine), 300_000);
    assert_eq!((nine.short_abandons, account(counting).figures[9].short_abandons), (0, 1));
    assert!(nine.is_balanced() && eight.is_balanced());
}

/// R-A8: two seat lines want two seats. a1 from 8:00, a2 from 8:10, away 9:00 to 9:05; m1 is staff of ours but while it
/// talks for the other tenant. What several turns of one instant state is one interval, or none.
#[test]
fn intervals_below_the_promised_staffing_are_listed_with_what_was_missing() {
    let text = "
        07:00:00 life
        07:00:00 capacity none
        07:00:00 start
        07:30:00 seat a1 ready
        08:00:00 capacity 2+1
        08:00:00 short any 2 1
        08:10:00 seat a2 ready
        08:10:00 enough any
        09:00:00 seat a2 paused
        09:00:00 short any 2 1
        09:02:00 enough any
        09:02:00 short any 2 1
        09:05:00 seat a2 ready
        09:05:00 enough any
        09:30:00 short any 2 1
        09:30:00 enough any
        10:00:00 seat m1 ready
        10:10:00 seat a2 out
        10:20:00 call 1 other
        10:20:00 ring 1.1 m1
        10:20:00 short any 2 1
        10:20:00 answer 1.1 m1
        10:30:00 talked 1.1 m1 ready
        10:30:00 enough any
        11:00:00 capacity none
        11:00:00 seat m1 out
    ";
    let account = books(DAY, &calendar(0), Counting::default(), text, "12:00:00");
    let list: Vec<_> = account
        .understaffed
        .iter()
        .map(|it| (it.interval.from, it.interval.to.unwrap(), it.wanted, it.staffed))
        .collect();
    assert_eq!(
        list,
        [
            (at("08:00:00"), at("08:10:00"), 2, 1),
            (at("09:00:00"), at("09:05:00"), 2, 1),
            (at("10:20:00"), at("10:30:00"), 2, 1),
        ]
    );
    let short: Vec<u64> = [7, 8, 9, 10, 11].map(|it| account.figures[it].below_staffing_ms).into();
    assert_eq!(short, [0, 600_000, 300_000, 600_000, 0]);
    assert_eq!(account.figures[10].staffed_peak, 3);
}

/// R-A8: two seats, and one of them a nurse's. a1 is a nurse's, a3 is not. What the switch is gone for, by a stop or a
/// crash, is an outage: an interval ends with the life, and the next one begins when the next life states it.
#[test]
fn each_promise_of_staffing_is_kept_or_broken_by_itself() {
    let nurse: SkillId = "nurse".parse().unwrap();
    let text = format!(
        "{NIGHT}
        -22:10:00 seat a1 ready
        -22:10:00 seat a3 ready
        09:00:00 seat a1 paused
        09:00:00 short any 2 1
        09:00:00 short nurse 1 0
        09:30:00 seat a1 ready
        09:30:00 enough any
        09:30:00 enough nurse
        10:00:00 seat a3 paused
        10:00:00 short any 2 1
        10:20:00 stop
        10:20:01 seat a1 out
        10:20:01 short any 2 0
        10:30:00 life
        10:30:00 start
        10:30:00 short any 2 0
        10:30:00 short nurse 1 0
        10:40:00 seat a1 ready
        10:40:00 enough nurse
        10:40:00 short any 2 1
        10:50:00 life
        10:50:00 outage 10:45:00 10:50:00
        10:50:00 start
        10:51:00 short any 2 0
    "
    );
    let account = books(DAY, &calendar(0), Counting::default(), &text, "10:55:00");
    let list: Vec<_> = account
        .understaffed
        .iter()
        .map(|it| (it.interval.from, it.interval.to, it.skill, it.wanted, it.staffed))
        .collect();
    assert_eq!(
        list,
        [
            (at("09:00:00"), Some(at("09:30:00")), None, 2, 1),
            (at("09:00:00"), Some(at("09:30:00")), Some(nurse), 1, 0),
            (at("10:00:00"), Some(at("10:20:00")), None, 2, 1),
            (at("10:30:00"), Some(at("10:40:00")), None, 2, 0),
            (at("10:30:00"), Some(at("10:40:00")), Some(nurse), 1, 0),
            (at("10:40:00"), Some(at("10:45:00")), None, 2, 1),
            (at("10:51:00"), None, None, 2, 0),
        ]
    );
    let short = [8, 9, 10, 11].map(|it| account.figures[it].below_staffing_ms);
    assert_eq!(short, [0, 1_800_000, (20 + 15 + 4) * 60_000, 0]);
}

/// R-A8: an interval that began in the period is told to its end. a2 is away 23:50 to tomorrow 0:40; that a1 serves a call of
/// tomorrow meanwhile is no further want of staff.
#[test]
fn short_staff_at_the_periods_end_ends_when_it_truly_does() {
    let text = format!(
        "{NIGHT}
        -22:10:00 seat a1 ready
        -22:10:00 seat a2 ready
        23:50:00 seat a2 paused
        23:50:00 short any 2 1
        +00:05:00 call 1
        +00:05:00 ring 1.1 a1
        +00:05:10 answer 1.1 a1
        +00:40:00 seat a2 ready
        +00:40:00 enough any
        +00:45:00 talked 1.1 a1 ready
        +00:45:00 end 1 answered
    "
    );
    let account = books(DAY, &calendar(0), Counting::default(), &text, "+01:00:00");
    let list: Vec<_> = account
        .understaffed
        .iter()
        .map(|it| (it.interval.from, it.interval.to, it.wanted, it.staffed))
        .collect();
    assert_eq!(list, [(at("23:50:00"), Some(at("+00:40:00")), 2, 1)]);
    assert_eq!(account.figures[23].below_staffing_ms, 600_000);
}

/// R-A2. Reception (a1) answers seven callers in hour 10, talks 10 s with each and hands over all but the third, whom its lost
/// phone puts back. The first reaches the adviser (a2) for 60 s; the second and the third give up; we fail the fourth and a
/// supervisor ends the fifth, both answered to the switch (R-Q5); the sixth reaches the adviser, whose phone is lost, and gives
/// up then: answered. The seventh is still waiting for an adviser.
const RECEPTION: &str = "
    09:00:00 seat a1 ready
    09:00:00 seat a2 ready
    10:00:00 call 1
    10:00:00 ring 1.1 a1
    10:00:00 answer 1.1 a1
    10:00:10 handed 1.1 a1
    10:00:10 ring 1.2 a2
    10:00:10 answer 1.2 a2
    10:01:10 talked 1.2 a2 ready
    10:01:10 end 1 answered
    10:02:00 seat a1 ready
    10:02:00 call 2
    10:02:00 ring 2.1 a1
    10:02:00 answer 2.1 a1
    10:02:10 handed 2.1 a1
    10:02:40 end 2 after-reception
    10:03:00 seat a1 ready
    10:03:00 call 3
    10:03:00 ring 3.1 a1
    10:03:00 answer 3.1 a1
    10:03:10 lost 3.1 a1
    10:03:10 back 3
    10:03:40 end 3 after-reception
    10:04:00 seat a1 ready
    10:04:00 call 4
    10:04:00 ring 4.1 a1
    10:04:00 answer 4.1 a1
    10:04:10 lost 4.1 a1
    10:04:10 back 4
    10:04:40 end 4 answered
    10:05:00 seat a1 ready
    10:05:00 call 5
    10:05:00 ring 5.1 a1
    10:05:00 answer 5.1 a1
    10:05:10 handed 5.1 a1
    10:05:40 end 5 answered
    10:06:00 seat a1 ready
    10:06:00 call 6
    10:06:00 ring 6.1 a1
    10:06:00 answer 6.1 a1
    10:06:10 handed 6.1 a1
    10:06:10 ring 6.2 a2
    10:06:10 answer 6.2 a2
    10:07:10 lost 6.2 a2
    10:07:40 end 6 answered
    10:08:00 seat a1 ready
    10:08:00 call 7
    10:08:00 ring 7.1 a1
    10:08:00 answer 7.1 a1
    10:08:10 handed 7.1 a1
    10:09:00 seat a1 ready
";

/// R-A2, R-A15: whom no adviser answered is handled by any seat, and not by the final skill, on forms and in records alike.
#[test]
fn whom_no_adviser_answered_is_handled_by_any_seat_alone() {
    let text = format!("{NIGHT}{RECEPTION}");
    let account = books(DAY, &calendar(0), Counting::default(), &text, "10:30:00");
    let ten = &account.figures[10];
    let any_seat = Profile::FDMA;
    let final_skill = Profile { handled_by: HandledBy::FinalSkill, ..any_seat };
    assert_eq!((any_seat.handled(ten), final_skill.handled(ten)), (7, 3));
    assert_eq!(final_skill.rate(ten), Rate { handled: 3, offered: 7 });
    assert_eq!((ten.abandoned_after_reception, ten.failed_after_reception, ten.failed), (2, 2, 0));
    let by_answer = |profile| Profile { answer_hour: true, ..profile };
    assert_eq!([any_seat, final_skill].map(|it| by_answer(it).handled(ten)), [7, 3]);
    // 7 × 10 s and 2 × 60 s; without the four who reached nobody 30 s and 120 s.
    assert_eq!([any_seat, final_skill].map(|it| it.talk_ms(ten)), [190_000, 150_000]);
    assert_eq!([any_seat, final_skill].map(|it| by_answer(it).talk_ms(ten)), [190_000, 150_000]);
    assert!(ten.is_balanced());

    let records = support::records(&text);
    let handled = |by| records.calls().values().filter(|it| it.is_handled(by)).map(|it| it.call.0).collect();
    let [by_any, by_adviser]: [Vec<u64>; 2] = [HandledBy::AnySeat, HandledBy::FinalSkill].map(handled);
    assert_eq!((by_any, by_adviser), (vec![1, 2, 3, 4, 5, 6, 7], vec![1, 6, 7]));
}

/// R-A15: the sum that the definitions print is of the client's own handled calls, and always shows who gave up after reception.
#[test]
fn the_sum_of_the_outcomes_is_of_the_clients_handled_calls() {
    let account = account_over(Slots::hours(DATE, JST), &format!("{NIGHT}{RECEPTION}"), "10:30:00");
    let sum = |handled_by| {
        let profile = Profile { handled_by, ..Profile::FDMA };
        let header = Header {
            profile,
            purpose: Purpose::Report,
            title: String::new(),
            date: DATE,
            utc_offset_minutes: JST,
            target_permille: None,
            made_at: at("12:00:00"),
            made_by: String::new(),
            plan: String::new(),
            remarks: Vec::new(),
        };
        let csv = fdma2::csv(&account, &header);
        csv.lines().find(|line| line.starts_with("照合,件数の照合")).unwrap().to_owned()
    };
    let any_seat =
        "照合,件数の照合,入電7＝対応7（うち受付後の放棄2）＋放棄0＋当方の失敗0＋未応答・継続中0：一致,R-A15";
    assert_eq!(sum(HandledBy::AnySeat), any_seat);
    let final_skill = "照合,件数の照合,入電7＝対応3＋受付後の放棄2＋受付後の終了2＋放棄0＋当方の失敗0＋未応答・継続中0：一致,R-A15";
    assert_eq!(sum(HandledBy::FinalSkill), final_skill);
}
