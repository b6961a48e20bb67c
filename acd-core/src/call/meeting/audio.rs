//! Who hears whom, as a value: computed before and after every change, and ordered where it differs.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Company, Meeting};
use crate::call::Visit;
use crate::call::talking::Talking;
use crate::effect::Effect;
use crate::house::House;
use crate::ids::{LegId, PartyId};

/// Sets of legs that hear each other, and the legs that hear music.
#[derive(PartialEq, Eq, Debug)]
pub(in crate::call) struct Audio {
    sets: Vec<Box<[LegId]>>,
    music: BTreeSet<LegId>,
}

impl Audio {
    /// People in groups: a group of one is no conversation, and hears music unless it is the seat.
    fn of(groups: [Vec<LegId>; 2], alone: impl Iterator<Item = LegId>) -> Self {
        let mut music: BTreeSet<LegId> = alone.collect();
        let mut sets = Vec::new();
        for group in groups {
            if group.len() >= 2 {
                sets.push(group.into());
            } else {
                music.extend(group.iter().filter(|leg| !matches!(leg, LegId::Seat(_))));
            }
        }
        Self { sets, music }
    }

    /// Orders what differs.
    pub(super) fn change(before: &Self, after: &Self, visit: &Visit, house: &mut House) {
        for leg in before.music.difference(&after.music) {
            if after.sets.iter().any(|set| set.contains(leg)) {
                house.stop_playing(*leg);
            }
        }
        if before.sets != after.sets {
            after.sets.iter().flatten().for_each(|leg| house.plays.over(*leg));
            let sets = after.sets.clone().into();
            house.out.order(Effect::Connect { call: visit.call, sets });
        }
        for leg in after.music.difference(&before.music) {
            visit.play_music(*leg, house);
        }
    }

    /// Orders that nobody hears anybody any more.
    pub(super) fn part(&self, visit: &Visit, house: &mut House) {
        if !self.sets.is_empty() {
            house.out.order(Effect::Connect { call: visit.call, sets: [].into() });
        }
    }
}

/// A caller and a seat alone.
pub(in crate::call) fn talk_audio(talking: &Talking, visit: &Visit) -> Audio {
    let mut group = Vec::from([visit.caller_leg()]);
    if !talking.seat_holds && !talking.hold_commanded {
        group.push(LegId::Seat(talking.ring));
    }
    Audio::of([group, Vec::new()], core::iter::empty())
}

/// A caller and a seat alone, as they were joined so far: a phone's own hold has not parted them.
pub(in crate::call) fn joined_audio(talking: &Talking, visit: &Visit) -> Audio {
    let mut audio = talk_audio(talking, visit);
    if talking.seat_holds && !talking.hold_commanded {
        audio.sets.push([visit.caller_leg(), LegId::Seat(talking.ring)].into());
    }
    audio
}

impl Meeting {
    pub(in crate::call) fn audio(&self, visit: &Visit) -> Audio {
        let guests = |company| {
            self.guests
                .iter()
                .filter(move |(_, guest)| guest.company == company)
                .map(|(attempt, _)| LegId::Party(PartyId { call: visit.call, attempt: *attempt }))
        };
        let seat = self.seat.filter(|seat| !seat.is_on_hold()).map(|seat| LegId::Seat(seat.ring));
        let (with_all, apart) = if self.is_apart() { (None, seat) } else { (seat, None) };
        let caller = self.has_caller().then(|| visit.caller_leg());
        let together = caller.into_iter().chain(with_all).chain(guests(Company::Together)).collect();
        let aside = apart.into_iter().chain(guests(Company::Aside)).collect();
        Audio::of([together, aside], guests(Company::Held))
    }

    /// Whether a leg is on hold or alone.
    pub(in crate::call) fn hears_music(&self, leg: LegId, visit: &Visit) -> bool {
        self.audio(visit).music.contains(&leg)
    }
}
