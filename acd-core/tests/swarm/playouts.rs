//! What becomes of what the outside is told to play.

use acd_core::{Announcement, CallId, LegId, PlayId, Timestamp};

use super::{Plan, World};
use crate::options::Options;
use crate::rng::Rng;

/// How many of a hundred outcomes of replaced playouts were under way when the order to replace them was given.
const OUTCOMES_CROSS: u64 = 50;

/// How many of a hundred outcomes of playouts are told once more.
const OUTCOMES_REPEAT: u64 = 4;

/// Of how many of a hundred playouts without an end the outside says nevertheless that they have been heard to it.
const ENDLESS_ENDS: u64 = 2;

impl World {
    /// Whether the outside tells of a playout's outcome: of what plays, and of what has been replaced if that was under way.
    pub(super) fn tells_of(&self, call: CallId, play: PlayId, rng: &mut Rng) -> Option<()> {
        let caller = self.callers.get(&call).filter(|it| !it.releasing)?;
        (caller.plays == Some(play) || rng.percent(OUTCOMES_CROSS)).then_some(())
    }

    /// An outcome may be told twice.
    pub(super) fn repeat(&mut self, now: Timestamp, outcome: Plan, rng: &mut Rng) {
        if !self.calm && rng.percent(OUTCOMES_REPEAT) {
            self.soon(now, outcome, rng);
        }
    }

    pub(super) fn play(
        &mut self,
        now: Timestamp,
        (leg, play): (LegId, PlayId),
        what: Announcement,
        rng: &mut Rng,
        options: &Options,
    ) {
        let call = match leg {
            LegId::Caller(call) => call,
            LegId::Party(party) => {
                assert!(self.parties.talks(party), "play to a party that can hear");
                if !self.calm && rng.percent(options.play_fails) {
                    self.soon(now, Plan::PartyCannotHear(party, play), rng);
                }
                return;
            }
            LegId::Seat(_) => panic!("nothing is played to a seat"),
        };
        let caller = self.callers.get_mut(&call).expect("play to a caller that is there");
        let can_hear = caller.connected || caller.progressed;
        assert!(can_hear && !caller.releasing, "play to a caller that can hear");
        caller.plays = Some(play);
        // Few callers come outside hours, and few are refused with an announcement.
        let is_rare =
            matches!(what, Announcement::Once(prompt) if ["closed", "busy"].contains(&prompt.as_str()));
        let fails = if is_rare { options.play_fails.max(20) } else { options.play_fails };
        if !self.calm && rng.percent(fails) {
            self.soon(now, Plan::CannotHear(call, play), rng);
            return;
        }
        match what {
            Announcement::Once(prompt) if prompt.as_str() == "menu" => {
                self.plan(now + rng.millis(1_000, 6_000), Plan::Heard(call, play));
                if rng.percent(70) {
                    let key = *rng.pick(&['1', '2', '5', '9']).unwrap();
                    self.plan(now + rng.millis(500, 12_000), Plan::Press(LegId::Caller(call), key));
                }
            }
            Announcement::Once(_) => self.plan(now + rng.millis(1_000, 15_000), Plan::Heard(call, play)),
            Announcement::Waiting { asks_place: true, .. } => {
                self.plan(now + rng.millis(500, 40_000), Plan::AskPlace(call, play));
            }
            Announcement::Waiting { .. } | Announcement::Loop(_) if rng.percent(ENDLESS_ENDS) => {
                self.plan(now + rng.millis(500, 40_000), Plan::Heard(call, play));
            }
            Announcement::Waiting { .. } | Announcement::Loop(_) => {}
        }
    }
}
