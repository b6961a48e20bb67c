//! The rules once more, in lists and loops: what the switch must state after each input. Nothing is indexed, nothing
//! is remembered that could be looked up, and no code of the switch is used but its types.

use std::time::Duration;

use acd_core::plan::{self, Capacity, OverflowCause, Plan, RecordingPolicy};
use acd_core::{
    AlarmKind, AnnouncementKind, CallEvent, CallId, CallPhase, CallerLegEnd, Input, LegId, Outcome, PartyEnd,
    PartyId, PlanSource, PromptId, Reason, RecordingFailure, RingEnd, RingId, SeatId, SeatState, SkillId,
    Switch, TalkEnd, TenantId, Timestamp, TrunkId, UnexpectedInput,
};

use crate::hunts::Hunt;
use crate::parties::{Caller, Party};
use crate::plays::Plays;
use crate::supervision::Watcher;
use crate::turn::Turn;

pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) plan: plan::Tenant,
    pub(crate) in_plan: bool,
    /// `None`: not stated yet.
    pub(crate) capacity: Option<Option<Capacity>>,
    /// Up to then no edge of its hours has been found.
    pub(crate) steady_until: Timestamp,
    pub(crate) seat_lines: u16,
    pub(crate) emergency: Option<PromptId>,
    pub(crate) was_reachable: bool,
    pub(crate) unreachable: bool,
    pub(crate) expected: Option<Duration>,
    pub(crate) calls_due: Option<Timestamp>,
    pub(crate) blocked: bool,
    pub(crate) seat_lines_full: bool,
    /// Broken promises of staffing: skill, wanted, staffed.
    pub(crate) short: Vec<(Option<SkillId>, u32, u32)>,
}

pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) tenant: TenantId,
    pub(crate) number: plan::Number,
    pub(crate) closed: bool,
    pub(crate) test: bool,
    pub(crate) phase: CallPhase,
    /// A 183 is out or on its way, and no 200.
    pub(crate) early: bool,
    pub(crate) guidance: Stage,
    pub(crate) queued_at: Option<Timestamp>,
    pub(crate) skill: Option<SkillId>,
    pub(crate) rings: u32,
    pub(crate) ring: Option<(RingId, SeatId)>,
    pub(crate) ring_until: Option<Timestamp>,
    pub(crate) alarm_at: Option<Timestamp>,
    /// Of a wait that has not been told as too long.
    pub(crate) waits_from: Option<Timestamp>,
    pub(crate) answered: bool,
    pub(crate) awaits_adviser: bool,
    /// Whose seats are to serve the caller.
    pub(crate) serving: TenantId,
    pub(crate) overflows: u32,
    /// The choice that is being made: whether its prompt is over, and the key.
    pub(crate) chooses: Option<(bool, Option<char>)>,
    pub(crate) choice_until: Option<Timestamp>,
    /// Chosen, or handed over for, or of the first queue: what is asked for wherever the caller goes on to.
    pub(crate) needed_skill: Option<SkillId>,
    /// What is heard was chosen after the guidance, which the caller has passed.
    pub(crate) past_guidance: bool,
    /// The wait has been too long.
    pub(crate) overdue: bool,
    pub(crate) typed: String,
    pub(crate) caller_holds: bool,
    pub(crate) seat_holds: bool,
    pub(crate) hold_commanded: bool,
    /// Released before its ACK, which may still come.
    pub(crate) ack_owed: bool,
    /// Of a call in closing: what its end will say.
    pub(crate) end: Option<(Outcome, CallPhase)>,
    pub(crate) identity: acd_core::CallerIdentity,
    /// Begun by an agent, about which finished call.
    pub(crate) outbound: bool,
    pub(crate) about: Option<CallId>,
    pub(crate) answered_by_seat: bool,
    /// What the seat was before it called out.
    pub(crate) before: Option<SeatState>,
    pub(crate) caller: Caller,
    pub(crate) parties: Vec<Party>,
    /// It had a seat, which was lost.
    pub(crate) seat_lost: bool,
    pub(crate) watchers: Vec<Watcher>,
    pub(crate) tries: u32,
    pub(crate) hunt: Option<Hunt>,
    /// Legs to which what has no end could not be played, and when it is tried again.
    pub(crate) unheard: Vec<(LegId, AnnouncementKind, Timestamp)>,
}

impl Call {
    /// R-L1, R-L6: the carrier's leg of an admitted call, until it has ended.
    pub(crate) fn holds_line(&self) -> bool {
        !self.test && !self.closed && !matches!(self.caller, Caller::Gone(_))
    }

    /// R-L11.
    pub(crate) fn holds_closed_line(&self) -> bool {
        !self.test && self.closed && !matches!(self.caller, Caller::Gone(_))
    }
}

pub(crate) struct Seat {
    pub(crate) id: SeatId,
    pub(crate) plan: plan::Seat,
    pub(crate) in_plan: bool,
    pub(crate) registered: bool,
    pub(crate) state: SeatState,
    pub(crate) since: Timestamp,
    pub(crate) deferred: Option<SeatState>,
    pub(crate) until: Option<Timestamp>,
    /// Whose call it rings for, talks in, wraps up after.
    pub(crate) works_for: Option<TenantId>,
}

/// Of a call in guidance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Due(Timestamp),
    Playing,
    /// Heard before the answer, which is on its way.
    Answering,
}

struct Recording {
    call: CallId,
    tenant: TenantId,
    started: bool,
}

pub(crate) struct Model {
    pub(crate) now: Timestamp,
    /// From the input before to this one.
    pub(crate) passed: Duration,
    pub(crate) plan: Plan,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) calls: Vec<Call>,
    pub(crate) seats: Vec<Seat>,
    /// Queues in which the alarm of R-Q8 was raised and nobody has logged in since.
    pub(crate) alarmed: Vec<(TenantId, Option<SkillId>)>,
    /// Queues that are empty since another tenant has taken over who was left.
    pub(crate) taken_over: Vec<(TenantId, Option<SkillId>)>,
    pub(crate) facts: Vec<CallEvent>,
    pub(crate) highest: Option<CallId>,
    pub(crate) draining: bool,
    pub(crate) refused: Vec<CallId>,
    /// Refused calls with the busy announcement, whose, and what is to be played once a 183 is out: what the plan said
    /// when they came.
    pub(crate) announced: Vec<(CallId, TenantId, Option<PromptId>)>,
    pub(crate) accepting: bool,
    lost_trunks: Vec<TrunkId>,
    pub(crate) overloaded: bool,
    pub(crate) cancelled: Vec<RingId>,
    /// Rings that answered while they were being cancelled.
    crossed: Vec<RingId>,
    pub(crate) released: Vec<RingId>,
    pub(crate) parties_cancelled: Vec<PartyId>,
    /// Of these, those that have answered all the same.
    pub(crate) parties_crossed: Vec<PartyId>,
    pub(crate) parties_released: Vec<PartyId>,
    /// Parties over a tenant's own trunk, until their legs have ended (R-L8).
    pub(crate) lines_out: Vec<(PartyId, TenantId)>,
    /// Calls whose hunts wait for a line, the longest first.
    pub(crate) hunts: Vec<CallId>,
    recordings: Vec<Recording>,
    pub(crate) plays: Plays,
    degraded: bool,
    begun: bool,
}

impl Model {
    pub(crate) fn new(plan: Plan, now: Timestamp) -> Self {
        Self {
            now,
            passed: Duration::ZERO,
            plan,
            tenants: Vec::new(),
            calls: Vec::new(),
            seats: Vec::new(),
            alarmed: Vec::new(),
            taken_over: Vec::new(),
            facts: Vec::new(),
            highest: None,
            draining: false,
            refused: Vec::new(),
            announced: Vec::new(),
            accepting: false,
            lost_trunks: Vec::new(),
            overloaded: false,
            cancelled: Vec::new(),
            crossed: Vec::new(),
            released: Vec::new(),
            parties_cancelled: Vec::new(),
            parties_crossed: Vec::new(),
            parties_released: Vec::new(),
            lines_out: Vec::new(),
            hunts: Vec::new(),
            recordings: Vec::new(),
            plays: Plays::default(),
            degraded: false,
            begun: false,
        }
    }

    /// What the switch must state after this input, in any order.
    pub(crate) fn handle(&mut self, now: Timestamp, input: &Input) -> Vec<CallEvent> {
        if now < self.now {
            self.unexpected(UnexpectedInput::TimeBackwards, None);
        }
        self.passed = now.since(self.now);
        self.now = self.now.max(now);
        if !self.begun {
            self.begun = true;
            self.apply_plan(self.plan.clone(), PlanSource::Start, None);
        }
        self.step_clock(input);
        self.enter_bands();
        self.take(input);
        self.send_watchers_home();
        self.fire();
        self.hunts_go_on();
        loop {
            self.watch_log_ins();
            self.callers_go_on();
            if !self.dispatch() {
                break;
            }
        }
        self.forget_unheard();
        self.state_edges();
        core::mem::take(&mut self.facts)
    }

    /// Fails if the switch has stated anything else, or waits for another deadline.
    pub(crate) fn compare(&mut self, now: Timestamp, input: &Input, said: &Turn, switch: &Switch) {
        let text = |facts: &[CallEvent]| {
            let mut lines: Vec<String> = facts.iter().map(|fact| format!("{fact:?}")).collect();
            lines.sort();
            lines
        };
        let expected = self.handle(now, input);
        assert_eq!(text(&said.facts), text(&expected), "left: the switch, right: the rules, on {input:?}");
        // Their text masks the numbers of people.
        let mut unsaid = expected;
        for fact in &said.facts {
            let same = unsaid.iter().position(|it| it == fact);
            let wrong = || panic!("another number than the rules demand in {fact:?}, on {input:?}");
            unsaid.remove(same.unwrap_or_else(wrong));
        }
        self.watch_plays(&said.facts, &said.orders);
        self.sleeps_over_no_edge(switch);
        if let Some((deadline, reason)) = switch.poll_timeout() {
            let earliest = self.next_deadline();
            if matches!(reason, Reason::BandEdge(_)) {
                assert!(earliest.is_none_or(|it| deadline <= it), "the band edge hides {earliest:?}");
            } else {
                assert_eq!(Some(deadline), earliest, "{reason:?}");
            }
        }
    }

    pub(crate) fn state(&mut self, fact: CallEvent) {
        self.facts.push(fact);
    }

    pub(crate) fn unexpected(&mut self, input: UnexpectedInput, call: Option<CallId>) {
        self.state(CallEvent::InputUnexpected { input, call });
    }

    pub(crate) fn tenant(&self, id: TenantId) -> &Tenant {
        self.tenants.iter().find(|it| it.id == id).unwrap()
    }

    fn take(&mut self, input: &Input) {
        match input {
            Input::TimePassed | Input::WallClockStepped { .. } => {}
            Input::PlanApplied { plan, by, who } => self.apply_plan((**plan).clone(), *by, who.clone()),
            Input::NodeStarted { down_since } => {
                if let Some(from) = *down_since {
                    self.state(CallEvent::NodeOutage { from, to: self.now });
                }
                self.draining = false;
                self.accepting = true;
                self.state(CallEvent::NodeStarted);
            }
            Input::CallFoundOpen(_) => panic!("no history has it: a scenario tells it"),
            Input::DrainRequested if self.draining => self.unexpected(UnexpectedInput::OutOfPhase, None),
            Input::DrainRequested => {
                self.draining = true;
                self.accepting = false;
                self.state(CallEvent::DrainStarted);
            }
            Input::NodeStopped => self.stop(),
            Input::JournalStalled if !self.degraded => {
                self.degraded = true;
                self.state(CallEvent::JournalDegraded);
                self.raise(AlarmKind::JournalDegraded, None, None);
            }
            Input::JournalRecovered if self.degraded => {
                self.degraded = false;
                self.state(CallEvent::JournalRestored);
            }
            Input::JournalStalled | Input::JournalRecovered => {
                self.unexpected(UnexpectedInput::OutOfPhase, None);
            }
            Input::TrunkLost { trunk, cause: _ } if self.lost_trunks.contains(trunk) => {
                self.unexpected(UnexpectedInput::OutOfPhase, None);
            }
            Input::TrunkLost { trunk, cause } => {
                self.lost_trunks.push(*trunk);
                self.state(CallEvent::TrunkLost { trunk: *trunk, cause: *cause });
                self.raise(AlarmKind::TrunkLost, None, None);
            }
            Input::TrunkRestored { trunk } => {
                if settle(&mut self.lost_trunks, *trunk) {
                    self.state(CallEvent::TrunkRestored { trunk: *trunk });
                } else {
                    self.unexpected(UnexpectedInput::OutOfPhase, None);
                }
            }
            Input::OverloadBegan | Input::OverloadEnded { .. } => self.follow_overload(input),
            Input::GuidanceCommanded { tenant, prompt, source, request: _ } => {
                self.guidance_commanded(*tenant, *prompt, *source);
            }
            Input::CallerProgressed { call } => self.progressed(*call),
            Input::CallerProgressFailed { call } if self.end_announcement(*call) => {
                self.state(CallEvent::CallerProgressFailed { call: *call });
            }
            Input::CallerProgressFailed { call } => self.of_call(*call, |model, at| {
                if model.calls[at].phase == CallPhase::Arriving && model.calls[at].early {
                    model.calls[at].early = false;
                    model.state(CallEvent::CallerProgressFailed { call: model.calls[at].id });
                } else {
                    model.out_of_phase(at);
                }
            }),
            Input::CallArrived { .. } => self.arrived(input),
            Input::CallerConnected { call } => self.of_call(*call, Self::connected),
            Input::CallerLegEnded { call, end } => {
                let announced = self.announced.iter().position(|it| it.0 == *call);
                if let Some(at) = announced {
                    self.announced.remove(at);
                }
                let good = [CallerLegEnd::Released, CallerLegEnd::Cancelled, CallerLegEnd::HungUp];
                if announced.is_some() || settle(&mut self.refused, *call) {
                    if !good.contains(end) {
                        self.state(CallEvent::RefusalFailed { call: *call, end: *end });
                    }
                } else {
                    self.of_call(*call, |model, at| model.caller_gone(at, *end));
                }
            }
            Input::PlaceAsked { call, play } => self.place_asked(*call, *play),
            Input::AnnouncementEnded { .. } | Input::AnnouncementFailed { .. } => self.announcement(input),
            Input::DigitPressed { leg: LegId::Party(_), .. }
            | Input::HoldBegan { leg: LegId::Party(_) }
            | Input::HoldEnded { leg: LegId::Party(_) }
            | Input::PartyProgressed { .. }
            | Input::PartyAnswered { .. }
            | Input::PartyFailed { .. }
            | Input::PartyLegEnded { .. } => self.party_input(input),
            Input::OutboundCommanded { .. } => self.outbound_commanded(input),
            Input::DigitPressed { leg, digit } => self.digit(*leg, *digit),
            Input::HoldBegan { leg } => self.hold(*leg, true),
            Input::HoldEnded { leg } => self.hold(*leg, false),
            Input::RingProgressed { ring } if self.may_cross(*ring) => {}
            Input::RingAnswered { ring } if self.may_cross(*ring) => self.crossed.push(*ring),
            Input::RingProgressed { ring } => self.of_ring(*ring, |model, at| {
                if model.calls[at].has_talk() {
                    model.out_of_phase(at);
                }
            }),
            Input::RingAnswered { ring } => self.of_ring(*ring, Self::answered),
            Input::RingFailed { ring, failure } => {
                if !settle(&mut self.cancelled, *ring) {
                    self.of_ring(*ring, |model, at| model.ring_failed(at, *failure));
                }
            }
            Input::SeatLegEnded { ring, end } => {
                if !settle(&mut self.released, *ring) && !settle(&mut self.cancelled, *ring) {
                    self.of_ring(*ring, |model, at| model.seat_leg_ended(at, *end));
                }
            }
            Input::SeatRegistered { seat } => self.registered(*seat),
            Input::SeatUnregistered { seat, loss } => self.unregistered(*seat, *loss),
            Input::SeatCommanded { seat, command, source, request: _ } => {
                self.commanded(*seat, *command, *source);
            }
            Input::CallCommanded { call, command, source, request: _ } => {
                self.call_commanded(*call, *command, *source);
            }
            Input::RecordingStarted { call, file } => {
                match self.recordings.iter_mut().find(|it| it.call == *call) {
                    Some(it) if !it.started => {
                        it.started = true;
                        self.state(CallEvent::RecordingStarted { call: *call, file: file.clone() });
                    }
                    Some(_) => self.unexpected(UnexpectedInput::OutOfPhase, Some(*call)),
                    None => self.no_recording(*call),
                }
            }
            Input::RecordingFailed { call, failure } => {
                let Some(at) = self.recordings.iter().position(|it| it.call == *call) else {
                    return self.no_recording(*call);
                };
                // There either is a file or not.
                if self.recordings[at].started == (*failure == RecordingFailure::CannotCreate) {
                    return self.unexpected(UnexpectedInput::OutOfPhase, Some(*call));
                }
                let tenant = self.recordings[at].tenant;
                self.state(CallEvent::RecordingFailed { call: *call, failure: *failure });
                self.raise(AlarmKind::RecordingFailed, Some(tenant), Some(*call));
                if *failure == RecordingFailure::CannotCreate {
                    self.recordings.remove(at);
                }
            }
            Input::RecordingEnded { call, recorded, gaps } => {
                let Some(at) = self.recordings.iter().position(|it| it.call == *call) else {
                    return self.no_recording(*call);
                };
                if !self.recordings[at].started {
                    return self.unexpected(UnexpectedInput::OutOfPhase, Some(*call));
                }
                self.recordings.remove(at);
                self.state(CallEvent::RecordingEnded { call: *call, recorded: *recorded, gaps: *gaps });
            }
            Input::LegMeasured { leg, quality } => {
                if self.highest.is_some_and(|it| leg.call() <= it) {
                    self.state(CallEvent::LegMeasured { leg: *leg, quality: *quality });
                } else {
                    self.unexpected(UnexpectedInput::CallUnknown, Some(leg.call()));
                }
            }
        }
    }

    pub(crate) fn of_call(&mut self, call: CallId, then: impl FnOnce(&mut Self, usize)) {
        match self.calls.iter().position(|it| it.id == call) {
            Some(at) => then(self, at),
            None => self.unexpected(UnexpectedInput::CallUnknown, Some(call)),
        }
    }

    /// R-Q6: the phone may not know yet that it is to ring no more; it answers once.
    fn may_cross(&self, ring: RingId) -> bool {
        self.cancelled.contains(&ring) && !self.crossed.contains(&ring)
    }

    pub(crate) fn of_ring(&mut self, ring: RingId, then: impl FnOnce(&mut Self, usize)) {
        self.of_call(ring.call, |model, at| {
            if model.calls[at].ring.is_some_and(|(present, _)| present == ring) {
                then(model, at);
            } else {
                model.unexpected(UnexpectedInput::RingOver, Some(ring.call));
            }
        });
    }

    pub(crate) fn out_of_phase(&mut self, at: usize) {
        self.unexpected(UnexpectedInput::OutOfPhase, Some(self.calls[at].id));
    }

    fn connected(&mut self, at: usize) {
        let call = self.calls[at].id;
        if core::mem::take(&mut self.calls[at].ack_owed) {
            return;
        }
        if self.calls[at].phase == CallPhase::Guidance && self.calls[at].guidance == Stage::Answering {
            self.state(CallEvent::CallerConnected { call });
            self.calls[at].guidance = Stage::Playing;
            self.record_caller(at);
            return self.guided(at);
        }
        if self.calls[at].phase != CallPhase::Arriving || self.calls[at].early {
            return self.out_of_phase(at);
        }
        self.state(CallEvent::CallerConnected { call });
        let elsewhere = self.overflow_closed(self.calls[at].tenant);
        if let (true, Some(to)) = (self.calls[at].closed, elsewhere) {
            self.hand_on(at, to, OverflowCause::Closed);
        }
        if !self.calls[at].closed || elsewhere.is_some() {
            self.record_caller(at);
        }
        if self.calls[at].closed && elsewhere.is_none() {
            if let Some(prompt) = self.tenant(self.calls[at].tenant).plan.closed_announcement {
                self.demand(call, prompt);
                self.calls[at].phase = CallPhase::Closed;
            } else {
                self.close(at, Outcome::Closed);
            }
        } else if self.calls[at].number.choice.as_ref().is_some_and(|it| it.before_guidance) {
            self.come_to_choice(at);
        } else if self.tape(at).is_some() {
            self.come_to_guidance(at);
        } else if self.calls[at].number.choice.is_some() {
            self.come_to_choice(at);
        } else {
            self.enter_queue(at);
        }
    }

    /// R-Q1.
    pub(crate) fn enter_queue(&mut self, at: usize) {
        let skill = self.skill_at(self.calls[at].serving, self.calls[at].needed_skill);
        let call = &mut self.calls[at];
        call.queued_at = Some(self.now);
        call.skill = skill;
        call.needed_skill = call.needed_skill.or(skill);
        self.begin_wait(at);
        self.wait(at, false);
    }

    pub(crate) fn wait(&mut self, at: usize, put_back: bool) {
        let call = &mut self.calls[at];
        call.phase = CallPhase::Waiting;
        call.ring = None;
        call.ring_until = None;
        let fact = CallEvent::CallerQueued {
            call: call.id,
            tenant: call.serving,
            skill: call.skill,
            since: call.queued_at.unwrap(),
            put_back,
            awaits_adviser: call.awaits_adviser,
        };
        self.state(fact);
    }

    /// R-R1.
    pub(crate) fn record(&mut self, at: usize) {
        let Call { id: call, tenant, answered, .. } = self.calls[at];
        match self.calls[at].number.recording {
            RecordingPolicy::Off if !answered => self.state(CallEvent::RecordingOff { call }),
            RecordingPolicy::Off => {}
            RecordingPolicy::FromAnswer | RecordingPolicy::FromCaller => {
                if self.recordings.iter().all(|it| it.call != call) {
                    self.recordings.push(Recording { call, tenant, started: false });
                }
            }
        }
    }

    /// R-R1: the caller has been answered, and is served.
    fn record_caller(&mut self, at: usize) {
        if self.calls[at].number.recording == RecordingPolicy::FromCaller {
            self.record(at);
        }
    }

    fn caller_gone(&mut self, at: usize, end: CallerLegEnd) {
        let Call { phase, closed, ring, tenant, serving, .. } = self.calls[at];
        let closed = closed && serving == tenant;
        let abandoned = match phase {
            CallPhase::Arriving | CallPhase::Guidance | CallPhase::Closed if closed => Outcome::Closed,
            CallPhase::Arriving | CallPhase::Guidance | CallPhase::Closed => Outcome::AbandonedInGuidance,
            CallPhase::Waiting => Outcome::AbandonedInQueue,
            CallPhase::Ringing => {
                self.cancelled.push(ring.unwrap().0);
                self.ring_over(at, RingEnd::CallerGone);
                Outcome::AbandonedWhileRinging
            }
            CallPhase::Talking => {
                let (ring, seat) = ring.unwrap();
                self.released.push(ring);
                self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::CallerEnded });
                self.seat_talk_over(seat);
                Outcome::Answered
            }
            CallPhase::Consulting
            | CallPhase::Conference
            | CallPhase::Transferred
            | CallPhase::WithoutCaller
            | CallPhase::Outbound => {
                if matches!(self.calls[at].caller, Caller::Gone(_)) {
                    return self.out_of_phase(at);
                }
                self.calls[at].caller = Caller::Gone(Some(end));
                if self.calls[at].lives() {
                    self.state(CallEvent::CallerLeft { call: self.calls[at].id, end });
                }
                return self.regroup(at);
            }
            CallPhase::Closing => {
                let (outcome, phase) = self.calls[at].end.unwrap();
                return self.end(at, outcome, phase, Some(end));
            }
        };
        let outcome = match end {
            CallerLegEnd::Cancelled | CallerLegEnd::HungUp => abandoned,
            CallerLegEnd::Released
            | CallerLegEnd::AckMissing
            | CallerLegEnd::SessionExpired
            | CallerLegEnd::Failed => Outcome::Failed,
        };
        self.end(at, outcome, phase, Some(end));
    }

    /// We release the caller, whose line is held until that is done (R-L1).
    pub(crate) fn close(&mut self, at: usize, outcome: Outcome) {
        let call = &mut self.calls[at];
        call.chooses = None;
        call.choice_until = None;
        call.end = Some((outcome, call.phase));
        call.phase = CallPhase::Closing;
        call.ring = None;
    }

    pub(crate) fn end(&mut self, at: usize, outcome: Outcome, phase: CallPhase, end: Option<CallerLegEnd>) {
        let Call { id: call, tenant, answered, outbound, awaits_adviser, watchers, .. } =
            self.calls.remove(at);
        for watcher in watchers {
            self.let_go(watcher, PartyEnd::Alone);
        }
        if outbound {
            return self.state(CallEvent::OutboundEnded { call, tenant, reached: answered });
        }
        let gave_up = matches!(outcome, Outcome::AbandonedInQueue | Outcome::AbandonedWhileRinging);
        let outcome = match answered {
            true if awaits_adviser && gave_up => Outcome::AbandonedAfterReception,
            true => Outcome::Answered,
            false => outcome,
        };
        self.state(CallEvent::CallEnded { call, tenant, outcome, phase, end });
    }

    fn no_recording(&mut self, call: CallId) {
        let alive = self.calls.iter().any(|it| it.id == call);
        let kind = if alive { UnexpectedInput::OutOfPhase } else { UnexpectedInput::CallUnknown };
        self.unexpected(kind, Some(call));
    }

    pub(crate) fn raise(&mut self, kind: AlarmKind, tenant: Option<TenantId>, call: Option<CallId>) {
        self.state(CallEvent::AlarmRaised { kind, tenant, call });
    }

    /// R-Q8: once, until somebody logs in, or until nobody waits there any more whom no other tenant has taken over.
    fn watch_log_ins(&mut self) {
        let waited_for: Vec<_> = self.waiting().map(|it| (it.serving, it.skill)).collect();
        self.taken_over.retain(|it| !waited_for.contains(it));
        let taken_over = &self.taken_over;
        self.alarmed.retain(|it| waited_for.contains(it) || taken_over.contains(it));
        let mut queues: Vec<(TenantId, Option<SkillId>)> = self.alarmed.clone();
        queues.extend(self.waiting().map(|it| (it.serving, it.skill)));
        queues.sort();
        queues.dedup();
        for (tenant, skill) in queues {
            if self.is_attended(tenant, skill) {
                self.alarmed.retain(|it| *it != (tenant, skill));
            } else if !self.alarmed.contains(&(tenant, skill)) {
                let first = self.waiting().filter(|it| (it.serving, it.skill) == (tenant, skill));
                let first = first.min_by_key(|it| (it.queued_at, it.id)).map(|it| it.id);
                self.alarmed.push((tenant, skill));
                self.raise(AlarmKind::NobodyLoggedIn, Some(tenant), first);
            }
        }
    }

    /// Whether somebody who may serve the queue is logged in.
    pub(crate) fn is_attended(&self, tenant: TenantId, skill: Option<SkillId>) -> bool {
        self.seats.iter().any(|seat| {
            let skilled = skill.is_none_or(|it| seat.plan.skills.contains(&it));
            let logged_in = seat.in_plan && seat.state != SeatState::LoggedOut;
            seat.plan.serves.contains_key(&tenant) && skilled && logged_in
        })
    }

    fn waiting(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|it| it.phase == CallPhase::Waiting)
    }
}

/// Whether the outcome was still to come.
pub(crate) fn settle<Id: PartialEq>(owed: &mut Vec<Id>, id: Id) -> bool {
    let found = owed.iter().position(|it| *it == id);
    found.map(|at| owed.remove(at)).is_some()
}
