//! What a seat's phone proves itself with. Passwords are kept as HA1, one for each algorithm (RFC 7616, RFC 8760).

use acd_core::Pii;
use md5::{Digest, Md5};
use sha2::Sha256;

use super::error::{Located, Report};
use super::fields::{Complaint, Fields};
use super::keys;
use super::shell::{DigestAlgorithm, Ha1};

const ALGORITHMS: [DigestAlgorithm; 2] = [DigestAlgorithm::Md5, DigestAlgorithm::Sha256];

/// What `[[seats]]` says of passwords, before it is made each seat's own.
#[derive(Debug)]
pub(super) struct Secrets<'a> {
    pub(super) password: Option<Located<Pii<&'a str>>>,
    algorithms: Vec<DigestAlgorithm>,
    given: Vec<Ha1>,
}

impl Secrets<'_> {
    /// Whether a phone could register with them.
    pub(super) const fn is_empty(&self) -> bool {
        self.password.is_none() && self.given.is_empty()
    }

    /// The HA1s of one seat; `fill` puts the seat's number into the password.
    pub(super) fn of(&self, user: &str, realm: &str, fill: impl Fn(&str) -> String) -> Vec<Ha1> {
        self.password.as_ref().map_or_else(
            || self.given.clone(),
            |password| {
                let password = fill(password.value.reveal());
                self.algorithms.iter().map(|algorithm| ha1(*algorithm, user, realm, &password)).collect()
            },
        )
    }
}

pub(super) fn secrets<'a>(report: &mut Report<'_>, fields: Fields<'a>, seats: usize) -> Secrets<'a> {
    let password =
        fields.text(report, "password").map(|Located { value, at }| Located { value: Pii::new(value), at });
    let algorithms = algorithms(report, fields);
    let mut given = Vec::new();
    if let Some(table) = fields.table(report, "ha1", &keys::HA1) {
        if fields.has("password") {
            report.wrong(table.at(), "there is `ha1` beside `password`", "write one of the two");
        }
        if fields.has("digest") {
            report.wrong(
                fields.at_value("digest"),
                "there is `digest` beside `ha1`, which names its algorithms itself",
                "take `digest` out",
            );
        }
        if !["MD5", "SHA-256"].iter().any(|algorithm| table.has(algorithm)) {
            report.wrong(table.at(), "`ha1` has no hash", "write such as ha1 = { MD5 = \"…\" }");
        }
        if seats > 1 {
            report.wrong(
                table.at(),
                format!("one `ha1` cannot serve {seats} seats, whose users differ"),
                "write `password`, or one [[seats]] a seat",
            );
        }
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Md5] {
            let hex = table.parsed(report, algorithm.as_str(), |text| hex_of(algorithm, text));
            given.extend(hex.map(|hex| Ha1 { algorithm, hex: Pii::new(hex.value) }));
        }
    }
    Secrets { password, algorithms, given }
}

fn algorithms(report: &mut Report<'_>, fields: Fields<'_>) -> Vec<DigestAlgorithm> {
    let mut algorithms = Vec::new();
    let found = fields.parsed_list(report, "digest", |text| {
        ALGORITHMS.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or_else(|| {
            Complaint::new(
                format!("has the unknown algorithm \"{text}\""),
                "use [\"MD5\"] or [\"SHA-256\", \"MD5\"]",
            )
        })
    });
    for Located { value, at } in found {
        if algorithms.contains(&value) {
            report.wrong(at, format!("`digest` has {} twice", value.as_str()), "write it once");
        } else {
            algorithms.push(value);
        }
    }
    if algorithms.is_empty() { vec![DigestAlgorithm::Md5] } else { algorithms }
}

fn ha1(algorithm: DigestAlgorithm, user: &str, realm: &str, password: &str) -> Ha1 {
    let text = format!("{user}:{realm}:{password}");
    let hex = match algorithm {
        DigestAlgorithm::Md5 => hex(&Md5::digest(text)),
        DigestAlgorithm::Sha256 => hex(&Sha256::digest(text)),
    };
    Ha1 { algorithm, hex: Pii::new(hex) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex_of(algorithm: DigestAlgorithm, text: &str) -> Result<String, Complaint> {
    let length = match algorithm {
        DigestAlgorithm::Md5 => 32,
        DigestAlgorithm::Sha256 => 64,
    };
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    // The text is not shown: it may be a password in the wrong place.
    Err(Complaint::new(
        format!("is not {length} hexadecimal digits"),
        "write the hash of user:realm:password, such as from: printf %s 'u:r:p' | md5sum",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes are from `printf %s 'Mufasa:http-auth@example.org:Circle of Life' | md5sum` and `… | sha256sum`,
    /// the user, realm and password of RFC 7616 section 3.9.1.
    #[test]
    fn ha1_is_the_hash_of_user_realm_password() {
        let of =
            |algorithm| ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life").hex.into_inner();
        assert_eq!(of(DigestAlgorithm::Md5), "3d78807defe7de2157e2b0b6573a855f");
        assert_eq!(
            of(DigestAlgorithm::Sha256),
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        );
    }
}
