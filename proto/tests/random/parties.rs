//! Strategies for third parties, directories and outbound calls.

use std::time::Duration;

use acd_core::plan::{Directory, Duty, Entry, EntryKind, FireHeadquarters, Outbound};
use acd_core::{
    AreaId, CallCommand, CallCommandResult, CallEvent, Company, Destination, DestinationId, DialledNumber,
    Input, LineKind, LocateCondition, PartyEnd, PartyFailure, PartyId, PartyLegEnd, Pii, RequestId,
    Supervision,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{call, caller_leg_end, date, dialled, phase, seat, skill, source, tenant, time_of_day, trunk};

pub(super) fn party() -> impl Strategy<Value = PartyId> {
    (call(), any::<u32>()).prop_map(|(call, attempt)| PartyId { call, attempt })
}

fn entry_name() -> impl Strategy<Value = DestinationId> {
    "[a-z]{1,31}".prop_map(|text| text.parse().expect("a name"))
}

fn area() -> impl Strategy<Value = AreaId> {
    "[a-z0-9]{1,31}".prop_map(|text| text.parse().expect("a name"))
}

fn number() -> impl Strategy<Value = Pii<DialledNumber>> {
    dialled().prop_map(Pii::new)
}

fn destination() -> impl Strategy<Value = Destination> {
    prop_oneof![
        entry_name().prop_map(Destination::Entry),
        of(area()).prop_map(Destination::Headquarters),
        Just(Destination::Caller),
        number().prop_map(Destination::Number),
        number().prop_map(Destination::CallBack),
    ]
}

fn condition() -> impl Strategy<Value = LocateCondition> {
    select(vec![
        LocateCondition::Unresponsive,
        LocateCondition::LifeInDanger,
        LocateCondition::WhereaboutsUnknown,
    ])
}

fn company() -> impl Strategy<Value = Company> {
    select(vec![Company::Together, Company::Aside, Company::Held, Company::Listening, Company::Whispering])
}

fn failure() -> impl Strategy<Value = PartyFailure> {
    prop_oneof![
        any::<u16>().prop_map(PartyFailure::Refused),
        any::<u16>().prop_map(PartyFailure::Unreachable),
        Just(PartyFailure::Cancelled),
        Just(PartyFailure::NotSupported),
    ]
}

fn end() -> impl Strategy<Value = PartyEnd> {
    prop_oneof![
        failure().prop_map(PartyEnd::Failed),
        select(vec![
            PartyEnd::TimedOut,
            PartyEnd::NoLine,
            PartyEnd::HungUp,
            PartyEnd::Lost,
            PartyEnd::Commanded,
            PartyEnd::Alone,
            PartyEnd::NodeOutage,
        ]),
    ]
}

fn result() -> impl Strategy<Value = CallCommandResult> {
    select(vec![
        CallCommandResult::UnknownDestination,
        CallCommandResult::NoOutboundTrunk,
        CallCommandResult::UnknownParty,
        CallCommandResult::TooManyParties,
        CallCommandResult::UnknownSeat,
        CallCommandResult::SeatNotFree,
        CallCommandResult::UnknownTenant,
        CallCommandResult::UnknownSupervisor,
    ])
}

pub(super) fn command() -> impl Strategy<Value = CallCommand> {
    prop_oneof![
        destination().prop_map(CallCommand::Dial),
        destination().prop_map(CallCommand::Blind),
        any::<u32>().prop_map(CallCommand::DropParty),
        (condition(), any::<bool>()).prop_map(|(condition, holds)| CallCommand::Check(condition, holds)),
        select(vec![
            CallCommand::Join,
            CallCommand::Leave,
            CallCommand::Swap,
            CallCommand::ReleaseCaller,
            CallCommand::ShowNumber,
            CallCommand::Supervise(Supervision::Listen),
            CallCommand::Supervise(Supervision::Whisper),
            CallCommand::Supervise(Supervision::Join),
            CallCommand::EndSupervision,
        ]),
    ]
}

pub(super) fn input() -> impl Strategy<Value = Input> {
    let leg_end = select(vec![PartyLegEnd::HungUp, PartyLegEnd::Released, PartyLegEnd::Lost]);
    let request = any::<u64>().prop_map(RequestId);
    prop_oneof![
        party().prop_map(|party| Input::PartyProgressed { party }),
        party().prop_map(|party| Input::PartyAnswered { party }),
        (party(), failure()).prop_map(|(party, failure)| Input::PartyFailed { party, failure }),
        (party(), leg_end).prop_map(|(party, end)| Input::PartyLegEnded { party, end }),
        (call(), seat(), tenant(), destination(), of(call()), source(), request).prop_map(
            |(call, seat, tenant, destination, about, source, request)| Input::OutboundCommanded {
                call,
                seat,
                tenant,
                destination,
                about,
                source,
                request,
            }
        ),
    ]
}

pub(super) fn fact() -> impl Strategy<Value = CallEvent> {
    let line = select(vec![LineKind::Fixed, LineKind::Mobile, LineKind::Ip, LineKind::Unknown]);
    prop_oneof![
        (party(), tenant(), destination(), number(), any::<bool>()).prop_map(
            |(party, tenant, destination, number, takes_line)| CallEvent::PartyDialled {
                party,
                tenant,
                destination,
                number,
                takes_line,
            }
        ),
        (party(), seat(), seat()).prop_map(|(party, supervisor, seat)| CallEvent::SupervisorRung {
            party,
            supervisor,
            seat
        }),
        (party(), company()).prop_map(|(party, company)| CallEvent::PartyAnswered { party, company }),
        (party(), company()).prop_map(|(party, company)| CallEvent::PartyMoved { party, company }),
        (party(), end()).prop_map(|(party, end)| CallEvent::PartyEnded { party, end }),
        (party(), tenant()).prop_map(|(party, tenant)| CallEvent::PartyLineFreed { party, tenant }),
        (call(), destination())
            .prop_map(|(call, destination)| CallEvent::DestinationUnreached { call, destination }),
        (call(), phase()).prop_map(|(call, phase)| CallEvent::CallPhaseChanged { call, phase }),
        (call(), caller_leg_end()).prop_map(|(call, end)| CallEvent::CallerLeft { call, end }),
        (call(), entry_name(), line, of(date())).prop_map(|(call, destination, line, consent_filed_on)| {
            CallEvent::HeadquartersDialled { call, destination, line, consent_filed_on }
        }),
        (call(), seat()).prop_map(|(call, seat)| CallEvent::NumberShown { call, seat }),
        (call(), condition(), any::<bool>())
            .prop_map(|(call, condition, holds)| CallEvent::ConditionChecked { call, condition, holds }),
        (call(), tenant(), seat(), of(call())).prop_map(|(call, tenant, seat, about)| {
            CallEvent::OutboundStarted { call, tenant, seat, about }
        }),
        (call(), tenant(), any::<bool>()).prop_map(|(call, tenant, reached)| CallEvent::OutboundEnded {
            call,
            tenant,
            reached
        }),
        (call(), seat(), tenant(), destination(), source(), result()).prop_map(
            |(call, seat, tenant, destination, source, result)| CallEvent::OutboundCommanded {
                call,
                seat,
                tenant,
                destination,
                source,
                result,
            }
        ),
    ]
}

pub(super) fn outbound() -> impl Strategy<Value = Outbound> {
    (trunk(), any::<bool>(), dialled()).prop_map(|(trunk, takes_lines, shown)| Outbound {
        trunk,
        takes_lines,
        shown,
    })
}

pub(super) fn directory() -> impl Strategy<Value = Directory> {
    (btree_map(entry_name(), entry(), 0..3), btree_map(dialled(), entry_name(), 0..3), any::<bool>())
        .prop_map(|(entries, mapped, free_dialling)| Directory { entries, mapped, free_dialling })
}

fn entry() -> impl Strategy<Value = Entry> {
    let fire = (btree_set(area(), 0..3), btree_set(dialled(), 0..3), of(date()), of(date()), of(dialled()))
        .prop_map(|(municipalities, area_codes, verified_on, consent_filed_on, underlying_number)| {
            EntryKind::FireHeadquarters(FireHeadquarters {
                municipalities,
                area_codes,
                verified_on,
                consent_filed_on,
                underlying_number,
            })
        });
    let kind = prop_oneof![
        fire,
        btree_set(skill(), 0..3).prop_map(|languages| EntryKind::Interpreter { languages }),
        Just(EntryKind::Doctors),
        Just(EntryKind::Staff),
        tenant().prop_map(EntryKind::Tenant),
    ];
    let duty = ((date(), time_of_day()), (date(), time_of_day()), number())
        .prop_map(|(from, to, number)| Duty { from, to, number });
    let ring = any::<u64>().prop_map(Duration::from_millis);
    ("\\PC*", kind, vec(duty, 0..3), vec(number(), 0..3), ring, of(number())).prop_map(
        |(title, kind, duties, numbers, ring, emergency_contact)| Entry {
            title,
            kind,
            duties,
            numbers,
            ring,
            emergency_contact,
        },
    )
}
