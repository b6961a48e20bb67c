//! The outside as the switch sees it: carriers, callers, phones, agents and a recorder, each with its faults. It
//! refuses every order that names what is not there, so an order to a leg that is gone fails the run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::{
    CallCommand, CallId, CallerIdentity, CallerLegEnd, CommandSource, Effect, Input, LegId, LegQuality,
    PartyFailure, PartyId, PartyLegEnd, PauseReason, Pii, PlayId, PromptId, RecordingFailure, RequestId,
    RingFailure, RingId, SeatCommand, SeatId, SeatLegEnd, SeatLoss, Timestamp, TrunkId, TrunkLoss,
};

use crate::draw::{NUMBERS, draw_destination, draw_party_command};
use crate::options::Options;
use crate::party_phones::Parties;
use crate::rng::Rng;

mod playouts;

/// What the numbers of doctors on a roster begin with.
const DOCTORS: &str = "03111111";

/// How many of a hundred cancelled rings were answered before the cancelling reached the phone.
const ANSWERS_CROSS: u64 = 10;

/// What is going to happen, unless what it is about has gone by then.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Arrive,
    /// After whom nobody comes.
    ArriveAlone,
    Progress(CallId, bool),
    Connect(CallId),
    Trunk(bool),
    Overload(bool),
    EmergencyGuidance(u64),
    CallerEnds(CallId, CallerLegEnd),
    Heard(CallId, PlayId),
    CannotHear(CallId, PlayId),
    AskPlace(CallId, PlayId),
    Answer(RingId),
    Fail(RingId, RingFailure),
    Cancelled(RingId),
    /// The phone answered before the cancelling reached it.
    Crosses(RingId),
    SeatEnds(RingId, SeatLegEnd),
    Hold(LegId, bool),
    Recorded(CallId, Result<(), RecordingFailure>),
    RecordingEnds(CallId),
    Command(SeatId, SeatCommand),
    CommandCall(CallId, CallCommand),
    Press(LegId, char),
    PartyCannotHear(PartyId, PlayId),
    PartyAnswers(PartyId),
    /// The answer crosses the order to cancel the try.
    PartyCrosses(PartyId),
    PartyFails(PartyId, PartyFailure),
    PartyEnds(PartyId, PartyLegEnd),
    CallOut(SeatId, u64),
    Supervise(SeatId, CallId, CallCommand),
    Force(SeatId, SeatId, SeatCommand),
}

#[derive(Debug, Default)]
struct Caller {
    /// A 183 is out.
    progressed: bool,
    connected: bool,
    releasing: bool,
    /// What plays.
    plays: Option<PlayId>,
    holds: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phone {
    Rings,
    Cancelling,
    Talks { holds: bool },
    Releasing,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) calm: bool,
    pub(crate) seats: Vec<SeatId>,
    plans: BTreeMap<(Timestamp, u64), Plan>,
    planned: u64,
    calls: u64,
    callers: BTreeMap<CallId, Caller>,
    rings: BTreeMap<RingId, (SeatId, Phone)>,
    registered: BTreeSet<SeatId>,
    recordings: BTreeSet<CallId>,
    pub(crate) parties: Parties,
}

impl World {
    pub(crate) fn new(seats: Vec<SeatId>, now: Timestamp) -> Self {
        let mut world = Self {
            calm: false,
            seats,
            plans: BTreeMap::new(),
            planned: 0,
            calls: 0,
            callers: BTreeMap::new(),
            rings: BTreeMap::new(),
            registered: BTreeSet::new(),
            recordings: BTreeSet::new(),
            parties: Parties::default(),
        };
        world.plan(now, Plan::Arrive);
        world
    }

    /// When something happens next.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.plans.keys().next().map(|(at, _)| *at)
    }

    /// The stamps have skipped a time through which nobody has lived.
    pub(crate) fn postpone(&mut self, skipped: Duration) {
        let plans = core::mem::take(&mut self.plans);
        self.plans = plans.into_iter().map(|((at, nth), plan)| ((at + skipped, nth), plan)).collect();
    }

    /// What happens next, as an input if it is one.
    pub(crate) fn happen(&mut self, rng: &mut Rng, options: &Options) -> Option<Input> {
        let ((now, _), plan) = self.plans.pop_first()?;
        match plan {
            Plan::Arrive => {
                self.plan(now + rng.millis(0, 2 * options.arrival_every_ms), Plan::Arrive);
                self.arrive(now, rng, options)
            }
            Plan::ArriveAlone => self.arrive(now, rng, options),
            Plan::Progress(call, works) => {
                let caller = self.callers.get_mut(&call).filter(|it| !it.releasing)?;
                caller.progressed = works;
                let failed = Input::CallerProgressFailed { call };
                Some(if works { Input::CallerProgressed { call } } else { failed })
            }
            Plan::Trunk(dead) => {
                let trunk = TrunkId::new("carrier").unwrap();
                Some(if dead {
                    Input::TrunkLost { trunk, cause: TrunkLoss::NoAnswer }
                } else {
                    Input::TrunkRestored { trunk }
                })
            }
            Plan::Overload(true) => Some(Input::OverloadBegan),
            Plan::Overload(false) => Some(Input::OverloadEnded { refused: self.calls }),
            Plan::EmergencyGuidance(what) => Some(Input::GuidanceCommanded {
                tenant: ["shiga", "kyoto", "nobody"][usize::try_from(what % 3).unwrap()].parse().unwrap(),
                prompt: (what % 5 > 1).then(|| PromptId::new("emergency").unwrap()),
                source: CommandSource::Api,
                request: RequestId(3),
            }),
            Plan::Connect(call) => {
                // The ACK may cross our order to release the caller.
                let caller = self.callers.get_mut(&call).filter(|it| !it.connected)?;
                caller.connected = true;
                Some(Input::CallerConnected { call })
            }
            Plan::CallerEnds(call, end) => {
                let caller = self.callers.remove(&call)?;
                let end = match end {
                    CallerLegEnd::HungUp if !caller.connected => CallerLegEnd::Cancelled,
                    CallerLegEnd::Cancelled if caller.connected => CallerLegEnd::HungUp,
                    CallerLegEnd::Cancelled
                    | CallerLegEnd::HungUp
                    | CallerLegEnd::Released
                    | CallerLegEnd::AckMissing
                    | CallerLegEnd::SessionExpired
                    | CallerLegEnd::Failed => end,
                };
                Some(Input::CallerLegEnded { call, end })
            }
            Plan::Heard(call, play) => {
                self.tells_of(call, play, rng)?;
                self.repeat(now, Plan::Heard(call, play), rng);
                Some(Input::AnnouncementEnded { leg: LegId::Caller(call), play: Some(play) })
            }
            Plan::AskPlace(call, play) => {
                self.tells_of(call, play, rng)?;
                // The next message of the same playout asks again.
                self.plan(now + rng.millis(5_000, 60_000), Plan::AskPlace(call, play));
                Some(Input::PlaceAsked { call, play })
            }
            Plan::CannotHear(call, play) => {
                self.tells_of(call, play, rng)?;
                self.repeat(now, Plan::CannotHear(call, play), rng);
                Some(Input::AnnouncementFailed { leg: LegId::Caller(call), play: Some(play) })
            }
            Plan::Answer(ring) => {
                let (_, phone) = self.rings.get_mut(&ring).filter(|(_, phone)| *phone == Phone::Rings)?;
                *phone = Phone::Talks { holds: false };
                self.plan_talk(ring, now, rng, options);
                Some(Input::RingAnswered { ring })
            }
            Plan::Fail(ring, failure) => {
                self.rings.get(&ring).filter(|(_, phone)| *phone == Phone::Rings)?;
                self.rings.remove(&ring);
                Some(Input::RingFailed { ring, failure })
            }
            Plan::Cancelled(ring) => {
                self.rings.remove(&ring);
                Some(Input::RingFailed { ring, failure: RingFailure::Cancelled })
            }
            Plan::Crosses(ring) => {
                let (_, phone) = self.rings.get_mut(&ring)?;
                *phone = Phone::Releasing;
                // Now and then it answers again before its leg has ended.
                let again = rng.percent(ANSWERS_CROSS);
                self.soon(now, Plan::SeatEnds(ring, SeatLegEnd::Released), rng);
                again.then(|| self.plan(now, Plan::Crosses(ring)));
                Some(Input::RingAnswered { ring })
            }
            Plan::SeatEnds(ring, end) => {
                let (_, phone) = self.rings.get(&ring)?;
                let fits = match end {
                    SeatLegEnd::Released => *phone == Phone::Releasing,
                    // A BYE may cross ours.
                    SeatLegEnd::HungUp | SeatLegEnd::Lost(_) => true,
                };
                if !fits {
                    return None;
                }
                self.rings.remove(&ring);
                Some(Input::SeatLegEnded { ring, end })
            }
            Plan::Hold(leg, holds) => self.hold(leg, holds),
            Plan::Recorded(call, Ok(())) => {
                Some(Input::RecordingStarted { call, file: format!("{call}.wav") })
            }
            Plan::Recorded(call, Err(failure)) => {
                if failure == RecordingFailure::CannotCreate && !self.recordings.remove(&call) {
                    return None;
                }
                Some(Input::RecordingFailed { call, failure })
            }
            Plan::RecordingEnds(call) => self.recordings.remove(&call).then_some(Input::RecordingEnded {
                call,
                recorded: Duration::from_secs(1),
                gaps: Duration::ZERO,
            }),
            Plan::Command(seat, command) => Some(Input::SeatCommanded {
                seat,
                command,
                source: CommandSource::Api,
                request: RequestId(1),
            }),
            Plan::Press(leg, digit) => {
                let there = self.is_there(leg);
                there.then_some(Input::DigitPressed { leg, digit })
            }
            Plan::PartyCannotHear(party, play) => {
                self.repeat(now, Plan::PartyCannotHear(party, play), rng);
                let (leg, play) = (LegId::Party(party), Some(play));
                self.parties.talks(party).then_some(Input::AnnouncementFailed { leg, play })
            }
            Plan::PartyAnswers(party) => self.parties.answers(party),
            Plan::PartyCrosses(party) => {
                let end = if rng.percent(50) { PartyLegEnd::Released } else { PartyLegEnd::HungUp };
                self.soon(now, Plan::PartyEnds(party, end), rng);
                rng.percent(ANSWERS_CROSS).then(|| self.plan(now, Plan::PartyCrosses(party)));
                self.parties.crosses(party)
            }
            Plan::PartyFails(party, failure) => self.parties.fails(party, failure),
            Plan::PartyEnds(party, end) => self.parties.ends(party, end),
            Plan::CallOut(seat, whom) => {
                self.calls += 1;
                let call = CallId(self.calls);
                self.parties.outbound.insert(call);
                Some(Input::OutboundCommanded {
                    call,
                    seat,
                    tenant: ["shiga", "kyoto"][usize::from(whom % 5 == 0)].parse().unwrap(),
                    destination: draw_destination(whom),
                    about: (whom != 4).then_some(CallId(1)),
                    source: CommandSource::Console,
                    request: RequestId(3),
                })
            }
            Plan::Supervise(supervisor, call, command) => Some(Input::CallCommanded {
                call,
                command,
                source: CommandSource::Supervisor(supervisor),
                request: RequestId(4),
            }),
            Plan::Force(supervisor, seat, command) => Some(Input::SeatCommanded {
                seat,
                command,
                source: CommandSource::Supervisor(supervisor),
                request: RequestId(4),
            }),
            Plan::CommandCall(call, command) => Some(Input::CallCommanded {
                call,
                command,
                source: CommandSource::Console,
                request: RequestId(2),
            }),
        }
    }

    /// Carries an order out.
    pub(crate) fn carry_out(&mut self, now: Timestamp, order: &Effect, rng: &mut Rng, options: &Options) {
        match order {
            Effect::RefuseCall { call, .. } => {
                let caller = self.callers.get_mut(call).expect("refuse a call that is there");
                assert!(!caller.connected, "refuse before the answer");
                caller.releasing = true;
                let fails = rng.percent(options.connect_fails);
                let end = if fails { CallerLegEnd::Failed } else { CallerLegEnd::Released };
                self.soon(now, Plan::CallerEnds(*call, end), rng);
            }
            Effect::ProgressCaller { call } => {
                let caller = self.callers.get(call).expect("progress a call that is there");
                assert!(
                    !caller.connected && !caller.progressed && !caller.releasing,
                    "183 once, before the answer"
                );
                let works = !rng.percent(options.connect_fails);
                self.soon(now, Plan::Progress(*call, works), rng);
            }
            Effect::AnswerCaller { call } => {
                assert!(self.callers.contains_key(call), "answer a call that is there");
                let fails = rng.percent(options.connect_fails);
                let end = *rng.pick(&[CallerLegEnd::AckMissing, CallerLegEnd::Failed]).unwrap();
                let plan = if fails { Plan::CallerEnds(*call, end) } else { Plan::Connect(*call) };
                self.soon(now, plan, rng);
            }
            Effect::Play { leg, play, announcement } => {
                self.play(now, (*leg, *play), *announcement, rng, options);
            }
            Effect::StopPlaying { leg } => match leg {
                LegId::Caller(call) => {
                    self.callers.get_mut(call).expect("stop playing to who is there").plays = None;
                }
                LegId::Party(party) => assert!(self.parties.talks(*party), "stop playing to who is there"),
                LegId::Seat(_) => panic!("nothing plays to a seat"),
            },
            Effect::RingSeat { ring, seat, .. } => self.ring(now, *ring, *seat, rng, options),
            Effect::CancelRing { ring } => {
                let (_, phone) = self.rings.get_mut(ring).expect("cancel a ring that is there");
                assert_eq!(*phone, Phone::Rings, "cancel a ring that rings");
                *phone = Phone::Cancelling;
                let crosses = rng.percent(ANSWERS_CROSS);
                self.soon(now, if crosses { Plan::Crosses(*ring) } else { Plan::Cancelled(*ring) }, rng);
            }
            Effect::Bridge { ring } => {
                let pair = vec![LegId::Caller(ring.call), LegId::Seat(*ring)];
                self.parties.connect(ring.call, vec![pair]);
            }
            Effect::Unbridge { ring } => self.parties.connect(ring.call, Vec::new()),
            Effect::Connect { call, sets } => {
                let sets: Vec<Vec<LegId>> = sets.iter().map(|set| set.to_vec()).collect();
                assert!(sets.iter().all(|set| set.len() > 1), "a set of one hears nobody");
                self.parties.connect(*call, sets);
            }
            Effect::DialParty { party, number, .. } => {
                let sleeps = number.reveal().as_str().starts_with(DOCTORS);
                self.dial(now, *party, sleeps, rng, options);
            }
            Effect::RingSupervisor { party, supervisor, .. } => {
                self.parties.supervisors.insert(*party, *supervisor);
                self.dial(now, *party, false, rng, options);
            }
            Effect::Supervise { party, ring, whispers } => {
                assert!(self.is_there(LegId::Party(*party)), "only who is there listens");
                assert!(self.is_there(LegId::Seat(*ring)), "only to who is there is listened");
                self.parties.supervised.insert(*party, (*ring, *whispers));
            }
            Effect::CancelParty { party } => {
                self.parties.cancel(*party);
                let crosses = rng.percent(ANSWERS_CROSS);
                let ends = Plan::PartyFails(*party, PartyFailure::Cancelled);
                self.soon(now, if crosses { Plan::PartyCrosses(*party) } else { ends }, rng);
            }
            Effect::ReleaseLeg { leg: LegId::Party(party), .. } => {
                self.parties.release(*party);
                self.soon(now, Plan::PartyEnds(*party, PartyLegEnd::Released), rng);
            }
            Effect::ReleaseLeg { leg: LegId::Caller(call), .. } => {
                let caller = self.callers.get_mut(call).expect("release a caller that is there");
                assert!(!caller.releasing, "release a caller once");
                caller.releasing = true;
                self.soon(now, Plan::CallerEnds(*call, CallerLegEnd::Released), rng);
            }
            Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => {
                let (_, phone) = self.rings.get_mut(ring).expect("release a phone that is there");
                assert!(matches!(phone, Phone::Talks { .. }), "release a phone that talks, once");
                *phone = Phone::Releasing;
                self.soon(now, Plan::SeatEnds(*ring, SeatLegEnd::Released), rng);
            }
            Effect::StartRecording { call, .. } => {
                assert!(self.recordings.insert(*call), "one recording a call");
                let fails = rng.percent(options.recorder_fails);
                let begun = if fails { Err(RecordingFailure::CannotCreate) } else { Ok(()) };
                self.plan(now, Plan::Recorded(*call, begun));
            }
            Effect::StopRecording { call } => {
                assert!(self.recordings.contains(call), "stop a recording that is there");
                self.soon(now, Plan::RecordingEnds(*call), rng);
            }
            Effect::AnswerSeatCommand { .. }
            | Effect::AnswerCallCommand { .. }
            | Effect::AnswerGuidanceCommand { .. } => {}
        }
    }

    /// Agents and phones at random moments.
    pub(crate) fn disturb(&mut self, now: Timestamp, rng: &mut Rng, options: &Options) -> Option<Input> {
        if rng.percent(options.commands) {
            let seat = *rng.pick(&self.seats)?;
            let lunch = PauseReason("lunch".parse().ok()?);
            let commands =
                [SeatCommand::LogIn, SeatCommand::Ready, SeatCommand::Pause(lunch), SeatCommand::LogOut];
            let willing = if rng.percent(60) { &commands[..2] } else { &commands };
            self.plan(now, Plan::Command(seat, *rng.pick(willing)?));
        }
        if rng.percent(options.trunks) {
            self.plan(now, Plan::Trunk(rng.percent(50)));
            self.plan(now, Plan::EmergencyGuidance(rng.within(0, 29)));
        }
        if options.overloads > 0 && rng.percent(options.overloads) {
            self.plan(now, Plan::Overload(rng.percent(50)));
        }
        if rng.percent(options.holds) {
            let legs: Vec<LegId> = self
                .callers
                .keys()
                .map(|call| LegId::Caller(*call))
                .chain(self.rings.keys().map(|ring| LegId::Seat(*ring)))
                .chain(self.parties.legs())
                .collect();
            if let Some(leg) = rng.pick(&legs) {
                self.plan(now, Plan::Hold(*leg, true));
                self.plan(now + rng.millis(1, 20_000), Plan::Hold(*leg, false));
            }
        }
        if rng.percent(options.call_commands) {
            let mut calls: Vec<CallId> = self.rings.keys().map(|ring| ring.call).collect();
            calls.push(CallId(rng.within(1, self.calls + 1)));
            let call = *rng.pick(&calls)?;
            let hangs_up = rng.percent(10);
            let command = if hangs_up { CallCommand::HangUp } else { CallCommand::Hold };
            self.plan(now, Plan::CommandCall(call, command));
            self.plan(now + rng.millis(1, 20_000), Plan::CommandCall(call, CallCommand::Resume));
        }
        if rng.percent(options.hand_overs) {
            let talks = |(_, phone): &(SeatId, Phone)| matches!(phone, Phone::Talks { .. });
            let talking: Vec<RingId> =
                self.rings.iter().filter(|(_, it)| talks(it)).map(|(ring, _)| *ring).collect();
            if let Some(ring) = rng.pick(&talking) {
                let skill = *rng.pick(&["adviser", "reception", "adviser", "nothing"])?;
                if rng.percent(50) {
                    let command = CallCommand::HandOver(skill.parse().ok()?);
                    self.plan(now, Plan::CommandCall(ring.call, command));
                } else {
                    let code = if skill == "adviser" { "7*1" } else { "*22" };
                    for key in code.chars() {
                        self.plan(now, Plan::Press(LegId::Seat(*ring), key));
                    }
                }
            }
        }
        if rng.percent(options.party_commands) {
            let calls: Vec<CallId> = self.rings.keys().map(|ring| ring.call).collect();
            if let Some(call) = rng.pick(&calls).copied() {
                let destination = draw_destination(rng.within(0, 11));
                let command = draw_party_command(rng.within(0, 999), destination);
                self.plan(now, Plan::CommandCall(call, command));
            }
        }
        if rng.percent(options.calls_out) {
            self.draw_call_out(now, rng, options)?;
        }
        if rng.percent(options.supervision) {
            self.draw_supervision(now, rng);
        }
        if rng.percent(options.registrations) {
            let seat = *rng.pick(&self.seats)?;
            return Some(if self.registered.remove(&seat) {
                Input::SeatUnregistered { seat, loss: SeatLoss::RegistrationExpired }
            } else {
                self.register(seat)
            });
        }
        None
    }

    /// An input that fits nothing.
    pub(crate) fn garbage(&self, rng: &mut Rng) -> Input {
        let unknown = CallId(self.calls + rng.within(1, 5));
        let old = CallId(rng.within(0, self.calls));
        let ring = RingId { call: old, attempt: 4_000_000 };
        let seat = SeatId::new("nobody").unwrap();
        match rng.within(0, 8) {
            0 => Input::CallerConnected { call: unknown },
            1 => Input::CallerLegEnded { call: unknown, end: CallerLegEnd::HungUp },
            2 => Input::RingAnswered { ring },
            3 => Input::RingFailed { ring, failure: RingFailure::Refused(486) },
            4 => Input::SeatLegEnded { ring, end: SeatLegEnd::HungUp },
            5 => Input::SeatRegistered { seat },
            6 => Input::LegMeasured { leg: LegId::Caller(unknown), quality: LegQuality::default() },
            7 => Input::AnnouncementEnded { leg: LegId::Seat(ring), play: Some(PlayId(1)) },
            _ => self.arrival(old, NUMBERS[0], false, false),
        }
    }

    /// The agent ends the call by the phone.
    pub(crate) fn hang_up(&mut self, ring: RingId, now: Timestamp) {
        self.plan(now, Plan::SeatEnds(ring, SeatLegEnd::HungUp));
    }

    /// From here on everything works and nobody new calls: every phone is there, every agent at work.
    pub(crate) fn calm_down(&mut self, now: Timestamp, rng: &mut Rng) -> Vec<Input> {
        self.calm = true;
        self.plans.retain(|_, plan| !matches!(plan, Plan::Arrive | Plan::ArriveAlone));
        let seats = self.seats.clone();
        let mut inputs = Vec::new();
        for seat in seats {
            if !self.registered.contains(&seat) {
                inputs.push(self.register(seat));
            }
            for round in 0..400 {
                let at = now + Duration::from_secs(1 + 5 * round) + rng.millis(0, 999);
                self.plan(at, Plan::Command(seat, SeatCommand::LogIn));
                self.plan(at, Plan::Command(seat, SeatCommand::Ready));
            }
        }
        inputs
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.callers.is_empty()
            && self.rings.is_empty()
            && self.recordings.is_empty()
            && self.parties.is_empty()
    }

    pub(crate) fn is_registered(&self, seat: SeatId) -> bool {
        self.registered.contains(&seat)
    }

    pub(crate) fn register(&mut self, seat: SeatId) -> Input {
        self.registered.insert(seat);
        Input::SeatRegistered { seat }
    }

    /// The registrar drops the bindings of seats that a plan no longer has.
    pub(crate) fn seats_are(&mut self, seats: Vec<SeatId>) {
        self.registered.retain(|seat| seats.contains(seat));
        self.seats = seats;
    }

    fn arrive(&mut self, now: Timestamp, rng: &mut Rng, options: &Options) -> Option<Input> {
        self.calls += 1;
        let call = CallId(self.calls);
        self.callers.insert(call, Caller::default());
        let patience = rng.millis(0, 2 * options.patience_ms);
        self.plan(now + patience, Plan::CallerEnds(call, CallerLegEnd::HungUp));
        let unknown = rng.percent(options.unknown_numbers);
        let number = if unknown { "0312345678" } else { rng.pick(&NUMBERS)? };
        let test = rng.percent(options.test_calls);
        let overloaded = options.overloads > 0 && rng.percent(options.overloads);
        Some(self.arrival(call, number, test, overloaded))
    }

    fn arrival(&self, call: CallId, number: &str, test: bool, overloaded: bool) -> Input {
        Input::CallArrived {
            call,
            trunk: TrunkId::new("carrier").unwrap(),
            dialled: [number.parse().unwrap()].into(),
            caller: CallerIdentity::Number(Pii::new("09012345678".into())),
            test,
            overloaded,
        }
    }

    fn ring(&mut self, now: Timestamp, ring: RingId, seat: SeatId, rng: &mut Rng, options: &Options) {
        self.crowd(now, ring, rng, options);
        let is_there = self.callers.contains_key(&ring.call) || self.parties.outbound.contains(&ring.call);
        assert!(is_there, "ring for a caller that is there");
        let busy = self
            .rings
            .values()
            .find(|(other, phone)| *other == seat && matches!(phone, Phone::Rings | Phone::Talks { .. }));
        assert!(busy.is_none(), "R-Q5: {seat} is rung while it is busy");
        assert!(!self.parties.supervises(seat), "R-S5: {seat} is rung while it supervises");
        let again = self.rings.insert(ring, (seat, Phone::Rings));
        assert!(again.is_none(), "a ring has an id of its own");
        let after = now + rng.millis(10, 18_000);
        let plan = if self.calm {
            Plan::Answer(ring)
        } else if rng.percent(options.never_answers) {
            return;
        } else if rng.percent(options.refuses) {
            Plan::Fail(ring, RingFailure::Refused(486))
        } else if rng.percent(options.unreachable) {
            Plan::Fail(ring, RingFailure::Unreachable(503))
        } else {
            Plan::Answer(ring)
        };
        self.plan(if self.calm { now + rng.millis(10, 1_500) } else { after }, plan);
    }

    fn plan_talk(&mut self, ring: RingId, now: Timestamp, rng: &mut Rng, options: &Options) {
        let over = now + rng.millis(0, 2 * options.talk_ms);
        if !self.calm && rng.percent(options.seat_lost) {
            let loss = *rng.pick(&[SeatLoss::MediaSilent, SeatLoss::LegFailed]).unwrap();
            self.plan(over, Plan::SeatEnds(ring, SeatLegEnd::Lost(loss)));
        } else if rng.percent(options.seat_hangs_up) {
            self.plan(over, Plan::SeatEnds(ring, SeatLegEnd::HungUp));
        } else {
            let end = *rng.pick(&[CallerLegEnd::HungUp, CallerLegEnd::SessionExpired]).unwrap();
            self.plan(over, Plan::CallerEnds(ring.call, end));
        }
    }

    fn hold(&mut self, leg: LegId, to: bool) -> Option<Input> {
        let holds = match leg {
            LegId::Party(party) => return self.parties.hold(party, to),
            LegId::Caller(call) => {
                let caller = self.callers.get_mut(&call).filter(|it| it.connected && !it.releasing)?;
                &mut caller.holds
            }
            LegId::Seat(ring) => match self.rings.get_mut(&ring) {
                Some((_, Phone::Talks { holds, .. })) => holds,
                Some(_) | None => return None,
            },
        };
        if core::mem::replace(holds, to) == to {
            return None;
        }
        Some(if to { Input::HoldBegan { leg } } else { Input::HoldEnded { leg } })
    }

    /// Whether a leg can be joined to others.
    pub(crate) fn is_there(&self, leg: LegId) -> bool {
        match leg {
            LegId::Caller(call) => self.callers.get(&call).is_some_and(|it| it.connected && !it.releasing),
            LegId::Seat(ring) => {
                self.rings.get(&ring).is_some_and(|(_, phone)| matches!(phone, Phone::Talks { .. }))
            }
            LegId::Party(party) => self.parties.talks(party),
        }
    }

    /// The seats that talk, with their calls.
    pub(crate) fn talking(&self) -> Vec<(SeatId, CallId)> {
        let talks = self.rings.iter().filter(|(_, (_, phone))| matches!(phone, Phone::Talks { .. }));
        talks.map(|(ring, (seat, _))| (*seat, ring.call)).collect()
    }

    fn soon(&mut self, now: Timestamp, plan: Plan, rng: &mut Rng) {
        self.plan(now + rng.millis(0, 800), plan);
    }

    pub(crate) fn plan(&mut self, at: Timestamp, plan: Plan) {
        self.planned += 1;
        self.plans.insert((at, self.planned), plan);
    }
}
