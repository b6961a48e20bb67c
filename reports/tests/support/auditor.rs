//! The auditor: recomputes what a form says from what anybody outside could have seen, and from the contract. It knows no
//! fact, shares no code with the switch or the reports, and counts by looking at every instant at which anything changed.

#[path = "days.rs"]
mod days;

use std::collections::{BTreeMap, BTreeSet};

use acd_core::{CallId, CivilDate, RingId, SeatId, Timestamp};
use days::{OnTheWall, midnight, on_the_wall};

use crate::world::{Seen, Trace};

/// What the contract and the house rules say of a phone that does not answer, and of one that is lost.
const NOT_ANSWERING_MS: i64 = 30_000;
const LOST_MS: i64 = 60_000;

/// What the auditor finds of one tenant in one hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Found {
    pub(crate) offered: u64,
    pub(crate) handled: u64,
    pub(crate) answers: u64,
    pub(crate) blocked_attempts: u64,
    pub(crate) talk_ms: u64,
    pub(crate) hold_ms: u64,
    pub(crate) wrap_up_ms: u64,
    pub(crate) blockage_ms: u64,
    /// Talk without hold, hold, wrap-up within the hour.
    pub(crate) consultation_ms: u64,
    /// Ready and rung within the hour.
    pub(crate) waiting_ms: u64,
    /// The most seats staffed at once.
    pub(crate) staffed_peak: u64,
}

#[derive(Clone, Copy)]
struct Call {
    tenant: usize,
    test: bool,
    refused: bool,
    at: Timestamp,
    gone: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Ready,
    Ringing(CallId),
    Talking(CallId),
    Holding(CallId),
    WrappingUp(CallId),
    Nothing,
}

/// What the phones did for one call, all together.
#[derive(Clone, Copy, Default)]
struct Work {
    first_answer: Option<Timestamp>,
    /// Holds included.
    talk_ms: u64,
    hold_ms: u64,
    wrap_up_ms: u64,
}

struct Span {
    from: Timestamp,
    to: Timestamp,
    doing: Doing,
}

/// A phone, and whether its agents answer for the tenant.
struct Phone<'a> {
    spans: &'a Vec<Span>,
    is_ours: bool,
}

pub(crate) struct Auditor {
    calls: BTreeMap<CallId, Call>,
    phones: BTreeMap<SeatId, Vec<Span>>,
    end: Timestamp,
}

impl Auditor {
    pub(crate) fn new(trace: &Trace) -> Self {
        let end = trace.last().unwrap().0;
        let seats: BTreeSet<SeatId> = trace
            .iter()
            .filter_map(|(_, seen)| if let Seen::LogIn { seat } = seen { Some(*seat) } else { None })
            .collect();
        let phones = seats.into_iter().map(|seat| (seat, phone(seat, trace, end))).collect();
        Self { calls: calls(trace, end), phones, end }
    }

    /// The blockages of a tenant as a list, and every hour's figures. `serves`: which tenants a seat's agents answer for.
    pub(crate) fn audit(
        &self,
        tenant: usize,
        hours: &[(Timestamp, Timestamp)],
        serves: impl Fn(SeatId) -> BTreeSet<usize>,
    ) -> (Vec<(Timestamp, Timestamp)>, Vec<Found>) {
        let blocked = self.blocked(tenant);
        let phones: Vec<Phone<'_>> = self
            .phones
            .iter()
            .map(|(seat, spans)| Phone { spans, is_ours: serves(*seat).contains(&tenant) })
            .collect();
        let works = works(&phones);
        let found = hours.iter().map(|hour| self.hour(tenant, *hour, &blocked, &phones, &works)).collect();
        (blocked, found)
    }

    fn hour(
        &self,
        tenant: usize,
        (from, to): (Timestamp, Timestamp),
        blocked: &[(Timestamp, Timestamp)],
        phones: &[Phone<'_>],
        works: &BTreeMap<CallId, Work>,
    ) -> Found {
        let mut found = Found::default();
        let within = |at: Timestamp| from <= at && at < to;
        for (id, call) in self.calls.iter().filter(|(_, it)| it.tenant == tenant && !it.test) {
            if call.refused {
                found.blocked_attempts += u64::from(within(call.at));
                continue;
            }
            let work = works.get(id).copied().unwrap_or_default();
            if within(call.at) {
                found.talk_ms += work.talk_ms;
                found.hold_ms += work.hold_ms;
                found.wrap_up_ms += work.wrap_up_ms;
            }
            let first_answer = work.first_answer;
            found.offered += u64::from(within(call.at));
            found.handled += u64::from(within(call.at) && first_answer.is_some());
            found.answers += u64::from(first_answer.is_some_and(within));
        }
        found.blockage_ms =
            blocked.iter().map(|(begun, ended)| length((*begun).max(from), (*ended).min(to))).sum();
        for phone in phones {
            for span in phone.spans {
                let ms = length(span.from.max(from), span.to.min(to));
                match self.part(span.doing, tenant, phone.is_ours) {
                    Part::Consulting => found.consultation_ms += ms,
                    Part::Waiting => found.waiting_ms += ms,
                    Part::None => {}
                }
            }
        }
        found.staffed_peak = self.peak(tenant, (from, to), phones);
        found
    }

    /// What a phone's doing is to a tenant. Another's phone waits for nobody of ours, but may work for a caller of ours who
    /// overflowed to it.
    fn part(&self, doing: Doing, tenant: usize, is_ours: bool) -> Part {
        let ours = |call| self.calls.get(&call).is_some_and(|it| it.tenant == tenant && !it.test);
        let rehearsal = |call| self.calls.get(&call).is_some_and(|it| it.test);
        match doing {
            Doing::Ready if is_ours => Part::Waiting,
            // At a rehearsal an agent is there as before it (R-L6).
            Doing::Ringing(call) | Doing::Talking(call) | Doing::Holding(call) | Doing::WrappingUp(call)
                if rehearsal(call) && is_ours =>
            {
                Part::Waiting
            }
            Doing::Ringing(call) if ours(call) => Part::Waiting,
            Doing::Talking(call) | Doing::Holding(call) | Doing::WrappingUp(call) if ours(call) => {
                Part::Consulting
            }
            Doing::Ready
            | Doing::Ringing(_)
            | Doing::Talking(_)
            | Doing::Holding(_)
            | Doing::WrappingUp(_)
            | Doing::Nothing => Part::None,
        }
    }

    fn peak(&self, tenant: usize, (from, to): (Timestamp, Timestamp), phones: &[Phone<'_>]) -> u64 {
        let begins = phones.iter().flat_map(|it| it.spans).map(|it| it.from);
        let instants: BTreeSet<Timestamp> =
            begins.filter(|at| from <= *at && *at < to).chain([from]).collect();
        let staffed = |at: Timestamp| {
            let at_work = |phone: &&Phone<'_>| {
                // A phone's spans follow each other.
                let now = phone.spans.partition_point(|it| it.to <= at);
                let span = phone.spans.get(now).filter(|it| it.from <= at);
                span.is_some_and(|it| self.part(it.doing, tenant, phone.is_ours) != Part::None)
            };
            phones.iter().filter(at_work).count() as u64
        };
        instants.into_iter().map(staffed).max().unwrap_or(0)
    }

    /// The instants at which as many callers are on the lines as the contract has lines.
    fn blocked(&self, tenant: usize) -> Vec<(Timestamp, Timestamp)> {
        let on_line: Vec<(Timestamp, Timestamp)> = self
            .calls
            .values()
            .filter(|it| it.tenant == tenant && !it.test && !it.refused)
            .map(|it| (it.at, it.gone))
            .collect();
        let mut edges: BTreeSet<Timestamp> = on_line.iter().flat_map(|it| [it.0, it.1]).collect();
        let first = self.calls.values().map(|it| it.at).min().unwrap();
        let mut edge = first.as_millis() / 3_600_000 * 3_600_000;
        while edge <= self.end.as_millis() {
            edges.insert(Timestamp::from_millis(edge));
            edge += 3_600_000;
        }
        let edges: Vec<Timestamp> = edges.into_iter().collect();
        let mut blocked: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in edges.iter().zip(&edges[1..]) {
            let in_use = on_line.iter().filter(|(begun, ended)| begun <= from && from < ended).count();
            if in_use < lines(tenant, *from) {
                continue;
            }
            match blocked.last_mut() {
                Some((_, last)) if last == from => *last = *to,
                _ => blocked.push((*from, *to)),
            }
        }
        blocked
    }
}

fn works(phones: &[Phone<'_>]) -> BTreeMap<CallId, Work> {
    let mut works: BTreeMap<CallId, Work> = BTreeMap::new();
    for span in phones.iter().flat_map(|it| it.spans) {
        let ms = length(span.from, span.to);
        match span.doing {
            Doing::Talking(call) => {
                let work = works.entry(call).or_default();
                work.first_answer = Some(work.first_answer.map_or(span.from, |at| at.min(span.from)));
                work.talk_ms += ms;
            }
            Doing::Holding(call) => {
                let work = works.entry(call).or_default();
                work.talk_ms += ms;
                work.hold_ms += ms;
            }
            Doing::WrappingUp(call) => works.entry(call).or_default().wrap_up_ms += ms,
            Doing::Ready | Doing::Ringing(_) | Doing::Nothing => {}
        }
    }
    works
}

#[derive(PartialEq, Eq)]
enum Part {
    Consulting,
    Waiting,
    None,
}

/// The contracts: all lines of a tenant at an instant, hours in Japan.
fn lines(tenant: usize, at: Timestamp) -> usize {
    let OnTheWall { hour, .. } = on_the_wall(at);
    match tenant {
        0 => match hour {
            7..23 => 4,
            _ => 2,
        },
        1 => 4,
        _ => shizuoka(at) + 2,
    }
}

/// Shizuoka's seat lines, line by line as the specification has them; a night belongs to the day before it.
fn shizuoka(at: Timestamp) -> usize {
    let OnTheWall { month, day, hour, .. } = on_the_wall(at);
    if (month == 12 && day >= 26) || (month == 1 && (day < 5 || (day == 5 && hour < 8))) {
        return match hour {
            8..17 => 8,
            17..22 => 9,
            22 => 5,
            _ => 3,
        };
    }
    let began = on_the_wall(Timestamp::from_millis(at.as_millis() - 8 * 3_600_000));
    let holidays = [(2026, 11, 3), (2026, 11, 23), (2027, 1, 11)];
    let rests = holidays.contains(&(began.year, began.month, began.day));
    let sunday = began.weekday == 6;
    let saturday = began.weekday == 5;
    match hour {
        8..17 if rests || sunday => 6,
        13..17 if saturday => 4,
        8..17 => 2,
        17..23 if rests || sunday || saturday => 7,
        17..23 => 5,
        _ if rests || sunday || saturday => 3,
        _ => 2,
    }
}

fn calls(trace: &Trace, end: Timestamp) -> BTreeMap<CallId, Call> {
    let mut calls = BTreeMap::new();
    for (at, seen) in trace {
        match seen {
            Seen::Invite { call, tenant, test } => {
                let (at, gone) = (*at, end);
                calls.insert(*call, Call { tenant: *tenant, test: *test, refused: false, at, gone });
            }
            Seen::Refused { call } => calls.get_mut(call).unwrap().refused = true,
            Seen::CallerGone { call } => {
                let call = calls.get_mut(call).unwrap();
                call.gone = call.gone.min(*at);
            }
            Seen::PhoneInvite { .. }
            | Seen::PhoneAnswered { .. }
            | Seen::PhoneRefused { .. }
            | Seen::PhoneCancelled { .. }
            | Seen::PhoneHungUp { .. }
            | Seen::PhoneLost { .. }
            | Seen::PhoneHeld { .. }
            | Seen::PhoneResumed { .. }
            | Seen::LogIn { .. }
            | Seen::Ready { .. }
            | Seen::Pause { .. } => {}
        }
    }
    calls
}

/// What a phone's light would have shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Light {
    Out,
    Ready,
    Rung(RingId),
    Talk {
        ring: RingId,
        held: bool,
    },
    WrapUp(CallId),
    Away,
    /// Back by itself at this instant.
    Back(Timestamp),
}

/// Follows one phone through the whole trace.
fn phone(seat: SeatId, trace: &Trace, end: Timestamp) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut light = Light::Out;
    let mut since = trace[0].0;
    let mut away_later = false;
    let mut gone = BTreeSet::new();
    let mut show = |light: &mut Light, since: &mut Timestamp, at: Timestamp, to: Light| {
        let doing = match *light {
            Light::Out | Light::Away | Light::Back(_) => Doing::Nothing,
            Light::Ready => Doing::Ready,
            Light::Rung(ring) => Doing::Ringing(ring.call),
            Light::Talk { ring, held: false } => Doing::Talking(ring.call),
            Light::Talk { ring, held: true } => Doing::Holding(ring.call),
            Light::WrapUp(call) => Doing::WrappingUp(call),
        };
        if *since < at {
            spans.push(Span { from: *since, to: at, doing });
        }
        (*light, *since) = (to, at);
    };
    for (at, seen) in trace {
        if let Light::Back(back) = light
            && back <= *at
        {
            show(&mut light, &mut since, back, Light::Ready);
        }
        // What was asked for in a ring or a call comes when the agent is free.
        let free = |wanted| if away_later { Light::Away } else { wanted };
        let to = match (*seen, light) {
            (Seen::LogIn { seat: it }, Light::Out) if it == seat => Some(Light::Ready),
            (Seen::Ready { seat: it }, Light::Rung(_) | Light::Talk { .. }) if it == seat => {
                away_later = false;
                None
            }
            (Seen::Ready { seat: it }, Light::WrapUp(_)) if it == seat => Some(free(Light::Ready)),
            (Seen::Ready { seat: it }, Light::Away | Light::Back(_)) if it == seat => Some(Light::Ready),
            (Seen::Pause { seat: it }, Light::Rung(_) | Light::Talk { .. }) if it == seat => {
                away_later = true;
                None
            }
            (Seen::Pause { seat: it }, Light::Ready | Light::WrapUp(_) | Light::Away | Light::Back(_))
                if it == seat =>
            {
                Some(Light::Away)
            }
            (Seen::PhoneInvite { ring, seat: it }, _) if it == seat => Some(Light::Rung(ring)),
            (Seen::PhoneAnswered { ring }, Light::Rung(rung)) if ring == rung => {
                Some(Light::Talk { ring, held: false })
            }
            (Seen::PhoneRefused { ring }, Light::Rung(rung)) if ring == rung => {
                Some(free(Light::Back(later(*at, NOT_ANSWERING_MS))))
            }
            (Seen::PhoneCancelled { ring }, Light::Rung(rung)) if ring == rung => {
                // Nobody answered, unless the caller had left.
                let unanswered = Light::Back(later(*at, NOT_ANSWERING_MS));
                Some(free(if gone.contains(&ring.call) { Light::Ready } else { unanswered }))
            }
            (Seen::CallerGone { call }, Light::Talk { ring, .. }) if ring.call == call => {
                Some(Light::WrapUp(call))
            }
            (Seen::PhoneHungUp { ring: it }, Light::Talk { ring, .. }) if it == ring => {
                Some(Light::WrapUp(ring.call))
            }
            (Seen::PhoneLost { ring: it }, Light::Talk { ring, .. }) if it == ring => {
                Some(free(Light::Back(later(*at, LOST_MS))))
            }
            (Seen::PhoneHeld { ring: it }, Light::Talk { ring, .. }) if it == ring => {
                Some(Light::Talk { ring, held: true })
            }
            (Seen::PhoneResumed { ring: it }, Light::Talk { ring, .. }) if it == ring => {
                Some(Light::Talk { ring, held: false })
            }
            _ => None,
        };
        if let Seen::CallerGone { call } = seen {
            gone.insert(*call);
        }
        if let Some(to) = to {
            if matches!(to, Light::Ready | Light::Away | Light::Back(_)) {
                away_later = false;
            }
            show(&mut light, &mut since, *at, to);
        }
    }
    show(&mut light, &mut since, end, Light::Out);
    spans
}

fn later(at: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis() + ms)
}

fn length(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millis() - from.as_millis()).unwrap_or(0)
}

/// The hours of a day in Japan.
pub(crate) fn hours(date: CivilDate) -> Vec<(Timestamp, Timestamp)> {
    let midnight = midnight(date);
    (0..24).map(|hour| (later(midnight, hour * 3_600_000), later(midnight, (hour + 1) * 3_600_000))).collect()
}
