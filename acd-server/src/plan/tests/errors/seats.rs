//! Seats and whom they serve.

use super::super::{changed, doubts, errors};
use super::check;

#[test]
fn seats() {
    check(&[
        (
            "names = \"seat1..seat3\"",
            "names = \"seat1..chair3\"",
            &[
                r#"plan.toml:34:9: `names` "seat1..chair3" is no range of seats: its ends differ in more than the number; write such as "seat101..seat107"; for one seat use `name`"#,
            ],
        ),
        (
            "names = \"seat1..seat3\"",
            "names = \"seat3..seat1\"",
            &[
                r#"plan.toml:34:9: `names` "seat3..seat1" is no range of seats: it ends before it begins; write such as "seat101..seat107"; for one seat use `name`"#,
            ],
        ),
        (
            "names = \"seat1..seat3\"",
            "names = \"seat1\"",
            &[
                r#"plan.toml:34:9: `names` "seat1" is no range of seats: it has no '..'; write such as "seat101..seat107"; for one seat use `name`"#,
            ],
        ),
        (
            "names = \"seat1..seat3\"",
            "names = \"seat1..seat20000\"",
            &[
                r#"plan.toml:34:9: `names` "seat1..seat20000" is no range of seats: its numbers differ in length, which leading zeros would mend; write such as "seat101..seat107"; for one seat use `name`"#,
            ],
        ),
        (
            "names = \"seat1..seat3\"",
            "names = \"seat00001..seat20000\"",
            &[
                r#"plan.toml:34:9: `names` "seat00001..seat20000" is no range of seats: it has more than 10000 seats (SEATS_MAX); write such as "seat101..seat107"; for one seat use `name`"#,
            ],
        ),
        (
            "names = \"seat1..seat3\"\n",
            "",
            &[
                r#"plan.toml:33:1: [[seats]] has neither `name` nor `names`; write name = "seat101" or names = "seat101..seat107""#,
            ],
        ),
        (
            "names = \"seat1..seat3\"",
            "name = \"seat1\"\nnames = \"seat2..seat3\"",
            &["plan.toml:35:9: there is `names` beside `name`; write one of the two"],
        ),
        (
            "serves = { shiga = 1 }",
            "serves = { shigа = 1 }",
            &[
                "plan.toml:36:16: this is not TOML: invalid unquoted key, expected letters, numbers, `-`, `_`; write key = value, with quotes around a text",
            ],
        ),
        (
            "serves = { shiga = 1 }",
            "serves = { shig = 1 }",
            &[
                "plan.toml:36:12: `serves` names the unknown tenant `shig` (did you mean `shiga`?); use one of `shiga`",
            ],
        ),
        (
            "serves = { shiga = 1 }",
            "serves = { shiga = 0 }",
            &[
                "plan.toml:36:20: `shiga` is 0, outside 1 to 1000 (PRIORITY); use a whole number from 1 to 1000",
            ],
        ),
        (
            "serves = { shiga = 1 }",
            "serves = {}",
            &["plan.toml:36:10: `serves` names no tenant; write such as serves = { shiga = 1 }"],
        ),
        (
            "serves = { shiga = 1 }\n",
            "",
            &[
                "plan.toml:33:1: [[seats]] has no `serves`; write tenants with priorities, such as serves = { shiga = 1 }",
            ],
        ),
        (
            "password = \"demo-{n}\"\n",
            "",
            &[
                "plan.toml:33:1: these seats have neither `password` nor `ha1` nor `static_contact`, so no ring could reach them; write a password for their phones",
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\nuser = \"phone\"",
            &[
                r#"plan.toml:36:8: seats `seat1` and `seat2` have the same user `phone`; give each seat a user of its own, such as user = "phone{n}", or leave `user` out"#,
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\nlogin = \"always\"",
            &[
                r#"plan.toml:36:9: `login` is "always", but there is no `static_contact` to ring; write static_contact = "sip:address:port", or another login (R-S2)"#,
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\nlogin = \"on_register\"\nstatic_contact = \"sip:127.0.0.1:16000\"",
            &[
                r#"plan.toml:36:9: `login` is "on_register", but a seat with a `static_contact` does not register; use "always" or "by_command" (R-S2)"#,
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "static_contact = \"sip:desk.example:16000\"",
            &[
                r#"plan.toml:35:18: `static_contact` "sip:desk.example:16000" is no static contact; write sip:[user@]IP-address[:port][;transport=tcp], such as sip:127.0.0.1:16000"#,
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\ndigest = [\"SHA-1\"]",
            &[
                r#"plan.toml:36:11: `digest` has the unknown algorithm "SHA-1"; use ["MD5"] or ["SHA-256", "MD5"]"#,
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\nha1 = { MD5 = \"secret\" }",
            &[
                "plan.toml:36:7: one `ha1` cannot serve 3 seats, whose users differ; write `password`, or one [[seats]] a seat",
                "plan.toml:36:7: there is `ha1` beside `password`; write one of the two",
                "plan.toml:36:15: `MD5` is not 32 hexadecimal digits; write the hash of user:realm:password, such as from: printf %s 'u:r:p' | md5sum",
            ],
        ),
        (
            "password = \"demo-{n}\"",
            "password = \"demo-{n}\"\nskills = [\"en\", \"en\"]\nwrap_up_max_s = -1",
            &[
                "plan.toml:36:17: `skills` has `en` twice; write it once",
                "plan.toml:37:17: `wrap_up_max_s` is -1, outside 0 to 14400 (WRAP_UP_MAX_S); use a whole number from 0 to 14400",
            ],
        ),
        (
            "\"127.0.0.1:5060\"",
            "\"192.0.2.1:5060\"",
            &[
                "plan.toml:35:12: `password` is the demonstration's, and the plan listens beyond the loopback; set passwords of your own, or listen on 127.0.0.1 only",
            ],
        ),
        (
            "serves = { shiga = 1 }",
            "serves = { shiga = 1 }\n\n[[seats]]\nname = \"seat2\"\npassword = \"x\"\nserves = { shiga = 1 }",
            &["plan.toml:39:8: seat `seat2` exists twice; name each seat once"],
        ),
        (
            "names = \"seat1..seat3\"\npassword = \"demo-{n}\"",
            "name = \"seat1\"\nha1 = {}",
            &[r#"plan.toml:35:7: `ha1` has no hash; write such as ha1 = { MD5 = "…" }"#],
        ),
    ]);
}

#[test]
fn a_seat_of_a_tenant_with_dedicated_seats_serves_no_other() {
    let kyoto = "[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\n\
        dedicated_seats = true\nnumbers = [{ number = \"119119\", guidance = \"none\" }]\n\
        bands = [{ days = \"every\", from = \"00:00\", to = \"24:00\", seat_lines = 1 }]\n\n[[seats]]";
    let text =
        changed("[[seats]]", kyoto).replace("serves = { shiga = 1 }", "serves = { shiga = 1, kyoto = 2 }");
    assert_eq!(
        errors(&text),
        [
            "plan.toml:44:23: `kyoto` has `dedicated_seats`, but these seats serve other tenants too; give it seats of \
          its own (R-S4)"
        ]
    );
}

/// R-Q5: one phone has one ring at a time.
#[test]
fn two_seats_are_not_one_phone() {
    const PASSWORD: &str = "password = \"demo-{n}\"";
    let same = "`seat1` and `seat2` have the same static contact: two rings could reach one phone (R-Q5); write one [[seats]] for each phone, with a contact of its own";
    assert_eq!(
        errors(&changed(PASSWORD, "static_contact = \"sip:desk@192.0.2.1\"")),
        [format!("plan.toml:35:18: seats {same}")]
    );
    // Two tables, and the port that is the default.
    let two = |first: &str, second: &str| {
        changed(
            "names = \"seat1..seat3\"\npassword = \"demo-{n}\"",
            &format!("name = \"seat1\"\nstatic_contact = \"{first}\""),
        ) + &format!(
            "\n[[seats]]\nname = \"seat2\"\nstatic_contact = \"{second}\"\nserves = {{ shiga = 1 }}\n"
        )
    };
    assert_eq!(
        errors(&two("sip:desk@192.0.2.1", "sip:desk@192.0.2.1:5060")),
        [format!("plan.toml:40:18: seats {same}")]
    );
    for other in ["sip:desk2@192.0.2.1", "sip:desk@192.0.2.1;transport=tcp", "sip:desk@192.0.2.1:5070"] {
        let text = two("sip:desk@192.0.2.1", other);
        assert_eq!((errors(&text), doubts(&text)), (Vec::new(), Vec::<String>::new()), "{other}");
    }
    // What answers there may tell seats apart by To, as the load tests' does: said once.
    assert_eq!(
        doubts(&changed(PASSWORD, "static_contact = \"sip:192.0.2.1:16000\"")),
        [
            "plan.toml:35:18: seats `seat1` and `seat2` are both rung at 192.0.2.1:16000, where two rings could reach one phone (R-Q5); write one [[seats]] for each phone, unless what answers there tells seats apart by To"
        ]
    );
}
