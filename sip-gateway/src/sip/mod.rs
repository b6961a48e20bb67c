//! SIP without I/O: messages, framing, SDP, digest, transactions, dialogs.

mod config;
mod counters;
mod dialog;
pub mod digest;
mod event;
pub mod framing;
pub mod message;
mod overload;
mod random;
mod receive;
pub mod sdp;
mod send;
mod session;
mod stack;
mod timers;
mod transaction;

pub use config::{Listener, StackConfig, Timing};
pub use counters::Counters;
pub use dialog::{DialogRole, DialogState};
pub use event::{
    AskKey, ConnectionId, DialogChange, DialogEnd, DialogKey, Peer, ReofferBy, SipCommand, SipEvent,
    TransactionKey, Transmit, Transport,
};
pub use stack::{Alive, SipStack};
pub use timers::TimerReason;
