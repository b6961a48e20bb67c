//! Connections that say nothing, and connections that say one byte a second.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until, timeout_at};

use crate::limits::{CONNECT_TIME_MAX, SLOW_BYTE_EVERY};

/// Connections in all, half of them silent and half of them slow.
pub(super) const CONNECTIONS: u32 = 2_000;

/// Addresses that they come from.
const SOURCES: u32 = 8;

/// Connections that are opened at once.
const BATCH: u32 = 50;

/// How long they are held: longer than the patience of any sound server.
pub(super) const HELD: Duration = Duration::from_secs(20);

/// Files for the connections, and for everything else of the simulator.
const FILES: u64 = 4_096;

/// What became of the connections.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Connections {
    /// That were opened.
    pub(super) opened: u64,
    /// That were not.
    pub(super) refused: u64,
    /// That the switch closed before the end.
    pub(super) closed: u64,
}

enum End {
    Refused,
    Closed,
    Held,
}

/// Opens them and holds them.
pub(super) async fn hold(switch: SocketAddr) -> Result<Connections, String> {
    raise_open_files()?;
    let until = Instant::now() + HELD;
    let mut held = JoinSet::new();
    let mut clock = interval(Duration::from_millis(50));
    for first in (0..CONNECTIONS).step_by(BATCH as usize) {
        clock.tick().await;
        for index in first..(first + BATCH).min(CONNECTIONS) {
            held.spawn(connection(switch, index, until));
        }
    }
    let mut connections = Connections::default();
    while let Some(end) = held.join_next().await {
        match end.map_err(|error| format!("an attacker's connection: {error}"))? {
            End::Refused => connections.refused += 1,
            End::Closed => {
                connections.opened += 1;
                connections.closed += 1;
            }
            End::Held => connections.opened += 1,
        }
    }
    Ok(connections)
}

/// The soft limit of open files up to what is needed here, as far as the hard one allows.
fn raise_open_files() -> Result<(), String> {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES, |maximum| FILES.min(maximum));
    if limit.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
            .map_err(|error| format!("the limit of open files cannot be raised to {wanted}: {error}"))?;
    }
    Ok(())
}

async fn connection(switch: SocketAddr, index: u32, until: Instant) -> End {
    let source = Ipv4Addr::new(127, 2, 0, 1 + (index % SOURCES) as u8);
    let opened = timeout_at(Instant::now() + CONNECT_TIME_MAX, open(source.into(), switch)).await;
    let Ok(Ok(mut stream)) = opened else { return End::Refused };
    let is_slow = index.is_multiple_of(2);
    let message = format!("INVITE sip:{}@{switch} SIP/2.0\r\nVia: SIP/2.0/TCP {source}\r\n", "a".repeat(99));
    let mut bytes = message.bytes().cycle();
    let mut clock = interval(SLOW_BYTE_EVERY);
    let mut answer = [0; 256];
    loop {
        tokio::select! {
            () = sleep_until(until) => return End::Held,
            read = stream.read(&mut answer) => if !matches!(read, Ok(1..)) {
                return End::Closed;
            },
            _ = clock.tick(), if is_slow => {
                let Some(byte) = bytes.next() else { return End::Held };
                if stream.write_all(&[byte]).await.is_err() {
                    return End::Closed;
                }
            }
        }
    }
}

async fn open(source: IpAddr, switch: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(source, 0))?;
    socket.connect(switch).await
}
