//! What each part must know of the plan, in the part's own words.

use sip_gateway::bridge::{BridgeSettings, KeepAlive, SeatContact, SeatSettings, Trunk, TrunkPeer};
use sip_gateway::media::MediaConfig;
use sip_gateway::registrar::{Credentials, RegistrarConfig};
use sip_gateway::sip::digest;
use sip_gateway::sip::message::{Host, Uri};
use sip_gateway::sip::{Listener, StackConfig};
use sip_gateway::transport::Transports;

use crate::logging;
use crate::plan::{DigestAlgorithm, KeepAliveSettings, LogFormat, PlanFile, ShellPlan, StaticContact};

/// Recordings are named by the day in Japan (R-A9), 9 hours east of Greenwich.
pub(super) const JAPAN_OFFSET_MINUTES: i32 = 540;

pub(super) const fn log_format(plan: &ShellPlan) -> logging::LogFormat {
    match plan.log.format {
        LogFormat::Text => logging::LogFormat::Text,
        LogFormat::Json => logging::LogFormat::Json,
    }
}

pub(super) fn media(plan: &ShellPlan, seed: &[u8; 32]) -> MediaConfig {
    let ports = plan.media.rtp_port_first..=plan.media.rtp_port_last + 1;
    let mut drawn = [0; 8];
    drawn.copy_from_slice(&seed[24..]);
    MediaConfig::new(plan.media.address, ports, u64::from_le_bytes(drawn))
}

pub(super) fn stack(plan: &ShellPlan, transports: &Transports) -> StackConfig {
    let advertised = |port| plan.sip.advertised.map(|address| (Host::from(address), port));
    let udp = transports.udp_addresses().map(|local| Listener {
        tcp: false,
        local,
        advertised: advertised(local.port()),
    });
    let tcp = transports.tcp_addresses().map(|local| Listener {
        tcp: true,
        local,
        advertised: advertised(local.port()),
    });
    StackConfig { listeners: udp.chain(tcp).collect(), ..StackConfig::default() }
}

pub(super) fn registrar(plan: &ShellPlan) -> RegistrarConfig {
    RegistrarConfig {
        realm: plan.sip.realm.clone(),
        nonce_lifetime: plan.sip.nonce_lifetime,
        exempt: plan.trunks.values().flat_map(|trunk| trunk.networks.iter().copied()).collect(),
        ..RegistrarConfig::default()
    }
}

pub(super) fn credentials(plan: &ShellPlan) -> Vec<Credentials> {
    plan.seats
        .iter()
        .filter(|(_, seat)| !seat.ha1.is_empty())
        .map(|(&seat, credentials)| Credentials {
            seat,
            user: credentials.user.clone().into_bytes(),
            ha1: credentials
                .ha1
                .iter()
                .map(|ha1| {
                    let algorithm = match ha1.algorithm {
                        DigestAlgorithm::Md5 => digest::Algorithm::Md5,
                        DigestAlgorithm::Sha256 => digest::Algorithm::Sha256,
                    };
                    digest::Ha1 { algorithm, hex: ha1.hex.clone() }
                })
                .collect(),
        })
        .collect()
}

pub(super) fn bridge(plan: &PlanFile) -> BridgeSettings {
    let shell = &plan.shell;
    BridgeSettings {
        media_address: shell.media.advertised,
        trunks: shell
            .trunks
            .iter()
            .map(|(&id, trunk)| {
                let keep_alive = trunk.keep_alive.as_ref().map(keep_alive);
                Trunk { id, networks: trunk.networks.clone(), keep_alive, rehearsal: trunk.rehearsal }
            })
            .collect(),
        seats: shell
            .seats
            .iter()
            .map(|(&id, seat)| {
                let static_contact = seat.static_contact.as_ref().and_then(|contact| {
                    let uri = Uri::parse(contact.uri.as_bytes()).ok()?;
                    Some(SeatContact { uri, address: contact.address, tcp: contact.tcp })
                });
                (id, SeatSettings { static_contact, media_timeout: shell.media.timeout })
            })
            .collect(),
        titles: plan.core.tenants.iter().map(|(&id, tenant)| (id, tenant.title.clone())).collect(),
    }
}

fn keep_alive(settings: &KeepAliveSettings) -> KeepAlive {
    let peer = |peer: &StaticContact| {
        let uri = Uri::parse(peer.uri.as_bytes()).ok()?;
        Some(TrunkPeer { uri, address: peer.address, tcp: peer.tcp })
    };
    KeepAlive {
        peers: settings.peers.iter().filter_map(peer).collect(),
        every: settings.every,
        tries: settings.tries.into(),
    }
}
