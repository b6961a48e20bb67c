//! What carriers and phones offer, and what they get.

use super::*;

fn local() -> LocalDescription {
    LocalDescription::new(7, "192.0.2.1:10000".parse().unwrap())
}

fn offer(media: &str) -> Vec<u8> {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n{media}").into_bytes()
}

fn answer(media: &str) -> Result<(String, Negotiated), SdpFault> {
    let (sdp, negotiated) = local().answer(&parse_offer(&offer(media))?, Direction::SendRecv)?;
    Ok((String::from_utf8_lossy(&sdp).into_owned(), negotiated))
}

#[test]
fn a_plain_offer_gets_a_plain_answer() {
    let (sdp, agreed) = answer(
        "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n",
    )
    .unwrap();
    let expected = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 10000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
    assert_eq!(sdp, expected);
    assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Pcma, 8, Some(101)));
    assert_eq!(agreed.remote, "192.0.2.2:4000".parse().unwrap());
    assert_eq!(agreed.remote_rtcp, "192.0.2.2:4001".parse().unwrap());
    assert!(agreed.local_sends() && agreed.local_receives() && !agreed.held_by_remote());
}

#[test]
fn formats_are_known_by_map_or_by_number() {
    for (media, expected) in [
        ("m=audio 4000 RTP/AVP 0\r\n", Ok((Codec::Pcmu, 0))),
        ("m=audio 4000 RTP/AVP 9 18 8\r\na=rtpmap:9 G722/8000\r\n", Ok((Codec::Pcma, 8))),
        ("m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 pcma/8000/1\r\n", Ok((Codec::Pcma, 96))),
        ("m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 G726-32/8000\r\n", Ok((Codec::Pcma, 8))),
        ("m=audio 4000 RTP/AVP 18 9 13\r\n", Err(SdpFault::NoCommonCodec)),
        ("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", Err(SdpFault::NoCommonCodec)),
        ("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 PCMU/16000\r\n", Err(SdpFault::NoCommonCodec)),
        ("m=audio 4000 RTP/SAVP 0\r\n", Err(SdpFault::Transport)),
        ("m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", Err(SdpFault::Transport)),
        ("m=audio 0 RTP/AVP 0\r\n", Err(SdpFault::NoAudio)),
        ("m=video 4000 RTP/AVP 31\r\n", Err(SdpFault::NoAudio)),
        ("", Err(SdpFault::NoAudio)),
        ("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 phone.example.com\r\n", Err(SdpFault::Address)),
        ("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n", Err(SdpFault::Address)),
        ("m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n", Err(SdpFault::Address)),
    ] {
        let found = answer(media).map(|(_, agreed)| (agreed.codec, agreed.payload_type));
        assert_eq!(found, expected, "{media}");
    }
}

#[test]
fn directions_and_holds_are_answered_as_the_rfc_says() {
    for (attributes, answered, held) in [
        ("", "sendrecv", false),
        ("a=sendrecv\r\n", "sendrecv", false),
        ("a=sendonly\r\n", "recvonly", true),
        ("a=recvonly\r\n", "sendonly", false),
        ("a=inactive\r\n", "inactive", true),
        ("c=IN IP4 0.0.0.0\r\n", "recvonly", true),
        ("c=IN IP4 0.0.0.0\r\na=inactive\r\n", "inactive", true),
    ] {
        let (sdp, agreed) = answer(&format!("m=audio 4000 RTP/AVP 0\r\n{attributes}")).unwrap();
        assert!(sdp.ends_with(&format!("a={answered}\r\n")), "{attributes}: {sdp}");
        assert_eq!(agreed.held_by_remote(), held, "{attributes}");
    }
    let session_level = offer("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(parse_offer(&session_level).unwrap().direction, Direction::SendOnly);
}

#[test]
fn an_old_hold_keeps_the_address_before_it() {
    let mut side = local();
    let talk = parse_offer(&offer("m=audio 4000 RTP/AVP 0\r\n")).unwrap();
    let hold = parse_offer(&offer("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n")).unwrap();
    side.answer(&talk, Direction::SendRecv).unwrap();
    let (_, held) = side.answer(&hold, Direction::SendRecv).unwrap();
    assert_eq!(held.remote, "192.0.2.2:4000".parse().unwrap());
    assert!(!held.local_sends());
}

#[test]
fn other_lines_are_refused_in_their_place() {
    let (sdp, agreed) = answer(
        "m=image 4002 udptl t38\r\nm=audio 4004 RTP/SAVP 0\r\nm=audio 4000 RTP/AVP 0\r\nm=video 4006 RTP/AVP 31 34\r\n",
    )
    .unwrap();
    let lines: Vec<&str> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
    let expected =
        ["m=image 0 udptl t38", "m=audio 0 RTP/SAVP 0", "m=audio 10000 RTP/AVP 0", "m=video 0 RTP/AVP 31 34"];
    assert_eq!(lines, expected);
    assert_eq!(agreed.remote.port(), 4000);
}

#[test]
fn the_version_rises_only_with_a_change() {
    let mut side = local();
    let version = |sdp: &[u8]| {
        let text = String::from_utf8_lossy(sdp).into_owned();
        let origin = text.lines().find(|line| line.starts_with("o=")).unwrap().to_owned();
        origin.split(' ').nth(2).unwrap().parse::<u64>().unwrap()
    };
    let talk = parse_offer(&offer("m=audio 4000 RTP/AVP 0\r\n")).unwrap();
    let hold = parse_offer(&offer("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n")).unwrap();
    let mut versions = Vec::new();
    for remote in [&talk, &talk, &hold, &hold, &talk] {
        versions.push(version(&side.answer(remote, Direction::SendRecv).unwrap().0));
    }
    versions.push(version(&side.offer(Direction::SendRecv)));
    versions.push(version(&side.offer(Direction::SendRecv)));
    assert_eq!(versions, [1, 1, 2, 2, 3, 4, 4]);
}

#[test]
fn our_offer_is_answered_and_read() {
    let mut side = local();
    let sdp = String::from_utf8(side.offer(Direction::SendRecv)).unwrap();
    assert!(sdp.contains("m=audio 10000 RTP/AVP 0 8 101\r\n"), "{sdp}");
    let agreed = side.read_answer(&offer("m=audio 4000 RTP/AVP 8\r\na=recvonly\r\n")).unwrap();
    assert_eq!((agreed.codec, agreed.telephone_event), (Codec::Pcma, None));
    assert_eq!((agreed.local_direction, agreed.held_by_remote()), (Direction::SendOnly, false));
    assert!(side.read_answer(&offer("m=audio 4000 RTP/AVP 8\r\n")).is_err(), "the offer has been answered");
    let again = String::from_utf8(side.offer(Direction::SendRecv)).unwrap();
    assert!(again.contains("m=audio 10000 RTP/AVP 8 0 101\r\n"), "{again}");
}

#[test]
fn an_answer_that_refuses_leaves_what_was_agreed() {
    let mut side = local();
    side.offer(Direction::SendRecv);
    let agreed = side.read_answer(&offer("m=audio 4000 RTP/AVP 0\r\n")).unwrap();
    side.offer(Direction::SendRecv);
    assert_eq!(side.read_answer(&offer("m=audio 0 RTP/AVP 0\r\n")), Err(SdpFault::NoAudio));
    assert_eq!(side.read_answer(b"v=0\r\n"), Err(SdpFault::Malformed("fewer media lines than were offered")));
    assert_eq!(side.agreed(), Some(&agreed));
}

#[test]
fn a_later_offer_of_ours_keeps_the_lines_of_the_session() {
    let mut side = local();
    let theirs = parse_offer(&offer("m=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\n")).unwrap();
    side.answer(&theirs, Direction::SendRecv).unwrap();
    let sdp = String::from_utf8(side.offer(Direction::SendRecv)).unwrap();
    let lines: Vec<&str> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(lines, ["m=video 0 RTP/AVP 31", "m=audio 10000 RTP/AVP 0 8 101"]);
    let answer = offer("m=video 0 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(side.read_answer(&answer).unwrap().codec, Codec::Pcmu);
}

#[test]
fn ipv6_and_rtcp_elsewhere_are_read() {
    let sdp = b"v=0\no=- 1 1 IN IP6 ::1\ns= \nm=audio 4000 RTP/AVP 0\nc=IN IP6 2001:db8::2\na=rtcp:5001 IN IP6 2001:db8::3\n";
    let mut side = LocalDescription::new(1, "[2001:db8::1]:10000".parse().unwrap());
    let (answer, agreed) = side.answer(&parse_offer(sdp).unwrap(), Direction::SendRecv).unwrap();
    assert!(String::from_utf8(answer).unwrap().contains("c=IN IP6 2001:db8::1\r\n"));
    assert_eq!(agreed.remote, "[2001:db8::2]:4000".parse().unwrap());
    assert_eq!(agreed.remote_rtcp, "[2001:db8::3]:5001".parse().unwrap());
}

#[test]
fn strange_lines_that_mean_nothing_are_no_reason_to_refuse() {
    let sdp = b"v=0\r\no=\x8b\x7e nonsense\r\ns=\r\nb=AS:64 \r\nk=clear\r\nc=IN IP4 192.0.2.2 \r\nno line\r\nm=audio 4000 RTP/AVP 0\r\na=\x8b:x\r\na=ptime:40\r\n";
    let media = parse_offer(sdp).unwrap();
    assert_eq!((media.address.port(), media.ptime_ms), (4000, Some(40)));
}

#[test]
fn what_cannot_be_read_is_malformed() {
    let many = format!("v=0\r\n{}", "m=audio 1 RTP/AVP 0\r\n".repeat(100));
    for sdp in [
        &b"garbage"[..],
        b"",
        b"v=1\r\n",
        b"v=0\r\nm=audio -1 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio 70000 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio 4000 RTP/AVP 0\r\n",
        many.as_bytes(),
    ] {
        let fault = parse_offer(sdp).unwrap_err();
        assert!(matches!(fault, SdpFault::Malformed(_)), "{}: {fault}", sdp.escape_ascii());
        assert_eq!((fault.status(), fault.warning()), (400, None));
    }
    let warning = SdpFault::NoCommonCodec.warning().unwrap();
    assert_eq!(warning, b"305 acd \"Incompatible media format\"");
}
