//! Strategies for every input, fact and plan.

mod parties;

use std::time::Duration;

use acd_core::plan::{
    Band, Capacity, Choice, ChoiceOption, DateRange, DayKind, Guidance, LinesFullRefusal, Login, Number,
    Overflow, OverflowCause, PlaceAnnouncements, Plan, PoolShare, RecordingPolicy, Seat, Staffing,
    StaffingSeats, Tenant, Waiting,
};
use acd_core::{
    AlarmKind, CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd,
    CivilDate, CommandSource, DialledNumber, Input, LegId, LegQuality, LineUse, OpenCall, OpenRecording,
    Outcome, PauseReason, Pii, PlanSource, PlayId, PromptId, RecordingFailure, RefusalReason, RequestId,
    RingEnd, RingFailure, RingId, SeatCommand, SeatCommandResult, SeatId, SeatLegEnd, SeatLoss, SeatState,
    SkillId, TalkEnd, TenantId, TimeOfDay, Timestamp, TrunkId, UnexpectedInput, WithheldReason,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

macro_rules! names {
    ($($function:ident => $of:ty),+ $(,)?) => {$(
        fn $function() -> impl Strategy<Value = $of> {
            "[a-zA-Z0-9_.-]{1,31}".prop_map(|text| text.parse::<$of>().expect("a name"))
        }
    )+};
}

names!(
    tenant => TenantId,
    seat => SeatId,
    skill => SkillId,
    trunk => TrunkId,
    prompt => PromptId,
    pool => acd_core::PoolId,
    dialled => DialledNumber,
    name => acd_core::Name,
);

fn call() -> impl Strategy<Value = CallId> + Clone {
    any::<u64>().prop_map(CallId)
}

fn play() -> impl Strategy<Value = PlayId> {
    any::<u32>().prop_map(PlayId)
}

fn ring() -> impl Strategy<Value = RingId> {
    (call(), any::<u32>()).prop_map(|(call, attempt)| RingId { call, attempt })
}

fn leg() -> impl Strategy<Value = LegId> {
    prop_oneof![
        call().prop_map(LegId::Caller),
        ring().prop_map(LegId::Seat),
        parties::party().prop_map(LegId::Party)
    ]
}

fn instant() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_millis)
}

fn span() -> impl Strategy<Value = Duration> {
    any::<u64>().prop_map(Duration::from_millis)
}

fn time_of_day() -> impl Strategy<Value = TimeOfDay> {
    (0_u32..24, 0_u32..60).prop_map(|(hour, minute)| TimeOfDay::from_hm(hour, minute).expect("a time"))
}

fn date() -> impl Strategy<Value = CivilDate> {
    (-100_000_i64..100_000).prop_map(CivilDate::from_days)
}

fn caller() -> impl Strategy<Value = CallerIdentity> {
    prop_oneof![
        any::<String>().prop_map(|number| CallerIdentity::Number(Pii::new(number))),
        select(vec![
            WithheldReason::Withheld,
            WithheldReason::Payphone,
            WithheldReason::ServiceConflict,
            WithheldReason::OutOfArea,
        ])
        .prop_map(CallerIdentity::Withheld),
    ]
}

fn caller_leg_end() -> impl Strategy<Value = CallerLegEnd> {
    select(vec![
        CallerLegEnd::Cancelled,
        CallerLegEnd::HungUp,
        CallerLegEnd::Released,
        CallerLegEnd::AckMissing,
        CallerLegEnd::SessionExpired,
        CallerLegEnd::Failed,
    ])
}

fn ring_failure() -> impl Strategy<Value = RingFailure> {
    prop_oneof![
        any::<u16>().prop_map(RingFailure::Refused),
        any::<u16>().prop_map(RingFailure::Unreachable),
        Just(RingFailure::Cancelled),
    ]
}

fn seat_loss() -> impl Strategy<Value = SeatLoss> {
    select(vec![
        SeatLoss::RegistrationExpired,
        SeatLoss::Unregistered,
        SeatLoss::LegFailed,
        SeatLoss::MediaSilent,
    ])
}

fn command() -> impl Strategy<Value = SeatCommand> {
    prop_oneof![
        Just(SeatCommand::LogIn),
        Just(SeatCommand::Ready),
        name().prop_map(|name| SeatCommand::Pause(PauseReason(name))),
        Just(SeatCommand::LogOut),
    ]
}

fn call_command() -> impl Strategy<Value = CallCommand> {
    prop_oneof![
        select(vec![CallCommand::Hold, CallCommand::Resume, CallCommand::HangUp]),
        skill().prop_map(CallCommand::HandOver),
        parties::command(),
    ]
}

fn plan_source() -> impl Strategy<Value = PlanSource> {
    select(vec![PlanSource::Start, PlanSource::Signal, PlanSource::Api])
}

fn source() -> impl Strategy<Value = CommandSource> {
    prop_oneof![
        select(vec![
            CommandSource::StarCode,
            CommandSource::Api,
            CommandSource::Console,
            CommandSource::LifeBefore,
            CommandSource::NewPlan
        ]),
        seat().prop_map(CommandSource::Supervisor),
    ]
}

fn recording_failure() -> impl Strategy<Value = RecordingFailure> {
    select(vec![RecordingFailure::CannotCreate, RecordingFailure::WriteFailed, RecordingFailure::Overrun])
}

fn phase() -> impl Strategy<Value = CallPhase> {
    select(vec![
        CallPhase::Arriving,
        CallPhase::Guidance,
        CallPhase::Waiting,
        CallPhase::Ringing,
        CallPhase::Talking,
        CallPhase::Consulting,
        CallPhase::Conference,
        CallPhase::Transferred,
        CallPhase::WithoutCaller,
        CallPhase::Outbound,
        CallPhase::Closed,
        CallPhase::Closing,
    ])
}

fn ring_end() -> impl Strategy<Value = RingEnd> {
    prop_oneof![
        Just(RingEnd::Answered),
        ring_failure().prop_map(RingEnd::Failed),
        Just(RingEnd::TimedOut),
        Just(RingEnd::CallerGone),
        Just(RingEnd::SeatLost),
    ]
}

fn seat_state() -> impl Strategy<Value = SeatState> {
    prop_oneof![
        Just(SeatState::LoggedOut),
        Just(SeatState::Ready),
        ring().prop_map(SeatState::Ringing),
        ring().prop_map(SeatState::Talking),
        ring().prop_map(SeatState::Outbound),
        Just(SeatState::WrapUp),
        name().prop_map(|name| SeatState::Paused(PauseReason(name))),
        ring_end().prop_map(SeatState::NotAnswering),
        Just(SeatState::Unreachable),
    ]
}

fn trunk_loss() -> impl Strategy<Value = acd_core::TrunkLoss> {
    select(vec![acd_core::TrunkLoss::NoAnswer, acd_core::TrunkLoss::Transport])
}

fn announcement_kind() -> impl Strategy<Value = acd_core::AnnouncementKind> {
    use acd_core::AnnouncementKind::{Busy, Choice, Closed, Music, Waiting};
    select(vec![Choice, Waiting, Music, Closed, Busy])
}

fn guidance_result() -> impl Strategy<Value = acd_core::GuidanceCommandResult> {
    use acd_core::GuidanceCommandResult::{Done, UnknownTenant};
    select(vec![Done, UnknownTenant])
}

fn quality() -> impl Strategy<Value = LegQuality> {
    (any::<[u64; 5]>(), any::<u32>()).prop_map(|(packets, jitter_us)| LegQuality {
        packets_received: packets[0],
        packets_sent: packets[1],
        packets_lost: packets[2],
        packets_discarded: packets[3],
        jitter_us,
        remote_packets_lost: packets[4],
    })
}

fn capacity() -> impl Strategy<Value = Capacity> {
    any::<(u16, u16)>().prop_map(|(seat_lines, guidance_lines)| Capacity { seat_lines, guidance_lines })
}

fn open_call() -> impl Strategy<Value = OpenCall> {
    let recording = of(("\\PC*", instant()).prop_map(|(file, since)| OpenRecording { file, since }));
    (
        call(),
        tenant(),
        phase(),
        of(seat()),
        of(ring()),
        any::<bool>(),
        instant(),
        recording,
        vec(parties::party(), 0..3),
    )
        .prop_map(|(call, tenant, phase, seat, ring, answered, admitted_at, recording, parties)| {
            OpenCall {
                call,
                tenant,
                phase,
                seat,
                ring,
                answered,
                admitted_at,
                recording,
                parties: parties.into(),
            }
        })
}

pub(crate) fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::TimePassed),
        (plan(), plan_source(), of(any::<String>())).prop_map(|(plan, by, who)| Input::PlanApplied {
            plan: Box::new(plan),
            by,
            who
        }),
        of(instant()).prop_map(|down_since| Input::NodeStarted { down_since }),
        open_call().prop_map(Input::CallFoundOpen),
        Just(Input::DrainRequested),
        Just(Input::NodeStopped),
        (any::<i64>(), span()).prop_map(|(step_ms, skipped)| Input::WallClockStepped { step_ms, skipped }),
        Just(Input::JournalStalled),
        Just(Input::JournalRecovered),
        (call(), trunk(), vec(dialled(), 0..4), caller(), any::<bool>(), any::<bool>()).prop_map(
            |(call, trunk, dialled, caller, test, overloaded)| Input::CallArrived {
                call,
                trunk,
                dialled: dialled.into(),
                caller,
                test,
                overloaded,
            }
        ),
        call().prop_map(|call| Input::CallerProgressed { call }),
        call().prop_map(|call| Input::CallerProgressFailed { call }),
        (trunk(), trunk_loss()).prop_map(|(trunk, cause)| Input::TrunkLost { trunk, cause }),
        Just(Input::OverloadBegan),
        any::<u64>().prop_map(|refused| Input::OverloadEnded { refused }),
        trunk().prop_map(|trunk| Input::TrunkRestored { trunk }),
        (tenant(), of(prompt()), source(), any::<u64>().prop_map(RequestId)).prop_map(
            |(tenant, prompt, source, request)| Input::GuidanceCommanded { tenant, prompt, source, request }
        ),
        call().prop_map(|call| Input::CallerConnected { call }),
        (call(), caller_leg_end()).prop_map(|(call, end)| Input::CallerLegEnded { call, end }),
        (leg(), of(play())).prop_map(|(leg, play)| Input::AnnouncementEnded { leg, play }),
        (leg(), of(play())).prop_map(|(leg, play)| Input::AnnouncementFailed { leg, play }),
        (call(), play()).prop_map(|(call, play)| Input::PlaceAsked { call, play }),
        (leg(), any::<char>()).prop_map(|(leg, digit)| Input::DigitPressed { leg, digit }),
        leg().prop_map(|leg| Input::HoldBegan { leg }),
        leg().prop_map(|leg| Input::HoldEnded { leg }),
        ring().prop_map(|ring| Input::RingProgressed { ring }),
        ring().prop_map(|ring| Input::RingAnswered { ring }),
        (ring(), ring_failure()).prop_map(|(ring, failure)| Input::RingFailed { ring, failure }),
        (
            ring(),
            prop_oneof![
                Just(SeatLegEnd::HungUp),
                Just(SeatLegEnd::Released),
                seat_loss().prop_map(SeatLegEnd::Lost)
            ]
        )
            .prop_map(|(ring, end)| Input::SeatLegEnded { ring, end }),
        seat().prop_map(|seat| Input::SeatRegistered { seat }),
        (seat(), seat_loss()).prop_map(|(seat, loss)| Input::SeatUnregistered { seat, loss }),
        (seat(), command(), source(), any::<u64>().prop_map(RequestId)).prop_map(
            |(seat, command, source, request)| Input::SeatCommanded { seat, command, source, request }
        ),
        (call(), call_command(), source(), any::<u64>().prop_map(RequestId)).prop_map(
            |(call, command, source, request)| Input::CallCommanded { call, command, source, request }
        ),
        parties::input(),
        (call(), any::<String>()).prop_map(|(call, file)| Input::RecordingStarted { call, file }),
        (call(), recording_failure()).prop_map(|(call, failure)| Input::RecordingFailed { call, failure }),
        (call(), span(), span()).prop_map(|(call, recorded, gaps)| Input::RecordingEnded {
            call,
            recorded,
            gaps
        }),
        (leg(), quality()).prop_map(|(leg, quality)| Input::LegMeasured { leg, quality }),
    ]
}

pub(crate) fn fact() -> impl Strategy<Value = CallEvent> {
    prop_oneof![
        parties::fact(),
        node_fact(),
        line_fact(),
        call_fact(),
        talk_fact(),
        seat_fact(),
        media_fact()
    ]
}

fn node_fact() -> impl Strategy<Value = CallEvent> {
    let alarm = select(vec![
        AlarmKind::NobodyLoggedIn,
        AlarmKind::WaitTooLong,
        AlarmKind::CallOutsideHours,
        AlarmKind::NobodyReached,
        AlarmKind::CallsMissing,
        AlarmKind::TrunkLost,
        AlarmKind::Overload,
        AlarmKind::NoReachableSeat,
        AlarmKind::RecordingFailed,
        AlarmKind::JournalDegraded,
    ]);
    let unexpected = select(vec![
        UnexpectedInput::CallDuplicate,
        UnexpectedInput::CallUnknown,
        UnexpectedInput::RingOver,
        UnexpectedInput::PartyOver,
        UnexpectedInput::SeatUnknown,
        UnexpectedInput::OutOfPhase,
        UnexpectedInput::TimeBackwards,
    ]);
    prop_oneof![
        (any::<(u32, u32)>(), plan_source(), of(any::<String>()), btree_map(tenant(), date(), 0..3))
            .prop_map(|((tenants, seats), by, who, lines_reported_on)| CallEvent::PlanApplied {
                tenants,
                seats,
                by,
                who,
                lines_reported_on,
            }),
        Just(CallEvent::NodeStarted),
        (instant(), instant()).prop_map(|(from, to)| CallEvent::NodeOutage { from, to }),
        Just(CallEvent::DrainStarted),
        (trunk(), trunk_loss()).prop_map(|(trunk, cause)| CallEvent::TrunkLost { trunk, cause }),
        Just(CallEvent::OverloadStarted),
        any::<u64>().prop_map(|refused| CallEvent::OverloadEnded { refused }),
        trunk().prop_map(|trunk| CallEvent::TrunkRestored { trunk }),
        Just(CallEvent::NodeStopped),
        (any::<i64>(), span())
            .prop_map(|(step_ms, skipped)| CallEvent::WallClockStepped { step_ms, skipped }),
        Just(CallEvent::JournalDegraded),
        Just(CallEvent::JournalRestored),
        (alarm, of(tenant()), of(call())).prop_map(|(kind, tenant, call)| CallEvent::AlarmRaised {
            kind,
            tenant,
            call
        }),
        (unexpected, of(call())).prop_map(|(input, call)| CallEvent::InputUnexpected { input, call }),
    ]
}

const fn line_use(lines: [u32; 8]) -> LineUse {
    LineUse {
        guidance: lines[0],
        waiting: lines[1],
        ringing: lines[2],
        talking: lines[3],
        transferred: lines[4],
        closing: lines[5],
        outbound: lines[7],
    }
}

fn line_fact() -> impl Strategy<Value = CallEvent> {
    prop_oneof![
        (tenant(), of(capacity()))
            .prop_map(|(tenant, capacity)| CallEvent::CapacityChanged { tenant, capacity }),
        (tenant(), any::<[u32; 8]>()).prop_map(|(tenant, lines)| CallEvent::BlockageStarted {
            tenant,
            lines: line_use(lines),
            lent: lines[6],
        }),
        tenant().prop_map(|tenant| CallEvent::BlockageEnded { tenant }),
        tenant().prop_map(|tenant| CallEvent::NoReachableSeatStarted { tenant }),
        tenant().prop_map(|tenant| CallEvent::NoReachableSeatEnded { tenant }),
        (tenant(), of(prompt()), source(), guidance_result()).prop_map(|(tenant, prompt, source, result)| {
            CallEvent::GuidanceCommanded { tenant, prompt, source, result }
        }),
        (tenant(), any::<[u32; 8]>())
            .prop_map(|(tenant, lines)| CallEvent::SeatLinesFullStarted { tenant, lines: line_use(lines) }),
        tenant().prop_map(|tenant| CallEvent::SeatLinesFullEnded { tenant }),
        (tenant(), of(skill()), any::<u32>(), any::<u32>()).prop_map(|(tenant, skill, wanted, staffed)| {
            CallEvent::StaffingShort { tenant, skill, wanted, staffed }
        }),
        (tenant(), of(skill())).prop_map(|(tenant, skill)| CallEvent::StaffingRestored { tenant, skill }),
    ]
}

fn overflow_cause() -> impl Strategy<Value = OverflowCause> {
    select(vec![OverflowCause::Closed, OverflowCause::NobodyLoggedIn, OverflowCause::WaitTooLong])
}

fn overflow() -> impl Strategy<Value = Overflow> {
    (tenant(), btree_set(overflow_cause(), 0..3)).prop_map(|(to, on)| Overflow { to, on })
}

fn call_fact() -> impl Strategy<Value = CallEvent> {
    let refusal = select(vec![
        RefusalReason::UnknownNumber,
        RefusalReason::LinesFull,
        RefusalReason::Closed,
        RefusalReason::Draining,
        RefusalReason::Overload,
    ]);
    let outcome = select(vec![
        Outcome::Closed,
        Outcome::AbandonedInGuidance,
        Outcome::AbandonedInQueue,
        Outcome::AbandonedWhileRinging,
        Outcome::AbandonedAfterReception,
        Outcome::Answered,
        Outcome::Failed,
    ]);
    prop_oneof![
        (call(), tenant(), trunk(), dialled(), caller(), any::<(bool, bool, u32, u32)>()).prop_map(
            |(call, tenant, trunk, dialled, caller, (test, closed, lines_in_use, capacity))| {
                CallEvent::CallAdmitted {
                    call,
                    tenant,
                    trunk,
                    dialled,
                    caller,
                    test,
                    closed,
                    lines_in_use,
                    capacity,
                }
            }
        ),
        (call(), of(tenant()), trunk(), of(dialled()), caller(), refusal, any::<bool>()).prop_map(
            |(call, tenant, trunk, dialled, caller, reason, test)| CallEvent::CallRefused {
                call,
                tenant,
                trunk,
                dialled,
                caller,
                reason,
                test,
            }
        ),
        call().prop_map(|call| CallEvent::CallerConnected { call }),
        call().prop_map(|call| CallEvent::GuidanceStarted { call }),
        call().prop_map(|call| CallEvent::GuidanceCompleted { call }),
        call().prop_map(|call| CallEvent::GuidanceFailed { call }),
        call().prop_map(|call| CallEvent::CallerProgressFailed { call }),
        (leg(), announcement_kind())
            .prop_map(|(leg, announcement)| CallEvent::AnnouncementFailed { leg, announcement }),
        (call(), caller_leg_end()).prop_map(|(call, end)| CallEvent::RefusalFailed { call, end }),
        (call(), of(any::<u16>())).prop_map(|(call, place)| CallEvent::PlaceSaid { call, place }),
        call().prop_map(|call| CallEvent::ChoiceStarted { call }),
        (call(), of(any::<char>())).prop_map(|(call, key)| CallEvent::ChoiceMade { call, key }),
        (call(), tenant(), of(skill()), instant(), any::<(bool, bool)>()).prop_map(
            |(call, tenant, skill, since, (put_back, awaits_adviser))| CallEvent::CallerQueued {
                call,
                tenant,
                skill,
                since,
                put_back,
                awaits_adviser,
            }
        ),
        (call(), tenant(), tenant(), overflow_cause())
            .prop_map(|(call, tenant, to, cause)| CallEvent::CallOverflowed { call, tenant, to, cause }),
        (call(), tenant(), outcome, phase(), of(caller_leg_end())).prop_map(
            |(call, tenant, outcome, phase, end)| CallEvent::CallEnded { call, tenant, outcome, phase, end }
        ),
    ]
}

fn talk_fact() -> impl Strategy<Value = CallEvent> {
    let talk_end = prop_oneof![
        Just(TalkEnd::CallerEnded),
        Just(TalkEnd::SeatEnded),
        seat_loss().prop_map(TalkEnd::SeatLost),
        Just(TalkEnd::Commanded),
        Just(TalkEnd::HandedOver),
        Just(TalkEnd::Transferred),
        Just(TalkEnd::PartyEnded),
        Just(TalkEnd::NodeOutage),
    ];
    let result = select(vec![
        CallCommandResult::Done,
        CallCommandResult::UnknownCall,
        CallCommandResult::OutOfPhase,
        CallCommandResult::UnknownSkill,
        CallCommandResult::Forbidden,
        CallCommandResult::LinesFull,
        CallCommandResult::Draining,
    ]);
    prop_oneof![
        (ring(), seat()).prop_map(|(ring, seat)| CallEvent::RingStarted { ring, seat }),
        (ring(), seat(), ring_end()).prop_map(|(ring, seat, end)| CallEvent::RingEnded { ring, seat, end }),
        (ring(), seat()).prop_map(|(ring, seat)| CallEvent::CallAnswered { ring, seat }),
        (ring(), seat(), talk_end).prop_map(|(ring, seat, end)| CallEvent::TalkEnded { ring, seat, end }),
        leg().prop_map(|leg| CallEvent::HoldStarted { leg }),
        leg().prop_map(|leg| CallEvent::HoldEnded { leg }),
        (leg(), any::<char>()).prop_map(|(leg, digit)| CallEvent::DigitPressed { leg, digit }),
        (call(), call_command(), source(), result).prop_map(|(call, command, source, result)| {
            CallEvent::CallCommanded { call, command, source, result }
        }),
    ]
}

fn seat_fact() -> impl Strategy<Value = CallEvent> {
    let result = select(vec![
        SeatCommandResult::Done,
        SeatCommandResult::Deferred,
        SeatCommandResult::UnknownSeat,
        SeatCommandResult::NotLoggedIn,
        SeatCommandResult::NotReachable,
        SeatCommandResult::Busy,
        SeatCommandResult::Supervising,
        SeatCommandResult::UnknownSupervisor,
    ]);
    prop_oneof![
        (seat(), seat_state(), seat_state()).prop_map(|(seat, from, to)| CallEvent::SeatStateChanged {
            seat,
            from,
            to
        }),
        seat().prop_map(|seat| CallEvent::SeatRegistered { seat }),
        (seat(), seat_loss()).prop_map(|(seat, loss)| CallEvent::SeatUnregistered { seat, loss }),
        (seat(), command(), source(), result).prop_map(|(seat, command, source, result)| {
            CallEvent::SeatCommanded { seat, command, source, result }
        }),
    ]
}

fn media_fact() -> impl Strategy<Value = CallEvent> {
    prop_oneof![
        (call(), any::<String>()).prop_map(|(call, file)| CallEvent::RecordingStarted { call, file }),
        call().prop_map(|call| CallEvent::RecordingOff { call }),
        (call(), recording_failure())
            .prop_map(|(call, failure)| CallEvent::RecordingFailed { call, failure }),
        (call(), span(), span()).prop_map(|(call, recorded, gaps)| CallEvent::RecordingEnded {
            call,
            recorded,
            gaps
        }),
        (leg(), quality()).prop_map(|(leg, quality)| CallEvent::LegMeasured { leg, quality }),
    ]
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let pools = btree_map(pool(), any::<u16>(), 0..3);
    (
        btree_map(tenant(), plan_tenant(), 0..3),
        btree_map(seat(), plan_seat(), 0..3),
        btree_set(date(), 0..4),
        pools,
    )
        .prop_map(|(tenants, seats, holidays, pools)| Plan { tenants, seats, holidays, pools })
}

fn plan_tenant() -> impl Strategy<Value = Tenant> {
    let announcement =
        (prompt(), any::<u16>()).prop_map(|(prompt, lines)| LinesFullRefusal::Announcement { prompt, lines });
    let refusal = prop_oneof![
        Just(LinesFullRefusal::BusyHere),
        span().prop_map(LinesFullRefusal::RetryAfter),
        announcement
    ];
    let waiting = (prompt(), of(prompt()), span()).prop_map(|(message, music, message_every)| Waiting {
        message,
        music,
        message_every,
    });
    let share = (pool(), any::<u16>(), any::<u16>()).prop_map(|(pool, reserved, max)| PoolShare {
        pool,
        reserved,
        max,
    });
    let lines = (time_of_day(), vec(band(), 0..4), vec(range(), 0..3), refusal, any::<u16>(), of(share));
    let places = (vec(prompt(), 0..3), of(prompt()))
        .prop_map(|(places, beyond)| PlaceAnnouncements { places: places.into(), beyond });
    let hold = (of(prompt()), of(places));
    let sound = (of(prompt()), waiting, hold, any::<bool>(), span(), of(span()));
    let skills = (of(skill()), btree_map(skill(), any::<String>(), 0..3), of(overflow()));
    let seats = prop_oneof![Just(StaffingSeats::SeatLines), any::<u16>().prop_map(StaffingSeats::Count)];
    let promise = (of(skill()), seats).prop_map(|(skill, seats)| Staffing { skill, seats });
    let beyond = (of(parties::outbound()), parties::directory(), vec(promise, 0..3), of(date()));
    let queue = (span(), of(span()), skills, of(any::<u16>()), beyond);
    (any::<(String, i32)>(), btree_map(dialled(), number(), 0..3), lines, sound, queue).prop_map(
        |((title, utc_offset_minutes), numbers, lines, sound, queue)| {
            let (day_start, bands, ranges, refusal, closed_lines, pool) = lines;
            let (
                closed_announcement,
                waiting,
                (hold_music, places),
                early_media,
                guidance_delay,
                expect_calls_within,
            ) = sound;
            let (ring, max_wait, (entry_skill, hand_over, overflow), response_rate_target_permille, beyond) =
                queue;
            let (outbound, directory, staffing, lines_reported_on) = beyond;
            Tenant {
                title,
                utc_offset_minutes,
                numbers,
                day_start,
                bands,
                ranges,
                pool,
                refusal,
                closed_lines,
                closed_announcement,
                early_media,
                guidance_delay,
                expect_calls_within,
                waiting,
                places,
                hold_music,
                ring,
                max_wait,
                entry_skill,
                hand_over,
                overflow,
                outbound,
                directory,
                staffing,
                response_rate_target_permille,
                lines_reported_on,
            }
        },
    )
}

fn choice() -> impl Strategy<Value = Choice> {
    let option = (of(skill()), of(prompt())).prop_map(|(skill, guidance)| ChoiceOption { skill, guidance });
    (prompt(), any::<bool>(), span(), btree_map(any::<char>(), option, 0..3)).prop_map(
        |(prompt, before_guidance, patience, options)| Choice { prompt, before_guidance, patience, options },
    )
}

fn number() -> impl Strategy<Value = Number> {
    (
        prop_oneof![prompt().prop_map(Guidance::Tape), Just(Guidance::Spoken), Just(Guidance::None)],
        select(vec![RecordingPolicy::FromAnswer, RecordingPolicy::FromCaller, RecordingPolicy::Off]),
        of(choice()),
    )
        .prop_map(|(guidance, recording, choice)| Number { guidance, recording, choice })
}

fn band() -> impl Strategy<Value = Band> {
    let day = prop_oneof![
        any::<u16>().prop_map(DayKind::Range),
        Just(DayKind::Holiday),
        Just(DayKind::Sunday),
        Just(DayKind::Saturday),
        Just(DayKind::Weekday),
    ];
    (btree_set(day, 0..5), time_of_day(), time_of_day(), of(capacity()))
        .prop_map(|(days, from, to, capacity)| Band { days, from, to, capacity })
}

fn range() -> impl Strategy<Value = DateRange> {
    (any::<String>(), any::<[u8; 4]>(), time_of_day(), time_of_day(), of(any::<i32>())).prop_map(
        |(name, days, from, to, year)| DateRange {
            name,
            from: (days[0], days[1], from),
            to: (days[2], days[3], to),
            year,
        },
    )
}

fn plan_seat() -> impl Strategy<Value = Seat> {
    (
        btree_map(tenant(), any::<u16>(), 0..3),
        btree_set(skill(), 0..3),
        select(vec![Login::ByCommand, Login::OnRegister, Login::Always]),
        any::<bool>(),
        (of(span()), of(span()), of(span())),
    )
        .prop_map(|(serves, skills, login, static_contact, waits)| Seat {
            serves,
            skills,
            login,
            static_contact,
            wrap_up_max: waits.0,
            not_answering_retry: waits.1,
            unreachable_retry: waits.2,
        })
}
