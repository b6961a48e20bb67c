//! Who calls, and which number was dialled, out of a trunk's INVITE.

use acd_core::{CallerIdentity, DialledNumber, Pii, WithheldReason};

use crate::limits::CALLER_NUMBER_BYTES_MAX;
use crate::sip::message::{NameAddr, Request, Uri};

/// The candidates for the dialled number in order of precedence: P-Called-Party-ID (a carrier with random Request-URI
/// users puts it there), the Request-URI, To.
pub(super) fn dialled_numbers(request: &Request) -> Box<[DialledNumber]> {
    let called_party = request.headers.p_called_party_id().ok().flatten().map(|party| party.uri);
    let request_uri = Uri::parse(&request.uri).ok();
    let to = request.headers.to().ok().map(|to| to.uri);
    let mut numbers = Vec::with_capacity(3);
    for uri in [called_party, request_uri, to].into_iter().flatten() {
        if let Some(number) = uri_number(&uri).and_then(|text| DialledNumber::new(&text).ok())
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers.into()
}

/// The number of a `tel` or `sip` URI in the national form that plans are written in (`+81…` is `0…`).
fn uri_number(uri: &Uri) -> Option<String> {
    let number = uri.number()?;
    Some(match number.strip_prefix("+81") {
        Some(national) => format!("0{national}"),
        None => number.strip_prefix('+').unwrap_or(&number).to_owned(),
    })
}

/// The caller: P-Asserted-Identity before From, unless the caller asks for privacy.
pub(super) fn caller_identity(request: &Request) -> CallerIdentity {
    let from = request.headers.from().ok();
    let asserted = request.headers.p_asserted_identity().unwrap_or_default();
    if wants_privacy(request) {
        return CallerIdentity::Withheld(from.as_ref().map_or(WithheldReason::Withheld, withheld_reason));
    }
    if let Some(number) = asserted.iter().find_map(|identity| caller_number(&identity.uri)) {
        return CallerIdentity::Number(Pii::new(number));
    }
    match from {
        Some(from) if is_anonymous(&from.uri) => CallerIdentity::Withheld(withheld_reason(&from)),
        Some(from) => caller_number(&from.uri)
            .map_or(CallerIdentity::Withheld(WithheldReason::OutOfArea), |number| {
                CallerIdentity::Number(Pii::new(number))
            }),
        None => CallerIdentity::Withheld(WithheldReason::OutOfArea),
    }
}

/// The number that came with the wish not to show it: for the fire department alone, and by command (R-T6).
pub(super) fn sealed_number(request: &Request) -> Option<Pii<String>> {
    if !wants_privacy(request) {
        return None;
    }
    let asserted = request.headers.p_asserted_identity().unwrap_or_default();
    asserted.iter().find_map(|identity| caller_number(&identity.uri)).map(Pii::new)
}

fn wants_privacy(request: &Request) -> bool {
    request
        .headers
        .privacy()
        .iter()
        .any(|token| token.eq_ignore_ascii_case(b"id") || token.eq_ignore_ascii_case(b"user"))
}

fn is_anonymous(uri: &Uri) -> bool {
    let user = uri.user.as_deref().unwrap_or_default();
    let host = uri.host.as_ref().map(ToString::to_string).unwrap_or_default();
    user.eq_ignore_ascii_case(b"anonymous") || host.eq_ignore_ascii_case("anonymous.invalid")
}

/// The number as the carrier gave it; a user part that is no number (a name) is kept as it is, within bounds.
fn caller_number(uri: &Uri) -> Option<String> {
    let text = uri.number().or_else(|| String::from_utf8(uri.user_unescaped()).ok())?;
    (!text.is_empty() && text.len() <= CALLER_NUMBER_BYTES_MAX && !text.chars().any(char::is_control))
        .then_some(text)
}

/// The display name of an anonymous From carries the reason (3GPP TS 24.008 cause of no CLI).
fn withheld_reason(from: &NameAddr) -> WithheldReason {
    let display = from.display.as_deref().unwrap_or_default().to_ascii_lowercase();
    match display.as_slice() {
        b"coin line/payphone" => WithheldReason::Payphone,
        b"interaction with other service" => WithheldReason::ServiceConflict,
        b"unavailable" => WithheldReason::OutOfArea,
        _ => WithheldReason::Withheld,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::{Message, parse};

    fn request(uri: &str, headers: &str) -> Request {
        let text = format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\
             Max-Forwards: 70\r\nContact: <sip:a@192.0.2.1>\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        match parse(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("an INVITE is a request"),
        }
    }

    fn numbers(request: &Request) -> Vec<String> {
        dialled_numbers(request).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_called_party_header_wins_over_request_uri_and_to() {
        let request = request(
            "sip:Xk3_9aB@192.0.2.9",
            "From: <sip:0312345678@c>;tag=1\r\nTo: <tel:+81-77-000-7119>\r\nP-Called-Party-ID: <sip:0750007119@c>\r\n",
        );
        let found = numbers(&request);
        assert_eq!(found.first().map(String::as_str), Some("0750007119"));
        assert_eq!(found.last().map(String::as_str), Some("0770007119"));
    }

    #[test]
    fn a_tel_request_uri_is_a_dialled_number() {
        let request = request("tel:0770007119", "From: <sip:a@c>;tag=1\r\nTo: <tel:0770007119>\r\n");
        assert_eq!(numbers(&request), ["0770007119"]);
    }

    #[test]
    fn the_four_reasons_of_an_anonymous_caller_are_told_apart() {
        let reason = |display: &str| {
            let from = format!("From: {display}<sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <sip:1@c>\r\n");
            caller_identity(&request("sip:1@c", &from))
        };
        let withheld = CallerIdentity::Withheld;
        assert_eq!(reason("Anonymous "), withheld(WithheldReason::Withheld));
        assert_eq!(reason("\"Coin line/payphone\" "), withheld(WithheldReason::Payphone));
        assert_eq!(reason("\"Interaction with other service\" "), withheld(WithheldReason::ServiceConflict));
        assert_eq!(reason("Unavailable "), withheld(WithheldReason::OutOfArea));
    }

    #[test]
    fn an_asserted_identity_is_shown_unless_privacy_is_asked_for() {
        let asserted = "From: <sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <sip:1@c>\r\n\
                        P-Asserted-Identity: <sip:0312345678@c>\r\n";
        let shown = caller_identity(&request("sip:1@c", asserted));
        assert_eq!(shown, CallerIdentity::Number(Pii::new("0312345678".to_owned())));
        let private = format!("{asserted}Privacy: id\r\n");
        let hidden = caller_identity(&request("sip:1@c", &private));
        assert_eq!(hidden, CallerIdentity::Withheld(WithheldReason::Withheld));
    }

    #[test]
    fn a_number_is_sealed_only_where_its_caller_wants_it_hidden() {
        let asserted = "From: <sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <sip:1@c>\r\n\
                        P-Asserted-Identity: <sip:0312345678@c>\r\n";
        assert_eq!(sealed_number(&request("sip:1@c", asserted)), None, "it is shown");
        let private = format!("{asserted}Privacy: id\r\n");
        let sealed = sealed_number(&request("sip:1@c", &private));
        assert_eq!(sealed, Some(Pii::new("0312345678".to_owned())));
        let unknown = "From: <sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <sip:1@c>\r\nPrivacy: id\r\n";
        assert_eq!(sealed_number(&request("sip:1@c", unknown)), None, "the carrier sent none");
    }
}
