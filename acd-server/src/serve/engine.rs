//! The loop: one thread that owns the switch, the bridge and the signalling sockets.
//!
//! A turn, in order of priority: what arrived on sockets, what media and recorder say, what is due, the core with all
//! of it, one append to the journal, the effects that are durable, what is to be sent. Every step has a budget or
//! works on what the step before it left, so no turn is without an end.

use std::io;
use std::time::{Duration, Instant};

use acd_core::{CallEvent, Effect, Input, LegId, PlanSource, SeatState, Switch, Timestamp};
use crossbeam_channel::Receiver;
use sip_gateway::bridge::Bridge;
use sip_gateway::transport::Transports;

use super::controls::Pending;
use super::gate::{EffectGate, GateChange};
use super::signals::Signal;
use super::snapshots::Snapshots;
use super::taps::Outcomes;
use crate::cli::Serve;
use crate::clock::{Clock, Step};
use crate::interfaces::Interfaces;
use crate::journal::{Batch, DialogChange, Journal, Record};
use crate::limits::{HEARTBEAT, TURN_ROUNDS_MAX};
use crate::observer::Histogram;
use crate::plan::PlanFile;

/// The parts that the loop joins.
pub(super) struct Engine {
    pub(super) switch: Switch,
    pub(super) bridge: Bridge,
    pub(super) transports: Transports,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) gate: EffectGate,
    pub(super) outcomes: Outcomes,
    pub(super) signals: Receiver<Signal>,
    pub(super) drain: Duration,
    pub(super) state: State,
    pub(super) last_record: Timestamp,
    pub(super) snapshots: Snapshots,
    pub(super) interfaces: Interfaces,
    pub(super) pending: Pending,
    /// When the machine's figures are handed over next.
    pub(super) figures_due: Timestamp,
    /// How long turns took, the waiting left out.
    pub(super) turns: Histogram,
    /// The plan in force.
    pub(super) plan: PlanFile,
    /// Where it came from, to read it again.
    pub(super) options: Serve,
}

/// Where the process is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Taking calls.
    Serving,
    /// Letting calls end until the instant of the steady clock.
    Draining(Timestamp),
}

impl Engine {
    /// Runs until the drain is over.
    ///
    /// # Errors
    /// If the poller fails.
    pub(super) fn run(mut self) -> io::Result<()> {
        loop {
            self.turn()?;
            if let State::Draining(until) = self.state
                && (self.switch.is_idle() || self.steady() >= until)
            {
                return self.stop();
            }
        }
    }

    /// Stamps what is happening now.
    pub(super) fn now(&mut self) -> Timestamp {
        self.clock.now()
    }

    /// What lengths of time are measured by.
    pub(super) fn steady(&self) -> Timestamp {
        self.clock.steady()
    }

    fn turn(&mut self) -> io::Result<()> {
        let timeout = self.next_timeout();
        self.transports.wait(timeout)?;
        let began = Instant::now();
        let (bridge, clock) = (&mut self.bridge, &self.clock);
        self.transports.receive(clock.steady(), |incoming| bridge.handle_incoming(clock.steady(), &incoming));
        self.signals();
        self.controls();
        self.settle();
        self.report_figures();
        self.turns.record(began.elapsed());
        Ok(())
    }

    /// Everything after the sockets: until nothing new comes of it, within a budget.
    pub(super) fn settle(&mut self) {
        for _ in 0..TURN_ROUNDS_MAX {
            let steady = self.steady();
            self.bridge.handle_media(steady);
            self.bridge.handle_timeout(steady);
            self.transports.handle_timeout(steady);
            let records = self.take_inputs();
            let busy = !records.is_empty();
            self.append(records);
            let change = self.gate.look(steady, self.journal.durable());
            self.note(change);
            let released = self.gate.release(self.journal.durable());
            let quiet = !busy && released.is_empty();
            for effect in released {
                if self.pending.take(&effect) {
                    continue;
                }
                // A recording is filed under the day that people have.
                let files = matches!(effect, Effect::StartRecording { .. });
                let at = if files { self.now() } else { self.steady() };
                self.bridge.execute(at, &effect);
            }
            while let Some(transmit) = self.bridge.poll_transmit() {
                self.transports.send(steady, &transmit);
            }
            if quiet {
                break;
            }
        }
    }

    fn take_inputs(&mut self) -> Vec<(Record, Vec<Effect>)> {
        let mut records = Vec::new();
        let now = self.now();
        while let Some(input) = self.bridge.poll_input() {
            self.apply(now, input, &mut records);
        }
        while let Some(refresh) = self.bridge.poll_refresh() {
            if brings_back(self.switch.seat_state(refresh.seat), refresh.is_new) {
                self.apply(now, Input::SeatRegistered { seat: refresh.seat }, &mut records);
            }
        }
        while let Some(input) = self.outcomes.poll() {
            self.apply(now, input, &mut records);
        }
        let due = self.switch.poll_timeout().is_some_and(|(at, _)| at <= now);
        if due || now.since(self.last_record) >= HEARTBEAT {
            self.apply(now, Input::TimePassed, &mut records);
        }
        records
    }

    /// One input through the core, after the step of the wall clock that its stamp shows, if there was one.
    fn apply(&mut self, now: Timestamp, input: Input, records: &mut Vec<(Record, Vec<Effect>)>) {
        if let Some(Step { step_ms, skipped }) = self.clock.take_step(now) {
            self.apply(now, Input::WallClockStepped { step_ms, skipped }, records);
        }
        self.switch.handle(now, input.clone());
        let mut facts: Vec<CallEvent> = Vec::new();
        while let Some(fact) = self.switch.poll_event() {
            facts.push(fact);
        }
        let mut effects = Vec::new();
        while let Some(effect) = self.switch.poll_effect() {
            effects.push(effect);
        }
        self.last_record = now;
        records.push((Record { time: now, input, facts }, effects));
    }

    fn append(&mut self, records: Vec<(Record, Vec<Effect>)>) {
        let mut dialogs = Vec::new();
        let now = self.now();
        while let Some(record) = self.bridge.poll_dialog_record() {
            dialogs.push(super::dialogs::change_of(now, &record));
        }
        if records.is_empty() && dialogs.is_empty() {
            return;
        }
        let snapshot =
            self.snapshots.is_due(now, records.len(), &self.journal).then(|| Box::new(self.switch.clone()));
        let mut batch = Batch { records: Vec::with_capacity(records.len()), dialogs, snapshot };
        let mut effects = Vec::new();
        for (record, ordered) in records {
            self.interfaces.observer.facts(record.time, &record.facts);
            batch.records.push(record);
            effects.extend(ordered);
        }
        let id =
            if effects.is_empty() { self.journal.append_soon(batch) } else { self.journal.append(batch) };
        self.gate.hold(self.steady(), id, effects);
    }

    /// Notes in the journal that a dialog of the life before is over.
    pub(super) fn close_dialog(&mut self, leg: LegId) {
        let at = self.now();
        let dialogs = vec![DialogChange::Closed { leg, at }];
        let batch = self.journal.append(Batch { dialogs, ..Batch::default() });
        self.gate.hold(self.steady(), batch, Vec::new());
    }

    /// Runs one input of the shell's own through the core and into the journal.
    pub(super) fn submit(&mut self, input: Input) {
        let now = self.now();
        let mut records = Vec::new();
        self.apply(now, input, &mut records);
        self.append(records);
    }

    fn note(&mut self, change: GateChange) {
        let input = match change {
            GateChange::None => return,
            GateChange::Stalled => {
                tracing::error!("the journal does not keep up: effects leave without it; look at the disk");
                Input::JournalStalled
            }
            GateChange::Recovered => {
                tracing::info!("the journal keeps up again");
                Input::JournalRecovered
            }
        };
        self.submit(input);
    }

    fn signals(&mut self) {
        while let Ok(signal) = self.signals.try_recv() {
            match (signal, self.state) {
                (Signal::Terminate, State::Serving) => {
                    self.drain();
                }
                (Signal::Terminate, State::Draining(_)) => {
                    tracing::info!("asked to end a second time: not waiting for calls any longer");
                    self.state = State::Draining(self.steady());
                }
                // What is wrong with the new plan is in the log, and the old one stays.
                (Signal::Reload, _) => drop(self.reload(PlanSource::Signal, None)),
            }
        }
    }

    fn next_timeout(&mut self) -> Option<Duration> {
        let (now, steady) = (self.now(), self.steady());
        let drain = match self.state {
            State::Draining(until) => Some(until),
            State::Serving => None,
        };
        let lengths =
            [self.bridge.poll_timeout(), self.transports.poll_timeout(), self.gate.poll_timeout(), drain];
        let stamps = [self.switch.poll_timeout().map(|(at, _)| at), Some(self.last_record + HEARTBEAT)];
        let lengths = lengths.into_iter().flatten().min().map(|at| at.since(steady));
        let stamps = stamps.into_iter().flatten().min().map(|at| at.since(now));
        [lengths, stamps].into_iter().flatten().min()
    }

    /// The end of this life: what is still up is released, and the journal says so.
    fn stop(mut self) -> io::Result<()> {
        self.submit(Input::NodeStopped);
        self.settle();
        // The BYEs are on their way; their answers may come within a moment, and a recording's last second with them.
        let until = self.steady() + crate::limits::STOP_GRACE;
        while self.steady() < until && !(self.bridge.legs_len() == 0 && self.outcomes.open_len() == 0) {
            self.turn()?;
        }
        self.journal.close().map_err(io::Error::other)
    }
}

/// R-Q6: a phone that says anything is there again; an agent who did not answer comes back by a new registration, not by
/// the refresh that a phone sends by itself.
fn brings_back(state: Option<SeatState>, is_new: bool) -> bool {
    match state {
        Some(SeatState::Unreachable) => true,
        Some(SeatState::NotAnswering(_)) => is_new,
        Some(
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::WrapUp
            | SeatState::Paused(_),
        )
        | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::RingEnd;

    #[test]
    fn a_refresh_brings_back_a_phone_and_a_new_registration_an_agent_too() {
        let silent = Some(SeatState::NotAnswering(RingEnd::TimedOut));
        assert!(brings_back(Some(SeatState::Unreachable), false));
        assert!(!brings_back(silent, false));
        assert!(brings_back(silent, true));
        assert!(!brings_back(Some(SeatState::Ready), true));
        assert!(!brings_back(None, true));
    }
}
