//! Every bound of the media plane, with its reason.

use std::time::Duration;

/// Samples of one packet: 20 ms at 8 kHz, which every carrier and phone here sends (ptime 20).
pub(super) const PACKET_SAMPLES: usize = 160;

/// The same in microseconds.
pub(super) const PACKET_MICROS: u64 = 20_000;

/// The media clock's grid. A playout begins at the next point, so at most 5 ms after its order, and legs that began
/// at different times do not all send in the same instant, which would delay the relay of everybody else.
pub(super) const GRID_MICROS: u64 = 5_000;

/// Phases of the grid within one packet.
pub(super) const GRID_PHASES: usize = (PACKET_MICROS / GRID_MICROS) as usize;

/// The place in the queue is asked for so many samples before the message ends (200 ms), in which the answer has been
/// committed to disk and comes back: no silence and no scrap of music between message and place.
pub(super) const PLACE_ASKED_AHEAD_SAMPLES: usize = 10 * PACKET_SAMPLES;

/// Bytes of a datagram that are read. An Ethernet frame carries 1,472; G.711 at 20 ms needs 172.
pub(super) const DATAGRAM_BYTES_MAX: usize = 2_048;

/// Packets that a late tick may send at once: 100 ms, which a phone's jitter buffer takes. What is later is not made
/// up for; the timestamp jumps by the time that passed and no frame is lost.
pub(super) const CATCH_UP_PACKETS_MAX: u64 = 5;

/// Commands waiting for one media thread. A call has about ten in its life; this is the arrival of 1,000 calls at
/// once. Beyond it the loop keeps them itself.
pub(super) const COMMANDS_MAX: usize = 8_192;

/// Commands that the loop keeps while a thread's queue is full. Beyond it they are lost and counted: the media thread
/// has then been dead for minutes.
pub(super) const COMMANDS_BACKLOG_MAX: usize = 65_536;

/// Commands carried out in one turn of a media thread, so that packets are not kept waiting.
pub(super) const COMMANDS_PER_TURN: usize = 64;

/// Events waiting for the loop. Beyond it the media threads keep them themselves.
pub(super) const EVENTS_MAX: usize = 8_192;

/// Events that a media thread keeps while the loop's queue is full. Beyond it they are lost and counted.
pub(super) const EVENTS_BACKLOG_MAX: usize = 65_536;

/// Sockets served in one turn. One packet is read of each, so that a flood on one port starves no other leg.
pub(super) const SOCKETS_PER_TURN: usize = 256;

/// SO_RCVBUF of an RTP socket: with the kernel's book-keeping about 80 packets, more than a second, so that a pause of
/// the thread loses nothing and a flood holds little memory.
pub(super) const RTP_RECEIVE_BUFFER_BYTES: usize = 64 * 1_024;

/// SO_RCVBUF of an RTCP socket: a packet every 5 s.
pub(super) const RTCP_RECEIVE_BUFFER_BYTES: usize = 8 * 1_024;

/// A jump of the sequence by so much is a new start and no loss (RFC 3550 A.1, MAX_DROPOUT).
pub(super) const SEQUENCE_DROPOUT: u16 = 3_000;

/// A packet so far behind is no late one (RFC 3550 A.1, MAX_MISORDER).
pub(super) const SEQUENCE_MISORDER: u16 = 100;

/// A timestamp that differs from the time that passed by more than a second belongs to another clock.
pub(super) const TIMESTAMP_JUMP_SAMPLES: u64 = 8_000;

/// How far a recording's RTP time may drift from the time that passed before it is anchored anew.
pub(super) const TAP_DRIFT_SAMPLES: u64 = 1_600;

/// So long without RTP, and a symmetric leg listens to other sources again: the phone's NAT binding may have moved.
pub(super) const RELATCH_AFTER: Duration = Duration::from_secs(5);

/// Packets after which a source that was not signalled is believed: 100 ms for the signalled one to show itself.
pub(super) const PROVISIONAL_PACKETS: u8 = 5;

/// Samples of one prompt: half an hour. The longest guidance in use lasts under a minute.
pub(super) const PROMPT_SAMPLES_MAX: usize = 30 * 60 * 8_000;

/// How often silence, NAT and RTCP are looked after.
pub(super) const HOUSEKEEPING_MICROS: u64 = 200_000;

/// Mean of the time between two RTCP reports (RFC 3550 6.2).
pub(super) const RTCP_INTERVAL_MICROS: u64 = 5_000_000;

/// Bytes of our longest compound RTCP packet: a sender report with one block, a short name, BYE.
pub(super) const REPORT_BYTES_MAX: usize = 256;

/// Media threads. One carries about 2,500 calls; a node has few cores.
pub(super) const THREADS_MAX: usize = 16;

/// The least amplitude that is a sound, of 32,768: 40 dB below full scale. Speech is above it, a line's noise far below.
pub(super) const SOUND_MIN: u16 = 328;

/// Every how many samples one is looked at for sound: speech has most of its power below 500 Hz.
pub(super) const SOUND_SAMPLED_EVERY: usize = 8;

const _: () = assert!(PACKET_MICROS.is_multiple_of(GRID_MICROS), "a packet is whole points of the grid");
const _: () = assert!(PACKET_SAMPLES as u64 * 125 == PACKET_MICROS, "8 kHz");
const _: () = assert!(DATAGRAM_BYTES_MAX > PACKET_SAMPLES + 12, "a packet fits");
