//! The embedded holidays are those of the law, recomputed here, and a plan may change them.

use std::collections::BTreeMap;

use acd_core::{CivilDate, Weekday};

use super::{errors, parse};
use crate::plan::files::{HOLIDAYS, HOLIDAYS_NAME};
use crate::plan::{HolidayCalendar, holidays};

fn embedded() -> HolidayCalendar {
    holidays::parse(HOLIDAYS_NAME, HOLIDAYS).unwrap()
}

fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

fn name(year: i32, month: u8, day: u8) -> Option<String> {
    embedded().names.get(&date(year, month, day)).cloned()
}

#[test]
fn every_year_has_its_number_of_holidays() {
    let mut by_year: BTreeMap<i32, usize> = BTreeMap::new();
    for day in embedded().names.keys() {
        *by_year.entry(day.year).or_default() += 1;
    }
    let expected = [(2024, 21), (2025, 19), (2026, 18), (2027, 17), (2028, 16), (2029, 19), (2030, 19)];
    assert_eq!(by_year.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn special_days_are_right() {
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(name(2026, 9, 21), some("敬老の日"));
    assert_eq!(name(2026, 9, 22), some("国民の休日"));
    assert_eq!(name(2026, 9, 23), some("秋分の日"));
    assert_eq!(name(2024, 9, 22), some("秋分の日"));
    assert_eq!(name(2027, 3, 21), some("春分の日"));
    assert_eq!(name(2027, 3, 22), some("振替休日"));
    // A substitute that must pass over two holidays, and one that must not exist: a Saturday has none.
    assert_eq!(name(2026, 5, 6), some("振替休日"));
    assert_eq!(name(2025, 5, 6), some("振替休日"));
    assert_eq!(name(2028, 4, 29), some("昭和の日"));
    assert_eq!(date(2028, 4, 29).weekday(), Weekday::Saturday);
    assert_eq!(name(2028, 5, 1), None);
    assert_eq!(name(2026, 12, 29), None);
}

/// The law: holidays by fixed day, by week of the month and by equinox; then article 3, paragraphs 2 and 3.
#[test]
fn the_file_is_what_the_law_gives() {
    let fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)];
    let nth_monday = [(1, 2), (7, 3), (9, 3), (10, 2)];
    let equinoxes = [
        (2024, 20, 22),
        (2025, 20, 23),
        (2026, 20, 23),
        (2027, 21, 23),
        (2028, 20, 22),
        (2029, 20, 23),
        (2030, 20, 23),
    ];
    let mut expected = Vec::new();
    for (year, spring, autumn) in equinoxes {
        let mut days: Vec<i64> = fixed.iter().map(|(month, day)| date(year, *month, *day).days()).collect();
        days.extend([date(year, 3, spring).days(), date(year, 9, autumn).days()]);
        for (month, nth) in nth_monday {
            let mondays =
                (1..=31).map(|day| date(year, month, day)).filter(|it| it.weekday() == Weekday::Monday);
            days.extend(mondays.map(CivilDate::days).nth(nth - 1));
        }
        let by_name = days.clone();
        for day in &by_name {
            if CivilDate::from_days(*day).weekday() == Weekday::Sunday {
                days.extend((day + 1..).find(|next| !by_name.contains(next)));
            }
        }
        let between: Vec<i64> = by_name
            .iter()
            .map(|day| day + 1)
            .filter(|day| by_name.contains(&(day + 1)) && !days.contains(day))
            .collect();
        days.extend(between);
        expected.extend(days);
    }
    expected.sort_unstable();
    let found: Vec<i64> = embedded().names.keys().map(|day| day.days()).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_plan_adds_and_removes_days() {
    let text = super::changed(
        "[listen]",
        "[holidays]\nadd = [\"2026-12-31\"]\nremove = [\"2026-11-23\"]\n\n[listen]",
    );
    let plan = parse(&text).unwrap();
    assert!(plan.core.holidays.contains(&date(2026, 12, 31)));
    assert!(!plan.core.holidays.contains(&date(2026, 11, 23)));
    assert_eq!(plan.core.holidays.len(), embedded().names.len());
}

#[test]
fn a_wrong_change_of_holidays_is_an_error() {
    let text = super::changed(
        "[listen]",
        "[holidays]\nadd = [\"2026-11-23\", \"2026-02-29\"]\nremove = [\"2026-11-24\"]\n\n[listen]",
    );
    assert_eq!(
        errors(&text),
        [
            "plan.toml:4:8: `add` has 2026-11-23, which is a holiday already; take it out",
            "plan.toml:4:22: `add` \"2026-02-29\" is no date; write YYYY-MM-DD, such as 2026-12-31",
            "plan.toml:5:11: `remove` has 2026-11-24, which is no holiday; take it out",
        ]
    );
}

#[test]
fn a_wrong_holiday_file_is_reported_in_its_own_lines() {
    let text =
        "format = 1\ndated = \"2026-11-21\"\n\n[days.2026]\n\"02-30\" = \"x\"\n\"01-01\" = 1\n[days.26]\n";
    let errors: Vec<String> =
        holidays::parse("h.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "h.toml:5:1: `02-30` is no day of 2026; write MM-DD, such as \"01-01\"",
            "h.toml:6:11: `01-01` is a whole number; write the holiday's name in quotes",
            "h.toml:7:7: `26` is no year from 1948 to 2999 (YEAR); head each year's days such as [days.2026]",
        ]
    );
}
