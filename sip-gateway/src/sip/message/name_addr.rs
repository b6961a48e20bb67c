//! `"display" <uri>;params`: From, To, Contact, Route and their kin (RFC 3261 section 20.10).

use std::fmt;

use super::lex::{elements, find_outside, quote, quoted_end, trim, unquote};
use super::params::Params;
use super::uri::Uri;

/// An address with its display name and parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name without quotes and escapes. Bytes in no known charset are kept (carriers send Shift_JIS).
    pub display: Option<Vec<u8>>,
    /// The address.
    pub uri: Uri,
    /// The parameters of the header, never those of the URI.
    pub params: Params,
}

impl NameAddr {
    /// An address without display name and parameters.
    pub const fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::new() }
    }

    /// Reads one address. Without `<>`, everything from the first `;` on belongs to the header. `Err` says what is wrong.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let bytes = trim(bytes);
        let after_quoted = match bytes.first() {
            Some(b'"') => quoted_end(bytes).ok_or("a quote that is never closed")?,
            Some(_) => 0,
            None => return Err("an empty address"),
        };
        match bytes[after_quoted..].iter().position(|&byte| byte == b'<') {
            Some(offset) => {
                let open = after_quoted + offset;
                let close = bytes
                    .iter()
                    .skip(open)
                    .position(|&byte| byte == b'>')
                    .ok_or("a bracket that is never closed")?;
                let params =
                    Params::parse_header(&bytes[open + close + 1..]).ok_or("malformed parameters")?;
                let uri = Uri::parse(trim(&bytes[open + 1..open + close])).map_err(|fault| fault.0)?;
                Ok(Self { display: read_display(&bytes[..open], after_quoted)?, uri, params })
            }
            None if after_quoted > 0 => Err("a display name without an address in <>"),
            None => {
                let end = find_outside(bytes, b";").unwrap_or(bytes.len());
                let address = trim(&bytes[..end]);
                if address.contains(&b'?') || address.contains(&b',') {
                    return Err("a URI with '?' or ',' that is not in <>");
                }
                let uri = Uri::parse(address).map_err(|fault| fault.0)?;
                let params = Params::parse_header(&bytes[end..]).ok_or("malformed parameters")?;
                Ok(Self { display: None, uri, params })
            }
        }
    }

    /// Reads a list of addresses into `found`.
    pub(super) fn parse_list(bytes: &[u8], found: &mut Vec<Self>) -> Result<(), &'static str> {
        for element in elements(bytes) {
            found.push(Self::parse(element)?);
        }
        Ok(())
    }

    /// The tag of a From or To (RFC 3261 section 19.3).
    pub fn tag(&self) -> Option<&[u8]> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// The address as it is written into a header: always with `<>`, the display name quoted.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.uri.raw().len() + 32);
        if let Some(display) = &self.display {
            bytes.extend(quote(display));
            bytes.push(b' ');
        }
        bytes.push(b'<');
        bytes.extend(self.uri.raw());
        bytes.push(b'>');
        self.params.write(&mut bytes);
        bytes
    }
}

fn read_display(before: &[u8], after_quoted: usize) -> Result<Option<Vec<u8>>, &'static str> {
    let before = trim(before);
    if after_quoted > 0 {
        return if after_quoted == before.len() {
            Ok(Some(unquote(before)))
        } else {
            Err("something between the display name and the address")
        };
    }
    if before.iter().any(|&byte| matches!(byte, b'"' | b',' | b';' | b'>' | b':' | b'@' | b'\\')) {
        // Shift_JIS has `\` as second byte of a character; without quotes it cannot be told from an escape.
        return Err("a display name that must be quoted");
    }
    Ok((!before.is_empty()).then(|| before.to_vec()))
}

impl fmt::Debug for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NameAddr")
            .field("uri", &self.uri)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> NameAddr {
        NameAddr::parse(text).unwrap_or_else(|fault| panic!("{}: {fault}", text.escape_ascii()))
    }

    #[test]
    fn a_display_name_cannot_forge_an_address() {
        let address = read(br#""a;tag=evil, <sip:x@y>" <sip:a@b.example>;tag=a1"#);
        assert_eq!(address.uri.raw(), b"sip:a@b.example");
        assert_eq!(address.tag(), Some(&b"a1"[..]));
        assert_eq!(address.display.as_deref(), Some(&b"a;tag=evil, <sip:x@y>"[..]));
    }

    #[test]
    fn without_brackets_parameters_are_the_headers() {
        let address = read(b"sip:a@b.example;tag=a1");
        assert_eq!(address.uri.raw(), b"sip:a@b.example");
        assert_eq!(address.tag(), Some(&b"a1"[..]));
        let spaced = read(b"sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
        assert_eq!(spaced.tag(), Some(&b"1918181833n"[..]));
    }

    #[test]
    fn display_names_come_quoted_bare_and_in_any_charset() {
        assert_eq!(read(b"Dr. Smith <sip:a@b>").display.as_deref(), Some(&b"Dr. Smith"[..]));
        assert_eq!(read(b"caller<sip:a@b>").display.as_deref(), Some(&b"caller"[..]));
        assert_eq!(
            read(b"\"\x8b\x7e\x8b\x7d\" <sip:a@b>;tag=1").display.as_deref(),
            Some(&b"\x8b\x7e\x8b\x7d"[..])
        );
        assert_eq!(
            read(br#""J Rosenberg \\\"" <sip:a@b>"#).display.as_deref(),
            Some(&br#"J Rosenberg \""#[..])
        );
        assert_eq!(read(b"<sip:a@b>").display, None);
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        for text in [&br#""a \"b\\" <sip:a@b;lr>;tag=1;x"#[..], b"sip:a@b;tag=2", b"tel:110", b"X Y <sips:h>"]
        {
            let address = read(text);
            assert_eq!(read(&address.to_bytes()), address);
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for bad in [
            &b""[..],
            br#""Mr. J. User <sip:j.user@example.com>"#,
            b"<sip:a@b",
            b"Bell, Alexander <sip:a@b>",
            b"sip:a@b?Route=%3Csip:c%3E",
            b"\"a\" b <sip:a@b>",
            b"<sip:a@b>x",
            b"<sip:a@b>;;",
            b"<>",
        ] {
            assert!(NameAddr::parse(bad).is_err(), "{}", bad.escape_ascii());
        }
    }
}
