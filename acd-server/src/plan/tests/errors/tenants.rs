//! Tenants, numbers, prompts, bands.

use super::super::{changed, errors};
use super::check;

#[test]
fn tenants_numbers_and_prompts() {
    check(&[
        (
            "[prompts.guidance]\naudio = \"builtin:ja_shiga_guidance.wav\"",
            "[prompts.guidance]\naudio = \"builtin:none.wav\"",
            &[
                r#"plan.toml:11:9: `audio` "builtin:none.wav" cannot be read: the program has no such audio; name a file that exists, relative to the plan file"#,
            ],
        ),
        (
            "guidance_prompt = \"guidance\"",
            "guidance_prompt = \"guidence\"",
            &[
                "plan.toml:24:19: `guidance_prompt` names the unknown prompt `guidence` (did you mean `guidance`?); add [prompts.guidence], or use one of `guidance`, `waiting`",
            ],
        ),
        (
            "guidance = \"tape\"",
            "guidance = \"taped\"",
            &[
                r#"plan.toml:23:12: `guidance` may not be "taped" (did you mean `tape`?); use one of `tape`, `spoken`, `none`"#,
            ],
        ),
        (
            "guidance = \"tape\"",
            "guidance = \"none\"",
            &[
                r#"plan.toml:24:19: `guidance_prompt` is never played: `guidance` is not "tape"; take it out, or write guidance = "tape""#,
            ],
        ),
        (
            "guidance_prompt = \"guidance\"\n",
            "",
            &[
                "plan.toml:21:1: [[tenants.numbers]] has no `guidance_prompt`; name the prompt that is played, or use another guidance",
            ],
        ),
        (
            "\"0770007119\"",
            "\"077-000-7119\"",
            &[
                r#"plan.toml:22:10: `number` "077-000-7119" is no telephone number; write 3 to 15 digits as the carrier sends them, without '-' (NUMBER_DIGITS)"#,
            ],
        ),
        (
            "\"0770007119\"",
            "\"0770007119\"\nguidance = \"none\"\n\n[[tenants.numbers]]\nnumber = \"0770007119\"",
            &["plan.toml:26:10: number 0770007119 is taken by line 22; give each number to one tenant, once"],
        ),
        (
            "waiting_message = \"waiting\"\n",
            "",
            &[
                "plan.toml:16:1: [[tenants]] has no `waiting_message`; name the prompt that waiting callers hear (R-G3)",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nwaiting_message_every_s = 10",
            &["plan.toml:20:27: the waiting message comes every 10 s, but lasts 19350 ms; use at least 20 s"],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nring_s = 600\nmax_wait_s = 0",
            &[
                "plan.toml:20:10: `ring_s` is 600, outside 3 to 120 (RING_S); use a whole number from 3 to 120",
                "plan.toml:21:14: `max_wait_s` is 0, outside 1 to 86400 (MAX_WAIT_S); use a whole number from 1 to 86400",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nlines_full = \"unavailable\"",
            &[
                r#"plan.toml:16:1: [[tenants]] has no `retry_after_s`; write retry_after_s, or lines_full = "busy""#,
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nretry_after_s = 5",
            &[
                r#"plan.toml:20:17: `retry_after_s` has no effect: `lines_full` is not "unavailable"; take it out, or write lines_full = "unavailable""#,
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nresponse_rate_target_percent = 89.12",
            &[
                "plan.toml:20:32: `response_rate_target_percent` is 89.12, not a percentage of at most one decimal; use a number from 0 to 100, such as 89.1",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nresponse_rate_target_percent = 100.1",
            &[
                "plan.toml:20:32: `response_rate_target_percent` is 100.1, not a percentage of at most one decimal; use a number from 0 to 100, such as 89.1",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nentry_skill = \"adviser\"",
            &[
                "plan.toml:20:15: no seat that serves tenant `shiga` has the skill `adviser`; write it into `skills` of some [[seats]], or take `entry_skill` out",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nhand_over = { adviser = \"*1\" }",
            &[
                "plan.toml:20:15: `hand_over` leads to `adviser`, which no seat that serves tenant `shiga` has; write it into `skills` of some [[seats]], or take it out of `hand_over`",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nhand_over = { adviser = \"*1\", english = \"*12\", thai = \"2\", \"a b\" = \"*3\", dentist = 4 }",
            &[
                "plan.toml:20:15: `hand_over` leads to `adviser`, which no seat that serves tenant `shiga` has; write it into `skills` of some [[seats]], or take it out of `hand_over`",
                "plan.toml:20:31: `hand_over` leads to `english`, which no seat that serves tenant `shiga` has; write it into `skills` of some [[seats]], or take it out of `hand_over`",
                "plan.toml:20:41: the code \"*12\" of `english` and \"*1\" of `adviser` begin alike; choose codes of which none begins with another",
                "plan.toml:20:55: \"2\" is no hand-over code; write a code of '*' and 1 to 4 digits, such as \"*1\"",
                "plan.toml:20:60: `hand_over` \"a b\" is no name: a name has only a-z, A-Z, 0-9, '_', '-' and '.', not ' '; use 1 to 31 of a-z, A-Z, 0-9, '_', '-', '.'",
                "plan.toml:20:84: `dentist` is a whole number; write a code of '*' and 1 to 4 digits, such as \"*1\"",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\noverflow = { tenant = \"shiga\", on = [\"wait_too_long\", \"night\"] }",
            &[
                "plan.toml:20:23: callers would overflow in a circle: shiga to shiga; let one of them keep its callers",
                "plan.toml:20:38: no wait is too long: the tenant has no `max_wait_s`; write max_wait_s, or take \"wait_too_long\" out",
                "plan.toml:20:55: `on` \"night\" is no case in which callers overflow; use \"closed\", \"nobody_logged_in\" or \"wait_too_long\"",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\noverflow = { tenant = \"kyoto\", on = [\"closed\"] }",
            &["plan.toml:20:23: `overflow` names the unknown tenant `kyoto`; use one of `shiga`"],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\noverflow = { tenant = \"kyoto\", on = [] }",
            &[
                "plan.toml:20:23: `overflow` names the unknown tenant `kyoto`; use one of `shiga`",
                "plan.toml:20:37: `on` names no case, so no caller would ever overflow; write such as on = [\"nobody_logged_in\"], or take `overflow` out",
            ],
        ),
        (
            "guidance = \"tape\"\nguidance_prompt = \"guidance\"",
            "guidance = \"spoken\"",
            &[
                "plan.toml:23:12: `guidance` is \"spoken\", but the tenant has no `script`: the seat's screen would show nothing to say; write the mandatory guidance as the tenant's `script`, or use another guidance (R-G1)",
            ],
        ),
        (
            "name = \"shiga\"",
            "name = \"滋賀\"",
            &[
                r#"plan.toml:17:8: `name` "滋賀" is no name: a name has only a-z, A-Z, 0-9, '_', '-' and '.', not '\xe6'; use 1 to 31 of a-z, A-Z, 0-9, '_', '-', '.'"#,
            ],
        ),
        (
            "[[seats]]",
            "[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\nnumbers = [{ number = \"0770007119\", guidance = \"none\" }]\nbands = [{ days = \"every\", from = \"00:00\", to = \"24:00\", seat_lines = 1 }]\n\n[[seats]]",
            &[
                "plan.toml:33:1: no seat serves tenant `kyoto`; name it in `serves` of some [[seats]]",
                "plan.toml:37:23: number 0770007119 is taken by line 22; give each number to one tenant, once",
            ],
        ),
    ]);
}

#[test]
fn bands_and_ranges() {
    check(&[
        (
            "to = \"24:00\"",
            "to = \"23:00\"",
            &[
                "plan.toml:26:1: no band covers `weekday`, `saturday`, `sunday`, `holiday` from 23:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true",
            ],
        ),
        (
            "days = [\"every\"]",
            "days = [\"weekday\", \"saturday\", \"holiday\"]",
            &[
                "plan.toml:16:1: no band covers `sunday` at all; name it in the `days` of the bands that it has",
            ],
        ),
        (
            "days = [\"every\"]",
            "days = [\"weekday\", \"saturday\", \"sundy\", \"holiday\"]",
            &[
                "plan.toml:27:32: `days` has the unknown kind `sundy` (did you mean `sunday`?); use some of `every`, `holiday`, `saturday`, `sunday`, `weekday`",
            ],
        ),
        (
            "days = [\"every\"]",
            "days = [\"every\", \"holiday\"]",
            &["plan.toml:27:18: `days` names `holiday` twice; write it once"],
        ),
        (
            "days = [\"every\"]",
            "days = []",
            &[
                "plan.toml:27:8: `days` names no kind of day; use some of `every`, `holiday`, `saturday`, `sunday`, `weekday`",
            ],
        ),
        (
            "from = \"00:00\"",
            "from = \"24:00\"",
            &[r#"plan.toml:28:8: `from` "24:00" is no time of day; write HH:MM from 00:00 to 23:59"#],
        ),
        (
            "from = \"00:00\"",
            "from = \"9:00\"",
            &[r#"plan.toml:28:8: `from` "9:00" is no time of day; write HH:MM from 00:00 to 23:59"#],
        ),
        (
            "to = \"24:00\"",
            "to = \"08:00\"\nclosed = true",
            &[
                "plan.toml:26:1: no band covers `weekday`, `saturday`, `sunday`, `holiday` from 08:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true",
                "plan.toml:31:14: a closed band has `seat_lines`; take it out, or take out `closed`",
                "plan.toml:32:18: a closed band has `guidance_lines`; take it out, or take out `closed`",
            ],
        ),
        (
            "seat_lines = 2",
            "seat_lines = 0",
            &[
                "plan.toml:30:14: a band with 0 `seat_lines` lets no caller reach a seat; use at least 1, or closed = true",
            ],
        ),
        (
            "seat_lines = 2",
            "seat_lines = 2\nseat_lines_min = 3",
            &[
                "plan.toml:30:14: `seat_lines` is 2, less than `seat_lines_min`; use at least 3: the specification demands it (R-L2)",
            ],
        ),
        (
            "seat_lines = 2",
            "seat_lines = 10001",
            &[
                "plan.toml:30:14: `seat_lines` is 10001, outside 0 to 10000 (LINES); use a whole number from 0 to 10000",
            ],
        ),
        (
            "seat_lines = 2\n",
            "",
            &[
                "plan.toml:26:1: [[tenants.bands]] has no `seat_lines`; write how many callers may be with seats, or closed = true",
            ],
        ),
        (
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\nday_start = \"08:00\"",
            &[
                "plan.toml:27:1: the band runs past `day_start` 08:00, where the next day's bands begin; split it there, or move `day_start` to its end (R-L3)",
            ],
        ),
        (
            "[[seats]]",
            "[[tenants.bands]]\ndays = [\"sunday\"]\nfrom = \"08:00\"\nto = \"09:00\"\nseat_lines = 1\n\n[[seats]]",
            &[
                "plan.toml:33:1: the band covers `sunday` from 08:00 to 09:00, as the band of line 26 does; shorten one of them",
            ],
        ),
        (
            "[[seats]]",
            "[[tenants.ranges]]\nname = \"year_end\"\nfrom = \"12-26 00:00\"\nto = \"01-05 08:00\"\n\n[[seats]]",
            &[
                "plan.toml:16:1: no band covers `year_end` at all; name it in the `days` of the bands that it has",
            ],
        ),
        (
            "[[seats]]",
            "[[tenants.ranges]]\nname = \"holiday\"\nfrom = \"02-29 00:00\"\nto = \"02-30 08:00\"\n\n[[seats]]",
            &[
                "plan.toml:34:8: a kind of day `holiday` exists already; give the range a name of its own",
                r#"plan.toml:35:8: `from` "02-29 00:00" is no instant of every year; write MM-DD HH:MM, such as 12-26 00:00, with a day that exists"#,
                r#"plan.toml:36:6: `to` "02-30 08:00" is no instant of every year; write MM-DD HH:MM, such as 12-26 00:00, with a day that exists"#,
            ],
        ),
        (
            "[[seats]]",
            "[[tenants.ranges]]\nname = \"holiday\"\nfrom = \"05-01 00:00\"\nto = \"05-01 00:00\"\n\n[[seats]]",
            &[
                "plan.toml:34:8: a kind of day `holiday` exists already; give the range a name of its own",
                "plan.toml:36:6: `to` is the same instant as `from`; write the first instant after the range",
            ],
        ),
        (
            "[[seats]]",
            "[[tenants.bands]]\ndays = [\"every\"]\nfrom = \"23:00\"\nto = \"24:00\"\nseat_lines = 1\n\n[[seats]]",
            &[
                "plan.toml:33:1: the band covers `weekday`, `saturday`, `sunday`, `holiday` from 23:00 to 24:00, as the band of line 26 does; shorten one of them",
            ],
        ),
    ]);
}

/// R-S4: who overflows is rung at the other tenant's seats.
#[test]
fn nobody_overflows_to_seats_that_may_serve_no_other_tenant() {
    let kyoto = |dedicated: &str| {
        changed(
            "waiting_message = \"waiting\"",
            "waiting_message = \"waiting\"\noverflow = { tenant = \"kyoto\", on = [\"nobody_logged_in\"] }",
        )
        .replace(
            "[[seats]]",
            &format!(
                "[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\n{dedicated}numbers = [{{ number = \"0750007119\", guidance = \"none\" }}]\nbands = [{{ days = \"every\", from = \"00:00\", to = \"24:00\", seat_lines = 1 }}]\n\n[[seats]]\nname = \"k1\"\npassword = \"demo-k\"\nserves = {{ kyoto = 1 }}\n\n[[seats]]"
            ),
        )
    };
    assert_eq!(errors(&kyoto("")), Vec::<String>::new());
    assert_eq!(
        errors(&kyoto("dedicated_seats = true\n")),
        [
            "plan.toml:20:23: callers would overflow to seats that may serve no other tenant: `kyoto` has `dedicated_seats`; name a tenant without, or let this one keep its callers (R-S4)"
        ]
    );
}
