//! One leg of the bridge: what it is to the core, what SDP has been negotiated, and its media.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use acd_core::{CallId, LegId, Pii, RequestId, RingId, SeatId};

use crate::limits::CALLER_SILENCE;
use crate::media::{
    BoundPorts, Codec, Hearing, MediaCommand, MediaPlane, MediaSession, SilenceWatch, ToneKind,
};
use crate::sip::DialogKey;
use crate::sip::sdp::{self, Direction, LocalDescription, Negotiated, RemoteMedia, SdpFault};

/// What a dialog is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LegRole {
    /// The caller's.
    Caller {
        /// Of which call.
        call: CallId,
    },
    /// A seat's.
    Seat {
        /// The ring that began it.
        ring: RingId,
        /// Which seat.
        seat: SeatId,
    },
    /// A seat's phone that dialled a star code; no call in the accounting (R-S2).
    StarCode {
        /// Which seat.
        seat: SeatId,
        /// The command that it stands for.
        request: RequestId,
    },
}

/// What the journal keeps of a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LegRecord {
    /// The leg as the core knows it.
    pub leg: LegId,
    /// The RTP port, once there is one.
    pub rtp: Option<SocketAddr>,
}

/// Whether an answer changed who holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HoldChange {
    None,
    Began,
    Ended,
}

/// A leg.
pub(super) struct Leg {
    pub(super) role: LegRole,
    /// The tone that answers a star code.
    pub(super) tone: Option<ToneKind>,
    /// The leg was answered: a seat's by the seat, a caller's by us.
    pub(super) answered: bool,
    /// The SDP of our 183, to be sent once more with the 200.
    pub(super) early_sdp: Option<Vec<u8>>,
    /// What the far end offered and we have not answered yet.
    offer: Option<RemoteMedia>,
    /// Our own offer is out: the answer comes with the 2xx or the ACK.
    offered: bool,
    /// A caller's ports, bound before the call is told of.
    pub(super) ports: Option<BoundPorts>,
    media: Option<LegMedia>,
    silence: SilenceWatch,
    /// A seat's that hears nobody: the call is on hold by command.
    is_parted: bool,
    /// A caller's number that is not to be shown.
    pub(super) sealed: Option<Pii<String>>,
    hearing: Option<Hearing>,
}

struct LegMedia {
    local: LocalDescription,
    address: SocketAddr,
    held: bool,
    negotiated: Option<Negotiated>,
}

impl Leg {
    pub(super) const fn new(role: LegRole) -> Self {
        let silence = match role {
            LegRole::Caller { .. } => SilenceWatch::Each(CALLER_SILENCE),
            LegRole::Seat { .. } | LegRole::StarCode { .. } => SilenceWatch::Off,
        };
        Self {
            role,
            tone: None,
            answered: false,
            early_sdp: None,
            offer: None,
            offered: false,
            ports: None,
            media: None,
            silence,
            is_parted: false,
            sealed: None,
            hearing: None,
        }
    }

    pub(super) const fn seat(ring: RingId, seat: SeatId, silence_after: Option<Duration>) -> Self {
        let mut leg = Self::new(LegRole::Seat { ring, seat });
        if let Some(after) = silence_after {
            leg.silence = SilenceWatch::AfterFirstPacket(after);
        }
        leg
    }

    /// What the journal keeps; a star code is no one's to recover.
    pub(super) fn record(&self) -> Option<LegRecord> {
        let leg = match self.role {
            LegRole::Caller { call } => LegId::Caller(call),
            LegRole::Seat { ring, .. } => LegId::Seat(ring),
            LegRole::StarCode { .. } => return None,
        };
        Some(LegRecord { leg, rtp: self.media.as_ref().map(|media| media.address) })
    }

    /// Reads the SDP of an INVITE; an empty body is a late offer, ours to make.
    pub(super) fn take_offer(&mut self, body: &[u8], advertised: IpAddr) -> Result<(), SdpFault> {
        if body.is_empty() {
            self.offered = true;
            return Ok(());
        }
        let offer = sdp::parse_offer(body)?;
        // What cannot be answered is refused before the call counts anywhere (R-L4).
        sdp::negotiate(&offer)?;
        if offer.address.is_ipv4() != advertised.is_ipv4() {
            return Err(SdpFault::Address);
        }
        self.offer = Some(offer);
        Ok(())
    }

    /// For how long the far end has not been heard; `None`: never.
    pub(super) fn silent_for(&self) -> Option<Duration> {
        self.hearing.as_ref()?.silent_for()
    }

    /// Whether our offer waits for its answer.
    pub(super) const fn awaits_answer(&self) -> bool {
        self.offered
    }

    /// Opens the leg's media and gives the SDP to send: the answer to the far end's offer, or our own offer.
    pub(super) fn open_media(
        &mut self,
        dialog: DialogKey,
        group: u64,
        ports: BoundPorts,
        advertised: IpAddr,
        plane: &mut MediaPlane,
    ) -> Option<Vec<u8>> {
        let address = SocketAddr::new(advertised, ports.rtp_address().port());
        let mut local = LocalDescription::new(dialog.0, address);
        self.hearing = Some(ports.hearing());
        plane.command(MediaCommand::Open { leg: dialog.into(), group, ports });
        let sdp = match &self.offer {
            Some(offer) => {
                let Ok((sdp, negotiated)) = local.answer(offer, Direction::SendRecv) else {
                    plane.command(MediaCommand::Close { leg: dialog.into() });
                    return None;
                };
                self.offer = None;
                self.media = Some(LegMedia { local, address, held: false, negotiated: None });
                self.agree(dialog, negotiated, plane);
                return Some(sdp);
            }
            None => local.offer(Direction::SendRecv),
        };
        self.offered = true;
        self.media = Some(LegMedia { local, address, held: false, negotiated: None });
        Some(sdp)
    }

    /// Opens the leg's media before the answer.
    pub(super) fn open_early(
        &mut self,
        dialog: DialogKey,
        group: u64,
        ports: BoundPorts,
        advertised: IpAddr,
        plane: &mut MediaPlane,
    ) -> Option<Vec<u8>> {
        self.early_sdp = self.open_media(dialog, group, ports, advertised, plane);
        self.early_sdp.clone()
    }

    /// Reads the answer to our offer.
    pub(super) fn take_answer(
        &mut self,
        dialog: DialogKey,
        sdp: &[u8],
        plane: &mut MediaPlane,
    ) -> Result<HoldChange, SdpFault> {
        let Some(media) = &mut self.media else { return Ok(HoldChange::None) };
        let negotiated = media.local.read_answer(sdp)?;
        self.offered = false;
        Ok(self.agree(dialog, negotiated, plane))
    }

    /// Answers a re-INVITE's or UPDATE's offer.
    pub(super) fn answer_reoffer(
        &mut self,
        dialog: DialogKey,
        sdp: &[u8],
        plane: &mut MediaPlane,
    ) -> Result<(Vec<u8>, HoldChange), SdpFault> {
        let offer = sdp::parse_offer(sdp)?;
        let Some(media) = &mut self.media else { return Err(SdpFault::Malformed("no media yet")) };
        let (answer, negotiated) = media.local.answer(&offer, Direction::SendRecv)?;
        Ok((answer, self.agree(dialog, negotiated, plane)))
    }

    /// Our offer for a re-INVITE without SDP.
    pub(super) fn offer_again(&mut self) -> Vec<u8> {
        self.offered = true;
        self.media.as_mut().map(|media| media.local.offer(Direction::SendRecv)).unwrap_or_default()
    }

    /// A seat is joined to somebody, or to nobody: then its phone's silence is nobody's loss (R-Q7).
    pub(super) fn join(&mut self, dialog: DialogKey, joined: bool, plane: &mut MediaPlane) {
        let changes = std::mem::replace(&mut self.is_parted, !joined) == joined;
        if changes && let Some(negotiated) = self.media.as_ref().and_then(|media| media.negotiated) {
            self.configure(dialog, &negotiated, plane);
        }
    }

    /// Offer and answer are done.
    fn agree(&mut self, dialog: DialogKey, negotiated: Negotiated, plane: &mut MediaPlane) -> HoldChange {
        let Some(media) = &mut self.media else { return HoldChange::None };
        media.negotiated = Some(negotiated);
        let change = media.hold(negotiated.held_by_remote());
        self.configure(dialog, &negotiated, plane);
        change
    }

    fn configure(&self, dialog: DialogKey, negotiated: &Negotiated, plane: &mut MediaPlane) {
        let session = self.session(negotiated);
        plane.command(MediaCommand::Configure { leg: dialog.into(), session });
    }

    /// What the media plane must know of what was negotiated.
    fn session(&self, negotiated: &Negotiated) -> MediaSession {
        MediaSession {
            remote: negotiated.remote,
            remote_rtcp: negotiated.remote_rtcp,
            codec: match negotiated.codec {
                sdp::Codec::Pcmu => Codec::Pcmu,
                sdp::Codec::Pcma => Codec::Pcma,
            },
            payload_type: negotiated.payload_type,
            telephone_event: negotiated.telephone_event,
            send: negotiated.local_sends(),
            receive: negotiated.local_receives(),
            // Carriers send from where they say; a seat may stand behind a NAT that it does not know of.
            symmetric: !matches!(self.role, LegRole::Caller { .. }),
            silence: self.silence_watch(negotiated),
        }
    }

    /// A seat's phone may be silent while the call is on hold, by the phone or by command (R-Q7); a caller's dialog must be
    /// asked all the same whether it lives (R-L10).
    const fn silence_watch(&self, negotiated: &Negotiated) -> SilenceWatch {
        match self.role {
            LegRole::Seat { .. } if self.is_parted || negotiated.held_by_remote() => SilenceWatch::Off,
            LegRole::Caller { .. } | LegRole::Seat { .. } | LegRole::StarCode { .. } => self.silence,
        }
    }

    /// Nothing more is heard on the leg: it is being released.
    pub(super) fn silence(&self, dialog: DialogKey, plane: &mut MediaPlane) {
        if self.media.is_some() {
            plane.command(MediaCommand::Unbridge { a: dialog.into() });
            plane.command(MediaCommand::StopPlaying { leg: dialog.into() });
        }
    }

    /// Closes the leg's media, if it has any.
    pub(super) fn close_media(&self, dialog: DialogKey, plane: &mut MediaPlane) {
        if self.media.is_some() {
            plane.command(MediaCommand::Close { leg: dialog.into() });
        }
    }

    /// Whether media was opened.
    pub(super) const fn has_media(&self) -> bool {
        self.media.is_some()
    }
}

impl LegMedia {
    const fn hold(&mut self, held: bool) -> HoldChange {
        let change = match (self.held, held) {
            (false, true) => HoldChange::Began,
            (true, false) => HoldChange::Ended,
            _ => HoldChange::None,
        };
        self.held = held;
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    /// What comes of an offer whose media section ends so.
    fn negotiated(attributes: &str) -> Negotiated {
        let ip = if attributes == "0.0.0.0" { attributes } else { "192.0.2.9" };
        let attributes = attributes.strip_prefix("0.0.0.0").unwrap_or(attributes);
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n{attributes}"
        );
        let mut local = LocalDescription::new(1, SocketAddr::from(([192, 0, 2, 1], 6_000)));
        let offer = sdp::parse_offer(offer.as_bytes()).expect("an offer");
        local.answer(&offer, Direction::SendRecv).expect("an answer").1
    }

    #[test]
    fn a_seats_silence_counts_while_it_is_joined_and_its_phone_does_not_hold() {
        let call = CallId(1);
        let mut leg =
            Leg::seat(RingId { call, attempt: 1 }, SeatId::new("seat1").expect("a name"), Some(TIMEOUT));
        let on = SilenceWatch::AfterFirstPacket(TIMEOUT);
        for is_parted in [false, true] {
            leg.is_parted = is_parted;
            let talking = if is_parted { SilenceWatch::Off } else { on };
            assert_eq!(leg.session(&negotiated("")).silence, talking);
            assert_eq!(leg.session(&negotiated("a=sendrecv\r\n")).silence, talking);
            for hold in ["a=sendonly\r\n", "a=inactive\r\n", "0.0.0.0"] {
                assert_eq!(leg.session(&negotiated(hold)).silence, SilenceWatch::Off, "R-Q7: {hold}");
            }
            // One that only listens is not to be heard.
            assert!(!leg.session(&negotiated("a=recvonly\r\n")).receive);
        }
    }

    #[test]
    fn a_callers_silence_counts_on_hold_too() {
        let leg = Leg::new(LegRole::Caller { call: CallId(1) });
        for direction in ["", "a=sendonly\r\n", "a=recvonly\r\n", "a=inactive\r\n", "0.0.0.0"] {
            let silence = leg.session(&negotiated(direction)).silence;
            assert_eq!(silence, SilenceWatch::Each(CALLER_SILENCE), "R-L10: {direction}");
        }
    }
}
