//! The rules and the code agree: every rule that is cited exists, every rule is cited where it is implemented and in a test,
//! every history shows a rule.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use super::tree::SourceFile;

const RULES: &str = "docs/rules.md";
/// The section of which every rule is shown by a history that its readers can check by hand.
const ACCOUNTING: char = 'A';
/// The rooms that are shipped: where rules are implemented.
const PRODUCT: [&str; 6] = ["acd-core", "acd-server", "proto", "recorder", "reports", "sip-gateway"];
/// The room whose tests are of all of them together.
const TOGETHER: &str = "e2e";

/// Reports rules cited that do not exist, rules that no code or no test cites, and what the histories do not show.
pub(crate) fn check(files: &[SourceFile], found: &mut Findings) {
    let Some(rules) = files.iter().find(|file| file.path == RULES).map(|file| rules_of(&file.text)) else {
        found.error(format!("{RULES}: missing; it says what the switch must do"));
        return;
    };
    existing(files, &rules, found);
    implemented_and_tested(files, &rules, found);
    histories(files, &rules, found);
}

/// Reports rules that no source of the product cites, and rules that no test does.
fn implemented_and_tested(files: &[SourceFile], rules: &BTreeMap<char, u32>, found: &mut Findings) {
    let (mut implemented, mut tested) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        let Some(room) = file.room() else { continue };
        let product = PRODUCT.contains(&room);
        let source = file.has_extension("rs");
        let (shipped, tests) = file.shipped_and_tests();
        if product && source && file.path[room.len()..].starts_with("/src/") {
            implemented.extend(shipped.lines().flat_map(citations));
        }
        // What helps tests tests nothing by itself.
        let is_test =
            is_history(file) || (source && (tests.contains("#[test]") || tests.contains("#[tokio::test")));
        if (product || room == TOGETHER) && is_test {
            tested.extend(tests.lines().flat_map(citations));
        }
    }
    let all = rules.iter().flat_map(|(letter, count)| (1..=*count).map(|number| (*letter, number)));
    for (letter, number) in all {
        if !implemented.contains(&(letter, number)) {
            found.error(format!("{RULES}: no source cites R-{letter}{number} where it is implemented"));
        }
        if !tested.contains(&(letter, number)) {
            found.error(format!("{RULES}: no test cites R-{letter}{number}"));
        }
    }
}

fn is_history(file: &SourceFile) -> bool {
    file.path.contains("/tests/scenarios/") && file.has_extension("txt")
}

/// Reports histories whose opening remark says not which rule they show, and rules of the accounting that none shows.
fn histories(files: &[SourceFile], rules: &BTreeMap<char, u32>, found: &mut Findings) {
    let mut shown = BTreeSet::new();
    for file in files.iter().filter(|file| is_history(file)) {
        let head = file.text.lines().take_while(|line| line.starts_with('#'));
        let cited: Vec<_> = head.flat_map(citations).collect();
        if cited.is_empty() {
            found.error(format!("{}: the opening remark says not which rule this shows (R-A1)", file.path));
        }
        shown.extend(cited);
    }
    let count = rules.get(&ACCOUNTING).copied().unwrap_or(0);
    for number in (1..=count).filter(|number| !shown.contains(&(ACCOUNTING, *number))) {
        found.error(format!("{RULES}: no history under tests/scenarios/ shows R-{ACCOUNTING}{number}"));
    }
}

/// Reports rules cited that do not exist.
fn existing(files: &[SourceFile], rules: &BTreeMap<char, u32>, found: &mut Findings) {
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            for (letter, number) in citations(line) {
                if number == 0 || rules.get(&letter).is_none_or(|count| number > *count) {
                    let place = format!("{}:{}", file.path, index + 1);
                    found.error(format!("{place}: there is no rule R-{letter}{number} in {RULES}"));
                }
            }
        }
    }
}

/// How many numbered rules each section `## … (R-X)` has.
fn rules_of(text: &str) -> BTreeMap<char, u32> {
    let mut rules = BTreeMap::new();
    let mut section = None;
    for line in text.lines() {
        if line.starts_with("## ") {
            section = line.split_once("(R-").and_then(|(_, rest)| rest.chars().next());
        } else if let Some(letter) = section
            && let Some(number) = line.split_once(". ").and_then(|(number, _)| number.parse::<u32>().ok())
        {
            let count = rules.entry(letter).or_insert(0);
            *count = number.max(*count);
        }
    }
    rules
}

/// The rules that a line cites, such as `R-L4`. `R-X` names in a heading have no number and are none.
fn citations(line: &str) -> impl Iterator<Item = (char, u32)> {
    line.match_indices("R-").filter_map(|(at, _)| {
        let glued = line[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let mut rest = line[at + 2..].chars();
        let letter = rest.next().filter(char::is_ascii_uppercase)?;
        let digits: String = rest.take_while(char::is_ascii_digit).collect();
        if glued { None } else { Some((letter, digits.parse().ok()?)) }
    })
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

    const TWO_RULES: (&str, &str) =
        (RULES, "## Words\n7. Not a rule.\n## Lines (R-L)\n1. One.\n2. Two, as R-L1.\n");
    const IMPLEMENTED: (&str, &str) = ("acd-core/src/lines.rs", "//! R-L1, R-L2");
    const TESTED: (&str, &str) = ("acd-core/tests/scenarios/lines.txt", "# R-L1, R-L2");

    #[test]
    fn a_rule_that_no_source_of_the_product_cites_is_found() {
        let missing = "docs/rules.md: no source cites R-L2 where it is implemented";
        let of_one = ("acd-core/src/lines.rs", "//! R-L1");
        let elsewhere = [
            ("acd-core/src/lines.rs", "//! R-L1\n#[cfg(test)]\nmod tests {\n// R-L2\n}"),
            ("acd-core/src/lines/tests.rs", "// R-L2"),
            ("acd-core/build.rs", "// R-L2"),
            ("acd-core/src/lines.md", "R-L2"),
            ("sim/src/lib.rs", "// R-L2"),
            ("lib.rs", "// R-L2"),
        ];
        for other in elsewhere {
            assert_eq!(errors(&[TWO_RULES, TESTED, of_one, other]), [missing], "{other:?}");
        }
        for room in PRODUCT {
            let here = format!("{room}/src/a/b.rs");
            assert_eq!(errors(&[TWO_RULES, TESTED, of_one, (&here, "// R-L2")]), [""; 0]);
        }
        let after_tests = ("acd-core/src/x.rs", "#[cfg(test)]\nmod tests;\n// R-L2");
        assert_eq!(errors(&[TWO_RULES, TESTED, of_one, after_tests]), [""; 0]);
    }

    #[test]
    fn a_rule_that_no_test_cites_is_found() {
        let missing = "docs/rules.md: no test cites R-L2";
        let of_one = ("acd-core/tests/scenarios/lines.txt", "# R-L1");
        let elsewhere = [
            ("acd-core/src/x.rs", "// R-L2\n#[cfg(test)]\nmod tests {\n#[test]\n}"),
            ("acd-core/tests/support/mod.rs", "// R-L2"),
            ("acd-core/tests/notes.txt", "# R-L2"),
            ("e2e/src/lib.rs", "// R-L2"),
            ("xtask/src/tidy/tests.rs", "// R-L2\n#[test]"),
        ];
        for other in elsewhere {
            assert_eq!(errors(&[TWO_RULES, IMPLEMENTED, of_one, other]), [missing], "{other:?}");
        }
        let tests = [
            ("acd-core/src/x.rs", "#[cfg(test)]\nmod tests {\n// R-L2\n#[test]\n}"),
            ("reports/src/x/tests.rs", "// R-L2\n#[test]"),
            ("acd-core/tests/x.rs", "// R-L2\n#[test]"),
            ("e2e/tests/x.rs", "// R-L2\n#[tokio::test]"),
            ("acd-core/tests/scenarios/x.txt", "# R-L1\n# R-L2"),
        ];
        for test in tests {
            assert_eq!(errors(&[TWO_RULES, IMPLEMENTED, of_one, test]), [""; 0], "{test:?}");
        }
    }

    #[test]
    fn without_the_rules_nothing_is_sound() {
        assert_eq!(errors(&[IMPLEMENTED]), ["docs/rules.md: missing; it says what the switch must do"]);
    }

    #[test]
    fn a_rule_that_does_not_exist_is_found_where_it_is_cited() {
        let found = errors(&[TWO_RULES, IMPLEMENTED, TESTED, ("a/x.rs", "// R-L2\n// (R-L3, R-Q1)")]);
        assert_eq!(
            found,
            [
                "a/x.rs:2: there is no rule R-L3 in docs/rules.md",
                "a/x.rs:2: there is no rule R-Q1 in docs/rules.md"
            ]
        );
    }

    #[test]
    fn a_history_that_names_no_rule_in_its_opening_remark_is_found() {
        let found = errors(&[
            TWO_RULES,
            IMPLEMENTED,
            TESTED,
            ("a/tests/scenarios/told.txt", "# Somebody calls.\n# R-L2: a line.\ntenant kyoto"),
            ("a/tests/scenarios/untold.txt", "# Somebody calls.\ntenant kyoto\n# R-L2: too late."),
            ("a/tests/scenarios/notes.md", "Of no rule."),
        ]);
        let wanted = "a/tests/scenarios/untold.txt: the opening remark says not which rule this shows (R-A1)";
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn a_rule_of_the_accounting_that_no_history_shows_is_found() {
        let rules = (RULES, "## Lines (R-L)\n1. One.\n## Accounting (R-A): a fold\n1. One.\n2. Two.\n");
        let source = ("reports/src/lib.rs", "// R-L1, R-A1, R-A2");
        let told = ("reports/tests/scenarios/told.txt", "# R-L1, R-A1: a line.\ntenant kyoto\n# R-A2");
        let found = errors(&[rules, source, told]);
        assert_eq!(found, ["docs/rules.md: no history under tests/scenarios/ shows R-A2"]);
    }

    #[test]
    fn other_things_with_r_are_no_citations() {
        let others = ("a/x.rs", "// PCR-L9, R-xx, R-L, 3GPP R-8");
        assert_eq!(errors(&[TWO_RULES, IMPLEMENTED, TESTED, others]), [""; 0]);
    }
}
