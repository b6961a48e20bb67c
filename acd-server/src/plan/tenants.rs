//! The tenants: numbers, lines, guidance, queue.

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::limits::PLACES_MAX;
use acd_core::plan::{Guidance, Number, PlaceAnnouncements, RecordingPolicy, Tenant, Waiting};
use acd_core::{DialledNumber, SkillId, TenantId, TimeOfDay, TrunkId};

use super::accounting::accounting;
use super::bands::bands;
use super::coverage;
use super::error::{At, Located, Report};
use super::fields::{Complaint, Fields};
use super::limits::{
    CLOSED_LINES, EXPECT_CALLS_WITHIN_S, GUIDANCE_DELAY_MS, MAX_WAIT_S, RING_S, SCRIPT_CHARS_MAX,
    UTC_OFFSET_MINUTES, WAITING_MESSAGE_EVERY_S,
};
use super::pools::{self, PoolsRead};
use super::prompts::{self, Prompts};
use super::refusal::refusal;
use super::shell::{TenantSettings, TrunkSettings};
use super::{choice, directory, hand_over, hours, keys, outbound, overflow, own_numbers, values};

/// One tenant as the plan has it, with the places that later checks point at.
#[derive(Debug)]
pub(super) struct TenantDraft {
    pub(super) core: Tenant,
    pub(super) shell: TenantSettings,
    pub(super) at: At,
    pub(super) entry_skill_at: At,
    /// Where the tenant that callers overflow to is named.
    pub(super) overflow_at: Option<At>,
    pub(super) hand_overs_at: BTreeMap<SkillId, At>,
    pub(super) directory_places: directory::Places,
}

/// What the plan has besides, and tenants name.
#[derive(Clone, Copy)]
pub(super) struct Named<'p> {
    pub(super) prompts: &'p Prompts,
    pub(super) pools: &'p PoolsRead,
    pub(super) trunks: &'p BTreeMap<TrunkId, TrunkSettings>,
}

/// A verification of headquarters' numbers is good for a year unless the plan says otherwise.
const VERIFIED_WITHIN_DAYS_DEFAULT: u16 = 365;

pub(super) type Tenants = BTreeMap<TenantId, TenantDraft>;

/// The tenants, and whether every one of them has a name.
pub(super) fn tenants(
    report: &mut Report<'_>,
    top: Fields<'_>,
    named_elsewhere: Named<'_>,
) -> (Tenants, bool) {
    top.require(report, "tenants", "write [[tenants]] for each client");
    let mut tenants = Tenants::new();
    let mut named = top.has("tenants");
    let mut numbers_seen = BTreeMap::new();
    for fields in top.tables(report, "tenants", &keys::TENANTS) {
        let remedy = "name it, such as name = \"shiga\"";
        let id = fields.required_parsed(report, "name", remedy, |text| values::name(TenantId::new, text));
        let draft = tenant(report, fields, named_elsewhere, &mut numbers_seen);
        let Some(Located { value: id, at }) = id else {
            named = false;
            continue;
        };
        if tenants.insert(id, draft).is_some() {
            report.wrong(at, format!("tenant `{id}` exists twice"), "name each tenant once");
        }
    }
    if named {
        overflow::check(report, &tenants);
        directory::check(report, &tenants);
        own_numbers::check(report, &tenants);
    }
    let max = acd_core::limits::TENANTS_MAX;
    if tenants.len() > max {
        report.wrong(
            top.at_value("tenants"),
            format!("there are {} tenants, more than {max} (TENANTS_MAX)", tenants.len()),
            "spread them over several switches",
        );
    }
    (tenants, named)
}

fn tenant(
    report: &mut Report<'_>,
    fields: Fields<'_>,
    Named { prompts, pools, trunks }: Named<'_>,
    numbers_seen: &mut BTreeMap<DialledNumber, At>,
) -> TenantDraft {
    let remedy = "write what seats see before the answer, such as title = \"しが #7119\"";
    let title = fields.required_text(report, "title", remedy).map_or("", |text| text.value).to_owned();
    let greeting = fields.text(report, "greeting").map(|text| text.value.to_owned());
    let script = script(report, fields);
    let day_start = fields.parsed(report, "day_start", |text| values::time_of_day(text, false));
    let target = fields.decimal(report, "response_rate_target_percent");
    let bands = bands(report, fields);
    let hand_overs = hand_over::hand_overs(report, fields);
    let overflow = overflow::overflow(report, fields, &bands.bands);
    let ring = fields.seconds(report, "ring_s", &RING_S).unwrap_or(Duration::from_secs(15));
    let (directory, verified_within_days, directory_places) =
        directory::directory(report, fields, ring).into_parts();
    let accounting = accounting(report, fields);
    let core = Tenant {
        title,
        utc_offset_minutes: fields
            .integer(report, "utc_offset_minutes", &UTC_OFFSET_MINUTES)
            .and_then(|minutes| i32::try_from(minutes).ok())
            .unwrap_or(540),
        numbers: numbers(report, fields, prompts, numbers_seen),
        day_start: day_start.map_or(TimeOfDay::MIDNIGHT, |time| time.value),
        bands: bands.bands.clone(),
        ranges: bands.ranges.clone(),
        pool: pools::share(report, fields, pools, &bands),
        refusal: refusal(report, fields, prompts),
        closed_lines: fields.count(report, "closed_lines", &CLOSED_LINES).unwrap_or(2),
        closed_announcement: prompts::reference(report, fields, "closed_announcement", prompts),
        early_media: fields.boolean(report, "early_media").unwrap_or(false),
        guidance_delay: fields
            .integer(report, "guidance_delay_ms", &GUIDANCE_DELAY_MS)
            .and_then(|millis| u64::try_from(millis).ok())
            .map_or(Duration::ZERO, Duration::from_millis),
        waiting: waiting(report, fields, prompts),
        places: places(report, fields, prompts),
        hold_music: prompts::reference(report, fields, "hold_music", prompts),
        ring,
        expect_calls_within: fields.seconds(report, "expect_calls_within_s", &EXPECT_CALLS_WITHIN_S),
        max_wait: fields.seconds(report, "max_wait_s", &MAX_WAIT_S),
        entry_skill: fields
            .parsed(report, "entry_skill", |text| values::name(SkillId::new, text))
            .map(|skill| skill.value),
        hand_over: hand_overs.iter().map(|(skill, hand_over)| (*skill, hand_over.code.clone())).collect(),
        overflow: overflow.as_ref().map(|it| it.value.clone()),
        outbound: outbound::outbound(report, fields, trunks),
        directory,
        staffing: accounting.counting.staffing.clone(),
        response_rate_target_permille: target.and_then(|target| permille(report, target)),
        lines_reported_on: fields.parsed(report, "lines_reported_on", values::date).map(|day| day.value),
    };
    // From `day_start` on everything is measured.
    if day_start.is_some() || fields.is_absent("day_start") {
        coverage::check(report, fields.at(), &core, &bands);
    }
    hours::check(report, fields, &core, &bands);
    TenantDraft {
        core,
        shell: TenantSettings {
            greeting,
            script,
            dedicated_seats: fields.boolean(report, "dedicated_seats").unwrap_or(false),
            seat_lines_min: bands.seat_lines_min,
            accounting,
            verified_within_days: verified_within_days.unwrap_or(VERIFIED_WITHIN_DAYS_DEFAULT),
        },
        at: fields.at(),
        overflow_at: overflow.map(|it| it.at),
        entry_skill_at: fields.at_value("entry_skill"),
        hand_overs_at: hand_overs.into_iter().map(|(skill, hand_over)| (skill, hand_over.at)).collect(),
        directory_places,
    }
}

fn script(report: &mut Report<'_>, fields: Fields<'_>) -> Option<String> {
    let text = fields.long_text(report, "script")?;
    if text.value.chars().count() > SCRIPT_CHARS_MAX {
        report.wrong(
            text.at,
            format!("`script` is longer than {SCRIPT_CHARS_MAX} characters (SCRIPT_CHARS_MAX)"),
            "shorten it",
        );
        return None;
    }
    Some(text.value.to_owned())
}

fn numbers(
    report: &mut Report<'_>,
    tenant: Fields<'_>,
    prompts: &Prompts,
    seen: &mut BTreeMap<DialledNumber, At>,
) -> BTreeMap<DialledNumber, Number> {
    tenant.require(report, "numbers", "write [[tenants.numbers]] with the number that callers reach it by");
    let mut numbers = BTreeMap::new();
    for fields in tenant.tables(report, "numbers", &keys::NUMBERS) {
        let remedy = "write its digits, such as number = \"0770007119\"";
        let number = fields.required_parsed(report, "number", remedy, |text| {
            values::dialled_digits(text).and_then(|text| values::name(DialledNumber::new, text))
        });
        let settings = Number {
            guidance: guidance(report, tenant, fields, prompts),
            recording: fields
                .word(
                    report,
                    "recording",
                    &[
                        ("from_answer", RecordingPolicy::FromAnswer),
                        ("from_caller", RecordingPolicy::FromCaller),
                        ("off", RecordingPolicy::Off),
                    ],
                )
                .unwrap_or(RecordingPolicy::FromAnswer),
            choice: choice::choice(report, fields, prompts),
        };
        let Some(Located { value: number, at }) = number else { continue };
        if let Some(first) = seen.insert(number, at) {
            let line = report.line(first);
            report.wrong(
                at,
                format!("number {number} is taken by line {line}"),
                "give each number to one tenant, once",
            );
        }
        numbers.insert(number, settings);
    }
    numbers
}

fn guidance(report: &mut Report<'_>, tenant: Fields<'_>, fields: Fields<'_>, prompts: &Prompts) -> Guidance {
    #[derive(Clone, Copy)]
    enum Kind {
        Tape,
        Spoken,
        None,
    }
    fields.require(report, "guidance", "write guidance = \"tape\", \"spoken\" or \"none\" (R-G1)");
    let kinds = [("tape", Kind::Tape), ("spoken", Kind::Spoken), ("none", Kind::None)];
    let kind = fields.word(report, "guidance", &kinds);
    let prompt = prompts::reference(report, fields, "guidance_prompt", prompts);
    if matches!(kind, Some(Kind::Spoken)) && tenant.is_absent("script") {
        report.missing(
            fields.at_value("guidance"),
            "`guidance` is \"spoken\", but the tenant has no `script`: the seat's screen would show nothing to say",
            "write the mandatory guidance as the tenant's `script`, or use another guidance (R-G1)",
        );
    }
    match kind {
        Some(Kind::Tape) => {
            fields.require(
                report,
                "guidance_prompt",
                "name the prompt that is played, or use another guidance",
            );
            prompt.map_or(Guidance::None, Guidance::Tape)
        }
        Some(Kind::Spoken | Kind::None) if fields.has("guidance_prompt") => {
            report.wrong(
                fields.at_value("guidance_prompt"),
                "`guidance_prompt` is never played: `guidance` is not \"tape\"",
                "take it out, or write guidance = \"tape\"",
            );
            Guidance::None
        }
        Some(Kind::Spoken) => Guidance::Spoken,
        Some(Kind::None) | None => Guidance::None,
    }
}

fn waiting(report: &mut Report<'_>, fields: Fields<'_>, prompts: &Prompts) -> Waiting {
    fields.require(report, "waiting_message", "name the prompt that waiting callers hear (R-G3)");
    let message = prompts::reference(report, fields, "waiting_message", prompts);
    let music = prompts::reference(report, fields, "waiting_music", prompts);
    let every = fields.seconds(report, "waiting_message_every_s", &WAITING_MESSAGE_EVERY_S);
    let every = every.unwrap_or(Duration::from_secs(60));
    let length_ms = message.and_then(|id| prompts.get(&id)?.as_ref()).map_or(0, |prompt| prompt.duration_ms);
    if every < Duration::from_millis(length_ms.into()) {
        report.wrong(
            fields.at_value("waiting_message_every_s"),
            format!("the waiting message comes every {} s, but lasts {length_ms} ms", every.as_secs()),
            format!("use at least {} s", length_ms.div_ceil(1_000)),
        );
    }
    // A plan with an error is never used, so which prompt stands in does not matter.
    let message = message.unwrap_or(STAND_IN);
    Waiting { message, music, message_every: every }
}

/// What tells a waiting caller its place (R-G3).
fn places(report: &mut Report<'_>, fields: Fields<'_>, prompts: &Prompts) -> Option<PlaceAnnouncements> {
    let places = prompts::references(report, fields, "place_announcements", prompts);
    let beyond = prompts::reference(report, fields, "place_beyond_announcement", prompts);
    if places.len() > PLACES_MAX {
        report.wrong(
            fields.at_value("place_announcements"),
            format!("`place_announcements` has more than {PLACES_MAX} prompts (PLACES_MAX)"),
            "leave out those of the last places, and name a place_beyond_announcement",
        );
    }
    if fields.has("place_beyond_announcement") && !fields.has("place_announcements") {
        report.missing(
            fields.at_value("place_beyond_announcement"),
            "`place_beyond_announcement` is there, but no `place_announcements` to be beyond of",
            "name the prompts of the first places, such as place_announcements = [\"place1\", \"place2\"], or leave it out",
        );
    }
    (!places.is_empty()).then(|| PlaceAnnouncements { places: places.into(), beyond })
}

const STAND_IN: acd_core::PromptId = match acd_core::PromptId::new("none") {
    Ok(id) => id,
    Err(_) => panic!("invariant: \"none\" is a name"),
};

/// A percentage with at most one decimal, as thousandths.
fn permille(report: &mut Report<'_>, Located { value: written, at }: Located<&str>) -> Option<u16> {
    match parse_permille(written) {
        Ok(permille) => Some(permille),
        Err(Complaint { problem, remedy }) => {
            report.wrong(at, format!("`response_rate_target_percent` {problem}"), remedy);
            None
        }
    }
}

fn parse_permille(written: &str) -> Result<u16, Complaint> {
    let complaint = || {
        Complaint::new(
            format!("is {written}, not a percentage of at most one decimal"),
            "use a number from 0 to 100, such as 89.1",
        )
    };
    let (whole, tenth) = written.split_once('.').unwrap_or((written, "0"));
    let whole: u16 = whole.parse().map_err(|_| complaint())?;
    let tenth: u16 =
        if tenth.len() == 1 { tenth.parse().map_err(|_| complaint())? } else { return Err(complaint()) };
    match whole.checked_mul(10).and_then(|permille| permille.checked_add(tenth)) {
        Some(permille) if permille <= 1_000 => Ok(permille),
        _ => Err(complaint()),
    }
}
