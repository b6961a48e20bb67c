//! The plan's audio files: what form they have, and whether they are what the media plane can play.

use std::io;

use super::fields::Complaint;
use super::limits::PROMPT_MS;

/// Samples of a millisecond at the telephone's rate of 8 kHz.
const SAMPLES_PER_MS: u64 = 8;

/// The form of an audio file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AudioFormat {
    /// RIFF WAVE, PCM, 16 bits, mono, 8 kHz.
    Wav,
    /// G.711 µ-law bytes, 8 kHz, without a header.
    Ulaw,
}

/// Audio at 8 kHz, ready to be encoded or sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PromptAudio {
    /// Linear samples.
    Linear(Vec<i16>),
    /// G.711 µ-law.
    Ulaw(Vec<u8>),
}

impl PromptAudio {
    /// Reads a file's bytes.
    ///
    /// # Errors
    /// `InvalidData` if the bytes are not audio of this form.
    pub fn decode(bytes: &[u8], format: AudioFormat) -> io::Result<Self> {
        let bad = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
        match format {
            AudioFormat::Ulaw => Ok(Self::Ulaw(bytes.to_vec())),
            AudioFormat::Wav => {
                let wav = open_wav(bytes).map_err(|complaint| bad(complaint.problem))?;
                let samples: Result<Vec<i16>, hound::Error> = wav.into_samples().collect();
                samples.map(Self::Linear).map_err(|error| bad(error.to_string()))
            }
        }
    }

    /// Its length in milliseconds, a started one not counted.
    pub fn duration_ms(&self) -> u64 {
        let samples = match self {
            Self::Linear(samples) => samples.len(),
            Self::Ulaw(bytes) => bytes.len(),
        };
        samples as u64 / SAMPLES_PER_MS
    }
}

/// The form that a file's name promises.
pub(super) fn format_of(path: &str) -> Result<AudioFormat, Complaint> {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("wav") => Ok(AudioFormat::Wav),
        Some("ulaw") => Ok(AudioFormat::Ulaw),
        _ => Err(Complaint::new(
            format!("\"{path}\" is neither .wav nor .ulaw"),
            "give a WAV file (PCM, 16 bits, mono, 8 kHz) or raw µ-law bytes named .ulaw",
        )),
    }
}

/// Checks a file's bytes; its length in milliseconds.
pub(super) fn check(path: &str, bytes: &[u8], format: AudioFormat) -> Result<u32, Complaint> {
    let samples = match format {
        AudioFormat::Ulaw => bytes.len() as u64,
        AudioFormat::Wav => {
            let wav = open_wav(bytes).map_err(|Complaint { problem, remedy }| {
                Complaint::new(format!("\"{path}\" {problem}"), remedy)
            })?;
            u64::from(wav.duration())
        }
    };
    let ms = samples / SAMPLES_PER_MS;
    let allowed = PROMPT_MS.min.unsigned_abs()..=PROMPT_MS.max.unsigned_abs();
    let sound = u32::try_from(ms).ok().filter(|_| allowed.contains(&ms));
    sound.ok_or_else(|| {
        Complaint::new(
            format!(
                "\"{path}\" is {ms} ms long, outside {} to {} ms (PROMPT_MS)",
                PROMPT_MS.min, PROMPT_MS.max
            ),
            "give audio of such a length",
        )
    })
}

fn open_wav(bytes: &[u8]) -> Result<hound::WavReader<&[u8]>, Complaint> {
    const REMEDY: &str = "convert it, such as with: sox IN -r 8000 -c 1 -b 16 OUT.wav";
    let wav = hound::WavReader::new(bytes)
        .map_err(|error| Complaint::new(format!("is no WAV file: {error}"), REMEDY))?;
    let spec = wav.spec();
    let fits = spec.sample_rate == 8_000
        && spec.channels == 1
        && spec.bits_per_sample == 16
        && spec.sample_format == hound::SampleFormat::Int;
    if fits {
        return Ok(wav);
    }
    let kind = match spec.sample_format {
        hound::SampleFormat::Int => "PCM",
        hound::SampleFormat::Float => "floating point",
    };
    Err(Complaint::new(
        format!(
            "is {kind} of {} bits, {} channel(s), {} Hz, not PCM of 16 bits, mono, 8000 Hz",
            spec.bits_per_sample, spec.channels, spec.sample_rate
        ),
        REMEDY,
    ))
}
