//! Inputs in words: `call 1 to 0770007119`, `ring 1.1 answers`, `seat s1 pauses lunch`.

use std::time::Duration;

use acd_core::{
    CallCommand, CallId, CallPhase, CallerIdentity, CallerLegEnd, CommandSource, Destination, Input, LegId,
    LegQuality, LocateCondition, OpenCall, OpenRecording, PartyFailure, PartyId, PartyLegEnd, PauseReason,
    Pii, PlayId, RecordingFailure, RequestId, RingFailure, RingId, SeatCommand, SeatId, SeatLegEnd, SeatLoss,
    Supervision, Timestamp, TrunkId, TrunkLoss, WithheldReason,
};

/// Reads one input; `at` tells the instant of a time of day.
pub(crate) fn read(text: &str, at: impl Fn(&str) -> Timestamp) -> Input {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["time", "passes"] => Input::TimePassed,
        ["call", call, rest @ ..] => read_call(call_id(call), rest),
        ["ring", ring, rest @ ..] => read_ring(ring_id(ring), rest),
        ["party", party, rest @ ..] => read_party(party_id(party), rest),
        ["seat", seat, "calls", "out", "as", call, "for", tenant, rest @ ..] => {
            let (whom, about) = match rest {
                [whom @ .., "about", call] => (whom, Some(call_id(call))),
                whom => (whom, None),
            };
            Input::OutboundCommanded {
                call: call_id(call),
                seat: seat.parse().unwrap(),
                tenant: tenant.parse().unwrap(),
                destination: destination(whom),
                about,
                source: CommandSource::Api,
                request: RequestId(9),
            }
        }
        ["supervisor", seat, rest @ ..] => read_supervisor(seat.parse().unwrap(), rest),
        ["seat", seat, rest @ ..] => read_seat(seat.parse().unwrap(), rest),
        ["recording", call, rest @ ..] => read_recording(call_id(call), rest),
        ["node", "starts"] => Input::NodeStarted { down_since: None },
        ["node", "starts", "down", "since", time] => Input::NodeStarted { down_since: Some(at(time)) },
        ["node", "stops"] => Input::NodeStopped,
        ["trunk", trunk, "is", "dead"] => {
            Input::TrunkLost { trunk: trunk.parse().unwrap(), cause: TrunkLoss::NoAnswer }
        }
        ["trunk", trunk, "answers"] => Input::TrunkRestored { trunk: trunk.parse().unwrap() },
        ["gateway", "is", "full"] => Input::OverloadBegan,
        ["gateway", "has", "room,", refused, "turned", "away"] => {
            Input::OverloadEnded { refused: refused.parse().unwrap() }
        }
        ["emergency", "guidance", "of", tenant, prompt, "from", "the", "life", "before"] => {
            Input::GuidanceCommanded {
                tenant: tenant.parse().unwrap(),
                prompt: Some(prompt.parse().unwrap()),
                source: CommandSource::LifeBefore,
                request: RequestId(0),
            }
        }
        ["emergency", "guidance", "of", tenant, prompt] => Input::GuidanceCommanded {
            tenant: tenant.parse().unwrap(),
            prompt: (*prompt != "off").then(|| prompt.parse().unwrap()),
            source: CommandSource::Api,
            request: RequestId(9),
        },
        ["drain"] => Input::DrainRequested,
        ["clock", "stepped", millis] => {
            let step_ms: i64 = millis.parse().unwrap();
            let skipped = Duration::from_millis(u64::try_from(step_ms).unwrap_or(0));
            Input::WallClockStepped { step_ms, skipped }
        }
        ["journal", "stalls"] => Input::JournalStalled,
        ["journal", "recovers"] => Input::JournalRecovered,
        ["open", "call", call, tenant, "waiting"] => Input::CallFoundOpen(OpenCall {
            call: call_id(call),
            tenant: tenant.parse().unwrap(),
            phase: CallPhase::Waiting,
            seat: None,
            ring: None,
            answered: false,
            admitted_at: Timestamp::from_millis(0),
            recording: None,
            parties: [].into(),
        }),
        ["open", "call", call, tenant, "transferred", "with", party] => Input::CallFoundOpen(OpenCall {
            call: call_id(call),
            tenant: tenant.parse().unwrap(),
            phase: CallPhase::Transferred,
            seat: None,
            ring: None,
            answered: true,
            admitted_at: Timestamp::from_millis(0),
            recording: None,
            parties: [party_id(party)].into(),
        }),
        ["open", "call", call, tenant, "out", "with", party] => Input::CallFoundOpen(OpenCall {
            call: call_id(call),
            tenant: tenant.parse().unwrap(),
            phase: CallPhase::Outbound,
            seat: None,
            ring: None,
            answered: true,
            admitted_at: Timestamp::from_millis(0),
            recording: None,
            parties: [party_id(party)].into(),
        }),
        ["open", "call", call, tenant, "talking", seat, ring, rest @ ..] => Input::CallFoundOpen(OpenCall {
            call: call_id(call),
            tenant: tenant.parse().unwrap(),
            phase: CallPhase::Talking,
            seat: Some(seat.parse().unwrap()),
            ring: Some(ring_id(ring)),
            answered: true,
            admitted_at: Timestamp::from_millis(0),
            recording: match rest {
                [] => None,
                ["recorded", "since", time] => {
                    Some(OpenRecording { file: format!("{call}.wav"), since: at(time) })
                }
                _ => panic!("no such recording: {text}"),
            },
            parties: [].into(),
        }),
        _ => panic!("no such input: {text}"),
    }
}

fn read_call(call: CallId, words: &[&str]) -> Input {
    let leg = LegId::Caller(call);
    let commanded =
        |command| Input::CallCommanded { call, command, source: CommandSource::Api, request: RequestId(8) };
    match words {
        ["commanded", "to", "hold"] => commanded(CallCommand::Hold),
        ["commanded", "to", "resume"] => commanded(CallCommand::Resume),
        ["marked", "explained"] => commanded(CallCommand::Explained),
        ["commanded", "to", "hang", "up"] => commanded(CallCommand::HangUp),
        ["commanded", "to", "hand", "over", "to", skill] => {
            commanded(CallCommand::HandOver(skill.parse().unwrap()))
        }
        ["commanded", "to", "dial", whom @ ..] => commanded(CallCommand::Dial(destination(whom))),
        ["commanded", "to", "join"] => commanded(CallCommand::Join),
        ["commanded", "to", "leave"] => commanded(CallCommand::Leave),
        ["commanded", "to", "send", "on", "to", whom @ ..] => {
            commanded(CallCommand::Blind(destination(whom)))
        }
        ["commanded", "to", "drop", party] => commanded(CallCommand::DropParty(party.parse().unwrap())),
        ["commanded", "to", "swap"] => commanded(CallCommand::Swap),
        ["commanded", "to", "release", "the", "caller"] => commanded(CallCommand::ReleaseCaller),
        ["commanded", "to", "show", "the", "number"] => commanded(CallCommand::ShowNumber),
        ["commanded", "to", "let", "a", "supervisor", "listen"] => {
            commanded(CallCommand::Supervise(Supervision::Listen))
        }
        ["commanded", "to", "check", condition, holds] => {
            let condition = match *condition {
                "unresponsive" => LocateCondition::Unresponsive,
                "life_in_danger" => LocateCondition::LifeInDanger,
                "whereabouts_unknown" => LocateCondition::WhereaboutsUnknown,
                other => panic!("no such condition: {other}"),
            };
            commanded(CallCommand::Check(condition, *holds == "yes"))
        }
        ["to", numbers, rest @ ..] => Input::CallArrived {
            call,
            trunk: TrunkId::new("carrier").unwrap(),
            dialled: numbers.split('/').map(|number| number.parse().unwrap()).collect(),
            caller: if rest.contains(&"withheld") {
                CallerIdentity::Withheld(WithheldReason::Withheld)
            } else {
                let number = rest.iter().find_map(|it| it.strip_prefix("from="));
                CallerIdentity::Number(Pii::new(number.unwrap_or("09012345678").into()))
            },
            test: rest.contains(&"test"),
            overloaded: rest.contains(&"overloaded"),
        },
        ["progressed"] => Input::CallerProgressed { call },
        ["cannot", "be", "progressed"] => Input::CallerProgressFailed { call },
        ["connected"] => Input::CallerConnected { call },
        ["cancels"] => Input::CallerLegEnded { call, end: CallerLegEnd::Cancelled },
        ["hangs", "up"] => Input::CallerLegEnded { call, end: CallerLegEnd::HungUp },
        ["released"] => Input::CallerLegEnded { call, end: CallerLegEnd::Released },
        ["ack", "missing"] => Input::CallerLegEnded { call, end: CallerLegEnd::AckMissing },
        ["session", "expired"] => Input::CallerLegEnded { call, end: CallerLegEnd::SessionExpired },
        ["leg", "fails"] => Input::CallerLegEnded { call, end: CallerLegEnd::Failed },
        ["asks", "for", "its", "place", "in", "playout", play] => {
            Input::PlaceAsked { call, play: PlayId(play.parse().unwrap()) }
        }
        ["heard", "it"] => Input::AnnouncementEnded { leg, play: None },
        ["heard", "playout", play] => {
            Input::AnnouncementEnded { leg, play: Some(PlayId(play.parse().unwrap())) }
        }
        ["hears", "nothing", "of", "playout", play] => {
            Input::AnnouncementFailed { leg, play: Some(PlayId(play.parse().unwrap())) }
        }
        ["hears", "nothing"] => Input::AnnouncementFailed { leg, play: None },
        ["presses", digit] => Input::DigitPressed { leg, digit: digit.chars().next().unwrap() },
        ["holds"] => Input::HoldBegan { leg },
        ["resumes"] => Input::HoldEnded { leg },
        ["measured"] => Input::LegMeasured { leg, quality: LegQuality::default() },
        _ => panic!("a call does not do this: {words:?}"),
    }
}

fn read_ring(ring: RingId, words: &[&str]) -> Input {
    let leg = LegId::Seat(ring);
    match words {
        ["progresses"] => Input::RingProgressed { ring },
        ["answers"] => Input::RingAnswered { ring },
        ["refuses", code] => Input::RingFailed { ring, failure: RingFailure::Refused(code.parse().unwrap()) },
        ["unreachable", code] => {
            Input::RingFailed { ring, failure: RingFailure::Unreachable(code.parse().unwrap()) }
        }
        ["cancelled"] => Input::RingFailed { ring, failure: RingFailure::Cancelled },
        ["hangs", "up"] => Input::SeatLegEnded { ring, end: SeatLegEnd::HungUp },
        ["released"] => Input::SeatLegEnded { ring, end: SeatLegEnd::Released },
        ["silent"] => Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(SeatLoss::MediaSilent) },
        ["leg", "fails"] => Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(SeatLoss::LegFailed) },
        ["presses", digit] => Input::DigitPressed { leg, digit: digit.chars().next().unwrap() },
        ["holds"] => Input::HoldBegan { leg },
        ["resumes"] => Input::HoldEnded { leg },
        _ => panic!("a ring does not do this: {words:?}"),
    }
}

fn read_seat(seat: SeatId, words: &[&str]) -> Input {
    let command = match words {
        ["registers"] => return Input::SeatRegistered { seat },
        ["unregisters"] => return Input::SeatUnregistered { seat, loss: SeatLoss::Unregistered },
        ["expires"] => return Input::SeatUnregistered { seat, loss: SeatLoss::RegistrationExpired },
        ["logs", "in"] => SeatCommand::LogIn,
        ["ready"] => SeatCommand::Ready,
        ["pauses", reason] => SeatCommand::Pause(PauseReason(reason.parse().unwrap())),
        ["logs", "out"] => SeatCommand::LogOut,
        _ => panic!("a seat does not do this: {words:?}"),
    };
    Input::SeatCommanded { seat, command, source: CommandSource::StarCode, request: RequestId(7) }
}

fn read_supervisor(supervisor: SeatId, words: &[&str]) -> Input {
    let source = CommandSource::Supervisor(supervisor);
    let of_call = |call: &str, command| Input::CallCommanded {
        call: call_id(call),
        command,
        source,
        request: RequestId(8),
    };
    match words {
        ["listens", "to", call] => of_call(call, CallCommand::Supervise(Supervision::Listen)),
        ["whispers", "in", call] => of_call(call, CallCommand::Supervise(Supervision::Whisper)),
        ["joins", call] => of_call(call, CallCommand::Supervise(Supervision::Join)),
        ["leaves", call] => of_call(call, CallCommand::EndSupervision),
        ["ends", call] => of_call(call, CallCommand::HangUp),
        ["forces", seat, rest @ ..] => {
            let command = match rest {
                ["ready"] => SeatCommand::Ready,
                ["in"] => SeatCommand::LogIn,
                ["out"] => SeatCommand::LogOut,
                ["to", "pause", reason] => SeatCommand::Pause(PauseReason(reason.parse().unwrap())),
                _ => panic!("a supervisor does not force this: {words:?}"),
            };
            Input::SeatCommanded { seat: seat.parse().unwrap(), command, source, request: RequestId(7) }
        }
        _ => panic!("a supervisor does not do this: {words:?}"),
    }
}

fn read_recording(call: CallId, words: &[&str]) -> Input {
    match words {
        ["starts"] => Input::RecordingStarted { call, file: format!("{call}.wav") },
        ["cannot", "be", "made"] => Input::RecordingFailed { call, failure: RecordingFailure::CannotCreate },
        ["loses", "audio"] => Input::RecordingFailed { call, failure: RecordingFailure::WriteFailed },
        ["ends"] => Input::RecordingEnded { call, recorded: Duration::from_secs(1), gaps: Duration::ZERO },
        _ => panic!("a recording does not do this: {words:?}"),
    }
}

fn read_party(party: PartyId, words: &[&str]) -> Input {
    let leg = LegId::Party(party);
    match words {
        ["progresses"] => Input::PartyProgressed { party },
        ["answers"] => Input::PartyAnswered { party },
        ["refuses", code] => {
            Input::PartyFailed { party, failure: PartyFailure::Refused(code.parse().unwrap()) }
        }
        ["unreachable", code] => {
            Input::PartyFailed { party, failure: PartyFailure::Unreachable(code.parse().unwrap()) }
        }
        ["cancelled"] => Input::PartyFailed { party, failure: PartyFailure::Cancelled },
        ["not", "supported"] => Input::PartyFailed { party, failure: PartyFailure::NotSupported },
        ["hangs", "up"] => Input::PartyLegEnded { party, end: PartyLegEnd::HungUp },
        ["released"] => Input::PartyLegEnded { party, end: PartyLegEnd::Released },
        ["leg", "fails"] => Input::PartyLegEnded { party, end: PartyLegEnd::Lost },
        ["presses", digit] => Input::DigitPressed { leg, digit: digit.chars().next().unwrap() },
        ["holds"] => Input::HoldBegan { leg },
        ["resumes"] => Input::HoldEnded { leg },
        ["hears", "nothing"] => Input::AnnouncementFailed { leg, play: None },
        ["hears", "nothing", "of", "playout", play] => {
            Input::AnnouncementFailed { leg, play: Some(PlayId(play.parse().unwrap())) }
        }
        _ => panic!("a party does not do this: {words:?}"),
    }
}

fn destination(words: &[&str]) -> Destination {
    match words {
        ["the", "caller"] => Destination::Caller,
        ["headquarters"] => Destination::Headquarters(None),
        ["headquarters", "of", area] => Destination::Headquarters(Some(area.parse().unwrap())),
        ["number", number] => Destination::Number(Pii::new(number.parse().unwrap())),
        ["back", number] => Destination::CallBack(Pii::new(number.parse().unwrap())),
        [entry] => Destination::Entry(entry.parse().unwrap()),
        _ => panic!("no such destination: {words:?}"),
    }
}

fn party_id(text: &str) -> PartyId {
    let RingId { call, attempt } = ring_id(text);
    PartyId { call, attempt }
}

fn call_id(text: &str) -> CallId {
    CallId(text.parse().unwrap())
}

fn ring_id(text: &str) -> RingId {
    let (call, attempt) = text.split_once('.').expect("a ring is CALL.ATTEMPT");
    RingId { call: call_id(call), attempt: attempt.parse().unwrap() }
}
