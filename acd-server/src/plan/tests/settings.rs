//! What the shell's tables become, and what they are if nothing is said.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use acd_core::plan::{Guidance, LinesFullRefusal, Login};
use acd_core::{DialledNumber, SeatId, TenantId, TrunkId};

use super::{SMALL, changed, parse};
use crate::plan::{DigestAlgorithm, LogFormat, LogLevel};

#[test]
fn defaults_are_as_documented() {
    let plan = parse(SMALL).unwrap();
    let shell = &plan.shell;
    assert_eq!(shell.listen.sip_tcp, ["127.0.0.1:5060".parse().unwrap()]);
    assert_eq!(shell.listen.http, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(shell.listen.grpc, "127.0.0.1:50051".parse().unwrap());
    assert_eq!((shell.sip.realm.as_str(), shell.sip.nonce_lifetime), ("acd", Duration::from_secs(300)));
    assert_eq!(shell.media.address, IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_eq!((shell.media.rtp_port_first, shell.media.rtp_port_last), (10_000, 19_998));
    assert_eq!(shell.media.timeout, Some(Duration::from_secs(30)));
    assert_eq!((shell.journal.input_retention_days, shell.journal.fact_retention_days), (7, 1_826));
    assert_eq!(shell.journal.stall, Duration::from_millis(200));
    assert_eq!(shell.recordings_folder, Path::new("recordings"));
    assert_eq!(shell.drain, Duration::from_secs(600));
    assert_eq!((shell.log.format, shell.log.level), (LogFormat::Text, LogLevel::Info));

    let tenant = &plan.core.tenants[&TenantId::new("shiga").unwrap()];
    assert_eq!((tenant.utc_offset_minutes, tenant.closed_lines), (540, 2));
    assert_eq!(tenant.ring, Duration::from_secs(15));
    assert_eq!(tenant.waiting.message_every, Duration::from_secs(60));
    assert_eq!((tenant.max_wait, tenant.refusal), (None, LinesFullRefusal::BusyHere));

    let seat = &plan.core.seats[&SeatId::new("seat1").unwrap()];
    assert_eq!((seat.login, seat.wrap_up_max, seat.not_answering_retry), (Login::ByCommand, None, None));
}

#[test]
fn what_is_written_is_what_is_meant() {
    let text = SMALL
        .replace("sip_udp = [\"127.0.0.1:5060\"]", "sip_udp = [\"0.0.0.0:5070\", \"[::1]:5070\"]\nsip_tcp = []\n\n[sip]\nadvertised_address = \"192.0.2.9\"\nrealm = \"line.example\"\n\n[media]\naddress = \"0.0.0.0\"\nadvertised_address = \"192.0.2.9\"\nmedia_timeout_s = 0\n\n[log]\nformat = \"json\"\nlevel = \"debug\"\n\n[run]\ndrain_s = 0")
        .replace("networks = [\"127.0.0.0/8\"]", "networks = [\"192.0.2.0/28\", \"2001:db8::1\"]\npeers = [\"sip:192.0.2.1\", \"sip:192.0.2.2:5070;transport=tcp\"]\noptions_every_s = 60\noptions_tries = 2")
        .replace("password = \"demo-{n}\"", "password = \"wachtwoord-{n}\"\nuser = \"phone{n}\"\ndigest = [\"SHA-256\", \"MD5\"]\nlogin = \"on_register\"\nskills = [\"adviser\", \"en\"]\nwrap_up_max_s = 90\nnot_answering_retry_s = 20")
        .replace("waiting_message = \"waiting\"", "waiting_message = \"waiting\"\nlines_full = \"unavailable\"\nretry_after_s = 30\nresponse_rate_target_percent = 80\nentry_skill = \"adviser\"\nmax_wait_s = 120")
        .replace("guidance = \"tape\"\nguidance_prompt = \"guidance\"", "guidance = \"spoken\"")
        .replace("title = \"Shiga\"", "title = \"Shiga\"\nscript = \"This is advice and no diagnosis.\"");
    let plan = parse(&text).unwrap();
    assert_eq!(plan.shell.listen.sip_udp.len(), 2);
    assert!(plan.shell.listen.sip_tcp.is_empty());
    assert!(!plan.shell.is_loopback());
    assert_eq!(plan.shell.sip.advertised, Some("192.0.2.9".parse().unwrap()));
    assert_eq!(plan.shell.media.timeout, None);
    assert_eq!((plan.shell.log.format, plan.shell.log.level.as_str()), (LogFormat::Json, "debug"));
    assert_eq!(plan.shell.drain, Duration::ZERO);
    let networks: Vec<String> =
        plan.shell.trunks.values().flat_map(|trunk| &trunk.networks).map(ToString::to_string).collect();
    assert_eq!(networks, ["192.0.2.0/28", "2001:db8::1/128"]);
    let trunk = &plan.shell.trunks[&TrunkId::new("carrier").unwrap()];
    let asked = trunk.keep_alive.as_ref().unwrap();
    let peers: Vec<_> = asked.peers.iter().map(|peer| (peer.address.to_string(), peer.tcp)).collect();
    assert_eq!(peers, [("192.0.2.1:5060".to_owned(), false), ("192.0.2.2:5070".to_owned(), true)]);
    assert_eq!((asked.every, asked.tries), (Duration::from_secs(60), 2));

    let tenant = &plan.core.tenants[&TenantId::new("shiga").unwrap()];
    assert_eq!(tenant.refusal, LinesFullRefusal::RetryAfter(Duration::from_secs(30)));
    assert_eq!(tenant.response_rate_target_permille, Some(800));
    assert_eq!(tenant.max_wait, Some(Duration::from_secs(120)));
    assert_eq!(tenant.numbers[&DialledNumber::new("0770007119").unwrap()].guidance, Guidance::Spoken);

    let seat = &plan.shell.seats[&SeatId::new("seat2").unwrap()];
    assert_eq!(seat.user, "phone2");
    let algorithms: Vec<DigestAlgorithm> = seat.ha1.iter().map(|ha1| ha1.algorithm).collect();
    assert_eq!(algorithms, [DigestAlgorithm::Sha256, DigestAlgorithm::Md5]);
    // printf %s 'phone2:line.example:wachtwoord-2' | md5sum
    assert_eq!(seat.ha1[1].hex.reveal(), "f2ecc96d10508a225f99d414fc615fa5");
}

#[test]
fn a_static_contact_is_rung_where_it_says_and_comes_back_after_five_seconds() {
    let text = changed(
        "names = \"seat1..seat3\"\npassword = \"demo-{n}\"",
        "name = \"seat1\"\nstatic_contact = \"sip:desk@[::1]:16000;transport=tcp\"\nlogin = \"always\"",
    );
    let plan = parse(&text).unwrap();
    let id = SeatId::new("seat1").unwrap();
    let contact = plan.shell.seats[&id].static_contact.as_ref().unwrap();
    assert_eq!((contact.address, contact.tcp), ("[::1]:16000".parse().unwrap(), true));
    assert_eq!(contact.uri, "sip:desk@[::1]:16000;transport=tcp");
    let seat = &plan.core.seats[&id];
    assert!(seat.static_contact);
    assert_eq!(seat.not_answering_retry, Some(Duration::from_secs(5)));
    assert_eq!(seat.unreachable_retry, Some(Duration::from_secs(5)));
    assert!(plan.shell.seats[&id].ha1.is_empty());
}

#[test]
fn a_hash_may_stand_in_for_the_password() {
    let hash = "0123456789ABCDEF0123456789abcdef";
    let text = changed(
        "names = \"seat1..seat3\"\npassword = \"demo-{n}\"",
        &format!("name = \"seat1\"\nha1 = {{ MD5 = \"{hash}\" }}"),
    );
    let plan = parse(&text).unwrap();
    let seat = &plan.shell.seats[&SeatId::new("seat1").unwrap()];
    assert_eq!(seat.ha1.len(), 1);
    assert_eq!(seat.ha1[0].hex.reveal(), &hash.to_lowercase());
}

#[test]
fn seat_ranges_keep_their_leading_zeros() {
    let plan = parse(&changed("seat1..seat3", "s08..s11")).unwrap();
    let names: Vec<&str> = plan.core.seats.keys().map(SeatId::as_str).collect();
    assert_eq!(names, ["s08", "s09", "s10", "s11"]);
}

#[test]
fn a_trunk_is_asked_whether_it_lives_only_where_the_plan_says_whom() {
    let asked = |more: &str| {
        let networks = "networks = [\"127.0.0.0/8\"]";
        let plan = parse(&changed(networks, &format!("{networks}\n{more}"))).unwrap();
        plan.shell.trunks.values().next().unwrap().keep_alive.clone()
    };
    assert_eq!(asked(""), None);
    let usual = asked("peers = \"sip:127.0.0.9\"").unwrap();
    assert_eq!((usual.every, usual.tries), (Duration::from_secs(30), 3));
    assert_eq!(asked("peers = \"sip:127.0.0.9\"\noptions_every_s = 0"), None);
}

#[test]
fn calls_over_a_trunk_are_rehearsals_only_where_the_plan_says_so() {
    let is_rehearsal = |more: &str| {
        let networks = "networks = [\"127.0.0.0/8\"]";
        let plan = parse(&changed(networks, &format!("{networks}\n{more}"))).unwrap();
        plan.shell.trunks.values().next().unwrap().rehearsal
    };
    assert!(!is_rehearsal("") && !is_rehearsal("rehearsal = false"));
    assert!(is_rehearsal("rehearsal = true"));
}
