//! What a change of a call's state means for those that it shares the house with: lines, queues and deadlines follow it, in
//! one place.

use super::{Call, CallState, Visit};
use crate::event::{CallEvent, CallPhase};
use crate::house::House;
use crate::ids::{RingId, TenantId};
use crate::lines::Holding;
use crate::queue::Place;
use crate::timer::Reason;

/// What lines, queues and deadlines must know of a state.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    phase: Option<CallPhase>,
    pub(super) waits_at: Option<Place>,
    /// Whose seats are to serve the caller.
    serving: Option<TenantId>,
    rung: Option<RingId>,
    chooses: bool,
    /// A hunt waits for a line of the tenant.
    pub(super) awaits_line: bool,
}

impl Standing {
    fn is_with_seat(self) -> bool {
        matches!(
            self.phase,
            Some(CallPhase::Ringing | CallPhase::Talking | CallPhase::Consulting | CallPhase::Conference)
        )
    }

    /// Whether no other fact says that this phase follows: those with third parties, and talk after one.
    fn is_known_by_its_phase(self, next: CallPhase) -> bool {
        let with_parties = |phase| {
            matches!(
                phase,
                CallPhase::Consulting
                    | CallPhase::Conference
                    | CallPhase::Transferred
                    | CallPhase::WithoutCaller
            )
        };
        with_parties(next) || (next == CallPhase::Talking && self.phase.is_some_and(with_parties))
    }

    /// With a seat of another tenant than the call's (R-Q8).
    fn is_elsewhere(self, tenant: TenantId) -> bool {
        self.is_with_seat() && self.serving != Some(tenant)
    }

    fn is_kept_waiting(self) -> bool {
        matches!(self.phase, Some(CallPhase::Waiting | CallPhase::Ringing))
    }
}

impl Call {
    pub(super) fn follow(&mut self, before: &CallState, house: &mut House) {
        self.follow_from(before.standing(&self.visit), house);
    }

    /// Lines, queue and deadlines follow the state, so that none can be forgotten on any way out of a phase.
    pub(super) fn follow_from(&mut self, before: Standing, house: &mut House) {
        if !self.visit.unheard.is_empty() {
            self.drop_unheard(house);
        }
        let after = self.state.standing(&self.visit);
        let Visit { call, tenant, holding, .. } = self.visit;
        if before.serving != after.serving {
            for (host, is_guest) in [(before.serving, false), (after.serving, true)] {
                if let Some(host) = host.filter(|host| *host != tenant) {
                    house.lines.set_guest(host, call, is_guest);
                }
            }
        }
        if before.is_elsewhere(tenant) != after.is_elsewhere(tenant) && holding == Holding::Line {
            house.lines.set_elsewhere(tenant, call, after.is_elsewhere(tenant));
        }
        if before.phase != after.phase {
            house.lines.move_call(tenant, call, holding, before.phase, after.phase);
            if let Some(phase) = after.phase
                && before.is_known_by_its_phase(phase)
            {
                house.out.state(CallEvent::CallPhaseChanged { call, phase });
            }
        }
        if before.waits_at != after.waits_at {
            if let Some(place) = before.waits_at {
                let for_another_tenant = after.waits_at.is_some() && before.serving != after.serving;
                house.queues.leave(call, place, for_another_tenant);
            }
            if let Some(place) = after.waits_at {
                house.queues.enter(call, place);
                if self.visit.may_go_on_overdue() {
                    house.queues.wait_too_long(call, place);
                }
            }
        }
        if before.awaits_line != after.awaits_line {
            house.lines.set_hunt(tenant, call, after.awaits_line);
        }
        if before.is_with_seat() && !after.is_with_seat() {
            house.queues.touch(tenant);
        }
        if before.rung != after.rung
            && let Some(ring) = before.rung
        {
            house.timers.cancel(Reason::RingOver(ring));
        }
        if before.chooses && !after.chooses {
            house.timers.cancel(Reason::ChoiceOver(call));
        }
        if before.phase == Some(CallPhase::Guidance) && after.phase != Some(CallPhase::Guidance) {
            house.timers.cancel(Reason::GuidanceDue(call));
        }
        if before.is_kept_waiting() && !after.is_kept_waiting() {
            self.visit.waits_since = None;
            house.timers.cancel(Reason::WaitTooLong(call));
        }
    }
}

impl CallState {
    pub(super) fn standing(&self, visit: &Visit) -> Standing {
        let (waits_at, rung) = match self {
            Self::Waiting(waiting) => (Some(waiting.place), None),
            Self::Ringing(ringing) => (None, Some(ringing.ring)),
            Self::Outbound(outbound) => (None, Some(outbound.ring())),
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Talking(_)
            | Self::Meeting(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => (None, None),
        };
        let serving = if matches!(self, Self::Ended) { None } else { Some(visit.serving) };
        Standing {
            phase: self.phase(),
            waits_at,
            serving,
            rung,
            chooses: matches!(self, Self::Choosing(_)),
            awaits_line: matches!(self, Self::Meeting(meeting) if meeting.awaits_line()),
        }
    }
}
