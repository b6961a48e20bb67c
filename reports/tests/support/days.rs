//! The calendar of Japan, by counting days and hours: none of the switch's own is asked.

use acd_core::{CivilDate, Timestamp};

const HOUR_MS: i64 = 3_600_000;
/// Japan is nine hours before Greenwich.
const ZONE_HOURS: i64 = 9;

/// Where counting begins: 2024-01-01, a Monday, is so many days after 1970-01-01.
const FIRST_YEAR: i32 = 2024;
const FIRST_DAY: i64 = 19_723;

/// An instant by the calendar and the clock on the wall.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OnTheWall {
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
    /// 0 on Monday.
    pub(crate) weekday: i64,
    pub(crate) hour: i64,
}

/// What calendar and clock showed at an instant.
pub(crate) fn on_the_wall(at: Timestamp) -> OnTheWall {
    let hours = at.as_millis().div_euclid(HOUR_MS) + ZONE_HOURS;
    let days = hours.div_euclid(24) - FIRST_DAY;
    assert!(days >= 0, "no history is as old as that");
    let (mut left, mut year, mut month) = (days, FIRST_YEAR, 1);
    while left >= length(year, month) {
        left -= length(year, month);
        (year, month) = after(year, month);
    }
    let day = u8::try_from(left + 1).unwrap();
    OnTheWall { year, month, day, weekday: days % 7, hour: hours.rem_euclid(24) }
}

/// The instant at which a day begins.
pub(crate) fn midnight(date: CivilDate) -> Timestamp {
    let (mut days, mut year, mut month) = (FIRST_DAY, FIRST_YEAR, 1);
    assert!(date.year >= FIRST_YEAR, "no history is as old as that");
    while (year, month) != (date.year, date.month) {
        days += length(year, month);
        (year, month) = after(year, month);
    }
    let hours = (days + i64::from(date.day) - 1) * 24 - ZONE_HOURS;
    Timestamp::from_millis(hours * HOUR_MS)
}

const fn after(year: i32, month: u8) -> (i32, u8) {
    if month == 12 { (year + 1, 1) } else { (year, month + 1) }
}

/// The days of a month.
const fn length(year: i32, month: u8) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
