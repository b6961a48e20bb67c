//! Dates and times as Japanese forms write them.

use acd_core::{CivilDate, Timestamp};

/// The first day of 令和.
const REIWA_BEGINS: CivilDate = CivilDate { year: 2019, month: 5, day: 1 };

/// `令和8年11月21日`; the first year is 元年, days before the era are written in the common era.
pub(super) fn date(date: CivilDate) -> String {
    format!("{}{}月{}日", year(date), date.month, date.day)
}

/// `令和8年11月分`
pub(super) fn month(date: CivilDate) -> String {
    format!("{}{}月分", year(date), date.month)
}

fn year(date: CivilDate) -> String {
    if date < REIWA_BEGINS {
        return format!("{}年", date.year);
    }
    match date.year - 2018 {
        1 => "令和元年".to_owned(),
        year => format!("令和{year}年"),
    }
}

/// `2026/11/21 09:00:10.500`
pub(super) fn instant(at: Timestamp, utc_offset_minutes: i32) -> String {
    let civil = at.civil(utc_offset_minutes);
    let CivilDate { year, month, day } = civil.date;
    format!("{year}/{month:02}/{day:02} {}", time(civil.time.as_millis()))
}

/// `7時`, or `07:12:34.567` where it is no whole hour.
pub(super) fn clock(at: Timestamp, utc_offset_minutes: i32) -> String {
    let ms = at.civil(utc_offset_minutes).time.as_millis();
    if ms.is_multiple_of(3_600_000) { format!("{}時", ms / 3_600_000) } else { time(ms) }
}

fn time(ms: u32) -> String {
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, milli) = (ms / 1_000 % 60, ms % 1_000);
    format!("{hour:02}:{minute:02}:{second:02}.{milli:03}")
}

/// The day and time as a spreadsheet counts them: days since 1899-12-30, in the zone.
pub(super) fn serial(at: Timestamp, utc_offset_minutes: i32) -> f64 {
    const DAYS_TO_1970: f64 = 25_569.0;
    let local_ms = at.as_millis() + i64::from(utc_offset_minutes) * 60_000;
    local_ms as f64 / 86_400_000.0 + DAYS_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_year_of_the_era_is_written_as_such() {
        let day = |year, month, day| date(CivilDate { year, month, day });
        assert_eq!(day(2019, 4, 30), "2019年4月30日");
        assert_eq!(day(2019, 5, 1), "令和元年5月1日");
        assert_eq!(day(2020, 1, 1), "令和2年1月1日");
        assert_eq!(day(2026, 11, 21), "令和8年11月21日");
        assert_eq!(month(CivilDate { year: 2019, month: 12, day: 31 }), "令和元年12月分");
    }

    #[test]
    fn instants_are_civil_time() {
        // 2026-11-21T09:00:10.500+09:00
        let at = Timestamp::from_millis(1_795_219_210_500);
        assert_eq!(instant(at, 540), "2026/11/21 09:00:10.500");
        assert_eq!(clock(at, 540), "09:00:10.500");
        assert_eq!(clock(Timestamp::from_millis(at.as_millis() - 10_500), 540), "9時");
        // 2026-11-21 is day 46347 of the spreadsheet's calendar.
        assert!((serial(at, 540) - (46_347.0 + 32_410.5 / 86_400.0)).abs() < 1e-9);
    }
}
