//! `cargo xtask tidy`: what the compiler cannot see. Layering, lengths, words, manifests, papers.

mod bounds;
mod layers;
mod manifests;
mod papers;
mod rules;
mod tree;
mod words;

use std::path::Path;
use std::process::ExitCode;

use crate::limits::{FILE_LINES_MAX, FILE_LINES_WANTED};
use crate::workspace;
use tree::SourceFile;

/// What tidy found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// What must be mended: place, what is wrong, what would be right.
    pub(crate) errors: Vec<String>,
    /// What should be looked at.
    pub(crate) warnings: Vec<String>,
}

impl Findings {
    /// Shows all, errors last so that they are on the screen.
    pub(crate) fn print(&self) {
        for warning in &self.warnings {
            println!("warning: {warning}");
        }
        for error in &self.errors {
            println!("error: {error}");
        }
        println!("tidy: {} errors, {} warnings", self.errors.len(), self.warnings.len());
    }

    fn error(&mut self, text: String) {
        self.errors.push(text);
    }
}

/// Checks this workspace and prints what was found.
pub(crate) fn run() -> Result<ExitCode, String> {
    let found = check_workspace();
    found.print();
    Ok(if found.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks this workspace.
pub(crate) fn check_workspace() -> Findings {
    let mut found = check_tree(&workspace::root());
    match layers::read_members() {
        Ok(members) => layers::check(&members, &mut found),
        Err(problem) => found.error(problem),
    }
    found
}

/// Checks all that can be seen from the files of a tree alone.
fn check_tree(root: &Path) -> Findings {
    let mut found = Findings::default();
    let files = match tree::read(root) {
        Ok(files) => files,
        Err(problem) => {
            found.error(problem);
            return found;
        }
    };
    for file in &files {
        length(file, &mut found);
        words::check(file, &mut found);
        manifests::check(file, &mut found);
    }
    bounds::check(&files, &mut found);
    papers::check(&files, &mut found);
    rules::check(&files, &mut found);
    found
}

fn length(file: &SourceFile, found: &mut Findings) {
    if !file.has_extension("rs") {
        return;
    }
    let lines = file.text.lines().count();
    if lines > FILE_LINES_MAX {
        found.error(format!("{}: {lines} lines; split it, {FILE_LINES_MAX} is the most", file.path));
    } else if lines > FILE_LINES_WANTED {
        found.warnings.push(format!("{}: {lines} lines, {FILE_LINES_WANTED} are wanted", file.path));
    }
}

#[cfg(test)]
mod tests {
    use super::tree::TemporaryTree;
    use super::*;

    #[test]
    fn a_tidy_tree_has_no_findings() {
        let tree = TemporaryTree::new(&[
            ("ARCHITECTURE.md", "## Code map\n| `proto/` | a room |\n| `docs/` | papers |\n"),
            ("docs/rules.md", "## Lines (R-L)\n1. A rule.\n"),
            ("proto/src/lib.rs", "//! A room.\n//! By R-L1.\n"),
            ("proto/tests/scenarios/line.txt", "# By R-L1.\n"),
            ("proto/Cargo.toml", "[dependencies]\n# Says why.\nserde = \"1\"\n"),
        ]);
        assert_eq!(check_tree(tree.path()), Findings::default());
    }

    #[test]
    fn long_files_are_named_and_too_long_ones_are_errors() {
        let (wanted, most) = ("\n".repeat(FILE_LINES_WANTED + 1), "\n".repeat(FILE_LINES_MAX + 1));
        let tree = TemporaryTree::new(&[
            ("ARCHITECTURE.md", "## Code map\n`a/` `docs/`\n"),
            ("docs/rules.md", ""),
            ("a/long.rs", &wanted),
            ("a/longest.rs", &most),
            ("a/data.txt", &most),
        ]);
        let found = check_tree(tree.path());
        assert_eq!(found.warnings.len(), 1, "{found:?}");
        assert!(found.warnings[0].starts_with("a/long.rs: 401 lines"));
        assert_eq!(found.errors.len(), 1, "{found:?}");
        assert!(found.errors[0].starts_with("a/longest.rs: 801 lines"));
    }
}
