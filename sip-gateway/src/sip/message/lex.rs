//! Small readers of the SIP grammar (RFC 3261 section 25.1) over bytes.

/// Whether the byte may stand in a token.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// Whether the bytes are a token, at least one byte long.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

/// Whether the byte is linear white space; folds are gone once a header has been read.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The bytes without white space at both ends.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_space(*last)
    {
        bytes = rest;
    }
    bytes
}

/// A number of digits alone, leading zeros included.
pub(crate) enum Digits {
    /// It fits.
    Value(u32),
    /// All digits, but more than 32 bits hold.
    TooLarge,
    /// No number.
    Invalid,
}

/// Reads a number.
pub(crate) fn digits(bytes: &[u8]) -> Digits {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Digits::Invalid;
    }
    let mut value: u32 = 0;
    for byte in bytes {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(u32::from(byte - b'0')));
        match next {
            Some(next) => value = next,
            None => return Digits::TooLarge,
        }
    }
    Digits::Value(value)
}

/// A number that must fit 32 bits.
pub(crate) fn number(bytes: &[u8]) -> Option<u32> {
    match digits(bytes) {
        Digits::Value(value) => Some(value),
        Digits::TooLarge | Digits::Invalid => None,
    }
}

/// A port: digits, at most 65535.
pub(crate) fn port(bytes: &[u8]) -> Option<u16> {
    number(bytes).and_then(|port| u16::try_from(port).ok())
}

/// Where a quoted string that begins at `bytes[0]` ends: the index after its closing quote.
pub(crate) fn quoted_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The content of a quoted string without its quotes and escapes; other bytes as they are.
pub(crate) fn unquote(bytes: &[u8]) -> Vec<u8> {
    let Some(inner) = bytes.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return bytes.to_vec();
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => plain.extend(bytes.next()),
            _ => plain.push(byte),
        }
    }
    plain
}

/// The bytes as a quoted string. Line ends become spaces, since no quoted string may hold one.
pub(crate) fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(bytes.len() + 2);
    quoted.push(b'"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b'\r' | b'\n' => quoted.push(b' '),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}

/// The index of the first of `separators` outside quoted strings and `<…>`.
///
/// A quote that is never closed hides the rest, so the whole becomes one element and its reader refuses it.
pub(crate) fn find_outside(bytes: &[u8], separators: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut in_angles = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if !in_angles => {
                at += quoted_end(&bytes[at..])?;
                continue;
            }
            b'<' => in_angles = true,
            b'>' => in_angles = false,
            _ if !in_angles && separators.contains(&byte) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Iterates over the trimmed elements between separators outside quotes and `<…>`, empty ones included.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    rest: Option<&'a [u8]>,
    separators: &'static [u8],
}

/// The elements of a comma-separated list.
pub(crate) const fn elements(bytes: &[u8]) -> Elements<'_> {
    Elements { rest: Some(bytes), separators: b"," }
}

/// The elements between any of `separators`.
pub(crate) const fn elements_by<'a>(bytes: &'a [u8], separators: &'static [u8]) -> Elements<'a> {
    Elements { rest: Some(bytes), separators }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        match find_outside(rest, self.separators) {
            Some(at) => {
                self.rest = Some(&rest[at + 1..]);
                Some(trim(&rest[..at]))
            }
            None => {
                self.rest = None;
                Some(trim(rest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_mind_quotes_escapes_and_angles() {
        let list = br#" "a, \"b" <sip:x,y@z>;p="1,2" , c,"#;
        let found: Vec<&[u8]> = elements(list).collect();
        assert_eq!(found, [&br#""a, \"b" <sip:x,y@z>;p="1,2""#[..], b"c", b""]);
    }

    #[test]
    fn an_open_quote_hides_the_rest() {
        assert_eq!(elements(b"\"a, b").count(), 1);
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        for text in [&b""[..], b"plain", br#"with " and \"#, b"\xff\x00"] {
            assert_eq!(unquote(&quote(text)), text);
        }
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(number(b"0000000009"), Some(9));
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        for bad in [&b""[..], b"-1", b"+1", b"1 ", b"4294967296", b"1a"] {
            assert_eq!(number(bad), None);
        }
        assert_eq!(port(b"65536"), None);
    }
}
