//! What every message must have (RFC 3261 sections 8.1.1, 8.2.2 and 20; RFC 4475 section 3).

use super::header_name::HeaderName;
use super::headers::Headers;
use super::parse::{Fault, bad};
use super::uri::Uri;
use super::values::CSeq;
use super::{Request, Response};
use crate::limits::VIAS_MAX;

impl Request {
    /// The checks that hold for every request; an element that is no registrar, no UAS and no proxy could make them.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let cseq = check_common(&self.headers)?;
        if cseq.method != self.method {
            return Err(bad("CSeq names another method"));
        }
        self.headers.max_forwards().map_err(|_| bad("Malformed Max-Forwards"))?;
        Uri::parse(&self.uri).map_err(|_| bad("Malformed Request-URI"))?;
        Ok(())
    }
}

impl Response {
    pub(super) fn check(&self) -> Result<(), Fault> {
        check_common(&self.headers).map(drop)
    }
}

fn check_common(headers: &Headers) -> Result<CSeq, Fault> {
    let mut single = Singles::default();
    for (name, _) in headers.iter() {
        single.count(name)?;
    }
    if headers.vias_raw().take(VIAS_MAX + 1).count() > VIAS_MAX {
        return Err(Fault { status: 513, reason: "Too Many Vias" });
    }
    headers.top_via().map_err(|_| bad("Missing or malformed Via"))?;
    headers.from().map_err(|_| bad("Missing or malformed From"))?;
    headers.to().map_err(|_| bad("Missing or malformed To"))?;
    headers.call_id().map_err(|_| bad("Missing or malformed Call-ID"))?;
    headers.cseq().map_err(|_| bad("Missing or malformed CSeq"))
}

/// Headers that may be there only once; two of them are two meanings (RFC 4475 section 3.3.8).
#[derive(Default)]
struct Singles {
    from: bool,
    to: bool,
    call_id: bool,
    cseq: bool,
    max_forwards: bool,
    content_type: bool,
}

impl Singles {
    fn count(&mut self, name: &HeaderName) -> Result<(), Fault> {
        let (seen, reason) = if *name == HeaderName::From {
            (&mut self.from, "Two From headers")
        } else if *name == HeaderName::To {
            (&mut self.to, "Two To headers")
        } else if *name == HeaderName::CallId {
            (&mut self.call_id, "Two Call-ID headers")
        } else if *name == HeaderName::CSeq {
            (&mut self.cseq, "Two CSeq headers")
        } else if *name == HeaderName::MaxForwards {
            (&mut self.max_forwards, "Two Max-Forwards headers")
        } else if *name == HeaderName::ContentType {
            (&mut self.content_type, "Two Content-Type headers")
        } else {
            return Ok(());
        };
        if std::mem::replace(seen, true) { Err(bad(reason)) } else { Ok(()) }
    }
}
