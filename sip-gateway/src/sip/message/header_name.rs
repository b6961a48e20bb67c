//! Names of headers: full and compact forms, case-insensitive (RFC 3261 section 7.3).

use std::fmt;

use super::lex::is_token;
use crate::limits::HEADER_NAME_KNOWN_BYTES_MAX;

macro_rules! header_names {
    ($($variant:ident = $full:literal $lower:literal $(| $compact:literal)?,)*) => {
        /// The name of a header. Two names that differ in case or in form (compact, full) are equal.
        #[derive(Clone)]
        #[expect(missing_docs, reason = "each variant is the header of that name")]
        pub enum HeaderName {
            $($variant,)*
            /// A header that is none of the above, spelled as received.
            Other(Box<[u8]>),
        }

        impl HeaderName {
            /// The name of these bytes; `None` if they are no token.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                let mut lower = [0; HEADER_NAME_KNOWN_BYTES_MAX];
                if let Some(lower) = lower.get_mut(..bytes.len()) {
                    lower.copy_from_slice(bytes);
                    lower.make_ascii_lowercase();
                    match &*lower {
                        $($lower $(| $compact)? => return Some(Self::$variant),)*
                        _ => {}
                    }
                }
                is_token(bytes).then(|| Self::Other(bytes.into()))
            }

            /// The full form.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $full,)*
                    Self::Other(bytes) => bytes,
                }
            }
        }
    };
}

header_names! {
    Via = b"Via" b"via" | b"v",
    From = b"From" b"from" | b"f",
    To = b"To" b"to" | b"t",
    CallId = b"Call-ID" b"call-id" | b"i",
    CSeq = b"CSeq" b"cseq",
    Contact = b"Contact" b"contact" | b"m",
    MaxForwards = b"Max-Forwards" b"max-forwards",
    RecordRoute = b"Record-Route" b"record-route",
    Route = b"Route" b"route",
    ContentType = b"Content-Type" b"content-type" | b"c",
    ContentLength = b"Content-Length" b"content-length" | b"l",
    ContentEncoding = b"Content-Encoding" b"content-encoding" | b"e",
    ContentDisposition = b"Content-Disposition" b"content-disposition",
    Expires = b"Expires" b"expires",
    MinExpires = b"Min-Expires" b"min-expires",
    Require = b"Require" b"require",
    ProxyRequire = b"Proxy-Require" b"proxy-require",
    Supported = b"Supported" b"supported" | b"k",
    Unsupported = b"Unsupported" b"unsupported",
    Allow = b"Allow" b"allow",
    Accept = b"Accept" b"accept",
    AcceptEncoding = b"Accept-Encoding" b"accept-encoding",
    AcceptLanguage = b"Accept-Language" b"accept-language",
    Authorization = b"Authorization" b"authorization",
    WwwAuthenticate = b"WWW-Authenticate" b"www-authenticate",
    AuthenticationInfo = b"Authentication-Info" b"authentication-info",
    ProxyAuthorization = b"Proxy-Authorization" b"proxy-authorization",
    ProxyAuthenticate = b"Proxy-Authenticate" b"proxy-authenticate",
    SessionExpires = b"Session-Expires" b"session-expires" | b"x",
    MinSe = b"Min-SE" b"min-se",
    PAssertedIdentity = b"P-Asserted-Identity" b"p-asserted-identity",
    PPreferredIdentity = b"P-Preferred-Identity" b"p-preferred-identity",
    PCalledPartyId = b"P-Called-Party-ID" b"p-called-party-id",
    PEarlyMedia = b"P-Early-Media" b"p-early-media",
    Privacy = b"Privacy" b"privacy",
    Diversion = b"Diversion" b"diversion",
    HistoryInfo = b"History-Info" b"history-info",
    Reason = b"Reason" b"reason",
    RetryAfter = b"Retry-After" b"retry-after",
    Warning = b"Warning" b"warning",
    UserAgent = b"User-Agent" b"user-agent",
    Server = b"Server" b"server",
    Date = b"Date" b"date",
    Timestamp = b"Timestamp" b"timestamp",
    RSeq = b"RSeq" b"rseq",
    RAck = b"RAck" b"rack",
    Event = b"Event" b"event" | b"o",
    AllowEvents = b"Allow-Events" b"allow-events" | b"u",
    SubscriptionState = b"Subscription-State" b"subscription-state",
    ReferTo = b"Refer-To" b"refer-to" | b"r",
    ReferredBy = b"Referred-By" b"referred-by" | b"b",
    Replaces = b"Replaces" b"replaces",
    Subject = b"Subject" b"subject" | b"s",
    Path = b"Path" b"path",
    ServiceRoute = b"Service-Route" b"service-route",
    AcceptContact = b"Accept-Contact" b"accept-contact" | b"a",
    RejectContact = b"Reject-Contact" b"reject-contact" | b"j",
    RequestDisposition = b"Request-Disposition" b"request-disposition" | b"d",
    Identity = b"Identity" b"identity" | b"y",
    AlertInfo = b"Alert-Info" b"alert-info",
    CallInfo = b"Call-Info" b"call-info",
    MimeVersion = b"MIME-Version" b"mime-version",
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(one), Self::Other(two)) => one.eq_ignore_ascii_case(two),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().escape_ascii().fmt(f)
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_and_full_forms_are_one_name_in_any_case() {
        for (compact, full) in [
            (&b"v"[..], HeaderName::Via),
            (b"F", HeaderName::From),
            (b"t", HeaderName::To),
            (b"i", HeaderName::CallId),
            (b"m", HeaderName::Contact),
            (b"l", HeaderName::ContentLength),
            (b"c", HeaderName::ContentType),
            (b"s", HeaderName::Subject),
            (b"k", HeaderName::Supported),
            (b"x", HeaderName::SessionExpires),
            (b"r", HeaderName::ReferTo),
            (b"b", HeaderName::ReferredBy),
            (b"o", HeaderName::Event),
            (b"u", HeaderName::AllowEvents),
            (b"e", HeaderName::ContentEncoding),
            (b"a", HeaderName::AcceptContact),
            (b"d", HeaderName::RequestDisposition),
            (b"j", HeaderName::RejectContact),
            (b"y", HeaderName::Identity),
        ] {
            assert_eq!(HeaderName::from_bytes(compact), Some(full.clone()));
            let upper = full.as_bytes().to_ascii_uppercase();
            assert_eq!(HeaderName::from_bytes(&upper), Some(full));
        }
    }

    #[test]
    fn an_unknown_name_keeps_its_spelling_and_compares_without_case() {
        let name = HeaderName::from_bytes(b"X-Strange").unwrap();
        assert_eq!(name.as_bytes(), b"X-Strange");
        assert_eq!(name, HeaderName::from_bytes(b"x-sTRANGE").unwrap());
        assert_ne!(name, HeaderName::from_bytes(b"X-Other").unwrap());
        assert_eq!(HeaderName::from_bytes(b"two words"), None);
    }
}
