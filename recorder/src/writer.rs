//! The writer thread, which looks into all recordings in turn, and the thread that makes them durable.

use std::collections::VecDeque;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use acd_core::CallId;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};

use crate::Outcome;
use crate::limits::{LOOK_EVERY, OUTCOMES_BACKLOG_MAX, SYNC_EVERY};
use crate::recording::Frames;
use crate::track::Track;

/// A recording to begin.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) call: CallId,
    pub(crate) file: PathBuf,
    pub(crate) frames: Arc<Frames>,
}

/// The writer thread's state.
pub(crate) struct Writer {
    folder: PathBuf,
    opened: Receiver<Opened>,
    outcomes: Sender<Outcome>,
    backlog: VecDeque<Outcome>,
    wake: Arc<dyn Fn() + Send + Sync>,
    open: Arc<AtomicUsize>,
    started: Instant,
    tracks: Vec<Track<File>>,
}

impl Writer {
    pub(crate) fn new(
        folder: PathBuf,
        opened: Receiver<Opened>,
        outcomes: Sender<Outcome>,
        wake: Arc<dyn Fn() + Send + Sync>,
        open: Arc<AtomicUsize>,
    ) -> Self {
        let backlog = VecDeque::new();
        Self { folder, opened, outcomes, backlog, wake, open, started: Instant::now(), tracks: Vec::new() }
    }

    /// Works until the recorder is dropped.
    pub(crate) fn run(mut self) {
        let mut next_look = self.started + LOOK_EVERY;
        loop {
            match self.opened.recv_deadline(next_look) {
                Ok(opened) => self.begin(opened),
                Err(RecvTimeoutError::Timeout) => {
                    self.look(false);
                    next_look = (next_look + LOOK_EVERY).max(Instant::now());
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.look(true);
                    return;
                }
            }
        }
    }

    fn begin(&mut self, opened: Opened) {
        let file = create(&self.folder.join(&opened.file));
        let (track, outcome) = Track::begin(opened.call, opened.file, opened.frames, file);
        self.tracks.push(track);
        tell(&mut self.backlog, outcome);
        self.hand_over();
    }

    fn look(&mut self, is_last: bool) {
        let now = (self.started.elapsed().as_micros() / 125) as u64;
        let before = self.tracks.len();
        let backlog = &mut self.backlog;
        self.tracks.retain_mut(|track| !track.look(now, is_last, &mut |outcome| tell(backlog, outcome)));
        let ended = before - self.tracks.len();
        self.hand_over();
        self.open.fetch_sub(ended, Ordering::AcqRel);
    }

    fn hand_over(&mut self) {
        if self.backlog.is_empty() {
            return;
        }
        while let Some(outcome) = self.backlog.pop_front() {
            match self.outcomes.try_send(outcome) {
                Ok(()) => {}
                Err(TrySendError::Full(outcome)) => {
                    self.backlog.push_front(outcome);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => self.backlog.clear(),
            }
        }
        (self.wake)();
    }
}

fn tell(backlog: &mut VecDeque<Outcome>, outcome: Outcome) {
    if backlog.len() < OUTCOMES_BACKLOG_MAX {
        backlog.push_back(outcome);
    } else {
        tracing::error!(?outcome, "an outcome of the recorder is lost: nobody has polled for minutes");
    }
}

/// Makes a folder and those above it; others than owner and group have no business there.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o750).create(folder)
}

/// Makes a file that is not there yet: a recording is never written over.
fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o640).open(path)
}

/// Starts the thread that once a second makes all recordings durable against a loss of power: one `syncfs`, since an
/// `fsync` for each file would cost half a core at a thousand calls. Apart from the writer, which so never waits for the
/// disk. Ends when `stopped` is disconnected, after a last time.
pub(crate) fn start_sync(folder: &Path, stopped: Receiver<()>) -> io::Result<JoinHandle<()>> {
    let folder = File::open(folder)?;
    std::thread::Builder::new().name("recorder-sync".to_owned()).spawn(move || {
        loop {
            let is_over = stopped.recv_timeout(SYNC_EVERY) == Err(RecvTimeoutError::Disconnected);
            if let Err(error) = rustix::fs::syncfs(&folder) {
                tracing::error!(%error, "the disk cannot make recordings durable: a loss of power would lose audio");
            }
            if is_over {
                return;
            }
        }
    })
}
