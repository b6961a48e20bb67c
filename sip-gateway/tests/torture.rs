//! Every torture message against what it must be read as (`data/torture/expected.tsv`), and what must hold for all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sip_gateway::sip::message::{ContactList, Headers, Message, Request, parse};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/torture")
}

fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn request(file: &str) -> Request {
    match parse(&read(file)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{file}: {other:?}"),
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b' '..=b'~' if byte != b'\\' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        })
        .collect()
}

/// The columns of `expected.tsv` behind the outcome.
fn reading(headers: &Headers, body: &[u8]) -> [String; 6] {
    let or_dash = |value: Option<&[u8]>| value.map_or_else(|| "-".to_owned(), escaped);
    let via = headers.top_via().expect("a message that parses has its headers");
    let from = headers.from().expect("a message that parses has its headers");
    let cseq = headers.cseq().expect("a message that parses has its headers");
    [
        or_dash(via.branch.as_deref()),
        or_dash(from.tag()),
        escaped(headers.to().expect("a message that parses has its headers").uri.raw()),
        format!("{} {}", cseq.number, escaped(cseq.method.as_bytes())),
        escaped(headers.call_id().expect("a message that parses has its headers")),
        body.len().to_string(),
    ]
}

#[test]
fn every_file_is_read_as_expected() {
    let table = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let mut seen = BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (file, outcome) = (columns[0], columns[1]);
        seen.insert(file.to_owned());
        let parsed = parse(&read(file));
        match (outcome, &parsed) {
            ("ok", Ok(Message::Request(message))) => {
                assert_eq!(reading(&message.headers, &message.body)[..], columns[2..], "{file}");
            }
            ("ok", Ok(Message::Response(message))) => {
                assert_eq!(reading(&message.headers, &message.body)[..], columns[2..], "{file}");
            }
            ("silent", Err(fault)) => assert_eq!(fault.reply, None, "{file}"),
            (status, Err(fault)) => {
                assert_eq!(fault.status.to_string(), status, "{file}: {}", fault.reason);
                assert!(fault.reply.is_some(), "{file} must be answered");
            }
            (outcome, Ok(_)) => panic!("{file} is read although it must be {outcome}"),
        }
        if let Ok(message) = parsed {
            let bytes = message.to_bytes();
            let again = parse(&bytes).unwrap_or_else(|fault| panic!("{file} again: {fault}"));
            assert_eq!(again.to_bytes(), bytes, "{file}");
        }
    }
    let mut files = BTreeSet::new();
    for sub in ["rfc4475", "rfc5118", "carrier"] {
        for entry in fs::read_dir(folder().join(sub)).unwrap() {
            files.insert(format!("{sub}/{}", entry.unwrap().file_name().to_str().unwrap()));
        }
    }
    assert_eq!(files, seen, "every file has its line, every line its file");
}

#[test]
fn the_answer_to_each_fault_names_what_could_be_read() {
    for file in
        ["rfc4475/clerr.dat", "rfc4475/ltgtruri.dat", "rfc4475/mismatch01.dat", "carrier/hugequote.dat"]
    {
        let fault = parse(&read(file)).unwrap_err();
        let answer = fault.reply.unwrap().response(fault.status, fault.reason).to_bytes();
        match parse(&answer) {
            Ok(Message::Response(answer)) => assert_eq!(answer.status, fault.status, "{file}"),
            // A From beyond the bound is echoed all the same: it is the peer's own.
            Err(again) => assert_eq!((file, again.status), ("carrier/hugequote.dat", 513)),
            Ok(Message::Request(_)) => panic!("{file}: an answer is no request"),
        }
    }
}

#[test]
fn a_nul_in_an_escape_cuts_nothing_short() {
    let message = request("rfc4475/escnull.dat");
    let ContactList::List(contacts) = message.headers.contacts().unwrap() else { panic!("a list") };
    let users: Vec<Vec<u8>> = contacts.iter().map(|contact| contact.uri.user_unescaped()).collect();
    assert_eq!(users, [b"\0".to_vec(), b"\0\0".to_vec()]);
    assert_eq!(message.headers.to().unwrap().uri.user_unescaped(), b"null-\0-null");
}

#[test]
fn contacts_of_registrations_are_read_as_the_rfc_says() {
    let contact = |file: &str| request(file).headers.contact().unwrap().unwrap();
    let outside = contact("rfc4475/cparam01.dat");
    assert!(outside.params.contains("unknownparam") && !outside.uri.params.contains("unknownparam"));
    let inside = contact("rfc4475/cparam02.dat");
    assert!(!inside.params.contains("unknownparam") && inside.uri.params.contains("unknownparam"));
    assert!(contact("rfc4475/regescrt.dat").uri.headers.is_some());
    assert!(request("rfc4475/regbadct.dat").headers.contacts().is_err());
}

#[test]
fn routes_of_the_oddly_spaced_message_are_read() {
    let message = request("rfc4475/wsinv.dat");
    let routes = message.headers.routes().unwrap();
    assert_eq!(routes.len(), 1);
    assert!(routes[0].uri.params.contains("lr"));
    assert_eq!(message.headers.vias_raw().count(), 3);
    assert_eq!(message.headers.max_forwards(), Ok(Some(68)));
    assert_eq!(
        message.headers.contact().unwrap().unwrap().display.as_deref(),
        Some(&b"Quoted string \"\""[..])
    );
}

#[test]
fn numbers_of_carriers_are_found() {
    let number = |file: &str| request(file).headers.from().unwrap().uri.number();
    assert_eq!(number("carrier/telfrom.dat").as_deref(), Some("0312345678"));
    assert_eq!(number("carrier/sjisdn.dat").as_deref(), Some("09012345678"));
    assert_eq!(number("carrier/utf8dn.dat").as_deref(), Some("09012345678"));
    let anonymous = request("carrier/anon.dat");
    let asserted = anonymous.headers.p_asserted_identity().unwrap();
    let numbers: Vec<Option<String>> = asserted.iter().map(|identity| identity.uri.number()).collect();
    assert_eq!(numbers, [Some("+81312345678".to_owned()), Some("+81312345678".to_owned())]);
    assert_eq!(anonymous.headers.privacy(), [&b"id"[..]]);
}

#[test]
fn headers_behind_bytes_of_another_charset_are_not_lost() {
    let message = request("carrier/sjis_subject.dat");
    assert_eq!(message.headers.supported(), [&b"timer"[..], b"100rel"]);
    assert!(message.headers.content_type_is("application/sdp"));
    assert!(message.body.starts_with(b"v=0"));
}
