//! What relaying costs: `cargo run --release -p sip-gateway --example relay_load -- [CALLS] [SECONDS]`.
//!
//! Calls of two legs, PCMU both ways over loopback, 50 packets a second in each direction. The media threads' processor
//! time is read from the kernel's schedstat, apart from the load's own; the delay is from the load's send to its receive.
#![allow(clippy::print_stdout, reason = "a measuring program prints what it measured")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use sip_gateway::media::{
    Codec, MediaCommand, MediaConfig, MediaError, MediaLeg, MediaPlane, MediaSession, PromptLibrary,
    SilenceWatch,
};

const PACKET: Duration = Duration::from_millis(20);

/// The load sends in so many portions within a packet's time, as callers do who know nothing of each other.
const PORTIONS: usize = 20;

struct Flow {
    socket: UdpSocket,
    packet: [u8; 172],
    sequence: u16,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let calls: usize = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let mut config = MediaConfig::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 20_000..=29_999, 1);
    config.threads = 1;
    let mut plane = MediaPlane::start(config, PromptLibrary::new(), Arc::new(|| {}))?;
    let resident_before = resident_kilobytes()?;
    let mut flows = Vec::new();
    for call in 0..calls as u64 {
        let legs = [MediaLeg(call * 2), MediaLeg(call * 2 + 1)];
        for leg in legs {
            flows.push(open(&mut plane, call, leg)?);
        }
        plane.command(MediaCommand::Bridge { a: legs[0], b: legs[1] });
    }
    println!("{calls} calls, {seconds} s");
    let mut load = Load::new(flows)?;
    load.run(Duration::from_secs(2))?;
    load.delays_micros.clear();
    let (processor, start, sent) = (media_nanoseconds()?, Instant::now(), load.sent);
    load.run(Duration::from_secs(seconds))?;
    let call_seconds = start.elapsed().as_secs_f64() * calls as f64;
    let processor = media_nanoseconds()? - processor;
    let (sent, mut delays) = (load.sent - sent, load.delays_micros);
    let received = delays.len();
    delays.sort_unstable();
    let percentile = |part: usize| delays.get(delays.len() * part / 1_000).copied().unwrap_or_default();
    println!("processor: {:.4} ms a call-second", processor as f64 / 1e6 / call_seconds);
    println!("packets: {sent} sent, {received} received");
    println!("delay: p50 {} us, p99 {} us, p99.9 {} us", percentile(500), percentile(990), percentile(999));
    let grown = resident_kilobytes()?.saturating_sub(resident_before);
    println!("memory: {:.1} KiB a call, the load's own included", grown as f64 / calls as f64);
    println!("counters: {:?}", plane.counters());
    plane.shutdown();
    Ok(())
}

fn open(plane: &mut MediaPlane, group: u64, leg: MediaLeg) -> Result<Flow, Box<dyn std::error::Error>> {
    let ports = plane.bind().map_err(|error: MediaError| error.to_string())?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    let remote = socket.local_addr()?;
    let address = ports.rtp_address();
    plane.command(MediaCommand::Open { leg, group, ports });
    let session = MediaSession {
        remote,
        remote_rtcp: remote,
        codec: Codec::Pcmu,
        payload_type: 0,
        telephone_event: Some(101),
        send: true,
        receive: true,
        symmetric: false,
        silence: SilenceWatch::AfterFirstPacket(Duration::from_secs(30)),
    };
    plane.command(MediaCommand::Configure { leg, session });
    let mut packet = [0x55; 172];
    packet[..12].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, leg.0 as u8]);
    socket.connect(address)?;
    Ok(Flow { socket, packet, sequence: 0 })
}

/// The far ends of all legs, on one thread, as a load generator's are: the media thread then wakes it about once a
/// millisecond and not for every packet.
struct Load {
    flows: Vec<Flow>,
    poller: OwnedFd,
    epoch: Instant,
    delays_micros: Vec<u32>,
    sent: u64,
}

impl Load {
    fn new(flows: Vec<Flow>) -> std::io::Result<Self> {
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (number, flow) in flows.iter().enumerate() {
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&poller, &flow.socket, data, epoll::EventFlags::IN)?;
        }
        Ok(Self { flows, poller, epoch: Instant::now(), delays_micros: Vec::new(), sent: 0 })
    }

    fn run(&mut self, time: Duration) -> std::io::Result<()> {
        let start = Instant::now();
        let mut step = 0u32;
        while start.elapsed() < time {
            let due = PACKET / PORTIONS as u32 * step;
            self.hear(start + due);
            for flow in self.flows.iter_mut().skip(step as usize % PORTIONS).step_by(PORTIONS) {
                flow.sequence = flow.sequence.wrapping_add(1);
                flow.packet[2..4].copy_from_slice(&flow.sequence.to_be_bytes());
                flow.packet[4..8].copy_from_slice(&(u32::from(flow.sequence) * 160).to_be_bytes());
                let stamp = self.epoch.elapsed().as_micros() as u64;
                flow.packet[12..20].copy_from_slice(&stamp.to_be_bytes());
                flow.socket.send(&flow.packet)?;
                self.sent += 1;
            }
            step += 1;
        }
        self.hear(Instant::now() + PACKET);
        Ok(())
    }

    /// Hears packets until an instant.
    fn hear(&mut self, until: Instant) {
        let mut ready: Vec<epoll::Event> = Vec::with_capacity(256);
        let mut buffer = [0; 256];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let timeout = Timespec { tv_sec: 0, tv_nsec: left.as_nanos() as i64 };
            ready.clear();
            let _ = epoll::wait(&self.poller, rustix::buffer::spare_capacity(&mut ready), Some(&timeout));
            for event in &ready {
                if self.flows[event.data.u64() as usize].socket.recv(&mut buffer).is_ok()
                    && let Ok(stamp) = buffer[12..20].try_into()
                {
                    let micros = self.epoch.elapsed().as_micros() as u64 - u64::from_be_bytes(stamp);
                    self.delays_micros.push(micros as u32);
                }
            }
            if Instant::now() >= until {
                return;
            }
        }
    }
}

/// Processor time of the media threads.
fn media_nanoseconds() -> std::io::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.starts_with("media-") {
            let schedule = fs::read_to_string(task.join("schedstat"))?;
            sum += schedule.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}

fn resident_kilobytes() -> std::io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    Ok(line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0))
}
