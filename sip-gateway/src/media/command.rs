//! What the loop orders and what it is told.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use acd_core::{LegQuality, PlayId};

use super::codec::Codec;
use super::playout::Playout;
use super::ports::BoundPorts;
use super::tap::Tap;

/// One leg's media. The number is the caller's of this interface, and is not used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MediaLeg(pub u64);

/// What offer and answer agreed on for a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MediaSession {
    /// Where RTP is to go. An unspecified address or port 0 (the old way of hold) is kept silent and changes nothing.
    pub remote: SocketAddr,
    /// Where RTCP is to go.
    pub remote_rtcp: SocketAddr,
    /// The codec.
    pub codec: Codec,
    /// Its payload type, both ways.
    pub payload_type: u8,
    /// The payload type of telephone-event, if agreed on.
    pub telephone_event: Option<u8>,
    /// Whether the far end wants to hear; false while it has us on hold.
    pub send: bool,
    /// Whether the far end is to be heard.
    pub receive: bool,
    /// Whether packets may come from elsewhere than `remote`: seats behind NAT. The first valid source is kept.
    pub symmetric: bool,
    /// When the leg is reported silent.
    pub silence: SilenceWatch,
}

/// When a leg without RTP is reported ([`MediaEvent::Silent`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SilenceWatch {
    /// Never.
    Off,
    /// Once, after so long without RTP since a packet came, and while the far end is to be heard: a seat's phone that has
    /// died (R-Q7).
    AfterFirstPacket(Duration),
    /// After each so long without RTP, from the beginning on and whichever way audio flows: a caller whose dialog must be
    /// asked whether it still lives, on hold too (R-L10).
    Each(Duration),
}

impl MediaSession {
    /// Whether silence counts.
    pub(super) const fn is_watched(&self) -> bool {
        match self.silence {
            SilenceWatch::Off => false,
            SilenceWatch::AfterFirstPacket(_) => self.receive,
            SilenceWatch::Each(_) => true,
        }
    }
}

/// An order. One for a leg that is not open, or no longer, does nothing.
pub enum MediaCommand {
    /// Take a leg's sockets into service. Nothing is sent or taken before `Configure`.
    Open {
        /// The leg, fresh.
        leg: MediaLeg,
        /// The call: legs of one group share a thread and may be bridged.
        group: u64,
        /// Its ports.
        ports: BoundPorts,
    },
    /// Offer and answer are done, for the first time or again.
    Configure {
        /// The leg.
        leg: MediaLeg,
        /// What they agreed on.
        session: MediaSession,
    },
    /// Play, instead of what plays. A bridged leg hears this alone until it stops.
    Play {
        /// The leg.
        leg: MediaLeg,
        /// Its number, with which its end is told: another playout may have replaced it by then.
        play: PlayId,
        /// What.
        playout: Playout,
    },
    /// Stop what plays.
    StopPlaying {
        /// The leg.
        leg: MediaLeg,
    },
    /// Join two legs of a group both ways; what plays to either stops at once.
    Bridge {
        /// One leg.
        a: MediaLeg,
        /// The other.
        b: MediaLeg,
    },
    /// Part a leg from whom it is bridged to.
    Unbridge {
        /// Either of the two.
        a: MediaLeg,
    },
    /// Let a tap hear this leg's far end (left) and whoever is bridged to it (right).
    StartTap {
        /// The caller's leg.
        leg: MediaLeg,
        /// Who listens. A tap that is on is finished first.
        tap: Box<dyn Tap>,
    },
    /// Finish the tap.
    StopTap {
        /// The caller's leg.
        leg: MediaLeg,
    },
    /// End a leg: unbridge, finish its tap, send RTCP BYE, free its ports. [`MediaEvent::Measured`] is its last event.
    Close {
        /// The leg.
        leg: MediaLeg,
    },
}

impl fmt::Debug for MediaCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, leg) = match self {
            Self::Open { leg, .. } => ("Open", leg),
            Self::Configure { leg, .. } => ("Configure", leg),
            Self::Play { leg, .. } => ("Play", leg),
            Self::StopPlaying { leg } => ("StopPlaying", leg),
            Self::Bridge { a, .. } => ("Bridge", a),
            Self::Unbridge { a } => ("Unbridge", a),
            Self::StartTap { leg, .. } => ("StartTap", leg),
            Self::StopTap { leg } => ("StopTap", leg),
            Self::Close { leg } => ("Close", leg),
        };
        write!(f, "{name}({})", leg.0)
    }
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MediaEvent {
    /// A playout that has an end was played to it: its last packet was sent and has lasted.
    PlayoutEnded {
        /// The leg.
        leg: MediaLeg,
        /// The playout.
        play: PlayId,
    },
    /// The library does not know a prompt of the playout. What played before plays on.
    PlayoutFailed {
        /// The leg.
        leg: MediaLeg,
        /// The playout.
        play: PlayId,
    },
    /// The message of a waiting playout that asks for the place is about to end.
    PlaceAsked {
        /// The leg.
        leg: MediaLeg,
        /// The playout.
        play: PlayId,
    },
    /// A key was pressed.
    Digit {
        /// The leg.
        leg: MediaLeg,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// The first valid packet of the leg's life.
    FirstPacket {
        /// The leg.
        leg: MediaLeg,
    },
    /// No RTP for as long as the leg's [`SilenceWatch`] says.
    Silent {
        /// The leg.
        leg: MediaLeg,
    },
    /// The leg is closed.
    Measured {
        /// The leg.
        leg: MediaLeg,
        /// What its media was like.
        quality: LegQuality,
    },
}
