//! URIs: `sip`, `sips`, `tel` read into parts, every other scheme kept whole (RFC 3261 section 19.1, RFC 3966).

use std::fmt;

use super::host::{Host, parse_host_port};
use super::params::Params;

/// The scheme of a URI, case-insensitive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other, in lower case.
    Other(Vec<u8>),
}

/// Why bytes are no URI.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("malformed URI: {0}")]
pub struct UriFault(pub &'static str);

/// A URI. The fields are a reading of the bytes as received, which alone are written out again.
#[derive(Clone, PartialEq, Eq)]
pub struct Uri {
    raw: Vec<u8>,
    /// The scheme.
    pub scheme: Scheme,
    /// `sip`: the user part without password, escapes untouched, parameters within it included (`0120000000;npdi`).
    /// `tel`: the number with its visual separators.
    pub user: Option<Vec<u8>>,
    /// `sip` alone has one.
    pub host: Option<Host>,
    /// The port, if it is written.
    pub port: Option<u16>,
    /// The parameters; of a `sip` URI those behind the host.
    pub params: Params,
    /// What stands behind the `?`, as received. Never acted on (RFC 3261 section 19.1.5).
    pub headers: Option<Vec<u8>>,
}

impl Uri {
    /// Reads a URI that stands alone: no white space, no angle brackets.
    ///
    /// # Errors
    /// If there is no scheme, or a `sip`, `sips` or `tel` URI is malformed. What follows another scheme is not looked at.
    pub fn parse(bytes: &[u8]) -> Result<Self, UriFault> {
        if bytes.iter().any(|&byte| byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | 0x7f)) {
            return Err(UriFault("white space, a bracket or a quote within it"));
        }
        let colon = bytes.iter().position(|&byte| byte == b':').ok_or(UriFault("no scheme"))?;
        let (scheme, rest) = (&bytes[..colon], &bytes[colon + 1..]);
        let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
            && scheme.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        if !is_scheme {
            return Err(UriFault("no scheme"));
        }
        let mut uri = Self {
            raw: bytes.to_vec(),
            scheme: match scheme {
                _ if scheme.eq_ignore_ascii_case(b"sip") => Scheme::Sip,
                _ if scheme.eq_ignore_ascii_case(b"sips") => Scheme::Sips,
                _ if scheme.eq_ignore_ascii_case(b"tel") => Scheme::Tel,
                other => Scheme::Other(other.to_ascii_lowercase()),
            },
            user: None,
            host: None,
            port: None,
            params: Params::new(),
            headers: None,
        };
        match uri.scheme {
            Scheme::Sip | Scheme::Sips => uri.read_sip(rest)?,
            Scheme::Tel => uri.read_tel(rest)?,
            Scheme::Other(_) => {}
        }
        Ok(uri)
    }

    /// A `sip` URI; bytes of the user that may not stand there are escaped.
    pub fn sip(user: Option<&[u8]>, host: Host, port: Option<u16>) -> Self {
        let mut raw = b"sip:".to_vec();
        let user = user.map(escape_user);
        if let Some(user) = &user {
            raw.extend(user);
            raw.push(b'@');
        }
        raw.extend(host.to_string().into_bytes());
        if let Some(port) = port {
            raw.extend(format!(":{port}").into_bytes());
        }
        Self { raw, scheme: Scheme::Sip, user, host: Some(host), port, params: Params::new(), headers: None }
    }

    /// The same URI with one more parameter; it may not have headers.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
        debug_assert!(self.headers.is_none(), "a parameter behind the headers would be one of them");
        self.raw.push(b';');
        self.raw.extend(name.as_bytes());
        if let Some(value) = value {
            self.raw.push(b'=');
            self.raw.extend(value.as_bytes());
        }
        self.params.push(name, value.map(str::as_bytes));
        self
    }

    /// The URI as received, or as made.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The user part with its escapes resolved, parameters within it included. `null-%00-null` has a NUL in it and is
    /// not cut short there.
    pub fn user_unescaped(&self) -> Vec<u8> {
        unescape(self.user.as_deref().unwrap_or_default())
    }

    /// The telephone number of a `tel` URI or of the user part of a `sip` URI: digits, `*` and `#`, with its `+`,
    /// without visual separators and without the parameters that number portability adds (`;npdi;rn=…`). `None` if the
    /// user is a name.
    pub fn number(&self) -> Option<String> {
        if matches!(self.scheme, Scheme::Other(_)) {
            return None;
        }
        let user = self.user_unescaped();
        let number = user.split(|&byte| byte == b';').next().unwrap_or_default();
        let mut digits = String::with_capacity(number.len());
        for (at, &byte) in number.iter().enumerate() {
            match byte {
                b'0'..=b'9' | b'*' | b'#' => digits.push(char::from(byte)),
                b'+' if at == 0 => digits.push('+'),
                b'-' | b'.' | b'(' | b')' => {}
                _ => return None,
            }
        }
        digits.bytes().any(|byte| byte != b'+').then_some(digits)
    }

    fn read_sip(&mut self, rest: &[u8]) -> Result<(), UriFault> {
        // The user part may hold `;`, `?`, `:` and `,`, so the `@` is looked for first.
        let rest = match rest.iter().position(|&byte| byte == b'@') {
            Some(at) => {
                let user = &rest[..at];
                let end = user.iter().position(|&byte| byte == b':').unwrap_or(user.len());
                if end == 0 {
                    return Err(UriFault("an empty user"));
                }
                self.user = Some(user[..end].to_vec());
                &rest[at + 1..]
            }
            None => rest,
        };
        let rest = match rest.iter().position(|&byte| byte == b'?') {
            Some(at) => {
                self.headers = Some(rest[at + 1..].to_vec());
                &rest[..at]
            }
            None => rest,
        };
        let end = rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len());
        let (host, port) = parse_host_port(&rest[..end]).ok_or(UriFault("no host, or a bad host or port"))?;
        self.host = Some(host);
        self.port = port;
        if let Some(params) = rest.get(end + 1..) {
            self.params = Params::parse_uri(params);
        }
        Ok(())
    }

    fn read_tel(&mut self, rest: &[u8]) -> Result<(), UriFault> {
        let end = rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len());
        let is_number = |byte: &u8| {
            byte.is_ascii_hexdigit() || matches!(byte, b'+' | b'-' | b'.' | b'(' | b')' | b'*' | b'#')
        };
        let number = &rest[..end];
        if number.is_empty() || !number.iter().all(is_number) {
            return Err(UriFault("no telephone number"));
        }
        self.user = Some(number.to_vec());
        if let Some(params) = rest.get(end + 1..) {
            self.params = Params::parse_uri(params);
        }
        Ok(())
    }
}

/// Resolves `%XX`; what is no escape stays.
fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| Some((hex_value(*bytes.get(at + 1)?)?, hex_value(*bytes.get(at + 2)?)?)))
            .flatten();
        match escaped {
            Some((high, low)) => {
                plain.push(high << 4 | low);
                at += 3;
            }
            None => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    plain
}

const fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn escape_user(user: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = Vec::with_capacity(user.len());
    for &byte in user {
        // RFC 3261 section 25.1: unreserved and user-unreserved.
        let plain = byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte);
        if plain {
            escaped.push(byte);
        } else {
            escaped.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    escaped
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The user part is a telephone number more often than not.
        let user = if self.user.is_some() { "***" } else { "" };
        write!(f, "{:?}:{user}@{:?}:{:?}", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        Uri::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_lose_their_separators_and_portability_parameters() {
        for (text, number) in [
            ("tel:+81-3-1234-5678;npdi;rn=+8150", Some("+81312345678")),
            ("tel:0312345678;phone-context=+81", Some("0312345678")),
            ("sip:0120000000;npdi;rn=050@ims.example.ne.jp;user=phone", Some("0120000000")),
            ("sip:%2B81312345678@h", Some("+81312345678")),
            ("sip:*11@127.0.0.1:5060", Some("*11")),
            ("sip:anonymous@anonymous.invalid", None),
            ("sip:+@h", None),
            ("sip:h", None),
            ("mailto:123@h", None),
        ] {
            assert_eq!(uri(text).number().as_deref(), number, "{text}");
        }
    }

    #[test]
    fn the_user_may_hold_nearly_anything() {
        let strange = uri(
            "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
        );
        assert_eq!(strange.user.as_deref(), Some(&b"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"[..]));
        assert_eq!(strange.host, Some(Host::Name(b"example.com".to_vec())));
        assert_eq!(
            uri("sip:user;par=u%40example.net@example.com").user_unescaped(),
            b"user;par=u@example.net"
        );
        assert_eq!(uri("sip:null-%00-null@example.com").user_unescaped(), b"null-\0-null");
        assert_eq!(uri("sip:100%@h").user_unescaped(), b"100%");
    }

    #[test]
    fn parameters_and_headers_stand_apart() {
        let both = uri("sips:u@h:5061;transport=TCP;lr?Route=%3Csip:x%3E");
        assert_eq!((both.scheme.clone(), both.port), (Scheme::Sips, Some(5061)));
        assert_eq!(both.params.get("Transport"), Some(&b"TCP"[..]));
        assert!(both.params.contains("lr"));
        assert_eq!(both.headers.as_deref(), Some(&b"Route=%3Csip:x%3E"[..]));
    }

    #[test]
    fn another_scheme_is_kept_whole() {
        let other = uri("soap.beep://192.0.2.103:3002");
        assert_eq!(other.scheme, Scheme::Other(b"soap.beep".to_vec()));
        assert_eq!(other.raw(), b"soap.beep://192.0.2.103:3002");
    }

    #[test]
    fn malformed_uris_are_refused() {
        for bad in [
            "",
            "sip",
            "sip:",
            "sip:@h",
            "sip:2001:db8::10",
            "<sip:a@b>",
            "sip:a@b c",
            "sip:a@b:x",
            "tel:",
            "tel:x@y",
            "1a:b",
        ] {
            assert!(Uri::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_made_uri_reads_back_the_same() {
        let host = Host::parse(b"[::1]").unwrap();
        for user in [None, Some(&b"seat101"[..]), Some(b"a b\0@\xff")] {
            let made = Uri::sip(user, host.clone(), Some(5070)).with_param("transport", Some("tcp"));
            assert_eq!(Uri::parse(made.raw()), Ok(made.clone()));
            assert_eq!(made.user.as_ref().map(|_| made.user_unescaped()).as_deref(), user);
        }
    }
}
