//! Messages out of a byte stream: Content-Length says where one ends (RFC 3261 section 18.3), line ends between them are
//! keep-alives (RFC 5626 section 3.5.1).

use super::message::stream_body_length;
use crate::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};

/// What a stream holds next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    /// One message, for [`super::message::parse()`].
    Message(Vec<u8>),
    /// A double CRLF, to be answered by a single one.
    Ping,
}

/// Why a stream cannot be read on: where the next message begins is no longer known, so it must be closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrameFault {
    /// The headers exceed their bound.
    #[error("headers of more than {HEADER_BYTES_MAX} bytes")]
    HeadersTooLarge,
    /// The body exceeds its bound.
    #[error("a body of more than {BODY_BYTES_MAX} bytes")]
    BodyTooLarge,
    /// No Content-Length, a malformed one, or two different ones.
    #[error("no usable Content-Length on a stream")]
    NoLength,
}

/// Cuts a byte stream into messages. After each [`Self::push`], [`Self::next_frame`] must be called until it gives `None`;
/// what is kept then is less than one message.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: Vec<u8>,
    begin: usize,
    /// Up to where no end of the headers was found, so that a slow sender does not make us look at each byte twice.
    scanned: usize,
    /// Length of the whole message once its headers are there.
    length: Option<usize>,
}

impl StreamFramer {
    /// An empty stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.begin > 0 {
            self.buffer.drain(..self.begin);
            self.begin = 0;
        }
        self.buffer.extend(bytes);
    }

    /// The next message or keep-alive; `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the stream must be closed.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameFault> {
        loop {
            if self.length.is_none() && self.scanned == 0 {
                match self.rest() {
                    [b'\r', b'\n', b'\r', b'\n', ..] => {
                        self.begin += 4;
                        return Ok(Some(Frame::Ping));
                    }
                    // Half a ping, until the next byte says otherwise.
                    [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return Ok(None),
                    [b'\r', b'\n', ..] => {
                        self.begin += 2;
                        continue;
                    }
                    [b'\n', ..] => {
                        self.begin += 1;
                        continue;
                    }
                    _ => {}
                }
            }
            return self.next_message();
        }
    }

    /// Whether a message has begun and not ended.
    pub fn is_partial(&self) -> bool {
        !matches!(self.rest(), [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'])
    }

    fn next_message(&mut self) -> Result<Option<Frame>, FrameFault> {
        let length = match self.length {
            Some(length) => length,
            None => match self.read_length()? {
                Some(length) => *self.length.insert(length),
                None => return Ok(None),
            },
        };
        if self.rest().len() < length {
            return Ok(None);
        }
        let message = self.rest()[..length].to_vec();
        self.begin += length;
        self.length = None;
        self.scanned = 0;
        Ok(Some(Frame::Message(message)))
    }

    /// Headers and body together, once the headers have ended.
    fn read_length(&mut self) -> Result<Option<usize>, FrameFault> {
        let rest = &self.buffer[self.begin..];
        let Some(head) = head_length(rest, self.scanned) else {
            // The end may be split: its last three bytes are looked at again.
            self.scanned = rest.len().saturating_sub(3).max(1);
            return if rest.len() > HEADER_BYTES_MAX { Err(FrameFault::HeadersTooLarge) } else { Ok(None) };
        };
        if head > HEADER_BYTES_MAX {
            return Err(FrameFault::HeadersTooLarge);
        }
        let body = stream_body_length(&rest[..head]).ok_or(FrameFault::NoLength)?;
        if body > BODY_BYTES_MAX {
            return Err(FrameFault::BodyTooLarge);
        }
        Ok(Some(head + body))
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.begin..]
    }
}

/// Bytes up to and with the empty line, looking from `from` on.
fn head_length(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &bytes[from..]).map(|at| from + at).find_map(|line_end| {
        match bytes.get(line_end + 1..)? {
            [b'\n', ..] => Some(line_end + 2),
            [b'\r', b'\n', ..] => Some(line_end + 3),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"MESSAGE sip:a@b SIP/2.0\r\nl : 4\r\nSubject: x\r\n\r\nbody";

    fn frames(chunks: &[&[u8]]) -> Result<Vec<Frame>, FrameFault> {
        let mut framer = StreamFramer::new();
        let mut found = Vec::new();
        for chunk in chunks {
            framer.push(chunk);
            while let Some(frame) = framer.next_frame()? {
                found.push(frame);
            }
        }
        assert!(!framer.is_partial(), "the test's stream ends between messages");
        Ok(found)
    }

    #[test]
    fn messages_and_pings_come_out_however_the_stream_is_cut() {
        let stream = [&b"\r\n"[..], MESSAGE, b"\r\n\r\n", MESSAGE, b"\n", MESSAGE, b"\r\n"].concat();
        let message = || Frame::Message(MESSAGE.to_vec());
        let expected = vec![message(), Frame::Ping, message(), message()];
        for size in 1..stream.len() {
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            assert_eq!(frames(&chunks), Ok(expected.clone()), "chunks of {size}");
        }
    }

    #[test]
    fn a_folded_or_compact_length_counts_and_a_body_may_look_like_headers() {
        let folded = b"A sip:a SIP/2.0\nContent-Length:\n  6\n\nl: 9\r\n";
        assert_eq!(frames(&[folded]), Ok(vec![Frame::Message(folded.to_vec())]));
    }

    #[test]
    fn what_cannot_be_framed_closes_the_stream() {
        for (stream, fault) in [
            (b"A sip:a SIP/2.0\r\nSubject: x\r\n\r\n".to_vec(), FrameFault::NoLength),
            (b"A sip:a SIP/2.0\r\nl: -1\r\n\r\n".to_vec(), FrameFault::NoLength),
            (b"A sip:a SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n".to_vec(), FrameFault::NoLength),
            (b"A sip:a SIP/2.0\r\nl: 99999999999\r\n\r\n".to_vec(), FrameFault::BodyTooLarge),
            (vec![b'x'; HEADER_BYTES_MAX + 1], FrameFault::HeadersTooLarge),
        ] {
            assert_eq!(frames(&[&stream]), Err(fault));
        }
    }

    #[test]
    fn a_message_that_has_begun_is_partial_and_half_a_ping_is_not() {
        let mut framer = StreamFramer::new();
        framer.push(b"\r\n\r");
        assert_eq!(framer.next_frame(), Ok(None));
        assert!(!framer.is_partial());
        framer.push(b"\nINV");
        assert_eq!(framer.next_frame(), Ok(Some(Frame::Ping)));
        assert_eq!(framer.next_frame(), Ok(None));
        assert!(framer.is_partial());
    }
}
