//! Every answered call has its recording: as long as the talk, the caller on the left, the seat on the right.

use std::path::Path;

use acd_core::Outcome;
use reports::{CallRecord, Records};
use serde::Serialize;

use super::{Summary, Told, caller_of, seat_number};
use crate::limits::{JUDGED_TALK_MS_MIN, RECORDING_DIFFERENCE_MS_MAX};
use crate::media::wav::{Stereo, read_stereo};
use crate::media::{PersonId, SAMPLE_RATE, SILENCE_RMS, Voice, rms};

/// One recording.
#[derive(Debug, Serialize)]
pub(crate) struct RecordingSummary {
    pub(crate) call: u64,
    pub(crate) tenant: String,
    pub(crate) seat: String,
    /// Relative to the recordings folder.
    pub(crate) file: String,
    /// Talk by the facts.
    pub(crate) talk_ms: u64,
    /// Audio in the file.
    pub(crate) recorded_ms: u64,
    /// Of it, the caller's voice on the left.
    pub(crate) caller_ms: u64,
    /// Of it, the seat's voice on the right.
    pub(crate) seat_ms: u64,
}

pub(super) fn check(records: &Records, told: &Told, folder: &Path, summary: &mut Summary) {
    for record in records.calls().values() {
        let answered = record.outcome() == Some(Outcome::Answered);
        if !answered || record.recording.off {
            continue;
        }
        if let Err(problem) = check_one(record, told, folder, summary) {
            summary
                .failures
                .push(format!("recording of call {} of {}: {problem}", record.call, record.tenant));
        }
    }
}

fn check_one(record: &CallRecord, told: &Told, folder: &Path, summary: &mut Summary) -> Result<(), String> {
    let file = record.recording.file.clone().ok_or("no fact names its file")?;
    if !record.recording.failures.is_empty() {
        return Err(format!("it has failures: {:?}", record.recording.failures));
    }
    let stereo = read_stereo(&folder.join(&file))?;
    let talk_ms = u64::try_from(record.talk_time().as_millis()).unwrap_or(u64::MAX);
    let recorded_ms = (stereo.left.len() * 1_000 / SAMPLE_RATE) as u64;
    let seat = seat_number(record).ok_or("no seat talked, by the facts")?;
    let caller = caller_of(told, record).ok_or("no caller of ours has this number")?;
    let caller_voice = Voice::of(PersonId::Caller(caller.caller.index));
    let seat_voice = Voice::of(PersonId::Seat(seat));
    let line = RecordingSummary {
        call: record.call.0,
        tenant: record.tenant.to_string(),
        seat: format!("seat{seat}"),
        file,
        talk_ms,
        recorded_ms,
        caller_ms: caller_voice.heard_ms(&stereo.left),
        seat_ms: seat_voice.heard_ms(&stereo.right),
    };
    let judged = judge(&line, &stereo, caller_voice, seat_voice);
    summary.recordings.push(line);
    judged
}

fn judge(line: &RecordingSummary, stereo: &Stereo, caller: Voice, seat: Voice) -> Result<(), String> {
    let RecordingSummary { talk_ms, recorded_ms, caller_ms, seat_ms, .. } = *line;
    if recorded_ms.abs_diff(talk_ms) > RECORDING_DIFFERENCE_MS_MAX {
        return Err(format!("it is {recorded_ms} ms long, the talk {talk_ms} ms"));
    }
    if talk_ms < JUDGED_TALK_MS_MIN {
        return Ok(());
    }
    for (channel, samples) in [("left", &stereo.left), ("right", &stereo.right)] {
        let loudness = rms(samples);
        if loudness < SILENCE_RMS {
            return Err(format!("its {channel} channel is silent (RMS {loudness:.0})"));
        }
    }
    // The audio's first and last packets may miss the talk's first and last moments.
    let wanted_ms = talk_ms * 9 / 10 - 300;
    if caller_ms < wanted_ms {
        return Err(format!("{caller_ms} of {talk_ms} ms are the caller's voice on the left"));
    }
    if seat_ms < wanted_ms {
        return Err(format!("{seat_ms} of {talk_ms} ms are the seat's voice on the right"));
    }
    let strayed_ms = caller.heard_ms(&stereo.right) + seat.heard_ms(&stereo.left);
    if strayed_ms > 0 {
        return Err(format!("{strayed_ms} ms of a voice are in the other's channel"));
    }
    Ok(())
}
