//! The non-INVITE server transaction (RFC 3261 figure 8).
//!
//! ```text
//! state       request   1xx            200–699          timer
//! Trying      ignore    → Proceeding   → Completed      –
//! Proceeding  resend    send           → Completed      –
//! Completed   resend    –              –                J: ended
//! ```

use std::sync::Arc;

use acd_core::Timestamp;

use super::Fired;
use crate::sip::config::Timing;
use crate::sip::timers::{Deadline, TimerReason};

#[derive(Debug)]
enum State {
    Trying,
    Proceeding { response: Arc<[u8]> },
    Completed { response: Arc<[u8]>, end: Timestamp },
}

/// A server transaction of any method but INVITE and ACK.
#[derive(Debug)]
pub(in crate::sip) struct ServerOther {
    state: State,
    reliable: bool,
}

impl ServerOther {
    pub(in crate::sip) const fn new(reliable: bool) -> Self {
        Self { state: State::Trying, reliable }
    }

    /// The request arrived again: what to send again, if anything.
    pub(in crate::sip) fn request_again(&self) -> Option<Arc<[u8]>> {
        match &self.state {
            State::Trying => None,
            State::Proceeding { response } | State::Completed { response, .. } => Some(Arc::clone(response)),
        }
    }

    /// Notes a response that is being sent. `false`: a final one went before, and this one must not be sent.
    pub(in crate::sip) fn respond(
        &mut self,
        now: Timestamp,
        timing: &Timing,
        status: u16,
        bytes: &Arc<[u8]>,
    ) -> bool {
        let response = Arc::clone(bytes);
        match self.state {
            State::Completed { .. } => return false,
            State::Trying | State::Proceeding { .. } if status < 200 => {
                self.state = State::Proceeding { response };
            }
            State::Trying | State::Proceeding { .. } => {
                let end = if self.reliable { now } else { now + timing.timeout() };
                self.state = State::Completed { response, end };
            }
        }
        true
    }

    pub(in crate::sip) const fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::Trying | State::Proceeding { .. } => None,
            State::Completed { end, .. } => Some(Deadline::new(end, TimerReason::TransactionEnd)),
        }
    }

    pub(in crate::sip) fn fire(&self, now: Timestamp) -> Fired {
        match self.state {
            State::Completed { end, .. } if end <= now => Fired::Ended,
            State::Trying | State::Proceeding { .. } | State::Completed { .. } => Fired::NotDue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::transaction::tests::{at, bytes, schedule};

    #[test]
    fn a_repeated_request_gets_the_last_answer() {
        let timing = Timing::default();
        let mut machine = ServerOther::new(false);
        assert_eq!(machine.request_again(), None);
        assert!(machine.respond(at(0), &timing, 183, &bytes("183")));
        assert_eq!(machine.request_again(), Some(bytes("183")));
        assert!(machine.respond(at(0), &timing, 200, &bytes("200")));
        assert!(!machine.respond(at(0), &timing, 500, &bytes("500")));
        assert_eq!(machine.request_again(), Some(bytes("200")));
    }

    #[test]
    fn timer_j_is_64_t1_over_udp_and_nothing_over_tcp() {
        for (reliable, end) in [(false, 32_000), (true, 0)] {
            let mut machine = ServerOther::new(reliable);
            machine.respond(at(0), &Timing::default(), 200, &bytes("200"));
            assert_eq!(schedule(|now| machine.fire(now), 40_000), [(end, Fired::Ended)]);
        }
    }
}
