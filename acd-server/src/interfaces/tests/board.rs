//! The board, as a snapshot and as it changes.

use acd_core::SeatState;
use acd_proto::v1;
use acd_proto::v1::board_client::BoardClient;

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
