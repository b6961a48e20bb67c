//! What callers and seats heard: the guidance, and each other.

use acd_core::Outcome;
use reports::{CallRecord, Records};

use super::{Summary, Told, caller_of, is, seat_number};
use crate::limits::{JUDGED_TALK_MS_MIN, PACKETS_PER_LOSS_MIN};
use crate::media::{Heard, PersonId, Voice, sound_ms};

pub(super) fn check(records: &Records, told: &Told, summary: &mut Summary) {
    let heard = told.callers.iter().map(|report| &report.heard).chain(told.talks().map(|talk| &talk.heard));
    for Heard { packets, lost, .. } in heard {
        summary.packets_heard += packets;
        summary.packets_lost += lost;
    }
    if summary.packets_lost * PACKETS_PER_LOSS_MIN > summary.packets_heard {
        summary.failures.push(format!(
            "{} audio packets were lost, {} came",
            summary.packets_lost, summary.packets_heard
        ));
    }
    for record in records.calls().values() {
        let name = format!("call {} of {}", record.call, record.tenant);
        if let Err(problem) = check_guidance(record, told) {
            summary.failures.push(format!("{name}: {problem}"));
        }
        if record.outcome() != Some(Outcome::Answered) {
            continue;
        }
        match check_talk(record, told) {
            Ok(true) => summary.talks_heard_both_ways += 1,
            Ok(false) => {}
            Err(problem) => summary.failures.push(format!("{name}: {problem}")),
        }
    }
}

/// R-G1: who is past the guidance has heard it. Speech has pauses, so that some of it is silence.
fn check_guidance(record: &CallRecord, told: &Told) -> Result<(), String> {
    let Some(guidance) = record.guidance else { return Ok(()) };
    let (Some((ended_at, _)), Some(caller)) = (guidance.end, caller_of(told, record)) else {
        return Ok(());
    };
    let guidance_ms = millis(ended_at.since(guidance.started_at));
    let heard_ms = sound_ms(&caller.heard.samples);
    if heard_ms < guidance_ms * 2 / 5 {
        return Err(format!("the caller heard {heard_ms} ms of sound, the guidance lasted {guidance_ms} ms"));
    }
    Ok(())
}

/// Each heard the other for the whole talk. `false`: too short to judge.
fn check_talk(record: &CallRecord, told: &Told) -> Result<bool, String> {
    let talk_ms = millis(record.talk_time());
    if talk_ms < JUDGED_TALK_MS_MIN {
        return Ok(false);
    }
    let wanted_ms = talk_ms * 9 / 10 - 300;
    let seat = seat_number(record).ok_or("no seat talked, by the facts")?;
    let caller = caller_of(told, record).ok_or("no caller of ours has this number")?;
    let caller_heard_ms = Voice::of(PersonId::Seat(seat)).heard_ms(&caller.heard.samples);
    if caller_heard_ms < wanted_ms {
        return Err(format!("the caller heard seat{seat} for {caller_heard_ms} of {talk_ms} ms"));
    }
    let voice = Voice::of(PersonId::Caller(caller.caller.index));
    let seat_heard_ms: u64 = told
        .talks()
        .filter(|talk| talk.seat == seat && is(&record.caller, &talk.caller))
        .map(|talk| voice.heard_ms(&talk.heard.samples))
        .sum();
    if seat_heard_ms < wanted_ms {
        return Err(format!("seat{seat} heard the caller for {seat_heard_ms} of {talk_ms} ms"));
    }
    Ok(true)
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
