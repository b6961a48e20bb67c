//! What one plan changes of another, as values and in words.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::bands::{capacity_on, times_from};
use super::{Capacity, DayKind, Plan, Seat, Tenant};
use crate::ids::{DialledNumber, PoolId, SeatId, SkillId, TenantId};
use crate::time::{CivilDate, TimeOfDay};

/// One thing that a new plan does otherwise. `Display` says it in a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The new plan has a tenant more.
    TenantAdded(TenantId),
    /// The new plan has no such tenant any more.
    TenantRemoved(TenantId),
    /// A number reaches a tenant that reached none.
    NumberAdded {
        /// The number.
        number: DialledNumber,
        /// Which tenant.
        tenant: TenantId,
    },
    /// A number reaches nobody any more.
    NumberRemoved {
        /// The number.
        number: DialledNumber,
        /// Whom it reached.
        tenant: TenantId,
    },
    /// A number reaches another tenant.
    NumberMoved {
        /// The number.
        number: DialledNumber,
        /// Whom it reached.
        from: TenantId,
        /// Whom it reaches.
        to: TenantId,
    },
    /// Guidance or recording of a number are others.
    NumberChanged {
        /// The number.
        number: DialledNumber,
        /// Whom it reaches.
        tenant: TenantId,
    },
    /// Other lines at a time of some kinds of day (R-L2).
    LinesChanged {
        /// Whose.
        tenant: TenantId,
        /// On which kinds of day, in words.
        days: Vec<String>,
        /// From when.
        from: TimeOfDay,
        /// Until when; equal to `from`: all day.
        to: TimeOfDay,
        /// Before; `None`: closed.
        before: Option<Capacity>,
        /// After; `None`: closed.
        after: Option<Capacity>,
    },
    /// A named range of days is new, gone, or at other dates (R-L2).
    RangeChanged {
        /// Whose.
        tenant: TenantId,
        /// The range's name.
        range: String,
        /// `added`, `removed` or `moved`.
        how: &'static str,
    },
    /// Another setting of a tenant.
    TenantChanged {
        /// Whose.
        tenant: TenantId,
        /// Which, in words.
        setting: &'static str,
    },
    /// A pool of lines is new, gone, or of another size (R-L5).
    PoolChanged {
        /// Which.
        pool: PoolId,
        /// Its lines before; `None`: it was not there.
        before: Option<u16>,
        /// Its lines after; `None`: it is not there any more.
        after: Option<u16>,
    },
    /// The new plan has a seat more.
    SeatAdded(SeatId),
    /// The new plan has no such seat any more.
    SeatRemoved(SeatId),
    /// Whom a seat serves, and with which priority (R-Q3).
    SeatServes {
        /// The seat.
        seat: SeatId,
        /// Whom.
        tenant: TenantId,
        /// Priority before; `None`: not at all.
        before: Option<u16>,
        /// Priority after; `None`: not at all.
        after: Option<u16>,
    },
    /// A skill that a seat has or has not any more.
    SeatSkill {
        /// The seat.
        seat: SeatId,
        /// Which.
        skill: SkillId,
        /// Whether it has it now.
        gained: bool,
    },
    /// Another setting of a seat.
    SeatChanged {
        /// The seat.
        seat: SeatId,
        /// Which, in words.
        setting: &'static str,
    },
    /// A day is a public holiday now, or no longer.
    Holiday {
        /// The day.
        date: CivilDate,
        /// Whether it is one now.
        added: bool,
    },
}

/// What `new` changes of `old`: tenants, numbers, lines, pools, seats, holidays, in this order. Empty: the plans are equal.
pub fn diff(old: &Plan, new: &Plan) -> Vec<Change> {
    let Plan { tenants, seats, holidays, pools } = new;
    let mut changes = Vec::new();
    changes.extend(
        old.tenants.keys().filter(|id| !tenants.contains_key(id)).map(|id| Change::TenantRemoved(*id)),
    );
    changes
        .extend(tenants.keys().filter(|id| !old.tenants.contains_key(id)).map(|id| Change::TenantAdded(*id)));
    diff_numbers(old, new, &mut changes);
    for (id, after) in tenants {
        if let Some(before) = old.tenants.get(id) {
            diff_lines(*id, before, after, &mut changes);
            diff_ranges(*id, before, after, &mut changes);
            let settings = tenant_settings(before, after);
            changes.extend(settings.map(|setting| Change::TenantChanged { tenant: *id, setting }));
        }
    }
    let names: BTreeSet<PoolId> = old.pools.keys().chain(pools.keys()).copied().collect();
    for pool in names {
        let (before, after) = (old.pools.get(&pool).copied(), pools.get(&pool).copied());
        if before != after {
            changes.push(Change::PoolChanged { pool, before, after });
        }
    }
    changes.extend(old.seats.keys().filter(|id| !seats.contains_key(id)).map(|id| Change::SeatRemoved(*id)));
    changes.extend(seats.keys().filter(|id| !old.seats.contains_key(id)).map(|id| Change::SeatAdded(*id)));
    for (id, after) in seats {
        if let Some(before) = old.seats.get(id) {
            diff_seat(*id, before, after, &mut changes);
        }
    }
    let holiday = |added| move |date: &CivilDate| Change::Holiday { date: *date, added };
    changes.extend(old.holidays.difference(holidays).map(holiday(false)));
    changes.extend(holidays.difference(&old.holidays).map(holiday(true)));
    changes
}

fn diff_numbers(old: &Plan, new: &Plan, changes: &mut Vec<Change>) {
    let of = |plan: &Plan| -> BTreeMap<DialledNumber, TenantId> {
        let mut owners = BTreeMap::new();
        for (id, tenant) in &plan.tenants {
            owners.extend(tenant.numbers.keys().map(|number| (*number, *id)));
        }
        owners
    };
    let (before, after) = (of(old), of(new));
    for (&number, &from) in &before {
        match after.get(&number) {
            None => changes.push(Change::NumberRemoved { number, tenant: from }),
            Some(&to) if to != from => changes.push(Change::NumberMoved { number, from, to }),
            Some(&tenant) => {
                let settings = |plan: &Plan| plan.tenants.get(&tenant)?.numbers.get(&number).cloned();
                if settings(old) != settings(new) {
                    changes.push(Change::NumberChanged { number, tenant });
                }
            }
        }
    }
    let added = after.iter().filter(|(number, _)| !before.contains_key(number));
    changes.extend(added.map(|(&number, &tenant)| Change::NumberAdded { number, tenant }));
}

/// A stretch of a day with other lines.
type Stretch = (TimeOfDay, TimeOfDay, Option<Capacity>, Option<Capacity>);

fn diff_lines(id: TenantId, before: &Tenant, after: &Tenant, changes: &mut Vec<Change>) {
    let mut found: Vec<(Stretch, Vec<String>)> = Vec::new();
    for (name, was, is) in kinds_of_both(before, after) {
        for stretch in stretches((before, was), (after, is)) {
            match found.iter_mut().find(|(known, _)| *known == stretch) {
                Some((_, days)) => days.push(name.clone()),
                None => found.push((stretch, [name.clone()].into())),
            }
        }
    }
    changes.extend(found.into_iter().map(|((from, to, before, after), days)| Change::LinesChanged {
        tenant: id,
        days,
        from,
        to,
        before,
        after,
    }));
}

/// The kinds of day that both have: each by name, with what it is called in each.
fn kinds_of_both(before: &Tenant, after: &Tenant) -> Vec<(String, DayKind, DayKind)> {
    let plain = [
        ("weekday", DayKind::Weekday),
        ("saturday", DayKind::Saturday),
        ("sunday", DayKind::Sunday),
        ("holiday", DayKind::Holiday),
    ];
    let mut kinds: Vec<_> = plain.into_iter().map(|(name, kind)| (name.to_string(), kind, kind)).collect();
    for (is, range) in (0..).zip(&after.ranges) {
        let was = (0..).zip(&before.ranges).find(|(_, it)| it.name == range.name);
        if let Some((was, _)) = was {
            kinds.push((format!("range {}", range.name), DayKind::Range(was), DayKind::Range(is)));
        }
    }
    kinds
}

fn stretches(before: (&Tenant, DayKind), after: (&Tenant, DayKind)) -> Vec<Stretch> {
    let day_start = after.0.day_start;
    let edges: BTreeSet<TimeOfDay> = [before, after]
        .into_iter()
        .flat_map(|(tenant, kind)| tenant.bands.iter().filter(move |band| band.days.contains(&kind)))
        .flat_map(|band| [band.from, band.to])
        .collect();
    let times = times_from(day_start, &edges);
    let mut found: Vec<Stretch> = Vec::new();
    for (index, from) in times.iter().enumerate() {
        let to = times.get(index + 1).copied().unwrap_or(day_start);
        let [was, is] = [before, after].map(|(tenant, kind)| capacity_on(tenant, kind, *from));
        if was == is {
            continue;
        }
        match found.last_mut().filter(|(_, end, ..)| end == from) {
            Some((_, end, was_before, is_before)) if (*was_before, *is_before) == (was, is) => *end = to,
            Some(_) | None => found.push((*from, to, was, is)),
        }
    }
    found
}

fn diff_ranges(id: TenantId, before: &Tenant, after: &Tenant, changes: &mut Vec<Change>) {
    let mut said = |range: &str, how| {
        changes.push(Change::RangeChanged { tenant: id, range: range.to_string(), how });
    };
    for range in &before.ranges {
        match after.ranges.iter().find(|it| it.name == range.name) {
            None => said(&range.name, "removed"),
            Some(it) if it != range => said(&range.name, "moved"),
            Some(_) => {}
        }
    }
    for range in &after.ranges {
        if !before.ranges.iter().any(|it| it.name == range.name) {
            said(&range.name, "added");
        }
    }
}

/// Every setting that is another. The list is of all fields, so that a new one cannot be forgotten.
fn tenant_settings(before: &Tenant, after: &Tenant) -> impl Iterator<Item = &'static str> {
    let Tenant {
        title,
        utc_offset_minutes,
        numbers: _,
        day_start,
        bands: _,
        ranges: _,
        pool,
        refusal,
        closed_lines,
        closed_announcement,
        early_media,
        guidance_delay,
        waiting,
        places,
        hold_music,
        ring,
        expect_calls_within,
        max_wait,
        entry_skill,
        hand_over,
        overflow,
        outbound,
        directory,
        staffing,
        response_rate_target_permille,
        lines_reported_on,
    } = before;
    let changed = [
        (*title != after.title, "title"),
        (*utc_offset_minutes != after.utc_offset_minutes, "time zone"),
        (*day_start != after.day_start, "beginning of the day"),
        (*pool != after.pool, "share in a pool of lines"),
        (*refusal != after.refusal, "refusal for want of a line"),
        (*closed_lines != after.closed_lines, "closed lines"),
        (*closed_announcement != after.closed_announcement, "closed announcement"),
        (*early_media != after.early_media, "guidance before the answer"),
        (*guidance_delay != after.guidance_delay, "delay of the guidance"),
        (*waiting != after.waiting, "waiting message and music"),
        (*places != after.places, "announcements of the place"),
        (*hold_music != after.hold_music, "hold music"),
        (*ring != after.ring, "ring time"),
        (*expect_calls_within != after.expect_calls_within, "longest time without a call"),
        (*max_wait != after.max_wait, "longest wait"),
        (*entry_skill != after.entry_skill, "entry skill"),
        (*hand_over != after.hand_over, "hand-over"),
        (*overflow != after.overflow, "overflow"),
        (*outbound != after.outbound, "way out"),
        (*directory != after.directory, "directory"),
        (*staffing != after.staffing, "promised staffing"),
        (*response_rate_target_permille != after.response_rate_target_permille, "response rate target"),
        (*lines_reported_on != after.lines_reported_on, "report of its lines to the client"),
    ];
    changed.into_iter().filter(|(is_other, _)| *is_other).map(|(_, setting)| setting)
}

fn diff_seat(id: SeatId, before: &Seat, after: &Seat, changes: &mut Vec<Change>) {
    let Seat { serves, skills, login, static_contact, wrap_up_max, not_answering_retry, unreachable_retry } =
        before;
    let tenants: BTreeSet<TenantId> = serves.keys().chain(after.serves.keys()).copied().collect();
    for tenant in tenants {
        let (before, after) = (serves.get(&tenant).copied(), after.serves.get(&tenant).copied());
        if before != after {
            changes.push(Change::SeatServes { seat: id, tenant, before, after });
        }
    }
    let skill = |gained| move |skill: &SkillId| Change::SeatSkill { seat: id, skill: *skill, gained };
    changes.extend(skills.difference(&after.skills).map(skill(false)));
    changes.extend(after.skills.difference(skills).map(skill(true)));
    let changed = [
        (*login != after.login, "log-in"),
        (*static_contact != after.static_contact, "static contact"),
        (*wrap_up_max != after.wrap_up_max, "wrap-up"),
        (*not_answering_retry != after.not_answering_retry, "return after no answer"),
        (*unreachable_retry != after.unreachable_retry, "return after it was unreachable"),
    ];
    let changed = changed.into_iter().filter(|(is_other, _)| *is_other);
    changes.extend(changed.map(|(_, setting)| Change::SeatChanged { seat: id, setting }));
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |capacity: &Option<Capacity>| match capacity {
            Some(Capacity { seat_lines, guidance_lines }) => format!("{seat_lines}+{guidance_lines}"),
            None => "closed".to_string(),
        };
        match self {
            Self::TenantAdded(tenant) => write!(f, "tenant {tenant} added"),
            Self::TenantRemoved(tenant) => write!(f, "tenant {tenant} removed"),
            Self::NumberAdded { number, tenant } => write!(f, "number {number} added to {tenant}"),
            Self::NumberRemoved { number, tenant } => write!(f, "number {number} of {tenant} removed"),
            Self::NumberMoved { number, from, to } => write!(f, "number {number} moved from {from} to {to}"),
            Self::NumberChanged { number, tenant } => {
                write!(f, "number {number} of {tenant}: guidance or recording changed")
            }
            Self::LinesChanged { tenant, days, from, to, before, after } => {
                write!(f, "lines of {tenant} on {}", days.join(", "))?;
                if from == to {
                    f.write_str(" all day")?;
                } else {
                    write!(f, " from {from} to {to}")?;
                }
                write!(f, ": {} -> {}", lines(before), lines(after))
            }
            Self::RangeChanged { tenant, range, how } => write!(f, "range {range} of {tenant} {how}"),
            Self::TenantChanged { tenant, setting } => write!(f, "tenant {tenant}: {setting} changed"),
            Self::PoolChanged { pool, before, after } => {
                let lines =
                    |lines: &Option<u16>| lines.map_or_else(|| "none".to_string(), |it| it.to_string());
                write!(f, "lines of pool {pool}: {} -> {}", lines(before), lines(after))
            }
            Self::SeatAdded(seat) => write!(f, "seat {seat} added"),
            Self::SeatRemoved(seat) => write!(f, "seat {seat} removed"),
            Self::SeatServes { seat, tenant, before: None, after: Some(priority) } => {
                write!(f, "seat {seat} serves {tenant}, priority {priority}")
            }
            Self::SeatServes { seat, tenant, after: None, .. } => {
                write!(f, "seat {seat} no longer serves {tenant}")
            }
            Self::SeatServes { seat, tenant, before: Some(before), after: Some(after) } => {
                write!(f, "seat {seat} serves {tenant} with priority {after} instead of {before}")
            }
            Self::SeatSkill { seat, skill, gained: true } => write!(f, "seat {seat} has skill {skill}"),
            Self::SeatSkill { seat, skill, gained: false } => {
                write!(f, "seat {seat} no longer has skill {skill}")
            }
            Self::SeatChanged { seat, setting } => write!(f, "seat {seat}: {setting} changed"),
            Self::Holiday { date, added: true } => write!(f, "{date} is a holiday"),
            Self::Holiday { date, added: false } => write!(f, "{date} is no longer a holiday"),
        }
    }
}
