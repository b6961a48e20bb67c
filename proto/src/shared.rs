//! What inputs and facts have in common.

use acd_core::plan::{Capacity, OverflowCause};
use acd_core::{
    AlarmKind, AnnouncementKind, CallCommand, CallCommandResult, CallPhase, CallerIdentity, CallerLegEnd,
    CommandSource, Destination, GuidanceCommandResult, LegQuality, LineUse, LocateCondition, Name, Outcome,
    PauseReason, Pii, PlanSource, RecordingFailure, RefusalReason, RingEnd, RingFailure, RingId, SeatCommand,
    SeatCommandResult, SeatId, SeatLegEnd, SeatLoss, SeatState, SkillId, Supervision, TalkEnd, TrunkLoss,
    UnexpectedInput, WithheldReason,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{As, DisplayFromStr};

use crate::leaf::{RingIdDef, in_containers};
use crate::parties::{DestinationDef, LocateConditionDef, SupervisionDef};

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallerIdentity", rename_all = "snake_case")]
pub(crate) enum CallerIdentityDef {
    Number(#[serde(with = "clear_number")] Pii<String>),
    Withheld(#[serde(with = "WithheldReasonDef")] WithheldReason),
}

/// The journal is the place where numbers are kept in the clear.
mod clear_number {
    use super::{Deserialize, Deserializer, Pii, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &Pii<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(number.reveal())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pii<String>, D::Error> {
        String::deserialize(deserializer).map(Pii::new)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WithheldReason", rename_all = "snake_case")]
pub(crate) enum WithheldReasonDef {
    Withheld,
    Payphone,
    ServiceConflict,
    OutOfArea,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallerLegEnd", rename_all = "snake_case")]
pub(crate) enum CallerLegEndDef {
    Cancelled,
    HungUp,
    Released,
    AckMissing,
    SessionExpired,
    Failed,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RingFailure", rename_all = "snake_case")]
pub(crate) enum RingFailureDef {
    Refused(u16),
    Unreachable(u16),
    Cancelled,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SeatLegEnd", rename_all = "snake_case")]
pub(crate) enum SeatLegEndDef {
    HungUp,
    Released,
    Lost(#[serde(with = "SeatLossDef")] SeatLoss),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SeatLoss", rename_all = "snake_case")]
pub(crate) enum SeatLossDef {
    RegistrationExpired,
    Unregistered,
    LegFailed,
    MediaSilent,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SeatCommand", rename_all = "snake_case")]
pub(crate) enum SeatCommandDef {
    LogIn,
    Ready,
    Pause(#[serde(with = "PauseReasonDef")] PauseReason),
    LogOut,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PauseReason")]
pub(crate) struct PauseReasonDef(#[serde(with = "As::<DisplayFromStr>")] Name);

#[derive(Serialize, Deserialize)]
#[serde(remote = "PlanSource", rename_all = "snake_case")]
pub(crate) enum PlanSourceDef {
    Start,
    Signal,
    Api,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CommandSource", rename_all = "snake_case")]
pub(crate) enum CommandSourceDef {
    StarCode,
    Api,
    Console,
    Supervisor(#[serde(with = "As::<DisplayFromStr>")] SeatId),
    LifeBefore,
    NewPlan,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SeatCommandResult", rename_all = "snake_case")]
pub(crate) enum SeatCommandResultDef {
    Done,
    Deferred,
    UnknownSeat,
    NotLoggedIn,
    NotReachable,
    Busy,
    Supervising,
    UnknownSupervisor,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallCommand", rename_all = "snake_case")]
pub(crate) enum CallCommandDef {
    Hold,
    Resume,
    HangUp,
    HandOver(#[serde(with = "As::<DisplayFromStr>")] SkillId),
    Dial(#[serde(with = "DestinationDef")] Destination),
    Join,
    Leave,
    Blind(#[serde(with = "DestinationDef")] Destination),
    DropParty(u32),
    Swap,
    ReleaseCaller,
    ShowNumber,
    Check(#[serde(with = "LocateConditionDef")] LocateCondition, bool),
    Explained,
    Supervise(#[serde(with = "SupervisionDef")] Supervision),
    EndSupervision,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "GuidanceCommandResult", rename_all = "snake_case")]
pub(crate) enum GuidanceCommandResultDef {
    Done,
    UnknownTenant,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AnnouncementKind", rename_all = "snake_case")]
pub(crate) enum AnnouncementKindDef {
    Choice,
    Waiting,
    Music,
    Closed,
    Busy,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TrunkLoss", rename_all = "snake_case")]
pub(crate) enum TrunkLossDef {
    NoAnswer,
    Transport,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallCommandResult", rename_all = "snake_case")]
pub(crate) enum CallCommandResultDef {
    Done,
    UnknownCall,
    OutOfPhase,
    UnknownSkill,
    UnknownDestination,
    Forbidden,
    NoOutboundTrunk,
    LinesFull,
    UnknownParty,
    TooManyParties,
    UnknownSeat,
    SeatNotFree,
    UnknownTenant,
    Draining,
    UnknownSupervisor,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RecordingFailure", rename_all = "snake_case")]
pub(crate) enum RecordingFailureDef {
    CannotCreate,
    WriteFailed,
    Overrun,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LegQuality")]
pub(crate) struct LegQualityDef {
    packets_received: u64,
    packets_sent: u64,
    packets_lost: u64,
    packets_discarded: u64,
    jitter_us: u32,
    remote_packets_lost: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AlarmKind", rename_all = "snake_case")]
pub(crate) enum AlarmKindDef {
    NobodyLoggedIn,
    WaitTooLong,
    CallOutsideHours,
    NobodyReached,
    CallsMissing,
    TrunkLost,
    Overload,
    NoReachableSeat,
    RecordingFailed,
    JournalDegraded,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Capacity")]
pub(crate) struct CapacityDef {
    seat_lines: u16,
    guidance_lines: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LineUse")]
pub(crate) struct LineUseDef {
    guidance: u32,
    waiting: u32,
    ringing: u32,
    talking: u32,
    transferred: u32,
    closing: u32,
    /// Absent in what was written before parties were dialled.
    #[serde(default, skip_serializing_if = "is_zero")]
    outbound: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallPhase", rename_all = "snake_case")]
pub(crate) enum CallPhaseDef {
    Arriving,
    Guidance,
    Waiting,
    Ringing,
    Talking,
    Consulting,
    Conference,
    Transferred,
    WithoutCaller,
    Outbound,
    Closed,
    Closing,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RefusalReason", rename_all = "snake_case")]
pub(crate) enum RefusalReasonDef {
    UnknownNumber,
    LinesFull,
    Closed,
    Draining,
    Overload,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RingEnd", rename_all = "snake_case")]
pub(crate) enum RingEndDef {
    Answered,
    Failed(#[serde(with = "RingFailureDef")] RingFailure),
    TimedOut,
    CallerGone,
    SeatLost,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TalkEnd", rename_all = "snake_case")]
pub(crate) enum TalkEndDef {
    CallerEnded,
    SeatEnded,
    SeatLost(#[serde(with = "SeatLossDef")] SeatLoss),
    Commanded,
    HandedOver,
    Transferred,
    PartyEnded,
    NodeOutage,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Outcome", rename_all = "snake_case")]
pub(crate) enum OutcomeDef {
    Closed,
    AbandonedInGuidance,
    AbandonedInQueue,
    AbandonedWhileRinging,
    AbandonedAfterReception,
    Answered,
    Failed,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OverflowCause", rename_all = "snake_case")]
pub(crate) enum OverflowCauseDef {
    Closed,
    NobodyLoggedIn,
    WaitTooLong,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SeatState", rename_all = "snake_case")]
pub(crate) enum SeatStateDef {
    LoggedOut,
    Ready,
    Ringing(#[serde(with = "RingIdDef")] RingId),
    Talking(#[serde(with = "RingIdDef")] RingId),
    Outbound(#[serde(with = "RingIdDef")] RingId),
    WrapUp,
    Paused(#[serde(with = "PauseReasonDef")] PauseReason),
    NotAnswering(#[serde(with = "RingEndDef")] RingEnd),
    Unreachable,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "UnexpectedInput", rename_all = "snake_case")]
pub(crate) enum UnexpectedInputDef {
    CallDuplicate,
    CallUnknown,
    RingOver,
    PartyOver,
    SeatUnknown,
    OutOfPhase,
    TimeBackwards,
}

in_containers!(CapacityDef => Capacity, CallerLegEndDef => CallerLegEnd, OverflowCauseDef => OverflowCause);
