//! What third parties do, in words: `09:00:10 dial 1.1 thai`, `dial 1.2 caller`, `dial 2.1 back`; `party 1.1 aside` is its
//! answer, `party-now 1.1 together` what comes after it. `calls-out 2.1 a1 about 1` is an agent's own call.

use acd_core::{
    CallEvent, CallPhase, CallerLegEnd, Company, Destination, DestinationId, DialledNumber, LegId, Outcome,
    PartyEnd, PartyFailure, PartyId, Pii, SeatId, SeatState, TalkEnd,
};

use super::{call, other_tenant, ring, state, tenant};

pub(super) fn facts(words: &[&str], mut go: impl FnMut(&str, SeatState) -> CallEvent) -> Vec<CallEvent> {
    match *words {
        ["dial", id, whom, ref kind @ ..] => vec![CallEvent::PartyDialled {
            party: party(id),
            tenant: if kind.contains(&"other") { other_tenant() } else { tenant() },
            destination: match whom {
                "caller" => Destination::Caller,
                "back" => Destination::CallBack(number()),
                entry => Destination::Entry(DestinationId::new(entry).unwrap()),
            },
            number: number(),
            takes_line: false,
        }],
        ["party", id, with] => vec![CallEvent::PartyAnswered { party: party(id), company: company(with) }],
        ["party-now", id, with] => vec![CallEvent::PartyMoved { party: party(id), company: company(with) }],
        ["party-hold", id] => vec![CallEvent::HoldStarted { leg: LegId::Party(party(id)) }],
        ["party-gone", id] => vec![CallEvent::PartyEnded { party: party(id), end: PartyEnd::HungUp }],
        ["party-busy", id] => {
            let end = PartyEnd::Failed(PartyFailure::Refused(486));
            vec![CallEvent::PartyEnded { party: party(id), end }]
        }
        ["phase", id, phase] => vec![CallEvent::CallPhaseChanged {
            call: call(id),
            phase: match phase {
                "talking" => CallPhase::Talking,
                "consulting" => CallPhase::Consulting,
                "conference" => CallPhase::Conference,
                "transferred" => CallPhase::Transferred,
                "without-caller" => CallPhase::WithoutCaller,
                other => panic!("no such phase: {other}"),
            },
        }],
        ["queued", id, since] => vec![CallEvent::CallerQueued {
            call: call(id),
            tenant: tenant(),
            skill: None,
            since: super::at(since),
            put_back: true,
            awaits_adviser: false,
        }],
        ["caller-left", id] => {
            vec![CallEvent::CallerLeft { call: call(id), end: CallerLegEnd::HungUp }]
        }
        ["cut-off", id] => vec![CallEvent::CallEnded {
            call: call(id),
            tenant: tenant(),
            outcome: Outcome::Answered,
            phase: CallPhase::Talking,
            end: Some(CallerLegEnd::SessionExpired),
        }],
        ["left", id, seat, then] => {
            let seat_id = SeatId::new(seat).unwrap();
            vec![
                CallEvent::TalkEnded { ring: ring(id), seat: seat_id, end: TalkEnd::Transferred },
                go(seat, state(then)),
            ]
        }
        ["calls-out", id, seat, ref about @ ..] => vec![
            CallEvent::OutboundStarted {
                call: ring(id).call,
                tenant: tenant(),
                seat: SeatId::new(seat).unwrap(),
                about: about.get(1).map(|id| call(id)),
            },
            go(seat, SeatState::Outbound(ring(id))),
        ],
        ["called-out", id, seat, then, reached] => vec![
            go(seat, state(then)),
            CallEvent::OutboundEnded { call: call(id), tenant: tenant(), reached: reached == "reached" },
        ],
        _ => panic!("no such line: {words:?}"),
    }
}

fn party(text: &str) -> PartyId {
    let id = ring(text);
    PartyId { call: id.call, attempt: id.attempt }
}

fn number() -> Pii<DialledNumber> {
    Pii::new(DialledNumber::new("0312345678").unwrap())
}

fn company(text: &str) -> Company {
    match text {
        "together" => Company::Together,
        "aside" => Company::Aside,
        "held" => Company::Held,
        other => panic!("no such company: {other}"),
    }
}
