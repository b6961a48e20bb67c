//! The RFCs' own examples, and nonces in virtual time.

use super::*;

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const LIFETIME: Duration = Duration::from_secs(300);

fn server() -> DigestServer {
    DigestServer::new("acd".to_owned(), LIFETIME, [7; 32])
}

fn nonce_of(challenge: &[u8]) -> String {
    let text = String::from_utf8(challenge.to_vec()).unwrap();
    text.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn ha1(algorithm: Algorithm) -> Vec<Ha1> {
    vec![Ha1::new(algorithm, "seat101", "acd", "demo-101")]
}

/// An answer as a phone makes it.
fn answer(algorithm: Algorithm, nonce: &str, count: Option<u32>, password: &str) -> Authorization {
    let ha1 = algorithm.hex(&[b"seat101", b"acd", password.as_bytes()]);
    let ha2 = algorithm.hex(&[b"REGISTER", b"sip:acd"]);
    let (protection, response) = match count {
        Some(count) => {
            let count = format!("{count:08x}");
            let parts = [&ha1, nonce, &count, "c", "auth", &ha2].map(str::as_bytes);
            (format!(", qop=auth, nc={count}, cnonce=\"c\""), algorithm.hex(&parts))
        }
        None => (String::new(), algorithm.hex(&[&ha1, nonce, &ha2].map(str::as_bytes))),
    };
    let value = format!(
        "Digest username=\"seat101\", realm=\"acd\", nonce=\"{nonce}\", uri=\"sip:acd\", response=\"{response}\", \
         algorithm={}{protection}",
        algorithm.as_str()
    );
    Authorization::parse(value.as_bytes()).unwrap()
}

#[test]
fn the_examples_of_rfc_7616_and_2617_come_out() {
    // RFC 7616 section 3.9.1; RFC 2617 section 3.5.
    for (algorithm, password, nonce, count, cnonce, expected) in [
        (
            Algorithm::Md5,
            "Circle of Life",
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "00000001",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "8ca523f5e9506fed4657c9700eebdbec",
        ),
        (
            Algorithm::Sha256,
            "Circle of Life",
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "00000001",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let value = format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
             algorithm={}, nonce=\"{nonce}\", nc={count}, cnonce=\"{cnonce}\", qop=auth, response=\"x\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
            algorithm.as_str()
        );
        let authorization = Authorization::parse(value.as_bytes()).unwrap();
        let ha1 = Ha1::new(algorithm, "Mufasa", "http-auth@example.org", password);
        let response = authorization.expected(algorithm, ha1.hex.reveal(), b"GET");
        assert_eq!(response.as_deref(), Some(expected));
    }
    let old = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
               nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", response=\"x\"";
    let ha1 = Ha1::new(Algorithm::Md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
    let response =
        Authorization::parse(old.as_bytes()).unwrap().expected(Algorithm::Md5, ha1.hex.reveal(), b"GET");
    assert_eq!(response.as_deref(), Some("670fd8c2df070c60b045671b8b24ff02"));
}

#[test]
fn challenges_come_in_the_order_asked_for() {
    let challenges = server().challenges(START, &[Algorithm::Sha256, Algorithm::Md5], true);
    let texts: Vec<String> =
        challenges.iter().map(|value| String::from_utf8(value.clone()).unwrap()).collect();
    assert!(texts[0].starts_with("Digest realm=\"acd\", nonce=\"") && texts[0].contains("algorithm=SHA-256"));
    assert!(texts[1].contains("algorithm=MD5") && texts[1].ends_with("qop=\"auth\", stale=true"));
    assert_ne!(nonce_of(&challenges[0]), nonce_of(&challenges[1]));
}

#[test]
fn a_right_answer_is_taken_once_for_each_count() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let mut server = server();
        let nonce = nonce_of(&server.challenges(START, &[algorithm], false)[0]);
        let mut judge = |count, password| {
            let answer = answer(algorithm, &nonce, count, password);
            server.judge(START, &answer, b"REGISTER", &ha1(algorithm))
        };
        assert_eq!(judge(Some(1), "demo-101"), Verdict::Accepted);
        assert_eq!(judge(Some(1), "demo-101"), Verdict::Stale);
        assert_eq!(judge(Some(3), "demo-101"), Verdict::Accepted);
        assert_eq!(judge(Some(2), "demo-101"), Verdict::Accepted, "an overtaken request");
        assert_eq!(judge(Some(2), "demo-101"), Verdict::Stale);
        assert_eq!(judge(Some(1_000), "demo-101"), Verdict::Accepted);
        assert_eq!(judge(Some(4), "demo-101"), Verdict::Stale, "too far behind to tell");
        assert_eq!(judge(Some(0), "demo-101"), Verdict::Stale);
        assert_eq!(judge(Some(1_001), "wrong"), Verdict::Wrong);
        assert_eq!(judge(None, "demo-101"), Verdict::Accepted, "an old phone without qop");
    }
}

#[test]
fn an_old_or_foreign_nonce_is_stale_and_another_method_wrong() {
    let mut server = server();
    let nonce = nonce_of(&server.challenges(START, &[Algorithm::Md5], false)[0]);
    let late = START + LIFETIME + Duration::from_millis(1);
    let fresh = answer(Algorithm::Md5, &nonce, Some(1), "demo-101");
    let credentials = ha1(Algorithm::Md5);
    assert_eq!(server.judge(late, &fresh, b"REGISTER", &credentials), Verdict::Stale);
    assert_eq!(server.judge(START, &fresh, b"INVITE", &credentials), Verdict::Wrong);
    assert_eq!(server.judge(START, &fresh, b"REGISTER", &[]), Verdict::Wrong, "an unknown user");
    assert_eq!(server.judge(START, &fresh, b"REGISTER", &ha1(Algorithm::Sha256)), Verdict::Wrong);
    assert_eq!(server.judge(START + LIFETIME, &fresh, b"REGISTER", &credentials), Verdict::Accepted);
    for foreign in ["", "00", "zz", &nonce.replace(&nonce[60..], "0000")] {
        let answer = answer(Algorithm::Md5, foreign, Some(1), "demo-101");
        assert_eq!(server.judge(START, &answer, b"REGISTER", &credentials), Verdict::Stale, "{foreign}");
    }
}

#[test]
fn the_store_of_counts_is_bounded_and_what_it_forgot_is_stale() {
    let mut server = server();
    let credentials = ha1(Algorithm::Md5);
    let mut first = None;
    for _ in 0..NONCES_MAX + 2 {
        let nonce = nonce_of(&server.challenges(START, &[Algorithm::Md5], false)[0]);
        let answer = answer(Algorithm::Md5, &nonce, Some(1), "demo-101");
        assert_eq!(server.judge(START, &answer, b"REGISTER", &credentials), Verdict::Accepted);
        first.get_or_insert(nonce);
    }
    assert_eq!(server.counts.len(), NONCES_MAX);
    let again = answer(Algorithm::Md5, &first.unwrap(), Some(1), "demo-101");
    assert_eq!(server.judge(START, &again, b"REGISTER", &credentials), Verdict::Stale);
}

#[test]
fn what_is_no_digest_is_none() {
    for value in [
        "NoOneKnowsThisScheme opaque-data=here",
        "Digest",
        "Basic QWxhZGRpbg==",
        "Digest username=\"a\"",
        "Digest username=\"a\", username=\"b\", realm=\"acd\", nonce=\"n\", uri=\"u\", response=\"r\"",
        "Digest username=\"a\", realm=\"acd\", nonce=\"n\", uri=\"u\", response=\"r\", qop=auth",
    ] {
        assert_eq!(Authorization::parse(value.as_bytes()), None, "{value}");
    }
    let spaced = "dIGEST  username = \"a\\\"b, c=d\" ,\trealm=\"acd\",nonce=n , uri=\"sip:x\",response=r";
    assert_eq!(Authorization::parse(spaced.as_bytes()).unwrap().username, b"a\"b, c=d");
    let other = "Digest username=a, realm=acd, nonce=n, uri=u, response=r, algorithm=SHA-512-256";
    assert_eq!(Authorization::parse(other.as_bytes()).unwrap().algorithm, None);
}
