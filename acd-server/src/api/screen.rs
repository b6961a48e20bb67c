//! What a seat's screen shows: its state and its call, with tenant, greeting and script before the answer (R-S5, R-G1).

use acd_core::plan::Guidance;
use acd_core::{SeatId, SeatState};
use acd_proto::v1;
use reports::{Board, SeatCall};

use crate::plan::PlanFile;

pub(super) fn seat(board: &Board, plan: &PlanFile, seat: SeatId, state: SeatState) -> v1::SeatView {
    let call = board.seat_call(seat).map(|it| call(plan, it));
    v1::SeatView { seat: seat.to_string(), state: Some(state.into()), call }
}

/// The seats that ring, talk or call out.
pub(super) fn seats_with_calls(board: &Board, plan: &PlanFile) -> Vec<v1::SeatView> {
    let seats = board.seats().iter().map(|(id, state)| seat(board, plan, *id, *state));
    seats.filter(|view| view.call.is_some()).collect()
}

fn call(plan: &PlanFile, shown: SeatCall) -> v1::SeatCall {
    let SeatCall { call, tenant, dialled, phase, on_hold } = shown;
    let planned = plan.core.tenants.get(&tenant);
    let settings = plan.shell.tenants.get(&tenant);
    let number = dialled.and_then(|dialled| planned?.numbers.get(&dialled));
    let is_spoken = number.is_some_and(|number| number.guidance == Guidance::Spoken);
    let script = settings.and_then(|settings| settings.script.clone()).filter(|_| is_spoken);
    v1::SeatCall {
        call: call.0,
        tenant: tenant.to_string(),
        title: planned.map_or_else(String::new, |planned| planned.title.clone()),
        greeting: settings.and_then(|settings| settings.greeting.clone()).unwrap_or_default(),
        script: script.unwrap_or_default(),
        dialled: dialled.map_or_else(String::new, |dialled| dialled.to_string()),
        phase: v1::CallPhase::from(phase).into(),
        on_hold,
    }
}
