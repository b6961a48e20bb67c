//! `acd-sim attack`: ten calls in progress while strangers do their worst, and the proof that the calls, the registrar
//! and new callers do not notice.

mod flood;
mod house;
mod kinds;
mod machine;
mod messages;
mod outcome;
mod probe;
mod redial;
mod talks;
mod tcp;

use std::path::PathBuf;

use tokio::time::{Instant, sleep};

use crate::folder;
use crate::limits::{AFTERMATH, SETTLED};
use crate::process::load_average;
use crate::switch::{self, Switch};
use crate::watch::{self, Memory};
pub use kinds::Attack;
use kinds::Target;
use machine::Machine;
use outcome::{Outcome, Summary, render};
use probe::Probe;
use talks::Talks;

/// A folder with this file is an attack's own, which the next may empty.
const MARK: &str = "acd-sim-attack";

/// What the switch logs when its journal does not keep up.
const JOURNAL_BEHIND: &str = "the journal does not keep up";

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program `acd`.
    pub acd: PathBuf,
    /// Where journal, log and summary are left.
    pub out: PathBuf,
    /// Decides every random choice.
    pub seed: u64,
    /// One attack; all if absent.
    pub only: Option<Attack>,
}

/// Attacks. The first part is the summary for a person or, with `json`, as JSON; the second whether all holds.
///
/// # Errors
/// A sentence on why it could not be done at all.
pub async fn run(options: &Options, json: bool) -> Result<(String, bool), String> {
    folder::prepare(&options.out, MARK)?;
    let switch = house::open(&options.acd, &options.out).await?;
    let (outcomes, resident_settled_kib, mut failures) = under_attack(options, &switch).await?;
    let (stopped, ended) = switch.stop().await;
    failures.extend(ended.err());
    failures.extend(stopped.verify().await.err());
    let mut errors = switch::logged_errors(&options.out);
    if outcomes.iter().any(|outcome| outcome.journal_degraded > 0) {
        // It is judged with its attack, beside what the disk did.
        errors.retain(|line| !line.contains(JOURNAL_BEHIND));
    }
    failures.extend(errors.into_iter().map(|line| format!("the switch logged: {line}")));
    let summary = Summary::new(outcomes, resident_settled_kib, failures);
    let text = serde_json::to_string_pretty(&summary).map_err(|error| format!("summary: {error}"))?;
    let file = options.out.join("summary.json");
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((if json { text } else { render(&summary) }, summary.holds))
}

async fn under_attack(
    options: &Options,
    switch: &Switch,
) -> Result<(Vec<Outcome>, u64, Vec<String>), String> {
    let talks = Talks::begin(switch.sip, options.seed).await?;
    let probe = Probe::begin(switch.sip, options.seed).await?;
    let memory = Memory::watch(switch.pid);
    let machine = Machine::watch(switch.pid, &options.out).await?;
    let watched = Watched { talks: &talks, probe: &probe, memory: &memory, machine: &machine };
    sleep(AFTERMATH).await;
    let mut outcomes = Vec::new();
    for attack in options.only.map_or_else(|| Attack::ALL.to_vec(), |attack| vec![attack]) {
        outcomes.push(one(attack, options, switch, watched).await?);
    }
    sleep(SETTLED).await;
    let resident = memory.now()?;
    drop(probe);
    Ok((outcomes, resident, talks.end().await))
}

/// Who is looked at during an attack.
#[derive(Clone, Copy)]
struct Watched<'a> {
    talks: &'a Talks,
    probe: &'a Probe,
    memory: &'a Memory,
    machine: &'a Machine,
}

/// One attack, from quiet to quiet.
async fn one(
    attack: Attack,
    options: &Options,
    switch: &Switch,
    watched: Watched<'_>,
) -> Result<Outcome, String> {
    let Watched { talks, probe, memory, machine } = watched;
    let lines_before = watch::log_lines(&options.out);
    let degraded_before = watch::facts(switch, "journal_degraded").await?;
    let figures_before = watch::figures(switch.http).await;
    let resident_start = memory.now()?;
    let media = talks.switch_media.first().copied().ok_or("no call is in progress")?;
    talks.look();
    probe.look();
    machine.look();
    let began = Instant::now();
    let carried_out = attack.run(Target { switch: switch.sip, media, seed: options.seed }).await;
    let lasted = began.elapsed();
    sleep(AFTERMATH).await;
    let resident_peak = memory.peak();
    let (tally, problem) = match carried_out {
        Ok(tally) => (tally, None),
        Err(problem) => (flood::Tally::default(), Some(problem)),
    };
    let hearing = talks.look().into();
    let strain = machine.look();
    let refusals = watch::refusals(&figures_before, &watch::figures(switch.http).await);
    let outcome = Outcome {
        attack: attack.name(),
        seconds: lasted.as_secs_f64(),
        load_average: load_average(),
        tally,
        hearing,
        strain,
        cut: talks.cut(),
        service: probe.look().into(),
        resident_start_kib: resident_start,
        resident_peak_kib: resident_peak,
        resident_after_kib: memory.now()?,
        log_lines: watch::log_lines(&options.out) - lines_before,
        journal_degraded: watch::facts(switch, "journal_degraded").await? - degraded_before,
        explained: attack.explained(&refusals),
        refusals,
        failures: problem.into_iter().collect(),
    };
    Ok(outcome.judged())
}
