//! Reading and writing messages by `rsip`.

use rsip::headers::ToTypedHeader;
use rsip::message::HeadersExt;
use rsip::prelude::UntypedHeader;
use rsip::{Header, Headers, Method, Request, Response, SipMessage, StatusCode, Uri};

/// A datagram as a message; `None` if `rsip` does not understand it.
pub(crate) fn parse(datagram: &[u8]) -> Option<SipMessage> {
    SipMessage::try_from(datagram).ok()
}

/// A message as a datagram.
pub(crate) fn bytes(message: impl ToString) -> Vec<u8> {
    message.to_string().into_bytes()
}

/// The top Via's branch: the transaction (RFC 3261 17.1.3).
pub(crate) fn branch(message: &impl HeadersExt) -> Option<String> {
    let via = message.via_header().ok()?.typed().ok()?;
    via.branch().map(|branch| branch.value().to_owned())
}

/// The top Via as it stands.
pub(crate) fn via(message: &impl HeadersExt) -> Option<String> {
    message.via_header().ok().map(|via| via.value().to_owned())
}

/// Number and method of the CSeq.
pub(crate) fn cseq(message: &impl HeadersExt) -> Option<(u32, Method)> {
    let cseq = message.cseq_header().ok()?.typed().ok()?;
    Some((cseq.seq, cseq.method))
}

/// The Call-ID.
pub(crate) fn call_id(message: &impl HeadersExt) -> Option<String> {
    message.call_id_header().ok().map(|call_id| call_id.value().to_owned())
}

/// The From as it stands.
pub(crate) fn from(message: &impl HeadersExt) -> Option<String> {
    message.from_header().ok().map(|from| from.value().to_owned())
}

/// The To as it stands.
pub(crate) fn to(message: &impl HeadersExt) -> Option<String> {
    message.to_header().ok().map(|to| to.value().to_owned())
}

/// The tag of a From or To value. Not by `rsip`'s typed headers, which refuse some quoted display names.
pub(crate) fn tag(value: &str) -> Option<&str> {
    let after_uri = value.rfind('>').map_or(value, |end| &value[end + 1..]);
    after_uri.split(';').skip(1).find_map(|parameter| {
        let (name, tag) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("tag").then(|| tag.trim())
    })
}

/// The user part of the URI in a From or To value.
pub(crate) fn user(value: &str) -> Option<&str> {
    let uri = match value.rfind('<') {
        Some(start) => value[start + 1..].split('>').next()?,
        None => value.split(';').next()?,
    };
    let (_, address) = uri.split_once(':')?;
    address.split_once('@').map(|(user, _)| user)
}

/// The URI of the first Contact: the dialog's remote target.
pub(crate) fn contact(message: &impl HeadersExt) -> Option<Uri> {
    message.contact_header().ok()?.typed().ok().map(|contact| contact.uri)
}

/// The values of a header that `rsip` has no type for.
pub(crate) fn other<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter_map(move |header| {
        let Header::Other(other, value) = header else { return None };
        other.eq_ignore_ascii_case(name).then_some(value.as_str())
    })
}

/// A body as text.
pub(crate) fn body(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// A URI out of text.
pub(crate) fn uri(text: &str) -> Result<Uri, super::SipError> {
    Uri::try_from(text).map_err(|_| super::SipError::BadUri(text.to_owned()))
}

/// What every request has; the rest is added behind it.
pub(crate) struct Basics<'a> {
    pub(crate) via: String,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
}

/// A request with the six headers that RFC 3261 8.1.1 asks for.
pub(crate) fn request(
    method: Method,
    uri: Uri,
    basics: Basics<'_>,
    more: Vec<Header>,
    body: String,
) -> Request {
    let mut headers = Headers::default();
    headers.push(Header::Via(basics.via.into()));
    headers.push(Header::MaxForwards(70.into()));
    headers.push(Header::From(basics.from.into()));
    headers.push(Header::To(basics.to.into()));
    headers.push(Header::CallId(basics.call_id.into()));
    headers.push(Header::CSeq(format!("{} {method}", basics.cseq).into()));
    headers.push(Header::UserAgent("acd-sim".into()));
    for header in more {
        headers.push(header);
    }
    push_body(&mut headers, &body);
    Request { method, uri, version: rsip::Version::V2, headers, body: body.into_bytes() }
}

/// An answer to a request (RFC 3261 8.2.6): Via, From, Call-ID and CSeq as they came, the To with our tag.
pub(crate) fn response(
    request: &Request,
    status: u16,
    to_tag: &str,
    more: Vec<Header>,
    body: String,
) -> Response {
    let mut headers = Headers::default();
    for header in request.headers.iter() {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the other headers of a request are no answer's")]
        match header {
            Header::Via(_)
            | Header::From(_)
            | Header::CallId(_)
            | Header::CSeq(_)
            | Header::RecordRoute(_) => {
                headers.push(header.clone());
            }
            Header::To(to) if tag(to.value()).is_none() && status > 100 => {
                headers.push(Header::To(format!("{};tag={to_tag}", to.value()).into()));
            }
            Header::To(_) => headers.push(header.clone()),
            _ => {}
        }
    }
    for header in more {
        headers.push(header);
    }
    push_body(&mut headers, &body);
    Response {
        status_code: StatusCode::from(status),
        version: rsip::Version::V2,
        headers,
        body: body.into_bytes(),
    }
}

fn push_body(headers: &mut Headers, body: &str) {
    if !body.is_empty() {
        headers.push(Header::ContentType("application/sdp".into()));
    }
    headers.push(Header::ContentLength((body.len() as u32).into()));
}

/// The method's name for errors.
pub(crate) const fn method_name(method: Method) -> &'static str {
    match method {
        Method::Ack => "ACK",
        Method::Bye => "BYE",
        Method::Cancel => "CANCEL",
        Method::Info => "INFO",
        Method::Invite => "INVITE",
        Method::Message => "MESSAGE",
        Method::Notify => "NOTIFY",
        Method::Options => "OPTIONS",
        Method::PRack => "PRACK",
        Method::Publish => "PUBLISH",
        Method::Refer => "REFER",
        Method::Register => "REGISTER",
        Method::Subscribe => "SUBSCRIBE",
        Method::Update => "UPDATE",
    }
}
