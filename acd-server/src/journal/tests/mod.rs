//! The journal under test: real switches make real lives, and what then happens to the file is found.

mod destruction;
mod durability;
mod lives;
mod open_calls;
mod reading;
mod snapshots;
mod tampering;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use acd_core::Timestamp;
use rusqlite::Connection;

use super::{Batch, BatchId, Journal, Life, PreviousLife, Record, Retention, Verdict, schema};
use lives::plan;

/// 2026-11-21T18:00:00+09:00.
const EVENING: Timestamp = Timestamp::from_millis(1_795_251_600_000);

/// A data folder of a test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acd-journal-{}-{count}", std::process::id()));
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// A connection that does as it likes.
    fn tamper(&self) -> Connection {
        Connection::open(schema::path(&self.0)).expect("a journal")
    }

    fn verify(&self) -> (Verdict, String) {
        let mut out = Vec::new();
        let verdict =
            super::verify(&self.0, super::Format::Text, &mut out).expect("a journal that can be read");
        (verdict, String::from_utf8(out).expect("UTF-8"))
    }

    fn assert_clean(&self) {
        let (verdict, said) = self.verify();
        assert_eq!(verdict, Verdict::Clean, "{said}");
    }

    /// Starts a life with the tests' plan.
    fn start(&self, at: Timestamp) -> (Journal, PreviousLife) {
        let (opened, previous) = Journal::open(&self.0).expect("a journal");
        let life = Life { plan: &plan(), at, retention: Retention::default(), wake: Box::new(|| ()) };
        (opened.start(life).expect("a writer"), previous)
    }

    /// Starts a life that wakes a test.
    fn start_with(&self, at: Timestamp, retention: Retention, wake: Box<dyn Fn() + Send>) -> Journal {
        let (opened, _) = Journal::open(&self.0).expect("a journal");
        opened.start(Life { plan: &plan(), at, retention, wake }).expect("a writer")
    }

    /// One life with these records, a batch each, and its end.
    fn live(&self, at: Timestamp, records: Vec<Record>) {
        let (journal, _) = self.start(at);
        for record in records {
            journal.append(batch_of(record));
        }
        journal.close().expect("a disk with room");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that a test never made is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn batch_of(record: Record) -> Batch {
    Batch { records: vec![record], ..Batch::default() }
}

/// What wakes a test, and what the test waits with.
fn waker() -> (Box<dyn Fn() + Send>, Receiver<()>) {
    let (wake, woken) = mpsc::channel();
    // A test that has ended is woken in vain.
    (Box::new(move || wake.send(()).unwrap_or_default()), woken)
}

/// Waits until a batch is durable, woken by the journal.
fn wait_durable(journal: &Journal, woken: &Receiver<()>, batch: BatchId) {
    while journal.durable() < batch {
        woken.recv_timeout(Duration::from_secs(60)).expect("the journal wakes the loop");
    }
}
