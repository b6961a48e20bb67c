//! Facts and orders in words.

use acd_core::{
    Announcement, CallEvent, CallerIdentity, CivilTime, CommandSource, Company, Destination, Effect, LegId,
    PartyEnd, PlanSource, RingEnd, RingFailure, SeatState, SkillId, TalkEnd, Timestamp,
};

const UTC_OFFSET_MINUTES: i32 = 540;

/// `09:00:15.250`, or `09:00:15` on the full second.
pub(crate) fn time(at: Timestamp) -> String {
    let CivilTime { time, .. } = at.civil(UTC_OFFSET_MINUTES);
    let (seconds, millis) = (time.as_millis() / 1_000, time.as_millis() % 1_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if millis == 0 { clock } else { format!("{clock}.{millis:03}") }
}

/// A fact in words.
pub(crate) fn fact(event: &CallEvent) -> String {
    match event {
        CallEvent::PlanApplied { tenants, seats, by, who, lines_reported_on } => {
            let by = match by {
                PlanSource::Start => String::new(),
                PlanSource::Signal | PlanSource::Api => format!(", by {by:?}"),
            };
            let who = who.as_ref().map(|who| format!(" ({who})")).unwrap_or_default();
            let reported = |(tenant, day)| format!(", lines of {tenant} reported on {day}");
            let reported: String = lines_reported_on.iter().map(reported).collect();
            format!("plan in force: {tenants} tenants, {seats} seats{by}{who}{reported}")
        }
        CallEvent::NodeStarted => "calls are taken".into(),
        CallEvent::NodeOutage { from, to } => format!("outage from {} to {}", time(*from), time(*to)),
        CallEvent::TrunkLost { trunk, cause } => format!("OUTAGE of trunk {trunk} begins: {cause:?}"),
        CallEvent::TrunkRestored { trunk } => format!("OUTAGE of trunk {trunk} ends"),
        CallEvent::OverloadStarted => "OUTAGE by overload begins".into(),
        CallEvent::OverloadEnded { refused } => {
            format!("OUTAGE by overload ends: {refused} turned away unread")
        }
        CallEvent::NoReachableSeatStarted { tenant } => {
            format!("OUTAGE of {tenant} begins: no reachable seat")
        }
        CallEvent::NoReachableSeatEnded { tenant } => format!("OUTAGE of {tenant} ends"),
        CallEvent::GuidanceCommanded { tenant, prompt, result, source } => {
            let prompt = prompt.map_or_else(|| "off".into(), |it| it.to_string());
            let commanded = match source {
                CommandSource::LifeBefore => "as before",
                CommandSource::NewPlan => "by the new plan",
                CommandSource::StarCode
                | CommandSource::Api
                | CommandSource::Console
                | CommandSource::Supervisor(_) => "commanded",
            };
            format!("emergency guidance of {tenant} {commanded}: {prompt}: {result:?}")
        }
        CallEvent::DrainStarted => "no new calls are taken".into(),
        CallEvent::NodeStopped => "the switch has stopped".into(),
        CallEvent::WallClockStepped { step_ms, skipped } => {
            format!("the clock was stepped by {step_ms} ms; stamps skip {} ms", skipped.as_millis())
        }
        CallEvent::JournalDegraded => "the journal cannot keep up".into(),
        CallEvent::JournalRestored => "the journal keeps up again".into(),
        CallEvent::AlarmRaised { kind, tenant, call } => {
            let tenant = tenant.map(|it| format!(", {it}")).unwrap_or_default();
            let call = call.map(|it| format!(", call {it}")).unwrap_or_default();
            format!("ALARM {kind:?}{tenant}{call}")
        }
        CallEvent::CapacityChanged { tenant, capacity: Some(it) } => {
            format!("{tenant} has {}+{} lines", it.seat_lines, it.guidance_lines)
        }
        CallEvent::CapacityChanged { tenant, capacity: None } => format!("{tenant} is closed"),
        CallEvent::BlockageStarted { tenant, lines, lent } => {
            let lent = if *lent > 0 { format!("; {lent} lent") } else { String::new() };
            let more = |count: u32, what: &str| match count {
                0 => String::new(),
                count => format!(", {count} {what}"),
            };
            format!(
                "BLOCKAGE of {tenant} begins: {} guidance, {} waiting, {} ringing, {} talking, {} closing{}{}{lent}",
                lines.guidance,
                lines.waiting,
                lines.ringing,
                lines.talking,
                lines.closing,
                more(lines.transferred, "transferred"),
                more(lines.outbound, "outbound"),
            )
        }
        CallEvent::BlockageEnded { tenant } => format!("BLOCKAGE of {tenant} ends"),
        CallEvent::SeatLinesFullStarted { tenant, .. } => format!("seat lines of {tenant} are full"),
        CallEvent::SeatLinesFullEnded { tenant } => format!("a seat line of {tenant} is free again"),
        CallEvent::StaffingShort { tenant, skill, wanted, staffed } => {
            format!("{tenant} is SHORT of {}: {staffed} of {wanted}", staff(*skill))
        }
        CallEvent::StaffingRestored { tenant, skill } => format!("{tenant} has its {} again", staff(*skill)),
        CallEvent::CallAdmitted {
            call,
            tenant,
            dialled,
            caller,
            test,
            closed,
            lines_in_use,
            capacity,
            trunk: _,
        } => {
            let test = if *test { ", a test" } else { "" };
            let closed = if *closed { ", outside hours" } else { "" };
            format!(
                "call {call}{} admitted by {tenant} on {dialled}: line {lines_in_use} of {capacity}{test}{closed}",
                identity(caller)
            )
        }
        CallEvent::CallRefused { call, tenant, reason, test, .. } => {
            let tenant = tenant.map(|it| format!(" by {it}")).unwrap_or_default();
            let test = if *test { ", test" } else { "" };
            format!("call {call} refused{tenant}: {reason:?}{test}")
        }
        CallEvent::CallerConnected { call } => format!("call {call} connected"),
        CallEvent::GuidanceStarted { call } => format!("call {call} hears the guidance"),
        CallEvent::GuidanceCompleted { call } => format!("call {call} has heard the guidance to its end"),
        CallEvent::GuidanceFailed { call } => format!("call {call} goes on without guidance"),
        CallEvent::CallerProgressFailed { call } => format!("call {call} cannot be heard before the answer"),
        CallEvent::AnnouncementFailed { leg, announcement } => {
            format!("{} CANNOT HEAR {announcement:?}", leg_text(*leg))
        }
        CallEvent::RefusalFailed { call, end } => format!("the refusal of {call} FAILED ({end:?})"),
        CallEvent::PlaceSaid { call, place: Some(place) } => {
            format!("call {call} is told its place: {place}")
        }
        CallEvent::PlaceSaid { call, place: None } => {
            format!("call {call} is told that many stand before it")
        }
        CallEvent::ChoiceStarted { call } => format!("call {call} is asked to choose"),
        CallEvent::ChoiceMade { call, key: Some(key) } => format!("call {call} has chosen {key}"),
        CallEvent::ChoiceMade { call, key: None } => format!("call {call} has chosen nothing"),
        CallEvent::CallerQueued { call, tenant, skill, since, put_back, awaits_adviser } => {
            let skill = skill.map(|it| format!(" for {it}")).unwrap_or_default();
            let back = if *put_back { "is back in" } else { "enters" };
            let after = if *awaits_adviser { ", no adviser yet" } else { "" };
            format!("call {call} {back} the queue of {tenant}{skill}, place of {}{after}", time(*since))
        }
        CallEvent::CallOverflowed { call, tenant, to, cause } => {
            format!("call {call} overflows from {tenant} to {to}: {cause:?}")
        }
        CallEvent::RingStarted { ring, seat } => format!("ring {ring} of {seat}"),
        CallEvent::RingEnded { ring, seat, end } => format!("ring {ring} of {seat} over: {}", ring_end(*end)),
        CallEvent::CallAnswered { ring, seat } => format!("{seat} answers {ring}"),
        CallEvent::TalkEnded { ring, seat, end } => {
            format!("talk {ring} with {seat} over: {}", talk_end(*end))
        }
        CallEvent::HoldStarted { leg } => format!("{} holds", leg_text(*leg)),
        CallEvent::HoldEnded { leg } => format!("{} resumes", leg_text(*leg)),
        CallEvent::DigitPressed { leg, digit } => format!("{} presses {digit}", leg_text(*leg)),
        CallEvent::CallCommanded { call, command, result, source } => {
            format!("call {call} commanded{} {command:?}: {result:?}", by(*source))
        }
        CallEvent::PartyDialled { party, tenant: _, destination, number, takes_line } => {
            let line = if *takes_line { ", takes a line" } else { "" };
            format!("party {party} dialled for {}: {}{line}", whom(*destination), number.reveal())
        }
        CallEvent::SupervisorRung { party, supervisor, seat } => {
            format!("supervisor {supervisor} is rung as {party}, for the talk of {seat}")
        }
        CallEvent::PartyAnswered { party, company } => {
            format!("party {party} answers: {}", with_whom(*company))
        }
        CallEvent::PartyMoved { party, company } => format!("party {party} {}", with_whom(*company)),
        CallEvent::PartyEnded { party, end } => format!("party {party} over: {}", party_end(*end)),
        CallEvent::PartyLineFreed { party, tenant } => format!("the line of {tenant} for {party} is free"),
        CallEvent::DestinationUnreached { call, destination } => {
            format!("call {call} reaches nobody for {}", whom(*destination))
        }
        CallEvent::CallPhaseChanged { call, phase } => format!("call {call} is in {phase:?}"),
        CallEvent::CallerLeft { call, end } => format!("caller {call} LEFT ({end:?}), the others go on"),
        CallEvent::HeadquartersDialled { call, destination, line, consent_filed_on } => {
            let consent = consent_filed_on
                .map_or_else(|| "NO consent filed".into(), |it| format!("consent filed on {it}"));
            format!("headquarters {destination} for {call}: {line:?} line, {consent}")
        }
        CallEvent::NumberShown { call, seat } => format!("the withheld number of {call} is shown to {seat}"),
        CallEvent::ConditionChecked { call, condition, holds } => {
            format!("call {call}: {condition:?} {}", if *holds { "holds" } else { "does not hold" })
        }
        CallEvent::OutboundStarted { call, tenant, seat, about } => {
            let about = about.map(|it| format!(", about call {it}")).unwrap_or_default();
            format!("call {call} out of {tenant} by {seat}{about}")
        }
        CallEvent::OutboundEnded { call, reached, tenant: _ } => {
            format!("call {call} out ENDED, {}", if *reached { "reached" } else { "nobody reached" })
        }
        CallEvent::OutboundCommanded { call, seat, destination, result, tenant: _, source: _ } => {
            format!("{seat} wants {} by call {call}: {result:?}", whom(*destination))
        }
        CallEvent::CallEnded { call, outcome, phase, end, tenant: _ } => {
            let end = end.map_or_else(|| "open".into(), |it| format!("{it:?}"));
            format!("call {call} ENDED {outcome:?} in {phase:?} ({end})")
        }
        CallEvent::SeatStateChanged { seat, from, to } => {
            format!("{seat}: {} -> {}", state(*from), state(*to))
        }
        CallEvent::SeatRegistered { seat } => format!("{seat} has registered"),
        CallEvent::SeatUnregistered { seat, loss } => format!("{seat} has no registration: {loss:?}"),
        CallEvent::SeatCommanded { seat, command, result, source } => {
            format!("{seat} commanded{} {command:?}: {result:?}", by(*source))
        }
        CallEvent::RecordingStarted { call, file } => format!("recording of {call} in {file}"),
        CallEvent::RecordingOff { call } => format!("call {call} is not recorded"),
        CallEvent::RecordingFailed { call, failure } => format!("recording of {call} failed: {failure:?}"),
        CallEvent::RecordingEnded { call, .. } => format!("recording of {call} is whole"),
        CallEvent::LegMeasured { leg, .. } => format!("{} measured", leg_text(*leg)),
        CallEvent::InputUnexpected { input, call } => {
            let call = call.map(|it| format!(" (call {it})")).unwrap_or_default();
            format!("UNEXPECTED {input:?}{call}")
        }
    }
}

/// An order in words.
pub(crate) fn order(effect: &Effect) -> String {
    match effect {
        Effect::RefuseCall { call, reason, retry_after } => {
            let after = retry_after.map(|it| format!(", retry after {} s", it.as_secs())).unwrap_or_default();
            format!("refuse {call}: {reason:?}{after}")
        }
        Effect::ProgressCaller { call } => format!("progress {call}"),
        Effect::AnswerCaller { call } => format!("answer {call}"),
        Effect::Play { leg, play: _, announcement } => {
            let what = match announcement {
                Announcement::Once(prompt) => format!("{prompt} once"),
                Announcement::Waiting { message, place, asks_place, .. } => {
                    let place = place.map(|it| format!("{it}, then ")).unwrap_or_default();
                    let asks = if *asks_place { ", asking for the place," } else { "" };
                    format!("{place}{message} and music{asks}")
                }
                Announcement::Loop(prompt) => format!("{prompt} again and again"),
            };
            format!("play {what} to {}", leg_text(*leg))
        }
        Effect::StopPlaying { leg } => format!("stop playing to {}", leg_text(*leg)),
        Effect::RingSeat { ring, seat, .. } => format!("ring {seat} for {ring}"),
        Effect::CancelRing { ring } => format!("cancel ring {ring}"),
        Effect::Bridge { ring } => format!("bridge {ring}"),
        Effect::Unbridge { ring } => format!("unbridge {ring}"),
        Effect::DialParty { party, trunk, number, shown, tenant: _ } => {
            format!("dial {} over {trunk} for {party}, showing {shown}", number.reveal())
        }
        Effect::RingSupervisor { party, supervisor, tenant: _ } => {
            format!("ring supervisor {supervisor} for {party}")
        }
        Effect::Supervise { party, ring, whispers } => {
            let how = if *whispers { "hears, and is heard by," } else { "hears" };
            format!("party {party} {how} the seat of {ring}")
        }
        Effect::CancelParty { party } => format!("cancel party {party}"),
        Effect::Connect { call, sets } => {
            let set = |set: &[LegId]| set.iter().map(|leg| leg_text(*leg)).collect::<Vec<_>>().join(" + ");
            let sets: Vec<String> = sets.iter().map(|it| set(it)).collect();
            let sets = if sets.is_empty() { "nobody".into() } else { sets.join(", and ") };
            format!("connect in {call}: {sets}")
        }
        Effect::ReleaseLeg { leg, cause } => format!("release {}: {cause:?}", leg_text(*leg)),
        Effect::StartRecording { call, .. } => format!("record {call}"),
        Effect::StopRecording { call } => format!("stop recording {call}"),
        Effect::AnswerSeatCommand { result, .. } => format!("answer the command: {result:?}"),
        Effect::AnswerGuidanceCommand { result, .. } => format!("answer the command: {result:?}"),
        Effect::AnswerCallCommand { result, .. } => format!("answer the command: {result:?}"),
    }
}

/// Whose command it was, if a supervisor's.
fn by(source: CommandSource) -> String {
    match source {
        CommandSource::Supervisor(seat) => format!(" by supervisor {seat}"),
        CommandSource::StarCode
        | CommandSource::Api
        | CommandSource::Console
        | CommandSource::LifeBefore
        | CommandSource::NewPlan => String::new(),
    }
}

fn identity(caller: &CallerIdentity) -> &'static str {
    match caller {
        CallerIdentity::Number(_) => "",
        CallerIdentity::Withheld(_) => " (number withheld)",
    }
}

fn staff(skill: Option<SkillId>) -> String {
    skill.map_or_else(|| "staff".into(), |skill| format!("staff for {skill}"))
}

pub(crate) fn leg_text(leg: LegId) -> String {
    match leg {
        LegId::Caller(call) => format!("caller {call}"),
        LegId::Seat(ring) => format!("seat of {ring}"),
        LegId::Party(party) => format!("party {party}"),
    }
}

fn whom(destination: Destination) -> String {
    match destination {
        Destination::Entry(id) => id.to_string(),
        Destination::Headquarters(Some(area)) => format!("the headquarters of {area}"),
        Destination::Headquarters(None) => "the headquarters of the area code".into(),
        Destination::Caller => "the caller".into(),
        Destination::Number(number) => format!("number {}", number.reveal()),
        Destination::CallBack(number) => format!("caller {}", number.reveal()),
    }
}

fn with_whom(company: Company) -> &'static str {
    match company {
        Company::Together => "with all",
        Company::Aside => "aside with the seat",
        Company::Held => "is held",
        Company::Listening => "listens",
        Company::Whispering => "whispers to the seat",
    }
}

fn party_end(end: PartyEnd) -> String {
    match end {
        PartyEnd::Failed(failure) => format!("{failure:?}"),
        PartyEnd::TimedOut => "timed out".into(),
        PartyEnd::NoLine => "no line".into(),
        PartyEnd::HungUp => "hung up".into(),
        PartyEnd::Lost => "lost".into(),
        PartyEnd::Commanded => "by command".into(),
        PartyEnd::Alone => "nobody is left".into(),
        PartyEnd::NodeOutage => "the switch died".into(),
    }
}

fn ring_end(end: RingEnd) -> String {
    match end {
        RingEnd::Answered => "answered".into(),
        RingEnd::Failed(RingFailure::Refused(code)) => format!("refused {code}"),
        RingEnd::Failed(RingFailure::Unreachable(code)) => format!("unreachable {code}"),
        RingEnd::Failed(RingFailure::Cancelled) => "cancelled".into(),
        RingEnd::TimedOut => "timed out".into(),
        RingEnd::CallerGone => "caller gone".into(),
        RingEnd::SeatLost => "seat lost".into(),
    }
}

fn talk_end(end: TalkEnd) -> String {
    match end {
        TalkEnd::CallerEnded => "caller ended".into(),
        TalkEnd::SeatEnded => "seat ended".into(),
        TalkEnd::SeatLost(loss) => format!("seat lost, {loss:?}"),
        TalkEnd::Commanded => "ended by command".into(),
        TalkEnd::HandedOver => "handed over".into(),
        TalkEnd::Transferred => "transferred".into(),
        TalkEnd::PartyEnded => "the party left".into(),
        TalkEnd::NodeOutage => "the switch died".into(),
    }
}

fn state(state: SeatState) -> String {
    match state {
        SeatState::LoggedOut => "logged out".into(),
        SeatState::Ready => "ready".into(),
        SeatState::Ringing(ring) => format!("ringing {ring}"),
        SeatState::Talking(ring) => format!("talking {ring}"),
        SeatState::Outbound(ring) => format!("calling out {ring}"),
        SeatState::WrapUp => "wrap-up".into(),
        SeatState::Paused(reason) => format!("paused ({})", reason.0),
        SeatState::NotAnswering(end) => format!("not answering ({})", ring_end(end)),
        SeatState::Unreachable => "unreachable".into(),
    }
}
