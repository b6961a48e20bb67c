//! What is said of a wrong plan: where, what, and what would be right; everything at once.

mod accounting;
mod coverage;
mod directory;
mod pools;
mod seats;
mod settings;
mod tenants;

use super::{SMALL, changed, doubts, errors};
use crate::plan::SECTIONS;

/// A piece of the small plan, what takes its place, and what is said of it.
type Case = (&'static str, &'static str, &'static [&'static str]);

fn check(cases: &[Case]) {
    for (from, to, expected) in cases {
        assert_eq!(errors(&changed(from, to)), *expected, "{from:?} changed to {to:?}");
    }
}

/// `file:line:column` of each error.
fn places(text: &str) -> Vec<String> {
    errors(text).iter().map(|error| error.split(": ").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_and_all_known_ones() {
    for (from, to, place, table, near) in [
        ("[listen]", "[lisen]", "3:2", "plan", "listen"),
        ("title = \"Shiga\"", "titel = \"Shiga\"", "18:1", "[[tenants]]", "title"),
    ] {
        let section = SECTIONS.iter().find(|section| section.name == table).unwrap();
        let known: Vec<String> = section.keys.iter().map(|key| format!("`{key}`")).collect();
        let word = to.trim_start_matches('[').split([']', ' ']).next().unwrap();
        let expected = format!(
            "plan.toml:{place}: unknown key `{word}` in {table} (did you mean `{near}`?); use one of {}",
            known.join(", ")
        );
        assert_eq!(errors(&changed(from, to)), [expected]);
    }
}

#[test]
fn the_form_of_the_file() {
    check(&[
        ("format = 1", "format = 2", &["plan.toml:1:10: `format` is 2, outside 1 to 1 (FORMAT); use 1"]),
        (
            "format = 1",
            "format = \"1\"",
            &["plan.toml:1:10: `format` is a text; write a whole number from 1 to 1"],
        ),
        (
            "format = 1\n\n",
            "\n\n",
            &["plan.toml:1:1: plan has no `format`; write format = 1 as the first line"],
        ),
        (
            "seat_lines = 2",
            "seat_lines = two",
            &[
                "plan.toml:30:14: this is not TOML: invalid boolean, expected `true`; write key = value, with quotes around a text",
            ],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\ntitle = \"Kyoto\"",
            &[
                "plan.toml:19:1: this is not TOML: duplicate key; write key = value, with quotes around a text",
            ],
        ),
        (
            "title = \"Shiga\"",
            "title = \"\"",
            &["plan.toml:18:9: `title` is empty; write it, or leave the key out"],
        ),
        (
            "title = \"Shiga\"",
            "title = [\"Shiga\"]",
            &["plan.toml:18:9: `title` is a list; write a text in quotes"],
        ),
    ]);
}

#[test]
fn ten_mistakes_are_ten_errors_in_the_order_of_their_places() {
    let changes = [
        ("\"127.0.0.1:5060\"", "\"localhost:5060\""),
        ("networks = [", "network = ["),
        ("builtin:ja_waiting.wav", "builtin:ja_wating.wav"),
        ("title = \"Shiga\"", "title = 7"),
        ("number = \"0770007119\"", "number = \"#7119\""),
        ("guidance_prompt = \"guidance\"", "guidance_prompt = \"guidence\""),
        ("from = \"00:00\"", "from = \"0:00\""),
        ("seat_lines = 2", "seat_lines = -2"),
        ("seat1..seat3", "seat3..seat1"),
        ("serves = { shiga = 1 }", "serves = { shiga = 1, kyoto = 1 }"),
    ];
    let text = changes.iter().fold(SMALL.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
    let expected = [
        "plan.toml:4:12",
        "plan.toml:8:1",
        "plan.toml:14:9",
        "plan.toml:18:9",
        "plan.toml:22:10",
        "plan.toml:24:19",
        "plan.toml:28:8",
        "plan.toml:30:14",
        "plan.toml:34:9",
        "plan.toml:36:23",
    ];
    assert_eq!(places(&text), expected, "{:#?}", errors(&text));
}

#[test]
fn broken_syntax_does_not_hide_other_errors_and_invents_none() {
    let text = SMALL.replace("format = 1", "format = one").replace("name = \"carrier\"", "name = carrier");
    let text = text.replace("seat_lines = 2", "seat_lines = 20000");
    assert_eq!(places(&text), ["plan.toml:1:10", "plan.toml:7:8", "plan.toml:30:14"]);
}

#[test]
fn columns_are_counted_in_characters() {
    let text = changed("serves = { shiga = 1 }", "serves = { \"shiga\" = 1 }\nskills = [\"看護\", \"救急\"]");
    assert_eq!(places(&text), ["plan.toml:37:11", "plan.toml:37:17"]);
}

#[test]
fn an_empty_file_lacks_what_a_plan_must_have() {
    let found = errors("");
    assert_eq!(found.len(), 4, "{found:?}");
    for key in ["format", "trunks", "tenants", "seats"] {
        assert!(found.iter().any(|error| error.contains(&format!("no `{key}`"))), "{key} in {found:?}");
    }
}

#[test]
fn no_error_shows_a_password() {
    let text = changed("password = \"demo-{n}\"", "password = \"tamago\"\nha1 = { MD5 = \"tamago\" }");
    assert_eq!(errors(&text).len(), 3);
    assert!(!errors(&text).concat().contains("tamago"));
}
