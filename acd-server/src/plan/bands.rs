//! A tenant's date ranges and bands (R-L2, R-L3). That bands leave no gap and no overlap is checked by the core.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::TimeOfDay;
use acd_core::plan::{Band, BandFault, Capacity, DateRange, DayKind, Tenant, check_bands};

use super::error::{At, Located, Report, did_you_mean, listed};
use super::fields::Fields;
use super::limits::{LINES, YEAR};
use super::{keys, values};

/// What a tenant's bands are, with the places that errors point at.
#[derive(Debug, Default)]
pub(super) struct Bands {
    pub(super) bands: Vec<Band>,
    pub(super) ranges: Vec<DateRange>,
    pub(super) seat_lines_min: Vec<Option<u16>>,
    /// Where each band is written.
    at: Vec<At>,
    /// Whether everything could be read, so that a gap is a gap and no mistyped band.
    sound: bool,
}

pub(super) fn bands(report: &mut Report<'_>, tenant: Fields<'_>) -> Bands {
    let errors_before = report.len();
    let mut found = Bands::default();
    let mut kinds: BTreeMap<&str, DayKind> = [
        ("weekday", DayKind::Weekday),
        ("saturday", DayKind::Saturday),
        ("sunday", DayKind::Sunday),
        ("holiday", DayKind::Holiday),
    ]
    .into();
    for fields in tenant.tables(report, "ranges", &keys::RANGES) {
        let year = fields.integer(report, "year", &YEAR).and_then(|year| i32::try_from(year).ok());
        let remedy = "name it, such as name = \"year_end\"";
        let name = fields.required_parsed(report, "name", remedy, |text| {
            values::name(acd_core::Name::new, text).map(|_| text)
        });
        let edge = |report: &mut Report<'_>, key| {
            fields.required_parsed(report, key, "write MM-DD HH:MM, such as 12-26 00:00", |text| {
                values::range_edge(text, year)
            })
        };
        let from = edge(report, "from");
        let to = edge(report, "to");
        let (Some(name), Some(from), Some(to)) = (name, from, to) else { continue };
        if from.value == to.value {
            report.wrong(
                to.at,
                "`to` is the same instant as `from`",
                "write the first instant after the range",
            );
        }
        let kind = DayKind::Range(u16::try_from(found.ranges.len()).unwrap_or(u16::MAX));
        if name.value == "every" || kinds.insert(name.value, kind).is_some() {
            report.wrong(
                name.at,
                format!("a kind of day `{}` exists already", name.value),
                "give the range a name of its own",
            );
        }
        found.ranges.push(DateRange { name: name.value.to_owned(), from: from.value, to: to.value, year });
    }
    tenant.require(
        report,
        "bands",
        "write [[tenants.bands]] with days, from, to and lines for every kind of day",
    );
    for fields in tenant.tables(report, "bands", &keys::BANDS) {
        if let Some((band, seat_lines_min)) = band(report, fields, &kinds) {
            found.bands.push(band);
            found.seat_lines_min.push(seat_lines_min);
            found.at.push(fields.at());
        }
    }
    found.sound = report.len() == errors_before && tenant.has("bands");
    found
}

fn band(
    report: &mut Report<'_>,
    fields: Fields<'_>,
    kinds: &BTreeMap<&str, DayKind>,
) -> Option<(Band, Option<u16>)> {
    let days = days(report, fields, kinds);
    let time = |report: &mut Report<'_>, key, is_end| {
        let remedy = format!("write {key} = \"HH:MM\"");
        fields.required_parsed(report, key, &remedy, |text| values::time_of_day(text, is_end))
    };
    let from = time(report, "from", false);
    let to = time(report, "to", true);
    let closed = fields.boolean(report, "closed").unwrap_or(false);
    let seat_lines_min = fields.count(report, "seat_lines_min", &LINES);
    let capacity = if closed {
        for key in ["seat_lines", "seat_lines_min", "guidance_lines"] {
            if fields.has(key) {
                report.wrong(
                    fields.at_value(key),
                    format!("a closed band has `{key}`"),
                    "take it out, or take out `closed`",
                );
            }
        }
        None
    } else {
        let remedy = "write how many callers may be with seats, or closed = true";
        fields.require(report, "seat_lines", remedy);
        let seat_lines = fields.count(report, "seat_lines", &LINES);
        let guidance_lines = fields.count(report, "guidance_lines", &LINES);
        if seat_lines == Some(0) {
            report.wrong(
                fields.at_value("seat_lines"),
                "a band with 0 `seat_lines` lets no caller reach a seat",
                "use at least 1, or closed = true",
            );
        }
        if let (Some(lines), Some(min)) = (seat_lines, seat_lines_min)
            && lines < min
        {
            report.wrong(
                fields.at_value("seat_lines"),
                format!("`seat_lines` is {lines}, less than `seat_lines_min`"),
                format!("use at least {min}: the specification demands it (R-L2)"),
            );
        }
        let seat_lines = seat_lines.unwrap_or(1);
        Some(Capacity { seat_lines, guidance_lines: guidance_lines.unwrap_or(0) })
    };
    let (Some(Located { value: from, .. }), Some(Located { value: to, .. })) = (from, to) else {
        return None;
    };
    Some((Band { days, from, to, capacity }, seat_lines_min))
}

fn days(report: &mut Report<'_>, fields: Fields<'_>, kinds: &BTreeMap<&str, DayKind>) -> BTreeSet<DayKind> {
    let known = || std::iter::once("every").chain(kinds.keys().copied());
    let remedy = || format!("use some of {}", listed(known()));
    fields.require(report, "days", &remedy());
    let mut days = BTreeSet::new();
    let named = fields.texts(report, "days");
    if fields.has("days") && named.is_empty() {
        report.wrong(fields.at_value("days"), "`days` names no kind of day", remedy());
    }
    for Located { value: word, at } in named {
        let added: &[DayKind] = match (word, kinds.get(word)) {
            ("every", _) => &[DayKind::Weekday, DayKind::Saturday, DayKind::Sunday, DayKind::Holiday],
            (_, Some(kind)) => std::slice::from_ref(kind),
            (_, None) => {
                let near = did_you_mean(word, known());
                report.wrong(at, format!("`days` has the unknown kind `{word}`{near}"), remedy());
                continue;
            }
        };
        for kind in added {
            if !days.insert(*kind) {
                report.wrong(at, format!("`days` names `{word}` twice"), "write it once");
                break;
            }
        }
    }
    days
}

/// Where a gap is reported, and from when to when it is; `None`: the whole day.
type Uncovered = (At, Option<(TimeOfDay, TimeOfDay)>);

/// Where an overlap is reported, where the other band stands, and from when to when they overlap.
type CoveredTwice = (At, At, TimeOfDay, TimeOfDay);

/// Reports gaps, overlaps and bands that run past the day's end, each at the band that is nearest to the fault. One fault on
/// several kinds of day is one error.
pub(super) fn check(report: &mut Report<'_>, at_tenant: At, tenant: &Tenant, bands: &Bands) {
    if !bands.sound {
        return;
    }
    let place = |band: usize| bands.at.get(band).copied().unwrap_or(at_tenant);
    let faults = check_bands(tenant);
    let mut past_day_end = false;
    let mut uncovered: BTreeMap<Uncovered, Vec<&str>> = BTreeMap::new();
    let mut twice: BTreeMap<CoveredTwice, Vec<&str>> = BTreeMap::new();
    for fault in &faults {
        match *fault {
            BandFault::PastDayEnd { band } => {
                past_day_end = true;
                report.wrong(
                    place(band),
                    format!(
                        "the band runs past `day_start` {}, where the next day's bands begin",
                        tenant.day_start
                    ),
                    "split it there, or move `day_start` to its end (R-L3)",
                );
            }
            BandFault::Gap { kind, from, to } => {
                let of_kind = |band: &&Band| band.days.contains(&kind);
                let before = tenant.bands.iter().position(|band| of_kind(&band) && same_time(band.to, from));
                let any = tenant.bands.iter().any(|band| of_kind(&band));
                let at = before.or_else(|| tenant.bands.iter().position(|band| of_kind(&band)));
                let gap = (at.map_or(at_tenant, place), any.then_some((from, to)));
                uncovered.entry(gap).or_default().push(name_of(kind, tenant));
            }
            BandFault::Overlap { kind, first, second, from, to } => {
                let (first, second) = (place(first).min(place(second)), place(first).max(place(second)));
                twice.entry((second, first, from, to)).or_default().push(name_of(kind, tenant));
            }
            // Both are found while reading, and an unsound reading is not checked.
            BandFault::NoDays { .. } | BandFault::UnknownRange { .. } => {}
        }
    }
    if past_day_end {
        // The gaps and overlaps come of it.
        return;
    }
    for ((at, gap), kinds) in uncovered {
        match gap {
            Some((from, to)) => report.wrong(
                at,
                format!("no band covers {} from {from} to {}", listed(kinds.into_iter().rev()), as_end(to)),
                "let a neighbouring band go on, add one, or add one with closed = true",
            ),
            None => report.wrong(
                at,
                format!("no band covers {} at all", listed(kinds.into_iter().rev())),
                "name it in the `days` of the bands that it has",
            ),
        }
    }
    for ((at, first, from, to), kinds) in twice {
        let (line, to) = (report.line(first), as_end(to));
        report.wrong(
            at,
            format!(
                "the band covers {} from {from} to {to}, as the band of line {line} does",
                listed(kinds.into_iter().rev())
            ),
            "shorten one of them",
        );
    }
}

/// An end of a span: midnight is 24:00.
fn as_end(time: TimeOfDay) -> String {
    if time == TimeOfDay::MIDNIGHT { "24:00".to_owned() } else { time.to_string() }
}

/// 24:00 is the next day's 0:00.
fn same_time(end: TimeOfDay, begin: TimeOfDay) -> bool {
    const DAY_MS: u32 = 86_400_000;
    end.as_millis() % DAY_MS == begin.as_millis() % DAY_MS
}

/// A kind of day as the plan writes it.
pub(super) fn name_of(kind: DayKind, tenant: &Tenant) -> &str {
    match kind {
        DayKind::Range(index) => {
            tenant.ranges.get(usize::from(index)).map_or("?", |range| range.name.as_str())
        }
        DayKind::Holiday => "holiday",
        DayKind::Sunday => "sunday",
        DayKind::Saturday => "saturday",
        DayKind::Weekday => "weekday",
    }
}
