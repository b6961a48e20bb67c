//! Every bound of the gateway, with its reason.

use std::time::Duration;

// --- SIP messages ---

/// Bytes of all headers of a message: the largest datagram, so only a stream can exceed it. Beyond: 513.
pub const HEADER_BYTES_MAX: usize = 65_536;

/// Bytes of one header with its folds. Carriers' longest (History-Info over several hops) stay below 4 KiB. Beyond: 513.
pub const HEADER_LINE_BYTES_MAX: usize = 8_192;

/// Header lines of a message: [`VIAS_MAX`] Vias and three times what the longest real INVITE carries. Beyond: 513.
pub const HEADERS_MAX: usize = 256;

/// Via elements of a message: Max-Forwards starts at 70, so no sound path is longer (RFC 3261 section 8.1.1.6). Beyond: 513.
pub const VIAS_MAX: usize = 70;

/// Bytes of a body: the largest datagram. Beyond: 413.
pub const BODY_BYTES_MAX: usize = 65_536;

/// Media lines of an SDP: audio, video, T.38 and the like, each with and without encryption. Beyond: 400.
pub const SDP_MEDIA_LINES_MAX: usize = 16;

/// Nonces whose counts are kept: twice the seats of the largest plan, at some 32 bytes each. Beyond, the oldest is stale.
pub const NONCES_MAX: usize = 20_000;

/// The first number that is no CSeq (RFC 3261 section 8.1.1.5).
pub const CSEQ_END: u32 = 1 << 31;

const _: () = assert!(VIAS_MAX < HEADERS_MAX, "a message of as many Via lines as allowed must fit");
const _: () = assert!(HEADER_LINE_BYTES_MAX < HEADER_BYTES_MAX, "one line cannot use up all of the headers");

// --- transports ---

/// Tries to find a port that is free for UDP and TCP alike: each fails only if another program has that one port.
pub const ANY_PORT_TRIES: u32 = 16;

/// Events of one wait of the poller; what does not fit comes with the next.
pub const POLL_EVENTS_MAX: usize = 256;

/// Messages handed out a turn of one UDP socket, and of all connections, so that timers and effects are not starved by a
/// flood.
pub const RECEIVE_BUDGET: usize = 256;

/// The largest UDP payload.
pub const DATAGRAM_BYTES_MAX: usize = 65_535;

/// What waits in the kernel while the loop works: some 3,500 INVITEs, more than a second of the worst redial storm.
pub const SIGNALLING_RECEIVE_BUFFER_BYTES: usize = 4 * 1_024 * 1_024;

/// TCP connections at once: every seat and trunk of a nation with room for an attacker's, at 1 KiB each when idle.
pub const CONNECTIONS_MAX: usize = 8_192;

/// TCP connections of one source address: a site's seats behind one NAT, not an attacker's thousands.
pub const CONNECTIONS_PER_SOURCE_MAX: usize = 512;

/// How long a message may take to arrive whole, and a new connection to say something: slow headers end here.
pub const CONNECTION_MESSAGE_MAX: Duration = Duration::from_secs(10);

/// How long a connection may be silent between messages: longer than any registration's refresh.
pub const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(7_200);

/// Bytes that wait for a peer that does not read: beyond, the connection is closed.
pub const CONNECTION_OUTPUT_BYTES_MAX: usize = 256 * 1_024;

/// Bytes of one read from a connection.
pub const READ_BYTES: usize = 16 * 1_024;

// --- registrar ---

/// Sources whose wrong passwords are remembered, at some 100 bytes each. Beyond, the least guilty is forgotten.
pub const PATIENCE_SOURCES_MAX: usize = 10_000;

/// Users, real or not, whose wrong passwords are remembered, at some 200 bytes each: every seat of the largest plan, and
/// as many guesses. Beyond, the least guilty is forgotten.
pub const PATIENCE_USERS_MAX: usize = 20_000;

/// Bytes of a user name by which its wrong passwords are remembered: longer than any seat's.
pub const USER_BYTES_MAX: usize = 64;

/// Path headers of a registration: the proxies of one operator. Beyond: 513.
pub const PATHS_MAX: usize = 8;

// --- trunks and calls ---

/// Strangers remembered at once, at some 40 bytes each.
pub const STRANGERS_MAX: usize = 10_000;

/// Answers that a stranger's INVITEs get in one window; the next ones get silence.
pub const STRANGER_ANSWERS_PER_WINDOW: u32 = 20;

/// The window of [`STRANGER_ANSWERS_PER_WINDOW`].
pub const STRANGER_WINDOW: Duration = Duration::from_secs(60);

/// From one look for strangers to forget in a full table to the next: a look at all of them takes about a millisecond.
pub const STRANGER_LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long an OPTIONS to a trunk waits for its answer: it is sent four times by then (Timer E: at 0, 0.5, 1.5, 3.5 s), and
/// a carrier that takes longer to say that it is there cannot carry a call.
pub const OPTIONS_WAIT: Duration = Duration::from_secs(4);

/// Bytes of a caller's number: E.164 has 15 digits, the rest is for names that carriers put there.
pub const CALLER_NUMBER_BYTES_MAX: usize = 64;

/// Silence of a caller's RTP after which the dialog is asked whether it lives (R-L10).
pub const CALLER_SILENCE: Duration = Duration::from_secs(60);

// --- SIP transactions and dialogs ---

/// Transactions alive at once, beyond which requests get 503. At 100 calls a second (an hour's disaster redial) each
/// leaves some four for 32 s: 12,800, four times over.
pub const TRANSACTIONS_MAX: usize = 50_000;

/// Transactions beyond [`TRANSACTIONS_MAX`] for CANCEL and requests within dialogs: overload must not keep lines busy by
/// refusing their BYE.
pub const TRANSACTIONS_RESERVED: usize = 25_000;

/// Dialogs and calls alive at once, beyond which INVITE gets 503: both legs of the core's 20,000 calls and as many
/// failed calls that are watched for a late answer.
pub const DIALOGS_MAX: usize = 60_000;

/// Dialogs beyond [`DIALOGS_MAX`] for INVITEs of ours: whoever was taken must find a seat, and each seat of the largest plan
/// may be rung at once.
pub const DIALOGS_RESERVED: usize = 10_000;

/// Which part of what was full must be free before an overload is called over: one in eight, so that a flood that takes
/// what comes free at once is one overload, and not thousands.
pub const OVERLOAD_MARGIN: usize = 8;

/// Branches of a forked INVITE whose 2xx is acknowledged again when it comes again. A seat has a few devices.
pub const FORKS_MAX: usize = 8;

/// 2xx of one dialog that await their ACK at once: the INVITE's and one re-INVITE's that overtook the ACK.
pub const UNACKED_MAX: usize = 2;

/// Provisional answers that wait for the PRACK of the one before.
pub const PROVISIONALS_WAITING_MAX: usize = 4;

// --- SIP, further ---

/// Bytes of the longest header name that we know: a longer one need not be looked up.
pub const HEADER_NAME_KNOWN_BYTES_MAX: usize = 24;

/// How far our CSeq may have risen between the last saved state of a dialog and a crash.
pub const CSEQ_UNSAVED_MAX: u32 = 100;

/// How long a re-INVITE of ours may be answered only provisionally: Timer C of RFC 3261 section 16.6. Then it counts as
/// not answered at all.
pub const REINVITE_WAIT_MAX: Duration = Duration::from_secs(180);
