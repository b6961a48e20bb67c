//! SDP offer and answer for one audio stream in G.711 with telephone-event (RFC 3264, RFC 8866, RFC 4733).
//!
//! [`parse_offer`] reads what the far end offers; a [`LocalDescription`] is our side of one leg: it answers, offers, and
//! reads answers, and its `o=` version rises only when what it says has changed. Lines of an offer that we do not take
//! (video, T.38, a second audio) are answered with port 0 in their place.

mod local;
mod read;

use std::fmt;
use std::net::SocketAddr;

pub use local::LocalDescription;
pub use read::parse_offer;

/// The codecs of this switch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// G.711 µ-law, 8 kHz.
    Pcmu,
    /// G.711 A-law, 8 kHz.
    Pcma,
}

impl Codec {
    /// The static payload type (RFC 3551 table 4).
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The encoding name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }
}

/// Which ways audio flows, seen from the side that says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// From the side that says so only: it holds.
    SendOnly,
    /// To the side that says so only.
    RecvOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// From the two ways.
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the side that says so sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the side that says so receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// What the other side may do, and wants to do (RFC 3264 section 6.1).
    #[must_use]
    pub const fn answered_by(self, policy: Self) -> Self {
        Self::of(policy.sends() && self.receives(), policy.receives() && self.sends())
    }

    /// The attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// A codec under the payload type that the far end gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfferedCodec {
    /// The codec.
    pub codec: Codec,
    /// Its payload type.
    pub payload_type: u8,
}

/// A media line, as much of it as an answer must repeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MediaLine {
    media: String,
    proto: String,
    formats: String,
}

/// The audio stream that a far end describes, and the lines beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteMedia {
    /// Where it wants RTP. The unspecified address is a hold of RFC 2543.
    pub address: SocketAddr,
    /// Where it wants RTCP (RFC 3605; else the next port).
    pub rtcp: SocketAddr,
    /// The codecs that we know, in its order of preference; at least one.
    pub codecs: Vec<OfferedCodec>,
    /// The payload type of telephone-event at 8 kHz, if it takes digits so.
    pub telephone_event: Option<u8>,
    /// The packet length that it asks for. We always send 20 ms, which every receiver of G.711 takes.
    pub ptime_ms: Option<u16>,
    /// Which ways it says audio flows; an RFC 2543 hold does not receive.
    pub direction: Direction,
    /// The place of the audio line.
    pub(super) line: usize,
    /// All lines in order.
    pub(super) lines: Vec<MediaLine>,
}

/// What both sides have agreed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Negotiated {
    /// The codec of both directions.
    pub codec: Codec,
    /// Its payload type.
    pub payload_type: u8,
    /// The payload type of telephone-event, if both take it.
    pub telephone_event: Option<u8>,
    /// Where our RTP goes. During an RFC 2543 hold, the address before it, if there was one.
    pub remote: SocketAddr,
    /// Where our RTCP goes.
    pub remote_rtcp: SocketAddr,
    /// Which ways audio flows, seen from us.
    pub local_direction: Direction,
    /// What the far end says, seen from it.
    pub remote_direction: Direction,
}

impl Negotiated {
    /// Whether we send audio.
    pub const fn local_sends(&self) -> bool {
        self.local_direction.sends()
    }

    /// Whether we take audio.
    pub const fn local_receives(&self) -> bool {
        self.local_direction.receives()
    }

    /// Whether the far end has put us on hold: it does not want to hear us.
    pub const fn held_by_remote(&self) -> bool {
        !self.remote_direction.receives()
    }
}

/// Why SDP is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SdpFault {
    /// It cannot be read.
    Malformed(&'static str),
    /// It has no audio stream that is in use.
    NoAudio,
    /// Its audio is neither PCMU nor PCMA.
    NoCommonCodec,
    /// Its audio wants another transport than RTP/AVP.
    Transport,
    /// Its address is a name, a multicast group, or of a family that our socket cannot reach.
    Address,
}

impl SdpFault {
    /// The status of the refusal.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::NoAudio | Self::NoCommonCodec | Self::Transport | Self::Address => 488,
        }
    }

    /// The Warning header of the refusal (RFC 3261 section 20.43).
    pub fn warning(self) -> Option<Vec<u8>> {
        let (code, text) = match self {
            Self::Malformed(_) => return None,
            Self::NoAudio => (304, "Media type not available"),
            Self::NoCommonCodec => (305, "Incompatible media format"),
            Self::Transport => (302, "Incompatible transport protocol"),
            Self::Address => (301, "Incompatible network address formats"),
        };
        Some(format!("{code} acd \"{text}\"").into_bytes())
    }
}

impl fmt::Display for SdpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "malformed SDP: {what}"),
            Self::NoAudio => f.write_str("SDP without audio in use"),
            Self::NoCommonCodec => f.write_str("SDP with neither PCMU nor PCMA"),
            Self::Transport => f.write_str("SDP whose audio is not RTP/AVP"),
            Self::Address => f.write_str("SDP with an address that cannot be reached"),
        }
    }
}

impl std::error::Error for SdpFault {}

/// The codec for an offer: the first that the far end lists and we know.
///
/// # Errors
/// If there is none.
pub fn negotiate(offer: &RemoteMedia) -> Result<OfferedCodec, SdpFault> {
    offer.codecs.first().copied().ok_or(SdpFault::NoCommonCodec)
}

#[cfg(test)]
mod tests;
