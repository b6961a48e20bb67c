//! The non-INVITE client transaction (RFC 3261 figure 6).
//!
//! ```text
//! state       1xx            200–699       timer
//! Trying      → Proceeding   → Completed   E: resend (T1 doubling to T2), F: timed out
//! Proceeding  pass           → Completed   E: resend (T2), F: timed out
//! Completed   ignore         ignore        K: ended
//! ```

use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::{Answer, Fired};
use crate::sip::config::Timing;
use crate::sip::timers::{Deadline, TimerReason};

#[derive(Debug)]
enum State {
    Waiting { request: Arc<[u8]>, resend: Option<(Timestamp, Duration)>, give_up: Timestamp, heard: bool },
    Completed { end: Timestamp },
}

/// A client transaction of any method but INVITE and ACK.
#[derive(Debug)]
pub(in crate::sip) struct ClientOther {
    state: State,
    reliable: bool,
}

impl ClientOther {
    /// The request is being sent now.
    pub(in crate::sip) fn new(now: Timestamp, timing: &Timing, reliable: bool, request: Arc<[u8]>) -> Self {
        let state = State::Waiting {
            request,
            resend: (!reliable).then(|| (now + timing.t1, timing.t1)),
            give_up: now + timing.timeout(),
            heard: false,
        };
        Self { state, reliable }
    }

    /// Waits for an answer until `at` at most.
    pub(in crate::sip) fn limit(&mut self, at: Timestamp) {
        if let State::Waiting { give_up, .. } = &mut self.state {
            *give_up = at.min(*give_up);
        }
    }

    /// A response arrived.
    pub(in crate::sip) fn response(&mut self, now: Timestamp, timing: &Timing, status: u16) -> Answer {
        match &mut self.state {
            State::Waiting { heard, .. } if status < 200 => {
                *heard = true;
                Answer::Pass
            }
            State::Waiting { .. } => {
                let end = if self.reliable { now } else { now + timing.t4 };
                self.state = State::Completed { end };
                Answer::Pass
            }
            State::Completed { .. } => Answer::Absorb,
        }
    }

    /// Whether the peer has not been heard of at all.
    pub(in crate::sip) const fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Waiting { heard: false, .. })
    }

    pub(in crate::sip) fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::Waiting { resend: Some((at, _)), give_up, .. } if at < give_up => {
                Some(Deadline::new(at, TimerReason::Retransmission))
            }
            State::Waiting { give_up, .. } => Some(Deadline::new(give_up, TimerReason::TransactionTimeout)),
            State::Completed { end } => Some(Deadline::new(end, TimerReason::TransactionEnd)),
        }
    }

    pub(in crate::sip) fn fire(&mut self, now: Timestamp, timing: &Timing) -> Fired {
        match &mut self.state {
            State::Waiting { give_up, .. } if *give_up <= now => Fired::TimedOut,
            State::Waiting { request, resend: Some((at, interval)), heard, .. } if *at <= now => {
                *interval = if *heard { timing.t2 } else { (*interval * 2).min(timing.t2) };
                *at = now + *interval;
                Fired::Resend(Arc::clone(request))
            }
            State::Completed { end } if *end <= now => Fired::Ended,
            State::Waiting { .. } | State::Completed { .. } => Fired::NotDue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::transaction::tests::{at, bytes, schedule};

    fn machine(reliable: bool) -> ClientOther {
        ClientOther::new(at(0), &Timing::default(), reliable, bytes("BYE"))
    }

    fn resends(millis: &[i64]) -> Vec<(i64, Fired)> {
        millis
            .iter()
            .map(|&millis| (millis, Fired::Resend(bytes("BYE"))))
            .chain([(32_000, Fired::TimedOut)])
            .collect()
    }

    #[test]
    fn timer_e_doubles_to_t2_until_timer_f() {
        let mut machine = machine(false);
        assert_eq!(
            schedule(|now| machine.fire(now, &Timing::default()), 40_000),
            resends(&[500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        );
    }

    #[test]
    fn a_provisional_answer_slows_timer_e_and_leaves_timer_f() {
        let mut machine = machine(false);
        assert_eq!(machine.response(at(0), &Timing::default(), 100), Answer::Pass);
        assert_eq!(
            schedule(|now| machine.fire(now, &Timing::default()), 40_000),
            resends(&[500, 4_500, 8_500, 12_500, 16_500, 20_500, 24_500, 28_500])
        );
    }

    #[test]
    fn over_a_reliable_transport_only_timer_f_runs() {
        let mut machine = machine(true);
        assert_eq!(schedule(|now| machine.fire(now, &Timing::default()), 40_000), resends(&[]));
    }

    #[test]
    fn timer_k_absorbs_repeated_answers() {
        for (reliable, end) in [(false, 5_000), (true, 0)] {
            let mut machine = machine(reliable);
            assert_eq!(machine.response(at(0), &Timing::default(), 200), Answer::Pass);
            assert_eq!(machine.response(at(0), &Timing::default(), 200), Answer::Absorb);
            assert_eq!(schedule(|now| machine.fire(now, &Timing::default()), 40_000), [(end, Fired::Ended)]);
        }
    }
}
