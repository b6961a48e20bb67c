//! Inputs that fit nothing: unknown calls, rings and seats, outcomes twice, time that goes backwards, in any order and at any
//! moment. Nothing may panic, every invariant must hold, what does not fit must be stated by its name, and an input that is
//! stated as unexpected must leave the whole state as it was. `PROPTEST_CASES=5000` runs more.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is told apart is what names something that is not there"
)]

#[path = "swarm/auditor.rs"]
mod auditor;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "reference/calendar.rs"]
mod calendar;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "swarm/draw.rs"]
mod draw;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "swarm/edges.rs"]
mod edges;
#[path = "swarm/hours.rs"]
mod hours;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "support/plans.rs"]
mod plans;
#[path = "reference/queues.rs"]
mod queues;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "swarm/rng.rs"]
mod rng;
#[path = "support/turn.rs"]
mod turn;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "swarm/hunts.rs"]
mod waiting_hunts;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::{
    CallCommand, CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, CommandSource, Effect, Input,
    LegId, LegQuality, OpenCall, PartyFailure, PartyId, PartyLegEnd, PauseReason, Pii, PlayId,
    RecordingFailure, RequestId, RingFailure, RingId, SeatCommand, SeatId, SeatLegEnd, SeatLoss, Switch,
    TenantId, Timestamp, TrunkId, UnexpectedInput,
};
use auditor::Auditor;
use draw::{draw_destination, draw_party_command};
use edges::Place;
use proptest::prelude::{ProptestConfig, any, proptest};
use rng::Rng;
use turn::turn;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bad_input_is_stated_and_changes_nothing(seed in any::<u64>(), steps in 1_usize..200) {
        Fuzz::new(seed).run(steps);
    }
}

#[test]
fn every_name_of_what_does_not_fit_comes_about() {
    let mut seen = BTreeMap::new();
    for seed in 0..40 {
        let mut fuzz = Fuzz::new(seed);
        fuzz.run(300);
        for (kind, count) in fuzz.seen {
            *seen.entry(kind).or_insert(0) += count;
        }
    }
    let all = [
        UnexpectedInput::CallDuplicate,
        UnexpectedInput::CallUnknown,
        UnexpectedInput::RingOver,
        UnexpectedInput::PartyOver,
        UnexpectedInput::SeatUnknown,
        UnexpectedInput::OutOfPhase,
        UnexpectedInput::TimeBackwards,
    ];
    for kind in all {
        assert!(seen.contains_key(&kind), "the inputs are too tame: no {kind:?} in {seen:?}");
    }
}

struct Fuzz {
    rng: Rng,
    now: Timestamp,
    switch: Switch,
    auditor: Auditor,
    /// The highest id that a call has had.
    highest: u64,
    live: BTreeSet<CallId>,
    /// Of each live call, how many rings it has had.
    rings: BTreeMap<CallId, u32>,
    seats: BTreeSet<SeatId>,
    seen: BTreeMap<UnexpectedInput, u64>,
}

impl Fuzz {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let place = Place::draw(&mut rng);
        let plan = plans::read(&draw::draw_plan(&mut rng, &place));
        // With up to six minutes and a half before and after an edge of the calendar.
        let now = place.at - Duration::from_millis(rng.within(0, 400_000));
        let mut auditor = Auditor::default();
        auditor.plan_applied(&plan);
        Self {
            rng,
            now,
            seats: plan.seats.keys().copied().collect(),
            switch: Switch::new(plan, now),
            auditor,
            highest: 0,
            live: BTreeSet::new(),
            rings: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            let input = self.draw();
            let pause = self.rng.within(0, 4_000);
            self.now = self.now + Duration::from_millis(pause);
            self.hand_in(self.now, Input::TimePassed);
            self.offer(input.clone());
            if self.rng.percent(20) {
                self.offer_again(input);
            }
        }
        let written = serde_json::to_string(&self.switch).unwrap();
        let read: Switch = serde_json::from_str(&written).unwrap();
        assert_eq!(read, self.switch, "all parts of the state tell the same story");
    }

    /// Hands an input in, now and then with a stamp of the past, and looks at what is stated.
    fn offer(&mut self, input: Input) {
        let wanted = self.misfit(&input);
        let before = self.switch.clone();
        let late = if self.rng.percent(10) { self.rng.within(1, 100_000) } else { 0 };
        let (mut facts, orders) = self.hand_in(self.now - Duration::from_millis(late), input.clone());
        if late > 0 {
            let stated = facts.remove(0);
            assert!(is(&stated, UnexpectedInput::TimeBackwards), "{input:?} came {late} ms late: {stated:?}");
        }
        if let Some(kind) = wanted {
            assert!(is(&facts[0], kind), "{input:?} is {kind:?}, not {facts:?}");
        }
        if facts.iter().any(|fact| matches!(fact, CallEvent::InputUnexpected { .. })) {
            assert_eq!(facts.len(), 1, "{input:?} is unexpected and nothing else: {facts:?}");
            assert!(orders.is_empty(), "{input:?} is unexpected and orders {orders:?}");
            assert_eq!(self.switch, before, "{input:?} is unexpected and changes nothing");
        }
    }

    /// Hands an outcome in that has just been handed in.
    fn offer_again(&mut self, input: Input) {
        let once = match input {
            Input::CallArrived { .. }
            | Input::CallerConnected { .. }
            | Input::CallerLegEnded { .. }
            | Input::HoldBegan { .. }
            | Input::HoldEnded { .. }
            | Input::RingAnswered { .. }
            | Input::PartyAnswered { .. }
            | Input::PartyFailed { .. }
            | Input::PartyLegEnded { .. }
            | Input::OutboundCommanded { .. }
            | Input::RingFailed { .. }
            | Input::SeatLegEnded { .. }
            | Input::SeatRegistered { .. }
            | Input::SeatUnregistered { .. }
            | Input::RecordingStarted { .. }
            | Input::RecordingEnded { .. }
            | Input::JournalStalled
            | Input::JournalRecovered => true,
            // These may be true twice, or are answered.
            _ => false,
        };
        let before = self.switch.clone();
        let (facts, _) = self.hand_in(self.now, input.clone());
        if once {
            let unexpected = |fact: &CallEvent| matches!(fact, CallEvent::InputUnexpected { .. });
            assert!(facts.iter().all(unexpected) && facts.len() == 1, "{input:?} again: {facts:?}");
            assert_eq!(self.switch, before, "{input:?} again changes nothing");
        }
    }

    fn hand_in(&mut self, now: Timestamp, input: Input) -> (Vec<CallEvent>, Vec<Effect>) {
        let turn = turn(&mut self.switch, now, input);
        for fact in &turn.facts {
            self.auditor.fact(self.now, fact);
            match fact {
                CallEvent::CallAdmitted { call, .. } => {
                    self.live.insert(*call);
                    self.highest = self.highest.max(call.0);
                }
                CallEvent::CallRefused { call, .. } | CallEvent::OutboundCommanded { call, .. } => {
                    self.highest = self.highest.max(call.0)
                }
                CallEvent::CallEnded { call, .. } => {
                    self.live.remove(call);
                    self.rings.remove(call);
                }
                CallEvent::RingStarted { ring, .. } => {
                    self.rings.insert(ring.call, ring.attempt);
                }
                CallEvent::InputUnexpected { input, .. } => *self.seen.entry(*input).or_default() += 1,
                _ => {}
            }
        }
        self.auditor.check(self.now, &self.switch);
        (turn.facts, turn.orders)
    }

    /// By which name an input must be stated that names what is not there; `None`: the rules decide.
    fn misfit(&self, input: &Input) -> Option<UnexpectedInput> {
        let of_call = |call: &CallId| (call.0 > self.highest).then_some(UnexpectedInput::CallUnknown);
        let of_ring = |ring: &RingId| match self.rings.get(&ring.call) {
            _ if ring.call.0 > self.highest => Some(UnexpectedInput::CallUnknown),
            Some(rings) if ring.attempt > *rings => Some(UnexpectedInput::RingOver),
            Some(_) | None => None,
        };
        match input {
            Input::CallArrived { call, .. } | Input::OutboundCommanded { call, .. } => {
                (call.0 <= self.highest).then_some(UnexpectedInput::CallDuplicate)
            }
            Input::CallerConnected { call }
            | Input::PlaceAsked { call, .. }
            | Input::CallerLegEnded { call, .. }
            | Input::AnnouncementEnded { leg: LegId::Caller(call), .. }
            | Input::AnnouncementFailed { leg: LegId::Caller(call), .. }
            | Input::DigitPressed { leg: LegId::Caller(call), .. }
            | Input::HoldBegan { leg: LegId::Caller(call) }
            | Input::HoldEnded { leg: LegId::Caller(call) }
            | Input::RecordingStarted { call, .. }
            | Input::RecordingFailed { call, .. }
            | Input::RecordingEnded { call, .. }
            | Input::LegMeasured { leg: LegId::Caller(call), .. } => of_call(call),
            Input::RingProgressed { ring }
            | Input::RingAnswered { ring }
            | Input::RingFailed { ring, .. }
            | Input::SeatLegEnded { ring, .. }
            | Input::DigitPressed { leg: LegId::Seat(ring), .. }
            | Input::HoldBegan { leg: LegId::Seat(ring) }
            | Input::HoldEnded { leg: LegId::Seat(ring) } => of_ring(ring),
            Input::CallFoundOpen(open) if open.call.0 <= self.highest => Some(UnexpectedInput::CallDuplicate),
            Input::SeatRegistered { seat } | Input::SeatUnregistered { seat, .. } => {
                (!self.seats.contains(seat)).then_some(UnexpectedInput::SeatUnknown)
            }
            _ => None,
        }
    }

    fn draw(&mut self) -> Input {
        let (call, ring, leg, seat) = (self.call(), self.ring(), self.leg(), self.seat());
        let command = *self.rng.pick(&[CallCommand::Hold, CallCommand::Resume, CallCommand::HangUp]).unwrap();
        let request = RequestId(self.rng.within(0, 3));
        let play = self.rng.percent(80).then(|| PlayId(u32::try_from(self.rng.within(0, 5)).unwrap()));
        match self.rng.within(0, 36) {
            0..=3 => self.arrival(),
            4..=6 => Input::CallerConnected { call },
            7 => Input::CallerLegEnded { call, end: CallerLegEnd::HungUp },
            8 => Input::CallerLegEnded { call, end: CallerLegEnd::Released },
            9 => Input::AnnouncementEnded { leg, play },
            10 => Input::PlaceAsked { call, play: play.unwrap_or(PlayId(1)) },
            11 => Input::AnnouncementFailed { leg, play },
            12 => Input::DigitPressed { leg, digit: *self.rng.pick(&['1', '*', '#', 'x']).unwrap() },
            13 => Input::HoldBegan { leg },
            14 => Input::HoldEnded { leg },
            15 => Input::RingProgressed { ring },
            16 | 17 => Input::RingAnswered { ring },
            18 => {
                let failures =
                    [RingFailure::Refused(486), RingFailure::Unreachable(503), RingFailure::Cancelled];
                Input::RingFailed { ring, failure: *self.rng.pick(&failures).unwrap() }
            }
            19 => {
                let ends =
                    [SeatLegEnd::HungUp, SeatLegEnd::Released, SeatLegEnd::Lost(SeatLoss::MediaSilent)];
                Input::SeatLegEnded { ring, end: *self.rng.pick(&ends).unwrap() }
            }
            20 => Input::SeatRegistered { seat },
            21 => Input::SeatUnregistered { seat, loss: SeatLoss::RegistrationExpired },
            22 | 23 => {
                let lunch = PauseReason("lunch".parse().unwrap());
                let commands =
                    [SeatCommand::LogIn, SeatCommand::Ready, SeatCommand::Pause(lunch), SeatCommand::LogOut];
                let command = *self.rng.pick(&commands).unwrap();
                Input::SeatCommanded { seat, command, source: CommandSource::StarCode, request }
            }
            24 => Input::CallCommanded { call, command, source: CommandSource::Api, request },
            25 => Input::RecordingStarted { call, file: "x.wav".into() },
            26 => {
                let failures = [RecordingFailure::CannotCreate, RecordingFailure::Overrun];
                Input::RecordingFailed { call, failure: *self.rng.pick(&failures).unwrap() }
            }
            27 => Input::RecordingEnded { call, recorded: Duration::ZERO, gaps: Duration::ZERO },
            28 => Input::LegMeasured { leg, quality: LegQuality::default() },
            29 if self.highest > 0 => self.found_open(),
            30..=35 => self.party_input(call, seat),
            _ => self.rng.pick(&[Input::JournalStalled, Input::JournalRecovered]).unwrap().clone(),
        }
    }

    /// What a party does, or an agent with one.
    fn party_input(&mut self, call: CallId, seat: SeatId) -> Input {
        let party = PartyId { call, attempt: u32::try_from(self.rng.within(1, 4)).unwrap() };
        let (source, request) = (CommandSource::Console, RequestId(5));
        let destination = draw_destination(self.rng.within(0, 11));
        match self.rng.within(0, 9) {
            0 => Input::PartyProgressed { party },
            1 => Input::PartyAnswered { party },
            2 => Input::PartyFailed { party, failure: PartyFailure::Refused(486) },
            3 => Input::PartyFailed { party, failure: PartyFailure::Cancelled },
            4 => Input::PartyLegEnded { party, end: PartyLegEnd::HungUp },
            5 => Input::PartyLegEnded { party, end: PartyLegEnd::Released },
            6 => {
                // One in four is no news.
                let fresh = (self.highest + u64::from(!self.rng.percent(25))).max(1);
                let tenant = TenantId::new("shiga").unwrap();
                let call = CallId(fresh);
                Input::OutboundCommanded { call, seat, tenant, destination, about: None, source, request }
            }
            _ => {
                let command = draw_party_command(self.rng.within(0, 999), destination);
                Input::CallCommanded { call, command, source, request }
            }
        }
    }

    /// A call of the life before that has an id of this life.
    fn found_open(&mut self) -> Input {
        Input::CallFoundOpen(OpenCall {
            call: CallId(self.rng.within(1, self.highest)),
            tenant: TenantId::new("shiga").unwrap(),
            phase: CallPhase::Talking,
            seat: None,
            ring: None,
            answered: false,
            admitted_at: self.now,
            recording: None,
            parties: [].into(),
        })
    }

    fn arrival(&mut self) -> Input {
        // One in four is no news.
        let call =
            if self.rng.percent(25) { self.rng.within(1, self.highest.max(1)) } else { self.highest + 1 };
        let number = self.rng.pick(&["0770007119", "0750007119", "0540008000", "110"]).unwrap();
        Input::CallArrived {
            call: CallId(call),
            trunk: TrunkId::new("carrier").unwrap(),
            dialled: [number.parse().unwrap()].into(),
            caller: CallerIdentity::Number(Pii::new("09012345678".into())),
            test: self.rng.percent(5),
            overloaded: self.rng.percent(2),
        }
    }

    /// A live call more often than not, else one of the past or of the future.
    fn call(&mut self) -> CallId {
        let live: Vec<CallId> = self.live.iter().copied().collect();
        let any = [self.rng.within(0, self.highest), self.highest + 1, u64::MAX];
        match self.rng.pick(&live) {
            Some(call) if self.rng.percent(70) => *call,
            Some(_) | None => CallId(*self.rng.pick(&any).unwrap()),
        }
    }

    /// The last ring of a call more often than not, else another of it or none.
    fn ring(&mut self) -> RingId {
        let rung: Vec<RingId> =
            self.rings.iter().map(|(call, attempt)| RingId { call: *call, attempt: *attempt }).collect();
        match self.rng.pick(&rung).copied() {
            Some(ring) if self.rng.percent(70) => ring,
            Some(ring) => {
                RingId { attempt: *self.rng.pick(&[0, 1, ring.attempt + 1, u32::MAX]).unwrap(), ..ring }
            }
            None => RingId { call: self.call(), attempt: 1 },
        }
    }

    fn leg(&mut self) -> LegId {
        if self.rng.percent(60) { LegId::Caller(self.call()) } else { LegId::Seat(self.ring()) }
    }

    fn seat(&mut self) -> SeatId {
        SeatId::new(&format!("s{}", self.rng.within(1, 10))).unwrap()
    }
}

fn is(fact: &CallEvent, kind: UnexpectedInput) -> bool {
    matches!(fact, CallEvent::InputUnexpected { input, .. } if *input == kind)
}
