//! The one door out for orders. The shell carries each out and reports its outcome, failure too, as an input.

use alloc::boxed::Box;
use core::time::Duration;

use crate::event::RefusalReason;
use crate::ids::{
    CallId, DialledNumber, LegId, PartyId, PlayId, PromptId, RequestId, RingId, SeatId, TenantId, TrunkId,
};
use crate::input::{CallCommandResult, CallerIdentity, GuidanceCommandResult, SeatCommandResult};
use crate::pii::Pii;

/// An order to the outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Refuse an INVITE that has not been answered. Outcome: `CallerLegEnded`.
    RefuseCall {
        /// The call.
        call: CallId,
        /// Why; decides the status code.
        reason: RefusalReason,
        /// Retry-After of a 503.
        retry_after: Option<Duration>,
    },
    /// Send 183 with SDP to the caller, who hears from then on what plays before the answer (R-L4, R-G2). Outcome:
    /// `CallerProgressed`, `CallerProgressFailed` or `CallerLegEnded`.
    ProgressCaller {
        /// The call.
        call: CallId,
    },
    /// Send 180 and 200 to the caller. Outcome: `CallerConnected` or `CallerLegEnded`.
    AnswerCaller {
        /// The call.
        call: CallId,
    },
    /// Play to a leg, replacing what plays there. Outcome: `AnnouncementEnded` if it has an end, `AnnouncementFailed`,
    /// with its number.
    Play {
        /// Who hears it.
        leg: LegId,
        /// The playout, fresh.
        play: PlayId,
        /// What.
        announcement: Announcement,
    },
    /// Stop what plays to a leg.
    StopPlaying {
        /// Who heard it.
        leg: LegId,
    },
    /// INVITE a seat. Outcome: `RingProgressed`, then `RingAnswered` or `RingFailed`.
    RingSeat {
        /// The ring, fresh.
        ring: RingId,
        /// Which seat.
        seat: SeatId,
        /// Whose caller; its title is the display name of From.
        tenant: TenantId,
        /// Who calls; the user part of From.
        caller: CallerIdentity,
    },
    /// CANCEL a ring. Outcome: `RingFailed` with `Cancelled`; a 200 that crosses it is ACKed and ended by the gateway.
    CancelRing {
        /// The ring.
        ring: RingId,
    },
    /// Join the caller's and the seat's audio, both ways; stops what plays to either within one packet.
    Bridge {
        /// The ring whose leg is joined to its caller.
        ring: RingId,
    },
    /// Part the two again.
    Unbridge {
        /// The ring whose leg is parted from its caller.
        ring: RingId,
    },
    /// INVITE a third party. Outcome: `PartyProgressed`, then `PartyAnswered` or `PartyFailed`.
    DialParty {
        /// The try, fresh.
        party: PartyId,
        /// For whom.
        tenant: TenantId,
        /// Over which carrier.
        trunk: TrunkId,
        /// Which number.
        number: Pii<DialledNumber>,
        /// The number that is shown.
        shown: DialledNumber,
    },
    /// CANCEL a try. Outcome: `PartyFailed`; a 200 that crosses it is ACKed and ended by the gateway, and `PartyLegEnded`
    /// may come instead.
    CancelParty {
        /// The try.
        party: PartyId,
    },
    /// INVITE a supervisor's phone, a seat's, beside the call (R-S5). Outcome: as of `DialParty`.
    RingSupervisor {
        /// The supervisor's presence, fresh.
        party: PartyId,
        /// Whose phone.
        supervisor: SeatId,
        /// Whose caller is listened to; its title is the display name of From.
        tenant: TenantId,
    },
    /// From now on a supervisor's leg hears whatever the seat's leg hears and says, whoever the seat speaks with; and the
    /// seat's leg, and no other, hears the supervisor's if `whispers` (R-S5). It stays in force beside `Bridge`, `Unbridge`
    /// and `Connect` until one of these names the leg, or the leg ends. It has no outcome.
    Supervise {
        /// The supervisor's leg.
        party: PartyId,
        /// The seat's leg.
        ring: RingId,
        /// Whether the seat hears the supervisor.
        whispers: bool,
    },
    /// From now on the legs of each set hear each other, and every other leg of the call hears nobody but whom it
    /// supervises. It replaces whatever joined them, stops what plays to the legs of the sets, and has no outcome.
    Connect {
        /// The call.
        call: CallId,
        /// The sets: two legs or more each, no leg in two of them.
        sets: Box<[Box<[LegId]>]>,
    },
    /// End a leg. Outcome: `CallerLegEnded`, `SeatLegEnded` or `PartyLegEnded`.
    ReleaseLeg {
        /// Which.
        leg: LegId,
        /// Why, for the Reason header.
        cause: ReleaseCause,
    },
    /// Record a call from now on; attached to the call, not to a leg (R-R1): the caller on one channel, whoever is connected
    /// to it on the other, if there is anybody yet. Outcome: `RecordingStarted` or
    /// `RecordingFailed`.
    StartRecording {
        /// The call.
        call: CallId,
        /// Whose file it is.
        tenant: TenantId,
    },
    /// End a call's recording. Outcome: `RecordingEnded`.
    StopRecording {
        /// The call.
        call: CallId,
    },
    /// Tell who commanded a seat what came of it.
    AnswerSeatCommand {
        /// Which command.
        request: RequestId,
        /// What came of it.
        result: SeatCommandResult,
    },
    /// Tell who commanded a tenant's emergency guidance what came of it.
    AnswerGuidanceCommand {
        /// Which command.
        request: RequestId,
        /// What came of it.
        result: GuidanceCommandResult,
    },
    /// Tell who commanded a call what came of it.
    AnswerCallCommand {
        /// Which command.
        request: RequestId,
        /// What came of it.
        result: CallCommandResult,
    },
}

/// Something to hear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Announcement {
    /// From first frame to last, once; its end is reported.
    Once(PromptId),
    /// The waiting message, music, and the message again, until stopped (R-G3).
    Waiting {
        /// The message.
        message: PromptId,
        /// Music between; `None`: the message alone, again and again.
        music: Option<PromptId>,
        /// From one start of the message to the next.
        message_every: Duration,
        /// Whether the place is asked for by `PlaceAsked` whenever a message is about to end.
        asks_place: bool,
        /// The announcement of the caller's place: heard in the midst of the waiting that it replaces, after the message
        /// that plays and before the music, which go on from where they are.
        place: Option<PromptId>,
    },
    /// Again and again until stopped.
    Loop(PromptId),
}

/// Why a leg is released.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseCause {
    /// The other side hung up.
    OtherSideEnded,
    /// The agent has left caller and party together (R-T1).
    Transferred,
    /// The announcement outside hours has been heard.
    Closed,
    /// A ring that had ended was answered (R-Q5).
    RingOver,
    /// An agent or a supervisor ended the call by command (R-S5).
    Commanded,
    /// The seat handed the caller over (R-S4).
    HandedOver,
    /// The drain's patience is over.
    Drained,
    /// Nothing can be done for the caller any more.
    Failed,
}
