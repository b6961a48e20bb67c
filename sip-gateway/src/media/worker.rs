//! A media thread: one poller over all sockets of its calls, and the clock of its playouts.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acd_core::PlayId;
use crossbeam_channel::Receiver;
use rustix::event::{Timespec, epoll};

use super::command::{MediaCommand, MediaEvent, MediaLeg};
use super::events::Outbox;
use super::leg::{Content, Leg};
use super::leg_rtcp::Reporting;
use super::limits::{
    COMMANDS_PER_TURN, DATAGRAM_BYTES_MAX, GRID_MICROS, GRID_PHASES, HOUSEKEEPING_MICROS, SOCKETS_PER_TURN,
};
use super::outgoing::Outgoing;
use super::playout::Player;
use super::ports::BoundPorts;
use super::prompts::PromptLibrary;
use super::tap::{AttachedTap, TapChannel};
use super::time::Moment;

/// What the plane tells its threads.
pub(super) enum Order {
    /// A command of the loop.
    Command(MediaCommand),
    /// Playouts that start from now on take their prompts here.
    Prompts(Arc<PromptLibrary>),
    /// Close all legs and end.
    Stop,
}

/// The number of the poller's entry for the wake-up; legs have their slot times two, plus one for RTCP.
const WAKE_TOKEN: u64 = u64::MAX;

/// One media thread's state.
pub(super) struct Worker {
    poller: OwnedFd,
    wake: Arc<OwnedFd>,
    orders: Receiver<Order>,
    outbox: Outbox,
    prompts: Arc<PromptLibrary>,
    epoch: Instant,
    draws: Draws,
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    slots: BTreeMap<MediaLeg, usize>,
    /// Slots whose playouts are due at the points of the grid with that remainder.
    phases: [Vec<usize>; GRID_PHASES],
    last_point: u64,
    next_housekeeping: Moment,
    buffer: Box<[u8; DATAGRAM_BYTES_MAX]>,
    /// There may be orders.
    has_orders: bool,
}

impl Worker {
    pub(super) fn new(
        wake: Arc<OwnedFd>,
        orders: Receiver<Order>,
        outbox: Outbox,
        prompts: Arc<PromptLibrary>,
        seed: u64,
    ) -> rustix::io::Result<Self> {
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&poller, &wake, epoll::EventData::new_u64(WAKE_TOKEN), epoll::EventFlags::IN)?;
        Ok(Self {
            poller,
            wake,
            orders,
            outbox,
            prompts,
            epoch: Instant::now(),
            draws: Draws(seed),
            legs: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
            phases: std::array::from_fn(|_| Vec::new()),
            last_point: 0,
            next_housekeeping: Moment::default(),
            buffer: Box::new([0; DATAGRAM_BYTES_MAX]),
            has_orders: false,
        })
    }

    /// Works until told to stop.
    pub(super) fn run(mut self) {
        let mut ready = Vec::with_capacity(SOCKETS_PER_TURN);
        while self.turn(&mut ready) {}
        self.stop();
    }

    /// Waits for what comes first, and does all that is due; whether to go on. `ready` has room for what the poller tells.
    fn turn(&mut self, ready: &mut Vec<epoll::Event>) -> bool {
        let now = self.now();
        let flushed = self.outbox.flush();
        let timeout = if self.has_orders { 0 } else { self.micros_to_wait(now, flushed) };
        let timeout = Duration::from_micros(timeout);
        ready.clear();
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        // An interrupted wait is a turn without packets.
        let _ = epoll::wait(&self.poller, rustix::buffer::spare_capacity(ready), Some(&timeout));
        if ready.iter().any(|event| event.data.u64() == WAKE_TOKEN) {
            self.has_orders = true;
            let _ = rustix::io::read(&self.wake, &mut [0u8; 8]);
        }
        // Before the packets, so that one that was sent after an order finds it obeyed. An event of a socket that an order
        // has closed finds no leg, or another's in its place, which has nothing to read or is read.
        if self.has_orders && !self.obey_orders() {
            return false;
        }
        let now = self.now();
        for event in ready.iter() {
            let token = event.data.u64();
            if token == WAKE_TOKEN {
                continue;
            }
            let slot = (token / 2) as usize;
            if token % 2 == 0 {
                self.receive(slot, now);
            } else if let Some(leg) = self.legs[slot].as_mut() {
                leg.receive_report(&mut self.buffer[..], now, &self.outbox.counters);
            }
        }
        self.tick(now);
        self.look_after(now);
        true
    }

    /// Obeys what was ordered, so much of it at a time that packets do not wait; whether to go on.
    fn obey_orders(&mut self) -> bool {
        for _ in 0..COMMANDS_PER_TURN {
            match self.orders.try_recv() {
                Ok(Order::Stop) => return false,
                Ok(order) => self.obey(order),
                Err(_) => {
                    self.has_orders = false;
                    break;
                }
            }
        }
        true
    }

    fn now(&self) -> Moment {
        Moment::from_micros(u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    /// Until the next point of the grid at which something is due, or the next housekeeping.
    fn micros_to_wait(&self, now: Moment, flushed: bool) -> u64 {
        let mut next = self.next_housekeeping.micros();
        if let Some(point) = (self.last_point + 1..=self.last_point + GRID_PHASES as u64)
            .find(|point| !self.phases[(point % GRID_PHASES as u64) as usize].is_empty())
        {
            next = next.min(point * GRID_MICROS);
        }
        let wait = next.saturating_sub(now.micros());
        if flushed { wait } else { wait.min(GRID_MICROS) }
    }

    /// Reads one packet of a leg and hands it on.
    fn receive(&mut self, slot: usize, now: Moment) {
        let Some(leg) = self.legs[slot].as_mut() else {
            return;
        };
        let Some((length, from)) = leg.read(&mut self.buffer[..], &self.outbox.counters) else {
            return;
        };
        let packet = &mut self.buffer[..length];
        let Some(received) = leg.receive(packet, from, now, &mut self.outbox) else {
            return;
        };
        let audio = match received.content {
            Content::Audio(codec) => Some((codec, received.header.payload.clone())),
            Content::TelephoneEvent | Content::ComfortNoise => None,
        };
        let (source, timestamp) = (slot as u64, received.header.timestamp);
        if let (Some(tap), Some((codec, payload))) = (&mut leg.tap, audio.clone()) {
            let audio = (codec, &packet[payload]);
            tap.audio(TapChannel::Left, source, received.place, timestamp, audio, now);
        }
        let Some(peer) = leg.peer.and_then(|peer| self.legs[peer].as_mut()) else {
            return;
        };
        if let (Some(tap), Some((codec, payload))) = (&mut peer.tap, audio) {
            let audio = (codec, &packet[payload]);
            tap.audio(TapChannel::Right, source, received.place, timestamp, audio, now);
        }
        peer.relay(slot, &received, packet, now, &self.outbox.counters);
    }

    /// Sends what is due at the points of the grid that have come.
    fn tick(&mut self, now: Moment) {
        let point = now.micros() / GRID_MICROS;
        if point <= self.last_point {
            return;
        }
        let first = (self.last_point + 1).max((point + 1).saturating_sub(GRID_PHASES as u64));
        self.last_point = point;
        for point in first..=point {
            let phase = (point % GRID_PHASES as u64) as usize;
            let mut at = 0;
            while let Some(&slot) = self.phases[phase].get(at) {
                let plays = self.legs[slot].as_mut().is_some_and(|leg| {
                    let plays = leg.tick(now, &mut self.outbox);
                    if !plays {
                        leg.phase = None;
                    }
                    plays
                });
                if plays {
                    at += 1;
                } else {
                    self.phases[phase].swap_remove(at);
                }
            }
        }
    }

    fn look_after(&mut self, now: Moment) {
        if now < self.next_housekeeping {
            return;
        }
        self.next_housekeeping = now + HOUSEKEEPING_MICROS;
        for leg in self.legs.iter_mut().flatten() {
            leg.look_after(now, &mut self.outbox);
            if leg.reporting.is_due(now, || self.draws.next()) {
                leg.report(false, now, &self.outbox.counters);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        let command = match order {
            Order::Command(command) => command,
            Order::Prompts(prompts) => {
                self.prompts = prompts;
                return;
            }
            Order::Stop => return,
        };
        let now = self.now();
        match command {
            MediaCommand::Open { leg, ports, .. } => self.open(leg, ports, now),
            MediaCommand::Configure { leg, session } => {
                let slot = self.slots.get(&leg);
                if let Some(leg) = slot.and_then(|&slot| self.legs[slot].as_mut()) {
                    leg.configure(session, now, &self.outbox.counters);
                }
            }
            MediaCommand::Play { leg, play, playout } => self.play(leg, play, playout, now),
            MediaCommand::StopPlaying { leg } => {
                if let Some((_, leg)) = self.leg(leg) {
                    leg.playing = None;
                }
            }
            MediaCommand::Bridge { a, b } => self.bridge(a, b, now),
            MediaCommand::Unbridge { a } => {
                if let Some(&slot) = self.slots.get(&a) {
                    self.unbridge(slot, now);
                }
            }
            MediaCommand::StartTap { leg, tap } => match self.leg(leg) {
                Some((_, leg)) => {
                    let tap = AttachedTap::new(tap, leg.peer.is_some(), now);
                    if let Some(before) = leg.tap.replace(tap) {
                        before.finish(now);
                    }
                }
                None => tap.finish(0),
            },
            MediaCommand::StopTap { leg } => {
                if let Some(tap) = self.leg(leg).and_then(|(_, leg)| leg.tap.take()) {
                    tap.finish(now);
                }
            }
            MediaCommand::Close { leg } => self.close(leg, now),
        }
    }

    fn leg(&mut self, id: MediaLeg) -> Option<(usize, &mut Leg)> {
        let slot = *self.slots.get(&id)?;
        Some((slot, self.legs[slot].as_mut()?))
    }

    fn open(&mut self, id: MediaLeg, ports: BoundPorts, now: Moment) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.legs.push(None);
            self.legs.len() - 1
        });
        let outgoing = Outgoing::new(self.draws.next() as u32, self.draws.next());
        let reporting = Reporting::new([self.draws.next(), self.draws.next()], now);
        let token = slot as u64 * 2;
        let flags = epoll::EventFlags::IN;
        let added =
            epoll::add(&self.poller, &ports.rtp, epoll::EventData::new_u64(token), flags).and_then(|()| {
                epoll::add(&self.poller, &ports.rtcp, epoll::EventData::new_u64(token + 1), flags)
            });
        if let Err(error) = added {
            tracing::error!(%error, "cannot watch the sockets of a leg: it will hear nothing; raise the limit of epoll watches");
        }
        self.legs[slot] = Some(Box::new(Leg::new(id, ports, outgoing, reporting)));
        if let Some(before) = self.slots.insert(id, slot) {
            tracing::error!(leg = id.0, "a leg was opened twice; the first is closed");
            self.drop_leg(before, now);
        }
    }

    fn play(&mut self, id: MediaLeg, play: PlayId, playout: super::Playout, now: Moment) {
        let player = Player::new(playout, &self.prompts);
        let Some((slot, leg)) = self.leg(id) else {
            return;
        };
        let Some(player) = player else {
            self.outbox.push(MediaEvent::PlayoutFailed { leg: id, play });
            return;
        };
        leg.play(play, player);
        if leg.phase.is_none() {
            let point = now.micros() / GRID_MICROS + 1;
            let phase = (point % GRID_PHASES as u64) as usize;
            leg.due = Moment::from_micros(point * GRID_MICROS);
            leg.phase = Some(phase);
            self.phases[phase].push(slot);
        }
    }

    fn bridge(&mut self, a: MediaLeg, b: MediaLeg, now: Moment) {
        let (Some(&a), Some(&b)) = (self.slots.get(&a), self.slots.get(&b)) else {
            return;
        };
        if a == b {
            return;
        }
        self.unbridge(a, now);
        self.unbridge(b, now);
        for (slot, peer) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs[slot].as_mut() {
                leg.peer = Some(peer);
                leg.playing = None;
                if let Some(tap) = &mut leg.tap {
                    tap.meet_right(now);
                }
            }
        }
    }

    fn unbridge(&mut self, slot: usize, now: Moment) {
        let peer = self.legs[slot].as_mut().and_then(|leg| leg.peer.take());
        let Some(peer) = peer else {
            return;
        };
        for slot in [slot, peer] {
            if let Some(leg) = self.legs[slot].as_mut() {
                leg.peer = None;
                leg.relay.release();
                if let Some(tap) = &mut leg.tap {
                    tap.release_right(now);
                }
            }
        }
    }

    fn close(&mut self, id: MediaLeg, now: Moment) {
        if let Some(slot) = self.slots.remove(&id) {
            self.drop_leg(slot, now);
        }
    }

    /// Closing a socket takes it out of the poller.
    fn drop_leg(&mut self, slot: usize, now: Moment) {
        self.unbridge(slot, now);
        let Some(mut leg) = self.legs[slot].take() else {
            return;
        };
        if let Some(phase) = leg.phase {
            self.phases[phase].retain(|&other| other != slot);
        }
        if let Some(tap) = leg.tap.take() {
            tap.finish(now);
        }
        leg.report(true, now, &self.outbox.counters);
        self.outbox.push(MediaEvent::Measured { leg: leg.id, quality: leg.quality() });
        self.free.push(slot);
    }

    fn stop(mut self) {
        let now = self.now();
        while let Some((_, slot)) = self.slots.pop_first() {
            self.drop_leg(slot, now);
        }
        self.outbox.flush();
    }
}

/// Numbers that look random (splitmix64) from the shell's seed, for SSRCs, first numbers, names and report times.
struct Draws(u64);

impl Draws {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut drawn = self.0;
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        drawn ^ (drawn >> 31)
    }
}

#[cfg(test)]
mod tests;
