//! A small SIP endpoint over UDP, its messages by `rsip`: transactions, dialogs, registration. Strict in what it sends,
//! and it takes the plain forms alone (no compact headers, no folding), which is what the switch sends.

#[cfg(test)]
pub(crate) mod bare;
mod dialog;
mod digest;
mod endpoint;
mod incoming;
pub(crate) mod message;
mod outgoing;
mod register;
pub mod sdp;
mod tap;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use dialog::{Dialog, DialogEvent};
pub use digest::Credentials;
pub use endpoint::Endpoint;
pub use incoming::IncomingCall;
pub use outgoing::{Invitation, OutgoingCall, Progress};
pub use register::Registration;
pub use tap::{Passed, Tap, What};

/// What went wrong in SIP, and with whom.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    /// A socket would not.
    #[error("SIP socket {0}: {1}")]
    Socket(SocketAddr, std::io::Error),
    /// No final answer in 64·T1.
    #[error("no answer to {method} from {peer} in 32 s; is it listening?")]
    NoAnswer {
        /// The request's method.
        method: &'static str,
        /// Who should have answered.
        peer: SocketAddr,
    },
    /// A final answer that is not the wanted one.
    #[error("{method} to {peer} was answered {status}")]
    Refused {
        /// The request's method.
        method: &'static str,
        /// Who answered.
        peer: SocketAddr,
        /// The status code.
        status: u16,
    },
    /// An address that is no SIP URI.
    #[error("'{0}' is no SIP URI; write sip:user@host:port")]
    BadUri(String),
    /// A message that lacks what it must have.
    #[error("a {what} from {peer} cannot be understood")]
    BadMessage {
        /// Which message.
        what: &'static str,
        /// From whom.
        peer: SocketAddr,
    },
}
