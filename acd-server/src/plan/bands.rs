//! Reads a tenant's date ranges and bands (R-L2, R-L3).

use std::collections::{BTreeMap, BTreeSet};

use acd_core::TimeOfDay;
use acd_core::plan::{Band, Capacity, DateRange, DayKind, Tenant};

use super::coverage::Unsure;
use super::error::{At, Located, Report, did_you_mean, listed};
use super::fields::Fields;
use super::limits::{LINES, YEAR};
use super::{keys, values};

/// What `every` stands for.
const EVERY: [DayKind; 4] = [DayKind::Weekday, DayKind::Saturday, DayKind::Sunday, DayKind::Holiday];

/// Month, day and time.
type RangeEdge = (u8, u8, TimeOfDay);

/// What a tenant's bands are, with the places that errors point at.
#[derive(Debug, Default)]
pub(super) struct Bands {
    pub(super) bands: Vec<Band>,
    pub(super) ranges: Vec<DateRange>,
    pub(super) seat_lines_min: Vec<Option<u16>>,
    /// Where each range is written.
    pub(super) ranges_at: Vec<At>,
    /// Where each band is written.
    pub(super) at: Vec<At>,
    /// Of which kinds of day not everything could be read.
    pub(super) unsure: Unsure,
}

/// The kinds of day of a tenant, by the words for them.
struct Kinds<'a> {
    known: BTreeMap<&'a str, DayKind>,
    /// Names of ranges that may not be so called: said at the range, so no unknown kinds in the bands.
    misnamed: BTreeSet<&'a str>,
}

impl Kinds<'_> {
    fn all(&self) -> impl Iterator<Item = DayKind> + '_ {
        self.known.values().copied()
    }
}

pub(super) fn bands(report: &mut Report<'_>, tenant: Fields<'_>) -> Bands {
    let mut found = Bands::default();
    let kinds = ranges(report, tenant, &mut found);
    tenant.require(
        report,
        "bands",
        "write [[tenants.bands]] with days, from, to and lines for every kind of day",
    );
    if !tenant.is_list_of_tables("bands") {
        found.unsure.gaps.extend(kinds.all());
    }
    for fields in tenant.tables(report, "bands", &keys::BANDS) {
        let days = days(report, fields, &kinds);
        if !days.complete {
            // What could not be read may be any kind that the band does not name.
            found.unsure.gaps.extend(kinds.all().filter(|kind| !days.kinds.contains(kind)));
        }
        let (times, capacity, seat_lines_min) = band(report, fields);
        let Some((from, to)) = times else {
            found.unsure.gaps.extend(&days.kinds);
            continue;
        };
        found.bands.push(Band { days: days.kinds, from, to, capacity });
        found.seat_lines_min.push(seat_lines_min);
        found.at.push(fields.at());
    }
    found
}

/// Reads the date ranges into `found`; gives the kinds of day that there are with them.
fn ranges<'a>(report: &mut Report<'_>, tenant: Fields<'a>, found: &mut Bands) -> Kinds<'a> {
    let known = [
        ("weekday", DayKind::Weekday),
        ("saturday", DayKind::Saturday),
        ("sunday", DayKind::Sunday),
        ("holiday", DayKind::Holiday),
    ];
    let mut kinds = Kinds { known: known.into(), misnamed: BTreeSet::new() };
    for fields in tenant.tables(report, "ranges", &keys::RANGES) {
        let year = fields.integer(report, "year", &YEAR).and_then(|year| i32::try_from(year).ok());
        let remedy = "name it, such as name = \"year_end\"";
        let mut written = None;
        let name = fields.required_parsed(report, "name", remedy, |text| {
            written = Some(text);
            values::name(acd_core::Name::new, text).map(|_| text)
        });
        let edge = |report: &mut Report<'_>, key| {
            fields.required_parsed(report, key, "write MM-DD HH:MM, such as 12-26 00:00", |text| {
                values::range_edge(text, year)
            })
        };
        let (from, to) = (edge(report, "from"), edge(report, "to"));
        let mut sound = from.is_some() && to.is_some();
        if let (Some(from), Some(to)) = (from, to)
            && from.value == to.value
        {
            sound = false;
            report.wrong(
                to.at,
                "`to` is the same instant as `from`",
                "write the first instant after the range",
            );
        }
        let Some(name) = name else {
            kinds.misnamed.extend(written);
            continue;
        };
        let kind = DayKind::Range(u16::try_from(found.ranges.len()).unwrap_or(u16::MAX));
        let taken = kinds.known.get(name.value).copied();
        if name.value == "every" || taken.is_some() {
            report.wrong(
                name.at,
                format!("a kind of day `{}` exists already", name.value),
                "give the range a name of its own",
            );
            // A band that names it may mean either.
            match &taken {
                Some(kind) => found.unsure.all.extend([kind]),
                None => found.unsure.all.extend(EVERY),
            }
            continue;
        }
        kinds.known.insert(name.value, kind);
        if !sound {
            found.unsure.gaps.insert(kind);
        }
        // Bands may name a range whose edges cannot be read: it keeps its place, and its gaps are not looked for.
        let edge =
            |read: Option<Located<RangeEdge>>| read.map_or((1, 1, TimeOfDay::MIDNIGHT), |read| read.value);
        found.ranges_at.push(fields.at());
        found.ranges.push(DateRange { name: name.value.to_owned(), from: edge(from), to: edge(to), year });
    }
    kinds
}

/// A band's times, lines and least seat lines.
type Read = (Option<(TimeOfDay, TimeOfDay)>, Option<Capacity>, Option<u16>);

fn band(report: &mut Report<'_>, fields: Fields<'_>) -> Read {
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
    let times = from.zip(to).map(|(from, to)| (from.value, to.value));
    (times, capacity, seat_lines_min)
}

/// The kinds of day that a band names.
struct Days {
    kinds: BTreeSet<DayKind>,
    /// Whether every word could be read.
    complete: bool,
}

fn days(report: &mut Report<'_>, fields: Fields<'_>, kinds: &Kinds<'_>) -> Days {
    let known = || std::iter::once("every").chain(kinds.known.keys().copied());
    let remedy = || format!("use some of {}", listed(known()));
    fields.require(report, "days", &remedy());
    let errors_before = report.len();
    let named = fields.texts(report, "days");
    let readable = report.len() == errors_before;
    let mut complete = readable && !named.is_empty();
    if fields.has("days") && readable && named.is_empty() {
        report.wrong(fields.at_value("days"), "`days` names no kind of day", remedy());
    }
    let mut days = BTreeSet::new();
    for Located { value: word, at } in named {
        let added: &[DayKind] = match (word, kinds.known.get(word)) {
            ("every", _) => &EVERY,
            (_, Some(kind)) => std::slice::from_ref(kind),
            (_, None) if kinds.misnamed.contains(word) => continue,
            (_, None) => {
                let near = did_you_mean(word, known());
                report.wrong(at, format!("`days` has the unknown kind `{word}`{near}"), remedy());
                complete = false;
                continue;
            }
        };
        let before = days.len();
        days.extend(added);
        if days.len() < before + added.len() {
            report.wrong(at, format!("`days` names `{word}` twice"), "write it once");
        }
    }
    Days { kinds: days, complete }
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
