//! Inputs as JSON, tagged `input`.

use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    CallCommand, CallId, CallPhase, CallerIdentity, CallerLegEnd, CommandSource, Destination, DialledNumber,
    Input, LegId, LegQuality, OpenCall, OpenRecording, PartyFailure, PartyId, PartyLegEnd, PlanSource,
    PlayId, PromptId, RecordingFailure, RequestId, RingFailure, RingId, SeatCommand, SeatId, SeatLegEnd,
    SeatLoss, TenantId, Timestamp, TrunkId, TrunkLoss,
};
use serde::{Deserialize, Serialize};
use serde_with::{As, DisplayFromStr};

use crate::leaf::{CallIdDef, LegIdDef, Millis, PlayIdDef, RingIdDef, TimeMillis, in_containers};
use crate::parties::{DestinationDef, PartyFailureDef, PartyIdDef, PartyLegEndDef};
use crate::plan::BoxedPlanDef;
use crate::shared::{
    CallCommandDef, CallPhaseDef, CallerIdentityDef, CallerLegEndDef, CommandSourceDef, LegQualityDef,
    PlanSourceDef, RecordingFailureDef, RingFailureDef, SeatCommandDef, SeatLegEndDef, SeatLossDef,
    TrunkLossDef,
};

/// An input as one line of JSON: `{"input":"caller_leg_ended","call":17,"end":"hung_up"}`.
pub fn input_to_json(input: &Input) -> String {
    #[derive(Serialize)]
    #[serde(transparent)]
    struct Line<'a>(#[serde(with = "InputDef")] &'a Input);

    serde_json::to_string(&Line(input)).expect("invariant: an input holds nothing that JSON cannot hold")
}

/// Reads what [`input_to_json`] wrote.
///
/// # Errors
/// If the text is not JSON, or not an input of this version.
pub fn input_from_json(json: &str) -> Result<Input, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Line(#[serde(with = "InputDef")] Input);

    serde_json::from_str(json).map(|Line(input)| input)
}

/// Of inputs that were written before they said it.
const fn by_interface() -> PlanSource {
    PlanSource::Api
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Input", tag = "input", rename_all = "snake_case")]
enum InputDef {
    TimePassed,
    PlanApplied {
        #[serde(flatten, with = "BoxedPlanDef")]
        plan: Box<Plan>,
        #[serde(default = "by_interface", with = "PlanSourceDef")]
        by: PlanSource,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<String>,
    },
    NodeStarted {
        #[serde(rename = "down_since_time_ms", with = "As::<Option<TimeMillis>>")]
        down_since: Option<Timestamp>,
    },
    CallFoundOpen(#[serde(with = "OpenCallDef")] OpenCall),
    DrainRequested,
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
    OverloadBegan,
    OverloadEnded {
        refused: u64,
    },
    WallClockStepped {
        step_ms: i64,
        /// Absent in what was written before it was stated.
        #[serde(rename = "skipped_ms", with = "As::<Millis>", default)]
        skipped: Duration,
    },
    JournalStalled,
    JournalRecovered,
    CallArrived {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "As::<DisplayFromStr>")]
        trunk: TrunkId,
        #[serde(with = "As::<Box<[DisplayFromStr]>>")]
        dialled: Box<[DialledNumber]>,
        #[serde(with = "CallerIdentityDef")]
        caller: CallerIdentity,
        test: bool,
        /// Absent in what was written before it was told.
        #[serde(default)]
        overloaded: bool,
    },
    CallerProgressed {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    CallerProgressFailed {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    CallerConnected {
        #[serde(with = "CallIdDef")]
        call: CallId,
    },
    CallerLegEnded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallerLegEndDef")]
        end: CallerLegEnd,
    },
    AnnouncementEnded {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        /// Absent in what was written before playouts had numbers.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<PlayIdDef>>")]
        play: Option<PlayId>,
    },
    AnnouncementFailed {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        /// As of `AnnouncementEnded`.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<PlayIdDef>>")]
        play: Option<PlayId>,
    },
    PlaceAsked {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "PlayIdDef")]
        play: PlayId,
    },
    DigitPressed {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
        digit: char,
    },
    HoldBegan {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
    },
    HoldEnded {
        #[serde(flatten, with = "LegIdDef")]
        leg: LegId,
    },
    RingProgressed {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
    },
    RingAnswered {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
    },
    RingFailed {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "RingFailureDef")]
        failure: RingFailure,
    },
    SeatLegEnded {
        #[serde(flatten, with = "RingIdDef")]
        ring: RingId,
        #[serde(with = "SeatLegEndDef")]
        end: SeatLegEnd,
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
        #[serde(with = "RequestIdDef")]
        request: RequestId,
    },
    CallCommanded {
        #[serde(with = "CallIdDef")]
        call: CallId,
        #[serde(with = "CallCommandDef")]
        command: CallCommand,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "RequestIdDef")]
        request: RequestId,
    },
    PartyProgressed {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
    },
    PartyAnswered {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
    },
    PartyFailed {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "PartyFailureDef")]
        failure: PartyFailure,
    },
    PartyLegEnded {
        #[serde(flatten, with = "PartyIdDef")]
        party: PartyId,
        #[serde(with = "PartyLegEndDef")]
        end: PartyLegEnd,
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
        #[serde(with = "As::<Option<CallIdDef>>")]
        about: Option<CallId>,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "RequestIdDef")]
        request: RequestId,
    },
    GuidanceCommanded {
        #[serde(with = "As::<DisplayFromStr>")]
        tenant: TenantId,
        #[serde(with = "As::<Option<DisplayFromStr>>")]
        prompt: Option<PromptId>,
        #[serde(with = "CommandSourceDef")]
        source: CommandSource,
        #[serde(with = "RequestIdDef")]
        request: RequestId,
    },
    RecordingStarted {
        #[serde(with = "CallIdDef")]
        call: CallId,
        file: String,
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
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OpenCall")]
struct OpenCallDef {
    #[serde(with = "CallIdDef")]
    call: CallId,
    #[serde(with = "As::<DisplayFromStr>")]
    tenant: TenantId,
    #[serde(with = "CallPhaseDef")]
    phase: CallPhase,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    seat: Option<SeatId>,
    #[serde(with = "As::<Option<RingIdDef>>")]
    ring: Option<RingId>,
    answered: bool,
    #[serde(rename = "admitted_at_time_ms", with = "As::<TimeMillis>")]
    admitted_at: Timestamp,
    /// Absent in what was written before recordings were found.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<OpenRecordingDef>>")]
    recording: Option<OpenRecording>,
    /// Absent in what was written before parties were dialled.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty", with = "As::<Box<[PartyIdDef]>>")]
    parties: Box<[PartyId]>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OpenRecording")]
struct OpenRecordingDef {
    file: String,
    #[serde(rename = "since_time_ms", with = "As::<TimeMillis>")]
    since: Timestamp,
}

in_containers!(OpenRecordingDef => OpenRecording);

#[derive(Serialize, Deserialize)]
#[serde(remote = "RequestId")]
struct RequestIdDef(u64);
