//! What third parties come to in the books (R-T, R-A7, R-A10, R-L8), worked out by hand. Each test's remark shows the sum.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use acd_core::CallId;
use reports::accounting::{Account, Figures, Slots};
use support::{DATE, JST, account_over, at, records};

const NIGHT: &str = "
    -22:00:00 life
    -22:00:00 capacity 2+1
    -22:00:00 start
";

fn account(text: &str, until: &str) -> Account {
    account_over(Slots::hours(DATE, JST), &format!("{NIGHT}{text}"), until)
}

fn day(text: &str) -> Account {
    account(text, "+06:00:00")
}

fn hour(account: &Account, hour: usize) -> Figures {
    account.figures[hour]
}

const TRANSFER: &str = "
    09:00:00 seat a1 ready
    09:10:00 call 1
    09:10:00 ring 1.1 a1
    09:10:10 answer 1.1 a1
    09:11:00 dial 1.1 thai
    09:11:00 phase 1 consulting
    09:11:20 party 1.1 aside
    09:12:00 party-now 1.1 held
    09:12:10 party-now 1.1 aside
    09:12:40 party-now 1.1 together
    09:12:40 phase 1 conference
    09:14:00 left 1.1 a1 wrap-up
    09:14:00 phase 1 transferred
    09:14:30 seat a1 ready
    10:14:00 party-gone 1.1
    10:14:00.250 end 1 answered
    11:00:00 seat a1 out
";

#[test]
fn a_transfer_charges_the_seat_to_its_leaving_and_the_tenant_to_the_partys() {
    // Talk 9:10:10 to 9:14:00 = 230,000 ms, not the hour that the caller stays with the interpreter; wrap-up 30,000.
    // Aside 9:11:20 to 9:12:00 and 9:12:10 to 9:12:40 = 70,000; the party held between and the three-way talk are none.
    // Leg 9:11:20 to 10:14:00: 2,920,000 in hour 9, 840,000 in hour 10; its ringing is none of it.
    // Forwarded 9:14:00 to 10:14:00, when the party left: 2,760,000 and 840,000. The seat is free again 9:00:00 to 9:10:00 and from 9:14:30.
    let account = day(TRANSFER);
    let (nine, ten) = (hour(&account, 9), hour(&account, 10));
    assert_eq!((nine.offered, nine.handled, ten.offered, ten.handled), (1, 1, 0, 0));
    assert_eq!((nine.talk_ms, nine.wrap_up_ms, nine.hold_ms, nine.aside_ms), (230_000, 30_000, 0, 70_000));
    assert_eq!((ten.talk_ms, ten.wrap_up_ms, ten.aside_ms), (0, 0, 0));
    assert_eq!((nine.outbound_ms, ten.outbound_ms), (2_920_000, 840_000));
    assert_eq!((nine.forwarded_ms, ten.forwarded_ms), (2_760_000, 840_000));
    assert_eq!((nine.dedicated.talking_ms, ten.dedicated.talking_ms), (230_000, 0));
    assert_eq!((nine.dedicated.ready_ms, ten.dedicated.ready_ms), (600_000 + 2_730_000, 3_600_000));
    // Consulting is the agent's work like any other talk, and calls of its own there were none.
    assert_eq!((nine.dedicated.consultation_ms(), nine.dedicated.outbound_ms), (260_000, 0));
    assert!(nine.is_balanced() && !account.is_provisional());
}

#[test]
fn a_caller_who_is_sent_on_and_comes_back_is_still_one_call() {
    // a1 talks 10,000 ms and sends the caller on at once; the clinic is busy 5,000 ms later, and was dialled, not reached:
    // nothing is forwarded, and no second of a leg. a2 takes the caller and talks 60,000 ms: talk 70,000 in one handled call.
    let account = day("
        09:00:00 seat a1 ready
        09:00:00 seat a2 ready
        09:00:00 call 1
        09:00:00 ring 1.1 a1
        09:00:10 answer 1.1 a1
        09:00:20 left 1.1 a1 ready
        09:00:20 dial 1.1 clinic
        09:00:20 phase 1 transferred
        09:00:25 party-busy 1.1
        09:00:25 queued 1 09:00:00
        09:00:25 ring 1.2 a2
        09:00:30 answer 1.2 a2
        09:01:30 talked 1.2 a2 ready
        09:01:30 end 1 answered
    ");
    let nine = hour(&account, 9);
    assert_eq!((nine.offered, nine.handled, nine.answers), (1, 1, 1));
    assert_eq!((nine.talk_ms, nine.forwarded_ms, nine.outbound_ms, nine.aside_ms), (70_000, 0, 0, 0));
    assert_eq!(nine.dedicated.talking_ms, 70_000);
}

#[test]
fn a_consultation_across_an_hours_edge_belongs_to_its_calls_hour() {
    // Aside 9:58:00 to 10:03:00.500 = 300,500 ms, all in the call's hour 9, as talk is: 9:55:00 to 10:05:00 = 600,000.
    // What follows the clock is cut: the leg 120,000 and 180,500 ms, the seat's talk 300,000 and 300,000.
    let account = day("
        09:00:00 seat a1 ready
        09:54:00 call 1
        09:54:50 ring 1.1 a1
        09:55:00 answer 1.1 a1
        09:57:00 dial 1.1 doctor
        09:57:00 phase 1 consulting
        09:58:00 party 1.1 aside
        10:03:00.500 party-gone 1.1
        10:03:00.500 phase 1 talking
        10:05:00 talked 1.1 a1 wrap-up
        10:05:00 end 1 answered
        10:06:00 seat a1 ready
    ");
    let (nine, ten) = (hour(&account, 9), hour(&account, 10));
    assert_eq!((nine.aside_ms, ten.aside_ms), (300_500, 0));
    assert_eq!((nine.talk_ms, nine.wrap_up_ms, ten.talk_ms), (600_000, 60_000, 0));
    assert_eq!((nine.outbound_ms, ten.outbound_ms), (120_000, 180_500));
    assert_eq!((nine.dedicated.talking_ms, ten.dedicated.talking_ms), (300_000, 300_000));
    assert_eq!((nine.forwarded_ms, ten.forwarded_ms), (0, 0));
}

#[test]
fn an_agents_own_call_is_neither_waiting_nor_consultation_nor_offered() {
    // a1, staffed 9:00 to 10:00 but for its call: out 9:20:00 to 9:26:00 = 360,000 ms, its own phone's ringing included.
    // The leg from 9:20:30 = 330,000. Ready 3,240,000. No talk, no offered call. The leg for the other tenant is theirs.
    let account = day("
        09:00:00 seat a1 ready
        09:20:00 calls-out 7.1 a1
        09:20:05 dial 7.1 thai
        09:20:30 party 7.1 together
        09:26:00 party-gone 7.1
        09:26:00 called-out 7 a1 ready reached
        09:30:00 dial 8.1 thai other
        09:30:05 party 8.1 together
        09:31:00 party-gone 8.1
        10:00:00 seat a1 out
    ");
    let nine = hour(&account, 9);
    assert_eq!((nine.offered, nine.handled, nine.talk_ms, nine.aside_ms), (0, 0, 0, 0));
    assert_eq!((nine.outbound_ms, nine.forwarded_ms), (330_000, 0));
    let seat = nine.dedicated;
    assert_eq!((seat.outbound_ms, seat.ready_ms), (360_000, 3_240_000));
    assert_eq!((seat.waiting_ms(true), seat.consultation_ms(), seat.staffed_ms()), (3_240_000, 0, 3_240_000));
    assert_eq!((seat.elsewhere_ms, seat.logged_in_ms()), (0, 3_600_000));
    assert_eq!(account.orphans, 0);
}

#[test]
fn wrap_up_goes_on_after_the_agent_has_called_out_in_its_midst() {
    // R-T8: wrap-up 9:02:00 to 9:03:00 and 9:08:00 to 9:10:00 = 180,000 ms of call 1; between them 300,000 calling out,
    // which is no talk of it. The doctor's leg 9:03:20 to 9:07:00, the patient's 9:05:00 to 9:08:00: 220,000 + 180,000.
    let account = day("
        09:00:00 seat a1 ready
        09:00:00 call 1
        09:00:30 ring 1.1 a1
        09:01:00 answer 1.1 a1
        09:02:00 talked 1.1 a1 wrap-up
        09:02:00 end 1 answered
        09:03:00 calls-out 2.1 a1 about 1
        09:03:05 dial 2.1 doctor
        09:03:20 party 2.1 together
        09:04:30 dial 2.2 back
        09:05:00 party 2.2 together
        09:07:00 party-gone 2.1
        09:08:00 party-gone 2.2
        09:08:00 called-out 2 a1 wrap-up reached
        09:10:00 seat a1 ready
    ");
    let nine = hour(&account, 9);
    assert_eq!((nine.talk_ms, nine.wrap_up_ms, nine.outbound_ms), (60_000, 180_000, 400_000));
    assert_eq!((nine.dedicated.wrap_up_ms, nine.dedicated.outbound_ms), (180_000, 300_000));
    assert_eq!((nine.offered, nine.handled), (1, 1));
}

#[test]
fn a_reception_an_adviser_and_a_doctor_are_one_call_with_all_their_times() {
    // a1 talks 30,000 ms and wraps up 10,000; a2 talks 9:01:10 to 9:06:10 = 300,000, of which 60,000 on hold by its phone,
    // and consults the doctor 9:02:30 to 9:04:00 = 90,000; then wraps up 60,000. Talk 330,000, wrap-up 70,000.
    // The doctor's phone holds from 9:04:30 on and the doctor goes at 9:05:00: caller and adviser never wait for that.
    let text = "
        09:00:00 seat a1 ready
        09:00:00 seat a2 ready
        09:00:00 call 1
        09:00:10 ring 1.1 a1
        09:00:20 answer 1.1 a1
        09:00:50 handed 1.1 a1
        09:01:00 seat a1 ready
        09:01:00 ring 1.2 a2
        09:01:10 answer 1.2 a2
        09:01:20 hold 1.2
        09:02:20 resume 1.2
        09:02:20 dial 1.1 doctor
        09:02:20 phase 1 consulting
        09:02:30 party 1.1 aside
        09:04:00 party-now 1.1 together
        09:04:00 phase 1 conference
        09:04:30 party-hold 1.1
        09:05:00 party-gone 1.1
        09:05:00 phase 1 talking
        09:06:10 talked 1.2 a2 wrap-up
        09:06:10 end 1 answered
        09:07:10 seat a2 ready
    ";
    let account = day(text);
    let nine = hour(&account, 9);
    assert_eq!((nine.offered, nine.handled, nine.answers), (1, 1, 1));
    assert_eq!((nine.talk_ms, nine.hold_ms, nine.wrap_up_ms), (330_000, 60_000, 70_000));
    assert_eq!((nine.aside_ms, nine.outbound_ms, nine.forwarded_ms), (90_000, 150_000, 0));
    assert_eq!((nine.dedicated.talking_ms, nine.dedicated.holding_ms), (270_000, 60_000));
    assert!(nine.is_balanced());
    assert_eq!(records(text).calls()[&CallId(1)].hold_time().as_millis(), 60_000);
}

#[test]
fn the_nurse_who_stays_with_the_fire_department_talks_on_without_hold() {
    // R-T5: the caller held at 9:01:30 and hung up at 9:02:00: hold 30,000 ms of the talk 9:01:00 to 9:06:00 = 300,000.
    let text = "
        09:00:00 seat a1 ready
        09:00:30 call 1 from 0751234567
        09:00:40 ring 1.1 a1
        09:01:00 answer 1.1 a1
        09:01:10 dial 1.1 otsu_fire
        09:01:10 phase 1 consulting
        09:01:20 party 1.1 together
        09:01:20 phase 1 conference
        09:01:30 caller-hold 1
        09:02:00 caller-left 1
        09:02:00 phase 1 without-caller
        09:06:00 party-gone 1.1
        09:06:00 talked 1.1 a1 ready
        09:06:00 end 1 answered
    ";
    let account = day(text);
    let nine = hour(&account, 9);
    assert_eq!((nine.talk_ms, nine.hold_ms, nine.forwarded_ms), (300_000, 30_000, 0));
    assert_eq!((nine.dedicated.talking_ms, nine.dedicated.holding_ms), (270_000, 30_000));
    let records = records(text);
    let record = &records.calls()[&CallId(1)];
    assert_eq!(record.line_freed_at(), Some(at("09:02:00")));
    assert_eq!(record.hold_time().as_millis(), 30_000);
}

#[test]
fn a_leg_and_a_forwarded_call_end_with_the_switch_and_with_the_record() {
    // Last sign 9:20:00. The leg lived 9:11:20 to 9:20:00 = 520,000 ms, the caller was forwarded from 9:14:00 = 360,000.
    let until_crash = TRANSFER.split("10:14:00 party-gone").next().unwrap();
    let crashed = day(&format!(
        "{until_crash}
        09:25:00 life
        09:25:00 party-gone 1.1
        09:25:00 end 1 answered
        09:25:00.003 outage 09:20:00 09:25:00
        09:25:00.003 start
    "
    ));
    assert_eq!((hour(&crashed, 9).outbound_ms, hour(&crashed, 9).forwarded_ms), (520_000, 360_000));
    // The record is known to 9:40:00: 1,720,000 and 1,560,000 so far.
    let open = account(until_crash, "09:40:00");
    assert_eq!((hour(&open, 9).outbound_ms, hour(&open, 9).forwarded_ms), (1_720_000, 1_560_000));
}

/// Which callers are to be called back.
fn to_call_back(text: &str) -> Vec<u64> {
    records(text).to_call_back().map(|record| record.call.0).collect()
}

#[test]
fn who_gave_up_is_called_back_until_reached() {
    // Call 1 gave up, call 2 did so with the number withheld, call 3 was answered, call 4 a rehearsal, call 5 failed by
    // our fault, call 9 was cut off in talk.
    let mut journal = "
        09:00:00 call 1 from 0751234567
        09:00:20 end 1 in-queue
        09:01:00 call 2
        09:01:20 end 2 in-queue
        09:02:00 call 3 from 0751234568
        09:02:10 ring 3.1 a1
        09:02:20 answer 3.1 a1
        09:03:00 talked 3.1 a1 ready
        09:03:00 end 3 answered
        09:04:00 call 4 from 0751234569 test
        09:04:20 end 4 in-queue
        09:05:00 call 5 from 0751234560
        09:05:20 end 5 failed
        09:06:00 call 9 from 0751234561
        09:06:10 ring 9.1 a1
        09:06:20 answer 9.1 a1
        09:07:00 talked 9.1 a1 ready
        09:07:00 cut-off 9
    "
    .to_owned();
    assert_eq!(to_call_back(&journal), [1, 5, 9]);
    // Nobody answers there.
    journal.push_str(
        "
        09:10:00 calls-out 6.1 a1 about 1
        09:10:05 dial 6.1 back
        09:10:20 party-busy 6.1
        09:10:20 called-out 6 a1 ready not-reached
    ",
    );
    assert_eq!(to_call_back(&journal), [1, 5, 9]);
    // The doctor was reached about the caller, and the caller was not.
    journal.push_str(
        "
        09:20:00 calls-out 7.1 a1 about 1
        09:20:05 dial 7.1 doctor
        09:20:20 party 7.1 together
        09:21:00 dial 7.2 back
        09:21:20 party-busy 7.2
        09:22:00 party-gone 7.1
        09:22:00 called-out 7 a1 ready reached
    ",
    );
    assert_eq!(to_call_back(&journal), [1, 5, 9]);
    journal.push_str(
        "
        09:30:00 calls-out 8.1 a1 about 1
        09:30:05 dial 8.1 back
        09:30:20 party 8.1 together
        09:31:00 party-gone 8.1
        09:31:00 called-out 8 a1 ready reached
    ",
    );
    assert_eq!(to_call_back(&journal), [5, 9]);
}

/// R-T8: the later call that a seat answered; a rehearsal is no such call, nor one that nobody answered.
#[test]
fn of_a_callers_calls_the_last_one_that_a_seat_answered_is_known() {
    let answered = |id: u64, at: &str, kind: &str| {
        format!(
            "
            {at}:00 call {id} {kind}
            {at}:10 ring {id}.1 a1
            {at}:20 answer {id}.1 a1
            {at}:40 talked {id}.1 a1 ready
            {at}:40 end {id} answered
            "
        )
    };
    let journal = [
        answered(1, "09:00", "from 0751234567"),
        answered(2, "09:01", "from 0751234567"),
        answered(3, "09:02", "from 0751234567 test"),
        "09:03:00 call 4 from 0751234567\n09:03:20 end 4 in-queue\n".to_owned(),
        "09:04:00 call 5 from 0751234568\n09:04:20 end 5 in-queue\n".to_owned(),
        answered(6, "09:05", "from 0751234569 test"),
        answered(7, "09:06", ""),
    ];
    let records = records(&journal.concat());
    let by_number: Vec<_> =
        records.last_answered().into_iter().map(|((_, number), call)| (number.to_owned(), call)).collect();
    assert_eq!(by_number, [("0751234567".to_owned(), CallId(2))]);
}

#[test]
fn who_hung_up_while_others_went_on_is_called_back_unless_the_agent_has_done_so() {
    // R-T5. In call 1 nobody rings the caller back; in call 2 the nurse does, within the call.
    let fire = |id: u64, back: &str| {
        format!(
            "
            09:00:00 call {id} from 0751234567
            09:00:10 ring {id}.1 a1
            09:00:20 answer {id}.1 a1
            09:00:30 dial {id}.1 otsu_fire
            09:00:40 party {id}.1 together
            09:01:00 caller-left {id}
            {back}
            09:06:00 party-gone {id}.1
            09:06:00 talked {id}.1 a1 ready
            09:06:00 end {id} answered
        "
        )
    };
    assert_eq!(to_call_back(&fire(1, "")), [1]);
    assert_eq!(to_call_back(&fire(2, "09:02:00 dial 2.2 caller\n09:02:10 party 2.2 together")), [0; 0]);
    assert_eq!(to_call_back(&fire(3, "09:02:00 dial 3.2 caller\n09:02:10 party-busy 3.2")), [3]);
}
