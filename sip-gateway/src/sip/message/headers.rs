//! The headers of a message, in order, values as bytes.

use std::fmt;

use super::header_name::HeaderName;
use super::lex::{Elements, elements, find_outside, trim};

/// The headers of a message in the order received. Values are kept as received, apart from folds, which are one space.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers {
    entries: Vec<(HeaderName, Vec<u8>)>,
}

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    pub(super) fn with_capacity(count: usize) -> Self {
        Self { entries: Vec::with_capacity(count) }
    }

    /// Adds a header behind all others. A line end within the value becomes a space, so that no value can end its line.
    pub fn push(&mut self, name: HeaderName, value: impl Into<Vec<u8>>) {
        self.entries.push((name, one_line(value.into())));
    }

    /// Adds a header before all others.
    pub fn push_front(&mut self, name: HeaderName, value: impl Into<Vec<u8>>) {
        self.entries.insert(0, (name, one_line(value.into())));
    }

    /// Adds a value that was read from one line.
    pub(super) fn push_read(&mut self, name: HeaderName, value: Vec<u8>) {
        self.entries.push((name, value));
    }

    /// Replaces all headers of that name by one, where the first stood.
    pub fn set(&mut self, name: HeaderName, value: impl Into<Vec<u8>>) {
        let at = self.entries.iter().position(|(known, _)| *known == name);
        self.remove(&name);
        let at = at.unwrap_or(self.entries.len());
        self.entries.insert(at, (name, one_line(value.into())));
    }

    /// Removes all headers of that name.
    pub fn remove(&mut self, name: &HeaderName) {
        self.entries.retain(|(known, _)| known != name);
    }

    /// The first value of that name, trimmed.
    pub fn get(&self, name: &HeaderName) -> Option<&[u8]> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The values of that name, one a header line.
    pub fn get_all<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.entries.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The comma-separated elements over all headers of that name, quotes and `<>` respected, empty ones left out.
    pub fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name)
            .flat_map(elements as fn(&'a [u8]) -> Elements<'a>)
            .filter(|element| !element.is_empty())
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &[u8])> {
        self.entries.iter().map(|(name, value)| (name, value.as_slice()))
    }

    /// How many header lines there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every Via element in order, as received.
    pub fn vias_raw(&self) -> impl Iterator<Item = &[u8]> {
        self.values(&HeaderName::Via)
    }

    /// Replaces the first Via element and leaves the others as they are. Without any Via, adds one.
    pub fn replace_top_via(&mut self, element: &[u8]) {
        match self.first_mut(&HeaderName::Via) {
            Some(value) => {
                let rest = find_outside(value, b",").map(|comma| value.split_off(comma)).unwrap_or_default();
                *value = one_line(element.to_vec());
                value.extend(rest);
            }
            None => self.push_front(HeaderName::Via, element),
        }
    }

    /// Removes the first Via element and leaves the others as they are.
    pub fn remove_top_via(&mut self) {
        let Some(at) = self.entries.iter().position(|(name, _)| *name == HeaderName::Via) else { return };
        let value = &mut self.entries[at].1;
        match find_outside(value, b",") {
            Some(comma) => *value = trim(&value[comma + 1..]).to_vec(),
            None => drop(self.entries.remove(at)),
        }
    }

    /// The first value of that name, to append to.
    pub(super) fn first_mut(&mut self, name: &HeaderName) -> Option<&mut Vec<u8>> {
        self.entries.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn one_line(mut value: Vec<u8>) -> Vec<u8> {
    if memchr::memchr2(b'\r', b'\n', &value).is_some() {
        for byte in &mut value {
            if matches!(byte, b'\r' | b'\n') {
                *byte = b' ';
            }
        }
    }
    value
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values hold numbers and names of people.
        f.debug_list().entries(self.entries.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vias() -> Headers {
        let mut headers = Headers::new();
        headers.push(HeaderName::From, "f");
        headers.push(HeaderName::Via, "a;x=\"1,2\", b");
        headers.push(HeaderName::Via, "c");
        headers
    }

    fn raw(headers: &Headers) -> Vec<&[u8]> {
        headers.vias_raw().collect()
    }

    #[test]
    fn vias_are_split_over_lines_and_commas() {
        assert_eq!(raw(&vias()), [&b"a;x=\"1,2\""[..], b"b", b"c"]);
    }

    #[test]
    fn the_top_via_can_be_replaced_and_removed_alone() {
        let mut headers = vias();
        headers.replace_top_via(b"z");
        assert_eq!(raw(&headers), [&b"z"[..], b"b", b"c"]);
        headers.remove_top_via();
        headers.remove_top_via();
        assert_eq!(raw(&headers), [&b"c"[..]]);
        headers.remove_top_via();
        headers.remove_top_via();
        assert_eq!(raw(&headers).len(), 0);
        headers.replace_top_via(b"y");
        assert_eq!(headers.iter().next(), Some((&HeaderName::Via, &b"y"[..])));
    }

    #[test]
    fn set_replaces_all_and_keeps_the_place() {
        let mut headers = vias();
        headers.set(HeaderName::Via, "only");
        headers.set(HeaderName::To, "t");
        let names: Vec<&HeaderName> = headers.iter().map(|(name, _)| name).collect();
        assert_eq!(names, [&HeaderName::From, &HeaderName::Via, &HeaderName::To]);
    }

    #[test]
    fn no_value_can_end_its_line() {
        let mut headers = Headers::new();
        headers.push(HeaderName::Subject, "a\r\nEvil: 1");
        assert_eq!(headers.get(&HeaderName::Subject), Some(&b"a  Evil: 1"[..]));
    }
}
