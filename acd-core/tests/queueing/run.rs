//! A centre played on the real switch in virtual time: callers by seed, seats that answer at once.

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::{
    CallEvent, CallId, CallerIdentity, CallerLegEnd, CommandSource, DialledNumber, Effect, Input, LegId,
    Outcome, Pii, RefusalReason, RequestId, RingId, SeatCommand, SeatId, SeatLegEnd, SeatState, Switch,
    Timestamp, TrunkId,
};

use super::batches::BATCHES;
use super::chain::{Centre, Figures};
use super::plans;
use super::rng::Rng;

/// A way to play the same centre: theory does not tell them apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// So many tenants share the arrivals evenly, and every seat serves them all. More than one: only with endless lines.
    pub(crate) tenants: u16,
    /// Whether a part of each service is wrap-up: the caller has gone then, the seat is not free. Only with endless lines.
    pub(crate) wrap_up: bool,
}

/// What one batch counted.
#[derive(Clone, Debug, Default)]
struct Batch {
    arrived: u64,
    blocked: u64,
    served: u64,
    served_in_time: u64,
    waited: u64,
    abandoned: u64,
    wait_served_s: f64,
    wait_abandoned_s: f64,
    elapsed_s: f64,
    queue_s: f64,
    busy_s: f64,
}

struct Run<'a> {
    centre: &'a Centre,
    setting: Setting,
    rng: Rng,
    switch: Switch,
    now: Timestamp,
    planned: BTreeMap<(Timestamp, u64), Happening>,
    count: u64,
    calls: u64,
    waiting: BTreeMap<CallId, Timestamp>,
    busy: u64,
    /// What has to be answered at the same instant.
    at_once: Vec<Input>,
    batch: Batch,
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Arrives,
    LosesPatience(CallId),
    Ends(CallId),
    IsReady(SeatId),
}

/// Plays so many calls and gives the figures of each batch.
pub(crate) fn play(centre: &Centre, setting: Setting, calls: u64, seed: u64) -> Vec<Figures> {
    let now = Timestamp::from_millis(1_790_000_000_000);
    let mut run = Run {
        centre,
        setting,
        rng: Rng::new(seed),
        switch: Switch::new(plan(centre, setting), now),
        now,
        planned: BTreeMap::new(),
        count: 0,
        calls: 0,
        waiting: BTreeMap::new(),
        busy: 0,
        at_once: Vec::new(),
        batch: Batch::default(),
    };
    run.hand_in(Input::NodeStarted { down_since: None });
    run.plan(0.0, Happening::Arrives);
    let per_batch = calls / (BATCHES as u64 + 1);
    let mut figures = Vec::new();
    for batch in 0..=BATCHES {
        while run.batch.arrived < per_batch {
            run.step();
        }
        let counted = core::mem::take(&mut run.batch);
        // The first batch begins in an empty house.
        if batch > 0 {
            figures.push(counted.figures(centre));
        }
    }
    figures
}

impl Run<'_> {
    fn step(&mut self) {
        let ((at, _), happening) = self.planned.pop_first().unwrap();
        while let Some((deadline, _)) = self.switch.poll_timeout().filter(|(deadline, _)| *deadline <= at) {
            self.pass_to(deadline);
            self.hand_in(Input::TimePassed);
        }
        self.pass_to(at);
        match happening {
            Happening::Arrives => self.arrives(),
            Happening::LosesPatience(call) if self.waiting.contains_key(&call) => {
                self.hand_in(Input::CallerLegEnded { call, end: CallerLegEnd::HungUp });
            }
            // Somebody has answered before.
            Happening::LosesPatience(_) => {}
            Happening::Ends(call) => {
                self.hand_in(Input::CallerLegEnded { call, end: CallerLegEnd::HungUp });
            }
            Happening::IsReady(seat) => self.hand_in(Input::SeatCommanded {
                seat,
                command: SeatCommand::Ready,
                source: CommandSource::Console,
                request: RequestId(1),
            }),
        }
    }

    fn pass_to(&mut self, at: Timestamp) {
        let passed = at.since(self.now).as_secs_f64();
        self.batch.elapsed_s += passed;
        self.batch.queue_s += passed * self.waiting.len() as f64;
        self.batch.busy_s += passed * self.busy as f64;
        self.now = at;
    }

    fn arrives(&mut self) {
        let next = self.rng.exponential(1.0 / self.centre.arrivals_per_s);
        self.plan(next, Happening::Arrives);
        self.batch.arrived += 1;
        self.calls += 1;
        let tenant = self.rng.within(1, u64::from(self.setting.tenants));
        self.hand_in(Input::CallArrived {
            call: CallId(self.calls),
            trunk: TrunkId::new("carrier").unwrap(),
            dialled: [DialledNumber::new(&format!("t{tenant}")).unwrap()].into(),
            caller: CallerIdentity::Number(Pii::new("09012345678".into())),
            test: false,
            overloaded: false,
        });
    }

    /// Hands an input in, and all that follows from it at the same instant.
    fn hand_in(&mut self, input: Input) {
        self.at_once.push(input);
        while let Some(input) = self.at_once.pop() {
            self.switch.handle(self.now, input);
            while let Some(fact) = self.switch.poll_event() {
                self.note(&fact);
            }
            while let Some(order) = self.switch.poll_effect() {
                self.carry_out(&order);
            }
        }
    }

    fn note(&mut self, fact: &CallEvent) {
        match fact {
            CallEvent::CallRefused { reason, .. } => {
                assert_eq!(*reason, RefusalReason::LinesFull);
                self.batch.blocked += 1;
            }
            CallEvent::CallerQueued { call, .. } => {
                self.waiting.insert(*call, self.now);
                if let Some(mean) = self.centre.patience_s {
                    let patience = self.rng.exponential(mean);
                    self.plan(patience, Happening::LosesPatience(*call));
                }
            }
            CallEvent::CallAnswered { ring, seat } => self.answered(*ring, *seat),
            CallEvent::TalkEnded { .. } if !self.setting.wrap_up => self.busy -= 1,
            CallEvent::SeatStateChanged { from: SeatState::WrapUp, .. } => self.busy -= 1,
            CallEvent::CallEnded { call, outcome: Outcome::AbandonedInQueue, .. } => {
                let since = self.waiting.remove(call).unwrap();
                self.batch.abandoned += 1;
                self.batch.waited += 1;
                self.batch.wait_abandoned_s += self.now.since(since).as_secs_f64();
            }
            CallEvent::CallEnded { outcome, .. } => assert_eq!(*outcome, Outcome::Answered),
            CallEvent::InputUnexpected { .. } => panic!("{fact:?}"),
            _ => {}
        }
    }

    fn answered(&mut self, ring: RingId, seat: SeatId) {
        let since = self.waiting.remove(&ring.call).unwrap();
        let wait_s = self.now.since(since).as_secs_f64();
        self.busy += 1;
        self.batch.served += 1;
        self.batch.waited += u64::from(wait_s > 0.0);
        self.batch.served_in_time += u64::from(wait_s <= self.centre.in_time_s);
        self.batch.wait_served_s += wait_s;
        let service = self.rng.exponential(self.centre.service_s);
        if self.setting.wrap_up {
            let talk = service * self.rng.within(1, 99) as f64 / 100.0;
            self.plan(talk, Happening::Ends(ring.call));
            self.plan(service, Happening::IsReady(seat));
        } else {
            self.plan(service, Happening::Ends(ring.call));
        }
    }

    fn carry_out(&mut self, order: &Effect) {
        match order {
            Effect::RefuseCall { call, .. } => {
                self.at_once.push(Input::CallerLegEnded { call: *call, end: CallerLegEnd::Released });
            }
            Effect::AnswerCaller { call } => self.at_once.push(Input::CallerConnected { call: *call }),
            Effect::RingSeat { ring, .. } => self.at_once.push(Input::RingAnswered { ring: *ring }),
            Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => {
                self.at_once.push(Input::SeatLegEnded { ring: *ring, end: SeatLegEnd::Released });
            }
            _ => {}
        }
    }

    fn plan(&mut self, after_s: f64, happening: Happening) {
        self.count += 1;
        let at = self.now + Duration::from_millis((after_s * 1_000.0).round() as u64);
        self.planned.insert((at, self.count), happening);
    }
}

impl Batch {
    fn figures(&self, centre: &Centre) -> Figures {
        let share = |part: u64, of: u64| part as f64 / of as f64;
        let admitted = self.served + self.abandoned;
        [
            share(self.blocked, self.arrived),
            share(self.waited, admitted),
            share(self.abandoned, admitted),
            (self.wait_served_s + self.wait_abandoned_s) / admitted as f64,
            self.wait_served_s / self.served as f64,
            self.queue_s / self.elapsed_s,
            self.busy_s / self.elapsed_s / f64::from(centre.seats),
            share(self.served_in_time, admitted),
        ]
    }
}

fn plan(centre: &Centre, setting: Setting) -> acd_core::plan::Plan {
    assert!(
        centre.lines.is_none() || (setting.tenants == 1 && !setting.wrap_up),
        "theory counts one kind of line"
    );
    let waiting = centre.lines.map_or(10_000, |lines| lines - centre.seats);
    let mut lines: Vec<String> = (1..=setting.tenants)
        .map(|tenant| {
            format!(
                "tenant t{tenant}: number t{tenant}, guidance none, unrecorded, lines {}+{waiting}",
                centre.seats
            )
        })
        .collect();
    let serves: String = (1..=setting.tenants).map(|tenant| format!("serves t{tenant}, ")).collect();
    let wrap_up = if setting.wrap_up { "unlimited" } else { "0s" };
    lines.extend(
        (1..=centre.seats)
            .map(|seat| format!("seat s{seat}: {serves}login always, static, wrap_up {wrap_up}")),
    );
    plans::read(&lines)
}

impl Rng {
    /// An exponential time of this mean.
    fn exponential(&mut self, mean: f64) -> f64 {
        const STEPS: u64 = 1 << 53;
        let uniform = self.within(1, STEPS) as f64 / STEPS as f64;
        -uniform.ln() * mean
    }
}
