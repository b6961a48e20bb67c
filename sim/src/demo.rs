//! `acd-sim demo`: the switch, eight seats and some forty callers for a minute, and the proof that it went right.

mod cast;
mod check;
pub(crate) mod facts;
mod show;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reports::{Fold, Records};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::caller::{CallerReport, call};
use crate::folder;
use crate::limits::{LAST_CALLS_TIME_MAX, QUEUE_CALLS_MAX, READY_TIME_MAX, STOP_TIME_MAX};
use crate::seat::{self, SeatReport};
use crate::sip::Endpoint;
use crate::switch::{self, LOOK_EVERY, Stopped, Switch};
use check::{Summary, Told, Wanted};
use facts::Live;
use show::Show;

/// A folder with this file is a demonstration's own, which the next may empty.
const MARK: &str = "acd-sim-demo";

/// How to show it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program `acd`.
    pub acd: PathBuf,
    /// How long.
    pub length: Duration,
    /// Where journal, recordings and summary are left.
    pub out: PathBuf,
    /// Decides every random choice.
    pub seed: u64,
    /// Print the summary as JSON and nothing else.
    pub json: bool,
}

/// Runs it. `true`: everything holds that must.
///
/// # Errors
/// A sentence on why it could not be run at all.
pub async fn run(options: &Options) -> Result<bool, String> {
    let show = Show::new(options.json);
    folder::prepare(&options.out, MARK)?;
    let switch =
        Switch::start(&options.acd, &options.out, &["--demo", "--clock-start", cast::CLOCK_START]).await?;
    show.say(&format!("the switch takes calls on {}", switch.sip));
    let (told, problems) = play(options, &switch, show).await?;
    let (stopped, ended) = switch.stop().await;
    let mut summary = judge(options, &told, &stopped).await?;
    summary.failures.extend(problems);
    summary.failures.extend(ended.err());
    summary.failures.extend(
        switch::logged_errors(&options.out).into_iter().map(|line| format!("the switch logged: {line}")),
    );
    let file = options.out.join("summary.json");
    let json = serde_json::to_vec_pretty(&summary).map_err(|error| format!("summary: {error}"))?;
    std::fs::write(&file, json).map_err(|error| format!("{}: {error}", file.display()))?;
    show.summary(&summary, &options.out);
    Ok(summary.failures.is_empty())
}

/// Seats log in, callers call, everybody tells. The second part is what went wrong around them.
async fn play(options: &Options, switch: &Switch, show: Show) -> Result<(Told, Vec<String>), String> {
    let arrivals = cast::arrivals(options.seed, options.length);
    let cast = cast::seats(options.seed, &arrivals);
    let anywhere: SocketAddr = "127.0.0.1:0".parse().map_err(|error| format!("{error}"))?;
    let (live, follower) = Live::follow(switch)?;
    let (seats_over, seats_end) = watch::channel(false);
    let (callers_over, callers_end) = watch::channel(false);
    let (reports, mut incoming) = mpsc::channel(QUEUE_CALLS_MAX);
    let mut told = Told::default();
    let mut seats = JoinSet::new();
    let seat_count = cast.len();
    for seat in cast {
        seats.spawn(seat::run(seat, anywhere, switch.sip, reports.clone(), seats_end.clone()));
    }
    drop(reports);
    let ready = timeout(READY_TIME_MAX, all_ready(&mut incoming, seat_count, &mut told)).await;
    ready.map_err(|_| "the seats were not logged in in time".to_owned())??;
    show.say(&format!("{seat_count} seats are logged in, the lines open"));
    show.begin_board();

    let (carrier, _no_calls) =
        Endpoint::bind(anywhere, options.seed).await.map_err(|error| error.to_string())?;
    let began = Instant::now();
    let mut callers: JoinSet<CallerReport> = JoinSet::new();
    for arrival in arrivals {
        let (carrier, to, phases, over) = (carrier.clone(), switch.sip, live.phases(), callers_end.clone());
        callers.spawn(async move {
            sleep_until(began + arrival.at).await;
            call(&carrier, to, arrival.caller, phases, over).await
        });
    }
    let mut look = tokio::time::interval(LOOK_EVERY);
    let last_calls_at = began + options.length + LAST_CALLS_TIME_MAX;
    let mut problems = Vec::new();
    while !callers.is_empty() {
        tokio::select! {
            _ = look.tick() => {
                show.board(&live, began.elapsed(), options.length);
                // Without facts the callers in the queue would wait for nothing.
                if Instant::now() >= last_calls_at || live.problem().is_some() {
                    callers_over.send_replace(true);
                }
            }
            Some(report) = incoming.recv() => told.seats.push(report),
            Some(report) = callers.join_next() => match report {
                Ok(report) => told.callers.push(report),
                Err(error) => problems.push(format!("a caller of the simulator: {error}")),
            },
        }
    }
    show.board(&live, began.elapsed(), options.length);
    seats_over.send_replace(true);
    let farewell = async {
        while let Some(report) = incoming.recv().await {
            told.seats.push(report);
        }
    };
    if timeout(STOP_TIME_MAX, farewell).await.is_err() {
        problems.push("not every seat came to its end".to_owned());
    }
    // A view that broke is worth a word, since some callers act on it.
    problems.extend(live.problem().map(|problem| format!("live facts: {problem}")));
    follower.abort();
    told.callers.sort_by_key(|report| report.caller.index);
    Ok((told, problems))
}

async fn all_ready(
    incoming: &mut mpsc::Receiver<SeatReport>,
    seats: usize,
    told: &mut Told,
) -> Result<(), String> {
    let mut ready = 0;
    while ready < seats {
        match incoming.recv().await {
            Some(SeatReport::Ready { .. }) => ready += 1,
            Some(SeatReport::Failed { seat, what }) => {
                return Err(format!("seat{seat} could not log in: {what}"));
            }
            Some(report) => told.seats.push(report),
            None => return Err("the seats ended before they were logged in".to_owned()),
        }
    }
    Ok(())
}

async fn judge(options: &Options, told: &Told, stopped: &Stopped) -> Result<Summary, String> {
    let mut records = Records::default();
    for line in stopped.export().await?.lines() {
        let fact = facts::parse(line)?;
        records.apply(fact.time, fact.seq, &fact.event);
    }
    let wanted = Wanted::in_seconds(options.length.as_secs());
    let mut summary = check::check(&records, told, &options.out.join("recordings"), wanted);
    summary.failures.extend(stopped.verify().await.err());
    let forms = options.out.join("forms");
    std::fs::create_dir_all(&forms).map_err(|error| format!("{}: {error}", forms.display()))?;
    let (date, _) = cast::CLOCK_START.split_once('T').unwrap_or((cast::CLOCK_START, ""));
    for tenant in summary.tenants.keys() {
        let sheet = forms.join(format!("{tenant}-{date}.xlsx"));
        summary.failures.extend(stopped.day_sheet(tenant, date, &sheet).await.err());
    }
    Ok(summary)
}
