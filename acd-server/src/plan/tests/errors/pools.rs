//! Pools of lines and shares in them (R-L5).

use super::check;

const TRUNK_END: &str = "networks = [\"127.0.0.0/8\"]\n";
const WAITING: &str = "waiting_message = \"waiting\"\n";

/// A tenant whose specification demands two seat lines, with a share in a pool of so many.
fn demanding(lines: u16, share: &str) -> String {
    super::SMALL
        .replacen(TRUNK_END, &format!("{TRUNK_END}\n[[pools]]\nname = \"shared\"\nlines = {lines}\n"), 1)
        .replacen(WAITING, &format!("{WAITING}{share}"), 1)
        .replacen("seat_lines = 2\n", "seat_lines = 2\nseat_lines_min = 2\n", 1)
}

/// R-L2 with R-L5: what a tenant is sure of is what is reserved for it.
#[test]
fn fewer_reserved_lines_than_the_specification_demands_are_doubtful() {
    let said = |reserved: &str| super::doubts(&demanding(6, &format!("pool = \"shared\"\n{reserved}")));
    assert_eq!(said("reserved = 2\n"), Vec::<String>::new());
    let doubt = |reserved| {
        format!(
            "tenant shiga: {reserved} lines of pool `shared` are reserved, fewer than the 2 that the specification demands as `seat_lines_min`: others' calls may hold the rest (R-L2, R-L5); reserve as many, or agree with the client that they are shared"
        )
    };
    assert_eq!(said("reserved = 1\n"), [doubt(1)]);
    assert_eq!(said(""), [doubt(0)]);
}

/// R-L2: FDMA's and Shiga's callers are held when the advice lines are full.
#[test]
fn a_tenant_that_is_to_hold_callers_and_has_no_line_for_it_is_doubtful() {
    let said = |profile: &str, share: &str, guidance: &str| {
        let accounting = format!("accounting = {{ profile = \"{profile}\" }}\n");
        let pool = if share.is_empty() { "" } else { "\n[[pools]]\nname = \"shared\"\nlines = 9\n" };
        let text = super::SMALL
            .replacen(TRUNK_END, &format!("{TRUNK_END}{pool}"), 1)
            .replacen(WAITING, &format!("{WAITING}{share}{accounting}"), 1)
            .replacen("guidance_lines = 2\n", guidance, 1);
        super::doubts(&text)
    };
    let doubt = |profile| {
        format!(
            "tenant shiga: a band has no line beyond the advice lines, and callers are to be held when these are full, as profile `{profile}` has it (R-L2); give every band at least one of guidance_lines (and the share of a pool a line more), or name another profile"
        )
    };
    let none: &[&str] = &[];
    for profile in ["fdma", "shiga"] {
        assert_eq!(said(profile, "", "guidance_lines = 1\n"), none);
        assert_eq!(said(profile, "", ""), [doubt(profile)]);
        // The band has one, and the pool's share has not.
        assert_eq!(said(profile, "pool = \"shared\"\nmax = 2\n", "guidance_lines = 1\n"), [doubt(profile)]);
        assert_eq!(said(profile, "pool = \"shared\"\nmax = 3\n", "guidance_lines = 1\n"), none);
    }
    for profile in ["shizuoka", "kyoto"] {
        assert_eq!(said(profile, "", ""), none);
    }
    // A clinic has no such specification.
    let clinic = super::SMALL
        .replacen("guidance = \"tape\"\nguidance_prompt = \"guidance\"\n", "guidance = \"none\"\n", 1)
        .replacen("guidance_lines = 2\n", "", 1);
    assert_eq!(super::doubts(&clinic), none);
}

#[test]
fn a_share_needs_a_pool_that_can_keep_it() {
    let small = super::SMALL;
    let with = |pool: &str, share: &str| {
        let text = small.replacen(TRUNK_END, &format!("{TRUNK_END}\n{pool}"), 1);
        super::errors(&text.replacen(WAITING, &format!("{WAITING}{share}"), 1))
    };
    let pool = "[[pools]]\nname = \"shared\"\nlines = 6\n";
    let none: &[&str] = &[];
    assert_eq!(with(pool, "pool = \"shared\"\nreserved = 2\nmax = 4\n"), none);
    assert_eq!(with(pool, "pool = \"shared\"\n"), none);
    assert_eq!(
        with(pool, "pool = \"shard\"\n"),
        [
            "plan.toml:10:1: no tenant shares pool `shared`; name it in a tenant, or take it out",
            "plan.toml:24:8: `pool` names the unknown pool `shard` (did you mean `shared`?); add [[pools]] with this name, or use one of `shared`"
        ]
    );
    assert_eq!(
        with(pool, "pool = \"shared\"\nreserved = 3\nmax = 2\n"),
        ["plan.toml:26:7: `max` is 2, less than the 3 lines that are `reserved`; use at least 3"]
    );
    assert_eq!(
        with(pool, "pool = \"shared\"\nmax = 7\n"),
        ["plan.toml:25:7: `max` is 7, but the pool has 6 lines; use at most 6, or give the pool more"]
    );
    assert_eq!(
        with(pool, "pool = \"shared\"\nreserved = 5\n"),
        [
            "plan.toml:25:12: 5 lines are `reserved`, more than any band of the tenant has; reserve no line that can never be used, or give a band more"
        ]
    );
    assert_eq!(
        super::errors(&demanding(6, "pool = \"shared\"\nreserved = 1\nmax = 1\n")),
        [
            "plan.toml:26:7: the tenant may hold 1 lines of the pool, less than `seat_lines_min`; let it hold at least 2: the specification demands it (R-L2, R-L5)"
        ]
    );
    assert_eq!(
        super::errors(&demanding(1, "pool = \"shared\"\n")),
        [
            "plan.toml:24:8: the tenant may hold 1 lines of the pool, less than `seat_lines_min`; let it hold at least 2: the specification demands it (R-L2, R-L5)"
        ]
    );
    assert_eq!(super::errors(&demanding(2, "pool = \"shared\"\n")), none);
    assert_eq!(
        with("", "reserved = 1\nmax = 2\n"),
        [
            "plan.toml:21:12: `reserved` has no effect: the tenant has no `pool`; take it out, or name the pool",
            "plan.toml:22:7: `max` has no effect: the tenant has no `pool`; take it out, or name the pool"
        ]
    );
}

#[test]
fn a_pool_has_a_line_for_each_that_is_reserved() {
    let second = "\n[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\npool = \"shared\"\nreserved = 2\n\n[[tenants.numbers]]\nnumber = \"0750007119\"\nguidance = \"none\"\n\n[[tenants.bands]]\ndays = [\"every\"]\nfrom = \"00:00\"\nto = \"24:00\"\nseat_lines = 3\n\n[[seats]]";
    let text = |lines: u16| {
        super::SMALL
            .replacen(TRUNK_END, &format!("{TRUNK_END}\n[[pools]]\nname = \"shared\"\nlines = {lines}\n"), 1)
            .replacen(WAITING, &format!("{WAITING}pool = \"shared\"\nreserved = 2\n"), 1)
            .replacen("\n[[seats]]", second, 1)
            .replacen("{ shiga = 1 }", "{ shiga = 1, kyoto = 1 }", 1)
    };
    assert_eq!(super::errors(&text(4)), Vec::<String>::new());
    assert_eq!(
        super::errors(&text(3)),
        [
            "plan.toml:10:1: the tenants of pool `shared` have 4 lines reserved, more than it has; give it at least 4 lines, or reserve fewer (R-L5)"
        ]
    );
}

#[test]
fn a_pool_is_named_once_and_has_lines() {
    check(&[
        (
            TRUNK_END,
            "networks = [\"127.0.0.0/8\"]\n[[pools]]\nname = \"shared\"\n",
            &[
                "plan.toml:9:1: [[pools]] has no `lines`; write how many lines the tenants share",
                "plan.toml:9:1: no tenant shares pool `shared`; name it in a tenant, or take it out",
            ],
        ),
        (
            TRUNK_END,
            "networks = [\"127.0.0.0/8\"]\n[[pools]]\nname = \"a b\"\nlines = 0\n",
            &[
                "plan.toml:10:8: `name` \"a b\" is no name: a name has only a-z, A-Z, 0-9, '_', '-' and '.', not ' '; use 1 to 31 of a-z, A-Z, 0-9, '_', '-', '.'",
                "plan.toml:11:9: `lines` is 0, outside 1 to 10000 (POOL_LINES); use a whole number from 1 to 10000",
            ],
        ),
    ]);
}
