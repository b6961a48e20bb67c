//! The birth-death chain of calls in a centre, summed: what the figures must be in the long run (Erlang B, C and A).

/// A centre with exponential arrivals, service and patience. Times in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Centre {
    pub(crate) name: String,
    pub(crate) arrivals_per_s: f64,
    pub(crate) service_s: f64,
    pub(crate) seats: u16,
    /// `None`: everybody waits as long as it takes.
    pub(crate) patience_s: Option<f64>,
    /// `None`: more than ever are used.
    pub(crate) lines: Option<u16>,
    /// A call served within so much counts as served in time.
    pub(crate) in_time_s: f64,
}

/// The figures of a centre, in the order of [`FIGURES`].
pub(crate) type Figures = [f64; 8];

/// What the figures are; probabilities and waits are over admitted calls, but the first.
pub(crate) const FIGURES: [&str; 8] = [
    "P(blocked)",
    "P(wait)",
    "P(abandon)",
    "E[wait] s",
    "E[wait | served] s",
    "mean queue",
    "occupancy",
    "P(served in time)",
];

/// Beyond so many calls the chain's probabilities are nothing in all cases that are used.
const STATES: usize = 2_000;

impl Centre {
    /// How many times the customers of other centres are needed: where nothing but service ends a queue, it is long remembered.
    pub(crate) fn slowness(&self) -> u64 {
        let load = self.arrivals_per_s * self.service_s / f64::from(self.seats);
        if self.lines.is_some() || self.patience_s.is_some() {
            1
        } else {
            (1.0 / (1.0 - load)).min(6.0) as u64
        }
    }

    /// The exact figures.
    pub(crate) fn figures(&self) -> Figures {
        let (seats, arrivals) = (usize::from(self.seats), self.arrivals_per_s);
        let (served, given_up) = (1.0 / self.service_s, self.patience_s.map_or(0.0, |mean| 1.0 / mean));
        let lines = self.lines.map_or(STATES, usize::from);

        let mut shares = vec![1.0_f64];
        for calls in 1..=lines {
            let leave = calls.min(seats) as f64 * served + calls.saturating_sub(seats) as f64 * given_up;
            shares.push(shares[calls - 1] * arrivals / leave);
        }
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);

        let blocked = if self.lines.is_some() { shares[lines] } else { 0.0 };
        let admitted = 1.0 - blocked;
        let by_state = |value: &dyn Fn(usize) -> f64| -> f64 {
            shares.iter().enumerate().map(|(calls, share)| share * value(calls)).sum()
        };
        let queue = by_state(&|calls| calls.saturating_sub(seats) as f64);
        let busy = by_state(&|calls| calls.min(seats) as f64);
        // Who comes when all seats are busy and `ahead` wait before: a death of the queue at each stage, or one's own.
        let drain = |ahead: usize| seats as f64 * served + ahead as f64 * given_up;
        let stage_s = |ahead: usize| 1.0 / (drain(ahead) + given_up);
        let (mut wait_to_service, mut is_served) = (Vec::new(), Vec::new());
        for ahead in 0..=lines.saturating_sub(seats) {
            let before: f64 = if ahead == 0 { 0.0 } else { wait_to_service[ahead - 1] };
            wait_to_service.push(before + stage_s(ahead));
            is_served.push(drain(0) / (drain(ahead) + given_up));
        }
        let in_time = self.served_in_time(&drain, given_up, is_served.len());
        let of_admitted = |at_once: f64, waits: &dyn Fn(usize) -> f64| {
            let sum: f64 =
                (0..lines).map(|calls| shares[calls] * calls.checked_sub(seats).map_or(at_once, waits)).sum();
            sum / if self.lines.is_some() { admitted } else { 1.0 }
        };
        let answered = of_admitted(1.0, &|ahead| is_served[ahead]);
        [
            blocked,
            of_admitted(0.0, &|_| 1.0),
            1.0 - answered,
            queue / (arrivals * admitted),
            of_admitted(0.0, &|ahead| is_served[ahead] * wait_to_service[ahead]) / answered,
            queue,
            busy / seats as f64,
            of_admitted(1.0, &|ahead| in_time[ahead]),
        ]
    }

    /// For each number of callers ahead, the probability of being served within `in_time_s` (by uniformisation).
    fn served_in_time(&self, drain: &dyn Fn(usize) -> f64, given_up: f64, states: usize) -> Vec<f64> {
        let fastest = drain(states) + given_up;
        let steps = fastest * self.in_time_s;
        let mut by_now = vec![0.0_f64; states];
        let mut within = vec![0.0_f64; states];
        let mut weight_ln = -steps;
        for step in 0..(steps as usize + 200 + 20 * steps.sqrt() as usize) {
            let weight = weight_ln.exp();
            for (sum, value) in within.iter_mut().zip(&by_now) {
                *sum += weight * value;
            }
            for ahead in (0..states).rev() {
                let next = if ahead == 0 { 1.0 } else { by_now[ahead - 1] };
                let stays = fastest - drain(ahead) - given_up;
                by_now[ahead] = (drain(ahead) * next + stays * by_now[ahead]) / fastest;
            }
            weight_ln += (steps / (step as f64 + 1.0)).ln();
        }
        within
    }
}
