//! The papers and the code agree: every folder is on the code map, every rule that is cited exists, every history shows a
//! rule.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use super::tree::SourceFile;

const MAP: &str = "ARCHITECTURE.md";
const RULES: &str = "docs/rules.md";
/// The section of which every rule is shown by a history that its readers can check by hand.
const ACCOUNTING: char = 'A';

/// Reports folders missing from the code map, and rules cited that do not exist.
pub(crate) fn check(files: &[SourceFile], found: &mut Findings) {
    folders(files, found);
    cited_rules(files, found);
    scenarios(files, found);
}

/// Reports histories whose opening remark says not which rule they show, and rules of the accounting that none shows.
fn scenarios(files: &[SourceFile], found: &mut Findings) {
    let histories =
        files.iter().filter(|it| it.path.contains("/tests/scenarios/") && it.has_extension("txt"));
    let mut shown = BTreeSet::new();
    for file in histories {
        let head = file.text.lines().take_while(|line| line.starts_with('#'));
        let cited: Vec<_> = head.flat_map(citations).collect();
        if cited.is_empty() {
            found.error(format!("{}: the opening remark says not which rule this shows (R-A1)", file.path));
        }
        shown.extend(cited);
    }
    let Some(rules) = files.iter().find(|file| file.path == RULES) else { return };
    let count = rules_of(&rules.text).get(&ACCOUNTING).copied().unwrap_or(0);
    for number in (1..=count).filter(|number| !shown.contains(&(ACCOUNTING, *number))) {
        found.error(format!("{RULES}: no history under tests/scenarios/ shows R-{ACCOUNTING}{number}"));
    }
}

fn folders(files: &[SourceFile], found: &mut Findings) {
    let Some(map) = files.iter().find(|file| file.path == MAP) else {
        found.error(format!("{MAP}: missing; it says what each folder is for"));
        return;
    };
    let (_, map) = map.text.split_once("## Code map").unwrap_or_default();
    let map = map.split("\n## ").next().unwrap_or_default();
    let rooms: BTreeSet<_> = files.iter().filter_map(SourceFile::room).collect();
    for room in rooms.into_iter().filter(|room| !room.starts_with('.')) {
        if !map.contains(&format!("`{room}/")) {
            found.error(format!("{MAP}: the code map does not say what `{room}/` is"));
        }
    }
}

fn cited_rules(files: &[SourceFile], found: &mut Findings) {
    let Some(rules) = files.iter().find(|file| file.path == RULES).map(|file| rules_of(&file.text)) else {
        return;
    };
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

    const MAP_OF_A: (&str, &str) =
        (MAP, "## Code map\n| `a/src/` | a |\n| `docs/` | papers |\n\n## Threads\n`b/`\n");
    const TWO_RULES: (&str, &str) =
        (RULES, "## Words\n7. Not a rule.\n## Lines (R-L)\n1. One.\n2. Two, as R-L1.\n");

    #[test]
    fn a_folder_that_is_only_named_elsewhere_is_not_on_the_map() {
        let found = errors(&[MAP_OF_A, ("a/x.rs", ""), ("b/x.rs", ""), (".ci/x.sh", "")]);
        assert_eq!(found, ["ARCHITECTURE.md: the code map does not say what `b/` is"]);
    }

    #[test]
    fn a_rule_that_does_not_exist_is_found_where_it_is_cited() {
        let found = errors(&[MAP_OF_A, TWO_RULES, ("a/x.rs", "// R-L2\n// (R-L3, R-Q1)")]);
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
        let map: (&str, &str) = (MAP, "## Code map\n`a/tests/scenarios/` `docs/`\n");
        let found = errors(&[
            map,
            TWO_RULES,
            ("a/tests/scenarios/told.txt", "# Somebody calls.\n# R-L2: a line.\ntenant kyoto"),
            ("a/tests/scenarios/untold.txt", "# Somebody calls.\ntenant kyoto\n# R-L2: too late."),
            ("a/tests/scenarios/notes.md", "Of no rule."),
        ]);
        let wanted = "a/tests/scenarios/untold.txt: the opening remark says not which rule this shows (R-A1)";
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn a_rule_of_the_accounting_that_no_history_shows_is_found() {
        let map: (&str, &str) = (MAP, "## Code map\n`a/tests/scenarios/` `docs/`\n");
        let rules: (&str, &str) =
            (RULES, "## Lines (R-L)\n1. One.\n## Accounting (R-A): a fold\n1. One.\n2. Two.\n");
        let found =
            errors(&[map, rules, ("a/tests/scenarios/told.txt", "# R-A1: a line.\ntenant kyoto\n# R-A2")]);
        assert_eq!(found, ["docs/rules.md: no history under tests/scenarios/ shows R-A2"]);
    }

    #[test]
    fn other_things_with_r_are_no_citations() {
        assert_eq!(errors(&[MAP_OF_A, TWO_RULES, ("a/x.rs", "// PCR-L9, R-xx, R-L, 3GPP R-8")]), [""; 0]);
    }
}
