//! Every bound of the recorder, with its reason.

use std::time::Duration;

/// Samples of one frame in the queue: a packet of 20 ms. Longer packets are cut.
pub(crate) const FRAME_SAMPLES: usize = 160;

/// Frames of one recording that may wait for the writer: ten seconds of both channels, which outlasts a disk that
/// stalls, at 190 kB. Beyond it frames are dropped and counted.
pub(crate) const FRAMES_MAX: usize = 1_000;

/// How often the writer looks into the queues.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Samples by which a frame may be behind the newest of either channel and still find its place: the tap lets a channel
/// drift by 200 ms from the time that passed, each to its own side.
pub(crate) const LATE_SAMPLES_MAX: u64 = 3_200;

/// Samples that are written at once. With the lateness and one look of the writer it makes 0.9 s: what a crash loses.
pub(crate) const BLOCK_SAMPLES: u64 = 3_200;

/// Samples of a call's window: what may be late, a block, and what comes between two looks.
pub(crate) const WINDOW_SAMPLES: usize = 8_192;

/// Samples handed to hound at once. It keeps a buffer of this size for each file.
pub(crate) const CHUNK_SAMPLES: usize = 1_600;

/// Samples without a frame on either channel after which silence is written as time passes.
pub(crate) const QUIET_SAMPLES: u64 = 16_000;

/// How far that silence stays behind the time that passed, so that audio which comes again finds its place.
pub(crate) const QUIET_BEHIND_SAMPLES: u64 = 8_000;

/// Samples of one file: 36 hours, just below the 4 GiB that a WAV file can hold. The rest of such a call is a gap.
pub(crate) const TRACK_SAMPLES_MAX: u64 = 36 * 3_600 * 8_000;

/// Recordings waiting to be opened: as many calls as a node may have.
pub(crate) const OPENS_MAX: usize = 20_000;

/// Outcomes waiting for the loop. Beyond it the writer keeps them.
pub(crate) const OUTCOMES_MAX: usize = 8_192;

/// Outcomes that the writer keeps: three for each call of a node. Beyond it they are lost, with an error in the log.
pub(crate) const OUTCOMES_BACKLOG_MAX: usize = 60_000;

/// How often the disk is told to make the recordings durable against a loss of power.
pub(crate) const SYNC_EVERY: Duration = Duration::from_secs(1);

const _: () = assert!(
    WINDOW_SAMPLES as u64 >= LATE_SAMPLES_MAX + BLOCK_SAMPLES + LOOK_EVERY.as_millis() as u64 * 8,
    "the window holds what may be late, a block, and what comes between two looks"
);
const _: () = assert!(
    LATE_SAMPLES_MAX + BLOCK_SAMPLES + LOOK_EVERY.as_millis() as u64 * 8 <= 8_000,
    "a crash loses at most a second (R-R2)"
);
const _: () = assert!(WINDOW_SAMPLES.is_power_of_two(), "places in the window are a mask away");
const _: () =
    assert!(TRACK_SAMPLES_MAX * 4 + 44 <= u32::MAX as u64, "a WAV file counts its bytes in 32 bits");
