use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use acd_core::{
    CallEvent, CallId, CallPhase, CallerLegEnd, DialledNumber, Pii, RingEnd, RingId, SeatId, TalkEnd,
    TenantId, Timestamp, TrunkId,
};
use audio_codec_algorithms::decode_ulaw;
use reports::Fold;

use super::*;
use crate::caller::Caller;
use crate::media::{Heard, PersonId, Voice};

const SEAT: u32 = 117;
const CALLER: u32 = 5;
const NUMBER: &str = "09000000005";
const TALK_MS: u64 = 4_000;
const FILE: &str = "shizuoka/1.wav";

/// One answered call with its recording, all as it should be; each test breaks one thing.
struct Scene {
    facts: Vec<(u64, CallEvent)>,
    told: Told,
    left: Vec<i16>,
    right: Vec<i16>,
    folder: PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        // What is left over is in the system's own folder for that.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn said(person: PersonId, milliseconds: u64) -> Vec<i16> {
    let spoken = Voice::of(person).spoken(0);
    spoken.iter().cycle().take(milliseconds as usize * 8).map(|byte| decode_ulaw(*byte)).collect()
}

fn heard(samples: Vec<i16>) -> Heard {
    Heard { packets: samples.len() as u64 / 160, samples, ..Heard::default() }
}

impl Scene {
    fn new(name: &str) -> Self {
        let call = CallId(1);
        let ring = RingId { call, attempt: 1 };
        let seat = SeatId::new("seat117").expect("a name");
        let tenant = TenantId::new("shizuoka").expect("a name");
        let caller = CallerIdentity::Number(Pii::new(NUMBER.to_owned()));
        let end_at = 16_000 + TALK_MS;
        let facts = vec![
            (
                0,
                CallEvent::CallAdmitted {
                    call,
                    tenant,
                    trunk: TrunkId::new("carrier").expect("a name"),
                    dialled: DialledNumber::new("0540008000").expect("a name"),
                    caller,
                    test: false,
                    closed: false,
                    lines_in_use: 1,
                    capacity: 7,
                },
            ),
            (100, CallEvent::GuidanceStarted { call }),
            (14_100, CallEvent::GuidanceCompleted { call }),
            (14_100, CallEvent::RingStarted { ring, seat }),
            (16_000, CallEvent::RingEnded { ring, seat, end: RingEnd::Answered }),
            (16_000, CallEvent::CallAnswered { ring, seat }),
            (16_001, CallEvent::RecordingStarted { call, file: FILE.to_owned() }),
            (end_at, CallEvent::TalkEnded { ring, seat, end: TalkEnd::CallerEnded }),
            (
                end_at,
                CallEvent::CallEnded {
                    call,
                    tenant,
                    outcome: Outcome::Answered,
                    phase: CallPhase::Talking,
                    end: Some(CallerLegEnd::HungUp),
                },
            ),
        ];
        let guidance = said(PersonId::Caller(399), 14_000);
        let report = CallerReport {
            caller: Caller {
                index: CALLER,
                number: NUMBER.to_owned(),
                dialled: "0540008000".to_owned(),
                conduct: Conduct::Talk(Duration::from_millis(TALK_MS)),
                seats: Vec::new(),
            },
            end: CallerEnd::HungUp,
            spoke_with: Some(PersonId::Seat(SEAT)),
            heard: heard([guidance, said(PersonId::Seat(SEAT), TALK_MS)].concat()),
            packets_sent: 900,
        };
        let talk = SeatTalk {
            seat: SEAT,
            caller: NUMBER.to_owned(),
            hung_up: false,
            spoke_with: Some(PersonId::Caller(CALLER)),
            heard: heard(said(PersonId::Caller(CALLER), TALK_MS)),
            packets_sent: 200,
        };
        let told = Told { callers: vec![report], seats: vec![SeatReport::Talked(Box::new(talk))] };
        let folder = std::env::temp_dir().join(format!("acd-sim-check-{}-{name}", std::process::id()));
        Self {
            facts,
            told,
            left: said(PersonId::Caller(CALLER), TALK_MS),
            right: said(PersonId::Seat(SEAT), TALK_MS),
            folder,
        }
    }

    fn check(&self) -> Summary {
        let file = self.folder.join(FILE);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(file, spec).expect("a file");
        for (left, right) in self.left.iter().zip(&self.right) {
            writer.write_sample(*left).expect("written");
            writer.write_sample(*right).expect("written");
        }
        writer.finalize().expect("written");
        self.judge()
    }

    fn judge(&self) -> Summary {
        let mut records = Records::default();
        for (seq, (millis, fact)) in (1..).zip(&self.facts) {
            records.apply(Timestamp::from_millis(i64::try_from(*millis).expect("small")), seq, fact);
        }
        check(&records, &self.told, &self.folder, Wanted { calls: 1, tenants: 1 })
    }

    fn talk(&mut self) -> &mut SeatTalk {
        match &mut self.told.seats[0] {
            SeatReport::Talked(talk) => talk,
            SeatReport::Ready { .. } | SeatReport::NotAnswered { .. } | SeatReport::Failed { .. } => {
                panic!("a talk")
            }
        }
    }
}

fn assert_fails(summary: &Summary, why: &str) {
    assert!(
        summary.failures.iter().any(|failure| failure.contains(why)),
        "'{why}' is not among {:?}",
        summary.failures
    );
}

#[test]
fn a_call_as_it_should_be_passes() {
    let summary = Scene::new("good").check();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!((summary.offered, summary.talks_heard_both_ways), (1, 1));
    assert_eq!(summary.recordings[0].caller_ms, TALK_MS);
    assert_eq!(summary.recordings[0].seat_ms, TALK_MS);
}

#[test]
fn a_missing_recording_fails() {
    assert_fails(&Scene::new("missing").judge(), "recording of call 1");
}

#[test]
fn swapped_channels_fail() {
    let mut scene = Scene::new("swapped");
    let Scene { left, right, .. } = &mut scene;
    std::mem::swap(left, right);
    assert_fails(&scene.check(), "caller's voice on the left");
}

#[test]
fn a_silent_channel_fails() {
    let mut scene = Scene::new("silent");
    scene.right.fill(0);
    assert_fails(&scene.check(), "right channel is silent");
}

#[test]
fn a_voice_in_both_channels_fails() {
    let mut scene = Scene::new("stray");
    let caller = said(PersonId::Caller(CALLER), 200);
    scene.right[..caller.len()].copy_from_slice(&caller);
    assert_fails(&scene.check(), "in the other's channel");
}

#[test]
fn a_recording_101_ms_short_fails_and_99_ms_short_passes() {
    for (short_ms, fails) in [(99, false), (101, true)] {
        let mut scene = Scene::new(&format!("short{short_ms}"));
        scene.left.truncate((TALK_MS as usize - short_ms) * 8);
        assert_eq!(!scene.check().failures.is_empty(), fails, "{short_ms} ms");
    }
}

#[test]
fn a_caller_who_heard_half_of_the_talk_fails() {
    let mut scene = Scene::new("caller-half");
    let heard = &mut scene.told.callers[0].heard.samples;
    heard.truncate(heard.len() - TALK_MS as usize * 4);
    assert_fails(&scene.check(), "the caller heard seat117 for 2000 of 4000 ms");
}

#[test]
fn a_seat_that_heard_another_caller_fails() {
    let mut scene = Scene::new("seat-other");
    scene.talk().heard.samples = said(PersonId::Caller(CALLER + 1), TALK_MS);
    assert_fails(&scene.check(), "seat117 heard the caller for 0 of 4000 ms");
}

#[test]
fn a_guidance_that_was_not_heard_fails() {
    let mut scene = Scene::new("guidance");
    let heard = &mut scene.told.callers[0].heard.samples;
    heard[..14_000 * 8].fill(0);
    assert_fails(&scene.check(), "the guidance lasted 14000 ms");
}

#[test]
fn lost_packets_fail() {
    let mut scene = Scene::new("lost");
    scene.talk().heard.lost = 10;
    assert_fails(&scene.check(), "10 audio packets were lost");
}

#[test]
fn a_call_without_an_outcome_fails() {
    let mut scene = Scene::new("open");
    scene.facts.pop();
    let summary = scene.check();
    assert_fails(&summary, "has no outcome");
    assert_fails(&summary, "offered 1 is not the sum of outcomes 0");
}

#[test]
fn a_caller_whom_the_facts_do_not_know_fails() {
    let mut scene = Scene::new("unknown");
    scene.told.callers[0].caller.number = "09099999999".to_owned();
    assert_fails(&scene.check(), "the facts have 0 calls and 0 refusals");
}

#[test]
fn a_busy_answer_without_its_fact_fails() {
    let mut scene = Scene::new("busy");
    let mut report = scene.told.callers[0].clone();
    report.caller.number = "09000000006".to_owned();
    report.end = CallerEnd::Refused(486);
    scene.told.callers.push(report);
    assert_fails(&scene.check(), "ended as Refused(486)");
}

#[test]
fn a_cancel_that_crossed_the_busy_answer_passes_and_one_without_any_fact_fails() {
    let mut scene = Scene::new("cancel");
    let mut report = scene.told.callers[0].clone();
    report.caller.number = "09000000006".to_owned();
    report.caller.conduct = Conduct::CancelAtOnce;
    scene.told.callers.push(report);
    assert_fails(&scene.check(), "the facts have 0 calls and 0 refusals");
    scene.facts.push((
        5_000,
        CallEvent::CallRefused {
            call: CallId(2),
            tenant: None,
            trunk: TrunkId::new("carrier").expect("a name"),
            dialled: None,
            caller: CallerIdentity::Number(Pii::new("09000000006".to_owned())),
            test: false,
            reason: RefusalReason::LinesFull,
        },
    ));
    assert_eq!(scene.check().failures, Vec::<String>::new());
}

#[test]
fn another_refusal_and_a_broken_seat_fail() {
    let mut scene = Scene::new("broken");
    scene.told.callers[0].end = CallerEnd::Refused(500);
    scene.told.seats.push(SeatReport::Failed { seat: 101, what: "no answer".to_owned() });
    let summary = scene.check();
    assert_fails(&summary, "was answered 500");
    assert_fails(&summary, "seat101: no answer");
}

#[test]
fn too_few_calls_fail_in_a_minute() {
    assert_eq!(Wanted::in_seconds(60).calls, 20);
    assert_eq!(Wanted::in_seconds(59).calls, 1);
    let scene = Scene::new("few");
    let records = Records::default();
    let summary = check(&records, &Told::default(), &scene.folder, Wanted::in_seconds(60));
    assert_fails(&summary, "0 calls ended, 20 are wanted");
    assert_fails(&summary, "no call was answered");
}
