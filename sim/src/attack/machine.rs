//! The machine itself during an attack, so that a gap that it made is not held against the switch: two ends that speak
//! to each other without a switch between them, how long the switch's threads waited for a core, and how long the disk took.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::limits::DISK_STALL_MS;
use crate::loopback::{CARRIER, OFFICE};
use crate::media::{Media, PACKET_TIME, PersonId};
use crate::sip::sdp::{PCMU, Remote};
use crate::watch::{Disk, Starvation};

/// Nobody's voice: none of the talkers has it.
const VOICE: PersonId = PersonId::Caller(0);

/// What is watched.
#[derive(Debug)]
pub(super) struct Machine {
    ends: [Media; 2],
    starvation: Starvation,
    disk: Disk,
}

/// What the machine did since the last look.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Strain {
    /// The longest gap between the two ends that no switch is between.
    pub(super) direct_gap_ms: u64,
    /// The longest that one of the switch's threads waited for a core in a tenth of a second.
    pub(super) core_wait_ms: u64,
    /// The longest that a write of the simulator's own took until it was durable.
    pub(super) disk_ms: u64,
}

impl Machine {
    /// Begins to speak and to watch.
    pub(super) async fn watch(pid: u32, out: &Path) -> Result<Self, String> {
        let open = async |ip| Media::open(ip, VOICE, []).await.map_err(|error| error.to_string());
        let ends = [open(CARRIER).await?, open(OFFICE).await?];
        let towards = |media: SocketAddr| Remote { media, payload_type: PCMU, hears: true };
        ends[0].speak(towards(ends[1].local()));
        ends[1].speak(towards(ends[0].local()));
        Ok(Self { ends, starvation: Starvation::watch(pid), disk: Disk::watch(out)? })
    }

    /// What happened since the last look.
    pub(super) fn look(&self) -> Strain {
        let gap = self.ends.iter().map(|end| end.look().gap_max).max().unwrap_or_default();
        let direct_gap_ms = u64::try_from(gap.as_millis()).unwrap_or(u64::MAX);
        Strain { direct_gap_ms, core_wait_ms: self.starvation.longest_ms(), disk_ms: self.disk.longest_ms() }
    }
}

impl Strain {
    /// The part of a gap that is the machine's: what was late without a switch, and what the switch was kept from its work.
    pub(super) fn gap_ms(self) -> u64 {
        let packet_ms = Duration::as_millis(&PACKET_TIME) as u64;
        self.direct_gap_ms.saturating_sub(packet_ms) + self.core_wait_ms
    }

    /// Whether the disk was kept from its work, so that no journal could have kept up.
    pub(super) const fn disk_stalled(self) -> bool {
        self.disk_ms >= DISK_STALL_MS
    }
}
