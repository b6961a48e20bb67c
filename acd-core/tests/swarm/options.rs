//! What a seed draws before it begins: the plan, and how often each thing goes wrong.

use std::time::Duration;

use crate::draw::draw_plan;
use crate::rng::Rng;

impl Rng {
    /// A time from `low` to `high` milliseconds, both included.
    pub(crate) fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.within(low, high))
    }
}

/// The rates are in percent of the occasions.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) plan: Vec<String>,
    /// Another plan, put in force in between.
    pub(crate) other_plan: Vec<String>,
    pub(crate) steps: u64,
    pub(crate) arrival_every_ms: u64,
    pub(crate) patience_ms: u64,
    pub(crate) talk_ms: u64,
    pub(crate) connect_fails: u64,
    pub(crate) play_fails: u64,
    pub(crate) refuses: u64,
    pub(crate) unreachable: u64,
    pub(crate) never_answers: u64,
    pub(crate) seat_lost: u64,
    pub(crate) seat_hangs_up: u64,
    pub(crate) recorder_fails: u64,
    pub(crate) test_calls: u64,
    pub(crate) unknown_numbers: u64,
    /// Of each step: an agent does something, a phone comes or goes, garbage comes in, a plan is put in force.
    pub(crate) commands: u64,
    pub(crate) registrations: u64,
    pub(crate) garbage: u64,
    pub(crate) reloads: u64,
    /// A trunk dies or answers, and emergency guidance is commanded.
    pub(crate) trunks: u64,
    pub(crate) holds: u64,
    pub(crate) call_commands: u64,
    pub(crate) party_commands: u64,
    pub(crate) party_fails: u64,
    pub(crate) calls_out: u64,
    pub(crate) supervision: u64,
    pub(crate) hand_overs: u64,
    /// Deadlines fire up to so late.
    pub(crate) loop_late_ms: u64,
    /// The history ends with a stop instead of in calm.
    pub(crate) stops: bool,
}

impl Options {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let rarely = |rng: &mut Rng, percent: u64| if rng.percent(50) { 0 } else { rng.within(1, percent) };
        Self {
            plan: draw_plan(rng),
            other_plan: draw_plan(rng),
            steps: rng.within(200, 1_500),
            arrival_every_ms: rng.within(500, 20_000),
            patience_ms: rng.within(5_000, 300_000),
            talk_ms: rng.within(2_000, 200_000),
            connect_fails: rarely(rng, 20),
            play_fails: rarely(rng, 20),
            refuses: rarely(rng, 50),
            unreachable: rarely(rng, 50),
            never_answers: rarely(rng, 50),
            seat_lost: rarely(rng, 50),
            seat_hangs_up: rng.within(0, 100),
            recorder_fails: rarely(rng, 50),
            test_calls: rarely(rng, 20),
            unknown_numbers: rarely(rng, 10),
            commands: rng.within(1, 20),
            registrations: rarely(rng, 10),
            garbage: rarely(rng, 30),
            reloads: rarely(rng, 3),
            trunks: rarely(rng, 3),
            holds: rarely(rng, 30),
            call_commands: rarely(rng, 30),
            party_commands: rarely(rng, 60),
            party_fails: rarely(rng, 60),
            calls_out: rarely(rng, 10),
            supervision: rarely(rng, 30),
            hand_overs: rarely(rng, 30),
            loop_late_ms: rarely(rng, 100),
            stops: rng.percent(25),
        }
    }
}
