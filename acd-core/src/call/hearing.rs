//! Who hears what has no end, and what follows when it cannot be played: that is a fact, and the next try comes when the
//! waiting message would be due again, so that nobody is left in silence for as long as the wait or the hold lasts (R-G3).

use super::{Call, CallState, Visit};
use crate::effect::Announcement;
use crate::event::{AnnouncementKind, CallEvent};
use crate::house::House;
use crate::ids::LegId;
use crate::timer::Reason;

impl Call {
    /// What plays to a leg of the call cannot be heard. Whether it was something without an end whose failure had not
    /// been stated: whatever has an end is a step of its phase, and only the first failure of a try is one.
    pub(crate) fn cannot_hear(&mut self, leg: LegId, house: &mut House) -> bool {
        let Some(announcement) = self.state.endless(leg, &self.visit) else { return false };
        if !self.visit.unheard.insert((leg, announcement)) {
            return false;
        }
        house.out.state(CallEvent::AnnouncementFailed { leg, announcement });
        let again = house.lines.room(self.visit.tenant).tenant.waiting.message_every;
        house.timers.set(Reason::PlayAgain(leg), house.now + again);
        true
    }

    /// What could not be played to a leg is tried again.
    pub(crate) fn play_again(&mut self, leg: LegId, house: &mut House) {
        let Some(announcement) = self.state.endless(leg, &self.visit) else { return };
        if !self.visit.unheard.remove(&(leg, announcement)) {
            return;
        }
        if announcement == AnnouncementKind::Waiting {
            self.visit.play_waiting(house);
        } else {
            self.visit.play_music(leg, house);
        }
    }

    /// Forgets what would not be heard any more, or has been replaced by something else.
    pub(super) fn drop_unheard(&mut self, house: &mut House) {
        let (state, visit) = (&self.state, &self.visit);
        let over: alloc::vec::Vec<_> = visit
            .unheard
            .iter()
            .filter(|(leg, announcement)| state.endless(*leg, visit) != Some(*announcement))
            .copied()
            .collect();
        for unheard in over {
            house.timers.cancel(Reason::PlayAgain(unheard.0));
            self.visit.unheard.remove(&unheard);
        }
    }
}

impl CallState {
    /// What a leg hears that has no end: the caller who waits, whoever is on hold or alone.
    fn endless(&self, leg: LegId, visit: &Visit) -> Option<AnnouncementKind> {
        let is_caller = leg == visit.caller_leg();
        match self {
            Self::Waiting(_) | Self::Ringing(_) => is_caller.then_some(AnnouncementKind::Waiting),
            Self::Talking(talking) => (is_caller && talking.is_on_hold()).then_some(AnnouncementKind::Music),
            Self::Meeting(meeting) => meeting.hears_music(leg, visit).then_some(AnnouncementKind::Music),
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Outbound(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => None,
        }
    }
}

impl Visit {
    /// What whoever is on hold or alone hears, if the plan has music for it (R-T1).
    pub(super) fn play_music(&self, leg: LegId, house: &mut House) {
        if let Some(music) = house.lines.room(self.tenant).tenant.hold_music {
            house.play(leg, Announcement::Loop(music));
        }
    }

    /// What was to be heard once cannot be; what follows is the phase's.
    pub(super) fn state_unheard(&self, announcement: AnnouncementKind, house: &mut House) {
        let leg = self.caller_leg();
        house.out.state(CallEvent::AnnouncementFailed { leg, announcement });
    }
}
