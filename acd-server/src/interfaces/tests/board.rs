//! The board, as a snapshot and as it changes.

use acd_core::SeatState;
use acd_proto::v1;
use acd_proto::v1::board_client::BoardClient;
use acd_proto::v1::seats_client::SeatsClient;

use super::*;

impl Loop {
    fn board(&self) -> v1::BoardView {
        let mut client = BoardClient::new(self.channel());
        self.runtime.block_on(client.get(v1::GetBoardRequest {})).expect("a board").into_inner()
    }
}

#[test]
fn the_board_shows_what_is_and_what_became_of_today() {
    let mut switch = Loop::start(Folder::new());
    let at = seat("seat101");
    switch.happen(
        EVENING,
        &[CallEvent::NodeStarted, opened("shiga"), admitted(1, "shiga"), admitted(2, "shiga")],
    );
    switch.happen(
        EVENING,
        &[queued(1, "shiga", EVENING), queued(2, "shiga", EVENING + Duration::from_secs(1))],
    );
    switch.happen(EVENING, &answered(1, "shiga"));
    switch.happen(
        EVENING,
        &[CallEvent::SeatStateChanged { seat: at, from: SeatState::LoggedOut, to: SeatState::Ready }],
    );
    switch.second(EVENING + Duration::from_secs(4));
    let board = switch.board();
    assert!(board.time_ms >= (EVENING + Duration::from_secs(4)).as_millis());
    assert_eq!((board.sequence, board.calls_in_progress), (11, 1));
    let [shiga] = board.tenants.as_slice() else { panic!("{:?}", board.tenants) };
    assert_eq!(shiga.tenant, "shiga");
    assert!(!shiga.title.is_empty(), "as the plan has it");
    assert_eq!(shiga.lines, Some(v1::LineUse { waiting: 1, ..v1::LineUse::default() }));
    assert_eq!(shiga.capacity, Some(v1::Capacity { seat_lines: 2, guidance_lines: 1 }));
    assert_eq!(shiga.longest_wait_since_time_ms, Some((EVENING + Duration::from_secs(1)).as_millis()));
    assert_eq!(shiga.blocked_since_time_ms, None);
    assert_eq!(shiga.offered, 2);
    assert_eq!(shiga.outcomes, [v1::OutcomeCount { outcome: v1::Outcome::Answered.into(), calls: 1 }]);
    assert_eq!(shiga.hour, Some(v1::ResponseRate { offered: 2, handled: 1 }));
    assert_eq!(shiga.day, shiga.hour);
    assert_eq!(board.seat_counts.map(|counts| counts.ready), Some(1));
    assert_eq!(board.seats.len(), 1);
}

#[test]
fn a_restart_empties_no_board_of_todays_calls_but_yesterdays_are_gone() {
    let folder = Folder::new();
    let (journal, woken) = open(&folder.0);
    let yesterday = EVENING - Duration::from_secs(86_400);
    append(&journal, &woken, yesterday, &[opened("shiga"), admitted(1, "shiga")]);
    append(&journal, &woken, yesterday, &answered(1, "shiga"));
    append(&journal, &woken, EVENING, &[admitted(2, "shiga")]);
    append(&journal, &woken, EVENING, &answered(2, "shiga"));
    append(&journal, &woken, EVENING, &[CallEvent::NodeStopped]);
    journal.close().expect("a disk with room");

    let mut switch = Loop::start(folder);
    let next_hour = EVENING + Duration::from_secs(3_600);
    switch.happen(next_hour, &[CallEvent::NodeStarted, opened("shiga")]);
    switch.second(next_hour + Duration::from_secs(1));
    let board = switch.board();
    assert_eq!(board.sequence, 14);
    assert_eq!(board.tenants[0].offered, 1);
    assert_eq!(board.tenants[0].day, Some(v1::ResponseRate { offered: 1, handled: 1 }));
    assert_eq!(board.tenants[0].hour, Some(v1::ResponseRate { offered: 0, handled: 0 }));
    // Counters begin with the process, or a restart would count today's calls twice.
    let (_, metrics) = switch.get("/metrics");
    assert!(metrics.contains("acd_calls_offered_total{tenant=\"shiga\"} 0"), "{metrics}");

    switch.second(next_hour + Duration::from_secs(86_400));
    assert_eq!(switch.board().tenants[0].offered, 0, "midnight comes without a call too");
}

#[test]
fn a_watcher_gets_the_board_and_then_what_changes() {
    let mut switch = Loop::start(Folder::new());
    switch.happen(EVENING, &[CallEvent::NodeStarted, opened("shiga")]);
    switch.second(EVENING);
    let mut client = BoardClient::new(switch.channel());
    let request = v1::WatchBoardRequest { interval_ms: 1 };
    let mut boards = switch.runtime.block_on(client.watch(request)).expect("a stream").into_inner();
    let next = |boards: &mut tonic::Streaming<v1::BoardView>| {
        let next = async { tokio::time::timeout(PATIENCE, boards.message()).await.expect("in time") };
        switch.runtime.block_on(next).expect("a board").expect("one more")
    };
    let first = next(&mut boards);
    assert_eq!((first.sequence, first.calls_in_progress), (2, 0));
    // A second without a change sends nothing: the next board is the call's.
    switch.interfaces.observer.machine(EVENING + Duration::from_secs(1), figures());
    switch.interfaces.observer.facts(EVENING + Duration::from_secs(2), &[admitted(1, "shiga")]);
    let second = next(&mut boards);
    assert_eq!((second.sequence, second.calls_in_progress), (3, 1));
}

#[test]
fn a_seats_screen_has_tenant_greeting_and_script_before_the_answer_then_hold_and_consultation() {
    let mut switch = Loop::start(Folder::new());
    let mut plan = PlanFile::built_in();
    let shiga = plan.core.tenants.get_mut(&tenant("shiga")).expect("a tenant");
    for number in shiga.numbers.values_mut() {
        number.guidance = acd_core::plan::Guidance::Spoken;
    }
    plan.shell.tenants.get_mut(&tenant("shiga")).expect("a tenant").script =
        Some("ご説明します。".to_owned());
    let shiga = plan.core.tenants[&tenant("shiga")].clone();
    let greeting = plan.shell.tenants[&tenant("shiga")].greeting.clone().expect("a greeting");
    switch.interfaces.observer.plan(Arc::new(plan));

    let (at, ring) = (seat("seat101"), ring(1));
    let rung = SeatState::Ringing(ring);
    switch.happen(
        EVENING,
        &[
            CallEvent::NodeStarted,
            admitted(1, "shiga"),
            CallEvent::RingStarted { ring, seat: at },
            CallEvent::SeatStateChanged { seat: at, from: SeatState::Ready, to: rung },
        ],
    );
    switch.second(EVENING + Duration::from_secs(1));
    let mut seats = SeatsClient::new(switch.channel());
    let screen = |of: &str| v1::GetSeatRequest { seat: of.to_owned() };
    let shown = switch.runtime.block_on(seats.get(screen("seat101"))).expect("a seat").into_inner();
    let call = shown.call.expect("the caller who rings");
    assert_eq!((call.call, call.tenant.as_str(), call.title), (1, "shiga", shiga.title));
    assert_eq!((call.greeting, call.script.as_str()), (greeting, "ご説明します。"));
    assert_eq!(call.phase, i32::from(v1::CallPhase::Ringing));

    let talks = SeatState::Talking(ring);
    switch.happen(
        EVENING + Duration::from_secs(2),
        &[
            CallEvent::CallAnswered { ring, seat: at },
            CallEvent::SeatStateChanged { seat: at, from: rung, to: talks },
            CallEvent::CallPhaseChanged { call: CallId(1), phase: CallPhase::Consulting },
            CallEvent::HoldStarted { leg: acd_core::LegId::Seat(ring) },
        ],
    );
    switch.second(EVENING + Duration::from_secs(3));
    let board = switch.board();
    let [on_board] = board.seats.as_slice() else { panic!("{:?}", board.seats) };
    let call = on_board.call.as_ref().expect("the talk");
    assert_eq!((call.phase, call.on_hold), (i32::from(v1::CallPhase::Consulting), true));
    let client = crate::api::client::Client::new(switch.interfaces.grpc(), None);
    let status = switch.runtime.block_on(client.status()).expect("a status");
    assert!(status.text.contains("seat101  call 1 of shiga, consulting, on hold"), "{}", status.text);
    assert_eq!(status.json["seats_with_calls"][0]["phase"], "consulting");

    let idle = switch.runtime.block_on(seats.get(screen("seat102"))).expect("a seat").into_inner();
    assert_eq!(idle.call, None);
    let nobody = switch.runtime.block_on(seats.get(screen("nobody"))).expect_err("no such seat");
    assert_eq!(nobody.code(), tonic::Code::NotFound);
}
