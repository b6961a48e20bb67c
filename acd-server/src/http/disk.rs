//! What is left on the data folder's file system.

use std::path::Path;

use crate::limits::DISK_ANSWER_MAX;

/// Bytes that this user may still write; none if the system does not say so in [`DISK_ANSWER_MAX`].
pub(crate) async fn disk_left(dir: &Path) -> Option<u64> {
    let dir = dir.to_owned();
    // A file system that hangs must not hang a worker with it.
    let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(&dir));
    let answer = tokio::time::timeout(DISK_ANSWER_MAX, asked).await;
    let free = answer.ok()?.ok()?.ok()?;
    Some(free.f_bavail.saturating_mul(free.f_frsize))
}
