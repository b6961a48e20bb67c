//! Plans on the disk, with audio of every wrong kind.

use std::path::PathBuf;

use super::SMALL;
use crate::plan::{AudioFormat, PlanFile, PromptAudio, PromptSource};

/// A folder of a test's own, removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("acd-plan-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn wav(sample_rate: u32, channels: u16, bits_per_sample: u16, samples: u32) -> Vec<u8> {
    let spec =
        hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format: hound::SampleFormat::Int };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for _ in 0..samples * u32::from(channels) {
        writer.write_sample(7).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn audio_beside_the_plan_is_found_and_read() {
    let folder = Folder::new("found");
    folder.write("g.wav", &wav(8_000, 1, 16, 8_000));
    folder.write("w.ulaw", &[0xff; 1_600]);
    let text =
        SMALL.replace("builtin:ja_shiga_guidance.wav", "g.wav").replace("builtin:ja_waiting.wav", "w.ulaw");
    let plan = PlanFile::load(&folder.write("plan.toml", text.as_bytes())).unwrap();
    let prompts: Vec<_> =
        plan.shell.prompts.iter().map(|(id, it)| (id.as_str(), it.format, it.duration_ms)).collect();
    assert_eq!(prompts, [("guidance", AudioFormat::Wav, 1_000), ("waiting", AudioFormat::Ulaw, 200)]);
    let sources: Vec<_> = plan.shell.prompts.values().map(|it| it.source.clone()).collect();
    assert_eq!(sources[0], PromptSource::File(folder.0.join("g.wav")));
    let audio: Vec<_> = plan.shell.prompts.values().map(|it| it.audio().unwrap()).collect();
    assert_eq!(audio[0], PromptAudio::Linear(vec![7; 8_000]));
    assert_eq!(audio[1], PromptAudio::Ulaw(vec![0xff; 1_600]));
}

#[test]
fn audio_that_cannot_be_played_is_an_error() {
    let folder = Folder::new("unplayable");
    let cases: &[(&str, Vec<u8>, &str)] = &[
        (
            "rate.wav",
            wav(44_100, 1, 16, 9_000),
            "is PCM of 16 bits, 1 channel(s), 44100 Hz, not PCM of 16 bits, mono, 8000 Hz",
        ),
        (
            "stereo.wav",
            wav(8_000, 2, 16, 9_000),
            "is PCM of 16 bits, 2 channel(s), 8000 Hz, not PCM of 16 bits, mono, 8000 Hz",
        ),
        (
            "eight.wav",
            wav(8_000, 1, 8, 9_000),
            "is PCM of 8 bits, 1 channel(s), 8000 Hz, not PCM of 16 bits, mono, 8000 Hz",
        ),
        ("short.wav", wav(8_000, 1, 16, 799), "is 99 ms long, outside 100 to 600000 ms (PROMPT_MS)"),
        ("text.wav", b"no audio at all".to_vec(), "is no WAV file: "),
        ("empty.ulaw", Vec::new(), "is 0 ms long, outside 100 to 600000 ms (PROMPT_MS)"),
        ("song.mp3", vec![1; 9_000], "is neither .wav nor .ulaw"),
    ];
    for (name, bytes, expected) in cases {
        folder.write(name, bytes);
        folder.write("w.wav", &wav(8_000, 1, 16, 8_000));
        let text =
            SMALL.replace("builtin:ja_shiga_guidance.wav", name).replace("builtin:ja_waiting.wav", "w.wav");
        let path = folder.write("plan.toml", text.as_bytes());
        let errors = PlanFile::load(&path).unwrap_err();
        assert_eq!(errors.len(), 1, "{name}: {errors:?}");
        let start = format!("{}:11:9: `audio` \"{name}\" {expected}", path.display());
        assert!(errors[0].to_string().starts_with(&start), "{}\nis not\n{start}", errors[0]);
    }
}

#[test]
fn a_plan_that_cannot_be_read_is_an_error_at_its_first_line() {
    let folder = Folder::new("unreadable");
    let missing = folder.0.join("none.toml");
    let error = PlanFile::load(&missing).unwrap_err().remove(0).to_string();
    assert!(error.starts_with(&format!("{}:1:1: the plan cannot be read: ", missing.display())), "{error}");
    let latin1 = folder.write("latin1.toml", b"title = \"\xe9\"\n");
    let error = PlanFile::load(&latin1).unwrap_err().remove(0).to_string();
    assert!(error.starts_with(&format!("{}:1:1: the plan is not UTF-8: ", latin1.display())), "{error}");
}

#[test]
fn a_holiday_file_beside_the_plan_takes_the_place_of_the_embedded_one() {
    let folder = Folder::new("holidays");
    folder.write("w.wav", &wav(8_000, 1, 16, 8_000));
    folder.write(
        "days.toml",
        "format = 1\ndated = \"2026-01-01\"\n[days.2026]\n\"12-31\" = \"大晦日\"\n".as_bytes(),
    );
    let text = SMALL
        .replace("builtin:ja_shiga_guidance.wav", "w.wav")
        .replace("builtin:ja_waiting.wav", "w.wav")
        .replace("[listen]", "[holidays]\nfile = \"days.toml\"\n\n[listen]");
    let plan = PlanFile::load(&folder.write("plan.toml", text.as_bytes())).unwrap();
    let days: Vec<String> = plan.core.holidays.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-12-31"]);
    assert_eq!(plan.shell.holidays.dated, "2026-01-01");
}
