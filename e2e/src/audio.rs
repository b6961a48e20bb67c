//! Sound of the tests: tones to send, and how to tell what was heard.

use std::path::{Path, PathBuf};

use crate::limits::ALIGNMENT_SAMPLES_MAX;

/// Samples a second, everywhere here.
pub const RATE_HZ: u32 = 8_000;

/// A tone that an instrument could tell from any other: `amplitude` of 0 to 1 of full scale.
pub fn tone(frequency_hz: f64, amplitude: f64, samples: usize) -> Vec<i16> {
    let step = std::f64::consts::TAU * frequency_hz / f64::from(RATE_HZ);
    // A sine is within -1 to 1, so the product is within the scale.
    (0..samples).map(|n| ((step * n as f64).sin() * amplitude * f64::from(i16::MAX)) as i16).collect()
}

/// How much of the sound's energy is at a frequency: near 1 for that tone alone, near 0 for speech or another tone.
/// Silence is 0.
pub fn share_at(samples: &[i16], frequency_hz: f64) -> f64 {
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    if energy == 0.0 {
        return 0.0;
    }
    let step = std::f64::consts::TAU * frequency_hz / f64::from(RATE_HZ);
    let (mut along, mut across) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let angle = step * n as f64;
        along += f64::from(*sample) * angle.cos();
        across += f64::from(*sample) * angle.sin();
    }
    2.0 * (along.powi(2) + across.powi(2)) / (energy * samples.len() as f64)
}

/// The longest stretch, in samples, through which a tone is what is heard, by windows of 50 ms.
pub fn longest_tone(samples: &[i16], frequency_hz: f64) -> usize {
    const WINDOW: usize = 400;
    let mut longest = 0;
    let mut current = 0;
    for window in samples.chunks_exact(WINDOW) {
        current = if share_at(window, frequency_hz) > 0.8 { current + WINDOW } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// Where `expected` is heard and how well: the offset of the best fit, and the correlation of the whole at it (1 is
/// the same sound, whatever its loudness). Searched within [`ALIGNMENT_SAMPLES_MAX`] of the beginning.
pub fn find(expected: &[i16], heard: &[i16]) -> (usize, f64) {
    // Half a second of the middle finds the place; the whole proves it.
    let probe_at = expected.len() / 2;
    let probe = &expected[probe_at..(probe_at + 4_000).min(expected.len())];
    let mut best = (0, f64::MIN);
    for offset in 0..ALIGNMENT_SAMPLES_MAX {
        let Some(window) = heard.get(offset + probe_at..offset + probe_at + probe.len()) else { break };
        let fit = correlation(probe, window);
        if fit > best.1 {
            best = (offset, fit);
        }
    }
    let whole = heard.get(best.0..best.0 + expected.len()).map_or(0.0, |heard| correlation(expected, heard));
    (best.0, whole)
}

/// The correlation of two sounds of one length: 1 the same, 0 unrelated.
pub fn correlation(one: &[i16], other: &[i16]) -> f64 {
    let (mut product, mut energy_one, mut energy_other) = (0_i64, 0_i64, 0_i64);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (i64::from(*a), i64::from(*b));
        product += a * b;
        energy_one += a * a;
        energy_other += b * b;
    }
    if energy_one == 0 || energy_other == 0 {
        return 0.0;
    }
    product as f64 / ((energy_one as f64).sqrt() * (energy_other as f64).sqrt())
}

/// Reads a WAV file of 16 bits: one list of samples a channel.
///
/// # Panics
/// If the file cannot be read or has another form.
pub fn read_wav(path: &Path) -> Vec<Vec<i16>> {
    let mut reader = hound::WavReader::open(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let form = reader.spec();
    assert_eq!(
        (form.sample_rate, form.bits_per_sample),
        (RATE_HZ, 16),
        "{}: another form of sound",
        path.display()
    );
    let mut channels = vec![Vec::new(); usize::from(form.channels)];
    for (index, sample) in reader.samples::<i16>().enumerate() {
        let sample =
            sample.unwrap_or_else(|error| panic!("{}: torn at sample {index}: {error}", path.display()));
        channels[index % usize::from(form.channels)].push(sample);
    }
    channels
}

/// Writes a WAV file of one channel.
///
/// # Panics
/// If the file cannot be written.
pub fn write_wav(path: &Path, samples: &[i16]) {
    let form = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let cannot = |error: hound::Error| -> ! { panic!("cannot write {}: {error}", path.display()) };
    let mut writer = hound::WavWriter::create(path, form).unwrap_or_else(|error| cannot(error));
    for sample in samples {
        writer.write_sample(*sample).unwrap_or_else(|error| cannot(error));
    }
    writer.finalize().unwrap_or_else(|error| cannot(error));
}

/// A file of the repository.
pub fn repository_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound without a period, so that it fits itself at one place only.
    fn noise(samples: usize) -> Vec<i16> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 / 4
        };
        (0..samples).map(|_| next()).collect()
    }

    #[test]
    fn a_tone_is_told_from_another_and_from_noise() {
        let sound = tone(1_000.0, 0.3, 8_000);
        assert!(share_at(&sound, 1_000.0) > 0.99);
        assert!(share_at(&sound, 440.0) < 0.01);
        assert!(share_at(&noise(8_000), 1_000.0) < 0.05);
        assert!(share_at(&[0; 800], 1_000.0) == 0.0);
    }

    #[test]
    fn the_longest_stretch_of_a_tone_is_measured() {
        let sound = [noise(4_000), tone(1_000.0, 0.3, 8_000), noise(4_000)].concat();
        assert_eq!(longest_tone(&sound, 1_000.0), 8_000);
    }

    #[test]
    fn a_sound_is_found_where_it_begins() {
        let expected = noise(12_000);
        let mut heard = [vec![0; 1_234], expected.clone(), vec![0; 500]].concat();
        let (offset, fit) = find(&expected, &heard);
        assert_eq!(offset, 1_234);
        assert!(fit > 0.999);
        heard[9_000..].fill(0);
        assert!(find(&expected, &heard).1 < 0.9, "half of a sound is not the sound");
    }
}
