//! From facts to call records.

use acd_core::{CallEvent, CallId, LegId, Outcome, PartyId, Timestamp};

use super::{
    CallEnd, CallRecord, GuidanceEnd, GuidanceRecord, HoldRecord, OutboundRecord, OverflowRecord,
    PartyRecord, QueueRecord, RecordingRecord, Records, RefusedRecord, RingRecord, SupervisorRecord,
    TalkRecord,
};
use crate::Fold;
use crate::accounting::ClockStep;
use crate::limits::{CLOCK_STEPS_MAX, RECORDS_MAX, REFUSED_MAX};

impl Fold for Records {
    fn apply(&mut self, time: Timestamp, seq: u64, event: &CallEvent) {
        match event {
            CallEvent::CallAdmitted { .. } => self.admit(time, seq, event),
            CallEvent::CallRefused { call, tenant, trunk, dialled, caller, reason, test } => {
                if self.refused.len() >= REFUSED_MAX {
                    self.dropped += 1;
                    return;
                }
                self.refused.push(RefusedRecord {
                    call: *call,
                    seq,
                    at: time,
                    tenant: *tenant,
                    trunk: *trunk,
                    dialled: *dialled,
                    caller: caller.clone(),
                    reason: *reason,
                    test: *test,
                });
            }
            CallEvent::CallerConnected { call }
            | CallEvent::GuidanceStarted { call }
            | CallEvent::GuidanceCompleted { call }
            | CallEvent::GuidanceFailed { call }
            | CallEvent::ChoiceStarted { call }
            | CallEvent::ChoiceMade { call, .. }
            | CallEvent::CallerQueued { call, .. }
            | CallEvent::CallOverflowed { call, .. }
            | CallEvent::CallEnded { call, .. }
            | CallEvent::RecordingStarted { call, .. }
            | CallEvent::RecordingOff { call }
            | CallEvent::RecordingFailed { call, .. }
            | CallEvent::RecordingEnded { call, .. } => self.on_call(*call, time, event),
            CallEvent::RingStarted { ring, .. }
            | CallEvent::RingEnded { ring, .. }
            | CallEvent::CallAnswered { ring, .. }
            | CallEvent::TalkEnded { ring, .. } => self.on_call(ring.call, time, event),
            CallEvent::PartyDialled { party, .. }
            | CallEvent::PartyAnswered { party, .. }
            | CallEvent::PartyMoved { party, .. }
            | CallEvent::PartyEnded { party, .. } => self.on_party(*party, time, event),
            CallEvent::SupervisorRung { party, supervisor, seat } => {
                let record = SupervisorRecord {
                    party: *party,
                    supervisor: *supervisor,
                    seat: *seat,
                    rung_at: time,
                    parts: Vec::new(),
                    end: None,
                };
                match self.supervisors_of(party.call) {
                    Some(supervisors) => supervisors.push(record),
                    None => self.orphans += 1,
                }
            }
            CallEvent::CallerLeft { call, .. } => self.on_call(*call, time, event),
            CallEvent::OutboundStarted { call, tenant, seat, about } => {
                if self.outbound.len() >= RECORDS_MAX {
                    self.dropped += 1;
                    return;
                }
                let (tenant, seat, about) = (*tenant, *seat, *about);
                let record = OutboundRecord {
                    tenant,
                    seat,
                    about,
                    started_at: time,
                    parties: Vec::new(),
                    supervisors: Vec::new(),
                    end: None,
                };
                self.outbound.insert(*call, record);
            }
            CallEvent::OutboundEnded { call, reached, .. } => {
                if let Some(record) = self.outbound.get_mut(call) {
                    record.end = Some((time, *reached));
                }
            }
            CallEvent::HoldStarted { leg }
            | CallEvent::HoldEnded { leg }
            | CallEvent::LegMeasured { leg, .. } => self.on_call(leg.call(), time, event),
            CallEvent::WallClockStepped { step_ms, skipped } => {
                let step = ClockStep { at: time, step_ms: *step_ms, skipped: *skipped };
                for record in self.calls.values_mut().filter(|record| record.end.is_none()) {
                    if record.clock_steps.len() < CLOCK_STEPS_MAX {
                        record.clock_steps.push(step);
                    }
                }
            }
            CallEvent::PlanApplied { .. }
            | CallEvent::NodeStarted
            | CallEvent::NodeOutage { .. }
            | CallEvent::DrainStarted
            | CallEvent::NodeStopped
            | CallEvent::TrunkLost { .. }
            | CallEvent::TrunkRestored { .. }
            | CallEvent::OverloadStarted
            | CallEvent::OverloadEnded { .. }
            | CallEvent::NoReachableSeatStarted { .. }
            | CallEvent::NoReachableSeatEnded { .. }
            | CallEvent::GuidanceCommanded { .. }
            | CallEvent::JournalDegraded
            | CallEvent::JournalRestored
            | CallEvent::AlarmRaised { .. }
            | CallEvent::CapacityChanged { .. }
            | CallEvent::BlockageStarted { .. }
            | CallEvent::BlockageEnded { .. }
            | CallEvent::SeatLinesFullStarted { .. }
            | CallEvent::SeatLinesFullEnded { .. }
            | CallEvent::StaffingShort { .. }
            | CallEvent::StaffingRestored { .. }
            | CallEvent::CallerProgressFailed { .. }
            | CallEvent::AnnouncementFailed { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::RefusalFailed { .. }
            | CallEvent::PartyLineFreed { .. }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::CallPhaseChanged { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::SeatStateChanged { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::CallCommanded { .. }
            | CallEvent::InputUnexpected { .. } => {}
        }
    }
}

impl Records {
    fn admit(&mut self, time: Timestamp, seq: u64, event: &CallEvent) {
        let CallEvent::CallAdmitted { call, tenant, trunk, dialled, caller, test, closed, .. } = event else {
            return;
        };
        if self.calls.len() >= RECORDS_MAX {
            self.dropped += 1;
            return;
        }
        self.calls.insert(
            *call,
            CallRecord {
                call: *call,
                seq,
                tenant: *tenant,
                trunk: *trunk,
                dialled: *dialled,
                caller: caller.clone(),
                test: *test,
                closed: *closed,
                awaits_adviser: false,
                admitted_at: time,
                clock_steps: Vec::new(),
                connected_at: None,
                guidance: None,
                choice: None,
                queued: Vec::new(),
                overflows: Vec::new(),
                rings: Vec::new(),
                talks: Vec::new(),
                holds: Vec::new(),
                parties: Vec::new(),
                supervisors: Vec::new(),
                caller_left_at: None,
                recording: RecordingRecord::default(),
                quality: Vec::new(),
                end: None,
            },
        );
    }

    fn on_call(&mut self, call: CallId, time: Timestamp, event: &CallEvent) {
        match self.calls.get_mut(&call) {
            Some(record) => record.apply(time, event),
            // Its recordings, holds and legs are no offered call's.
            None if self.outbound.contains_key(&call) => {}
            None => self.orphans += 1,
        }
    }

    /// The supervisors of a call, or of one that an agent began.
    fn supervisors_of(&mut self, call: CallId) -> Option<&mut Vec<SupervisorRecord>> {
        match (self.calls.get_mut(&call), self.outbound.get_mut(&call)) {
            (Some(record), _) => Some(&mut record.supervisors),
            (None, Some(record)) => Some(&mut record.supervisors),
            (None, None) => None,
        }
    }

    /// A party of a call, or of one that an agent began (R-T7), or a supervisor there (R-S5).
    fn on_party(&mut self, party: PartyId, time: Timestamp, event: &CallEvent) {
        let supervisors = self.supervisors_of(party.call).into_iter().flatten();
        if let Some(record) = { supervisors }.find(|record| record.party == party) {
            #[expect(clippy::wildcard_enum_match_arm, reason = "chosen by the exhaustive match of the fold")]
            match event {
                CallEvent::PartyAnswered { company, .. } | CallEvent::PartyMoved { company, .. } => {
                    record.parts.push((time, *company));
                }
                CallEvent::PartyEnded { end, .. } => record.end = Some((time, *end)),
                _ => {}
            }
            return;
        }
        let parties = match (self.calls.get_mut(&party.call), self.outbound.get_mut(&party.call)) {
            (Some(record), _) => &mut record.parties,
            (None, Some(record)) => &mut record.parties,
            (None, None) => {
                self.orphans += 1;
                return;
            }
        };
        let known = parties.iter_mut().find(|record| record.party == party);
        // Only these three come here.
        match (event, known) {
            (CallEvent::PartyDialled { destination, number, .. }, None) => parties.push(PartyRecord {
                party,
                destination: *destination,
                number: *number,
                dialled_at: time,
                answered_at: None,
                end: None,
            }),
            (CallEvent::PartyAnswered { .. }, Some(record)) => record.answered_at = Some(time),
            (CallEvent::PartyEnded { end, .. }, Some(record)) => record.end = Some((time, *end)),
            _ => {}
        }
    }
}

impl CallRecord {
    fn apply(&mut self, time: Timestamp, event: &CallEvent) {
        // Only the facts of one call come here; the exhaustive match stands in `Fold::apply`.
        #[expect(clippy::wildcard_enum_match_arm, reason = "chosen by the exhaustive match of the fold")]
        match event {
            CallEvent::CallerConnected { .. } => self.connected_at = Some(time),
            CallEvent::GuidanceStarted { .. } => {
                self.guidance = Some(GuidanceRecord { started_at: time, end: None });
            }
            CallEvent::GuidanceCompleted { .. } => self.end_guidance(time, GuidanceEnd::Completed),
            CallEvent::GuidanceFailed { .. } => self.end_guidance(time, GuidanceEnd::Failed),
            CallEvent::ChoiceMade { key, .. } => self.choice = Some((time, *key)),
            CallEvent::CallerQueued { tenant, skill, since, put_back, awaits_adviser, .. } => {
                self.awaits_adviser |= *awaits_adviser;
                self.queued.push(QueueRecord {
                    at: time,
                    tenant: *tenant,
                    skill: *skill,
                    since: *since,
                    put_back: *put_back,
                });
            }
            CallEvent::CallOverflowed { tenant, to, cause, .. } => {
                self.overflows.push(OverflowRecord { at: time, from: *tenant, to: *to, cause: *cause });
            }
            CallEvent::RingStarted { ring, seat } => {
                self.rings.push(RingRecord { ring: *ring, seat: *seat, started_at: time, end: None });
            }
            CallEvent::RingEnded { ring, end, .. } => {
                if let Some(record) = self.rings.iter_mut().find(|record| record.ring == *ring) {
                    record.end = Some((time, *end));
                }
            }
            CallEvent::CallAnswered { ring, seat } => {
                self.awaits_adviser = false;
                self.talks.push(TalkRecord { ring: *ring, seat: *seat, started_at: time, end: None });
            }
            CallEvent::TalkEnded { ring, end, .. } => {
                if let Some(talk) = self.talks.iter_mut().find(|talk| talk.ring == *ring) {
                    talk.end = Some((time, *end));
                }
                self.end_holds(time, |leg| leg == LegId::Seat(*ring));
            }
            CallEvent::HoldStarted { leg } => {
                self.holds.push(HoldRecord { leg: *leg, started_at: time, ended_at: None });
            }
            CallEvent::HoldEnded { leg } => self.end_holds(time, |held| held == *leg),
            CallEvent::RecordingStarted { file, .. } => {
                self.recording.file = Some(file.clone());
                self.recording.started_at = Some(time);
            }
            CallEvent::RecordingOff { .. } => self.recording.off = true,
            CallEvent::RecordingFailed { failure, .. } => self.recording.failures.push((time, *failure)),
            CallEvent::RecordingEnded { recorded, gaps, .. } => {
                self.recording.end = Some((time, *recorded, *gaps));
            }
            CallEvent::LegMeasured { leg, quality } => self.quality.push((*leg, *quality)),
            CallEvent::CallerLeft { call, .. } => {
                self.caller_left_at = Some(time);
                self.end_holds(time, |leg| leg == LegId::Caller(*call));
            }
            CallEvent::CallEnded { outcome, phase, end, .. } => {
                self.awaits_adviser |= *outcome == Outcome::AbandonedAfterReception;
                self.end = Some(CallEnd { at: time, outcome: *outcome, phase: *phase, leg_end: *end });
                self.end_holds(time, |_| true);
            }
            _ => {}
        }
    }

    fn end_guidance(&mut self, time: Timestamp, end: GuidanceEnd) {
        // Guidance that fails may do so before it began.
        let guidance = self.guidance.get_or_insert(GuidanceRecord { started_at: time, end: None });
        guidance.end = Some((time, end));
    }

    fn end_holds(&mut self, time: Timestamp, of: impl Fn(LegId) -> bool) {
        for hold in &mut self.holds {
            if hold.ended_at.is_none() && of(hold.leg) {
                hold.ended_at = Some(time);
            }
        }
    }
}
