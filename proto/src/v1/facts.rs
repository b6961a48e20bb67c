//! Facts as messages.

use std::fmt::Display;
use std::time::Duration;

use acd_core::{CallEvent, Timestamp};

use super::generated as v1;
use super::values::{call_command, caller, command_source, destination, dialled};
use v1::fact::Event;

/// A fact as the stream sends it: its place in the journal, its instant, its record, and what happened. A caller's
/// number is in it only if `with_numbers`.
pub fn fact(sequence: u64, time: Timestamp, record: u64, fact: &CallEvent, with_numbers: bool) -> v1::Fact {
    v1::Fact { sequence, time_ms: time.as_millis(), record, event: Some(event(fact, with_numbers)) }
}

fn event(fact: &CallEvent, with_numbers: bool) -> Event {
    match fact {
        CallEvent::PlanApplied { tenants, seats, by, who, lines_reported_on } => {
            Event::PlanApplied(v1::PlanApplied {
                tenants: *tenants,
                seats: *seats,
                by: v1::PlanSource::from(*by).into(),
                who: who.clone().unwrap_or_default(),
                lines_reported: lines_reported_on
                    .iter()
                    .map(|(tenant, day)| v1::LinesReported {
                        tenant: tenant.to_string(),
                        date: day.to_string(),
                    })
                    .collect(),
            })
        }
        CallEvent::NodeStarted => Event::NodeStarted(v1::NodeStarted {}),
        CallEvent::NodeOutage { from, to } => {
            Event::NodeOutage(v1::NodeOutage { from_time_ms: from.as_millis(), to_time_ms: to.as_millis() })
        }
        CallEvent::DrainStarted => Event::DrainStarted(v1::DrainStarted {}),
        CallEvent::NodeStopped => Event::NodeStopped(v1::NodeStopped {}),
        CallEvent::WallClockStepped { step_ms, skipped } => {
            Event::WallClockStepped(v1::WallClockStepped { step_ms: *step_ms, skipped_ms: millis(*skipped) })
        }
        CallEvent::JournalDegraded => Event::JournalDegraded(v1::JournalDegraded {}),
        CallEvent::JournalRestored => Event::JournalRestored(v1::JournalRestored {}),
        CallEvent::AlarmRaised { kind, tenant, call } => Event::AlarmRaised(v1::AlarmRaised {
            kind: v1::AlarmKind::from(*kind).into(),
            tenant: text(tenant.as_ref()),
            call: call.map(|call| call.0),
        }),
        CallEvent::TrunkLost { trunk, cause } => Event::TrunkLost(v1::TrunkLost {
            trunk: trunk.to_string(),
            cause: v1::TrunkLoss::from(*cause).into(),
        }),
        CallEvent::TrunkRestored { trunk } => {
            Event::TrunkRestored(v1::TrunkRestored { trunk: trunk.to_string() })
        }
        CallEvent::OverloadStarted => Event::OverloadStarted(v1::OverloadStarted {}),
        CallEvent::OverloadEnded { refused } => Event::OverloadEnded(v1::OverloadEnded { refused: *refused }),
        CallEvent::NoReachableSeatStarted { tenant } => {
            Event::NoReachableSeatStarted(v1::NoReachableSeatStarted { tenant: tenant.to_string() })
        }
        CallEvent::NoReachableSeatEnded { tenant } => {
            Event::NoReachableSeatEnded(v1::NoReachableSeatEnded { tenant: tenant.to_string() })
        }
        CallEvent::GuidanceCommanded { tenant, prompt, source, result } => {
            let (source, supervisor) = command_source(*source);
            Event::GuidanceCommanded(v1::GuidanceCommanded {
                tenant: tenant.to_string(),
                prompt: text(prompt.as_ref()),
                source,
                supervisor,
                result: v1::GuidanceCommandResult::from(*result).into(),
            })
        }
        CallEvent::CapacityChanged { tenant, capacity } => Event::CapacityChanged(v1::CapacityChanged {
            tenant: tenant.to_string(),
            capacity: capacity.map(Into::into),
        }),
        CallEvent::BlockageStarted { tenant, lines, lent } => Event::BlockageStarted(v1::BlockageStarted {
            tenant: tenant.to_string(),
            lines: Some((*lines).into()),
            lent: *lent,
        }),
        CallEvent::BlockageEnded { tenant } => {
            Event::BlockageEnded(v1::BlockageEnded { tenant: tenant.to_string() })
        }
        CallEvent::SeatLinesFullStarted { tenant, lines } => {
            Event::SeatLinesFullStarted(v1::SeatLinesFullStarted {
                tenant: tenant.to_string(),
                lines: Some((*lines).into()),
            })
        }
        CallEvent::SeatLinesFullEnded { tenant } => {
            Event::SeatLinesFullEnded(v1::SeatLinesFullEnded { tenant: tenant.to_string() })
        }
        CallEvent::StaffingShort { tenant, skill, wanted, staffed } => {
            Event::StaffingShort(v1::StaffingShort {
                tenant: tenant.to_string(),
                skill: text(skill.as_ref()),
                wanted: *wanted,
                staffed: *staffed,
            })
        }
        CallEvent::StaffingRestored { tenant, skill } => Event::StaffingRestored(v1::StaffingRestored {
            tenant: tenant.to_string(),
            skill: text(skill.as_ref()),
        }),
        CallEvent::CallAdmitted {
            call,
            tenant,
            trunk,
            dialled,
            caller: who,
            test,
            closed,
            lines_in_use,
            capacity,
        } => Event::CallAdmitted(v1::CallAdmitted {
            call: call.0,
            tenant: tenant.to_string(),
            trunk: trunk.to_string(),
            dialled: dialled.to_string(),
            caller: Some(caller(who, with_numbers)),
            test: *test,
            closed: *closed,
            lines_in_use: *lines_in_use,
            capacity: *capacity,
        }),
        CallEvent::CallRefused { call, tenant, trunk, dialled, caller: who, reason, test } => {
            Event::CallRefused(v1::CallRefused {
                call: call.0,
                tenant: text(tenant.as_ref()),
                trunk: trunk.to_string(),
                dialled: text(dialled.as_ref()),
                caller: Some(caller(who, with_numbers)),
                reason: v1::RefusalReason::from(*reason).into(),
                test: *test,
            })
        }
        CallEvent::CallerConnected { call } => Event::CallerConnected(v1::CallerConnected { call: call.0 }),
        CallEvent::GuidanceStarted { call } => Event::GuidanceStarted(v1::GuidanceStarted { call: call.0 }),
        CallEvent::GuidanceCompleted { call } => {
            Event::GuidanceCompleted(v1::GuidanceCompleted { call: call.0 })
        }
        CallEvent::GuidanceFailed { call } => Event::GuidanceFailed(v1::GuidanceFailed { call: call.0 }),
        CallEvent::CallerProgressFailed { call } => {
            Event::CallerProgressFailed(v1::CallerProgressFailed { call: call.0 })
        }
        CallEvent::AnnouncementFailed { leg, announcement } => {
            Event::AnnouncementFailed(v1::AnnouncementFailed {
                leg: Some((*leg).into()),
                announcement: v1::AnnouncementKind::from(*announcement).into(),
            })
        }
        CallEvent::RefusalFailed { call, end } => {
            Event::RefusalFailed(v1::RefusalFailed { call: call.0, end: v1::CallerLegEnd::from(*end).into() })
        }
        CallEvent::PlaceSaid { call, place } => {
            Event::PlaceSaid(v1::PlaceSaid { call: call.0, place: place.map_or(0, u32::from) })
        }
        CallEvent::ChoiceStarted { call } => Event::ChoiceStarted(v1::ChoiceStarted { call: call.0 }),
        CallEvent::ChoiceMade { call, key } => Event::ChoiceMade(v1::ChoiceMade {
            call: call.0,
            key: key.map_or_else(String::new, String::from),
        }),
        CallEvent::CallerQueued { call, tenant, skill, since, put_back, awaits_adviser } => {
            Event::CallerQueued(v1::CallerQueued {
                call: call.0,
                tenant: tenant.to_string(),
                skill: text(skill.as_ref()),
                since_time_ms: since.as_millis(),
                put_back: *put_back,
                awaits_adviser: *awaits_adviser,
            })
        }
        CallEvent::CallOverflowed { call, tenant, to, cause } => Event::CallOverflowed(v1::CallOverflowed {
            call: call.0,
            tenant: tenant.to_string(),
            to: to.to_string(),
            cause: v1::OverflowCause::from(*cause).into(),
        }),
        CallEvent::RingStarted { ring, seat } => {
            Event::RingStarted(v1::RingStarted { ring: Some((*ring).into()), seat: seat.to_string() })
        }
        CallEvent::RingEnded { ring, seat, end } => Event::RingEnded(v1::RingEnded {
            ring: Some((*ring).into()),
            seat: seat.to_string(),
            end: Some((*end).into()),
        }),
        CallEvent::CallAnswered { ring, seat } => {
            Event::CallAnswered(v1::CallAnswered { ring: Some((*ring).into()), seat: seat.to_string() })
        }
        CallEvent::TalkEnded { ring, seat, end } => Event::TalkEnded(v1::TalkEnded {
            ring: Some((*ring).into()),
            seat: seat.to_string(),
            end: Some((*end).into()),
        }),
        CallEvent::HoldStarted { leg } => Event::HoldStarted(v1::HoldStarted { leg: Some((*leg).into()) }),
        CallEvent::HoldEnded { leg } => Event::HoldEnded(v1::HoldEnded { leg: Some((*leg).into()) }),
        CallEvent::DigitPressed { leg, digit } => {
            Event::DigitPressed(v1::DigitPressed { leg: Some((*leg).into()), digit: digit.to_string() })
        }
        CallEvent::CallCommanded { call, command, source, result } => {
            let (source, supervisor) = command_source(*source);
            Event::CallCommanded(v1::CallCommanded {
                call: call.0,
                source,
                supervisor,
                result: v1::CallCommandResult::from(*result).into(),
                ..call_command(*command, with_numbers)
            })
        }
        CallEvent::PartyDialled { party, tenant, destination: whom, number, takes_line } => {
            Event::PartyDialled(v1::PartyDialled {
                party: Some((*party).into()),
                tenant: tenant.to_string(),
                destination: Some(destination(*whom, with_numbers)),
                number: Some(dialled(*number, with_numbers)),
                takes_line: *takes_line,
            })
        }
        CallEvent::SupervisorRung { party, supervisor, seat } => Event::SupervisorRung(v1::SupervisorRung {
            party: Some((*party).into()),
            supervisor: supervisor.to_string(),
            seat: seat.to_string(),
        }),
        CallEvent::PartyAnswered { party, company } => Event::PartyAnswered(v1::PartyAnswered {
            party: Some((*party).into()),
            company: v1::Company::from(*company).into(),
        }),
        CallEvent::PartyMoved { party, company } => Event::PartyMoved(v1::PartyMoved {
            party: Some((*party).into()),
            company: v1::Company::from(*company).into(),
        }),
        CallEvent::PartyEnded { party, end } => {
            Event::PartyEnded(v1::PartyEnded { party: Some((*party).into()), end: Some((*end).into()) })
        }
        CallEvent::PartyLineFreed { party, tenant } => Event::PartyLineFreed(v1::PartyLineFreed {
            party: Some((*party).into()),
            tenant: tenant.to_string(),
        }),
        CallEvent::DestinationUnreached { call, destination: whom } => {
            Event::DestinationUnreached(v1::DestinationUnreached {
                call: call.0,
                destination: Some(destination(*whom, with_numbers)),
            })
        }
        CallEvent::CallPhaseChanged { call, phase } => Event::CallPhaseChanged(v1::CallPhaseChanged {
            call: call.0,
            phase: v1::CallPhase::from(*phase).into(),
        }),
        CallEvent::CallerLeft { call, end } => {
            Event::CallerLeft(v1::CallerLeft { call: call.0, end: v1::CallerLegEnd::from(*end).into() })
        }
        CallEvent::HeadquartersDialled { call, destination, line, consent_filed_on } => {
            Event::HeadquartersDialled(v1::HeadquartersDialled {
                call: call.0,
                destination: destination.to_string(),
                line: v1::LineKind::from(*line).into(),
                consent_filed_on: text(consent_filed_on.as_ref()),
            })
        }
        CallEvent::NumberShown { call, seat } => {
            Event::NumberShown(v1::NumberShown { call: call.0, seat: seat.to_string() })
        }
        CallEvent::ConditionChecked { call, condition, holds } => {
            Event::ConditionChecked(v1::ConditionChecked {
                call: call.0,
                condition: v1::LocateCondition::from(*condition).into(),
                holds: *holds,
            })
        }
        CallEvent::OutboundStarted { call, tenant, seat, about } => {
            Event::OutboundStarted(v1::OutboundStarted {
                call: call.0,
                tenant: tenant.to_string(),
                seat: seat.to_string(),
                about: about.map(|about| about.0),
            })
        }
        CallEvent::OutboundEnded { call, tenant, reached } => Event::OutboundEnded(v1::OutboundEnded {
            call: call.0,
            tenant: tenant.to_string(),
            reached: *reached,
        }),
        CallEvent::OutboundCommanded { call, seat, tenant, destination: whom, source, result } => {
            let (source, supervisor) = command_source(*source);
            Event::OutboundCommanded(v1::OutboundCommanded {
                call: call.0,
                seat: seat.to_string(),
                tenant: tenant.to_string(),
                destination: Some(destination(*whom, with_numbers)),
                source,
                supervisor,
                result: v1::CallCommandResult::from(*result).into(),
            })
        }
        CallEvent::CallEnded { call, tenant, outcome, phase, end } => Event::CallEnded(v1::CallEnded {
            call: call.0,
            tenant: tenant.to_string(),
            outcome: v1::Outcome::from(*outcome).into(),
            phase: v1::CallPhase::from(*phase).into(),
            end: end.map_or(v1::CallerLegEnd::Unspecified, Into::into).into(),
        }),
        CallEvent::SeatStateChanged { seat, from, to } => Event::SeatStateChanged(v1::SeatStateChanged {
            seat: seat.to_string(),
            from: Some((*from).into()),
            to: Some((*to).into()),
        }),
        CallEvent::SeatRegistered { seat } => {
            Event::SeatRegistered(v1::SeatRegistered { seat: seat.to_string() })
        }
        CallEvent::SeatUnregistered { seat, loss } => Event::SeatUnregistered(v1::SeatUnregistered {
            seat: seat.to_string(),
            loss: v1::SeatLoss::from(*loss).into(),
        }),
        CallEvent::SeatCommanded { seat, command, source, result } => {
            let (source, supervisor) = command_source(*source);
            Event::SeatCommanded(v1::SeatCommanded {
                seat: seat.to_string(),
                command: Some((*command).into()),
                source,
                supervisor,
                result: v1::SeatCommandResult::from(*result).into(),
            })
        }
        CallEvent::RecordingStarted { call, file } => {
            Event::RecordingStarted(v1::RecordingStarted { call: call.0, file: file.clone() })
        }
        CallEvent::RecordingOff { call } => Event::RecordingOff(v1::RecordingOff { call: call.0 }),
        CallEvent::RecordingFailed { call, failure } => Event::RecordingFailed(v1::RecordingFailed {
            call: call.0,
            failure: v1::RecordingFailure::from(*failure).into(),
        }),
        CallEvent::RecordingEnded { call, recorded, gaps } => Event::RecordingEnded(v1::RecordingEnded {
            call: call.0,
            recorded_ms: millis(*recorded),
            gaps_ms: millis(*gaps),
        }),
        CallEvent::LegMeasured { leg, quality } => {
            Event::LegMeasured(v1::LegMeasured { leg: Some((*leg).into()), quality: Some((*quality).into()) })
        }
        CallEvent::InputUnexpected { input, call } => Event::InputUnexpected(v1::InputUnexpected {
            input: v1::UnexpectedInput::from(*input).into(),
            call: call.map(|call| call.0),
        }),
    }
}

/// A name; empty for none, as protobuf has it.
fn text(name: Option<&impl Display>) -> String {
    name.map_or_else(String::new, ToString::to_string)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
