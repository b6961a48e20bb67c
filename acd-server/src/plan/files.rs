//! The files that a plan names: beside it on the disk, or in the program.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use super::shell::PromptSource;

/// The built-in plan.
pub(super) const BUILT_IN_PLAN: &str = include_str!("../../../deploy/plans/builtin.toml");

/// The holidays that a plan has unless it names a file of its own.
pub(super) const HOLIDAYS: &str = include_str!("../../../deploy/plans/holidays-jp.toml");

/// How errors name [`HOLIDAYS`].
pub(super) const HOLIDAYS_NAME: &str = "built-in holidays-jp.toml";

macro_rules! embedded {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_bytes!(concat!("../../../deploy/audio/", $file)))),*]
    };
}

/// What a path begins with that is in the program, so that a copy of the built-in plan is good in any folder.
const IN_PROGRAM: &str = "builtin:";

/// The audio in the program.
pub(super) const EMBEDDED: &[(&str, &[u8])] = embedded![
    "ja_fdma_guidance.wav",
    "ja_shiga_guidance.wav",
    "ja_shizuoka_guidance.wav",
    "ja_kyoto_guidance.wav",
    "ja_homecare_closed.wav",
    "ja_waiting.wav",
    "ja_waiting_short.wav",
    "ja_shizuoka_congestion.wav",
    "music.wav",
];

/// Where a plan's files are looked for.
#[derive(Debug)]
pub(super) enum Files {
    /// In the program.
    Embedded,
    /// On the disk, relative to the plan's own folder.
    Beside(PathBuf),
}

impl Files {
    /// The files beside a plan file.
    pub(super) fn beside(plan: &Path) -> Self {
        let absolute = std::path::absolute(plan).unwrap_or_else(|_| plan.to_owned());
        Self::Beside(absolute.parent().map_or_else(PathBuf::new, Path::to_owned))
    }

    /// Where a named file's bytes are.
    pub(super) fn find(&self, path: &str) -> io::Result<PromptSource> {
        match (self, path.strip_prefix(IN_PROGRAM)) {
            (_, Some(wanted)) => EMBEDDED
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, bytes)| PromptSource::Embedded(bytes))
                .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the program has no such audio")),
            (Self::Embedded, None) => {
                Err(io::Error::new(io::ErrorKind::NotFound, "the built-in plan names audio in the program"))
            }
            (Self::Beside(folder), None) => Ok(PromptSource::File(folder.join(path))),
        }
    }

    /// A named file's bytes.
    pub(super) fn read(&self, path: &str) -> io::Result<Cow<'static, [u8]>> {
        self.find(path)?.bytes()
    }
}
