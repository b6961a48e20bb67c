//! Lives of a real switch, made without SIP: a world that does what each effect orders.

use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    Announcement, CallId, CallerIdentity, CallerLegEnd, DialledNumber, Effect, Input, LegId, Pii,
    RingFailure, RingId, SeatId, Switch, Timestamp, TrunkId,
};
use acd_proto::plan_from_json;

use super::super::Record;
use super::super::replay::Machine;

const PLAN: &str = r#"{
    "tenants": {"shiga": {
        "title": "滋賀", "utc_offset_minutes": 540,
        "numbers": {"0770007119": {"guidance": {"tape": "guidance"}, "recording": "from_answer"}},
        "day_start": "00:00",
        "bands": [{
            "days": ["holiday", "sunday", "saturday", "weekday"], "from": "00:00", "to": "24:00",
            "capacity": {"seat_lines": 2, "guidance_lines": 2}
        }],
        "ranges": [], "refusal": "busy_here", "closed_lines": 2, "closed_announcement": null,
        "waiting": {"message": "waiting", "music": null, "message_every_ms": 20000},
        "hold_music": null, "ring_ms": 15000, "max_wait_ms": null, "entry_skill": null,
        "response_rate_target_permille": null
    }},
    "seats": {
        "seat101": {
            "serves": {"shiga": 1}, "skills": [], "login": "always", "static_contact": true, "wrap_up_max_ms": 0,
            "not_answering_retry_ms": 5000, "unreachable_retry_ms": 5000
        },
        "seat102": {
            "serves": {"shiga": 1}, "skills": [], "login": "always", "static_contact": true, "wrap_up_max_ms": 0,
            "not_answering_retry_ms": 5000, "unreachable_retry_ms": 5000
        }
    },
    "holidays": ["2026-11-23"]
}"#;

pub(super) fn plan() -> Plan {
    plan_from_json(PLAN).expect("a plan")
}

/// A switch and its world, with a millisecond between any two inputs.
pub(super) struct World {
    switch: Switch,
    now: Timestamp,
    records: Vec<Record>,
    orders: Vec<Effect>,
    heard: Vec<Announcement>,
}

impl World {
    pub(super) fn begin(at: Timestamp) -> Self {
        Self::begin_with(at, Vec::new())
    }

    /// A life that begins with these.
    pub(super) fn begin_with(at: Timestamp, first: Vec<Input>) -> Self {
        Self::begin_planned(plan(), at, first)
    }

    /// The same under another plan.
    pub(super) fn begin_planned(plan: Plan, at: Timestamp, first: Vec<Input>) -> Self {
        let switch = Switch::new(plan, at);
        let mut world = Self { switch, now: at, records: Vec::new(), orders: Vec::new(), heard: Vec::new() };
        for input in first {
            world.input(input);
        }
        world.input(Input::NodeStarted { down_since: None });
        world
    }

    pub(super) fn input(&mut self, input: Input) {
        self.now = self.now + Duration::from_millis(1);
        self.switch.handle(self.now, input.clone());
        let facts = std::iter::from_fn(|| self.switch.poll_event()).collect();
        self.records.push(Record { time: self.now, input, facts });
        while let Some(effect) = self.switch.poll_effect() {
            self.orders.push(effect);
        }
    }

    pub(super) fn pass(&mut self, duration: Duration) {
        self.now = self.now + duration;
        self.input(Input::TimePassed);
    }

    pub(super) fn arrive(&mut self, call: u64) {
        self.arrive_from(call, "0770007119", "09000000001");
    }

    pub(super) fn arrive_from(&mut self, call: u64, dialled: &str, caller: &str) {
        self.input(Input::CallArrived {
            call: CallId(call),
            trunk: TrunkId::new("carrier").expect("a name"),
            dialled: Box::new([DialledNumber::new(dialled).expect("a name")]),
            caller: CallerIdentity::Number(Pii::new(caller.to_owned())),
            test: false,
            overloaded: false,
        });
        self.obey();
    }

    /// What has been played.
    pub(super) fn heard(&self) -> &[Announcement] {
        &self.heard
    }

    pub(super) fn hang_up(&mut self, call: u64) {
        self.input(Input::CallerLegEnded { call: CallId(call), end: CallerLegEnd::HungUp });
        self.obey();
    }

    /// Carries out all orders. The world's seats answer; every third ring is refused.
    fn obey(&mut self) {
        while !self.orders.is_empty() {
            for effect in std::mem::take(&mut self.orders) {
                if let Effect::Play { announcement, .. } = effect {
                    self.heard.push(announcement);
                }
                if let Some(input) = outcome(&effect) {
                    self.input(input);
                }
            }
        }
    }

    pub(super) fn records(mut self) -> Vec<Record> {
        self.take_records()
    }

    /// The records since the last look.
    pub(super) fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.records)
    }

    /// The switch as it is now.
    pub(super) fn switch(&self) -> Box<Switch> {
        Box::new(self.switch.clone())
    }

    /// Calls one after another, and the end.
    pub(super) fn day(at: Timestamp, calls: std::ops::Range<u64>) -> Vec<Record> {
        let mut world = Self::begin(at);
        for call in calls {
            world.arrive(call);
            world.pass(Duration::from_secs(6));
            world.hang_up(call);
        }
        world.input(Input::NodeStopped);
        world.records()
    }
}

fn outcome(effect: &Effect) -> Option<Input> {
    Some(match effect {
        Effect::ProgressCaller { call } => Input::CallerProgressed { call: *call },
        Effect::AnswerCaller { call } => Input::CallerConnected { call: *call },
        Effect::RefuseCall { call, .. } => Input::CallerLegEnded { call: *call, end: CallerLegEnd::Released },
        Effect::Play { leg, play, announcement: Announcement::Once(_) } => {
            Input::AnnouncementEnded { leg: *leg, play: Some(*play) }
        }
        Effect::RingSeat { ring, .. } if ring.call.0 % 3 == 0 && ring.attempt == 1 => {
            Input::RingFailed { ring: *ring, failure: RingFailure::Refused(486) }
        }
        Effect::RingSeat { ring, .. } => Input::RingAnswered { ring: *ring },
        Effect::CancelRing { ring } => Input::RingFailed { ring: *ring, failure: RingFailure::Cancelled },
        Effect::ReleaseLeg { leg: LegId::Caller(call), cause: _ } => {
            Input::CallerLegEnded { call: *call, end: CallerLegEnd::Released }
        }
        Effect::ReleaseLeg { leg: LegId::Seat(ring), cause: _ } => {
            Input::SeatLegEnded { ring: *ring, end: acd_core::SeatLegEnd::Released }
        }
        Effect::ReleaseLeg { leg: LegId::Party(party), cause: _ } => {
            Input::PartyLegEnded { party: *party, end: acd_core::PartyLegEnd::Released }
        }
        Effect::DialParty { party, .. } | Effect::RingSupervisor { party, .. } => {
            Input::PartyAnswered { party: *party }
        }
        Effect::CancelParty { party } => {
            Input::PartyFailed { party: *party, failure: acd_core::PartyFailure::Cancelled }
        }
        Effect::StartRecording { call, .. } => {
            Input::RecordingStarted { call: *call, file: format!("shiga/{call}.wav") }
        }
        Effect::StopRecording { call } => {
            Input::RecordingEnded { call: *call, recorded: Duration::from_secs(6), gaps: Duration::ZERO }
        }
        Effect::Play { .. }
        | Effect::StopPlaying { .. }
        | Effect::Bridge { .. }
        | Effect::Unbridge { .. }
        | Effect::Connect { .. }
        | Effect::AnswerSeatCommand { .. }
        | Effect::AnswerCallCommand { .. }
        | Effect::Supervise { .. }
        | Effect::AnswerGuidanceCommand { .. } => return None,
    })
}

/// A core that has been changed without a new version: it forgets the facts of one kind.
pub(super) struct Forgetful {
    pub(super) switch: Switch,
    pub(super) kind: &'static str,
}

impl Machine for Forgetful {
    fn apply(&mut self, time: Timestamp, input: Input) -> Vec<acd_core::CallEvent> {
        let mut facts = self.switch.apply(time, input);
        facts.retain(|fact| acd_proto::fact_kind(fact) != self.kind);
        facts
    }

    fn snapshot(&self) -> serde_json::Result<String> {
        self.switch.snapshot()
    }
}

#[test]
fn a_day_of_the_tests_has_every_phase_in_it() {
    let kinds: Vec<_> = World::day(super::EVENING, 1..4)
        .iter()
        .flat_map(|record| record.facts.iter().map(acd_proto::fact_kind))
        .collect();
    for kind in [
        "node_started",
        "call_admitted",
        "guidance_completed",
        "ring_ended",
        "call_answered",
        "talk_ended",
        "call_ended",
        "recording_ended",
        "node_stopped",
    ] {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }
}

pub(super) fn ring(call: u64, attempt: u32) -> RingId {
    RingId { call: CallId(call), attempt }
}

pub(super) fn seat(name: &str) -> SeatId {
    name.parse().expect("a name")
}
