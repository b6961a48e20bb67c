//! The office: keeps the journal of a history, and asks the program for what is done with it afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{CallEvent, TimeOfDay, Timestamp};
use acd_server::cli::{self, Cli, Command, Report};
use acd_server::journal::{Batch, Journal, Life, Record, Retention};
use acd_server::plan::{FactKeeping, PlanFile};
use acd_server::{report, retention};
use clap::Parser;
use tempfile::TempDir;

use crate::play::{Happened, Onlooker};
use crate::support::plans;

const JST: i32 = 540;

/// The journal of a switch that goes on living.
struct Writing {
    journal: Journal,
    woken: Receiver<()>,
}

/// Keeps the journal, and answers what the office asks.
pub(crate) struct Office {
    data: TempDir,
    writing: Option<Writing>,
    plan: PlanFile,
    /// The revisions as they were written.
    closed: BTreeMap<PathBuf, Vec<u8>>,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self {
            data: tempfile::tempdir().unwrap(),
            writing: None,
            plan: PlanFile::built_in(),
            closed: BTreeMap::new(),
        }
    }

    /// The history is over: the journal is closed, so that what its own time has removed is gone.
    fn end(&mut self) {
        if let Some(writing) = self.writing.take() {
            writing.journal.close().unwrap();
        }
    }

    /// The options of `acd report`, as the command line reads them.
    fn report(&self, tenant: &str, rest: &[&str]) -> Result<Report, String> {
        let data = self.data.path().to_str().unwrap();
        let line = ["acd", "report", "--form", "figures", "--tenant", tenant, "--data", data];
        let cli = Cli::try_parse_from(line.iter().chain(rest)).map_err(|it| it.to_string())?;
        match cli.command {
            Some(Command::Report(options)) => Ok(options),
            other => panic!("no report: {other:?}"),
        }
    }

    /// `kyoto 2027-03 on 2027-03-31 at 22:00`: closes the month, and looks at what had been closed before.
    fn close(&mut self, text: &str) -> Vec<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let [tenant, month, "on", day, "at", time] = words.as_slice() else {
            panic!("close TENANT MONTH on DATE at TIME");
        };
        let made_at = plans::date(day).at(plans::time(time), JST);
        let options = self.report(tenant, &["--month", month, "--close"]).unwrap();
        let said = match report::answer(&options, made_at) {
            Ok(said) => said,
            Err(refused) => format!("refused: {refused}"),
        };
        // Where the folder is differs from run to run.
        let folder = format!(": {}", self.data.path().display());
        let lines = said.lines().map(|line| line.split(&folder).next().unwrap().to_owned()).collect();
        self.compare_closed();
        lines
    }

    /// What was closed once stays as it was, to the byte.
    fn compare_closed(&mut self) {
        let mut folders = vec![self.data.path().join("closed")];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(folder) else { continue };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let now = fs::read(&path).unwrap();
                    let before = self.closed.entry(path.clone()).or_insert_with(|| now.clone());
                    assert_eq!(*before, now, "{} was written again", path.display());
                }
            }
        }
    }

    /// `kyoto 2027-03`
    fn revisions(&self, text: &str) -> Vec<String> {
        let (tenant, month) = text.split_once(' ').expect("revisions TENANT MONTH");
        let options = self.report(tenant, &["--month", month, "--revisions"]).unwrap();
        let said = report::answer(&options, noon("2026-04-01")).unwrap();
        said.lines().map(str::to_owned).collect()
    }

    /// `of kyoto 2027-03 for inspection on 2027-04-01`
    fn export(&self, text: &str) -> Vec<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let ["of", tenant, month, "for", purpose, "on", day] = words.as_slice() else {
            panic!("export of TENANT MONTH for PURPOSE on DATE");
        };
        let out = self.data.path().join("figures.csv");
        let options = match self
            .report(tenant, &["--month", month, "--purpose", purpose, "--out", out.to_str().unwrap()])
        {
            Ok(options) => options,
            Err(refused) => return vec![format!("refused: {}", refused.lines().next().unwrap())],
        };
        if let Err(refused) = report::answer(&options, noon(day)) {
            return vec![format!("refused: {refused}")];
        }
        let text = fs::read_to_string(&out).unwrap();
        let purposes = text.split(['\n', ',']).filter_map(|it| it.split_once(" 用途："));
        purposes.map(|(_, purpose)| format!("用途：{purpose}")).collect()
    }

    /// `kyoto: days 30, until_accepted, accepted_on 2027-04-20, years 3, report 2026 made 2027-04-09`
    fn keep(&mut self, text: &str) {
        let (tenant, rules) = text.split_once(": ").expect("keeps TENANT: RULES");
        let mut keeping = FactKeeping::default();
        for rule in rules.split(", ") {
            let words: Vec<&str> = rule.split(' ').collect();
            match words.as_slice() {
                ["days", days] => keeping.days = Some(days.parse().unwrap()),
                ["until_accepted"] => keeping.until_accepted = true,
                ["accepted_on", day] => keeping.accepted_on = Some(plans::date(day)),
                ["years", years] => keeping.years_after_annual_report = Some(years.parse().unwrap()),
                ["report", year, "made", day] => {
                    keeping.annual_reports.push((year.parse().unwrap(), plans::date(day)));
                }
                _ => panic!("no such rule: {rule}"),
            }
        }
        let tenant = self.plan.shell.tenants.get_mut(&tenant.parse().unwrap()).unwrap();
        tenant.accounting.keeping = keeping;
    }

    /// `of kyoto on 2027-04-21`: what may go, or with `destroy` what has gone.
    fn retention(&mut self, text: &str, destroy: bool) -> Vec<String> {
        self.end();
        let words: Vec<&str> = text.split(' ').collect();
        let ["of", tenant, "on", day] = words.as_slice() else { panic!("retention of TENANT on DATE") };
        let options = cli::Retention {
            config: None,
            data: self.data.path().to_owned(),
            tenant: Some((*tenant).to_owned()),
            destroy,
            json: false,
        };
        let all = retention::state(&self.plan, &options, noon(day)).unwrap();
        let [it] = all.as_slice() else { panic!("one client was asked for") };
        let Some(before) = it.verdict.before else { return vec![format!("kept: {}", it.verdict.why)] };
        let civil = before.civil(JST);
        let midnight = if civil.time == TimeOfDay::MIDNIGHT { "0:00" } else { "12:00" };
        let done = if it.destroyed { "destroyed" } else { "may be destroyed" };
        let calls = it.extent.calls;
        vec![format!("before {} {midnight}: {calls} calls {done}; {}", civil.date, it.verdict.why)]
    }
}

impl Onlooker for Office {
    fn begins(&mut self, now: Timestamp, plan: &Plan) {
        let (opened, _) = Journal::open(self.data.path()).unwrap();
        let (wake, woken) = channel();
        let wake = Box::new(move || {
            // Nobody waits any more once the test is over.
            let _ = wake.send(());
        });
        let retention = Retention { inputs: Duration::from_secs(7 * 86_400), ..Retention::default() };
        let journal = opened.start(Life { plan, at: now, retention, wake }).unwrap();
        self.writing = Some(Writing { journal, woken });
    }

    fn turned(&mut self, it: &Happened<'_>) -> Option<Vec<String>> {
        let facts = it.turn.facts.clone();
        let unexpected = facts.iter().find(|it| matches!(it, CallEvent::InputUnexpected { .. }));
        assert_eq!(unexpected, None, "{:?}", it.now);
        let records = vec![Record { time: it.now, input: it.input.clone(), facts }];
        let snapshot = Some(Box::new(it.switch.clone()));
        let writing =
            self.writing.as_mut().unwrap_or_else(|| panic!("a question about keeping ends the history"));
        let batch = writing.journal.append(Batch { records, snapshot, ..Batch::default() });
        while writing.journal.durable() < batch {
            writing.woken.recv().unwrap();
        }
        None
    }

    fn asked(&mut self, line: &str) -> Option<Vec<String>> {
        let (kind, rest) = line.split_once(' ')?;
        let said = match kind {
            "close" => self.close(rest),
            "revisions" => self.revisions(rest),
            "export" => self.export(rest),
            "keeps" => {
                self.keep(rest);
                Vec::new()
            }
            "retention" => self.retention(rest, false),
            "destroy" => self.retention(rest, true),
            _ => return None,
        };
        Some(said.iter().map(|line| format!("    {line}")).collect())
    }
}

/// Noon of a day.
fn noon(day: &str) -> Timestamp {
    plans::date(day).at(TimeOfDay::from_hm(12, 0).unwrap(), JST)
}
