//! The shell's own tables.

use super::super::{changed, errors};
use super::check;

#[test]
fn the_tables_of_the_shell() {
    check(&[
        (
            "\"127.0.0.1:5060\"",
            "\"127.0.0.1\"",
            &[
                r#"plan.toml:4:12: `sip_udp` "127.0.0.1" is no address with port; write such as 127.0.0.1:5060 or [::1]:5060"#,
            ],
        ),
        (
            "\"127.0.0.1:5060\"",
            "\"127.0.0.1:5060\", \"127.0.0.1:5060\"",
            &["plan.toml:4:30: `sip_udp` has 127.0.0.1:5060 twice; write it once"],
        ),
        (
            "sip_udp = [\"127.0.0.1:5060\"]",
            "sip_udp = []\nsip_tcp = []",
            &[
                r#"plan.toml:3:1: neither `sip_udp` nor `sip_tcp` has an address; write at least one, such as sip_udp = ["127.0.0.1:5060"]"#,
            ],
        ),
        (
            "sip_udp = [\"127.0.0.1:5060\"]",
            "sip_udp = [\"0.0.0.0:5060\"]",
            &[
                r#"plan.toml:3:1: SIP listens on an unspecified address, and `sip.advertised_address` does not say which one peers see; write [sip] advertised_address = "…", or listen on that address"#,
                "plan.toml:35:12: `password` is the demonstration's, and the plan listens beyond the loopback; set passwords of your own, or listen on 127.0.0.1 only",
            ],
        ),
        (
            "[[trunks]]",
            "[media]\naddress = \"0.0.0.0\"\n\n[[trunks]]",
            &[
                r#"plan.toml:7:11: media is bound to an unspecified address, and `advertised_address` does not say which one SDP has; write advertised_address = "…" beside it"#,
            ],
        ),
        (
            "[[trunks]]",
            "[media]\nrtp_ports = { first = 10001, last = 9000 }\nmedia_timeout_s = 4\n\n[[trunks]]",
            &[
                "plan.toml:7:23: `first` is 10001, which is odd; use an even port such as 10000; the odd ones are for RTCP",
                "plan.toml:7:37: `last` is 9000, below `first`; use an even port from 10001 on",
                "plan.toml:8:19: `media_timeout_s` is 4, outside 5 to 3600 (MEDIA_TIMEOUT_S); use 0 to switch it off, or a number of seconds within",
            ],
        ),
        (
            "[[trunks]]",
            "[sip]\nrealm = \"a b\"\nnonce_lifetime_s = 10\n\n[[trunks]]",
            &[
                r#"plan.toml:7:9: `realm` "a b" cannot stand in a SIP header; use letters, digits, '.' and '-', such as "acd""#,
                "plan.toml:8:20: `nonce_lifetime_s` is 10, outside 30 to 86400 (NONCE_LIFETIME_S); use a whole number from 30 to 86400",
            ],
        ),
        (
            "[[trunks]]",
            "[journal]\ninput_retention_days = 30\nfact_retention_days = 20\njournal_stall_ms = 5000\n\n[[trunks]]",
            &[
                "plan.toml:8:23: facts are kept for 20 days, shorter than inputs; use at least 30 days",
                "plan.toml:9:20: `journal_stall_ms` is 5000, outside 10 to 1000 (JOURNAL_STALL_MS); use a whole number from 10 to 1000",
            ],
        ),
        (
            "[[trunks]]",
            "[recording]\nfolder = \"../elsewhere\"\n\n[[trunks]]",
            &[
                r#"plan.toml:7:10: `folder` "../elsewhere" leads out of the data folder; name a folder within it, such as "recordings"; the data folder itself is --data"#,
            ],
        ),
        (
            "[[trunks]]",
            "[log]\nformat = \"jsn\"\nlevel = \"loud\"\n\n[[trunks]]",
            &[
                r#"plan.toml:7:10: `format` may not be "jsn" (did you mean `json`?); use one of `text`, `json`"#,
                r#"plan.toml:8:9: `level` may not be "loud"; use one of `error`, `warn`, `info`, `debug`, `trace`"#,
            ],
        ),
        (
            "\"127.0.0.0/8\"",
            "\"127.0.0.1/8\", \"::1/129\"",
            &[
                r#"plan.toml:8:13: `networks` "127.0.0.1/8" has address bits beyond its prefix; write 127.0.0.0/8 or a longer prefix"#,
                r#"plan.toml:8:28: `networks` "::1/129" is no network; write CIDR, such as 192.0.2.0/28 or 2001:db8::/64"#,
            ],
        ),
        (
            "networks = [\"127.0.0.0/8\"]",
            "networks = []",
            &[
                r#"plan.toml:8:12: `networks` names no network, so no call could come; write whence its calls come, such as ["192.0.2.0/28"]"#,
            ],
        ),
        (
            "networks = [\"127.0.0.0/8\"]",
            "networks = [\"127.0.0.0/8\"]\npeers = [\"sip:192.0.2.1\"]\nrehearsal = true",
            &[
                "plan.toml:9:9: a rehearsal's trunk has `peers`, and its loss would be an outage of every tenant (R-L9); take `peers` out, or rehearsal = true",
            ],
        ),
        (
            "networks = [\"127.0.0.0/8\"]",
            "networks = [\"127.0.0.0/8\"]\noptions_every_s = 30\noptions_tries = 11",
            &[
                r#"plan.toml:9:19: `options_every_s` is there, but no `peers` to send OPTIONS to; write the carrier's addresses, such as peers = ["sip:192.0.2.1"], or leave it out"#,
                "plan.toml:10:17: `options_tries` is 11, outside 1 to 10 (OPTIONS_TRIES); use a whole number from 1 to 10",
                r#"plan.toml:10:17: `options_tries` is there, but no `peers` to send OPTIONS to; write the carrier's addresses, such as peers = ["sip:192.0.2.1"], or leave it out"#,
            ],
        ),
        (
            "networks = [\"127.0.0.0/8\"]",
            "networks = [\"127.0.0.0/8\"]\npeers = [\"carrier.example\", \"sip:192.0.2.1\", \"sip:x@192.0.2.1:5060\"]\noptions_every_s = 3601",
            &[
                r#"plan.toml:9:10: `peers` "carrier.example" is no address of a carrier; write sip:[user@]IP-address[:port][;transport=tcp], such as sip:127.0.0.1:16000"#,
                "plan.toml:9:46: `peers` has 192.0.2.1:5060 twice; write it once",
                "plan.toml:10:19: `options_every_s` is 3601, outside 0 to 3600 (OPTIONS_EVERY_S); use a whole number from 0 to 3600",
            ],
        ),
        (
            "networks = [\"127.0.0.0/8\"]",
            "networks = [\"127.0.0.0/8\"]\n\n[[trunks]]\nname = \"carrier\"\nnetworks = [\"::1\"]",
            &["plan.toml:11:8: trunk `carrier` exists twice; name each trunk once"],
        ),
        (
            "[[trunks]]",
            "[run]\ndrain_s = 1.5\n\n[[trunks]]",
            &["plan.toml:7:11: `drain_s` is a number with decimals; write a whole number from 0 to 86400"],
        ),
    ]);
}

/// Of two networks that hold a source the narrower one decides; of two that are the same, neither.
#[test]
fn a_network_is_one_trunks() {
    let second = |network: &str| {
        let trunk = format!(
            "networks = [\"127.0.0.0/8\"]\n\n[[trunks]]\nname = \"other\"\nnetworks = [\"192.0.2.0/28\", \"{network}\"]"
        );
        errors(&changed("networks = [\"127.0.0.0/8\"]", &trunk))
    };
    assert_eq!(second("127.0.1.0/24"), Vec::<String>::new());
    assert_eq!(
        second("127.0.0.0/8"),
        [
            "plan.toml:12:29: network 127.0.0.0/8 is a trunk's of line 8 already, and a call from it would be of either; give each network to one trunk; of two that overlap the narrower one decides"
        ]
    );
}
