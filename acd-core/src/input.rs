//! The one door in: everything that can change the core.

use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::CallPhase;
use crate::ids::{
    CallId, DialledNumber, LegId, Name, PartyId, PlayId, PromptId, RequestId, RingId, SeatId, SkillId,
    TenantId, TrunkId,
};
use crate::party::{Destination, LocateCondition, PartyFailure, PartyLegEnd, Supervision};
use crate::pii::Pii;
use crate::plan::Plan;
use crate::time::Timestamp;

/// What happened outside, or the outcome of an [`Effect`](crate::Effect).
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    /// Time has passed; deadlines up to now fire. Early or repeated ones are harmless.
    TimePassed,
    /// A new plan, checked by the shell. Calls, places and log-ins stay.
    PlanApplied {
        /// From now on.
        plan: Box<Plan>,
        /// By which way it came.
        by: PlanSource,
        /// The person who wanted it, as that way names people (R-L2); `None`: it names nobody.
        who: Option<String>,
    },
    /// The switch begins to accept calls. `down_since`: the last instant that the journal of the life before knows.
    NodeStarted {
        /// The last journalled instant of the life before, if there was one and it did not end clean (R-L9).
        down_since: Option<Timestamp>,
    },
    /// A call that the life before left open, in the order of ids; its legs are being released by the shell. If it was being recorded, one
    /// `RecordingEnded` follows, with what the shell finds in the file.
    CallFoundOpen(OpenCall),
    /// Take no new calls; let those in progress end (R-L4, R-L9).
    DrainRequested,
    /// The switch has ended its last call or its patience; the last input of a life.
    NodeStopped,
    /// A carrier's trunk does not answer any more (R-L9).
    TrunkLost {
        /// The carrier.
        trunk: TrunkId,
        /// How that was found.
        cause: TrunkLoss,
    },
    /// It answers again.
    TrunkRestored {
        /// The carrier.
        trunk: TrunkId,
    },
    /// A call found the gateway full (media ports, transactions, dialogs), as it is from here on (R-L9).
    OverloadBegan,
    /// It has ample room again.
    OverloadEnded {
        /// INVITEs of carriers that got 503 meanwhile without being a call: of these the core has not been told one by one,
        /// so that no flood of them fills the journal.
        refused: u64,
    },
    /// The wall clock was stepped by more than a second (positive: forward). Stamps follow a step forward, and this input
    /// is the first that has such a stamp: deadlines that are a length of time are moved with it, so that no ring and no
    /// wrap-up is cut short; those that are a time of day (band edges) are not.
    WallClockStepped {
        /// By how much, in milliseconds.
        step_ms: i64,
        /// How far the stamps jumped with it: less than the step where they were ahead of the wall clock.
        skipped: Duration,
    },
    /// A commit took longer than `journal_stall_ms`; effects leave without it.
    JournalStalled,
    /// Commits are in time again.
    JournalRecovered,

    /// An INVITE from a trunk, well-formed, with media that we can carry. Its admission instant is this input's.
    CallArrived {
        /// Allocated by the shell.
        call: CallId,
        /// From which carrier.
        trunk: TrunkId,
        /// Candidates for the dialled number in order of precedence (P-Called-Party-ID, Request-URI, To).
        dialled: Box<[DialledNumber]>,
        /// Who calls.
        caller: CallerIdentity,
        /// A rehearsal's call: takes no tenant's line and enters no form (R-L6).
        test: bool,
        /// There are no media ports for it: it can have no line (R-L4).
        overloaded: bool,
    },
    /// Outcome of `ProgressCaller`: what plays now is heard before the answer.
    CallerProgressed {
        /// The call.
        call: CallId,
    },
    /// Outcome of `ProgressCaller`: the caller cannot hear anything before the answer (no port, no offer yet).
    CallerProgressFailed {
        /// The call.
        call: CallId,
    },
    /// Outcome of `AnswerCaller`: the ACK is there, audio can flow.
    CallerConnected {
        /// The call.
        call: CallId,
    },
    /// The caller's leg has ended: by itself, or as the outcome of `RefuseCall` or `ReleaseLeg`. The line is free.
    CallerLegEnded {
        /// The call.
        call: CallId,
        /// How.
        end: CallerLegEnd,
    },
    /// Outcome of `Play` for an announcement with an end: the last frame has been sent.
    AnnouncementEnded {
        /// The leg that heard it.
        leg: LegId,
        /// Which playout; one that had been replaced or stopped before is no news, told once. `None` in what was written
        /// before playouts had numbers: what plays now.
        play: Option<PlayId>,
    },
    /// Outcome of `Play`: it cannot be played (unknown prompt, media leg gone).
    AnnouncementFailed {
        /// The leg that should have heard it.
        leg: LegId,
        /// Which playout, as of `AnnouncementEnded`.
        play: Option<PlayId>,
    },
    /// A waiting message is about to end, and what plays asks for the caller's place in the queue (R-G3).
    PlaceAsked {
        /// The call.
        call: CallId,
        /// Which playout; one that has been replaced is no news.
        play: PlayId,
    },
    /// A key was pressed (RFC 4733, counted once).
    DigitPressed {
        /// By whom.
        leg: LegId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// One side put the call on hold (SDP sendonly, inactive, or 0.0.0.0).
    HoldBegan {
        /// By whom.
        leg: LegId,
    },
    /// The side resumed.
    HoldEnded {
        /// By whom.
        leg: LegId,
    },

    /// The seat's phone rings (180 or 183).
    RingProgressed {
        /// The ring.
        ring: RingId,
    },
    /// The seat answered (its first 200, R-Q5).
    RingAnswered {
        /// The ring.
        ring: RingId,
    },
    /// The ring failed without an answer.
    RingFailed {
        /// The ring.
        ring: RingId,
        /// Why.
        failure: RingFailure,
    },
    /// A seat's leg that had been answered has ended, by itself or as the outcome of `ReleaseLeg`.
    SeatLegEnded {
        /// The ring that began the leg.
        ring: RingId,
        /// How.
        end: SeatLegEnd,
    },
    /// The first binding of a seat, or its first connection.
    SeatRegistered {
        /// The seat.
        seat: SeatId,
    },
    /// The last binding of a seat is gone.
    SeatUnregistered {
        /// The seat.
        seat: SeatId,
        /// How it went.
        loss: SeatLoss,
    },
    /// An agent or a supervisor commands a seat (R-S2).
    SeatCommanded {
        /// The seat.
        seat: SeatId,
        /// What is wanted.
        command: SeatCommand,
        /// By which way.
        source: CommandSource,
        /// Ties the answer ([`Effect::AnswerSeatCommand`](crate::Effect::AnswerSeatCommand)) to the question.
        request: RequestId,
    },

    /// An agent or a supervisor commands a call (R-T1, R-S5). One that comes too late is answered, not unexpected.
    CallCommanded {
        /// The call.
        call: CallId,
        /// What is wanted.
        command: CallCommand,
        /// By which way.
        source: CommandSource,
        /// Ties the answer ([`Effect::AnswerCallCommand`](crate::Effect::AnswerCallCommand)) to the question.
        request: RequestId,
    },

    /// The party's phone rings (180 or 183).
    PartyProgressed {
        /// The try.
        party: PartyId,
    },
    /// The party answered.
    PartyAnswered {
        /// The try.
        party: PartyId,
    },
    /// The try failed without an answer.
    PartyFailed {
        /// The try.
        party: PartyId,
        /// Why.
        failure: PartyFailure,
    },
    /// The leg of a party that had answered has ended, by itself or as the outcome of `ReleaseLeg`.
    PartyLegEnded {
        /// The party.
        party: PartyId,
        /// How.
        end: PartyLegEnd,
    },
    /// An agent wants to call somebody: on a call of its own, which may be about an earlier one (R-T8).
    OutboundCommanded {
        /// Allocated by the shell.
        call: CallId,
        /// Whose phone is rung first.
        seat: SeatId,
        /// For which client.
        tenant: TenantId,
        /// Whom.
        destination: Destination,
        /// The earlier call.
        about: Option<CallId>,
        /// By which way.
        source: CommandSource,
        /// Ties the answer ([`Effect::AnswerCallCommand`](crate::Effect::AnswerCallCommand)) to the question.
        request: RequestId,
    },
    /// Emergency guidance (disaster, epidemic) in place of the usual one, from now on and for those who hear the usual
    /// one now (R-G4).
    GuidanceCommanded {
        /// Whose.
        tenant: TenantId,
        /// What is played; `None`: the usual guidance again.
        prompt: Option<PromptId>,
        /// By which way.
        source: CommandSource,
        /// Ties the answer ([`Effect::AnswerGuidanceCommand`](crate::Effect::AnswerGuidanceCommand)) to the question.
        request: RequestId,
    },

    /// Outcome of `StartRecording`.
    RecordingStarted {
        /// The call.
        call: CallId,
        /// Where, relative to the recordings folder.
        file: String,
    },
    /// The recorder could not start, or has lost audio; the call goes on (R-R2).
    RecordingFailed {
        /// The call.
        call: CallId,
        /// Why.
        failure: RecordingFailure,
    },
    /// Outcome of `StopRecording`: the file is whole. Or of `CallFoundOpen`: what a death left of it.
    RecordingEnded {
        /// The call.
        call: CallId,
        /// Audio in the file.
        recorded: Duration,
        /// Audio that it lacks, over both channels, as [`CallEvent::RecordingEnded`](crate::CallEvent::RecordingEnded)
        /// says.
        gaps: Duration,
    },
    /// What a leg's media was like, at its end.
    LegMeasured {
        /// The leg.
        leg: LegId,
        /// The figures.
        quality: LegQuality,
    },
}

/// Who calls.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum CallerIdentity {
    /// The number as the carrier gave it.
    Number(Pii<String>),
    /// The number is not shown, and why.
    Withheld(WithheldReason),
}

/// The four reasons of an anonymous caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum WithheldReason {
    /// 非通知: the caller dialled 184, or asks for privacy.
    Withheld,
    /// 公衆電話.
    Payphone,
    /// サービス競合, shown as 表示圏外.
    ServiceConflict,
    /// 表示圏外.
    OutOfArea,
}

/// How a caller's leg ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum CallerLegEnd {
    /// CANCEL before our answer.
    Cancelled,
    /// BYE from the caller.
    HungUp,
    /// We refused or released it, and that is done.
    Released,
    /// No ACK came for our 200 (64·T1).
    AckMissing,
    /// The session timer ran out, or an in-dialog OPTIONS got 481 or 408 (R-L10).
    SessionExpired,
    /// The transport or the media could not be set up.
    Failed,
}

/// Why a ring failed without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RingFailure {
    /// The seat refused (486, 603, any other final answer that shows that somebody is there). Holds the status code.
    Refused(u16),
    /// The seat's phone is not there (408, 503, ICMP, transport). Holds the status code, 0 for none.
    Unreachable(u16),
    /// The ring that we cancelled is over (487).
    Cancelled,
}

/// How a seat's answered leg ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeatLegEnd {
    /// BYE from the seat.
    HungUp,
    /// We released it, and that is done.
    Released,
    /// The leg was lost: the caller goes back into the queue (R-Q7).
    Lost(SeatLoss),
}

/// How a seat was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum SeatLoss {
    /// The registration ran out.
    RegistrationExpired,
    /// The phone took its registration back.
    Unregistered,
    /// An in-dialog request failed (481, 408), or the session timer ran out.
    LegFailed,
    /// No RTP for `media_timeout_s` (R-Q7).
    MediaSilent,
}

/// How a dead trunk was found (R-L9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum TrunkLoss {
    /// Our OPTIONS got no answer.
    NoAnswer,
    /// It cannot be reached: ICMP, or the connection was refused.
    Transport,
}

/// What is wanted of a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeatCommand {
    /// `*11`
    LogIn,
    /// `*12`: ready; ends wrap-up, a pause, `not_answering`.
    Ready,
    /// `*13`, or with a reason by console and interface.
    Pause(PauseReason),
    /// `*14`
    LogOut,
}

/// Why an agent pauses: a name out of the plan (`lunch`), `pause` for the star code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct PauseReason(pub Name);

/// Who put a plan in force, and with it the lines that follow from it (R-L2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PlanSource {
    /// The switch began with it.
    Start,
    /// A signal to the process (SIGHUP).
    Signal,
    /// A command through the interface (`acd reload`).
    Api,
}

/// By which way a command came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandSource {
    /// A star code dialled on the seat's phone.
    StarCode,
    /// The gRPC interface.
    Api,
    /// The console.
    Console,
    /// A supervisor, who is a seat of the plan, by console or interface (R-S5): whose command it was is in its fact.
    Supervisor(SeatId),
    /// None: it was in force when the life before ended, and the new one begins with it (R-G4).
    LifeBefore,
    /// None: a new plan has no such prompt any more, so that the usual guidance is heard again (R-G4).
    NewPlan,
}

/// What came of a seat's command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeatCommandResult {
    /// Done, or already so.
    Done,
    /// Will be done at the call's end or after wrap-up (R-S2).
    Deferred,
    /// No seat of that name.
    UnknownSeat,
    /// The seat is logged out and cannot be made ready or paused.
    NotLoggedIn,
    /// The seat has no registration and no static contact.
    NotReachable,
    /// A supervisor wants the seat ready while it rings or talks, which would cut that (R-S5).
    Busy,
    /// The seat's phone listens to a call as a supervisor's; it can serve callers when that has ended (R-S5).
    Supervising,
    /// The supervisor is no seat of the plan, or serves none of the seat's tenants.
    UnknownSupervisor,
}

/// What is wanted of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CallCommand {
    /// The caller hears the tenant's music and the seat hears nothing, whatever the seat's phone does (R-T1).
    Hold,
    /// Ends a commanded hold; a hold of the phone's own goes on.
    Resume,
    /// Ends the call: caller, seat and parties are released.
    HangUp,
    /// The agent's mark that the mandatory guidance was spoken (R-G1, `"spoken"`).
    Explained,
    /// The receptionist hands the caller to the queue of another skill of the tenant, where the caller keeps the
    /// instant of the first entry (R-S4).
    HandOver(SkillId),
    /// Dials a party; the agent speaks with it alone, the caller hears music meanwhile (R-T1).
    Dial(Destination),
    /// Every party speaks with everybody from now on (three-way).
    Join,
    /// The agent leaves caller and party together (attended transfer).
    Leave,
    /// Sends the caller on at once: the seat is released and the party dialled for the caller (blind transfer).
    Blind(Destination),
    /// Releases the party of this try, or gives it up.
    DropParty(u32),
    /// From the party back to the caller, while the party hears music; or from the caller to such a party.
    Swap,
    /// Releases the caller alone, as headquarters ask that will ring the caller back (R-T6).
    ReleaseCaller,
    /// The agent wants to see the number of a caller who withheld it, for headquarters; who saw it is a fact (R-T6).
    ShowNumber,
    /// A condition for asking where the caller is holds, or does not (R-T6).
    Check(LocateCondition, bool),
    /// The supervisor's phone is rung, and has from its answer on this part in the talk; or has it from now on, if it is
    /// there (R-S5). Only from [`CommandSource::Supervisor`].
    Supervise(Supervision),
    /// The supervisor leaves the call, or is rung no more. Only from [`CommandSource::Supervisor`].
    EndSupervision,
}

/// What came of a call's command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CallCommandResult {
    /// Done, or already so.
    Done,
    /// No such call is in progress.
    UnknownCall,
    /// The call is not where this can be done: only talk can be held, resumed, handed over or transferred.
    OutOfPhase,
    /// The tenant has no such destination, or nobody knows the number.
    UnknownDestination,
    /// The number may not be dialled: an emergency service's, or any where free dialling is off (R-T2).
    Forbidden,
    /// The tenant has no trunk for outbound calls.
    NoOutboundTrunk,
    /// The party would take one of the tenant's lines, and none is free (R-L8).
    LinesFull,
    /// No such party, or no such supervisor, is there.
    UnknownParty,
    /// As many parties, or supervisors, are there as there may be.
    TooManyParties,
    /// No such seat, or it does not serve the tenant.
    UnknownSeat,
    /// The seat is not where an agent can call out (ready, in wrap-up or paused), or a supervisor can listen (paused or
    /// logged out, and at no other call).
    SeatNotFree,
    /// No such tenant.
    UnknownTenant,
    /// The switch takes no new calls.
    Draining,
    /// The tenant hands no caller over to that skill.
    UnknownSkill,
    /// No supervisor is named, or it is no seat of the plan that serves the call's tenant (R-S5).
    UnknownSupervisor,
}

/// What came of a command about emergency guidance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum GuidanceCommandResult {
    /// Done, or already so.
    Done,
    /// No tenant of that name.
    UnknownTenant,
}

/// Why a recording has a hole or is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordingFailure {
    /// The file could not be made.
    CannotCreate,
    /// The disk refused a write.
    WriteFailed,
    /// The recorder's queue was full.
    Overrun,
}

/// A leg's media at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LegQuality {
    /// RTP packets received.
    pub packets_received: u64,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// Packets that never came, by sequence number.
    pub packets_lost: u64,
    /// Packets from strangers or malformed, thrown away.
    pub packets_discarded: u64,
    /// Interarrival jitter (RFC 3550 6.4.1) at the end, in microseconds.
    pub jitter_us: u32,
    /// Loss that the far end reported (RTCP), in packets.
    pub remote_packets_lost: u64,
}

/// A call that the life before left open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCall {
    /// The call.
    pub call: CallId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Where it was.
    pub phase: CallPhase,
    /// The seat that talked with the caller or was rung.
    pub seat: Option<SeatId>,
    /// The ring of that seat; if it had been answered, its talk is closed by a fact.
    pub ring: Option<RingId>,
    /// Whether a seat had answered.
    pub answered: bool,
    /// When it was admitted.
    pub admitted_at: Timestamp,
    /// Its recording, if it had begun and not ended.
    pub recording: Option<OpenRecording>,
    /// The parties that were there or dialled.
    pub parties: Box<[PartyId]>,
}

/// A recording that the life before left open (R-R2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenRecording {
    /// Where, relative to the recordings folder.
    pub file: String,
    /// The answer that it began with: from here on talk is in it or in its gaps.
    pub since: Timestamp,
}

/// What needs a person's eye at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AlarmKind {
    /// A caller waits and nobody is logged in (R-Q8).
    NobodyLoggedIn,
    /// A caller waits longer than `max_wait_s` (R-Q8).
    WaitTooLong,
    /// A call came outside the hours that were expected (R-G5).
    CallOutsideHours,
    /// Nobody could be reached for a finished call, or there is no line to try it with (R-T8).
    NobodyReached,
    /// No call came for as long as the plan expects at most (R-G5).
    CallsMissing,
    /// A carrier's trunk is dead (R-L9).
    TrunkLost,
    /// The switch was too full to carry a call (R-L9).
    Overload,
    /// The last seat that may serve new callers cannot be reached any more (R-L9).
    NoReachableSeat,
    /// Talk without a recording (R-R2).
    RecordingFailed,
    /// The journal cannot keep up.
    JournalDegraded,
}
