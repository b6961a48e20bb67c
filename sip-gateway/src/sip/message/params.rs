//! Parameters of headers and URIs: `;name=value`, names case-insensitive, values as received.

use std::fmt;

use super::lex::{elements_by, find_outside, is_token, quoted_end, trim, unquote};

/// Parameters in the order received. A name that is there twice counts by its first.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Params {
    entries: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Reads the parameters of a header, from the first `;` on. White space around `;` and `=` is allowed, values may
    /// be quoted. `None` if a name or a value is malformed.
    pub(super) fn parse_header(bytes: &[u8]) -> Option<Self> {
        let bytes = trim(bytes);
        if bytes.is_empty() {
            return Some(Self::new());
        }
        let bytes = bytes.strip_prefix(b";")?;
        let mut entries = Vec::new();
        for element in elements_by(bytes, b";") {
            let (name, value) = match find_outside(element, b"=") {
                Some(at) => (trim(&element[..at]), Some(trim(&element[at + 1..]))),
                None => (element, None),
            };
            if !is_token(name) || !value.is_none_or(is_header_value) {
                return None;
            }
            entries.push((name.to_vec(), value.map(<[u8]>::to_vec)));
        }
        Some(Self { entries })
    }

    /// Reads the parameters of a URI, without the first `;`. They have no white space and no quotes; what is in them
    /// stays as received.
    pub(super) fn parse_uri(bytes: &[u8]) -> Self {
        let entries = bytes
            .split(|&byte| byte == b';')
            .filter(|element| !element.is_empty())
            .map(|element| match element.iter().position(|&byte| byte == b'=') {
                Some(at) => (element[..at].to_vec(), Some(element[at + 1..].to_vec())),
                None => (element.to_vec(), None),
            })
            .collect();
        Self { entries }
    }

    /// Whether there is such a parameter, with a value or without.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The value as received, quotes included; empty for a parameter without one.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.find(name).map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    /// The value without quotes and their escapes; empty for a parameter without one.
    pub fn get_unquoted(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).map(unquote)
    }

    /// Adds a parameter behind the others.
    pub fn push(&mut self, name: &str, value: Option<&[u8]>) {
        self.entries.push((name.as_bytes().to_vec(), value.map(<[u8]>::to_vec)));
    }

    /// Sets the first parameter of that name, or adds one.
    pub fn set(&mut self, name: &str, value: Option<&[u8]>) {
        let found = self.entries.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        match found {
            Some((_, known)) => *known = value.map(<[u8]>::to_vec),
            None => self.push(name, value),
        }
    }

    /// Removes all parameters of that name.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|(known, _)| !known.eq_ignore_ascii_case(name.as_bytes()));
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.entries.iter().map(|(name, value)| (name.as_slice(), value.as_deref()))
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Appends `;name=value` for each.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        for (name, value) in &self.entries {
            bytes.push(b';');
            bytes.extend(name);
            if let Some(value) = value {
                bytes.push(b'=');
                bytes.extend(value);
            }
        }
    }

    fn find(&self, name: &str) -> Option<&(Vec<u8>, Option<Vec<u8>>)> {
        self.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may hold numbers (rn=, isub=), so names alone are printed.
        f.debug_list().entries(self.entries.iter().map(|(name, _)| name.escape_ascii().to_string())).finish()
    }
}

/// A quoted string to its very end, or any run of bytes that cannot end the parameter.
fn is_header_value(value: &[u8]) -> bool {
    match value.first() {
        None => true,
        Some(b'"') => quoted_end(value) == Some(value.len()),
        Some(_) => value.iter().all(|&byte| !matches!(byte, b'"' | b'<' | b'>' | b',' | b' ' | b'\t' | 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_case_do_not_matter() {
        let params = Params::parse_header(b" ;  TAG   = abc ; flag;q=\"a;b\"").unwrap();
        assert_eq!(params.get("tag"), Some(&b"abc"[..]));
        assert_eq!(params.get("flag"), Some(&b""[..]));
        assert_eq!(params.get_unquoted("Q"), Some(b"a;b".to_vec()));
        assert_eq!(params.get("none"), None);
    }

    #[test]
    fn empty_and_broken_parameters_are_refused() {
        for bad in [&b";;"[..], b";a;", b"a", b";=b", b";a=\"b", b";a=b c", b";a=b,c"] {
            assert_eq!(Params::parse_header(bad), None, "{}", bad.escape_ascii());
        }
    }
}
