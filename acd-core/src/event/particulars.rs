//! The particulars of facts: where a call is, how a ring, a talk and a call end, what a seat does.

use serde::{Deserialize, Serialize};

use crate::ids::RingId;
use crate::input::{PauseReason, RingFailure, SeatLoss};

/// What is heard beside the guidance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum AnnouncementKind {
    /// What there is to choose (R-G6).
    Choice,
    /// The waiting message and its music (R-G3).
    Waiting,
    /// The music for whoever is on hold or alone (R-T1).
    Music,
    /// Outside hours (R-G5, R-L11).
    Closed,
    /// All lines in use (R-L4).
    Busy,
}

/// What a tenant's lines were doing (R-L7).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LineUse {
    /// Answering, or hearing guidance.
    pub guidance: u32,
    /// Waiting in the queue.
    pub waiting: u32,
    /// Being rung for.
    pub ringing: u32,
    /// Talking with a seat.
    pub talking: u32,
    /// With a third party, the seat has left.
    pub transferred: u32,
    /// Refused or released, and not yet gone.
    pub closing: u32,
    /// Taken by legs that we dialled over the tenant's own trunk (R-L8).
    pub outbound: u32,
}

/// Where a call is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum CallPhase {
    /// Admitted, not yet answered and acknowledged.
    Arriving,
    /// Hearing the guidance.
    Guidance,
    /// Waiting in the queue.
    Waiting,
    /// A seat is rung for the caller.
    Ringing,
    /// Talking with a seat.
    Talking,
    /// With a seat that dials a party, speaks with it aside, or holds it.
    Consulting,
    /// With a seat and parties, all together.
    Conference,
    /// With parties, or to be: the seat has left.
    Transferred,
    /// The caller has left, the others go on (R-T5).
    WithoutCaller,
    /// Called by an agent: it never had a caller.
    Outbound,
    /// Hearing the closed announcement.
    Closed,
    /// Being released.
    Closing,
}

/// Why a call was refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RefusalReason {
    /// No tenant has the number (404); counts nowhere (R-L4).
    UnknownNumber,
    /// Lines in use had reached the capacity (話中呼).
    LinesFull,
    /// Outside hours with no line for the announcement free, or none configured.
    Closed,
    /// The switch is being drained (503); an outage (R-L9).
    Draining,
    /// There were no media ports for it, or a bound of `limits.rs` was reached (503); an outage (R-L9).
    Overload,
}

/// How a ring ended (R-Q6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RingEnd {
    /// The seat answered.
    Answered,
    /// The seat refused or failed.
    Failed(RingFailure),
    /// Nobody answered in `ring_s`.
    TimedOut,
    /// The caller has left, or is being released.
    CallerGone,
    /// The seat was lost or logged out while it rang.
    SeatLost,
}

/// How talk with a seat ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TalkEnd {
    /// The caller hung up or was lost.
    CallerEnded,
    /// The seat hung up.
    SeatEnded,
    /// The seat was lost; the caller is back in the queue.
    SeatLost(SeatLoss),
    /// An agent or a supervisor ended the call by command.
    Commanded,
    /// The seat handed the caller to the queue of another skill (R-S4).
    HandedOver,
    /// The seat left the others together (R-T1), by command or by hanging up.
    Transferred,
    /// The caller had left before, and nobody else was there any more.
    PartyEnded,
    /// The switch died.
    NodeOutage,
}

/// What became of a call: exactly one (R-A15).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// Heard the closed announcement.
    Closed,
    /// Left before the guidance had ended.
    AbandonedInGuidance,
    /// Left while waiting.
    AbandonedInQueue,
    /// Left while a seat was rung.
    AbandonedWhileRinging,
    /// Left between reception and adviser: a seat answered and handed over, and no other answered after it (R-A2).
    AbandonedAfterReception,
    /// A seat answered.
    Answered,
    /// We failed: no ACK, no media, the switch died.
    Failed,
}

/// A seat's state (R-S1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum SeatState {
    /// Nobody is there.
    LoggedOut,
    /// Free.
    Ready,
    /// Rung for a caller.
    Ringing(RingId),
    /// Talking with a caller.
    Talking(RingId),
    /// Calling out, its own phone's ringing included (R-A7).
    Outbound(RingId),
    /// 後処理
    WrapUp,
    /// Away, and why.
    Paused(PauseReason),
    /// Did not answer or refused (R-Q6).
    NotAnswering(RingEnd),
    /// Its phone is not there.
    Unreachable,
}

/// Which kind of input did not fit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UnexpectedInput {
    /// A call's id that is already known.
    CallDuplicate,
    /// A call that is not there (any more).
    CallUnknown,
    /// A ring that is not the call's present one.
    RingOver,
    /// A party that is not there, or not any more.
    PartyOver,
    /// A seat that the plan does not have.
    SeatUnknown,
    /// An outcome that nobody waits for in this state.
    OutOfPhase,
    /// A stamp before the one of the last input; taken as the last one's.
    TimeBackwards,
}
