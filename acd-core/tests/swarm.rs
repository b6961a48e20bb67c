//! A swarm of seeded histories. Each seed draws a plan and its own rates of faults; after every turn an auditor who
//! sees the facts alone recounts what the rules demand and a reference model says what the facts must be (safety), and at
//! the end everything is put right and every caller must have an outcome, every seat be free, every order be answered (liveness). On the way the switch is written
//! down and read back again and again. The same inputs must then give a switch that was never written down the same
//! facts and orders again.
//!
//! `ACD_SEEDS=5000` runs more seeds, `ACD_SEEDS=5000..9000` others, `ACD_SEED=17` runs one. The history of a seed that fails is printed whole.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "swarm/auditor.rs"]
mod auditor;
#[path = "reference/calendar.rs"]
mod calendar;
#[path = "reference/choice.rs"]
mod choice;
#[path = "reference/commands.rs"]
mod commands;
#[path = "swarm/crossings.rs"]
mod crossings;
#[path = "reference/deadlines.rs"]
mod deadlines;
#[path = "swarm/draw.rs"]
mod draw;
#[allow(dead_code, reason = "other tests take edges at random")]
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
#[path = "swarm/onlooker.rs"]
mod onlooker;
#[path = "swarm/options.rs"]
mod options;
#[path = "reference/overflow.rs"]
mod overflow;
#[path = "reference/parties.rs"]
mod parties;
#[path = "swarm/parties.rs"]
mod party_phones;
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
#[path = "swarm/rush.rs"]
mod rush;
#[path = "reference/seats.rs"]
mod seats;
#[path = "reference/sides.rs"]
mod sides;
#[path = "reference/staffing.rs"]
mod staffing;
#[path = "reference/supervision.rs"]
mod supervision;
#[path = "support/text.rs"]
mod text;
#[path = "support/turn.rs"]
mod turn;
#[path = "swarm/hunts.rs"]
mod waiting_hunts;
#[path = "swarm/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use acd_core::plan::{Plan, check_bands};
use acd_core::{
    AlarmKind, CallEvent, Input, PlanSource, RingId, SeatId, SeatState, Stranding, Switch, Timestamp, limits,
};
use auditor::Auditor;
use crossings::{Crossing, Crossings};
use model::Model;
use onlooker::Onlooker;
use options::{Options, draw_clock_step};
use rng::Rng;
use turn::{Turn, turn};
use world::World;

#[test]
fn every_history_is_safe_and_comes_to_its_end() {
    let seeds = seeds();
    let (first, count) = (seeds.start, seeds.end - seeds.start);
    let mut seen = BTreeMap::<String, u64>::new();
    let mut crossings = Crossings::default();
    for seed in seeds {
        let history = run(seed);
        crossings.count(&history.crossing);
        // A thousand histories are enough to see that the swarm is awake.
        if seed < first + 1_000 {
            let facts = history.journal.iter().flat_map(|(_, _, turn)| &turn.facts);
            for _ in history.journal.iter().filter(|it| is_answer_again(it)) {
                *seen.entry("RingAnswered again".to_owned()).or_default() += 1;
            }
            for came_of_it in history.journal.iter().flat_map(came_of_a_plan) {
                *seen.entry(came_of_it).or_default() += 1;
            }
            let mut answered = BTreeSet::new();
            if history.auditor.hunts.went_on > 0 {
                *seen.entry("PartyDialled after a wait for a line".to_owned()).or_default() += 1;
            }
            for fact in facts {
                *seen.entry(kind(fact)).or_default() += 1;
                if let CallEvent::CallAnswered { ring, .. } = fact {
                    answered.insert(ring.call);
                }
                if matches!(fact, CallEvent::RecordingStarted { call, .. } if !answered.contains(call)) {
                    *seen.entry("RecordingStarted before a seat".to_owned()).or_default() += 1;
                }
            }
        }
    }
    if count >= 100 {
        let unseen: Vec<&str> = WANTED.into_iter().filter(|kind| !seen.contains_key(*kind)).collect();
        assert!(
            unseen.is_empty(),
            "the histories are too quiet to prove anything: no {unseen:?} in {seen:?}"
        );
        crossings.check();
    }
}

/// Whose stay or wait a new plan has ended in its turn.
fn came_of_a_plan((_, input, turn): &(Timestamp, Input, Turn)) -> Vec<String> {
    let said = |fact: &CallEvent| {
        if matches!(fact, CallEvent::AlarmRaised { kind: AlarmKind::WaitTooLong, .. }) {
            return Some("a wait");
        }
        let CallEvent::SeatStateChanged { from, to: SeatState::Ready, .. } = fact else { return None };
        let stays = [
            (*from == SeatState::WrapUp, "WrapUp"),
            (matches!(from, SeatState::NotAnswering(_)), "NotAnswering"),
            (*from == SeatState::Unreachable, "Unreachable"),
        ];
        stays.into_iter().find_map(|(is_it, name)| is_it.then_some(name))
    };
    let is_plan = matches!(input, Input::PlanApplied { .. });
    let ended = turn.facts.iter().filter(|_| is_plan).filter_map(said);
    ended.map(|what| format!("PlanApplied ends {what}")).collect()
}

/// A phone whose ring was cancelled has answered twice.
fn is_answer_again((_, input, turn): &(Timestamp, Input, Turn)) -> bool {
    let unexpected = |fact: &CallEvent| matches!(fact, CallEvent::InputUnexpected { .. });
    let of_a_phone = |ring: &RingId| ring.attempt <= limits::RINGS_PER_CALL_MAX;
    matches!(input, Input::RingAnswered { ring } if of_a_phone(ring)) && turn.facts.iter().any(unexpected)
}

fn seeds() -> Range<u64> {
    if let Ok(seed) = env::var("ACD_SEED") {
        let seed = seed.parse().unwrap();
        return seed..seed + 1;
    }
    let seeds = env::var("ACD_SEEDS").unwrap_or("100".into());
    let (first, end) = seeds.split_once("..").unwrap_or(("0", &seeds));
    first.parse().unwrap()..end.parse().unwrap()
}

/// A history that has not come over its edge goes on for so many steps at most.
const STEPS_MOST: u64 = 4_000;

/// What must come about in a hundred seeds, or the swarm has gone to sleep.
const WANTED: [&str; 102] = [
    "RingAnswered again",
    "PlanApplied ends WrapUp",
    "PlanApplied ends NotAnswering",
    "PlanApplied ends Unreachable",
    "PlanApplied ends a wait",
    "WallClockStepped",
    "GuidanceCommanded Done",
    "GuidanceCommanded UnknownTenant",
    "TrunkLost NoAnswer",
    "TrunkRestored",
    "OverloadStarted",
    "OverloadEnded",
    "AlarmRaised Overload",
    "NoReachableSeatStarted",
    "NoReachableSeatEnded",
    "AlarmRaised CallsMissing",
    "AlarmRaised NoReachableSeat",
    "BlockageStarted",
    "BlockageEnded",
    "SeatLinesFullStarted",
    "SeatLinesFullEnded",
    "CapacityChanged",
    "CallRefused LinesFull",
    "CallRefused Closed",
    "CallRefused Overload",
    "CallRefused UnknownNumber",
    "CallEnded Closed",
    "CallEnded AbandonedInGuidance",
    "CallEnded AbandonedInQueue",
    "CallEnded AbandonedWhileRinging",
    "CallEnded AbandonedAfterReception",
    "CallEnded Answered",
    "CallEnded Failed",
    "RingEnded Answered",
    "RingEnded Failed",
    "RingEnded TimedOut",
    "RingEnded CallerGone",
    "RingEnded SeatLost",
    "TalkEnded CallerEnded",
    "TalkEnded SeatEnded",
    "TalkEnded SeatLost",
    "TalkEnded NodeOutage",
    "AlarmRaised NobodyLoggedIn",
    "AlarmRaised WaitTooLong",
    "AlarmRaised RecordingFailed",
    "StaffingShort",
    "StaffingRestored",
    "GuidanceFailed",
    "CallerProgressFailed",
    "RefusalFailed Failed",
    "AnnouncementFailed Choice",
    "AnnouncementFailed Waiting",
    "AnnouncementFailed Music",
    "AnnouncementFailed Closed",
    "AnnouncementFailed Busy",
    "HoldStarted",
    "RecordingOff",
    "RecordingStarted before a seat",
    "SeatCommanded Deferred",
    "CallCommanded Done",
    "CallCommanded OutOfPhase",
    "CallCommanded UnknownCall",
    "CallCommanded UnknownSkill",
    "TalkEnded Commanded",
    "TalkEnded HandedOver",
    "PlanApplied",
    "CallOverflowed Closed",
    "ChoiceMade",
    "PlaceSaid Some",
    "PlaceSaid None",
    "CallOverflowed NobodyLoggedIn",
    "CallOverflowed WaitTooLong",
    "TalkEnded Transferred",
    "TalkEnded PartyEnded",
    "CallerLeft HungUp",
    "CallerLeft Released",
    "PartyEnded Failed",
    "PartyEnded TimedOut",
    "PartyEnded NoLine",
    "PartyEnded HungUp",
    "PartyEnded Lost",
    "PartyEnded Commanded",
    "PartyEnded Alone",
    "PartyLineFreed",
    "PartyMoved Held",
    "PartyMoved Together",
    "PartyMoved Listening",
    "PartyMoved Whispering",
    "PartyAnswered Listening",
    "PartyAnswered Whispering",
    "SupervisorRung",
    "SeatCommanded Busy",
    "SeatCommanded Supervising",
    "SeatCommanded UnknownSupervisor",
    "CallCommanded UnknownSupervisor",
    "CallCommanded SeatNotFree",
    "CallCommanded UnknownParty",
    "DestinationUnreached",
    "HeadquartersDialled",
    "OutboundEnded",
    "AlarmRaised NobodyReached",
    "PartyDialled after a wait for a line",
];

/// The kind of a fact, with what distinguishes it.
fn kind(fact: &CallEvent) -> String {
    let debug = format!("{fact:?}");
    let name = debug.split([' ', '{']).next().unwrap_or_default().to_owned();
    let detail = [
        "outcome: ",
        "reason: ",
        "kind: ",
        "result: ",
        " end: ",
        "cause: ",
        "announcement: ",
        "company: ",
        "place: ",
    ]
    .iter()
    .find_map(|key| debug.split_once(key))
    .map(|(_, rest)| rest.split([',', ' ', '(']).next().unwrap_or_default());
    detail.map_or(name.clone(), |detail| format!("{name} {detail}"))
}

/// Runs a seed.
fn run(seed: u64) -> History {
    let mut rng = Rng::new(seed);
    let options = Options::draw(seed, &mut rng);
    let mut history = History::new(rng, options);
    let result = panic::catch_unwind(AssertUnwindSafe(|| history.run()));
    if let Err(cause) = result {
        history.print(seed);
        panic::resume_unwind(cause);
    }
    history
}

struct History {
    rng: Rng,
    /// Draws the turns before which the switch is written down, beside the history.
    pauses: Rng,
    options: Options,
    now: Timestamp,
    switch: Switch,
    world: World,
    auditor: Auditor,
    onlooker: Onlooker,
    model: Model,
    /// All inputs and what they led to, to be replayed.
    journal: Vec<(Timestamp, Input, Turn)>,
    /// The input whose turn has not ended.
    in_hand: Option<(Timestamp, Input)>,
    plans: [Plan; 2],
    crossing: Crossing,
    /// Appointments that have not been kept.
    reload_at: Option<Timestamp>,
    step_at: Option<(Timestamp, i64)>,
}

impl History {
    fn new(mut rng: Rng, options: Options) -> Self {
        let plans = [plans::read(&options.plan), plans::read(&options.other_plan)];
        for (id, tenant) in plans.iter().flat_map(|plan| &plan.tenants) {
            assert_eq!(check_bands(tenant), [], "the bands of {id} are no plan's");
        }
        let now = options.begins;
        let mut world = World::new(seats_of(&plans[0]), now);
        world.expect_rush(now, &options.place, &mut rng);
        let crossing = Crossing::new(&options.place);
        let (reload_at, step_at) = (options.reload_at, options.step_at);
        let mut auditor = Auditor::default();
        auditor.plan_applied(&plans[0]);
        let onlooker = Onlooker::new(&plans);
        Self {
            pauses: Rng::new(rng.clone().within(0, u64::MAX - 1)),
            rng,
            options,
            now,
            switch: Switch::new(plans[0].clone(), now),
            world,
            crossing,
            reload_at,
            step_at,
            auditor,
            onlooker,
            model: Model::new(plans[0].clone(), now),
            journal: Vec::new(),
            in_hand: None,
            plans,
        }
    }

    fn run(&mut self) {
        self.hand_in(Input::NodeStarted { down_since: None });
        for seat in seats_of(&self.plans[0]) {
            if self.rng.percent(80) {
                let input = self.world.register(seat);
                self.hand_in(input);
            }
        }
        let mut steps = 0;
        while steps < self.options.steps || (self.crossing.is_ahead(self.now) && steps < STEPS_MOST) {
            steps += 1;
            self.keep_appointments();
            self.step();
            if let Some(input) = self.world.disturb(self.now, &mut self.rng, &self.options) {
                self.hand_in(input);
            }
            if self.rng.percent(self.options.garbage) {
                self.hand_in_garbage();
            }
            if self.rng.percent(self.options.reloads) {
                self.reload();
            }
            // Most histories come to their edge by and by.
            let may_step = !self.crossing.is_ahead(self.now) || self.rng.percent(5);
            if may_step && self.rng.percent(self.options.clock_steps) && self.rng.percent(30) {
                let step_ms = draw_clock_step(&mut self.rng);
                self.step_clock(step_ms);
            }
        }
        if self.options.stops {
            self.stop();
        } else {
            self.come_to_rest();
        }
        core::mem::take(&mut self.onlooker).compare(self.now);
        self.replay();
    }

    /// What the options set for an instant, when nothing is due before it.
    fn keep_appointments(&mut self) {
        let deadline = self.switch.poll_timeout().map(|(at, _)| at);
        let next = deadline.into_iter().chain(self.world.next_at()).min();
        let is_due = |at: &Timestamp| next.is_none_or(|next| *at <= next);
        if let Some(at) = self.reload_at.filter(is_due) {
            self.reload_at = None;
            self.now = self.now.max(at);
            self.reload();
        }
        if let Some((at, step_ms)) = self.step_at.filter(|(at, _)| is_due(at)) {
            self.step_at = None;
            self.now = self.now.max(at);
            self.step_clock(step_ms);
        }
    }

    /// Stamps follow a step forward, all of it or, where they were ahead of the clock, a part; they never go back.
    fn step_clock(&mut self, step_ms: i64) {
        self.hand_in(Input::TimePassed);
        let forward = u64::try_from(step_ms).unwrap_or(0);
        let ahead = if self.rng.percent(30) { self.rng.within(0, forward) } else { 0 };
        let skipped = Duration::from_millis(forward - ahead);
        self.now = self.now + skipped;
        self.world.postpone(skipped);
        self.hand_in(Input::WallClockStepped { step_ms, skipped });
    }

    /// Whatever is due first: a deadline of the switch, or something outside.
    fn step(&mut self) {
        let deadline = self.switch.poll_timeout().map(|(at, _)| at);
        let happening = self.world.next_at();
        if let Some(deadline) = deadline
            && happening.is_none_or(|it| deadline < it)
        {
            let late = self.rng.millis(0, self.options.loop_late_ms);
            let late = happening.map_or(deadline + late, |it| it.min(deadline + late));
            self.now = self.now.max(late);
            self.hand_in(Input::TimePassed);
            return;
        }
        self.now = self.now.max(happening.expect("something is always going to happen"));
        if let Some(input) = self.world.happen(&mut self.rng, &self.options) {
            self.hand_in(input);
        }
    }

    fn hand_in(&mut self, input: Input) -> &[CallEvent] {
        if self.pauses.percent(2) {
            self.write_down_and_read_back();
        }
        self.in_hand = Some((self.now, input.clone()));
        self.crossing.before(self.now, self.model.calls.iter().map(|call| call.phase));
        let turn = turn(&mut self.switch, self.now, input.clone());
        self.in_hand = None;
        self.journal.push((self.now, input, turn));
        let (_, input, turn) = self.journal.last().unwrap();
        for fact in &turn.facts {
            self.auditor.fact(self.now, fact);
        }
        for order in &turn.orders {
            self.world.carry_out(self.now, order, &mut self.rng, &self.options);
        }
        self.auditor.check(self.now, &self.switch);
        self.crossing.after(self.now, input, &turn.facts);
        self.onlooker.watch(self.now, input, turn);
        self.model.compare(self.now, input, turn, &self.switch);
        self.world.check(&self.model.calls);
        &turn.facts
    }

    /// From here on the switch that was read back goes on in place of the one that was written.
    fn write_down_and_read_back(&mut self) {
        let written = serde_json::to_string(&self.switch).unwrap();
        let read: Switch = serde_json::from_str(&written).unwrap();
        assert_eq!(read, self.switch, "what is read back is what was written");
        self.switch = read;
    }

    fn hand_in_garbage(&mut self) {
        let input = self.world.garbage(&mut self.rng);
        let facts = self.hand_in(input);
        let unexpected = |fact: &CallEvent| matches!(fact, CallEvent::InputUnexpected { .. });
        assert!(facts.iter().any(unexpected), "what does not fit is stated");
    }

    fn reload(&mut self) {
        // What is due now is not the plan's doing.
        self.hand_in(Input::TimePassed);
        let [plan, other] = &mut self.plans;
        core::mem::swap(plan, other);
        let plan = plan.clone();
        self.auditor.plan_applied(&plan);
        self.world.seats_are(seats_of(&plan));
        let before = self.switch.clone();
        let told = before.would_strand(&plan);
        let to_log_out = self.model.seats.iter().filter(|it| it.deferred == Some(SeatState::LoggedOut));
        let to_log_out: Vec<SeatId> = to_log_out.map(|it| it.id).collect();
        let supervise = before.plan().seats.keys().copied().filter(|it| self.model.supervises(*it)).collect();
        let facts = self.hand_in(Input::PlanApplied {
            plan: Box::new(plan.clone()),
            by: PlanSource::Signal,
            who: None,
        });
        check_stranding(&before, &plan, &told, facts, &to_log_out, &supervise);
    }

    fn stop(&mut self) {
        self.hand_in(Input::DrainRequested);
        self.hand_in(Input::NodeStopped);
        assert_eq!(self.switch.calls_len(), 0, "a stop leaves no call without an outcome");
    }

    fn step_until(&mut self, until: Timestamp) {
        while self.now < until {
            self.step();
        }
    }

    /// Liveness: within bounded time every call has its outcome and every seat is free.
    fn come_to_rest(&mut self) {
        for input in self.world.calm_down(self.now, &mut self.rng) {
            self.hand_in(input);
        }
        self.step_until(self.now + Duration::from_secs(900));
        // The lines of a tenant may be such that none is ever free: the agent who waits for one gives up in the end (R-L8).
        let wait_in_vain = self.model.calls.iter().filter(|it| it.waits_for().is_some());
        for ring in wait_in_vain.filter_map(|it| it.ring.map(|(ring, _)| ring)) {
            self.world.hang_up(ring, self.now);
        }
        self.step_until(self.now + Duration::from_secs(1_000));
        assert!(self.world.is_empty(), "the outside has nothing left: {:?}", self.world);
        assert!(self.switch.is_idle(), "nothing is in progress any more");
        for seat in seats_of(&self.plans[0]) {
            assert!(self.world.is_registered(seat));
            assert_eq!(self.switch.seat_state(seat), Some(SeatState::Ready), "{seat} is free again");
        }
        for tenant in self.plans[0].tenants.keys() {
            assert_eq!(self.switch.lines_in_use(*tenant), 0, "no line of {tenant} has leaked");
        }
    }

    #[allow(clippy::print_stdout, reason = "a seed that fails is shown whole")]
    fn print(&self, seed: u64) {
        for (at, input, turn) in &self.journal {
            println!("{} {input:?}", text::time(*at));
            turn.facts.iter().for_each(|fact| println!("    {}", text::fact(fact)));
            turn.orders.iter().for_each(|order| println!("    > {}", text::order(order)));
        }
        if let Some((at, input)) = &self.in_hand {
            println!("{} {input:?}", text::time(*at));
        }
        println!("seed {seed} with {:#?}", self.options);
        println!("Run it alone: ACD_SEED={seed} cargo test -p acd-core --test swarm");
    }

    fn replay(&self) {
        let mut again: Option<Switch> = None;
        let first_plan = plans::read(&self.options.plan);
        for (at, input, said) in &self.journal {
            let switch = again.get_or_insert_with(|| Switch::new(first_plan.clone(), *at));
            assert_eq!(&turn(switch, *at, input.clone()), said, "a replay gives the same facts and orders");
        }
        assert_eq!(again.as_ref(), Some(&self.switch), "a replay gives the same switch");
    }
}

fn seats_of(plan: &Plan) -> Vec<SeatId> {
    plan.seats.keys().copied().collect()
}

/// What was told before a plan was applied is what the plan did. To some the plan only did what their agents had asked for.
fn check_stranding(
    before: &Switch,
    plan: &Plan,
    told: &[Stranding],
    facts: &[CallEvent],
    to_log_out: &[SeatId],
    supervise: &BTreeSet<SeatId>,
) {
    let in_plan = |seat: &&SeatId| plan.seats.contains_key(*seat);
    let logged_out: Vec<SeatId> = facts
        .iter()
        .filter_map(|fact| {
            let CallEvent::SeatStateChanged { seat, to: SeatState::LoggedOut, .. } = fact else {
                return None;
            };
            (!to_log_out.contains(seat) || !plan.seats.contains_key(seat)).then_some(*seat)
        })
        .collect();
    for seat in before.plan().seats.keys() {
        let is_busy = matches!(
            before.seat_state(*seat),
            Some(SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_))
        );
        let told_gone =
            told.iter().any(|it| matches!(it, Stranding::SeatGone { seat: it, .. } if it == seat));
        let is_at_call = is_busy || supervise.contains(seat);
        assert_eq!(told_gone, is_at_call && !in_plan(&seat), "{seat} in {told:?}");
        let told_out = told.contains(&Stranding::LogInLost { seat: *seat });
        // Of a busy seat that is gone more is told; its call may end in the same turn, as where a hunt waits for a line no more.
        assert_eq!(told_out, logged_out.contains(seat) && !told_gone, "{seat} in {told:?}");
    }
    for tenant in before.plan().tenants.keys().filter(|tenant| before.lines_in_use(**tenant) > 0) {
        let told_gone =
            told.iter().any(|it| matches!(it, Stranding::TenantGone { tenant: it, .. } if it == tenant));
        assert_eq!(told_gone, !plan.tenants.contains_key(tenant), "{tenant} in {told:?}");
    }
    let unserved = told.iter().filter_map(|it| {
        let Stranding::CallerUnserved { tenant, skill, nobody_logged_in: false, .. } = it else {
            return None;
        };
        Some((tenant, skill))
    });
    for (tenant, skill) in unserved {
        let serves = |seat: &acd_core::plan::Seat| {
            seat.serves.contains_key(tenant) && skill.is_none_or(|skill| seat.skills.contains(&skill))
        };
        assert!(!plan.seats.values().any(serves), "{tenant} is served: {told:?}");
    }
}
