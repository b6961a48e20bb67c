//! RTCP (RFC 3550 6): sender and receiver reports with the name of the source, and BYE at the end.

use rtcp_types::prelude::*;
use rtcp_types::{
    Bye, Compound, ReceiverReport, ReportBlock, ReportBlockBuilder, RtcpWriteError, Sdes, SdesChunk,
    SdesItem, SenderReport,
};

use super::limits::REPORT_BYTES_MAX;
use super::reception::ReceptionReport;
use super::time::Moment;

/// What a leg tells of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnReport<'a> {
    pub(super) ssrc: u32,
    /// RFC 7022: random, so that it names nobody.
    pub(super) cname: &'a str,
    /// `None` if nothing was sent since the last report but one.
    pub(super) sent: Option<SentReport>,
    pub(super) received: Option<ReceptionReport>,
    /// The far end's last sender report.
    pub(super) last_sender_report: Option<LastSenderReport>,
    pub(super) goodbye: bool,
    pub(super) now: Moment,
}

/// What a leg has sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentReport {
    /// Seconds since 1900 in 32.32 bits.
    pub(super) ntp: u64,
    pub(super) timestamp: u32,
    pub(super) packets: u64,
    pub(super) octets: u64,
}

/// The far end's last sender report, for its round trip (RFC 3550 6.4.1 LSR and DLSR).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LastSenderReport {
    ntp_middle: u32,
    arrival: Moment,
}

/// What the far end told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct PeerReport {
    pub(super) sender_report: Option<LastSenderReport>,
    /// Packets of ours that it has lost.
    pub(super) lost: Option<u64>,
}

/// Writes a compound packet; its length.
pub(super) fn write(
    report: OwnReport<'_>,
    buffer: &mut [u8; REPORT_BYTES_MAX],
) -> Result<usize, RtcpWriteError> {
    let block = report.received.map(|received| block(&report, received));
    let name = Sdes::builder().add_chunk(
        SdesChunk::builder(report.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, report.cname)),
    );
    let compound = match report.sent {
        Some(sent) => {
            let mut sender = SenderReport::builder(report.ssrc)
                .ntp_timestamp(sent.ntp)
                .rtp_timestamp(sent.timestamp)
                .packet_count(sent.packets as u32)
                .octet_count(sent.octets as u32);
            if let Some(block) = block {
                sender = sender.add_report_block(block);
            }
            Compound::builder().add_packet(sender)
        }
        None => {
            let mut receiver = ReceiverReport::builder(report.ssrc);
            if let Some(block) = block {
                receiver = receiver.add_report_block(block);
            }
            Compound::builder().add_packet(receiver)
        }
    };
    let compound = compound.add_packet(name);
    if report.goodbye {
        compound.add_packet(Bye::builder().add_source(report.ssrc)).write_into(buffer)
    } else {
        compound.write_into(buffer)
    }
}

fn block(report: &OwnReport<'_>, received: ReceptionReport) -> ReportBlockBuilder {
    /// The field has 24 bits with a sign (RFC 3550 6.4.1).
    const LOST_MAX: u64 = 0x7F_FFFF;
    let block = ReportBlock::builder(received.ssrc)
        .fraction_lost(received.fraction_lost)
        .cumulative_lost(received.lost.min(LOST_MAX) as u32)
        .extended_sequence_number(received.highest_sequence)
        .interarrival_jitter(received.jitter_samples);
    match report.last_sender_report {
        Some(last) => {
            let delay = u128::from(report.now.micros_since(last.arrival)) * 65_536 / 1_000_000;
            block
                .last_sender_report_timestamp(last.ntp_middle)
                .delay_since_last_sender_report_timestamp(delay.try_into().unwrap_or(u32::MAX))
        }
        None => block,
    }
}

/// Reads a compound packet; `None` if it is none.
pub(super) fn read(packet: &[u8], own_ssrc: u32, now: Moment) -> Option<PeerReport> {
    Compound::parse(packet).ok()?;
    let mut told = PeerReport::default();
    let mut rest = packet;
    while let [_, kind, high, low, ..] = *rest {
        let length = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
        let (part, after) = rest.split_at_checked(length)?;
        // Only these two are of use; the parsers of the others need not meet a stranger's bytes.
        match kind {
            SenderReport::PACKET_TYPE => {
                let report = SenderReport::parse(part).ok()?;
                let ntp_middle = (report.ntp_timestamp() >> 16) as u32;
                told.sender_report = Some(LastSenderReport { ntp_middle, arrival: now });
                note_loss(&mut told, report.report_blocks(), own_ssrc);
            }
            ReceiverReport::PACKET_TYPE => {
                let report = ReceiverReport::parse(part).ok()?;
                note_loss(&mut told, report.report_blocks(), own_ssrc);
            }
            _ => {}
        }
        rest = after;
    }
    Some(told)
}

fn note_loss<'a>(told: &mut PeerReport, blocks: impl Iterator<Item = ReportBlock<'a>>, own_ssrc: u32) {
    for block in blocks.filter(|block| block.ssrc() == own_ssrc) {
        // 24 bits with a sign: duplicates make it negative.
        let lost = ((block.cumulative_lost() << 8) as i32) >> 8;
        told.lost = Some(u64::try_from(lost).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn own(sent: bool, goodbye: bool) -> OwnReport<'static> {
        OwnReport {
            ssrc: 7,
            cname: "0123456789abcdef",
            sent: sent.then_some(SentReport {
                ntp: 0x1122_3344_5566_7788,
                timestamp: 9,
                packets: 3,
                octets: 480,
            }),
            received: Some(ReceptionReport {
                ssrc: 8,
                fraction_lost: 64,
                lost: 5,
                highest_sequence: 70_000,
                jitter_samples: 12,
            }),
            last_sender_report: Some(LastSenderReport {
                ntp_middle: 0xAABB_CCDD,
                arrival: Moment::from_micros(0),
            }),
            goodbye,
            now: Moment::from_micros(500_000),
        }
    }

    #[test]
    fn the_far_end_reads_what_is_written() {
        for sent in [true, false] {
            let mut buffer = [0; REPORT_BYTES_MAX];
            let length = write(own(sent, false), &mut buffer).expect("fits");
            let now = Moment::from_micros(600_000);
            let told = read(&buffer[..length], 8, now).expect("valid");
            assert_eq!(told.lost, Some(5));
            let expected = LastSenderReport { ntp_middle: 0x3344_5566, arrival: now };
            assert_eq!(told.sender_report, sent.then_some(expected));
            assert_eq!(read(&buffer[..length], 99, now).expect("valid").lost, None, "about another source");
        }
    }

    #[test]
    fn a_compound_has_report_name_and_goodbye_in_order() {
        let mut buffer = [0; REPORT_BYTES_MAX];
        let length = write(own(true, true), &mut buffer).expect("fits");
        let kinds: Vec<_> = Compound::parse(&buffer[..length])
            .expect("valid")
            .map(|packet| packet.expect("valid").type_())
            .collect();
        assert_eq!(kinds, [200, 202, 203]);
    }

    #[test]
    fn the_delay_since_the_last_sender_report_is_in_65536ths() {
        let mut buffer = [0; REPORT_BYTES_MAX];
        let length = write(own(false, false), &mut buffer).expect("fits");
        let report = ReceiverReport::parse(&buffer[..32.min(length)]).expect("first of the compound");
        let block = report.report_blocks().next().expect("one");
        assert_eq!(block.last_sender_report_timestamp(), 0xAABB_CCDD);
        assert_eq!(block.delay_since_last_sender_report_timestamp(), 32_768);
    }

    proptest! {
        #[test]
        fn no_packet_panics(packet in proptest::collection::vec(any::<u8>(), 0..120), kind in 200u8..204) {
            let mut packet = packet;
            if packet.len() > 4 {
                packet[0] = packet[0] & 0x1F | 0x80;
                packet[1] = kind;
            }
            let _ = read(&packet, 1, Moment::default());
        }
    }
}
