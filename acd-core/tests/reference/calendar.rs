//! The calendar of the rules once more, by counting: no code of the switch is used but its types.

use std::collections::BTreeSet;
use std::time::Duration;

use acd_core::plan::{Capacity, DateRange, DayKind, Entry, Tenant};
use acd_core::{CivilDate, DialledNumber, Pii, TimeOfDay, Timestamp};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
const MINUTE_MILLIS: i64 = 60_000;

/// Where counting begins, before all histories: 2020-01-01, a Wednesday, is so many days after 1970-01-01.
const FIRST_YEAR: i32 = 2020;
const FIRST_DAY: i64 = 18_262;

/// The day that is so many days after 1970-01-01, found by leaving out one year and then one month after another.
pub(crate) fn date_of(days: i64) -> CivilDate {
    assert!(days >= FIRST_DAY, "no history is as old as that");
    let (mut left, mut year, mut month) = (days - FIRST_DAY, FIRST_YEAR, 1);
    while left >= length_of_year(year) {
        left -= length_of_year(year);
        year += 1;
    }
    while left >= length_of_month(year, month) {
        left -= length_of_month(year, month);
        month += 1;
    }
    CivilDate { year, month, day: u8::try_from(left + 1).unwrap() }
}

/// How many days after 1970-01-01 a day is.
pub(crate) fn days_of(date: CivilDate) -> i64 {
    let years: i64 = (FIRST_YEAR..date.year).map(length_of_year).sum();
    let months: i64 = (1..date.month).map(|month| length_of_month(date.year, month)).sum();
    FIRST_DAY + years + months + i64::from(date.day) - 1
}

/// The day of the week, 0 on Monday.
pub(crate) const fn weekday(days: i64) -> i64 {
    (days - FIRST_DAY + 2) % 7
}

pub(crate) const fn is_leap_year(year: i32) -> bool {
    year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
}

const fn length_of_year(year: i32) -> i64 {
    if is_leap_year(year) { 366 } else { 365 }
}

const fn length_of_month(year: i32, month: u8) -> i64 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day and the minute of it in a zone.
pub(crate) fn civil(at: Timestamp, utc_offset_minutes: i32) -> (CivilDate, i64) {
    let minutes = at.as_millis().div_euclid(MINUTE_MILLIS) + i64::from(utc_offset_minutes);
    (date_of(minutes.div_euclid(1_440)), minutes.rem_euclid(1_440))
}

/// The instant of a time of a day in a zone.
pub(crate) fn instant(days: i64, time: TimeOfDay, utc_offset_minutes: i32) -> Timestamp {
    let local = days * DAY_MILLIS + i64::from(time.as_millis());
    Timestamp::from_millis(local - i64::from(utc_offset_minutes) * MINUTE_MILLIS)
}

/// R-L2, R-L3: the lines of the band in force; `None` outside the tenant's hours.
pub(crate) fn capacity_at(
    tenant: &Tenant,
    holidays: &BTreeSet<CivilDate>,
    at: Timestamp,
) -> Option<Capacity> {
    let offset = tenant.utc_offset_minutes;
    let named = tenant.ranges.iter().position(|range| is_within(range, offset, at));
    let today = days_of(civil(at, offset).0);
    for began in [today, today - 1] {
        let from_day_start = instant(began, tenant.day_start, offset);
        let to_day_end = from_day_start + DAY;
        if at < from_day_start || at >= to_day_end {
            continue;
        }
        let kind = match (named, weekday(began)) {
            (Some(range), _) => DayKind::Range(u16::try_from(range).unwrap()),
            (None, _) if holidays.contains(&date_of(began)) => DayKind::Holiday,
            (None, 6) => DayKind::Sunday,
            (None, 5) => DayKind::Saturday,
            (None, _) => DayKind::Weekday,
        };
        for band in tenant.bands.iter().filter(|band| band.days.contains(&kind)) {
            let mut from = instant(began, band.from, offset);
            while from < from_day_start {
                from = from + DAY;
            }
            let mut to = instant(began, band.to, offset);
            while to <= from {
                to = to + DAY;
            }
            if from <= at && at < to && at < to_day_end {
                return band.capacity;
            }
        }
    }
    None
}

/// Whether an instant is within a range that began last year, begins this year or, in a zone far east, already the next.
fn is_within(range: &DateRange, utc_offset_minutes: i32, at: Timestamp) -> bool {
    let this_year = civil(at, utc_offset_minutes).0.year;
    (this_year - 1..=this_year + 1).any(|year| {
        let edge = |(month, day, time): (u8, u8, TimeOfDay), year: i32| {
            instant(days_of(CivilDate { year, month, day }), time, utc_offset_minutes)
        };
        let (from, mut to) = (edge(range.from, year), edge(range.to, year));
        if to <= from {
            to = edge(range.to, year + 1);
        }
        range.year.is_none_or(|only| only == year) && from <= at && at < to
    })
}

/// R-T3: who is on duty at an instant, then those who fall back, each once.
pub(crate) fn to_try(entry: &Entry, utc_offset_minutes: i32, at: Timestamp) -> Vec<Pii<DialledNumber>> {
    let mut to_try = Vec::new();
    for duty in &entry.duties {
        let edge = |(date, time): (CivilDate, TimeOfDay)| instant(days_of(date), time, utc_offset_minutes);
        if edge(duty.from) <= at && at < edge(duty.to) {
            to_try.push(duty.number);
        }
    }
    to_try.extend(&entry.numbers);
    let mut each_once = Vec::new();
    for number in to_try {
        if !each_once.contains(&number) {
            each_once.push(number);
        }
    }
    each_once
}
