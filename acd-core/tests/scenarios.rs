//! Scenarios as data: each file in `tests/scenarios/` is a plan, a history, and what the switch must say to it.
//!
//! A line that begins with a time is what happens (`09:00:00 call 1 to 0770007119`); indented below it stand the
//! facts, and after `>` the orders. Below a new plan stands first what it changes (`~`) and whom it would strand (`!`). A line with `..` is a deadline that fired by itself. `date` sets the day
//! (Asia/Tokyo). After a wanted change, `ACD_BLESS=1 cargo test -p acd-core --test scenarios` writes what the switch
//! says now into the files, to be read before it is committed.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use acd_core::plan::{Plan, diff};
use acd_core::{CivilDate, Input, PlanSource, Reason, Switch, TimeOfDay, Timestamp, UnexpectedInput};
use support::turn::{Turn, turn};
use support::{inputs, plans, text};

#[test]
fn every_scenario_goes_as_written() {
    let mut different = Vec::new();
    for (file, written) in all() {
        let said = Scenario::play(&written);
        if said == written {
            continue;
        }
        if std::env::var_os("ACD_BLESS").is_some() {
            fs::write(&file, said).unwrap();
            continue;
        }
        let line = written.lines().zip(said.lines()).take_while(|(one, other)| one == other).count();
        different.push(format!("{}:{}\n--- the switch says:\n{said}", file.display(), line + 1));
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_scenario_cites_its_rule() {
    for (file, written) in all() {
        let head: Vec<&str> = written.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(
            head.iter().any(|line| line.contains("R-")),
            "{} says not which rule it shows",
            file.display()
        );
    }
}

#[test]
fn every_name_of_what_does_not_fit_is_shown() {
    let (_, written) = all().into_iter().find(|(file, _)| file.ends_with("unexpected-inputs.txt")).unwrap();
    let names = [
        UnexpectedInput::CallDuplicate,
        UnexpectedInput::CallUnknown,
        UnexpectedInput::RingOver,
        UnexpectedInput::PartyOver,
        UnexpectedInput::SeatUnknown,
        UnexpectedInput::OutOfPhase,
        UnexpectedInput::TimeBackwards,
    ];
    for name in names {
        assert!(written.contains(&format!("UNEXPECTED {name:?}")), "no history shows {name:?}");
    }
}

/// Every file with what is written in it, by name.
fn all() -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no scenario in {}", folder.display());
    files.into_iter().map(|file| fs::read_to_string(&file).map(|written| (file, written)).unwrap()).collect()
}

struct Scenario {
    date: CivilDate,
    plan: Vec<String>,
    switch: Option<Switch>,
    said: String,
}

impl Scenario {
    fn play(written: &str) -> String {
        let mut scenario = Self {
            date: CivilDate { year: 2026, month: 4, day: 1 },
            plan: Vec::new(),
            switch: None,
            said: String::new(),
        };
        let mut lines = written.lines().peekable();
        while let Some(line) = lines.next() {
            let is_said = line.starts_with(' ')
                || (line.starts_with(|it: char| it.is_ascii_digit()) && line.contains(" .. "));
            if is_said {
                continue;
            }
            let is_happening = line.starts_with(|first: char| first.is_ascii_digit());
            if !is_happening {
                scenario.keep(line);
                scenario.directive(line);
                continue;
            }
            let (clock, what) = line.split_once(' ').unwrap();
            let now = scenario.at(clock);
            // What a step forward passes over has not been lived through.
            let stepped = what.trim().strip_prefix("clock stepped ").map_or(0, |step| step.parse().unwrap());
            scenario.let_deadlines_pass(now - Duration::from_millis(u64::try_from(stepped).unwrap_or(0)));
            scenario.keep(line);
            let input = if what.trim() == "new plan" {
                let mut plan = Vec::new();
                while let Some(line) = lines.next_if(|line| line.starts_with("| ")) {
                    scenario.keep(line);
                    plan.push(line[2..].to_owned());
                }
                let plan = plans::read(&plan);
                scenario.keep_what_it_changes(&plan);
                Input::PlanApplied { plan: Box::new(plan), by: PlanSource::Api }
            } else {
                inputs::read(what.trim(), |clock| scenario.at(clock))
            };
            scenario.happen(now, input);
        }
        scenario.said
    }

    fn directive(&mut self, line: &str) {
        if let Some(date) = line.strip_prefix("date ") {
            self.date = plans::date(date);
        } else if !line.is_empty() && !line.starts_with('#') {
            self.plan.push(line.to_owned());
        }
    }

    fn at(&self, clock: &str) -> Timestamp {
        let (clock, millis) = clock.split_once('.').unwrap_or((clock, "0"));
        let (minutes, seconds) = clock.rsplit_once(':').expect("HH:MM:SS");
        let midnight = self.date.at(TimeOfDay::MIDNIGHT, 540).as_millis();
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
            if said.facts.is_empty() && said.orders.is_empty() && matches!(reason, Reason::BandEdge(_)) {
                continue;
            }
            let date = deadline.civil(540).date;
            let date = if date == self.date { String::new() } else { format!("{date} ") };
            self.keep(&format!("{date}{} .. {}", text::time(deadline), reason_text(reason)));
            self.keep_turn(&said);
        }
    }

    fn happen(&mut self, now: Timestamp, input: Input) {
        if self.switch.is_none() {
            self.switch = Some(Switch::new(plans::read(&self.plan), now));
        }
        let said = turn(self.switch.as_mut().unwrap(), now, input);
        self.keep_turn(&said);
    }

    /// What a new plan changes and whom it would strand, told before it is applied.
    fn keep_what_it_changes(&mut self, plan: &Plan) {
        let Some(switch) = &self.switch else { return };
        let changes = diff(switch.plan(), plan).into_iter().map(|change| format!("    ~ {change}"));
        let stranded = switch.would_strand(plan).into_iter().map(|it| format!("    ! {it}"));
        for line in changes.chain(stranded).collect::<Vec<_>>() {
            self.keep(&line);
        }
    }

    fn keep_turn(&mut self, turn: &Turn) {
        for fact in &turn.facts {
            self.keep(&format!("    {}", text::fact(fact)));
        }
        for order in &turn.orders {
            self.keep(&format!("    > {}", text::order(order)));
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
        Reason::ChoiceOver(call) => format!("{call} has had long enough to choose"),
        Reason::GuidanceDue(call) => format!("{call} has waited for the guidance"),
        Reason::CallsMissing(tenant) => format!("{tenant} has had no call"),
        Reason::PlayAgain(leg) => format!("{} is to hear again what plays", text::leg_text(leg)),
        Reason::WaitTooLong(call) => format!("{call} has waited too long"),
    }
}
