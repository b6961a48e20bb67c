//! Where in the calendar a history happens: shortly before an edge of it, or anywhere from 2024 to 2030.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use acd_core::{CivilDate, TimeOfDay, Timestamp};

use crate::calendar::{date_of, days_of, instant, is_leap_year, weekday};
use crate::rng::Rng;

/// Japan's hours east of Greenwich, in minutes.
pub(crate) const JAPAN: i32 = 540;

const FIRST_YEAR: i32 = 2024;
const LAST_YEAR: i32 = 2030;

/// So many of a hundred places are at no edge.
const NOWHERE: u64 = 8;

/// What ends and begins at an instant of Japan's calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Edge {
    /// The midnight between two ordinary weekdays.
    Weekday,
    Saturday,
    Sunday,
    Monday,
    HolidayBegins,
    HolidayEnds,
    /// 振替休日
    SubstituteBegins,
    SubstituteEnds,
    /// 国民の休日, whose neighbours are holidays too.
    CitizensHoliday,
    MonthEnds,
    FiscalYearEnds,
    /// 02-29 begins.
    LeapDayBegins,
    /// Into 03-01, from 02-28 or from 02-29.
    FebruaryEnds,
    /// Into 12-25.
    BeforeYearEnd,
    /// 12-26 0:00.
    YearEndBegins,
    NewYear,
    /// 01-05 0:00.
    LastYearEndDay,
    /// 01-05 8:00.
    YearEndEnds,
    /// 8:00 of any day, where days of bands begin that do not begin at midnight.
    DayStart,
    /// 23:00 of any day, where the night's band begins that lasts over midnight.
    NightBegins,
    /// Any minute of any day.
    Anywhen,
}

pub(crate) const EDGES: [Edge; 21] = [
    Edge::Weekday,
    Edge::Saturday,
    Edge::Sunday,
    Edge::Monday,
    Edge::HolidayBegins,
    Edge::HolidayEnds,
    Edge::SubstituteBegins,
    Edge::SubstituteEnds,
    Edge::CitizensHoliday,
    Edge::MonthEnds,
    Edge::FiscalYearEnds,
    Edge::LeapDayBegins,
    Edge::FebruaryEnds,
    Edge::BeforeYearEnd,
    Edge::YearEndBegins,
    Edge::NewYear,
    Edge::LastYearEndDay,
    Edge::YearEndEnds,
    Edge::DayStart,
    Edge::NightBegins,
    Edge::Anywhen,
];

/// Around which instant a history happens, a whole minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// `None`: an instant like any other, at which the history begins.
    pub(crate) edge: Option<Edge>,
    pub(crate) at: Timestamp,
}

impl Place {
    /// The place of a history: the edges in turn, so that few seeds are enough for all.
    pub(crate) fn of_seed(seed: u64, rng: &mut Rng) -> Self {
        let turns = u64::try_from(EDGES.len() + 1).unwrap();
        // One turn is no edge's.
        Self::draw_at(EDGES.get(usize::try_from(seed % turns).unwrap()).copied(), rng)
    }

    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let edge = (!rng.percent(NOWHERE)).then(|| *rng.pick(&EDGES).unwrap());
        Self::draw_at(edge, rng)
    }

    fn draw_at(edge: Option<Edge>, rng: &mut Rng) -> Self {
        let days: Vec<i64> = YEARS
            .days
            .iter()
            .filter(|day| edge.is_none_or(|edge| is_edge_of(**day, edge)))
            .copied()
            .collect();
        let minute = match edge {
            Some(Edge::YearEndEnds | Edge::DayStart) => 8 * 60,
            Some(Edge::NightBegins) => 23 * 60,
            Some(Edge::Anywhen) | None => rng.within(0, 24 * 60 - 1),
            Some(_) => 0,
        };
        let time = TimeOfDay::from_millis(u32::try_from(minute).unwrap() * 60_000).unwrap();
        Self { edge, at: instant(*rng.pick(&days).unwrap(), time, JAPAN) }
    }
}

/// The lines of a plan with the holidays of the weeks around a place; now and then one is missing, or a day is one too many.
pub(crate) fn draw_holidays(rng: &mut Rng, place: &Place) -> Vec<String> {
    let near = |day: i64| {
        let noon = instant(day, TimeOfDay::from_hm(12, 0).unwrap(), JAPAN);
        noon.since(place.at) + place.at.since(noon) < Duration::from_secs(30 * 24 * 60 * 60)
    };
    let mut holidays: BTreeSet<i64> = YEARS.holidays.keys().copied().filter(|day| near(*day)).collect();
    if rng.percent(10) {
        holidays.retain(|_| rng.percent(70));
    }
    if rng.percent(10) {
        let today = place.at.as_millis().div_euclid(24 * 60 * 60 * 1_000);
        holidays.insert(today + i64::try_from(rng.within(0, 2)).unwrap());
    }
    holidays.into_iter().map(|day| format!("holiday {}", date_of(day))).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holiday {
    Named,
    Substitute,
    Citizens,
}

struct Years {
    days: Vec<i64>,
    holidays: BTreeMap<i64, Holiday>,
}

static YEARS: LazyLock<Years> = LazyLock::new(|| Years {
    days: (day(FIRST_YEAR, 1, 1)..day(LAST_YEAR + 1, 1, 1)).collect(),
    holidays: (FIRST_YEAR..=LAST_YEAR).flat_map(holidays_of).collect(),
});

/// The law on national holidays: days by date, by Monday of the month and by equinox; a substitute for one on a Sunday; a
/// day between two.
fn holidays_of(year: i32) -> BTreeMap<i64, Holiday> {
    let fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)];
    let mut named: BTreeSet<i64> = fixed.into_iter().map(|(month, date)| day(year, month, date)).collect();
    for (month, weeks_before) in [(1, 1), (7, 2), (9, 2), (10, 1)] {
        let first = (1..=7).map(|date| day(year, month, date)).find(|it| weekday(*it) == 0).unwrap();
        named.insert(first + 7 * weeks_before);
    }
    // The equinoxes as the observatory has announced them or computes them.
    named.insert(day(year, 3, if year == 2027 { 21 } else { 20 }));
    named.insert(day(year, 9, if year % 4 == 0 { 22 } else { 23 }));

    let mut holidays: BTreeMap<i64, Holiday> = named.iter().map(|day| (*day, Holiday::Named)).collect();
    for sunday in named.iter().filter(|day| weekday(**day) == 6) {
        let mut substitute = sunday + 1;
        while named.contains(&substitute) {
            substitute += 1;
        }
        holidays.insert(substitute, Holiday::Substitute);
    }
    for before in &named {
        if named.contains(&(before + 2)) && !holidays.contains_key(&(before + 1)) {
            holidays.insert(before + 1, Holiday::Citizens);
        }
    }
    holidays
}

fn is_edge_of(day: i64, edge: Edge) -> bool {
    let (before, holiday) = (YEARS.holidays.get(&(day - 1)), YEARS.holidays.get(&day));
    let ordinary = before.is_none() && holiday.is_none();
    let CivilDate { year, month, day: date } = date_of(day);
    match edge {
        Edge::Weekday => ordinary && (1..=4).contains(&weekday(day)),
        Edge::Saturday => ordinary && weekday(day) == 5,
        Edge::Sunday => ordinary && weekday(day) == 6,
        Edge::Monday => ordinary && weekday(day) == 0,
        Edge::HolidayBegins => before.is_none() && holiday == Some(&Holiday::Named),
        Edge::HolidayEnds => before == Some(&Holiday::Named) && holiday.is_none(),
        Edge::SubstituteBegins => holiday == Some(&Holiday::Substitute),
        Edge::SubstituteEnds => before == Some(&Holiday::Substitute) && holiday.is_none(),
        Edge::CitizensHoliday => holiday == Some(&Holiday::Citizens),
        Edge::MonthEnds => date == 1,
        Edge::FiscalYearEnds => (month, date) == (4, 1),
        Edge::LeapDayBegins => is_leap_year(year) && (month, date) == (2, 29),
        Edge::FebruaryEnds => (month, date) == (3, 1),
        Edge::BeforeYearEnd => (month, date) == (12, 25),
        Edge::YearEndBegins => (month, date) == (12, 26),
        Edge::NewYear => (month, date) == (1, 1),
        Edge::LastYearEndDay | Edge::YearEndEnds => (month, date) == (1, 5),
        Edge::DayStart | Edge::NightBegins | Edge::Anywhen => true,
    }
}

fn day(year: i32, month: u8, date: u8) -> i64 {
    days_of(CivilDate { year, month, day: date })
}
