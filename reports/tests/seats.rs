//! Whose a seat's time is: its own tenant's, shared, of a guest, before and after a plan that moves it (R-A7, R-A8).
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use reports::accounting::{Account, Figures, Profile, SeatTimes, Slots};
use support::{DATE, JST, account_over};

fn hour(account: &Account, hour: usize) -> &Figures {
    &account.figures[hour]
}

fn day(text: &str) -> Account {
    const NIGHT: &str = "
        -22:00:00 life
        -22:00:00 capacity 2+1
        -22:00:00 start
    ";
    account_over(Slots::hours(DATE, JST), &format!("{NIGHT}{text}"), "+06:00:00")
}

#[test]
fn a_shared_seat_counts_without_the_time_it_spends_on_others() {
    // m1 is logged in 14:00 to 15:00; 14:10 to 14:30 it rings, talks and wraps up for the other tenant: 1,200,000 ms.
    // For ours it rings 10,000, talks 50,000 and wraps up 60,000 ms; a rehearsal of 40,000 ms takes nothing from anybody (R-L6).
    let account = day("
        14:00:00 seat m1 ready
        14:00:00 seat a1 ready
        14:09:00 call 1 other
        14:10:00 ring 1.1 m1
        14:10:10 answer 1.1 m1
        14:20:00 talked 1.1 m1 wrap-up
        14:30:00 seat m1 ready
        14:40:00 call 2
        14:40:00 ring 2.1 m1
        14:40:10 answer 2.1 m1
        14:41:00 talked 2.1 m1 wrap-up
        14:41:00 end 2 answered
        14:42:00 seat m1 ready
        14:50:00 call 3 test
        14:50:00 ring 3.1 m1
        14:50:10 answer 3.1 m1
        14:50:40 talked 3.1 m1 ready
        14:50:40 end 3 answered
        15:00:00 seat m1 out
        15:00:00 seat a1 out
    ");
    let fourteen = hour(&account, 14);
    assert_eq!(fourteen.shared.elsewhere_ms, 1_200_000);
    assert_eq!(fourteen.shared.staffed_ms(), 3_600_000 - 1_200_000);
    assert_eq!((fourteen.shared.ringing_ms, fourteen.shared.talking_ms), (10_000, 50_000));
    assert_eq!(fourteen.dedicated.staffed_ms(), 3_600_000);
    assert_eq!((fourteen.dedicated_peak, fourteen.staffed_peak), (1, 2));
    assert_eq!((fourteen.offered, fourteen.handled, fourteen.tests), (1, 1, 1));
    assert_eq!((fourteen.talk_ms, fourteen.wrap_up_ms), (50_000, 60_000));
    assert_eq!(account.orphans, 0);
}

#[test]
fn a_plan_that_shares_a_seat_moves_its_time_from_then_on() {
    // a1 serves us alone until 15:20 and another tenant too from then on.
    let account = day("
        15:00:00 seat a1 ready
        15:20:00 plan a1
        16:00:00 seat a1 out
    ");
    let fifteen = hour(&account, 15);
    assert_eq!((fifteen.dedicated.ready_ms, fifteen.shared.ready_ms), (1_200_000, 2_400_000));
    assert_eq!(account.plans_unknown, 0);
}

#[test]
fn a_seat_logged_in_before_the_day_and_a_call_across_midnight_count_from_0_00() {
    // Yesterday's call is not this day's, but its seat is staffed. Today's last call ends tomorrow and is whole.
    let account = day("
        -23:00:00 seat a1 ready
        -23:50:00 call 1
        -23:50:10 ring 1.1 a1
        -23:50:20 answer 1.1 a1
        00:05:00 talked 1.1 a1 wrap-up
        00:05:00 end 1 answered
        00:06:00 seat a1 ready
        23:58:00 call 2
        23:58:00 ring 2.1 a1
        23:59:00 answer 2.1 a1
        +00:04:00 talked 2.1 a1 wrap-up
        +00:04:00 end 2 answered
        +00:05:00 seat a1 ready
    ");
    assert_eq!(hour(&account, 0).offered, 0);
    assert_eq!((hour(&account, 0).talk_ms, hour(&account, 0).wrap_up_ms), (0, 0));
    assert_eq!(hour(&account, 0).dedicated.staffed_ms(), 3_600_000);
    assert_eq!(hour(&account, 0).dedicated.talking_ms, 300_000);
    assert_eq!((hour(&account, 23).talk_ms, hour(&account, 23).wrap_up_ms), (300_000, 60_000));
    assert_eq!(hour(&account, 23).dedicated.talking_ms, 60_000);
    assert_eq!(account.total().dedicated.staffed_ms(), 86_400_000);
    assert!(!account.is_provisional());
}

/// R-A1, R-A7, R-A8: a caller of ours overflowed to g1, a seat that serves the other alone. Rung 10 s, talk 10:00:10 to 10:05:10
/// with 60 s on hold, wrap-up to 10:07:10; and a caller of the other's came to a1 of ours, 10:20:00 to 10:31:00.
#[test]
fn a_seat_of_others_that_serves_a_caller_of_ours_counts_for_as_long_as_that() {
    let account = day("
        09:00:00 seat g1 ready
        09:30:00 seat a1 ready
        09:59:00 call 1
        10:00:00 overflow 1 kyoto shiga
        10:00:00 ring 1.1 g1
        10:00:10 answer 1.1 g1
        10:01:10 hold 1.1
        10:02:10 resume 1.1
        10:05:10 talked 1.1 g1 wrap-up
        10:05:10 end 1 answered
        10:07:10 seat g1 ready
        10:10:00 call 2 other
        10:20:00 overflow 2 shiga kyoto
        10:20:00 ring 2.1 a1
        10:21:00 answer 2.1 a1
        10:30:00 talked 2.1 a1 wrap-up
        10:31:00 seat a1 ready
        11:00:00 seat a1 out
        11:00:00 seat g1 out
    ");
    let (nine, ten) = (hour(&account, 9), hour(&account, 10));
    assert_eq!((nine.handled, nine.talk_ms, nine.hold_ms, nine.wrap_up_ms), (1, 300_000, 60_000, 120_000));
    let guests = SeatTimes {
        ringing_ms: 10_000,
        talking_ms: 240_000,
        holding_ms: 60_000,
        wrap_up_ms: 120_000,
        ..SeatTimes::default()
    };
    assert_eq!((nine.shared, ten.shared), (SeatTimes::default(), guests));
    let ours = SeatTimes { ready_ms: 3_600_000 - 660_000, elsewhere_ms: 660_000, ..SeatTimes::default() };
    assert_eq!(ten.dedicated, ours);
    let times = Profile::SHIGA.clock_times(ten);
    assert_eq!((times.consultation_ms, times.waiting_ms), (420_000, 2_940_000 + 10_000));
    assert_eq!((ten.dedicated_peak, ten.staffed_peak), (1, 2));
    assert_eq!((ten.overflow_out, ten.overflow_in), (1, 1));
    assert_eq!(account.guest_seats, ["g1".parse().unwrap()].into());
    assert!(!account.shared_seats.contains(&"g1".parse().unwrap()));
}

/// A seat that the plan moves to another client ends its call as ours and is the other's from then on.
#[test]
fn a_seat_that_a_plan_takes_away_is_ours_until_its_call_is_over() {
    let account = day("
        15:00:00 seat a1 ready
        15:00:00 seat a2 ready
        15:10:00 call 1
        15:10:00 ring 1.1 a1
        15:10:00 answer 1.1 a1
        15:20:00 plan-without a1 a2
        15:25:00 talked 1.1 a1 ready
        15:25:00 end 1 answered
        16:00:00 seat a1 out
        16:00:00 seat a2 out
    ");
    let fifteen = hour(&account, 15).dedicated;
    assert_eq!((fifteen.ready_ms, fifteen.talking_ms), (600_000 + 1_200_000, 900_000));
    assert_eq!(hour(&account, 15).shared, SeatTimes::default());
    assert!(account.guest_seats.is_empty());
}
