//! What the system did with datagrams that nobody here ever saw: strangers at a call's port, whose socket takes its far
//! end's packets alone, and what came faster than it was read.

use super::metrics::{Kind, Page};

/// Datagrams that the system gave to nobody, IPv4 and IPv6, since the machine started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unseen {
    no_socket: u64,
    queue_full: u64,
    bad_checksum: u64,
}

/// As the system says it; none where it does not.
pub(super) fn unseen() -> Option<Unseen> {
    // Made by the kernel as it is read: no disk is waited for.
    let four = of_table(&std::fs::read_to_string("/proc/net/snmp").ok()?)?;
    // A machine without IPv6 has no such file.
    let of_six = std::fs::read_to_string("/proc/net/snmp6").unwrap_or_default();
    let six = |name| of_list(&of_six, name);
    Some(Unseen {
        no_socket: four.no_socket + six("Udp6NoPorts"),
        queue_full: four.queue_full + six("Udp6RcvbufErrors"),
        bad_checksum: four.bad_checksum + six("Udp6InCsumErrors"),
    })
}

/// `Udp: InDatagrams NoPorts …`, and below it the numbers in the same order.
fn of_table(text: &str) -> Option<Unseen> {
    let mut rows = text.lines().filter_map(|line| line.strip_prefix("Udp:"));
    let (names, numbers) = (rows.next()?, rows.next()?);
    let column = |wanted: &str| {
        let mut columns = names.split_whitespace().zip(numbers.split_whitespace());
        columns.find(|(name, _)| *name == wanted)?.1.parse().ok()
    };
    Some(Unseen {
        no_socket: column("NoPorts")?,
        queue_full: column("RcvbufErrors")?,
        bad_checksum: column("InCsumErrors").unwrap_or(0),
    })
}

/// A name and a number a line.
fn of_list(text: &str, wanted: &str) -> u64 {
    let mut rows = text.lines().filter_map(|line| line.split_once(char::is_whitespace));
    let found = rows.find(|(name, _)| *name == wanted);
    found.and_then(|(_, number)| number.trim().parse().ok()).unwrap_or(0)
}

/// Onto the page.
pub(super) fn figures(page: &mut Page, unseen: Option<Unseen>) {
    let family = page.family(
        Kind::Counter,
        "acd_kernel_udp_dropped",
        "Datagrams that the system gave to no socket, of the whole machine and since it started",
    );
    if let Some(Unseen { no_socket, queue_full, bad_checksum }) = unseen {
        family.add([("reason", "no_socket")], no_socket as f64);
        family.add([("reason", "queue_full")], queue_full as f64);
        family.add([("reason", "bad_checksum")], bad_checksum as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_tables_are_read_by_their_names() {
        let table = "Tcp: A B\nTcp: 1 2\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors InCsumErrors\n\
                     Udp: 10 20 30 40 50 60\nUdpLite: NoPorts\nUdpLite: 9\n";
        let expected = Unseen { no_socket: 20, queue_full: 50, bad_checksum: 60 };
        assert_eq!(of_table(table), Some(expected));
        assert_eq!(of_table("Udp: InDatagrams\nUdp: 1\n"), None);
        let list = "Udp6InDatagrams                 \t7\nUdp6NoPorts                     \t3\n";
        assert_eq!((of_list(list, "Udp6NoPorts"), of_list(list, "Udp6RcvbufErrors")), (3, 0));
    }
}
