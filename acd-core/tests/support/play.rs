//! Plays a written history on the real switch. Who looks on says what stands below each turn, and answers the lines that
//! are questions of its own. `switch is gone` ends a life, by a death or after `node stops`: the next happening is the first of
//! another, with the plan that stands below that line, or else with the last one.

use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{CivilDate, Input, PlanSource, Reason, Switch, TimeOfDay, Timestamp};

use crate::support::turn::{Turn, turn};
use crate::support::{inputs, plans, text};

/// Looks on while a history is played.
pub(crate) trait Onlooker {
    /// The switch begins to live with this plan.
    fn begins(&mut self, _now: Timestamp, _plan: &Plan) {}

    /// This plan is about to be applied to the switch.
    fn new_plan(&mut self, _switch: &Switch, _plan: &Plan) -> Vec<String> {
        Vec::new()
    }

    /// A turn is over; what is to stand below it. `None`: nothing, and no line for the deadline that fired either.
    fn turned(&mut self, it: &Happened<'_>) -> Option<Vec<String>>;

    /// A line that is no happening; `Some`: it is one of the onlooker's own, and this stands below it.
    fn asked(&mut self, _line: &str) -> Option<Vec<String>> {
        None
    }
}

/// A turn that is over.
#[allow(dead_code, reason = "each onlooker looks at what it needs")]
pub(crate) struct Happened<'a> {
    pub(crate) now: Timestamp,
    pub(crate) input: &'a Input,
    pub(crate) turn: &'a Turn,
    /// As the turn has left it.
    pub(crate) switch: &'a Switch,
}

/// Plays `written` and gives it back with what is said to it now.
pub(crate) fn play(written: &str, onlooker: &mut impl Onlooker) -> String {
    let mut scenario = Scenario {
        date: CivilDate { year: 2026, month: 4, day: 1 },
        plan: Vec::new(),
        switch: None,
        said: String::new(),
        onlooker,
    };
    scenario.play(written);
    scenario.said
}

struct Scenario<'a, O> {
    date: CivilDate,
    plan: Vec<String>,
    switch: Option<Switch>,
    said: String,
    onlooker: &'a mut O,
}

impl<O: Onlooker> Scenario<'_, O> {
    fn play(&mut self, written: &str) {
        let mut lines = written.lines().peekable();
        while let Some(line) = lines.next() {
            let is_said = line.starts_with(' ')
                || (line.starts_with(|it: char| it.is_ascii_digit()) && line.contains(" .. "));
            if is_said {
                continue;
            }
            let is_happening = line.starts_with(|first: char| first.is_ascii_digit());
            if !is_happening {
                self.keep(line);
                self.directive(line);
                continue;
            }
            let (clock, what) = line.split_once(' ').unwrap();
            let now = self.at(clock);
            // What a step forward passes over has not been lived through.
            let stepped = what.trim().strip_prefix("clock stepped ").map_or(0, |step| step.parse().unwrap());
            self.let_deadlines_pass(now - Duration::from_millis(u64::try_from(stepped).unwrap_or(0)));
            self.keep(line);
            let mut plan = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("| ")) {
                self.keep(line);
                plan.push(line[2..].to_owned());
            }
            let is_new_plan = what.trim() == "new plan";
            let is_end_of_life = what.trim() == "switch is gone";
            assert!(plan.is_empty() || is_new_plan || is_end_of_life, "no plan belongs below: {line}");
            if is_new_plan || !plan.is_empty() {
                self.plan.clone_from(&plan);
            }
            if is_end_of_life {
                self.switch = None;
                continue;
            }
            let input = if is_new_plan {
                let plan = plans::read(&plan);
                if let Some(switch) = &self.switch {
                    let told = self.onlooker.new_plan(switch, &plan);
                    self.keep_all(told);
                }
                Input::PlanApplied { plan: Box::new(plan), by: PlanSource::Api, who: None }
            } else {
                inputs::read(what.trim(), |clock| self.at(clock))
            };
            self.happen(now, input);
        }
    }

    fn directive(&mut self, line: &str) {
        if let Some(date) = line.strip_prefix("date ") {
            self.date = plans::date(date);
        } else if !line.is_empty() && !line.starts_with('#') {
            match self.onlooker.asked(line) {
                Some(answer) => self.keep_all(answer),
                None => self.plan.push(line.to_owned()),
            }
        }
    }

    /// `23:58:20.500` of the day, or `2026-04-30T23:58:20` of another.
    fn at(&self, clock: &str) -> Timestamp {
        let (date, clock) =
            clock.split_once('T').map_or((self.date, clock), |(date, clock)| (plans::date(date), clock));
        let (clock, millis) = clock.split_once('.').unwrap_or((clock, "0"));
        let (minutes, seconds) = clock.rsplit_once(':').expect("HH:MM:SS");
        let midnight = date.at(TimeOfDay::MIDNIGHT, 540).as_millis();
        let minutes = i64::from(plans::time(minutes).as_millis());
        let (seconds, millis): (i64, i64) = (seconds.parse().unwrap(), millis.parse().unwrap());
        Timestamp::from_millis(midnight + minutes + seconds * 1_000 + millis)
    }

    /// As a punctual shell: every deadline before the next happening fires at its own instant. Band edges that
    /// change nothing are left out.
    fn let_deadlines_pass(&mut self, until: Timestamp) {
        while let Some((deadline, reason)) = self.switch.as_ref().and_then(Switch::poll_timeout)
            && deadline < until
        {
            let switch = self.switch.as_mut().unwrap();
            let said = turn(switch, deadline, Input::TimePassed);
            let happened = Happened { now: deadline, input: &Input::TimePassed, turn: &said, switch };
            let told = self.onlooker.turned(&happened);
            let changes_nothing = said.facts.is_empty() && said.orders.is_empty();
            if changes_nothing && matches!(reason, Reason::BandEdge(_)) {
                continue;
            }
            let Some(lines) = told else { continue };
            let date = deadline.civil(540).date;
            let date = if date == self.date { String::new() } else { format!("{date} ") };
            self.keep(&format!("{date}{} .. {}", text::time(deadline), reason_text(reason)));
            self.keep_all(lines);
        }
    }

    fn happen(&mut self, now: Timestamp, input: Input) {
        let switch = self.switch.get_or_insert_with(|| {
            let plan = plans::read(&self.plan);
            self.onlooker.begins(now, &plan);
            Switch::new(plan, now)
        });
        let said = turn(switch, now, input.clone());
        if let Some(lines) = self.onlooker.turned(&Happened { now, input: &input, turn: &said, switch }) {
            self.keep_all(lines);
        }
    }

    fn keep_all(&mut self, lines: Vec<String>) {
        for line in lines {
            self.keep(&line);
        }
    }

    fn keep(&mut self, line: &str) {
        self.said.push_str(line);
        self.said.push('\n');
    }
}

fn reason_text(reason: Reason) -> String {
    match reason {
        Reason::BandEdge(tenant) => format!("band edge of {tenant}"),
        Reason::WrapUpOver(seat) => format!("{seat} has wrapped up long enough"),
        Reason::SeatRetry(seat) => format!("{seat} comes back"),
        Reason::RingOver(ring) => format!("{ring} has rung long enough"),
        Reason::PartyRingOver(party) => format!("party {party} has been rung long enough"),
        Reason::HuntPauseOver(party) => format!("the hunt has paused long enough after party {party}"),
        Reason::ChoiceOver(call) => format!("{call} has had long enough to choose"),
        Reason::GuidanceDue(call) => format!("{call} has waited for the guidance"),
        Reason::CallsMissing(tenant) => format!("{tenant} has had no call"),
        Reason::PlayAgain(leg) => format!("{} is to hear again what plays", text::leg_text(leg)),
        Reason::WaitTooLong(call) => format!("{call} has waited too long"),
    }
}
