//! Bytes → message: start line, unfolded headers, body; then the checks of RFC 3261 section 8.2 that hold for every
//! message.

use super::header_name::HeaderName;
use super::headers::Headers;
use super::lex::{Digits, digits, is_space, trim};
use super::method::Method;
use super::{Message, Request, Response};
use crate::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX, HEADER_LINE_BYTES_MAX, HEADERS_MAX};

/// Why a message is refused, and what may be answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("refused with {status}: {reason}")]
pub struct ParseFault {
    /// 400, 413, 505 or 513.
    pub status: u16,
    /// What is wrong, in words that may stand in a reason phrase and in a log.
    pub reason: &'static str,
    /// What could be read of a request that may be answered: it has at least one Via, whose top may be malformed (the
    /// answer then goes to where the bytes came from). `None`: stay silent (a response, an ACK, noise).
    pub reply: Option<Box<Request>>,
}

/// A fault found on the way, before it is known what may be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) reason: &'static str,
}

pub(super) const fn bad(reason: &'static str) -> Fault {
    Fault { status: 400, reason }
}

/// Headers of an ordinary message; a hint for the allocation alone.
const HEADERS_USUAL: usize = 20;

enum StartLine {
    Request { method: Method, uri: Vec<u8>, fault: Option<Fault> },
    Response { status: u16, reason: Vec<u8> },
}

/// Whether a datagram is nothing but line ends: a keep-alive (RFC 5626 section 3.5.1, RFC 3261 section 7.5), or empty.
pub fn is_keep_alive(datagram: &[u8]) -> bool {
    datagram.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// Reads one datagram, or one message framed by its Content-Length. The body is as long as Content-Length says, or the
/// rest where it is absent; bytes behind it are ignored (RFC 3261 section 18.3).
///
/// # Errors
/// If the bytes are no SIP message, or one that every element must refuse.
pub fn parse(datagram: &[u8]) -> Result<Message, ParseFault> {
    let silent = |fault: Fault| ParseFault { status: fault.status, reason: fault.reason, reply: None };
    let mut lines = Lines { bytes: skip_line_ends(datagram), at: 0 };
    let first = lines.next_line().ok_or(silent(bad("Empty message")))?;
    let start = start_line(first).map_err(silent)?;
    let (headers, head_fault) = read_headers(&mut lines);
    let (body, body_fault) = read_body(&headers, &lines.bytes[lines.at..]);
    match start {
        StartLine::Request { method, uri, fault } => {
            let request = Request { method, uri, headers, body };
            let fault = fault.or(head_fault).or(body_fault).or_else(|| request.check().err());
            match fault {
                None => Ok(Message::Request(request)),
                Some(fault) => Err(refuse(request, fault)),
            }
        }
        StartLine::Response { status, reason } => {
            let response = Response { status, reason, headers, body };
            match head_fault.or(body_fault).or_else(|| response.check().err()) {
                None => Ok(Message::Response(response)),
                Some(fault) => Err(silent(fault)),
            }
        }
    }
}

fn refuse(mut request: Request, fault: Fault) -> ParseFault {
    let may_answer = request.method != Method::Ack && request.headers.get(&HeaderName::Via).is_some();
    request.body = Vec::new();
    ParseFault { status: fault.status, reason: fault.reason, reply: may_answer.then(|| Box::new(request)) }
}

fn skip_line_ends(mut bytes: &[u8]) -> &[u8] {
    while let [b'\r' | b'\n', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Lines that end by CRLF or by LF alone, which some senders write.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next_line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'\n', rest)?;
        self.at += end + 1;
        let line = &rest[..end];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn continues(&self) -> bool {
        self.bytes.get(self.at).is_some_and(|&byte| is_space(byte))
    }
}

fn start_line(line: &[u8]) -> Result<StartLine, Fault> {
    let line = trim(line);
    let is_sip = |bytes: &[u8]| bytes.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"SIP/"));
    let mut words = line.splitn(2, |&byte| byte == b' ');
    let first = words.next().unwrap_or_default();
    let rest = words.next().ok_or(bad("Not SIP"))?;
    if is_sip(first) {
        return status_line(first, rest);
    }
    // What does not even name SIP in its first line is noise, and gets no answer.
    let space = rest.iter().rposition(|&byte| byte == b' ').ok_or(bad("Not SIP"))?;
    let (uri, version) = (&rest[..space], &rest[space + 1..]);
    if !is_sip(version) {
        return Err(bad("Not SIP"));
    }
    let method = Method::from_bytes(first).ok_or(bad("Malformed method"))?;
    let fault = if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        Some(Fault { status: 505, reason: "Version Not Supported" })
    } else if uri.is_empty() || uri.iter().any(|&byte| byte <= b' ' || byte == 0x7f) {
        Some(bad("White space in the Request-URI"))
    } else {
        None
    };
    Ok(StartLine::Request { method, uri: uri.to_vec(), fault })
}

fn status_line(version: &[u8], rest: &[u8]) -> Result<StartLine, Fault> {
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        return Err(Fault { status: 505, reason: "Version Not Supported" });
    }
    let end = rest.iter().position(|&byte| byte == b' ').unwrap_or(rest.len());
    let status = match digits(&rest[..end]) {
        Digits::Value(status @ 100..=699) if end == 3 => status as u16,
        Digits::Value(_) | Digits::TooLarge | Digits::Invalid => return Err(bad("Malformed status")),
    };
    let reason = rest.get(end + 1..).unwrap_or_default().to_vec();
    Ok(StartLine::Response { status, reason })
}

/// Reads headers up to the empty line. Goes on behind a fault, as long as the bounds allow: an answer needs Via, From,
/// To, Call-ID and CSeq wherever they stand.
fn read_headers(lines: &mut Lines<'_>) -> (Headers, Option<Fault>) {
    let mut headers = Headers::with_capacity(HEADERS_USUAL);
    let mut fault = None;
    let begin = lines.at;
    loop {
        let line_begin = lines.at;
        let Some(line) = lines.next_line() else {
            return (headers, fault.or(Some(bad("No empty line after the headers"))));
        };
        if line.is_empty() {
            return (headers, fault);
        }
        let unfolded;
        let line = if lines.continues() {
            unfolded = unfold(line, lines);
            &unfolded
        } else {
            line
        };
        let length = lines.at - line_begin;
        if length > HEADER_LINE_BYTES_MAX || lines.at - begin > HEADER_BYTES_MAX {
            fault = fault.or(Some(Fault { status: 513, reason: "Message Too Large" }));
        }
        if headers.len() >= HEADERS_MAX {
            return (headers, fault.or(Some(Fault { status: 513, reason: "Too Many Headers" })));
        }
        match read_header(line) {
            Ok((name, value)) => headers.push_read(name, value.to_vec()),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
}

/// Joins a folded header with one space for each fold (RFC 3261 section 7.3.1).
fn unfold(first: &[u8], lines: &mut Lines<'_>) -> Vec<u8> {
    let mut joined = trim(first).to_vec();
    while lines.continues() {
        let Some(line) = lines.next_line() else { break };
        joined.push(b' ');
        joined.extend(trim(line));
    }
    joined
}

fn read_header(line: &[u8]) -> Result<(HeaderName, &[u8]), Fault> {
    let colon = memchr::memchr(b':', line).ok_or(bad("A header without a colon"))?;
    let name = HeaderName::from_bytes(trim(&line[..colon])).ok_or(bad("A malformed header name"))?;
    let value = trim(&line[colon + 1..]);
    if memchr::memchr(b'\r', value).is_some() {
        return Err(bad("A bare CR in a header"));
    }
    Ok((name, value))
}

fn read_body(headers: &Headers, rest: &[u8]) -> (Vec<u8>, Option<Fault>) {
    let length = match content_length(headers) {
        Ok(length) => length.unwrap_or(rest.len()),
        Err(fault) => return (Vec::new(), Some(fault)),
    };
    if length > rest.len() {
        return (Vec::new(), Some(bad("Content-Length exceeds the message")));
    }
    if length > BODY_BYTES_MAX {
        return (Vec::new(), Some(Fault { status: 413, reason: "Request Entity Too Large" }));
    }
    (rest[..length].to_vec(), None)
}

/// The Content-Length, if there is one.
fn content_length(headers: &Headers) -> Result<Option<usize>, Fault> {
    let mut found = None;
    for value in headers.get_all(&HeaderName::ContentLength) {
        let length = match digits(value) {
            Digits::Value(length) => length as usize,
            // More than 32 bits hold exceeds every message.
            Digits::TooLarge => usize::MAX,
            Digits::Invalid => return Err(bad("Malformed Content-Length")),
        };
        if found.is_some_and(|known| known != length) {
            return Err(bad("Two different Content-Lengths"));
        }
        found = Some(length);
    }
    Ok(found)
}

/// The body's length that the head of a message on a stream names; `None` if it names none, or none that can be used.
pub(crate) fn stream_body_length(head: &[u8]) -> Option<usize> {
    let mut lines = Lines { bytes: head, at: 0 };
    lines.next_line()?;
    let (headers, _) = read_headers(&mut lines);
    content_length(&headers).ok().flatten()
}
