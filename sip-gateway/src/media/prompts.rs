//! Audio to be played: encoded once in both laws and shared by all who hear it.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use acd_core::PromptId;

use super::codec::Codec;
use super::limits::PROMPT_SAMPLES_MAX;

/// One piece of audio in both laws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    ulaw: Arc<[u8]>,
    alaw: Arc<[u8]>,
}

/// Why audio cannot be a prompt.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The bytes are no WAV file.
    #[error("not a WAV file: {0}; make one with `sox in.wav -r 8000 -c 1 -b 16 out.wav`")]
    NotWav(#[source] hound::Error),
    /// A WAV file of another kind.
    #[error(
        "the WAV file has {sample_rate} Hz, {channels} channels, {bits} bits; it must have 8000 Hz, 1 channel, 16 bits: \
         `sox in.wav -r 8000 -c 1 -b 16 out.wav`"
    )]
    WrongFormat {
        /// Samples a second.
        sample_rate: u32,
        /// Channels.
        channels: u16,
        /// Bits of a sample.
        bits: u16,
    },
    /// Nothing to hear.
    #[error("the audio is empty; give a file with at least one sample")]
    Empty,
    /// Longer than the bound.
    #[error("the audio lasts {seconds} s; at most {} s are taken: shorten it", PROMPT_SAMPLES_MAX / 8_000)]
    TooLong {
        /// How long it is.
        seconds: usize,
    },
}

impl Prompt {
    /// Encodes linear samples at 8 kHz.
    ///
    /// # Errors
    /// [`PromptError::Empty`], [`PromptError::TooLong`].
    pub fn from_samples(samples: &[i16]) -> Result<Self, PromptError> {
        check_length(samples.len())?;
        let encode = |codec: Codec| samples.iter().map(|&sample| codec.encode(sample)).collect();
        Ok(Self { ulaw: encode(Codec::Pcmu), alaw: encode(Codec::Pcma) })
    }

    /// Reads a WAV file of 8 kHz, one channel, 16 bits.
    ///
    /// # Errors
    /// If it is none, is empty or too long.
    pub fn from_wav(bytes: &[u8]) -> Result<Self, PromptError> {
        let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(PromptError::NotWav)?;
        let spec = reader.spec();
        if (spec.sample_rate, spec.channels, spec.bits_per_sample) != (8_000, 1, 16)
            || spec.sample_format != hound::SampleFormat::Int
        {
            return Err(PromptError::WrongFormat {
                sample_rate: spec.sample_rate,
                channels: spec.channels,
                bits: spec.bits_per_sample,
            });
        }
        check_length(reader.duration() as usize)?;
        let samples: Vec<i16> = reader.samples().collect::<Result<_, _>>().map_err(PromptError::NotWav)?;
        Self::from_samples(&samples)
    }

    /// Takes raw G.711 µ-law bytes, which are played as they are to a µ-law leg.
    ///
    /// # Errors
    /// [`PromptError::Empty`], [`PromptError::TooLong`].
    pub fn from_ulaw(bytes: &[u8]) -> Result<Self, PromptError> {
        check_length(bytes.len())?;
        let mut alaw = bytes.to_vec();
        Codec::Pcmu.transcode(Codec::Pcma, &mut alaw);
        Ok(Self { ulaw: bytes.into(), alaw: alaw.into() })
    }

    /// How long it lasts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.ulaw.len() as u64 * 125)
    }

    /// The audio in one law.
    pub(super) fn audio(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcmu => &self.ulaw,
            Codec::Pcma => &self.alaw,
        }
    }

    /// Samples.
    pub(super) fn samples(&self) -> usize {
        self.ulaw.len()
    }
}

fn check_length(samples: usize) -> Result<(), PromptError> {
    match samples {
        0 => Err(PromptError::Empty),
        1..=PROMPT_SAMPLES_MAX => Ok(()),
        _ => Err(PromptError::TooLong { seconds: samples / 8_000 }),
    }
}

/// Short tones that answer a star code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToneKind {
    /// Done: two short high tones.
    Confirm,
    /// Not done: one long low tone.
    Refuse,
}

/// All prompts of a plan. A playout keeps its prompt when the library is replaced.
#[derive(Clone, Debug)]
pub struct PromptLibrary {
    prompts: BTreeMap<PromptId, Arc<Prompt>>,
    confirm: Arc<Prompt>,
    refuse: Arc<Prompt>,
}

impl Default for PromptLibrary {
    fn default() -> Self {
        Self::new()
    }
}

impl PromptLibrary {
    /// A library of tones alone.
    #[must_use]
    pub fn new() -> Self {
        let tone = |parts: &[(f64, usize)]| {
            Arc::new(Prompt::from_samples(&tones(parts)).expect("invariant: a tone has samples and is short"))
        };
        Self {
            prompts: BTreeMap::new(),
            confirm: tone(&[(1_000.0, 120), (0.0, 80), (1_400.0, 160)]),
            refuse: tone(&[(400.0, 600)]),
        }
    }

    /// Adds a prompt, or replaces the one of that name.
    pub fn insert(&mut self, id: PromptId, prompt: Prompt) {
        self.prompts.insert(id, Arc::new(prompt));
    }

    /// The prompt of that name.
    #[must_use]
    pub fn get(&self, id: PromptId) -> Option<&Prompt> {
        self.prompts.get(&id).map(AsRef::as_ref)
    }

    /// The prompt of that name, to keep.
    pub(super) fn shared(&self, id: PromptId) -> Option<Arc<Prompt>> {
        self.prompts.get(&id).cloned()
    }

    /// A tone.
    pub(super) fn tone(&self, kind: ToneKind) -> Arc<Prompt> {
        Arc::clone(match kind {
            ToneKind::Confirm => &self.confirm,
            ToneKind::Refuse => &self.refuse,
        })
    }
}

/// Pure tones of a quarter of full scale: (Hz, ms) each; 0 Hz is silence.
fn tones(parts: &[(f64, usize)]) -> Vec<i16> {
    const AMPLITUDE: f64 = 8_000.0;
    let mut samples = Vec::new();
    for &(hertz, milliseconds) in parts {
        samples.extend((0..milliseconds * 8).map(|sample| {
            let angle = std::f64::consts::TAU * hertz * sample as f64 / 8_000.0;
            (angle.sin() * AMPLITUDE) as i16
        }));
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(sample_rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("spec");
        for &sample in samples {
            writer.write_sample(sample).expect("memory");
        }
        writer.finalize().expect("memory");
        bytes.into_inner()
    }

    #[test]
    fn a_wav_file_is_heard_in_both_laws() {
        let prompt = Prompt::from_wav(&wav(8_000, 1, &[0, 8_000, -8_000])).expect("a prompt");
        assert_eq!(prompt.duration(), Duration::from_micros(375));
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let heard: Vec<_> = prompt.audio(codec).iter().map(|&byte| codec.decode(byte)).collect();
            assert!(heard[0].abs() <= 8 && (heard[1] - 8_000).abs() < 300 && (heard[2] + 8_000).abs() < 300);
        }
    }

    #[test]
    fn ulaw_bytes_are_kept() {
        let prompt = Prompt::from_ulaw(&[1, 2, 3]).expect("a prompt");
        assert_eq!(prompt.audio(Codec::Pcmu), [1, 2, 3]);
        assert_eq!(prompt.samples(), prompt.audio(Codec::Pcma).len());
    }

    #[test]
    fn what_is_no_prompt_says_what_would_be() {
        assert!(matches!(Prompt::from_wav(b"RIFX"), Err(PromptError::NotWav(_))));
        let error = Prompt::from_wav(&wav(16_000, 2, &[1, 1])).expect_err("wrong format");
        assert!(error.to_string().contains("16000 Hz, 2 channels"), "{error}");
        assert!(matches!(Prompt::from_ulaw(&[]), Err(PromptError::Empty)));
        let long = vec![0xFF; PROMPT_SAMPLES_MAX + 1];
        assert!(matches!(Prompt::from_ulaw(&long), Err(PromptError::TooLong { .. })));
    }
}
