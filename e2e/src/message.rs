//! SIP messages as a party saw them, from SIPp's message log.

use std::net::{IpAddr, SocketAddr};

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whether the party sent it.
    pub sent: bool,
    /// Its text.
    pub text: String,
}

impl Message {
    /// The start line.
    pub fn start_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        self.start_line().strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The value of the first header of a name (long form, as the switch writes it).
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\n\n").next().unwrap_or_default();
        head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Whether it is a response with this status to a request of this method.
    pub fn answers(&self, status: u16, method: &str) -> bool {
        self.status() == Some(status) && self.header("CSeq").is_some_and(|value| value.ends_with(method))
    }

    /// Where its SDP wants audio sent.
    pub fn audio_address(&self) -> Option<SocketAddr> {
        let ip: IpAddr =
            self.text.lines().find_map(|line| line.strip_prefix("c=IN IP4 "))?.trim().parse().ok()?;
        let media = self.text.lines().find_map(|line| line.strip_prefix("m=audio "))?;
        Some(SocketAddr::new(ip, media.split(' ').next()?.parse().ok()?))
    }
}

/// Reads SIPp's message log (`-trace_msg`).
pub fn parse_log(log: &str) -> Vec<Message> {
    let log = log.replace("\r\n", "\n");
    let mut messages = Vec::new();
    for part in log.split("-----------------------------------------------").skip(1) {
        let Some((head, text)) = part.split_once("\n\n") else { continue };
        let sent = head.contains("message sent");
        if sent || head.contains("message received") {
            messages.push(Message { sent, text: text.trim_start().to_owned() });
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "----------------------------------------------- 2026-11-21 09:09:17.030476\n\
        UDP message sent (619 bytes):\n\nINVITE sip:1@h SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n\
        ----------------------------------------------- 2026-11-21 09:09:17.031775\n\
        UDP message received [278] bytes :\n\nSIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n\
        c=IN IP4 127.0.0.1\r\nm=audio 40010 RTP/AVP 0 101\r\n\n";

    #[test]
    fn a_log_is_read_message_by_message() {
        let messages = parse_log(LOG);
        assert_eq!(messages.len(), 2);
        assert!(messages[0].sent && messages[0].start_line().starts_with("INVITE "));
        assert!(!messages[1].sent && messages[1].answers(200, "INVITE") && !messages[1].answers(200, "BYE"));
        assert_eq!(messages[1].audio_address(), Some(SocketAddr::from(([127, 0, 0, 1], 40_010))));
    }
}
