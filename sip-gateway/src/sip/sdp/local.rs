//! Our side of one leg: answers, offers, and answers read.

use std::net::SocketAddr;

use sdp_types::{Attribute, Connection, Media, Origin, Session, Time};

use super::read::parse_answer;
use super::{Codec, Direction, MediaLine, Negotiated, OfferedCodec, RemoteMedia, SdpFault, negotiate};

/// The payload types under which we offer telephone-event: what most of the field uses, and the next where a far end
/// has given the first to a codec.
const TELEPHONE_EVENT: [u8; 2] = [101, 100];

/// What we say of a leg's audio, over the whole life of its dialog.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalDescription {
    session_id: u64,
    version: u64,
    address: SocketAddr,
    /// What was said last, under `version`.
    said: Option<Vec<u8>>,
    /// The direction of our offer that waits for its answer.
    offered: Option<Direction>,
    /// The lines of the session so far: no later offer may have fewer (RFC 3264 section 8).
    lines: Vec<MediaLine>,
    line: usize,
    agreed: Option<Negotiated>,
}

impl LocalDescription {
    /// A leg's side that has said nothing yet. `address` is where we want RTP, as the far end must write it.
    pub const fn new(session_id: u64, address: SocketAddr) -> Self {
        Self {
            session_id,
            version: 0,
            address,
            said: None,
            offered: None,
            lines: Vec::new(),
            line: 0,
            agreed: None,
        }
    }

    /// What was agreed last.
    pub const fn agreed(&self) -> Option<&Negotiated> {
        self.agreed.as_ref()
    }

    /// Answers an offer. `policy` is what we would do; the answer does of it what the offer lets it.
    ///
    /// # Errors
    /// If there is no common codec, or the offer's address is of a family that ours is not. Nothing has changed then.
    pub fn answer(
        &mut self,
        offer: &RemoteMedia,
        policy: Direction,
    ) -> Result<(Vec<u8>, Negotiated), SdpFault> {
        let chosen = negotiate(offer)?;
        let negotiated = self.agree(offer, chosen, policy)?;
        self.lines.clone_from(&offer.lines);
        self.line = offer.line;
        self.agreed = Some(negotiated);
        self.offered = None;
        let sdp = self.say(&[chosen], negotiated.telephone_event, negotiated.local_direction);
        Ok((sdp, negotiated))
    }

    /// Offers both codecs, the one agreed on first, and telephone-event.
    pub fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let agreed =
            self.agreed.map(|agreed| OfferedCodec { codec: agreed.codec, payload_type: agreed.payload_type });
        let others = [Codec::Pcmu, Codec::Pcma]
            .map(|codec| OfferedCodec { codec, payload_type: codec.payload_type() })
            .into_iter()
            .filter(|other| {
                agreed.is_none_or(|agreed| {
                    agreed.codec != other.codec && agreed.payload_type != other.payload_type
                })
            });
        let codecs: Vec<OfferedCodec> = agreed.into_iter().chain(others).collect();
        let is_free = |number: &u8| codecs.iter().all(|codec| codec.payload_type != *number);
        let telephone_event = self
            .agreed
            .and_then(|agreed| agreed.telephone_event)
            .or_else(|| TELEPHONE_EVENT.into_iter().find(is_free));
        self.offered = Some(direction);
        self.say(&codecs, telephone_event, direction)
    }

    /// Reads the answer to our last offer.
    ///
    /// # Errors
    /// If it refuses the audio or cannot be read, or nothing was offered. What was agreed before still holds then.
    pub fn read_answer(&mut self, sdp: &[u8]) -> Result<Negotiated, SdpFault> {
        let direction = self.offered.ok_or(SdpFault::Malformed("an answer to no offer"))?;
        let answer = parse_answer(sdp, self.line)?;
        let chosen = negotiate(&answer)?;
        let negotiated = self.agree(&answer, chosen, direction)?;
        self.offered = None;
        self.agreed = Some(negotiated);
        Ok(negotiated)
    }

    fn agree(
        &self,
        remote: &RemoteMedia,
        chosen: OfferedCodec,
        policy: Direction,
    ) -> Result<Negotiated, SdpFault> {
        if remote.address.is_ipv4() != self.address.is_ipv4() {
            return Err(SdpFault::Address);
        }
        let before = self.agreed.filter(|_| remote.address.ip().is_unspecified());
        Ok(Negotiated {
            codec: chosen.codec,
            payload_type: chosen.payload_type,
            telephone_event: remote.telephone_event,
            remote: before.map_or(remote.address, |before| before.remote),
            remote_rtcp: before.map_or(remote.rtcp, |before| before.remote_rtcp),
            local_direction: remote.direction.answered_by(policy),
            remote_direction: remote.direction,
        })
    }

    /// Writes a description; its version is above the last one's if and only if it says something else.
    fn say(&mut self, codecs: &[OfferedCodec], telephone_event: Option<u8>, direction: Direction) -> Vec<u8> {
        let audio = self.audio(codecs, telephone_event, direction);
        let mut sdp = self.write(&audio);
        if self.said.as_ref() != Some(&sdp) {
            self.version += 1;
            sdp = self.write(&audio);
            self.said = Some(sdp.clone());
        }
        sdp
    }

    fn audio(&self, codecs: &[OfferedCodec], telephone_event: Option<u8>, direction: Direction) -> Media {
        let mut formats: Vec<String> = codecs.iter().map(|codec| codec.payload_type.to_string()).collect();
        let mut attributes: Vec<Attribute> = codecs
            .iter()
            .map(|codec| {
                let map = format!("{} {}/8000", codec.payload_type, codec.codec.name());
                Attribute::with_value("rtpmap", map)
            })
            .collect();
        if let Some(payload_type) = telephone_event {
            formats.push(payload_type.to_string());
            attributes.push(Attribute::with_value("rtpmap", format!("{payload_type} telephone-event/8000")));
            attributes.push(Attribute::with_value("fmtp", format!("{payload_type} 0-15")));
        }
        attributes.push(Attribute::with_value("ptime", "20"));
        attributes.push(Attribute::new(direction.as_str()));
        media("audio", self.address.port(), "RTP/AVP", &formats.join(" "), attributes)
    }

    fn write(&self, audio: &Media) -> Vec<u8> {
        let origin = Origin::with_ip_addr(self.session_id, self.version, self.address.ip());
        let mut session = Session::new(origin, "-");
        session.connection = Some(Connection::from_ip_addr(self.address.ip()));
        session.times = vec![Time::new(0, 0)];
        session.medias = if self.lines.is_empty() {
            vec![audio.clone()]
        } else {
            let refused = |line: &MediaLine| media(&line.media, 0, &line.proto, &line.formats, Vec::new());
            let lines = self.lines.iter().enumerate();
            lines.map(|(at, line)| if at == self.line { audio.clone() } else { refused(line) }).collect()
        };
        let mut sdp = Vec::with_capacity(256);
        session.write(&mut sdp).expect("invariant: a write into memory does not fail");
        sdp
    }
}

fn media(kind: &str, port: u16, proto: &str, formats: &str, attributes: Vec<Attribute>) -> Media {
    Media {
        media: kind.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt: formats.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes,
    }
}
