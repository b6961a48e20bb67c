//! The folder that a run leaves its results in.

use std::path::Path;

/// Makes an empty folder, marked as a run's own. One that holds anything but a former run of the same kind is left
/// alone.
pub(crate) fn prepare(out: &Path, mark: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    let taken = out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        if !out.join(mark).exists() {
            return Err(format!(
                "{} is not empty and no former run's of this kind; name another folder by --out",
                out.display()
            ));
        }
        std::fs::remove_dir_all(out).map_err(failed)?;
    }
    std::fs::create_dir_all(out).map_err(failed)?;
    std::fs::write(out.join(mark), "The next run of this kind empties this folder.\n").map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_somebody_else_is_left_alone_and_a_former_run_s_is_emptied() {
        let out = std::env::temp_dir().join(format!("acd-sim-folder-{}", std::process::id()));
        std::fs::create_dir_all(&out).expect("a folder");
        std::fs::write(out.join("letter"), "mine").expect("a file");
        assert!(prepare(&out, "mark").is_err());
        assert!(out.join("letter").exists());
        std::fs::write(out.join("mark"), "").expect("a file");
        prepare(&out, "mark").expect("a former run's");
        assert!(!out.join("letter").exists() && out.join("mark").exists());
        std::fs::remove_dir_all(&out).expect("removed");
    }
}
