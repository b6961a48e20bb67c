//! For how long the facts of which client are kept (R-A14): of its rules the longest.

use std::time::Duration;

use acd_core::{CivilDate, TimeOfDay, Timestamp};

use crate::plan::FactKeeping;

/// What may be destroyed of a client's facts at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Those before this instant; `None`: nothing.
    pub before: Option<Timestamp>,
    /// By which rules, or which one keeps them.
    pub why: String,
}

/// Asks every rule of a client; the longest decides. `default_days`: how long the journal keeps the facts of a client that has
/// no rule of its own.
pub fn verdict(keeping: &FactKeeping, default_days: u32, utc_offset_minutes: i32, now: Timestamp) -> Verdict {
    let midnight = |date: CivilDate| date.at(TimeOfDay::MIDNIGHT, utc_offset_minutes);
    let next_day = |date: CivilDate| midnight(CivilDate::from_days(date.days() + 1));
    let mut bounds = Vec::new();
    let mut reasons = Vec::new();
    let kept = |why: String| Verdict { before: None, why };
    if keeping.until_accepted {
        let Some(day) = keeping.accepted_on else {
            return kept("the client has not accepted the last report (accepted_on)".to_owned());
        };
        if now < next_day(day) {
            return kept(format!("the client accepts the last report on {day}: from the next day on"));
        }
        bounds.push(next_day(day));
        reasons.push(format!("last report accepted on {day}"));
    }
    if let Some(years) = keeping.years_after_annual_report {
        let is_over = |made_on: CivilDate| {
            let over = CivilDate { year: made_on.year + i32::from(years), ..made_on };
            now >= next_day(over)
        };
        let over = keeping.annual_reports.iter().take_while(|(_, made_on)| is_over(*made_on)).last();
        let Some((year, made_on)) = over else {
            return kept(format!("no annual report is {years} years old"));
        };
        bounds.push(midnight(CivilDate { year: year + 1, month: 4, day: 1 }));
        reasons.push(format!("{years} years from the annual report of {year}, made on {made_on}"));
    }
    let days = keeping.days.or_else(|| bounds.is_empty().then_some(default_days));
    if let Some(days) = days {
        bounds.push(now - Duration::from_secs(u64::from(days) * 86_400));
        reasons.push(format!("{days} days"));
    }
    Verdict { before: bounds.into_iter().min(), why: reasons.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    const fn date(year: i32, month: u8, day: u8) -> CivilDate {
        CivilDate { year, month, day }
    }

    fn at(day: CivilDate) -> Timestamp {
        day.at(TimeOfDay::MIDNIGHT, 540)
    }

    fn before(keeping: &FactKeeping, now: Timestamp) -> Option<Timestamp> {
        verdict(keeping, 100, 540, now).before
    }

    /// R-A14: FDMA and Shiga.
    #[test]
    fn destruction_starts_on_the_day_after_the_last_report_was_accepted() {
        let waiting = FactKeeping { until_accepted: true, ..FactKeeping::default() };
        let day = at(date(2027, 4, 21));
        assert_eq!(before(&waiting, day + DAY * 9_999), None);
        let accepted = FactKeeping { accepted_on: Some(date(2027, 4, 20)), ..waiting };
        assert_eq!(before(&accepted, day - Duration::from_millis(1)), None);
        assert_eq!(before(&accepted, day), Some(day));
        assert_eq!(before(&accepted, day + DAY), Some(day), "what came after the report is not of it");
    }

    /// R-A14: Kyoto. The report of 2026 was made on 2027-04-09; three years from it are over on 2030-04-09.
    #[test]
    fn raw_data_stay_for_three_years_from_the_annual_report_that_used_them() {
        let none = FactKeeping { years_after_annual_report: Some(3), ..FactKeeping::default() };
        let over = at(date(2030, 4, 10));
        assert_eq!(before(&none, over), None);
        let annual_reports = vec![(2026, date(2027, 4, 9)), (2027, date(2028, 4, 10))];
        let kyoto = FactKeeping { annual_reports, ..none };
        assert_eq!(before(&kyoto, over - Duration::from_millis(1)), None);
        assert_eq!(before(&kyoto, over), Some(at(date(2027, 4, 1))), "the year 2026, to the end of March");
        assert_eq!(before(&kyoto, at(date(2031, 4, 11))), Some(at(date(2028, 4, 1))));
    }

    /// R-A14: within one client the longest rule.
    #[test]
    fn of_several_rules_the_longest_decides() {
        let days = FactKeeping { days: Some(30), ..FactKeeping::default() };
        let now = at(date(2030, 4, 10));
        assert_eq!(before(&days, now), Some(now - DAY * 30));
        assert_eq!(before(&FactKeeping::default(), now), Some(now - DAY * 100), "no rule: as the journal");
        let all = FactKeeping {
            days: Some(3_000),
            until_accepted: true,
            accepted_on: Some(date(2027, 4, 20)),
            years_after_annual_report: Some(3),
            annual_reports: vec![(2026, date(2027, 4, 9))],
        };
        assert_eq!(before(&all, now), Some(now - DAY * 3_000));
        let shorter = FactKeeping { days: Some(30), ..all };
        assert_eq!(before(&shorter, now), Some(at(date(2027, 4, 1))));
        let accepted_late = FactKeeping { accepted_on: None, ..shorter };
        assert_eq!(before(&accepted_late, now), None);
    }
}
