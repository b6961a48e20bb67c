//! Who hears what has no end, and when it is tried again if it could not be played, as the rules have it (R-G3, R-T1).

use acd_core::{AnnouncementKind, CallEvent, CallPhase, Company, LegId, Outcome};

use crate::model::{Call, Model, Stage};
use crate::parties::Caller;

impl Model {
    /// An announcement with an end is over, or could not be heard.
    pub(crate) fn heard(&mut self, at: usize, completed: bool) {
        let Call { id: call, phase, .. } = self.calls[at];
        let leg = LegId::Caller(call);
        match phase {
            CallPhase::Guidance if self.calls[at].chooses.is_some() => {
                if !completed && self.calls[at].chooses.is_some_and(|(heard, _)| !heard) {
                    let announcement = AnnouncementKind::Choice;
                    self.state(CallEvent::AnnouncementFailed { leg, announcement });
                }
                self.asked(at, completed);
            }
            CallPhase::Guidance if self.calls[at].guidance != Stage::Playing => self.out_of_phase(at),
            CallPhase::Guidance => {
                self.state(if completed {
                    CallEvent::GuidanceCompleted { call }
                } else {
                    CallEvent::GuidanceFailed { call }
                });
                self.guidance_passed(at);
            }
            CallPhase::Closed => {
                if !completed {
                    let announcement = AnnouncementKind::Closed;
                    self.state(CallEvent::AnnouncementFailed { leg, announcement });
                }
                self.close(at, Outcome::Closed);
            }
            CallPhase::Waiting
            | CallPhase::Ringing
            | CallPhase::Talking
            | CallPhase::Consulting
            | CallPhase::Conference
            | CallPhase::Transferred
            | CallPhase::WithoutCaller
            | CallPhase::Outbound
            | CallPhase::Arriving
            | CallPhase::Closing => self.out_of_phase(at),
        }
    }

    /// Whether the leg was to hear what has no end, whose failure has not been stated.
    pub(crate) fn cannot_hear(&mut self, leg: LegId) -> bool {
        let Some(at) = self.calls.iter().position(|it| it.id == leg.call()) else { return false };
        let Some(announcement) = endless(&self.calls[at], leg) else { return false };
        if self.calls[at].unheard.iter().any(|(it, _, _)| *it == leg) {
            return false;
        }
        let again = self.now + self.tenant(self.calls[at].tenant).plan.waiting.message_every;
        self.calls[at].unheard.push((leg, announcement, again));
        self.state(CallEvent::AnnouncementFailed { leg, announcement });
        true
    }

    /// Who hears something else by now waits for no other try.
    pub(crate) fn forget_unheard(&mut self) {
        for call in &mut self.calls {
            let unheard = core::mem::take(&mut call.unheard);
            call.unheard =
                unheard.into_iter().filter(|(leg, it, _)| endless(call, *leg) == Some(*it)).collect();
        }
    }
}

fn endless(call: &Call, leg: LegId) -> Option<AnnouncementKind> {
    let holds = call.seat_holds || call.hold_commanded;
    let is_caller = leg == LegId::Caller(call.id);
    match call.phase {
        CallPhase::Waiting | CallPhase::Ringing => is_caller.then_some(AnnouncementKind::Waiting),
        CallPhase::Talking => (is_caller && holds).then_some(AnnouncementKind::Music),
        CallPhase::Consulting
        | CallPhase::Conference
        | CallPhase::Transferred
        | CallPhase::WithoutCaller
        | CallPhase::Outbound => {
            (call.is_with_parties() && hears_nobody(call, leg)).then_some(AnnouncementKind::Music)
        }
        CallPhase::Arriving | CallPhase::Guidance | CallPhase::Closed | CallPhase::Closing => None,
    }
}

/// Whether the leg, which is no seat's, speaks with nobody.
fn hears_nobody(call: &Call, leg: LegId) -> bool {
    let apart = call.is_apart();
    let mut together = Vec::new();
    let mut aside = Vec::new();
    if call.caller == Caller::Here {
        together.push(LegId::Caller(call.id));
    }
    if let Some((ring, _)) = call.ring
        && !call.seat_holds
        && !call.hold_commanded
    {
        if apart { &mut aside } else { &mut together }.push(LegId::Seat(ring));
    }
    for party in call.parties.iter().filter(|it| it.answered) {
        match party.company {
            Company::Together => together.push(LegId::Party(party.id)),
            Company::Aside => aside.push(LegId::Party(party.id)),
            Company::Held if leg == LegId::Party(party.id) => return true,
            // No party of a meeting listens.
            Company::Held | Company::Listening | Company::Whispering => {}
        }
    }
    !matches!(leg, LegId::Seat(_)) && (together == [leg] || aside == [leg])
}
