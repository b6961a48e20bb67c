//! What attackers send. Written as text and not by `rsip`: much of it is meant to be wrong.

use std::net::SocketAddr;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};

use super::house::{PROBE_NUMBER, TALKERS};

/// A REGISTER with a wrong password, for a seat that is or for one that is not.
pub(super) fn register(index: u64, from: SocketAddr, switch: SocketAddr) -> Vec<u8> {
    // One in three names nobody; the rest all seats in turn, the talking ones and the others.
    let user = if index.is_multiple_of(3) {
        format!("nobody{}", index % 1_000)
    } else {
        format!("seat{}", TALKERS.start() + (index % 12) as u32)
    };
    let address = format!("sip:{user}@{switch}");
    format!(
        "REGISTER sip:{switch} SIP/2.0\r\nVia: SIP/2.0/UDP {from};rport;branch=z9hG4bKr{index}\r\n\
         From: <{address}>;tag=r{index}\r\nTo: <{address}>\r\nCall-ID: r{index}@{from}\r\nCSeq: 1 REGISTER\r\n\
         Contact: <sip:{user}@{from}>\r\nExpires: 300\r\nMax-Forwards: 70\r\n\
         Authorization: Digest username=\"{user}\", realm=\"acd\", nonce=\"00000000{index:08x}\", \
         uri=\"sip:{switch}\", response=\"{index:032x}\", algorithm=MD5\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// An INVITE of nobody's to a number of the plan; as `user` it pretends to be a seat or a caller.
pub(super) fn invite(index: u64, from: SocketAddr, switch: SocketAddr, user: &str) -> Vec<u8> {
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n",
        ip = from.ip()
    );
    format!(
        "INVITE sip:{PROBE_NUMBER}@{switch} SIP/2.0\r\nVia: SIP/2.0/UDP {from};rport;branch=z9hG4bKi{index}\r\n\
         From: <sip:{user}@{switch}>;tag=i{index}\r\nTo: <sip:{PROBE_NUMBER}@{switch}>\r\n\
         Call-ID: i{index}@{from}\r\nCSeq: 1 INVITE\r\nContact: <sip:{user}@{from}>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}",
        length = body.len()
    )
    .into_bytes()
}

/// An RTP packet of G.711 µ-law that belongs to no call.
pub(super) fn rtp(index: u64) -> Vec<u8> {
    let mut packet = Vec::with_capacity(172);
    packet.extend([0x80, 0]);
    packet.extend((index as u16).to_be_bytes());
    packet.extend((index as u32).wrapping_mul(160).to_be_bytes());
    packet.extend(0xbad0_5eed_u32.to_be_bytes());
    packet.extend([0x55; 160]);
    packet
}

/// An RTCP BYE of a source that belongs to no call (RFC 3550 6.6).
pub(super) fn rtcp(index: u64) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend((index as u32).to_be_bytes());
    packet.extend([0x81, 203, 0, 1]);
    packet.extend((index as u32).to_be_bytes());
    packet
}

/// Garbage of every kind that a network brings, from a seed.
#[derive(Debug)]
pub(super) struct Garbage {
    rng: ChaCha8Rng,
    switch: SocketAddr,
}

impl Garbage {
    pub(super) fn new(seed: u64, switch: SocketAddr) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed ^ 0x6a5b), switch }
    }

    /// The next datagram.
    pub(super) fn next(&mut self, index: u64, from: SocketAddr) -> Vec<u8> {
        let kind = self.rng.random_range(0..6);
        match kind {
            // Noise, up to a datagram that is cut into fragments.
            0 => {
                let length = self.rng.random_range(1..=2_000);
                self.noise(length)
            }
            // A message that was cut off.
            1 => {
                let mut message = invite(index, from, self.switch, "0312345678");
                let length = self.rng.random_range(1..message.len());
                message.truncate(length);
                message
            }
            // A message with bytes changed.
            2 => {
                let mut message = invite(index, from, self.switch, "0312345678");
                for _ in 0..self.rng.random_range(1..=20) {
                    let place = self.rng.random_range(0..message.len());
                    message[place] = self.rng.random();
                }
                message
            }
            // Headers without end.
            3 => {
                let mut message = b"OPTIONS sip:a SIP/2.0\r\n".to_vec();
                for header in 0..self.rng.random_range(1..=400_u32) {
                    message.extend(format!("X-{header}: {header}\r\n").bytes());
                }
                message
            }
            // A response to nothing, and an ACK to nothing.
            4 => format!(
                "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKg{index}\r\nFrom: <sip:a@b>;tag=1\r\n\
                 To: <sip:a@b>;tag=2\r\nCall-ID: g{index}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
            )
            .into_bytes(),
            _ => format!(
                "ACK sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKg{index}\r\nFrom: <sip:a@b>;tag=1\r\n\
                 To: <sip:a@b>;tag=2\r\nCall-ID: g{index}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
                to = self.switch
            )
            .into_bytes(),
        }
    }

    fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut noise = vec![0; length];
        self.rng.fill_bytes(&mut noise);
        noise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn what_shall_be_well_formed_is() {
        let (from, switch) = (address("127.9.0.1:4000"), address("127.0.0.1:5060"));
        for message in [register(0, from, switch), register(1, from, switch), invite(7, from, switch, "a")] {
            assert!(crate::sip::message::parse(&message).is_some(), "{}", String::from_utf8_lossy(&message));
        }
    }

    #[test]
    fn a_seed_gives_the_same_garbage_and_another_seed_other_garbage() {
        let (from, switch) = (address("127.9.0.1:4000"), address("127.0.0.1:5060"));
        let all = |seed| {
            let mut garbage = Garbage::new(seed, switch);
            (0..50).map(|index| garbage.next(index, from)).collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        assert!(all(3).iter().all(|datagram| (1..=65_000).contains(&datagram.len())));
    }
}
