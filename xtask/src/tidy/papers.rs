//! The map and the tree agree: every folder is on the code map.

use std::collections::BTreeSet;

use super::Findings;
use super::tree::SourceFile;

const MAP: &str = "ARCHITECTURE.md";

/// Reports folders missing from the code map.
pub(crate) fn check(files: &[SourceFile], found: &mut Findings) {
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

    #[test]
    fn a_folder_that_is_only_named_elsewhere_is_not_on_the_map() {
        let found = errors(&[MAP_OF_A, ("a/x.rs", ""), ("b/x.rs", ""), (".ci/x.sh", "")]);
        assert_eq!(found, ["ARCHITECTURE.md: the code map does not say what `b/` is"]);
    }
}
