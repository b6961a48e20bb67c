//! Facts: what the switch decided and what became of it, in the past tense. Reports, the live board and the
//! recordings' index are folds over these and nothing else.

mod particulars;

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::time::Duration;

use crate::ids::{
    CallId, DestinationId, DialledNumber, LegId, PartyId, PromptId, RingId, SeatId, SkillId, TenantId,
    TrunkId,
};
use crate::input::{
    AlarmKind, CallCommand, CallCommandResult, CallerIdentity, CallerLegEnd, CommandSource,
    GuidanceCommandResult, LegQuality, PlanSource, RecordingFailure, SeatCommand, SeatCommandResult,
    SeatLoss, TrunkLoss,
};
use crate::party::{Company, Destination, LineKind, LocateCondition, PartyEnd};
use crate::pii::Pii;
use crate::plan::{Capacity, OverflowCause};
use crate::time::{CivilDate, Timestamp};

pub use particulars::{
    AnnouncementKind, CallPhase, LineUse, Outcome, RefusalReason, RingEnd, SeatState, TalkEnd,
    UnexpectedInput,
};

/// A fact. Its instant and sequence number are its record's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallEvent {
    /// A plan is in force. What follows from it stands in the same record: other lines, who is logged in or out (R-L2).
    PlanApplied {
        /// How many tenants it has.
        tenants: u32,
        /// How many seats it has.
        seats: u32,
        /// By which way it came.
        by: PlanSource,
        /// The person who put it in force; `None`: the start, or a signal, which names nobody.
        who: Option<String>,
        /// When each client was told of the lines that it has in this plan, as the plan says (R-L2).
        lines_reported_on: BTreeMap<TenantId, CivilDate>,
    },
    /// The switch accepts calls.
    NodeStarted,
    /// The switch was not there (R-L9).
    NodeOutage {
        /// From the last journalled instant of the life before.
        from: Timestamp,
        /// To the instant at which calls were accepted again.
        to: Timestamp,
    },
    /// No new calls are taken from here on (R-L9).
    DrainStarted,
    /// A carrier's trunk is dead: a quiet hour from here on is none (R-L9). The carrier's responsibility.
    TrunkLost {
        /// Which carrier.
        trunk: TrunkId,
        /// How that was found.
        cause: TrunkLoss,
    },
    /// The trunk answers again.
    TrunkRestored {
        /// Which carrier.
        trunk: TrunkId,
    },
    /// A call found the switch full: media ports, transactions or dialogs (R-L9). Our responsibility.
    OverloadStarted,
    /// There is ample room again; calls that found room in between were taken.
    OverloadEnded {
        /// INVITEs of carriers that got 503 meanwhile before anything was known of them but their source. Those that were
        /// read are `CallRefused`, each with its tenant.
        refused: u64,
    },
    /// The tenant is open, calls are taken, and no seat that may serve a new caller can be reached (R-L9). The centre's
    /// responsibility; ours for as long as phones may take to be back after a start, which is the reports' to tell.
    NoReachableSeatStarted {
        /// Whose.
        tenant: TenantId,
    },
    /// A seat can be reached again, or the tenant is closed, or no calls are taken.
    NoReachableSeatEnded {
        /// Whose.
        tenant: TenantId,
    },
    /// The life of this process ended clean.
    NodeStopped,
    /// The wall clock was stepped. The first fact of its record, so that who measures time knows it before any other with a
    /// stamp of after the step.
    WallClockStepped {
        /// By how much, in milliseconds.
        step_ms: i64,
        /// How much of it stamps skipped: the time before this stamp that nobody has lived through, and that is in no length
        /// of time. A step backward skips none.
        skipped: Duration,
    },
    /// Effects leave without their commit.
    JournalDegraded,
    /// Effects wait for their commit again.
    JournalRestored,
    /// A person should look.
    AlarmRaised {
        /// At what.
        kind: AlarmKind,
        /// Whose.
        tenant: Option<TenantId>,
        /// Which call.
        call: Option<CallId>,
    },

    /// A tenant's lines changed, by a band's edge or a plan (R-L2, R-L3). `None`: outside hours.
    CapacityChanged {
        /// Whose.
        tenant: TenantId,
        /// From here on.
        capacity: Option<Capacity>,
    },
    /// From here on a new call of the tenant would be refused for want of a line (R-L7).
    BlockageStarted {
        /// Whose.
        tenant: TenantId,
        /// What the lines were doing.
        lines: LineUse,
        /// Lines of the tenant's pool that other tenants' calls held: its cause, where the tenant's own lines are not it
        /// (R-L5). 0 without a pool.
        lent: u32,
    },
    /// A new call would be admitted again.
    BlockageEnded {
        /// Whose.
        tenant: TenantId,
    },
    /// All seat lines are busy, guidance lines may be free (R-L7).
    SeatLinesFullStarted {
        /// Whose.
        tenant: TenantId,
        /// What the lines were doing: for some clients this is the blockage.
        lines: LineUse,
    },
    /// A seat line is free again.
    SeatLinesFullEnded {
        /// Whose.
        tenant: TenantId,
    },

    /// From here on fewer seats are staffed than the contract promises within the tenant's hours; other numbers begin an
    /// interval of their own (R-A8). It ends when the switch stops, if not before.
    StaffingShort {
        /// Whose.
        tenant: TenantId,
        /// Of which skill (nurse, doctor); `None`: of any.
        skill: Option<SkillId>,
        /// How many are promised.
        wanted: u32,
        /// How many are ready or at work for the tenant.
        staffed: u32,
    },
    /// As many are staffed again, or the tenant is closed, or the plan has no such promise any more.
    StaffingRestored {
        /// Whose.
        tenant: TenantId,
        /// Of which skill; `None`: of any.
        skill: Option<SkillId>,
    },

    /// A call took a line (入電 within hours).
    CallAdmitted {
        /// The call.
        call: CallId,
        /// Whose.
        tenant: TenantId,
        /// From which carrier.
        trunk: TrunkId,
        /// Which number.
        dialled: DialledNumber,
        /// Who calls.
        caller: CallerIdentity,
        /// A rehearsal (R-L6).
        test: bool,
        /// Outside the tenant's hours: it hears the closed announcement (R-L11).
        closed: bool,
        /// Lines in use with this call (a test takes none); of a `closed` call: the closed lines (R-L11).
        lines_in_use: u32,
        /// The lines that the tenant could hold at this instant: those in force, or what its pool left of them (R-L5);
        /// of a `closed` call: the closed lines.
        capacity: u32,
    },
    /// A call was refused.
    CallRefused {
        /// The call.
        call: CallId,
        /// Whose, where the number is known.
        tenant: Option<TenantId>,
        /// From which carrier.
        trunk: TrunkId,
        /// The number of highest precedence.
        dialled: Option<DialledNumber>,
        /// Who called.
        caller: CallerIdentity,
        /// Why.
        reason: RefusalReason,
        /// A rehearsal's call: counts nowhere (R-L6).
        test: bool,
    },
    /// The leg of a refused call ended otherwise than by the refusal or the caller: nobody can tell whether the refusal
    /// arrived.
    RefusalFailed {
        /// The call.
        call: CallId,
        /// How the leg ended.
        end: CallerLegEnd,
    },
    /// The caller's leg was answered and acknowledged.
    CallerConnected {
        /// The call.
        call: CallId,
    },
    /// Emergency guidance was put in place of the usual one by command, or taken away (R-G4).
    GuidanceCommanded {
        /// Whose, as it was named.
        tenant: TenantId,
        /// What is played; `None`: the usual guidance.
        prompt: Option<PromptId>,
        /// By which way.
        source: CommandSource,
        /// What came of it.
        result: GuidanceCommandResult,
    },
    /// The guidance began.
    GuidanceStarted {
        /// The call.
        call: CallId,
    },
    /// The guidance was heard to its end (R-G1).
    GuidanceCompleted {
        /// The call.
        call: CallId,
    },
    /// The guidance could not be played; the caller goes on without it.
    GuidanceFailed {
        /// The call.
        call: CallId,
    },
    /// The caller cannot hear anything before the answer, so the guidance comes after it, and a refused call gets its 486
    /// without the busy announcement (R-G2, R-L4).
    CallerProgressFailed {
        /// The call.
        call: CallId,
    },
    /// Something could not be played; the call goes on as if it had been heard. What has no end is tried again for as long
    /// as it is to be heard (R-G3). Guidance has a fact of its own.
    AnnouncementFailed {
        /// Who hears nothing.
        leg: LegId,
        /// What could not be played.
        announcement: AnnouncementKind,
    },
    /// The caller is asked to choose by a key (R-G6).
    ChoiceStarted {
        /// The call.
        call: CallId,
    },
    /// The caller has chosen, or is not going to.
    ChoiceMade {
        /// The call.
        call: CallId,
        /// The key; `None`: no key that stands for anything came in time.
        key: Option<char>,
    },
    /// The announcement of the caller's place in the queue was begun, after the waiting message (R-G3).
    PlaceSaid {
        /// The call.
        call: CallId,
        /// Who would be served first has 1; `None`: beyond the places that have announcements of their own.
        place: Option<u16>,
    },
    /// The caller entered a queue, was handed to that of another skill (R-S4), or came back into it with the instant kept
    /// (R-Q1).
    CallerQueued {
        /// The call.
        call: CallId,
        /// Whose queue.
        tenant: TenantId,
        /// For which skill.
        skill: Option<SkillId>,
        /// The instant that decides the place.
        since: Timestamp,
        /// Put back after a seat was lost, or a ring ended (R-Q7).
        put_back: bool,
        /// Reception has answered, and no adviser yet (R-A2).
        awaits_adviser: bool,
    },
    /// The caller goes on to another tenant's queue; the line, the call and its outcome stay the first tenant's (R-Q8,
    /// R-G5, R-A1).
    CallOverflowed {
        /// The call.
        call: CallId,
        /// Whose seats were to serve the caller until now.
        tenant: TenantId,
        /// Whose seats are to from here on.
        to: TenantId,
        /// Why.
        cause: OverflowCause,
    },
    /// A seat is rung.
    RingStarted {
        /// The ring.
        ring: RingId,
        /// Which seat.
        seat: SeatId,
    },
    /// A ring is over.
    RingEnded {
        /// The ring.
        ring: RingId,
        /// Which seat.
        seat: SeatId,
        /// How.
        end: RingEnd,
    },
    /// A seat answered the caller; from here the call's outcome is `answered` (R-Q5).
    CallAnswered {
        /// The ring that was answered.
        ring: RingId,
        /// By which seat.
        seat: SeatId,
    },
    /// Talk between caller and seat is over.
    TalkEnded {
        /// The ring that began it.
        ring: RingId,
        /// With which seat.
        seat: SeatId,
        /// How.
        end: TalkEnd,
    },
    /// A side put the call on hold. A commanded hold is one of the seat's; while it and one of the phone's own overlap, the
    /// call is on hold once.
    HoldStarted {
        /// Which side.
        leg: LegId,
    },
    /// A side resumed; none of its holds is left.
    HoldEnded {
        /// Which side.
        leg: LegId,
    },
    /// A key was pressed.
    DigitPressed {
        /// By whom.
        leg: LegId,
        /// Which.
        digit: char,
    },
    /// An agent or a supervisor commanded a call; what follows from it are facts of their own.
    CallCommanded {
        /// The call as it was named.
        call: CallId,
        /// What was wanted.
        command: CallCommand,
        /// By which way.
        source: CommandSource,
        /// What came of it.
        result: CallCommandResult,
    },
    /// A party is dialled: one try, one fact (R-T3).
    PartyDialled {
        /// The try.
        party: PartyId,
        /// For which client.
        tenant: TenantId,
        /// Whom the agent wants to reach.
        destination: Destination,
        /// The number of this try.
        number: Pii<DialledNumber>,
        /// Whether its leg takes one of the tenant's lines (R-L8).
        takes_line: bool,
    },
    /// A supervisor's phone is rung, to listen to a talk, whisper to its seat, or join it (R-S5). What becomes of it are a
    /// party's facts; it takes no line and is dialled for nobody's account.
    SupervisorRung {
        /// The supervisor's presence in the call.
        party: PartyId,
        /// Who it is: the seat whose phone is rung.
        supervisor: SeatId,
        /// The seat that talks.
        seat: SeatId,
    },
    /// A party answered: its presence begins (R-T7).
    PartyAnswered {
        /// The party.
        party: PartyId,
        /// With whom it speaks.
        company: Company,
    },
    /// A party speaks with others than before.
    PartyMoved {
        /// The party.
        party: PartyId,
        /// With whom it speaks.
        company: Company,
    },
    /// A try, or a party's presence, is over (R-T7).
    PartyEnded {
        /// The party.
        party: PartyId,
        /// How.
        end: PartyEnd,
    },
    /// The leg of a party that took a line has ended: the line is free (R-L8).
    PartyLineFreed {
        /// The party.
        party: PartyId,
        /// Whose line it was.
        tenant: TenantId,
    },
    /// Every number of a destination has been tried (R-T3).
    DestinationUnreached {
        /// The call.
        call: CallId,
        /// Whom the agent wanted to reach.
        destination: Destination,
    },
    /// The call is in another phase with third parties, or in talk again.
    CallPhaseChanged {
        /// The call.
        call: CallId,
        /// Where it is now.
        phase: CallPhase,
    },
    /// The caller's leg has ended and the others go on; the call's line is free (R-L1, R-T5).
    CallerLeft {
        /// The call.
        call: CallId,
        /// How.
        end: CallerLegEnd,
    },
    /// The fire headquarters are dialled for a caller who does not respond (R-T6).
    HeadquartersDialled {
        /// The call.
        call: CallId,
        /// Which.
        destination: DestinationId,
        /// What kind of line the caller's number may be.
        line: LineKind,
        /// When our consent was filed with them; `None`: they cannot ask the carrier.
        consent_filed_on: Option<CivilDate>,
    },
    /// A seat was shown the number of a caller who withheld it (R-T6).
    NumberShown {
        /// The call.
        call: CallId,
        /// Which seat.
        seat: SeatId,
    },
    /// An agent stated a condition of the notice (R-T6).
    ConditionChecked {
        /// The call.
        call: CallId,
        /// Which.
        condition: LocateCondition,
        /// Whether it holds.
        holds: bool,
    },
    /// An agent calls out: no offered call, and no line but its parties' (R-T8).
    OutboundStarted {
        /// The call.
        call: CallId,
        /// For which client.
        tenant: TenantId,
        /// Whose phone is rung first.
        seat: SeatId,
        /// The earlier call that it is about.
        about: Option<CallId>,
    },
    /// An outbound call is over. Exactly one a call that was started.
    OutboundEnded {
        /// The call.
        call: CallId,
        /// For which client.
        tenant: TenantId,
        /// Whether a party answered.
        reached: bool,
    },
    /// An agent or a supervisor wanted to call out.
    OutboundCommanded {
        /// The call as it was allocated.
        call: CallId,
        /// Whose phone.
        seat: SeatId,
        /// For which client.
        tenant: TenantId,
        /// Whom.
        destination: Destination,
        /// By which way.
        source: CommandSource,
        /// What came of it.
        result: CallCommandResult,
    },
    /// The call has its outcome; its line is free. Exactly one a call (statement 6).
    CallEnded {
        /// The call.
        call: CallId,
        /// Whose.
        tenant: TenantId,
        /// What became of it.
        outcome: Outcome,
        /// Where it was when its end began.
        phase: CallPhase,
        /// How the caller's leg ended; `None`: it was open when the switch died.
        end: Option<CallerLegEnd>,
    },

    /// A seat's state changed.
    SeatStateChanged {
        /// The seat.
        seat: SeatId,
        /// Before.
        from: SeatState,
        /// After.
        to: SeatState,
    },
    /// A seat has a registration.
    SeatRegistered {
        /// The seat.
        seat: SeatId,
    },
    /// A seat's last registration is gone.
    SeatUnregistered {
        /// The seat.
        seat: SeatId,
        /// How.
        loss: SeatLoss,
    },
    /// An agent or supervisor commanded a seat.
    SeatCommanded {
        /// The seat as it was named.
        seat: SeatId,
        /// What was wanted.
        command: SeatCommand,
        /// By which way.
        source: CommandSource,
        /// What came of it.
        result: SeatCommandResult,
    },

    /// A recording began.
    RecordingStarted {
        /// The call.
        call: CallId,
        /// Where, relative to the recordings folder.
        file: String,
    },
    /// The plan says that this talk is not recorded.
    RecordingOff {
        /// The call.
        call: CallId,
    },
    /// A recording has a hole or is missing.
    RecordingFailed {
        /// The call.
        call: CallId,
        /// Why.
        failure: RecordingFailure,
    },
    /// A recording is over: whole, or as a death left it (R-R2).
    RecordingEnded {
        /// The call.
        call: CallId,
        /// Audio in the file.
        recorded: Duration,
        /// Audio that it lacks, summed over both channels: a second that neither has counts two. In a whole recording it
        /// is the silence in place of what never came or the disk did not take; while nobody is connected to the caller,
        /// the other channel lacks nothing. After a death it is twice the time by which the file is shorter than what was
        /// to be recorded: from its beginning to the last journalled instant of that life. How much of such a file is
        /// silence, nobody knows any more.
        gaps: Duration,
    },
    /// What a leg's media was like.
    LegMeasured {
        /// The leg.
        leg: LegId,
        /// The figures.
        quality: LegQuality,
    },

    /// An input came that does not fit the state: late, doubled, or naming what does not exist. Nothing was changed.
    InputUnexpected {
        /// Which kind.
        input: UnexpectedInput,
        /// The call that it named.
        call: Option<CallId>,
    },
}
