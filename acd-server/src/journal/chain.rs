//! The chain of checksums. SHA-256, since what is to convince an inspector should be recomputable with the tools of
//! any system; it is far faster than the disk. Each link is the hash of lines of text: the checksum before it, then
//! the row's columns, so `printf '%s\n' … | sha256sum` gives the same.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The checksum of a row: 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Checksum(String);

impl Checksum {
    /// What the first row of a journal follows.
    pub(super) fn genesis() -> Self {
        Self("0".repeat(64))
    }

    /// As a column has it; equal to no computed one if it is not a checksum.
    pub(super) const fn stored(text: String) -> Self {
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The columns of a record that its checksum covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordLink<'a> {
    pub(super) seq: u64,
    pub(super) time_ms: i64,
    pub(super) kind: &'a str,
    pub(super) input: &'a str,
    /// The last fact of this record or of one before it; 0 before the first.
    pub(super) last_fact: u64,
    /// That fact's checksum.
    pub(super) facts: &'a Checksum,
}

impl RecordLink<'_> {
    pub(super) fn after(self, previous: &Checksum) -> Checksum {
        let Self { seq, time_ms, kind, input, last_fact, facts } = self;
        link(format_args!("{}\n{seq}\n{time_ms}\n{kind}\n{input}\n{last_fact}\n{}\n", previous.0, facts.0))
    }
}

/// The columns of a fact that its checksum covers; the others repeat what is in its JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct FactLink<'a> {
    pub(super) seq: u64,
    pub(super) record: u64,
    pub(super) time_ms: i64,
    /// Hides the content from who would try what it might have been; facts of before it was kept have none.
    pub(super) salt: Option<&'a str>,
    pub(super) json: &'a str,
}

impl FactLink<'_> {
    pub(super) fn after(self, previous: &Checksum) -> Checksum {
        let Self { seq, record, time_ms, salt, json } = self;
        match salt {
            None => link(format_args!("{}\n{seq}\n{record}\n{time_ms}\n{json}\n", previous.0)),
            Some(salt) => link(format_args!("{}\n{seq}\n{record}\n{time_ms}\n{salt}\n{json}\n", previous.0)),
        }
    }
}

/// A new fact's salt: 128 bits, in hexadecimal.
///
/// # Errors
/// If the system has no random numbers.
pub(super) fn new_salt() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hexadecimal(bytes))
}

/// The columns of a segment that its checksum covers. It is a link between two records.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentLink<'a> {
    pub(super) id: u64,
    pub(super) first_record: u64,
    pub(super) first_fact: u64,
    pub(super) started_ms: i64,
    pub(super) core_version: &'a str,
    pub(super) plan: &'a str,
    pub(super) snapshot: &'a str,
}

impl SegmentLink<'_> {
    pub(super) fn after(self, previous: &Checksum) -> Checksum {
        let Self { id, first_record, first_fact, started_ms, core_version, plan, snapshot } = self;
        link(format_args!(
            "{}\n{id}\n{first_record}\n{first_fact}\n{started_ms}\n{core_version}\n{plan}\n{snapshot}\n",
            previous.0
        ))
    }
}

fn link(lines: std::fmt::Arguments<'_>) -> Checksum {
    struct Hashed(Sha256);

    impl Write for Hashed {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }

    let mut hashed = Hashed(Sha256::new());
    hashed.write_fmt(lines).expect("invariant: writing into a hash cannot fail");
    Checksum(hexadecimal(hashed.0.finalize()))
}

fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_what_sha256sum_says_of_the_lines() {
        // printf '%064d\n1\n1\n0\n{"fact":"node_started"}\n' 0 | sha256sum
        let fact = FactLink { seq: 1, record: 1, time_ms: 0, salt: None, json: r#"{"fact":"node_started"}"# };
        assert_eq!(
            fact.after(&Checksum::genesis()).as_str(),
            "7ba7b728e57c39ed18567d61e2707301a43867dfe96cd629ce421969ad85efc4"
        );
        // printf '%064d\n1\n1\n0\n00ff\n{"fact":"node_started"}\n' 0 | sha256sum
        assert_eq!(
            FactLink { salt: Some("00ff"), ..fact }.after(&Checksum::genesis()).as_str(),
            "86d238f21abebef882f919bac27b3dc0ad03c579186ad6bf71a1d2b4766be7e5"
        );
    }
}
