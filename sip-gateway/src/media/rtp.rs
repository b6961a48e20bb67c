//! The RTP header (RFC 3550 5.1): read with `rtp-rs`, written in place.

use std::ops::Range;

use rtp_rs::RtpReader;

/// Bytes of a header without contributing sources and extension, the only kind that we send.
pub(super) const HEADER_BYTES: usize = 12;

/// Comfort noise (RFC 3389).
pub(super) const COMFORT_NOISE: u8 = 13;

/// What a packet's header says, and where its payload lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
    /// Without padding; never begins before [`HEADER_BYTES`].
    pub(super) payload: Range<usize>,
}

impl Header {
    /// Reads a datagram; `None` if it is no RTP of version 2.
    pub(super) fn parse(datagram: &[u8]) -> Option<Self> {
        let packet = RtpReader::new(datagram).ok()?;
        let start = packet.payload_offset();
        Some(Self {
            payload_type: packet.payload_type(),
            marker: packet.mark(),
            sequence: packet.sequence_number().into(),
            timestamp: packet.timestamp(),
            ssrc: packet.ssrc(),
            payload: start..start + packet.payload().len(),
        })
    }
}

/// What goes out before a payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OutgoingHeader {
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
}

impl OutgoingHeader {
    /// Writes the header just before the payload that starts there and returns where the packet starts. Contributing
    /// sources, extension and padding of a received packet are written over: they belong to the other session.
    pub(super) fn write_before(self, buffer: &mut [u8], payload_start: usize) -> usize {
        let start = payload_start - HEADER_BYTES;
        let header = &mut buffer[start..payload_start];
        header[0] = 0x80;
        header[1] = self.payload_type & 0x7F | if self.marker { 0x80 } else { 0 };
        header[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        header[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        header[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        start
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let header = OutgoingHeader {
            payload_type: 101,
            marker: true,
            sequence: 65_535,
            timestamp: 7,
            ssrc: 0xDEAD_BEEF,
        };
        let mut buffer = [9u8; 20];
        assert_eq!(header.write_before(&mut buffer, 16), 4);
        let read = Header::parse(&buffer[4..]).expect("valid");
        assert_eq!(
            read,
            Header {
                payload_type: 101,
                marker: true,
                sequence: 65_535,
                timestamp: 7,
                ssrc: 0xDEAD_BEEF,
                payload: 12..16
            }
        );
    }

    #[test]
    fn padding_and_extension_are_no_payload() {
        let mut datagram = vec![0xB1, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        datagram.extend([0, 0, 0, 4]);
        datagram.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
        datagram.extend([0x55; 10]);
        datagram.extend([0, 0, 0, 4]);
        assert_eq!(Header::parse(&datagram).expect("valid").payload, 24..34);
    }

    proptest! {
        #[test]
        fn no_datagram_panics(datagram in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some(header) = Header::parse(&datagram) {
                prop_assert!(header.payload.start >= HEADER_BYTES);
                prop_assert!(header.payload.end <= datagram.len());
            }
        }
    }
}
