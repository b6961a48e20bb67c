//! The calls that are open: a fold over facts. What is open when a journal ends was open when the switch died.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, OpenCall, OpenRecording, PartyId, RingEnd,
    RingId, SeatId, TalkEnd, TenantId, Timestamp,
};

/// Calls admitted and not ended, with where they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenCalls {
    calls: BTreeMap<CallId, Entry>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    call: OpenCall,
    /// Hears the closed announcement once connected (R-L11).
    closed: bool,
    admitted_by: u64,
    /// When the caller was connected, or a seat last answered: either may begin a recording (R-R1).
    answered_at: Option<Timestamp>,
    /// Those of the parties who are supervisors (R-S5).
    supervisors: BTreeSet<PartyId>,
}

impl OpenCalls {
    /// Takes the next fact of the journal.
    pub fn apply(&mut self, seq: u64, time: Timestamp, fact: &CallEvent) {
        match fact {
            CallEvent::CallAdmitted { call, tenant, closed, .. } => {
                self.admit(seq, time, *call, *tenant, *closed);
            }
            CallEvent::CallEnded { call, .. } => {
                self.calls.remove(call);
            }
            CallEvent::CallerConnected { call } => {
                if let Some(entry) = self.calls.get_mut(call) {
                    entry.answered_at = Some(time);
                    if entry.closed {
                        entry.call.phase = CallPhase::Closed;
                    }
                }
            }
            CallEvent::GuidanceStarted { call } | CallEvent::ChoiceStarted { call } => {
                self.move_to(*call, CallPhase::Guidance, None)
            }
            CallEvent::CallerQueued { call, .. } => self.move_to(*call, CallPhase::Waiting, None),
            CallEvent::RingStarted { ring, seat } => {
                self.move_to(ring.call, CallPhase::Ringing, Some((*ring, *seat)));
            }
            CallEvent::RingEnded { ring, end, .. } => match end {
                // The answer is a fact of its own.
                RingEnd::Answered => {}
                RingEnd::CallerGone => self.move_to(ring.call, CallPhase::Closing, None),
                RingEnd::Failed(_) | RingEnd::TimedOut | RingEnd::SeatLost => {
                    self.move_to(ring.call, CallPhase::Waiting, None);
                }
            },
            CallEvent::CallAnswered { ring, seat } => {
                self.move_to(ring.call, CallPhase::Talking, Some((*ring, *seat)));
                if let Some(entry) = self.calls.get_mut(&ring.call) {
                    entry.call.answered = true;
                    entry.answered_at = Some(time);
                }
            }
            CallEvent::TalkEnded { ring, end, .. } => match end {
                // The others stay together, which the phase says (R-T4).
                TalkEnd::Transferred => self.seat_left(ring.call),
                TalkEnd::SeatLost(_) if self.has_parties(ring.call) => self.seat_left(ring.call),
                TalkEnd::SeatLost(_) | TalkEnd::HandedOver => {
                    self.move_to(ring.call, CallPhase::Waiting, None)
                }
                TalkEnd::CallerEnded
                | TalkEnd::SeatEnded
                | TalkEnd::PartyEnded
                | TalkEnd::Commanded
                | TalkEnd::NodeOutage => {
                    self.move_to(ring.call, CallPhase::Closing, None);
                }
            },
            CallEvent::CallPhaseChanged { call, phase } => {
                if let Some(entry) = self.calls.get_mut(call) {
                    entry.call.phase = *phase;
                }
            }
            CallEvent::PartyDialled { party, .. } => {
                if let Some(entry) = self.calls.get_mut(&party.call) {
                    entry.call.parties = entry.call.parties.iter().chain([party]).copied().collect();
                }
            }
            CallEvent::SupervisorRung { party, .. } => {
                if let Some(entry) = self.calls.get_mut(&party.call) {
                    entry.call.parties = entry.call.parties.iter().chain([party]).copied().collect();
                    entry.supervisors.insert(*party);
                }
            }
            CallEvent::PartyAnswered { party, .. } => {
                let entry = self.calls.get_mut(&party.call);
                // A supervisor is nobody whom the agent wanted to reach.
                let entry = entry.filter(|entry| !entry.supervisors.contains(party));
                if let Some(entry) = entry.filter(|entry| entry.call.phase == CallPhase::Outbound) {
                    entry.call.answered = true;
                    entry.answered_at.get_or_insert(time);
                }
            }
            CallEvent::PartyEnded { party, .. } => {
                if let Some(entry) = self.calls.get_mut(&party.call) {
                    entry.call.parties =
                        entry.call.parties.iter().filter(|it| *it != party).copied().collect();
                }
            }
            CallEvent::OutboundStarted { call, tenant, seat, .. } => {
                self.admit(seq, time, *call, *tenant, false);
                self.move_to(*call, CallPhase::Outbound, None);
                if let Some(entry) = self.calls.get_mut(call) {
                    entry.call.seat = Some(*seat);
                }
            }
            CallEvent::OutboundEnded { call, .. } => {
                self.calls.remove(call);
            }
            CallEvent::CallCommanded {
                call,
                command: CallCommand::HangUp,
                result: CallCommandResult::Done,
                source: _,
            } => self.move_to(*call, CallPhase::Closing, None),
            CallEvent::RecordingStarted { call, file } => {
                if let Some(entry) = self.calls.get_mut(call) {
                    // The recorder tells it up to a tenth of a second after the answer, whose audio is in the file.
                    let since = entry.answered_at.unwrap_or(time);
                    entry.call.recording = Some(OpenRecording { file: file.clone(), since });
                }
            }
            CallEvent::RecordingEnded { call, .. } => {
                if let Some(entry) = self.calls.get_mut(call) {
                    entry.call.recording = None;
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
            | CallEvent::WallClockStepped { .. }
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
            | CallEvent::CallRefused { .. }
            | CallEvent::CallOverflowed { .. }
            | CallEvent::ChoiceMade { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::GuidanceCompleted { .. }
            | CallEvent::GuidanceFailed { .. }
            | CallEvent::CallerProgressFailed { .. }
            | CallEvent::AnnouncementFailed { .. }
            | CallEvent::RefusalFailed { .. }
            | CallEvent::HoldStarted { .. }
            | CallEvent::HoldEnded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::PartyMoved { .. }
            | CallEvent::PartyLineFreed { .. }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::CallerLeft { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::SeatStateChanged { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::CallCommanded { .. }
            | CallEvent::RecordingOff { .. }
            | CallEvent::RecordingFailed { .. }
            | CallEvent::LegMeasured { .. }
            | CallEvent::InputUnexpected { .. } => {}
        }
    }

    /// The open calls, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &OpenCall> {
        self.calls.values().map(|entry| &entry.call)
    }

    /// The fact that admitted the oldest of them: nothing before it matters to what is open.
    pub fn oldest_fact(&self) -> Option<u64> {
        self.calls.values().map(|entry| entry.admitted_by).min()
    }

    fn admit(&mut self, seq: u64, time: Timestamp, call: CallId, tenant: TenantId, closed: bool) {
        let open = OpenCall {
            call,
            tenant,
            phase: CallPhase::Arriving,
            seat: None,
            ring: None,
            answered: false,
            admitted_at: time,
            recording: None,
            parties: [].into(),
        };
        self.calls.insert(
            call,
            Entry { call: open, closed, admitted_by: seq, answered_at: None, supervisors: BTreeSet::new() },
        );
    }

    fn has_parties(&self, call: CallId) -> bool {
        self.calls.get(&call).is_some_and(|entry| !entry.call.parties.is_empty())
    }

    fn seat_left(&mut self, call: CallId) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.call.ring = None;
            entry.call.seat = None;
        }
    }

    fn move_to(&mut self, call: CallId, phase: CallPhase, seat: Option<(RingId, SeatId)>) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.call.phase = phase;
            entry.call.ring = seat.map(|(ring, _)| ring);
            entry.call.seat = seat.map(|(_, seat)| seat);
        }
    }
}
