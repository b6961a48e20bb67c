//! Every key that a plan may hold, by table. `docs/plan.md` has a section for each table and a row for each key.

/// One kind of table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section {
    /// How the table is written, which is also its heading in the documentation.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [&'static str],
}

pub(super) const TOP: Section = Section {
    name: "plan",
    keys: &[
        "format",
        "listen",
        "sip",
        "media",
        "journal",
        "recording",
        "run",
        "log",
        "holidays",
        "trunks",
        "pools",
        "prompts",
        "tenants",
        "seats",
    ],
};
pub(super) const LISTEN: Section =
    Section { name: "[listen]", keys: &["sip_udp", "sip_tcp", "http", "grpc"] };
pub(super) const SIP: Section =
    Section { name: "[sip]", keys: &["realm", "nonce_lifetime_s", "advertised_address"] };
pub(super) const MEDIA: Section =
    Section { name: "[media]", keys: &["address", "advertised_address", "rtp_ports", "media_timeout_s"] };
pub(super) const RTP_PORTS: Section = Section { name: "[media.rtp_ports]", keys: &["first", "last"] };
pub(super) const JOURNAL: Section =
    Section { name: "[journal]", keys: &["input_retention_days", "fact_retention_days", "journal_stall_ms"] };
pub(super) const RECORDING: Section = Section { name: "[recording]", keys: &["folder"] };
pub(super) const RUN: Section = Section { name: "[run]", keys: &["drain_s"] };
pub(super) const LOG: Section = Section { name: "[log]", keys: &["format", "level"] };
pub(super) const HOLIDAYS: Section = Section { name: "[holidays]", keys: &["file", "add", "remove"] };
pub(super) const HOLIDAY_FILE: Section = Section { name: "holiday file", keys: &["format", "dated", "days"] };
pub(super) const TRUNKS: Section = Section {
    name: "[[trunks]]",
    keys: &["name", "networks", "peers", "options_every_s", "options_tries", "rehearsal"],
};
pub(super) const POOLS: Section = Section { name: "[[pools]]", keys: &["name", "lines"] };
pub(super) const PROMPTS: Section = Section { name: "[prompts.NAME]", keys: &["audio", "text", "language"] };
pub(super) const TENANTS: Section = Section {
    name: "[[tenants]]",
    keys: &[
        "name",
        "title",
        "greeting",
        "script",
        "utc_offset_minutes",
        "day_start",
        "response_rate_target_percent",
        "lines_reported_on",
        "dedicated_seats",
        "lines_full",
        "retry_after_s",
        "busy_announcement",
        "busy_lines",
        "closed_lines",
        "closed_announcement",
        "early_media",
        "guidance_delay_ms",
        "waiting_message",
        "waiting_music",
        "waiting_message_every_s",
        "place_announcements",
        "place_beyond_announcement",
        "hold_music",
        "ring_s",
        "max_wait_s",
        "expect_calls_within_s",
        "entry_skill",
        "hand_over",
        "overflow",
        "outbound",
        "directory",
        "pool",
        "reserved",
        "max",
        "accounting",
        "numbers",
        "ranges",
        "bands",
    ],
};
pub(super) const ACCOUNTING: Section = Section {
    name: "[tenants.accounting]",
    keys: &[
        "profile",
        "ringing_counts_as_waiting",
        "handled_by",
        "answer_hour",
        "count_blocked_as_offered",
        "blockage",
        "short_abandon_ms",
        "staffing",
        "contract_first_day",
        "contract_last_day",
        "fact_retention_days",
        "keep_facts_until_accepted",
        "accepted_on",
        "keep_years_after_annual_report",
        "annual_reports",
    ],
};
pub(super) const ANNUAL_REPORTS: Section =
    Section { name: "[[tenants.accounting.annual_reports]]", keys: &["fiscal_year", "made_on"] };
pub(super) const STAFFING: Section =
    Section { name: "[[tenants.accounting.staffing]]", keys: &["skill", "seats"] };
pub(super) const OVERFLOW: Section = Section { name: "[tenants.overflow]", keys: &["tenant", "on"] };
pub(super) const OUTBOUND: Section =
    Section { name: "[tenants.outbound]", keys: &["trunk", "own_trunk", "number_shown"] };
pub(super) const DIRECTORY: Section = Section {
    name: "[tenants.directory]",
    keys: &[
        "free_dialling",
        "emergency_numbers",
        "verified_within_days",
        "headquarters",
        "interpreters",
        "doctors",
        "staff",
        "tenants",
    ],
};
pub(super) const HEADQUARTERS: Section = Section {
    name: "[[tenants.directory.headquarters]]",
    keys: &[
        "name",
        "title",
        "municipalities",
        "area_codes",
        "number",
        "backup_number",
        "ring_s",
        "verified_on",
        "consent_filed_on",
        "underlying_number",
    ],
};
pub(super) const INTERPRETERS: Section = Section {
    name: "[[tenants.directory.interpreters]]",
    keys: &["name", "title", "languages", "numbers", "ring_s"],
};
pub(super) const DOCTORS: Section = Section {
    name: "[[tenants.directory.doctors]]",
    keys: &["name", "title", "duties", "fall_backs", "ring_s", "emergency_contact"],
};
pub(super) const DUTIES: Section =
    Section { name: "[[tenants.directory.doctors.duties]]", keys: &["from", "to", "number"] };
pub(super) const STAFF: Section = Section {
    name: "[[tenants.directory.staff]]",
    keys: &["name", "title", "numbers", "ring_s", "emergency_contact"],
};
pub(super) const OTHER_TENANTS: Section = Section {
    name: "[[tenants.directory.tenants]]",
    keys: &["name", "title", "tenant", "numbers", "ring_s"],
};
pub(super) const NUMBERS: Section = Section {
    name: "[[tenants.numbers]]",
    keys: &["number", "guidance", "guidance_prompt", "recording", "choice"],
};
pub(super) const CHOICE: Section =
    Section { name: "[tenants.numbers.choice]", keys: &["prompt", "when", "timeout_s", "options"] };
pub(super) const CHOICE_OPTION: Section =
    Section { name: "[tenants.numbers.choice.options.KEY]", keys: &["skill", "guidance_prompt"] };
pub(super) const RANGES: Section =
    Section { name: "[[tenants.ranges]]", keys: &["name", "from", "to", "year"] };
pub(super) const BANDS: Section = Section {
    name: "[[tenants.bands]]",
    keys: &["days", "from", "to", "seat_lines", "seat_lines_min", "guidance_lines", "closed"],
};
pub(super) const SEATS: Section = Section {
    name: "[[seats]]",
    keys: &[
        "name",
        "names",
        "user",
        "password",
        "ha1",
        "digest",
        "login",
        "serves",
        "skills",
        "static_contact",
        "wrap_up_max_s",
        "not_answering_retry_s",
        "unreachable_retry_s",
    ],
};
pub(super) const HA1: Section = Section { name: "[seats.ha1]", keys: &["MD5", "SHA-256"] };

/// Every table, in the order of the documentation.
pub const SECTIONS: &[Section] = &[
    TOP,
    LISTEN,
    SIP,
    MEDIA,
    RTP_PORTS,
    JOURNAL,
    RECORDING,
    RUN,
    LOG,
    HOLIDAYS,
    HOLIDAY_FILE,
    TRUNKS,
    POOLS,
    PROMPTS,
    TENANTS,
    ACCOUNTING,
    STAFFING,
    OVERFLOW,
    OUTBOUND,
    DIRECTORY,
    HEADQUARTERS,
    INTERPRETERS,
    DOCTORS,
    DUTIES,
    STAFF,
    OTHER_TENANTS,
    NUMBERS,
    CHOICE,
    CHOICE_OPTION,
    RANGES,
    BANDS,
    SEATS,
    HA1,
];
