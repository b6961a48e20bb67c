//! What lies at the edges of a period, of a record and of a tenant: what was over before, goes on, or is another's.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use std::collections::BTreeMap;

use std::collections::BTreeSet;

use acd_core::plan::Capacity;
use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, Company, Destination, DialledNumber, LineUse,
    Outcome, PartyEnd, PartyId, Pii, PlanSource, RefusalReason, SeatId, SeatState, TenantId, Timestamp,
    TrunkId, WithheldReason,
};
use reports::Fold;
use reports::accounting::{Account, Figures, Ledger, OutageCause, Slots};
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

/// What is told of a tenant's lines, seats and callers from one instant to another.
fn troubles(tenant: TenantId, call: u64, from: &str, to: &str) -> Vec<(Timestamp, CallEvent)> {
    let open = |seat_lines| {
        let capacity = Some(Capacity { seat_lines, guidance_lines: 1 });
        CallEvent::CapacityChanged { tenant, capacity }
    };
    let (call, lines) = (CallId(call), LineUse::default());
    let refused = CallEvent::CallRefused {
        call,
        tenant: Some(tenant),
        trunk: TrunkId::new("carrier").unwrap(),
        dialled: None,
        caller: CallerIdentity::Withheld(WithheldReason::Withheld),
        test: false,
        reason: RefusalReason::LinesFull,
    };
    let party = PartyId { call, attempt: 1 };
    let dialled = CallEvent::PartyDialled {
        party,
        tenant,
        destination: Destination::Caller,
        number: Pii::new(DialledNumber::new("0775281234").unwrap()),
        takes_line: false,
    };
    let begins = [
        open(1),
        CallEvent::BlockageStarted { tenant, lines, lent: 0 },
        CallEvent::SeatLinesFullStarted { tenant, lines },
        CallEvent::NoReachableSeatStarted { tenant },
        refused,
        dialled,
        CallEvent::PartyAnswered { party, company: Company::Together },
    ];
    let ends = [
        CallEvent::PartyEnded { party, end: PartyEnd::HungUp },
        open(2),
        CallEvent::BlockageEnded { tenant },
        CallEvent::SeatLinesFullEnded { tenant },
        CallEvent::NoReachableSeatEnded { tenant },
        CallEvent::CallEnded {
            call,
            tenant,
            outcome: Outcome::AbandonedInQueue,
            phase: CallPhase::Waiting,
            end: Some(CallerLegEnd::HungUp),
        },
    ];
    let begins = begins.map(|fact| (at(from), fact));
    begins.into_iter().chain(ends.map(|fact| (at(to), fact))).collect()
}

#[test]
fn books_are_final_when_the_day_is_over_and_nothing_of_it_goes_on() {
    let provisional = |text: &str, until| account(&format!("{NIGHT}{text}"), until).is_provisional();
    assert!(provisional("", "23:59:59.999"));
    assert!(!provisional("", "+00:00:00"));
    let waits = "23:50:00 call 1\n";
    let talks = "
        23:40:00 seat a1 ready
        23:40:00 call 2
        23:40:00 ring 2.1 a1
        23:40:10 answer 2.1 a1
    ";
    for in_progress in [waits, talks, &format!("{talks}{waits}")] {
        assert!(provisional(in_progress, "+02:00:00"), "{in_progress}");
    }
    let ended = format!("{talks}+00:10:00 talked 2.1 a1 ready\n+00:10:00 end 2 answered\n");
    assert!(!provisional(&ended, "+02:00:00"));
}

#[test]
fn what_was_over_before_the_day_is_not_listed_and_what_goes_on_has_no_end() {
    // The trunk dies at 8:00, the switch at 8:30; back at 8:40; the trunk dies again at 8:50, and the record ends at 9:00.
    // Of hour 8: 30 min, 10 min and 10 min. What lasts no time is nothing.
    let account = account(
        "
        -22:00:00 life
        -22:00:00 capacity 2+1
        -22:00:00 start
        -22:30:00 trunk lost
        -22:30:00 full
        -22:40:00 not-full
        -22:40:00 trunk back
        07:00:00 trunk lost
        07:00:00 full
        07:00:00 not-full
        07:00:00 trunk back
        08:00:00 trunk lost
        08:30:00 seat a1 ready
        08:40:00 life
        08:40:00 capacity 2+1
        08:40:00.003 outage 08:30:00 08:40:00
        08:40:00.003 start
        08:50:00 trunk lost
    ",
        "09:00:00",
    );
    let list: Vec<_> = account
        .outages
        .iter()
        .map(|it| (matches!(it.cause, OutageCause::Trunk(_)), it.interval.from, it.interval.to))
        .collect();
    assert_eq!(
        list,
        [
            (true, at("08:00:00"), Some(at("08:30:00"))),
            (false, at("08:30:00"), Some(at("08:40:00"))),
            (true, at("08:50:00"), None),
        ]
    );
    assert_eq!((hour(&account, 7).outage_ms, hour(&account, 8).outage_ms), (0, 3_000_000));
    assert_eq!(account.seat_lines_full, []);
}

#[test]
fn the_lines_in_force_are_listed_from_the_last_change_before_the_day_on() {
    let account = day("
        -23:00:00 capacity 3+1
        10:00:00 capacity none
        11:00:00 capacity 4+1
        +00:00:00 capacity 5+1
    ");
    let lines = |seat_lines| Some(Capacity { seat_lines, guidance_lines: 1 });
    assert_eq!(
        account.capacities,
        [(at("-23:00:00"), lines(3)), (at("10:00:00"), None), (at("11:00:00"), lines(4))]
    );
}

#[test]
fn a_seat_is_listed_as_what_it_was_at_any_time_of_the_day() {
    // a1 is shared from the evening before until 10:00, a2 from then on, a3 from the next day on.
    let account = day("
        -23:00:00 plan a1
        10:00:00 plan a2
        +00:00:00 plan a3
    ");
    let names = |seats: &BTreeSet<SeatId>| seats.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&account.dedicated_seats), ["a1", "a2", "a3"]);
    assert_eq!(names(&account.shared_seats), ["a1", "a2", "m1", "m2"]);
    let before = day("-23:00:00 plan a1");
    assert_eq!(names(&before.dedicated_seats), ["a2", "a3"]);
}

#[test]
fn a_seat_was_in_its_state_for_as_long_as_there_is_a_record() {
    let seat = SeatId::new("a1").unwrap();
    let mut ledger = Ledger::new(tenant(), Slots::hours(DATE, JST));
    ledger.plan_stands(&plan());
    ledger.apply(at("09:00:00"), 1, &CallEvent::JournalRestored);
    let away = CallEvent::SeatStateChanged { seat, from: SeatState::Ready, to: SeatState::LoggedOut };
    ledger.apply(at("09:30:00"), 2, &away);
    assert_eq!(ledger.close(at("10:00:00")).total().dedicated.ready_ms, 1_800_000);
}

#[test]
fn a_blockage_of_the_next_day_keeps_no_books_open() {
    let tenant = tenant();
    let (midnight, lines) = (at("+00:00:00"), LineUse::default());
    let mut ledger = Ledger::new(tenant, Slots::hours(DATE, JST));
    ledger.apply(at("-22:00:00"), 1, &CallEvent::NodeStarted);
    ledger.apply(midnight, 2, &CallEvent::BlockageStarted { tenant, lines, lent: 0 });
    assert!(ledger.is_settled(midnight));
    ledger.apply(at("+00:10:00"), 3, &CallEvent::BlockageEnded { tenant });
    assert!(ledger.is_settled(at("+00:10:00")));
}

#[test]
fn a_plan_whose_text_is_not_at_hand_is_counted() {
    let mut ledger = Ledger::new(tenant(), Slots::hours(DATE, JST));
    let changed = CallEvent::PlanApplied {
        tenants: 2,
        seats: 5,
        by: PlanSource::Api,
        who: None,
        lines_reported_on: BTreeMap::new(),
    };
    ledger.plan_changes(&plan());
    for seq in 1..=3 {
        ledger.apply(at("08:00:00"), seq, &changed);
    }
    assert_eq!(ledger.close(at("09:00:00")).plans_unknown, 2, "the first was at hand");
}

#[test]
fn a_record_from_midnight_on_is_of_the_whole_day() {
    let begins_unrecorded = |from| {
        let text = format!("{from} amid\n{from} seat a1 ready\n");
        account(&text, "+01:00:00").begins_unrecorded()
    };
    assert!(!begins_unrecorded("-23:00:00"));
    assert!(!begins_unrecorded("00:00:00"));
    assert!(begins_unrecorded("00:00:00.001"));
}

#[test]
fn the_facts_of_other_tenants_change_nothing_in_our_books() {
    let folded = |mut facts: Vec<(Timestamp, CallEvent)>| {
        facts.sort_by_key(|(time, _)| *time);
        let mut ledger = Ledger::new(tenant(), Slots::hours(DATE, JST));
        ledger.apply(at("00:00:00"), 1, &CallEvent::NodeStarted);
        for (time, fact) in &facts {
            ledger.apply(*time, 1, fact);
        }
        ledger.close(at("+01:00:00"))
    };
    let ours = troubles(tenant(), 1, "09:00:00", "10:00:00");
    let alone = folded(ours.clone());
    let total = alone.total();
    assert_eq!(
        (total.blockage_ms, total.seat_lines_full_ms, total.outage_ms),
        (3_600_000, 3_600_000, 3_600_000)
    );
    assert_eq!(total.outbound_ms, 3_600_000);
    assert_eq!((total.blocked_attempts, alone.orphans, alone.capacities.len()), (1, 1, 2));
    assert_eq!(alone.outages[0].cause, OutageCause::NoReachableSeat);
    for (from, to) in [("08:30:00", "09:30:00"), ("09:30:00", "10:30:00")] {
        let others = troubles(other_tenant(), 2, from, to);
        assert_eq!(folded([ours.clone(), others].concat()), alone, "theirs from {from} to {to}");
    }
}
