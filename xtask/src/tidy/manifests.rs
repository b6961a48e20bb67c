//! Every dependency says in a comment above it why it is there.

use super::Findings;
use super::tree::SourceFile;

/// Reports each dependency line of a `Cargo.toml` that has no comment above its block, unless it is one of ours or
/// taken from the workspace's list, where the comment stands.
pub(crate) fn check(file: &SourceFile, found: &mut Findings) {
    if file.name() != "Cargo.toml" {
        return;
    }
    let mut in_dependencies = false;
    // Whether a comment stands above, with nothing but dependencies between.
    let mut justified = false;
    // Lines of a value that goes on, such as a list of features, are no dependencies.
    let mut open_brackets = 0_i32;
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim();
        if open_brackets > 0 {
            open_brackets += brackets(line);
            continue;
        }
        if line.starts_with('#') {
            justified = true;
        } else if line.is_empty() {
            justified = false;
        } else if line.starts_with('[') {
            let section = line.trim_matches(['[', ']']);
            in_dependencies = section.ends_with("dependencies");
            let table = section.contains("dependencies.");
            if table && !justified {
                found.error(problem(file, index, section));
            }
            justified = false;
        } else if in_dependencies {
            open_brackets = brackets(line);
            let exempt = line.contains("workspace = true") || line.contains("path = ");
            if !exempt && !justified {
                found.error(problem(file, index, line.split(['=', ' ']).next().unwrap_or(line)));
            }
        }
    }
}

fn brackets(line: &str) -> i32 {
    line.chars()
        .map(|c| match c {
            '[' | '{' => 1,
            ']' | '}' => -1,
            _ => 0,
        })
        .sum()
}

fn problem(file: &SourceFile, index: usize, name: &str) -> String {
    format!("{}:{}: {name} has no comment above it; say in one line what it is for", file.path, index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let mut found = Findings::default();
        check(&SourceFile { path: "a/Cargo.toml".into(), text: text.into() }, &mut found);
        found.errors
    }

    #[test]
    fn a_comment_covers_the_block_below_it() {
        assert_eq!(
            errors("[dependencies]\n# Journal records.\nserde = \"1\"\nserde_json = \"1\"\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_dependency_after_an_empty_line_needs_its_own() {
        let found = errors("[dependencies]\n# Journal records.\nserde = \"1\"\n\nhound = \"3\"\n");
        assert_eq!(found, ["a/Cargo.toml:5: hound has no comment above it; say in one line what it is for"]);
    }

    #[test]
    fn ours_and_the_workspace_s_need_none() {
        assert_eq!(
            errors(
                "[dependencies]\nacd-core = { path = \"../acd-core\" }\nclap = { workspace = true }\nlog.workspace = true\n"
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_list_over_several_lines_is_one_dependency() {
        assert_eq!(
            errors("[dependencies]\n# Why.\na = { version = \"1\", features = [\n  \"x\",\n] }\n"),
            [""; 0]
        );
        assert_eq!(
            errors("[dev-dependencies]\na = { version = \"1\", features = [\n  \"x\",\n] }\n").len(),
            1
        );
    }

    #[test]
    fn other_sections_are_left_alone() {
        assert_eq!(errors("[package]\nname = \"a\"\n[lints]\nworkspace = true\n"), [""; 0]);
    }

    #[test]
    fn a_dependency_as_a_table_needs_a_comment_too() {
        assert_eq!(errors("[dependencies.serde]\nversion = \"1\"\n").len(), 1);
    }
}
