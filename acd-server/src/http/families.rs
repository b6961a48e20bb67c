//! Figures that are folds over facts: lines, queue, seats, calls, recordings, media of ended legs.

use acd_core::{AlarmKind, LineUse, Outcome, RefusalReason, UnexpectedInput};
use reports::SeatCounts;

use super::metrics::{Kind, Page};
use crate::observer::{MediaSums, NodeState, View};
use crate::plan::PlanFile;
use crate::reconcile;

/// Lines, queue, blockage, outcomes and response rate of each tenant.
pub(super) fn calls(page: &mut Page, view: &View, plan: &PlanFile) {
    lines(page, view);
    queue(page, view);
    blockage(page, view);
    outcomes(page, view);
    response(page, view, plan);
}

fn lines(page: &mut Page, view: &View) {
    let board = &view.board;
    let in_use = page.family(Kind::Gauge, "acd_lines_in_use", "Lines that calls hold (R-L6)");
    for &tenant in board.tenants().keys() {
        in_use.add([("tenant", tenant.as_str())], f64::from(sum(board.lines(tenant))));
    }
    let capacity = page.family(Kind::Gauge, "acd_lines_capacity", "Lines in force; 0 outside hours (R-L2)");
    for (tenant, shown) in board.tenants() {
        let total = shown.capacity.map_or(0, acd_core::plan::Capacity::total);
        capacity.add([("tenant", tenant.as_str())], f64::from(total));
    }
    let in_use =
        page.family(Kind::Gauge, "acd_seat_lines_in_use", "Callers with seats: ringing or talking (R-L2)");
    for &tenant in board.tenants().keys() {
        let LineUse { ringing, talking, .. } = board.lines(tenant);
        in_use.add([("tenant", tenant.as_str())], f64::from(ringing + talking));
    }
    let capacity =
        page.family(Kind::Gauge, "acd_seat_lines_capacity", "Seat lines in force; 0 outside hours (R-L2)");
    for (tenant, shown) in board.tenants() {
        let seat_lines = shown.capacity.map_or(0, |capacity| capacity.seat_lines);
        capacity.add([("tenant", tenant.as_str())], f64::from(seat_lines));
    }
    let phases =
        page.family(Kind::Gauge, "acd_calls_in_phase", "Calls that hold a line, by what they are doing");
    for &tenant in board.tenants().keys() {
        let LineUse { guidance, waiting, ringing, talking, transferred, closing, outbound } =
            board.lines(tenant);
        for (phase, calls) in [
            ("guidance", guidance),
            ("waiting", waiting),
            ("ringing", ringing),
            ("talking", talking),
            ("transferred", transferred),
            ("closing", closing),
            ("outbound", outbound),
        ] {
            phases.add([("tenant", tenant.as_str()), ("phase", phase)], f64::from(calls));
        }
    }
    page.gauge(
        "acd_calls_in_progress",
        "Calls in progress, those that hear the closed announcement included",
        board.calls_in_progress() as f64,
    );
}

const fn sum(lines: LineUse) -> u32 {
    let LineUse { guidance, waiting, ringing, talking, transferred, closing, outbound } = lines;
    guidance + waiting + ringing + talking + transferred + closing + outbound
}

fn queue(page: &mut Page, view: &View) {
    let board = &view.board;
    let length = page.family(Kind::Gauge, "acd_queue_length", "Callers who wait and are not rung for");
    for &tenant in board.tenants().keys() {
        length.add([("tenant", tenant.as_str())], f64::from(board.lines(tenant).waiting));
    }
    let longest = page.family(
        Kind::Gauge,
        "acd_queue_longest_wait_seconds",
        "How long the caller has waited who has waited longest, ringing included; 0: nobody waits",
    );
    for &tenant in board.tenants().keys() {
        let wait =
            board.longest_wait_since(tenant).map_or(0.0, |since| view.now().since(since).as_secs_f64());
        longest.add([("tenant", tenant.as_str())], wait);
    }
    let waits = page.family(
        Kind::Histogram,
        "acd_answer_wait_seconds",
        "From the first entry into the queue to the answer",
    );
    for (tenant, life) in &view.life.tenants {
        waits.add_histogram([("tenant", tenant.as_str())], life.answer_waits);
    }
}

fn blockage(page: &mut Page, view: &View) {
    let now = view.stamp();
    let tenants = &view.life.tenants;
    let open = page.family(
        Kind::Gauge,
        "acd_blockage_open",
        "1 while a new call would be refused for want of a line (R-L7)",
    );
    for (tenant, life) in tenants {
        open.add([("tenant", tenant.as_str())], f64::from(u8::from(life.blockage.is_open())));
    }
    let seconds =
        page.family(Kind::Counter, "acd_blockage_seconds", "Blockage, an open one up to now (R-L7)");
    for (tenant, life) in tenants {
        seconds.add([("tenant", tenant.as_str())], life.blockage.total(now).as_secs_f64());
    }
    let seconds = page.family(
        Kind::Counter,
        "acd_seat_lines_full_seconds",
        "All seat lines busy, an open interval up to now (R-L7)",
    );
    for (tenant, life) in tenants {
        seconds.add([("tenant", tenant.as_str())], life.seat_lines_full.total(now).as_secs_f64());
    }
}

fn outcomes(page: &mut Page, view: &View) {
    let tenants = &view.life.tenants;
    let offered =
        page.family(Kind::Counter, "acd_calls_offered", "Calls that took a line within hours (R-A1)");
    for (tenant, life) in tenants {
        offered.add([("tenant", tenant.as_str())], life.offered as f64);
    }
    let ended =
        page.family(Kind::Counter, "acd_calls_ended", "Calls by outcome, rehearsals left out (R-A15)");
    for (tenant, life) in tenants {
        for (outcome, name) in OUTCOMES {
            let calls = life.ended.get(&outcome).copied().unwrap_or(0);
            ended.add([("tenant", tenant.as_str()), ("outcome", name)], calls as f64);
        }
    }
    let refused = page.family(
        Kind::Counter,
        "acd_calls_refused",
        "Refused calls (R-L4); no tenant: nobody has the number",
    );
    let no_tenant = ("", &view.life.refused_without_tenant);
    let by_tenant = tenants.iter().map(|(tenant, life)| (tenant.as_str(), &life.refused));
    for (tenant, counts) in std::iter::once(no_tenant).chain(by_tenant) {
        for (reason, name) in REFUSALS {
            let calls = counts.get(&reason).copied().unwrap_or(0);
            refused.add([("tenant", tenant), ("reason", name)], calls as f64);
        }
    }
}

/// In the core's order, with the journal's names.
const OUTCOMES: [(Outcome, &str); 7] = [
    (Outcome::Closed, "closed"),
    (Outcome::AbandonedInGuidance, "abandoned_in_guidance"),
    (Outcome::AbandonedInQueue, "abandoned_in_queue"),
    (Outcome::AbandonedWhileRinging, "abandoned_while_ringing"),
    (Outcome::AbandonedAfterReception, "abandoned_after_reception"),
    (Outcome::Answered, "answered"),
    (Outcome::Failed, "failed"),
];

const REFUSALS: [(RefusalReason, &str); 5] = [
    (RefusalReason::UnknownNumber, "unknown_number"),
    (RefusalReason::LinesFull, "lines_full"),
    (RefusalReason::Closed, "closed"),
    (RefusalReason::Draining, "draining"),
    (RefusalReason::Overload, "overload"),
];

fn response(page: &mut Page, view: &View, file: &PlanFile) {
    let plan = &file.core;
    let ratio = page.family(
        Kind::Gauge,
        "acd_response_ratio",
        "Handled / offered of the calls admitted in this clock hour or today; absent: none was offered (R-A2, R-A3)",
    );
    for &tenant in plan.tenants.keys() {
        let by = file.handled_by(tenant);
        for (window, rate) in [("hour", view.day.this_hour(tenant, by)), ("day", view.day.today(tenant, by))]
        {
            if let Some(handled) = rate.ratio() {
                ratio.add([("tenant", tenant.as_str()), ("window", window)], handled);
            }
        }
    }
    let target = page.family(
        Kind::Gauge,
        "acd_response_target_ratio",
        "The response rate that the client demands; absent: none (R-A3)",
    );
    for (tenant, planned) in &plan.tenants {
        if let Some(permille) = planned.response_rate_target_permille {
            target.add([("tenant", tenant.as_str())], f64::from(permille) / 1_000.0);
        }
    }
}

/// Seats by state, and what became of rings.
pub(super) fn seats(page: &mut Page, view: &View) {
    let SeatCounts {
        logged_out,
        ready,
        ringing,
        talking,
        outbound,
        wrap_up,
        paused,
        not_answering,
        unreachable,
    } = view.board.seat_counts();
    let seats = page.family(Kind::Gauge, "acd_seats", "Seats by state (R-S1)");
    for (state, count) in [
        ("logged_out", logged_out),
        ("ready", ready),
        ("ringing", ringing),
        ("talking", talking),
        ("outbound", outbound),
        ("wrap_up", wrap_up),
        ("paused", paused),
        ("not_answering", not_answering),
        ("unreachable", unreachable),
    ] {
        seats.add([("state", state)], count as f64);
    }
    let rings = page.family(Kind::Counter, "acd_rings", "Rings of seats by how they ended (R-Q6)");
    for end in RING_ENDS {
        rings.add([("end", end)], view.life.rings.get(end).copied().unwrap_or(0) as f64);
    }
}

const RING_ENDS: [&str; 7] =
    ["answered", "refused", "unreachable", "cancelled", "timed_out", "caller_gone", "seat_lost"];

/// Recordings.
pub(super) fn recordings(page: &mut Page, view: &View, plan: &PlanFile) {
    let counts = &view.life.recordings;
    page.counter("acd_recordings_started", "Recordings begun", counts.started);
    page.counter("acd_recordings_ended", "Recordings that are over", counts.ended);
    page.counter("acd_recordings_off", "Talks that the plan does not record", counts.off);
    let failures = page.family(
        Kind::Counter,
        "acd_recording_failures",
        "Holes in recordings and missing ones, by why (R-R2)",
    );
    for failure in ["cannot_create", "write_failed", "overrun"] {
        failures.add([("failure", failure)], counts.failed.get(failure).copied().unwrap_or(0) as f64);
    }
    page.family(Kind::Counter, "acd_recorded_seconds", "Audio in the files of ended recordings")
        .add([], counts.recorded.as_secs_f64());
    page.family(Kind::Counter, "acd_recording_gap_seconds", "Audio that they lack, over both channels")
        .add([], counts.gaps.as_secs_f64());
    reconciled(page, view, plan);
}

/// The last day whose talk was held against its recordings (R-R2); 0 before the first.
fn reconciled(page: &mut Page, view: &View, plan: &PlanFile) {
    type Figure = (&'static str, &'static str, fn(&reconcile::Day) -> f64);
    const FIGURES: [Figure; 4] = [
        ("acd_reconciled_due_seconds", "Of the day before: what ought to be recorded (R-R2)", |day| {
            day.facts.sums().due_ms as f64 / 1_000.0
        }),
        ("acd_reconciled_recorded_seconds", "Of the day before: what was recorded (R-R2)", |day| {
            day.facts.sums().recorded_ms as f64 / 1_000.0
        }),
        (
            "acd_reconciled_differing_calls",
            "Of the day before: calls whose recording differs from what ought to be recorded (R-R2)",
            |day| day.facts.sums().differing as f64,
        ),
        (
            "acd_reconciled_faulty_files",
            "Of the day before: recordings whose file is missing or shorter than was recorded (R-R2)",
            |day| day.files.as_ref().map_or(0.0, |files| files.len() as f64),
        ),
    ];
    for (name, help, figure) in FIGURES {
        let family = page.family(Kind::Gauge, name, help);
        for tenant in plan.core.tenants.keys() {
            family.add([("tenant", tenant.as_str())], view.reconciled.get(tenant).map_or(0.0, figure));
        }
    }
}

/// RTP of legs that have ended.
pub(super) fn media(page: &mut Page, view: &View) {
    type Figure = (&'static str, &'static str, fn(&MediaSums) -> f64);
    const FIGURES: [Figure; 7] = [
        ("acd_rtp_legs_ended", "Legs whose media has been measured", |sums| sums.legs as f64),
        ("acd_rtp_packets_received", "RTP packets received", |sums| sums.received as f64),
        ("acd_rtp_packets_sent", "RTP packets sent", |sums| sums.sent as f64),
        ("acd_rtp_packets_lost", "RTP packets that never came, by sequence number", |sums| sums.lost as f64),
        ("acd_rtp_packets_discarded", "RTP packets from strangers or malformed", |sums| {
            sums.discarded as f64
        }),
        ("acd_rtp_packets_lost_remote", "RTP packets that the far ends missed (RTCP)", |sums| {
            sums.remote_lost as f64
        }),
        (
            "acd_rtp_jitter_seconds",
            "Sum of the legs' interarrival jitter at their ends (RFC 3550 6.4.1); divide by acd_rtp_legs_ended",
            |sums| sums.jitter_us as f64 / 1e6,
        ),
    ];
    for (name, help, value) in FIGURES {
        let family = page.family(Kind::Counter, name, help);
        for (side, sums) in [("caller", &view.life.caller_media), ("seat", &view.life.seat_media)] {
            family.add([("side", side)], value(sums));
        }
    }
}

/// The process: its life, outage, alarms.
pub(super) fn node(page: &mut Page, view: &View) {
    let life = &view.life;
    let info = page.family(Kind::Gauge, "acd_build_info", "1, with the program's version");
    info.add([("version", env!("CARGO_PKG_VERSION"))], 1.0);
    let state =
        page.family(Kind::Gauge, "acd_node_state", "1 for the state of the process, 0 for the others");
    for (name, named) in [
        ("starting", NodeState::Starting),
        ("serving", NodeState::Serving),
        ("draining", NodeState::Draining),
        ("stopped", NodeState::Stopped),
    ] {
        state.add([("state", name)], f64::from(u8::from(life.state == named)));
    }
    let started =
        page.family(Kind::Gauge, "acd_started_timestamp_seconds", "When this process began to take calls");
    if let Some(at) = life.started {
        started.add([], at.as_millis() as f64 / 1_000.0);
    }
    let now = view.stamp();
    let outage = page.family(
        Kind::Counter,
        "acd_outage_seconds",
        "Outage of the switch by the forms' cause, an open one up to now; what lay before this life too (R-L9)",
    );
    outage.add([("cause", "crash")], life.crash.as_secs_f64());
    outage.add([("cause", "stopped")], life.stopped.as_secs_f64());
    outage.add([("cause", "drain")], life.drain.total(now).as_secs_f64());
    outage.add([("cause", "overload")], life.overload.total(now).as_secs_f64());
    page.counter(
        "acd_invites_turned_away",
        "INVITEs of carriers that got 503 unread in overloads that are over (R-L9)",
        life.turned_away,
    );
    let outage = page.family(
        Kind::Counter,
        "acd_trunk_outage_seconds",
        "A carrier's trunk was dead, up to now if it is; the carrier's responsibility (R-L9)",
    );
    for (trunk, seconds) in &life.trunks {
        outage.add([("trunk", trunk.as_str())], seconds.total(now).as_secs_f64());
    }
    let outage = page.family(
        Kind::Counter,
        "acd_no_reachable_seat_seconds",
        "An open tenant had no seat that could be reached, up to now if it has none (R-L9)",
    );
    for (tenant, life) in &life.tenants {
        outage.add([("tenant", tenant.as_str())], life.no_reachable_seat.total(now).as_secs_f64());
    }
    let alarms = page.family(Kind::Counter, "acd_alarms", "Alarms: a person should look");
    for (kind, name) in ALARMS {
        alarms.add([("kind", name)], life.alarms.get(&kind).copied().unwrap_or(0) as f64);
    }
    let failed = page.family(
        Kind::Counter,
        "acd_orders_failed",
        "Announcements, early media and refusals that failed, by what was to be heard or done; the call went on",
    );
    for order in ["guidance", "choice", "waiting", "music", "closed", "busy", "early_media", "refusal"] {
        failed.add([("order", order)], life.orders_failed.get(order).copied().unwrap_or(0) as f64);
    }
    let unexpected = page.family(
        Kind::Counter,
        "acd_inputs_unexpected",
        "Inputs that fitted no state and changed nothing",
    );
    for (kind, name) in UNEXPECTED {
        unexpected.add([("kind", name)], life.unexpected.get(&kind).copied().unwrap_or(0) as f64);
    }
    page.gauge(
        "acd_journal_degraded",
        "1 while effects leave without their commit",
        f64::from(u8::from(life.journal_degraded)),
    );
    page.counter(
        "acd_observer_lost_facts",
        "Facts that neither the loop nor the journal gave to these figures",
        view.lost_facts,
    );
    page.gauge("acd_loop_silent_seconds", "Since the loop last spoke", view.silent_for().as_secs_f64());
}

const ALARMS: [(AlarmKind, &str); 9] = [
    (AlarmKind::NobodyLoggedIn, "nobody_logged_in"),
    (AlarmKind::WaitTooLong, "wait_too_long"),
    (AlarmKind::CallOutsideHours, "call_outside_hours"),
    (AlarmKind::CallsMissing, "calls_missing"),
    (AlarmKind::TrunkLost, "trunk_lost"),
    (AlarmKind::Overload, "overload"),
    (AlarmKind::NoReachableSeat, "no_reachable_seat"),
    (AlarmKind::RecordingFailed, "recording_failed"),
    (AlarmKind::JournalDegraded, "journal_degraded"),
];

const UNEXPECTED: [(UnexpectedInput, &str); 6] = [
    (UnexpectedInput::CallDuplicate, "call_duplicate"),
    (UnexpectedInput::CallUnknown, "call_unknown"),
    (UnexpectedInput::RingOver, "ring_over"),
    (UnexpectedInput::SeatUnknown, "seat_unknown"),
    (UnexpectedInput::OutOfPhase, "out_of_phase"),
    (UnexpectedInput::TimeBackwards, "time_backwards"),
];
