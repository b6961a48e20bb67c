//! Transactions (RFC 3261 section 17, RFC 6026): four finite-state machines that know neither messages nor peers, and
//! the table that matches messages to them.
//!
//! A machine is told what arrived, what is to be sent, and what time it is; it says what to do about it. The bytes that
//! it keeps are those that it may have to send again.

mod client_invite;
mod client_other;
mod matching;
mod server_invite;
mod server_other;
mod table;

use std::sync::Arc;

pub(super) use client_invite::ClientInvite;
pub(super) use client_other::ClientOther;
pub(super) use matching::{ArrivalKey, ClientMatch, ServerMatch};
pub(super) use server_invite::ServerInvite;
pub(super) use server_other::ServerOther;
pub(super) use table::{ClientMachine, ClientUser, SentAck, ServerMachine, Transactions};

/// What a machine wants when its deadline has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fired {
    /// Send this again.
    Resend(Arc<[u8]>),
    /// The peer did not answer (Timer B, F, H); the machine is at its end.
    TimedOut,
    /// Nothing more to absorb; the machine is at its end.
    Ended,
    /// It was not due yet.
    NotDue,
}

/// What a client machine says to a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// Hand it to the user.
    Pass,
    /// A final answer other than 2xx to INVITE: hand it to the user and send ACK.
    PassAndAck,
    /// A final answer other than 2xx again: send ACK again.
    AckAgain,
    /// Nothing to do.
    Absorb,
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::Timestamp;

    pub(super) fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    pub(super) fn bytes(text: &str) -> Arc<[u8]> {
        text.as_bytes().into()
    }

    /// What a machine fires when it is asked every millisecond, up to its end.
    pub(super) fn schedule(mut fire: impl FnMut(Timestamp) -> Fired, until: i64) -> Vec<(i64, Fired)> {
        let mut fired = Vec::new();
        for millis in 0..=until {
            match fire(at(millis)) {
                Fired::NotDue => {}
                again @ Fired::Resend(_) => fired.push((millis, again)),
                end @ (Fired::TimedOut | Fired::Ended) => {
                    fired.push((millis, end));
                    break;
                }
            }
        }
        fired
    }
}
