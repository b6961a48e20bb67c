//! From facts to a day's reconciliation.

use acd_core::plan::{OverflowCause, Plan, RecordingPolicy};
use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, PartyId, RecordingFailure, TenantId, Timestamp,
};

use super::{Cause, Entry, ReconciledCall, Reconciler, Reconciliation};
use crate::Fold;
use crate::accounting::{ClockStep, lived_ms};
use crate::limits::{CLOCK_STEPS_MAX, RECORDS_MAX};

impl Reconciler {
    /// The calls of a client from an instant to another: a civil day, as a rule.
    pub const fn new(tenant: TenantId, from: Timestamp, to: Timestamp) -> Self {
        Self {
            tenant,
            from,
            to,
            numbers: std::collections::BTreeMap::new(),
            calls: std::collections::BTreeMap::new(),
            steps: Vec::new(),
            awaited: 0,
            outage_to_come: false,
            dropped: 0,
        }
    }

    /// A plan is in force for the facts that follow.
    pub fn plan_stands(&mut self, plan: &Plan) {
        let tenant = plan.tenants.get(&self.tenant);
        let numbers = tenant.into_iter().flat_map(|tenant| &tenant.numbers);
        self.numbers = numbers.map(|(number, settings)| (*number, settings.recording)).collect();
    }

    /// Whether no fact at or after an instant changes anything any more.
    pub fn is_settled(&self, time: Timestamp) -> bool {
        time >= self.to && self.awaited == 0 && !self.outage_to_come
    }

    /// What the facts so far come to.
    pub fn close(self) -> Reconciliation {
        let mut result = Reconciliation { dropped: self.dropped, ..Reconciliation::default() };
        for (call, entry) in self.calls {
            if entry.is_awaited() {
                result.open += 1;
                continue;
            }
            let reconciled = entry.reconcile(call, &self.steps);
            if reconciled.answered || reconciled.due_ms > 0 || reconciled.recorded_ms > 0 {
                result.calls.push(reconciled);
            }
        }
        result
    }

    fn add(&mut self, call: CallId, entry: Entry) {
        if entry.began_at < self.from || entry.began_at >= self.to {
            return;
        }
        if self.calls.len() >= RECORDS_MAX {
            self.dropped += 1;
            return;
        }
        self.awaited += 1;
        self.calls.insert(call, entry);
    }

    fn of(&mut self, call: CallId, change: impl FnOnce(&mut Entry)) {
        let Some(entry) = self.calls.get_mut(&call) else { return };
        let before = entry.is_awaited();
        change(entry);
        match (before, entry.is_awaited()) {
            (true, false) => self.awaited -= 1,
            (false, true) => self.awaited += 1,
            (true, true) | (false, false) => {}
        }
    }

    /// The switch was not there from an instant on: what it ended at its next start was cut then.
    fn outage(&mut self, from: Timestamp) {
        for entry in self.calls.values_mut().filter(|it| it.ended_at.is_some_and(|at| at > from)) {
            entry.crashed = true;
            let cut = |at: &mut Timestamp| *at = (*at).min(from);
            let talks = entry.talks.iter_mut().filter_map(|talk| talk.1.as_mut());
            talks.chain(&mut entry.ended_at).chain(&mut entry.apart_at).for_each(cut);
        }
    }

    fn rule(&self, dialled: acd_core::DialledNumber) -> RecordingPolicy {
        self.numbers.get(&dialled).copied().unwrap_or(RecordingPolicy::FromAnswer)
    }

    /// R-T8: an outbound call is recorded unless none of the client's numbers is.
    fn outbound_rule(&self) -> RecordingPolicy {
        let off = !self.numbers.is_empty() && self.numbers.values().all(|it| *it == RecordingPolicy::Off);
        if off { RecordingPolicy::Off } else { RecordingPolicy::FromAnswer }
    }

    fn is_mine(&self, tenant: TenantId) -> bool {
        tenant == self.tenant
    }

    fn on_recording(&mut self, event: &CallEvent) {
        if let CallEvent::RecordingStarted { call, file } = event {
            self.of(*call, |it| {
                it.file = Some(file.clone());
                it.runs = true;
            });
        } else if let CallEvent::RecordingOff { call } = event {
            self.of(*call, |it| it.off = true);
        } else if let CallEvent::RecordingFailed { call, failure } = event {
            self.of(*call, |it| it.failed = Some(*failure));
        } else if let CallEvent::RecordingEnded { call, recorded, gaps } = event {
            let ms = |length: &std::time::Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            self.of(*call, |it| {
                it.runs = false;
                it.recorded_ms += ms(recorded);
                it.gaps_ms += ms(gaps);
            });
        }
    }

    fn on_party(&mut self, time: Timestamp, event: &CallEvent) {
        if let CallEvent::SupervisorRung { party, .. } = event {
            self.of(party.call, |it| it.supervisors.push(*party));
        } else if let CallEvent::PartyAnswered { party, .. } = event {
            self.of(party.call, |it| {
                if it.outbound && !it.is_supervisor(*party) {
                    it.answered_at.get_or_insert(time);
                }
            });
        } else if let CallEvent::PartyEnded { party, .. } = event {
            self.of(party.call, |it| {
                if !it.is_supervisor(*party) && it.answered_at.is_some() {
                    it.apart_at = Some(time);
                }
            });
        }
    }
}

impl Fold for Reconciler {
    /// Takes what says when somebody talked, and what the recorder said; all else is of no account here.
    fn apply(&mut self, time: Timestamp, _seq: u64, event: &CallEvent) {
        if let CallEvent::CallAdmitted { call, tenant, dialled, closed, .. } = event {
            if self.is_mine(*tenant) {
                self.add(*call, Entry::new(time, self.rule(*dialled), *closed, false));
            }
        } else if let CallEvent::OutboundStarted { call, tenant, .. } = event {
            if self.is_mine(*tenant) {
                self.add(*call, Entry::new(time, self.outbound_rule(), false, true));
            }
        } else if let CallEvent::CallerConnected { call } = event {
            self.of(*call, |it| it.connected_at = Some(time));
        } else if let CallEvent::CallOverflowed { call, cause: OverflowCause::Closed, .. } = event {
            self.of(*call, |it| it.closed = false);
        } else if let CallEvent::CallerQueued { call, .. } = event {
            self.of(*call, |it| it.apart_at = None);
        } else if let CallEvent::CallAnswered { ring, .. } = event {
            self.of(ring.call, |it| {
                it.answered_at.get_or_insert(time);
                it.talks.push((time, None));
            });
        } else if let CallEvent::TalkEnded { ring, .. } = event {
            self.of(ring.call, |it| {
                it.apart_at = Some(time);
                if let Some(talk) = it.talks.last_mut() {
                    talk.1 = Some(time);
                }
            });
        } else if let CallEvent::CallCommanded {
            call,
            command: CallCommand::HangUp,
            result: CallCommandResult::Done,
            ..
        } = event
        {
            self.of(*call, |it| it.hung_up_at = it.hung_up_at.or(Some(time)));
        } else if let CallEvent::CallEnded { call, .. } | CallEvent::OutboundEnded { call, .. } = event {
            self.of(*call, |it| it.ended_at = Some(time));
            self.outage_to_come |= matches!(event, CallEvent::CallEnded { end: None, .. });
        } else if let CallEvent::NodeStarted = event {
            self.outage_to_come = false;
        } else if let CallEvent::NodeOutage { from, .. } = event {
            self.outage(*from);
        } else if let CallEvent::WallClockStepped { step_ms, skipped } = event {
            if self.steps.len() < CLOCK_STEPS_MAX {
                self.steps.push(ClockStep { at: time, step_ms: *step_ms, skipped: *skipped });
            }
        } else {
            self.on_recording(event);
            self.on_party(time, event);
        }
    }
}

impl Entry {
    const fn new(began_at: Timestamp, rule: RecordingPolicy, closed: bool, outbound: bool) -> Self {
        Self {
            began_at,
            outbound,
            rule,
            closed,
            connected_at: None,
            answered_at: None,
            supervisors: Vec::new(),
            talks: Vec::new(),
            apart_at: None,
            hung_up_at: None,
            ended_at: None,
            file: None,
            runs: false,
            recorded_ms: 0,
            gaps_ms: 0,
            failed: None,
            off: false,
            crashed: false,
        }
    }

    fn is_supervisor(&self, party: PartyId) -> bool {
        self.supervisors.contains(&party)
    }

    /// Whether it, or its recording, is still to end.
    const fn is_awaited(&self) -> bool {
        self.ended_at.is_none() || self.runs
    }

    /// From when on it ought to be recorded; `None`: never.
    fn due_from(&self) -> Option<Timestamp> {
        match self.rule {
            RecordingPolicy::Off => None,
            RecordingPolicy::FromAnswer => self.answered_at,
            RecordingPolicy::FromCaller if self.closed => self.answered_at,
            RecordingPolicy::FromCaller => self.connected_at.or(self.answered_at),
        }
    }

    /// Until when: nobody is there any more, although the caller's leg may take its time to end.
    fn due_to(&self) -> Option<Timestamp> {
        self.apart_at.or(self.hung_up_at).or(self.ended_at)
    }

    fn reconcile(&self, call: CallId, steps: &[ClockStep]) -> ReconciledCall {
        let span = |from: Option<Timestamp>| match (from, self.due_to()) {
            (Some(from), Some(to)) => lived_ms(steps, from, to),
            (_, _) => 0,
        };
        let talk_ms = if self.outbound {
            span(self.answered_at)
        } else {
            self.talks.iter().filter_map(|(from, to)| to.map(|to| lived_ms(steps, *from, to))).sum()
        };
        let off = self.off || self.rule == RecordingPolicy::Off;
        // Half of what is counted over both channels.
        let lost_ms = match self.failed {
            Some(RecordingFailure::WriteFailed | RecordingFailure::Overrun) => self.gaps_ms / 2,
            Some(RecordingFailure::CannotCreate) | None => 0,
        };
        let cause = match self.failed {
            _ if off => Some(Cause::Off),
            Some(failure) => Some(Cause::Failed(failure)),
            None if self.crashed => Some(Cause::Crash),
            None => None,
        };
        ReconciledCall {
            call,
            began_at: self.began_at,
            outbound: self.outbound,
            answered: self.answered_at.is_some(),
            talk_ms,
            due_ms: if off { 0 } else { span(self.due_from()) },
            recorded_ms: self.recorded_ms.saturating_sub(lost_ms),
            gaps_ms: self.gaps_ms,
            file: self.file.clone(),
            cause,
        }
    }
}
