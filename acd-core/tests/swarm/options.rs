//! What a seed draws before it begins: the plan, and how often each thing goes wrong.

use std::time::Duration;

use acd_core::Timestamp;

use crate::draw::draw_plan;
use crate::edges::Place;
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
    pub(crate) place: Place,
    /// When the history begins: so long before an edge that some calls have come by then.
    pub(crate) begins: Timestamp,
    /// When, around the edge, another plan is put in force, and when the clock is stepped, by how many milliseconds.
    pub(crate) reload_at: Option<Timestamp>,
    pub(crate) step_at: Option<(Timestamp, i64)>,
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
    /// Of each step: an agent does something, a phone comes or goes, garbage comes in, a plan is put in force, the clock is
    /// stepped.
    pub(crate) commands: u64,
    pub(crate) registrations: u64,
    pub(crate) garbage: u64,
    pub(crate) reloads: u64,
    pub(crate) clock_steps: u64,
    /// A trunk dies or answers, and emergency guidance is commanded.
    pub(crate) trunks: u64,
    /// A call finds the switch full, or that begins or ends.
    pub(crate) overloads: u64,
    /// Callers take the lines while agents are about to dial.
    pub(crate) crowds: bool,
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
    pub(crate) fn draw(seed: u64, rng: &mut Rng) -> Self {
        let rarely = |rng: &mut Rng, percent: u64| if rng.percent(50) { 0 } else { rng.within(1, percent) };
        let place = Place::of_seed(seed, rng);
        let arrival_every_ms = rng.within(500, 20_000);
        let lead = rng.millis(20_000, 20_000 + 12 * arrival_every_ms);
        let begins = if place.edge.is_some() { place.at - lead } else { place.at + rng.millis(0, 59_999) };
        let reload_at = rng.percent(25).then(|| near(rng, &place));
        let step_at = rng.percent(20).then(|| (near(rng, &place), draw_clock_step(rng)));
        let plan = draw_plan(rng, &place);
        let mut other_plan = draw_plan(rng, &place);
        // Drawn beside the history, which is as it was but for what the plan changes.
        let mut beside = rng.clone();
        if beside.percent(50) {
            other_plan = redraw_lengths(&plan, beside);
        }
        Self {
            place,
            begins,
            reload_at,
            step_at,
            plan,
            other_plan,
            steps: rng.within(200, 1_500),
            arrival_every_ms,
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
            clock_steps: rarely(rng, 2),
            trunks: rarely(rng, 3),
            holds: rarely(rng, 30),
            call_commands: rarely(rng, 30),
            party_commands: rng.within(0, 60),
            party_fails: rarely(rng, 60),
            calls_out: rng.within(0, 15),
            supervision: rarely(rng, 30),
            hand_overs: rarely(rng, 30),
            loop_late_ms: rarely(rng, 100),
            overloads: Self::draw_overloads(rng.clone()),
            crowds: Self::draw_crowds(rng.clone()),
            stops: rng.percent(25),
        }
    }

    /// In one history of five. Drawn beside the history, which in the other four is what it is without.
    fn draw_overloads(mut beside: Rng) -> u64 {
        // Not the draw that comes next, which says something else.
        let often = beside.within(2, 10);
        if beside.percent(20) { often } else { 0 }
    }

    /// In one history of four, drawn beside it too.
    fn draw_crowds(mut beside: Rng) -> bool {
        // Not the draws that say how often there is an overload.
        beside.within(0, 99);
        beside.within(0, 99);
        beside.percent(25)
    }
}

/// The same plan, but for how long seats may stay and callers may wait, contacts, and log-ins: what a plan that is put in
/// force again and again changes for those under way.
fn redraw_lengths(plan: &[String], mut beside: Rng) -> Vec<String> {
    let lengths = ["wrap_up ", "not_answering_retry ", "unreachable_retry ", "max_wait "];
    let mut redraw = |line: &String| {
        let is_seat = line.starts_with("seat ");
        let (name, settings) = line.split_once(": ").unwrap();
        let mut kept: Vec<String> = Vec::new();
        for setting in settings.split(", ") {
            let is_redrawn = lengths.iter().any(|it| setting.starts_with(it)) || setting == "static";
            if setting.starts_with("login ") && beside.percent(30) {
                kept.push(format!(
                    "login {}",
                    beside.pick(&["by_command", "on_register", "always"]).unwrap()
                ));
            } else if !is_redrawn {
                kept.push(setting.to_owned());
            }
        }
        if is_seat {
            let wrap_up = [String::from("unlimited"), format!("{}s", beside.within(0, 40))];
            kept.push(format!("wrap_up {}", beside.pick(&wrap_up).unwrap()));
            for retry in ["not_answering_retry", "unreachable_retry"] {
                if beside.percent(60) {
                    kept.push(format!("{retry} {}s", beside.within(1, 40)));
                }
            }
            if beside.percent(40) {
                kept.push(String::from("static"));
            }
        } else if beside.percent(70) {
            kept.push(format!("max_wait {}s", beside.within(1, 60)));
        }
        format!("{name}: {}", kept.join(", "))
    };
    let may_change = |line: &&String| line.starts_with("seat ") || line.starts_with("tenant ");
    plan.iter().map(|line| if may_change(&line) { redraw(line) } else { line.clone() }).collect()
}

/// At an edge, or within half a minute of it.
fn near(rng: &mut Rng, place: &Place) -> Timestamp {
    match rng.within(0, 3) {
        0 => place.at,
        1 => place.at - rng.millis(1, 30_000),
        2 => place.at - rng.millis(1, 3_000),
        _ => place.at + rng.millis(1, 30_000),
    }
}

/// By how much a clock is stepped: by more than a second, now and then by hours.
pub(crate) fn draw_clock_step(rng: &mut Rng) -> i64 {
    let longest = *rng.pick(&[5_000, 60_000, 600_000, 40_000_000]).unwrap();
    let step = i64::try_from(rng.within(1_001, longest)).unwrap();
    if rng.percent(30) { -step } else { step }
}
