//! Figures worked out by hand. Each test's remark shows the sum.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use acd_core::plan::Capacity;
use acd_core::{CallEvent, LineUse};
use reports::Fold;
use reports::accounting::{Account, Figures, Interval, Ledger, OutageCause, Responsibility, Slots};
use support::{DATE, JST, account_over, at, other_tenant, plan, tenant};

fn hour(account: &Account, hour: usize) -> Figures {
    account.figures[hour]
}

const NIGHT: &str = "
    -22:00:00 life
    -22:00:00 capacity 2+1
    -22:00:00 start
";

/// Folds a journal over the hours of the day.
fn account(text: &str, until: &str) -> Account {
    account_over(Slots::hours(DATE, JST), text, until)
}

fn day(text: &str) -> Account {
    account(&format!("{NIGHT}{text}"), "+06:00:00")
}

#[test]
fn a_call_across_an_hours_edge_belongs_to_the_hour_of_its_admission() {
    // Talk 9:00:10.500 to 9:04:10.500 = 240,000 ms, wrap-up to 9:05:00 = 49,500 ms; the hour 8 gets all of it, and the
    // clock's figures stand where the time was: the seat rang 2,500 ms in hour 8 and 10,500 ms in hour 9.
    let account = day("
        08:00:00 seat a1 ready
        08:59:30 call 1
        08:59:57.500 ring 1.1 a1
        09:00:10.500 answer 1.1 a1
        09:04:10.500 talked 1.1 a1 wrap-up
        09:04:10.700 end 1 answered
        09:05:00 seat a1 ready
        10:00:00 seat a1 out
    ");
    let (eight, nine) = (hour(&account, 8), hour(&account, 9));
    assert_eq!((eight.offered, eight.handled, nine.offered, nine.handled), (1, 1, 0, 0));
    assert_eq!((eight.talk_ms, eight.wrap_up_ms, eight.handling_ms()), (240_000, 49_500, 289_500));
    assert_eq!((nine.talk_ms, nine.wrap_up_ms), (0, 0));
    assert_eq!((eight.dedicated.ringing_ms, nine.dedicated.ringing_ms), (2_500, 10_500));
    assert_eq!((eight.dedicated.talking_ms, nine.dedicated.talking_ms), (0, 240_000));
    assert_eq!((eight.dedicated.staffed_ms(), nine.dedicated.staffed_ms()), (3_600_000, 3_600_000));
    assert_eq!(nine.dedicated.waiting_ms(false), 3_600_000 - 10_500 - 240_000 - 49_500);
    assert_eq!(nine.dedicated.waiting_ms(true), 3_600_000 - 240_000 - 49_500);
    assert!(!account.is_provisional());
}

#[test]
fn a_blockage_across_midnight_is_cut_for_the_minutes_and_whole_in_the_list() {
    // Yesterday 23:50 to 0:10:00.250: 600,250 ms of this day. Today 23:59:59.999 to tomorrow 0:30: 1 ms of this day.
    let account = day("
        -23:50:00 blocked
        00:10:00.250 unblocked
        23:59:59.999 blocked
        +00:30:00 unblocked
        +01:00:00 blocked
        +01:10:00 unblocked
    ");
    assert_eq!(hour(&account, 0).blockage_ms, 600_250);
    assert_eq!(hour(&account, 23).blockage_ms, 1);
    assert_eq!(account.total().blockage_ms, 600_251);
    let list: Vec<Interval> = account.blockages.iter().map(|it| it.interval).collect();
    assert_eq!(
        list,
        [
            Interval { from: at("-23:50:00"), to: Some(at("00:10:00.250")) },
            Interval { from: at("23:59:59.999"), to: Some(at("+00:30:00")) },
        ]
    );
    assert_eq!(list[0].ms(), Some(1_200_250));
}

#[test]
fn blockage_and_full_seat_lines_are_sets_of_instants() {
    // A line freed and taken in one millisecond frees nothing: 9:58 to 10:05 is one blockage, as it began. What begins
    // and ends at once is none, and lends its beginning to none. 9:58 to 10:00 is 120,000 ms; then 300,000 and 60,000.
    let account = day("
        09:58:00 blocked 1
        09:58:00 full
        10:00:00 unblocked
        10:00:00 not-full
        10:00:00 full
        10:00:00 blocked 2
        10:00:00 unblocked
        10:00:00 blocked 3
        10:05:00 unblocked
        10:05:00 not-full
        10:06:00 blocked 4
        10:06:00 full
        10:06:00 unblocked
        10:06:00 not-full
        10:06:00 blocked 5
        10:07:00 unblocked
    ");
    assert_eq!((hour(&account, 9).blockage_ms, hour(&account, 10).blockage_ms), (120_000, 360_000));
    let list: Vec<_> =
        account.blockages.iter().map(|it| (it.interval, it.lines.map(|lines| lines.talking))).collect();
    let first = Interval { from: at("09:58:00"), to: Some(at("10:05:00")) };
    let second = Interval { from: at("10:06:00"), to: Some(at("10:07:00")) };
    assert_eq!(list, [(first, Some(1)), (second, Some(5))]);
    let full: Vec<_> =
        account.seat_lines_full.iter().map(|it| (it.interval, it.lines.map(|lines| lines.talking))).collect();
    assert_eq!(full, [(first, Some(2))]);
    assert_eq!(
        (hour(&account, 9).seat_lines_full_ms, hour(&account, 10).seat_lines_full_ms),
        (120_000, 300_000)
    );
}

#[test]
fn a_blockage_that_goes_on_at_the_end_of_the_day_keeps_the_books_open() {
    let midnight = at("+00:00:00");
    let mut ledger = Ledger::new(tenant(), Slots::hours(DATE, JST));
    let lines = LineUse::default();
    let tenant = tenant();
    ledger.life_begins(&plan());
    ledger.apply(at("-22:00:00"), 1, &CallEvent::NodeStarted);
    ledger.apply(at("23:50:00"), 2, &CallEvent::BlockageStarted { tenant, lines, lent: 0 });
    ledger.apply(midnight, 3, &CallEvent::BlockageEnded { tenant });
    assert!(!ledger.is_settled(midnight), "it may begin again at this instant, and be one with what was");
    assert!(ledger.is_settled(at("+00:00:00.001")));
    ledger.apply(midnight, 4, &CallEvent::BlockageStarted { tenant, lines, lent: 0 });
    assert!(!ledger.is_settled(at("+00:00:00.001")));
    ledger.apply(at("+00:10:00"), 5, &CallEvent::BlockageEnded { tenant });
    assert!(ledger.is_settled(at("+00:10:00.001")));

    let account = ledger.close(at("+01:00:00"));
    assert_eq!(account.total().blockage_ms, 600_000);
    let list: Vec<_> = account.blockages.iter().map(|it| it.interval).collect();
    assert_eq!(list, [Interval { from: at("23:50:00"), to: Some(at("+00:10:00")) }]);
}

#[test]
fn a_blockage_that_an_outage_cut_is_not_one_with_that_of_the_next_life() {
    let account = day("
        12:00:00 blocked
        12:10:00 life
        12:10:00 outage 12:05:00 12:10:00
        12:10:00 start
        12:10:00 blocked
        12:20:00 unblocked
    ");
    let list: Vec<_> = account.blockages.iter().map(|it| (it.interval, it.cut_by_outage)).collect();
    let cut = Interval { from: at("12:00:00"), to: Some(at("12:05:00")) };
    let next = Interval { from: at("12:10:00"), to: Some(at("12:20:00")) };
    assert_eq!(list, [(cut, true), (next, false)]);
}

#[test]
fn abandons_in_guidance_queue_and_ringing_stand_apart() {
    // Call 1 after 4,999 ms: a short abandon; call 2 after 5,000 ms: none. All four are offered, none is handled.
    let account = day("
        10:00:00 seat a1 ready
        10:00:00 call 1
        10:00:04.999 end 1 in-guidance
        10:01:00 call 2
        10:01:05 end 2 in-guidance
        10:02:00 call 3
        10:03:00 end 3 in-queue
        10:04:00 call 4
        10:04:20 ring 4.1 a1
        10:04:30 gone 4.1 a1
        10:04:30 end 4 while-ringing
        10:05:00 call 5
        10:05:01 end 5 failed
        10:06:00 refused 6 lines_full
        10:06:00 refused 7 draining
        10:06:00 refused 8 closed
    ");
    let ten = hour(&account, 10);
    assert_eq!((ten.offered, ten.handled, ten.abandoned()), (5, 0, 4));
    assert_eq!((ten.abandoned_in_guidance, ten.abandoned_in_queue, ten.abandoned_while_ringing), (2, 1, 1));
    assert_eq!((ten.short_abandons, ten.failed), (1, 1));
    assert_eq!((ten.blocked_attempts, ten.outage_refused, ten.closed_refused), (1, 1, 1));
    assert!(ten.is_balanced());
    assert_eq!(ten.rate().permille_floor(), Some(0));
}

#[test]
fn who_gives_up_between_reception_and_adviser_is_handled_and_shown() {
    // R-A2: the receptionist talks 30,000 ms and wraps up 10,000; the caller gives up 20 s after the hand-over.
    let account = day("
        10:00:00 seat a1 ready
        10:00:00 call 1
        10:00:10 ring 1.1 a1
        10:00:20 answer 1.1 a1
        10:00:50 handed 1.1 a1
        10:01:00 seat a1 ready
        10:01:10 end 1 after-reception
    ");
    let ten = hour(&account, 10);
    assert_eq!((ten.offered, ten.handled, ten.abandoned_after_reception, ten.abandoned()), (1, 1, 1, 0));
    assert_eq!((ten.talk_ms, ten.wrap_up_ms, ten.short_abandons), (30_000, 10_000, 0));
    assert!(ten.is_balanced());
}

#[test]
fn an_overflowing_call_is_offered_at_the_first_tenant_and_counted_in_at_the_second() {
    // R-A1. The other tenant's call 2 comes in to this one, and is none of its offered calls.
    let (ours, theirs) = (tenant(), other_tenant());
    let account = day(&format!(
        "
        10:00:00 call 1
        10:00:30 overflow 1 {ours} {theirs}
        10:00:40 end 1 in-queue
        10:01:00 overflow 2 {theirs} {ours}
    "
    ));
    let ten = hour(&account, 10);
    assert_eq!((ten.offered, ten.abandoned_in_queue), (1, 1));
    assert_eq!((ten.overflow_out, ten.overflow_in), (1, 1));
    assert!(ten.is_balanced());
}

#[test]
fn two_seats_in_one_call_are_one_handled_call_with_both_times() {
    // a1 talks 60,000 ms and is lost; a2 talks 90,000 ms, 20,000 of them on hold (the caller's hold of 10,000 ms lies
    // within it), and wraps up 30,000 ms. Talk 150,000, hold 20,000, wrap-up 30,000; handled 1.
    let account = day("
        11:00:00 seat a1 ready
        11:00:00 seat a2 ready
        11:00:00 call 1
        11:00:10 ring 1.1 a1
        11:00:20 answer 1.1 a1
        11:01:20 lost 1.1 a1
        11:01:20 ring 1.2 a2
        11:01:30 answer 1.2 a2
        11:02:00 hold 1.2
        11:02:05 caller-hold 1
        11:02:15 caller-resume 1
        11:02:20 resume 1.2
        11:03:00 talked 1.2 a2 wrap-up
        11:03:00 end 1 answered
        11:03:30 seat a2 ready
        11:30:00 seat a2 out
    ");
    let eleven = hour(&account, 11);
    assert_eq!((eleven.offered, eleven.handled), (1, 1));
    assert_eq!((eleven.talk_ms, eleven.hold_ms, eleven.wrap_up_ms), (150_000, 20_000, 30_000));
    assert_eq!((eleven.dedicated.talking_ms, eleven.dedicated.holding_ms), (130_000, 20_000));
    assert_eq!(eleven.dedicated.consultation_ms(), 180_000);
    // a1: 11:00:00 to 11:01:20, then its phone is dead; a2: half an hour.
    assert_eq!(eleven.dedicated.staffed_ms(), 80_000 + 1_800_000);
    assert_eq!(eleven.dedicated.unreachable_ms, 3_600_000 - 80_000);
    assert_eq!(eleven.dedicated_peak, 2);
}

#[test]
fn a_seat_that_answers_a_caller_who_holds_is_held() {
    // The caller holds 9:05 to 9:10; a1 is there until 9:06, a2 from 9:08 to 9:12: held 60,000 and 120,000 ms.
    let account = day("
        09:00:00 seat a1 ready
        09:00:00 seat a2 ready
        09:00:00 call 1
        09:00:00 ring 1.1 a1
        09:00:00 answer 1.1 a1
        09:05:00 caller-hold 1
        09:06:00 handed 1.1 a1
        09:07:00 ring 1.2 a2
        09:08:00 answer 1.2 a2
        09:10:00 caller-resume 1
        09:12:00 talked 1.2 a2 ready
        09:12:00 end 1 answered
        09:20:00 seat a1 out
        09:20:00 seat a2 out
    ");
    let nine = hour(&account, 9);
    assert_eq!((nine.talk_ms, nine.hold_ms), (360_000 + 240_000, 180_000));
    assert_eq!((nine.dedicated.talking_ms, nine.dedicated.holding_ms), (300_000 + 120_000, 180_000));
}

#[test]
fn wrap_up_ends_where_the_pause_begins() {
    // Wrap-up 12:02 to 12:05 = 180,000 ms; the lunch after it is nobody's, until 12:50.
    let account = day("
        12:00:00 seat a1 ready
        12:00:00 call 1
        12:00:30 ring 1.1 a1
        12:01:00 answer 1.1 a1
        12:02:00 talked 1.1 a1 wrap-up
        12:02:00 end 1 answered
        12:05:00 seat a1 paused
        12:50:00 seat a1 out
    ");
    let twelve = hour(&account, 12);
    assert_eq!((twelve.talk_ms, twelve.wrap_up_ms), (60_000, 180_000));
    assert_eq!((twelve.dedicated.wrap_up_ms, twelve.dedicated.paused_ms), (180_000, 2_700_000));
    assert_eq!(twelve.dedicated.staffed_ms(), 300_000);
    assert_eq!(twelve.dedicated.logged_in_ms(), 3_000_000);
}

#[test]
fn an_hour_without_a_call_has_no_rate() {
    let account = day("13:00:00 call 1\n13:00:10 end 1 in-queue");
    assert_eq!(hour(&account, 13).rate().permille_floor(), Some(0));
    assert_eq!(hour(&account, 14).rate().permille_floor(), None);
    assert_eq!(hour(&account, 14).offered, 0);
}

#[test]
fn a_band_edge_under_full_lines_opens_and_closes_blockage() {
    // Three calls on 3 lines. At 23:00 capacity falls from 3+1 to 2+1: 3 in use are 3 lines, blocked at once; one ends
    // at 23:12:34.567, so 754,567 ms.
    let account = day("
        07:00:00 capacity 3+1
        22:50:00 call 1
        22:50:00 call 2
        22:50:00 call 3
        23:00:00 capacity 2+1
        23:00:00 blocked
        23:00:00 full
        23:12:34.567 end 1 in-queue
        23:12:34.567 unblocked
        23:20:00 not-full
    ");
    assert_eq!(hour(&account, 22).blockage_ms, 0);
    assert_eq!(hour(&account, 23).blockage_ms, 754_567);
    assert_eq!(hour(&account, 23).seat_lines_full_ms, 1_200_000);
    let lines = |seat_lines| Some(Capacity { seat_lines, guidance_lines: 1 });
    assert_eq!(
        account.capacities,
        [(at("-22:00:00"), lines(2)), (at("07:00:00"), lines(3)), (at("23:00:00"), lines(2))]
    );
    assert_eq!(account.total().open_ms, 86_400_000);
    // Calls 2 and 3 never end in this journal.
    assert_eq!(hour(&account, 22).unanswered_in_progress, 2);
    assert!(hour(&account, 22).is_balanced());
}

#[test]
fn a_crash_ends_everything_at_its_last_sign_of_life() {
    // Last sign 16:10:00, back at 16:12:00: outage 120,000 ms. The talk from 16:05 is worth 300,000 ms, not 420,000, the
    // blockage from 16:08 120,000 ms. a1 is staffed 16:00 to 16:10 and again from 16:15.
    let account = day("
        16:00:00 seat a1 ready
        16:04:50 call 1
        16:04:55 ring 1.1 a1
        16:05:00 answer 1.1 a1
        16:08:00 blocked
        16:12:00 life
        16:12:00 capacity 2+1
        16:12:00 end 1 answered
        16:12:00.003 outage 16:10:00 16:12:00
        16:12:00.003 start
        16:15:00 seat a1 ready
        17:00:00 seat a1 out
    ");
    let sixteen = hour(&account, 16);
    assert_eq!((sixteen.talk_ms, sixteen.blockage_ms, sixteen.outage_ms), (300_000, 120_000, 120_000));
    assert_eq!(sixteen.dedicated.staffed_ms(), 600_000 + 2_700_000);
    assert_eq!((sixteen.handled, sixteen.handled_in_progress), (1, 0));
    assert!(account.blockages[0].cut_by_outage);
    assert_eq!(account.outages[0].cause, OutageCause::Crash);
    // The hours of the tenant went on.
    assert_eq!(sixteen.open_ms, 3_600_000);
}

#[test]
fn a_drain_and_a_stop_are_outages_of_their_own() {
    // Drain 17:00 to 17:05, stopped to 17:10: 300,000 ms each. The phone that leaves after the stop is no staff.
    let account = day("
        16:30:00 seat a1 ready
        17:00:00 drain
        17:05:00 stop
        17:05:01 seat a1 out
        17:10:00 life
        17:10:00 start
    ");
    assert_eq!(hour(&account, 17).outage_ms, 600_000);
    assert_eq!(hour(&account, 17).dedicated.staffed_ms(), 300_000);
    let causes: Vec<_> = account.outages.iter().map(|it| (it.cause, it.interval.ms())).collect();
    assert_eq!(causes, [(OutageCause::Drain, Some(300_000)), (OutageCause::Stopped, Some(300_000))]);
}

#[test]
fn an_outage_says_whose_it_is_and_phones_get_a_registration_to_be_back() {
    // After the stop no phone is registered for 90 minutes: the first hour is the restart's, the rest the centre's. At 20:00
    // the last seat is lost: the centre's from the first second. The carrier's own from 21:00 to 21:01.
    let account = day("
        16:59:00 stop
        17:00:00 life
        17:00:00 start
        17:00:00 seats gone
        18:30:00 seats back
        20:00:00 seats gone
        20:00:30 seats back
        21:00:00 trunk lost
        21:01:00 trunk back
        22:00:00 stop
        22:00:10 life
        22:00:10 start
        22:00:10 seats gone
        22:05:10 seats back
    ");
    let whose: Vec<_> = account
        .outages
        .iter()
        .map(|it| (it.cause, it.cause.responsibility(), it.interval.ms().unwrap() / 1_000))
        .collect();
    let carrier = OutageCause::Trunk("carrier".parse().unwrap());
    assert_eq!(
        whose,
        [
            (OutageCause::Stopped, Responsibility::Switch, 60),
            (OutageCause::SeatsNotBack, Responsibility::Switch, 3_600),
            (OutageCause::NoReachableSeat, Responsibility::Centre, 1_800),
            (OutageCause::NoReachableSeat, Responsibility::Centre, 30),
            (carrier, Responsibility::Carrier, 60),
            (OutageCause::Stopped, Responsibility::Switch, 10),
            (OutageCause::SeatsNotBack, Responsibility::Switch, 300),
        ]
    );
    assert_eq!(hour(&account, 17).outage_ms, 3_600_000);
    assert_eq!(hour(&account, 18).outage_ms, 1_800_000);
}

#[test]
fn a_full_switch_is_an_outage_of_ours_and_its_refusals_are_no_blocked_attempts() {
    // Full from 17:00:00 to 17:00:40, and from 18:00 to the stop at 18:10.
    let account = day("
        17:00:00 overload
        17:00:00 refused 1 overload
        17:00:01 refused 2 overload
        17:00:02 refused 3 lines_full
        17:00:40 room 7
        18:00:00 overload
        18:10:00 stop
        18:11:00 life
        18:11:00 start
    ");
    let whose: Vec<_> = account
        .outages
        .iter()
        .map(|it| (it.cause, it.cause.responsibility(), it.interval.ms().unwrap() / 1_000))
        .collect();
    assert_eq!(
        whose,
        [
            (OutageCause::Overload, Responsibility::Switch, 40),
            (OutageCause::Overload, Responsibility::Switch, 600),
            (OutageCause::Stopped, Responsibility::Switch, 60),
        ]
    );
    let full = hour(&account, 17);
    assert_eq!((full.outage_refused, full.blocked_attempts, full.offered, full.outage_ms), (2, 1, 0, 40_000));
    assert_eq!(hour(&account, 18).outage_ms, 660_000);
}

#[test]
fn seats_that_are_not_back_when_the_record_ends_are_still_awaited() {
    let facts = "
        22:59:00 stop
        23:30:00 life
        23:30:00 start
        23:30:00 seats gone
    ";
    let account = account(&format!("{NIGHT}{facts}"), "+00:10:00");
    let last = account.outages.last().unwrap();
    assert_eq!((last.cause, last.interval.to), (OutageCause::SeatsNotBack, None));
}

#[test]
fn a_journal_that_begins_amid_the_day_says_so() {
    // Facts from 9:30 on: 9 h 30 min are not recorded. a1 was ready, and the lines were full, for as long as we know.
    let account = account(
        "
        09:30:00 amid
        09:30:00 call 7
        09:40:00 unblocked
        09:45:00 seat a1 ready
        10:00:00 seat a1 paused
        10:30:00 end 3 answered
    ",
        "12:00:00",
    );
    assert_eq!(account.recorded, Some((at("09:30:00"), at("12:00:00"))));
    assert_eq!(account.total().unrecorded_ms, (34_200 + 43_200) * 1_000);
    assert!(account.is_unrecorded(8) && !account.is_unrecorded(9) && account.is_unrecorded(12));
    assert_eq!(hour(&account, 9).blockage_ms, 600_000);
    assert_eq!(account.blockages[0].lines, None);
    assert_eq!(hour(&account, 9).dedicated.ready_ms, 900_000);
    assert_eq!(account.orphans, 1);
    assert!(account.is_provisional());
    assert_eq!(hour(&account, 9).unanswered_in_progress, 1);
}

#[test]
fn a_day_without_facts_is_all_unrecorded() {
    let account = account("", "12:00:00");
    assert_eq!(account.total(), Figures { unrecorded_ms: 86_400_000, ..Figures::default() });
    assert_eq!((account.recorded, account.facts), (None, None));
    assert!(account.is_provisional());
}

#[test]
fn a_quiet_day_is_recorded_though_no_fact_is_in_it() {
    let account = account(NIGHT, "+01:00:00");
    assert_eq!(account.total(), Figures { open_ms: 86_400_000, ..Figures::default() });
    assert!(!account.is_provisional());
}

#[test]
fn closed_calls_and_tests_are_not_offered() {
    let account = day("
        18:00:00 capacity none
        18:10:00 call 1 closed
        18:10:20 end 1 closed
        18:20:00 call 2 test
        18:20:20 end 2 in-queue
        19:00:00 capacity 2+1
    ");
    let eighteen = hour(&account, 18);
    assert_eq!((eighteen.offered, eighteen.closed_calls, eighteen.tests), (0, 1, 1));
    assert_eq!((eighteen.open_ms, hour(&account, 19).open_ms), (0, 3_600_000));
    assert_eq!(account.orphans, 0);
}

#[test]
fn what_goes_on_at_the_close_is_counted_up_to_it_and_said() {
    let account = account(
        &format!(
            "{NIGHT}
            20:00:00 seat a1 ready
            20:00:00 seat a2 ready
            20:01:00 call 1
            20:01:00 ring 1.1 a1
            20:02:00 answer 1.1 a1
            20:03:00 call 2
            20:03:00 ring 2.1 a2
            20:04:00 answer 2.1 a2
            20:05:00 talked 2.1 a2 wrap-up
            20:05:00 end 2 answered
            20:06:00 blocked
        "
        ),
        "20:10:00",
    );
    let twenty = hour(&account, 20);
    // Call 1: 8 min talk; call 2: 1 min talk, 5 min wrap-up.
    assert_eq!((twenty.talk_ms, twenty.wrap_up_ms), (540_000, 300_000));
    assert_eq!((twenty.handled, twenty.handled_in_progress), (2, 2));
    assert_eq!(twenty.blockage_ms, 240_000);
    assert_eq!(account.blockages[0].interval.to, None);
    assert!(account.is_provisional());
}

#[test]
fn hours_and_a_day_are_the_same_books() {
    let text = format!(
        "{NIGHT}
        -23:00:00 seat a1 ready
        00:59:30 call 1
        00:59:40 ring 1.1 a1
        01:00:01.001 answer 1.1 a1
        01:30:00.007 talked 1.1 a1 wrap-up
        01:30:00.007 end 1 answered
        02:00:00.123 seat a1 paused
    "
    );
    let hours = account(&text, "+06:00:00").total();
    let slots = Slots::hours(DATE, JST);
    let one = Slots::new(vec![slots.from(), slots.to()]).unwrap();
    assert_eq!(account_over(one, &text, "+06:00:00").total(), hours);
}

/// R-A15: at 10:02:20 somebody sets the clock on to 11:02:20, while call 1 talks on hold with the lines blocked. Talk: 10:00:20 to
/// 10:02:20 and 11:02:20 to 11:05:20, 300 s; hold 60 + 60 s; wrap-up 60 s; blocked 80 + 100 s. What passed of hour 10 are 140 s,
/// of hour 11 the 3,460 s from 11:02:20 on.
#[test]
fn no_agent_is_charged_the_hour_that_the_clock_was_set_on() {
    let account = day("
        10:00:00 seat a1 ready
        10:00:00 call 1
        10:00:10 ring 1.1 a1
        10:00:20 answer 1.1 a1
        10:01:00 blocked
        10:01:20 hold 1.1
        11:02:20 clock 3600000
        11:03:20 resume 1.1
        11:04:00 unblocked
        11:05:20 talked 1.1 a1 wrap-up
        11:05:20 end 1 answered
        11:06:20 seat a1 ready
        11:30:00 seat a1 out
    ");
    let (ten, eleven) = (hour(&account, 10), hour(&account, 11));
    assert_eq!((ten.talk_ms, ten.hold_ms, ten.wrap_up_ms), (300_000, 120_000, 60_000));
    assert_eq!((ten.skipped_ms, eleven.skipped_ms), (3_460_000, 140_000));
    assert_eq!((account.length_ms(10), account.length_ms(11)), (140_000, 3_460_000));
    let (before, after) = (ten.dedicated, eleven.dedicated);
    assert_eq!((before.ready_ms, before.ringing_ms), (10_000, 10_000));
    assert_eq!((before.talking_ms, before.holding_ms), (60_000, 60_000));
    assert_eq!((after.holding_ms, after.talking_ms, after.wrap_up_ms), (60_000, 120_000, 60_000));
    assert_eq!(after.ready_ms, 1_420_000);
    assert_eq!(
        before.logged_in_ms() + after.logged_in_ms(),
        1_800_000,
        "half an hour from log-in to log-out"
    );
    assert_eq!((ten.blockage_ms, eleven.blockage_ms), (80_000, 100_000));
    assert_eq!(account.interval_ms(account.blockages[0].interval), Some(180_000));
    assert_eq!((ten.open_ms, eleven.open_ms), (140_000, 3_460_000));
}

/// A step back skips nothing: stamps are slewed.
#[test]
fn a_clock_that_is_put_back_takes_nothing_away() {
    let account = day("
        10:00:00 seat a1 ready
        10:10:00 clock -3600000
        10:30:00 seat a1 out
    ");
    assert_eq!((hour(&account, 10).skipped_ms, hour(&account, 10).dedicated.ready_ms), (0, 1_800_000));
    assert_eq!(account.clock_steps.len(), 1);
}
