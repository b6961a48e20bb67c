//! The attacks, each bounded in count and time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::flood::{Flood, Tally};
use super::messages::{Garbage, invite, register, rtcp, rtp};
use super::{redial, tcp};

/// One kind of attack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attack {
    /// 10,000 REGISTERs with wrong passwords from one source.
    RegisterOne,
    /// 10,000 REGISTERs with wrong passwords from 200 sources.
    RegisterMany,
    /// 5,000 INVITEs of a stranger.
    StrangerInvite,
    /// 5,000 INVITEs of a stranger who says he is a seat.
    SeatInvite,
    /// 10,000 datagrams of garbage a second for 20 s.
    Garbage,
    /// 2,000 TCP connections, silent or with slow headers.
    Tcp,
    /// A caller on the trunk who redials 50 times a second for 20 s.
    Redial,
    /// 20,000 packets of a stranger a second for 10 s at the RTP port of one call.
    Rtp,
    /// The same at its RTCP port.
    Rtcp,
}

/// What came faster than it was read, which no one of the switch ever saw.
const QUEUE_FULL: &str = "acd_kernel_udp_dropped_total{reason=\"queue_full\"";

/// Whom the attacks are against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) switch: SocketAddr,
    pub(super) media: SocketAddr,
    pub(super) seed: u64,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::RegisterOne,
        Self::RegisterMany,
        Self::StrangerInvite,
        Self::SeatInvite,
        Self::Garbage,
        Self::Tcp,
        Self::Redial,
        Self::Rtp,
        Self::Rtcp,
    ];

    /// As the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RegisterOne => "register-one",
            Self::RegisterMany => "register-many",
            Self::StrangerInvite => "stranger-invite",
            Self::SeatInvite => "seat-invite",
            Self::Garbage => "garbage",
            Self::Tcp => "tcp",
            Self::Redial => "redial",
            Self::Rtp => "rtp",
            Self::Rtcp => "rtcp",
        }
    }

    /// The attack of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attack| attack.name() == name)
    }

    /// The series of the switch that say what became of it.
    const fn counted_by(self) -> &'static [&'static str] {
        match self {
            Self::RegisterOne | Self::RegisterMany | Self::SeatInvite => &["acd_sip_digests", QUEUE_FULL],
            Self::StrangerInvite => &["acd_sip_stranger_invites", QUEUE_FULL],
            Self::Garbage => &["acd_sip_malformed", "acd_sip_strays", "acd_sip_stranger_invites", QUEUE_FULL],
            Self::Tcp => &[
                "acd_sip_connections_total{fate=\"closed_for_fault\"",
                "acd_sip_connections_total{fate=\"refused\"",
            ],
            Self::Redial => &["acd_calls_ended", "acd_calls_refused"],
            // A stranger is turned away by the system where the call's socket is connected, else by the switch.
            Self::Rtp | Self::Rtcp => &[
                "acd_media_stranger_packets",
                "acd_kernel_udp_dropped_total{reason=\"no_socket\"",
                QUEUE_FULL,
            ],
        }
    }

    /// How much of the attack the switch's figures account for, out of what grew meanwhile.
    pub(super) fn explained(self, grown: &BTreeMap<String, f64>) -> u64 {
        let counts = |series: &str| self.counted_by().iter().any(|prefix| series.starts_with(prefix));
        grown.iter().filter(|(series, _)| counts(series)).map(|(_, count)| *count).sum::<f64>() as u64
    }

    /// Carries it out; comes back when all is sent.
    pub(super) async fn run(self, target: Target) -> Result<Tally, String> {
        let Target { switch, media, seed } = target;
        let one = vec![stranger(1)];
        let at = |address: SocketAddr| vec![address];
        match self {
            Self::RegisterOne => {
                let flood = Flood { sources: one, targets: at(switch), count: 10_000, per_second: 2_000 };
                send(flood, move |index, from| register(index, from, switch)).await
            }
            Self::RegisterMany => {
                let sources = (1..=200).map(|host| Ipv4Addr::new(127, 1, 0, host).into()).collect();
                let flood = Flood { sources, targets: at(switch), count: 10_000, per_second: 2_000 };
                send(flood, move |index, from| register(index, from, switch)).await
            }
            Self::StrangerInvite => {
                let flood = Flood { sources: one, targets: at(switch), count: 5_000, per_second: 2_000 };
                send(flood, move |index, from| invite(index, from, switch, "0312345678")).await
            }
            Self::SeatInvite => {
                let flood = Flood { sources: one, targets: at(switch), count: 5_000, per_second: 2_000 };
                send(flood, move |index, from| invite(index, from, switch, "seat101")).await
            }
            Self::Garbage => {
                let flood = Flood { sources: one, targets: at(switch), count: 200_000, per_second: 10_000 };
                let mut garbage = Garbage::new(seed, switch);
                send(flood, move |index, from| garbage.next(index, from)).await
            }
            Self::Tcp => {
                let connections = tcp::hold(switch).await?;
                if connections.closed < connections.opened {
                    return Err(format!(
                        "the switch did not close all silent and slow connections: {connections:?}"
                    ));
                }
                Ok(Tally { sent: connections.opened, unsent: connections.refused, ..Tally::default() })
            }
            Self::Redial => redial::run(switch, seed).await,
            Self::Rtp => {
                let flood = Flood { sources: one, targets: at(media), count: 200_000, per_second: 20_000 };
                send(flood, |index, _| rtp(index)).await
            }
            Self::Rtcp => {
                let control = SocketAddr::new(media.ip(), media.port() + 1);
                let flood = Flood { sources: one, targets: at(control), count: 200_000, per_second: 20_000 };
                send(flood, |index, _| rtcp(index)).await
            }
        }
    }
}

const fn stranger(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 9, 0, host))
}

/// On a thread of its own: who floods does not wait for who talks.
async fn send(
    flood: Flood,
    datagram: impl FnMut(u64, SocketAddr) -> Vec<u8> + Send + 'static,
) -> Result<Tally, String> {
    tokio::task::spawn_blocking(move || flood.run(datagram))
        .await
        .map_err(|error| format!("the flood's thread: {error}"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_explained_by_its_own_series_alone() {
        let grown = [
            ("acd_sip_digests_total{verdict=\"wrong\"}", 10.0),
            ("acd_sip_digests_total{verdict=\"not_looked_at\"}", 90.0),
            ("acd_kernel_udp_dropped_total{reason=\"queue_full\"}", 5.0),
            ("acd_kernel_udp_dropped_total{reason=\"no_socket\"}", 7_000.0),
            ("acd_media_stranger_packets_total", 300.0),
            ("acd_sip_connections_total{fate=\"accepted\"}", 24.0),
        ];
        let grown = grown.map(|(series, count)| (series.to_owned(), count)).into();
        assert_eq!(Attack::RegisterOne.explained(&grown), 105);
        assert_eq!(Attack::Rtp.explained(&grown), 7_305);
        assert_eq!((Attack::Tcp.explained(&grown), Attack::Redial.explained(&grown)), (0, 0));
    }

    #[test]
    fn every_attack_is_found_by_its_name() {
        for attack in Attack::ALL {
            assert_eq!(Attack::named(attack.name()), Some(attack));
        }
        assert_eq!(Attack::named("flattery"), None);
    }
}
