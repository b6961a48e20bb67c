//! What only the shell needs of a plan: addresses, credentials, audio, settings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use acd_core::{CivilDate, Pii, PromptId, SeatId, TenantId, TrunkId};
use ipnet::IpNet;
use reports::accounting::{Contract, Counting, Profile};

use super::audio::{AudioFormat, PromptAudio};

/// The shell's part of the plan. `acd_core::plan::Plan` has the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellPlan {
    /// Where the program listens.
    pub listen: Listen,
    /// Signalling.
    pub sip: SipSettings,
    /// Media.
    pub media: MediaSettings,
    /// The journal.
    pub journal: JournalSettings,
    /// Where recordings go, relative to the data folder.
    pub recordings_folder: PathBuf,
    /// How long calls may go on after SIGTERM.
    pub drain: Duration,
    /// The log.
    pub log: LogSettings,
    /// Public holidays with their names, from the dated file and the plan's own additions and removals.
    pub holidays: HolidayCalendar,
    /// Carriers by name.
    pub trunks: BTreeMap<TrunkId, TrunkSettings>,
    /// Audio by name.
    pub prompts: BTreeMap<PromptId, Prompt>,
    /// What the shell must know of tenants.
    pub tenants: BTreeMap<TenantId, TenantSettings>,
    /// What the shell must know of seats.
    pub seats: BTreeMap<SeatId, SeatCredentials>,
}

impl ShellPlan {
    /// Whether every address is of the loopback, so that nobody outside this host can reach the switch.
    pub fn is_loopback(&self) -> bool {
        let Listen { sip_udp, sip_tcp, http, grpc } = &self.listen;
        sip_udp.iter().chain(sip_tcp).chain([http, grpc]).all(|address| address.ip().is_loopback())
            && self.media.address.is_loopback()
    }
}

/// Where the program listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listen {
    /// SIP over UDP.
    pub sip_udp: Vec<SocketAddr>,
    /// SIP over TCP.
    pub sip_tcp: Vec<SocketAddr>,
    /// Metrics, health, console.
    pub http: SocketAddr,
    /// The programming interface.
    pub grpc: SocketAddr,
}

/// Signalling.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SipSettings {
    /// The realm of digest challenges (RFC 3261 section 22).
    pub realm: String,
    /// How long a nonce is good; after it the challenge says `stale=true`.
    pub nonce_lifetime: Duration,
    /// The address in Via and Contact instead of the socket's own, behind NAT.
    pub advertised: Option<IpAddr>,
}

/// Media.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MediaSettings {
    /// The address to which RTP sockets are bound.
    pub address: IpAddr,
    /// The address in SDP.
    pub advertised: IpAddr,
    /// The first RTP port; even.
    pub rtp_port_first: u16,
    /// The last RTP port; even. The odd port above each is for RTCP.
    pub rtp_port_last: u16,
    /// Silence after which a seat is lost (R-Q7); `None`: never.
    pub timeout: Option<Duration>,
}

/// The journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalSettings {
    /// For how many days inputs are kept for recovery and replay.
    pub input_retention_days: u32,
    /// For how many days facts are kept at least (R-A14).
    pub fact_retention_days: u32,
    /// How long effects wait for a commit before they leave without it.
    pub stall: Duration,
}

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The least important events that the log holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogLevel {
    /// Something must be mended.
    Error,
    /// Something should be looked at.
    Warn,
    /// What an operator wants to know.
    Info,
    /// What a developer wants to know; may hold telephone numbers.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The level as log filters write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// The log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogSettings {
    /// Its form.
    pub format: LogFormat,
    /// Its level.
    pub level: LogLevel,
}

/// The public holidays that the plan knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HolidayCalendar {
    /// The day on which the holiday file was checked against the gazette.
    pub dated: String,
    /// Names by day (祝日名).
    pub names: BTreeMap<CivilDate, String>,
}

/// A carrier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrunkSettings {
    /// Whence its calls come.
    pub networks: Vec<IpNet>,
    /// How it is asked whether it lives; `None`: it is not.
    pub keep_alive: Option<KeepAliveSettings>,
    /// Whether its calls are rehearsals (R-L6).
    pub rehearsal: bool,
}

/// OPTIONS to a carrier (R-L9).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeepAliveSettings {
    /// Its addresses.
    pub peers: Vec<StaticContact>,
    /// How often each is asked.
    pub every: Duration,
    /// So many in a row without an answer, and the address is dead.
    pub tries: u16,
}

/// A piece of audio.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    /// Where its bytes are.
    pub source: PromptSource,
    /// How its bytes are to be read.
    pub format: AudioFormat,
    /// Its length in milliseconds.
    pub duration_ms: u32,
    /// What it says, for people and reports.
    pub text: Option<String>,
    /// Its language (BCP 47), `ja` unless the plan says otherwise.
    pub language: String,
}

impl Prompt {
    /// The samples.
    ///
    /// # Errors
    /// If the file cannot be read, or is no longer the audio that it was when the plan was loaded.
    pub fn audio(&self) -> io::Result<PromptAudio> {
        PromptAudio::decode(&self.source.bytes()?, self.format)
    }
}

/// Where a prompt's bytes are.
#[derive(Clone, PartialEq, Eq)]
pub enum PromptSource {
    /// In the program.
    Embedded(&'static [u8]),
    /// In a file; the path is absolute.
    File(PathBuf),
}

impl PromptSource {
    /// The bytes.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn bytes(&self) -> io::Result<Cow<'static, [u8]>> {
        match self {
            Self::Embedded(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::File(path) => std::fs::read(path).map(Cow::Owned),
        }
    }
}

impl std::fmt::Debug for PromptSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded(bytes) => write!(f, "Embedded({} bytes)", bytes.len()),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// What the shell must know of a tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantSettings {
    /// What the agent says first, on the seat's screen before the answer (R-S5).
    pub greeting: Option<String>,
    /// The mandatory guidance, on the seat's screen where the agent must speak it (R-G1).
    pub script: Option<String>,
    /// Whether seats that serve this tenant may serve no other (R-S4).
    pub dedicated_seats: bool,
    /// What the specification demands of each band (「以上」, R-L2), in the order of the core's bands.
    pub seat_lines_min: Vec<Option<u16>>,
    /// How the client counts.
    pub accounting: AccountingSettings,
    /// How many days old the verification of headquarters' numbers may be before `acd check` warns (R-T2).
    pub verified_within_days: u16,
}

/// How a client counts (R-A).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountingSettings {
    /// What the words of its forms mean.
    pub profile: Profile,
    /// What its books must know beside the facts.
    pub counting: Counting,
    /// The first and the last day of its contract.
    pub contract: Option<Contract>,
    /// For how long its facts are kept.
    pub keeping: FactKeeping,
}

impl Default for AccountingSettings {
    /// The agency's standard specification.
    fn default() -> Self {
        Self {
            profile: Profile::FDMA,
            counting: Counting::default(),
            contract: None,
            keeping: FactKeeping::default(),
        }
    }
}

/// For how long a client's facts are kept (R-A14).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FactKeeping {
    /// So many days; `None`: as the journal keeps its facts.
    pub days: Option<u32>,
    /// They are kept until the client has accepted the last report, and destroyed from then on.
    pub until_accepted: bool,
    /// The day on which it did.
    pub accepted_on: Option<CivilDate>,
    /// They are kept for so many years from the annual report that used them.
    pub years_after_annual_report: Option<u16>,
    /// On which day the report of which fiscal year (from April) was made, in their order, without a gap.
    pub annual_reports: Vec<(i32, CivilDate)>,
}

/// What the shell must know of a seat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeatCredentials {
    /// The user name: before the '@' of the seat's address, and in its digest.
    pub user: String,
    /// One HA1 an algorithm, in the order in which challenges name them (RFC 8760 section 2.4). Empty: the seat cannot
    /// register, and has a static contact.
    pub ha1: Vec<Ha1>,
    /// Where the seat is reached without registration (R-S2).
    pub static_contact: Option<StaticContact>,
}

/// A digest algorithm (RFC 7616, RFC 8760).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DigestAlgorithm {
    /// `MD5`, for phones that know no other.
    Md5,
    /// `SHA-256`
    Sha256,
}

impl DigestAlgorithm {
    /// The algorithm as a challenge writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
}

/// What the plan keeps of a password: H(user ":" realm ":" password) (RFC 7616 section 3.4.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ha1 {
    /// The hash.
    pub algorithm: DigestAlgorithm,
    /// Its lower-case hexadecimal digits.
    pub hex: Pii<String>,
}

/// A contact that needs no registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticContact {
    /// The Request-URI as the plan writes it.
    pub uri: String,
    /// Where it is reached.
    pub address: SocketAddr,
    /// Over TCP instead of UDP.
    pub tcp: bool,
}
