//! Figures of the machine: SIP, media sockets, loop, journal, disk.

use acd_core::TrunkId;
use sip_gateway::bridge::{KeepAliveCounters, StrangerCounters};
use sip_gateway::media::MediaCounters;
use sip_gateway::registrar::RegistrarCounters;
use sip_gateway::sip::{Alive, Counters};
use sip_gateway::transport::TransportCounters;

use super::metrics::{Kind, Page};
use crate::observer::{JournalFigures, MachineFigures};

/// What is left on the disk; absent if the system does not say.
pub(super) fn disk(page: &mut Page, left: Option<u64>) {
    let family = page.family(
        Kind::Gauge,
        "acd_disk_free_bytes",
        "Left on the data folder's file system; absent: the system does not say",
    );
    if let Some(left) = left {
        family.add([], left as f64);
    }
}

/// All that the loop hands over.
pub(super) fn figures(page: &mut Page, figures: &MachineFigures) {
    sip(page, &figures.sip, figures.sip_alive);
    refusals(page, figures.strangers, figures.registrar);
    trunks(page, figures.keep_alive, &figures.trunks_alive);
    transport(page, figures.transport);
    media(page, figures.media);
    journal(page, &figures.journal);
    page.gauge("acd_legs", "Legs of calls", figures.legs as f64);
    page.gauge("acd_seats_registered", "Seats with a registration", figures.seats_registered as f64);
    page.gauge("acd_recordings_open", "Recordings that are being written", figures.recordings_open as f64);
    page.gauge(
        "acd_clock_ahead_seconds",
        "How far the switch's clock is ahead of the machine's wall clock",
        figures.clock_ahead_ms as f64 / 1_000.0,
    );
    page.family(Kind::Histogram, "acd_loop_turn_seconds", "The loop's turns without the time that it waited")
        .add_histogram([], figures.loop_turns);
}

fn trunks(page: &mut Page, counters: KeepAliveCounters, alive: &[(TrunkId, bool)]) {
    let up = page.family(
        Kind::Gauge,
        "acd_trunk_up",
        "1 while a trunk that is sent OPTIONS answers on one of its addresses, or none has been silent yet (R-L9)",
    );
    for (trunk, is_alive) in alive {
        up.add([("trunk", trunk.as_str())], f64::from(u8::from(*is_alive)));
    }
    let KeepAliveCounters { answered, unanswered, unsent } = counters;
    let ended = page.family(Kind::Counter, "acd_trunk_options", "OPTIONS to trunks by what came of them");
    for (result, count) in [("answered", answered), ("unanswered", unanswered), ("unsent", unsent)] {
        ended.add([("result", result)], count as f64);
    }
}

fn sip(page: &mut Page, counters: &Counters, alive: Alive) {
    let Counters {
        requests_received,
        requests_sent,
        responses_received,
        responses_sent,
        retransmissions_absorbed,
        retransmissions_sent,
        malformed,
        strays,
        overloaded,
        commands_too_late,
    } = counters;
    let requests =
        page.family(Kind::Counter, "acd_sip_requests", "SIP requests by method, retransmissions left out");
    for (direction, counts) in [("in", requests_received), ("out", requests_sent)] {
        for (method, count) in counts {
            requests.add([("direction", direction), ("method", method)], *count as f64);
        }
    }
    let responses = page.family(
        Kind::Counter,
        "acd_sip_responses",
        "SIP responses by the method that they answer and by status, retransmissions left out",
    );
    for (direction, counts) in [("in", responses_received), ("out", responses_sent)] {
        for ((method, status), count) in counts {
            let status = status.to_string();
            responses.add([("direction", direction), ("method", method), ("status", &status)], *count as f64);
        }
    }
    let again = page.family(Kind::Counter, "acd_sip_retransmissions", "SIP messages that came or went again");
    again.add([("direction", "in")], *retransmissions_absorbed as f64);
    again.add([("direction", "out")], *retransmissions_sent as f64);
    page.counter("acd_sip_malformed", "SIP messages that could not be read", *malformed);
    page.counter("acd_sip_strays", "SIP responses and ACKs that belong to nothing", *strays);
    page.counter("acd_sip_overloaded", "SIP requests refused with 503 because of a bound", *overloaded);
    page.counter(
        "acd_sip_commands_too_late",
        "Orders that came too late for their dialog",
        *commands_too_late,
    );
    let Alive { transactions, dialogs, timers } = alive;
    let living = page.family(Kind::Gauge, "acd_sip_alive", "What is alive in the SIP stack");
    living.add([("of", "transactions")], transactions as f64);
    living.add([("of", "dialogs")], dialogs as f64);
    living.add([("of", "timers")], timers as f64);
}

fn refusals(page: &mut Page, strangers: StrangerCounters, registrar: RegistrarCounters) {
    let StrangerCounters { refused, ignored } = strangers;
    let invites =
        page.family(Kind::Counter, "acd_sip_stranger_invites", "INVITEs from nobody's network, by answer");
    invites.add([("answer", "forbidden")], refused as f64);
    invites.add([("answer", "none")], ignored as f64);
    let RegistrarCounters { challenged, accepted, wrong, refused } = registrar;
    let digests = page.family(Kind::Counter, "acd_sip_digests", "Digest answers of seats, by verdict");
    digests.add([("verdict", "challenged")], challenged as f64);
    digests.add([("verdict", "accepted")], accepted as f64);
    digests.add([("verdict", "wrong")], wrong as f64);
    digests.add([("verdict", "not_looked_at")], refused as f64);
}

fn transport(page: &mut Page, counters: TransportCounters) {
    let TransportCounters {
        datagrams_received,
        datagrams_unsent,
        icmp_errors,
        connections_accepted,
        connections_refused,
        connections_closed,
        connections_ended,
    } = counters;
    page.counter("acd_sip_datagrams_received", "Datagrams at the signalling sockets", datagrams_received);
    page.counter("acd_sip_datagrams_unsent", "Datagrams that the system did not take", datagrams_unsent);
    page.counter("acd_sip_icmp_errors", "ICMP errors for what the signalling sockets sent", icmp_errors);
    let connections =
        page.family(Kind::Counter, "acd_sip_connections", "TCP connections, by what became of them");
    connections.add([("fate", "accepted")], connections_accepted as f64);
    connections.add([("fate", "refused")], connections_refused as f64);
    connections.add([("fate", "closed_for_fault")], connections_closed as f64);
    connections.add([("fate", "ended_by_peer")], connections_ended as f64);
}

fn media(page: &mut Page, counters: MediaCounters) {
    let MediaCounters {
        strangers,
        malformed,
        icmp_errors,
        send_failures,
        late_packets,
        commands_lost,
        events_lost,
    } = counters;
    page.counter("acd_media_stranger_packets", "Packets from an address that is not the leg's", strangers);
    page.counter(
        "acd_media_malformed_packets",
        "Packets that are no RTP, or of a payload not agreed on",
        malformed,
    );
    page.counter("acd_media_icmp_errors", "ICMP errors for what the media sockets sent", icmp_errors);
    page.counter("acd_media_send_failures", "Packets that the system did not take", send_failures);
    page.counter(
        "acd_media_late_packets",
        "Packets of announcements sent later than the clock said",
        late_packets,
    );
    page.counter("acd_media_commands_lost", "Orders lost because a media thread took no more", commands_lost);
    page.counter("acd_media_events_lost", "Events lost because the loop took no more", events_lost);
}

fn journal(page: &mut Page, figures: &JournalFigures) {
    let JournalFigures {
        failing,
        commits,
        failures,
        records,
        queued_records,
        lost_records,
        commit_time,
        last_commit,
        max_commit,
    } = *figures;
    page.counter("acd_journal_commits", "Commits that went well", commits);
    page.counter("acd_journal_commit_failures", "Commits that failed; they are tried again", failures);
    page.counter("acd_journal_records", "Records written", records);
    page.counter(
        "acd_journal_lost_records",
        "Records lost since the queue was full; the journal states them",
        lost_records,
    );
    page.gauge("acd_journal_queued_records", "Records that wait for the writer", queued_records as f64);
    page.gauge("acd_journal_failing", "1 while the last commit has failed", f64::from(u8::from(failing)));
    page.family(
        Kind::Counter,
        "acd_journal_commit_seconds",
        "How long all commits took together; divide by acd_journal_commits_total",
    )
    .add([], commit_time.as_secs_f64());
    page.gauge("acd_journal_last_commit_seconds", "How long the last commit took", last_commit.as_secs_f64());
    page.gauge(
        "acd_journal_slowest_commit_seconds",
        "How long the slowest commit of this process took",
        max_commit.as_secs_f64(),
    );
}
