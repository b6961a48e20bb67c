//! A tenant's hours by seed, with most of their edges where a history passes: days that begin at any time, ranges that begin
//! or end there, bands of every kind of day, some of which last over midnight.

use acd_core::Timestamp;

use crate::calendar::{civil, date_of, days_of};
use crate::edges::{Edge, JAPAN, Place};
use crate::rng::Rng;

const DAY_MINUTES: i64 = 24 * 60;

/// What is added to the tenant's line, and the lines after it.
pub(crate) struct Hours {
    pub(crate) settings: String,
    pub(crate) lines: Vec<String>,
    pub(crate) utc_offset: i32,
}

pub(crate) fn draw_hours(rng: &mut Rng, tenant: &str, place: &Place) -> Hours {
    let mut settings = String::new();
    let mut utc_offset = JAPAN;
    if rng.percent(10) {
        utc_offset = *rng.pick(&[0, 480, 345, 840, -300, -720]).unwrap();
        settings += &format!(", utc_offset {utc_offset}");
    }
    if rng.percent(15) {
        settings += &format!(", lines {}", draw_lines(rng));
        return Hours { settings, lines: Vec::new(), utc_offset };
    }
    let (_, edge) = civil(place.at, utc_offset);
    let day_start = match rng.within(1, 10) {
        1..=5 => 0,
        6..=8 => 8 * 60,
        9 => edge,
        _ => 23 * 60,
    };
    if day_start > 0 {
        settings += &format!(", day_start {}", time(day_start));
    }
    let mut lines = draw_ranges(rng, tenant, place, utc_offset);
    let ranges = (0..lines.len()).map(|index| format!("range{index}"));
    let mut kinds: Vec<String> = if rng.percent(25) {
        vec!["weekday saturday sunday holiday".to_owned()]
    } else {
        ["weekday", "saturday", "sunday", "holiday"].map(str::to_owned).into()
    };
    kinds.extend(ranges);
    for kind in kinds {
        lines.extend(draw_bands(rng, tenant, &kind, day_start, edge));
    }
    Hours { settings: settings + ", bands", lines, utc_offset }
}

/// The bands of a kind of day, from one `day_start` to the next; many are cut where the history passes.
fn draw_bands(rng: &mut Rng, tenant: &str, kind: &str, day_start: i64, edge: i64) -> Vec<String> {
    let mut cuts = vec![0];
    let mut cut = |rng: &mut Rng, percent, minute: i64| {
        if rng.percent(percent) {
            cuts.push((minute - day_start).rem_euclid(DAY_MINUTES));
        }
    };
    cut(rng, 85, edge);
    for longest in [4, 10, 40] {
        let later = i64::try_from(rng.within(1, longest)).unwrap();
        cut(rng, 40, edge + later);
    }
    let earlier = i64::try_from(rng.within(1, 3)).unwrap();
    cut(rng, 30, edge - earlier);
    cut(rng, 30, 8 * 60);
    cut(rng, 30, 23 * 60);
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().copied().skip(1).chain([DAY_MINUTES]);
    let mut bands = Vec::new();
    for (from, to) in cuts.iter().zip(ends) {
        let lines = if rng.percent(20) { "closed".into() } else { draw_lines(rng) };
        let to = (day_start + to) % DAY_MINUTES;
        let to = if to == 0 && rng.percent(50) { DAY_MINUTES } else { to };
        let from = (day_start + from) % DAY_MINUTES;
        bands.push(format!("band {tenant}: {kind} {}-{} {lines}", time(from), time(to)));
    }
    bands
}

/// Up to three ranges, of minutes or of days, with an edge where the history passes or around it.
fn draw_ranges(rng: &mut Rng, tenant: &str, place: &Place, utc_offset: i32) -> Vec<String> {
    let mut ranges = Vec::new();
    let year_end = match place.edge {
        Some(
            Edge::BeforeYearEnd
            | Edge::YearEndBegins
            | Edge::NewYear
            | Edge::LastYearEndDay
            | Edge::YearEndEnds,
        ) => 80,
        _ => 20,
    };
    let now = minute_of(place.at, utc_offset);
    for percent in [50, 25] {
        if !rng.percent(percent) {
            continue;
        }
        let length = i64::try_from(match rng.within(0, 3) {
            0 => rng.within(1, 40),
            1 => rng.within(60, 600),
            2 => 24 * 60 * rng.within(1, 10),
            _ => rng.within(24 * 60, 20 * 24 * 60),
        })
        .unwrap();
        let from = match rng.within(0, 3) {
            0 => now,
            1 => now - length,
            2 => now + i64::try_from(rng.within(1, 6)).unwrap(),
            _ => now - length / 2,
        };
        let to = from + length;
        let year = date_of(from.div_euclid(DAY_MINUTES)).year;
        let leap_day = [from, to].iter().any(|it| {
            let date = date_of(it.div_euclid(DAY_MINUTES));
            (date.month, date.day) == (2, 29)
        });
        // No other year has that day.
        let only = if leap_day || rng.percent(30) {
            format!(" of {year}")
        } else if rng.percent(10) {
            format!(" of {}", year + 1)
        } else {
            String::new()
        };
        let name = format!("range{}", ranges.len());
        let (from, to) = (moment(from, false), moment(to, rng.percent(30)));
        ranges.push(format!("range {tenant}: {name} {from} to {to}{only}"));
    }
    if rng.percent(year_end) {
        let (from, to) = *rng.pick(&[("12-26 0:00", "1-5 8:00"), ("12-29 0:00", "1-3 24:00")]).unwrap();
        ranges.push(format!("range {tenant}: year_end {from} to {to}"));
    }
    ranges
}

/// A roster on which one doctor follows another where the history passes: `, duty DATE TIME to DATE TIME NUMBER` twice.
pub(crate) fn draw_duties(rng: &mut Rng, place: &Place, utc_offset: i32) -> String {
    let change = minute_of(place.at, utc_offset)
        + i64::try_from(rng.within(0, 4)).unwrap() * i64::from(rng.percent(50));
    let moment = |minute: i64| {
        format!("{} {}", date_of(minute.div_euclid(DAY_MINUTES)), time(minute.rem_euclid(DAY_MINUTES)))
    };
    let gap = if rng.percent(20) { 2 } else { 0 };
    let (begin, end) = (change - i64::try_from(rng.within(1, 2_000)).unwrap(), change + gap + 600);
    format!(
        ", duty {} to {} 0311111121, duty {} to {} 0311111122",
        moment(begin),
        moment(change),
        moment(change + gap),
        moment(end)
    )
}

/// `12-26 0:00`; a midnight may be written as the end of the day before, where every year has that day.
fn moment(minute: i64, as_end: bool) -> String {
    let (mut day, mut minute) = (minute.div_euclid(DAY_MINUTES), minute.rem_euclid(DAY_MINUTES));
    let date = date_of(day);
    if as_end && minute == 0 && (date.month, date.day) != (3, 1) {
        day -= 1;
        minute = DAY_MINUTES;
    }
    let date = date_of(day);
    format!("{}-{} {}", date.month, date.day, time(minute))
}

/// The minutes since 1970-01-01 0:00 in a zone.
fn minute_of(at: Timestamp, utc_offset: i32) -> i64 {
    let (date, minute) = civil(at, utc_offset);
    days_of(date) * DAY_MINUTES + minute
}

fn time(minute: i64) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

pub(crate) fn draw_lines(rng: &mut Rng) -> String {
    format!("{}+{}", rng.within(1, 4), rng.within(0, 3))
}
