//! Recordings: one stereo WAV file a call (caller left, seat right), written as the call happens, so that a crash
//! leaves a file that plays and lacks at most its last second (R-R2).
//!
//! A [`Recording`] takes frames from a media thread without ever blocking it. One writer thread looks into all
//! recordings ten times a second, decodes, puts frames in their places within a window, fills what is missing with
//! silence and counts it, and writes what is older than any late frame. A full or slow disk never touches a call: what
//! it cost is told as an [`Outcome`] and counted in the gaps.
//!
//! - `recording` the media thread's side; `writer` the thread; `track` one file on its way
//! - `placement` frames to samples in order; `sink` the file beneath hound; `check` what a file holds
#![forbid(unsafe_code)]

mod check;
mod limits;
mod placement;
mod recording;
mod sink;
mod track;
mod writer;

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use acd_core::CallId;
use crossbeam_channel::{Receiver, Sender};

pub use check::{CheckError, Info, check, length};
pub use recording::Recording;

use limits::{OPENS_MAX, OUTCOMES_MAX};
use recording::Frames;
use writer::{Opened, Writer};

/// Whose audio it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// The caller.
    Left,
    /// The seat, or whoever talks with the caller.
    Right,
}

/// How a frame is coded; 8,000 samples of one byte a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// G.711 µ-law.
    Ulaw,
    /// G.711 A-law.
    Alaw,
}

/// Why a recording has a hole or is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The file could not be made; nothing of the call is recorded, and no end of it is told.
    CannotCreate,
    /// The disk refused a write. What it refused is silence in the file and counted in the gaps.
    WriteFailed,
    /// The writer was so far behind that frames were dropped. They are counted in the gaps.
    Overrun,
}

/// What became of a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The file is there.
    Started {
        /// The call.
        call: CallId,
        /// Its file, relative to the recordings folder.
        file: PathBuf,
    },
    /// Audio was lost. Told once until the cause has gone and come again; the recording goes on.
    Failed {
        /// The call.
        call: CallId,
        /// Why.
        failure: Failure,
    },
    /// The recording is over and its file closed.
    Ended {
        /// The call.
        call: CallId,
        /// The file's length.
        recorded: Duration,
        /// Silence in it where no audio came or the disk took none, over both channels.
        gaps: Duration,
    },
}

/// The recorder: a folder and its writer thread.
#[derive(Debug)]
pub struct Recorder {
    opens: Option<Sender<Opened>>,
    outcomes: Receiver<Outcome>,
    open: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Recorder {
    /// Starts the writer thread on a folder, which is made if it is not there (mode 0750, as are those below it).
    /// `wake` is called from that thread when there are outcomes.
    ///
    /// # Errors
    /// If the folder cannot be made or the system gives no thread.
    pub fn start(folder: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        writer::create_folder(folder)?;
        let (opens, opened) = crossbeam_channel::bounded(OPENS_MAX);
        let (sender, outcomes) = crossbeam_channel::bounded(OUTCOMES_MAX);
        let open = Arc::new(AtomicUsize::new(0));
        let (stop_sync, stopped) = crossbeam_channel::bounded(0);
        let sync = writer::start_sync(folder, stopped)?;
        let (folder, still_open) = (folder.to_owned(), Arc::clone(&open));
        let writer = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            Writer::new(folder, opened, sender, wake, still_open).run();
            drop(stop_sync);
        })?;
        Ok(Self { opens: Some(opens), outcomes, open, threads: vec![writer, sync] })
    }

    /// Opens a recording. The file is made by the writer thread: [`Outcome::Started`] or [`Outcome::Failed`] follows.
    ///
    /// # Errors
    /// [`Failure::CannotCreate`] if the path is not relative, leads out of the folder, or too many recordings wait to be
    /// opened.
    pub fn open(&self, call: CallId, relative_file: PathBuf) -> Result<Recording, Failure> {
        let is_inside = relative_file.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside || relative_file.as_os_str().is_empty() {
            return Err(Failure::CannotCreate);
        }
        let frames = Arc::new(Frames::default());
        let opened = Opened { call, file: relative_file, frames: Arc::clone(&frames) };
        let opens = self.opens.as_ref().ok_or(Failure::CannotCreate)?;
        self.open.fetch_add(1, Ordering::AcqRel);
        if opens.try_send(opened).is_err() {
            self.open.fetch_sub(1, Ordering::AcqRel);
            return Err(Failure::CannotCreate);
        }
        Ok(Recording::new(frames))
    }

    /// The next outcome.
    #[must_use]
    pub fn poll_outcome(&self) -> Option<Outcome> {
        self.outcomes.try_recv().ok()
    }

    /// Recordings that are not over: of those that have a file, whose [`Outcome::Ended`] has not been told to the queue yet.
    #[must_use]
    pub fn open_len(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }
}

impl Drop for Recorder {
    /// Closes every file that is still open, with what has come for it, and ends the threads.
    fn drop(&mut self) {
        self.opens = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!(
                    "a thread of the recorder had panicked; recordings may lack their last second"
                );
            }
        }
    }
}
