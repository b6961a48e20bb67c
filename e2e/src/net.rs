//! Addresses of loopback: each party of a test has its own, so that ports never collide between parties.

use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU8, Ordering};

/// A loopback address that no other party of this test process has.
pub fn address() -> Ipv4Addr {
    static COUNT: AtomicU8 = AtomicU8::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // The third part differs by process, so that two runs on one machine stay apart.
    let process = u8::try_from(std::process::id() % 200 + 20).expect("invariant: below 220");
    Ipv4Addr::new(127, 0, process, count % 250 + 2)
}

/// A port of `ip` that is free for UDP and TCP at this moment.
///
/// # Panics
/// If the machine has no port left.
pub fn free_port(ip: impl Into<IpAddr>) -> u16 {
    let ip = ip.into();
    for _ in 0..100 {
        let udp = UdpSocket::bind((ip, 0)).expect("a free UDP port");
        let port = udp.local_addr().expect("a bound socket has an address").port();
        if TcpListener::bind((ip, port)).is_ok() {
            return port;
        }
    }
    panic!("no port of {ip} is free for both UDP and TCP")
}
