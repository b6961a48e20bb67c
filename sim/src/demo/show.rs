//! What the demonstration prints: the live board, progress, the summary.
#![allow(clippy::print_stdout, reason = "this is the program's output")]

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use reports::board::Paint;

use super::check::Summary;
use super::facts::Live;

/// Without a terminal, a line each so many seconds.
const PROGRESS_EVERY_S: u64 = 5;

/// Where the output goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Show {
    terminal: bool,
    json: bool,
}

impl Show {
    /// With `json`, standard output has the summary alone.
    pub(super) fn new(json: bool) -> Self {
        Self { terminal: !json && std::io::stdout().is_terminal(), json }
    }

    /// A sentence on how it goes.
    pub(super) fn say(self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// The board, or a line of progress.
    pub(super) fn board(self, live: &Live, elapsed: Duration, length: Duration) {
        if self.json {
            return;
        }
        let (in_progress, ended, refused) = live.counts();
        let seconds = elapsed.as_secs();
        let progress = format!(
            "{seconds:>3} s of {}: {in_progress} calls in progress, {ended} ended, {refused} refused",
            length.as_secs()
        );
        if self.terminal {
            // Home, and erase what the last picture had more.
            print!("\x1b[H{}{progress}\x1b[K\n\x1b[J", live.board(Paint::Ansi).replace('\n', "\x1b[K\n"));
        } else if seconds.is_multiple_of(PROGRESS_EVERY_S) {
            println!("{progress}");
        }
        // A closed pipe is seen at the next write.
        let _ = std::io::stdout().flush();
    }

    /// Clears the terminal for the board.
    pub(super) fn begin_board(self) {
        if self.terminal {
            print!("\x1b[2J");
        }
    }

    /// The end.
    pub(super) fn summary(self, summary: &Summary, data: &Path) {
        if self.json {
            println!("{}", serde_json::to_string(summary).unwrap_or_default());
            return;
        }
        println!("\n{}", render(summary, data));
    }
}

/// The summary as text.
fn render(summary: &Summary, data: &Path) -> String {
    let mut lines = vec![
        format!("placed {}, refused {:?}", summary.placed, summary.refused),
        format!(
            "入電 offered {} = {}",
            summary.offered,
            summary
                .outcomes
                .iter()
                .map(|(outcome, count)| format!("{outcome} {count}"))
                .collect::<Vec<_>>()
                .join(" + ")
        ),
    ];
    for (tenant, figures) in &summary.tenants {
        lines.push(format!(
            "  {tenant:<16} offered {:>3}  answered {:>3}  refused {:>3}",
            figures.offered, figures.answered, figures.refused
        ));
    }
    lines.push(format!(
        "rings refused {}, not answered {}; talks heard both ways {}; {} packets heard, {} lost",
        summary.rings_refused,
        summary.rings_ignored,
        summary.talks_heard_both_ways,
        summary.packets_heard,
        summary.packets_lost
    ));
    lines.push(format!("recordings {} (caller left, seat right)", summary.recordings.len()));
    // The longest is the nicest to listen to.
    if let Some(longest) = summary.recordings.iter().max_by_key(|recording| recording.recorded_ms) {
        lines.push(format!(
            "  listen:  {}  ({} with {}, {:.1} s)",
            data.join("recordings").join(&longest.file).display(),
            longest.tenant,
            longest.seat,
            longest.recorded_ms as f64 / 1_000.0
        ));
    }
    lines.push(format!("  figures: {}", data.join("summary.json").display()));
    lines.push(format!("  forms:   {} (様式2 対応状況一覧（日表）)", data.join("forms").display()));
    lines.push(format!("  every fact: acd journal export --data {}", data.display()));
    if summary.failures.is_empty() {
        lines.push("all holds".to_owned());
    } else {
        lines.push(format!("{} things do NOT hold:", summary.failures.len()));
        lines.extend(summary.failures.iter().map(|failure| format!("  - {failure}")));
    }
    lines.join("\n")
}
