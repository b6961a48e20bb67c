//! Which band is in force when (R-L2, R-L3), and whether a tenant's bands leave no gap and no overlap.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::{Band, Capacity, DateRange, DayKind, Tenant};
use crate::time::{CivilDate, DAY_MILLIS, TimeOfDay, Timestamp, Weekday};

/// The kind of day that decides which bands apply at an instant (R-L2): a named range while the instant is within it,
/// else the kind of the day that began last at the tenant's `day_start` (R-L3: Sunday's night lasts into Monday).
pub fn day_kind_at(tenant: &Tenant, holidays: &BTreeSet<CivilDate>, at: Timestamp) -> DayKind {
    let named = (0_u16..)
        .zip(&tenant.ranges)
        .find(|(_, range)| range_contains(range, tenant.utc_offset_minutes, at))
        .map(|(index, _)| DayKind::Range(index));
    named.unwrap_or_else(|| {
        let date = day_of(tenant, at);
        if holidays.contains(&date) {
            return DayKind::Holiday;
        }
        match date.weekday() {
            Weekday::Sunday => DayKind::Sunday,
            Weekday::Saturday => DayKind::Saturday,
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
                DayKind::Weekday
            }
        }
    })
}

/// The band in force at an instant; `None` if the tenant's bands have a gap there.
pub fn band_at<'t>(tenant: &'t Tenant, holidays: &BTreeSet<CivilDate>, at: Timestamp) -> Option<&'t Band> {
    let kind = day_kind_at(tenant, holidays, at);
    let offset = at.as_millis() - day_begin(tenant, at).as_millis();
    tenant
        .bands
        .iter()
        .find(|band| band.days.contains(&kind) && Span::of(band, tenant.day_start).contains(offset))
}

/// The lines in force at an instant; `None` outside the tenant's hours.
pub fn capacity_at(tenant: &Tenant, holidays: &BTreeSet<CivilDate>, at: Timestamp) -> Option<Capacity> {
    band_at(tenant, holidays, at).and_then(|band| band.capacity)
}

/// The lines at a time of a kind of day; `None` outside the tenant's hours, or in a gap.
pub(super) fn capacity_on(tenant: &Tenant, kind: DayKind, time: TimeOfDay) -> Option<Capacity> {
    let offset = offset_of(time, tenant.day_start);
    let band = tenant
        .bands
        .iter()
        .find(|band| band.days.contains(&kind) && Span::of(band, tenant.day_start).contains(offset));
    band.and_then(|band| band.capacity)
}

/// The day's beginning and these times, in the order in which they come in a day that begins then.
pub(super) fn times_from(day_start: TimeOfDay, times: &BTreeSet<TimeOfDay>) -> Vec<TimeOfDay> {
    let offsets: BTreeSet<i64> = times.iter().map(|time| offset_of(*time, day_start)).chain([0]).collect();
    offsets.into_iter().map(|offset| time_at(day_start, offset)).collect()
}

/// The first instant after `at` at which another band may be in force. Never more than a day away.
pub fn next_band_edge(tenant: &Tenant, holidays: &BTreeSet<CivilDate>, at: Timestamp) -> Timestamp {
    let kind = day_kind_at(tenant, holidays, at);
    let begin = day_begin(tenant, at);
    let next_day = begin + Duration::from_millis(DAY_MILLIS.unsigned_abs());
    let band_edges = tenant.bands.iter().filter(|band| band.days.contains(&kind)).flat_map(|band| {
        let span = Span::of(band, tenant.day_start);
        [span.from, span.to].map(|offset| Timestamp::from_millis(begin.as_millis() + offset))
    });
    let range_edges = tenant
        .ranges
        .iter()
        .flat_map(|range| range_instants(range, tenant.utc_offset_minutes, at))
        .flat_map(|(from, to)| [from, to]);
    band_edges.chain(range_edges).filter(|edge| *edge > at).fold(next_day, Ord::min)
}

/// What is wrong with a tenant's bands. Bands are named by their index in [`Tenant::bands`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BandFault {
    /// A time of day of a day kind that no band covers.
    Gap {
        /// On which kind of day.
        kind: DayKind,
        /// The gap's beginning.
        from: TimeOfDay,
        /// The gap's end.
        to: TimeOfDay,
    },
    /// A time of day of a day kind that two bands cover.
    Overlap {
        /// On which kind of day.
        kind: DayKind,
        /// The earlier of the two bands.
        first: usize,
        /// The other.
        second: usize,
        /// The overlap's beginning.
        from: TimeOfDay,
        /// The overlap's end.
        to: TimeOfDay,
    },
    /// The band runs past the tenant's `day_start`, where another day begins, perhaps of another kind.
    PastDayEnd {
        /// Which band.
        band: usize,
    },
    /// The band names no kind of day.
    NoDays {
        /// Which band.
        band: usize,
    },
    /// The band names a date range that the tenant does not have.
    UnknownRange {
        /// Which band.
        band: usize,
        /// The index that it names.
        range: u16,
    },
}

impl fmt::Display for BandFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { kind, from, to } => {
                write!(f, "no band covers {from} to {to} on {kind:?}: add one or lengthen a neighbour")
            }
            Self::Overlap { kind, first, second, from, to } => write!(
                f,
                "bands {first} and {second} both cover {from} to {to} on {kind:?}: shorten one of them"
            ),
            Self::PastDayEnd { band } => {
                write!(f, "band {band} runs past day_start: split it there, or move day_start to its end")
            }
            Self::NoDays { band } => write!(f, "band {band} names no kind of day: name at least one"),
            Self::UnknownRange { band, range } => {
                write!(f, "band {band} names date range {range}, which the tenant does not have")
            }
        }
    }
}

/// Checks that every kind of day that can occur is covered exactly once over the 24 h from `day_start` (R-L2). A
/// named range shorter than a day needs bands only at the times of day that it contains. Empty: no fault.
pub fn check_bands(tenant: &Tenant) -> Vec<BandFault> {
    let mut faults = Vec::new();
    for (band, it) in tenant.bands.iter().enumerate() {
        if it.days.is_empty() {
            faults.push(BandFault::NoDays { band });
        }
        if Span::of(it, tenant.day_start).crosses_day {
            faults.push(BandFault::PastDayEnd { band });
        }
        faults.extend(it.days.iter().filter_map(|kind| match kind {
            DayKind::Range(range) if usize::from(*range) >= tenant.ranges.len() => {
                Some(BandFault::UnknownRange { band, range: *range })
            }
            DayKind::Range(_) | DayKind::Holiday | DayKind::Sunday | DayKind::Saturday | DayKind::Weekday => {
                None
            }
        }));
    }
    for (index, range) in (0_u16..).zip(&tenant.ranges) {
        check_kind(tenant, DayKind::Range(index), &needed_of(range, tenant.day_start), &mut faults);
    }
    for kind in [DayKind::Holiday, DayKind::Sunday, DayKind::Saturday, DayKind::Weekday] {
        check_kind(tenant, kind, &[(0, DAY_MILLIS)], &mut faults);
    }
    faults
}

fn check_kind(tenant: &Tenant, kind: DayKind, needed: &[(i64, i64)], faults: &mut Vec<BandFault>) {
    let time = |offset: i64| time_at(tenant.day_start, offset);
    let mut spans: Vec<(Span, usize)> = tenant
        .bands
        .iter()
        .enumerate()
        .filter(|(_, band)| band.days.contains(&kind))
        .map(|(index, band)| (Span::of(band, tenant.day_start), index))
        .collect();
    spans.sort_by_key(|(span, index)| (span.from, *index));

    let mut longest: Option<(Span, usize)> = None;
    for (span, second) in &spans {
        if let Some((before, first)) = longest
            && span.from < before.to
        {
            faults.push(BandFault::Overlap {
                kind,
                first,
                second: *second,
                from: time(span.from),
                to: time(before.to.min(span.to)),
            });
        }
        if longest.is_none_or(|(before, _)| span.to > before.to) {
            longest = Some((*span, *second));
        }
    }

    for (from, to) in needed {
        let mut covered = *from;
        for (span, _) in &spans {
            if span.from > covered && covered < *to {
                faults.push(BandFault::Gap { kind, from: time(covered), to: time(span.from.min(*to)) });
            }
            covered = covered.max(span.to);
        }
        if covered < *to {
            faults.push(BandFault::Gap { kind, from: time(covered), to: time(*to) });
        }
    }
}

/// The times of day within a range, as offsets from `day_start`.
fn needed_of(range: &DateRange, day_start: TimeOfDay) -> Vec<(i64, i64)> {
    // Any year tells the length to within the leap day, which a range of less than a day cannot contain.
    let (from, to) = range_in(range, 0, range.year.unwrap_or(2001));
    if to.since(from) >= Duration::from_millis(DAY_MILLIS.unsigned_abs()) {
        return [(0, DAY_MILLIS)].into();
    }
    let offset = |time: TimeOfDay| offset_of(time, day_start);
    let (from, to) = (offset(range.from.2), offset(range.to.2));
    if from < to { [(from, to)].into() } else { [(0, to), (from, DAY_MILLIS)].into() }
}

/// A band as offsets in milliseconds from the day's beginning.
#[derive(Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
    crosses_day: bool,
}

impl Span {
    fn of(band: &Band, day_start: TimeOfDay) -> Self {
        let from = offset_of(band.from, day_start);
        let to = offset_of(band.to, day_start);
        if to > from {
            return Self { from, to, crosses_day: false };
        }
        // An end at `day_start` is the day's end; any other end at or before the beginning is in the next day.
        Self { from, to: DAY_MILLIS, crosses_day: to != 0 }
    }

    const fn contains(self, offset: i64) -> bool {
        self.from <= offset && offset < self.to
    }
}

fn offset_of(time: TimeOfDay, day_start: TimeOfDay) -> i64 {
    (i64::from(time.as_millis()) - i64::from(day_start.as_millis())).rem_euclid(DAY_MILLIS)
}

fn time_at(day_start: TimeOfDay, offset: i64) -> TimeOfDay {
    let millis = (i64::from(day_start.as_millis()) + offset).rem_euclid(DAY_MILLIS);
    u32::try_from(millis)
        .ok()
        .and_then(TimeOfDay::from_millis)
        .expect("invariant: rem_euclid leaves a time of day")
}

/// The day to which an instant belongs: the one that began last at `day_start`.
fn day_of(tenant: &Tenant, at: Timestamp) -> CivilDate {
    let since_midnight = Duration::from_millis(u64::from(tenant.day_start.as_millis()));
    (at - since_midnight).civil(tenant.utc_offset_minutes).date
}

fn day_begin(tenant: &Tenant, at: Timestamp) -> Timestamp {
    day_of(tenant, at).at(tenant.day_start, tenant.utc_offset_minutes)
}

fn range_contains(range: &DateRange, utc_offset_minutes: i32, at: Timestamp) -> bool {
    range_instants(range, utc_offset_minutes, at).any(|(from, to)| from <= at && at < to)
}

/// The range's beginnings and ends in the years around an instant: one that began last year may last until now.
fn range_instants(
    range: &DateRange,
    utc_offset_minutes: i32,
    at: Timestamp,
) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let year = at.civil(utc_offset_minutes).date.year;
    (year - 1..=year + 1)
        .filter(|year| range.year.is_none_or(|only| only == *year))
        .map(move |year| range_in(range, utc_offset_minutes, year))
}

fn range_in(range: &DateRange, utc_offset_minutes: i32, year: i32) -> (Timestamp, Timestamp) {
    let instant = |(month, day, time): (u8, u8, TimeOfDay), year: i32| {
        CivilDate { year, month, day }.at(time, utc_offset_minutes)
    };
    let from = instant(range.from, year);
    let to = instant(range.to, year);
    (from, if to > from { to } else { instant(range.to, year + 1) })
}

#[cfg(test)]
mod tests;
