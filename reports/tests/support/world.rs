//! A day of the real switch in virtual time: two tenants, callers who come, wait, talk, hold and leave, agents who wrap
//! up and go to lunch. Every choice comes from the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::{
    Band, Capacity, DateRange, DayKind, Guidance, LinesFullRefusal, Login, Number, Overflow, OverflowCause,
    Plan, RecordingPolicy, Seat, Staffing, StaffingSeats, Tenant, Waiting,
};
use acd_core::{
    Announcement, CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, CivilDate, CommandSource,
    DialledNumber, Effect, Input, LegId, Name, PauseReason, PlanSource, PromptId, RequestId, RingFailure,
    RingId, SeatCommand, SeatId, SeatLegEnd, SeatLoss, Switch, TenantId, TimeOfDay, Timestamp, TrunkId,
    TrunkLoss, WithheldReason,
};

/// What the carriers and the phones saw, in its order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seen {
    /// An INVITE from the carrier for a tenant's number.
    Invite { call: CallId, tenant: usize, test: bool },
    /// A final answer other than 200.
    Refused { call: CallId },
    /// The caller's leg has ended: BYE, CANCEL, or the answer to ours.
    CallerGone { call: CallId },
    /// An INVITE to a phone.
    PhoneInvite { ring: RingId, seat: SeatId },
    /// The phone's 200.
    PhoneAnswered { ring: RingId },
    /// The phone's refusal.
    PhoneRefused { ring: RingId },
    /// A CANCEL to the phone.
    PhoneCancelled { ring: RingId },
    /// The phone's BYE.
    PhoneHungUp { ring: RingId },
    /// No more packets from the phone.
    PhoneLost { ring: RingId },
    /// The phone's re-INVITE: hold.
    PhoneHeld { ring: RingId },
    /// The phone's re-INVITE: resume.
    PhoneResumed { ring: RingId },
    /// The agent pressed log-in.
    LogIn { seat: SeatId },
    /// The agent pressed ready.
    Ready { seat: SeatId },
    /// The agent pressed pause.
    Pause { seat: SeatId },
}

/// What was seen, when.
pub(crate) type Trace = Vec<(Timestamp, Seen)>;

/// What the day saw.
pub(crate) struct Day {
    pub(crate) plan: Plan,
    /// In force from some time of the day on: it promises other staffing, and nothing else is different.
    pub(crate) other_plan: Plan,
    pub(crate) facts: Vec<(Timestamp, CallEvent)>,
    /// What was seen outside.
    pub(crate) trace: Trace,
}

/// The tenants whose numbers an auditor's trace names by their place here.
pub(crate) fn all_tenants() -> [TenantId; 3] {
    let [kyoto, shiga] = tenants();
    [kyoto, shiga, TenantId::new("shizuoka").unwrap()]
}

pub(crate) fn tenants() -> [TenantId; 2] {
    [TenantId::new("kyoto").unwrap(), TenantId::new("shiga").unwrap()]
}

/// Calls an hour for each tenant by hour of day, on the whole as people fall ill.
const CALLS_AN_HOUR: [u64; 24] =
    [9, 7, 5, 4, 4, 5, 7, 10, 14, 16, 15, 13, 12, 12, 12, 13, 15, 18, 22, 24, 21, 18, 14, 11];

/// Runs from an hour before `midnight` to two hours after the day, and until the last call has ended.
pub(crate) fn run(seed: u64, midnight: Timestamp) -> Day {
    run_with(seed, midnight, 2, plan())
}

/// The same with Shizuoka, whose bands differ by the kind of day, and its own seats. Who has waited long for one of Shiga's
/// seats goes on to all of Kyoto's.
pub(crate) fn run_with_shizuoka(seed: u64, midnight: Timestamp) -> Day {
    run_with(seed, midnight, 3, overflowing(shizuoka::add_to(plan())))
}

fn run_with(seed: u64, midnight: Timestamp, tenants: usize, plan: Plan) -> Day {
    let begin = midnight - Duration::from_secs(3_600);
    let mut world = World {
        switch: Switch::new(plan.clone(), begin),
        plan,
        rng: Rng(seed),
        planned: BTreeMap::new(),
        order: 0,
        facts: Vec::new(),
        trace: Vec::new(),
        next_call: 1,
        recordings: BTreeMap::new(),
    };
    world.plan_at(begin, Act::Input(Input::NodeStarted { down_since: None }));
    world.plan_staff(begin);
    let other_plan = promising_otherwise(&world.plan);
    world.plan_extras(seed, midnight, &other_plan);
    let end = midnight + Duration::from_secs(26 * 3_600);
    for tenant in 0..tenants {
        world.plan_arrival(begin, end, tenant);
    }
    loop {
        let planned = world.planned.first_key_value().map(|((ms, _), _)| Timestamp::from_millis(*ms));
        let due = world.switch.poll_timeout().map(|(due, _)| due);
        // One step at a time: what a timer sets going may come before what was planned already.
        match (due, planned) {
            (Some(due), Some(next)) if due < next => world.turn(due, Input::TimePassed),
            (_, Some(_)) => world.act(end),
            (Some(due), None) if world.switch.calls_len() > 0 => world.turn(due, Input::TimePassed),
            (_, None) => break,
        }
    }
    Day { plan: world.plan, other_plan, facts: world.facts, trace: world.trace }
}

enum Act {
    Input(Input),
    Arrive { tenant: usize },
    LosePatience(CallId),
    EndWrapUp(SeatId),
}

struct World {
    switch: Switch,
    plan: Plan,
    rng: Rng,
    planned: BTreeMap<(i64, u64), Act>,
    order: u64,
    facts: Vec<(Timestamp, CallEvent)>,
    trace: Trace,
    next_call: u64,
    /// Since when the calls are recorded that are.
    recordings: BTreeMap<CallId, Timestamp>,
}

impl World {
    /// Does what is planned next; nobody calls at or after `end`.
    fn act(&mut self, end: Timestamp) {
        let Some(((ms, _), act)) = self.planned.pop_first() else { return };
        let now = Timestamp::from_millis(ms);
        match act {
            Act::Input(input) => self.turn(now, input),
            Act::Arrive { tenant } => {
                self.arrive(now, tenant);
                self.plan_arrival(now, end, tenant);
            }
            Act::LosePatience(call) => match self.switch.call_phase(call) {
                // A seat that is lost sends its caller back to the queue, where no one waits for ever.
                Some(CallPhase::Talking) => {
                    let patience = self.rng.about(300_000);
                    self.plan_at(now + Duration::from_millis(patience), Act::LosePatience(call));
                }
                Some(_) => self.turn(now, Input::CallerLegEnded { call, end: CallerLegEnd::HungUp }),
                None => {}
            },
            Act::EndWrapUp(seat) => self.command(now, seat, SeatCommand::Ready),
        }
    }

    fn plan_at(&mut self, at: Timestamp, act: Act) {
        self.order += 1;
        self.planned.insert((at.as_millis(), self.order), act);
    }

    fn plan_in(&mut self, now: Timestamp, ms: u64, input: Input) {
        self.plan_at(now + Duration::from_millis(ms), Act::Input(input));
    }

    fn plan_arrival(&mut self, now: Timestamp, end: Timestamp, tenant: usize) {
        let hour = now.civil(540).time.as_millis() / 3_600_000;
        // Shizuoka has lines for many more callers, and they must come to fill them.
        let times = if tenant == 2 { 6 } else { 1 };
        let mean_ms = 3_600_000 / (times * CALLS_AN_HOUR[usize::try_from(hour).unwrap() % 24]);
        let at = now + Duration::from_millis(self.rng.about(mean_ms));
        if at < end {
            self.plan_at(at, Act::Arrive { tenant });
        }
    }

    /// Everybody logs in before midnight; by day each goes to lunch once, one at a time.
    fn plan_staff(&mut self, begin: Timestamp) {
        let seats: Vec<SeatId> = self.plan.seats.keys().copied().collect();
        for (index, seat) in (0_u64..).zip(seats) {
            self.plan_in(begin, 1_000 + index, Input::SeatRegistered { seat });
            self.plan_in(begin, 60_000 + index, command(seat, SeatCommand::LogIn));
            let lunch = (11 + index) * 3_600_000 + self.rng.below(3_600_000);
            let pause = SeatCommand::Pause(PauseReason(Name::new("lunch").unwrap()));
            self.plan_in(begin, 3_600_000 + lunch, command(seat, pause));
            self.plan_in(begin, 3_600_000 + lunch + 2_700_000, command(seat, SeatCommand::Ready));
        }
    }

    /// What no caller and no agent notices, by choices of its own so that the day is the same without: a new plan between
    /// 9:00 and 18:00, and two trunks that die, one amid the other's death, and the other over the day's end.
    fn plan_extras(&mut self, seed: u64, midnight: Timestamp, other_plan: &Plan) {
        let mut rng = Rng(seed ^ 0x5EED);
        let mut minute = |from: u64, to: u64| 60_000 * from + rng.below(60_000 * (to - from));
        let plan = Box::new(other_plan.clone());
        let at = minute(9 * 60, 18 * 60);
        self.plan_in(midnight, at, Input::PlanApplied { plan, by: PlanSource::Api, who: None });
        let (one, two): (TrunkId, TrunkId) = ("carrier".parse().unwrap(), "second".parse().unwrap());
        let cause = TrunkLoss::NoAnswer;
        for (at, input) in [
            (minute(600, 610), Input::TrunkLost { trunk: one, cause }),
            (minute(610, 620), Input::TrunkLost { trunk: two, cause }),
            (minute(620, 630), Input::TrunkRestored { trunk: one }),
            (minute(630, 640), Input::TrunkRestored { trunk: two }),
            (minute(1_420, 1_439), Input::TrunkLost { trunk: two, cause }),
            (minute(1_441, 1_460), Input::TrunkRestored { trunk: two }),
        ] {
            self.plan_in(midnight, at, input);
        }
    }

    fn command(&mut self, now: Timestamp, seat: SeatId, wanted: SeatCommand) {
        self.turn(now, command(seat, wanted));
    }

    fn arrive(&mut self, now: Timestamp, tenant: usize) {
        let call = CallId(self.next_call);
        self.next_call += 1;
        let number = DialledNumber::new(["0750007119", "0770007119", "0540008000"][tenant]).unwrap();
        let test = self.rng.below(60) == 0;
        self.trace.push((now, Seen::Invite { call, tenant, test }));
        self.turn(
            now,
            Input::CallArrived {
                call,
                trunk: TrunkId::new("carrier").unwrap(),
                dialled: [number].into(),
                caller: CallerIdentity::Withheld(WithheldReason::Withheld),
                test,
                overloaded: false,
            },
        );
        let patience = if self.rng.below(12) == 0 { self.rng.below(20_000) } else { self.rng.about(300_000) };
        self.plan_at(now + Duration::from_millis(patience), Act::LosePatience(call));
    }

    fn turn(&mut self, now: Timestamp, input: Input) {
        self.trace.extend(seen_of_input(&input).map(|seen| (now, seen)));
        self.switch.handle(now, input);
        while let Some(fact) = self.switch.poll_event() {
            if let CallEvent::SeatStateChanged { seat, to: acd_core::SeatState::WrapUp, .. } = fact {
                let ms = self.rng.about(90_000);
                self.plan_at(now + Duration::from_millis(ms), Act::EndWrapUp(seat));
            }
            self.facts.push((now, fact));
        }
        let mut orders = Vec::new();
        while let Some(order) = self.switch.poll_effect() {
            orders.push(order);
        }
        for order in orders {
            self.trace.extend(seen_of_order(&order).map(|seen| (now, seen)));
            self.obey(now, order);
        }
    }

    fn obey(&mut self, now: Timestamp, order: Effect) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "most orders need no answer here")]
        match order {
            Effect::RefuseCall { call, .. } => {
                self.plan_in(now, 30, Input::CallerLegEnded { call, end: CallerLegEnd::Released });
            }
            Effect::AnswerCaller { call } => self.plan_in(now, 120, Input::CallerConnected { call }),
            Effect::Play { leg, play, announcement: Announcement::Once(_) } => {
                self.plan_in(now, 28_050, Input::AnnouncementEnded { leg, play: Some(play) });
            }
            Effect::RingSeat { ring, .. } => {
                let outcome = match self.rng.below(20) {
                    0 => Input::RingFailed { ring, failure: RingFailure::Refused(486) },
                    1 => Input::RingProgressed { ring },
                    _ => Input::RingAnswered { ring },
                };
                let ms = 1_500 + self.rng.below(6_000);
                self.plan_in(now, ms, outcome);
            }
            Effect::CancelRing { ring } => {
                self.plan_in(now, 20, Input::RingFailed { ring, failure: RingFailure::Cancelled });
            }
            Effect::Bridge { ring } => {
                let talk = 20_000 + self.rng.about(330_000);
                if self.rng.below(4) == 0 {
                    let leg = LegId::Seat(ring);
                    self.plan_in(now, talk / 3, Input::HoldBegan { leg });
                    self.plan_in(now, talk / 2, Input::HoldEnded { leg });
                }
                let end = match self.rng.below(10) {
                    0 => Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(SeatLoss::MediaSilent) },
                    1..=5 => Input::SeatLegEnded { ring, end: SeatLegEnd::HungUp },
                    _ => Input::CallerLegEnded { call: ring.call, end: CallerLegEnd::HungUp },
                };
                self.plan_in(now, talk, end);
            }
            Effect::ReleaseLeg { leg: LegId::Caller(call), .. } => {
                self.plan_in(now, 40, Input::CallerLegEnded { call, end: CallerLegEnd::Released });
            }
            Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => {
                self.plan_in(now, 40, Input::SeatLegEnded { ring, end: SeatLegEnd::Released });
            }
            Effect::StartRecording { call, .. } => {
                self.recordings.insert(call, now);
                let file = format!("{call}.wav");
                self.plan_in(now, 0, Input::RecordingStarted { call, file });
            }
            Effect::StopRecording { call } => {
                let began = self.recordings.remove(&call).expect("it was begun");
                let recorded = now.since(began);
                self.plan_in(now, 90, Input::RecordingEnded { call, recorded, gaps: Duration::ZERO });
            }
            // What is only heard or said has no outcome that a figure is made of.
            _ => {}
        }
    }
}

/// What the carriers and the phones saw of what came in.
#[expect(clippy::wildcard_enum_match_arm, reason = "what nobody outside sees is left out")]
const fn seen_of_input(input: &Input) -> Option<Seen> {
    Some(match input {
        Input::CallerLegEnded { call, .. } => Seen::CallerGone { call: *call },
        Input::RingAnswered { ring } => Seen::PhoneAnswered { ring: *ring },
        Input::RingFailed { ring, failure: RingFailure::Refused(_) } => Seen::PhoneRefused { ring: *ring },
        Input::SeatLegEnded { ring, end: SeatLegEnd::HungUp } => Seen::PhoneHungUp { ring: *ring },
        Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(_) } => Seen::PhoneLost { ring: *ring },
        Input::HoldBegan { leg: LegId::Seat(ring) } => Seen::PhoneHeld { ring: *ring },
        Input::HoldEnded { leg: LegId::Seat(ring) } => Seen::PhoneResumed { ring: *ring },
        Input::SeatCommanded { seat, command: SeatCommand::LogIn, .. } => Seen::LogIn { seat: *seat },
        Input::SeatCommanded { seat, command: SeatCommand::Ready, .. } => Seen::Ready { seat: *seat },
        Input::SeatCommanded { seat, command: SeatCommand::Pause(_), .. } => Seen::Pause { seat: *seat },
        _ => return None,
    })
}

/// And of what went out.
#[expect(clippy::wildcard_enum_match_arm, reason = "what nobody outside sees is left out")]
const fn seen_of_order(order: &Effect) -> Option<Seen> {
    Some(match order {
        Effect::RefuseCall { call, .. } => Seen::Refused { call: *call },
        Effect::RingSeat { ring, seat, .. } => Seen::PhoneInvite { ring: *ring, seat: *seat },
        Effect::CancelRing { ring } => Seen::PhoneCancelled { ring: *ring },
        _ => return None,
    })
}

const fn command(seat: SeatId, command: SeatCommand) -> Input {
    Input::SeatCommanded { seat, command, source: CommandSource::Console, request: RequestId(0) }
}

/// Kyoto's lines by band, and another tenant; four seats for the one, two for both.
fn plan() -> Plan {
    let [kyoto, shiga] = tenants();
    let capacity = |seat_lines, guidance_lines| Some(Capacity { seat_lines, guidance_lines });
    let mut plan = Plan::default();
    plan.tenants.insert(
        kyoto,
        tenant(
            "0750007119",
            vec![band(0, 7, capacity(2, 0)), band(7, 23, capacity(3, 1)), band(23, 24, capacity(2, 0))],
        ),
    );
    let mut from_caller = tenant("0770007119", vec![band(0, 24, capacity(2, 2))]);
    for number in from_caller.numbers.values_mut() {
        number.recording = RecordingPolicy::FromCaller;
    }
    plan.tenants.insert(shiga, from_caller);
    for name in ["a1", "a2", "a3", "m1", "m2"] {
        let serves = if name.starts_with('a') { vec![kyoto] } else { vec![kyoto, shiga] };
        plan.seats.insert(
            SeatId::new(name).unwrap(),
            Seat {
                serves: serves.into_iter().map(|tenant| (tenant, 1)).collect(),
                skills: if name.ends_with('1') { ["nurse".parse().unwrap()].into() } else { BTreeSet::new() },
                login: Login::ByCommand,
                static_contact: false,
                wrap_up_max: None,
                not_answering_retry: Some(Duration::from_secs(30)),
                unreachable_retry: Some(Duration::from_secs(60)),
            },
        );
    }
    plan
}

fn overflowing(mut plan: Plan) -> Plan {
    let [kyoto, shiga] = tenants();
    let shiga = plan.tenants.get_mut(&shiga).unwrap();
    shiga.max_wait = Some(Duration::from_secs(45));
    shiga.overflow = Some(Overflow { to: kyoto, on: [OverflowCause::WaitTooLong].into() });
    plan
}

/// Kyoto more nurses and no count of all seats, Shiga more of all, Shizuoka none.
fn promising_otherwise(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    let [kyoto, shiga, shizuoka] = all_tenants();
    let promise = |skill: Option<&str>, seats| Staffing {
        skill: skill.map(|it| it.parse().unwrap()),
        seats: StaffingSeats::Count(seats),
    };
    for (tenant, staffing) in [
        (kyoto, vec![promise(Some("nurse"), 2)]),
        (shiga, vec![promise(Some("nurse"), 1), promise(None, 4)]),
        (shizuoka, Vec::new()),
    ] {
        if let Some(tenant) = plan.tenants.get_mut(&tenant) {
            tenant.staffing = staffing;
        }
    }
    plan
}

pub(crate) fn band(from: u32, to: u32, capacity: Option<Capacity>) -> Band {
    Band {
        days: [DayKind::Holiday, DayKind::Sunday, DayKind::Saturday, DayKind::Weekday].into(),
        from: TimeOfDay::from_hm(from, 0).unwrap(),
        to: TimeOfDay::from_hm(to % 24, 0).unwrap(),
        capacity,
    }
}

pub(crate) fn tenant(number: &str, bands: Vec<Band>) -> Tenant {
    let prompt = |name| PromptId::new(name).unwrap();
    let guidance = Guidance::Tape(prompt("guidance"));
    let number = (
        DialledNumber::new(number).unwrap(),
        Number { guidance, recording: RecordingPolicy::FromAnswer, choice: None },
    );
    Tenant {
        title: "title".into(),
        utc_offset_minutes: 540,
        numbers: [number].into(),
        day_start: TimeOfDay::MIDNIGHT,
        bands,
        ranges: Vec::new(),
        pool: None,
        refusal: LinesFullRefusal::BusyHere,
        closed_lines: 2,
        closed_announcement: None,
        places: None,
        early_media: false,
        guidance_delay: Duration::ZERO,
        expect_calls_within: None,
        waiting: Waiting { message: prompt("waiting"), music: None, message_every: Duration::from_secs(30) },
        hold_music: None,
        ring: Duration::from_secs(15),
        max_wait: None,
        entry_skill: None,
        outbound: None,
        directory: acd_core::plan::Directory::default(),
        hand_over: BTreeMap::new(),
        overflow: None,
        staffing: vec![
            Staffing { skill: None, seats: StaffingSeats::SeatLines },
            Staffing { skill: Some("nurse".parse().unwrap()), seats: StaffingSeats::Count(1) },
        ],
        response_rate_target_permille: Some(800),
        lines_reported_on: None,
    }
}

/// Shizuoka's part of the plan: bands of the specification, and seats that serve no other.
mod shizuoka {
    use super::*;

    pub(super) fn add_to(mut plan: Plan) -> Plan {
        let [_, _, shizuoka] = all_tenants();
        let mut settings = tenant("0540008000", bands());
        settings.day_start = TimeOfDay::from_hm(8, 0).unwrap();
        let time = |hour| TimeOfDay::from_hm(hour, 0).unwrap();
        settings.ranges = vec![DateRange {
            name: "year_end".into(),
            from: (12, 26, time(0)),
            to: (1, 5, time(8)),
            year: None,
        }];
        plan.tenants.insert(shizuoka, settings);
        let pattern = plan.seats.values().next().unwrap().clone();
        for name in ["s1", "s2", "s3"] {
            let seat = Seat { serves: [(shizuoka, 1)].into(), ..pattern.clone() };
            plan.seats.insert(SeatId::new(name).unwrap(), seat);
        }
        plan.holidays = [(2026, 11, 3), (2026, 11, 23), (2027, 1, 11)]
            .map(|(year, month, day)| CivilDate { year, month, day })
            .into();
        plan
    }

    fn bands() -> Vec<Band> {
        use DayKind::{Holiday, Range, Saturday, Sunday, Weekday};
        let all = [
            (vec![Weekday], 8, 17, 2),
            (vec![Weekday], 17, 23, 5),
            (vec![Weekday], 23, 8, 2),
            (vec![Saturday], 8, 13, 2),
            (vec![Saturday], 13, 17, 4),
            (vec![Sunday, Holiday], 8, 17, 6),
            (vec![Saturday, Sunday, Holiday], 17, 23, 7),
            (vec![Saturday, Sunday, Holiday], 23, 8, 3),
            (vec![Range(0)], 8, 17, 8),
            (vec![Range(0)], 17, 22, 9),
            (vec![Range(0)], 22, 23, 5),
            (vec![Range(0)], 23, 8, 3),
        ];
        all.into_iter()
            .map(|(days, from, to, seat_lines)| Band {
                days: days.into_iter().collect(),
                ..band(from, to, Some(Capacity { seat_lines, guidance_lines: 2 }))
            })
            .collect()
    }
}

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Exponential with this mean, by the sum of two draws' logarithm in steps that need no floating point.
    fn about(&mut self, mean: u64) -> u64 {
        let halvings = u64::from(self.next().leading_zeros());
        // Each halving is worth ln 2 of the mean; the rest is spread evenly.
        mean * (halvings * 693 + self.below(693)) / 1_000 + 1
    }
}
