//! What has happened since this process began to watch: counters that rise and never fall, as Prometheus wants them. A
//! fold over facts; the facts of lives before are no part of it, or a restart would count them twice.

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::{
    AlarmKind, AnnouncementKind, CallEvent, CallId, LegId, LegQuality, Outcome, RecordingFailure,
    RefusalReason, RingEnd, RingFailure, TenantId, Timestamp, TrunkId, UnexpectedInput,
};

use super::Histogram;

/// Counters of this life.
#[derive(Clone, Debug)]
pub struct Life {
    /// By tenant, those that any fact has named.
    pub tenants: BTreeMap<TenantId, TenantLife>,
    /// Refused calls whose number no tenant has.
    pub refused_without_tenant: BTreeMap<RefusalReason, u64>,
    /// Rings by how they ended.
    pub rings: BTreeMap<&'static str, u64>,
    /// Alarms.
    pub alarms: BTreeMap<AlarmKind, u64>,
    /// Orders to callers and parties that failed while the call went on, by what was to be heard or done.
    pub orders_failed: BTreeMap<&'static str, u64>,
    /// Inputs that fitted no state.
    pub unexpected: BTreeMap<UnexpectedInput, u64>,
    /// How long the switch was dead before this life (R-L9).
    pub crash: Duration,
    /// How long it had been stopped before this life (R-L9).
    pub stopped: Duration,
    /// No new calls are taken (R-L9).
    pub drain: Intervals,
    /// The switch was full (R-L9).
    pub overload: Intervals,
    /// INVITEs that got 503 unread while it was.
    pub turned_away: u64,
    /// Dead trunks (R-L9), those that have ever been.
    pub trunks: BTreeMap<TrunkId, Intervals>,
    /// When a life before ended clean, up to the start of this one.
    stopped_at: Option<Timestamp>,
    /// When this life began to take calls.
    pub started: Option<Timestamp>,
    /// Where this life is.
    pub state: NodeState,
    /// Effects leave without their commit.
    pub journal_degraded: bool,
    /// Recordings.
    pub recordings: RecordingCounts,
    /// RTP of the callers' legs that have ended.
    pub caller_media: MediaSums,
    /// RTP of the seats' legs that have ended.
    pub seat_media: MediaSums,
    /// RTP of third parties' legs that have ended.
    pub party_media: MediaSums,
    calls: BTreeMap<CallId, LiveCall>,
}

/// Where a process is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeState {
    /// Not yet taking calls.
    Starting,
    /// Taking calls.
    Serving,
    /// Letting calls end.
    Draining,
    /// The last call has ended.
    Stopped,
}

/// Counters of one tenant.
#[derive(Clone, Debug)]
pub struct TenantLife {
    /// Calls that took a line within hours (R-A1).
    pub offered: u64,
    /// Calls by outcome, rehearsals left out (R-L6).
    pub ended: BTreeMap<Outcome, u64>,
    /// Refused calls.
    pub refused: BTreeMap<RefusalReason, u64>,
    /// Blockage (R-L7).
    pub blockage: Intervals,
    /// All seat lines busy (R-L7).
    pub seat_lines_full: Intervals,
    /// No seat can be reached (R-L9).
    pub no_reachable_seat: Intervals,
    /// From the first entry into the queue to the answer.
    pub answer_waits: Histogram,
}

impl Default for TenantLife {
    fn default() -> Self {
        Self {
            offered: 0,
            ended: BTreeMap::new(),
            refused: BTreeMap::new(),
            blockage: Intervals::default(),
            seat_lines_full: Intervals::default(),
            no_reachable_seat: Intervals::default(),
            answer_waits: Histogram::of_waits(),
        }
    }
}

/// Intervals summed up, the last of which may be open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Intervals {
    /// Of the closed ones.
    closed: Duration,
    /// When the open one began.
    since: Option<Timestamp>,
}

impl Intervals {
    /// All of them up to `now`.
    pub fn total(self, now: Timestamp) -> Duration {
        self.closed + self.since.map_or(Duration::ZERO, |since| now.since(since))
    }

    /// Whether one is open.
    pub const fn is_open(self) -> bool {
        self.since.is_some()
    }

    fn open(&mut self, time: Timestamp) {
        self.since.get_or_insert(time);
    }

    fn close(&mut self, time: Timestamp) {
        if let Some(since) = self.since.take() {
            self.closed += time.since(since);
        }
    }
}

/// Recordings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordingCounts {
    /// Begun.
    pub started: u64,
    /// Whole.
    pub ended: u64,
    /// Talk that the plan does not record.
    pub off: u64,
    /// Holes and missing files.
    pub failed: BTreeMap<&'static str, u64>,
    /// Audio in files.
    pub recorded: Duration,
    /// Of it, filled with silence.
    pub gaps: Duration,
}

/// RTP of legs that have ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MediaSums {
    /// Legs.
    pub legs: u64,
    /// Packets received.
    pub received: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets thrown away.
    pub discarded: u64,
    /// Loss that the far ends reported.
    pub remote_lost: u64,
    /// Sum of the legs' jitter at their ends, in microseconds.
    pub jitter_us: u64,
}

impl MediaSums {
    const fn add(&mut self, quality: &LegQuality) {
        self.legs += 1;
        self.received += quality.packets_received;
        self.sent += quality.packets_sent;
        self.lost += quality.packets_lost;
        self.discarded += quality.packets_discarded;
        self.remote_lost += quality.remote_packets_lost;
        self.jitter_us += quality.jitter_us as u64;
    }
}

#[derive(Clone, Copy, Debug)]
struct LiveCall {
    tenant: TenantId,
    test: bool,
    /// Since when it waits for its first answer.
    queued: Option<Timestamp>,
    answered: bool,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            tenants: BTreeMap::new(),
            refused_without_tenant: BTreeMap::new(),
            rings: BTreeMap::new(),
            alarms: BTreeMap::new(),
            orders_failed: BTreeMap::new(),
            unexpected: BTreeMap::new(),
            crash: Duration::ZERO,
            stopped: Duration::ZERO,
            drain: Intervals::default(),
            overload: Intervals::default(),
            turned_away: 0,
            trunks: BTreeMap::new(),
            stopped_at: None,
            started: None,
            state: NodeState::Starting,
            journal_degraded: false,
            recordings: RecordingCounts::default(),
            caller_media: MediaSums::default(),
            seat_media: MediaSums::default(),
            party_media: MediaSums::default(),
            calls: BTreeMap::new(),
        }
    }
}

impl Life {
    /// Takes a fact of a life before: of these counts only for how long the switch had been stopped when this one began,
    /// which is an outage of this one as its crash is.
    pub fn apply_past(&mut self, time: Timestamp, fact: &CallEvent) {
        if matches!(fact, CallEvent::NodeStopped) {
            self.stopped_at = Some(time);
        } else if matches!(fact, CallEvent::NodeStarted) {
            self.stopped_at = None;
        }
    }

    /// Takes the next fact.
    pub fn apply(&mut self, time: Timestamp, fact: &CallEvent) {
        match fact {
            CallEvent::NodeStarted => {
                self.state = NodeState::Serving;
                self.started = Some(time);
                self.stopped += self.stopped_at.take().map_or(Duration::ZERO, |at| time.since(at));
            }
            CallEvent::NodeOutage { from, to } => self.crash += to.since(*from),
            CallEvent::DrainStarted => {
                self.state = NodeState::Draining;
                self.drain.open(time);
            }
            CallEvent::NodeStopped => {
                self.state = NodeState::Stopped;
                self.drain.close(time);
                self.overload.close(time);
                self.trunks.values_mut().for_each(|outage| outage.close(time));
                for tenant in self.tenants.values_mut() {
                    tenant.blockage.close(time);
                    tenant.seat_lines_full.close(time);
                    tenant.no_reachable_seat.close(time);
                }
            }
            CallEvent::OverloadStarted => self.overload.open(time),
            CallEvent::OverloadEnded { refused } => {
                self.overload.close(time);
                self.turned_away += refused;
            }
            CallEvent::TrunkLost { trunk, .. } => self.trunks.entry(*trunk).or_default().open(time),
            CallEvent::TrunkRestored { trunk } => self.trunks.entry(*trunk).or_default().close(time),
            CallEvent::NoReachableSeatStarted { tenant } => {
                self.tenants.entry(*tenant).or_default().no_reachable_seat.open(time);
            }
            CallEvent::NoReachableSeatEnded { tenant } => {
                self.tenants.entry(*tenant).or_default().no_reachable_seat.close(time);
            }
            CallEvent::JournalDegraded => self.journal_degraded = true,
            CallEvent::JournalRestored => self.journal_degraded = false,
            CallEvent::AlarmRaised { kind, .. } => *self.alarms.entry(*kind).or_default() += 1,
            // A tenant is shown from its first lines on, with noughts.
            CallEvent::CapacityChanged { tenant, .. } => {
                self.tenants.entry(*tenant).or_default();
            }
            CallEvent::BlockageStarted { tenant, .. } => {
                self.tenants.entry(*tenant).or_default().blockage.open(time);
            }
            CallEvent::BlockageEnded { tenant } => {
                self.tenants.entry(*tenant).or_default().blockage.close(time);
            }
            CallEvent::SeatLinesFullStarted { tenant, .. } => {
                self.tenants.entry(*tenant).or_default().seat_lines_full.open(time);
            }
            CallEvent::SeatLinesFullEnded { tenant } => {
                self.tenants.entry(*tenant).or_default().seat_lines_full.close(time);
            }
            CallEvent::CallAdmitted { call, tenant, test, closed, .. } => {
                if !test && !closed {
                    self.tenants.entry(*tenant).or_default().offered += 1;
                }
                self.calls
                    .insert(*call, LiveCall { tenant: *tenant, test: *test, queued: None, answered: false });
            }
            CallEvent::CallRefused { test: true, .. } => {}
            CallEvent::CallRefused { tenant, reason, .. } => {
                let refused = match tenant {
                    Some(tenant) => &mut self.tenants.entry(*tenant).or_default().refused,
                    None => &mut self.refused_without_tenant,
                };
                *refused.entry(*reason).or_default() += 1;
            }
            CallEvent::CallerQueued { call, since, put_back: false, .. } => {
                // Who is handed over has been answered once.
                if let Some(live) = self.calls.get_mut(call).filter(|live| !live.answered) {
                    live.queued = Some(*since);
                }
            }
            CallEvent::RingEnded { end, .. } => *self.rings.entry(ring_end(*end)).or_default() += 1,
            CallEvent::CallAnswered { ring, .. } => self.answered(time, ring.call),
            CallEvent::CallEnded { call, tenant, outcome, .. } => {
                let test = self.calls.remove(call).is_some_and(|live| live.test);
                if !test {
                    *self.tenants.entry(*tenant).or_default().ended.entry(*outcome).or_default() += 1;
                }
            }
            CallEvent::RecordingStarted { .. } => self.recordings.started += 1,
            CallEvent::RecordingOff { .. } => self.recordings.off += 1,
            CallEvent::RecordingFailed { failure, .. } => {
                *self.recordings.failed.entry(recording_failure(*failure)).or_default() += 1;
            }
            CallEvent::RecordingEnded { recorded, gaps, .. } => {
                self.recordings.ended += 1;
                self.recordings.recorded += *recorded;
                self.recordings.gaps += *gaps;
            }
            CallEvent::LegMeasured { leg: LegId::Caller(_), quality } => self.caller_media.add(quality),
            CallEvent::LegMeasured { leg: LegId::Seat(_), quality } => self.seat_media.add(quality),
            CallEvent::LegMeasured { leg: LegId::Party(_), quality } => self.party_media.add(quality),
            CallEvent::GuidanceFailed { .. } => self.order_failed("guidance"),
            CallEvent::AnnouncementFailed { announcement, .. } => {
                self.order_failed(announcement_kind(*announcement));
            }
            CallEvent::CallerProgressFailed { .. } => self.order_failed("early_media"),
            CallEvent::RefusalFailed { .. } => self.order_failed("refusal"),
            CallEvent::InputUnexpected { input, .. } => *self.unexpected.entry(*input).or_default() += 1,
            CallEvent::PlanApplied { .. }
            | CallEvent::StaffingShort { .. }
            | CallEvent::StaffingRestored { .. }
            | CallEvent::GuidanceCommanded { .. }
            | CallEvent::WallClockStepped { .. }
            | CallEvent::CallerConnected { .. }
            | CallEvent::CallOverflowed { .. }
            | CallEvent::ChoiceStarted { .. }
            | CallEvent::ChoiceMade { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::GuidanceStarted { .. }
            | CallEvent::GuidanceCompleted { .. }
            | CallEvent::CallerQueued { put_back: true, .. }
            | CallEvent::RingStarted { .. }
            | CallEvent::TalkEnded { .. }
            | CallEvent::HoldStarted { .. }
            | CallEvent::HoldEnded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::PartyDialled { .. }
            | CallEvent::SupervisorRung { .. }
            | CallEvent::PartyAnswered { .. }
            | CallEvent::PartyMoved { .. }
            | CallEvent::PartyEnded { .. }
            | CallEvent::PartyLineFreed { .. }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::CallPhaseChanged { .. }
            | CallEvent::CallerLeft { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundStarted { .. }
            | CallEvent::OutboundEnded { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::SeatStateChanged { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::CallCommanded { .. } => {}
        }
    }

    fn order_failed(&mut self, order: &'static str) {
        *self.orders_failed.entry(order).or_default() += 1;
    }

    fn answered(&mut self, time: Timestamp, call: CallId) {
        let Some(live) = self.calls.get_mut(&call) else { return };
        live.answered = true;
        // Only the first answer ends a wait: who was put back has been answered once.
        if let Some(since) = live.queued.take()
            && !live.test
        {
            self.tenants.entry(live.tenant).or_default().answer_waits.record(time.since(since));
        }
    }
}

const fn ring_end(end: RingEnd) -> &'static str {
    match end {
        RingEnd::Answered => "answered",
        RingEnd::Failed(RingFailure::Refused(_)) => "refused",
        RingEnd::Failed(RingFailure::Unreachable(_)) => "unreachable",
        RingEnd::Failed(RingFailure::Cancelled) => "cancelled",
        RingEnd::TimedOut => "timed_out",
        RingEnd::CallerGone => "caller_gone",
        RingEnd::SeatLost => "seat_lost",
    }
}

const fn announcement_kind(announcement: AnnouncementKind) -> &'static str {
    match announcement {
        AnnouncementKind::Choice => "choice",
        AnnouncementKind::Waiting => "waiting",
        AnnouncementKind::Music => "music",
        AnnouncementKind::Closed => "closed",
        AnnouncementKind::Busy => "busy",
    }
}

const fn recording_failure(failure: RecordingFailure) -> &'static str {
    match failure {
        RecordingFailure::CannotCreate => "cannot_create",
        RecordingFailure::WriteFailed => "write_failed",
        RecordingFailure::Overrun => "overrun",
    }
}
