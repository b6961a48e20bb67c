//! The fold over facts beside a naive recomputation that looks at each call alone, from its last fact backward.

use std::collections::BTreeSet;
use std::time::Duration;

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, CallerIdentity, CommandSource,
    DialledNumber, OpenCall, OpenRecording, Outcome, RingEnd, RingFailure, SeatLoss, TalkEnd, TenantId,
    Timestamp, TrunkId, WithheldReason,
};
use proptest::prelude::*;

use super::super::OpenCalls;
use super::lives::{ring, seat};

fn tenant() -> TenantId {
    "shiga".parse().expect("a name")
}

fn fact() -> impl Strategy<Value = CallEvent> {
    let call = 1_u64..5;
    (0_u8..18, call, 1_u32..3, any::<bool>()).prop_map(|(kind, call, attempt, flag)| {
        let id = CallId(call);
        let ring = ring(call, attempt);
        let seat = seat(if flag { "seat101" } else { "seat102" });
        match kind {
            0 | 1 => CallEvent::CallAdmitted {
                call: id,
                tenant: tenant(),
                trunk: TrunkId::new("carrier").expect("a name"),
                dialled: DialledNumber::new("0770007119").expect("a name"),
                caller: CallerIdentity::Withheld(WithheldReason::Payphone),
                test: false,
                closed: flag,
                lines_in_use: 1,
                capacity: 4,
            },
            2 => CallEvent::CallEnded {
                call: id,
                tenant: tenant(),
                outcome: Outcome::Answered,
                phase: CallPhase::Talking,
                end: None,
            },
            3 => CallEvent::CallerConnected { call: id },
            4 => CallEvent::GuidanceStarted { call: id },
            5 => CallEvent::CallerQueued {
                call: id,
                tenant: tenant(),
                skill: None,
                since: Timestamp::from_millis(0),
                put_back: flag,
                awaits_adviser: flag,
            },
            6 => CallEvent::RingStarted { ring, seat },
            7 => CallEvent::RingEnded { ring, seat, end: RingEnd::Answered },
            8 => CallEvent::RingEnded { ring, seat, end: RingEnd::Failed(RingFailure::Refused(486)) },
            9 => CallEvent::CallAnswered { ring, seat },
            10 => CallEvent::TalkEnded { ring, seat, end: TalkEnd::SeatLost(SeatLoss::LegFailed) },
            11 if flag => CallEvent::TalkEnded { ring, seat, end: TalkEnd::CallerEnded },
            11 => CallEvent::TalkEnded { ring, seat, end: TalkEnd::HandedOver },
            12 => CallEvent::RecordingStarted { call: id, file: format!("shiga/{attempt}.wav") },
            13 => CallEvent::RingEnded { ring, seat, end: RingEnd::CallerGone },
            14 | 15 => CallEvent::CallCommanded {
                call: id,
                command: if kind == 14 { CallCommand::HangUp } else { CallCommand::Hold },
                source: CommandSource::Api,
                result: if flag { CallCommandResult::Done } else { CallCommandResult::OutOfPhase },
            },
            16 => CallEvent::RecordingEnded { call: id, recorded: Duration::ZERO, gaps: Duration::ZERO },
            _ => CallEvent::SeatRegistered { seat },
        }
    })
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the naive way looks only at the facts that it knows")]
/// What a fact says about where its call is; `None`: nothing.
fn says(fact: &CallEvent, closed: bool) -> Option<CallPhase> {
    match fact {
        CallEvent::CallAdmitted { .. } => Some(CallPhase::Arriving),
        CallEvent::CallerConnected { .. } if closed => Some(CallPhase::Closed),
        CallEvent::GuidanceStarted { .. } => Some(CallPhase::Guidance),
        CallEvent::RingStarted { .. } => Some(CallPhase::Ringing),
        CallEvent::CallAnswered { .. } => Some(CallPhase::Talking),
        CallEvent::CallerQueued { .. }
        | CallEvent::TalkEnded { end: TalkEnd::SeatLost(_) | TalkEnd::HandedOver, .. }
        | CallEvent::RingEnded { end: RingEnd::Failed(_), .. } => Some(CallPhase::Waiting),
        CallEvent::TalkEnded { .. }
        | CallEvent::RingEnded { end: RingEnd::CallerGone, .. }
        | CallEvent::CallCommanded {
            command: CallCommand::HangUp, result: CallCommandResult::Done, ..
        } => Some(CallPhase::Closing),
        _ => None,
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the naive way looks only at the facts that it knows")]
fn naive(facts: &[CallEvent]) -> Vec<OpenCall> {
    let about =
        |fact: &&(usize, &CallEvent), call: CallId| acd_proto::fact_subject(fact.1).call == Some(call);
    let numbered: Vec<(usize, &CallEvent)> = facts.iter().enumerate().collect();
    let calls: BTreeSet<CallId> =
        facts.iter().filter_map(|fact| acd_proto::fact_subject(fact).call).collect();
    calls
        .into_iter()
        .filter_map(|call| {
            let mine: Vec<_> = numbered.iter().filter(|fact| about(fact, call)).collect();
            let begins = mine.iter().rposition(|(_, fact)| matches!(fact, CallEvent::CallAdmitted { .. }))?;
            let life = &mine[begins..];
            if life.iter().any(|(_, fact)| matches!(fact, CallEvent::CallEnded { .. })) {
                return None;
            }
            let (admitted, CallEvent::CallAdmitted { closed, .. }) = life[0] else { unreachable!("begins") };
            let (last, phase) =
                life.iter().rev().find_map(|(_, fact)| Some((*fact, says(fact, *closed)?)))?;
            let with = match last {
                CallEvent::RingStarted { ring, seat } | CallEvent::CallAnswered { ring, seat } => {
                    Some((*ring, *seat))
                }
                // Being connected says where the call is, not that a seat is gone.
                CallEvent::CallerConnected { .. } => life.iter().rev().find_map(|(_, fact)| match fact {
                    CallEvent::CallerConnected { .. } => None,
                    CallEvent::RingStarted { ring, seat } | CallEvent::CallAnswered { ring, seat } => {
                        Some(Some((*ring, *seat)))
                    }
                    fact => says(fact, *closed).map(|_| None),
                })?,
                _ => None,
            };
            Some(OpenCall {
                call,
                tenant: tenant(),
                phase,
                seat: with.map(|(_, seat)| seat),
                ring: with.map(|(ring, _)| ring),
                answered: life.iter().any(|(_, fact)| matches!(fact, CallEvent::CallAnswered { .. })),
                admitted_at: time(*admitted),
                recording: recording(life),
                parties: [].into(),
            })
        })
        .collect()
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the naive way looks only at the facts that it knows")]
/// The recording that a call's life leaves open, from the last answer before it began: the caller's or a seat's.
fn recording(life: &[&(usize, &CallEvent)]) -> Option<OpenRecording> {
    let last = life.iter().rposition(|(_, fact)| {
        matches!(fact, CallEvent::RecordingStarted { .. } | CallEvent::RecordingEnded { .. })
    })?;
    let (started, CallEvent::RecordingStarted { file, .. }) = life[last] else { return None };
    let is_answer =
        |fact: &CallEvent| matches!(fact, CallEvent::CallAnswered { .. } | CallEvent::CallerConnected { .. });
    let answered = life[..last].iter().rev().find(|(_, fact)| is_answer(fact));
    let since = time(answered.map_or(*started, |(at, _)| *at));
    Some(OpenRecording { file: file.clone(), since })
}

fn time(at: usize) -> Timestamp {
    Timestamp::from_millis(at as i64 * 10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_fold_agrees_with_a_look_back(facts in proptest::collection::vec(fact(), 0..60)) {
        let mut fold = OpenCalls::default();
        for (at, fact) in facts.iter().enumerate() {
            fold.apply(at as u64 + 1, time(at), fact);
        }
        prop_assert_eq!(fold.calls().cloned().collect::<Vec<_>>(), naive(&facts));
        let oldest = fold.calls().map(|open| open.admitted_at).min();
        prop_assert_eq!(fold.oldest_fact().map(|seq| time(seq as usize - 1)), oldest);

        // A start that begins to read at the oldest open call's admission finds the same.
        let mut from_note = OpenCalls::default();
        let note = fold.oldest_fact().unwrap_or(u64::MAX);
        for (at, fact) in facts.iter().enumerate().filter(|(at, _)| *at as u64 + 1 >= note) {
            from_note.apply(at as u64 + 1, time(at), fact);
        }
        prop_assert_eq!(from_note, fold);
    }
}
