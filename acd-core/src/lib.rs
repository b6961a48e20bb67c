//! The switch of a medical advice line as a pure state machine.
//!
//! `acd-core` does no I/O and knows no clock, no randomness, no SIP, no protobuf and no thread; `no_std` lets the
//! compiler say so. One closed [`Input`] comes in, one closed [`Effect`] and past-tense [`CallEvent`] facts go out.
//! Every effect's outcome, its failure too, comes back as an input, and nothing else changes the core.
//!
//! **Every call of [`Switch::handle`] must be followed by a complete drain of [`Switch::poll_event`] and
//! [`Switch::poll_effect`]**: mutate, drain, mutate.
//!
//! Between turns a [`Switch`] can be cloned, compared, and written by any format of `serde`; what is read back goes on
//! where it was written.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod admission;
mod by_call;
mod call;
mod call_set;
mod dispatch;
mod effect;
mod event;
mod house;
mod ids;
mod input;
pub mod limits;
mod lines;
mod output;
mod outstanding;
mod party;
mod pii;
pub mod plan;
mod plays;
mod queue;
mod refusal;
mod reload;
mod seat;
mod snapshot;
mod stays;
mod stranding;
mod switch;
mod time;
mod timer;
mod touched;

pub use call::{CallerKnown, HeadquartersKnown};
pub use effect::{Announcement, Effect, ReleaseCause};
pub use event::{
    AnnouncementKind, CallEvent, CallPhase, LineUse, Outcome, RefusalReason, RingEnd, SeatState, TalkEnd,
    UnexpectedInput,
};
pub use ids::{
    AreaId, CallId, DestinationId, DialledNumber, LegId, Name, NameError, PartyId, PlayId, PoolId,
};
pub use ids::{PromptId, RequestId, RingId, SeatId, SkillId, TenantId, TrunkId};
pub use input::{
    AlarmKind, CallCommand, CallerIdentity, CommandSource, Input, LegQuality, OpenCall, OpenRecording,
    PauseReason, PlanSource, RecordingFailure, RingFailure, SeatCommand, SeatLegEnd, SeatLoss,
    WithheldReason,
};
pub use input::{CallCommandResult, CallerLegEnd, GuidanceCommandResult, SeatCommandResult, TrunkLoss};
pub use party::{
    Company, Destination, LineKind, LocateCondition, PartyEnd, PartyFailure, PartyLegEnd, Supervision,
    dialable, is_emergency_number, line_kind,
};
pub use pii::Pii;
pub use stranding::Stranding;
pub use switch::Switch;
pub use time::{CivilDate, CivilTime, TimeOfDay, Timestamp, Weekday};
pub use timer::Reason;

/// The core's version. The same inputs give the same facts within one version, which every replay checks.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
