//! One RTP socket for all callers, one for all seats: what comes is thrown away, what is said is silence.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::media::PACKET_SAMPLES;
use crate::sip::sdp::Remote;

/// A shared socket, read by a task of its own.
#[derive(Debug)]
pub(super) struct Voices {
    socket: Arc<UdpSocket>,
    pub(super) local: SocketAddr,
    heard: Arc<AtomicU64>,
    ear: JoinHandle<()>,
}

impl Drop for Voices {
    fn drop(&mut self) {
        self.ear.abort();
    }
}

impl Voices {
    /// Binds a port.
    pub(super) async fn open(ip: IpAddr) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("no RTP port at {ip}: {error}");
        let socket = Arc::new(UdpSocket::bind((ip, 0)).await.map_err(failed)?);
        let local = socket.local_addr().map_err(failed)?;
        let heard = Arc::new(AtomicU64::new(0));
        let (own, count) = (Arc::clone(&socket), Arc::clone(&heard));
        let ear = tokio::spawn(async move {
            let mut buffer = [0; 2_048];
            loop {
                // An ICMP error of something that was said to a closed port is no end.
                if own.recv_from(&mut buffer).await.is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Ok(Self { socket, local, heard, ear })
    }

    /// Datagrams heard so far, by all.
    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// Speaks for so long, a packet each 20 ms.
    pub(super) async fn speak(&self, to: Remote, length: Duration) {
        let packets = length.as_millis() / 20;
        let mut clock = interval(Duration::from_millis(20));
        for sequence in 0..packets as u16 {
            clock.tick().await;
            let mut packet = Vec::with_capacity(12 + PACKET_SAMPLES);
            packet.extend([0x80, to.payload_type]);
            packet.extend(sequence.to_be_bytes());
            packet.extend((u32::from(sequence) * PACKET_SAMPLES as u32).to_be_bytes());
            packet.extend(u32::from(to.media.port()).to_be_bytes());
            packet.extend([0xff; PACKET_SAMPLES]);
            // A packet that the kernel does not take is lost, as on any network.
            let _ = self.socket.send_to(&packet, to.media).await;
        }
    }
}
