//! What passes an endpoint's socket, told with its time to whoever measures. The time is taken at the socket, so that
//! what the simulator does with the message afterwards is no part of a measurement.

use std::time::Instant;

use rsip::{Method, SipMessage};
use tokio::sync::mpsc;

use super::message;

/// A listener at an endpoint's socket.
#[derive(Clone, Debug)]
pub struct Tap {
    place: u32,
    told: mpsc::Sender<Passed>,
}

/// A message that passed a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passed {
    /// When: just before it was sent, or just after it was received.
    pub at: Instant,
    /// Whose socket, as [`Tap::new`] was told.
    pub place: u32,
    /// Sent from here; else received.
    pub sent: bool,
    /// Which message.
    pub what: What,
    /// Its Call-ID.
    pub call_id: String,
    /// The user part of its From.
    pub from: String,
}

/// Which message it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A request of this method.
    Request(Method),
    /// An answer to a request of this method, and its status.
    Answer(Method, u16),
}

impl Tap {
    /// A listener for the socket of `place`. What the receiver is too slow for is not told.
    pub const fn new(place: u32, told: mpsc::Sender<Passed>) -> Self {
        Self { place, told }
    }

    pub(crate) fn note(&self, message: &SipMessage, at: Instant, sent: bool) {
        let passed = match message {
            SipMessage::Request(request) => {
                let what = What::Request(request.method);
                self.passed(at, sent, what, message::call_id(request), message::from(request))
            }
            SipMessage::Response(response) => {
                let Some((_, method)) = message::cseq(response) else { return };
                let what = What::Answer(method, response.status_code.code());
                self.passed(at, sent, what, message::call_id(response), message::from(response))
            }
        };
        // Who measures sees by the number of samples that something is missing.
        let _ = self.told.try_send(passed);
    }

    fn passed(
        &self,
        at: Instant,
        sent: bool,
        what: What,
        call_id: Option<String>,
        from: Option<String>,
    ) -> Passed {
        let from = from.as_deref().and_then(message::user).unwrap_or_default().to_owned();
        Passed { at, place: self.place, sent, what, call_id: call_id.unwrap_or_default(), from }
    }
}
