//! The switch against a reference model, written from the rules in lists and loops: random histories, sensible and
//! senseless, in which both must state the same facts after every input and wait for the same deadlines.
//! `PROPTEST_CASES=5000` runs more. A history that fails is made as short as it can be and printed.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "reference/calendar.rs"]
mod calendar;
#[path = "reference/choice.rs"]
mod choice;
#[path = "reference/commands.rs"]
mod commands;
#[path = "reference/deadlines.rs"]
mod deadlines;
#[path = "swarm/draw.rs"]
mod draw;
#[allow(dead_code, reason = "the swarm takes every edge in turn")]
#[path = "swarm/edges.rs"]
mod edges;
#[path = "reference/guidance.rs"]
mod guidance;
#[path = "reference/hearing.rs"]
mod hearing;
#[path = "swarm/hours.rs"]
mod hours;
#[path = "reference/hunts.rs"]
mod hunts;
#[path = "reference/lines.rs"]
mod lines;
#[path = "reference/model.rs"]
mod model;
#[path = "reference/overflow.rs"]
mod overflow;
#[path = "reference/parties.rs"]
mod parties;
#[path = "support/plans.rs"]
mod plans;
#[path = "reference/plays.rs"]
mod plays;
#[path = "reference/queues.rs"]
mod queues;
#[path = "reference/rings.rs"]
mod rings;
#[path = "swarm/rng.rs"]
mod rng;
#[path = "reference/seats.rs"]
mod seats;
#[path = "reference/sides.rs"]
mod sides;
#[path = "reference/staffing.rs"]
mod staffing;
#[path = "reference/supervision.rs"]
mod supervision;
#[path = "support/turn.rs"]
mod turn;

use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    CallCommand, CallId, CallerIdentity, CallerLegEnd, CommandSource, Destination, Input, LegId, LegQuality,
    PartyFailure, PartyId, PartyLegEnd, PauseReason, Pii, PlanSource, PlayId, RecordingFailure, RequestId,
    RingFailure, RingId, SeatCommand, SeatId, SeatLegEnd, SeatLoss, SeatState, Supervision, Switch,
    Timestamp, TrunkId, TrunkLoss, WithheldReason,
};
use draw::{NUMBERS, draw_destination, draw_party_command, draw_plan};
use edges::Place;
use model::Model;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_oneof, proptest};
use proptest::sample::select;
use proptest::strategy::{Just, Strategy};
use rng::Rng;
use turn::turn;

/// What happens next; numbers choose among what is there at that moment, and now and then among what is not.
#[derive(Clone, Copy, Debug)]
enum Step {
    Arrive { number: u8, test: bool },
    CallerProgressed { call: u8, how: u8 },
    Connected { call: u8 },
    EmergencyGuidance { what: u8 },
    Trunk { dead: bool },
    Overload { begins: bool },
    Heard { call: u8, to_the_end: bool, play: u8 },
    PlaceAsked { call: u8, play: u8 },
    CallerEnds { call: u8, how: u8 },
    Answered { ring: u8 },
    Progressed { ring: u8 },
    RingFails { ring: u8, how: u8 },
    SeatLegEnds { ring: u8, how: u8 },
    Hold { leg: u8, of_seat: bool, begins: bool },
    Digit { leg: u8, of_seat: bool, key: char },
    Registered { seat: u8, there: bool },
    Command { seat: u8, what: u8 },
    CallCommand { call: u8, what: u8 },
    PartyCommand { call: u8, what: u16, whom: u8 },
    Party { party: u8, how: u8 },
    CallOut { seat: u8, whom: u8 },
    Recording { call: u8, how: u8 },
    Measured { call: u8 },
    TimePasses,
    NextDeadline,
    OtherPlan,
    Node { what: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (any::<u8>(), proptest::bool::weighted(0.1)).prop_map(|(number, test)| Step::Arrive { number, test }),
        5 => (any::<u8>(), any::<u8>()).prop_map(|(call, how)| Step::CallerProgressed { call, how }),
        8 => any::<u8>().prop_map(|call| Step::Connected { call }),
        1 => any::<u8>().prop_map(|what| Step::EmergencyGuidance { what }),
        1 => any::<bool>().prop_map(|dead| Step::Trunk { dead }),
        1 => any::<bool>().prop_map(|begins| Step::Overload { begins }),
        8 => (any::<u8>(), proptest::bool::weighted(0.9), any::<u8>())
            .prop_map(|(call, to_the_end, play)| Step::Heard { call, to_the_end, play }),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(call, play)| Step::PlaceAsked { call, play }),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(call, how)| Step::CallerEnds { call, how }),
        6 => any::<u8>().prop_map(|ring| Step::Answered { ring }),
        1 => any::<u8>().prop_map(|ring| Step::Progressed { ring }),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(ring, how)| Step::RingFails { ring, how }),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(ring, how)| Step::SeatLegEnds { ring, how }),
        4 => (any::<u8>(), any::<bool>(), any::<bool>())
            .prop_map(|(leg, of_seat, begins)| Step::Hold { leg, of_seat, begins }),
        4 => (any::<u8>(), any::<bool>(), select(vec!['*', '*', '1', '2', '5']))
            .prop_map(|(leg, of_seat, key)| Step::Digit { leg, of_seat, key }),
        4 => (any::<u8>(), proptest::bool::weighted(0.7)).prop_map(|(seat, there)| Step::Registered { seat, there }),
        8 => (any::<u8>(), any::<u8>()).prop_map(|(seat, what)| Step::Command { seat, what }),
        6 => (any::<u8>(), any::<u8>()).prop_map(|(call, what)| Step::CallCommand { call, what }),
        8 => (any::<u8>(), any::<u16>(), any::<u8>())
            .prop_map(|(call, what, whom)| Step::PartyCommand { call, what, whom }),
        10 => (any::<u8>(), any::<u8>()).prop_map(|(party, how)| Step::Party { party, how }),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(seat, whom)| Step::CallOut { seat, whom }),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(call, how)| Step::Recording { call, how }),
        1 => any::<u8>().prop_map(|call| Step::Measured { call }),
        2 => Just(Step::TimePasses),
        6 => Just(Step::NextDeadline),
        1 => Just(Step::OtherPlan),
        1 => any::<u8>().prop_map(|what| Step::Node { what }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_switch_states_what_the_rules_demand(
        plans in any::<u64>(),
        steps in vec((0_u64..12_000, step()), 1..250),
    ) {
        let mut history = History::new(plans);
        for (pause, step) in steps {
            history.step(Duration::from_millis(pause), step);
        }
        prop_assert!(history.switch.calls_len() == history.model.calls.len());
    }
}

struct History {
    plans: [Plan; 2],
    now: Timestamp,
    switch: Switch,
    model: Model,
    calls: u64,
    /// All rings that there have been.
    rings: Vec<RingId>,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let place = Place::draw(&mut rng);
        let plans = [plans::read(&draw_plan(&mut rng, &place)), plans::read(&draw_plan(&mut rng, &place))];
        let now = place.at - Duration::from_millis(rng.within(0, 600_000));
        let (switch, model) = (Switch::new(plans[0].clone(), now), Model::new(plans[0].clone(), now));
        let mut history = Self { plans, now, switch, model, calls: 0, rings: Vec::new() };
        for seat in 0..6 {
            history.hand_in(Input::SeatRegistered { seat: seat_id(seat) });
        }
        history
    }

    fn step(&mut self, pause: Duration, step: Step) {
        self.now = match step {
            Step::NextDeadline => match self.switch.poll_timeout() {
                Some((deadline, _)) => self.now.max(deadline),
                None => return,
            },
            Step::Arrive { .. }
            | Step::CallerProgressed { .. }
            | Step::EmergencyGuidance { .. }
            | Step::Trunk { .. }
            | Step::Overload { .. }
            | Step::Connected { .. }
            | Step::Heard { .. }
            | Step::PlaceAsked { .. }
            | Step::CallerEnds { .. }
            | Step::Answered { .. }
            | Step::Progressed { .. }
            | Step::RingFails { .. }
            | Step::SeatLegEnds { .. }
            | Step::Hold { .. }
            | Step::Digit { .. }
            | Step::Registered { .. }
            | Step::Command { .. }
            | Step::CallCommand { .. }
            | Step::PartyCommand { .. }
            | Step::Party { .. }
            | Step::CallOut { .. }
            | Step::Recording { .. }
            | Step::Measured { .. }
            | Step::TimePasses
            | Step::OtherPlan
            | Step::Node { .. } => self.now + pause,
        };
        let input = self.input(step);
        self.hand_in(input);
    }

    fn hand_in(&mut self, input: Input) {
        let turn = turn(&mut self.switch, self.now, input.clone());
        self.model.compare(self.now, &input, &turn, &self.switch);
        for call in &self.model.calls {
            if let Some((ring, _)) = call.ring
                && self.rings.last() != Some(&ring)
            {
                self.rings.push(ring);
            }
        }
    }

    fn input(&mut self, step: Step) -> Input {
        match step {
            Step::Arrive { number, test } => {
                self.calls += u64::from(number != 255);
                let overloaded = number % 16 == 7;
                let number = NUMBERS.get(usize::from(number % 4)).unwrap_or(&"0312345678");
                Input::CallArrived {
                    call: CallId(self.calls),
                    trunk: TrunkId::new("carrier").unwrap(),
                    dialled: [number.parse().unwrap()].into(),
                    caller: match test {
                        false => CallerIdentity::Number(Pii::new("09012345678".into())),
                        true => CallerIdentity::Withheld(WithheldReason::Withheld),
                    },
                    test,
                    overloaded,
                }
            }
            Step::CallerProgressed { call, how } => {
                let call = self.refused_or(call, how);
                if how % 8 > 0 {
                    Input::CallerProgressed { call }
                } else {
                    Input::CallerProgressFailed { call }
                }
            }
            Step::EmergencyGuidance { what } => Input::GuidanceCommanded {
                tenant: ["shiga", "kyoto", "nobody"][usize::from(what % 3)].parse().unwrap(),
                prompt: (what % 5 > 1).then(|| plans::prompt("emergency")),
                source: CommandSource::Api,
                request: RequestId(u64::from(what)),
            },
            Step::Overload { begins: true } => Input::OverloadBegan,
            Step::Overload { begins: false } => Input::OverloadEnded { refused: self.calls },
            Step::Trunk { dead } => {
                let trunk = TrunkId::new("carrier").unwrap();
                if dead {
                    Input::TrunkLost { trunk, cause: TrunkLoss::Transport }
                } else {
                    Input::TrunkRestored { trunk }
                }
            }
            Step::Connected { call } => Input::CallerConnected { call: self.call(call) },
            Step::Heard { call, to_the_end, play } => {
                let leg = LegId::Caller(self.refused_or(call, call));
                let play = self.play(leg, play);
                if to_the_end {
                    Input::AnnouncementEnded { leg, play }
                } else {
                    Input::AnnouncementFailed { leg, play }
                }
            }
            Step::PlaceAsked { call, play } => {
                let call = self.refused_or(call, call);
                Input::PlaceAsked { call, play: self.play(LegId::Caller(call), play).unwrap_or(PlayId(9)) }
            }
            Step::CallerEnds { call, how } => {
                let end = match how % 6 {
                    0 => CallerLegEnd::Cancelled,
                    1 => CallerLegEnd::Released,
                    2 => CallerLegEnd::AckMissing,
                    3 => CallerLegEnd::SessionExpired,
                    4 => CallerLegEnd::Failed,
                    _ => CallerLegEnd::HungUp,
                };
                let announced = self.model.announced.first().filter(|_| how % 2 == 0).map(|it| it.0);
                let refused = announced.or(self.model.refused.first().copied());
                let call = if how > 200 { refused.unwrap_or(CallId(0)) } else { self.call(call) };
                Input::CallerLegEnded { call, end }
            }
            Step::Answered { ring } => Input::RingAnswered { ring: self.ring(ring) },
            Step::Progressed { ring } => Input::RingProgressed { ring: self.ring(ring) },
            Step::RingFails { ring, how } => {
                let failure = match how % 4 {
                    0 => RingFailure::Unreachable(408),
                    1 => RingFailure::Cancelled,
                    _ => RingFailure::Refused(486),
                };
                Input::RingFailed { ring: self.ring(ring), failure }
            }
            Step::SeatLegEnds { ring, how } => {
                let end = match how % 4 {
                    0 => SeatLegEnd::Released,
                    1 => SeatLegEnd::Lost(SeatLoss::MediaSilent),
                    _ => SeatLegEnd::HungUp,
                };
                Input::SeatLegEnded { ring: self.ring(ring), end }
            }
            Step::Hold { leg, of_seat, begins } => {
                let leg = self.leg(leg, of_seat);
                if begins { Input::HoldBegan { leg } } else { Input::HoldEnded { leg } }
            }
            Step::Digit { leg, of_seat, key } => {
                Input::DigitPressed { leg: self.leg(leg, of_seat), digit: key }
            }
            Step::Registered { seat, there: true } => Input::SeatRegistered { seat: seat_id(seat % 9) },
            Step::Registered { seat, there: false } => {
                Input::SeatUnregistered { seat: seat_id(seat % 9), loss: SeatLoss::RegistrationExpired }
            }
            Step::Command { seat, what } => {
                let command = match what % 6 {
                    0 => SeatCommand::Pause(PauseReason("lunch".parse().unwrap())),
                    1 => SeatCommand::LogOut,
                    2 | 3 => SeatCommand::Ready,
                    _ => SeatCommand::LogIn,
                };
                let request = RequestId(u64::from(what));
                Input::SeatCommanded {
                    seat: seat_id(seat % 9),
                    command,
                    source: self.source(what, 200),
                    request,
                }
            }
            Step::CallCommand { call, what } => {
                let command = match what % 16 {
                    0..=7 => CallCommand::Hold,
                    8..=11 => CallCommand::Resume,
                    12..=13 => CallCommand::HandOver("adviser".parse().unwrap()),
                    14 => CallCommand::HandOver("nothing".parse().unwrap()),
                    _ => CallCommand::HangUp,
                };
                let (call, request) = (self.call(call), RequestId(u64::from(what)));
                Input::CallCommanded { call, command, source: CommandSource::Console, request }
            }
            Step::PartyCommand { call, what, whom } => {
                let (call, request) = (self.call(call), RequestId(u64::from(what)));
                let command = match what % 5 {
                    _ if whom < 170 => draw_party_command(what.into(), draw_destination(whom.into())),
                    0 => CallCommand::EndSupervision,
                    1 => CallCommand::Supervise(Supervision::Listen),
                    2 => CallCommand::Supervise(Supervision::Whisper),
                    _ => CallCommand::Supervise(Supervision::Join),
                };
                Input::CallCommanded { call, command, source: self.source(whom, 175), request }
            }
            Step::Party { party, how } => {
                let party = self.party(party);
                let leg = LegId::Party(party);
                match how % 16 {
                    0..=5 => Input::PartyAnswered { party },
                    6 => Input::PartyProgressed { party },
                    7 => Input::PartyFailed { party, failure: PartyFailure::Refused(486) },
                    8 => Input::PartyFailed { party, failure: PartyFailure::Cancelled },
                    9 => Input::PartyFailed { party, failure: PartyFailure::NotSupported },
                    10 | 11 => Input::PartyLegEnded { party, end: PartyLegEnd::HungUp },
                    12 => Input::PartyLegEnded { party, end: PartyLegEnd::Lost },
                    13 => Input::PartyLegEnded { party, end: PartyLegEnd::Released },
                    14 => Input::HoldBegan { leg },
                    _ if how < 64 => Input::HoldEnded { leg },
                    _ if how < 128 => Input::DigitPressed { leg, digit: '5' },
                    _ => Input::AnnouncementFailed { leg, play: self.play(leg, how / 16) },
                }
            }
            Step::CallOut { seat, whom } => {
                self.calls += u64::from(whom != 255);
                let back = Destination::CallBack(Pii::new("09012345678".parse().unwrap()));
                Input::OutboundCommanded {
                    call: CallId(self.calls),
                    seat: seat_id(seat % 9),
                    tenant: ["shiga", "kyoto", "shizuoka", "osaka"][usize::from(seat / 16 % 4)]
                        .parse()
                        .unwrap(),
                    destination: if whom % 3 == 0 { back } else { draw_destination(whom.into()) },
                    about: (whom > 100).then_some(CallId(1)),
                    source: CommandSource::Api,
                    request: RequestId(u64::from(whom)),
                }
            }
            Step::Recording { call, how } => {
                let call =
                    if how > 127 { CallId(u64::from(call) % (self.calls + 1)) } else { self.call(call) };
                match how % 4 {
                    0 => Input::RecordingStarted { call, file: "x.wav".into() },
                    1 => Input::RecordingFailed { call, failure: RecordingFailure::CannotCreate },
                    2 => Input::RecordingFailed { call, failure: RecordingFailure::Overrun },
                    _ => Input::RecordingEnded { call, recorded: Duration::ZERO, gaps: Duration::ZERO },
                }
            }
            Step::Measured { call } => {
                let leg = LegId::Caller(CallId(u64::from(call) % (self.calls + 3)));
                Input::LegMeasured { leg, quality: LegQuality::default() }
            }
            Step::TimePasses | Step::NextDeadline => Input::TimePassed,
            Step::OtherPlan => {
                let [plan, other] = &mut self.plans;
                core::mem::swap(plan, other);
                Input::PlanApplied {
                    plan: Box::new(plan.clone()),
                    by: PlanSource::Api,
                    who: Some("tanaka".into()),
                }
            }
            Step::Node { what } => match what % 16 {
                0 => Input::DrainRequested,
                1 => Input::NodeStopped,
                2..=5 => Input::NodeStarted { down_since: Some(self.now) },
                6..=9 => Input::JournalStalled,
                10..=13 => Input::JournalRecovered,
                _ => Input::WallClockStepped {
                    step_ms: 1_500,
                    skipped: Duration::from_millis(u64::from(what)),
                },
            },
        }
    }

    /// Now and then a refused call that hears the busy announcement, else a live one.
    fn refused_or(&self, choice: u8, rarely: u8) -> CallId {
        let announced = self.model.announced.first().filter(|_| rarely % 4 == 1);
        announced.map_or_else(|| self.call(choice), |it| it.0)
    }

    /// What plays to a leg, by its number or, as in old journals, without; now and then one of the past or the future.
    fn play(&self, leg: LegId, choice: u8) -> Option<PlayId> {
        match choice % 8 {
            0 => None,
            1 => Some(PlayId(u32::from(choice / 8 % 4))),
            _ => {
                let mut present = self.model.plays.present.iter();
                Some(present.find(|(it, _)| *it == leg).map_or(PlayId(1), |(_, play)| *play))
            }
        }
    }

    /// A live call, or now and then one that is not there.
    fn call(&self, choice: u8) -> CallId {
        let choice = usize::from(choice) % (self.model.calls.len() + 1);
        self.model.calls.get(choice).map_or(CallId(self.calls + 1), |call| call.id)
    }

    /// A present ring three times out of four, else one of the past.
    fn ring(&self, choice: u8) -> RingId {
        let present: Vec<RingId> =
            self.model.calls.iter().filter_map(|call| call.ring).map(|(ring, _)| ring).collect();
        let rings = if choice.is_multiple_of(4) || present.is_empty() { &self.rings } else { &present };
        let nothing = RingId { call: CallId(self.calls), attempt: 1_000 };
        if rings.is_empty() { nothing } else { rings[usize::from(choice / 4) % rings.len()] }
    }

    /// A supervisor's command, if the choice is from a bound on: of a seat that could be one, where there is one.
    fn source(&self, choice: u8, supervisors_from: u8) -> CommandSource {
        if choice < supervisors_from {
            return CommandSource::Console;
        }
        let idle = |it: &&model::Seat| matches!(it.state, SeatState::LoggedOut | SeatState::Paused(_));
        let idle: Vec<SeatId> = self.model.seats.iter().filter(idle).map(|it| it.id).collect();
        let any = choice.is_multiple_of(7) || idle.is_empty();
        let seat = if any { seat_id(choice % 9) } else { idle[usize::from(choice) % idle.len()] };
        CommandSource::Supervisor(seat)
    }

    /// A party that is there or owed an outcome, or now and then one that is not.
    fn party(&self, choice: u8) -> PartyId {
        let present = self.model.calls.iter().flat_map(|call| {
            let parties = call.parties.iter().map(|party| party.id);
            parties.chain(call.watchers.iter().map(|watcher| watcher.id))
        });
        let owed = self.model.parties_cancelled.iter().chain(&self.model.parties_released).copied();
        let parties: Vec<PartyId> = if choice.is_multiple_of(4) { owed.collect() } else { present.collect() };
        let nothing = PartyId { call: CallId(self.calls), attempt: 1_000 };
        if parties.is_empty() { nothing } else { parties[usize::from(choice / 4) % parties.len()] }
    }

    fn leg(&self, choice: u8, of_seat: bool) -> LegId {
        if of_seat { LegId::Seat(self.ring(choice)) } else { LegId::Caller(self.call(choice)) }
    }
}

fn seat_id(number: u8) -> SeatId {
    format!("s{}", number + 1).parse().unwrap()
}
