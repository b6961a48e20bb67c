//! Who may call: a trunk by its network, and nobody else. A stranger gets 403 and is no call of anybody's.

use std::net::Ipv4Addr;

use e2e::audio::repository_file;
use e2e::sipp::Scenario;
use e2e::switch::{Options, Switch};

/// The one address of the plan's trunk.
const CARRIER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const NUMBER: &str = "0440001000";

#[test]
fn an_invite_from_outside_the_trunk_s_network_gets_403_and_is_no_call() {
    let plan = Some(repository_file("e2e/plans/narrow_trunk.toml"));
    let mut switch = Switch::start_with(Options { plan, ..Options::default() });
    let stranger = Scenario::new("refused.xml", switch.sip()).service(NUMBER);
    stranger.fill("STATUS", "403").fill("CODEC", "0").start().succeeds();

    // The same INVITE from the carrier's address is a call, so it was the address that was refused.
    let carrier = Scenario::new("caller.xml", switch.sip()).service(NUMBER).from(CARRIER, 0).start();
    switch.wait_for_facts("caller_queued", 1);
    carrier.sign();
    carrier.succeeds();
    switch.wait_for_facts("call_ended", 1);
    let facts = switch.facts();
    assert_eq!((facts.count("call_admitted"), facts.count("call_refused")), (1, 0));
    switch.stop();
}
