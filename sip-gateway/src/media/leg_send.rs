//! What a leg sends: playouts by the clock, and what is bridged to it as it comes.

use acd_core::PlayId;

use super::codec::Codec;
use super::command::MediaEvent;
use super::events::{Outbox, SharedCounters, count};
use super::leg::{Content, Leg, Received, can_be_reached, note_socket_error};
use super::limits::{CATCH_UP_PACKETS_MAX, PACKET_MICROS, PACKET_SAMPLES};
use super::playout::Player;
use super::rtp::HEADER_BYTES;
use super::time::Moment;

/// A playout at its leg.
pub(super) struct Playing {
    play: PlayId,
    player: Player,
    /// The next packet follows a pause.
    paused: bool,
}

/// The system reports an ICMP error of an earlier packet instead of sending this one, so it is tried once more.
const SEND_TRIES: usize = 2;

impl Leg {
    /// Starts a playout. One that follows another keeps its cadence, so that there is no seam.
    pub(super) fn play(&mut self, play: PlayId, mut player: Player) {
        if let Some(before) = &self.playing {
            player.take_over(&before.player);
        }
        let paused = self.playing.as_ref().is_none_or(|playing| playing.paused);
        self.playing = Some(Playing { play, player, paused });
        self.relay.release();
    }

    /// Sends what is due; false if nothing plays any more.
    pub(super) fn tick(&mut self, now: Moment, outbox: &mut Outbox) -> bool {
        let behind = now.micros_since(self.due) / PACKET_MICROS;
        if behind >= CATCH_UP_PACKETS_MAX {
            self.due = self.due + behind * PACKET_MICROS;
            if let Some(playing) = &mut self.playing {
                playing.paused = true;
            }
        }
        while self.due <= now {
            if !self.play_packet(outbox) {
                return false;
            }
            if now.micros_since(self.due) >= PACKET_MICROS {
                count(&outbox.counters.late_packets);
            }
            self.due = self.due + PACKET_MICROS;
        }
        self.playing.is_some()
    }

    fn play_packet(&mut self, outbox: &mut Outbox) -> bool {
        let Some(playing) = &mut self.playing else {
            return false;
        };
        if playing.player.is_over() {
            let play = playing.play;
            self.playing = None;
            outbox.push(MediaEvent::PlayoutEnded { leg: self.id, play });
            return false;
        }
        let session = self.agreed.as_ref().map(|agreed| agreed.session).filter(|session| session.send);
        let Some(session) = session else {
            playing.paused = true;
            return true;
        };
        let stamp =
            if playing.paused { self.outgoing.talkspurt(self.due) } else { self.outgoing.continued() };
        playing.paused = false;
        let mut audio = [0; PACKET_SAMPLES];
        playing.player.fill(session.codec, &mut audio);
        if playing.player.asks_place() {
            outbox.push(MediaEvent::PlaceAsked { leg: self.id, play: playing.play });
        }
        let mut packet = [0; HEADER_BYTES + PACKET_SAMPLES];
        packet[HEADER_BYTES..].copy_from_slice(&audio);
        let header = self.outgoing.header(stamp, session.payload_type);
        header.write_before(&mut packet, HEADER_BYTES);
        self.send(&packet, &outbox.counters);
        self.outgoing.note_sent(stamp, PACKET_SAMPLES, PACKET_SAMPLES, self.due);
        true
    }

    /// Sends a packet that came from the leg of slot `source`. The packet is written over.
    pub(super) fn relay(
        &mut self,
        source: usize,
        received: &Received,
        buffer: &mut [u8],
        now: Moment,
        counters: &SharedCounters,
    ) {
        let session = self.agreed.as_ref().map(|agreed| agreed.session).filter(|session| session.send);
        let Some(session) = session.filter(|_| self.playing.is_none()) else {
            self.relay.release();
            return;
        };
        let payload = received.header.payload.clone();
        let (payload_type, samples) = match received.content {
            Content::Audio(codec) => {
                transcode(codec, session.codec, &mut buffer[payload.clone()]);
                (session.payload_type, payload.len())
            }
            Content::TelephoneEvent => match session.telephone_event {
                Some(payload_type) => (payload_type, PACKET_SAMPLES),
                None => return self.relay.skip(received.place),
            },
            Content::ComfortNoise => return self.relay.skip(received.place),
        };
        let timestamp = received.header.timestamp;
        let stamp = self.relay.stamp(&self.outgoing, source as u64, received.place, timestamp, now);
        let Some(stamp) = stamp else {
            return;
        };
        let stamp = stamp.with_marker(received.header.marker);
        let start = self.outgoing.header(stamp, payload_type).write_before(buffer, payload.start);
        self.send(&buffer[start..payload.end], counters);
        self.outgoing.note_sent(stamp, samples, payload.len(), now);
    }

    fn send(&self, packet: &[u8], counters: &SharedCounters) {
        let Some(agreed) = &self.agreed else {
            return;
        };
        for _ in 0..SEND_TRIES {
            let sent = if self.connected {
                self.ports.rtp.send(packet)
            } else {
                let target = agreed.guard.target();
                if !can_be_reached(target) {
                    return;
                }
                self.ports.rtp.send_to(packet, target)
            };
            match sent {
                Ok(_) => return,
                Err(error) => note_socket_error(&error, counters),
            }
        }
    }
}

fn transcode(from: Codec, to: Codec, audio: &mut [u8]) {
    if from != to {
        from.transcode(to, audio);
    }
}
