//! `acd-sim latency`: how quickly a call is answered, how quickly a seat is rung once the guidance is over, and how quickly
//! a seat that is free is rung again while callers wait.

mod house;
mod outcome;
mod samples;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::caller::{self, Caller, CallerEnd, CallerReport, Conduct, Phases};
use crate::folder;
use crate::limits::{FAILURES_LISTED_MAX, MEASURED_MESSAGES_MAX, QUEUE_CALLS_MAX, READY_TIME_MAX};
use crate::loopback::{CARRIER, GUIDANCE, OFFICE};
use crate::media::PersonId;
use crate::process::load_average;
use crate::seat::{self, Manners, Seat, SeatReport};
use crate::sip::{Credentials, Endpoint, Passed, Tap};
use crate::switch::{self, Switch};
use crate::watch::Starvation;
use house::{BUSY_NUMBER, BUSY_SEATS, READY_NUMBER, READY_SEATS};
use outcome::{Figures, Summary};
use samples::Course;

/// A folder with this file is a measurement's own, which the next may empty.
const MARK: &str = "acd-sim-latency";

/// Where the callers' messages pass; the seats' pass at their own numbers.
const CARRIER_PLACE: u32 = 0;

/// Callers who call the few seats again and again: three times as many as there are seats, and some for the pauses.
const CROWD: u32 = 30;

/// A ring that is earlier than this before the guidance's end has cut it; less is what a clock tells of a stream.
const CUT: Duration = Duration::from_millis(5);

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program `acd`.
    pub acd: PathBuf,
    /// Where journal, log and summary are left.
    pub out: PathBuf,
    /// Decides every random choice.
    pub seed: u64,
    /// Calls through the guidance to a free seat.
    pub calls: u32,
    /// Such calls a second.
    pub rate: u32,
    /// Turns of the few seats at least.
    pub turns: u32,
}

/// Measures. The first part is the summary for a person or, with `json`, as JSON; the second whether the goals are met.
///
/// # Errors
/// A sentence on why it could not be done at all.
pub async fn run(options: &Options, json: bool) -> Result<(String, bool), String> {
    folder::prepare(&options.out, MARK)?;
    let plan = house::write_plan(&options.out)?;
    let switch = Switch::start(&options.acd, &options.out, &["--config", &plan.to_string_lossy()]).await?;
    let mut summary = measured(options, &switch).await?;
    let (stopped, ended) = switch.stop().await;
    summary.failures.extend(ended.err());
    summary.failures.extend(stopped.verify().await.err());
    let errors = switch::logged_errors(&options.out);
    summary.failures.extend(errors.into_iter().map(|line| format!("the switch logged: {line}")));
    let summary = summary.judged(options.calls as usize, options.turns as usize);
    let text = serde_json::to_string_pretty(&summary).map_err(|error| format!("summary: {error}"))?;
    let file = options.out.join("summary.json");
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((if json { text } else { summary.render() }, summary.holds))
}

async fn measured(options: &Options, switch: &Switch) -> Result<Summary, String> {
    let (told, mut passing) = mpsc::channel(MEASURED_MESSAGES_MAX);
    let gathering = tokio::spawn(async move {
        let mut passed = Vec::<Passed>::new();
        while let Some(message) = passing.recv().await {
            passed.push(message);
        }
        passed
    });
    let tap = Tap::new(CARRIER_PLACE, told.clone());
    let (carrier, _no_calls) = Endpoint::bind_tapped(SocketAddr::new(CARRIER, 0), options.seed, Some(tap))
        .await
        .map_err(|error| error.to_string())?;
    let seats = Seats::begin(switch.sip, options.seed, told).await?;
    let stage = Stage { carrier, switch: switch.sip, seed: options.seed };
    let starvation = Starvation::watch(switch.pid);
    let mut calls = stage.row(options).await?;
    let crowd = stage.crowd(options).await?;
    let (load_average, core_wait_ms) = (load_average(), starvation.longest_ms());
    let mut failures = seats.end().await;
    // The last sender of what passes is the carrier's.
    drop(stage);
    let passed = gathering.await.map_err(|error| format!("who gathers what passes: {error}"))?;
    let course = Course::new(passed);
    let row_length = calls.len();
    calls.extend(crowd);
    failures.extend(calls.iter().filter_map(wrong).take(FAILURES_LISTED_MAX));
    let rings = course.first_rings(CARRIER_PLACE);
    let mut after_guidance = Vec::new();
    let mut guidance_cut = 0;
    for report in &calls[..row_length] {
        let over = report.heard.onset.map(|onset| onset + GUIDANCE);
        if let (Some(over), Some(rung)) = (over, rings.get(report.caller.number.as_str())) {
            guidance_cut += usize::from(*rung + CUT < over);
            after_guidance.push(rung.saturating_duration_since(over));
        }
    }
    Ok(Summary {
        load_average,
        core_wait_ms,
        calls: u32::try_from(calls.len()).unwrap_or(u32::MAX),
        answer: Figures::of(course.answers(CARRIER_PLACE)),
        guidance_to_ring: Figures::of(after_guidance),
        guidance_cut,
        seat_free_to_ring: Figures::of(course.seat_turns(CARRIER_PLACE, BUSY_SEATS)),
        failures,
        ..Summary::default()
    })
}

/// What did not go as such a call goes.
fn wrong(report: &CallerReport) -> Option<String> {
    match &report.end {
        CallerEnd::HungUp | CallerEnd::HungUpByOther => None,
        end @ (CallerEnd::Refused(_) | CallerEnd::Failed(_)) => {
            Some(format!("caller {}: {end:?}", report.caller.number))
        }
    }
}

/// Where callers call from, and whom.
#[derive(Debug)]
struct Stage {
    carrier: Endpoint,
    switch: SocketAddr,
    seed: u64,
}

impl Stage {
    /// Calls one after the other, to seats of which some are always free.
    async fn row(&self, options: &Options) -> Result<Vec<CallerReport>, String> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut clock = interval(Duration::from_secs(1) / options.rate.max(1));
        let mut calls = JoinSet::new();
        for index in 0..options.calls {
            clock.tick().await;
            let caller = caller(index, READY_NUMBER, READY_SEATS, &mut rng);
            calls.spawn(place(self.carrier.clone(), self.switch, caller));
        }
        let mut reports = Vec::new();
        while let Some(report) = calls.join_next().await {
            reports.push(report.map_err(|error| format!("a caller: {error}"))?);
        }
        Ok(reports)
    }

    /// A crowd that calls the few seats until they have had their turns.
    async fn crowd(&self, options: &Options) -> Result<Vec<CallerReport>, String> {
        // The first turn of each seat has no end before it, and at the end too few wait.
        let wanted = options.turns + 2 * CROWD;
        let placed = Arc::new(AtomicU32::new(0));
        let mut people = JoinSet::new();
        for person in 0..CROWD {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ (u64::from(person) << 32));
            let (carrier, switch) = (self.carrier.clone(), self.switch);
            let placed = Arc::clone(&placed);
            let first = options.calls;
            people.spawn(async move {
                let mut reports = Vec::new();
                loop {
                    let index = placed.fetch_add(1, Ordering::Relaxed);
                    if index >= wanted {
                        return reports;
                    }
                    let caller = caller(first + index, BUSY_NUMBER, BUSY_SEATS, &mut rng);
                    reports.push(place(carrier.clone(), switch, caller).await);
                }
            });
        }
        let mut reports = Vec::new();
        while let Some(of_one) = people.join_next().await {
            reports.extend(of_one.map_err(|error| format!("a caller: {error}"))?);
        }
        Ok(reports)
    }
}

/// A caller who hangs up a while after hearing the seat, unless the seat does before.
fn caller(index: u32, dialled: &str, seats: RangeInclusive<u32>, rng: &mut ChaCha8Rng) -> Caller {
    Caller {
        index,
        number: format!("090{index:08}"),
        dialled: dialled.to_owned(),
        conduct: Conduct::Talk(Duration::from_millis(rng.random_range(200..=500))),
        seats: seats.map(PersonId::Seat).collect(),
    }
}

async fn place(carrier: Endpoint, switch: SocketAddr, caller: Caller) -> CallerReport {
    let (_phases, no_phases) = watch::channel(Phases::new());
    let (_over, never) = watch::channel(false);
    caller::call(&carrier, switch, caller, no_phases, never).await
}

/// The seats, who answer at once; every second one of their talks they end themselves.
#[derive(Debug)]
struct Seats {
    over: watch::Sender<bool>,
    lives: JoinSet<()>,
    watching: tokio::task::JoinHandle<Vec<String>>,
}

impl Seats {
    /// Registers all of them.
    async fn begin(switch: SocketAddr, seed: u64, told: mpsc::Sender<Passed>) -> Result<Self, String> {
        let (over, end) = watch::channel(false);
        let (reports, mut incoming) = mpsc::channel(QUEUE_CALLS_MAX);
        let mut lives = JoinSet::new();
        let numbers: Vec<u32> = READY_SEATS.chain(BUSY_SEATS).collect();
        for number in &numbers {
            let seat = Seat {
                number: *number,
                credentials: Credentials {
                    user: format!("seat{number}"),
                    password: format!("demo-{number}"),
                },
                star_codes: false,
                manners: Manners {
                    answer_after_ms: 0..=0,
                    refuse: 0.0,
                    ignore: 0.0,
                    hang_up: 0.5,
                    talk_ms: 200..=400,
                },
                seed: seed ^ u64::from(*number),
                callers: Vec::new(),
                tap: Some(Tap::new(*number, told.clone())),
            };
            let bind = SocketAddr::new(OFFICE, 0);
            lives.spawn(seat::run(seat, bind, switch, reports.clone(), end.clone()));
        }
        let until = Instant::now() + READY_TIME_MAX;
        for _ in &numbers {
            let left = until.saturating_duration_since(Instant::now());
            match timeout(left, incoming.recv()).await {
                Ok(Some(SeatReport::Ready { .. })) => {}
                Ok(Some(report)) => return Err(format!("a seat is not ready: {report:?}")),
                Ok(None) | Err(_) => return Err("not all seats were ready in time".to_owned()),
            }
        }
        let watching = tokio::spawn(async move {
            let mut failures = Vec::new();
            while let Some(report) = incoming.recv().await {
                match report {
                    SeatReport::Ready { .. } | SeatReport::Talked(_) => {}
                    report @ (SeatReport::NotAnswered { .. } | SeatReport::Failed { .. }) => {
                        failures.push(format!("{report:?}"));
                    }
                }
            }
            failures
        });
        Ok(Self { over, lives, watching })
    }

    /// Takes the registrations back. What went wrong meanwhile, one sentence each.
    async fn end(mut self) -> Vec<String> {
        self.over.send_replace(true);
        let mut failures = Vec::new();
        while let Some(end) = self.lives.join_next().await {
            failures.extend(end.err().map(|error| format!("a seat: {error}")));
        }
        match self.watching.await {
            Ok(told) => failures.extend(told),
            Err(error) => failures.push(format!("who hears the seats: {error}")),
        }
        failures
    }
}
