//! Commands, who may give them, and what the interface says of itself.

use acd_core::{CommandSource, Name, PauseReason, RequestId, SeatCommand, SeatCommandResult, Switch};
use acd_proto::v1;
use acd_proto::v1::calls_client::CallsClient;
use acd_proto::v1::node_client::NodeClient;
use acd_proto::v1::plan_client::PlanClient;
use acd_proto::v1::seats_client::SeatsClient;
use acd_proto::v1::supervisors_client::SupervisorsClient;
use prost::Message;
use serde_json::json;
use tonic::{Code, Status};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use super::*;
use crate::api::client::{Client, ClientError};
use crate::interfaces::{CallerSeen, ControlRequest, DrainResult, ReloadResult};
use acd_core::{CallCommand, CallCommandResult, CallerKnown, Destination, LocateCondition, Supervision};
use v1::destination::Whom;

impl Loop {
    /// Lets the loop answer one command with `answer` while `asking` waits for it.
    fn while_answering<T>(&self, answer: fn(ControlRequest), asking: impl Future<Output = T>) -> T {
        let controls = self.interfaces.controls.clone();
        let answering = std::thread::spawn(move || {
            answer(controls.recv_timeout(PATIENCE).expect("a command"));
        });
        let asked = self.runtime.block_on(asking);
        answering.join().expect("the right command");
        asked
    }
}

fn pause(id: &str, reason: &str) -> v1::CommandSeatRequest {
    v1::CommandSeatRequest {
        seat: "seat101".to_owned(),
        command: Some(v1::SeatCommand {
            kind: v1::seat_command::Kind::Pause.into(),
            pause_reason: reason.to_owned(),
        }),
        idempotency_id: id.to_owned(),
    }
}

#[test]
fn a_command_is_done_once_however_often_a_client_asks() {
    let switch = Loop::start(Folder::new());
    let mut seats = SeatsClient::new(switch.channel());
    let deferred = |request: ControlRequest| {
        let ControlRequest::Seat { seat: at, command, source, reply } = request else {
            panic!("{request:?}")
        };
        let lunch = PauseReason(Name::new("lunch").expect("a name"));
        assert_eq!((at, command), (seat("seat101"), SeatCommand::Pause(lunch)));
        assert_eq!(source, CommandSource::Api);
        reply.send(SeatCommandResult::Deferred);
    };
    let first = switch.while_answering(deferred, seats.command(pause("a", "lunch"))).expect("an answer");
    assert_eq!(first.into_inner().result(), v1::SeatCommandResult::Deferred);
    assert_eq!(switch.wakes.load(Ordering::SeqCst), 1, "the loop was woken");

    // Nobody answers this time: it is known.
    let again = switch.runtime.block_on(seats.command(pause("a", "lunch"))).expect("the same answer");
    assert_eq!(again.into_inner().result(), v1::SeatCommandResult::Deferred);
    assert!(switch.interfaces.controls.try_recv().is_err(), "done once");

    let other = switch.runtime.block_on(seats.command(pause("a", "study"))).expect_err("a used id");
    assert_eq!(other.code(), Code::InvalidArgument);
    for wrong in [
        pause("", "lunch"),
        pause("b", "a b"),
        v1::CommandSeatRequest { seat: String::new(), ..pause("c", "") },
    ] {
        let status = switch.runtime.block_on(seats.command(wrong)).expect_err("nonsense");
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    }
    assert!(switch.interfaces.controls.try_recv().is_err(), "nothing else was asked of the loop");
}

#[test]
fn calls_are_held_resumed_and_released() {
    let switch = Loop::start(Folder::new());
    let mut calls = CallsClient::new(switch.channel());
    let request = |id: &str| v1::CommandCallRequest { call: 7, idempotency_id: id.to_owned() };
    let held = switch.while_answering(
        |request| answer_call(request, CallCommand::Hold, CallCommandResult::Done),
        calls.hold(request("1")),
    );
    assert_eq!(held.expect("an answer").into_inner().result(), v1::CallCommandResult::Done);
    let resumed = switch.while_answering(
        |request| answer_call(request, CallCommand::Resume, CallCommandResult::OutOfPhase),
        calls.resume(request("2")),
    );
    assert_eq!(resumed.expect("an answer").into_inner().result(), v1::CallCommandResult::OutOfPhase);
    let gone = switch.while_answering(
        |request| answer_call(request, CallCommand::HangUp, CallCommandResult::UnknownCall),
        calls.hang_up(request("3")),
    );
    assert_eq!(gone.expect("an answer").into_inner().result(), v1::CallCommandResult::UnknownCall);
}

#[test]
fn what_agents_command_of_parties_reaches_the_loop_as_it_is_meant() {
    let switch = Loop::start(Folder::new());
    let mut calls = CallsClient::new(switch.channel());
    let plain = |id: &str| v1::CommandCallRequest { call: 7, idempotency_id: id.to_owned() };
    let dial = |id: &str, whom| v1::DialPartyRequest {
        call: 7,
        destination: Some(v1::Destination { whom: Some(whom) }),
        idempotency_id: id.to_owned(),
    };
    let done = v1::CallCommandResult::Done;
    macro_rules! reaches {
        ($method:ident($request:expr), $wanted:expr) => {
            let answered = switch.while_answering(
                |request| answer_call(request, $wanted, CallCommandResult::Done),
                calls.$method($request),
            );
            assert_eq!(answered.expect("an answer").into_inner().result(), done);
        };
    }
    reaches!(join(plain("1")), CallCommand::Join);
    reaches!(swap(plain("2")), CallCommand::Swap);
    reaches!(leave(plain("3")), CallCommand::Leave);
    reaches!(release_caller(plain("4")), CallCommand::ReleaseCaller);
    reaches!(
        dial(dial("5", Whom::Number("0312345678".to_owned()))),
        CallCommand::Dial(Destination::Number(Pii::new("0312345678".parse().expect("a number"))))
    );
    reaches!(transfer(dial("6", Whom::Caller(true))), CallCommand::Blind(Destination::Caller));
    let party = Some(v1::Party { call: 7, attempt: 3 });
    reaches!(
        drop_party(v1::DropPartyRequest { party, idempotency_id: "7".to_owned() }),
        CallCommand::DropParty(3)
    );
    reaches!(
        check(v1::CheckConditionRequest {
            call: 7,
            condition: v1::LocateCondition::LifeInDanger.into(),
            holds: true,
            idempotency_id: "8".to_owned(),
        }),
        CallCommand::Check(LocateCondition::LifeInDanger, true)
    );
    // One id with another number is another command, although no number is ever printed.
    let other = dial("5", Whom::Number("0312345679".to_owned()));
    let status = switch.runtime.block_on(calls.dial(other)).expect_err("a used id");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(switch.interfaces.controls.try_recv().is_err(), "nothing else was asked of the loop");
}

#[test]
fn a_withheld_number_is_shown_by_command_alone() {
    let switch = Loop::start(Folder::new());
    let mut calls = CallsClient::new(switch.channel());
    let seen = |request: ControlRequest| {
        let ControlRequest::Caller { call, area: None, reply } = request else { panic!("{request:?}") };
        assert_eq!(call, CallId(7));
        let known = CallerKnown {
            tenant: TenantId::new("shiga").expect("a name"),
            caller: CallerIdentity::Withheld(acd_core::WithheldReason::Withheld),
            line: acd_core::LineKind::Unknown,
            conditions: [(LocateCondition::WhereaboutsUnknown, false)].into(),
            seat: Some(seat("seat101")),
            headquarters: None,
        };
        let sealed = Some(Pii::new(NUMBER.to_owned()));
        reply.send(Some(CallerSeen { known, silent: Some(Duration::from_millis(31_500)), sealed }));
    };
    let request = v1::CallerKnownRequest { call: 7, municipality: String::new() };
    let known = switch.while_answering(seen, calls.known(request)).expect("known").into_inner();
    let withheld = v1::caller::Identity::Withheld(v1::WithheldReason::Withheld.into());
    assert!(known.caller.and_then(|it| it.identity) == Some(withheld), "not the number");
    assert_eq!((known.silent_ms, known.carrier_can_be_asked), (Some(31_500), false));
    let holds: Vec<Option<bool>> = known.conditions.iter().map(|it| it.holds).collect();
    assert_eq!(holds, [None, None, Some(false)], "the notice's conditions, in its order");

    let controls = switch.interfaces.controls.clone();
    let show = move |result| {
        let controls = controls.clone();
        std::thread::spawn(move || {
            let command = controls.recv_timeout(PATIENCE).expect("a command");
            answer_call(command, CallCommand::ShowNumber, result);
            if result == CallCommandResult::Done {
                seen(controls.recv_timeout(PATIENCE).expect("a question"));
            }
        })
    };
    for (id, result, number) in
        [("1", CallCommandResult::Done, NUMBER), ("2", CallCommandResult::OutOfPhase, "")]
    {
        let answering = show(result);
        let request = v1::CommandCallRequest { call: 7, idempotency_id: id.to_owned() };
        let shown = switch.runtime.block_on(calls.show_number(request)).expect("an answer").into_inner();
        answering.join().expect("the right command");
        assert!(shown.number == number, "shown after the fact, and only then");
    }
}

fn ended(call: u64, outcome: Outcome) -> CallEvent {
    let phase = if outcome == Outcome::Answered { CallPhase::Talking } else { CallPhase::Waiting };
    CallEvent::CallEnded {
        call: CallId(call),
        tenant: tenant("shiga"),
        outcome,
        phase,
        end: Some(CallerLegEnd::HungUp),
    }
}

#[test]
fn who_gave_up_is_on_the_list_and_a_call_back_knows_the_number() {
    let mut switch = Loop::start(Folder::new());
    switch.happen(EVENING, &[admitted(1, "shiga"), admitted(2, "shiga")]);
    let later = EVENING + Duration::from_secs(60);
    switch.happen(later, &[ended(1, Outcome::AbandonedInQueue), ended(2, Outcome::Answered)]);
    switch.second(later);
    let mut calls = CallsClient::new(switch.channel());
    let mut list = |tenants: &[&str], with_numbers| {
        let tenants = tenants.iter().map(ToString::to_string).collect();
        let request = v1::ToCallBackRequest { tenants, with_numbers, hours: 0 };
        switch.runtime.block_on(calls.to_call_back(request)).expect("a list").into_inner().callers
    };
    assert!(list(&["kyoto"], true).is_empty());
    let callers = list(&["shiga"], true);
    assert_eq!(callers.len(), 1, "{callers:?}");
    assert_eq!((callers[0].call, callers[0].ended_time_ms), (1, later.as_millis()));
    assert!(callers[0].number == NUMBER);
    assert!(list(&[], false)[0].number.is_empty());
    assert_eq!(callers[0].answered_since, 0);

    let back = |about, tenant: &str| v1::CallOutRequest {
        seat: "seat101".to_owned(),
        tenant: tenant.to_owned(),
        destination: Some(v1::Destination { whom: Some(Whom::Caller(true)) }),
        about,
        idempotency_id: format!("{about}{tenant}"),
    };
    let wished = |request: ControlRequest| {
        let ControlRequest::CallOut { wish, reply } = request else { panic!("{request:?}") };
        let number = Destination::CallBack(Pii::new(NUMBER.parse().expect("a number")));
        assert_eq!((wish.destination, wish.about), (number, Some(CallId(1))));
        assert_eq!((wish.seat, wish.tenant.as_str()), (seat("seat101"), "shiga"));
        reply.send((CallId(3), CallCommandResult::Done));
    };
    let started =
        switch.while_answering(wished, calls.call_out(back(1, ""))).expect("an answer").into_inner();
    assert_eq!((started.call, started.result()), (3, v1::CallCommandResult::Done));
    let unknown = switch.runtime.block_on(calls.call_out(back(9, ""))).expect("an answer").into_inner();
    assert_eq!((unknown.call, unknown.result()), (0, v1::CallCommandResult::UnknownCall));
    for (wrong, why) in [(back(1, "kyoto"), "another client's"), (back(0, ""), "nobody's")] {
        let status = switch.runtime.block_on(calls.call_out(wrong)).expect_err(why);
        assert_eq!(status.code(), Code::InvalidArgument, "{why}");
    }
}

#[test]
fn who_gave_up_and_was_answered_later_stays_listed_with_that_call() {
    let mut switch = Loop::start(Folder::new());
    let answered = |call| CallEvent::CallAnswered {
        ring: RingId { call: CallId(call), attempt: 1 },
        seat: seat("seat101"),
    };
    // Call 1 was answered before 2 gave up; of those after it 4 is the last, and 5 is another client's.
    for (call, of) in [(1, "shiga"), (2, "shiga"), (3, "shiga"), (4, "shiga"), (5, "kyoto")] {
        let outcome = if call == 2 { Outcome::AbandonedInQueue } else { Outcome::Answered };
        let mut facts = vec![admitted(call, of)];
        facts.extend((call != 2).then(|| answered(call)));
        facts.push(ended(call, outcome));
        switch.happen(EVENING, &facts);
    }
    switch.second(EVENING);
    let mut calls = CallsClient::new(switch.channel());
    let request = v1::ToCallBackRequest { tenants: Vec::new(), with_numbers: true, hours: 0 };
    let callers = switch.runtime.block_on(calls.to_call_back(request)).expect("a list").into_inner().callers;
    let listed: Vec<_> = callers.iter().map(|it| (it.call, it.answered_since)).collect();
    assert_eq!(listed, [(2, 4)]);
}

fn answer_call(request: ControlRequest, wanted: CallCommand, result: CallCommandResult) {
    let ControlRequest::Call { call, command, source, reply } = request else { panic!("{request:?}") };
    assert_eq!((call, command, source), (CallId(7), wanted, CommandSource::Api));
    reply.send(result);
}

#[test]
fn supervisors_take_part_in_calls_and_force_seats_by_name() {
    let switch = Loop::start(Folder::new());
    let mut supervisors = SupervisorsClient::new(switch.channel());
    let request = |id: &str, part: i32| v1::SuperviseRequest {
        supervisor: "seat109".to_owned(),
        call: 7,
        part,
        idempotency_id: id.to_owned(),
    };
    let by_name = |request: ControlRequest| {
        let ControlRequest::Call { call, command, source, reply } = request else { panic!("{request:?}") };
        assert_eq!((call, command), (CallId(7), CallCommand::Supervise(Supervision::Whisper)));
        assert_eq!(source, CommandSource::Supervisor(seat("seat109")));
        reply.send(CallCommandResult::SeatNotFree);
    };
    let whisper = v1::Supervision::Whisper.into();
    let refused = switch.while_answering(by_name, supervisors.supervise(request("1", whisper)));
    assert_eq!(refused.expect("an answer").into_inner().result(), v1::CallCommandResult::SeatNotFree);

    let left = v1::SuperviseCallRequest {
        supervisor: "seat109".to_owned(),
        call: 7,
        idempotency_id: "2".to_owned(),
    };
    let left = switch.while_answering(
        |request| {
            let ControlRequest::Call { command, source, reply, .. } = request else { panic!("{request:?}") };
            assert_eq!(command, CallCommand::EndSupervision);
            assert_eq!(source, CommandSource::Supervisor(seat("seat109")));
            reply.send(CallCommandResult::Done);
        },
        supervisors.leave(left),
    );
    assert_eq!(left.expect("an answer").into_inner().result(), v1::CallCommandResult::Done);

    let force = |supervisor: &str, id: &str| v1::ForceSeatRequest {
        supervisor: supervisor.to_owned(),
        seat: "seat101".to_owned(),
        command: Some(v1::SeatCommand {
            kind: v1::seat_command::Kind::Ready.into(),
            pause_reason: String::new(),
        }),
        idempotency_id: id.to_owned(),
    };
    let forced = switch.while_answering(
        |request| {
            let ControlRequest::Seat { seat: at, command, source, reply } = request else {
                panic!("{request:?}")
            };
            assert_eq!((at, command), (seat("seat101"), SeatCommand::Ready));
            assert_eq!(source, CommandSource::Supervisor(seat("seat109")));
            reply.send(SeatCommandResult::Busy);
        },
        supervisors.force_seat(force("seat109", "3")),
    );
    assert_eq!(forced.expect("an answer").into_inner().result(), v1::SeatCommandResult::Busy);

    let no_part = switch.runtime.block_on(supervisors.supervise(request("4", 0))).expect_err("no part");
    assert_eq!(no_part.code(), Code::InvalidArgument, "{no_part}");
    let nobody = switch.runtime.block_on(supervisors.force_seat(force("", "5"))).expect_err("nobody");
    assert_eq!(nobody.code(), Code::InvalidArgument, "{nobody}");
}

#[test]
fn a_loop_that_drops_a_command_is_said_to_be_ending() {
    let switch = Loop::start(Folder::new());
    let mut seats = SeatsClient::new(switch.channel());
    let status = switch.while_answering(drop, seats.command(pause("a", ""))).expect_err("no answer");
    assert_eq!(status.code(), Code::Unavailable);
}

#[test]
fn a_reload_and_a_drain_say_what_they_came_to() {
    let switch = Loop::start(Folder::new());
    let client = Client::new(switch.interfaces.grpc(), None);
    let reloaded = switch.while_answering(
        |request| {
            let ControlRequest::Reload { who, reply } = request else { panic!("{request:?}") };
            assert_eq!(who, "tanaka");
            reply.send(ReloadResult::Applied(vec!["tenant shiga: 3 lines instead of 2".to_owned()]));
        },
        client.reload("1", "tanaka"),
    );
    let reloaded = reloaded.expect("an answer");
    assert!(reloaded.is_fine && reloaded.text.contains("3 lines instead of 2"), "{reloaded:?}");
    assert_eq!(reloaded.json["applied"], true);

    let refused = switch.while_answering(
        |request| {
            let ControlRequest::Reload { who, reply } = request else { panic!("{request:?}") };
            assert_eq!(who, "127.0.0.1", "who names nobody is known by the address");
            reply.send(ReloadResult::Refused(vec!["acd.toml:3:1: nonsense".to_owned()]));
        },
        client.reload("2", ""),
    );
    let refused = refused.expect("an answer");
    assert!(!refused.is_fine && refused.text.contains("acd.toml:3:1: nonsense"), "{refused:?}");

    let drained = switch.while_answering(
        |request| {
            let ControlRequest::Drain { reply } = request else { panic!("{request:?}") };
            reply.send(DrainResult { already: false, calls_in_progress: 2, until: EVENING });
        },
        client.drain("3"),
    );
    let drained = drained.expect("an answer");
    assert!(drained.text.contains("2 may go on until 2026-11-21T18:00:00.000+09:00"), "{}", drained.text);
    assert_eq!(drained.json["calls_in_progress"], 2);
}

#[test]
fn the_status_tells_where_the_switch_is_in_its_life() {
    let mut switch = Loop::start(Folder::new());
    let client = Client::new(switch.interfaces.grpc(), None);
    let starting = switch.runtime.block_on(client.status()).expect("a status");
    assert_eq!((&starting.json["state"], &starting.json["sequence"]), (&"starting".into(), &0.into()));
    switch.happen(EVENING, &[CallEvent::NodeStarted, opened("shiga"), admitted(1, "shiga")]);
    switch.second(EVENING + Duration::from_secs(1));
    let serving = switch.runtime.block_on(client.status()).expect("a status");
    assert_eq!(serving.json["state"], "serving");
    assert_eq!(serving.json["started"], "2026-11-21T18:00:00.000+09:00");
    assert_eq!((&serving.json["calls_in_progress"], &serving.json["sequence"]), (&1.into(), &3.into()));
    assert_eq!(serving.json["clock_ahead_ms"], 1_000);
    assert!(serving.json["disk_left_bytes"].as_u64().is_some_and(|left| left > 0));
    assert!(
        serving.is_fine && serving.text.contains("serving since 2026-11-21T18:00:00"),
        "{}",
        serving.text
    );
    switch.happen(EVENING, &[CallEvent::JournalDegraded, CallEvent::DrainStarted]);
    switch.second(EVENING + Duration::from_secs(2));
    let draining = switch.runtime.block_on(client.status()).expect("a status");
    assert_eq!(draining.json["state"], "draining");
    assert!(!draining.is_fine, "a degraded journal is not fine");
}

#[test]
fn the_plan_is_shown_as_understood_and_its_file_is_checked() {
    let folder = Folder::new();
    fs::create_dir_all(&folder.0).expect("a folder");
    let path = folder.0.join("acd.toml");
    fs::write(&path, "format = 2\n").expect("a file");
    let switch = Loop::start_with(folder, None, Some(path)).expect("interfaces");
    let mut plan = PlanClient::new(switch.channel());
    let shown = switch.runtime.block_on(plan.show(v1::ShowPlanRequest {})).expect("a plan").into_inner();
    assert_eq!(shown.name, PlanFile::built_in().name);
    assert!(shown.text.contains("shiga"), "{}", shown.text);
    let json: serde_json::Value = serde_json::from_str(&shown.json).expect("JSON");
    assert!(json.is_object());
    let checked = switch.runtime.block_on(plan.check(v1::CheckPlanRequest {})).expect("a check").into_inner();
    assert!(checked.errors.iter().any(|error| error.contains("acd.toml:1:")), "{:?}", checked.errors);
}

#[test]
fn a_plan_is_compared_with_the_running_one_on_a_copy_of_the_switch() {
    let switch = Loop::start(Folder::new());
    let client = Client::new(switch.interfaces.grpc(), None);
    let running = PlanFile::built_in();
    let copy = |request| {
        let ControlRequest::CopySwitch { reply } = request else { panic!("{request:?}") };
        let mut copy = Switch::new(PlanFile::built_in().core, EVENING);
        copy.handle(EVENING, Input::SeatRegistered { seat: seat("seat101") });
        while copy.poll_event().is_some() || copy.poll_effect().is_some() {}
        copy.handle(
            EVENING,
            Input::SeatCommanded {
                seat: seat("seat101"),
                command: SeatCommand::LogIn,
                source: CommandSource::StarCode,
                request: RequestId(1),
            },
        );
        while copy.poll_event().is_some() || copy.poll_effect().is_some() {}
        reply.send(Box::new(copy));
    };
    let same = switch.while_answering(copy, client.compare(&running)).expect("an answer");
    assert!(same.is_fine, "{same:?}");
    assert!(same.text.starts_with("changes nothing of the running plan ("), "{same:?}");
    assert!(same.text.ends_with("would strand nobody\n"), "{same:?}");

    let mut other = running;
    other.core.seats.remove(&seat("seat101"));
    let report = switch.while_answering(copy, client.compare(&other)).expect("an answer");
    assert!(!report.is_fine, "{report:?}");
    assert_eq!(report.json["changes"], json!(["seat seat101 removed"]));
    assert_eq!(report.json["stranded"], json!(["seat seat101 would lose its log-in"]));

    let mut plan = PlanClient::new(switch.channel());
    let nonsense = v1::ComparePlanRequest { plan: "{}".to_owned(), prompts: Vec::new() };
    let refused = switch.runtime.block_on(plan.compare(nonsense)).expect_err("nonsense");
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(switch.interfaces.controls.try_recv().is_err(), "nothing was asked of the loop");
}

fn config(grpc: SocketAddr, data_dir: PathBuf) -> InterfacesConfig {
    InterfacesConfig {
        http: local(),
        grpc,
        token: None,
        data_dir,
        plan: Arc::new(PlanFile::built_in()),
        plan_path: None,
        sip: None,
        clock_shifted: false,
        wake: Arc::new(|| ()),
    }
}

#[test]
fn grpc_is_not_opened_to_strangers() {
    let folder = Folder::new();
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = Interfaces::start(config(everywhere, folder.0.clone())).expect_err("open to strangers");
    assert!(matches!(refused, StartInterfacesError::OpenWithoutToken(_)), "{refused}");
    assert!(refused.to_string().contains("ACD_TOKEN"), "{refused}");
}

#[test]
fn a_folder_without_a_journal_and_an_address_in_use_are_named() {
    let folder = Folder::new();
    let refused = Interfaces::start(config(local(), folder.0.clone())).expect_err("no journal");
    assert!(refused.to_string().contains("there is no journal"), "{refused}");
    let switch = Loop::start(folder);
    let taken = switch.interfaces.grpc();
    let refused = Interfaces::start(config(taken, switch.folder.0.clone())).expect_err("in use");
    assert!(refused.to_string().contains(&format!("gRPC cannot listen on {taken}")), "{refused}");
}

#[test]
fn who_does_not_show_the_token_is_told_nothing() {
    let token = Token::new(TOKEN).expect("a token");
    let other = Token::new("another-token-for-the-tests").expect("a token");
    let switch = Loop::start_with(Folder::new(), Some(token.clone()), None).expect("interfaces");
    let ask = |token: Option<&Token>| {
        let client = Client::new(switch.interfaces.grpc(), token);
        switch.runtime.block_on(client.status())
    };
    for wrong in [None, Some(&other)] {
        let refused = ask(wrong).expect_err("no token");
        assert!(matches!(refused, ClientError::Token(_)), "{refused}");
    }
    assert!(ask(Some(&token)).is_ok());
    let mut plain = NodeClient::new(switch.channel());
    let drain = switch.runtime.block_on(plain.drain(v1::DrainRequest { idempotency_id: "a".to_owned() }));
    assert_eq!(drain.expect_err("no token").code(), Code::Unauthenticated);
    assert_eq!(services(&switch).expect_err("no token").code(), Code::Unauthenticated);
    assert!(switch.interfaces.controls.try_recv().is_err(), "nothing reached the loop");
}

#[test]
fn a_client_says_that_nobody_answers() {
    let switch = Loop::start(Folder::new());
    let gone = switch.interfaces.grpc();
    let Loop { interfaces, runtime, .. } = switch;
    drop(interfaces);
    let error = runtime.block_on(Client::new(gone, None).status()).expect_err("nobody is there");
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&gone.to_string()), "{error}");
}

#[test]
fn reflection_lists_every_service_with_its_comments() {
    let switch = Loop::start(Folder::new());
    let listed = services(&switch).expect("a list");
    for service in ["Board", "Calls", "Facts", "Node", "Plan", "Seats"] {
        assert!(listed.contains(&format!("acd.v1.{service}")), "{listed:?}");
    }
    let symbol = MessageRequest::FileContainingSymbol("acd.v1.Facts".to_owned());
    let Some(MessageResponse::FileDescriptorResponse(files)) = reflect(&switch, symbol).expect("a file")
    else {
        panic!("no file")
    };
    let file =
        prost_types::FileDescriptorProto::decode(files.file_descriptor_proto[0].as_slice()).expect("a file");
    let comments = file.source_code_info.expect("comments");
    assert!(comments.location.iter().any(|location| location.leading_comments().contains("OUT_OF_RANGE")));
}

fn services(switch: &Loop) -> Result<Vec<String>, Status> {
    match reflect(switch, MessageRequest::ListServices(String::new()))? {
        Some(MessageResponse::ListServicesResponse(list)) => {
            Ok(list.service.into_iter().map(|service| service.name).collect())
        }
        other => panic!("{other:?}"),
    }
}

fn reflect(switch: &Loop, message: MessageRequest) -> Result<Option<MessageResponse>, Status> {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(message) };
    let mut client = ServerReflectionClient::new(switch.channel());
    switch.runtime.block_on(async {
        let mut answers = client.server_reflection_info(tokio_stream::once(request)).await?.into_inner();
        Ok(answers.message().await?.and_then(|answer| answer.message_response))
    })
}
