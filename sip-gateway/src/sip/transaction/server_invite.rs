//! The INVITE server transaction (RFC 3261 figure 7, as changed by RFC 6026 figure 6).
//!
//! ```text
//! state       INVITE    1xx       2xx         300–699     ACK         timer
//! Proceeding  resend    send      → Accepted  → Completed ignore      –
//! Completed   resend    –         –           –           → Confirmed G: resend, H: timed out
//! Confirmed   ignore    –         –           –           ignore      I: ended
//! Accepted    ignore    –         –           –           to the user L: ended
//! ```
//! The 2xx itself is sent again by the dialog, from end to end (RFC 3261 section 13.3.1.4).

use std::sync::Arc;
use std::time::Duration;

use acd_core::Timestamp;

use super::Fired;
use crate::sip::config::Timing;
use crate::sip::timers::{Deadline, TimerReason};

#[derive(Debug)]
enum State {
    Proceeding { response: Option<Arc<[u8]>> },
    Completed { response: Arc<[u8]>, resend: Option<(Timestamp, Duration)>, give_up: Timestamp },
    Confirmed { end: Timestamp },
    Accepted { end: Timestamp },
}

/// An INVITE server transaction.
#[derive(Debug)]
pub(in crate::sip) struct ServerInvite {
    state: State,
    reliable: bool,
}

impl ServerInvite {
    pub(in crate::sip) const fn new(reliable: bool) -> Self {
        Self { state: State::Proceeding { response: None }, reliable }
    }

    /// The INVITE arrived again: what to send again, if anything.
    pub(in crate::sip) fn request_again(&self) -> Option<Arc<[u8]>> {
        match &self.state {
            State::Proceeding { response } => response.clone(),
            State::Completed { response, .. } => Some(Arc::clone(response)),
            State::Confirmed { .. } | State::Accepted { .. } => None,
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
        let State::Proceeding { response } = &mut self.state else { return false };
        match status {
            100..200 => *response = Some(Arc::clone(bytes)),
            200..300 => self.state = State::Accepted { end: now + timing.timeout() },
            _ => {
                self.state = State::Completed {
                    response: Arc::clone(bytes),
                    resend: (!self.reliable).then(|| (now + timing.t1, timing.t1)),
                    give_up: now + timing.timeout(),
                };
            }
        }
        true
    }

    /// An ACK that matches. `true`: it is for a 2xx, the user's to know of.
    pub(in crate::sip) fn ack(&mut self, now: Timestamp, timing: &Timing) -> bool {
        match self.state {
            State::Accepted { .. } => true,
            State::Completed { .. } => {
                let end = if self.reliable { now } else { now + timing.t4 };
                self.state = State::Confirmed { end };
                false
            }
            State::Proceeding { .. } | State::Confirmed { .. } => false,
        }
    }

    /// Whether no final response has been sent.
    pub(in crate::sip) const fn is_open(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    /// Whether a response of any kind has been sent.
    pub(in crate::sip) const fn has_answered(&self) -> bool {
        !matches!(self.state, State::Proceeding { response: None })
    }

    pub(in crate::sip) fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::Proceeding { .. } => None,
            State::Completed { resend: Some((at, _)), give_up, .. } if at < give_up => {
                Some(Deadline::new(at, TimerReason::Retransmission))
            }
            State::Completed { give_up, .. } => Some(Deadline::new(give_up, TimerReason::TransactionTimeout)),
            State::Confirmed { end } | State::Accepted { end } => {
                Some(Deadline::new(end, TimerReason::TransactionEnd))
            }
        }
    }

    pub(in crate::sip) fn fire(&mut self, now: Timestamp, timing: &Timing) -> Fired {
        match &mut self.state {
            State::Completed { give_up, .. } if *give_up <= now => Fired::TimedOut,
            State::Completed { response, resend: Some((at, interval)), .. } if *at <= now => {
                *interval = (*interval * 2).min(timing.t2);
                *at = now + *interval;
                Fired::Resend(Arc::clone(response))
            }
            State::Confirmed { end } | State::Accepted { end } if *end <= now => Fired::Ended,
            State::Proceeding { .. }
            | State::Completed { .. }
            | State::Confirmed { .. }
            | State::Accepted { .. } => Fired::NotDue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::transaction::tests::{at, bytes, schedule};

    const TIMING: Timing =
        Timing { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) };

    fn machine(reliable: bool, answers: &[u16]) -> ServerInvite {
        let mut machine = ServerInvite::new(reliable);
        for &status in answers {
            machine.respond(at(0), &TIMING, status, &bytes(&status.to_string()));
        }
        machine
    }

    #[test]
    fn a_repeated_invite_gets_the_last_answer_until_it_is_accepted_or_confirmed() {
        assert_eq!(machine(false, &[]).request_again(), None);
        assert_eq!(machine(false, &[100]).request_again(), Some(bytes("100")));
        assert_eq!(machine(false, &[100, 180]).request_again(), Some(bytes("180")));
        assert_eq!(machine(false, &[180, 486]).request_again(), Some(bytes("486")));
        assert_eq!(machine(false, &[180, 200]).request_again(), None);
        let mut confirmed = machine(false, &[486]);
        confirmed.ack(at(0), &TIMING);
        assert_eq!(confirmed.request_again(), None);
    }

    #[test]
    fn there_is_one_final_answer() {
        let mut machine = machine(false, &[486]);
        assert!(!machine.respond(at(0), &TIMING, 200, &bytes("200")));
        assert_eq!(machine.request_again(), Some(bytes("486")));
    }

    #[test]
    fn timer_g_doubles_to_t2_and_timer_h_gives_up() {
        let mut machine = machine(false, &[486]);
        let times = schedule(|now| machine.fire(now, &TIMING), 33_000);
        assert_eq!(
            times,
            [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
                .map(|millis| (millis, Fired::Resend(bytes("486"))))
                .into_iter()
                .chain([(32_000, Fired::TimedOut)])
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn over_a_reliable_transport_nothing_is_sent_again_and_timer_i_is_nothing() {
        let mut completed = machine(true, &[486]);
        assert_eq!(schedule(|now| completed.fire(now, &TIMING), 33_000), [(32_000, Fired::TimedOut)]);
        let mut confirmed = machine(true, &[486]);
        assert!(!confirmed.ack(at(7), &TIMING));
        assert_eq!(confirmed.deadline(), Some(Deadline::new(at(7), TimerReason::TransactionEnd)));
    }

    #[test]
    fn timer_i_absorbs_repeated_acks() {
        let mut machine = machine(false, &[486]);
        assert!(!machine.ack(at(100), &TIMING));
        assert!(!machine.ack(at(200), &TIMING));
        assert_eq!(schedule(|now| machine.fire(now, &TIMING), 33_000), [(5_100, Fired::Ended)]);
    }

    #[test]
    fn timer_l_absorbs_invites_after_2xx_over_any_transport_and_passes_acks() {
        for reliable in [false, true] {
            let mut machine = machine(reliable, &[200]);
            assert!(machine.ack(at(1), &TIMING));
            assert!(machine.ack(at(2), &TIMING));
            assert_eq!(schedule(|now| machine.fire(now, &TIMING), 40_000), [(32_000, Fired::Ended)]);
        }
    }
}
