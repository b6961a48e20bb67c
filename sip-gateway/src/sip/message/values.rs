//! What headers are read into.

use super::header_name::HeaderName;
use super::method::Method;
use super::name_addr::NameAddr;

/// A header that is missing or malformed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("header {header}: {what}")]
pub struct HeaderFault {
    /// Which header.
    pub header: HeaderName,
    /// What is wrong with it.
    pub what: &'static str,
}

/// A CSeq (RFC 3261 section 20.16).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CSeq {
    /// The number, below 2^31.
    pub number: u32,
    /// The method.
    pub method: Method,
}

/// An RAck (RFC 3262 section 7.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RAck {
    /// The RSeq of the response that is acknowledged.
    pub rseq: u32,
    /// Its CSeq.
    pub cseq: CSeq,
}

/// The Contacts of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ContactList {
    /// `*`: all bindings (RFC 3261 section 10.2.2).
    Any,
    /// Addresses, perhaps none.
    List(Vec<NameAddr>),
}

/// Who refreshes a session (RFC 4028 section 5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refresher {
    /// The one who sent the request.
    Uac,
    /// The one who answers it.
    Uas,
}

/// A Session-Expires (RFC 4028 section 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionExpires {
    /// The interval.
    pub seconds: u32,
    /// Who refreshes, if it is said.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// The value as it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let refresher = match self.refresher {
            None => "",
            Some(Refresher::Uac) => ";refresher=uac",
            Some(Refresher::Uas) => ";refresher=uas",
        };
        format!("{}{refresher}", self.seconds).into_bytes()
    }
}
