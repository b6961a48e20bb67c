//! The plan as understood, for `acd check`: what an operations engineer compares with the specification.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use acd_core::plan::{
    Band, ChoiceOption, Guidance, LinesFullRefusal, Login, Overflow, OverflowCause, RecordingPolicy, Seat,
    Tenant,
};
use acd_core::{SeatId, TenantId};
use serde_json::{Value, json};

mod parties;

use super::accounting::{accounting_json, accounting_text};
use super::bands::name_of;
use super::{KeepAliveSettings, PlanFile, SeatCredentials, TenantSettings};

/// The plan as a table for people. No password is in it.
pub fn render_text(plan: &PlanFile) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_text(&mut out, plan);
    out
}

fn write_text(out: &mut String, plan: &PlanFile) -> std::fmt::Result {
    let shell = &plan.shell;
    writeln!(out, "plan      {}", plan.name)?;
    writeln!(out, "sip       udp {}  tcp {}", joined(&shell.listen.sip_udp), joined(&shell.listen.sip_tcp))?;
    writeln!(out, "http      {}", shell.listen.http)?;
    writeln!(out, "grpc      {}", shell.listen.grpc)?;
    let media = &shell.media;
    writeln!(
        out,
        "media     {}, RTP ports {}-{} ({} legs at once), silent seat lost {}",
        media.advertised,
        media.rtp_port_first,
        media.rtp_port_last,
        legs(plan),
        media.timeout.map_or_else(|| "never".to_owned(), |timeout| format!("after {} s", timeout.as_secs()))
    )?;
    for (id, trunk) in &shell.trunks {
        let asked = trunk.keep_alive.as_ref().map_or_else(String::new, |it| {
            let peers = it.peers.iter().map(|peer| peer.uri.as_str()).collect::<Vec<_>>().join(", ");
            let (every, tries) = (it.every.as_secs(), it.tries);
            format!("; OPTIONS to {peers} every {every} s, dead after {tries} without an answer")
        });
        let rehearsal = if trunk.rehearsal { "; rehearsals only" } else { "" };
        writeln!(out, "trunk     {id}: {}{asked}{rehearsal}", joined(&trunk.networks))?;
    }
    let holidays = &shell.holidays;
    let years = (holidays.names.keys().next(), holidays.names.keys().next_back());
    if let (Some(first), Some(last)) = years {
        writeln!(
            out,
            "holidays  {} days, {} to {}, checked {}",
            holidays.names.len(),
            first.year,
            last.year,
            holidays.dated
        )?;
    }
    for (id, lines) in &plan.core.pools {
        let shares = plan.core.tenants.values().filter_map(|tenant| tenant.pool).filter(|it| it.pool == *id);
        let reserved: u32 = shares.map(|share| u32::from(share.reserved)).sum();
        writeln!(out, "pool      {id}: {lines} lines, {reserved} of them reserved")?;
    }
    for (id, tenant) in &plan.core.tenants {
        writeln!(out)?;
        write_tenant(out, id, tenant, shell.tenants.get(id))?;
    }
    writeln!(out)?;
    writeln!(out, "{:<24} {:>5}  {:<12} {:<18} serves (priority)", "seats", "count", "log-in", "phone")?;
    for group in seat_groups(plan) {
        writeln!(
            out,
            "{:<24} {:>5}  {:<12} {:<18} {}",
            group.names(),
            group.count,
            login_word(group.seat.login),
            group.phone,
            serves_text(group.seat)
        )?;
    }
    Ok(())
}

fn write_tenant(
    out: &mut String,
    id: &TenantId,
    tenant: &Tenant,
    settings: Option<&TenantSettings>,
) -> std::fmt::Result {
    writeln!(out, "tenant {id}  {}", tenant.title)?;
    for (number, of) in &tenant.numbers {
        let recording = recording_word(of.recording);
        writeln!(out, "  number {number}  guidance {}  recording {recording}", guidance_text(&of.guidance))?;
    }
    for (number, choice) in
        tenant.numbers.iter().filter_map(|(number, of)| Some((number, of.choice.as_ref()?)))
    {
        let when = if choice.before_guidance { "before" } else { "after" };
        let keys: Vec<String> =
            choice.options.iter().map(|(key, option)| option_text(*key, option)).collect();
        let patience = choice.patience.as_secs();
        writeln!(out, "  choice on {number} {when} the guidance, {patience} s: {}", keys.join(", "))?;
    }
    let refusal = match tenant.refusal {
        LinesFullRefusal::BusyHere => "486".to_owned(),
        LinesFullRefusal::Announcement { prompt, lines } => format!("{prompt} to {lines} at once, 486"),
        LinesFullRefusal::RetryAfter(after) => format!("503, Retry-After {} s", after.as_secs()),
    };
    let target = tenant
        .response_rate_target_permille
        .map_or_else(|| "none".to_owned(), |permille| format!("{}.{} %", permille / 10, permille % 10));
    let dedicated = if settings.is_some_and(|it| it.dedicated_seats) { "  dedicated seats" } else { "" };
    writeln!(
        out,
        "  day from {}  lines full {refusal}  ring {} s  target {target}{dedicated}",
        tenant.day_start,
        tenant.ring.as_secs()
    )?;
    if let Some(day) = tenant.lines_reported_on {
        writeln!(out, "  lines reported to the client on {day}")?;
    }
    if tenant.early_media || !tenant.guidance_delay.is_zero() {
        let when = if tenant.early_media { "before the answer (183)" } else { "after the answer" };
        writeln!(out, "  guidance {when}, {} ms later", tenant.guidance_delay.as_millis())?;
    }
    if let Some(within) = tenant.expect_calls_within {
        writeln!(out, "  alarm after {} s without a call", within.as_secs())?;
    }
    if let Some(skill) = tenant.entry_skill {
        writeln!(out, "  reception by {skill}")?;
    }
    if let Some(overflow) = &tenant.overflow {
        writeln!(out, "  overflow to {}  on {}", overflow.to, overflow_causes(overflow).join(", "))?;
    }
    parties::write_parties(out, tenant)?;
    for (skill, code) in &tenant.hand_over {
        writeln!(out, "  hand-over to {skill}  code {code}")?;
    }
    if let Some(share) = tenant.pool {
        writeln!(out, "  pool {}: {} lines reserved, {} at most", share.pool, share.reserved, share.max)?;
    }
    if let Some(settings) = settings {
        writeln!(out, "  counted as {}", accounting_text(&settings.accounting))?;
    }
    for range in &tenant.ranges {
        let (from, to) = (edge_text(range.from), edge_text(range.to));
        let year = range.year.map_or_else(|| "every year".to_owned(), |year| format!("beginning in {year}"));
        writeln!(out, "  range {}: {from} to {to}, {year}", range.name)?;
    }
    writeln!(
        out,
        "  {:<34} {:<13} {:>5} {:>8} {:>6} {:>6}",
        "days", "time", "seat", "guidance", "total", "min"
    )?;
    for (index, band) in tenant.bands.iter().enumerate() {
        let days = days_of(band, tenant).join(" ");
        let time = format!("{}-{}", band.from, band.to);
        let min = settings.and_then(|it| it.seat_lines_min.get(index).copied().flatten());
        let min = min.map_or_else(|| "-".to_owned(), |min| min.to_string());
        match band.capacity {
            Some(lines) => writeln!(
                out,
                "  {days:<34} {time:<13} {:>5} {:>8} {:>6} {min:>6}",
                lines.seat_lines,
                lines.guidance_lines,
                lines.total()
            )?,
            None => writeln!(out, "  {days:<34} {time:<13} closed")?,
        }
    }
    Ok(())
}

/// The plan as JSON for machines. No password is in it.
pub fn render_json(plan: &PlanFile) -> Value {
    let shell = &plan.shell;
    let tenants: Vec<Value> =
        plan.core.tenants.iter().map(|(id, tenant)| tenant_json(id, tenant, shell.tenants.get(id))).collect();
    let seats: Vec<Value> = plan
        .core
        .seats
        .iter()
        .map(|(id, seat)| {
            let phone = shell.seats.get(id);
            json!({
                "name": id.as_str(),
                "user": phone.map(|phone| phone.user.as_str()),
                "digest": phone.map(|phone| phone.ha1.iter().map(|it| it.algorithm.as_str()).collect::<Vec<_>>()),
                "static_contact": phone.and_then(|phone| phone.static_contact.as_ref()).map(|it| it.uri.as_str()),
                "login": login_word(seat.login),
                "serves": seat.serves.iter().map(|(id, priority)| (id.to_string(), *priority))
                    .collect::<BTreeMap<String, u16>>(),
                "skills": seat.skills.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "wrap_up_max_s": seconds_json(seat.wrap_up_max),
                "not_answering_retry_s": seconds_json(seat.not_answering_retry),
                "unreachable_retry_s": seconds_json(seat.unreachable_retry),
            })
        })
        .collect();
    let trunks: BTreeMap<String, Vec<String>> = shell
        .trunks
        .iter()
        .map(|(id, trunk)| (id.to_string(), trunk.networks.iter().map(ToString::to_string).collect()))
        .collect();
    let keep_alive: BTreeMap<String, Value> = shell
        .trunks
        .iter()
        .filter_map(|(id, trunk)| Some((id.to_string(), keep_alive_json(trunk.keep_alive.as_ref()?))))
        .collect();
    let rehearsals: Vec<String> =
        shell.trunks.iter().filter(|(_, trunk)| trunk.rehearsal).map(|(id, _)| id.to_string()).collect();
    let holidays: BTreeMap<String, &str> =
        shell.holidays.names.iter().map(|(date, name)| (date.to_string(), name.as_str())).collect();
    json!({
        "plan": plan.name,
        "listen": {
            "sip_udp": strings(&shell.listen.sip_udp),
            "sip_tcp": strings(&shell.listen.sip_tcp),
            "http": shell.listen.http.to_string(),
            "grpc": shell.listen.grpc.to_string(),
        },
        "media": {
            "advertised_address": shell.media.advertised.to_string(),
            "rtp_ports": { "first": shell.media.rtp_port_first, "last": shell.media.rtp_port_last },
            "legs_max": legs(plan),
            "media_timeout_s": shell.media.timeout.map_or(0, |timeout| timeout.as_secs()),
        },
        "trunks": trunks,
        "trunks_keep_alive": keep_alive,
        "trunks_for_rehearsal": rehearsals,
        "pools": plan.core.pools.iter().map(|(id, lines)| (id.to_string(), *lines))
            .collect::<BTreeMap<String, u16>>(),
        "holidays": { "dated": shell.holidays.dated, "days": holidays },
        "tenants": tenants,
        "seats": seats,
    })
}

fn keep_alive_json(settings: &KeepAliveSettings) -> Value {
    json!({
        "peers": settings.peers.iter().map(|peer| peer.uri.as_str()).collect::<Vec<_>>(),
        "options_every_s": settings.every.as_secs(),
        "options_tries": settings.tries,
    })
}

fn tenant_json(id: &TenantId, tenant: &Tenant, settings: Option<&TenantSettings>) -> Value {
    let bands: Vec<Value> = tenant
        .bands
        .iter()
        .enumerate()
        .map(|(index, band)| {
            json!({
                "days": days_of(band, tenant),
                "from": band.from.to_string(),
                "to": band.to.to_string(),
                "closed": band.capacity.is_none(),
                "seat_lines": band.capacity.map(|lines| lines.seat_lines),
                "guidance_lines": band.capacity.map(|lines| lines.guidance_lines),
                "seat_lines_min": settings.and_then(|it| it.seat_lines_min.get(index).copied().flatten()),
            })
        })
        .collect();
    let numbers: BTreeMap<String, Value> = tenant
        .numbers
        .iter()
        .map(|(number, of)| {
            let settings = json!({
                "guidance": guidance_text(&of.guidance),
                "recording": recording_word(of.recording),
                "choice": of.choice.as_ref().map(|choice| {
                    let keys = choice.options.iter().map(|(key, option)| option_text(*key, option));
                    keys.collect::<Vec<_>>()
                }),
            });
            (number.to_string(), settings)
        })
        .collect();
    let ranges: BTreeMap<&str, Value> = tenant
        .ranges
        .iter()
        .map(|range| {
            let edges =
                json!({ "from": edge_text(range.from), "to": edge_text(range.to), "year": range.year });
            (range.name.as_str(), edges)
        })
        .collect();
    let hand_over: BTreeMap<&str, &str> =
        tenant.hand_over.iter().map(|(skill, code)| (skill.as_str(), code.as_str())).collect();
    json!({
        "name": id.as_str(),
        "title": tenant.title,
        "numbers": numbers,
        "day_start": tenant.day_start.to_string(),
        "ring_s": tenant.ring.as_secs(),
        "lines_full": refusal_json(tenant.refusal),
        "early_media": tenant.early_media,
        "guidance_delay_ms": u64::try_from(tenant.guidance_delay.as_millis()).unwrap_or(u64::MAX),
        "expect_calls_within_s": seconds_json(tenant.expect_calls_within),
        "entry_skill": tenant.entry_skill.map(|skill| skill.to_string()),
        "hand_over": hand_over,
        "overflow": tenant
            .overflow
            .as_ref()
            .map(|it| json!({ "tenant": it.to.to_string(), "on": overflow_causes(it) })),
        "outbound": parties::outbound_json(tenant),
        "directory": parties::directory_json(tenant),
        "dedicated_seats": settings.is_some_and(|it| it.dedicated_seats),
        "response_rate_target_permille": tenant.response_rate_target_permille,
        "lines_reported_on": tenant.lines_reported_on.map(|day| day.to_string()),
        "accounting": settings.map(|it| accounting_json(&it.accounting)),
        "ranges": ranges,
        "pool": tenant.pool.map(|share| json!({
            "name": share.pool.as_str(),
            "reserved": share.reserved,
            "max": share.max,
        })),
        "bands": bands,
    })
}

fn refusal_json(refusal: LinesFullRefusal) -> Value {
    match refusal {
        LinesFullRefusal::BusyHere => json!({ "status": 486 }),
        LinesFullRefusal::RetryAfter(after) => json!({ "status": 503, "retry_after_s": after.as_secs() }),
        LinesFullRefusal::Announcement { prompt, lines } => {
            json!({ "status": 486, "busy_announcement": prompt.as_str(), "busy_lines": lines })
        }
    }
}

/// Seats in a row that differ only in their names.
struct SeatGroup<'p> {
    first: &'p SeatId,
    last: &'p SeatId,
    count: usize,
    seat: &'p Seat,
    phone: String,
}

impl SeatGroup<'_> {
    fn names(&self) -> String {
        if self.count == 1 { self.first.to_string() } else { format!("{}..{}", self.first, self.last) }
    }
}

fn seat_groups(plan: &PlanFile) -> Vec<SeatGroup<'_>> {
    let mut groups: Vec<SeatGroup<'_>> = Vec::new();
    for (id, seat) in &plan.core.seats {
        let phone = plan.shell.seats.get(id).map_or_else(String::new, phone_text);
        match groups.last_mut() {
            Some(group) if group.seat == seat && group.phone == phone => {
                group.last = id;
                group.count += 1;
            }
            _ => groups.push(SeatGroup { first: id, last: id, count: 1, seat, phone }),
        }
    }
    groups
}

fn phone_text(phone: &SeatCredentials) -> String {
    phone.static_contact.as_ref().map_or_else(
        || phone.ha1.iter().map(|it| it.algorithm.as_str()).collect::<Vec<_>>().join(", "),
        |contact| contact.address.to_string(),
    )
}

fn serves_text(seat: &Seat) -> String {
    let serves: Vec<String> = seat.serves.iter().map(|(id, priority)| format!("{id} ({priority})")).collect();
    serves.join(", ")
}

fn days_of<'t>(band: &Band, tenant: &'t Tenant) -> Vec<&'t str> {
    // From the commonest kind of day to the rarest, as people write it.
    band.days.iter().rev().map(|kind| name_of(*kind, tenant)).collect()
}

/// `1 english`, with the guidance that it has of its own.
fn option_text(key: char, option: &ChoiceOption) -> String {
    let skill = option.skill.map_or_else(String::new, |skill| format!(" {skill}"));
    let guidance = option.guidance.map_or_else(String::new, |prompt| format!(" guidance {prompt}"));
    format!("{key}{skill}{guidance}")
}

fn overflow_causes(overflow: &Overflow) -> Vec<&'static str> {
    let word = |cause: &OverflowCause| match cause {
        OverflowCause::Closed => "closed",
        OverflowCause::NobodyLoggedIn => "nobody_logged_in",
        OverflowCause::WaitTooLong => "wait_too_long",
    };
    overflow.on.iter().map(word).collect()
}

fn guidance_text(guidance: &Guidance) -> String {
    match guidance {
        Guidance::Tape(prompt) => format!("tape {prompt}"),
        Guidance::Spoken => "spoken".to_owned(),
        Guidance::None => "none".to_owned(),
    }
}

const fn recording_word(recording: RecordingPolicy) -> &'static str {
    match recording {
        RecordingPolicy::FromAnswer => "from_answer",
        RecordingPolicy::FromCaller => "from_caller",
        RecordingPolicy::Off => "off",
    }
}

const fn login_word(login: Login) -> &'static str {
    match login {
        Login::ByCommand => "by_command",
        Login::OnRegister => "on_register",
        Login::Always => "always",
    }
}

fn edge_text((month, day, time): (u8, u8, acd_core::TimeOfDay)) -> String {
    format!("{month:02}-{day:02} {time}")
}

/// How many legs the RTP ports allow at once: one even port each.
fn legs(plan: &PlanFile) -> u32 {
    let media = &plan.shell.media;
    u32::from(media.rtp_port_last - media.rtp_port_first) / 2 + 1
}

fn joined<T: ToString>(items: &[T]) -> String {
    if items.is_empty() { "none".to_owned() } else { strings(items).join(", ") }
}

fn strings<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn seconds_json(duration: Option<Duration>) -> Option<u64> {
    duration.map(|duration| duration.as_secs())
}
