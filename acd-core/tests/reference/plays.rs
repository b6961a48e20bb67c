//! What is played to whom, and which playout an outcome is of, as the rules have it (R-G1, R-G4). The numbers are what the
//! outside sees: they are read off the orders.

use acd_core::limits::PLAYS_OWED_MAX;
use acd_core::plan::Guidance;
use acd_core::{
    Announcement, AnnouncementKind, CallEvent, CallId, CallPhase, Effect, Input, LegId, PlayId, PromptId,
    UnexpectedInput,
};

use crate::model::Model;

/// What the outside has been told to play.
#[derive(Default)]
pub(crate) struct Plays {
    /// How many playouts each call has had.
    given: Vec<(CallId, u32)>,
    /// What plays now.
    pub(crate) present: Vec<(LegId, PlayId)>,
    /// What was replaced or stopped before its outcome was told: the last few of each call.
    owed: Vec<(LegId, PlayId)>,
    /// Of these, those that have an end.
    with_end: Vec<(LegId, PlayId)>,
    /// What the rules demand to be played from its first frame to its last, by this input.
    demanded: Vec<(LegId, PromptId)>,
}

impl Model {
    pub(crate) fn demand(&mut self, call: CallId, prompt: PromptId) {
        self.plays.demanded.push((LegId::Caller(call), prompt));
    }

    /// What must be heard before a person answers: the emergency guidance if there is one, else the number's (R-G4).
    pub(crate) fn tape(&self, at: usize) -> Option<PromptId> {
        let call = &self.calls[at];
        let usual = match call.number.guidance {
            Guidance::Tape(prompt) => Some(prompt),
            Guidance::Spoken | Guidance::None => None,
        };
        self.tenant(call.tenant).emergency.or(usual)
    }

    /// Something was heard to its end, or could not be heard.
    pub(crate) fn announcement(&mut self, input: &Input) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "no other input is of an announcement")]
        let (leg, play, to_the_end) = match *input {
            Input::AnnouncementEnded { leg, play } => (leg, play, true),
            Input::AnnouncementFailed { leg, play } => (leg, play, false),
            _ => panic!("{input:?} is of no announcement"),
        };
        let id = leg.call();
        let has_no_end = matches!(leg, LegId::Party(_)) && to_the_end;
        if matches!(leg, LegId::Seat(_)) || has_no_end {
            return self.unexpected(UnexpectedInput::OutOfPhase, Some(id));
        }
        if let Some(play) = play {
            let it = (leg, play);
            if self.plays.owed.contains(&it) && (!to_the_end || self.plays.with_end.contains(&it)) {
                // The outcome crossed the order.
                return self.plays.owed.retain(|owed| *owed != it);
            }
            if !self.plays.present.contains(&it) {
                let is_alive =
                    self.calls.iter().any(|it| it.id == id) || self.announced.iter().any(|it| it.0 == id);
                let kind = if is_alive { UnexpectedInput::OutOfPhase } else { UnexpectedInput::CallUnknown };
                return self.unexpected(kind, Some(id));
            }
        }
        let before = self.facts.len();
        self.outcome_of_present(input, leg, to_the_end);
        let fits = |fact: &CallEvent| !matches!(fact, CallEvent::InputUnexpected { .. });
        if self.facts[before..].iter().all(fits) {
            // Told, and so over.
            self.plays.present.retain(|(it, _)| *it != leg);
        }
    }

    fn outcome_of_present(&mut self, input: &Input, leg: LegId, to_the_end: bool) {
        if !to_the_end && self.cannot_hear(leg) {
            return;
        }
        match leg {
            LegId::Caller(call) if self.end_announcement(call) => {
                if !to_the_end {
                    let announcement = AnnouncementKind::Busy;
                    self.state(CallEvent::AnnouncementFailed { leg, announcement });
                }
            }
            LegId::Caller(call) => self.of_call(call, |model, at| model.heard(at, to_the_end)),
            LegId::Party(_) => self.party_input(input),
            LegId::Seat(_) => {}
        }
    }

    /// What plays asks for the place of a caller who waits (R-G3).
    pub(crate) fn place_asked(&mut self, id: CallId, play: PlayId) {
        let leg = LegId::Caller(id);
        let given = self.plays.given.iter().find(|(call, _)| *call == id).map_or(0, |(_, given)| *given);
        let Some(at) = self.calls.iter().position(|it| it.id == id) else {
            let is_refused = self.announced.iter().any(|it| it.0 == id);
            if !is_refused {
                self.unexpected(UnexpectedInput::CallUnknown, Some(id));
            } else if self.plays.present.contains(&(leg, play)) || play.0 == 0 || play.0 > given {
                self.unexpected(UnexpectedInput::OutOfPhase, Some(id));
            }
            return;
        };
        let is_past = (1..=given).contains(&play.0) && !self.plays.present.contains(&(leg, play));
        let call = &self.calls[at];
        if is_past || (call.phase == CallPhase::Ringing && (1..=given).contains(&play.0)) {
            return;
        }
        if call.phase != CallPhase::Waiting || play.0 == 0 || play.0 > given {
            return self.out_of_phase(at);
        }
        let Some(places) = &self.tenant(call.tenant).plan.places else { return };
        // Who is rung for keeps the place until a seat answers.
        let keeps_a_place = [CallPhase::Waiting, CallPhase::Ringing];
        let mut queue: Vec<_> = self
            .calls
            .iter()
            .filter(|it| keeps_a_place.contains(&it.phase))
            .filter(|it| (it.serving, it.skill) == (call.serving, call.skill))
            .map(|it| (it.queued_at, it.id))
            .collect();
        queue.sort();
        let before = queue.iter().position(|(_, it)| *it == id).unwrap();
        let prompt = places.places.get(before).copied();
        let place = prompt.map(|_| u16::try_from(before + 1).unwrap());
        if let Some(prompt) = prompt.or(places.beyond) {
            self.demand(id, prompt);
            self.state(CallEvent::PlaceSaid { call: id, place });
        }
    }

    /// Fails if anything else was ordered to be played once than the rules demand, and remembers the numbers.
    pub(crate) fn watch_plays(&mut self, facts: &[CallEvent], orders: &[Effect]) {
        let mut played = Vec::new();
        for order in orders {
            if let Effect::Play { leg, play, announcement } = order {
                self.number(*leg, *play);
                if matches!(announcement, Announcement::Once(_)) {
                    self.plays.with_end.push((*leg, *play));
                }
                if let Announcement::Once(prompt) | Announcement::Waiting { place: Some(prompt), .. } =
                    announcement
                {
                    played.push((*leg, *prompt));
                }
            }
            #[expect(clippy::wildcard_enum_match_arm, reason = "no other order ends what plays")]
            let over: Vec<LegId> = match order {
                Effect::StopPlaying { leg } | Effect::ReleaseLeg { leg, .. } => vec![*leg],
                Effect::Bridge { ring } => vec![LegId::Caller(ring.call)],
                Effect::Connect { sets, .. } => sets.iter().flatten().copied().collect(),
                _ => continue,
            };
            over.into_iter().for_each(|leg| self.over(leg));
        }
        for fact in facts {
            if let CallEvent::PartyEnded { party, .. } = fact {
                self.over(LegId::Party(*party));
            }
        }
        let alive = |call: &CallId| {
            self.calls.iter().any(|it| it.id == *call) || self.announced.iter().any(|it| it.0 == *call)
        };
        self.plays.given.retain(|(call, _)| alive(call));
        self.plays.present.retain(|(leg, _)| alive(&leg.call()));
        self.plays.owed.retain(|(leg, _)| alive(&leg.call()));
        self.plays.with_end.retain(|(leg, _)| alive(&leg.call()));
        let mut demanded = core::mem::take(&mut self.plays.demanded);
        played.sort();
        demanded.sort();
        assert_eq!(played, demanded, "left: what is played once, right: the rules");
    }

    fn number(&mut self, leg: LegId, play: PlayId) {
        let call = leg.call();
        if self.plays.given.iter().all(|(it, _)| *it != call) {
            self.plays.given.push((call, 0));
        }
        let (_, given) = self.plays.given.iter_mut().find(|(it, _)| *it == call).unwrap();
        *given += 1;
        assert_eq!(play.0, *given, "playouts are counted within the call");
        self.over(leg);
        self.plays.present.push((leg, play));
    }

    /// What plays to the leg is no more, and has not told its outcome.
    fn over(&mut self, leg: LegId) {
        let Some(at) = self.plays.present.iter().position(|(it, _)| *it == leg) else { return };
        let ended = self.plays.present.remove(at);
        self.plays.owed.push(ended);
        let of_call = |it: &&(LegId, PlayId)| it.0.call() == leg.call();
        if self.plays.owed.iter().filter(of_call).count() > PLAYS_OWED_MAX {
            let oldest = self.plays.owed.iter().filter(of_call).map(|(_, play)| *play).min().unwrap();
            self.plays.owed.retain(|(it, play)| it.call() != leg.call() || *play != oldest);
        }
    }
}
