//! Callers and agents with ears: SIPp does the signalling, an RTP party the audio.

use crate::rtp::Party;
use crate::seat::Seat;
use crate::sipp::{Scenario, Sipp};
use crate::switch::Switch;
use crate::tenants::SeatAccount;

/// A caller who stays until told to hang up, or until the switch hangs up.
pub fn caller(switch: &Switch, number: &str) -> (Sipp, Party) {
    let scenario = Scenario::new("caller.xml", switch.sip()).service(number);
    let party = Party::listen(scenario.ip());
    (scenario.audio_port(party.port()).start(), party)
}

/// A caller who speaks a tone of this frequency from the answer on, without waiting to be spoken to.
///
/// # Panics
/// If the call is not answered.
pub fn speaking_caller(switch: &Switch, number: &str, frequency_hz: f64) -> (Sipp, Party) {
    let (caller, party) = caller(switch, number);
    let answer = caller.wait_for("the 200", |message| !message.sent && message.answers(200, "INVITE"));
    party.speak_to(answer.audio_address().expect("the 200 has an answer"));
    party.speak(frequency_hz);
    (caller, party)
}

/// Calls a number that must be refused with this status; the refusal's Retry-After, if it has one.
///
/// # Panics
/// If the call is not refused so.
pub fn is_refused(switch: &Switch, number: &str, status: u16) -> Option<String> {
    let scenario = Scenario::new("refused.xml", switch.sip()).service(number);
    let messages = scenario.fill("STATUS", &status.to_string()).fill("CODEC", "0").start().succeeds();
    let refusal = messages.into_iter().find(|message| message.answers(status, "INVITE"));
    refusal.and_then(|message| message.header("Retry-After").map(str::to_owned))
}

/// An agent at a phone that answers so many calls at once, one after the other; the phone registers.
pub fn agent(switch: &Switch, account: SeatAccount, calls: u32) -> (Seat, Sipp, Party) {
    let seat = Seat::new(account, switch.sip());
    let party = Party::listen(seat.ip());
    let phone = seat.at_work(seat.plays("seat_answers.xml").audio_port(party.port()).calls(calls));
    (seat, phone, party)
}

/// The caller hangs up, and the scenario must have gone as it is written.
///
/// # Panics
/// If it has not.
pub fn hangs_up(caller: Sipp) {
    caller.sign();
    caller.succeeds();
}
