//! What makes a message belong to a transaction (RFC 3261 sections 17.1.3, 17.2.3, 8.2.2.2).

use crate::sip::message::{Method, Request, Via};
use crate::sip::random::BRANCH_COOKIE;

/// What a request shares with its retransmissions, its CANCEL and its ACK.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sip) struct ServerMatch(Box<[u8]>);

impl ServerMatch {
    /// `via` is the top Via. `method` is the request's own, or INVITE for an ACK or a CANCEL that looks for its INVITE.
    pub(in crate::sip) fn new(request: &Request, via: &Via, method: &Method) -> Self {
        let mut key = Vec::with_capacity(96);
        let mut part = |bytes: &[u8]| {
            key.extend(bytes);
            key.push(0);
        };
        part(method.as_bytes());
        part(&via.host.to_string().into_bytes().to_ascii_lowercase());
        part(via.port.unwrap_or(5060).to_string().as_bytes());
        // Retransmission, CANCEL and ACK share these too. A peer whose branches are not unique (RFC 4475 section 3.2.1)
        // must not get the answer to another request.
        part(request.headers.call_id().unwrap_or_default());
        part(request.headers.cseq().map_or(0, |cseq| cseq.number).to_string().as_bytes());
        match &via.branch {
            Some(branch) if has_cookie(branch) => part(branch),
            _ => {
                // RFC 2543 peers have no unique branch. The To tag is left out, since the ACK alone has ours.
                let headers = &request.headers;
                part(via.branch.as_deref().unwrap_or_default());
                part(&request.uri);
                part(headers.from().ok().as_ref().and_then(|from| from.tag()).unwrap_or_default());
            }
        }
        Self(key.into())
    }
}

/// RFC 3261 section 8.1.1.7 compares the cookie without case, as tokens are.
fn has_cookie(branch: &[u8]) -> bool {
    branch.get(..BRANCH_COOKIE.len()).is_some_and(|start| start.eq_ignore_ascii_case(BRANCH_COOKIE))
}

/// What an INVITE shares with copies of itself that came by other ways (RFC 3261 section 8.2.2.2).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sip) struct ArrivalKey {
    call_id: Box<[u8]>,
    from_tag: Box<[u8]>,
    cseq: u32,
}

impl ArrivalKey {
    pub(in crate::sip) fn new(request: &Request) -> Self {
        let headers = &request.headers;
        let from = headers.from().ok();
        Self {
            call_id: headers.call_id().unwrap_or_default().into(),
            from_tag: from.as_ref().and_then(|from| from.tag()).unwrap_or_default().into(),
            cseq: headers.cseq().map_or(0, |cseq| cseq.number),
        }
    }
}

/// What a response shares with our request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sip) struct ClientMatch {
    branch: Box<[u8]>,
    method: Method,
}

impl ClientMatch {
    pub(in crate::sip) fn new(branch: &[u8], method: &Method) -> Self {
        Self { branch: branch.into(), method: method.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::{Message, parse};

    fn request(method: &str, via: &str, cseq: u32) -> Request {
        let text = format!(
            "{method} sip:7119@192.0.2.1 SIP/2.0\r\nVia: {via}\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\n\
             Call-ID: c1\r\nCSeq: {cseq} {method}\r\n\r\n"
        );
        match parse(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a request was written"),
        }
    }

    fn key(request: &Request, method: &Method) -> ServerMatch {
        ServerMatch::new(request, &request.headers.top_via().unwrap(), method)
    }

    #[test]
    fn a_branch_with_the_cookie_decides_with_sent_by_method_and_cseq() {
        let one = request("INVITE", "SIP/2.0/UDP h:5060;branch=z9hG4bK1", 1);
        let same = request("INVITE", "SIP/2.0/UDP H;branch=z9hG4bK1;received=192.0.2.9", 1);
        let branch_used_again = request("INVITE", "SIP/2.0/UDP h:5060;branch=z9hG4bK1", 2);
        let other_host = request("INVITE", "SIP/2.0/UDP i;branch=z9hG4bK1", 1);
        let other_branch = request("INVITE", "SIP/2.0/UDP h;branch=z9hG4bK2", 1);
        let ack = request("ACK", "SIP/2.0/UDP h;branch=z9hG4bK1", 1);
        let of = |request| key(request, &Method::Invite);
        assert_eq!(of(&one), of(&same));
        assert_eq!(of(&one), of(&ack));
        assert_ne!(key(&ack, &Method::Ack), of(&one));
        assert_ne!(of(&one), of(&other_host));
        assert_ne!(of(&one), of(&other_branch));
        assert_ne!(of(&one), of(&branch_used_again), "RFC 4475 section 3.2.1");
    }

    #[test]
    fn without_the_cookie_the_whole_request_decides() {
        let of = |method, via, cseq| key(&request(method, via, cseq), &Method::Invite);
        let one = of("INVITE", "SIP/2.0/UDP h;branch=1", 1);
        let none = of("INVITE", "SIP/2.0/UDP h", 1);
        assert_eq!(one, of("ACK", "SIP/2.0/UDP h;branch=1", 1));
        assert_ne!(one, of("INVITE", "SIP/2.0/UDP h;branch=1", 2));
        assert_ne!(one, none);
        assert_eq!(none, of("INVITE", "SIP/2.0/UDP h", 1));
    }
}
