//! Days by hand: what each kind of call ought to leave in the recordings.

use std::time::Duration;

use acd_core::plan::RecordingPolicy;
use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, DialledNumber, Outcome, RecordingFailure,
    RingId, SeatId, TalkEnd, TenantId, Timestamp, TrunkId, WithheldReason,
};

use super::{Cause, Reconciler, Reconciliation};
use crate::Fold;

const DAY_MS: i64 = 86_400_000;
const CALL: CallId = CallId(7);
const RING: RingId = RingId { call: CALL, attempt: 1 };

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn number() -> DialledNumber {
    DialledNumber::new("0770007119").expect("a number")
}

fn tenant() -> TenantId {
    TenantId::new("shiga").expect("a name")
}

fn seat() -> SeatId {
    SeatId::new("s1").expect("a name")
}

fn admitted(closed: bool) -> CallEvent {
    CallEvent::CallAdmitted {
        call: CALL,
        tenant: tenant(),
        trunk: TrunkId::new("carrier").expect("a name"),
        dialled: number(),
        caller: CallerIdentity::Withheld(WithheldReason::Payphone),
        test: false,
        closed,
        lines_in_use: 1,
        capacity: 4,
    }
}

fn ended(outcome: Outcome, end: Option<CallerLegEnd>) -> CallEvent {
    CallEvent::CallEnded { call: CALL, tenant: tenant(), outcome, phase: CallPhase::Talking, end }
}

fn started() -> CallEvent {
    CallEvent::RecordingStarted { call: CALL, file: "7.wav".to_owned() }
}

fn whole(recorded_ms: u64, gaps_ms: u64) -> CallEvent {
    let (recorded, gaps) = (Duration::from_millis(recorded_ms), Duration::from_millis(gaps_ms));
    CallEvent::RecordingEnded { call: CALL, recorded, gaps }
}

fn answered() -> CallEvent {
    CallEvent::CallAnswered { ring: RING, seat: seat() }
}

fn talk_ended(end: TalkEnd) -> CallEvent {
    CallEvent::TalkEnded { ring: RING, seat: seat(), end }
}

fn fold(rule: RecordingPolicy, facts: &[(i64, CallEvent)]) -> Reconciler {
    let mut reconciler = Reconciler::new(tenant(), at(0), at(DAY_MS));
    reconciler.numbers = [(number(), rule)].into();
    for (seq, (ms, fact)) in (1..).zip(facts) {
        reconciler.apply(at(*ms), seq, fact);
    }
    reconciler
}

fn reconcile(rule: RecordingPolicy, facts: &[(i64, CallEvent)]) -> Reconciliation {
    fold(rule, facts).close()
}

/// A talk from 30 to 90 s, whose seat hangs up; the caller's leg takes two seconds to end.
fn talk(more: &[(i64, CallEvent)]) -> Vec<(i64, CallEvent)> {
    let mut facts = vec![
        (0, admitted(false)),
        (200, CallEvent::CallerConnected { call: CALL }),
        (30_000, answered()),
        (90_000, talk_ended(TalkEnd::SeatEnded)),
        (92_000, ended(Outcome::Answered, Some(CallerLegEnd::Released))),
    ];
    facts.extend_from_slice(more);
    facts.sort_by_key(|(ms, _)| *ms);
    facts
}

#[test]
fn a_recording_from_the_seats_answer_is_as_long_as_the_talk() {
    let result =
        reconcile(RecordingPolicy::FromAnswer, &talk(&[(30_050, started()), (92_100, whole(60_000, 120))]));
    let sums = result.sums();
    assert_eq!((sums.answered, sums.talk_ms, sums.due_ms, sums.recorded_ms), (1, 60_000, 60_000, 60_000));
    assert_eq!((sums.difference_ms(), sums.gaps_ms, sums.differing), (0, 120, 0));
    assert_eq!(result.calls[0].cause, None);
}

#[test]
fn a_recording_from_the_callers_answer_is_longer_than_the_talk() {
    let facts = talk(&[(250, started()), (92_100, whole(89_800, 0))]);
    let sums = reconcile(RecordingPolicy::FromCaller, &facts).sums();
    assert_eq!((sums.talk_ms, sums.due_ms, sums.difference_ms()), (60_000, 89_800, 0));
    // The same facts under the other rule do not agree.
    let sums = reconcile(RecordingPolicy::FromAnswer, &facts).sums();
    assert_eq!((sums.difference_ms(), sums.differing), (29_800, 1));
}

/// R-R2: a difference is found to the millisecond, and named when it is more than what a crash may take.
#[test]
fn what_is_missing_is_found_to_the_millisecond() {
    for (recorded, differing) in [(59_999, 0), (59_000, 0), (58_999, 1), (61_001, 1)] {
        let facts = talk(&[(30_050, started()), (92_100, whole(recorded, 0))]);
        let sums = reconcile(RecordingPolicy::FromAnswer, &facts).sums();
        assert_eq!(sums.difference_ms(), i64::try_from(recorded).expect("small") - 60_000);
        assert_eq!(sums.differing, differing, "{recorded} ms recorded");
    }
}

#[test]
fn nobody_knows_why_there_is_no_recording() {
    let result = reconcile(RecordingPolicy::FromAnswer, &talk(&[]));
    assert_eq!(result.calls[0].difference_ms(), -60_000);
    assert_eq!((result.calls[0].cause, result.differing().count()), (None, 1));
}

#[test]
fn a_failure_is_the_cause_and_what_the_file_lacks_is_not_recorded() {
    let failed = |failure| CallEvent::RecordingFailed { call: CALL, failure };
    let none = talk(&[(30_050, failed(RecordingFailure::CannotCreate))]);
    let none = &reconcile(RecordingPolicy::FromAnswer, &none).calls[0];
    assert_eq!((none.recorded_ms, none.cause), (0, Some(Cause::Failed(RecordingFailure::CannotCreate))));
    let hole = talk(&[
        (30_050, started()),
        (40_000, failed(RecordingFailure::WriteFailed)),
        (92_100, whole(60_000, 20_000)),
    ]);
    let hole = &reconcile(RecordingPolicy::FromAnswer, &hole).calls[0];
    assert_eq!((hole.recorded_ms, hole.difference_ms()), (50_000, -10_000));
    assert_eq!(hole.cause, Some(Cause::Failed(RecordingFailure::WriteFailed)));
}

#[test]
fn talk_that_the_plan_does_not_record_is_counted_and_agrees() {
    let facts = talk(&[(30_000, CallEvent::RecordingOff { call: CALL })]);
    let result = reconcile(RecordingPolicy::Off, &facts);
    let sums = result.sums();
    assert_eq!((sums.off, sums.off_talk_ms, sums.due_ms, sums.differing), (1, 60_000, 0, 0));
    assert_eq!(result.calls[0].cause, Some(Cause::Off));
}

/// The next start ends the call at its own instant; what was said ended with the life before.
#[test]
fn a_crash_ends_the_talk_where_the_life_before_ended() {
    let facts = [
        (0, admitted(false)),
        (30_000, answered()),
        (30_050, started()),
        (DAY_MS + 5_000, talk_ended(TalkEnd::NodeOutage)),
        (DAY_MS + 5_000, ended(Outcome::Answered, None)),
        (DAY_MS + 5_000, whole(49_500, 1_000)),
        (DAY_MS + 5_001, CallEvent::NodeOutage { from: at(80_000), to: at(DAY_MS + 5_001) }),
        (DAY_MS + 5_001, CallEvent::NodeStarted),
    ];
    for read in 1..facts.len() {
        let so_far = fold(RecordingPolicy::FromAnswer, &facts[..read]);
        assert!(!so_far.is_settled(at(facts[read].0)), "after {read} facts");
    }
    let all = fold(RecordingPolicy::FromAnswer, &facts);
    assert!(all.is_settled(at(DAY_MS + 5_001)));
    let call = &all.close().calls[0];
    assert_eq!((call.talk_ms, call.due_ms, call.recorded_ms), (50_000, 50_000, 49_500));
    assert_eq!((call.cause, call.agrees()), (Some(Cause::Crash), true), "at most the last second is lost");
}

/// R-Q7: the recording goes on while the caller is back in the queue.
#[test]
fn a_caller_who_is_put_back_is_recorded_meanwhile() {
    let again = CallEvent::CallerQueued {
        call: CALL,
        tenant: tenant(),
        skill: None,
        since: at(0),
        put_back: true,
        awaits_adviser: true,
    };
    let facts = [
        (0, admitted(false)),
        (30_000, answered()),
        (30_010, started()),
        (40_000, talk_ended(TalkEnd::HandedOver)),
        (40_000, again),
        (100_000, ended(Outcome::AbandonedAfterReception, Some(CallerLegEnd::HungUp))),
        (100_050, whole(70_000, 0)),
    ];
    let sums = reconcile(RecordingPolicy::FromAnswer, &facts).sums();
    assert_eq!((sums.talk_ms, sums.due_ms, sums.difference_ms()), (10_000, 70_000, 0));
}

#[test]
fn who_only_hears_that_it_is_closed_is_not_recorded() {
    let facts = [
        (0, admitted(true)),
        (200, CallEvent::CallerConnected { call: CALL }),
        (9_000, ended(Outcome::Closed, Some(CallerLegEnd::Released))),
    ];
    assert_eq!(reconcile(RecordingPolicy::FromCaller, &facts), Reconciliation::default());
}

#[test]
fn a_call_that_has_not_ended_is_in_no_sum() {
    let facts = [(0, admitted(false)), (30_000, answered()), (30_050, started())];
    let open = fold(RecordingPolicy::FromAnswer, &facts);
    assert!(!open.is_settled(at(DAY_MS)));
    assert_eq!(open.close(), Reconciliation { open: 1, ..Reconciliation::default() });
}

/// R-A9: the day of a call is that of its admission.
#[test]
fn calls_of_the_days_beside_are_left_out() {
    let mut yesterday = Reconciler::new(tenant(), at(-DAY_MS), at(0));
    let mut today = Reconciler::new(tenant(), at(0), at(DAY_MS));
    for (seq, (ms, fact)) in (1..).zip(&talk(&[])) {
        yesterday.apply(at(*ms), seq, fact);
        today.apply(at(*ms), seq, fact);
    }
    assert_eq!((yesterday.close().calls.len(), today.close().calls.len()), (0, 1));
}

/// What stamps skipped, nobody has said and nobody recorded.
#[test]
fn a_step_of_the_clock_is_no_talk() {
    let skipped = Duration::from_secs(20);
    let step = CallEvent::WallClockStepped { step_ms: 20_000, skipped };
    let facts = talk(&[(30_050, started()), (60_000, step), (92_100, whole(40_000, 0))]);
    let sums = reconcile(RecordingPolicy::FromAnswer, &facts).sums();
    assert_eq!((sums.talk_ms, sums.difference_ms()), (40_000, 0));
}
