//! Every bound stands in the `limits.rs` of its crate.

use std::collections::BTreeSet;

use super::Findings;
use super::tree::SourceFile;

/// Rooms of the product that hold something which must be bounded.
const BOUNDED: [&str; 4] = ["acd-core", "sip-gateway", "recorder", "acd-server"];

/// Reports constants named `…_MAX` outside `limits.rs`, and bounded rooms without one.
pub(crate) fn check(files: &[SourceFile], found: &mut Findings) {
    for file in files.iter().filter(|file| file.has_extension("rs") && file.name() != "limits.rs") {
        // Tests may bound what they do where they do it.
        let (shipped, _) = file.shipped_and_tests();
        for (index, line) in shipped.lines().enumerate() {
            if let Some(name) = constant(line).filter(|name| name.ends_with("_MAX")) {
                let place = format!("{}:{}", file.path, index + 1);
                found.error(format!(
                    "{place}: the bound {name} belongs into the crate's limits.rs, with its reason"
                ));
            }
        }
    }
    let rooms: BTreeSet<_> = files.iter().filter_map(SourceFile::room).collect();
    for room in BOUNDED.into_iter().filter(|room| rooms.contains(room)) {
        let own = format!("{room}/src/");
        if !files.iter().any(|file| file.path.starts_with(&own) && file.name() == "limits.rs") {
            found.error(format!(
                "{room}: no limits.rs; everything has a bound, and the bounds stand in one file"
            ));
        }
    }
}

/// The name of the constant that a line declares for its module; one within a function is a detail of that function.
fn constant(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) => {
            rest.strip_prefix("(crate)").or(rest.strip_prefix("(super)")).unwrap_or(rest).trim_start()
        }
        None => line,
    };
    line.strip_prefix("const ")?.split(':').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| SourceFile { path: (*path).into(), text: (*text).into() })
            .collect();
        let mut found = Findings::default();
        check(&files, &mut found);
        found.errors
    }

    #[test]
    fn a_bound_away_from_home_is_found() {
        let found = errors(&[("sim/src/call.rs", "//! Calls.\npub(crate) const CALLS_MAX: usize = 3;\n")]);
        assert_eq!(
            found,
            ["sim/src/call.rs:2: the bound CALLS_MAX belongs into the crate's limits.rs, with its reason"]
        );
    }

    #[test]
    fn a_bound_at_home_or_in_a_test_is_fine() {
        assert_eq!(errors(&[("sim/src/limits.rs", "pub const CALLS_MAX: usize = 3;")]), [""; 0]);
        assert_eq!(
            errors(&[("sim/src/a.rs", "#[cfg(test)]\nmod tests {\nconst CALLS_MAX: u8 = 3;\n}")]),
            [""; 0]
        );
        assert_eq!(
            errors(&[("sim/src/a.rs", "const MAX: u8 = 3;\nfn a() {\n    const B_MAX: u8 = 1;\n}")]),
            [""; 0]
        );
    }

    #[test]
    fn a_bounded_room_without_limits_is_named() {
        assert_eq!(errors(&[("recorder/src/lib.rs", "//! Recordings.")]).len(), 1);
        assert_eq!(errors(&[("recorder/src/lib.rs", ""), ("recorder/src/limits.rs", "")]), [""; 0]);
    }
}
