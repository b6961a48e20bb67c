//! A switch that holds a given number of calls, in which each round lets some go and as many come.

use std::collections::VecDeque;
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    CallEvent, CallId, CallerIdentity, CallerLegEnd, DialledNumber, Effect, Input, LegId, Pii, RingId,
    SeatLegEnd, Switch, Timestamp, TrunkId,
};

use crate::plans;
use crate::rng::Rng;

/// What the calls do that the switch holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// All wait in two queues that the same seats serve, beside ten that talk.
    Waiting,
    /// All talk, each with a seat.
    Talking,
}

impl Doing {
    /// Inputs of one [`Crowd::round`].
    pub const fn round_inputs(self) -> u64 {
        match self {
            Self::Waiting => 8,
            Self::Talking => 5,
        }
    }
}

/// One tenant's lines cannot hold the largest crowd.
const TENANTS: u64 = 2;

/// Seats beside a crowd that waits.
const SEATS_BESIDE: usize = 10;

/// A switch with its calls.
#[derive(Debug)]
pub struct Crowd {
    doing: Doing,
    switch: Switch,
    rng: Rng,
    now: Timestamp,
    calls: u64,
    /// In the order in which they came; who has hung up leaves an empty place until the front has come to it.
    waiting: VecDeque<Option<CallId>>,
    talking: Vec<CallId>,
    /// Rings that have begun and seats' legs that are being released.
    rung: Vec<RingId>,
    released: Vec<RingId>,
}

impl Crowd {
    /// A switch with so many calls.
    ///
    /// # Panics
    /// If the switch does not hold them.
    pub fn new(doing: Doing, calls: usize) -> Self {
        let seats = match doing {
            Doing::Waiting => SEATS_BESIDE,
            // One is free, so that who comes is rung for at once.
            Doing::Talking => calls + 1,
        };
        let now = Timestamp::from_millis(1_790_000_000_000);
        let mut crowd = Self {
            doing,
            switch: Switch::new(plan(seats), now),
            rng: Rng::new(7_119),
            now,
            calls: 0,
            waiting: VecDeque::new(),
            talking: Vec::new(),
            rung: Vec::new(),
            released: Vec::new(),
        };
        crowd.hand_in(Input::NodeStarted { down_since: None });
        let (talk, wait) = match doing {
            Doing::Waiting => (seats, calls),
            Doing::Talking => (calls, 0),
        };
        for _ in 0..talk + wait {
            crowd.comes();
            crowd.is_answered();
        }
        assert_eq!((crowd.talking.len(), crowd.waiting.len()), (talk, wait), "the switch holds them");
        crowd
    }

    /// A caller comes and one who talks hangs up; of a crowd that waits, another comes and one goes without having talked.
    /// As many are left as there were.
    pub fn round(&mut self) {
        self.comes();
        self.is_answered();
        self.hangs_up_in_talk();
        self.is_answered();
        if self.doing == Doing::Waiting {
            self.comes();
            self.gives_up();
        }
    }

    /// How many calls the switch holds.
    pub fn calls_len(&self) -> usize {
        self.switch.calls_len()
    }

    fn comes(&mut self) {
        self.calls += 1;
        let call = CallId(self.calls);
        self.hand_in(Input::CallArrived {
            call,
            trunk: TrunkId::new("carrier").expect("a name"),
            dialled: [number(self.calls % TENANTS)].into(),
            caller: CallerIdentity::Number(Pii::new("09012345678".into())),
            test: false,
            overloaded: false,
        });
        self.hand_in(Input::CallerConnected { call });
    }

    fn is_answered(&mut self) {
        while let Some(ring) = self.rung.pop() {
            self.hand_in(Input::RingAnswered { ring });
        }
    }

    fn hangs_up_in_talk(&mut self) {
        let at = self.rng.index(self.talking.len());
        let call = self.talking.swap_remove(at);
        self.hand_in(Input::CallerLegEnded { call, end: CallerLegEnd::HungUp });
        while let Some(ring) = self.released.pop() {
            self.hand_in(Input::SeatLegEnded { ring, end: SeatLegEnd::Released });
        }
    }

    fn gives_up(&mut self) {
        loop {
            let at = self.rng.index(self.waiting.len());
            if let Some(call) = self.waiting[at].take() {
                return self.hand_in(Input::CallerLegEnded { call, end: CallerLegEnd::HungUp });
            }
        }
    }

    fn hand_in(&mut self, input: Input) {
        self.now = self.now + Duration::from_millis(1);
        self.switch.handle(self.now, input);
        while let Some(fact) = self.switch.poll_event() {
            match fact {
                CallEvent::CallerQueued { call, .. } => self.waiting.push_back(Some(call)),
                CallEvent::RingStarted { ring, .. } => {
                    let first = core::iter::from_fn(|| self.waiting.pop_front()).flatten().next();
                    assert_eq!(first, Some(ring.call), "who has waited longest is rung for");
                }
                CallEvent::CallAnswered { ring, .. } => self.talking.push(ring.call),
                _ => {}
            }
        }
        while let Some(order) = self.switch.poll_effect() {
            match order {
                Effect::RingSeat { ring, .. } => self.rung.push(ring),
                Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => self.released.push(ring),
                _ => {}
            }
        }
    }
}

fn number(tenant: u64) -> DialledNumber {
    DialledNumber::new(&format!("7119{tenant}")).expect("a name")
}

fn plan(seats: usize) -> Plan {
    let tenant = |of: u64| {
        format!(
            "tenant half{of}: number {}, guidance none, unrecorded, lines 65535+65535, max_wait 600s",
            number(of)
        )
    };
    let seat = |seat: usize| format!("seat s{seat}: serves half0, serves half1, login always, static");
    let lines: Vec<String> = (0..TENANTS).map(tenant).chain((0..seats).map(seat)).collect();
    plans::read(&lines)
}
