//! Journals made by hand, in words: `09:00:10.500 answer 1.1 a1`.
//!
//! A time is of 2026-11-21 in Asia/Tokyo; `-23:50:00` is of the day before, `+00:10:00` of the day after,
//! `2027-03-31T23:50:00` of any other. What third parties do is in [`parties`]. Lines that begin with `#` are remarks. Seats: a1, a2, a3 serve the tenant alone, m1 and m2 another one too, g1
//! that one alone; a1 and m1 are nurses'.

#![allow(clippy::unwrap_used, reason = "a journal with a mistake in it must fail its test")]

mod parties;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::{Capacity, Login, OverflowCause, Plan, Seat};
use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, CivilDate, DialledNumber, LegId, LineUse,
    Name, Outcome, PauseReason, Pii, PlanSource, RefusalReason, RingEnd, RingId, SeatId, SeatLoss, SeatState,
    TalkEnd, TenantId, Timestamp, TrunkId, TrunkLoss, WithheldReason,
};
use reports::Fold;
use reports::accounting::{Account, Ledger, Slots};
use reports::records::Records;

pub(crate) const DATE: CivilDate = CivilDate { year: 2026, month: 11, day: 21 };
pub(crate) const JST: i32 = 540;

pub(crate) fn tenant() -> TenantId {
    TenantId::new("kyoto").unwrap()
}

pub(crate) fn other_tenant() -> TenantId {
    TenantId::new("shiga").unwrap()
}

/// An instant, as the module's documentation has it.
pub(crate) fn at(text: &str) -> Timestamp {
    const DAY_MS: i64 = 86_400_000;
    if let Some((date, time)) = text.split_once('T') {
        let date: Vec<&str> = date.split('-').collect();
        let date = CivilDate {
            year: date[0].parse().unwrap(),
            month: date[1].parse().unwrap(),
            day: date[2].parse().unwrap(),
        };
        return Timestamp::from_millis(at(time).as_millis() + (date.days() - DATE.days()) * DAY_MS);
    }
    let (days, time) = match text.split_at(1) {
        ("-", time) => (-1, time),
        ("+", time) => (1, time),
        _ => (0, text),
    };
    let parts: Vec<&str> = time.split([':', '.']).collect();
    let number = |index: usize| parts.get(index).map_or(0, |part| part.parse::<i64>().unwrap());
    let ms = ((number(0) * 60 + number(1)) * 60 + number(2)) * 1_000 + number(3);
    let midnight = Slots::hours(DATE, JST).from().as_millis();
    Timestamp::from_millis(midnight + days * DAY_MS + ms)
}

/// The plan of these journals: who serves whom.
pub(crate) fn plan() -> Plan {
    let seat = |tenants: &[TenantId]| Seat {
        serves: tenants.iter().map(|tenant| (*tenant, 1)).collect(),
        skills: BTreeSet::new(),
        login: Login::ByCommand,
        static_contact: false,
        wrap_up_max: Some(Duration::ZERO),
        not_answering_retry: None,
        unreachable_retry: None,
    };
    let both = [tenant(), other_tenant()];
    let mut seats: BTreeMap<SeatId, Seat> = [
        ("a1", &both[..1]),
        ("a2", &both[..1]),
        ("a3", &both[..1]),
        ("m1", &both[..]),
        ("m2", &both[..]),
        ("g1", &both[1..]),
    ]
    .into_iter()
    .map(|(name, serves)| (SeatId::new(name).unwrap(), seat(serves)))
    .collect();
    for nurse in ["a1", "m1"] {
        seats.get_mut(&SeatId::new(nurse).unwrap()).unwrap().skills.insert("nurse".parse().unwrap());
    }
    Plan { seats, ..Plan::default() }
}

/// Folds a journal over these slots; it is known up to `until`.
pub(crate) fn account_over(slots: Slots, text: &str, until: &str) -> Account {
    fold(Ledger::new(tenant(), slots), text, until)
}

/// Folds a journal into any books.
pub(crate) fn fold(mut ledger: Ledger, text: &str, until: &str) -> Account {
    let mut seats = BTreeMap::new();
    let mut seq = 0;
    for (time, words) in lines(text) {
        match words[0] {
            "life" => {
                ledger.life_begins(&plan());
                seats.clear();
            }
            "plan" => ledger.plan_changes(&plan_sharing(words[1])),
            "plan-without" => ledger.plan_changes(&plan_without(&words[1..])),
            "amid" => {
                ledger.plan_stands(&plan());
                continue;
            }
            _ => {}
        }
        for fact in facts(&words, &mut seats) {
            seq += 1;
            ledger.apply(time, seq, &fact);
        }
    }
    ledger.close(at(until))
}

/// The records of a journal's calls.
#[allow(dead_code, reason = "not every test looks at the calls")]
pub(crate) fn records(text: &str) -> Records {
    let (mut records, mut seats) = (Records::default(), BTreeMap::new());
    for (seq, (time, fact)) in (1..).zip(
        lines(text)
            .flat_map(|(time, words)| facts(&words, &mut seats).into_iter().map(move |it| (time, it)))
            .collect::<Vec<_>>(),
    ) {
        records.apply(time, seq, &fact);
    }
    records
}

fn lines(text: &str) -> impl Iterator<Item = (Timestamp, Vec<&str>)> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (time, words) = line.split_once(' ').unwrap();
        (at(time), words.split_whitespace().collect())
    })
}

/// The plan after its seat has begun to serve the other tenant too.
fn plan_sharing(seat: &str) -> Plan {
    let mut plan = plan();
    plan.seats.get_mut(&SeatId::new(seat).unwrap()).unwrap().serves.insert(other_tenant(), 1);
    plan
}

/// The plan after these seats have come to serve the other tenant alone.
fn plan_without(seats: &[&str]) -> Plan {
    let mut plan = plan();
    for seat in seats {
        plan.seats.get_mut(&SeatId::new(seat).unwrap()).unwrap().serves = [(other_tenant(), 1)].into();
    }
    plan
}

fn carrier() -> TrunkId {
    TrunkId::new("carrier").unwrap()
}

fn call(text: &str) -> CallId {
    CallId(text.parse().unwrap())
}

fn ring(text: &str) -> RingId {
    let (of, attempt) = text.split_once('.').unwrap();
    RingId { call: call(of), attempt: attempt.parse().unwrap() }
}

fn facts(words: &[&str], seats: &mut BTreeMap<SeatId, SeatState>) -> Vec<CallEvent> {
    let tenant = tenant();
    let mut go = |seat: &str, to: SeatState| {
        let seat = SeatId::new(seat).unwrap();
        let from = seats.insert(seat, to).unwrap_or(SeatState::LoggedOut);
        CallEvent::SeatStateChanged { seat, from, to }
    };
    let seat_id = |name: &str| SeatId::new(name).unwrap();
    match *words {
        ["life"] => vec![CallEvent::PlanApplied {
            tenants: 2,
            seats: 6,
            by: PlanSource::Start,
            who: None,
            lines_reported_on: BTreeMap::new(),
        }],
        ["plan", _] | ["plan-without", ..] => {
            vec![CallEvent::PlanApplied {
                tenants: 2,
                seats: 6,
                by: PlanSource::Api,
                who: None,
                lines_reported_on: BTreeMap::new(),
            }]
        }
        ["start"] => vec![CallEvent::NodeStarted],
        ["stop"] => vec![CallEvent::NodeStopped],
        ["seats", "gone"] => vec![CallEvent::NoReachableSeatStarted { tenant }],
        ["seats", "back"] => vec![CallEvent::NoReachableSeatEnded { tenant }],
        ["overload"] => vec![CallEvent::OverloadStarted],
        ["room", refused] => vec![CallEvent::OverloadEnded { refused: refused.parse().unwrap() }],
        ["trunk", "lost"] => vec![CallEvent::TrunkLost { trunk: carrier(), cause: TrunkLoss::NoAnswer }],
        ["trunk", "back"] => vec![CallEvent::TrunkRestored { trunk: carrier() }],
        ["clock", step_ms] => {
            let step_ms: i64 = step_ms.parse().unwrap();
            let skipped = Duration::from_millis(u64::try_from(step_ms).unwrap_or(0));
            vec![CallEvent::WallClockStepped { step_ms, skipped }]
        }
        ["drain"] => vec![CallEvent::DrainStarted],
        ["outage", from, to] => vec![CallEvent::NodeOutage { from: at(from), to: at(to) }],
        ["capacity", "none"] => vec![CallEvent::CapacityChanged { tenant, capacity: None }],
        ["capacity", lines] => {
            let (seat_lines, guidance_lines) = lines.split_once('+').unwrap();
            let capacity = Capacity {
                seat_lines: seat_lines.parse().unwrap(),
                guidance_lines: guidance_lines.parse().unwrap(),
            };
            vec![CallEvent::CapacityChanged { tenant, capacity: Some(capacity) }]
        }
        ["blocked"] => {
            let lines = LineUse { talking: 2, ..LineUse::default() };
            vec![CallEvent::BlockageStarted { tenant, lines, lent: 0 }]
        }
        ["blocked", talking] => {
            let lines = LineUse { talking: talking.parse().unwrap(), ..LineUse::default() };
            vec![CallEvent::BlockageStarted { tenant, lines, lent: 0 }]
        }
        ["unblocked"] => vec![CallEvent::BlockageEnded { tenant }],
        ["short", skill, wanted, staffed] => vec![CallEvent::StaffingShort {
            tenant,
            skill: (skill != "any").then(|| skill.parse().unwrap()),
            wanted: wanted.parse().unwrap(),
            staffed: staffed.parse().unwrap(),
        }],
        ["enough", skill] => vec![CallEvent::StaffingRestored {
            tenant,
            skill: (skill != "any").then(|| skill.parse().unwrap()),
        }],
        ["full"] => {
            let lines = LineUse { talking: 2, ..LineUse::default() };
            vec![CallEvent::SeatLinesFullStarted { tenant, lines }]
        }
        ["lent", lent] => {
            let lines =
                LineUse { guidance: 1, waiting: 1, transferred: 1, outbound: 1, ..LineUse::default() };
            vec![CallEvent::BlockageStarted { tenant, lines, lent: lent.parse().unwrap() }]
        }
        ["not-full"] => vec![CallEvent::SeatLinesFullEnded { tenant }],
        ["call", id, ref kind @ ..] => vec![CallEvent::CallAdmitted {
            call: call(id),
            tenant: if kind.contains(&"other") { other_tenant() } else { tenant },
            trunk: carrier(),
            dialled: DialledNumber::new("0750007119").unwrap(),
            caller: match kind.iter().position(|word| *word == "from") {
                Some(from) => CallerIdentity::Number(Pii::new(kind[from + 1].to_owned())),
                None => CallerIdentity::Withheld(WithheldReason::Withheld),
            },
            test: kind.contains(&"test"),
            closed: kind.contains(&"closed"),
            lines_in_use: 1,
            capacity: 3,
        }],
        ["refused", id, reason] => vec![CallEvent::CallRefused {
            call: call(id),
            tenant: Some(tenant),
            trunk: carrier(),
            dialled: None,
            caller: CallerIdentity::Withheld(WithheldReason::Payphone),
            test: false,
            reason: match reason {
                "lines_full" => RefusalReason::LinesFull,
                "closed" => RefusalReason::Closed,
                "draining" => RefusalReason::Draining,
                "overload" => RefusalReason::Overload,
                other => panic!("no such reason: {other}"),
            },
        }],
        ["ring", id, seat] => vec![
            CallEvent::RingStarted { ring: ring(id), seat: seat_id(seat) },
            go(seat, SeatState::Ringing(ring(id))),
        ],
        ["answer", id, seat] => vec![
            CallEvent::RingEnded { ring: ring(id), seat: seat_id(seat), end: RingEnd::Answered },
            CallEvent::CallAnswered { ring: ring(id), seat: seat_id(seat) },
            go(seat, SeatState::Talking(ring(id))),
        ],
        ["not-answered", id, seat] => vec![
            CallEvent::RingEnded { ring: ring(id), seat: seat_id(seat), end: RingEnd::TimedOut },
            go(seat, SeatState::NotAnswering(RingEnd::TimedOut)),
        ],
        ["gone", id, seat] => vec![
            CallEvent::RingEnded { ring: ring(id), seat: seat_id(seat), end: RingEnd::CallerGone },
            go(seat, SeatState::Ready),
        ],
        ["hold", id] => vec![CallEvent::HoldStarted { leg: LegId::Seat(ring(id)) }],
        ["resume", id] => vec![CallEvent::HoldEnded { leg: LegId::Seat(ring(id)) }],
        ["caller-hold", id] => vec![CallEvent::HoldStarted { leg: LegId::Caller(call(id)) }],
        ["caller-resume", id] => vec![CallEvent::HoldEnded { leg: LegId::Caller(call(id)) }],
        ["talked", id, seat, then] => vec![
            CallEvent::TalkEnded { ring: ring(id), seat: seat_id(seat), end: TalkEnd::SeatEnded },
            go(seat, state(then)),
        ],
        ["overflow", id, from, to] => vec![CallEvent::CallOverflowed {
            call: call(id),
            tenant: from.parse().unwrap(),
            to: to.parse().unwrap(),
            cause: OverflowCause::NobodyLoggedIn,
        }],
        ["back", id] => vec![CallEvent::CallerQueued {
            call: call(id),
            tenant,
            skill: None,
            since: at("00:00:00"),
            put_back: true,
            awaits_adviser: true,
        }],
        ["handed", id, seat] => vec![
            CallEvent::TalkEnded { ring: ring(id), seat: seat_id(seat), end: TalkEnd::HandedOver },
            go(seat, SeatState::WrapUp),
            CallEvent::CallerQueued {
                call: ring(id).call,
                tenant,
                skill: None,
                since: at("00:00:00"),
                put_back: false,
                awaits_adviser: true,
            },
        ],
        ["lost", id, seat] => vec![
            CallEvent::TalkEnded {
                ring: ring(id),
                seat: seat_id(seat),
                end: TalkEnd::SeatLost(SeatLoss::MediaSilent),
            },
            go(seat, SeatState::Unreachable),
        ],
        ["end", id, outcome] => vec![CallEvent::CallEnded {
            call: call(id),
            tenant,
            outcome: match outcome {
                "answered" => Outcome::Answered,
                "in-guidance" => Outcome::AbandonedInGuidance,
                "in-queue" => Outcome::AbandonedInQueue,
                "while-ringing" => Outcome::AbandonedWhileRinging,
                "after-reception" => Outcome::AbandonedAfterReception,
                "failed" => Outcome::Failed,
                "closed" => Outcome::Closed,
                other => panic!("no such outcome: {other}"),
            },
            phase: if outcome == "answered" { CallPhase::Talking } else { CallPhase::Waiting },
            end: Some(CallerLegEnd::HungUp),
        }],
        ["seat", seat, to] => vec![go(seat, state(to))],
        _ => parties::facts(words, go),
    }
}

fn state(text: &str) -> SeatState {
    match text {
        "out" => SeatState::LoggedOut,
        "ready" => SeatState::Ready,
        "wrap-up" => SeatState::WrapUp,
        "paused" => SeatState::Paused(PauseReason(Name::new("lunch").unwrap())),
        "unreachable" => SeatState::Unreachable,
        other => panic!("no such state: {other}"),
    }
}
