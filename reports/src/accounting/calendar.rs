//! Days, months and fiscal years as a form has them (R-A9).

use std::collections::BTreeSet;

use acd_core::{CivilDate, TimeOfDay, Timestamp, Weekday};

use super::Slots;

/// What a report is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Period {
    /// One day.
    Day(CivilDate),
    /// One month.
    Month {
        /// Of which year.
        year: i32,
        /// 1 to 12.
        month: u8,
    },
    /// 年度: April of this year to March of the next.
    FiscalYear(i32),
}

impl Period {
    /// Its first day.
    pub const fn first(self) -> CivilDate {
        match self {
            Self::Day(date) => date,
            Self::Month { year, month } => CivilDate { year, month, day: 1 },
            Self::FiscalYear(year) => CivilDate { year, month: 4, day: 1 },
        }
    }

    /// Its last day.
    pub const fn last(self) -> CivilDate {
        let next = match self {
            Self::Day(date) => return date,
            Self::Month { year, month: 12 } => CivilDate { year: year + 1, month: 1, day: 1 },
            Self::Month { year, month } => CivilDate { year, month: month + 1, day: 1 },
            Self::FiscalYear(year) => CivilDate { year: year + 1, month: 4, day: 1 },
        };
        CivilDate::from_days(next.days() - 1)
    }

    /// Its days.
    pub fn dates(self) -> impl Iterator<Item = CivilDate> {
        (self.first().days()..=self.last().days()).map(CivilDate::from_days)
    }
}

impl std::fmt::Display for Period {
    /// `2026-11-21`, `2026-11`, `2026`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::FiscalYear(year) => write!(f, "{year:04}"),
        }
    }
}

/// The first and the last day of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contract {
    /// It begins at 0:00 of this day, and the day before ends there.
    pub first: CivilDate,
    /// It ends at 24:00 of this day, and the day after begins there.
    pub last: CivilDate,
}

/// What kind of day it is, for means by kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DayClass {
    /// 祝日
    Holiday,
    /// 日曜
    Sunday,
    /// 土曜
    Saturday,
    /// 平日
    Weekday,
}

/// When a client's days begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// Minutes east of Greenwich of the tenant's zone.
    pub utc_offset_minutes: i32,
    /// The hour at which a day begins: 0, or 8 for Shizuoka's days and for Kyoto's list of consultations.
    pub day_start_hour: u8,
    /// The contract, where its ends are known.
    pub contract: Option<Contract>,
    /// Public holidays.
    pub holidays: BTreeSet<CivilDate>,
}

impl Calendar {
    /// The same with days that begin at another hour.
    pub fn with_day_start(&self, hour: u8) -> Self {
        Self { day_start_hour: hour, ..self.clone() }
    }

    /// The first instant of a day and the first after it, where the next begins: whatever the hour at which days begin, a
    /// contract's first day and the one after its last begin at 0:00, and the days before them end there.
    pub fn day(&self, date: CivilDate) -> (Timestamp, Timestamp) {
        (self.begin(date), self.begin(CivilDate::from_days(date.days() + 1)))
    }

    /// A day from midnight to midnight.
    pub fn civil_day(&self, date: CivilDate) -> (Timestamp, Timestamp) {
        (self.at(date, 0), self.at(CivilDate::from_days(date.days() + 1), 0))
    }

    /// The kind of a day.
    pub fn class(&self, date: CivilDate) -> DayClass {
        if self.holidays.contains(&date) {
            return DayClass::Holiday;
        }
        match date.weekday() {
            Weekday::Sunday => DayClass::Sunday,
            Weekday::Saturday => DayClass::Saturday,
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
                DayClass::Weekday
            }
        }
    }

    /// The hours that a period touches: from 0:00 of its first day, and to the end of its last, by midnight and as each of these
    /// calendars has it. Their lists tell of the period as the first of these calendars has it, whose figures stand beside
    /// them.
    pub fn slots(period: Period, calendars: &[Self]) -> Option<Slots> {
        let sheets = calendars.first()?;
        let zone = sheets.utc_offset_minutes;
        let from = period.first().at(TimeOfDay::MIDNIGHT, zone);
        let after = CivilDate::from_days(period.last().days() + 1).at(TimeOfDay::MIDNIGHT, zone);
        let ends = calendars.iter().map(|it| it.day(period.last()).1);
        let hours = ms_hours(ends.fold(after, Timestamp::max), from);
        let edge = |hour| Timestamp::from_millis(from.as_millis() + hour * HOUR_MS);
        let (first, _) = sheets.day(period.first());
        let (_, last) = sheets.day(period.last());
        Some(Slots::new((0..=hours).map(edge).collect())?.listing(first, last))
    }

    /// The day and the hour of an instant.
    pub(super) fn hour_of(&self, at: Timestamp) -> (CivilDate, u8) {
        let civil = at.civil(self.utc_offset_minutes);
        let hour = civil.time.as_millis() / 3_600_000;
        (civil.date, u8::try_from(hour).unwrap_or(23))
    }

    /// One edge for the day that begins and the one that ends, so that no hour is of two days or of none (R-A15).
    fn begin(&self, date: CivilDate) -> Timestamp {
        let at_midnight =
            self.contract.is_some_and(|it| it.first == date || it.last.days() + 1 == date.days());
        self.at(date, if at_midnight { 0 } else { self.day_start_hour })
    }

    fn at(&self, date: CivilDate, hour: u8) -> Timestamp {
        let midnight = date.at(TimeOfDay::MIDNIGHT, self.utc_offset_minutes).as_millis();
        Timestamp::from_millis(midnight + i64::from(hour) * HOUR_MS)
    }
}

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

const fn ms_hours(to: Timestamp, from: Timestamp) -> i64 {
    (to.as_millis() - from.as_millis()) / HOUR_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn date(year: i32, month: u8, day: u8) -> CivilDate {
        CivilDate { year, month, day }
    }

    fn shizuoka() -> Calendar {
        Calendar {
            utc_offset_minutes: 540,
            day_start_hour: 8,
            contract: Some(Contract { first: date(2026, 4, 1), last: date(2027, 3, 31) }),
            holidays: [date(2026, 11, 23)].into(),
        }
    }

    #[test]
    fn months_and_fiscal_years_have_their_days() {
        let last = |year, month| Period::Month { year, month }.last();
        assert_eq!(last(2026, 2), date(2026, 2, 28));
        assert_eq!(last(2028, 2), date(2028, 2, 29));
        assert_eq!(last(2026, 12), date(2026, 12, 31));
        let year = Period::FiscalYear(2026);
        assert_eq!((year.first(), year.last()), (date(2026, 4, 1), date(2027, 3, 31)));
        assert_eq!(year.dates().count(), 365);
        assert_eq!(Period::FiscalYear(2027).dates().count(), 366);
    }

    #[test]
    fn a_period_is_named_as_precisely_as_it_is() {
        let names =
            [Period::Day(date(2026, 4, 1)), Period::Month { year: 2026, month: 4 }, Period::FiscalYear(2026)]
                .map(|period| period.to_string());
        assert_eq!(names, ["2026-04-01", "2026-04", "2026"]);
    }

    #[test]
    fn a_civil_day_and_a_day_from_midnight_are_one() {
        let day = date(2026, 11, 21);
        let (from, to) = shizuoka().civil_day(day);
        assert_eq!((ms_hours(to, from), from), (24, shizuoka().at(day, 0)));
        assert_eq!(shizuoka().with_day_start(0).day(day), (from, to));
        assert_ne!(shizuoka().day(day), (from, to));
    }

    fn hours_of(calendar: &Calendar, it: CivilDate) -> i64 {
        let (from, to) = calendar.day(it);
        ms_hours(to, from)
    }

    /// R-A9: 8:00 to 8:00, but the contract's first day from 0:00 and its last to 24:00; what lies before and after has the
    /// other hours.
    #[test]
    fn a_contracts_first_day_has_32_hours_and_its_last_16() {
        let days = [(2026, 3, 30), (2026, 3, 31), (2026, 4, 1), (2026, 4, 2), (2027, 3, 30), (2027, 3, 31)];
        let days = days.into_iter().chain([(2027, 4, 1), (2027, 4, 2)]);
        let hours: Vec<i64> =
            days.map(|(year, month, day)| hours_of(&shizuoka(), date(year, month, day))).collect();
        assert_eq!(hours, [24, 16, 32, 24, 24, 16, 32, 24]);
    }

    #[test]
    fn a_contract_of_one_day_has_its_24_hours() {
        let first = date(2026, 4, 15);
        let contract = Some(Contract { first, last: first });
        let calendar = Calendar { contract, ..shizuoka() };
        let hours = [14, 15, 16, 17].map(|day| hours_of(&calendar, date(2026, 4, day)));
        assert_eq!(hours, [16, 24, 32, 24]);
        assert_eq!(calendar.day(first), calendar.civil_day(first));
    }

    /// A plan has the contract of its time: a form that is made anew after the renewal has the same days.
    #[test]
    fn days_at_a_renewal_are_those_of_either_contract() {
        let renewed = Contract { first: date(2027, 4, 1), last: date(2028, 3, 31) };
        let renewed = Calendar { contract: Some(renewed), ..shizuoka() };
        let march = Period::Month { year: 2027, month: 3 };
        for day in march.dates().chain([date(2027, 4, 1)]) {
            assert_eq!(renewed.day(day), shizuoka().day(day), "{day}");
        }
    }

    /// R-A15: years about the contract's edges, wherever they lie, and with days that begin anywhere.
    #[test]
    fn days_follow_each_other_without_a_gap_or_an_overlap() {
        for (first, last) in [(0, 364), (14, 300), (31, 31), (-20, 40), (300, 400), (-9, -1), (0, 0)] {
            for hour in [0, 1, 8, 23] {
                let day = |it| CivilDate::from_days(date(2026, 4, 1).days() + it);
                let contract = Some(Contract { first: day(first), last: day(last) });
                let calendar = Calendar { contract, day_start_hour: hour, ..shizuoka() };
                let mut end = calendar.day(day(-31)).1;
                for it in (-30..420).map(day) {
                    let (from, to) = calendar.day(it);
                    assert!(end == from && from < to, "{it}, contract {first} to {last}, from {hour}:00");
                    end = to;
                }
            }
        }
    }

    #[test]
    fn the_hours_of_a_month_reach_to_the_end_of_its_last_day() {
        let calendar = shizuoka();
        let month = Period::Month { year: 2026, month: 11 };
        let slots = Calendar::slots(month, &[calendar.with_day_start(0), calendar.clone()]).expect("slots");
        assert_eq!(slots.count(), 30 * 24 + 8);
        assert_eq!(slots.to(), calendar.day(date(2026, 11, 30)).1);
        assert_eq!(slots.listed(), (slots.from(), calendar.civil_day(date(2026, 11, 30)).1));
        let from_eight = Calendar::slots(month, std::slice::from_ref(&calendar)).expect("slots");
        assert_eq!(from_eight.listed(), (calendar.day(date(2026, 11, 1)).0, slots.to()));
    }

    #[test]
    fn a_holiday_is_no_weekday() {
        let class = |day| shizuoka().class(date(2026, 11, day));
        let days = [21, 22, 23, 24].map(class);
        assert_eq!(days, [DayClass::Saturday, DayClass::Sunday, DayClass::Holiday, DayClass::Weekday]);
    }
}
