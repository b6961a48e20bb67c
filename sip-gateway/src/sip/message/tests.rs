//! Messages whole: what comes in, what goes out.

use super::*;

const INVITE: &str = "INVITE sip:0312345678@ims.example.ne.jp;user=phone SIP/2.0\r\n\
    v: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKjp1\r\n\
    Max-Forwards: 70\r\n\
    f: \"\u{6551}\u{6025}\" <sip:a@b.example>\r\n\t;tag=a1\r\n\
    t: <sip:0312345678@ims.example.ne.jp;user=phone>\r\n\
    i: abc@192.0.2.2\r\n\
    CSeq: 1 INVITE\r\n\
    X-Kept: as  it   is\r\n\
    l: 4\r\n\
    \r\n\
    bodyREST";

fn request(text: &str) -> Request {
    match parse(text.as_bytes()).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

fn fault(text: &str) -> (u16, &'static str, bool) {
    let fault = parse(text.as_bytes()).unwrap_err();
    (fault.status, fault.reason, fault.reply.is_some())
}

#[test]
fn a_request_is_read_in_full() {
    let invite = request(INVITE);
    assert_eq!(invite.method, Method::Invite);
    assert_eq!(invite.uri, b"sip:0312345678@ims.example.ne.jp;user=phone");
    assert_eq!(invite.body, b"body");
    assert_eq!(invite.headers.from().unwrap().tag(), Some(&b"a1"[..]));
    assert_eq!(invite.headers.call_id(), Ok(&b"abc@192.0.2.2"[..]));
    assert_eq!(invite.headers.top_via().unwrap().branch.as_deref(), Some(&b"z9hG4bKjp1"[..]));
    assert_eq!(invite.headers.get(&HeaderName::Other(b"x-kept"[..].into())), Some(&b"as  it   is"[..]));
}

#[test]
fn line_feeds_alone_end_lines_too() {
    let text = INVITE.replace("\r\n", "\n");
    assert_eq!(request(&text).body, b"body");
}

#[test]
fn what_goes_out_reads_back_the_same() {
    let invite = request(INVITE);
    let bytes = invite.to_bytes();
    let Message::Request(again) = parse(&bytes).unwrap() else { panic!("a request") };
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(again.headers.from(), invite.headers.from());
    assert!(bytes.ends_with(b"Content-Length: 4\r\n\r\nbody"));
}

#[test]
fn an_answer_copies_what_the_rfc_names_as_received() {
    let mut answer = request(INVITE).response(486, "Busy Here");
    with_to_tag(&mut answer, b"ours");
    let expected = "SIP/2.0 486 Busy Here\r\n\
        Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKjp1\r\n\
        From: \"\u{6551}\u{6025}\" <sip:a@b.example> ;tag=a1\r\n\
        To: <sip:0312345678@ims.example.ne.jp;user=phone>;tag=ours\r\n\
        Call-ID: abc@192.0.2.2\r\n\
        CSeq: 1 INVITE\r\n\
        Content-Length: 0\r\n\r\n";
    assert_eq!(String::from_utf8(answer.to_bytes()).unwrap(), expected);
    with_to_tag(&mut answer, b"another");
    assert_eq!(answer.headers.to().unwrap().tag(), Some(&b"ours"[..]));
}

#[test]
fn faults_have_their_status_and_say_whether_to_answer() {
    let without = |line: &str| INVITE.replace(line, "");
    for (text, status, answered) in [
        (INVITE.replace("SIP/2.0\r\nv", "SIP/7.0\r\nv"), 505, true),
        (INVITE.replace("INVITE sip", "INVITE  sip"), 400, true),
        (INVITE.replace("1 INVITE", "1 BYE"), 400, true),
        (INVITE.replace("1 INVITE", "2147483648 INVITE"), 400, true),
        (INVITE.replace("l: 4", "l: 400"), 400, true),
        (INVITE.replace("l: 4", "l: -4"), 400, true),
        (INVITE.replace("l: 4", "l: 4\r\nContent-Length: 5"), 400, true),
        (INVITE.replace("Max-Forwards: 70", "Max-Forwards: 300"), 400, true),
        (INVITE.replace("X-Kept: as", "X-Kept as"), 400, true),
        (INVITE.replace("i: abc", "i: x\r\nCall-ID: abc"), 400, true),
        (without("i: abc@192.0.2.2\r\n"), 400, true),
        (without("v: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKjp1\r\n"), 400, false),
        (INVITE.replace("INVITE", "ACK").replace("l: 4", "l: 400"), 400, false),
        (INVITE.replace("X-Kept: ", &"X-Kept: ".repeat(3000)), 513, true),
        (INVITE.replace("X-Kept: ", &"X-Kept: 1\r\n".repeat(300)), 513, true),
        (
            INVITE.replace("v: ", &"v: SIP/2.0/UDP h;branch=1\r\n".repeat(71)).replace("\nSIP", "\nv: SIP"),
            513,
            true,
        ),
        ("GET / HTTP/1.1\r\nVia: x\r\n\r\n".to_owned(), 400, false),
        ("\r\n\r\n".to_owned(), 400, false),
        (INVITE[..60].to_owned(), 400, false),
    ] {
        let (found, reason, reply) = fault(&text);
        assert_eq!((found, reply), (status, answered), "{reason}: {text}");
    }
}

#[test]
fn identical_content_lengths_are_one() {
    assert_eq!(request(&INVITE.replace("l: 4", "l: 4\r\nContent-Length: 4")).body, b"body");
}

#[test]
fn keep_alives_are_no_messages() {
    assert!(is_keep_alive(b"\r\n\r\n") && is_keep_alive(b"") && is_keep_alive(b"\0\0\0\0"));
    assert!(!is_keep_alive(b"\r\nINVITE"));
}

#[test]
fn nothing_of_a_person_is_in_the_debug_text() {
    let text = format!("{:?} {:?}", request(INVITE), request(INVITE).headers.from());
    assert!(!text.contains("0312345678") && !text.contains("a@b"), "{text}");
}
