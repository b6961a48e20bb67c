//! Digest authentication, the server's side (RFC 7616, RFC 8760; RFC 2617 without `qop` for old phones).
//!
//! A nonce is its time of issue, a count, and an HMAC over both, so nothing is kept until an answer to it was right; from
//! then on its nonce counts are kept, so that no answer with a `qop` is taken twice. The `uri` of an answer is hashed as it
//! is written and not compared with the Request-URI, which proxies may change; the method is bound by the hash.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use acd_core::{Pii, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::message::lex::{elements, trim, unquote};
use super::message::{HeaderName, Request};
use crate::limits::NONCES_MAX;

/// A digest algorithm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Algorithm {
    /// `MD5`, for phones that know no other.
    Md5,
    /// `SHA-256`.
    Sha256,
}

impl Algorithm {
    /// The algorithm as a challenge writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The lower-case hexadecimal hash.
    pub fn hex(self, parts: &[&[u8]]) -> String {
        match self {
            Self::Md5 => hex(&joined::<Md5>(parts)),
            Self::Sha256 => hex(&joined::<Sha256>(parts)),
        }
    }
}

/// Hashes the parts with colons between them.
fn joined<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hash.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

/// What is kept of a password: H(user ":" realm ":" password) (RFC 7616 section 3.4.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ha1 {
    /// The hash.
    pub algorithm: Algorithm,
    /// Its lower-case hexadecimal digits.
    pub hex: Pii<String>,
}

impl Ha1 {
    /// From the password itself.
    pub fn new(algorithm: Algorithm, user: &str, realm: &str, password: &str) -> Self {
        let hex = algorithm.hex(&[user.as_bytes(), realm.as_bytes(), password.as_bytes()]);
        Self { algorithm, hex: Pii::new(hex) }
    }
}

/// An Authorization of scheme Digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The user, unquoted; any bytes.
    pub username: Vec<u8>,
    realm: Vec<u8>,
    nonce: Vec<u8>,
    uri: Vec<u8>,
    response: Vec<u8>,
    /// `None`: one that we do not know.
    algorithm: Option<Algorithm>,
    qop: Option<Qop>,
}

#[derive(Clone, PartialEq, Eq)]
struct Qop {
    /// `auth` in any case; another protection is never right, since we do not offer it.
    name: Vec<u8>,
    count: Vec<u8>,
    cnonce: Vec<u8>,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Authorization {
    /// Reads the value of an Authorization header; `None` if it is of another scheme or lacks a part.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let value = trim(value);
        let end = value.iter().position(|byte| byte.is_ascii_whitespace())?;
        if !value[..end].eq_ignore_ascii_case(b"Digest") {
            return None;
        }
        let mut parts: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for element in elements(&value[end..]) {
            let Some(at) = element.iter().position(|&byte| byte == b'=') else { continue };
            let name = trim(&element[..at]).to_ascii_lowercase();
            // A part that is there twice has two meanings.
            if parts.insert(name, unquote(trim(&element[at + 1..]))).is_some() {
                return None;
            }
        }
        let algorithm = match parts.get(&b"algorithm"[..]) {
            None => Some(Algorithm::Md5),
            Some(name) if name.eq_ignore_ascii_case(b"MD5") => Some(Algorithm::Md5),
            Some(name) if name.eq_ignore_ascii_case(b"SHA-256") => Some(Algorithm::Sha256),
            Some(_) => None,
        };
        let mut take = |name: &[u8]| parts.remove(name);
        let qop = match take(b"qop") {
            Some(name) => Some(Qop { name, count: take(b"nc")?, cnonce: take(b"cnonce")? }),
            None => None,
        };
        Some(Self {
            username: take(b"username")?,
            realm: take(b"realm")?,
            nonce: take(b"nonce")?,
            uri: take(b"uri")?,
            response: take(b"response")?,
            algorithm,
            qop,
        })
    }

    /// The response that the right password gives; `None` for a protection that was not offered.
    fn expected(&self, algorithm: Algorithm, ha1: &str, method: &[u8]) -> Option<String> {
        let ha2 = algorithm.hex(&[method, &self.uri]);
        let ha1 = ha1.as_bytes();
        match &self.qop {
            None => Some(algorithm.hex(&[ha1, &self.nonce, ha2.as_bytes()])),
            Some(qop) if qop.name.eq_ignore_ascii_case(b"auth") => {
                let parts = [ha1, &self.nonce, &qop.count, &qop.cnonce, &qop.name, ha2.as_bytes()];
                Some(algorithm.hex(&parts))
            }
            Some(_) => None,
        }
    }
}

/// What an answer to a challenge is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The password is right.
    Accepted,
    /// The password is right, the nonce is not (too old, of another life, or already used): challenge with `stale=true`.
    Stale,
    /// The password is wrong.
    Wrong,
}

/// Challenges and judges answers.
#[derive(Debug)]
pub struct DigestServer {
    realm: String,
    nonce_lifetime: Duration,
    secret: [u8; 32],
    issued: u64,
    /// Nonces with a right answer, by their time of issue and count.
    counts: BTreeMap<(i64, u64), CountsSeen>,
    /// The newest nonce that was forgotten before its time; those up to it are stale.
    forgotten: Option<(i64, u64)>,
}

/// Which nonce counts have been used: the highest, and a bit for each of the 64 up to it, so that requests that overtake
/// each other are all taken once.
#[derive(Clone, Copy, Debug, Default)]
struct CountsSeen {
    highest: u32,
    window: u64,
}

impl CountsSeen {
    /// Takes a count, or says that it was used.
    const fn take(&mut self, count: u32) -> bool {
        if count > self.highest {
            let step = count - self.highest;
            self.window = if step < 64 { self.window << step | 1 } else { 1 };
            self.highest = count;
            return true;
        }
        let age = self.highest - count;
        if age >= 64 || self.window & 1 << age != 0 {
            return false;
        }
        self.window |= 1 << age;
        true
    }
}

impl DigestServer {
    /// A server for a realm. `secret` must be random and is this life's alone.
    pub const fn new(realm: String, nonce_lifetime: Duration, secret: [u8; 32]) -> Self {
        Self { realm, nonce_lifetime, secret, issued: 0, counts: BTreeMap::new(), forgotten: None }
    }

    /// The realm.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The values of the WWW-Authenticate headers, one an algorithm, in the order given (RFC 8760 section 2.4).
    pub fn challenges(&mut self, now: Timestamp, algorithms: &[Algorithm], stale: bool) -> Vec<Vec<u8>> {
        algorithms
            .iter()
            .map(|algorithm| {
                self.issued += 1;
                let nonce = self.nonce((now.as_millis(), self.issued));
                let stale = if stale { ", stale=true" } else { "" };
                let (realm, algorithm) = (&self.realm, algorithm.as_str());
                format!(
                    "Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}"
                )
                .into_bytes()
            })
            .collect()
    }

    /// The first Authorization of a request that is for our realm and of an algorithm that we know.
    pub fn authorization(&self, request: &Request) -> Option<Authorization> {
        request
            .headers
            .get_all(&HeaderName::Authorization)
            .filter_map(Authorization::parse)
            .find(|found| found.realm == self.realm.as_bytes() && found.algorithm.is_some())
    }

    /// Judges an answer by what is kept of the user's password. Takes as long for a user without a password.
    pub fn judge(
        &mut self,
        now: Timestamp,
        authorization: &Authorization,
        method: &[u8],
        ha1: &[Ha1],
    ) -> Verdict {
        let algorithm = authorization.algorithm.unwrap_or(Algorithm::Md5);
        let known = ha1.iter().find(|known| known.algorithm == algorithm);
        let nobody = "00000000000000000000000000000000";
        let hash = known.map_or(nobody, |known| known.hex.reveal().as_str());
        let expected = authorization.expected(algorithm, hash, method).unwrap_or_default();
        let given = authorization.response.to_ascii_lowercase();
        let is_right = bool::from(expected.as_bytes().ct_eq(&given)) && !expected.is_empty();
        if !is_right || known.is_none() {
            return Verdict::Wrong;
        }
        if self.take_nonce(now, authorization) { Verdict::Accepted } else { Verdict::Stale }
    }

    /// Takes the nonce of a right answer, with its count.
    fn take_nonce(&mut self, now: Timestamp, authorization: &Authorization) -> bool {
        let Some(id) = self.nonce_id(&authorization.nonce) else { return false };
        let issued = Timestamp::from_millis(id.0);
        if issued > now || now.since(issued) > self.nonce_lifetime {
            return false;
        }
        let Some(qop) = &authorization.qop else { return true };
        let count = std::str::from_utf8(&qop.count).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
        let Some(count) = count.filter(|&count| count > 0) else { return false };
        if !self.counts.contains_key(&id) {
            if self.forgotten.is_some_and(|forgotten| id <= forgotten) {
                return false;
            }
            self.forget(now);
        }
        self.counts.entry(id).or_default().take(count)
    }

    /// Makes room for one more nonce: those whose time is over go, and beyond the bound the oldest.
    fn forget(&mut self, now: Timestamp) {
        while let Some((&id, _)) = self.counts.first_key_value() {
            let expired = now.since(Timestamp::from_millis(id.0)) > self.nonce_lifetime;
            if !expired && self.counts.len() < NONCES_MAX {
                return;
            }
            self.counts.pop_first();
            if !expired {
                self.forgotten = Some(id);
            }
        }
    }

    fn nonce(&self, id: (i64, u64)) -> String {
        let mut bytes = id.0.to_be_bytes().to_vec();
        bytes.extend(id.1.to_be_bytes());
        let mac = self.mac(&bytes).finalize().into_bytes();
        bytes.extend(&mac[..MAC_BYTES]);
        hex(&bytes)
    }

    /// Time and count of a nonce that is ours.
    fn nonce_id(&self, nonce: &[u8]) -> Option<(i64, u64)> {
        let bytes = unhex(nonce)?;
        let (id, mac) = bytes.split_at_checked(16)?;
        let is_whole = mac.len() == MAC_BYTES;
        if !is_whole || self.mac(id).verify_truncated_left(mac).is_err() {
            return None;
        }
        let (time, count) = id.split_at(8);
        Some((i64::from_be_bytes(time.try_into().ok()?), u64::from_be_bytes(count.try_into().ok()?)))
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .expect("invariant: HMAC takes a key of any length");
        mac.update(b"digest nonce");
        mac.update(bytes);
        mac
    }
}

/// Bytes of the MAC in a nonce: 128 bits cannot be guessed.
const MAC_BYTES: usize = 16;

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests;
