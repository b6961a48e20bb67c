//! Which playout each leg hears, by its number. The end of one that has been replaced may be under way when the order to
//! replace it is given, and must not be taken for the end of what plays now (R-G1, R-G4): it is absorbed once, and a
//! second one is an unexpected input.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::by_call::ByCall;
use crate::call::{CallInput, PartyInput};
use crate::effect::{Announcement, Effect};
use crate::event::{AnnouncementKind, CallEvent, UnexpectedInput};
use crate::house::House;
use crate::ids::{CallId, LegId, PlayId};
use crate::limits::PLAYS_OWED_MAX;
use crate::switch::Switch;

/// The playouts of all calls.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Plays {
    by_call: ByCall<PlaysOfCall>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct PlaysOfCall {
    /// How many there have been.
    given: u32,
    /// What plays to the caller.
    caller: Option<Playing>,
    /// What plays to third parties; mostly there are none.
    parties: Vec<(LegId, Playing)>,
    /// Replaced or stopped before their outcomes were told, which may be under way.
    owed: Owed,
}

/// What plays, until its outcome is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Playing {
    play: PlayId,
    has_end: bool,
}

/// Playouts of a call whose outcome may still come, without an allocation: every caller who talks with a seat has one, the
/// waiting message that the talk ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Owed([Option<(PlayId, Listener)>; PLAYS_OWED_MAX]);

/// A leg within its call, and whether what it heard had an end, as what is played to a party never has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Listener {
    Caller {
        had_end: bool,
    },
    /// By its attempt.
    Party(u32),
}

impl Listener {
    /// `None`: nothing is ever played to a seat.
    const fn of(leg: LegId, had_end: bool) -> Option<Self> {
        match leg {
            LegId::Caller(_) => Some(Self::Caller { had_end }),
            LegId::Party(party) => Some(Self::Party(party.attempt)),
            LegId::Seat(_) => None,
        }
    }

    /// Whether it is this leg, to which the outcome may have come.
    const fn tells(self, leg: LegId, told: Told) -> bool {
        match (self, leg) {
            (Self::Caller { had_end }, LegId::Caller(_)) => had_end || matches!(told, Told::Failed),
            (Self::Party(attempt), LegId::Party(party)) => attempt == party.attempt,
            (Self::Caller { .. } | Self::Party(_), LegId::Caller(_) | LegId::Seat(_) | LegId::Party(_)) => {
                false
            }
        }
    }
}

impl Owed {
    /// The oldest playout is forgotten when there are too many.
    fn add(&mut self, play: PlayId, listener: Listener) {
        let oldest = self.0.iter_mut().min_by_key(|it| it.map(|(play, _)| play));
        if let Some(oldest) = oldest.filter(|it| it.is_none_or(|(oldest, _)| oldest < play)) {
            *oldest = Some((play, listener));
        }
    }

    /// Whether the outcome was owed; it no longer is.
    fn settle(&mut self, leg: LegId, play: PlayId, told: Told) -> bool {
        let is_it = |(its, listener): (PlayId, Listener)| its == play && listener.tells(leg, told);
        let owed = self.0.iter_mut().find(|it| it.is_some_and(is_it));
        owed.is_some_and(|it| it.take().is_some())
    }
}

impl PlaysOfCall {
    fn present(&self, leg: LegId) -> Option<Playing> {
        match leg {
            LegId::Caller(_) => self.caller,
            LegId::Seat(_) | LegId::Party(_) => {
                self.parties.iter().find(|(it, _)| *it == leg).map(|(_, playing)| *playing)
            }
        }
    }

    fn take_present(&mut self, leg: LegId) -> Option<Playing> {
        match leg {
            LegId::Caller(_) => self.caller.take(),
            LegId::Seat(_) | LegId::Party(_) => {
                let at = self.parties.iter().position(|(it, _)| *it == leg)?;
                Some(self.parties.swap_remove(at).1)
            }
        }
    }

    fn is_present(&self, leg: LegId, play: PlayId) -> bool {
        self.present(leg).is_some_and(|playing| playing.play == play)
    }

    /// Nothing plays to the leg any more, although the outcome of what played has not been told.
    fn over(&mut self, leg: LegId) {
        let Some(Playing { play, has_end }) = self.take_present(leg) else { return };
        if let Some(listener) = Listener::of(leg, has_end) {
            self.owed.add(play, listener);
        }
    }
}

/// What a number stands for at a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// What plays now.
    Present,
    /// What has been replaced, stopped or heard to its end.
    Past,
    /// Nothing: it was never given.
    Never,
}

/// What was told of a playout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Told {
    /// It was heard to its end, as only what has one can be.
    Ended,
    /// It could not be heard.
    Failed,
}

/// Whose an outcome is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    /// What plays.
    Present,
    /// What was replaced or stopped before: the outcome crossed that order, and is owed no more.
    Owed,
    /// Nobody's: the number was never given to the leg, or its outcome has been told.
    Nobody,
}

impl Plays {
    fn next(&mut self, leg: LegId, has_end: bool) -> PlayId {
        let of_call = self.by_call.get_or_default(leg.call());
        of_call.over(leg);
        of_call.given += 1;
        let play = PlayId(of_call.given);
        let playing = Playing { play, has_end };
        match leg {
            LegId::Caller(_) => of_call.caller = Some(playing),
            LegId::Seat(_) | LegId::Party(_) => of_call.parties.push((leg, playing)),
        }
        play
    }

    /// What a number stands for.
    fn which(&self, leg: LegId, play: PlayId) -> Which {
        match self.by_call.get(leg.call()).filter(|it| (1..=it.given).contains(&play.0)) {
            Some(of_call) if of_call.is_present(leg, play) => Which::Present,
            Some(_) => Which::Past,
            None => Which::Never,
        }
    }

    /// Whose outcome this is. Without a number: that of what plays now, as in what was written before playouts had numbers.
    fn settle(&mut self, leg: LegId, play: Option<PlayId>, told: Told) -> Whose {
        let Some(play) = play else { return Whose::Present };
        let Some(of_call) = self.by_call.get_mut(leg.call()) else { return Whose::Nobody };
        if of_call.is_present(leg, play) {
            Whose::Present
        } else if of_call.owed.settle(leg, play, told) {
            Whose::Owed
        } else {
            Whose::Nobody
        }
    }

    /// Whether what plays to the leg is to be heard to its end.
    fn has_end(&self, leg: LegId) -> bool {
        let present = self.by_call.get(leg.call()).and_then(|of_call| of_call.present(leg));
        present.is_some_and(|playing| playing.has_end)
    }

    /// The outcome of what plays to the leg has been told, and with it the playout is over.
    fn told(&mut self, leg: LegId) {
        if let Some(of_call) = self.by_call.get_mut(leg.call()) {
            of_call.take_present(leg);
        }
    }

    /// Nothing plays to the leg any more.
    pub(crate) fn over(&mut self, leg: LegId) {
        if let Some(of_call) = self.by_call.get_mut(leg.call()) {
            of_call.over(leg);
        }
    }

    /// The call has ended.
    pub(crate) fn forget(&mut self, call: CallId) {
        self.by_call.remove(call);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_call.is_empty()
    }
}

impl House {
    pub(crate) fn play(&mut self, leg: LegId, announcement: Announcement) {
        let has_end = matches!(announcement, Announcement::Once(_));
        let play = self.plays.next(leg, has_end);
        self.out.order(Effect::Play { leg, play, announcement });
    }

    pub(crate) fn stop_playing(&mut self, leg: LegId) {
        self.plays.over(leg);
        self.out.order(Effect::StopPlaying { leg });
    }
}

impl Switch {
    /// A number that stands for nothing is stated.
    fn play_unexpected(&mut self, call: CallId) {
        let is_alive = self.calls.contains(call) || self.house.outstanding.announced.contains_key(&call);
        let kind = if is_alive { UnexpectedInput::OutOfPhase } else { UnexpectedInput::CallUnknown };
        self.house.unexpected(kind, Some(call));
    }

    /// Whether an outcome is that of what plays to the leg now. That of an earlier playout crossed the order that ended it,
    /// and is nobody's any more.
    fn is_of_present(&mut self, leg: LegId, play: Option<PlayId>, told: Told) -> bool {
        match self.house.plays.settle(leg, play, told) {
            Whose::Present => return true,
            Whose::Owed => {}
            Whose::Nobody => self.play_unexpected(leg.call()),
        }
        false
    }

    pub(crate) fn announcement_ended(&mut self, leg: LegId, play: Option<PlayId>) {
        let LegId::Caller(call) = leg else {
            // Nothing is ever played to a seat, and what is played to a party has no end.
            return self.house.unexpected(UnexpectedInput::OutOfPhase, Some(leg.call()));
        };
        if !self.is_of_present(leg, play, Told::Ended) {
            return;
        }
        if self.house.plays.has_end(leg) {
            self.house.plays.told(leg);
        }
        if !self.end_busy_announcement(call) {
            self.tell_call(call, CallInput::AnnouncementEnded);
        }
    }

    pub(crate) fn place_asked(&mut self, call: CallId, play: PlayId) {
        match self.house.plays.which(LegId::Caller(call), play) {
            Which::Present => {}
            // No outcome: whatever asks may have asked before, and the order that ended it may have crossed the question.
            Which::Past => return,
            Which::Never => return self.play_unexpected(call),
        }
        if let Some(call) = self.calls.get(call) {
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
        if !self.is_of_present(leg, play, Told::Failed) {
            return;
        }
        let call = self.calls.get_mut(leg.call());
        if call.is_some_and(|call| call.cannot_hear(leg, &mut self.house)) {
            return self.house.plays.told(leg);
        }
        if self.house.plays.has_end(leg) {
            self.house.plays.told(leg);
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
        let first = plays.next(CALLER, true);
        let of_party = plays.next(PARTY, false);
        let second = plays.next(CALLER, true);
        assert_eq!(plays.which(CALLER, first), Which::Past);
        assert_eq!(plays.which(CALLER, of_party), Which::Past, "another leg's");
        assert_eq!(plays.which(CALLER, second), Which::Present);
        assert_eq!(plays.which(PARTY, of_party), Which::Present);
        assert_eq!(plays.which(CALLER, PlayId(second.0 + 1)), Which::Never);
        assert_eq!(plays.which(CALLER, PlayId(0)), Which::Never);
    }

    #[test]
    fn an_outcome_is_taken_once() {
        let mut plays = Plays::default();
        let first = plays.next(CALLER, true);
        let of_party = plays.next(PARTY, false);
        let second = plays.next(CALLER, true);
        assert_eq!(plays.settle(PARTY, Some(first), Told::Failed), Whose::Nobody, "another leg's");
        assert_eq!(plays.settle(CALLER, Some(of_party), Told::Failed), Whose::Nobody, "another leg's");
        assert_eq!(plays.settle(CALLER, Some(first), Told::Failed), Whose::Owed);
        assert_eq!(plays.settle(CALLER, Some(first), Told::Failed), Whose::Nobody);
        assert_eq!(plays.settle(CALLER, Some(second), Told::Failed), Whose::Present);
        plays.told(CALLER);
        assert_eq!(plays.settle(CALLER, Some(second), Told::Failed), Whose::Nobody);
        plays.over(PARTY);
        assert_eq!(plays.settle(PARTY, Some(of_party), Told::Failed), Whose::Owed);
        assert_eq!(plays.settle(PARTY, Some(of_party), Told::Failed), Whose::Nobody);
    }

    #[test]
    fn what_has_no_end_is_not_heard_to_its_end() {
        let mut plays = Plays::default();
        let endless = plays.next(CALLER, false);
        let with_end = plays.next(CALLER, true);
        plays.over(CALLER);
        assert_eq!(plays.settle(CALLER, Some(endless), Told::Ended), Whose::Nobody);
        assert_eq!(plays.settle(CALLER, Some(endless), Told::Failed), Whose::Owed);
        assert_eq!(plays.settle(CALLER, Some(with_end), Told::Ended), Whose::Owed);
    }

    #[test]
    fn what_has_told_its_outcome_owes_none_when_it_is_replaced() {
        let mut plays = Plays::default();
        let first = plays.next(CALLER, true);
        assert!(plays.has_end(CALLER));
        plays.told(CALLER);
        assert!(!plays.has_end(CALLER));
        plays.next(CALLER, false);
        assert!(!plays.has_end(CALLER));
        assert_eq!(plays.settle(CALLER, Some(first), Told::Failed), Whose::Nobody);
        assert_eq!(plays.settle(CALLER, None, Told::Failed), Whose::Present);
    }

    #[test]
    fn the_oldest_is_forgotten_when_too_many_are_owed() {
        let mut plays = Plays::default();
        let given: Vec<PlayId> = (0..PLAYS_OWED_MAX + 2).map(|_| plays.next(CALLER, true)).collect();
        let whose: Vec<Whose> =
            given.iter().map(|play| plays.settle(CALLER, Some(*play), Told::Failed)).collect();
        assert_eq!(whose[0], Whose::Nobody);
        assert!(whose[1..=PLAYS_OWED_MAX].iter().all(|it| *it == Whose::Owed), "{whose:?}");
        assert_eq!(whose[PLAYS_OWED_MAX + 1], Whose::Present);
    }

    #[test]
    fn what_is_over_is_past_and_a_call_that_has_ended_is_forgotten() {
        let mut plays = Plays::default();
        let play = plays.next(CALLER, true);
        plays.over(CALLER);
        assert_eq!(plays.which(CALLER, play), Which::Past);
        assert!(!plays.is_empty());
        plays.forget(CALL);
        assert!(plays.is_empty());
        assert_eq!(plays.which(CALLER, play), Which::Never);
        assert_eq!(plays.settle(CALLER, Some(play), Told::Failed), Whose::Nobody);
    }
}
