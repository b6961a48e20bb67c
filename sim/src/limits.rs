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

/// How long reading the journal at the end may take.
pub const JOURNAL_TIME_MAX: Duration = Duration::from_secs(60);

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
