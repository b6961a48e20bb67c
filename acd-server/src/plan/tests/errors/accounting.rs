//! How clients count.

use super::check;

#[test]
fn accounting() {
    check(&[
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { profile = \"osaka\" }",
            &[
                r#"plan.toml:19:26: `profile` may not be "osaka"; use one of `fdma`, `shiga`, `shizuoka`, `kyoto`"#,
            ],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { short_abandon_ms = 0, blockage = \"lines\" }",
            &[
                "plan.toml:19:35: `short_abandon_ms` is 0, outside 1 to 60000 (SHORT_ABANDON_MS); use a whole number from 1 to 60000",
                r#"plan.toml:19:49: `blockage` may not be "lines"; use one of `all_lines`, `seat_lines`"#,
            ],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { contract_first_day = \"2027-03-31\", contract_last_day = \"2026-04-01\" }",
            &["plan.toml:19:71: the contract ends before it begins; write its last day"],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { contract_first_day = \"2026-04-01\" }",
            &["plan.toml:19:14: `contract_first_day` stands without `contract_last_day`; write both days"],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { accepted_on = \"2027-04-20\" }",
            &[
                "plan.toml:19:30: `accepted_on` stands without `keep_facts_until_accepted`; write keep_facts_until_accepted = true, or leave the day out",
            ],
        ),
        (
            "title = \"Shiga\"",
            "title = \"Shiga\"\naccounting = { staffing = [{ seats = 1 }, {}] }",
            &["plan.toml:19:43: this skill's staffing is promised twice; promise it once"],
        ),
    ]);
}
