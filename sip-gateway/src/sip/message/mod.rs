//! SIP messages: bytes in, header values kept as bytes, bytes out.
//!
//! Nothing that was received is re-encoded: start line, Via, From, To and URIs are echoed as they came. Readings into
//! types are made on demand ([`Headers`]). [`parse()`] refuses what every element must refuse, and says what to answer.

mod check;
mod header_name;
mod headers;
mod host;
pub(crate) mod lex;
mod method;
mod name_addr;
mod params;
mod parse;
mod reason;
mod typed;
mod uri;
mod values;
mod via;

use std::fmt;

pub use header_name::HeaderName;
pub use headers::Headers;
pub use host::Host;
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub(crate) use parse::stream_body_length;
pub use parse::{ParseFault, is_keep_alive, parse};
pub use reason::reason_phrase;
pub use uri::{Scheme, Uri, UriFault};
pub use values::{CSeq, ContactList, HeaderFault, RAck, Refresher, SessionExpires};
pub use via::Via;

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A request.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI as received; [`Uri::parse`] reads it.
    pub uri: Vec<u8>,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A response.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status, 100 to 699.
    pub status: u16,
    /// The reason phrase as received, in any charset, perhaps empty.
    pub reason: Vec<u8>,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// The headers of either kind.
    pub const fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The message as it goes out.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}

impl Request {
    /// A request without headers and body.
    pub const fn new(method: Method, uri: Vec<u8>) -> Self {
        Self { method, uri, headers: Headers::new(), body: Vec::new() }
    }

    /// The request as it goes out: header names in their full form, Content-Length as the body has it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(bytes_estimate(&self.headers, &self.body));
        bytes.extend(self.method.as_bytes());
        bytes.push(b' ');
        bytes.extend(&self.uri);
        bytes.extend(b" SIP/2.0\r\n");
        write_rest(&mut bytes, &self.headers, &self.body);
        bytes
    }

    /// An answer with Via, From, To, Call-ID and CSeq copied as received, and with Timestamp for a 100 (RFC 3261 section
    /// 8.2.6). What the request lacks, the answer lacks.
    pub fn response(&self, status: u16, reason: &str) -> Response {
        let mut headers = Headers::with_capacity(12);
        for (name, value) in self.headers.iter() {
            let copied = *name == HeaderName::Via
                || *name == HeaderName::From
                || *name == HeaderName::To
                || *name == HeaderName::CallId
                || *name == HeaderName::CSeq
                || (status == 100 && *name == HeaderName::Timestamp);
            if copied {
                headers.push_read(name.clone(), value.to_vec());
            }
        }
        Response { status, reason: reason.as_bytes().to_vec(), headers, body: Vec::new() }
    }

    /// [`Self::response`] with the usual reason phrase of the status.
    pub fn respond(&self, status: u16) -> Response {
        self.response(status, reason_phrase(status))
    }

    /// Checks what [`parse()`] has checked, for a request that was changed or made by hand.
    ///
    /// # Errors
    /// With the status and reason of the first fault.
    pub fn validate(&self) -> Result<(), ParseFault> {
        self.check().map_err(|fault| ParseFault { status: fault.status, reason: fault.reason, reply: None })
    }
}

impl Response {
    /// A response without headers and body.
    pub fn new(status: u16, reason: &str) -> Self {
        Self { status, reason: reason.as_bytes().to_vec(), headers: Headers::new(), body: Vec::new() }
    }

    /// The response as it goes out: header names in their full form, Content-Length as the body has it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(bytes_estimate(&self.headers, &self.body));
        bytes.extend(b"SIP/2.0 ");
        bytes.extend(self.status.to_string().into_bytes());
        bytes.push(b' ');
        bytes.extend(self.reason.iter().map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
        bytes.extend(b"\r\n");
        write_rest(&mut bytes, &self.headers, &self.body);
        bytes
    }
}

/// Adds a tag to the To of a response, if it has a To and no tag yet; nothing else of it changes.
pub fn with_to_tag(response: &mut Response, tag: &[u8]) {
    let has_tag = response.headers.to().is_ok_and(|to| to.tag().is_some());
    if has_tag {
        return;
    }
    if let Some(value) = response.headers.first_mut(&HeaderName::To) {
        value.extend(b";tag=");
        value.extend(tag);
    }
}

fn bytes_estimate(headers: &Headers, body: &[u8]) -> usize {
    let head: usize = headers.iter().map(|(name, value)| name.as_bytes().len() + value.len() + 4).sum();
    head + body.len() + 128
}

fn write_rest(bytes: &mut Vec<u8>, headers: &Headers, body: &[u8]) {
    for (name, value) in headers.iter() {
        if *name != HeaderName::ContentLength {
            bytes.extend(name.as_bytes());
            bytes.extend(b": ");
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
    }
    bytes.extend(b"Content-Length: ");
    bytes.extend(body.len().to_string().into_bytes());
    bytes.extend(b"\r\n\r\n");
    bytes.extend(body);
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Request-URI and body hold numbers and addresses of people.
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
