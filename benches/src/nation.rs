//! A year of the whole country: 47 lines in eight regional centres whose seats serve all prefectures of their region,
//! with busier evenings and nights with fewer lines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    Announcement, CallEvent, CallId, CallerIdentity, CallerLegEnd, CivilDate, DialledNumber, Effect, Input,
    LegId, LegQuality, Outcome, Pii, PlayId, RingFailure, RingId, SeatLegEnd, Switch, TimeOfDay, Timestamp,
    TrunkId,
};

use crate::plans;
use crate::rng::Rng;

const PREFECTURES: usize = 47;
const REGIONS: usize = 8;
const SEATS_OF_REGION: usize = 48;
const GUIDANCE: Duration = Duration::from_secs(8);
const TALK: Duration = Duration::from_secs(330);
const WRAP_UP_S: u64 = 120;
const PATIENCE: Duration = Duration::from_secs(150);
const YEAR: Duration = Duration::from_secs(365 * 86_400);
/// A busy evening hour has so many times the calls of a quiet night's.
const BUSIEST: u64 = 4;

/// What a year came to.
#[derive(Clone, Debug, Default)]
pub struct Year {
    /// Inputs handed in.
    pub inputs: u64,
    /// Facts stated.
    pub facts: u64,
    /// Calls that arrived.
    pub calls: u64,
    /// Calls refused for want of a line.
    pub refused: u64,
    /// Calls by their outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// The most calls that were in progress at once.
    pub calls_at_once: usize,
}

/// What is going to happen; of two things at one instant, what was planned first.
type Planned = Reverse<(Timestamp, u64, Happening)>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Happening {
    Arrives,
    Connects(CallId),
    HasHeard(CallId, PlayId),
    GivesUp(CallId),
    Progresses(RingId),
    Answers(RingId),
    RingCancelled(RingId),
    HangsUp(CallId),
    SeatReleased(RingId),
    CallerReleased(CallId),
    RecordingEnds(CallId),
}

/// The outside: callers, phones and a recorder, who do as they are told.
#[derive(Debug)]
struct Nation {
    switch: Switch,
    rng: Rng,
    now: Timestamp,
    planned: BinaryHeap<Planned>,
    count: u64,
    numbers: Vec<DialledNumber>,
    /// Between two arrivals at the busiest hour.
    arrival_every: Duration,
    year: Year,
}

/// Lets a year with about so many calls pass.
pub fn pass_year(calls: u64) -> Year {
    let begin = CivilDate { year: 2026, month: 4, day: 1 }.at(TimeOfDay::MIDNIGHT, 540);
    let (plan, numbers) = plan();
    // Over a day the calls come at 5/8 of the busiest hour's rate.
    let arrival_every = YEAR.mul_f64(0.625 / calls as f64);
    let mut nation = Nation {
        switch: Switch::new(plan, begin),
        rng: Rng::new(2_026),
        now: begin,
        planned: BinaryHeap::new(),
        count: 0,
        numbers,
        arrival_every,
        year: Year::default(),
    };
    nation.hand_in(Input::NodeStarted { down_since: None });
    nation.plan(Duration::ZERO, Happening::Arrives);
    nation.pass(begin + YEAR);
    nation.year
}

impl Nation {
    fn pass(&mut self, end: Timestamp) {
        while let Some(Reverse((at, _, happening))) = self.planned.pop() {
            while let Some((deadline, _)) = self.switch.poll_timeout().filter(|(deadline, _)| *deadline <= at)
            {
                self.now = deadline;
                self.hand_in(Input::TimePassed);
            }
            self.now = at;
            if happening != Happening::Arrives || at < end {
                self.happen(happening);
            }
        }
        assert_eq!(self.switch.calls_len(), 0, "every call has its outcome");
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrives => self.arrives(),
            Happening::Connects(call) => {
                if self.switch.call_phase(call).is_some() {
                    self.hand_in(Input::CallerConnected { call });
                    let patience = self.rng.exponential(PATIENCE);
                    self.plan(patience, Happening::GivesUp(call));
                }
            }
            Happening::HasHeard(call, play) => {
                if self.switch.call_phase(call) == Some(acd_core::CallPhase::Guidance) {
                    let leg = LegId::Caller(call);
                    self.hand_in(Input::AnnouncementEnded { leg, play: Some(play) });
                }
            }
            Happening::GivesUp(call) => {
                use acd_core::CallPhase::{Guidance, Ringing, Waiting};
                if let Some(Guidance | Waiting | Ringing) = self.switch.call_phase(call) {
                    self.caller_ends(call, CallerLegEnd::HungUp);
                }
            }
            Happening::Progresses(ring) => self.hand_in(Input::RingProgressed { ring }),
            Happening::Answers(ring) => {
                if self.switch.call_phase(ring.call) == Some(acd_core::CallPhase::Ringing) {
                    self.hand_in(Input::RingAnswered { ring });
                }
            }
            Happening::RingCancelled(ring) => {
                self.hand_in(Input::RingFailed { ring, failure: RingFailure::Cancelled });
            }
            Happening::HangsUp(call) => self.caller_ends(call, CallerLegEnd::HungUp),
            Happening::SeatReleased(ring) => {
                self.hand_in(Input::SeatLegEnded { ring, end: SeatLegEnd::Released });
                self.hand_in(Input::LegMeasured { leg: LegId::Seat(ring), quality: LegQuality::default() });
            }
            Happening::CallerReleased(call) => {
                self.hand_in(Input::CallerLegEnded { call, end: CallerLegEnd::Released });
            }
            Happening::RecordingEnds(call) => {
                self.hand_in(Input::RecordingEnded { call, recorded: TALK, gaps: Duration::ZERO });
            }
        }
    }

    fn arrives(&mut self) {
        let every = self.rng.exponential(self.arrival_every);
        self.plan(every, Happening::Arrives);
        // Thins the busiest hour's arrivals out to those of this hour.
        let hour = u64::from(self.now.civil(540).time.as_millis() / 3_600_000);
        let busy = match hour {
            0..=7 => 1,
            8..=11 => 2,
            12..=16 => 3,
            _ => BUSIEST,
        };
        if self.rng.bits() % BUSIEST >= busy {
            return;
        }
        self.year.calls += 1;
        let call = CallId(self.year.calls);
        let at = self.rng.index(self.numbers.len());
        self.hand_in(Input::CallArrived {
            call,
            trunk: TrunkId::new("carrier").expect("a name"),
            dialled: [self.numbers[at]].into(),
            caller: CallerIdentity::Number(Pii::new("09012345678".into())),
            test: false,
            overloaded: false,
        });
        self.year.calls_at_once = self.year.calls_at_once.max(self.switch.calls_len());
    }

    fn caller_ends(&mut self, call: CallId, end: CallerLegEnd) {
        self.hand_in(Input::CallerLegEnded { call, end });
        self.hand_in(Input::LegMeasured { leg: LegId::Caller(call), quality: LegQuality::default() });
    }

    fn hand_in(&mut self, input: Input) {
        self.year.inputs += 1;
        self.switch.handle(self.now, input);
        while let Some(fact) = self.switch.poll_event() {
            self.year.facts += 1;
            match fact {
                CallEvent::CallEnded { outcome, .. } => *self.year.outcomes.entry(outcome).or_default() += 1,
                CallEvent::CallRefused { .. } => self.year.refused += 1,
                _ => {}
            }
        }
        let mut started = None;
        while let Some(order) = self.switch.poll_effect() {
            self.carry_out(order, &mut started);
        }
        if let Some(call) = started {
            self.hand_in(Input::RecordingStarted { call, file: format!("2026/{call}.wav") });
        }
    }

    fn carry_out(&mut self, order: Effect, started: &mut Option<CallId>) {
        const SOON: Duration = Duration::from_millis(20);
        match order {
            Effect::RefuseCall { call, .. } => self.plan(SOON, Happening::CallerReleased(call)),
            Effect::AnswerCaller { call } => self.plan(SOON, Happening::Connects(call)),
            Effect::Play { leg: LegId::Caller(call), play, announcement: Announcement::Once(_) } => {
                self.plan(GUIDANCE, Happening::HasHeard(call, play));
            }
            Effect::RingSeat { ring, .. } => {
                let after = SOON + self.rng.exponential(Duration::from_secs(4));
                self.plan(SOON, Happening::Progresses(ring));
                self.plan(after, Happening::Answers(ring));
            }
            Effect::CancelRing { ring } => self.plan(SOON, Happening::RingCancelled(ring)),
            Effect::Bridge { ring } => {
                let talk = self.rng.exponential(TALK);
                self.plan(talk, Happening::HangsUp(ring.call));
            }
            Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => {
                self.plan(SOON, Happening::SeatReleased(ring))
            }
            Effect::ReleaseLeg { leg: LegId::Caller(call), .. } => {
                self.plan(SOON, Happening::CallerReleased(call));
            }
            Effect::StartRecording { call, .. } => *started = Some(call),
            Effect::StopRecording { call } => self.plan(SOON, Happening::RecordingEnds(call)),
            _ => {}
        }
    }

    fn plan(&mut self, after: Duration, happening: Happening) {
        self.count += 1;
        self.planned.push(Reverse((self.now + after, self.count, happening)));
    }
}

fn plan() -> (Plan, Vec<DialledNumber>) {
    let mut lines = Vec::new();
    let mut numbers = Vec::new();
    for prefecture in 0..PREFECTURES {
        lines.push(format!("tenant p{prefecture}: number 07119{prefecture}, bands, max_wait 600s"));
        for (hours, capacity) in [("0:00-7:00", "6+4"), ("7:00-23:00", "9+4"), ("23:00-24:00", "6+4")] {
            lines.push(format!("band p{prefecture}: weekday saturday sunday holiday {hours} {capacity}"));
        }
        numbers.push(DialledNumber::new(&format!("07119{prefecture}")).expect("a name"));
    }
    for region in 0..REGIONS {
        let serves: String = (region..PREFECTURES)
            .step_by(REGIONS)
            .map(|prefecture| format!(", serves p{prefecture}"))
            .collect();
        for seat in 0..SEATS_OF_REGION {
            lines.push(format!(
                "seat r{region}-{seat}: login always, static, wrap_up {WRAP_UP_S}s, not_answering_retry 5s{serves}"
            ));
        }
    }
    (plans::read(&lines), numbers)
}
