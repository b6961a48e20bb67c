//! The registrar of the seats: who may register, and where a registered seat is reached. Without I/O and in virtual time.
//!
//! One contact is in force for a seat; a new contact replaces the old one (R-S2). Passwords are asked for by digest.
//!
//! **Patience with wrong passwords.** Each wrong password costs one token of its source address and one of the user name
//! that was tried; tokens come back one by one. Who has none left gets 403 without a look at the password, until the next
//! token. A seat that is registered from an address is asked neither token there: its refreshes and calls pass whatever
//! others behind the same address (or anywhere, against its name) are trying. From the address where it was registered
//! last it is asked only that address's token: who tries its name from elsewhere cannot keep it out in the morning.
//! Networks of trunks are exempt. An IPv6 source is its /64, of which one attacker has every address. An unknown user is
//! treated, answered and timed like a wrong password.

mod binding;
mod patience;
mod register;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::Bound;
use std::time::Duration;

use acd_core::{SeatId, Timestamp};
use ipnet::IpNet;
use sha2::{Digest, Sha256};

pub use binding::Binding;

use crate::limits::{PATIENCE_SOURCES_MAX, PATIENCE_USERS_MAX, USER_BYTES_MAX};
use crate::sip::Peer;
use crate::sip::digest::{Algorithm, Authorization, DigestServer, Ha1, Verdict};
use crate::sip::message::{HeaderName, Method, Request, Response, with_to_tag};
use patience::Patience;

/// What a seat registers with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credentials {
    /// The seat.
    pub seat: SeatId,
    /// The user of its address and of its digest.
    pub user: Vec<u8>,
    /// Its password as one hash an algorithm, in the order in which challenges name them.
    pub ha1: Vec<Ha1>,
}

/// How the registrar behaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistrarConfig {
    /// The realm of challenges; the hashes of [`Credentials`] were made for it.
    pub realm: String,
    /// How long a nonce is good.
    pub nonce_lifetime: Duration,
    /// Shortest registration; what asks for less gets 423 (RFC 3261 section 10.2.8).
    pub expires_min: Duration,
    /// Longest registration, and the one of who asks for none.
    pub expires_max: Duration,
    /// Wrong passwords at once from one source or for one user.
    pub failures_max: u32,
    /// How long it takes until all of them are forgiven.
    pub failures_window: Duration,
    /// Networks whose sources are never refused for wrong passwords: those of the trunks.
    pub exempt: Vec<IpNet>,
}

impl Default for RegistrarConfig {
    fn default() -> Self {
        Self {
            realm: "acd".to_owned(),
            nonce_lifetime: Duration::from_secs(300),
            expires_min: Duration::from_secs(60),
            expires_max: Duration::from_secs(3_600),
            failures_max: 10,
            failures_window: Duration::from_secs(60),
            exempt: Vec::new(),
        }
    }
}

/// What became of a seat's binding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BindingChange {
    /// The seat.
    pub seat: SeatId,
    /// What happened.
    pub kind: BindingChangeKind,
}

/// See [`BindingChange`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BindingChangeKind {
    /// The seat had no binding.
    First,
    /// The same contact again.
    Refreshed,
    /// A registration of its own beside the old one: another contact, or the same of a phone that was started again
    /// (another Call-ID, RFC 3261 section 10.2).
    Replaced,
    /// The phone took its binding back, or the plan has no such seat any more.
    Removed,
    /// No refresh came in time.
    Expired,
}

/// What a REGISTER brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistrarAnswer {
    /// The answer, with a To tag.
    pub response: Response,
    /// What it changed; empty for a query or a refusal.
    pub changes: Vec<BindingChange>,
}

/// What has been counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegistrarCounters {
    /// Requests that were challenged: without an answer, or with a stale one.
    pub challenged: u64,
    /// Right answers.
    pub accepted: u64,
    /// Wrong passwords, and users that are none.
    pub wrong: u64,
    /// Answers not looked at, for want of patience.
    pub refused: u64,
}

/// The registrar.
#[derive(Debug)]
pub struct Registrar {
    config: RegistrarConfig,
    digest: DigestServer,
    tag_secret: [u8; 32],
    tags: u64,
    seats: BTreeMap<SeatId, Credentials>,
    seats_by_user: BTreeMap<Vec<u8>, SeatId>,
    bindings: BTreeMap<SeatId, Binding>,
    /// By where a seat's requests come from and by where it is reached.
    addresses: BTreeSet<(SocketAddr, SeatId)>,
    expiries: BTreeSet<(Timestamp, SeatId)>,
    /// Where each seat of the plan was registered last, whether or not it still is.
    homes: BTreeMap<SeatId, IpAddr>,
    sources: Patience<IpAddr>,
    users: Patience<Vec<u8>>,
    counters: RegistrarCounters,
}

impl Registrar {
    /// A registrar without bindings. `secret` must be random and of this life alone. Of two seats with one user the later
    /// counts; a checked plan has none.
    pub fn new(seats: Vec<Credentials>, config: RegistrarConfig, secret: [u8; 32]) -> Self {
        let derived = |purpose: &str| {
            let mut hash = Sha256::new();
            hash.update(purpose);
            hash.update(secret);
            <[u8; 32]>::from(hash.finalize())
        };
        let mut registrar = Self {
            digest: DigestServer::new(
                config.realm.clone(),
                config.nonce_lifetime,
                derived("registrar nonce"),
            ),
            tag_secret: derived("registrar tag"),
            tags: 0,
            seats: BTreeMap::new(),
            seats_by_user: BTreeMap::new(),
            bindings: BTreeMap::new(),
            addresses: BTreeSet::new(),
            expiries: BTreeSet::new(),
            homes: BTreeMap::new(),
            sources: Patience::new(config.failures_max, config.failures_window, PATIENCE_SOURCES_MAX),
            users: Patience::new(config.failures_max, config.failures_window, PATIENCE_USERS_MAX),
            counters: RegistrarCounters::default(),
            config,
        };
        registrar.take_seats(seats);
        registrar
    }

    /// Takes the seats of a new plan. Bindings of seats that it still has stay; those of others are removed.
    pub fn replace_seats(&mut self, seats: Vec<Credentials>) -> Vec<BindingChange> {
        self.take_seats(seats);
        let gone: Vec<SeatId> =
            self.bindings.keys().filter(|seat| !self.seats.contains_key(seat)).copied().collect();
        gone.into_iter()
            .map(|seat| {
                self.unbind(seat);
                BindingChange { seat, kind: BindingChangeKind::Removed }
            })
            .collect()
    }

    fn take_seats(&mut self, seats: Vec<Credentials>) {
        self.seats_by_user = seats.iter().map(|seat| (seat.user.clone(), seat.seat)).collect();
        self.seats = seats.into_iter().map(|seat| (seat.seat, seat)).collect();
        self.homes.retain(|seat, _| self.seats.contains_key(seat));
    }

    /// Where a seat is reached, if it is registered.
    pub fn binding(&self, seat: SeatId) -> Option<&Binding> {
        self.bindings.get(&seat)
    }

    /// Seats that are registered.
    pub fn bindings_len(&self) -> usize {
        self.bindings.len()
    }

    /// The seat of a user.
    pub fn seat_named(&self, user: &str) -> Option<SeatId> {
        self.seats_by_user.get(user.as_bytes()).copied()
    }

    /// The seat that is registered from this address, or reached there; the first of several lines of one phone.
    pub fn seat_at(&self, address: SocketAddr) -> Option<SeatId> {
        let from_here_on = self.addresses.range((Bound::Included((address, SEAT_FIRST)), Bound::Unbounded));
        from_here_on.take_while(|(known, _)| *known == address).map(|(_, seat)| *seat).next()
    }

    /// What has been counted.
    pub const fn counters(&self) -> RegistrarCounters {
        self.counters
    }

    /// When [`Self::handle_timeout`] must be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.expiries.first().map(|(at, _)| *at)
    }

    /// Ends the bindings whose time is over.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Vec<BindingChange> {
        let mut changes = Vec::new();
        while let Some(&(at, seat)) = self.expiries.first()
            && at <= now
        {
            self.unbind(seat);
            changes.push(BindingChange { seat, kind: BindingChangeKind::Expired });
        }
        changes
    }

    /// Whose request this is, by digest.
    ///
    /// # Errors
    /// With the answer to send: 401 with a challenge, 403 for want of patience or for a From that names another seat.
    pub fn authenticate(
        &mut self,
        now: Timestamp,
        request: &Request,
        peer: Peer,
    ) -> Result<SeatId, Response> {
        let seat = self.seat_of_password(now, request, peer)?;
        if request.method != Method::Register {
            let from = request.headers.from().ok().map(|from| from.uri.user_unescaped());
            let named = from.and_then(|user| self.seats_by_user.get(&user));
            if named.is_some_and(|named| *named != seat) {
                return Err(self.answer(request, 403));
            }
        }
        Ok(seat)
    }

    fn seat_of_password(
        &mut self,
        now: Timestamp,
        request: &Request,
        peer: Peer,
    ) -> Result<SeatId, Response> {
        let Some(authorization) = self.digest.authorization(request) else {
            return Err(self.challenge(now, request, false));
        };
        let source = source_of(peer);
        let seat = self.seats_by_user.get(&authorization.username).copied();
        let counts = !self.is_exempt(peer.remote.ip().to_canonical()) && !self.is_at_home(seat, source);
        let was_home = seat.is_some_and(|seat| self.homes.get(&seat) == Some(&source));
        let user = patience_key(&authorization);
        let is_out_of_patience =
            self.sources.is_exhausted(now, &source) || !was_home && self.users.is_exhausted(now, &user);
        if counts && is_out_of_patience {
            self.counters.refused += 1;
            return Err(self.answer(request, 403));
        }
        let ha1 = seat.and_then(|seat| self.seats.get(&seat)).map_or(&[][..], |seat| &seat.ha1);
        match (self.digest.judge(now, &authorization, request.method.as_bytes(), ha1), seat) {
            (Verdict::Accepted, Some(seat)) => {
                self.counters.accepted += 1;
                Ok(seat)
            }
            (Verdict::Stale, _) => Err(self.challenge(now, request, true)),
            (Verdict::Wrong | Verdict::Accepted, _) => {
                self.counters.wrong += 1;
                if counts {
                    self.sources.charge(now, source);
                    self.users.charge(now, user);
                }
                Err(self.challenge(now, request, false))
            }
        }
    }

    fn is_exempt(&self, source: IpAddr) -> bool {
        self.config.exempt.iter().any(|network| network.contains(&source))
    }

    /// Whether the seat is registered from that address.
    fn is_at_home(&self, seat: Option<SeatId>, source: IpAddr) -> bool {
        let binding = seat.and_then(|seat| self.bindings.get(&seat));
        binding.is_some_and(|binding| network_of(binding.source.ip()) == source)
    }

    /// A 401 with the algorithms of the user whom the request names; who is no user gets those that the others get.
    fn challenge(&mut self, now: Timestamp, request: &Request, stale: bool) -> Response {
        self.counters.challenged += 1;
        let is_register = request.method == Method::Register;
        let named = if is_register { request.headers.to() } else { request.headers.from() };
        let user = named.ok().map(|named| named.uri.user_unescaped());
        let seat = user.and_then(|user| self.seats_by_user.get(&user)).and_then(|seat| self.seats.get(seat));
        let algorithms: Vec<Algorithm> = seat
            .or_else(|| self.seats.values().next())
            .map_or(&[][..], |seat| &seat.ha1)
            .iter()
            .map(|ha1| ha1.algorithm)
            .collect();
        let algorithms = if algorithms.is_empty() { vec![Algorithm::Md5] } else { algorithms };
        let challenges = self.digest.challenges(now, &algorithms, stale);
        let mut response = self.answer(request, 401);
        for challenge in challenges {
            response.headers.push(HeaderName::WwwAuthenticate, challenge);
        }
        response
    }

    fn answer(&mut self, request: &Request, status: u16) -> Response {
        let mut response = request.respond(status);
        self.tags += 1;
        let mut hash = Sha256::new();
        hash.update(self.tag_secret);
        hash.update(self.tags.to_be_bytes());
        let tag: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        with_to_tag(&mut response, tag.as_bytes());
        response
    }

    fn bind(&mut self, seat: SeatId, binding: Binding) -> Option<Binding> {
        let before = self.unbind(seat);
        self.expiries.insert((binding.expires_at, seat));
        self.addresses.extend(binding.addresses().map(|address| (address, seat)));
        self.homes.insert(seat, network_of(binding.source.ip()));
        self.bindings.insert(seat, binding);
        before
    }

    fn unbind(&mut self, seat: SeatId) -> Option<Binding> {
        let binding = self.bindings.remove(&seat)?;
        self.expiries.remove(&(binding.expires_at, seat));
        for address in binding.addresses() {
            self.addresses.remove(&(address, seat));
        }
        Some(binding)
    }
}

/// The name that sorts before all others: `-` is the lowest byte that a name may have, and it is the shortest.
const SEAT_FIRST: SeatId = match SeatId::new("-") {
    Ok(seat) => seat,
    Err(_) => panic!("a hyphen is a name"),
};

/// What patience with a source goes by.
fn source_of(peer: Peer) -> IpAddr {
    network_of(peer.remote.ip())
}

/// An IPv4 address, or the /64 of an IPv6 address.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// A user that was tried, within bounds whatever was sent.
fn patience_key(authorization: &Authorization) -> Vec<u8> {
    let user = &authorization.username;
    user[..user.len().min(USER_BYTES_MAX)].to_vec()
}

#[cfg(test)]
mod tests;
