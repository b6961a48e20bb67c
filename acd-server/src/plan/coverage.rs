//! Holds a tenant's bands against the day: the core says where they leave a gap, overlap or run past the day's end (R-L2,
//! R-L3); what depends on something that could not be read is left unsaid.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::TimeOfDay;
use acd_core::plan::{Band, BandFault, DayKind, Tenant, check_bands};

use super::bands::{Bands, name_of};
use super::error::{At, Report, listed};

/// Kinds of day of which not everything could be read.
#[derive(Debug, Default)]
pub(super) struct Unsure {
    /// What looks like a gap may be covered by what could not be read; an overlap is one all the same.
    pub(super) gaps: BTreeSet<DayKind>,
    /// Nothing can be said: it is not even sure whose bands they are.
    pub(super) all: BTreeSet<DayKind>,
}

/// Where a gap is reported, and from when to when it is; `None`: the whole day.
type Uncovered = (At, Option<(TimeOfDay, TimeOfDay)>);

/// Where an overlap is reported, where the other band stands, and from when to when they overlap.
type CoveredTwice = (At, At, TimeOfDay, TimeOfDay);

/// Reports gaps, overlaps and bands that run past the day's end, each at the band that is nearest to the fault. One fault on
/// several kinds of day is one error.
pub(super) fn check(report: &mut Report<'_>, at_tenant: At, tenant: &Tenant, bands: &Bands) {
    if report.is_broken_in_tenant(at_tenant) {
        // What stands on the broken line may be a band, or the bracket that ends one.
        return;
    }
    let Unsure { gaps, all } = &bands.unsure;
    let place = |band: usize| bands.at.get(band).copied().unwrap_or(at_tenant);
    let faults = check_bands(tenant);
    // Gaps and overlaps of these may come of a band that runs past the day's end.
    let past_day_end: BTreeSet<DayKind> = faults
        .iter()
        .filter_map(
            |fault| if let BandFault::PastDayEnd { band } = fault { tenant.bands.get(*band) } else { None },
        )
        .flat_map(|band| band.days.iter().copied())
        .collect();
    let mut uncovered: BTreeMap<Uncovered, Vec<&str>> = BTreeMap::new();
    let mut twice: BTreeMap<CoveredTwice, Vec<&str>> = BTreeMap::new();
    for fault in &faults {
        match *fault {
            BandFault::PastDayEnd { band } => {
                report.wrong(
                    place(band),
                    format!(
                        "the band runs past `day_start` {}, where the next day's bands begin",
                        tenant.day_start
                    ),
                    "split it there, or move `day_start` to its end (R-L3)",
                );
            }
            BandFault::Gap { kind, .. } | BandFault::Overlap { kind, .. }
                if all.contains(&kind) || past_day_end.contains(&kind) => {}
            BandFault::Gap { kind, .. } if gaps.contains(&kind) => {}
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
            // Both are found while reading.
            BandFault::NoDays { .. } | BandFault::UnknownRange { .. } => {}
        }
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
