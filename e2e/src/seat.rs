//! A seat whose phone is SIPp: it registers with its password and then plays one of the seats' scenarios.

use std::net::Ipv4Addr;
use std::net::SocketAddr;

use crate::net;
use crate::rtp::Party;
use crate::sipp::{Scenario, Sipp};
use crate::tenants::SeatAccount;

/// A seat about to register.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    account: SeatAccount,
    ip: Ipv4Addr,
    port: u16,
    switch: SocketAddr,
}

impl Seat {
    /// A seat of `account` with an address of its own.
    pub fn new(account: SeatAccount, switch: SocketAddr) -> Self {
        let ip = net::address();
        Self { account, ip, port: net::free_port(ip), switch }
    }

    /// Where the phone is.
    pub fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// Registers.
    ///
    /// # Panics
    /// If the switch does not let it in.
    pub fn register(&self) {
        self.registration("register.xml", self.account.password, "300").start().succeeds();
    }

    /// Takes its registration back, from beside the phone.
    ///
    /// # Panics
    /// If the switch does not let it.
    pub fn unregister(&self) {
        self.registration("register.xml", self.account.password, "0").from(self.ip, 0).start().succeeds();
    }

    /// Dials a star code, from beside the phone, which may be in a call; the switch answers, is heard, and hangs up.
    ///
    /// # Panics
    /// If it does not.
    pub fn dials(&self, code: &str) {
        let party = Party::listen(self.ip);
        self.dialling("seat_dials.xml", code).audio_port(party.port()).start().succeeds();
        party.hears_packets(1);
    }

    /// Dials what is no star code, which must get 404.
    ///
    /// # Panics
    /// If it does not.
    pub fn dials_in_vain(&self, code: &str) {
        self.dialling("seat_dials_unknown.xml", code).start().succeeds();
    }

    /// Tries to register with another password, which must be refused.
    ///
    /// # Panics
    /// If the switch lets it in.
    pub fn is_refused_with(&self, password: &str) {
        self.registration("register_refused.xml", password, "300").start().succeeds();
    }

    /// Plays a scenario of a seat (`seat_answers.xml`, …) at the phone's address.
    pub fn plays(&self, file: &str) -> Scenario {
        let scenario = Scenario::new(file, self.switch).service(self.account.name).from(self.ip, self.port);
        scenario.key("contact_port", &self.port.to_string())
    }

    fn dialling(&self, file: &str, code: &str) -> Scenario {
        let scenario = self.plays(file).from(self.ip, 0).key("code", code);
        scenario.password(self.account.name, self.account.password)
    }

    fn registration(&self, file: &str, password: &str, expires: &str) -> Scenario {
        self.plays(file).key("expires", expires).password(self.account.name, password)
    }

    /// Is at the phone with a scenario, and then registers from beside it: the ring may come at once.
    ///
    /// # Panics
    /// If the switch does not let it in.
    pub fn at_work(&self, scenario: Scenario) -> Sipp {
        // One socket cannot serve two SIPp: the phone's port is named in the Contact, the registration comes from
        // another port, as from a phone with two sockets.
        let phone = scenario.start();
        self.registration("register.xml", self.account.password, "300").from(self.ip, 0).start().succeeds();
        phone
    }
}
