//! Official forms: the clients' own sheets, filled from an [`Account`](crate::accounting::Account).
//!
//! A form rounds only what it prints; spreadsheets hold raw values with number formats, totals as formulas with their
//! results, and a sheet that states every definition it was made with (R-A12, R-A13).

mod civil;
mod definitions;
pub mod fdma2;
pub mod figures;
mod lines;
mod lines_planned;
mod printed;
mod table;
mod values;

use acd_core::{CivilDate, Timestamp};

use crate::accounting::Profile;

/// The names of the forms that there are, as the command line has them.
pub const NAMES: [&str; 2] = ["fdma2", "figures"];

/// What a form must know beside the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The tenant's title.
    pub title: String,
    /// The day, or the first one of a longer period.
    pub date: CivilDate,
    /// Minutes east of Greenwich of the tenant's zone (R-A9).
    pub utc_offset_minutes: i32,
    /// 応答率の目標 in thousandths, if the client names one.
    pub target_permille: Option<u16>,
    /// When the form is made.
    pub made_at: Timestamp,
    /// What makes it, with its version.
    pub made_by: String,
    /// Where title and target were read.
    pub plan: String,
    /// How the client counts.
    pub profile: Profile,
    /// What the file is made for (R-A14).
    pub purpose: Purpose,
    /// What else the reader of the facts has to say, in Japanese.
    pub remarks: Vec<String>,
}

/// What an export may be made for; anything else is refused (R-A14).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purpose {
    /// 報告
    Report,
    /// 検証
    Review,
    /// 検査
    Inspection,
    /// 引継ぎ
    HandOver,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Report, Self::Review, Self::Inspection, Self::HandOver];

    /// As the command line and JSON have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Review => "review",
            Self::Inspection => "inspection",
            Self::HandOver => "hand-over",
        }
    }

    /// As a form has it.
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Report => "報告",
            Self::Review => "検証",
            Self::Inspection => "検査",
            Self::HandOver => "引継ぎ",
        }
    }

    /// The purpose of this name; `None`: exports for it are refused.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// Why a form could not be made.
#[derive(Debug)]
pub struct FormError(rust_xlsxwriter::XlsxError);

impl std::fmt::Display for FormError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the form cannot be laid out as xlsx: {}; csv and json may do", self.0)
    }
}

impl std::error::Error for FormError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl From<rust_xlsxwriter::XlsxError> for FormError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self(error)
    }
}
