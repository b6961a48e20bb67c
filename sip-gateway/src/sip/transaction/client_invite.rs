//! The INVITE client transaction (RFC 3261 figure 5, as changed by RFC 6026 figure 5).
//!
//! ```text
//! state       1xx            2xx          300–699               timer
//! Calling     → Proceeding   → Accepted   → Completed, ACK      A: resend, B: timed out
//! Proceeding  pass           → Accepted   → Completed, ACK      –
//! Completed   ignore         pass         ACK again             D: ended
//! Accepted    ignore         pass         ignore                M: ended
//! ```
//! The user may set a limit to `Proceeding`, which RFC 3261 leaves without one.
//!
//! A 2xx behind another final answer is a fork's, which the user must end.

use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::{Answer, Fired};
use crate::sip::config::Timing;
use crate::sip::timers::{Deadline, TimerReason};

#[derive(Debug)]
enum State {
    Calling { request: Arc<[u8]>, resend: Option<(Timestamp, Duration)>, give_up: Timestamp },
    Proceeding { give_up: Option<Timestamp> },
    Completed { end: Timestamp },
    Accepted { end: Timestamp },
}

/// An INVITE client transaction.
#[derive(Debug)]
pub(in crate::sip) struct ClientInvite {
    state: State,
    reliable: bool,
    limit: Option<Timestamp>,
}

impl ClientInvite {
    /// The request is being sent now.
    pub(in crate::sip) fn new(now: Timestamp, timing: &Timing, reliable: bool, request: Arc<[u8]>) -> Self {
        let state = State::Calling {
            request,
            resend: (!reliable).then(|| (now + timing.t1, timing.t1)),
            give_up: now + timing.timeout(),
        };
        Self { state, reliable, limit: None }
    }

    /// A response arrived.
    pub(in crate::sip) fn response(&mut self, now: Timestamp, timing: &Timing, status: u16) -> Answer {
        match self.state {
            State::Calling { .. } | State::Proceeding { .. } => match status {
                100..200 => {
                    self.state = State::Proceeding { give_up: self.limit };
                    Answer::Pass
                }
                200..300 => {
                    self.state = State::Accepted { end: now + timing.timeout() };
                    Answer::Pass
                }
                _ => {
                    let end = if self.reliable { now } else { now + timing.timeout() };
                    self.state = State::Completed { end };
                    Answer::PassAndAck
                }
            },
            State::Completed { .. } if status >= 300 => Answer::AckAgain,
            State::Completed { .. } | State::Accepted { .. } if (200..300).contains(&status) => Answer::Pass,
            State::Completed { .. } | State::Accepted { .. } => Answer::Absorb,
        }
    }

    /// Gives the transaction up at `at` if no final answer has come by then.
    pub(in crate::sip) const fn limit(&mut self, at: Timestamp) {
        self.limit = Some(at);
        if let State::Proceeding { give_up } = &mut self.state {
            *give_up = Some(at);
        }
    }

    /// Whether the peer has not been heard of at all.
    pub(in crate::sip) const fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Calling { .. })
    }

    pub(in crate::sip) fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::Calling { resend: Some((at, _)), give_up, .. } if at < give_up => {
                Some(Deadline::new(at, TimerReason::Retransmission))
            }
            State::Calling { give_up, .. } => Some(Deadline::new(give_up, TimerReason::TransactionTimeout)),
            State::Proceeding { give_up } => {
                give_up.map(|at| Deadline::new(at, TimerReason::TransactionTimeout))
            }
            State::Completed { end } | State::Accepted { end } => {
                Some(Deadline::new(end, TimerReason::TransactionEnd))
            }
        }
    }

    pub(in crate::sip) fn fire(&mut self, now: Timestamp) -> Fired {
        match &mut self.state {
            State::Calling { give_up, .. } | State::Proceeding { give_up: Some(give_up) }
                if *give_up <= now =>
            {
                Fired::TimedOut
            }
            State::Calling { request, resend: Some((at, interval)), .. } if *at <= now => {
                *interval *= 2;
                *at = now + *interval;
                Fired::Resend(Arc::clone(request))
            }
            State::Completed { end } | State::Accepted { end } if *end <= now => Fired::Ended,
            State::Calling { .. }
            | State::Proceeding { .. }
            | State::Completed { .. }
            | State::Accepted { .. } => Fired::NotDue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::transaction::tests::{at, bytes, schedule};

    fn machine(reliable: bool, answers: &[u16]) -> (ClientInvite, Vec<Answer>) {
        let mut machine = ClientInvite::new(at(0), &Timing::default(), reliable, bytes("INVITE"));
        let said =
            answers.iter().map(|&status| machine.response(at(0), &Timing::default(), status)).collect();
        (machine, said)
    }

    #[test]
    fn answers_by_state() {
        use Answer::{Absorb, AckAgain, Pass, PassAndAck};
        assert_eq!(
            machine(false, &[100, 180, 200, 200, 180, 486]).1,
            [Pass, Pass, Pass, Pass, Absorb, Absorb]
        );
        assert_eq!(machine(false, &[486, 486, 180, 200]).1, [PassAndAck, AckAgain, Absorb, Pass]);
        assert_eq!(machine(false, &[180, 302]).1, [Pass, PassAndAck]);
    }

    #[test]
    fn timer_a_doubles_without_bound_until_timer_b() {
        let mut machine = machine(false, &[]).0;
        assert_eq!(
            schedule(|now| machine.fire(now), 40_000),
            [500, 1_500, 3_500, 7_500, 15_500, 31_500]
                .map(|millis| (millis, Fired::Resend(bytes("INVITE"))))
                .into_iter()
                .chain([(32_000, Fired::TimedOut)])
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_provisional_answer_stops_timers_a_and_b() {
        let mut machine = machine(false, &[100]).0;
        assert_eq!(machine.deadline(), None);
        assert_eq!(schedule(|now| machine.fire(now), 200_000), []);
    }

    #[test]
    fn a_limit_ends_what_was_only_answered_provisionally() {
        for limited_first in [false, true] {
            let mut machine = machine(true, &[]).0;
            if limited_first {
                machine.limit(at(5_000));
            }
            machine.response(at(0), &Timing::default(), 100);
            if !limited_first {
                machine.limit(at(5_000));
            }
            machine.response(at(1), &Timing::default(), 180);
            assert_eq!(schedule(|now| machine.fire(now), 40_000), [(5_000, Fired::TimedOut)]);
        }
    }

    #[test]
    fn over_a_reliable_transport_only_timer_b_runs() {
        let mut machine = machine(true, &[]).0;
        assert_eq!(schedule(|now| machine.fire(now), 40_000), [(32_000, Fired::TimedOut)]);
    }

    #[test]
    fn timer_d_is_nothing_over_tcp_and_timer_m_is_64_t1_over_any() {
        for (reliable, status, end) in
            [(false, 486, 32_000), (true, 486, 0), (false, 200, 32_000), (true, 200, 32_000)]
        {
            let mut machine = machine(reliable, &[status]).0;
            assert_eq!(schedule(|now| machine.fire(now), 40_000), [(end, Fired::Ended)]);
        }
    }
}
