//! `acd-sim call` and `acd-sim seat`: one person, for use by hand and by tests.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the program's output")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acd_sim::caller::{Caller, CallerEnd, Conduct, Phases, call as place};
use acd_sim::media::{Heard, PersonId, Voice, sound_ms, wav};
use acd_sim::seat::{self, Manners, SeatReport, SeatTalk};
use acd_sim::sip::{Credentials, Endpoint};
use clap::Args;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

/// The built-in plan's seats, whose voices a caller recognises.
const SEATS: std::ops::RangeInclusive<u32> = 101..=120;

/// Callers whose voices a seat recognises (`--voice` of `acd-sim call`).
const CALLERS: u32 = 400;

#[derive(Args, Debug)]
pub(crate) struct Call {
    /// Whom to call: sip:0770007119@127.0.0.1:5060
    #[arg(long, value_name = "URI")]
    to: String,
    /// Who calls: the number in From.
    #[arg(long, default_value = "09012345678")]
    from: String,
    /// Seconds of talk from where the voice of a simulated seat was recognised.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    talk: f64,
    /// Hang up so many seconds after the answer, whatever happened.
    #[arg(long, value_name = "SECONDS")]
    after: Option<f64>,
    /// Write what was heard, 8 kHz, one channel.
    #[arg(long, value_name = "WAV")]
    hear: Option<PathBuf>,
    /// Which of 400 voices the caller has.
    #[arg(long, default_value_t = 0)]
    voice: u32,
    /// The address to call from; as a carrier, it must be in a trunk's network.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Decides tags and Call-IDs; by the clock if absent, so that two callers differ.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct Seat {
    /// The seat's name; its number decides the voice.
    #[arg(long)]
    user: String,
    /// Its password.
    #[arg(long)]
    password: String,
    /// The switch.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:5060")]
    server: SocketAddr,
    /// Log in by the star codes *11 and *12 after registering.
    #[arg(long)]
    star_codes: bool,
    /// Seconds of ringing before the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    answer_after: f64,
    /// Hang up after so many seconds of talk; else the caller does.
    #[arg(long, value_name = "SECONDS")]
    talk: Option<f64>,
    /// Refuse every ring (486).
    #[arg(long, conflicts_with = "ignore")]
    refuse: bool,
    /// Answer no ring.
    #[arg(long)]
    ignore: bool,
    /// End after so many talks.
    #[arg(long)]
    calls: Option<u32>,
    /// Write what was heard to this folder, one file a talk.
    #[arg(long, value_name = "DIR")]
    hear: Option<PathBuf>,
    /// The address of the phone.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Decides tags and Call-IDs; by the clock if absent.
    #[arg(long)]
    seed: Option<u64>,
}

/// Places one call; prints one JSON object. `false`: it was refused or failed.
pub(crate) async fn call(options: Call) -> Result<bool, String> {
    let switch = address(&options.to)?;
    let dialled = options.to.trim_start_matches("sip:").split('@').next().unwrap_or_default().to_owned();
    let seed = options.seed.unwrap_or_else(clock_seed);
    let (endpoint, _no_calls) =
        Endpoint::bind(options.bind, seed).await.map_err(|error| error.to_string())?;
    let conduct = match options.after {
        Some(after) => Conduct::LeaveInGuidance(seconds("--after", after)?),
        None => Conduct::Talk(seconds("--talk", options.talk)?),
    };
    let caller = Caller {
        index: options.voice,
        number: options.from,
        dialled,
        conduct,
        seats: SEATS.map(PersonId::Seat).collect(),
    };
    let (over, end) = watch::channel(false);
    let (_phases, no_phases) = watch::channel(Phases::new());
    tokio::spawn(async move {
        // Without a handler Ctrl-C ends the program, which is also an end.
        if tokio::signal::ctrl_c().await.is_ok() {
            over.send_replace(true);
        }
    });
    let report = place(&endpoint, switch, caller, no_phases, end).await;
    if let Some(path) = &options.hear {
        wav::write_mono(path, &report.heard.samples)?;
    }
    let (status, end) = match &report.end {
        CallerEnd::Refused(status) => (*status, "refused".to_owned()),
        CallerEnd::HungUp => (200, "hung_up".to_owned()),
        CallerEnd::HungUpByOther => (200, "hung_up_by_other".to_owned()),
        CallerEnd::Failed(what) => (0, what.clone()),
    };
    let mut line = heard(&report.heard, report.packets_sent);
    line["status"] = status.into();
    line["end"] = end.into();
    line["voice_hz"] = json!(Voice::of(PersonId::Caller(options.voice)).tones_hz());
    if let Some(PersonId::Seat(number)) = report.spoke_with {
        line["seat"] = format!("seat{number}").into();
        line["seat_heard_ms"] = Voice::of(PersonId::Seat(number)).heard_ms(&report.heard.samples).into();
    }
    println!("{line}");
    Ok(status == 200)
}

/// Is one seat; prints a JSON object for each thing that happens. `false`: something failed.
pub(crate) async fn seat(options: Seat) -> Result<bool, String> {
    let digits: String = options.user.chars().filter(char::is_ascii_digit).collect();
    let number = digits.parse().unwrap_or(0);
    let answer_after = millis("--answer-after", options.answer_after)?;
    let talk = options.talk.map(|talk| millis("--talk", talk)).transpose()?;
    let life = seat::Seat {
        number,
        credentials: Credentials { user: options.user.clone(), password: options.password },
        star_codes: options.star_codes,
        manners: Manners {
            answer_after_ms: answer_after..=answer_after,
            refuse: if options.refuse { 1.0 } else { 0.0 },
            ignore: if options.ignore { 1.0 } else { 0.0 },
            hang_up: if talk.is_some() { 1.0 } else { 0.0 },
            talk_ms: talk.unwrap_or(0)..=talk.unwrap_or(0),
        },
        seed: options.seed.unwrap_or_else(clock_seed),
        callers: (0..CALLERS).map(PersonId::Caller).collect(),
        tap: None,
    };
    let (over, end) = watch::channel(false);
    let (reports, mut incoming) = mpsc::channel(acd_sim::limits::QUEUE_CALLS_MAX);
    let running = tokio::spawn(seat::run(life, options.bind, options.server, reports, end));
    let (mut talks, mut fine) = (0, true);
    loop {
        let report = tokio::select! {
            report = incoming.recv() => report,
            stop = tokio::signal::ctrl_c() => {
                stop.map_err(|error| format!("Ctrl-C cannot be heard: {error}"))?;
                over.send_replace(true);
                continue;
            }
        };
        let Some(report) = report else { break };
        let line = match report {
            SeatReport::Ready { .. } => json!({ "seat": options.user, "event": "ready" }),
            SeatReport::NotAnswered { refused, .. } => {
                json!({ "seat": options.user, "event": if refused { "refused" } else { "not_answered" } })
            }
            SeatReport::Talked(talk) => {
                talks += 1;
                talked(&options.user, &talk, talks, options.hear.as_deref())?
            }
            SeatReport::Failed { what, .. } => {
                fine = false;
                json!({ "seat": options.user, "event": "failed", "what": what })
            }
        };
        println!("{line}");
        if options.calls.is_some_and(|calls| talks >= calls) {
            over.send_replace(true);
        }
    }
    running.await.map_err(|error| format!("the seat: {error}"))?;
    Ok(fine)
}

fn talked(user: &str, talk: &SeatTalk, index: u32, folder: Option<&Path>) -> Result<Value, String> {
    let mut line = heard(&talk.heard, talk.packets_sent);
    line["seat"] = user.into();
    line["event"] = "talked".into();
    line["hung_up"] = talk.hung_up.into();
    line["caller_recognised"] = talk.spoke_with.map(|person| format!("{person:?}")).into();
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let path = folder.join(format!("{user}-{index}.wav"));
        wav::write_mono(&path, &talk.heard.samples)?;
        line["heard"] = path.display().to_string().into();
    }
    Ok(line)
}

fn heard(heard: &Heard, packets_sent: u64) -> Value {
    json!({
        "packets_heard": heard.packets,
        "packets_lost": heard.lost,
        "packets_late": heard.late,
        "packets_sent": packets_sent,
        "sound_ms": sound_ms(&heard.samples),
        "gap_max_ms": u64::try_from(heard.gap_max.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Host and port of a SIP URI; 5060 where it has none.
fn address(uri: &str) -> Result<SocketAddr, String> {
    let bad = || format!("'{uri}' is no SIP URI with an address; write sip:user@127.0.0.1:5060");
    let host = uri.strip_prefix("sip:").and_then(|rest| rest.split_once('@')).ok_or_else(bad)?.1;
    host.parse().or_else(|_| format!("{host}:5060").parse()).map_err(|_| bad())
}

fn seconds(option: &str, seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{option} {seconds}: {error}"))
}

fn millis(option: &str, value: f64) -> Result<u64, String> {
    u64::try_from(seconds(option, value)?.as_millis()).map_err(|error| format!("{option} {value}: {error}"))
}

/// Nobody asked for the same run again.
fn clock_seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_secs() << 30 | u64::from(since.subsec_nanos())
}
