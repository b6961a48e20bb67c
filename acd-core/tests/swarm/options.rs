//! What a seed draws before it begins: the plan, and how often each thing goes wrong.

use crate::rng::Rng;

/// The rates are in percent of the occasions.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) plan: Vec<String>,
    /// Another plan, put in force in between.
    pub(crate) other_plan: Vec<String>,
    pub(crate) steps: u64,
    pub(crate) arrival_every_ms: u64,
    pub(crate) patience_ms: u64,
    pub(crate) talk_ms: u64,
    pub(crate) connect_fails: u64,
    pub(crate) play_fails: u64,
    pub(crate) refuses: u64,
    pub(crate) unreachable: u64,
    pub(crate) never_answers: u64,
    pub(crate) seat_lost: u64,
    pub(crate) seat_hangs_up: u64,
    pub(crate) recorder_fails: u64,
    pub(crate) test_calls: u64,
    pub(crate) unknown_numbers: u64,
    /// Of each step: an agent does something, a phone comes or goes, garbage comes in, a plan is put in force.
    pub(crate) commands: u64,
    pub(crate) registrations: u64,
    pub(crate) garbage: u64,
    pub(crate) reloads: u64,
    pub(crate) holds: u64,
    /// Deadlines fire up to so late.
    pub(crate) loop_late_ms: u64,
    /// The history ends with a stop instead of in calm.
    pub(crate) stops: bool,
}

pub(crate) const NUMBERS: [&str; 3] = ["0770007119", "0750007119", "0540008000"];
const TENANTS: [&str; 3] = ["shiga", "kyoto", "shizuoka"];

impl Options {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let rarely = |rng: &mut Rng, percent: u64| if rng.percent(50) { 0 } else { rng.within(1, percent) };
        Self {
            plan: draw_plan(rng),
            other_plan: draw_plan(rng),
            steps: rng.within(200, 1_500),
            arrival_every_ms: rng.within(500, 20_000),
            patience_ms: rng.within(5_000, 300_000),
            talk_ms: rng.within(2_000, 200_000),
            connect_fails: rarely(rng, 20),
            play_fails: rarely(rng, 20),
            refuses: rarely(rng, 50),
            unreachable: rarely(rng, 50),
            never_answers: rarely(rng, 50),
            seat_lost: rarely(rng, 50),
            seat_hangs_up: rng.within(0, 100),
            recorder_fails: rarely(rng, 50),
            test_calls: rarely(rng, 20),
            unknown_numbers: rarely(rng, 10),
            commands: rng.within(1, 20),
            registrations: rarely(rng, 10),
            garbage: rarely(rng, 30),
            reloads: rarely(rng, 3),
            holds: rarely(rng, 30),
            loop_late_ms: rarely(rng, 100),
            stops: rng.percent(10),
        }
    }
}

/// Up to three tenants, some of them with hours that change every few minutes, and up to eight seats.
fn draw_plan(rng: &mut Rng) -> Vec<String> {
    let mut lines = Vec::new();
    let tenants = usize::try_from(rng.within(1, 3)).unwrap();
    let skilled = rng.percent(30);
    for (index, (tenant, number)) in TENANTS.iter().zip(NUMBERS).take(tenants).enumerate() {
        let guidance = rng.pick(&["tape", "spoken", "none"]).unwrap();
        let ring = rng.within(2, 20);
        let mut line = format!("tenant {tenant}: number {number}, guidance {guidance}, ring {ring}s");
        for extra in ["closed_announcement", "hold_music", "max_wait 30s", "retry_after 60s", "unrecorded"] {
            if rng.percent(30) {
                line += &format!(", {extra}");
            }
        }
        if skilled && index == 0 {
            line += ", skill adviser";
        }
        line += &format!(", lines {}", draw_lines(rng));
        let changes = rng.percent(50);
        lines.push(if changes { line + ", bands" } else { line });
        if changes {
            for (from, to) in [("0:00", "9:05"), ("9:05", "9:20"), ("9:20", "9:40"), ("9:40", "24:00")] {
                let capacity = if rng.percent(20) { "closed".into() } else { draw_lines(rng) };
                lines.push(format!("band {tenant}: weekday saturday sunday holiday {from}-{to} {capacity}"));
            }
        }
    }
    for seat in 1..=rng.within(1, 8) {
        let mut line =
            format!("seat s{seat}: login {}", rng.pick(&["by_command", "on_register", "always"]).unwrap());
        for tenant in TENANTS.iter().take(tenants) {
            if seat == 1 || rng.percent(60) {
                line += &format!(", serves {tenant} {}", rng.within(1, 3));
            }
        }
        if seat == 1 || rng.percent(50) {
            line += ", skill adviser";
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

fn draw_lines(rng: &mut Rng) -> String {
    format!("{}+{}", rng.within(1, 4), rng.within(0, 3))
}
