//! Recordings read and what was heard written, by `hound`.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::SAMPLE_RATE;

/// A recording's two channels.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stereo {
    /// The caller.
    pub left: Vec<i16>,
    /// The seat.
    pub right: Vec<i16>,
}

/// Reads a recording: 16 bit, 8 kHz, two channels.
///
/// # Errors
/// A sentence that names the file and what is wrong with it.
pub fn read_stereo(path: &Path) -> Result<Stereo, String> {
    let bad = |what: String| format!("{}: {what}", path.display());
    let mut reader = WavReader::open(path).map_err(|error| bad(error.to_string()))?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (2, SAMPLE_RATE as u32, 16) {
        return Err(bad(format!(
            "{} channels of {} bits at {} Hz, where 2 of 16 at {SAMPLE_RATE} are wanted",
            spec.channels, spec.bits_per_sample, spec.sample_rate
        )));
    }
    let mut stereo = Stereo::default();
    for (index, sample) in reader.samples::<i16>().enumerate() {
        let sample = sample.map_err(|error| bad(error.to_string()))?;
        if index % 2 == 0 {
            stereo.left.push(sample);
        } else {
            stereo.right.push(sample);
        }
    }
    Ok(stereo)
}

/// Writes what one person heard: 16 bit, 8 kHz, one channel.
///
/// # Errors
/// A sentence that names the file and what is wrong.
pub fn write_mono(path: &Path, samples: &[i16]) -> Result<(), String> {
    let bad = |error: hound::Error| format!("{}: {error}", path.display());
    let spec = WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE as u32,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(path, spec).map_err(bad)?;
    for sample in samples {
        writer.write_sample(*sample).map_err(bad)?;
    }
    writer.finalize().map_err(bad)
}
