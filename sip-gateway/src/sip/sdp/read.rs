//! SDP → the audio stream that it describes.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media, Session};

use super::{Codec, Direction, MediaLine, OfferedCodec, RemoteMedia, SdpFault};
use crate::limits::SDP_MEDIA_LINES_MAX;

/// Reads an offer: the first audio line over RTP/AVP that is in use and has a codec that we know.
///
/// # Errors
/// If there is none; the fault is that of the last audio line looked at.
pub fn parse_offer(sdp: &[u8]) -> Result<RemoteMedia, SdpFault> {
    let session = parse_session(sdp)?;
    let mut fault = SdpFault::NoAudio;
    for (line, media) in session.medias.iter().enumerate() {
        if media.media.eq_ignore_ascii_case("audio") && media.port != 0 {
            match read_audio(&session, media) {
                Ok(audio) => return Ok(audio.at(line, &session)),
                Err(found) => fault = found,
            }
        }
    }
    Err(fault)
}

/// Reads the audio line of an answer, which is at the place where our offer had it.
pub(super) fn parse_answer(sdp: &[u8], line: usize) -> Result<RemoteMedia, SdpFault> {
    let session = parse_session(sdp)?;
    let media = session.medias.get(line).ok_or(SdpFault::Malformed("fewer media lines than were offered"))?;
    if media.port == 0 || !media.media.eq_ignore_ascii_case("audio") {
        return Err(SdpFault::NoAudio);
    }
    Ok(read_audio(&session, media)?.at(line, &session))
}

/// Hands `v`, `c`, `m` and `a` to the parser, decoded lossily. The other lines mean nothing to a call, and phones write
/// strange things there (an empty `s=`, no `t=`, a name in Shift_JIS).
fn parse_session(sdp: &[u8]) -> Result<Session, SdpFault> {
    let text = String::from_utf8_lossy(sdp);
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_end();
        if matches!(line.as_bytes(), [b'v' | b'c' | b'm' | b'a', b'=', _, ..]) {
            kept.push_str(line);
            kept.push_str("\r\n");
        }
    }
    let session = Session::parse(kept.as_bytes())
        .map_err(|_| SdpFault::Malformed("a v=, c=, m= or a= line that is none"))?;
    if session.medias.len() > SDP_MEDIA_LINES_MAX {
        return Err(SdpFault::Malformed("too many media lines"));
    }
    Ok(session)
}

struct Audio {
    address: SocketAddr,
    rtcp: SocketAddr,
    codecs: Vec<OfferedCodec>,
    telephone_event: Option<u8>,
    ptime_ms: Option<u16>,
    direction: Direction,
}

impl Audio {
    fn at(self, line: usize, session: &Session) -> RemoteMedia {
        let lines = session.medias.iter().map(|media| MediaLine {
            media: media.media.clone(),
            proto: media.proto.clone(),
            formats: media.fmt.clone(),
        });
        RemoteMedia {
            address: self.address,
            rtcp: self.rtcp,
            codecs: self.codecs,
            telephone_event: self.telephone_event,
            ptime_ms: self.ptime_ms,
            direction: self.direction,
            line,
            lines: lines.collect(),
        }
    }
}

fn read_audio(session: &Session, media: &Media) -> Result<Audio, SdpFault> {
    if !media.proto.eq_ignore_ascii_case("RTP/AVP") {
        return Err(SdpFault::Transport);
    }
    let connection = media.connections.first().or(session.connection.as_ref());
    let ip = read_address(connection.ok_or(SdpFault::Malformed("no c= line"))?)?;
    let address = SocketAddr::new(ip, media.port);
    let mut codecs = Vec::new();
    let mut telephone_event = None;
    for payload_type in media.fmt.split_ascii_whitespace().filter_map(|format| format.parse().ok()) {
        match format_of(media, payload_type) {
            Some(Format::Codec(codec)) => codecs.push(OfferedCodec { codec, payload_type }),
            Some(Format::TelephoneEvent) => telephone_event = telephone_event.or(Some(payload_type)),
            None => {}
        }
    }
    if codecs.is_empty() {
        return Err(SdpFault::NoCommonCodec);
    }
    let said = direction_of(&media.attributes).or_else(|| direction_of(&session.attributes));
    let said = said.unwrap_or(Direction::SendRecv);
    // RFC 2543 held by the unspecified address (RFC 3264 section 8.4).
    let direction = Direction::of(said.sends(), said.receives() && !ip.is_unspecified());
    Ok(Audio {
        address,
        rtcp: rtcp_of(media, address),
        codecs,
        telephone_event,
        ptime_ms: attribute(&media.attributes, "ptime").and_then(|value| value.trim().parse().ok()),
        direction,
    })
}

fn read_address(connection: &Connection) -> Result<IpAddr, SdpFault> {
    let ip = connection.try_address().map_err(|_| SdpFault::Address)?.ip.to_canonical();
    if ip.is_multicast() { Err(SdpFault::Address) } else { Ok(ip) }
}

enum Format {
    Codec(Codec),
    TelephoneEvent,
}

/// What a payload type means: by its rtpmap, else by the static table.
fn format_of(media: &Media, payload_type: u8) -> Option<Format> {
    let mapped = media.attributes.iter().filter(|known| known.attribute == "rtpmap").find_map(|known| {
        let (number, encoding) = known.value.as_deref()?.trim().split_once([' ', '\t'])?;
        (number.parse() == Ok(payload_type)).then(|| encoding.trim().to_ascii_lowercase())
    });
    match mapped.as_deref() {
        Some("pcmu/8000" | "pcmu/8000/1") => Some(Format::Codec(Codec::Pcmu)),
        Some("pcma/8000" | "pcma/8000/1") => Some(Format::Codec(Codec::Pcma)),
        Some("telephone-event/8000" | "telephone-event/8000/1") => Some(Format::TelephoneEvent),
        Some(_) => None,
        None if payload_type == Codec::Pcmu.payload_type() => Some(Format::Codec(Codec::Pcmu)),
        None if payload_type == Codec::Pcma.payload_type() => Some(Format::Codec(Codec::Pcma)),
        None => None,
    }
}

fn direction_of(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().find_map(|known| match known.attribute.to_ascii_lowercase().as_str() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    })
}

/// `a=rtcp:port [IN IP4 address]` (RFC 3605), else the port above that of RTP.
fn rtcp_of(media: &Media, address: SocketAddr) -> SocketAddr {
    let usual = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(address.port()));
    let Some(value) = attribute(&media.attributes, "rtcp") else { return usual };
    let mut words = value.split_ascii_whitespace();
    let Some(port) = words.next().and_then(|port| port.parse().ok()) else { return usual };
    let ip = words.nth(2).and_then(|ip| ip.parse::<IpAddr>().ok()).unwrap_or(address.ip());
    SocketAddr::new(ip, port)
}

fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|known| known.attribute.eq_ignore_ascii_case(name))?.value.as_deref()
}
