//! What of a tenant's hours can never come to pass and is no error: somebody meant it, so it is said (R-L2, R-G5, R-L11).

use acd_core::plan::{DateRange, OverflowCause, Tenant};
use acd_core::{CivilDate, Timestamp};

use super::bands::Bands;
use super::error::{Report, listed};
use super::fields::Fields;

/// A leap year and those after it: what holds of ranges in these years holds in every year.
const YEARS: std::ops::Range<i32> = 2_000..2_004;

/// Ranges behind others, no open hour, announcements that nobody can hear.
pub(super) fn check(report: &mut Report<'_>, tenant: Fields<'_>, core: &Tenant, bands: &Bands) {
    for (index, (range, at)) in core.ranges.iter().zip(&bands.ranges_at).enumerate() {
        let before = core.ranges.get(..index).unwrap_or_default();
        if let Some(hiding) = hiding(range, before) {
            report.doubtful(
                *at,
                format!(
                    "the range `{}` is never in force: what is written before it has all of it: {}",
                    range.name,
                    listed(hiding)
                ),
                "write it before them, since the first that matches wins (R-L2), or take it out",
            );
        }
    }
    if !bands.bands.is_empty() && bands.bands.iter().all(|band| band.capacity.is_none()) {
        report.doubtful(
            tenant.at(),
            "the tenant is closed at all hours: no caller of it is ever offered to its seats",
            "write a band with `seat_lines`, or take the tenant out",
        );
    }
    if core.closed_lines == 0 {
        closed_without_lines(report, tenant, core);
    }
}

/// Callers outside hours take `closed_lines`, so that with none of them they are all refused.
fn closed_without_lines(report: &mut Report<'_>, tenant: Fields<'_>, core: &Tenant) {
    let at = tenant.at_value("closed_lines");
    if core.closed_announcement.is_some() {
        report.doubtful(
            at,
            "nobody would hear the `closed_announcement`: there are 0 `closed_lines` (R-L11)",
            "use at least 1, or take the announcement out",
        );
    }
    if core.overflow.as_ref().is_some_and(|it| it.on.contains(&OverflowCause::Closed)) {
        report.doubtful(
            at,
            "nobody would overflow outside hours: there are 0 `closed_lines` (R-L11)",
            "use at least 1, or take \"closed\" out of `overflow`",
        );
    }
}

/// The names of the ranges that leave nothing of this one, if they do.
fn hiding<'r>(range: &DateRange, before: &'r [DateRange]) -> Option<Vec<&'r str>> {
    // One year's range holds nothing of the other years of a range of every year.
    let before = before.iter().filter(|it| range.year.is_some() || it.year.is_none());
    let before: Vec<&DateRange> = before.collect();
    let years = range.year.map_or(YEARS, |year| year..year + 1);
    let mut names = Vec::new();
    for year in years {
        let (mut from, to) = span(range, year);
        let mut spans: Vec<(Timestamp, Timestamp, &str)> = before
            .iter()
            .flat_map(|it| {
                let begins = (year - 1..=year + 1).filter(|year| it.year.is_none_or(|only| only == *year));
                begins.map(|year| {
                    let (from, to) = span(it, year);
                    (from, to, it.name.as_str())
                })
            })
            .filter(|(begins, ends, _)| *begins < to && *ends > from)
            .collect();
        spans.sort();
        for (begins, ends, name) in spans {
            if begins <= from && ends > from {
                from = ends;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if from < to {
            return None;
        }
    }
    Some(names)
}

/// From when to when a range lasts that begins in a year. The zone is the same for all of a tenant's.
fn span(range: &DateRange, year: i32) -> (Timestamp, Timestamp) {
    let instant = |(month, day, time), year| CivilDate { year, month, day }.at(time, 0);
    let (from, to) = (instant(range.from, year), instant(range.to, year));
    (from, if to > from { to } else { instant(range.to, year + 1) })
}
