//! INFO: digits of phones that send them so (`application/dtmf-relay`; RFC 6086 otherwise).

use acd_core::Timestamp;

use super::Session;
use crate::sip::event::{SipEvent, TransactionKey};
use crate::sip::message::{HeaderName, Request};
use crate::sip::stack::SipStack;

const DTMF_RELAY: &str = "application/dtmf-relay";

impl SipStack {
    pub(super) fn info_arrived(
        &mut self,
        now: Timestamp,
        session: &Session,
        transaction: TransactionKey,
        request: &Request,
    ) {
        // An INFO without body is a keep-alive of old.
        if request.body.is_empty() {
            self.answer_plainly(now, transaction, request, 200);
        } else if !request.headers.content_type_is(DTMF_RELAY) {
            let mut response = self.plain_answer(request, 415);
            response.headers.push(HeaderName::Accept, DTMF_RELAY);
            self.respond(now, transaction, &response);
        } else if let Some(digit) = read_digit(&request.body) {
            self.answer_plainly(now, transaction, request, 200);
            if session.is_established() && !session.is_quiet {
                self.events.push_back(SipEvent::InfoDigit { dialog: session.key, digit });
            }
        } else {
            self.answer_plainly(now, transaction, request, 400);
        }
    }
}

/// `Signal=5`; 10 and 11 are written by some for `*` and `#`.
fn read_digit(body: &[u8]) -> Option<char> {
    body.split(|&byte| byte == b'\n').find_map(|line| {
        let at = line.iter().position(|&byte| byte == b'=')?;
        let (name, value) = (line[..at].trim_ascii(), line[at + 1..].trim_ascii());
        if !name.eq_ignore_ascii_case(b"signal") {
            return None;
        }
        match value {
            [digit @ (b'0'..=b'9' | b'*' | b'#')] => Some(char::from(*digit)),
            [letter @ (b'a'..=b'd' | b'A'..=b'D')] => Some(char::from(letter.to_ascii_uppercase())),
            b"10" => Some('*'),
            b"11" => Some('#'),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::read_digit;

    #[test]
    fn digits_are_read_from_the_signal_line() {
        for (body, expected) in [
            ("Signal=5\r\nDuration=160\r\n", Some('5')),
            ("Duration=160\nsignal = #\n", Some('#')),
            ("Signal=10", Some('*')),
            ("Signal=b\r\n", Some('B')),
            ("Signal=16\r\n", None),
            ("Duration=160\r\n", None),
            ("5", None),
        ] {
            assert_eq!(read_digit(body.as_bytes()), expected, "{body:?}");
        }
    }
}
