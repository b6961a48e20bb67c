//! The loop's side of the media plane.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use rustix::event::EventfdFlags;
use rustix::process::{Resource, Rlimit};

use super::command::{MediaCommand, MediaEvent, MediaLeg};
use super::events::{MediaCounters, Outbox, SharedCounters, count};
use super::limits::{COMMANDS_BACKLOG_MAX, COMMANDS_MAX, EVENTS_MAX, THREADS_MAX};
use super::ports::{BoundPorts, PortAllocator};
use super::prompts::PromptLibrary;
use super::worker::{Order, Worker};

/// How the plane is set up.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// Local addresses for RTP; [`MediaPlane::bind`] takes the first.
    pub bind: Vec<IpAddr>,
    /// UDP ports for RTP and RTCP, two a leg.
    pub ports: RangeInclusive<u16>,
    /// Media threads.
    pub threads: usize,
    /// DSCP of RTP and RTCP; 46 is EF (RFC 3246), for voice.
    pub dscp: u8,
    /// Where SSRCs and first sequence numbers are drawn from; must not be guessable from outside.
    pub seed: u64,
}

impl MediaConfig {
    /// EF, and one thread, or two on machines with four cores and more: one carries a nation's calls.
    #[must_use]
    pub fn new(bind: IpAddr, ports: RangeInclusive<u16>, seed: u64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { bind: vec![bind], ports, threads: if cores >= 4 { 2 } else { 1 }, dscp: 46, seed }
    }
}

/// Why the plane cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No address to bind.
    #[error("no local address for RTP; name one in [media]")]
    NoAddress,
    /// The range has no pair.
    #[error(
        "the port range {first}-{last} has no even port with an odd one after it; give one like 20000-29999"
    )]
    PortRange {
        /// First port.
        first: u16,
        /// Last port.
        last: u16,
    },
    /// The DSCP has more than six bits.
    #[error("DSCP {0} is above 63; 46 (EF) is right for voice")]
    Dscp(u8),
    /// More or fewer threads than can be.
    #[error("{0} media threads; give 1 to {THREADS_MAX}")]
    Threads(usize),
    /// A thread or its poller could not be had.
    #[error("cannot start a media thread: {0}; look at the limits of threads and open files")]
    Start(#[source] io::Error),
    /// All ports are taken.
    #[error(
        "all {pairs} port pairs for RTP are taken, {in_use} of them by calls; widen the range in [media]"
    )]
    PortsExhausted {
        /// Pairs of the range.
        pairs: usize,
        /// Of these by this program.
        in_use: usize,
    },
    /// A port could not be bound for another reason than being taken.
    #[error(
        "cannot bind UDP {address} for RTP: {source}; look at the address in [media] and the limit of open files"
    )]
    Bind {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// The media plane, as the loop holds it.
pub struct MediaPlane {
    allocator: PortAllocator,
    local: IpAddr,
    threads: Vec<MediaThread>,
    legs: BTreeMap<MediaLeg, usize>,
    events: Receiver<MediaEvent>,
    counters: Arc<SharedCounters>,
}

struct MediaThread {
    orders: Sender<Order>,
    /// What found no room in the queue, in order.
    backlog: VecDeque<Order>,
    wake: Arc<OwnedFd>,
    handle: Option<JoinHandle<()>>,
}

impl MediaPlane {
    /// Starts the media threads. `wake` is called from them whenever there are events. The soft limit of open files is
    /// raised to the hard one: a call has four sockets, and most systems start a program with 1,024 files.
    ///
    /// # Errors
    /// If the configuration is wrong or the system gives no threads.
    pub fn start(
        config: MediaConfig,
        prompts: PromptLibrary,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, MediaError> {
        let local = *config.bind.first().ok_or(MediaError::NoAddress)?;
        if config.dscp > 63 {
            return Err(MediaError::Dscp(config.dscp));
        }
        if !(1..=THREADS_MAX).contains(&config.threads) {
            return Err(MediaError::Threads(config.threads));
        }
        let allocator = PortAllocator::new(&config.ports, config.dscp)?;
        raise_open_files();
        let counters = Arc::new(SharedCounters::default());
        let (sender, events) = crossbeam_channel::bounded(EVENTS_MAX);
        let prompts = Arc::new(prompts);
        let threads = (0..config.threads)
            .map(|number| {
                let outbox = Outbox::new(sender.clone(), Arc::clone(&wake), Arc::clone(&counters));
                let seed = config.seed.wrapping_add((number as u64) << 48);
                MediaThread::start(number, outbox, Arc::clone(&prompts), seed).map_err(MediaError::Start)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { allocator, local, threads, legs: BTreeMap::new(), events, counters })
    }

    /// Binds the next free pair of ports on the first local address.
    ///
    /// # Errors
    /// [`MediaError::PortsExhausted`] if none is free, [`MediaError::Bind`] if the system refuses for another reason.
    pub fn bind(&mut self) -> Result<BoundPorts, MediaError> {
        self.allocator.bind(self.local)
    }

    /// Binds the next free pair of ports on an address.
    ///
    /// # Errors
    /// As [`MediaPlane::bind`].
    pub fn bind_on(&mut self, local: IpAddr) -> Result<BoundPorts, MediaError> {
        self.allocator.bind(local)
    }

    /// Port pairs of the range.
    #[must_use]
    pub fn ports(&self) -> usize {
        self.allocator.pairs()
    }

    /// Port pairs in use.
    #[must_use]
    pub fn ports_in_use(&self) -> usize {
        self.allocator.in_use()
    }

    /// Gives an order. It is never refused; what the thread cannot take at once is kept in order.
    pub fn command(&mut self, command: MediaCommand) {
        let thread = match &command {
            MediaCommand::Open { leg, group, .. } => {
                let thread = (group % self.threads.len() as u64) as usize;
                self.legs.insert(*leg, thread);
                Some(thread)
            }
            MediaCommand::Close { leg } => self.legs.remove(leg),
            MediaCommand::Configure { leg, .. }
            | MediaCommand::Play { leg, .. }
            | MediaCommand::StopPlaying { leg }
            | MediaCommand::Bridge { a: leg, .. }
            | MediaCommand::Unbridge { a: leg }
            | MediaCommand::StartTap { leg, .. }
            | MediaCommand::StopTap { leg } => self.legs.get(leg).copied(),
        };
        match (thread, command) {
            (Some(thread), command) => self.threads[thread].give(Order::Command(command), &self.counters),
            (None, MediaCommand::StartTap { tap, .. }) => tap.finish(0),
            (None, _) => {}
        }
    }

    /// Replaces all prompts; what plays keeps its own.
    pub fn replace_prompts(&mut self, prompts: PromptLibrary) {
        let prompts = Arc::new(prompts);
        for thread in &mut self.threads {
            thread.give(Order::Prompts(Arc::clone(&prompts)), &self.counters);
        }
    }

    /// The next event.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<MediaEvent> {
        for thread in &mut self.threads {
            thread.catch_up();
        }
        self.events.try_recv().ok()
    }

    /// What the plane has counted.
    #[must_use]
    pub fn counters(&self) -> MediaCounters {
        self.counters.read()
    }

    /// Closes all legs and ends the threads. Events that were not polled are lost.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for MediaPlane {
    fn drop(&mut self) {
        for thread in &mut self.threads {
            thread.stop();
        }
    }
}

impl MediaThread {
    fn start(number: usize, outbox: Outbox, prompts: Arc<PromptLibrary>, seed: u64) -> io::Result<Self> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        let wake = Arc::new(rustix::event::eventfd(0, flags)?);
        let (orders, receiver) = crossbeam_channel::bounded(COMMANDS_MAX);
        let worker = Worker::new(Arc::clone(&wake), receiver, outbox, prompts, seed)?;
        let handle =
            std::thread::Builder::new().name(format!("media-{number}")).spawn(move || worker.run())?;
        Ok(Self { orders, backlog: VecDeque::new(), wake, handle: Some(handle) })
    }

    fn give(&mut self, order: Order, counters: &SharedCounters) {
        if self.backlog.len() >= COMMANDS_BACKLOG_MAX {
            count(&counters.commands_lost);
            return;
        }
        self.backlog.push_back(order);
        self.catch_up();
    }

    fn catch_up(&mut self) {
        if self.backlog.is_empty() {
            return;
        }
        while let Some(order) = self.backlog.pop_front() {
            match self.orders.try_send(order) {
                Ok(()) => {}
                Err(TrySendError::Full(order)) => {
                    self.backlog.push_front(order);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => self.backlog.clear(),
            }
        }
        // The counter of an eventfd overflows after 2^64 wakes; until then a write cannot fail.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }

    fn stop(&mut self) {
        // Behind what is in the queue; the thread drains it, so this ends.
        for order in self.backlog.drain(..).chain([Order::Stop]) {
            let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
            if self.orders.send(order).is_err() {
                break;
            }
        }
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
        if let Some(handle) = self.handle.take()
            && handle.join().is_err()
        {
            tracing::error!("a media thread had panicked");
        }
    }
}

/// A refusal is no failure: the limit then shows when ports are bound, with its own error.
fn raise_open_files() {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = rustix::process::setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}
