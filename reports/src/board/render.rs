//! The board as text for a terminal, headings in Japanese and English.

use std::fmt::Write;

use acd_core::{CallPhase, Outcome, RefusalReason, SeatState, TenantId, Timestamp};
use unicode_width::UnicodeWidthStr;

use super::{Board, SeatCall, TenantBoard};
use crate::limits::BOARD_COLUMNS_MAX;

/// Whether the board is painted with ANSI escapes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// Text alone: a file, a pipe.
    Plain,
    /// Bold headings, red blockage: a terminal.
    Ansi,
}

impl Paint {
    fn around(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// A column: both headings and its width.
struct Column {
    japanese: &'static str,
    english: &'static str,
    columns: usize,
}

const TENANT_COLUMNS: [Column; 9] = [
    Column { japanese: "委託者", english: "tenant", columns: 16 },
    Column { japanese: "回線", english: "lines", columns: 8 },
    Column { japanese: "席回線", english: "seats", columns: 8 },
    Column { japanese: "案内", english: "guidance", columns: 9 },
    Column { japanese: "待ち", english: "waiting", columns: 8 },
    Column { japanese: "呼出", english: "ringing", columns: 8 },
    Column { japanese: "通話", english: "talking", columns: 8 },
    Column { japanese: "最長待ち", english: "longest", columns: 9 },
    Column { japanese: "閉塞", english: "blockage", columns: 10 },
];

const CALL_COLUMNS: [Column; 10] = [
    Column { japanese: "本日", english: "today", columns: 13 },
    Column { japanese: "入電", english: "offered", columns: 8 },
    Column { japanese: "対応", english: "answered", columns: 9 },
    Column { japanese: "案内中", english: "aband.", columns: 7 },
    Column { japanese: "待ち中", english: "aband.", columns: 7 },
    Column { japanese: "呼出中", english: "aband.", columns: 7 },
    Column { japanese: "受付後", english: "aband.", columns: 7 },
    Column { japanese: "失敗", english: "failed", columns: 7 },
    Column { japanese: "話中", english: "blocked", columns: 8 },
    Column { japanese: "時間外", english: "closed", columns: 7 },
];

impl Board {
    /// The board at `now`, at most [`BOARD_COLUMNS_MAX`] columns wide, each line ended by a line feed.
    pub fn render(&self, now: Timestamp, paint: Paint) -> String {
        let mut lines = Vec::new();
        let seconds = now.as_millis().div_euclid(1_000).rem_euclid(60);
        lines.push(paint.around(
            "1;7",
            &fit(
                &format!(
                    " 電話相談交換機 acd   {}:{seconds:02}   通話中 in progress {}",
                    now.civil(self.utc_offset_minutes),
                    self.calls_in_progress()
                ),
                BOARD_COLUMNS_MAX,
            ),
        ));
        lines.extend(heading(&TENANT_COLUMNS, paint));
        for (tenant, board) in &self.tenants {
            let row = row(&TENANT_COLUMNS, &self.tenant_cells(*tenant, board, now));
            lines.push(if board.blocked_since.is_some() { paint.around("31", &row) } else { row });
        }
        lines.extend(heading(&CALL_COLUMNS, paint));
        for (tenant, board) in &self.tenants {
            lines.push(row(&CALL_COLUMNS, &call_cells(*tenant, board)));
        }
        lines.extend(self.seat_lines(paint));
        lines.push(self.refused_line());
        let mut text = String::new();
        for line in lines {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn tenant_cells(&self, tenant: TenantId, board: &TenantBoard, now: Timestamp) -> [String; 9] {
        let lines = self.lines(tenant);
        let in_use = lines.guidance
            + lines.waiting
            + lines.ringing
            + lines.talking
            + lines.transferred
            + lines.closing
            + lines.outbound;
        let with_seats = lines.ringing + lines.talking;
        let (total, seat_lines) = match board.capacity {
            Some(capacity) => (capacity.total().to_string(), capacity.seat_lines.to_string()),
            None => ("閉".to_owned(), "閉".to_owned()),
        };
        [
            tenant.to_string(),
            format!("{in_use}/{total}"),
            format!("{with_seats}/{seat_lines}"),
            count(u64::from(lines.guidance)),
            count(u64::from(lines.waiting)),
            count(u64::from(lines.ringing)),
            count(u64::from(lines.talking)),
            self.longest_wait_since(tenant).map_or_else(String::new, |since| elapsed(since, now)),
            board.blocked_since.map_or_else(String::new, |since| elapsed(since, now)),
        ]
    }

    fn seat_lines(&self, paint: Paint) -> [String; 2] {
        let counts = self.seat_counts();
        let mut states = String::new();
        for (label, count) in [
            ("待機 ready", counts.ready),
            ("呼出 ringing", counts.ringing),
            ("通話 talking", counts.talking),
            ("発信 outbound", counts.outbound),
            ("後処理 wrap-up", counts.wrap_up),
            ("休止 paused", counts.paused),
        ] {
            // Writing to a String cannot fail.
            let _ = write!(states, "  {label} {count}");
        }
        let away = format!(
            "     不応答 not answering {}  不通 unreachable {}  離席 logged out {}  通話席 {}",
            counts.not_answering,
            counts.unreachable,
            counts.logged_out,
            self.talking_seats()
        );
        [paint.around("1", "席") + &fit(&states, BOARD_COLUMNS_MAX - 2), fit(&away, BOARD_COLUMNS_MAX)]
    }

    fn talking_seats(&self) -> String {
        let talking: Vec<String> = self
            .seats
            .iter()
            .filter(|(_, state)| matches!(state, SeatState::Talking(_)))
            .map(|(seat, _)| format!("{seat}{}", self.seat_call(*seat).map_or("", call_mark)))
            .collect();
        if talking.is_empty() { "-".to_owned() } else { talking.join(" ") }
    }

    fn refused_line(&self) -> String {
        let mut text = "拒否 refused".to_owned();
        for (reason, label) in [
            (RefusalReason::LinesFull, "話中 lines full"),
            (RefusalReason::Closed, "時間外 closed"),
            (RefusalReason::UnknownNumber, "欠番 unknown"),
            (RefusalReason::Draining, "停止 draining"),
            (RefusalReason::Overload, "負荷 overload"),
        ] {
            let _ = write!(text, "  {label} {}", self.refused.get(&reason).copied().unwrap_or(0));
        }
        fit(&text, BOARD_COLUMNS_MAX)
    }
}

/// What is more of a seat's call than talk (R-S1).
const fn call_mark(SeatCall { phase, on_hold, .. }: SeatCall) -> &'static str {
    match phase {
        _ if on_hold => "(保留 hold)",
        CallPhase::Consulting => "(相談 consulting)",
        CallPhase::Conference => "(三者 conference)",
        CallPhase::WithoutCaller => "(相談者なし no caller)",
        CallPhase::Arriving
        | CallPhase::Guidance
        | CallPhase::Waiting
        | CallPhase::Ringing
        | CallPhase::Talking
        | CallPhase::Transferred
        | CallPhase::Outbound
        | CallPhase::Closed
        | CallPhase::Closing => "",
    }
}

fn call_cells(tenant: TenantId, board: &TenantBoard) -> [String; 10] {
    let outcome = |outcome| count(board.outcomes.get(&outcome).copied().unwrap_or(0));
    [
        tenant.to_string(),
        count(board.offered),
        count(board.answered()),
        outcome(Outcome::AbandonedInGuidance),
        outcome(Outcome::AbandonedInQueue),
        outcome(Outcome::AbandonedWhileRinging),
        outcome(Outcome::AbandonedAfterReception),
        outcome(Outcome::Failed),
        count(board.refused.get(&RefusalReason::LinesFull).copied().unwrap_or(0)),
        count(board.closed),
    ]
}

/// An empty cell is read faster than a nought.
fn count(count: u64) -> String {
    if count == 0 { "·".to_owned() } else { count.to_string() }
}

/// Minutes and seconds from `since` to `now`; milliseconds are of no use to the eye.
fn elapsed(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(since).as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn heading(columns: &[Column], paint: Paint) -> [String; 2] {
    let japanese: Vec<String> = columns.iter().map(|column| column.japanese.to_owned()).collect();
    let english: Vec<String> = columns.iter().map(|column| column.english.to_owned()).collect();
    [paint.around("1", &row(columns, &japanese)), paint.around("2", &row(columns, &english))]
}

/// The first column stands to the left, numbers to the right.
fn row(columns: &[Column], cells: &[String]) -> String {
    let mut text = String::new();
    for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
        let cell = fit(cell, column.columns);
        let pad = " ".repeat(column.columns - cell.width());
        if index == 0 {
            text.push_str(&cell);
            text.push_str(&pad);
        } else {
            text.push_str(&pad);
            text.push_str(&cell);
        }
    }
    text
}

/// Cuts a text to a number of terminal columns.
fn fit(text: &str, columns: usize) -> String {
    let mut cut = String::new();
    for character in text.chars() {
        cut.push(character);
        if cut.width() > columns {
            cut.pop();
            break;
        }
    }
    cut
}
