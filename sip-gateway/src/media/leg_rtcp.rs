//! A leg's RTCP: a report about every 5 s, what the far end reports, BYE at the end.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use super::events::{SharedCounters, count};
use super::leg::{Leg, can_be_reached, note_socket_error};
use super::limits::{REPORT_BYTES_MAX, RTCP_INTERVAL_MICROS};
use super::rtcp::{self, LastSenderReport, OwnReport, SentReport};
use super::time::Moment;

/// The state of a leg's RTCP.
pub(super) struct Reporting {
    cname: String,
    next_report: Moment,
    sent_at_report: u64,
    sent_at_report_before: u64,
    last_sender_report: Option<LastSenderReport>,
    heard_from: Option<SocketAddr>,
    remote_lost: u64,
}

impl Reporting {
    /// With a random name (RFC 7022) and a first report at a random instant.
    pub(super) fn new(draws: [u64; 2], now: Moment) -> Self {
        Self {
            cname: format!("{:016x}{:08x}", draws[0], draws[1] as u32),
            next_report: now + interval(draws[1]) / 2,
            sent_at_report: 0,
            sent_at_report_before: 0,
            last_sender_report: None,
            heard_from: None,
            remote_lost: 0,
        }
    }

    /// The far end has moved.
    pub(super) const fn forget_source(&mut self) {
        self.heard_from = None;
        self.last_sender_report = None;
    }

    /// Loss that the far end reported, in packets.
    pub(super) const fn remote_lost(&self) -> u64 {
        self.remote_lost
    }

    /// Whether a report is due; if so the next is set (RFC 3550 6.2: between half and one and a half of the mean).
    pub(super) fn is_due(&mut self, now: Moment, draw: impl FnOnce() -> u64) -> bool {
        let due = now >= self.next_report;
        if due {
            self.next_report = now + interval(draw());
        }
        due
    }
}

const fn interval(draw: u64) -> u64 {
    RTCP_INTERVAL_MICROS / 2 + draw % RTCP_INTERVAL_MICROS
}

impl Leg {
    /// Sends a report, if the far end is known.
    pub(super) fn report(&mut self, goodbye: bool, now: Moment, counters: &SharedCounters) {
        let Some(target) = self.rtcp_target() else {
            return;
        };
        let packets = self.outgoing.packets();
        let is_sender = packets > self.reporting.sent_at_report_before;
        self.reporting.sent_at_report_before = self.reporting.sent_at_report;
        self.reporting.sent_at_report = packets;
        let report = OwnReport {
            ssrc: self.outgoing.ssrc(),
            cname: &self.reporting.cname,
            sent: is_sender.then(|| SentReport {
                ntp: ntp_now(),
                timestamp: self.outgoing.timestamp_at(now),
                packets,
                octets: self.outgoing.octets(),
            }),
            received: self.reception.report(),
            last_sender_report: self.reporting.last_sender_report,
            goodbye,
            now,
        };
        let mut buffer = [0; REPORT_BYTES_MAX];
        let Ok(length) = rtcp::write(report, &mut buffer) else {
            count(&counters.send_failures);
            return;
        };
        if let Err(error) = self.ports.rtcp.send_to(&buffer[..length], target) {
            note_socket_error(&error, counters);
        }
    }

    /// Where reports go: where the far end's come from, else where a NAT should have put them, else as signalled.
    fn rtcp_target(&self) -> Option<SocketAddr> {
        let agreed = self.agreed.as_ref()?;
        let target = self.reporting.heard_from.unwrap_or_else(|| {
            let rtp = agreed.guard.target();
            if rtp == agreed.session.remote {
                agreed.session.remote_rtcp
            } else {
                SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1))
            }
        });
        can_be_reached(target).then_some(target)
    }

    /// Reads one RTCP packet.
    pub(super) fn receive_report(&mut self, buffer: &mut [u8], now: Moment, counters: &SharedCounters) {
        let (length, from) = match self.ports.rtcp.recv_from(buffer) {
            Ok(read) => read,
            Err(error) => return note_socket_error(&error, counters),
        };
        let Some(agreed) = &self.agreed else {
            return;
        };
        let is_known = from == agreed.session.remote_rtcp
            || agreed.guard.is_symmetric() && from.ip() == agreed.guard.target().ip();
        if !is_known {
            count(&counters.strangers);
            return;
        }
        let Some(told) = rtcp::read(&buffer[..length], self.outgoing.ssrc(), now) else {
            count(&counters.malformed);
            return;
        };
        self.reporting.heard_from = Some(from);
        self.reporting.last_sender_report = told.sender_report.or(self.reporting.last_sender_report);
        self.reporting.remote_lost = told.lost.unwrap_or(self.reporting.remote_lost);
    }
}

/// The wall clock as RTCP wants it: seconds since 1900 in 32.32 bits.
fn ntp_now() -> u64 {
    /// Seconds from 1900 to 1970 (RFC 868).
    const UNIX_EPOCH_SECONDS: u64 = 2_208_988_800;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    (since.as_secs() + UNIX_EPOCH_SECONDS) << 32 | fraction
}
