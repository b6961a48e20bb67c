//! The plan as the core understands it, as JSON: whole, since a replay starts from it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::{
    Band, Capacity, Choice, ChoiceOption, DateRange, DayKind, Directory, Guidance, LinesFullRefusal, Login,
    Number, Outbound, Overflow, OverflowCause, PlaceAnnouncements, Plan, PoolShare, RecordingPolicy, Seat,
    Staffing, StaffingSeats, Tenant, Waiting,
};
use acd_core::{CivilDate, DialledNumber, PoolId, PromptId, SeatId, SkillId, TenantId, TimeOfDay};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{As, DisplayFromStr, Same};

use crate::directory::{DirectoryDef, OutboundDef};
use crate::leaf::{DateText, Millis, TimeText, in_containers};
use crate::shared::{CapacityDef, OverflowCauseDef};

/// A plan as one line of JSON.
pub fn plan_to_json(plan: &Plan) -> String {
    #[derive(Serialize)]
    #[serde(transparent)]
    struct Line<'a>(#[serde(with = "PlanDef")] &'a Plan);

    serde_json::to_string(&Line(plan)).expect("invariant: a plan holds nothing that JSON cannot hold")
}

/// Reads what [`plan_to_json`] wrote.
///
/// # Errors
/// If the text is not JSON, or not a plan of this version.
pub fn plan_from_json(json: &str) -> Result<Plan, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Line(#[serde(with = "PlanDef")] Plan);

    serde_json::from_str(json).map(|Line(plan)| plan)
}

/// The plan within an input.
pub(crate) struct BoxedPlanDef;

impl BoxedPlanDef {
    pub(crate) fn serialize<S: Serializer>(plan: &Plan, serializer: S) -> Result<S::Ok, S::Error> {
        PlanDef::serialize(plan, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<Plan>, D::Error> {
        PlanDef::deserialize(deserializer).map(Box::new)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Plan")]
struct PlanDef {
    #[serde(with = "As::<BTreeMap<DisplayFromStr, TenantDef>>")]
    tenants: BTreeMap<TenantId, Tenant>,
    #[serde(with = "As::<BTreeMap<DisplayFromStr, SeatDef>>")]
    seats: BTreeMap<SeatId, Seat>,
    #[serde(with = "As::<BTreeSet<DateText>>")]
    holidays: BTreeSet<CivilDate>,
    #[serde(default, with = "As::<BTreeMap<DisplayFromStr, Same>>")]
    pools: BTreeMap<PoolId, u16>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Tenant")]
struct TenantDef {
    title: String,
    utc_offset_minutes: i32,
    #[serde(with = "As::<BTreeMap<DisplayFromStr, NumberDef>>")]
    numbers: BTreeMap<DialledNumber, Number>,
    #[serde(with = "As::<TimeText>")]
    day_start: TimeOfDay,
    #[serde(with = "As::<Vec<BandDef>>")]
    bands: Vec<Band>,
    #[serde(with = "As::<Vec<DateRangeDef>>")]
    ranges: Vec<DateRange>,
    #[serde(default, with = "As::<Option<PoolShareDef>>")]
    pool: Option<PoolShare>,
    #[serde(with = "LinesFullRefusalDef")]
    refusal: LinesFullRefusal,
    closed_lines: u16,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    closed_announcement: Option<PromptId>,
    #[serde(default)]
    early_media: bool,
    #[serde(default, rename = "guidance_delay_ms", with = "As::<Millis>")]
    guidance_delay: Duration,
    #[serde(with = "WaitingDef")]
    waiting: Waiting,
    /// Absent in what was written before places were told.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<PlaceAnnouncementsDef>>")]
    places: Option<PlaceAnnouncements>,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    hold_music: Option<PromptId>,
    #[serde(rename = "ring_ms", with = "As::<Millis>")]
    ring: Duration,
    #[serde(default, rename = "expect_calls_within_ms", with = "As::<Option<Millis>>")]
    expect_calls_within: Option<Duration>,
    #[serde(rename = "max_wait_ms", with = "As::<Option<Millis>>")]
    max_wait: Option<Duration>,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    entry_skill: Option<SkillId>,
    /// Absent in what was written before callers were handed over.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        with = "As::<BTreeMap<DisplayFromStr, Same>>"
    )]
    hand_over: BTreeMap<SkillId, String>,
    /// Absent in what was written before callers overflowed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<OverflowDef>>")]
    overflow: Option<Overflow>,
    /// Absent in what was written before parties were dialled.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<OutboundDef>>")]
    outbound: Option<Outbound>,
    #[serde(default, skip_serializing_if = "is_empty", with = "DirectoryDef")]
    directory: Directory,
    /// Absent in what was written before the switch stated a want of staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "As::<Vec<StaffingDef>>")]
    staffing: Vec<Staffing>,
    response_rate_target_permille: Option<u16>,
    /// Absent in what was written before plans said it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<DateText>>")]
    lines_reported_on: Option<CivilDate>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Staffing")]
struct StaffingDef {
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    skill: Option<SkillId>,
    #[serde(with = "StaffingSeatsDef")]
    seats: StaffingSeats,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "StaffingSeats", rename_all = "snake_case")]
enum StaffingSeatsDef {
    SeatLines,
    Count(u16),
}

fn is_empty(directory: &Directory) -> bool {
    *directory == Directory::default()
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Overflow")]
struct OverflowDef {
    #[serde(with = "As::<DisplayFromStr>")]
    to: TenantId,
    #[serde(with = "As::<BTreeSet<OverflowCauseDef>>")]
    on: BTreeSet<OverflowCause>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Number")]
struct NumberDef {
    #[serde(with = "GuidanceDef")]
    guidance: Guidance,
    #[serde(with = "RecordingPolicyDef")]
    recording: RecordingPolicy,
    /// Absent in what was written before callers chose.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<ChoiceDef>>")]
    choice: Option<Choice>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Choice")]
struct ChoiceDef {
    #[serde(with = "As::<DisplayFromStr>")]
    prompt: PromptId,
    before_guidance: bool,
    #[serde(rename = "patience_ms", with = "As::<Millis>")]
    patience: Duration,
    #[serde(with = "As::<BTreeMap<Same, ChoiceOptionDef>>")]
    options: BTreeMap<char, ChoiceOption>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ChoiceOption")]
struct ChoiceOptionDef {
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    skill: Option<SkillId>,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    guidance: Option<PromptId>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Guidance", rename_all = "snake_case")]
enum GuidanceDef {
    Tape(#[serde(with = "As::<DisplayFromStr>")] PromptId),
    Spoken,
    None,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RecordingPolicy", rename_all = "snake_case")]
enum RecordingPolicyDef {
    FromAnswer,
    FromCaller,
    Off,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LinesFullRefusal", rename_all = "snake_case")]
enum LinesFullRefusalDef {
    BusyHere,
    #[serde(rename = "retry_after_ms")]
    RetryAfter(#[serde(with = "As::<Millis>")] Duration),
    Announcement {
        #[serde(with = "As::<DisplayFromStr>")]
        prompt: PromptId,
        lines: u16,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Waiting")]
struct WaitingDef {
    #[serde(with = "As::<DisplayFromStr>")]
    message: PromptId,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    music: Option<PromptId>,
    #[serde(rename = "message_every_ms", with = "As::<Millis>")]
    message_every: Duration,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PlaceAnnouncements")]
struct PlaceAnnouncementsDef {
    #[serde(with = "As::<Box<[DisplayFromStr]>>")]
    places: Box<[PromptId]>,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    beyond: Option<PromptId>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DayKind", rename_all = "snake_case")]
enum DayKindDef {
    Range(u16),
    Holiday,
    Sunday,
    Saturday,
    Weekday,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Band")]
struct BandDef {
    #[serde(with = "As::<BTreeSet<DayKindDef>>")]
    days: BTreeSet<DayKind>,
    #[serde(with = "As::<TimeText>")]
    from: TimeOfDay,
    #[serde(with = "As::<TimeText>")]
    to: TimeOfDay,
    #[serde(with = "As::<Option<CapacityDef>>")]
    capacity: Option<Capacity>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PoolShare")]
struct PoolShareDef {
    #[serde(with = "As::<DisplayFromStr>")]
    pool: PoolId,
    reserved: u16,
    max: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DateRange")]
struct DateRangeDef {
    name: String,
    #[serde(with = "As::<(Same, Same, TimeText)>")]
    from: (u8, u8, TimeOfDay),
    #[serde(with = "As::<(Same, Same, TimeText)>")]
    to: (u8, u8, TimeOfDay),
    year: Option<i32>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Seat")]
struct SeatDef {
    #[serde(with = "As::<BTreeMap<DisplayFromStr, Same>>")]
    serves: BTreeMap<TenantId, u16>,
    #[serde(with = "As::<BTreeSet<DisplayFromStr>>")]
    skills: BTreeSet<SkillId>,
    #[serde(with = "LoginDef")]
    login: Login,
    static_contact: bool,
    #[serde(rename = "wrap_up_max_ms", with = "As::<Option<Millis>>")]
    wrap_up_max: Option<Duration>,
    #[serde(rename = "not_answering_retry_ms", with = "As::<Option<Millis>>")]
    not_answering_retry: Option<Duration>,
    #[serde(rename = "unreachable_retry_ms", with = "As::<Option<Millis>>")]
    unreachable_retry: Option<Duration>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Login", rename_all = "snake_case")]
enum LoginDef {
    ByCommand,
    OnRegister,
    Always,
}

in_containers!(
    TenantDef => Tenant,
    StaffingDef => Staffing,
    NumberDef => Number,
    ChoiceDef => Choice,
    ChoiceOptionDef => ChoiceOption,
    BandDef => Band,
    DateRangeDef => DateRange,
    PlaceAnnouncementsDef => PlaceAnnouncements,
    PoolShareDef => PoolShare,
    DayKindDef => DayKind,
    SeatDef => Seat,
    OverflowDef => Overflow,
);
