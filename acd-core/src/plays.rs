//! Which playout each leg hears, by its number. The end of one that has been replaced may be under way when the order to
//! replace it is given, and must not be taken for the end of what plays now (R-G1, R-G4).

use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::call::{CallInput, PartyInput};
use crate::effect::{Announcement, Effect};
use crate::event::{AnnouncementKind, CallEvent, UnexpectedInput};
use crate::house::House;
use crate::ids::{CallId, LegId, PlayId};
use crate::switch::Switch;

/// The playouts of all calls.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Plays {
    by_call: BTreeMap<CallId, PlaysOfCall>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct PlaysOfCall {
    /// How many there have been.
    given: u32,
    #[serde(with = "crate::snapshot::pairs")]
    present: BTreeMap<LegId, PlayId>,
}

/// What a number stands for at a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// What plays now.
    Present,
    /// What has been replaced or stopped.
    Past,
    /// Nothing: it was never given.
    Never,
}

impl Plays {
    fn next(&mut self, leg: LegId) -> PlayId {
        let of_call = self.by_call.entry(leg.call()).or_default();
        of_call.given += 1;
        let play = PlayId(of_call.given);
        of_call.present.insert(leg, play);
        play
    }

    /// What a number stands for. Without one: what plays now, as in what was written before playouts had numbers.
    pub(crate) fn which(&self, leg: LegId, play: Option<PlayId>) -> Which {
        let Some(play) = play else { return Which::Present };
        let of_call = self.by_call.get(&leg.call());
        match of_call.filter(|it| (1..=it.given).contains(&play.0)) {
            Some(of_call) if of_call.present.get(&leg) == Some(&play) => Which::Present,
            Some(_) => Which::Past,
            None => Which::Never,
        }
    }

    /// Nothing plays to the leg any more.
    pub(crate) fn over(&mut self, leg: LegId) {
        if let Some(of_call) = self.by_call.get_mut(&leg.call()) {
            of_call.present.remove(&leg);
        }
    }

    /// The call has ended.
    pub(crate) fn forget(&mut self, call: CallId) {
        self.by_call.remove(&call);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_call.is_empty()
    }
}

impl House {
    pub(crate) fn play(&mut self, leg: LegId, announcement: Announcement) {
        let play = self.plays.next(leg);
        self.out.order(Effect::Play { leg, play, announcement });
    }

    pub(crate) fn stop_playing(&mut self, leg: LegId) {
        self.plays.over(leg);
        self.out.order(Effect::StopPlaying { leg });
    }
}

impl Switch {
    /// Whether an outcome is that of what plays to the leg now. A number that was never given is stated; one of the past
    /// crossed the order that ended its playout, and is nobody's any more.
    fn is_of_present(&mut self, leg: LegId, play: Option<PlayId>) -> bool {
        match self.house.plays.which(leg, play) {
            Which::Present => true,
            Which::Past => false,
            Which::Never => {
                let call = leg.call();
                let is_alive =
                    self.calls.contains_key(&call) || self.house.outstanding.announced.contains_key(&call);
                let kind = if is_alive { UnexpectedInput::OutOfPhase } else { UnexpectedInput::CallUnknown };
                self.house.unexpected(kind, Some(call));
                false
            }
        }
    }

    pub(crate) fn announcement_ended(&mut self, leg: LegId, play: Option<PlayId>) {
        let LegId::Caller(call) = leg else {
            // Nothing is ever played to a seat, and what is played to a party has no end.
            return self.house.unexpected(UnexpectedInput::OutOfPhase, Some(leg.call()));
        };
        if self.is_of_present(leg, play) && !self.end_busy_announcement(call) {
            self.tell_call(call, CallInput::AnnouncementEnded);
        }
    }

    pub(crate) fn place_asked(&mut self, call: CallId, play: PlayId) {
        if !self.is_of_present(LegId::Caller(call), Some(play)) {
            return;
        }
        if let Some(call) = self.calls.get(&call) {
            call.say_place(&mut self.house);
        } else {
            // A refused call hears something else.
            self.house.unexpected(UnexpectedInput::OutOfPhase, Some(call));
        }
    }

    pub(crate) fn announcement_failed(&mut self, leg: LegId, play: Option<PlayId>) {
        if let LegId::Seat(ring) = leg {
            return self.house.unexpected(UnexpectedInput::OutOfPhase, Some(ring.call));
        }
        if !self.is_of_present(leg, play) {
            return;
        }
        let call = self.calls.get_mut(&leg.call());
        if call.is_some_and(|call| call.cannot_hear(leg, &mut self.house)) {
            return;
        }
        match leg {
            LegId::Caller(call) if self.end_busy_announcement(call) => {
                let announcement = AnnouncementKind::Busy;
                self.house.out.state(CallEvent::AnnouncementFailed { leg, announcement });
            }
            LegId::Caller(call) => self.tell_call(call, CallInput::AnnouncementFailed),
            LegId::Seat(_) => {}
            LegId::Party(party) => self.tell_party(party, PartyInput::CannotHear),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PartyId;

    const CALL: CallId = CallId(7);
    const CALLER: LegId = LegId::Caller(CALL);
    const PARTY: LegId = LegId::Party(PartyId { call: CALL, attempt: 1 });

    #[test]
    fn only_the_last_number_of_a_leg_is_of_what_plays() {
        let mut plays = Plays::default();
        let first = plays.next(CALLER);
        let of_party = plays.next(PARTY);
        let second = plays.next(CALLER);
        assert_eq!(plays.which(CALLER, Some(first)), Which::Past);
        assert_eq!(plays.which(CALLER, Some(of_party)), Which::Past, "another leg's");
        assert_eq!(plays.which(CALLER, Some(second)), Which::Present);
        assert_eq!(plays.which(PARTY, Some(of_party)), Which::Present);
        assert_eq!(plays.which(CALLER, Some(PlayId(second.0 + 1))), Which::Never);
        assert_eq!(plays.which(CALLER, Some(PlayId(0))), Which::Never);
        assert_eq!(plays.which(CALLER, None), Which::Present);
    }

    #[test]
    fn what_is_over_is_past_and_a_call_that_has_ended_is_forgotten() {
        let mut plays = Plays::default();
        let play = plays.next(CALLER);
        plays.over(CALLER);
        assert_eq!(plays.which(CALLER, Some(play)), Which::Past);
        assert!(!plays.is_empty());
        plays.forget(CALL);
        assert!(plays.is_empty());
        assert_eq!(plays.which(CALLER, Some(play)), Which::Never);
    }
}
