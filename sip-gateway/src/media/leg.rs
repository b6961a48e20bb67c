//! One leg: its sockets, what was agreed on, and what comes in. `leg_send` is its other half, `leg_rtcp` its reports.

use std::io;
use std::net::SocketAddr;

use acd_core::LegQuality;

use super::codec::Codec;
use super::command::{MediaEvent, MediaLeg, MediaSession, SilenceWatch};
use super::events::{Outbox, SharedCounters, count};
use super::leg_rtcp::Reporting;
use super::leg_send::Playing;
use super::limits::RELATCH_AFTER;
use super::outgoing::{Outgoing, Relay};
use super::ports::BoundPorts;
use super::reception::{Place, Reception};
use super::rtp::{COMFORT_NOISE, Header};
use super::source::{SourceGuard, Verdict};
use super::tap::AttachedTap;
use super::telephone_event::DigitDetector;
use super::time::Moment;

/// A leg on its media thread.
pub(super) struct Leg {
    pub(super) id: MediaLeg,
    pub(super) ports: BoundPorts,
    pub(super) agreed: Option<Agreed>,
    /// Whether the kernel keeps other sources out.
    pub(super) connected: bool,
    pub(super) reception: Reception,
    pub(super) outgoing: Outgoing,
    pub(super) relay: Relay,
    pub(super) reporting: Reporting,
    pub(super) playing: Option<Playing>,
    /// When the next packet of a playout is due; kept from one playout to the next.
    pub(super) due: Moment,
    /// The list of the clock that the leg is in.
    pub(super) phase: Option<usize>,
    /// Who is bridged to it.
    pub(super) peer: Option<usize>,
    pub(super) tap: Option<AttachedTap>,
    digits: DigitDetector,
    last_received: Option<Moment>,
    /// From when on silence counts.
    quiet_since: Moment,
    is_silent: bool,
    discarded: u64,
}

/// What was agreed on, and whose packets are taken therefore.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agreed {
    pub(super) session: MediaSession,
    pub(super) guard: SourceGuard,
}

/// What a packet carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    /// Audio.
    Audio(Codec),
    /// A key.
    TelephoneEvent,
    /// Comfort noise, which is not handed on: the other side's phone makes its own.
    ComfortNoise,
}

/// A packet to be handed on.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) content: Content,
    pub(super) header: Header,
    pub(super) place: Place,
}

impl Agreed {
    fn content(&self, payload_type: u8) -> Option<Content> {
        if payload_type == self.session.payload_type {
            return Some(Content::Audio(self.session.codec));
        }
        if Some(payload_type) == self.session.telephone_event {
            return Some(Content::TelephoneEvent);
        }
        if payload_type == COMFORT_NOISE {
            return Some(Content::ComfortNoise);
        }
        // Phones that offered both laws may send either (RFC 3264 5.1).
        Codec::of_static(payload_type).map(Content::Audio)
    }
}

impl Leg {
    /// A leg that waits for its session.
    pub(super) fn new(id: MediaLeg, ports: BoundPorts, outgoing: Outgoing, reporting: Reporting) -> Self {
        Self {
            id,
            ports,
            agreed: None,
            connected: false,
            reception: Reception::default(),
            outgoing,
            relay: Relay::default(),
            reporting,
            playing: None,
            due: Moment::default(),
            phase: None,
            peer: None,
            tap: None,
            digits: DigitDetector::default(),
            last_received: None,
            quiet_since: Moment::default(),
            is_silent: false,
            discarded: 0,
        }
    }

    /// Takes a session.
    pub(super) fn configure(&mut self, session: MediaSession, now: Moment, counters: &SharedCounters) {
        let before = self.agreed;
        let kept = before.filter(|agreed| {
            !can_be_reached(session.remote) || agreed.guard.matches(session.remote, session.symmetric)
        });
        let guard = kept.map_or(SourceGuard::new(session.remote, session.symmetric), |agreed| agreed.guard);
        self.agreed = Some(Agreed { session, guard });
        if kept.is_none() {
            self.disconnect();
            if let Some(source) = guard.latched() {
                self.connect(source, counters);
            }
            self.reporting.forget_source();
        }
        let was_watched = before.is_some_and(|agreed| agreed.session.is_watched());
        if session.is_watched() && !was_watched {
            self.quiet_since = now;
            self.is_silent = false;
        }
    }

    fn connect(&mut self, to: SocketAddr, counters: &SharedCounters) {
        if !can_be_reached(to) {
            return;
        }
        match self.ports.rtp.connect(to) {
            Ok(()) => self.connected = true,
            Err(_) => count(&counters.send_failures),
        }
    }

    fn disconnect(&mut self) {
        if self.connected && rustix::net::connect_unspec(&self.ports.rtp).is_ok() {
            self.connected = false;
        }
    }

    /// Reads one datagram; `None` if there is none.
    pub(super) fn read(&self, buffer: &mut [u8], counters: &SharedCounters) -> Option<(usize, SocketAddr)> {
        match self.ports.rtp.recv_from(buffer) {
            Ok(read) => Some(read),
            Err(error) => {
                note_socket_error(&error, counters);
                None
            }
        }
    }

    /// Takes one datagram. `None` if it is not to be handed on.
    pub(super) fn receive(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        now: Moment,
        outbox: &mut Outbox,
    ) -> Option<Received> {
        let agreed = self.agreed.as_mut()?;
        let valid = Header::parse(datagram)
            .and_then(|header| agreed.content(header.payload_type).map(|content| (header, content)));
        let Some((header, content)) = valid else {
            self.discarded += 1;
            count(&outbox.counters.malformed);
            return None;
        };
        match agreed.guard.judge(from) {
            Verdict::Accept => {}
            Verdict::AcceptAndConnect => self.connect(from, &outbox.counters),
            Verdict::Refuse => {
                self.discarded += 1;
                count(&outbox.counters.strangers);
                return None;
            }
        }
        let session = agreed_session(self.agreed.as_ref())?;
        let place = self.reception.note(&header, matches!(content, Content::Audio(_)), now)?;
        if self.last_received.replace(now).is_none() {
            outbox.push(MediaEvent::FirstPacket { leg: self.id });
        }
        self.quiet_since = now;
        self.is_silent = false;
        if !session.receive {
            return None;
        }
        if let Content::Audio(codec) = content {
            self.ports.hearing.listen(codec, &datagram[header.payload.clone()]);
        }
        if content == Content::TelephoneEvent
            && let Some(digit) = self.digits.note(
                place.generation,
                header.timestamp,
                header.marker,
                &datagram[header.payload.clone()],
            )
        {
            outbox.push(MediaEvent::Digit { leg: self.id, digit });
        }
        Some(Received { content, header, place })
    }

    /// Looks after silence and a NAT binding that may have moved.
    pub(super) fn look_after(&mut self, now: Moment, outbox: &mut Outbox) {
        let Some(agreed) = &mut self.agreed else { return };
        let session = agreed.session;
        let is_due = match session.silence {
            SilenceWatch::Off => false,
            SilenceWatch::AfterFirstPacket(after) => {
                self.last_received.is_some() && !self.is_silent && now.has_passed(self.quiet_since, after)
            }
            SilenceWatch::Each(after) => now.has_passed(self.quiet_since, after),
        };
        if is_due && session.is_watched() {
            self.is_silent = true;
            self.quiet_since = now;
            outbox.push(MediaEvent::Silent { leg: self.id });
        }
        let Some(last_received) = self.last_received else { return };
        if self.connected && agreed.guard.is_symmetric() && now.has_passed(last_received, RELATCH_AFTER) {
            agreed.guard.unlatch();
            self.disconnect();
        }
    }

    /// The leg's figures.
    pub(super) fn quality(&self) -> LegQuality {
        LegQuality {
            packets_received: self.reception.received(),
            packets_sent: self.outgoing.packets(),
            packets_lost: self.reception.lost(),
            packets_discarded: self.discarded,
            jitter_us: self.reception.jitter_micros(),
            remote_packets_lost: self.reporting.remote_lost(),
        }
    }
}

fn agreed_session(agreed: Option<&Agreed>) -> Option<MediaSession> {
    agreed.map(|agreed| agreed.session)
}

/// Whether packets can go there; the old way of hold gives 0.0.0.0 (RFC 3264 8.4), a refused stream port 0.
pub(super) fn can_be_reached(address: SocketAddr) -> bool {
    !address.ip().is_unspecified() && address.port() != 0
}

/// Counts what a socket says; none of it ends a leg.
pub(super) fn note_socket_error(error: &io::Error, counters: &SharedCounters) {
    match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
        Some(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
        Some(
            rustix::io::Errno::CONNREFUSED
            | rustix::io::Errno::HOSTUNREACH
            | rustix::io::Errno::NETUNREACH
            | rustix::io::Errno::HOSTDOWN
            | rustix::io::Errno::PROTO,
        ) => count(&counters.icmp_errors),
        _ => count(&counters.send_failures),
    }
}

#[cfg(test)]
mod tests;
