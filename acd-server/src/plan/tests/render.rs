//! The plan as understood.

use super::{SMALL, parse};
use crate::plan::{PlanFile, render_json, render_text};

#[test]
fn the_text_shows_numbers_bands_and_seats() {
    let plan = parse(SMALL).unwrap();
    let expected = "\
plan      plan.toml
sip       udp 127.0.0.1:5060  tcp 127.0.0.1:5060
http      127.0.0.1:8080
grpc      127.0.0.1:50051
media     127.0.0.1, RTP ports 10000-19998 (5000 legs at once), silent seat lost after 30 s
trunk     carrier: 127.0.0.0/8
holidays  129 days, 2024 to 2030, checked 2026-11-21

tenant shiga  Shiga
  number 0770007119  guidance tape guidance  recording from_answer
  day from 00:00  lines full 486  ring 15 s  target none
  counted as fdma
  days                               time           seat guidance  total    min
  weekday saturday sunday holiday    00:00-24:00       2        2      4      -

seats                    count  log-in       phone              serves (priority)
seat1..seat3                 3  by_command   MD5                shiga (1)
";
    assert_eq!(render_text(&plan), expected);
}

#[test]
fn a_number_says_from_when_on_its_calls_are_recorded() {
    for word in ["from_answer", "from_caller", "off"] {
        let text = SMALL.replacen(
            "guidance_prompt = \"guidance\"",
            &format!("guidance_prompt = \"guidance\"\nrecording = \"{word}\""),
            1,
        );
        let shown = render_text(&parse(&text).unwrap());
        assert!(shown.contains(&format!("  recording {word}\n")), "{shown}");
    }
}

#[test]
fn the_text_shows_pools_and_shares() {
    let text = SMALL
        .replacen("[prompts.guidance]", "[[pools]]\nname = \"shared\"\nlines = 6\n\n[prompts.guidance]", 1)
        .replacen("title = \"Shiga\"", "title = \"Shiga\"\npool = \"shared\"\nreserved = 2", 1);
    let plan = parse(&text).unwrap();
    let shown = render_text(&plan);
    assert!(shown.contains("\npool      shared: 6 lines, 2 of them reserved\n"), "{shown}");
    assert!(shown.contains("\n  pool shared: 2 lines reserved, 6 at most\n"), "{shown}");
    let json = render_json(&plan);
    assert_eq!(json["pools"]["shared"], 6);
    assert_eq!(json["tenants"][0]["pool"]["reserved"], 2);
}

#[test]
fn neither_form_shows_a_password_or_a_hash() {
    let plan = PlanFile::built_in();
    let hash = plan.shell.seats.values().next().unwrap().ha1[0].hex.reveal();
    for shown in [render_text(&plan), render_json(&plan).to_string()] {
        assert!(!shown.contains("demo-") && !shown.contains(hash.as_str()));
    }
}

#[test]
fn the_json_has_every_tenant_band_and_seat() {
    let plan = PlanFile::built_in();
    let json = render_json(&plan);
    assert_eq!(json["seats"].as_array().unwrap().len(), 20);
    let tenants = json["tenants"].as_array().unwrap();
    let shizuoka = tenants.iter().find(|tenant| tenant["name"] == "shizuoka").unwrap();
    assert_eq!(shizuoka["bands"].as_array().unwrap().len(), 12);
    assert_eq!(shizuoka["bands"][9]["seat_lines"], 9);
    assert_eq!(shizuoka["bands"][9]["seat_lines_min"], 9);
    assert_eq!(shizuoka["ranges"]["year_end"]["from"], "12-26 00:00");
    assert_eq!(shizuoka["response_rate_target_permille"], 891);
    assert_eq!(shizuoka["numbers"]["0540008000"]["guidance"], "tape shizuoka_guidance");
}
