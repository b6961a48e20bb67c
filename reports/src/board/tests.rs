use std::collections::BTreeMap;

use super::*;
use crate::Fold;
use crate::tests::{TENANT, admitted, at, ended, queued, refused, ring, seat};
use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CommandSource, PlanSource, RingEnd, RingFailure, TalkEnd,
};
use proptest::prelude::*;
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

const JST: i32 = 540;
const HOUR: i64 = 3_600_000;

fn fold(facts: &[(i64, CallEvent)]) -> Board {
    let mut board = Board::new(JST);
    for (index, (millis, fact)) in facts.iter().enumerate() {
        board.apply(at(*millis), index as u64 + 1, fact);
    }
    board
}

#[test]
fn a_call_moves_over_the_board() {
    let call = CallId(1);
    let steps: [(CallEvent, LineUse); 8] = [
        (admitted(1), LineUse { guidance: 1, ..LineUse::default() }),
        (CallEvent::GuidanceStarted { call }, LineUse { guidance: 1, ..LineUse::default() }),
        (queued(1, at(14_000)), LineUse { waiting: 1, ..LineUse::default() }),
        (
            CallEvent::RingStarted { ring: ring(1, 1), seat: seat("seat101") },
            LineUse { ringing: 1, ..LineUse::default() },
        ),
        (
            CallEvent::RingEnded {
                ring: ring(1, 1),
                seat: seat("seat101"),
                end: RingEnd::Failed(RingFailure::Refused(486)),
            },
            LineUse { waiting: 1, ..LineUse::default() },
        ),
        (
            CallEvent::CallAnswered { ring: ring(1, 2), seat: seat("seat102") },
            LineUse { talking: 1, ..LineUse::default() },
        ),
        (
            CallEvent::TalkEnded { ring: ring(1, 2), seat: seat("seat102"), end: TalkEnd::SeatEnded },
            LineUse { closing: 1, ..LineUse::default() },
        ),
        (ended(1, Outcome::Answered), LineUse::default()),
    ];
    let mut board = Board::new(JST);
    for (index, (fact, lines)) in steps.into_iter().enumerate() {
        board.apply(at(14_000 + index as i64), index as u64, &fact);
        assert_eq!(board.lines(TENANT), lines, "after {fact:?}");
    }
    let tenant = &board.tenants()[&TENANT];
    assert_eq!((tenant.offered, tenant.ended()), (1, 1));
    assert_eq!(board.longest_wait_since(TENANT), None);
}

#[test]
fn the_longest_wait_is_the_oldest_entry_and_goes_on_while_it_rings() {
    let board = fold(&[
        (0, admitted(1)),
        (1, admitted(2)),
        (50, queued(2, at(50))),
        (60, queued(1, at(40))),
        (70, CallEvent::RingStarted { ring: ring(1, 1), seat: seat("seat101") }),
    ]);
    assert_eq!(board.longest_wait_since(TENANT), Some(at(40)));
}

#[test]
fn a_waiting_call_that_is_ended_by_command_waits_no_more() {
    let commanded = |command, result| CallEvent::CallCommanded {
        call: CallId(1),
        command,
        source: CommandSource::Api,
        result,
    };
    let waiting = [
        (0, admitted(1)),
        (1, queued(1, at(1))),
        (2, commanded(CallCommand::Hold, CallCommandResult::OutOfPhase)),
    ];
    assert_eq!(fold(&waiting).lines(TENANT), LineUse { waiting: 1, ..LineUse::default() });

    let [admission, entry, refused] = waiting;
    let board =
        fold(&[admission, entry, refused, (3, commanded(CallCommand::HangUp, CallCommandResult::Done))]);
    assert_eq!(board.lines(TENANT), LineUse { closing: 1, ..LineUse::default() });
    assert_eq!(board.longest_wait_since(TENANT), None);
}

#[test]
fn tests_and_closed_calls_take_no_line_and_are_not_offered() {
    let marked = |call, is_test, is_closed| {
        let mut fact = admitted(call);
        if let CallEvent::CallAdmitted { test, closed, .. } = &mut fact {
            *test = is_test;
            *closed = is_closed;
        }
        fact
    };
    let board = fold(&[(0, marked(1, true, false)), (1, marked(2, false, true)), (2, admitted(3))]);
    let tenant = &board.tenants()[&TENANT];
    assert_eq!((tenant.offered, tenant.closed), (1, 1));
    assert_eq!(board.lines(TENANT), LineUse { guidance: 1, ..LineUse::default() });
    assert_eq!(board.calls_in_progress(), 3);
}

#[test]
fn the_day_changes_at_midnight_of_the_zone() {
    // The facts begin at 9:00; 15 h later it is midnight in Japan.
    let board = fold(&[
        (0, admitted(1)),
        (10, ended(1, Outcome::Answered)),
        (20, refused(2, Some(TENANT), RefusalReason::LinesFull)),
        (15 * HOUR - 1, admitted(3)),
        (15 * HOUR, admitted(4)),
        (15 * HOUR + 5, ended(3, Outcome::AbandonedInQueue)),
        (15 * HOUR + 9, ended(4, Outcome::AbandonedInGuidance)),
    ]);
    let tenant = &board.tenants()[&TENANT];
    assert_eq!(tenant.offered, 1);
    assert_eq!(tenant.outcomes, BTreeMap::from([(Outcome::AbandonedInGuidance, 1)]));
    assert!(tenant.refused.is_empty() && board.refused().is_empty());
}

#[test]
fn seats_are_counted_by_state_and_forgotten_with_the_life() {
    let change = |name: &str, from, to| CallEvent::SeatStateChanged { seat: seat(name), from, to };
    let mut facts = vec![
        (
            0,
            CallEvent::PlanApplied {
                tenants: 1,
                seats: 4,
                by: PlanSource::Start,
                who: None,
                lines_reported_on: BTreeMap::new(),
            },
        ),
        (1, change("seat101", SeatState::LoggedOut, SeatState::Ready)),
        (2, change("seat102", SeatState::LoggedOut, SeatState::Ready)),
        (3, change("seat102", SeatState::Ready, SeatState::Talking(ring(1, 1)))),
    ];
    let counts = fold(&facts).seat_counts();
    assert_eq!(counts, SeatCounts { logged_out: 2, ready: 1, talking: 1, ..SeatCounts::default() });
    facts.push((4, CallEvent::NodeStopped));
    assert_eq!(fold(&facts).seat_counts(), SeatCounts { logged_out: 4, ..SeatCounts::default() });
}

#[test]
fn blockage_opens_and_closes() {
    let lines = LineUse { talking: 4, ..LineUse::default() };
    let mut facts = vec![(5, CallEvent::BlockageStarted { tenant: TENANT, lines, lent: 0 })];
    assert_eq!(fold(&facts).tenants()[&TENANT].blocked_since, Some(at(5)));
    facts.push((9, CallEvent::BlockageEnded { tenant: TENANT }));
    assert_eq!(fold(&facts).tenants()[&TENANT].blocked_since, None);
}

#[test]
fn the_rendered_board_says_it_all_within_its_width() {
    let capacity = Some(Capacity { seat_lines: 2, guidance_lines: 2 });
    let board = fold(&[
        (0, CallEvent::CapacityChanged { tenant: TENANT, capacity }),
        (
            0,
            CallEvent::PlanApplied {
                tenants: 1,
                seats: 20,
                by: PlanSource::Start,
                who: None,
                lines_reported_on: BTreeMap::new(),
            },
        ),
        (10, admitted(1)),
        (20, CallEvent::BlockageStarted { tenant: TENANT, lines: LineUse::default(), lent: 0 }),
        (30, refused(2, Some(TENANT), RefusalReason::LinesFull)),
        (40, queued(1, at(40))),
    ]);
    let text = board.render(at(65_040), Paint::Plain);
    assert!(text.contains("2026-11-21 09:01:05"), "{text}");
    let row = text.lines().find(|line| line.starts_with("shiga")).expect("a row of the tenant");
    let cells: Vec<&str> = row.split_whitespace().collect();
    let refused = text.lines().last().expect("a last line");
    assert!(refused.ends_with("負荷 overload 0"), "not cut: {refused}");
    assert_eq!(cells, ["shiga", "1/4", "0/2", "·", "1", "·", "·", "1:05", "1:05"]);
    for line in text.lines() {
        assert!(line.width() <= crate::limits::BOARD_COLUMNS_MAX, "{} columns: {line}", line.width());
        assert!(!line.contains('\x1b'), "{line}");
    }
    assert!(board.render(at(65_040), Paint::Ansi).contains("\x1b[31mshiga"));
}

#[derive(Clone, Debug)]
enum Step {
    Admit,
    Refuse,
    End(usize, Outcome),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let outcome = prop::sample::select(vec![
        Outcome::AbandonedInGuidance,
        Outcome::AbandonedInQueue,
        Outcome::AbandonedWhileRinging,
        Outcome::Answered,
        Outcome::Failed,
    ]);
    prop::collection::vec(
        prop_oneof![
            3 => Just(Step::Admit),
            1 => Just(Step::Refuse),
            3 => (0..8_usize, outcome).prop_map(|(which, outcome)| Step::End(which, outcome)),
        ],
        0..120,
    )
}

proptest! {
    /// R-A15: offered = the sum of the outcomes, with the calls in progress.
    #[test]
    fn offered_is_the_sum_of_outcomes(steps in steps()) {
        let mut board = Board::new(JST);
        let mut records = crate::Records::default();
        let mut open = Vec::new();
        let mut next = 0;
        let mut model = BTreeMap::<Outcome, u64>::new();
        for (index, step) in steps.into_iter().enumerate() {
            let fact = match step {
                Step::Admit => { next += 1; open.push(next); admitted(next) }
                Step::Refuse => { next += 1; refused(next, Some(TENANT), RefusalReason::LinesFull) }
                Step::End(which, outcome) if which < open.len() => {
                    *model.entry(outcome).or_default() += 1;
                    ended(open.remove(which), outcome)
                }
                Step::End(..) => continue,
            };
            board.apply(at(index as i64), index as u64, &fact);
            records.apply(at(index as i64), index as u64, &fact);
            let tenant = &board.tenants()[&TENANT];
            prop_assert_eq!(tenant.offered, tenant.ended() + open.len() as u64);
            prop_assert_eq!(&tenant.outcomes, &model);
            prop_assert_eq!(board.lines(TENANT).guidance as usize, open.len());
            let outcomes = records.outcomes();
            prop_assert_eq!(outcomes.values().sum::<u64>(), tenant.offered);
            prop_assert_eq!(outcomes.get(&None).copied().unwrap_or(0), open.len() as u64);
        }
    }
}

#[test]
fn holding_and_consulting_are_shown_on_the_seat() {
    let at_call = seat("seat101");
    let state = |to| CallEvent::SeatStateChanged { seat: at_call, from: SeatState::Ready, to };
    let (call, leg) = (CallId(1), acd_core::LegId::Seat(ring(1, 1)));
    let mut facts = vec![
        (0, admitted(1)),
        (1, queued(1, at(1))),
        (2, CallEvent::RingStarted { ring: ring(1, 1), seat: at_call }),
        (2, state(SeatState::Ringing(ring(1, 1)))),
    ];
    let shown = |facts: &[(i64, CallEvent)]| {
        let board = fold(facts);
        let line = board.render(at(10), Paint::Plain);
        let line = line.lines().find_map(|line| Some(line.split_once("通話席 ")?.1.to_owned()));
        (board.seat_call(at_call).map(|it| (it.call, it.phase, it.on_hold)), line.expect("the seats"))
    };
    assert_eq!(shown(&facts), (Some((call, CallPhase::Ringing, false)), "-".to_owned()));
    let tenant = fold(&facts).seat_call(at_call).map(|it| it.tenant);
    assert_eq!(tenant, Some(TENANT), "before the answer");
    facts.push((3, CallEvent::CallAnswered { ring: ring(1, 1), seat: at_call }));
    facts.push((3, state(SeatState::Talking(ring(1, 1)))));
    facts.push((4, CallEvent::HoldStarted { leg }));
    assert_eq!(shown(&facts), (Some((call, CallPhase::Talking, true)), "seat101(保留 hold)".to_owned()));
    facts.push((5, CallEvent::HoldEnded { leg }));
    facts.push((6, CallEvent::CallPhaseChanged { call, phase: CallPhase::Consulting }));
    let consulting = (Some((call, CallPhase::Consulting, false)), "seat101(相談 consulting)".to_owned());
    assert_eq!(shown(&facts), consulting);
    facts.push((7, state(SeatState::WrapUp)));
    assert_eq!(shown(&facts), (None, "-".to_owned()));

    let out = CallEvent::OutboundStarted { call: CallId(2), tenant: TENANT, seat: at_call, about: None };
    facts.extend([(8, out), (8, state(SeatState::Outbound(ring(2, 1))))]);
    let board = fold(&facts);
    let shown = board.seat_call(at_call).expect("a call");
    assert_eq!((shown.call, shown.phase, shown.dialled), (CallId(2), CallPhase::Outbound, None));
}

/// R-A15: the clock is set on by an hour. Nobody has waited it, nothing was blocked for it, not even for a caller who is put
/// back later with a place from before it.
#[test]
fn nobody_on_the_board_has_waited_what_the_clock_skipped() {
    let lines = LineUse::default();
    let skipped = Duration::from_millis(3_600_000);
    let before = [
        (0, CallEvent::BlockageStarted { tenant: TENANT, lines, lent: 0 }),
        (500, CallEvent::SeatLinesFullStarted { tenant: TENANT, lines }),
        (1_000, admitted(1)),
        (1_000, queued(1, at(1_000))),
        (2_000, admitted(2)),
        (2_000, queued(2, at(2_000))),
        (3_000, CallEvent::CallAnswered { ring: ring(2, 1), seat: seat("seat101") }),
        (HOUR + 5_000, CallEvent::WallClockStepped { step_ms: HOUR, skipped }),
    ];
    let board = fold(&before);
    let tenant = &board.tenants()[&TENANT];
    assert_eq!(board.longest_wait_since(TENANT), Some(at(HOUR + 1_000)));
    assert_eq!(tenant.blocked_since, Some(at(HOUR)));
    assert_eq!(tenant.seat_lines_full_since, Some(at(HOUR + 500)));
    let ended = (HOUR + 6_000, ended(1, Outcome::AbandonedInQueue));
    let put_back = (HOUR + 7_000, queued(2, at(2_000)));
    let after = (HOUR + 8_000, queued(3, at(HOUR + 8_000)));
    let all: Vec<_> =
        before.into_iter().chain([ended, put_back, (HOUR + 8_000, admitted(3)), after]).collect();
    let board = fold(&all);
    assert_eq!(board.longest_wait_since(TENANT), Some(at(HOUR + 2_000)));
}
