//! The way out and the directory (R-L8, R-T2).

use super::super::{changed, errors};

const OUTBOUND: &str =
    "[tenants.outbound]\ntrunk = \"carrier\"\nown_trunk = true\nnumber_shown = \"0770007119\"\n";

/// The errors of the small plan with this before the tenant's bands, without file and line; a directory has a way out.
fn said(of: &str) -> Vec<String> {
    let text = changed("[[tenants.bands]]", &format!("{of}\n[[tenants.bands]]"));
    let column_on = |error: String| error.splitn(3, ':').nth(2).unwrap_or_default().to_owned();
    errors(&text).into_iter().map(column_on).collect()
}

fn said_of_directory(directory: &str) -> Vec<String> {
    said(&format!("{OUTBOUND}\n[tenants.directory]\n{directory}"))
}

const OTSU: &str = r#"[[tenants.directory.headquarters]]
name = "otsu"
title = "Otsu"
municipalities = ["otsu"]
number = "0775000101"
"#;

#[test]
fn a_way_out_needs_a_known_trunk_and_a_number_and_says_whose_it_is() {
    assert_eq!(said(OUTBOUND), Vec::<String>::new());
    assert_eq!(
        said("[tenants.outbound]\ntrunk = \"carier\"\nnumber_shown = \"0770-00-7119\"\n"),
        [
            "1: [tenants.outbound] has no `own_trunk`; write true if it is the one that the tenant's callers come over, so that a party takes a line, else false (R-L8)",
            "9: `outbound` names the unknown trunk `carier` (did you mean `carrier`?); add [[trunks]] with this name, or use one of `carrier`",
            "16: `number_shown` \"0770-00-7119\" is no telephone number; write 3 to 15 digits as the carrier sends them, without '-' (NUMBER_DIGITS)",
        ]
    );
    for number in ["119", "110", "118", "184119"] {
        assert_eq!(
            said(&OUTBOUND.replace("0770007119", number)),
            [format!(
                "16: `number_shown` is {number}, a number of the emergency services; write a number of the tenant's own, under which it can be called back"
            )]
        );
    }
    assert_eq!(
        said("[tenants.directory]\nfree_dialling = true\n"),
        [
            "1: nobody in the directory can be dialled: the tenant has no way out; write [tenants.outbound] with its trunk, or take the directory out"
        ]
    );
}

#[test]
fn an_emergency_number_is_mapped_on_purpose_or_not_dialled() {
    assert_eq!(
        said_of_directory(&format!("emergency_numbers = {{ 119 = \"otsu\" }}\n{OTSU}")),
        Vec::<String>::new()
    );
    assert_eq!(
        said_of_directory(&format!(
            "emergency_numbers = {{ 119 = \"otu\", 117 = \"otsu\", 110 = 1 }}\n{OTSU}"
        )),
        [
            "29: 119 is mapped to the unknown entry `otu` (did you mean `otsu`?); use one of `otsu`",
            "36: `117` is no number of the emergency services; map 110, 118 and 119 alone; any other number is dialled as it is",
            "56: `110` is a whole number; write the name of an entry of the directory",
        ]
    );
    let with_119 = OTSU.replace("0775000101", "119");
    assert_eq!(
        said_of_directory(&with_119),
        [
            "10: 119 reaches the emergency services of the trunk's own address, not those of the caller; write a direct number, or map it on purpose: emergency_numbers = { \"119\" = \"otsu\" } (R-T2)"
        ]
    );
    let on_purpose = format!("emergency_numbers = {{ 119 = \"otsu\" }}\n{with_119}");
    assert_eq!(said_of_directory(&on_purpose), Vec::<String>::new());
    for number in [
        "fall_backs = [\"186118\"]",
        "duties = [{ from = \"2026-11-21 18:00\", to = \"2026-11-22 08:00\", number = \"110\" }]",
    ] {
        let found = said_of_directory(&format!(
            "[[tenants.directory.doctors]]\nname = \"d\"\ntitle = \"D\"\n{number}\n"
        ));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("reaches the emergency services"), "{found:?}");
    }
}

#[test]
fn each_municipality_and_area_code_has_one_headquarters_with_a_number() {
    let second = "[[tenants.directory.headquarters]]\nname = \"otsu\"\ntitle = \"Kusatsu\"\nmunicipalities = [\"otsu\"]\narea_codes = [\"77\", \"077\"]\n";
    assert_eq!(
        said_of_directory(&format!("{OTSU}{second}")),
        [
            "1: [[tenants.directory.headquarters]] has no `number`; write the direct number that is answered day and night",
            "8: `otsu` is in the directory twice; name each entry once",
            "19: municipality otsu is named twice, here and by `otsu`; give it to the headquarters that answer for it",
            "15: `area_codes` \"77\" is no area code; write 2 to 6 digits with the leading 0, such as \"077\" (AREA_CODE_DIGITS)",
        ]
    );
    assert_eq!(
        said_of_directory(&OTSU.replace("municipalities = [\"otsu\"]\n", "verified_on = \"2026-02-30\"\n")),
        [
            "1: these headquarters are nobody's: they have neither `municipalities` nor `area_codes`; write whose callers they answer for, such as municipalities = [\"otsu\"]",
            "15: `verified_on` \"2026-02-30\" is no date; write YYYY-MM-DD, such as 2026-12-31",
        ]
    );
}

#[test]
fn every_entry_has_a_number_and_knows_whom_it_names() {
    let entries = r#"[[tenants.directory.interpreters]]
name = "thai"
title = "Thai"
languages = ["thai"]
numbers = []

[[tenants.directory.doctors]]
name = "doctor"
title = "Doctor"

[[tenants.directory.doctors]]
name = "second"
title = "Second"
duties = [{ from = "2026-11-21 18:00", to = "2026-11-21 18:00", number = "09012345678" }]

[[tenants.directory.staff]]
name = "nurse"
title = "Nurse"

[[tenants.directory.tenants]]
name = "own"
title = "Own"
tenant = "shiga"
numbers = ["0770007119"]

[[tenants.directory.tenants]]
name = "other"
title = "Other"
tenant = "kyoto"
numbers = ["0750007119"]
"#;
    assert_eq!(
        said_of_directory(entries),
        [
            "11: `numbers` has no number; write at least one",
            "1: the roster has no number: neither `duties` nor `fall_backs`; write [[tenants.directory.doctors.duties]] and at least two fall_backs (R-T3)",
            "45: the turn of duty ends before it begins; write the first instant after it",
            "1: [[tenants.directory.staff]] has no `numbers`; write at least one, in the order in which they are tried",
            "10: tenant `shiga` is in its own directory; use one of none",
            "10: the directory names the unknown tenant `kyoto`; use one of none",
        ]
    );
}

#[test]
fn a_directory_has_bounds() {
    let staff = |entry: usize, numbers: usize| {
        let numbers: Vec<String> =
            (0..numbers).map(|number| format!("\"09{entry:04}{number:04}\"")).collect();
        format!(
            "[[tenants.directory.staff]]\nname = \"s{entry}\"\ntitle = \"S\"\nnumbers = [{}]\n",
            numbers.join(", ")
        )
    };
    assert_eq!(said_of_directory(&staff(0, 100)), Vec::<String>::new());
    assert_eq!(
        said_of_directory(&staff(0, 101)),
        [
            "1: the entry has 101 numbers and turns of duty, more than 100 (ENTRY_NUMBERS_MAX); take out turns of duty that are over"
        ]
    );
    let many: String = (0..2_001).map(|entry| staff(entry, 1)).collect();
    assert_eq!(
        said_of_directory(&many),
        [
            "1: the directory has 2001 entries, more than 2000 (DIRECTORY_ENTRIES_MAX); leave out whom nobody dials"
        ]
    );
}
