//! The tables of the plan that only the shell needs: addresses, signalling, media, journal, log, trunks.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use acd_core::TrunkId;
use ipnet::IpNet;

use super::error::{At, Located, Report};
use super::fields::{Complaint, Fields};
use super::limits::{
    DRAIN_S, JOURNAL_STALL_MS, LISTEN_MAX, MEDIA_TIMEOUT_S, NETWORKS_MAX, NONCE_LIFETIME_S, OPTIONS_EVERY_S,
    OPTIONS_TRIES, RETENTION_DAYS, RTP_PORT, TRUNK_PEERS_MAX,
};
use super::shell::{
    JournalSettings, KeepAliveSettings, Listen, LogFormat, LogLevel, LogSettings, MediaSettings, SipSettings,
    StaticContact, TrunkSettings,
};
use super::{keys, values};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(super) fn listen(report: &mut Report<'_>, top: Fields<'_>) -> Listen {
    let local = |port| SocketAddr::new(LOOPBACK, port);
    let mut listen = Listen {
        sip_udp: vec![local(5060)],
        sip_tcp: vec![local(5060)],
        http: local(8080),
        grpc: local(50051),
    };
    let Some(fields) = top.table(report, "listen", &keys::LISTEN) else { return listen };
    let errors_before = report.len();
    for (key, addresses) in [("sip_udp", &mut listen.sip_udp), ("sip_tcp", &mut listen.sip_tcp)] {
        if !fields.has(key) {
            continue;
        }
        let found = fields.parsed_list(report, key, values::socket_address);
        if found.len() > LISTEN_MAX {
            report.wrong(
                fields.at_value(key),
                format!("`{key}` has more than {LISTEN_MAX} addresses (LISTEN_MAX)"),
                "listen on fewer, or on an unspecified address such as 0.0.0.0:5060",
            );
        }
        *addresses = distinct(report, key, found);
    }
    if listen.sip_udp.is_empty() && listen.sip_tcp.is_empty() && report.len() == errors_before {
        report.missing(
            fields.at(),
            "neither `sip_udp` nor `sip_tcp` has an address",
            "write at least one, such as sip_udp = [\"127.0.0.1:5060\"]",
        );
    }
    for (key, address) in [("http", &mut listen.http), ("grpc", &mut listen.grpc)] {
        if let Some(found) = fields.parsed(report, key, values::socket_address) {
            *address = found.value;
        }
    }
    listen
}

pub(super) fn sip(report: &mut Report<'_>, top: Fields<'_>, listen: &Listen) -> SipSettings {
    let mut sip =
        SipSettings { realm: "acd".to_owned(), nonce_lifetime: Duration::from_secs(300), advertised: None };
    let fields = top.table(report, "sip", &keys::SIP);
    if let Some(fields) = fields {
        if let Some(realm) = fields.parsed(report, "realm", realm) {
            realm.value.clone_into(&mut sip.realm);
        }
        if let Some(lifetime) = fields.seconds(report, "nonce_lifetime_s", &NONCE_LIFETIME_S) {
            sip.nonce_lifetime = lifetime;
        }
        let advertised = fields.parsed(report, "advertised_address", values::peer_address);
        sip.advertised = advertised.map(|address| address.value);
    }
    let unspecified =
        listen.sip_udp.iter().chain(&listen.sip_tcp).any(|address| address.ip().is_unspecified());
    if unspecified && sip.advertised.is_none() {
        report.missing(
            fields.map_or(top.at_value("listen"), |fields| fields.at()),
            "SIP listens on an unspecified address, and `sip.advertised_address` does not say which one peers see",
            "write [sip] advertised_address = \"…\", or listen on that address",
        );
    }
    sip
}

pub(super) fn media(report: &mut Report<'_>, top: Fields<'_>) -> MediaSettings {
    let mut media = MediaSettings {
        address: LOOPBACK,
        advertised: LOOPBACK,
        rtp_port_first: 10_000,
        rtp_port_last: 19_998,
        timeout: Some(Duration::from_secs(30)),
    };
    let Some(fields) = top.table(report, "media", &keys::MEDIA) else { return media };
    if let Some(address) = fields.parsed(report, "address", values::ip_address) {
        media.address = address.value;
    }
    let advertised = fields.parsed(report, "advertised_address", values::peer_address);
    media.advertised = advertised.map_or(media.address, |address| address.value);
    if media.address.is_unspecified() && !fields.has("advertised_address") {
        report.missing(
            fields.at_value("address"),
            "media is bound to an unspecified address, and `advertised_address` does not say which one SDP has",
            "write advertised_address = \"…\" beside it",
        );
    }
    if let Some(ports) = fields.table(report, "rtp_ports", &keys::RTP_PORTS) {
        for (key, port) in [("first", &mut media.rtp_port_first), ("last", &mut media.rtp_port_last)] {
            ports.require(report, key, "write rtp_ports = { first = 10000, last = 19998 }");
            if let Some(number) = ports.count(report, key, &RTP_PORT) {
                if number % 2 == 1 {
                    report.wrong(
                        ports.at_value(key),
                        format!("`{key}` is {number}, which is odd"),
                        format!("use an even port such as {}; the odd ones are for RTCP", number - 1),
                    );
                }
                *port = number;
            }
        }
        if media.rtp_port_last < media.rtp_port_first {
            report.wrong(
                ports.at_value("last"),
                format!("`last` is {}, below `first`", media.rtp_port_last),
                format!("use an even port from {} on", media.rtp_port_first),
            );
        }
    }
    if let Some(timeout) = fields.seconds(report, "media_timeout_s", &zero_or(MEDIA_TIMEOUT_S)) {
        if !timeout.is_zero() && timeout.as_secs() < MEDIA_TIMEOUT_S.min.unsigned_abs() {
            report.wrong(
                fields.at_value("media_timeout_s"),
                format!(
                    "`media_timeout_s` is {}, outside {} to {} (MEDIA_TIMEOUT_S)",
                    timeout.as_secs(),
                    MEDIA_TIMEOUT_S.min,
                    MEDIA_TIMEOUT_S.max
                ),
                "use 0 to switch it off, or a number of seconds within",
            );
        }
        media.timeout = Some(timeout).filter(|timeout| !timeout.is_zero());
    }
    media
}

pub(super) fn journal(report: &mut Report<'_>, top: Fields<'_>) -> JournalSettings {
    // Five years: Kyoto's three years run from the annual report that used the data.
    let mut journal = JournalSettings {
        input_retention_days: 7,
        fact_retention_days: 1_826,
        stall: Duration::from_millis(200),
    };
    let Some(fields) = top.table(report, "journal", &keys::JOURNAL) else { return journal };
    for (key, days) in [
        ("input_retention_days", &mut journal.input_retention_days),
        ("fact_retention_days", &mut journal.fact_retention_days),
    ] {
        if let Some(found) = fields.count(report, key, &RETENTION_DAYS) {
            *days = found.into();
        }
    }
    if let Some(stall_ms) = fields.count(report, "journal_stall_ms", &JOURNAL_STALL_MS) {
        journal.stall = Duration::from_millis(stall_ms.into());
    }
    if journal.fact_retention_days < journal.input_retention_days {
        report.wrong(
            fields.at_value("fact_retention_days"),
            format!("facts are kept for {} days, shorter than inputs", journal.fact_retention_days),
            format!("use at least {} days", journal.input_retention_days),
        );
    }
    journal
}

pub(super) fn recordings_folder(report: &mut Report<'_>, top: Fields<'_>) -> PathBuf {
    top.table(report, "recording", &keys::RECORDING)
        .and_then(|fields| fields.parsed(report, "folder", inner_folder))
        .map_or_else(|| PathBuf::from("recordings"), |folder| folder.value)
}

pub(super) fn drain(report: &mut Report<'_>, top: Fields<'_>) -> Duration {
    top.table(report, "run", &keys::RUN)
        .and_then(|fields| fields.seconds(report, "drain_s", &DRAIN_S))
        .unwrap_or(Duration::from_secs(600))
}

pub(super) fn log(report: &mut Report<'_>, top: Fields<'_>) -> LogSettings {
    let mut log = LogSettings { format: LogFormat::Text, level: LogLevel::Info };
    let Some(fields) = top.table(report, "log", &keys::LOG) else { return log };
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    log.format = fields.word(report, "format", &formats).unwrap_or(log.format);
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace]
        .map(|level| (level.as_str(), level));
    log.level = fields.word(report, "level", &levels).unwrap_or(log.level);
    log
}

pub(super) fn trunks(report: &mut Report<'_>, top: Fields<'_>) -> BTreeMap<TrunkId, TrunkSettings> {
    top.require(report, "trunks", "write [[trunks]] with a name and the carrier's networks");
    let mut trunks = BTreeMap::new();
    let mut networks_seen: BTreeMap<IpNet, At> = BTreeMap::new();
    for fields in top.tables(report, "trunks", &keys::TRUNKS) {
        let remedy = "name the carrier, such as name = \"carrier\"";
        let id = fields.required_parsed(report, "name", remedy, |text| values::name(TrunkId::new, text));
        fields.require(report, "networks", "write whence its calls come, such as [\"192.0.2.0/28\"]");
        let errors_before = report.len();
        let found = fields.parsed_list(report, "networks", values::network);
        let elsewhere = networks_seen.clone();
        for Located { value: network, at } in &found {
            if let Some(other) = elsewhere.get(network) {
                let line = report.line(*other);
                report.wrong(
                    *at,
                    format!("network {network} is a trunk's of line {line} already, and a call from it would be of either"),
                    "give each network to one trunk; of two that overlap the narrower one decides",
                );
            }
            networks_seen.entry(*network).or_insert(*at);
        }
        let networks = distinct(report, "networks", found);
        if fields.has("networks") && networks.is_empty() && report.len() == errors_before {
            report.wrong(
                fields.at_value("networks"),
                "`networks` names no network, so no call could come",
                "write whence its calls come, such as [\"192.0.2.0/28\"]",
            );
        }
        if networks.len() > NETWORKS_MAX {
            report.wrong(
                fields.at_value("networks"),
                format!("`networks` has more than {NETWORKS_MAX} networks (NETWORKS_MAX)"),
                "join them into wider ones",
            );
        }
        let keep_alive = keep_alive(report, fields);
        let rehearsal = fields.boolean(report, "rehearsal").unwrap_or(false);
        if rehearsal && fields.has("peers") {
            report.wrong(
                fields.at_value("peers"),
                "a rehearsal's trunk has `peers`, and its loss would be an outage of every tenant (R-L9)",
                "take `peers` out, or rehearsal = true",
            );
        }
        let Some(Located { value: id, at }) = id else { continue };
        if trunks.insert(id, TrunkSettings { networks, keep_alive, rehearsal }).is_some() {
            report.wrong(at, format!("trunk `{id}` exists twice"), "name each trunk once");
        }
    }
    if !trunks.is_empty() && trunks.values().all(|trunk| trunk.rehearsal) {
        report.doubtful(
            top.at_value("trunks"),
            "every trunk is a rehearsal's: no call would take a line or stand in a form (R-L6)",
            "add the carrier's trunk, or take rehearsal = true out",
        );
    }
    trunks
}

/// Whom OPTIONS of a trunk go to, if to anybody.
fn keep_alive(report: &mut Report<'_>, fields: Fields<'_>) -> Option<KeepAliveSettings> {
    let found = fields.parsed_list(report, "peers", values::trunk_peer);
    let every = fields.seconds(report, "options_every_s", &OPTIONS_EVERY_S);
    let tries = fields.count(report, "options_tries", &OPTIONS_TRIES).unwrap_or(3);
    if found.len() > TRUNK_PEERS_MAX {
        report.wrong(
            fields.at_value("peers"),
            format!("`peers` has more than {TRUNK_PEERS_MAX} addresses (TRUNK_PEERS_MAX)"),
            "name those that take calls from us",
        );
    }
    let mut peers: Vec<StaticContact> = Vec::with_capacity(found.len());
    for Located { value, at } in found {
        if peers.iter().any(|known| (known.address, known.tcp) == (value.address, value.tcp)) {
            report.wrong(at, format!("`peers` has {} twice", value.address), "write it once");
        } else {
            peers.push(value);
        }
    }
    for key in ["options_every_s", "options_tries"] {
        if fields.has(key) && !fields.has("peers") {
            report.missing(
                fields.at_value(key),
                format!("`{key}` is there, but no `peers` to send OPTIONS to"),
                "write the carrier's addresses, such as peers = [\"sip:192.0.2.1\"], or leave it out",
            );
        }
    }
    let every = every.unwrap_or(Duration::from_secs(30));
    (!peers.is_empty() && !every.is_zero()).then_some(KeepAliveSettings { peers, every, tries })
}

/// The limit, with zero for "off" allowed below it.
const fn zero_or(limit: super::limits::Limit) -> super::limits::Limit {
    super::limits::Limit { min: 0, ..limit }
}

fn distinct<T: PartialEq + std::fmt::Display>(
    report: &mut Report<'_>,
    key: &str,
    found: Vec<Located<T>>,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(found.len());
    for Located { value, at } in found {
        if kept.contains(&value) {
            report.wrong(at, format!("`{key}` has {value} twice"), "write it once");
        } else {
            kept.push(value);
        }
    }
    kept
}

/// A realm stands in a quoted string of a header.
fn realm(text: &str) -> Result<&str, Complaint> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\' && byte != b':') {
        return Ok(text);
    }
    Err(Complaint::new(
        format!("\"{text}\" cannot stand in a SIP header"),
        "use letters, digits, '.' and '-', such as \"acd\"",
    ))
}

/// A folder within the data folder.
fn inner_folder(text: &str) -> Result<PathBuf, Complaint> {
    let path = Path::new(text);
    if path.components().all(|component| matches!(component, Component::Normal(_))) {
        return Ok(path.to_owned());
    }
    Err(Complaint::new(
        format!("\"{text}\" leads out of the data folder"),
        "name a folder within it, such as \"recordings\"; the data folder itself is --data",
    ))
}
