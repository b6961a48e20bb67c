//! Folders of written histories.

use std::fs;
use std::path::{Path, PathBuf};

/// Every history in a folder with what is written in it, by name.
pub(crate) fn all(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no scenario in {}", folder.display());
    files.into_iter().map(|file| fs::read_to_string(&file).map(|written| (file, written)).unwrap()).collect()
}

/// Plays every history of a folder and compares what is said with what is written; with `ACD_BLESS` set writes it.
pub(crate) fn go_as_written(folder: &Path, play: impl Fn(&Path, &str) -> String) {
    let mut different = Vec::new();
    for (file, written) in all(folder) {
        let said = play(&file, &written);
        if said == written {
            continue;
        }
        if std::env::var_os("ACD_BLESS").is_some() {
            fs::write(&file, said).unwrap();
            continue;
        }
        let line = written.lines().zip(said.lines()).take_while(|(one, other)| one == other).count();
        different.push(format!("{}:{}\n--- the program says:\n{said}", file.display(), line + 1));
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
