//! From the command line to a running loop.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use acd_core::{Input, Switch, Timestamp};
use recorder::Recorder;
use sip_gateway::bridge::{Bridge, BridgeParts};
use sip_gateway::media::{MediaPlane, Prompt, PromptLibrary};
use sip_gateway::registrar::Registrar;
use sip_gateway::sip::SipStack;
use sip_gateway::transport::Transports;

use super::controls::Pending;
use super::engine::{Engine, State};
use super::gate::EffectGate;
use super::retention::retention;
use super::snapshots::Snapshots;
use super::taps::{Outcomes, RecorderTaps};
use super::{cut, dialogs, settings, signals};
use crate::cli::Serve;
use crate::clock::{Clock, parse_instant};
use crate::interfaces::{Interfaces, InterfacesConfig, StartInterfacesError, Token, TokenError};
use crate::journal::{Journal, JournalError, Life, PreviousLife};
use crate::observer::Histogram;
use crate::plan::{PlanError, PlanFile, PromptAudio, warnings};

/// Ahead of the wall clock by more than this at the start is told.
const CLOCK_AHEAD_WARN_MS: i64 = 1_000;

/// Why the switch does not run.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("the plan has {} errors", .0.len())]
    Plan(Vec<PlanError>),
    #[error("log: {0}")]
    Log(#[from] crate::logging::LogError),
    #[error("--clock-start: {0}")]
    ClockStart(#[from] crate::clock::InstantError),
    #[error(
        "--clock-start needs a plan that listens on loopback only: a switch that carriers reach may not tell a wrong time"
    )]
    ClockStartOnNetwork,
    #[error("{0}")]
    Journal(#[from] JournalError),
    #[error("{0}")]
    Bind(#[from] sip_gateway::transport::BindError),
    #[error("media: {0}")]
    Media(#[from] sip_gateway::media::MediaError),
    #[error("prompt {name}: {source}")]
    Prompt { name: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("{0}")]
    Interfaces(#[from] StartInterfacesError),
    #[error("{0}")]
    Token(#[from] TokenError),
    #[error("{what}: {source}")]
    System { what: &'static str, source: std::io::Error },
}

impl StartError {
    /// Prints the error as scripts expect it: one line each.
    #[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
    pub(super) fn print(&self) {
        for line in self.lines() {
            eprintln!("{line}");
        }
    }

    /// The error, a line for each thing that is wrong.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Plan(errors) => errors.iter().map(ToString::to_string).collect(),
            other @ (Self::Log(_)
            | Self::ClockStart(_)
            | Self::ClockStartOnNetwork
            | Self::Journal(_)
            | Self::Bind(_)
            | Self::Media(_)
            | Self::Prompt { .. }
            | Self::Interfaces(_)
            | Self::Token(_)
            | Self::System { .. }) => vec![format!("acd: {other}")],
        }
    }

    /// 2: used wrongly; 1: could not.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Plan(_)
            | Self::ClockStart(_)
            | Self::ClockStartOnNetwork
            | Self::Token(_)
            | Self::Interfaces(StartInterfacesError::OpenWithoutToken(_)) => ExitCode::from(2),
            Self::Log(_)
            | Self::Journal(_)
            | Self::Bind(_)
            | Self::Media(_)
            | Self::Prompt { .. }
            | Self::Interfaces(_)
            | Self::System { .. } => ExitCode::FAILURE,
        }
    }
}

fn system(what: &'static str) -> impl FnOnce(std::io::Error) -> StartError {
    move |source| StartError::System { what, source }
}

/// Loads the plan that the command line names.
pub(super) fn load_plan(options: &Serve) -> Result<PlanFile, StartError> {
    let mut plan = match (&options.config, options.demo) {
        (Some(path), _) => PlanFile::load(path).map_err(StartError::Plan)?,
        (None, true) => PlanFile::built_in_demo(),
        (None, false) => PlanFile::built_in(),
    };
    let listen = &mut plan.shell.listen;
    if let Some(address) = options.sip {
        (listen.sip_udp, listen.sip_tcp) = (vec![address], vec![address]);
    }
    listen.http = options.http.unwrap_or(listen.http);
    listen.grpc = options.grpc.unwrap_or(listen.grpc);
    Ok(plan)
}

/// Runs `acd serve`.
pub(super) fn serve(options: &Serve) -> Result<(), StartError> {
    let plan = load_plan(options)?;
    crate::logging::init(settings::log_format(&plan.shell), plan.shell.log.level.as_str())?;
    let start = options.clock_start.as_deref().map(parse_instant).transpose()?;
    if start.is_some() && !plan.shell.is_loopback() {
        return Err(StartError::ClockStartOnNetwork);
    }
    let transports = Transports::bind(&plan.shell.listen.sip_udp, &plan.shell.listen.sip_tcp)?;
    let waker = transports.waker();
    let own = Arc::clone(&waker);
    let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        // A waker that fails finds a poller that is gone, and then nobody is left to wake.
        let _ = own.wake();
    });
    let (opened, previous) = Journal::open(&options.data)?;
    let mut clock = Clock::start(start, previous.last_record_time);
    let now = clock.now();
    let shift_ms = start.map(|_| clock.shift_ms());
    if clock.ahead_ms() > CLOCK_AHEAD_WARN_MS {
        tracing::warn!(
            ahead_ms = clock.ahead_ms(),
            "the journal's last record is later than the clock: stamps go on from there; was --clock-start used?"
        );
    }
    log_warnings(&plan, now);
    let retention = retention(&plan);
    let journal_wake = Arc::clone(&wake);
    let journal = opened.start(Life {
        plan: &plan.core,
        at: now,
        retention,
        wake: Box::new(move || journal_wake()),
    })?;

    let recordings = options.data.join(&plan.shell.recordings_folder);
    let recorder =
        Arc::new(Recorder::start(&recordings, Arc::clone(&wake)).map_err(system("recordings folder"))?);
    let seed = seed().map_err(system("random seed"))?;
    let media = MediaPlane::start(settings::media(&plan.shell, &seed), prompts(&plan)?, Arc::clone(&wake))?;
    let stack = SipStack::new(settings::stack(&plan.shell, &transports), seed);
    let registrar =
        Registrar::new(settings::credentials(&plan.shell), settings::registrar(&plan.shell), seed);
    let taps =
        RecorderTaps { recorder: Arc::clone(&recorder), utc_offset_minutes: settings::JAPAN_OFFSET_MINUTES };
    let bridge = Bridge::new(
        settings::bridge(&plan),
        BridgeParts { stack, registrar, media, taps: Box::new(taps), next_call: previous.next_call_id },
    );
    let sip = transports.udp_addresses().next();
    let interfaces = Interfaces::start(InterfacesConfig {
        http: plan.shell.listen.http,
        grpc: plan.shell.listen.grpc,
        token: Token::from_environment()?,
        data_dir: options.data.clone(),
        plan: Arc::new(plan.clone()),
        plan_path: options.config.clone(),
        sip,
        clock_shifted: start.is_some(),
        wake,
    })?;
    let engine = Engine {
        switch: Switch::new(plan.core.clone(), now),
        bridge,
        transports,
        journal,
        clock,
        gate: EffectGate::new(plan.shell.journal.stall),
        outcomes: Outcomes(recorder),
        signals: signals::listen(waker).map_err(system("signal handlers"))?,
        drain: plan.shell.drain,
        state: State::Serving,
        last_record: now,
        snapshots: Snapshots::new(now),
        interfaces,
        pending: Pending::default(),
        figures_due: now,
        turns: Histogram::of_turns(),
        plan,
        options: options.clone(),
    };
    begin(engine, previous, shift_ms)
}

/// Says what is doubtful about the plan.
pub(super) fn log_warnings(plan: &PlanFile, now: Timestamp) {
    for warning in warnings(plan, now) {
        tracing::warn!(%warning, "the plan is in order, but");
    }
}

/// The first inputs of a life, the BYEs for the life before, the ready line, and the loop.
///
/// `shift_ms`: how far `--clock-start` put the clock from the machine's; it is journalled as a step of the wall clock.
fn begin(mut engine: Engine, previous: PreviousLife, shift_ms: Option<i64>) -> Result<(), StartError> {
    let down_since = previous.down_since();
    let guidance = previous.guidance_commands(|prompt| engine.plan.shell.prompts.contains_key(&prompt));
    let recordings = engine.options.data.join(&engine.plan.shell.recordings_folder);
    for call in previous.open_calls {
        let recording_end = cut::recording_end(&recordings, &call, previous.last_record_time);
        engine.submit(Input::CallFoundOpen(call));
        if let Some(end) = recording_end {
            engine.submit(end);
        }
    }
    // Before the first call is taken.
    for command in guidance {
        engine.submit(command);
    }
    engine.submit(Input::NodeStarted { down_since });
    if let Some(step_ms) = shift_ms {
        let skipped = Duration::ZERO;
        engine.submit(Input::WallClockStepped { step_ms, skipped });
    }
    engine.settle();
    for row in &previous.open_dialogs {
        match dialogs::state_of(row) {
            Ok(state) => engine.bridge.release_stored(engine.steady(), state),
            Err(error) => tracing::warn!(%error, "a dialog of the life before cannot be released"),
        }
        // Its BYE is sent until it is answered or given up; the next life must not send it again.
        engine.close_dialog(row.leg);
    }
    engine.settle();
    ready_line(&engine).map_err(system("standard output"))?;
    engine.run().map_err(system("poller"))
}

fn ready_line(engine: &Engine) -> std::io::Result<()> {
    let sip = engine.transports.udp_addresses().next();
    let sip = sip.map_or_else(|| "off".to_owned(), |address| address.to_string());
    let (http, grpc) = (engine.interfaces.http(), engine.interfaces.grpc());
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "ready sip={sip} http={http} grpc={grpc}")?;
    stdout.flush()
}

pub(super) fn prompts(plan: &PlanFile) -> Result<PromptLibrary, StartError> {
    let mut library = PromptLibrary::new();
    for (&id, prompt) in &plan.shell.prompts {
        let fail = |source: Box<dyn std::error::Error + Send + Sync>| StartError::Prompt {
            name: id.to_string(),
            source,
        };
        let encoded = match prompt.audio().map_err(|error| fail(error.into()))? {
            PromptAudio::Linear(samples) => Prompt::from_samples(&samples),
            PromptAudio::Ulaw(bytes) => Prompt::from_ulaw(&bytes),
        };
        library.insert(id, encoded.map_err(|error| fail(error.into()))?);
    }
    Ok(library)
}

/// 32 bytes from the operating system, from which all tags, branches and nonces come.
fn seed() -> std::io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
    Ok(seed)
}
