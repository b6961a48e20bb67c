//! Datagrams as nobody should send them, and what comes back.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use crate::limits::{DATAGRAM_BYTES_MAX, LOOK_AGAIN};
use crate::wait::eventually;

/// A socket that sends whatever it is told to.
#[derive(Debug)]
pub struct Raw {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Raw {
    /// A socket at `ip`, towards the switch at `to`.
    ///
    /// # Panics
    /// If no socket can be had.
    pub fn new(ip: Ipv4Addr, to: SocketAddr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).expect("a socket for raw datagrams");
        socket.set_read_timeout(Some(LOOK_AGAIN)).expect("a time-out can be set");
        Self { socket, to }
    }

    /// Sends a datagram.
    ///
    /// # Panics
    /// If the machine does not take it.
    pub fn send(&self, datagram: &[u8]) {
        self.socket.send_to(datagram, self.to).expect("the datagram is sent");
    }

    /// The next datagram that comes back; `None` if none comes in time.
    pub fn answer(&self, time_max: Duration) -> Option<String> {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        eventually(time_max, || {
            let (length, _) = self.socket.recv_from(&mut buffer).ok()?;
            Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
        })
    }

    /// A well-formed OPTIONS for a transport (`UDP`, `TCP`) with further header lines, each with its end of line.
    pub fn options(&self, transport: &str, call_id: &str, more_headers: &str) -> Vec<u8> {
        let from = self.socket.local_addr().expect("a bound socket has an address");
        let to = self.to;
        format!(
            "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/{transport} {from};branch=z9hG4bK{call_id}\r\n\
             From: <sip:raw@{from}>;tag=raw\r\nTo: <sip:{to}>\r\nCall-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\n\
             Max-Forwards: 70\r\n{more_headers}Content-Length: 0\r\n\r\n"
        )
        .into_bytes()
    }
}

/// Sends bytes over TCP and gives what comes back until the switch closes the connection or says no more for
/// `time_max`.
///
/// # Panics
/// If the switch takes no connection.
pub fn over_tcp(to: SocketAddr, bytes: &[u8], time_max: Duration) -> String {
    let mut stream = TcpStream::connect_timeout(&to, time_max).expect("the switch takes TCP connections");
    stream.set_read_timeout(Some(time_max)).expect("a time-out can be set");
    stream.set_write_timeout(Some(time_max)).expect("a time-out can be set");
    // A switch that has seen enough may close before all is written.
    let _ = stream.write_all(bytes);
    let mut answer = vec![0; DATAGRAM_BYTES_MAX];
    let length = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}
