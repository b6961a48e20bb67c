//! A stranger's flood: datagrams at a rate from one source or from many, and what is answered.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Instant;

use crate::limits::{DATAGRAM_BYTES_MAX, FLOOD_ANSWERS_WAIT, FLOOD_STEP};

/// How many, how fast, whence and whither.
#[derive(Clone, Debug)]
pub(super) struct Flood {
    /// The attackers' addresses; each sends in turn.
    pub(super) sources: Vec<IpAddr>,
    /// The attacked sockets; each is sent to in turn.
    pub(super) targets: Vec<SocketAddr>,
    /// Datagrams in all.
    pub(super) count: u64,
    /// Datagrams a second.
    pub(super) per_second: u64,
}

/// What became of a flood.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(super) struct Tally {
    /// Datagrams that went out.
    pub(super) sent: u64,
    /// Datagrams that the machine did not take.
    pub(super) unsent: u64,
    /// SIP answers that came back, by status; what is missing was answered with silence.
    pub(super) answers: BTreeMap<u16, u64>,
}

impl Flood {
    /// Sends all of it, on the calling thread. `datagram` makes the n-th for the source's own address.
    ///
    /// # Errors
    /// If an attacker's socket cannot be had.
    pub(super) fn run(&self, mut datagram: impl FnMut(u64, SocketAddr) -> Vec<u8>) -> Result<Tally, String> {
        let sockets = self.sources.iter().map(|source| open(*source)).collect::<Result<Vec<_>, _>>()?;
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut tally = Tally::default();
        let began = Instant::now();
        let (mut at, mut done) = (0, 0);
        while done < self.count {
            let due = (began.elapsed().as_micros() * u128::from(self.per_second) / 1_000_000)
                .min(u128::from(self.count)) as u64;
            while done < due {
                let (socket, local) = &sockets[at % sockets.len()];
                let target = self.targets[at % self.targets.len()];
                match socket.send_to(&datagram(done, *local), target) {
                    Ok(_) => tally.sent += 1,
                    // The ICMP error of an earlier datagram is told here; this one was not sent.
                    Err(_) => tally.unsent += 1,
                }
                read(socket, &mut buffer, &mut tally);
                at += 1;
                done += 1;
            }
            std::thread::sleep(FLOOD_STEP);
        }
        std::thread::sleep(FLOOD_ANSWERS_WAIT);
        for (socket, _) in &sockets {
            read(socket, &mut buffer, &mut tally);
        }
        Ok(tally)
    }
}

fn open(source: IpAddr) -> Result<(UdpSocket, SocketAddr), String> {
    let failed = |error: std::io::Error| format!("an attacker's socket at {source}: {error}");
    let socket = UdpSocket::bind((source, 0)).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    let local = socket.local_addr().map_err(failed)?;
    Ok((socket, local))
}

/// Reads what has come back.
fn read(socket: &UdpSocket, buffer: &mut [u8], tally: &mut Tally) {
    while let Ok((length, _)) = socket.recv_from(buffer) {
        if let Some(status) = status(&buffer[..length]) {
            *tally.answers.entry(status).or_default() += 1;
        }
    }
}

/// The status of a SIP answer; `None` if it is none.
fn status(datagram: &[u8]) -> Option<u16> {
    let code = datagram.strip_prefix(b"SIP/2.0 ")?.get(..3)?;
    std::str::from_utf8(code).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_sends_its_count_from_its_sources_and_counts_the_answers() {
        let victim = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let target = victim.local_addr().expect("an address");
        let flood = Flood {
            sources: vec!["127.9.0.1".parse().expect("an address"), "127.9.0.2".parse().expect("an address")],
            targets: vec![target],
            count: 40,
            per_second: 100_000,
        };
        let answering = std::thread::spawn(move || {
            let mut sources = BTreeMap::<IpAddr, u64>::new();
            for _ in 0..40 {
                let (_, from) = victim.recv_from(&mut [0; 64]).expect("a datagram");
                *sources.entry(from.ip()).or_default() += 1;
                victim.send_to(b"SIP/2.0 403 Forbidden\r\n", from).expect("sent");
            }
            sources
        });
        let tally = flood.run(|index, _| vec![b'x'; 1 + index as usize % 3]).expect("sockets");
        assert_eq!((tally.sent, tally.unsent), (40, 0));
        assert_eq!(answering.join().expect("no panic").into_values().collect::<Vec<_>>(), [20, 20]);
        assert!(tally.answers.get(&403).is_some_and(|answers| (1..=40).contains(answers)), "{tally:?}");
        assert_eq!(status(b"INVITE sip:a SIP/2.0"), None);
    }
}
