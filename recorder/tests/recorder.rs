//! The recorder with its threads and real files.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use acd_core::CallId;
use recorder::{Channel, Encoding, Failure, Outcome, Recorder, check, length};

/// Set in the process that is to be killed: the folder to record into.
const VICTIM_FOLDER: &str = "RECORDER_TEST_VICTIM_FOLDER";

/// One frame of both channels.
const FRAME: u64 = 160;

fn start(folder: &Path) -> (Recorder, crossbeam_channel::Receiver<()>) {
    let (woken, wakes) = crossbeam_channel::unbounded();
    let wake = Arc::new(move || {
        let _ = woken.send(());
    });
    (Recorder::start(folder, wake).expect("a folder"), wakes)
}

/// Waits for outcomes until one is the recording's last.
fn outcomes(recorder: &Recorder, wakes: &crossbeam_channel::Receiver<()>) -> Vec<Outcome> {
    let mut told = Vec::new();
    loop {
        wakes.recv_timeout(Duration::from_secs(30)).expect("an outcome in time");
        while let Some(outcome) = recorder.poll_outcome() {
            let is_end = matches!(
                outcome,
                Outcome::Ended { .. } | Outcome::Failed { failure: Failure::CannotCreate, .. }
            );
            told.push(outcome);
            if is_end {
                return told;
            }
        }
    }
}

#[test]
fn a_call_becomes_a_file_with_both_voices() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recorder, wakes) = start(&folder.path().join("recordings"));
    let file = PathBuf::from("shiga/2026-11-21/7.wav");
    let recording = recorder.open(CallId(7), file.clone()).expect("opened");
    assert_eq!(recorder.open_len(), 1);
    for position in (0..8_000).step_by(FRAME as usize) {
        recording.push(Channel::Left, position, Encoding::Ulaw, &[0x10; FRAME as usize]);
        recording.push(Channel::Right, position, Encoding::Alaw, &[0x20; FRAME as usize]);
    }
    recording.finish(8_000);
    let told = outcomes(&recorder, &wakes);
    assert_eq!(
        told,
        [
            Outcome::Started { call: CallId(7), file: file.clone() },
            Outcome::Ended { call: CallId(7), recorded: Duration::from_secs(1), gaps: Duration::ZERO },
        ]
    );
    let path = folder.path().join("recordings").join(&file);
    let info = check(&path).expect("plays");
    assert_eq!((info.duration, info.channels, info.sounding_samples), (Duration::from_secs(1), 2, 16_000));
    let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().expect("a folder")) & 0o027, 0, "others have no business there");
    assert_eq!(mode(&path) & 0o027, 0);
}

#[test]
fn a_recording_is_never_written_over_and_stays_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recorder, wakes) = start(folder.path());
    std::fs::write(folder.path().join("1.wav"), b"precious").expect("written");
    for outside in ["../1.wav", "/tmp/1.wav", ""] {
        assert_eq!(recorder.open(CallId(1), outside.into()).err(), Some(Failure::CannotCreate), "{outside}");
    }
    let recording = recorder.open(CallId(1), "1.wav".into()).expect("queued");
    recording.finish(80);
    let told = outcomes(&recorder, &wakes);
    assert_eq!(told, [Outcome::Failed { call: CallId(1), failure: Failure::CannotCreate }]);
    assert_eq!(std::fs::read(folder.path().join("1.wav")).expect("there"), b"precious");
}

#[test]
fn dropping_the_recorder_closes_what_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recorder, _wakes) = start(folder.path());
    let recording = recorder.open(CallId(3), "3.wav".into()).expect("opened");
    recording.push(Channel::Left, 0, Encoding::Ulaw, &[0x10; 1_600]);
    drop(recorder);
    recording.push(Channel::Left, 1_600, Encoding::Ulaw, &[0x10; 1_600]);
    let path = folder.path().join("3.wav");
    let info = check(&path).expect("plays");
    assert_eq!(info.duration, Duration::from_millis(200));
    assert_eq!(length(&path).expect("plays"), info.duration);
}

#[test]
fn the_length_is_what_the_header_tells_and_the_file_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recorder, _wakes) = start(folder.path());
    let recording = recorder.open(CallId(4), "4.wav".into()).expect("opened");
    recording.push(Channel::Left, 0, Encoding::Ulaw, &[0x10; 1_600]);
    drop(recorder);
    let path = folder.path().join("4.wav");
    let whole = std::fs::read(&path).expect("there");
    // Audio behind the header's last word does not play.
    std::fs::write(&path, [&whole[..], &[0; 6_400]].concat()).expect("written");
    assert_eq!(length(&path).expect("plays"), Duration::from_millis(200));
    std::fs::write(&path, &whole[..whole.len() - 3_200]).expect("written");
    assert_eq!(length(&path).expect("plays"), Duration::from_millis(100));
    std::fs::write(&path, &whole[..20]).expect("written");
    assert!(length(&path).is_err(), "a header of 20 bytes");
    assert!(length(&folder.path().join("5.wav")).is_err(), "no file");
}

/// Not a test of its own: what `kill_9_leaves_a_file_that_plays` runs and kills.
#[test]
fn victim_of_the_kill() {
    let Ok(folder) = std::env::var(VICTIM_FOLDER) else {
        return;
    };
    let (recorder, _wakes) = start(Path::new(&folder));
    let recording = recorder.open(CallId(9), "t/9.wav".into()).expect("opened");
    let started = Instant::now();
    let mut out = std::io::stdout();
    for frame in 0..50 * 60u64 {
        std::thread::sleep(
            (started + Duration::from_millis(frame * 20)).saturating_duration_since(Instant::now()),
        );
        recording.push(Channel::Left, frame * FRAME, Encoding::Ulaw, &[0x10; FRAME as usize]);
        recording.push(Channel::Right, frame * FRAME, Encoding::Ulaw, &[0x10; FRAME as usize]);
        writeln!(out, "\npushed {}", (frame + 1) * FRAME).expect("a parent that reads");
    }
}

#[test]
fn kill_9_leaves_a_file_that_plays_up_to_its_last_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "victim_of_the_kill", "--nocapture"])
        .env(VICTIM_FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test runs");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let pushed = lines
        .map(|line| line.expect("text"))
        .filter_map(|line| line.strip_prefix("pushed ").and_then(|samples| samples.parse::<u64>().ok()))
        .find(|&samples| samples >= 4 * 8_000)
        .expect("four seconds");
    child.kill().expect("SIGKILL");
    child.wait().expect("dead");
    let info = check(&folder.path().join("t/9.wav")).expect("plays");
    let recorded = info.duration.as_micros() as u64 / 125;
    // One second is promised; the other is for a machine whose writer thread did not get its turn.
    assert!(recorded + 2 * 8_000 >= pushed, "{recorded} of {pushed} samples");
    assert_eq!(info.sounding_samples, recorded * 2, "no hole");
}
