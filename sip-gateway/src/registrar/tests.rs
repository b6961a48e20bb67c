//! Registrations in virtual time, over a phone that answers challenges as real ones do.

use super::*;
use crate::sip::message::{Message, parse};
use crate::sip::{ConnectionId, Transport};

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn second(count: u64) -> Timestamp {
    START + Duration::from_secs(count)
}

fn seat(name: &str) -> SeatId {
    SeatId::new(name).unwrap()
}

fn credentials(name: &str, password: &str) -> Credentials {
    Credentials {
        seat: seat(name),
        user: name.as_bytes().to_vec(),
        ha1: vec![Ha1::new(Algorithm::Md5, name, "acd", password)],
    }
}

fn registrar() -> Registrar {
    let seats = vec![credentials("seat101", "demo-101"), credentials("seat102", "demo-102")];
    Registrar::new(seats, RegistrarConfig::default(), [3; 32])
}

fn peer(remote: &str) -> Peer {
    Peer {
        transport: Transport::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: remote.parse().unwrap(),
    }
}

/// A phone that registers.
struct Phone {
    user: &'static str,
    password: &'static str,
    peer: Peer,
    call_id: &'static str,
    cseq: u32,
}

fn phone(user: &'static str, password: &'static str) -> Phone {
    Phone { user, password, peer: peer("198.51.100.7:5070"), call_id: "c1", cseq: 0 }
}

const CONTACT: &str = "Contact: <sip:x@198.51.100.7:5070>\r\n";

impl Phone {
    fn request(&mut self, headers: &str) -> Request {
        self.cseq += 1;
        let (user, call_id, cseq) = (self.user, self.call_id, self.cseq);
        read(&format!(
            "REGISTER sip:acd SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{cseq}\r\nFrom: <sip:{user}@acd>;tag=1\r\n\
             To: <sip:{user}@acd>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n{headers}Content-Length: 0\r\n\r\n"
        ))
    }

    /// The Authorization for a challenge.
    fn authorization(&self, challenge: &Response) -> String {
        let value = challenge.headers.get(&HeaderName::WwwAuthenticate).unwrap();
        let text = String::from_utf8(value.to_vec()).unwrap();
        let nonce = text.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        let md5 = |parts: &[&str]| {
            Algorithm::Md5.hex(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>())
        };
        let ha1 = md5(&[self.user, "acd", self.password]);
        let ha2 = md5(&["REGISTER", "sip:acd"]);
        let response = md5(&[&ha1, nonce, "00000001", "c", "auth", &ha2]);
        let user = self.user;
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"acd\", nonce=\"{nonce}\", uri=\"sip:acd\", \
             response=\"{response}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\"\r\n"
        )
    }

    /// Asks, is challenged, and answers.
    fn send(&mut self, registrar: &mut Registrar, now: Timestamp, headers: &str) -> RegistrarAnswer {
        let request = self.request(headers);
        let challenge = registrar.handle(now, &request, self.peer);
        assert_eq!((challenge.response.status, challenge.changes.len()), (401, 0));
        let authorization = self.authorization(&challenge.response);
        let request = self.request(&format!("{headers}{authorization}"));
        registrar.handle(now, &request, self.peer)
    }
}

fn read(text: &str) -> Request {
    match parse(text.as_bytes()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}: {text}"),
    }
}

/// The status, and what changed.
fn outcome(answer: &RegistrarAnswer) -> (u16, Vec<BindingChangeKind>) {
    (answer.response.status, answer.changes.iter().map(|change| change.kind).collect())
}

fn contact_of(answer: &RegistrarAnswer) -> Option<String> {
    let value = answer.response.headers.get(&HeaderName::Contact)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[test]
fn a_seat_registers_refreshes_moves_and_leaves() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    let first = phone.send(&mut registrar, START, &format!("{CONTACT}Expires: 300\r\n"));
    assert_eq!(outcome(&first), (200, vec![BindingChangeKind::First]));
    assert_eq!(contact_of(&first).as_deref(), Some("<sip:x@198.51.100.7:5070>;expires=300"));
    assert!(first.response.headers.to().unwrap().tag().is_some());
    let refresh = phone.send(&mut registrar, second(200), &format!("{CONTACT}Expires: 300\r\n"));
    assert_eq!(outcome(&refresh), (200, vec![BindingChangeKind::Refreshed]));
    assert_eq!(registrar.poll_timeout(), Some(second(500)));
    let moved = phone.send(
        &mut registrar,
        second(210),
        "Contact: <sip:x@198.51.100.7:5080>;expires=100, <sip:x@198.51.100.7:5070>;expires=0\r\n",
    );
    assert_eq!(outcome(&moved), (200, vec![BindingChangeKind::Replaced]));
    assert_eq!(registrar.binding(seat("seat101")).unwrap().peer.remote.port(), 5080);
    let query = phone.send(&mut registrar, second(260), "");
    assert_eq!(outcome(&query), (200, vec![]));
    assert_eq!(contact_of(&query).as_deref(), Some("<sip:x@198.51.100.7:5080>;expires=50"));
    let old = phone.send(&mut registrar, second(270), &format!("{CONTACT}Expires: 0\r\n"));
    assert_eq!(outcome(&old), (200, vec![]), "the old contact is not the one in force");
    let left = phone.send(&mut registrar, second(280), "Contact: *\r\nExpires: 0\r\n");
    assert_eq!(outcome(&left), (200, vec![BindingChangeKind::Removed]));
    assert_eq!((registrar.bindings_len(), registrar.poll_timeout(), contact_of(&left)), (0, None, None));
}

#[test]
fn a_binding_ends_when_its_time_is_over() {
    let mut registrar = registrar();
    phone("seat101", "demo-101").send(&mut registrar, START, &format!("{CONTACT}Expires: 60\r\n"));
    phone("seat102", "demo-102").send(&mut registrar, second(1), CONTACT);
    assert_eq!(registrar.handle_timeout(second(59)), []);
    assert_eq!(registrar.poll_timeout(), Some(second(60)));
    let expired = BindingChange { seat: seat("seat101"), kind: BindingChangeKind::Expired };
    assert_eq!(registrar.handle_timeout(second(60)), [expired]);
    assert_eq!(registrar.poll_timeout(), Some(second(3_601)), "the longest, since none was asked for");
    let again = phone("seat101", "demo-101").send(&mut registrar, second(61), CONTACT);
    assert_eq!(outcome(&again), (200, vec![BindingChangeKind::First]));
}

#[test]
fn bounds_of_time_and_malformed_wishes_are_answered() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    let brief = phone.send(&mut registrar, START, &format!("{CONTACT}Expires: 59\r\n"));
    assert_eq!(outcome(&brief), (423, vec![]));
    assert_eq!(brief.response.headers.get(&HeaderName::MinExpires), Some(&b"60"[..]));
    let huge = phone.send(&mut registrar, START, &format!("{CONTACT}Expires: 99999999999999\r\n"));
    assert_eq!(contact_of(&huge).as_deref(), Some("<sip:x@198.51.100.7:5070>;expires=3600"));
    for (headers, status) in [
        ("Contact: *\r\n", 400),
        ("Contact: *\r\nExpires: 60\r\n", 400),
        ("Contact: *\r\nContact: <sip:a@h>\r\nExpires: 0\r\n", 400),
        ("Contact: sip:a@h?Route=x\r\n", 400),
        ("Contact: <sip:a@h>\r\nExpires: soon\r\n", 400),
        ("Contact: <sip:a@h>\r\nPath: nonsense\r\n", 400),
        (&format!("{CONTACT}{}", "Path: <sip:p;lr>\r\n".repeat(PATHS_TOO_MANY)), 513),
    ] {
        let refused = phone.send(&mut registrar, START, headers);
        assert_eq!(outcome(&refused), (status, vec![]), "{headers}");
    }
    assert_eq!(registrar.bindings_len(), 1);
}

const PATHS_TOO_MANY: usize = crate::limits::PATHS_MAX + 1;

#[test]
fn a_register_that_was_overtaken_changes_nothing() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    phone.cseq = 100;
    phone.send(&mut registrar, START, CONTACT);
    phone.cseq = 50;
    let late = phone.send(&mut registrar, START, "Contact: <sip:x@198.51.100.7:9>\r\n");
    assert_eq!(outcome(&late), (500, vec![]));
    assert_eq!(registrar.binding(seat("seat101")).unwrap().contact.port, Some(5070));
    phone.call_id = "c2";
    phone.cseq = 0;
    let restarted = phone.send(&mut registrar, START, CONTACT);
    assert_eq!(outcome(&restarted), (200, vec![BindingChangeKind::Replaced]), "a phone that was restarted");
}

#[test]
fn the_way_back_is_kept_for_nat_path_and_connections() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    phone.send(&mut registrar, START, "Contact: <sip:x@10.0.0.5:5060>\r\n");
    let behind_nat = registrar.binding(seat("seat101")).unwrap();
    assert_eq!(behind_nat.contact.raw(), b"sip:x@10.0.0.5:5060");
    assert_eq!(behind_nat.peer, phone.peer);
    assert_eq!(registrar.seat_at(phone.peer.remote), Some(seat("seat101")));
    phone.peer.transport = Transport::Tcp(ConnectionId(4));
    let path = "Path: <sip:edge.example.com;lr>\r\nSupported: path\r\n";
    let answer = phone.send(&mut registrar, START, &format!("{CONTACT}{path}"));
    assert!(answer.response.headers.get(&HeaderName::Path).is_some());
    let binding = registrar.binding(seat("seat101")).unwrap();
    assert_eq!(binding.peer.transport, Transport::Tcp(ConnectionId(4)));
    assert_eq!(binding.path.len(), 1);
    phone.send(&mut registrar, START, "Contact: *\r\nExpires: 0\r\n");
    assert_eq!(registrar.seat_at(phone.peer.remote), None);
    assert!(registrar.addresses.is_empty() && registrar.expiries.is_empty());
}

#[test]
fn several_lines_of_one_phone_share_an_address() {
    let mut registrar = registrar();
    let (mut one, mut two) = (phone("seat101", "demo-101"), phone("seat102", "demo-102"));
    two.send(&mut registrar, START, CONTACT);
    one.send(&mut registrar, START, CONTACT);
    let address = one.peer.remote;
    assert_eq!(registrar.seat_at(address), Some(seat("seat101")));
    one.send(&mut registrar, START, &format!("{CONTACT}Expires: 0\r\n"));
    assert_eq!(registrar.seat_at(address), Some(seat("seat102")));
}

#[test]
fn a_password_registers_its_own_address_only() {
    let mut registrar = registrar();
    let mut thief = phone("seat101", "demo-101");
    let challenge = registrar.handle(START, &thief.request(CONTACT), thief.peer);
    let authorization = thief.authorization(&challenge.response);
    let mut request = thief.request(&format!("{CONTACT}{authorization}"));
    request.headers.set(HeaderName::To, "<sip:seat102@acd>");
    let answer = registrar.handle(START, &request, thief.peer);
    assert_eq!(outcome(&answer), (403, vec![]));
    let text = "INVITE sip:*11@acd SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nTo: <sip:*11@acd>\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\n";
    let invite = read(&format!("{text}From: <sip:seat102@acd>;tag=1\r\n\r\n"));
    let challenge = registrar.authenticate(START, &invite, thief.peer).unwrap_err();
    let md5 =
        |parts: &[&str]| Algorithm::Md5.hex(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>());
    let value =
        String::from_utf8(challenge.headers.get(&HeaderName::WwwAuthenticate).unwrap().to_vec()).unwrap();
    let nonce = value.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    let response = md5(&[&md5(&["seat101", "acd", "demo-101"]), nonce, &md5(&["INVITE", "sip:*11@acd"])]);
    let authorization = format!(
        "Digest username=\"seat101\", realm=\"acd\", nonce=\"{nonce}\", uri=\"sip:*11@acd\", response=\"{response}\""
    );
    for (from, expected) in
        [("seat101", Ok(seat("seat101"))), ("someone", Ok(seat("seat101"))), ("seat102", Err(403))]
    {
        let mut request = read(&format!("{text}From: <sip:{from}@acd>;tag=1\r\n\r\n"));
        request.headers.push(HeaderName::Authorization, authorization.clone());
        let found = registrar.authenticate(START, &request, thief.peer).map_err(|refusal| refusal.status);
        assert_eq!(found, expected, "{from}");
    }
}

#[test]
fn a_user_with_a_nul_is_not_cut_short() {
    let seats = vec![credentials("null-", "p"), credentials("seat101", "demo-101")];
    let mut registrar = Registrar::new(seats, RegistrarConfig::default(), [3; 32]);
    let mut phone = phone("null-", "p");
    let challenge = registrar.handle(START, &phone.request(CONTACT), phone.peer);
    let authorization = phone.authorization(&challenge.response);
    let mut request = phone.request(&format!("{CONTACT}{authorization}"));
    request.headers.set(HeaderName::To, "<sip:null-%00-null@acd>");
    assert_eq!(outcome(&registrar.handle(START, &request, phone.peer)), (403, vec![]));
}

#[test]
fn wrong_passwords_and_unknown_users_look_alike_and_wear_patience_out() {
    let answers = |user: &'static str| {
        let mut registrar = registrar();
        let mut guesser = phone(user, "guess");
        (0..20)
            .map(|_| {
                let challenge = registrar.handle(START, &guesser.request(CONTACT), guesser.peer);
                let authorization = guesser.authorization(&challenge.response);
                let request = guesser.request(&format!("{CONTACT}{authorization}"));
                let answer = registrar.handle(START, &request, guesser.peer).response;
                let names: Vec<String> = answer.headers.iter().map(|(name, _)| name.to_string()).collect();
                (answer.status, names)
            })
            .collect::<Vec<_>>()
    };
    let wrong = answers("seat101");
    assert_eq!(wrong, answers("nobody"));
    let statuses: Vec<u16> = wrong.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [[401; 10], [403; 10]].concat());
}

#[test]
fn patience_comes_back_and_never_shuts_out_a_seat_at_home() {
    let mut registrar = registrar();
    let mut at_home = phone("seat102", "demo-102");
    at_home.send(&mut registrar, START, CONTACT);
    let mut guesser = phone("seat101", "guess");
    let mut guess = |registrar: &mut Registrar, now| guesser.send(registrar, now, CONTACT).response.status;
    for _ in 0..10 {
        assert_eq!(guess(&mut registrar, START), 401);
    }
    assert_eq!(guess(&mut registrar, START), 403);
    let mut owner = phone("seat101", "demo-101");
    assert_eq!(
        owner.send(&mut registrar, START, CONTACT).response.status,
        403,
        "behind the guesser's address"
    );
    assert_eq!(
        at_home.send(&mut registrar, START, CONTACT).response.status,
        200,
        "already registered from there"
    );
    assert_eq!(owner.send(&mut registrar, second(6), CONTACT).response.status, 200, "a token is back");
    for now in 6..60 {
        guess(&mut registrar, second(now));
    }
    assert_eq!(owner.send(&mut registrar, second(60), CONTACT).response.status, 200, "at home now");
}

#[test]
fn guesses_from_many_addresses_wear_out_the_user_and_trunks_are_exempt() {
    let mut registrar = registrar();
    let mut guesser = phone("seat101", "guess");
    for host in 0..12 {
        guesser.peer = peer(&format!("203.0.113.{host}:5060"));
        let expected = if host < 10 { 401 } else { 403 };
        assert_eq!(guesser.send(&mut registrar, START, CONTACT).response.status, expected);
    }
    let config =
        RegistrarConfig { exempt: vec!["203.0.113.0/24".parse().unwrap()], ..RegistrarConfig::default() };
    let mut exempt = Registrar::new(vec![credentials("seat101", "demo-101")], config, [3; 32]);
    for _ in 0..30 {
        assert_eq!(guesser.send(&mut exempt, START, CONTACT).response.status, 401);
    }
    assert_eq!(exempt.counters(), RegistrarCounters { challenged: 60, accepted: 0, wrong: 30, refused: 0 });
}

#[test]
fn a_name_that_is_tried_from_everywhere_does_not_keep_its_seat_out_of_where_it_was_last() {
    let mut registrar = registrar();
    let mut owner = phone("seat101", "demo-101");
    owner.send(&mut registrar, START, CONTACT);
    owner.send(&mut registrar, START, "Contact: *\r\nExpires: 0\r\n");
    let mut guesser = phone("seat101", "guess");
    let mut guess = |registrar: &mut Registrar, source: &str| {
        guesser.peer = peer(source);
        guesser.send(registrar, START, CONTACT).response.status
    };
    for host in 0..12 {
        guess(&mut registrar, &format!("203.0.113.{host}:5060"));
    }
    let mut elsewhere = phone("seat101", "demo-101");
    elsewhere.peer = peer("198.51.100.8:5070");
    assert_eq!(elsewhere.send(&mut registrar, START, CONTACT).response.status, 403, "the name is worn out");
    assert_eq!(owner.send(&mut registrar, START, CONTACT).response.status, 200, "but not where it was last");
    // Whoever guesses there has the patience of one address, as everywhere.
    owner.send(&mut registrar, START, "Contact: *\r\nExpires: 0\r\n");
    let tried = (0..15).map(|_| guess(&mut registrar, "198.51.100.7:6000")).filter(|status| *status == 401);
    assert_eq!(tried.count(), 10);
    registrar.replace_seats(vec![credentials("seat102", "demo-102")]);
    assert!(registrar.homes.is_empty(), "a seat that is gone has no home");
}

#[test]
fn the_addresses_of_one_ipv6_network_share_their_patience() {
    let mut registrar = registrar();
    let mut status = |source: &str, user: &'static str| {
        let mut guesser = phone(user, "guess");
        guesser.peer = peer(source);
        guesser.send(&mut registrar, START, CONTACT).response.status
    };
    let users = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for (host, user) in users.into_iter().enumerate() {
        assert_eq!(status(&format!("[2001:db8::{host}]:5060"), user), 401);
    }
    assert_eq!(status("[2001:db8::ffff:ffff]:5060", "k"), 403);
    assert_eq!(status("[2001:db8:0:1::1]:5060", "l"), 401, "another network");
    assert_eq!(status("[::ffff:192.0.2.7]:5060", "m"), 401, "an IPv4 address in disguise");
}

#[test]
fn a_stale_nonce_costs_nothing() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    let challenge = registrar.handle(START, &phone.request(CONTACT), phone.peer);
    let authorization = phone.authorization(&challenge.response);
    for _ in 0..20 {
        let request = phone.request(&format!("{CONTACT}{authorization}"));
        let answer = registrar.handle(second(301), &request, phone.peer);
        let value = answer.response.headers.get(&HeaderName::WwwAuthenticate).unwrap();
        assert_eq!(answer.response.status, 401);
        assert!(value.ends_with(b"stale=true"), "{}", value.escape_ascii());
    }
    assert_eq!(registrar.counters().wrong, 0);
}

#[test]
fn challenges_name_the_algorithms_of_the_seat_in_order() {
    let mut modern = credentials("seat101", "demo-101");
    modern.ha1.insert(0, Ha1::new(Algorithm::Sha256, "seat101", "acd", "demo-101"));
    let seats = vec![modern, credentials("seat102", "demo-102")];
    let mut registrar = Registrar::new(seats, RegistrarConfig::default(), [3; 32]);
    let mut algorithms = |user| {
        let mut phone = phone(user, "");
        let answer = registrar.handle(START, &phone.request(CONTACT), phone.peer).response;
        let values = answer.headers.get_all(&HeaderName::WwwAuthenticate);
        values
            .map(|value| String::from_utf8_lossy(value).split("algorithm=").nth(1).unwrap()[..3].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(algorithms("seat101"), ["SHA", "MD5"]);
    assert_eq!(algorithms("seat102"), ["MD5"]);
    assert_eq!(algorithms("nobody"), ["SHA", "MD5"]);
}

#[test]
fn an_unknown_scheme_is_challenged_anew() {
    let mut registrar = registrar();
    let mut phone = phone("seat101", "demo-101");
    let request =
        phone.request(&format!("{CONTACT}Authorization: NoOneKnowsThisScheme opaque-data=here\r\n"));
    let answer = registrar.handle(START, &request, phone.peer);
    assert_eq!(answer.response.status, 401);
    assert!(answer.response.headers.get(&HeaderName::WwwAuthenticate).is_some());
}

#[test]
fn a_new_plan_keeps_the_bindings_of_its_seats() {
    let mut registrar = registrar();
    phone("seat101", "demo-101").send(&mut registrar, START, CONTACT);
    phone("seat102", "demo-102").send(&mut registrar, START, CONTACT);
    let changes = registrar.replace_seats(vec![credentials("seat102", "new")]);
    assert_eq!(changes, [BindingChange { seat: seat("seat101"), kind: BindingChangeKind::Removed }]);
    assert!(registrar.binding(seat("seat102")).is_some() && registrar.seat_named("seat101").is_none());
}
