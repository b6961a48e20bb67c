//! Values that facts, commands and the board have in common.

use acd_core::plan::{Capacity, OverflowCause};
use acd_core::{
    AlarmKind, AnnouncementKind, CallCommand, CallCommandResult, CallPhase, CallerIdentity, CallerLegEnd,
    CommandSource, Company, Destination, DialledNumber, GuidanceCommandResult, LegId, LegQuality, LineKind,
    LineUse, LocateCondition, Name, NameError, Outcome, PartyEnd, PartyFailure, PartyId, PauseReason, Pii,
    PlanSource, RecordingFailure, RefusalReason, RingEnd, RingFailure, RingId, SeatCommand,
    SeatCommandResult, SeatLoss, SeatState, Supervision, TalkEnd, TrunkLoss, UnexpectedInput, WithheldReason,
};

use super::generated as v1;

/// The pause of who gives no reason, as the star code's.
const PAUSE: PauseReason = match Name::new("pause") {
    Ok(name) => PauseReason(name),
    Err(_) => panic!("a good name"),
};

/// A match of plain variants, one line each.
macro_rules! plain {
    ($($core:ident { $($variant:ident),+ $(,)? })+) => {$(
        impl From<$core> for v1::$core {
            fn from(value: $core) -> Self {
                match value {
                    $($core::$variant => Self::$variant,)+
                }
            }
        }
    )+};
}

plain! {
    WithheldReason { Withheld, Payphone, ServiceConflict, OutOfArea }
    CallPhase {
        Arriving, Guidance, Waiting, Ringing, Talking, Consulting, Conference, Transferred, WithoutCaller,
        Outbound, Closed, Closing,
    }
    Company { Together, Aside, Held, Listening, Whispering }
    LineKind { Fixed, Mobile, Ip, Unknown }
    LocateCondition { Unresponsive, LifeInDanger, WhereaboutsUnknown }
    RefusalReason { UnknownNumber, LinesFull, Closed, Draining, Overload }
    Outcome {
        Closed, AbandonedInGuidance, AbandonedInQueue, AbandonedWhileRinging, AbandonedAfterReception, Answered, Failed,
    }
    CallerLegEnd { Cancelled, HungUp, Released, AckMissing, SessionExpired, Failed }
    SeatLoss { RegistrationExpired, Unregistered, LegFailed, MediaSilent }
    PlanSource { Start, Signal, Api }
    SeatCommandResult {
        Done, Deferred, UnknownSeat, NotLoggedIn, NotReachable, Busy, Supervising, UnknownSupervisor,
    }
    Supervision { Listen, Whisper, Join }
    CallCommandResult {
        Done, UnknownCall, OutOfPhase, UnknownSkill, UnknownDestination, Forbidden, NoOutboundTrunk, LinesFull,
        UnknownParty, TooManyParties, UnknownSeat, SeatNotFree, UnknownTenant, Draining, UnknownSupervisor,
    }
    GuidanceCommandResult { Done, UnknownTenant }
    TrunkLoss { NoAnswer, Transport }
    AnnouncementKind { Choice, Waiting, Music, Closed, Busy }
    RecordingFailure { CannotCreate, WriteFailed, Overrun }
    OverflowCause { Closed, NobodyLoggedIn, WaitTooLong }
    AlarmKind {
        NobodyLoggedIn, WaitTooLong, CallOutsideHours, NobodyReached, CallsMissing, TrunkLost, Overload,
        NoReachableSeat, RecordingFailed, JournalDegraded,
    }
    UnexpectedInput { CallDuplicate, CallUnknown, RingOver, PartyOver, SeatUnknown, OutOfPhase, TimeBackwards }
}

/// By which way a command came, and the supervisor's seat if it was a supervisor's; empty for none, as protobuf has it.
pub(super) fn command_source(source: CommandSource) -> (i32, String) {
    let (source, supervisor) = match source {
        CommandSource::StarCode => (v1::CommandSource::StarCode, None),
        CommandSource::Api => (v1::CommandSource::Api, None),
        CommandSource::Console => (v1::CommandSource::Console, None),
        CommandSource::LifeBefore => (v1::CommandSource::LifeBefore, None),
        CommandSource::NewPlan => (v1::CommandSource::NewPlan, None),
        CommandSource::Supervisor(seat) => (v1::CommandSource::Supervisor, Some(seat)),
    };
    (source.into(), supervisor.map_or_else(String::new, |seat| seat.to_string()))
}

impl From<RingId> for v1::Ring {
    fn from(RingId { call, attempt }: RingId) -> Self {
        Self { call: call.0, attempt }
    }
}

impl From<PartyId> for v1::Party {
    fn from(PartyId { call, attempt }: PartyId) -> Self {
        Self { call: call.0, attempt }
    }
}

impl From<PartyEnd> for v1::PartyEnd {
    fn from(end: PartyEnd) -> Self {
        use v1::party_end::Kind;
        let (kind, status) = match end {
            PartyEnd::Failed(PartyFailure::Refused(status)) => (Kind::Refused, status),
            PartyEnd::Failed(PartyFailure::Unreachable(status)) => (Kind::Unreachable, status),
            PartyEnd::Failed(PartyFailure::Cancelled) => (Kind::Cancelled, 0),
            PartyEnd::Failed(PartyFailure::NotSupported) => (Kind::NotSupported, 0),
            PartyEnd::TimedOut => (Kind::TimedOut, 0),
            PartyEnd::NoLine => (Kind::NoLine, 0),
            PartyEnd::HungUp => (Kind::HungUp, 0),
            PartyEnd::Lost => (Kind::Lost, 0),
            PartyEnd::Commanded => (Kind::Commanded, 0),
            PartyEnd::Alone => (Kind::Alone, 0),
            PartyEnd::NodeOutage => (Kind::NodeOutage, 0),
        };
        Self { kind: kind.into(), sip_status: status.into() }
    }
}

/// Whom an agent wants to reach; a number only if `with_number`.
pub(super) fn destination(destination: Destination, with_number: bool) -> v1::Destination {
    use v1::destination::Whom;
    let number = |whom: fn(String) -> Whom, number: Pii<DialledNumber>| match with_number {
        true => whom(number.reveal().to_string()),
        false => Whom::NumberKeptBack(true),
    };
    let whom = match destination {
        Destination::Entry(entry) => Whom::Entry(entry.to_string()),
        Destination::Headquarters(Some(area)) => Whom::HeadquartersOf(area.to_string()),
        Destination::Headquarters(None) => Whom::HeadquartersOfCaller(true),
        Destination::Caller => Whom::Caller(true),
        Destination::Number(digits) => number(Whom::Number, digits),
        Destination::CallBack(digits) => number(Whom::CallBack, digits),
    };
    v1::Destination { whom: Some(whom) }
}

/// A number that is dialled; the digits only if `with_number`.
pub(super) fn dialled(number: Pii<DialledNumber>, with_number: bool) -> v1::Caller {
    caller(&CallerIdentity::Number(Pii::new(number.reveal().to_string())), with_number)
}

impl From<LegId> for v1::Leg {
    fn from(leg: LegId) -> Self {
        match leg {
            LegId::Caller(call) => Self { call: call.0, attempt: None, party: None },
            LegId::Seat(RingId { call, attempt }) => {
                Self { call: call.0, attempt: Some(attempt), party: None }
            }
            LegId::Party(PartyId { call, attempt }) => {
                Self { call: call.0, attempt: None, party: Some(attempt) }
            }
        }
    }
}

/// Who calls; the number only if `with_number`.
pub fn caller(caller: &CallerIdentity, with_number: bool) -> v1::Caller {
    let identity = match caller {
        CallerIdentity::Number(number) if with_number => {
            v1::caller::Identity::Number(number.reveal().clone())
        }
        CallerIdentity::Number(_) => v1::caller::Identity::NumberKeptBack(true),
        CallerIdentity::Withheld(reason) => {
            v1::caller::Identity::Withheld(v1::WithheldReason::from(*reason).into())
        }
    };
    v1::Caller { identity: Some(identity) }
}

impl From<Capacity> for v1::Capacity {
    fn from(Capacity { seat_lines, guidance_lines }: Capacity) -> Self {
        Self { seat_lines: seat_lines.into(), guidance_lines: guidance_lines.into() }
    }
}

impl From<LineUse> for v1::LineUse {
    fn from(lines: LineUse) -> Self {
        let LineUse { guidance, waiting, ringing, talking, transferred, closing, outbound } = lines;
        Self { guidance, waiting, ringing, talking, transferred, closing, outbound }
    }
}

impl From<RingEnd> for v1::RingEnd {
    fn from(end: RingEnd) -> Self {
        use v1::ring_end::Kind;
        let (kind, status) = match end {
            RingEnd::Answered => (Kind::Answered, 0),
            RingEnd::Failed(RingFailure::Refused(status)) => (Kind::Refused, status),
            RingEnd::Failed(RingFailure::Unreachable(status)) => (Kind::Unreachable, status),
            RingEnd::Failed(RingFailure::Cancelled) => (Kind::Cancelled, 0),
            RingEnd::TimedOut => (Kind::TimedOut, 0),
            RingEnd::CallerGone => (Kind::CallerGone, 0),
            RingEnd::SeatLost => (Kind::SeatLost, 0),
        };
        Self { kind: kind.into(), sip_status: status.into() }
    }
}

impl From<TalkEnd> for v1::TalkEnd {
    fn from(end: TalkEnd) -> Self {
        use v1::talk_end::Kind;
        let (kind, loss) = match end {
            TalkEnd::CallerEnded => (Kind::CallerEnded, v1::SeatLoss::Unspecified),
            TalkEnd::SeatEnded => (Kind::SeatEnded, v1::SeatLoss::Unspecified),
            TalkEnd::SeatLost(loss) => (Kind::SeatLost, loss.into()),
            TalkEnd::Commanded => (Kind::Commanded, v1::SeatLoss::Unspecified),
            TalkEnd::HandedOver => (Kind::HandedOver, v1::SeatLoss::Unspecified),
            TalkEnd::Transferred => (Kind::Transferred, v1::SeatLoss::Unspecified),
            TalkEnd::PartyEnded => (Kind::PartyEnded, v1::SeatLoss::Unspecified),
            TalkEnd::NodeOutage => (Kind::NodeOutage, v1::SeatLoss::Unspecified),
        };
        Self { kind: kind.into(), loss: loss.into() }
    }
}

/// A command to a call with what it names, as the fact has it.
pub(super) fn call_command(command: CallCommand, with_number: bool) -> v1::CallCommanded {
    let plain =
        |command: v1::CallCommand| v1::CallCommanded { command: command.into(), ..Default::default() };
    let dial = |command, whom| {
        let destination = Some(destination(whom, with_number));
        v1::CallCommanded { destination, ..plain(command) }
    };
    match command {
        CallCommand::Hold => plain(v1::CallCommand::Hold),
        CallCommand::Resume => plain(v1::CallCommand::Resume),
        CallCommand::HangUp => plain(v1::CallCommand::HangUp),
        CallCommand::HandOver(skill) => {
            v1::CallCommanded { skill: skill.to_string(), ..plain(v1::CallCommand::HandOver) }
        }
        CallCommand::Dial(whom) => dial(v1::CallCommand::Dial, whom),
        CallCommand::Join => plain(v1::CallCommand::Join),
        CallCommand::Leave => plain(v1::CallCommand::Leave),
        CallCommand::Blind(whom) => dial(v1::CallCommand::Blind, whom),
        CallCommand::DropParty(party) => v1::CallCommanded { party, ..plain(v1::CallCommand::DropParty) },
        CallCommand::Swap => plain(v1::CallCommand::Swap),
        CallCommand::ReleaseCaller => plain(v1::CallCommand::ReleaseCaller),
        CallCommand::ShowNumber => plain(v1::CallCommand::ShowNumber),
        CallCommand::Check(condition, holds) => {
            let condition = v1::LocateCondition::from(condition).into();
            v1::CallCommanded { condition, holds, ..plain(v1::CallCommand::Check) }
        }
        CallCommand::Explained => plain(v1::CallCommand::Explained),
        CallCommand::Supervise(part) => {
            let supervision = v1::Supervision::from(part).into();
            v1::CallCommanded { supervision, ..plain(v1::CallCommand::Supervise) }
        }
        CallCommand::EndSupervision => plain(v1::CallCommand::EndSupervision),
    }
}

impl From<SeatState> for v1::SeatState {
    fn from(state: SeatState) -> Self {
        use v1::seat_state::Kind;
        let (kind, ring) = match state {
            SeatState::LoggedOut => (Kind::LoggedOut, None),
            SeatState::Ready => (Kind::Ready, None),
            SeatState::Ringing(ring) => (Kind::Ringing, Some(ring)),
            SeatState::Talking(ring) => (Kind::Talking, Some(ring)),
            SeatState::Outbound(ring) => (Kind::Outbound, Some(ring)),
            SeatState::WrapUp => (Kind::WrapUp, None),
            SeatState::Unreachable => (Kind::Unreachable, None),
            SeatState::Paused(reason) => {
                return Self {
                    kind: Kind::Paused.into(),
                    pause_reason: reason.0.to_string(),
                    ..Self::default()
                };
            }
            SeatState::NotAnswering(end) => {
                return Self {
                    kind: Kind::NotAnswering.into(),
                    ring_end: Some(end.into()),
                    ..Self::default()
                };
            }
        };
        Self { kind: kind.into(), ring: ring.map(Into::into), ..Self::default() }
    }
}

impl From<SeatCommand> for v1::SeatCommand {
    fn from(command: SeatCommand) -> Self {
        use v1::seat_command::Kind;
        let (kind, reason) = match command {
            SeatCommand::LogIn => (Kind::LogIn, None),
            SeatCommand::Ready => (Kind::Ready, None),
            SeatCommand::Pause(reason) => (Kind::Pause, Some(reason)),
            SeatCommand::LogOut => (Kind::LogOut, None),
        };
        Self {
            kind: kind.into(),
            pause_reason: reason.map_or_else(String::new, |reason| reason.0.to_string()),
        }
    }
}

/// Why a message is no command to a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeatCommandFault {
    /// Its kind is none of those that this version knows.
    Kind,
    /// The reason of a pause is no name.
    PauseReason(NameError),
    /// It has a reason and is no pause.
    ReasonWithoutPause,
}

impl std::fmt::Display for SeatCommandFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kind => {
                f.write_str("command.kind: send KIND_LOG_IN, KIND_READY, KIND_PAUSE or KIND_LOG_OUT")
            }
            Self::PauseReason(error) => {
                write!(f, "command.pause_reason: {error}; send a name such as lunch, or none")
            }
            Self::ReasonWithoutPause => f.write_str("command.pause_reason: only KIND_PAUSE has one"),
        }
    }
}

impl std::error::Error for SeatCommandFault {}

/// What a client wants of a seat.
///
/// # Errors
/// If the kind is missing or unknown, the reason of a pause is no name, or stands without a pause.
pub fn seat_command(command: &v1::SeatCommand) -> Result<SeatCommand, SeatCommandFault> {
    use v1::seat_command::Kind;
    let v1::SeatCommand { kind, pause_reason } = command;
    let wanted = match Kind::try_from(*kind) {
        Err(_) | Ok(Kind::Unspecified) => return Err(SeatCommandFault::Kind),
        Ok(Kind::Pause) if pause_reason.is_empty() => return Ok(SeatCommand::Pause(PAUSE)),
        Ok(Kind::Pause) => {
            let name = Name::new(pause_reason).map_err(SeatCommandFault::PauseReason)?;
            return Ok(SeatCommand::Pause(PauseReason(name)));
        }
        Ok(Kind::LogIn) => SeatCommand::LogIn,
        Ok(Kind::Ready) => SeatCommand::Ready,
        Ok(Kind::LogOut) => SeatCommand::LogOut,
    };
    if pause_reason.is_empty() { Ok(wanted) } else { Err(SeatCommandFault::ReasonWithoutPause) }
}

impl From<LegQuality> for v1::LegQuality {
    fn from(quality: LegQuality) -> Self {
        let LegQuality {
            packets_received,
            packets_sent,
            packets_lost,
            packets_discarded,
            jitter_us,
            remote_packets_lost,
        } = quality;
        Self {
            packets_received,
            packets_sent,
            packets_lost,
            packets_discarded,
            jitter_us,
            remote_packets_lost,
        }
    }
}
