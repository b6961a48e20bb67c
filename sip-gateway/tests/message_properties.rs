//! What holds for every message: no bytes bring the parser down, what is read is written back the same, and `rsip`, which
//! nobody of this project wrote, reads plain messages as we do.

use proptest::collection::vec;
use proptest::prelude::*;
use rsip::headers::{ToTypedHeader, UntypedHeader};
use rsip::message::HeadersExt;
use sip_gateway::sip::digest::Authorization;
use sip_gateway::sip::framing::{Frame, StreamFramer};
use sip_gateway::sip::message::{Headers, Message, NameAddr, Request, Response, Uri, parse};
use sip_gateway::sip::sdp::{Direction, LocalDescription, parse_offer};

/// Everything that can be asked of headers; the answers do not matter.
fn ask_everything(headers: &Headers) {
    let _ = (headers.top_via(), headers.from(), headers.to(), headers.call_id(), headers.cseq());
    let _ =
        (headers.contact(), headers.contacts(), headers.record_routes(), headers.routes(), headers.paths());
    let _ = (headers.max_forwards(), headers.expires(), headers.min_se(), headers.rseq(), headers.rack());
    let _ = (headers.session_expires(), headers.require(), headers.supported(), headers.allow());
    let _ = (headers.content_type(), headers.accepts("application/sdp"), headers.privacy());
    let _ = (headers.p_asserted_identity(), headers.p_called_party_id());
    for uri in [headers.from(), headers.to()].into_iter().flatten().map(|address: NameAddr| address.uri) {
        let _ = (uri.number(), uri.user_unescaped());
    }
    let mut edited = headers.clone();
    edited.replace_top_via(b"SIP/2.0/UDP h");
    edited.remove_top_via();
}

/// Parses, asks, writes, parses again; a fault's answer is written too.
fn exercise(bytes: &[u8]) {
    match parse(bytes) {
        Ok(message) => {
            ask_everything(message.headers());
            let written = message.to_bytes();
            let again = parse(&written).expect("what was read and written is read again");
            assert_eq!(again.to_bytes(), written);
        }
        Err(fault) => {
            if let Some(request) = fault.reply {
                ask_everything(&request.headers);
                request.response(fault.status, fault.reason).to_bytes();
            }
        }
    }
}

const SEED: &[u8] = b"INVITE sip:0312345678@ims.example.ne.jp;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKjp1;rport, SIP/2.0/TCP [2001:db8::1];branch=x\r\n\
    f: \"a \\\" <b>\" <sip:a%20b@b.example;p=1?h=2>;tag=a1\r\n\
    t: sip:b@h;q=\"1;2\"\r\n\
    i: abc@192.0.2.2\r\nCSeq: 1 INVITE\r\nContact: *\r\nm: <sip:c@d>, \"e\" <tel:+81-3>;q=0.1\r\n\
    Route: <sip:p;lr>,\r\n <sip:q>\r\nx: 1800;refresher=uac\r\nAuthorization: Digest username=\"a\", realm=\"b\"\r\n\
    Privacy: id;user\r\nl: 4\r\n\r\nbody";

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.!%*_+`'~-]{1,12}"
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9-]{0,8}\\.example",
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
    ]
}

fn uri() -> impl Strategy<Value = Uri> {
    let user = proptest::option::of(vec(any::<u8>(), 1..10));
    (user, host(), proptest::option::of(any::<u16>()), proptest::option::of(token())).prop_map(
        |(user, host, port, param)| {
            let host = sip_gateway::sip::message::Host::parse(host.as_bytes()).expect("a host was made");
            // A colon would begin a password, and is escaped as every byte that may not stand there.
            let uri = Uri::sip(user.as_deref(), host, port);
            match param {
                Some(value) => uri.with_param("x", Some(&value)),
                None => uri,
            }
        },
    )
}

fn address() -> impl Strategy<Value = NameAddr> {
    let display =
        proptest::option::of(vec(any::<u8>().prop_filter("no line ends", |b| !b"\r\n".contains(b)), 0..12));
    (display, uri(), proptest::option::of(token())).prop_map(|(display, uri, tag)| {
        let mut address = NameAddr { display, ..NameAddr::new(uri) };
        if let Some(tag) = tag {
            address.params.push("tag", Some(tag.as_bytes()));
        }
        address
    })
}

proptest! {
    #[test]
    fn no_bytes_bring_the_parsers_down(bytes in vec(any::<u8>(), 0..600)) {
        exercise(&bytes);
        let _ = Authorization::parse(&bytes);
        let _ = Uri::parse(&bytes);
        if let Ok(offer) = parse_offer(&bytes) {
            let _ = LocalDescription::new(1, "192.0.2.1:4000".parse().unwrap()).answer(&offer, Direction::SendRecv);
        }
    }

    #[test]
    fn no_damage_to_a_message_brings_the_parsers_down(
        edits in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_usize), 1..12),
        begin in any::<prop::sample::Index>(),
    ) {
        let mut bytes = SEED.to_vec();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..(at + 5).min(bytes.len()))),
            }
            if bytes.is_empty() {
                bytes.push(byte);
            }
        }
        exercise(&bytes);
        exercise(&bytes[begin.index(bytes.len())..]);
    }

    #[test]
    fn a_stream_is_cut_the_same_however_it_arrives(
        cuts in vec(1..80_usize, 1..40),
        bodies in vec(vec(any::<u8>(), 0..60), 1..5),
    ) {
        let messages: Vec<Vec<u8>> = bodies.into_iter().map(|body| {
            let mut request = Request::new(sip_gateway::sip::message::Method::Message, b"sip:a@b".to_vec());
            request.body = body;
            request.to_bytes()
        }).collect();
        let stream = messages.concat();
        let mut framer = StreamFramer::new();
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let size = (*cuts.next().expect("a cycle does not end")).min(rest.len());
            framer.push(&rest[..size]);
            rest = &rest[size..];
            while let Some(Frame::Message(message)) = framer.next_frame().expect("sound messages") {
                found.push(message);
            }
        }
        prop_assert_eq!(found, messages);
    }

    #[test]
    fn addresses_are_written_and_read_the_same(list in vec(address(), 1..4)) {
        let mut headers = Headers::new();
        let written: Vec<Vec<u8>> = list.iter().map(NameAddr::to_bytes).collect();
        headers.push(sip_gateway::sip::message::HeaderName::Route, written.join(&b", "[..]));
        prop_assert_eq!(headers.routes().expect("what was written is read"), list);
    }

    #[test]
    fn rsip_reads_plain_messages_as_we_do(
        user in "[a-z0-9]{1,10}",
        host in "[a-z]{1,8}\\.example",
        branch in "[a-zA-Z0-9]{1,20}",
        tag in "[a-zA-Z0-9]{1,20}",
        call_id in "[a-zA-Z0-9]{1,20}@[a-z]{1,8}",
        number in 1..2_147_483_648_u32,
        status in proptest::option::of(100..700_u16),
        body in "[ -~]{0,60}",
    ) {
        // Known faults of rsip, left out on purpose: compact names, folds, tel URIs, IPv6 in Via, unknown methods, bytes
        // that are no UTF-8, two elements in one header, quotes with `;` or `<`; it does not mind Content-Length.
        let first = match status {
            Some(status) => format!("SIP/2.0 {status} Reason"),
            None => format!("OPTIONS sip:{user}@{host} SIP/2.0"),
        };
        let text = format!(
            "{first}\r\nVia: SIP/2.0/UDP {host}:5060;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n\
             From: \"A B\" <sip:{user}@{host}>;tag={tag}\r\nTo: <sip:{user}@{host}:5070>\r\nCall-ID: {call_id}\r\n\
             CSeq: {number} OPTIONS\r\nContact: <sip:{user}@{host}>\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        exercise(text.as_bytes());
        let ours = parse(text.as_bytes()).expect("a plain message is read");
        let theirs = rsip::SipMessage::try_from(text.as_bytes()).expect("a plain message is read by rsip");
        let headers = ours.headers();
        let via = theirs.via_header().expect("a Via").typed().expect("a plain Via");
        let from = theirs.from_header().expect("a From").typed().expect("a plain From");
        let cseq = theirs.cseq_header().expect("a CSeq").typed().expect("a plain CSeq");
        prop_assert_eq!(headers.top_via().unwrap().branch.unwrap(), via.branch().unwrap().value().as_bytes());
        let our_from = headers.from().unwrap();
        prop_assert_eq!(our_from.tag().unwrap(), from.tag().unwrap().value().as_bytes());
        let user_of_theirs = from.uri.auth.expect("a user").user;
        prop_assert_eq!(our_from.uri.user.unwrap(), user_of_theirs.into_bytes());
        prop_assert_eq!(headers.cseq().unwrap().number, cseq.seq);
        prop_assert_eq!(headers.call_id().unwrap(), theirs.call_id_header().unwrap().value().as_bytes());
        let (our_body, their_body, is_same_kind) = match (&ours, &theirs) {
            (Message::Request(Request { body, .. }), rsip::SipMessage::Request(theirs)) => (body, &theirs.body, true),
            (Message::Response(Response { body, status, .. }), rsip::SipMessage::Response(theirs)) => {
                (body, &theirs.body, theirs.status_code.code() == *status)
            }
            (Message::Request(request), _) => (&request.body, &request.body, false),
            (Message::Response(response), _) => (&response.body, &response.body, false),
        };
        prop_assert!(is_same_kind);
        prop_assert_eq!(our_body, their_body);
    }
}

#[test]
fn the_damaged_message_is_sound_before() {
    let sound = SEED.escape_ascii().to_string();
    assert!(parse(SEED).is_ok(), "{sound}");
}
