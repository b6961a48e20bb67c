//! What is no error of a plan, and yet would be met by a caller one day.

use std::collections::BTreeSet;
use std::fmt;

use acd_core::plan::{Capacity, Entry, EntryKind, FireHeadquarters, Guidance, Tenant};
use acd_core::{CivilDate, DestinationId, Pii, TenantId, Timestamp};

use reports::accounting::Profile;

use super::{PlanFile, TenantSettings};

/// Fall-backs of a roster, beside who is on duty (R-T3).
const FALL_BACKS: usize = 2;

/// Something that an operations engineer should know of a plan that is in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PlanWarning {
    /// Of what.
    pub of: WarningOf,
    /// What is doubtful.
    pub problem: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for PlanWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, problem, remedy } = self;
        match of {
            WarningOf::Place { path, line, column } => write!(f, "{path}:{line}:{column}: ")?,
            WarningOf::Tenant(tenant) => write!(f, "tenant {tenant}: ")?,
        }
        write!(f, "{problem}; {remedy}")
    }
}

/// What a warning is of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WarningOf {
    /// A place of the plan file, as of an error.
    Place {
        /// The file as it was named.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A client.
    Tenant(TenantId),
}

/// Everything that is doubtful about a plan at an instant, which decides how old a verification is and whether a roster
/// is over.
pub fn warnings(plan: &PlanFile, now: Timestamp) -> Vec<PlanWarning> {
    let mut found = plan.doubts.clone();
    for (id, tenant) in &plan.core.tenants {
        let within = plan.shell.tenants.get(id).map_or(0, |it| it.verified_within_days);
        let mut doubt = |problem: String, remedy: &str| {
            found.push(PlanWarning { of: WarningOf::Tenant(*id), problem, remedy: remedy.to_owned() });
        };
        if let Some(outbound) = tenant.outbound.filter(|it| it.takes_lines) {
            doubt(
                format!(
                    "parties are dialled over the tenant's own trunk `{}`, and each takes a line of the callers' (R-L8)",
                    outbound.trunk
                ),
                "give the tenant a separate outbound trunk, or count those lines in",
            );
        }
        if tenant.hold_music.is_none() {
            doubt(
                "a caller on hold, or while an agent consults, hears nothing: there is no `hold_music` (R-T1)".to_owned(),
                "name a prompt as hold_music, such as that of waiting_music",
            );
        }
        if let Some(settings) = plan.shell.tenants.get(id) {
            lines(tenant, settings, &mut doubt);
        }
        let today = now.civil(tenant.utc_offset_minutes).date;
        for (name, entry) in &tenant.directory.entries {
            match &entry.kind {
                EntryKind::FireHeadquarters(it) => headquarters(*name, entry, it, today, within, &mut doubt),
                EntryKind::Doctors => roster(*name, entry, tenant, now, &mut doubt),
                EntryKind::Interpreter { .. } | EntryKind::Staff | EntryKind::Tenant(_) => {}
            }
        }
    }
    found
}

/// What the client's specification wants of the lines, and may not get.
fn lines(tenant: &Tenant, settings: &TenantSettings, doubt: &mut impl FnMut(String, &str)) {
    if let Some(share) = tenant.pool
        && let Some(demanded) = settings.seat_lines_min.iter().flatten().max()
        && share.reserved < *demanded
    {
        doubt(
            format!(
                "{} lines of pool `{}` are reserved, fewer than the {demanded} that the specification demands as `seat_lines_min`: \
                 others' calls may hold the rest (R-L2, R-L5)",
                share.reserved, share.pool
            ),
            "reserve as many, or agree with the client that they are shared",
        );
    }
    let profile = settings.accounting.profile.name;
    // Where nothing need be said first it is a clinic (R-G1), with no such specification whatever its profile.
    let is_clinic = tenant.numbers.values().all(|it| it.guidance == Guidance::None);
    let wants_callers_held =
        !is_clinic && [Profile::FDMA, Profile::SHIGA].iter().any(|it| it.name == profile);
    let most = tenant.pool.map_or(u32::MAX, |it| u32::from(it.max));
    let holds_nobody = |it: Capacity| it.total().min(most) <= u32::from(it.seat_lines);
    if wants_callers_held && tenant.bands.iter().filter_map(|it| it.capacity).any(holds_nobody) {
        doubt(
            format!(
                "a band has no line beyond the advice lines, and callers are to be held when these are full, \
                 as profile `{profile}` has it (R-L2)"
            ),
            "give every band at least one of guidance_lines (and the share of a pool a line more), or name another profile",
        );
    }
}

fn headquarters(
    name: DestinationId,
    entry: &Entry,
    it: &FireHeadquarters,
    today: CivilDate,
    within: u16,
    doubt: &mut impl FnMut(String, &str),
) {
    let call = "call them, and write the day as verified_on";
    match it.verified_on {
        None => doubt(format!("nobody has verified the number of headquarters `{name}` (R-T2)"), call),
        Some(on) if today.days() - on.days() > i64::from(within) => {
            doubt(
                format!(
                    "the number of headquarters `{name}` was verified on {on}, more than {within} days ago (R-T2)"
                ),
                call,
            );
        }
        Some(_) => {}
    }
    if entry.numbers.len() < 2 {
        doubt(
            format!("headquarters `{name}` have no back-up number (R-T2)"),
            "ask for one, and write it as backup_number",
        );
    }
    let cannot = "they cannot ask a carrier where a silent caller is (R-T6)";
    if it.consent_filed_on.is_none() {
        doubt(
            format!("our consent is not filed with headquarters `{name}`: {cannot}"),
            "file it, and write the day as consent_filed_on",
        );
    }
    if it.underlying_number.is_none() {
        doubt(
            format!(
                "headquarters `{name}` do not know the number that lies under the tenant's (裏番号): {cannot}"
            ),
            "tell them, and write it as underlying_number",
        );
    }
}

fn roster(
    name: DestinationId,
    entry: &Entry,
    tenant: &Tenant,
    now: Timestamp,
    doubt: &mut impl FnMut(String, &str),
) {
    // Who is written twice is rung twice, and is one doctor all the same.
    let fall_backs = entry.numbers.iter().map(Pii::reveal).collect::<BTreeSet<_>>().len();
    if fall_backs < FALL_BACKS {
        let once = if fall_backs < entry.numbers.len() { ", each counted once" } else { "" };
        doubt(
            format!("the roster `{name}` has {fall_backs} fall-backs{once}, fewer than {FALL_BACKS} (R-T3)"),
            "write whom to call when who is on duty does not answer",
        );
    }
    if entry.emergency_contact.is_none() {
        doubt(
            format!("the roster `{name}` has no emergency contact for when nobody answers (R-T8)"),
            "write one as emergency_contact",
        );
    }
    let ends = entry.duties.iter().map(|duty| duty.to).max();
    if let Some((date, time)) = ends.filter(|(date, time)| date.at(*time, tenant.utc_offset_minutes) <= now) {
        doubt(
            format!("the roster `{name}` ended on {date} at {time}: nobody is on duty from then on"),
            "write the turns of duty that follow",
        );
    }
}
