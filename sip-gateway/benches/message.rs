//! What reading and writing a carrier's INVITE costs. Goal: `parse_invite` below 3 µs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sip_gateway::sip::message::parse;
use sip_gateway::sip::sdp::parse_offer;

/// 1.1 KB, as a carrier sends it.
const INVITE: &[u8] = b"INVITE sip:0770007119@ims.example.ne.jp;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-524287-1---8f3c0a7d5b1e2f64;rport\r\n\
    Max-Forwards: 69\r\n\
    Record-Route: <sip:192.0.2.2:5060;lr;ftag=9fxced76sl>\r\n\
    Contact: <sip:+81312345678@192.0.2.3:5060;transport=udp>\r\n\
    To: <sip:0770007119@ims.example.ne.jp;user=phone>\r\n\
    From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=9fxced76sl4f2b\r\n\
    Call-ID: 3848276298220188511@ims.example.ne.jp\r\n\
    CSeq: 1 INVITE\r\n\
    Session-Expires: 1800;refresher=uac\r\n\
    Min-SE: 90\r\n\
    Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, OPTIONS, INFO\r\n\
    Supported: timer, 100rel, histinfo\r\n\
    Privacy: id\r\n\
    P-Asserted-Identity: <sip:+81312345678@ims.example.ne.jp;user=phone>, <tel:+81312345678>\r\n\
    P-Called-Party-ID: <sip:0770007119@ims.example.ne.jp;user=phone>\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 214\r\n\r\n\
    v=0\r\no=- 1815849 1815849 IN IP4 192.0.2.4\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n\
    m=audio 30000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n";

fn messages(criterion: &mut Criterion) {
    let message = parse(INVITE).expect("the INVITE of the bench is sound");
    let body = match &message {
        sip_gateway::sip::message::Message::Request(request) => request.body.clone(),
        sip_gateway::sip::message::Message::Response(_) => Vec::new(),
    };
    criterion.bench_function("parse_invite", |bencher| bencher.iter(|| parse(black_box(INVITE))));
    criterion.bench_function("parse_invite_and_read_its_headers", |bencher| {
        bencher.iter(|| {
            let message = parse(black_box(INVITE));
            let read = message.as_ref().map(|message| {
                let headers = message.headers();
                (headers.top_via(), headers.from(), headers.to(), headers.cseq(), headers.contact())
            });
            black_box(read.is_ok())
        });
    });
    criterion.bench_function("write_invite", |bencher| bencher.iter(|| black_box(&message).to_bytes()));
    criterion.bench_function("parse_offer", |bencher| bencher.iter(|| parse_offer(black_box(&body))));
}

criterion_group!(benches, messages);
criterion_main!(benches);
