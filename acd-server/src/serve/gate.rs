//! The gate between the core's effects and the world: an effect leaves when the records that caused it are durable
//! (statement 4), or when the journal has been silent for too long, which is a fact.

use std::collections::VecDeque;
use std::time::Duration;

use acd_core::{Effect, Timestamp};

use crate::journal::BatchId;

/// Effects that wait for the commit of their inputs.
#[derive(Debug)]
pub(super) struct EffectGate {
    held: VecDeque<Held>,
    stall: Duration,
    degraded: bool,
}

#[derive(Debug)]
struct Held {
    batch: BatchId,
    since: Timestamp,
    effects: Vec<Effect>,
}

/// What a look at the journal has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum GateChange {
    /// As before.
    None,
    /// A commit takes longer than `journal_stall_ms`: effects leave without it.
    Stalled,
    /// Commits are in time again.
    Recovered,
}

impl EffectGate {
    /// A gate that waits at most `stall` (`journal_stall_ms`).
    pub(super) const fn new(stall: Duration) -> Self {
        Self { held: VecDeque::new(), stall, degraded: false }
    }

    /// Takes another patience.
    pub(super) const fn set_stall(&mut self, stall: Duration) {
        self.stall = stall;
    }

    /// Holds the effects of a batch. A batch without effects is held too: it tells whether the journal keeps up.
    pub(super) fn hold(&mut self, now: Timestamp, batch: BatchId, effects: Vec<Effect>) {
        self.held.push_back(Held { batch, since: now, effects });
    }

    /// Looks at how far the journal is.
    pub(super) fn look(&mut self, now: Timestamp, durable: BatchId) -> GateChange {
        let late = self
            .held
            .iter()
            .find(|held| held.batch > durable)
            .is_some_and(|held| now.since(held.since) >= self.stall);
        match (self.degraded, late) {
            (false, true) => {
                self.degraded = true;
                GateChange::Stalled
            }
            (true, false) => {
                self.degraded = false;
                GateChange::Recovered
            }
            _ => GateChange::None,
        }
    }

    /// The effects that may leave now, oldest first.
    pub(super) fn release(&mut self, durable: BatchId) -> Vec<Effect> {
        let mut released = Vec::new();
        while let Some(held) = self.held.front_mut() {
            if held.batch <= durable {
                released.append(&mut held.effects);
                self.held.pop_front();
            } else if self.degraded {
                break;
            } else {
                return released;
            }
        }
        if self.degraded {
            // The batches stay, without their effects, until they are durable: they tell when the stall is over.
            for held in &mut self.held {
                released.append(&mut held.effects);
            }
        }
        released
    }

    /// When a held batch will have waited too long.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        if self.degraded {
            return None;
        }
        self.held.front().map(|held| held.since + self.stall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::CallId;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn answer(call: u64) -> Vec<Effect> {
        vec![Effect::AnswerCaller { call: CallId(call) }]
    }

    #[test]
    fn effects_wait_for_their_batch_and_leave_in_order() {
        let mut gate = EffectGate::new(Duration::from_millis(200));
        gate.hold(at(0), BatchId(1), answer(1));
        gate.hold(at(1), BatchId(2), answer(2));
        assert_eq!(gate.release(BatchId(0)), Vec::new());
        assert_eq!(gate.release(BatchId(1)), answer(1));
        assert_eq!(gate.look(at(2), BatchId(1)), GateChange::None);
        assert_eq!(gate.release(BatchId(2)), answer(2));
    }

    #[test]
    fn a_stalled_journal_lets_effects_leave_and_says_so_once() {
        let mut gate = EffectGate::new(Duration::from_millis(200));
        gate.hold(at(0), BatchId(1), answer(1));
        assert_eq!(gate.poll_timeout(), Some(at(200)));
        assert_eq!(gate.look(at(199), BatchId(0)), GateChange::None);
        assert_eq!(gate.look(at(200), BatchId(0)), GateChange::Stalled);
        assert_eq!(gate.release(BatchId(0)), answer(1));
        gate.hold(at(201), BatchId(2), answer(2));
        assert_eq!(gate.look(at(210), BatchId(0)), GateChange::None);
        assert_eq!(gate.release(BatchId(0)), answer(2), "while degraded nothing waits");
        assert_eq!(gate.look(at(300), BatchId(2)), GateChange::Recovered);
        assert_eq!(gate.release(BatchId(2)), Vec::new(), "nothing leaves twice");
    }
}
