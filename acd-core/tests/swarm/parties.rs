//! Third parties as the switch sees them, and who hears whom in every call.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::{
    CallCommand, CallId, CallPhase, Company, Input, LegId, PartyFailure, PartyId, PartyLegEnd, PauseReason,
    RingId, SeatCommand, SeatId, Supervision, Timestamp,
};

use crate::model::Call;
use crate::options::Options;
use crate::parties::Caller;
use crate::rng::Rng;
use crate::world::{Plan, World};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phone {
    Rings,
    Cancelling,
    Talks { holds: bool },
    Releasing,
}

/// The parties that are there or owe an outcome, the calls that agents began, and who hears whom.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    phones: BTreeMap<PartyId, Phone>,
    pub(crate) outbound: BTreeSet<CallId>,
    heard: BTreeMap<CallId, Vec<Vec<LegId>>>,
    /// Whose phones the supervisors' are, and to which seat they listen, heard by it or not.
    pub(crate) supervisors: BTreeMap<PartyId, SeatId>,
    pub(crate) supervised: BTreeMap<PartyId, (RingId, bool)>,
}

impl Parties {
    pub(crate) fn is_empty(&self) -> bool {
        self.phones.is_empty()
    }

    pub(crate) fn talks(&self, party: PartyId) -> bool {
        matches!(self.phones.get(&party), Some(Phone::Talks { .. }))
    }

    /// The phone rings or talks as a supervisor's.
    pub(crate) fn supervises(&self, seat: SeatId) -> bool {
        let is_at_it = |party| matches!(self.phones.get(party), Some(Phone::Rings | Phone::Talks { .. }));
        self.supervisors.iter().any(|(party, its)| *its == seat && is_at_it(party))
    }

    pub(crate) fn connect(&mut self, call: CallId, sets: Vec<Vec<LegId>>) {
        for leg in sets.iter().flatten() {
            if let LegId::Party(party) = leg {
                self.supervised.remove(party);
            }
        }
        self.heard.insert(call, sets);
    }

    /// Legs that may hold.
    pub(crate) fn legs(&self) -> impl Iterator<Item = LegId> {
        self.phones.keys().map(|party| LegId::Party(*party))
    }

    pub(crate) fn hold(&mut self, party: PartyId, to: bool) -> Option<Input> {
        let Some(Phone::Talks { holds }) = self.phones.get_mut(&party) else { return None };
        let leg = LegId::Party(party);
        if core::mem::replace(holds, to) == to {
            return None;
        }
        Some(if to { Input::HoldBegan { leg } } else { Input::HoldEnded { leg } })
    }

    pub(crate) fn release(&mut self, party: PartyId) {
        let phone = self.phones.get_mut(&party).expect("release a party that is there");
        assert!(matches!(phone, Phone::Talks { .. }), "release a party that talks, once");
        *phone = Phone::Releasing;
    }

    pub(crate) fn cancel(&mut self, party: PartyId) {
        let phone = self.phones.get_mut(&party).expect("cancel a party that is there");
        assert_eq!(*phone, Phone::Rings, "cancel a party that rings, once");
        *phone = Phone::Cancelling;
    }

    /// What a party was going to do, if it still can.
    pub(crate) fn answers(&mut self, party: PartyId) -> Option<Input> {
        let phone = self.phones.get_mut(&party).filter(|phone| **phone == Phone::Rings)?;
        *phone = Phone::Talks { holds: false };
        Some(Input::PartyAnswered { party })
    }

    /// Who was given up answers all the same.
    pub(crate) fn crosses(&mut self, party: PartyId) -> Option<Input> {
        let given_up = |phone: &&mut Phone| matches!(phone, Phone::Cancelling | Phone::Releasing);
        let phone = self.phones.get_mut(&party).filter(given_up)?;
        *phone = Phone::Releasing;
        Some(Input::PartyAnswered { party })
    }

    pub(crate) fn fails(&mut self, party: PartyId, failure: PartyFailure) -> Option<Input> {
        let wanted = if failure == PartyFailure::Cancelled { Phone::Cancelling } else { Phone::Rings };
        self.phones.get(&party).filter(|phone| **phone == wanted)?;
        self.phones.remove(&party);
        Some(Input::PartyFailed { party, failure })
    }

    pub(crate) fn ends(&mut self, party: PartyId, end: PartyLegEnd) -> Option<Input> {
        let phone = self.phones.get(&party)?;
        let fits = match end {
            PartyLegEnd::Released => *phone == Phone::Releasing,
            // A BYE may cross ours.
            PartyLegEnd::HungUp | PartyLegEnd::Lost => {
                matches!(phone, Phone::Talks { .. } | Phone::Releasing)
            }
        };
        if !fits {
            return None;
        }
        self.phones.remove(&party);
        Some(Input::PartyLegEnded { party, end })
    }
}

impl World {
    /// `sleeps`: most tries of such a party are in vain, so that rosters are hunted to their end and anew (R-T3, R-T8).
    pub(crate) fn dial(
        &mut self,
        now: Timestamp,
        party: PartyId,
        sleeps: bool,
        rng: &mut Rng,
        options: &Options,
    ) {
        let again = self.parties.phones.insert(party, Phone::Rings);
        assert!(again.is_none(), "a party has an id of its own");
        let after = now + rng.millis(10, 18_000);
        let plan = if self.calm {
            Plan::PartyAnswers(party)
        } else if rng.percent(if sleeps { 75 } else { options.never_answers }) {
            return;
        } else if rng.percent(options.party_fails) {
            let failure = *rng.pick(&[PartyFailure::Refused(486), PartyFailure::NotSupported]).unwrap();
            Plan::PartyFails(party, failure)
        } else {
            Plan::PartyAnswers(party)
        };
        let answered = if self.calm { now + rng.millis(10, 1_500) } else { after };
        self.plan(answered, plan);
        let end = *rng.pick(&[PartyLegEnd::HungUp, PartyLegEnd::Lost]).unwrap();
        self.plan(answered + rng.millis(0, 2 * options.talk_ms), Plan::PartyEnds(party, end));
    }

    /// A supervisor takes part in a call or leaves it, or forces a seat.
    pub(crate) fn draw_supervision(&mut self, now: Timestamp, rng: &mut Rng) {
        let Some(mut supervisor) = rng.pick(&self.seats).copied() else { return };
        if rng.percent(5) {
            supervisor = "nobody".parse().unwrap();
        }
        let pause = SeatCommand::Pause(PauseReason("supervising".parse().unwrap()));
        let Some((seat, call)) = rng.pick(&self.talking()).copied() else { return };
        if rng.percent(30) {
            let commands = [SeatCommand::Ready, pause, SeatCommand::LogOut, SeatCommand::LogIn];
            return self.plan(now, Plan::Force(supervisor, seat, *rng.pick(&commands).unwrap()));
        }
        self.plan(now, Plan::Command(supervisor, if rng.percent(50) { pause } else { SeatCommand::LogOut }));
        for _ in 0..rng.within(1, 4) {
            let part = *rng.pick(&[Supervision::Listen, Supervision::Whisper, Supervision::Join]).unwrap();
            let at = now + rng.millis(0, 20_000);
            self.plan(at, Plan::Supervise(supervisor, call, CallCommand::Supervise(part)));
        }
        if rng.percent(50) {
            let at = now + rng.millis(0, 40_000);
            self.plan(at, Plan::Supervise(supervisor, call, CallCommand::EndSupervision));
        }
        self.plan(now + rng.millis(0, 90_000), Plan::Command(supervisor, SeatCommand::LogIn));
        self.plan(now + rng.millis(0, 90_000), Plan::Command(supervisor, SeatCommand::Ready));
    }

    /// Who hears whom is what the rules say: nobody whom somebody holds or who is apart, and all others of a group.
    pub(crate) fn check(&mut self, calls: &[Call]) {
        self.parties.heard.retain(|id, _| calls.iter().any(|call| call.id == *id));
        for call in calls {
            let talks = call.phase == CallPhase::Talking || call.is_with_parties();
            if !talks {
                continue;
            }
            let mut heard = self.parties.heard.get(&call.id).cloned().unwrap_or_default();
            for set in &mut heard {
                set.sort();
            }
            let phone_alone = call.phase == CallPhase::Talking && call.seat_holds && !call.hold_commanded;
            let (wanted, id) = (groups(call), call.id);
            // What a phone's own hold leaves joined carries nothing.
            assert!(
                heard == wanted || phone_alone,
                "R-T1: who hears whom in {id}: {heard:?}, not {wanted:?}"
            );
            for watcher in call.watchers.iter().filter(|it| it.answered) {
                let (ring, _) = call.ring.expect("a seat that talks");
                let whispers = watcher.part == Supervision::Whisper;
                let supervised = self.parties.supervised.get(&watcher.id);
                assert_eq!(supervised, Some(&(ring, whispers)), "R-S5: {} hears the seat", watcher.id);
            }
            for leg in heard.iter().flatten() {
                assert!(self.is_there(*leg), "{leg:?} is joined and gone");
            }
        }
    }
}

fn groups(call: &Call) -> Vec<Vec<LegId>> {
    let seat =
        call.ring.filter(|_| !call.seat_holds && !call.hold_commanded).map(|(ring, _)| LegId::Seat(ring));
    let caller = (call.caller == Caller::Here).then_some(LegId::Caller(call.id));
    let of = |company| {
        let those = call.parties.iter().filter(move |it| it.answered && it.company == company);
        those.map(|it| LegId::Party(it.id))
    };
    let apart = call.is_apart();
    let mut all: Vec<LegId> = caller.into_iter().chain(of(Company::Together)).collect();
    let mut aside: Vec<LegId> = of(Company::Aside).collect();
    if apart {
        aside.extend(seat)
    } else {
        all.extend(seat)
    }
    let mut groups: Vec<Vec<LegId>> = [all, aside].into_iter().filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort();
    }
    groups
}
