//! A day out of a real journal of a real switch, beside real files.

use std::sync::Arc;
use std::time::Duration;

use acd_core::{
    CallId, CallerIdentity, CallerLegEnd, CivilDate, CommandSource, DialledNumber, Input, LegId, RequestId,
    RingId, SeatCommand, SeatId, Switch, TenantId, TimeOfDay, Timestamp, TrunkId, WithheldReason,
};
use recorder::{Channel, Encoding, Recorder};

use super::{Day, day, render};
use crate::journal::{Batch, Journal, Life, Record, Retention};
use crate::plan::PlanFile;

const DATE: CivilDate = CivilDate { year: 2026, month: 11, day: 21 };
const CALL: CallId = CallId(1);
const FILE: &str = "kyoto/1.wav";

fn kyoto() -> TenantId {
    TenantId::new("kyoto").expect("a name")
}

fn at(hour: u32, seconds: u64) -> Timestamp {
    let hour = TimeOfDay::from_hm(hour, 0).expect("an hour");
    DATE.at(hour, 540) + Duration::from_secs(seconds)
}

/// A life of the switch with one call of ten seconds of talk, of which so much is recorded.
fn live(folder: &std::path::Path, recorded: Duration) {
    let seat = SeatId::new("seat101").expect("a name");
    let ring = RingId { call: CALL, attempt: 1 };
    let log_in = Input::SeatCommanded {
        seat,
        command: SeatCommand::LogIn,
        source: CommandSource::StarCode,
        request: RequestId(1),
    };
    let arrival = Input::CallArrived {
        call: CALL,
        trunk: TrunkId::new("carrier").expect("a name"),
        dialled: [DialledNumber::new("0750007119").expect("a number")].into(),
        caller: CallerIdentity::Withheld(WithheldReason::Withheld),
        test: false,
        overloaded: false,
    };
    let inputs = [
        (at(8, 0), Input::NodeStarted { down_since: None }),
        (at(8, 0), Input::SeatRegistered { seat }),
        (at(8, 0), log_in),
        (at(10, 0), arrival),
        (at(10, 1), Input::CallerConnected { call: CALL }),
        (at(10, 29), Input::AnnouncementEnded { leg: LegId::Caller(CALL), play: None }),
        (at(10, 32), Input::RingAnswered { ring }),
        (at(10, 32), Input::RecordingStarted { call: CALL, file: FILE.to_owned() }),
        (at(10, 42), Input::CallerLegEnded { call: CALL, end: CallerLegEnd::HungUp }),
        (at(10, 43), Input::RecordingEnded { call: CALL, recorded, gaps: Duration::ZERO }),
        (at(11, 0), Input::TimePassed),
    ];
    let plan = PlanFile::built_in().core;
    let (opened, _) = Journal::open(folder).expect("a journal");
    let life = Life { plan: &plan, at: at(8, 0), retention: Retention::default(), wake: Box::new(|| ()) };
    let journal = opened.start(life).expect("a writer");
    let mut switch = Switch::new(plan.clone(), at(8, 0));
    let records = inputs.into_iter().map(|(time, input)| {
        switch.handle(time, input.clone());
        while switch.poll_effect().is_some() {}
        Record { time, input, facts: std::iter::from_fn(|| switch.poll_event()).collect() }
    });
    journal.append(Batch { records: records.collect(), ..Batch::default() });
    journal.close().expect("a disk with room");
}

/// A file of so many seconds where the call's recording is said to be.
fn write_file(folder: &std::path::Path, seconds: u64) {
    let recorder = Recorder::start(&folder.join("recordings"), Arc::new(|| {})).expect("a thread");
    let recording = recorder.open(CALL, FILE.into()).expect("opened");
    for position in (0..seconds * 8_000).step_by(160) {
        recording.push(Channel::Left, position, Encoding::Ulaw, &[0x10; 160]);
        // The recorder drops what it cannot take at once.
        if position % 8_000 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    recording.finish(seconds * 8_000);
}

fn reconciled(folder: &std::path::Path) -> Day {
    day(folder, &PlanFile::built_in(), kyoto(), DATE).expect("a journal")
}

#[test]
fn a_call_that_is_recorded_whole_and_lies_there_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    live(folder.path(), Duration::from_secs(10));
    let blind = reconciled(folder.path());
    assert_eq!((blind.agrees(), blind.files.as_ref()), (true, None), "no folder to look at");
    write_file(folder.path(), 10);
    let day = reconciled(folder.path());
    let sums = day.facts.sums();
    assert_eq!((sums.answered, sums.due_ms, sums.recorded_ms), (1, 10_000, 10_000));
    assert!(day.agrees() && !day.is_cut, "{day:?}");
    assert!(render::text(std::slice::from_ref(&day)).contains("difference 0.000 s: agrees"));
    assert_eq!(render::json(&[day])["days"][0]["agrees"], true);
}

#[test]
fn a_file_that_is_short_or_gone_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    live(folder.path(), Duration::from_secs(10));
    write_file(folder.path(), 4);
    let short = reconciled(folder.path());
    let fault = &short.files.as_ref().expect("a folder")[0];
    assert_eq!((fault.call, fault.plays_ms, fault.stated_ms), (CALL, Some(4_000), 10_000));
    std::fs::remove_file(folder.path().join("recordings").join(FILE)).expect("it is there");
    let gone = reconciled(folder.path());
    assert!(!gone.agrees());
    let text = render::text(&[gone]);
    assert!(text.contains("kyoto/1.wav is not there or does not play, 10.000 s were recorded"), "{text}");
}

#[test]
fn talk_that_was_not_recorded_is_named_with_its_call() {
    let folder = tempfile::tempdir().expect("a folder");
    live(folder.path(), Duration::from_millis(7_655));
    let day = reconciled(folder.path());
    assert!(!day.agrees());
    let json = render::json(&[day]);
    let call = &json["days"][0]["differing"][0];
    assert_eq!((&call["call"], &call["difference_ms"]), (&1.into(), &(-2_345).into()));
    assert_eq!(call["cause"], "none_known");
    // Of the day after nothing is known, and nothing differs.
    let after = CivilDate::from_days(DATE.days() + 1);
    let next = super::day(folder.path(), &PlanFile::built_in(), kyoto(), after).expect("a journal");
    assert_eq!((next.agrees(), next.facts.calls.len()), (true, 0));
}
