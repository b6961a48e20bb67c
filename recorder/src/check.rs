//! What a recording's file holds, also after a crash.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sink::HEADER_BYTES;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Info {
    /// Its length.
    pub duration: Duration,
    /// Its channels.
    pub channels: u16,
    /// Samples of both channels that are not silent (louder than 32 of 32,767).
    pub sounding_samples: u64,
}

/// Why a file is no recording.
#[derive(Debug)]
pub struct CheckError {
    path: PathBuf,
    source: hound::Error,
}

impl std::fmt::Display for CheckError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} does not play: {}; copy it and look at its header", self.path.display(), self.source)
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// How much audio of a recording plays, told by its header and its size alone, so that a start after a crash that
/// finds thousands of them is not held up. Unlike [`check`], which reads it all, it takes a file that a power cut
/// shortened for what is left of it.
///
/// # Errors
/// If it cannot be opened or is no WAV file.
pub fn length(path: &Path) -> Result<Duration, CheckError> {
    let failed = |source| CheckError { path: path.to_owned(), source };
    let reader = hound::WavReader::open(path).map_err(failed)?;
    let spec = reader.spec();
    let bytes =
        path.metadata().map_err(|error| failed(error.into()))?.len().saturating_sub(HEADER_BYTES as u64);
    let sample_bytes = u64::from(spec.channels) * u64::from(spec.bits_per_sample / 8);
    let samples = u64::from(reader.duration()).min(bytes / sample_bytes.max(1));
    Ok(Duration::from_micros(samples * 1_000_000 / u64::from(spec.sample_rate.max(1))))
}

/// Reads a recording from beginning to end. A file that a crash left needs no repair: its header is at most a second old.
///
/// # Errors
/// If it is no WAV file of 16 bits or ends before its header says.
pub fn check(path: &Path) -> Result<Info, CheckError> {
    let failed = |source| CheckError { path: path.to_owned(), source };
    let mut reader = hound::WavReader::open(path).map_err(failed)?;
    let spec = reader.spec();
    let duration =
        Duration::from_micros(u64::from(reader.duration()) * 1_000_000 / u64::from(spec.sample_rate.max(1)));
    let mut sounding_samples = 0;
    for sample in reader.samples::<i16>() {
        if sample.map_err(failed)?.unsigned_abs() > 32 {
            sounding_samples += 1;
        }
    }
    Ok(Info { duration, channels: spec.channels, sounding_samples })
}
