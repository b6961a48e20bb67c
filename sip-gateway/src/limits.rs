//! Every bound of the gateway, with its reason.

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

/// The first number that is no CSeq (RFC 3261 section 8.1.1.5).
pub const CSEQ_END: u32 = 1 << 31;

const _: () = assert!(VIAS_MAX < HEADERS_MAX, "a message of as many Via lines as allowed must fit");
const _: () = assert!(HEADER_LINE_BYTES_MAX < HEADER_BYTES_MAX, "one line cannot use up all of the headers");
