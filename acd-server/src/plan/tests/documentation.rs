//! `docs/plan.md` has a section for each table and a row for each key, and no row for a key that there is not.

use crate::plan::SECTIONS;

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/plan.md"));

/// The keys that the rows of a section name.
fn documented(section: &str) -> Vec<&'static str> {
    let heading = format!("## `{section}`");
    let mut lines = DOCUMENT.lines().skip_while(|line| *line != heading);
    assert!(lines.next().is_some(), "docs/plan.md has no heading {heading:?}");
    lines
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(key, _)| key))
        .collect()
}

#[test]
fn every_key_is_documented_and_every_documented_key_exists() {
    for section in SECTIONS {
        assert_eq!(documented(section.name), section.keys, "docs/plan.md, section {}", section.name);
    }
}

#[test]
fn every_limit_that_the_document_names_exists() {
    let limits = include_str!("../limits.rs");
    let named = DOCUMENT.split('`').filter(|word| {
        word.len() > 4
            && word.contains('_')
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    });
    for name in named {
        let in_core = ["SEATS_MAX", "TENANTS_MAX", "POOLS_MAX"].contains(&name);
        assert!(in_core || limits.contains(&format!("pub const {name}:")), "docs/plan.md names {name}");
    }
}
