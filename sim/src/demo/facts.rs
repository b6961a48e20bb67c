//! The switch's facts: read as lines of JSON, followed while it runs.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use acd_core::{CallEvent, CallId, CallPhase, CallerIdentity, RingEnd, TalkEnd, Timestamp};
use reports::{Board, Fold};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::caller::Phases;
use crate::switch::Switch;

/// Minutes east of Greenwich of all tenants of the built-in plan.
const JAPAN_MINUTES: i32 = 540;

/// A fact with its place and instant.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) seq: u64,
    pub(crate) time: Timestamp,
    pub(crate) event: CallEvent,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
    time: jiff::Timestamp,
}

/// Reads a line of `acd journal export`.
pub(crate) fn parse(line: &str) -> Result<Fact, String> {
    let bad = |error: serde_json::Error| format!("a fact that cannot be read: {error}: {line}");
    let place: Place = serde_json::from_str(line).map_err(bad)?;
    let event = acd_proto::fact_from_json(line).map_err(bad)?;
    Ok(Fact { seq: place.seq, time: Timestamp::from_millis(place.time.as_millisecond()), event })
}

/// What the facts say while the switch runs.
#[derive(Clone, Debug)]
pub(super) struct Live {
    state: Arc<Mutex<State>>,
    phases: watch::Receiver<Phases>,
}

#[derive(Debug)]
struct State {
    board: Board,
    numbers: BTreeMap<CallId, String>,
    ended: u64,
    refused: u64,
    /// A fact's stamp and when it came here: the switch's clock, less what it took to come.
    clock: Option<(Timestamp, Instant)>,
    problem: Option<String>,
}

impl Live {
    /// Follows the journal by a child process, until the task is aborted.
    pub(super) fn follow(switch: &Switch) -> Result<(Self, JoinHandle<()>), String> {
        let mut command = switch.journal("tail");
        // All that was written before we came, too.
        command
            .args(["--json", "--follow", "--lines", "100000"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("acd journal tail: {error}"))?;
        let stdout = child.stdout.take().ok_or("acd journal tail has no standard output")?;
        let (sender, phases) = watch::channel(Phases::new());
        let state = State {
            board: Board::new(JAPAN_MINUTES),
            numbers: BTreeMap::new(),
            ended: 0,
            refused: 0,
            clock: None,
            problem: None,
        };
        let live = Self { state: Arc::new(Mutex::new(state)), phases };
        let follower = live.clone();
        let task = tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut state = follower.state();
                match parse(&line) {
                    Ok(fact) => state.take(&fact, &sender),
                    Err(problem) => state.problem = Some(problem),
                }
            }
            follower.state().problem.get_or_insert("acd journal tail ended before the switch".to_owned());
            // Its life is this task's: dropping kills it.
            drop(child);
        });
        Ok((live, task))
    }

    /// Where each caller is.
    pub(super) fn phases(&self) -> watch::Receiver<Phases> {
        self.phases.clone()
    }

    /// The board now, at the switch's clock.
    pub(super) fn board(&self, paint: reports::board::Paint) -> String {
        let state = self.state();
        match state.clock {
            Some((stamp, came)) => state.board.render(stamp + came.elapsed(), paint),
            None => String::new(),
        }
    }

    /// Calls in progress, ended and refused.
    pub(super) fn counts(&self) -> (usize, u64, u64) {
        let state = self.state();
        (state.board.calls_in_progress(), state.ended, state.refused)
    }

    /// Why the view is not to be trusted, if so.
    pub(super) fn problem(&self) -> Option<String> {
        self.state().problem.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("invariant: nobody panics while holding the live view")
    }
}

impl State {
    fn take(&mut self, fact: &Fact, phases: &watch::Sender<Phases>) {
        self.board.apply(fact.time, fact.seq, &fact.event);
        let now = Instant::now();
        let quicker = self.clock.is_none_or(|(stamp, came)| fact.time > stamp + (now - came));
        if quicker {
            self.clock = Some((fact.time, now));
        }
        if let CallEvent::CallAdmitted { call, caller: CallerIdentity::Number(number), .. } = &fact.event {
            self.numbers.insert(*call, number.reveal().clone());
            self.move_caller(*call, Some(CallPhase::Arriving), phases);
        } else if let CallEvent::CallRefused { .. } = &fact.event {
            self.refused += 1;
        } else if let CallEvent::CallEnded { call, .. } = &fact.event {
            self.ended += 1;
            self.move_caller(*call, None, phases);
            self.numbers.remove(call);
        } else if let Some((call, phase)) = phase(&fact.event) {
            self.move_caller(call, Some(phase), phases);
        }
    }

    fn move_caller(&self, call: CallId, phase: Option<CallPhase>, phases: &watch::Sender<Phases>) {
        let Some(number) = self.numbers.get(&call) else { return };
        phases.send_modify(|phases| {
            match phase {
                Some(phase) => phases.insert(number.clone(), phase),
                None => phases.remove(number),
            };
        });
    }
}

/// Where a fact puts its call.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts move no caller")]
const fn phase(event: &CallEvent) -> Option<(CallId, CallPhase)> {
    match event {
        CallEvent::GuidanceStarted { call } | CallEvent::ChoiceStarted { call } => {
            Some((*call, CallPhase::Guidance))
        }
        CallEvent::CallerQueued { call, .. } => Some((*call, CallPhase::Waiting)),
        CallEvent::RingStarted { ring, .. } => Some((ring.call, CallPhase::Ringing)),
        CallEvent::RingEnded {
            ring,
            end: RingEnd::TimedOut | RingEnd::SeatLost | RingEnd::Failed(_),
            ..
        } => Some((ring.call, CallPhase::Waiting)),
        CallEvent::CallAnswered { ring, .. } => Some((ring.call, CallPhase::Talking)),
        CallEvent::TalkEnded { ring, end: TalkEnd::SeatLost(_), .. } => Some((ring.call, CallPhase::Waiting)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exported_line_is_a_fact_with_its_instant() {
        let line = r#"{"seq":9,"record":4,"time":"2026-11-24T18:30:00.250+09:00","fact":"caller_connected","call":3}"#;
        let fact = parse(line).expect("a fact");
        assert_eq!(fact.seq, 9);
        assert_eq!(fact.event, CallEvent::CallerConnected { call: CallId(3) });
        assert_eq!(fact.time.civil(JAPAN_MINUTES).to_string(), "2026-11-24 18:30");
        assert_eq!(fact.time.as_millis() % 1_000, 250);
        assert!(parse("{\"seq\":9}").is_err());
    }
}
