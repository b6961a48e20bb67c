//! From facts to the board.

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, LegId, RingEnd, TalkEnd, Timestamp,
};

use super::{Board, LiveCall};
use crate::Fold;
use crate::accounting::ClockStep;
use crate::limits::CLOCK_STEPS_MAX;

impl Fold for Board {
    fn apply(&mut self, time: Timestamp, seq: u64, event: &CallEvent) {
        self.time_passed(time);
        self.last = Some((time, seq));
        match event {
            CallEvent::PlanApplied { seats, .. } => self.seats_planned = *seats,
            // A life ended: whoever was logged in must log in anew, and no line is in use any more.
            CallEvent::NodeOutage { .. } | CallEvent::NodeStopped => {
                self.seats.clear();
                self.dialled_lines.clear();
                self.outbound.clear();
                for tenant in self.tenants.values_mut() {
                    tenant.blocked_since = None;
                    tenant.seat_lines_full_since = None;
                }
            }
            CallEvent::CapacityChanged { tenant, capacity } => {
                self.tenants.entry(*tenant).or_default().capacity = *capacity;
            }
            CallEvent::BlockageStarted { tenant, .. } => {
                self.tenants.entry(*tenant).or_default().blocked_since = Some(time);
            }
            CallEvent::BlockageEnded { tenant } => {
                self.tenants.entry(*tenant).or_default().blocked_since = None;
            }
            CallEvent::SeatLinesFullStarted { tenant, .. } => {
                self.tenants.entry(*tenant).or_default().seat_lines_full_since = Some(time);
            }
            CallEvent::SeatLinesFullEnded { tenant } => {
                self.tenants.entry(*tenant).or_default().seat_lines_full_since = None;
            }
            CallEvent::CallAdmitted { .. } => self.admit(time, event),
            CallEvent::CallRefused { test: true, .. } => {}
            CallEvent::CallRefused { tenant, reason, .. } => {
                *self.refused.entry(*reason).or_insert(0) += 1;
                if let Some(tenant) = tenant {
                    *self.tenants.entry(*tenant).or_default().refused.entry(*reason).or_insert(0) += 1;
                }
            }
            CallEvent::GuidanceStarted { call } | CallEvent::ChoiceStarted { call } => {
                self.move_call(*call, CallPhase::Guidance)
            }
            CallEvent::CallerQueued { call, since, .. } => {
                let since = self.by_the_clock_now(*since);
                self.move_call(*call, CallPhase::Waiting);
                if let Some(live) = self.live.get_mut(call) {
                    live.waits_since = Some(since);
                }
            }
            CallEvent::RingStarted { ring, .. } => self.move_call(ring.call, CallPhase::Ringing),
            CallEvent::RingEnded { ring, end, .. } => match end {
                // `CallAnswered` says the rest.
                RingEnd::Answered => {}
                RingEnd::CallerGone => self.leave_queue(ring.call, CallPhase::Closing),
                RingEnd::Failed(_) | RingEnd::TimedOut | RingEnd::SeatLost => {
                    self.move_call(ring.call, CallPhase::Waiting);
                }
            },
            CallEvent::CallAnswered { ring, .. } => {
                self.leave_queue(ring.call, CallPhase::Talking);
                self.hold(ring.call, false);
            }
            CallEvent::HoldStarted { leg: LegId::Seat(ring) } => self.hold(ring.call, true),
            CallEvent::HoldEnded { leg: LegId::Seat(ring) } => self.hold(ring.call, false),
            CallEvent::OutboundStarted { call, tenant, .. } => {
                self.outbound.insert(*call, (*tenant, false));
            }
            CallEvent::OutboundEnded { call, .. } => {
                self.outbound.remove(call);
            }
            CallEvent::TalkEnded { ring, end, .. } => match end {
                // The caller is put back or handed over, which `CallerQueued` says.
                TalkEnd::SeatLost(_) | TalkEnd::HandedOver => {}
                // The others go on, which `CallPhaseChanged` says where it is not so already.
                TalkEnd::Transferred => {}
                TalkEnd::CallerEnded
                | TalkEnd::SeatEnded
                | TalkEnd::PartyEnded
                | TalkEnd::Commanded
                | TalkEnd::NodeOutage => {
                    self.leave_queue(ring.call, CallPhase::Closing);
                }
            },
            CallEvent::CallPhaseChanged { call, phase } => self.move_call(*call, *phase),
            // Whoever is released while others go on holds the line until that is done.
            CallEvent::CallerLeft { call, .. } => {
                if let Some(live) = self.live.get_mut(call) {
                    live.holds_line = false;
                }
            }
            CallEvent::PartyDialled { party, tenant, takes_line: true, .. } => {
                self.dialled_lines.insert(*party, *tenant);
            }
            CallEvent::PartyLineFreed { party, .. } => {
                self.dialled_lines.remove(party);
            }
            CallEvent::CallCommanded {
                call,
                command: CallCommand::HangUp,
                result: CallCommandResult::Done,
                source: _,
            } => self.leave_queue(*call, CallPhase::Closing),
            CallEvent::CallEnded { call, outcome, .. } => {
                let Some(live) = self.live.remove(call) else { return };
                if live.offered && Some(live.admitted_on) == self.today {
                    *self.tenants.entry(live.tenant).or_default().outcomes.entry(*outcome).or_insert(0) += 1;
                }
            }
            CallEvent::SeatStateChanged { seat, to, .. } => {
                self.seats.insert(*seat, *to);
            }
            CallEvent::WallClockStepped { step_ms, skipped } => {
                self.step_clock(ClockStep { at: time, step_ms: *step_ms, skipped: *skipped });
            }
            CallEvent::NodeStarted
            | CallEvent::DrainStarted
            | CallEvent::TrunkLost { .. }
            | CallEvent::TrunkRestored { .. }
            | CallEvent::OverloadStarted
            | CallEvent::OverloadEnded { .. }
            | CallEvent::NoReachableSeatStarted { .. }
            | CallEvent::NoReachableSeatEnded { .. }
            | CallEvent::StaffingShort { .. }
            | CallEvent::StaffingRestored { .. }
            | CallEvent::GuidanceCommanded { .. }
            | CallEvent::JournalDegraded
            | CallEvent::JournalRestored
            | CallEvent::AlarmRaised { .. }
            | CallEvent::CallerConnected { .. }
            | CallEvent::CallOverflowed { .. }
            | CallEvent::ChoiceMade { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::GuidanceCompleted { .. }
            | CallEvent::GuidanceFailed { .. }
            | CallEvent::CallerProgressFailed { .. }
            | CallEvent::AnnouncementFailed { .. }
            | CallEvent::RefusalFailed { .. }
            | CallEvent::HoldStarted { leg: LegId::Caller(_) | LegId::Party(_) }
            | CallEvent::HoldEnded { leg: LegId::Caller(_) | LegId::Party(_) }
            | CallEvent::DigitPressed { .. }
            | CallEvent::PartyDialled { takes_line: false, .. }
            | CallEvent::SupervisorRung { .. }
            | CallEvent::PartyAnswered { .. }
            | CallEvent::PartyMoved { .. }
            | CallEvent::PartyEnded { .. }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::CallCommanded { .. }
            | CallEvent::RecordingStarted { .. }
            | CallEvent::RecordingOff { .. }
            | CallEvent::RecordingFailed { .. }
            | CallEvent::RecordingEnded { .. }
            | CallEvent::LegMeasured { .. }
            | CallEvent::InputUnexpected { .. } => {}
        }
    }
}

impl Board {
    /// Yesterday's calls leave the board's counts at midnight; those in progress stay on it. Every fact says what time it
    /// is; in a quiet night somebody else must.
    pub fn time_passed(&mut self, time: Timestamp) {
        let date = time.civil(self.utc_offset_minutes).date;
        if self.today == Some(date) {
            return;
        }
        self.today = Some(date);
        self.refused.clear();
        for tenant in self.tenants.values_mut() {
            tenant.offered = 0;
            tenant.closed = 0;
            tenant.outcomes.clear();
            tenant.refused.clear();
        }
    }

    /// Who waits and what is blocked began later by the new clock than by the old, by as much as was skipped.
    fn step_clock(&mut self, step: ClockStep) {
        let tenants = self.tenants.values_mut();
        let states = tenants.flat_map(|it| [&mut it.blocked_since, &mut it.seat_lines_full_since]);
        let waits = self.live.values_mut().map(|it| &mut it.waits_since);
        for since in states.chain(waits).flatten() {
            *since = *since + step.skipped;
        }
        if self.live.is_empty() {
            self.clock_steps.clear();
        }
        if self.clock_steps.len() < CLOCK_STEPS_MAX {
            self.clock_steps.push(step);
        }
    }

    /// A stamp that may be older than steps of the clock.
    fn by_the_clock_now(&self, stamp: Timestamp) -> Timestamp {
        let later = self.clock_steps.iter().filter(|step| step.at > stamp);
        stamp + later.map(|step| step.skipped).sum()
    }

    fn admit(&mut self, time: Timestamp, event: &CallEvent) {
        let CallEvent::CallAdmitted { call, tenant, dialled, test, closed, .. } = event else { return };
        let offered = !test && !closed;
        let board = self.tenants.entry(*tenant).or_default();
        if offered {
            board.offered += 1;
        }
        if *closed && !test {
            board.closed += 1;
        }
        self.live.insert(
            *call,
            LiveCall {
                tenant: *tenant,
                dialled: *dialled,
                on_hold: false,
                phase: if *closed { CallPhase::Closed } else { CallPhase::Arriving },
                waits_since: None,
                admitted_on: time.civil(self.utc_offset_minutes).date,
                offered,
                holds_line: true,
            },
        );
    }

    fn hold(&mut self, call: CallId, to: bool) {
        if let Some(live) = self.live.get_mut(&call) {
            live.on_hold = to;
        } else if let Some((_, on_hold)) = self.outbound.get_mut(&call) {
            *on_hold = to;
        }
    }

    fn move_call(&mut self, call: CallId, phase: CallPhase) {
        if let Some(live) = self.live.get_mut(&call) {
            live.phase = phase;
        }
    }

    fn leave_queue(&mut self, call: CallId, phase: CallPhase) {
        if let Some(live) = self.live.get_mut(&call) {
            live.phase = phase;
            live.waits_since = None;
        }
    }
}
