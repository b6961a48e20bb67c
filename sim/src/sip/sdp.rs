//! Session descriptions of one G.711 stream (RFC 4566, RFC 3264).

use std::net::{IpAddr, SocketAddr};

/// Payload type of G.711 µ-law (RFC 3551).
pub const PCMU: u8 = 0;

/// Payload type of G.711 A-law (RFC 3551).
pub const PCMA: u8 = 8;

/// An offer or answer: µ-law with telephone-event at 20 ms, to be sent to `media`.
pub fn describe(media: SocketAddr, id: u64) -> String {
    let ip = media.ip();
    let family = match ip {
        IpAddr::V4(_) => "IP4",
        IpAddr::V6(_) => "IP6",
    };
    format!(
        "v=0\r\no=- {id} 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
         a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
        media.port()
    )
}

/// The far end's wishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remote {
    /// Where it wants our audio.
    pub media: SocketAddr,
    /// The first of its payload types that we know.
    pub payload_type: u8,
    /// Whether it wants to hear us (`sendrecv`, `recvonly`).
    pub hears: bool,
}

/// Reads an offer or answer; `None` if it has no audio that we can speak.
pub fn read(text: &str) -> Option<Remote> {
    let mut session_ip = None;
    let mut media_ip = None;
    let mut audio = None;
    let mut in_audio = false;
    let mut hears = true;
    for line in text.lines() {
        let Some((kind, value)) = line.split_once('=') else { continue };
        match kind {
            "c" => {
                let ip: Option<IpAddr> = value.split_whitespace().nth(2).and_then(|ip| ip.parse().ok());
                if in_audio {
                    media_ip = ip;
                } else if audio.is_none() {
                    session_ip = ip;
                }
            }
            "m" => {
                in_audio = audio.is_none() && value.starts_with("audio ");
                if in_audio {
                    let mut words = value.split_whitespace().skip(1);
                    let port: u16 = words.next()?.parse().ok()?;
                    let payload_type = words.skip(1).find_map(|word| match word.parse() {
                        Ok(known @ (PCMU | PCMA)) => Some(known),
                        _ => None,
                    })?;
                    audio = Some((port, payload_type));
                }
            }
            "a" if in_audio || audio.is_none() => match value.trim() {
                "sendonly" | "inactive" => hears = false,
                "sendrecv" | "recvonly" => hears = true,
                _ => {}
            },
            _ => {}
        }
    }
    let (port, payload_type) = audio?;
    let ip = media_ip.or(session_ip)?;
    let hears = hears && port != 0 && !ip.is_unspecified();
    Some(Remote { media: SocketAddr::new(ip, port), payload_type, hears })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_describe_we_read() {
        let media: SocketAddr = "127.0.0.1:40000".parse().expect("an address");
        assert_eq!(read(&describe(media, 7)), Some(Remote { media, payload_type: PCMU, hears: true }));
    }

    #[test]
    fn the_media_line_wins_over_the_session_and_hold_is_seen() {
        let text = "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 96 8 0\r\nc=IN IP4 127.0.0.2\r\na=sendonly\r\n\
                    m=video 5000 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\na=sendrecv\r\n";
        let media = "127.0.0.2:4000".parse().expect("an address");
        assert_eq!(read(text), Some(Remote { media, payload_type: PCMA, hears: false }));
    }

    #[test]
    fn audio_in_codecs_that_we_do_not_know_is_none() {
        assert_eq!(read("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 96\r\n"), None);
        assert_eq!(read("v=0\r\nc=IN IP4 127.0.0.1\r\n"), None);
    }
}
