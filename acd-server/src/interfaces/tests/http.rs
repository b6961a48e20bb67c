//! Health, and figures that are documented and well-formed.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::{
    AlarmKind, AnnouncementKind, CallId, CallerLegEnd, LegId, LegQuality, LineUse, RecordingFailure,
    RefusalReason, RingFailure, SeatState, UnexpectedInput,
};

use super::scrape::{Scrape, parse};
use super::*;

const DOCUMENT: &str = include_str!("../../../../docs/metrics.md");

impl Loop {
    fn scrape(&self) -> Scrape {
        let (status, text) = self.get("/metrics");
        assert_eq!(status, 200);
        parse(&text)
    }
}

#[test]
fn health_follows_the_life_of_the_process() {
    let mut switch = Loop::start(Folder::new());
    assert_eq!(switch.get("/healthz").0, 200);
    assert_eq!(switch.get("/readyz"), (503, "starting\n".to_owned()));
    switch.happen(EVENING, &[CallEvent::NodeStarted]);
    switch.second(EVENING + Duration::from_secs(1));
    assert_eq!(switch.get("/readyz"), (200, "ready\n".to_owned()));
    switch.happen(EVENING, &[CallEvent::DrainStarted]);
    switch.second(EVENING + Duration::from_secs(2));
    assert_eq!(switch.get("/readyz"), (503, "draining\n".to_owned()));
    assert_eq!(switch.get("/healthz").0, 200);
    switch.happen(EVENING, &[CallEvent::NodeStopped]);
    switch.second(EVENING + Duration::from_secs(3));
    assert_eq!(switch.get("/readyz"), (503, "stopped\n".to_owned()));
    assert_eq!(switch.get("/nowhere").0, 404);
}

/// A quarter of an hour in which everything that has a figure happens.
fn everything(switch: &mut Loop) {
    let after = |seconds| EVENING + Duration::from_secs(seconds);
    let (shiga, at) = (tenant("shiga"), seat("seat101"));
    let refused = |call, tenant, reason| CallEvent::CallRefused {
        call: CallId(call),
        tenant,
        trunk: TrunkId::new("carrier").expect("a name"),
        dialled: None,
        caller: CallerIdentity::Number(Pii::new(NUMBER.to_owned())),
        test: false,
        reason,
    };
    switch.happen(
        EVENING,
        &[
            CallEvent::NodeOutage { from: EVENING - Duration::from_secs(12), to: EVENING },
            CallEvent::PlanApplied {
                tenants: 5,
                seats: 20,
                by: acd_core::PlanSource::Start,
                who: None,
                lines_reported_on: std::collections::BTreeMap::new(),
            },
            opened("shiga"),
            CallEvent::NodeStarted,
            admitted(1, "shiga"),
            queued(1, "shiga", EVENING),
            admitted(2, "shiga"),
            queued(2, "shiga", EVENING),
            CallEvent::AlarmRaised { kind: AlarmKind::NobodyLoggedIn, tenant: Some(shiga), call: None },
            CallEvent::BlockageStarted { tenant: shiga, lines: LineUse::default(), lent: 0 },
            CallEvent::SeatLinesFullStarted { tenant: shiga, lines: LineUse::default() },
            CallEvent::NoReachableSeatStarted { tenant: shiga },
            refused(3, Some(shiga), RefusalReason::LinesFull),
            refused(4, None, RefusalReason::UnknownNumber),
        ],
    );
    let carrier = TrunkId::new("carrier").expect("a name");
    switch.happen(after(7), &answered(1, "shiga"));
    switch.happen(
        after(7),
        &[
            CallEvent::TrunkLost { trunk: carrier, cause: acd_core::TrunkLoss::NoAnswer },
            CallEvent::OverloadStarted,
        ],
    );
    switch.happen(
        after(60),
        &[
            CallEvent::BlockageEnded { tenant: shiga },
            CallEvent::NoReachableSeatEnded { tenant: shiga },
            CallEvent::TrunkRestored { trunk: carrier },
            CallEvent::OverloadEnded { refused: 7 },
            CallEvent::SeatStateChanged { seat: at, from: SeatState::LoggedOut, to: SeatState::Ready },
            CallEvent::RingEnded { ring: ring(2), seat: at, end: RingEnd::Failed(RingFailure::Refused(486)) },
            CallEvent::RecordingStarted { call: CallId(1), file: "a.wav".to_owned() },
            CallEvent::RecordingFailed { call: CallId(1), failure: RecordingFailure::Overrun },
            CallEvent::RecordingEnded {
                call: CallId(1),
                recorded: Duration::from_millis(53_000),
                gaps: Duration::from_millis(20),
            },
            CallEvent::RecordingOff { call: CallId(2) },
            CallEvent::LegMeasured {
                leg: LegId::Caller(CallId(1)),
                quality: LegQuality {
                    packets_received: 2_650,
                    packets_lost: 3,
                    jitter_us: 1_500,
                    ..LegQuality::default()
                },
            },
            CallEvent::AnnouncementFailed {
                leg: LegId::Caller(CallId(2)),
                announcement: AnnouncementKind::Waiting,
            },
            CallEvent::GuidanceFailed { call: CallId(2) },
            CallEvent::CallerProgressFailed { call: CallId(2) },
            CallEvent::RefusalFailed { call: CallId(3), end: CallerLegEnd::Failed },
            CallEvent::InputUnexpected { input: UnexpectedInput::RingOver, call: None },
            CallEvent::JournalDegraded,
            CallEvent::DrainStarted,
        ],
    );
    switch.second(after(90));
}

#[test]
fn figures_are_those_of_the_facts() {
    let mut switch = Loop::start(Folder::new());
    everything(&mut switch);
    let scrape = switch.scrape();
    let is = |series: &str, wanted: f64| {
        let found = scrape.value(series);
        assert!((found - wanted).abs() < 1e-9, "{series} is {found}, not {wanted}");
    };
    is("acd_lines_in_use{tenant=\"shiga\"}", 1.0);
    is("acd_lines_capacity{tenant=\"shiga\"}", 3.0);
    is("acd_seat_lines_capacity{tenant=\"shiga\"}", 2.0);
    is("acd_queue_length{tenant=\"shiga\"}", 1.0);
    is("acd_calls_in_phase{tenant=\"shiga\",phase=\"waiting\"}", 1.0);
    is("acd_calls_offered_total{tenant=\"shiga\"}", 2.0);
    is("acd_calls_ended_total{tenant=\"shiga\",outcome=\"answered\"}", 1.0);
    is("acd_calls_ended_total{tenant=\"shiga\",outcome=\"failed\"}", 0.0);
    is("acd_calls_refused_total{tenant=\"shiga\",reason=\"lines_full\"}", 1.0);
    is("acd_calls_refused_total{tenant=\"\",reason=\"unknown_number\"}", 1.0);
    is("acd_response_ratio{tenant=\"shiga\",window=\"hour\"}", 0.5);
    is("acd_response_ratio{tenant=\"shiga\",window=\"day\"}", 0.5);
    is("acd_blockage_open{tenant=\"shiga\"}", 0.0);
    is("acd_blockage_seconds_total{tenant=\"shiga\"}", 60.0);
    is("acd_outage_seconds_total{cause=\"crash\"}", 12.0);
    is("acd_outage_seconds_total{cause=\"stopped\"}", 0.0);
    is("acd_outage_seconds_total{cause=\"overload\"}", 53.0);
    is("acd_invites_turned_away_total", 7.0);
    is("acd_trunk_outage_seconds_total{trunk=\"carrier\"}", 53.0);
    is("acd_no_reachable_seat_seconds_total{tenant=\"shiga\"}", 60.0);
    is("acd_seats{state=\"ready\"}", 1.0);
    is("acd_seats{state=\"logged_out\"}", 19.0);
    is("acd_rings_total{end=\"answered\"}", 1.0);
    is("acd_rings_total{end=\"refused\"}", 1.0);
    is("acd_answer_wait_seconds_count{tenant=\"shiga\"}", 1.0);
    is("acd_answer_wait_seconds_sum{tenant=\"shiga\"}", 7.0);
    is("acd_answer_wait_seconds_bucket{le=\"5.0\",tenant=\"shiga\"}", 0.0);
    is("acd_answer_wait_seconds_bucket{le=\"10.0\",tenant=\"shiga\"}", 1.0);
    is("acd_recorded_seconds_total", 53.0);
    is("acd_recording_gap_seconds_total", 0.02);
    is("acd_recording_failures_total{failure=\"overrun\"}", 1.0);
    is("acd_rtp_packets_received_total{side=\"caller\"}", 2_650.0);
    is("acd_rtp_packets_received_total{side=\"seat\"}", 0.0);
    is("acd_rtp_jitter_seconds_total{side=\"caller\"}", 0.0015);
    is("acd_alarms_total{kind=\"nobody_logged_in\"}", 1.0);
    for order in ["waiting", "guidance", "early_media", "refusal"] {
        is(&format!("acd_orders_failed_total{{order=\"{order}\"}}"), 1.0);
    }
    is("acd_orders_failed_total{order=\"busy\"}", 0.0);
    is("acd_node_state{state=\"draining\"}", 1.0);
    is("acd_journal_degraded", 1.0);
    is("acd_sip_requests_total{direction=\"in\",method=\"INVITE\"}", 3.0);
    is("acd_sip_responses_total{direction=\"out\",method=\"INVITE\",status=\"486\"}", 1.0);
    is("acd_loop_turn_seconds_count", 1.0);
    // What is open goes on with the clock: at least to the last second that the loop told.
    assert!(scrape.value("acd_seat_lines_full_seconds_total{tenant=\"shiga\"}") >= 90.0);
    assert!(scrape.value("acd_queue_longest_wait_seconds{tenant=\"shiga\"}") >= 90.0);
    assert!(scrape.value("acd_outage_seconds_total{cause=\"drain\"}") >= 30.0);
    assert!(scrape.value("acd_disk_free_bytes") > 0.0);
}

#[test]
fn no_figure_holds_a_number() {
    let mut switch = Loop::start(Folder::new());
    everything(&mut switch);
    let (_, text) = switch.get("/metrics");
    assert!(!text.contains(NUMBER), "{text}");
}

#[test]
fn every_figure_is_documented_as_it_is_and_no_other() {
    let mut switch = Loop::start(Folder::new());
    everything(&mut switch);
    let exported: BTreeMap<String, (String, BTreeSet<String>)> = switch
        .scrape()
        .families
        .iter()
        .map(|(name, family)| {
            let suffix = if family.kind == "counter" { "_total" } else { "" };
            let mut labels = family.labels.clone();
            labels.remove("le");
            (format!("{name}{suffix}"), (family.kind.clone(), labels))
        })
        .collect();
    assert!(exported.len() > 50, "{exported:?}");
    assert_eq!(documented(), exported);
}

/// The rows `| `name` | kind | labels | …` of the document.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `acd_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, labels, meaning] = cells.as_slice() else { panic!("four columns: {row}") };
        assert!(!meaning.is_empty(), "{row}");
        let labels = labels.split(',').map(|label| label.trim().trim_matches('`').to_owned());
        let labels = labels.filter(|label| !label.is_empty()).collect();
        (name.trim_matches('`').to_owned(), ((*kind).to_owned(), labels))
    })
    .collect()
}
