//! The text files of a tree.

use std::path::Path;

use crate::limits::FOLDER_DEPTH_MAX;

/// Folders that hold nothing we wrote.
const SKIPPED: [&str; 6] = [".git", "target", "out", "data", "node_modules", ".claude"];

/// What we read; everything else is audio or made by a tool.
const EXTENSIONS: [&str; 8] = ["rs", "md", "toml", "xml", "sh", "proto", "ts", "txt"];

/// One text file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// What stands in it.
    pub(crate) text: String,
}

impl SourceFile {
    /// Whether its name ends in `.extension`.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Its name without folders.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder of the root that it is in, if it is in one.
    pub(crate) fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    /// What is shipped of it, and what only tests see: all of a file named `tests.rs` or in a folder `tests/`, and of others
    /// the module `tests` at the end, behind which clippy lets nothing stand.
    pub(crate) fn shipped_and_tests(&self) -> (&str, &str) {
        if self.name() == "tests.rs" || self.path.contains("/tests/") {
            return ("", &self.text);
        }
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text.split_at(end)
    }
}

/// Reads a tree, in the order of the paths.
///
/// # Errors
/// If a folder or a file cannot be read, or is nested too deep.
pub(crate) fn read(root: &Path) -> Result<Vec<SourceFile>, String> {
    let mut files = Vec::new();
    walk(root, "", 0, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<SourceFile>) -> Result<(), String> {
    if depth > FOLDER_DEPTH_MAX {
        return Err(format!(
            "{prefix}: more than {FOLDER_DEPTH_MAX} folders deep; is there a link in a circle?"
        ));
    }
    let cannot = |what: &Path, error: std::io::Error| format!("cannot read {}: {error}", what.display());
    for entry in std::fs::read_dir(folder).map_err(|error| cannot(folder, error))? {
        let entry = entry.map_err(|error| cannot(folder, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(|error| cannot(folder, error))?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{path}/"), depth + 1, files)?;
        } else if kind.is_file()
            && Path::new(&name).extension().is_some_and(|own| EXTENSIONS.iter().any(|e| own == *e))
        {
            let bytes = std::fs::read(entry.path()).map_err(|error| cannot(&entry.path(), error))?;
            files.push(SourceFile { path, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) use tests::TemporaryTree;

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A small tree on disk that is gone when the test is.
    pub(crate) struct TemporaryTree(PathBuf);

    impl TemporaryTree {
        pub(crate) fn new(files: &[(&str, &str)]) -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let root = std::env::temp_dir().join(format!("xtask-tidy-{}-{number}", std::process::id()));
            for (path, text) in files {
                let path = root.join(path);
                std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folder is made");
                std::fs::write(path, text).expect("file is written");
            }
            Self(root)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for TemporaryTree {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn tests_are_told_from_what_is_shipped() {
        let parts = |path: &str, text: &str| {
            let file = SourceFile { path: path.into(), text: text.into() };
            let (shipped, tests) = file.shipped_and_tests();
            (shipped.to_owned(), tests.to_owned())
        };
        let module = "#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(parts("a/src/b.rs", &format!("b\n{module}")), ("b\n".into(), module.into()));
        let declared = "#[cfg(test)]\nmod tests;\nb\n";
        assert_eq!(parts("a/src/b.rs", declared), (declared.into(), String::new()));
        for path in ["a/tests/b.rs", "a/src/b/tests.rs"] {
            assert_eq!(parts(path, "b"), (String::new(), "b".into()));
        }
    }

    #[test]
    fn what_a_tool_made_is_not_read() {
        let tree =
            TemporaryTree::new(&[("a/src/b.rs", ""), ("target/c.rs", ""), ("a/voice.wav", ""), ("d.md", "")]);
        let paths: Vec<_> =
            read(tree.path()).expect("the tree is read").into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["a/src/b.rs", "d.md"]);
    }
}
