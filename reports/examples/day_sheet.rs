//! Writes the day sheet of a made-up day, to look at its layout: `cargo run -p reports --example day_sheet OUT.xlsx`.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "made to be looked at, with a support of the tests")]

#[path = "../tests/support/world.rs"]
#[expect(dead_code, reason = "an example needs neither what was seen outside nor Shizuoka")]
mod world;

use std::error::Error;

use acd_core::{CallEvent, CivilDate};
use reports::Fold;
use reports::accounting::{Ledger, Profile, Slots};
use reports::forms::{Header, Purpose, fdma2};

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("name the file to write: day_sheet OUT.xlsx")?;
    let date = CivilDate { year: 2026, month: 11, day: 21 };
    let slots = Slots::hours(date, 540);
    let day = world::run(7119, slots.from());
    let mut ledger = Ledger::new(world::tenants()[0], slots.clone());
    ledger.life_begins(&day.plan);
    for (seq, (time, fact)) in (1..).zip(&day.facts) {
        if seq > 1 && matches!(fact, CallEvent::PlanApplied { .. }) {
            ledger.plan_changes(&day.other_plan);
        }
        ledger.apply(*time, seq, fact);
    }
    let account = ledger.close(slots.to());
    let header = Header {
        profile: Profile::KYOTO,
        purpose: Purpose::Report,
        title: "救急安心センターきょうと #7119".to_owned(),
        date,
        utc_offset_minutes: 540,
        target_permille: Some(800),
        made_at: slots.to(),
        made_by: concat!("acd ", env!("CARGO_PKG_VERSION")).to_owned(),
        plan: "例示用の設定".to_owned(),
        remarks: Vec::new(),
    };
    std::fs::write(out, fdma2::xlsx(&account, &header)?)?;
    Ok(())
}
