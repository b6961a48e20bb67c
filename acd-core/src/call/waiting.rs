//! In the queue, hearing the waiting message (R-Q1, R-G3).

use serde::{Deserialize, Serialize};

use super::ringing::Ringing;
use super::{Call, CallInput, CallState, Visit, unanswered};
use crate::effect::ReleaseCause;
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::limits::RINGS_PER_CALL_MAX;
use crate::queue::{Place, QueueKey};
use crate::timer::Reason;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) place: Place,
}

impl Call {
    /// What plays asks for the caller's place in the queue, which is told if there is an announcement for it (R-G3).
    pub(crate) fn say_place(&self, house: &mut House) {
        let (call, place) = match &self.state {
            CallState::Waiting(waiting) => (self.visit.call, waiting.place),
            // A seat is rung for the caller, who may be with it before the place has been told.
            CallState::Ringing(_) => return,
            CallState::Arriving(_)
            | CallState::Guidance(_)
            | CallState::Choosing(_)
            | CallState::Talking(_)
            | CallState::Meeting(_)
            | CallState::Outbound(_)
            | CallState::Closed(_)
            | CallState::Closing(_)
            | CallState::Ended => return self.visit.out_of_phase(house),
        };
        let Some(announcements) = &house.lines.room(self.visit.tenant).tenant.places else { return };
        let before = house.queues.before(call, place, announcements.places.len());
        let own = announcements.places.get(before).copied();
        let said = own.and_then(|_| u16::try_from(before + 1).ok());
        let Some(prompt) = own.or(announcements.beyond) else { return };
        house.out.state(CallEvent::PlaceSaid { call, place: said });
        self.visit.play_waiting_with(Some(prompt), house);
    }

    /// The place that the caller keeps while a seat is rung.
    pub(crate) const fn rung_at(&self) -> Option<Place> {
        match &self.state {
            CallState::Ringing(ringing) => Some(ringing.place),
            CallState::Arriving(_)
            | CallState::Guidance(_)
            | CallState::Choosing(_)
            | CallState::Waiting(_)
            | CallState::Talking(_)
            | CallState::Meeting(_)
            | CallState::Outbound(_)
            | CallState::Closed(_)
            | CallState::Closing(_)
            | CallState::Ended => None,
        }
    }
}

impl Visit {
    /// A wait begins, rings included (R-Q8).
    fn begin_wait(&mut self, house: &mut House) {
        self.waits_since = Some(house.now);
        self.watch_wait(house);
    }

    /// An alarm is raised if the wait lasts too long by the plan in force (R-Q8): by what is said for the tenant whose seats
    /// are to serve the caller, else for the caller's own.
    pub(crate) fn watch_wait(&self, house: &mut House) {
        let max_wait = |tenant| house.lines.room(tenant).tenant.max_wait;
        let max_wait = max_wait(self.serving).or_else(|| max_wait(self.tenant));
        match (self.waits_since, max_wait) {
            (Some(since), Some(max_wait)) => {
                house.timers.set(Reason::WaitTooLong(self.call), since + max_wait)
            }
            (None, _) | (_, None) => house.timers.cancel(Reason::WaitTooLong(self.call)),
        }
    }
}

impl Waiting {
    /// The caller enters the queue for the first time.
    pub(super) fn enter(visit: &mut Visit, house: &mut House) -> CallState {
        let place = Place { queue: visit.queue_at(visit.serving, house), since: house.now };
        visit.skill = visit.skill.or(place.queue.skill);
        visit.play_waiting(house);
        visit.begin_wait(house);
        Self::stand(place, false, visit, house)
    }

    /// The caller is back after a ring that nobody answered; the wait goes on (R-Q6).
    pub(super) fn go_on(place: Place, visit: &mut Visit, house: &mut House) -> CallState {
        if visit.rings >= RINGS_PER_CALL_MAX {
            return visit.release(Outcome::Failed, CallPhase::Ringing, ReleaseCause::Failed, house);
        }
        Self::stand(place, true, visit, house)
    }

    /// The caller is back after the seat was lost, with the instant kept, which puts the caller first (R-Q7).
    /// Who was with reception has then seen no adviser (R-A2).
    pub(super) fn come_back(place: Place, visit: &mut Visit, house: &mut House) -> CallState {
        visit.awaits_adviser |= visit.answered && is_receptions(place.queue, house);
        visit.play_waiting(house);
        visit.begin_wait(house);
        Self::stand(place, true, visit, house)
    }

    /// The caller goes over to another queue with the instant kept (R-S4).
    pub(super) fn go_over(place: Place, visit: &mut Visit, house: &mut House) -> CallState {
        visit.play_waiting(house);
        visit.begin_wait(house);
        Self::stand(place, false, visit, house)
    }

    /// The caller goes on to the queue of another tenant, and hears what played before (R-Q8).
    pub(super) fn go_elsewhere(place: Place, visit: &mut Visit, house: &mut House) -> CallState {
        visit.begin_wait(house);
        Self::stand(place, false, visit, house)
    }

    fn stand(place: Place, put_back: bool, visit: &Visit, house: &mut House) -> CallState {
        let Place { queue: QueueKey { tenant, skill }, since } = place;
        let Visit { call, awaits_adviser, .. } = *visit;
        house.out.state(CallEvent::CallerQueued { call, tenant, skill, since, put_back, awaits_adviser });
        CallState::Waiting(Self { place })
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::SeatFound(seat) => Ringing::enter(self.place, seat, visit, house),
            CallInput::LegEnded(end) => {
                let outcome = unanswered(end, Outcome::AbandonedInQueue);
                visit.end(outcome, CallPhase::Waiting, Some(end), house)
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::Connected
            | CallInput::GuidanceDue
            | CallInput::AnnouncementEnded
            | CallInput::AnnouncementFailed
            | CallInput::RingAnswered
            | CallInput::RingFailed(_)
            | CallInput::RingTimedOut
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_)
            | CallInput::SeatGone(_) => {
                visit.out_of_phase(house);
                CallState::Waiting(self)
            }
        }
    }
}

/// Whether those who answer this queue are receptionists: its tenant hands callers over, and to none of its skill (R-S4).
fn is_receptions(queue: QueueKey, house: &House) -> bool {
    let hands_over = !house.lines.room(queue.tenant).tenant.hand_over.is_empty();
    hands_over && queue.skill.is_some() && !is_advisers(queue, house)
}

/// Whether those who answer this queue are advisers: its tenant hands callers over to its skill. Who has spoken with one
/// has been advised, whoever is to be next (R-A2).
pub(super) fn is_advisers(QueueKey { tenant, skill }: QueueKey, house: &House) -> bool {
    skill.is_some_and(|skill| house.lines.room(tenant).tenant.hand_over.contains_key(&skill))
}
