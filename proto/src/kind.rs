//! The name of each kind of input and fact, and what a fact is about: the columns by which a journal is searched.

use acd_core::{CallEvent, CallId, Input, LegId, RingId, SeatId, TenantId};

/// Lists every variant once: the list of names and the exhaustive match come from the same lines.
macro_rules! kinds {
    (
        $(#[$list_doc:meta])* $list:ident;
        $(#[$of_doc:meta])* $of:ident($core:ident);
        $($variant:ident = $name:literal,)+
    ) => {
        $(#[$list_doc])*
        pub const $list: &[&str] = &[$($name),+];

        $(#[$of_doc])*
        pub const fn $of(of: &$core) -> &'static str {
            match of {
                $($core::$variant { .. } => $name,)+
            }
        }
    };
}

kinds! {
    /// The names of all facts, in the core's order.
    FACT_KINDS;
    /// The name of a fact's kind, as its JSON has it in `fact`.
    fact_kind(CallEvent);
    PlanApplied = "plan_applied",
    NodeStarted = "node_started",
    NodeOutage = "node_outage",
    DrainStarted = "drain_started",
    NodeStopped = "node_stopped",
    TrunkLost = "trunk_lost",
    TrunkRestored = "trunk_restored",
    OverloadStarted = "overload_started",
    OverloadEnded = "overload_ended",
    NoReachableSeatStarted = "no_reachable_seat_started",
    NoReachableSeatEnded = "no_reachable_seat_ended",
    WallClockStepped = "wall_clock_stepped",
    JournalDegraded = "journal_degraded",
    JournalRestored = "journal_restored",
    AlarmRaised = "alarm_raised",
    CapacityChanged = "capacity_changed",
    BlockageStarted = "blockage_started",
    BlockageEnded = "blockage_ended",
    SeatLinesFullStarted = "seat_lines_full_started",
    SeatLinesFullEnded = "seat_lines_full_ended",
    StaffingShort = "staffing_short",
    StaffingRestored = "staffing_restored",
    CallAdmitted = "call_admitted",
    CallRefused = "call_refused",
    RefusalFailed = "refusal_failed",
    CallerConnected = "caller_connected",
    GuidanceCommanded = "guidance_commanded",
    GuidanceStarted = "guidance_started",
    GuidanceCompleted = "guidance_completed",
    GuidanceFailed = "guidance_failed",
    CallerProgressFailed = "caller_progress_failed",
    AnnouncementFailed = "announcement_failed",
    ChoiceStarted = "choice_started",
    ChoiceMade = "choice_made",
    PlaceSaid = "place_said",
    CallerQueued = "caller_queued",
    CallOverflowed = "call_overflowed",
    RingStarted = "ring_started",
    RingEnded = "ring_ended",
    CallAnswered = "call_answered",
    TalkEnded = "talk_ended",
    HoldStarted = "hold_started",
    HoldEnded = "hold_ended",
    DigitPressed = "digit_pressed",
    CallCommanded = "call_commanded",
    PartyDialled = "party_dialled",
    SupervisorRung = "supervisor_rung",
    PartyAnswered = "party_answered",
    PartyMoved = "party_moved",
    PartyEnded = "party_ended",
    PartyLineFreed = "party_line_freed",
    DestinationUnreached = "destination_unreached",
    CallPhaseChanged = "call_phase_changed",
    CallerLeft = "caller_left",
    HeadquartersDialled = "headquarters_dialled",
    NumberShown = "number_shown",
    ConditionChecked = "condition_checked",
    OutboundStarted = "outbound_started",
    OutboundEnded = "outbound_ended",
    OutboundCommanded = "outbound_commanded",
    CallEnded = "call_ended",
    SeatStateChanged = "seat_state_changed",
    SeatRegistered = "seat_registered",
    SeatUnregistered = "seat_unregistered",
    SeatCommanded = "seat_commanded",
    RecordingStarted = "recording_started",
    RecordingOff = "recording_off",
    RecordingFailed = "recording_failed",
    RecordingEnded = "recording_ended",
    LegMeasured = "leg_measured",
    InputUnexpected = "input_unexpected",
}

kinds! {
    /// The names of all inputs, in the core's order.
    INPUT_KINDS;
    /// The name of an input's kind, as its JSON has it in `input`.
    input_kind(Input);
    TimePassed = "time_passed",
    PlanApplied = "plan_applied",
    NodeStarted = "node_started",
    CallFoundOpen = "call_found_open",
    DrainRequested = "drain_requested",
    NodeStopped = "node_stopped",
    TrunkLost = "trunk_lost",
    TrunkRestored = "trunk_restored",
    OverloadBegan = "overload_began",
    OverloadEnded = "overload_ended",
    WallClockStepped = "wall_clock_stepped",
    JournalStalled = "journal_stalled",
    JournalRecovered = "journal_recovered",
    CallArrived = "call_arrived",
    CallerProgressed = "caller_progressed",
    CallerProgressFailed = "caller_progress_failed",
    CallerConnected = "caller_connected",
    CallerLegEnded = "caller_leg_ended",
    AnnouncementEnded = "announcement_ended",
    AnnouncementFailed = "announcement_failed",
    PlaceAsked = "place_asked",
    DigitPressed = "digit_pressed",
    HoldBegan = "hold_began",
    HoldEnded = "hold_ended",
    RingProgressed = "ring_progressed",
    RingAnswered = "ring_answered",
    RingFailed = "ring_failed",
    SeatLegEnded = "seat_leg_ended",
    SeatRegistered = "seat_registered",
    SeatUnregistered = "seat_unregistered",
    SeatCommanded = "seat_commanded",
    CallCommanded = "call_commanded",
    PartyProgressed = "party_progressed",
    PartyAnswered = "party_answered",
    PartyFailed = "party_failed",
    PartyLegEnded = "party_leg_ended",
    OutboundCommanded = "outbound_commanded",
    GuidanceCommanded = "guidance_commanded",
    RecordingStarted = "recording_started",
    RecordingFailed = "recording_failed",
    RecordingEnded = "recording_ended",
    LegMeasured = "leg_measured",
}

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Subject {
    /// The call that it names.
    pub call: Option<CallId>,
    /// The tenant that it names.
    pub tenant: Option<TenantId>,
    /// The seat that it names.
    pub seat: Option<SeatId>,
}

impl Subject {
    const NOBODY: Self = Self { call: None, tenant: None, seat: None };

    const fn call(call: CallId) -> Self {
        Self { call: Some(call), ..Self::NOBODY }
    }

    const fn tenant(tenant: TenantId) -> Self {
        Self { tenant: Some(tenant), ..Self::NOBODY }
    }

    const fn seat(seat: SeatId) -> Self {
        Self { seat: Some(seat), ..Self::NOBODY }
    }

    const fn ring(ring: RingId, seat: SeatId) -> Self {
        Self { call: Some(ring.call), seat: Some(seat), ..Self::NOBODY }
    }

    const fn leg(leg: LegId) -> Self {
        Self::call(leg.call())
    }
}

/// What a fact is about: exactly what its JSON has in `call`, `tenant` and `seat`.
pub const fn fact_subject(fact: &CallEvent) -> Subject {
    match fact {
        CallEvent::PlanApplied { .. }
        | CallEvent::NodeStarted
        | CallEvent::NodeOutage { .. }
        | CallEvent::DrainStarted
        | CallEvent::NodeStopped
        | CallEvent::WallClockStepped { .. }
        | CallEvent::JournalDegraded
        | CallEvent::JournalRestored
        | CallEvent::OverloadStarted
        | CallEvent::OverloadEnded { .. }
        | CallEvent::TrunkLost { .. }
        | CallEvent::TrunkRestored { .. } => Subject::NOBODY,
        CallEvent::AlarmRaised { kind: _, tenant, call } => {
            Subject { call: *call, tenant: *tenant, ..Subject::NOBODY }
        }
        CallEvent::CapacityChanged { tenant, .. }
        | CallEvent::GuidanceCommanded { tenant, .. }
        | CallEvent::NoReachableSeatStarted { tenant }
        | CallEvent::NoReachableSeatEnded { tenant }
        | CallEvent::BlockageStarted { tenant, .. }
        | CallEvent::BlockageEnded { tenant }
        | CallEvent::StaffingShort { tenant, .. }
        | CallEvent::StaffingRestored { tenant, .. }
        | CallEvent::SeatLinesFullStarted { tenant, .. }
        | CallEvent::SeatLinesFullEnded { tenant } => Subject::tenant(*tenant),
        CallEvent::CallAdmitted { call, tenant, .. }
        | CallEvent::CallerQueued { call, tenant, .. }
        | CallEvent::CallOverflowed { call, tenant, .. }
        | CallEvent::OutboundEnded { call, tenant, .. }
        | CallEvent::CallEnded { call, tenant, .. } => {
            Subject { call: Some(*call), tenant: Some(*tenant), ..Subject::NOBODY }
        }
        CallEvent::CallRefused { call, tenant, .. } => {
            Subject { call: Some(*call), tenant: *tenant, ..Subject::NOBODY }
        }
        CallEvent::PartyDialled { party, tenant, .. } | CallEvent::PartyLineFreed { party, tenant } => {
            Subject { call: Some(party.call), tenant: Some(*tenant), ..Subject::NOBODY }
        }
        CallEvent::PartyAnswered { party, .. }
        | CallEvent::PartyMoved { party, .. }
        | CallEvent::PartyEnded { party, .. } => Subject::call(party.call),
        CallEvent::SupervisorRung { party, supervisor: _, seat } => {
            Subject { call: Some(party.call), seat: Some(*seat), ..Subject::NOBODY }
        }
        CallEvent::NumberShown { call, seat } => {
            Subject { call: Some(*call), seat: Some(*seat), ..Subject::NOBODY }
        }
        CallEvent::OutboundStarted { call, tenant, seat, .. }
        | CallEvent::OutboundCommanded { call, tenant, seat, .. } => {
            Subject { call: Some(*call), tenant: Some(*tenant), seat: Some(*seat) }
        }
        CallEvent::DestinationUnreached { call, .. }
        | CallEvent::CallPhaseChanged { call, .. }
        | CallEvent::CallerLeft { call, .. }
        | CallEvent::HeadquartersDialled { call, .. }
        | CallEvent::ConditionChecked { call, .. }
        | CallEvent::CallerConnected { call }
        | CallEvent::GuidanceStarted { call }
        | CallEvent::GuidanceCompleted { call }
        | CallEvent::GuidanceFailed { call }
        | CallEvent::CallerProgressFailed { call }
        | CallEvent::RefusalFailed { call, .. }
        | CallEvent::ChoiceStarted { call }
        | CallEvent::ChoiceMade { call, .. }
        | CallEvent::PlaceSaid { call, .. }
        | CallEvent::CallCommanded { call, .. }
        | CallEvent::RecordingStarted { call, .. }
        | CallEvent::RecordingOff { call }
        | CallEvent::RecordingFailed { call, .. }
        | CallEvent::RecordingEnded { call, .. } => Subject::call(*call),
        CallEvent::RingStarted { ring, seat }
        | CallEvent::RingEnded { ring, seat, .. }
        | CallEvent::CallAnswered { ring, seat }
        | CallEvent::TalkEnded { ring, seat, .. } => Subject::ring(*ring, *seat),
        CallEvent::HoldStarted { leg }
        | CallEvent::HoldEnded { leg }
        | CallEvent::DigitPressed { leg, .. }
        | CallEvent::AnnouncementFailed { leg, .. }
        | CallEvent::LegMeasured { leg, .. } => Subject::leg(*leg),
        CallEvent::SeatStateChanged { seat, .. }
        | CallEvent::SeatRegistered { seat }
        | CallEvent::SeatUnregistered { seat, .. }
        | CallEvent::SeatCommanded { seat, .. } => Subject::seat(*seat),
        CallEvent::InputUnexpected { input: _, call } => Subject { call: *call, ..Subject::NOBODY },
    }
}
