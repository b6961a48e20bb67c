//! Plans by seed: small, and with edges near, so that everything that can happen does.

use acd_core::{CallCommand, Destination, LocateCondition, Pii};

use crate::edges::{Place, draw_holidays};
use crate::hours::{draw_duties, draw_hours};
use crate::rng::Rng;

/// The numbers that a drawn plan may have.
pub(crate) const NUMBERS: [&str; 3] = ["0770007119", "0750007119", "0540008000"];
const TENANTS: [&str; 3] = ["shiga", "kyoto", "shizuoka"];

/// Up to three tenants, most of them with hours that change where the history passes, and up to eight seats.
pub(crate) fn draw_plan(rng: &mut Rng, place: &Place) -> Vec<String> {
    let mut lines = draw_holidays(rng, place);
    let tenants = usize::try_from(rng.within(1, 3)).unwrap();
    let skilled = rng.percent(30);
    let pooled = rng.percent(40);
    let pool = rng.within(3, 8);
    if pooled {
        lines.push(format!("pool shared: lines {pool}"));
    }
    let mut unreserved = pool;
    for (index, (tenant, number)) in TENANTS.iter().zip(NUMBERS).take(tenants).enumerate() {
        let guidance = rng.pick(&["tape", "spoken", "none"]).unwrap();
        let ring = rng.within(2, 20);
        let mut line = format!("tenant {tenant}: number {number}, guidance {guidance}, ring {ring}s");
        // By what is drawn already: a draw more would be another history for every seed that is known.
        if ring.is_multiple_of(3) {
            line += ", record_caller";
        }
        if rng.percent(30) {
            let when = rng.pick(&["before", "after"]).unwrap();
            line += &format!(", choice {when} {}s 1:adviser 2::tape 5:reception:tape", rng.within(1, 8));
        }
        for extra in [
            "closed_announcement",
            "places first second third and many",
            "places first second",
            "hold_music",
            "max_wait 30s",
            "retry_after 60s",
            "unrecorded",
            "early_media",
            "guidance_delay 3s",
            "expect_calls_within 40s",
            "staffing any lines",
            "staffing adviser 2",
        ] {
            if rng.percent(30) {
                line += &format!(", {extra}");
            }
        }
        if rng.percent(80) {
            line += rng.pick(&[", outbound own", ", outbound separate"]).unwrap();
            if rng.percent(50) {
                line += ", free_dialling, mapped 119 hq";
            }
        }
        if skilled && index == 0 {
            line += ", skill adviser";
        } else if rng.percent(20) {
            line += ", skill reception";
        }
        if index + 1 < tenants && rng.percent(60) {
            // Towards the last tenant, so that no chain comes back.
            line += &format!(", overflow {}", TENANTS[index + 1]);
            for cause in ["closed", "nobody", "too_long"] {
                if rng.percent(60) {
                    line += &format!(" {cause}");
                }
            }
        }
        if rng.percent(50) {
            line += ", hand_over adviser *1";
        }
        if rng.percent(20) {
            line += ", hand_over reception *22";
        }
        // Of a tenant that shares lines an onlooker cannot tell why a 183 comes.
        if index == 2 && rng.percent(50) {
            line += ", busy_announcement to 2";
        } else if pooled && index < 2 {
            let reserved = rng.within(0, unreserved.min(3));
            unreserved -= reserved;
            line += &format!(", pool shared {reserved} to {}", rng.within(reserved.max(1), pool));
        }
        let hours = draw_hours(rng, tenant, place);
        lines.push(line + &hours.settings);
        let ring = rng.within(2, 20);
        lines.push(format!("entry {tenant} thai: language thai, number 0312345678, ring {ring}s"));
        let duties = if rng.percent(60) { draw_duties(rng, place, hours.utc_offset) } else { String::new() };
        lines.push(format!(
            "entry {tenant} doctor: doctors, number 0311111111, number 0311111112, number 0311111113, ring {ring}s{}{duties}",
            if rng.percent(60) { ", emergency_contact 0311111119" } else { "" }
        ));
        if rng.percent(50) {
            lines.push(format!(
                "entry {tenant} hq: headquarters, number 0775221119, number 0775221110, area_code 090, municipality otsu, \
                 ring {ring}s"
            ));
            // Every caller's number begins with both codes; that of this one is the longer one, or the shorter one.
            if ring.is_multiple_of(2) {
                let code = if ring.is_multiple_of(4) { "09" } else { "0901" };
                lines.push(format!("entry {tenant} koka: headquarters, number 0748620119, area_code {code}"));
            }
        }
        lines.extend(hours.lines);
    }
    for seat in 1..=rng.within(1, 8) {
        let mut line =
            format!("seat s{seat}: login {}", rng.pick(&["by_command", "on_register", "always"]).unwrap());
        for tenant in TENANTS.iter().take(tenants) {
            if seat == 1 || rng.percent(60) {
                line += &format!(", serves {tenant} {}", rng.within(1, 3));
            }
        }
        for skill in ["adviser", "reception"] {
            if seat == 1 || rng.percent(50) {
                line += &format!(", skill {skill}");
            }
        }
        for (extra, percent) in [
            ("static", 30),
            ("wrap_up unlimited", 20),
            ("not_answering_retry 5s", 40),
            ("unreachable_retry 5s", 40),
        ] {
            if rng.percent(percent) {
                line += &format!(", {extra}");
            }
        }
        if !line.contains("wrap_up") {
            line += &format!(", wrap_up {}s", rng.within(0, 20));
        }
        lines.push(line);
    }
    lines
}

/// Whom agents want to reach, some of whom nobody can.
pub(crate) fn draw_destination(choice: u64) -> Destination {
    match choice % 12 {
        0..=2 => Destination::Entry("thai".parse().unwrap()),
        3..=5 => Destination::Entry("doctor".parse().unwrap()),
        6 => Destination::Entry("nobody".parse().unwrap()),
        7 => Destination::Headquarters(Some("otsu".parse().unwrap())),
        8 => Destination::Headquarters(None),
        9 => Destination::Caller,
        10 => Destination::Number(Pii::new("119".parse().unwrap())),
        _ => Destination::Number(Pii::new("0312345670".parse().unwrap())),
    }
}

/// What agents command of parties.
pub(crate) fn draw_party_command(choice: u64, destination: Destination) -> CallCommand {
    match choice % 16 {
        0..=4 => CallCommand::Dial(destination),
        5 | 6 => CallCommand::Join,
        7 => CallCommand::Leave,
        8 => CallCommand::Blind(destination),
        9 | 10 => CallCommand::DropParty(u32::try_from(choice / 16 % 4 + 1).unwrap()),
        11 | 12 => CallCommand::Swap,
        13 => CallCommand::ReleaseCaller,
        14 => CallCommand::ShowNumber,
        _ => CallCommand::Check(LocateCondition::Unresponsive, choice % 32 < 16),
    }
}
