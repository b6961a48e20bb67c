//! Whom a plan would strand, said before it is applied. Nothing is cut by a plan: calls keep their lines, callers their
//! place, agents their log-in (R-L3, R-Q1, R-S2). But a caller may be left with nobody to answer, and what the plan no
//! longer has ends with the calls that use it.

use alloc::vec::Vec;
use core::fmt;

use crate::event::{CallPhase, SeatState};
use crate::ids::{CallId, SeatId, SkillId, TenantId};
use crate::input::{Input, PlanSource};
use crate::plan::Plan;
use crate::queue::QueueKey;
use crate::switch::Switch;

/// Something in progress that a plan would take the ground from. `Display` says it in a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stranding {
    /// The plan has no such tenant, which has calls in progress: they are served to their end by the seats that served
    /// it, and nobody else can call it.
    TenantGone {
        /// Which tenant.
        tenant: TenantId,
        /// How many calls.
        calls: usize,
    },
    /// A caller who is not with a seat would have no seat that may answer, or none of which an agent is logged in.
    CallerUnserved {
        /// The call.
        call: CallId,
        /// Whose.
        tenant: TenantId,
        /// The skill that the caller waits for.
        skill: Option<SkillId>,
        /// Whether a seat would be there, with nobody logged in.
        nobody_logged_in: bool,
    },
    /// A caller outside hours, whom another tenant was to serve, would hear that we are closed.
    OverflowGone {
        /// The call.
        call: CallId,
        /// Whose.
        tenant: TenantId,
    },
    /// The plan has no such seat, which is with a call, its own or another seat's as a supervisor (R-S5): it ends with the
    /// call, and a supervisor can command no more.
    SeatGone {
        /// The seat.
        seat: SeatId,
        /// With which call.
        call: CallId,
    },
    /// An agent who is logged in would not be any more.
    LogInLost {
        /// At which seat.
        seat: SeatId,
    },
    /// A seat that can be rung could not be any more until its phone registers.
    ContactLost {
        /// Which seat.
        seat: SeatId,
    },
}

/// Who may serve a queue.
#[derive(Clone, Copy, Default)]
struct Servers {
    seats: usize,
    logged_in: usize,
}

impl Switch {
    /// Whom the plan would strand if it were applied now; nothing is changed. Costs a copy of the switch.
    #[must_use]
    pub fn would_strand(&self, plan: &Plan) -> Vec<Stranding> {
        let mut after = self.clone();
        let applied = Input::PlanApplied { plan: plan.clone().into(), by: PlanSource::Api, who: None };
        after.handle(after.house.now, applied);
        while after.poll_event().is_some() || after.poll_effect().is_some() {}

        let mut found = Vec::new();
        for tenant in self.house.lines.ids() {
            let room = self.house.lines.room(tenant);
            if room.in_plan && room.has_calls() && !plan.tenants.contains_key(&tenant) {
                found.push(Stranding::TenantGone { tenant, calls: room.calls_len() + room.guests_len() });
            }
        }
        found.extend(self.calls.keys().filter_map(|call| self.unserved(call, &after)));
        found.extend(self.house.seats.keys().filter_map(|seat| self.seat_stranded(*seat, &after)));
        found
    }

    fn unserved(&self, id: CallId, after: &Self) -> Option<Stranding> {
        let was = self.servers(self.queue_ahead(id)?);
        let Some(queue) = after.queue_ahead(id) else {
            let tenant = self.calls.get(id)?.visit.tenant;
            return Some(Stranding::OverflowGone { call: id, tenant });
        };
        let (will_be, QueueKey { tenant, skill }) = (after.servers(queue), queue);
        let unserved =
            |nobody_logged_in| Stranding::CallerUnserved { call: id, tenant, skill, nobody_logged_in };
        if was.seats > 0 && will_be.seats == 0 {
            return Some(unserved(false));
        }
        (was.logged_in > 0 && will_be.logged_in == 0).then(|| unserved(true))
    }

    /// The queue in which a caller without a seat waits, or will.
    fn queue_ahead(&self, id: CallId) -> Option<QueueKey> {
        let call = self.calls.get(id)?;
        match call.phase()? {
            CallPhase::Waiting | CallPhase::Ringing => call.place().map(|place| place.queue),
            CallPhase::Arriving | CallPhase::Guidance => call.visit.queue_ahead(&self.house),
            CallPhase::Talking
            | CallPhase::Consulting
            | CallPhase::Conference
            | CallPhase::Transferred
            | CallPhase::WithoutCaller
            | CallPhase::Outbound
            | CallPhase::Closed
            | CallPhase::Closing => None,
        }
    }

    fn servers(&self, queue: QueueKey) -> Servers {
        let serves = self.house.seats.values().filter(|seat| {
            seat.in_plan
                && seat.settings.serves.contains_key(&queue.tenant)
                && queue.skill.is_none_or(|skill| seat.settings.skills.contains(&skill))
        });
        serves.fold(Servers::default(), |Servers { seats, logged_in }, seat| Servers {
            seats: seats + 1,
            logged_in: logged_in + usize::from(seat.state() != SeatState::LoggedOut),
        })
    }

    fn seat_stranded(&self, id: SeatId, after: &Self) -> Option<Stranding> {
        let before = self.house.seats.get(&id).filter(|seat| seat.in_plan)?;
        let later = after.house.seats.get(&id).filter(|seat| seat.in_plan);
        if let Some(ring) = before.busy_ring() {
            return later.is_none().then_some(Stranding::SeatGone { seat: id, call: ring.call });
        }
        if later.is_none()
            && let Some(party) = self.house.supervising.get(&id)
        {
            return Some(Stranding::SeatGone { seat: id, call: party.call });
        }
        if before.state() == SeatState::LoggedOut {
            return None;
        }
        let Some(later) = later else { return Some(Stranding::LogInLost { seat: id }) };
        // Who has asked to be logged out after wrap-up loses nothing by an earlier end of it.
        if later.state() == SeatState::LoggedOut && !before.is_to_log_out() {
            return Some(Stranding::LogInLost { seat: id });
        }
        // A seat that waits for its retry is as unreachable without the plan.
        let loses_contact = before.is_reachable() && !later.is_reachable();
        loses_contact.then_some(Stranding::ContactLost { seat: id })
    }
}

impl fmt::Display for Stranding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TenantGone { tenant, calls } => {
                write!(f, "tenant {tenant} would be gone with {calls} calls in progress")
            }
            Self::CallerUnserved { call, tenant, skill, nobody_logged_in } => {
                write!(f, "call {call} of {tenant}")?;
                if let Some(skill) = skill {
                    write!(f, " for {skill}")?;
                }
                f.write_str(if *nobody_logged_in {
                    " would wait for seats where nobody is logged in"
                } else {
                    " would wait with no seat that may answer"
                })
            }
            Self::OverflowGone { call, tenant } => {
                write!(f, "call {call} of {tenant} would hear the closed announcement instead of going on")
            }
            Self::SeatGone { seat, call } => {
                write!(f, "seat {seat} would be gone while it is with call {call}")
            }
            Self::LogInLost { seat } => write!(f, "seat {seat} would lose its log-in"),
            Self::ContactLost { seat } => {
                write!(f, "seat {seat} could not be rung until its phone registers")
            }
        }
    }
}
