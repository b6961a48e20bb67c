//! Facts as JSON, tagged `fact`.

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::plan::{Capacity, OverflowCause};
use acd_core::{
    AlarmKind, AnnouncementKind, CallCommand, CallCommandResult, CallEvent, CallId, CallPhase,
    CallerIdentity, CallerLegEnd, CivilDate, CommandSource, Company, Destination, DestinationId,
    DialledNumber, GuidanceCommandResult, LegId, LegQuality, LineKind, LineUse, LocateCondition, Outcome,
    PartyEnd, PartyId, Pii, PlanSource, PromptId, RecordingFailure, RefusalReason, RingEnd, RingId,
    SeatCommand, SeatCommandResult, SeatId, SeatLoss, SeatState, SkillId, TalkEnd, TenantId, Timestamp,
    TrunkId, TrunkLoss, UnexpectedInput,
};
use serde::{Deserialize, Serialize};
use serde_with::{As, DisplayFromStr};

use crate::leaf::{CallIdDef, DateText, LegIdDef, Millis, RingIdDef, TimeMillis};
use crate::parties::{
    ClearNumber, CompanyDef, DestinationDef, LineKindDef, LocateConditionDef, PartyEndDef, PartyIdDef,
};
use crate::shared::{
    AlarmKindDef, AnnouncementKindDef, CallCommandDef, CallCommandResultDef, CallPhaseDef, CallerIdentityDef,
    CallerLegEndDef, CapacityDef, CommandSourceDef, GuidanceCommandResultDef, LegQualityDef, LineUseDef,
    OutcomeDef, OverflowCauseDef, PlanSourceDef, RecordingFailureDef, RefusalReasonDef, RingEndDef,
    SeatCommandDef, SeatCommandResultDef, SeatLossDef, SeatStateDef, TalkEndDef, TrunkLossDef,
    UnexpectedInputDef,
};

/// A fact as one line of JSON: `{"fact":"call_admitted","call":17,"tenant":"shiga",…}`.
pub fn fact_to_json(fact: &CallEvent) -> String {
    #[derive(Serialize)]
    #[serde(transparent)]
    struct Line<'a>(#[serde(with = "CallEventDef")] &'a CallEvent);

    serde_json::to_string(&Line(fact)).expect("invariant: a fact holds nothing that JSON cannot hold")
}

/// Reads what [`fact_to_json`] wrote; fields that it does not know (`seq`, `time`) are passed over.
///
/// # Errors
/// If the text is not JSON, or not a fact of this version.
pub fn fact_from_json(json: &str) -> Result<CallEvent, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Line(#[serde(with = "CallEventDef")] CallEvent);

    serde_json::from_str(json).map(|Line(fact)| fact)
}

/// Of facts that were written before they said it.
const fn at_the_start() -> PlanSource {
    PlanSource::Start
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallEvent", tag = "fact", rename_all = "snake_case")]
enum CallEventDef {
    PlanApplied {
        tenants: u32,
        seats: u32,
        #[serde(default = "at_the_start", with = "PlanSourceDef")]
        by: PlanSource,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<String>,
        #[serde(
            default,
            skip_serializing_if = "BTreeMap::is_empty",
            with = "As::<BTreeMap<DisplayFromStr, DateText>>"
        )]
        lines_reported_on: BTreeMap<TenantId, CivilDate>,
    },
    NodeStarted,
    NodeOutage {
        #[serde(rename = "from_time_ms", with = "As::<TimeMillis>")]
        from: Timestamp,
        #[serde(rename = "to_time_ms", with = "As::<TimeMillis>")]
        to: Timestamp,
    },
    DrainStarted,
    NodeStopped,
    TrunkLost {
        #[serde(with = "As::<DisplayFromStr>")]
        trunk: TrunkId,
        #[serde(with = "TrunkLossDef")]
        cause: TrunkLoss,
    },
    TrunkRestored {
        #[serde(with = "As::<DisplayFromStr>")]
        trunk: TrunkId,
    },
    OverloadStarted,
    OverloadEnded {
        refused: u64,
    },
    NoReachableSeatStarted {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
    },
    NoReachableSeatEnded {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
    },
    WallClockStepped {
        step_ms: i64,
        /// Absent in what was written before it was stated.
        #[serde(rename = "skipped_ms", with = "As::<Millis>", default)]
        skipped: Duration,
    },
    JournalDegraded,
    JournalRestored,
    AlarmRaised {
        #[serde(with = "AlarmKindDef")]
        kind: AlarmKind,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        tenant: Option<TenantId>,
        #[serde(with = "As::<Option<CallIdDef>>")]
        call: Option<CallId>,
    },
    CapacityChanged {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<CapacityDef>>")]
        capacity: Option<Capacity>,
    },
    BlockageStarted {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "LineUseDef")]
        lines: LineUse,
        #[serde(default)]
        lent: u32,
    },
    BlockageEnded {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
    },
    SeatLinesFullStarted {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "LineUseDef", default)]
        lines: LineUse,
    },
    SeatLinesFullEnded {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
    },
    StaffingShort {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        skill: Option<SkillId>,
        wanted: u32,
        staffed: u32,
    },
    StaffingRestored {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        skill: Option<SkillId>,
    },
    CallAdmitted {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<DisplayFromStr>")]
        trunk: TrunkId,
        #[serde(with = "As::<DisplayFromStr>")]
        dialled: DialledNumber,
        #[serde(with = "CallerIdentityDef")]
        caller: CallerIdentity,
        test: bool,
        closed: bool,
        lines_in_use: u32,
        capacity: u32,
    },
    CallRefused {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        tenant: Option<TenantId>,
        #[serde(with = "As::<DisplayFromStr>")]
        trunk: TrunkId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        dialled: Option<DialledNumber>,
        #[serde(with = "CallerIdentityDef")]
        caller: CallerIdentity,
        #[serde(with = "RefusalReasonDef")]
        reason: RefusalReason,
        /// Absent in what was written before it was stated.
        #[serde(default)]
        test: bool,
    },
    RefusalFailed {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallerLegEndDef")]
        end: CallerLegEnd,
    },
    CallerConnected {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    GuidanceCommanded {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        prompt: Option<PromptId>,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "GuidanceCommandResultDef")]
        result: GuidanceCommandResult,
    },
    GuidanceStarted {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    GuidanceCompleted {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    GuidanceFailed {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    CallerProgressFailed {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    AnnouncementFailed {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        #[serde(with = "AnnouncementKindDef")]
        announcement: AnnouncementKind,
    },
    ChoiceStarted {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    PlaceSaid {
        #[serde(with = "CallIdDef")]
        call: CallId,
        place: Option<u16>,
    },
    ChoiceMade {
        #[serde(with = "CallIdDef")]
        call: CallId,
        key: Option<char>,
    },
    CallerQueued {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        skill: Option<SkillId>,
        #[serde(rename = "since_time_ms", with = "As::<TimeMillis>")]
        since: Timestamp,
        put_back: bool,
        #[serde(default)]
        awaits_adviser: bool,
    },
    CallOverflowed {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<DisplayFromStr>")]
        to: TenantId,
        #[serde(with = "OverflowCauseDef")]
        cause: OverflowCause,
    },
    RingStarted {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
    },
    RingEnded {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "RingEndDef")]
        end: RingEnd,
    },
    CallAnswered {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
    },
    TalkEnded {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "TalkEndDef")]
        end: TalkEnd,
    },
    HoldStarted {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
    },
    HoldEnded {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
    },
    DigitPressed {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        digit: char,
    },
    CallCommanded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallCommandDef")]
        command: CallCommand,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "CallCommandResultDef")]
        result: CallCommandResult,
    },
    PartyDialled {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "DestinationDef")]
        destination: Destination,
        #[serde(with = "As::<ClearNumber>")]
        number: Pii<DialledNumber>,
        takes_line: bool,
    },
    SupervisorRung {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "As::<DisplayFromStr>")]
        supervisor: SeatId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
    },
    PartyAnswered {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "CompanyDef")]
        company: Company,
    },
    PartyMoved {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "CompanyDef")]
        company: Company,
    },
    PartyEnded {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "PartyEndDef")]
        end: PartyEnd,
    },
    PartyLineFreed {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
    },
    DestinationUnreached {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "DestinationDef")]
        destination: Destination,
    },
    CallPhaseChanged {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallPhaseDef")]
        phase: CallPhase,
    },
    CallerLeft {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallerLegEndDef")]
        end: CallerLegEnd,
    },
    HeadquartersDialled {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        destination: DestinationId,
        #[serde(with = "LineKindDef")]
        line: LineKind,
        #[serde(with = "As::<Option<DateText>>")]
        consent_filed_on: Option<CivilDate>,
    },
    NumberShown {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
    },
    ConditionChecked {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "LocateConditionDef")]
        condition: LocateCondition,
        holds: bool,
    },
    OutboundStarted {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "As::<Option<CallIdDef>>")]
        about: Option<CallId>,
    },
    OutboundEnded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        reached: bool,
    },
    OutboundCommanded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "DestinationDef")]
        destination: Destination,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "CallCommandResultDef")]
        result: CallCommandResult,
    },
    CallEnded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "OutcomeDef")]
        outcome: Outcome,
        #[serde(with = "CallPhaseDef")]
        phase: CallPhase,
        #[serde(with = "As::<Option<CallerLegEndDef>>")]
        end: Option<CallerLegEnd>,
    },
    SeatStateChanged {
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "SeatStateDef")]
        from: SeatState,
        #[serde(with = "SeatStateDef")]
        to: SeatState,
    },
    SeatRegistered {
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
    },
    SeatUnregistered {
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "SeatLossDef")]
        loss: SeatLoss,
    },
    SeatCommanded {
        #[serde(with = "As::<DisplayFromStr>")]
        seat: SeatId,
        #[serde(with = "SeatCommandDef")]
        command: SeatCommand,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "SeatCommandResultDef")]
        result: SeatCommandResult,
    },
    RecordingStarted {
        #[serde(with = "CallIdDef")]
        call: CallId,
        file: String,
    },
    RecordingOff {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    RecordingFailed {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "RecordingFailureDef")]
        failure: RecordingFailure,
    },
    RecordingEnded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(rename = "recorded_ms", with = "As::<Millis>")]
        recorded: Duration,
        #[serde(rename = "gaps_ms", with = "As::<Millis>")]
        gaps: Duration,
    },
    LegMeasured {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        #[serde(with = "LegQualityDef")]
        quality: LegQuality,
    },
    InputUnexpected {
        #[serde(with = "UnexpectedInputDef")]
        input: UnexpectedInput,
        #[serde(with = "As::<Option<CallIdDef>>")]
        call: Option<CallId>,
    },
}
