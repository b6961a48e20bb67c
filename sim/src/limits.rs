//! Every bound of the simulator, with its reason.

use std::time::Duration;

/// SIP T1 (RFC 3261 17.1.1.1): the estimate of a round trip.
pub const T1: Duration = Duration::from_millis(500);

/// SIP T2 (RFC 3261 17.1.2.2): the longest interval between retransmissions.
pub const T2: Duration = Duration::from_secs(4);

/// 64·T1 (RFC 3261 17.1.1.2): after this a transaction has failed.
pub const TRANSACTION_TIME_MAX: Duration = Duration::from_secs(32);

/// How long a server transaction's answer is kept for retransmissions: Timer J and H with room.
pub const ANSWER_KEPT: Duration = Duration::from_secs(40);

/// Bytes of one datagram: all that UDP can carry.
pub const DATAGRAM_BYTES_MAX: usize = 65_535;

/// Messages that wait for one transaction or dialog; a peer that sends more before they are read is broken.
pub const QUEUE_MESSAGES_MAX: usize = 32;

/// New calls that wait for one seat or carrier to look at them.
pub const QUEUE_CALLS_MAX: usize = 64;

/// Audio that one person keeps of what was heard: 10 minutes at 8 kHz.
pub const HEARD_SAMPLES_MAX: usize = 8_000 * 600;

/// Lost packets in a row that are filled with silence; a longer jump is a new stream.
pub const LOST_PACKETS_FILLED_MAX: u16 = 50;

/// How often a pair of ports is looked for before giving up.
pub const PORT_TRIES_MAX: usize = 100;

/// How long the switch may take until it is ready; its first start writes a journal.
pub const READY_TIME_MAX: Duration = Duration::from_secs(30);

/// How long the switch may take to end after SIGTERM when no call is left.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(30);

/// How long reading the journal at the end may take: after a lifetime of calls it has half a million records.
pub const JOURNAL_TIME_MAX: Duration = Duration::from_secs(300);

/// How long calls in progress at the demo's end are left alone before their callers hang up.
pub const LAST_CALLS_TIME_MAX: Duration = Duration::from_secs(45);

/// Bytes of the switch's log that a failure quotes.
pub const LOG_TAIL_BYTES: usize = 2_000;

/// How long the switch may take to confirm a star code by its tone and to hang up (R-S2).
pub const STAR_CODE_TIME_MAX: Duration = Duration::from_secs(10);

/// How far a recording's length may be from its talk's: five packets.
pub const RECORDING_DIFFERENCE_MS_MAX: u64 = 100;

/// Talks shorter than this have a recording of the right length; who is heard in it is not judged, since the voices
/// have hardly begun.
pub const JUDGED_TALK_MS_MIN: u64 = 1_000;

/// One packet in so many may be lost before it is a failure; on one machine none should be.
pub const PACKETS_PER_LOSS_MIN: u64 = 200;

/// How often a flood looks whether more is due: short bursts of some tens of datagrams at the highest rates here.
pub const FLOOD_STEP: Duration = Duration::from_millis(2);

/// How long a flood waits for the last answers.
pub const FLOOD_ANSWERS_WAIT: Duration = Duration::from_millis(300);

/// Between two bytes of a slow connection: slow headers as they are known from the web.
pub const SLOW_BYTE_EVERY: Duration = Duration::from_secs(1);

/// How long an attacker's connection may take to be opened.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// From one round of legitimate requests during an attack to the next.
pub const PROBE_EVERY: Duration = Duration::from_millis(300);

/// How long a legitimate request is waited for before it counts as not answered.
pub const PROBE_TRY_MAX: Duration = Duration::from_secs(20);

/// How long a legitimate request may take under attack: two retransmissions lost and the third answered.
pub const PROBE_TIME_MAX: Duration = Duration::from_secs(4);

/// The longest gap that may be heard under attack beside what the machine itself is late by: a phone's jitter buffer bridges
/// some 100 ms.
pub const GAP_MAX: Duration = Duration::from_millis(100);

/// How much of an attack the switch's figures must account for: some garbage is answered as a request of a kind that is
/// counted by its answer alone, and the figures are a second old.
pub const EXPLAINED_PERCENT_MIN: u64 = 99;

/// How much the switch's memory may grow in one attack, in KiB: its bounded tables filled by strangers.
pub const ATTACK_GROWTH_KIB_MAX: u64 = 64 * 1_024;

/// Lines that one attack may make the switch log.
pub const ATTACK_LOG_LINES_MAX: u64 = 20;

/// From this on the disk is too slow for any journal: the switch waits 200 ms for a commit, which writes more than the page
/// that is tried here.
pub const DISK_STALL_MS: u64 = 100;

/// How long the figures of an attack are waited for after its end, so that its last consequence is in them.
pub const AFTERMATH: Duration = Duration::from_secs(2);

/// After this the last transaction of an attack has ended: 64·T1 and a little.
pub const SETTLED: Duration = Duration::from_secs(35);

/// How long the switch's figures may take to come.
pub const FIGURES_TIME_MAX: Duration = Duration::from_secs(5);

/// How much the switch's memory may have grown over a lifetime of calls, in KiB.
pub const LIFETIME_GROWTH_KIB_MAX: u64 = 10 * 1_024;

/// How long one short call of a lifetime may take before it counts as failed: guidance, queue, talk, and retransmissions.
pub const LIFETIME_CALL_MAX: Duration = Duration::from_secs(60);

/// Calls of a lifetime that are up at once, so that a switch that stalls is not piled up: far above what the rate needs.
pub const LIFETIME_CALLS_AT_ONCE: usize = 1_000;

/// How long after a restart a request in a dialog of the life before is waited for.
pub const LEFTOVERS_WAIT: Duration = Duration::from_secs(3);

/// What the times to a ring are to stay below at their 99th percentile: a caller takes a tenth of a second for no pause,
/// and the load kit's goals say ten milliseconds.
pub const LATENCY_GOAL: Duration = Duration::from_millis(10);

/// Messages that wait to be written down by who measures: some seconds of the busiest measurement.
pub const MEASURED_MESSAGES_MAX: usize = 8_192;

/// Failures that a summary lists; who has so many needs no more.
pub const FAILURES_LISTED_MAX: usize = 20;
