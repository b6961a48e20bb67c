use super::*;
use crate::Fold;
use crate::tests::{TENANT, admitted, at, ended, refused, ring, seat};
use acd_core::CallEvent;

fn fold(facts: &[(i64, CallEvent)]) -> Records {
    let mut records = Records::default();
    for (index, (millis, fact)) in facts.iter().enumerate() {
        records.apply(at(*millis), index as u64 + 1, fact);
    }
    records
}

#[test]
fn an_answered_call_from_line_to_recording() {
    let call = CallId(7);
    let facts = [
        (0, admitted(7)),
        (100, CallEvent::CallerConnected { call }),
        (110, CallEvent::GuidanceStarted { call }),
        (14_110, CallEvent::GuidanceCompleted { call }),
        (14_110, queued(7, 14_110)),
        (14_110, CallEvent::RingStarted { ring: ring(7, 1), seat: seat("seat101") }),
        (29_110, CallEvent::RingEnded { ring: ring(7, 1), seat: seat("seat101"), end: RingEnd::TimedOut }),
        (29_110, CallEvent::RingStarted { ring: ring(7, 2), seat: seat("seat102") }),
        (31_000, CallEvent::RingEnded { ring: ring(7, 2), seat: seat("seat102"), end: RingEnd::Answered }),
        (31_000, CallEvent::CallAnswered { ring: ring(7, 2), seat: seat("seat102") }),
        (31_005, CallEvent::RecordingStarted { call, file: "shiga/2026-11-21/7.wav".to_owned() }),
        (33_000, CallEvent::HoldStarted { leg: LegId::Seat(ring(7, 2)) }),
        (34_500, CallEvent::HoldEnded { leg: LegId::Seat(ring(7, 2)) }),
        (36_000, CallEvent::TalkEnded { ring: ring(7, 2), seat: seat("seat102"), end: TalkEnd::CallerEnded }),
        (36_010, ended(7, Outcome::Answered)),
        (
            36_100,
            CallEvent::RecordingEnded {
                call,
                recorded: Duration::from_millis(5_000),
                gaps: Duration::from_millis(20),
            },
        ),
    ];
    let records = fold(&facts);
    let record = &records.calls()[&call];
    assert_eq!(record.seq, 1);
    assert_eq!(record.connected_at, Some(at(100)));
    assert_eq!(
        record.guidance,
        Some(GuidanceRecord { started_at: at(110), end: Some((at(14_110), GuidanceEnd::Completed)) })
    );
    assert_eq!(record.wait_time(), Some(Duration::from_millis(31_000 - 14_110)));
    assert_eq!(record.rings.len(), 2);
    assert_eq!(record.rings[0].end, Some((at(29_110), RingEnd::TimedOut)));
    assert_eq!(record.answered_at(), Some(at(31_000)));
    assert_eq!(record.talk_time(), Duration::from_millis(5_000));
    assert_eq!(record.hold_time(), Duration::from_millis(1_500));
    assert_eq!(record.outcome(), Some(Outcome::Answered));
    assert_eq!(record.recording.file.as_deref(), Some("shiga/2026-11-21/7.wav"));
    assert_eq!(
        record.recording.end,
        Some((at(36_100), Duration::from_millis(5_000), Duration::from_millis(20)))
    );
    assert!(record.is_offered());
    assert_eq!(records.orphans(), 0);
}

#[test]
fn a_hold_that_nobody_took_back_ends_with_the_talk() {
    let facts = [
        (0, admitted(1)),
        (10, CallEvent::CallAnswered { ring: ring(1, 1), seat: seat("seat101") }),
        (20, CallEvent::HoldStarted { leg: LegId::Seat(ring(1, 1)) }),
        (25, CallEvent::HoldStarted { leg: LegId::Caller(CallId(1)) }),
        (70, CallEvent::TalkEnded { ring: ring(1, 1), seat: seat("seat101"), end: TalkEnd::SeatEnded }),
        (90, ended(1, Outcome::Answered)),
    ];
    let records = fold(&facts);
    let holds = &records.calls()[&CallId(1)].holds;
    assert_eq!(holds[0].ended_at, Some(at(70)));
    assert_eq!(holds[1].ended_at, Some(at(90)));
}

#[test]
fn a_caller_put_back_has_two_talks_and_one_call() {
    let lost = TalkEnd::SeatLost(acd_core::SeatLoss::MediaSilent);
    let facts = [
        (0, admitted(1)),
        (10, queued(1, 10)),
        (10, CallEvent::CallAnswered { ring: ring(1, 1), seat: seat("seat101") }),
        (1_010, CallEvent::TalkEnded { ring: ring(1, 1), seat: seat("seat101"), end: lost }),
        (1_010, queued(1, 10)),
        (3_010, CallEvent::CallAnswered { ring: ring(1, 2), seat: seat("seat102") }),
        (5_010, CallEvent::TalkEnded { ring: ring(1, 2), seat: seat("seat102"), end: TalkEnd::SeatEnded }),
        (5_020, ended(1, Outcome::Answered)),
    ];
    let records = fold(&facts);
    let record = &records.calls()[&CallId(1)];
    assert_eq!(record.talk_time(), Duration::from_millis(3_000));
    assert_eq!(record.wait_time(), Some(Duration::ZERO));
    assert_eq!(record.queued.len(), 2);
    assert_eq!(records.outcomes(), BTreeMap::from([(Some(Outcome::Answered), 1)]));
}

#[test]
fn refused_calls_stand_apart_and_unknown_calls_are_counted() {
    let facts = [
        (0, refused(1, Some(TENANT), RefusalReason::LinesFull)),
        (5, CallEvent::CallerConnected { call: CallId(99) }),
    ];
    let records = fold(&facts);
    assert!(records.calls().is_empty());
    assert_eq!(records.refused().len(), 1);
    assert_eq!(records.refused()[0].reason, RefusalReason::LinesFull);
    assert_eq!(records.orphans(), 1);
}

fn queued(call: u64, since: i64) -> CallEvent {
    crate::tests::queued(call, at(since))
}

/// R-A15: the clock is set on by an hour while the second caller waits, the first talks on hold, and a third's call is over.
#[test]
fn what_the_clock_skipped_is_in_no_time_of_a_call() {
    const STEP: i64 = 3_600_000;
    let step = |step_ms, skipped| (STEP + 20_000, CallEvent::WallClockStepped { step_ms, skipped });
    let answered = |id| CallEvent::CallAnswered { ring: ring(id, 1), seat: seat("seat101") };
    let talked =
        |id| CallEvent::TalkEnded { ring: ring(id, 1), seat: seat("seat101"), end: TalkEnd::SeatEnded };
    let leg = LegId::Seat(ring(1, 1));
    let records = fold(&[
        (0, admitted(3)),
        (0, queued(3, 0)),
        (1_000, answered(3)),
        (5_000, talked(3)),
        (5_000, ended(3, Outcome::Answered)),
        (6_000, admitted(1)),
        (6_000, queued(1, 6_000)),
        (10_000, answered(1)),
        (12_000, admitted(2)),
        (12_000, queued(2, 12_000)),
        (15_000, CallEvent::HoldStarted { leg }),
        step(STEP, Duration::from_millis(3_600_000)),
        (STEP + 21_000, CallEvent::HoldEnded { leg }),
        (STEP + 30_000, talked(1)),
        (STEP + 30_000, ended(1, Outcome::Answered)),
        (STEP + 32_000, answered(2)),
        (STEP + 33_000, talked(2)),
        (STEP + 33_000, ended(2, Outcome::Answered)),
    ]);
    let times = |id| {
        let it = &records.calls()[&CallId(id)];
        [it.wait_time().unwrap_or_default(), it.talk_time(), it.hold_time()].map(|it| it.as_millis())
    };
    assert_eq!(times(1), [4_000, 20_000, 6_000]);
    assert_eq!(times(2), [20_000, 1_000, 0]);
    assert_eq!(times(3), [1_000, 4_000, 0]);
    let steps = [1, 2, 3].map(|id| records.calls()[&CallId(id)].clock_steps.len());
    assert_eq!(steps, [1, 1, 0]);
}
