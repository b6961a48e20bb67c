//! Recordings that the death of the life before cut short: each is ended, with what its file holds and what it lacks.

use std::path::Path;
use std::time::Duration;

use acd_core::{Input, OpenCall, Timestamp};

/// What ends the recording of a call found open; `None`: none had begun.
///
/// `until`: the last journalled instant of the life before. What lies between the file's end and it, neither channel
/// has, so it counts twice in the gaps. A file that is not there, or cannot be read, holds nothing.
pub(super) fn recording_end(folder: &Path, open: &OpenCall, until: Option<Timestamp>) -> Option<Input> {
    let recording = open.recording.as_ref()?;
    let recorded = recorder::length(&folder.join(&recording.file)).unwrap_or_else(|error| {
        tracing::error!(call = open.call.0, %error, "a recording is lost: the switch had died in its call");
        Duration::ZERO
    });
    let talk = until.map(|until| until.since(recording.since)).unwrap_or_default();
    Some(Input::RecordingEnded { call: open.call, recorded, gaps: talk.saturating_sub(recorded) * 2 })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use acd_core::{CallId, CallPhase, OpenRecording};
    use recorder::{Channel, Encoding, Recorder};

    use super::*;

    const ANSWERED: Timestamp = Timestamp::from_millis(1_000);

    fn call(recording: Option<OpenRecording>) -> OpenCall {
        OpenCall {
            call: CallId(7),
            tenant: "shiga".parse().expect("a name"),
            phase: CallPhase::Talking,
            seat: None,
            ring: None,
            answered: true,
            admitted_at: Timestamp::from_millis(0),
            recording,
            parties: [].into(),
        }
    }

    fn recorded(file: &str) -> OpenCall {
        call(Some(OpenRecording { file: file.to_owned(), since: ANSWERED }))
    }

    fn ended(recorded_ms: u64, gaps_ms: u64) -> Option<Input> {
        Some(Input::RecordingEnded {
            call: CallId(7),
            recorded: Duration::from_millis(recorded_ms),
            gaps: Duration::from_millis(gaps_ms),
        })
    }

    /// A folder with `7.wav`, a second long.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let recorder = Recorder::start(folder.path(), Arc::new(|| {})).expect("a thread");
        let recording = recorder.open(CallId(7), "7.wav".into()).expect("opened");
        for position in (0..8_000).step_by(160) {
            recording.push(Channel::Left, position, Encoding::Ulaw, &[0x10; 160]);
        }
        recording.finish(8_000);
        folder
    }

    #[test]
    fn what_the_file_lacks_is_a_gap_of_both_channels() {
        let folder = folder();
        let until = |millis| Some(Timestamp::from_millis(millis));
        assert_eq!(recording_end(folder.path(), &recorded("7.wav"), until(2_600)), ended(1_000, 1_200));
        // The journal's last instant may be older than the file's end.
        assert_eq!(recording_end(folder.path(), &recorded("7.wav"), until(1_500)), ended(1_000, 0));
    }

    #[test]
    fn a_file_that_is_not_there_or_no_recording_holds_nothing() {
        let folder = folder();
        std::fs::write(folder.path().join("8.wav"), b"RIFF").expect("written");
        for file in ["8.wav", "9.wav"] {
            let until = Some(Timestamp::from_millis(3_600));
            assert_eq!(recording_end(folder.path(), &recorded(file), until), ended(0, 5_200), "{file}");
        }
    }

    #[test]
    fn a_call_that_was_not_recorded_has_nothing_to_end() {
        assert_eq!(recording_end(folder().path(), &call(None), Some(ANSWERED)), None);
    }
}
