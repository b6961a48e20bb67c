//! Methods: an open set, case-sensitive (RFC 3261 section 7.1).

use std::fmt;

use super::lex::is_token;

macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// What a request asks for.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Method {
            $($(#[$doc])* $variant,)*
            /// A method that is none of the above, as received.
            Other(Box<[u8]>),
        }

        impl Method {
            /// The method of these bytes; `None` if they are no token. Nothing is unescaped: `RE%47IST%45R` is not REGISTER.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                $(if bytes == $text {
                    return Some(Self::$variant);
                })*
                is_token(bytes).then(|| Self::Other(bytes.into()))
            }

            /// The method as it is written.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(bytes) => bytes,
                }
            }
        }
    };
}

methods! {
    /// RFC 3261.
    Invite = b"INVITE",
    /// RFC 3261.
    Ack = b"ACK",
    /// RFC 3261.
    Bye = b"BYE",
    /// RFC 3261.
    Cancel = b"CANCEL",
    /// RFC 3261.
    Options = b"OPTIONS",
    /// RFC 3261.
    Register = b"REGISTER",
    /// RFC 3311.
    Update = b"UPDATE",
    /// RFC 3262.
    Prack = b"PRACK",
    /// RFC 6086.
    Info = b"INFO",
    /// RFC 3515.
    Refer = b"REFER",
    /// RFC 6665.
    Subscribe = b"SUBSCRIBE",
    /// RFC 6665.
    Notify = b"NOTIFY",
    /// RFC 3428.
    Message = b"MESSAGE",
    /// RFC 3903.
    Publish = b"PUBLISH",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().escape_ascii().fmt(f)
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_case_sensitive_tokens() {
        assert_eq!(Method::from_bytes(b"INVITE"), Some(Method::Invite));
        assert_eq!(Method::from_bytes(b"invite"), Some(Method::Other(b"invite"[..].into())));
        assert_eq!(Method::from_bytes(b"IN VITE"), None);
        assert_eq!(Method::from_bytes(b""), None);
        assert_eq!(Method::from_bytes(b"RE%47IST%45R").unwrap().as_bytes(), b"RE%47IST%45R");
    }
}
