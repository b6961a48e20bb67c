//! What the stack has counted, for metrics. Numbers only: nothing here feeds a report.

use std::collections::BTreeMap;

use super::message::{Method, Response};

/// Counters since the start.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Counters {
    /// Requests received, retransmissions left out, by method (`other` for those we do not know).
    pub requests_received: BTreeMap<&'static str, u64>,
    /// Requests sent, retransmissions left out, by method.
    pub requests_sent: BTreeMap<&'static str, u64>,
    /// Responses received, by the method that they answer (`other` for those we do not know) and by status.
    pub responses_received: BTreeMap<(&'static str, u16), u64>,
    /// Responses sent, retransmissions left out, by the method that they answer and by status.
    pub responses_sent: BTreeMap<(&'static str, u16), u64>,
    /// Requests and responses that had been received before, and were absorbed or answered as before.
    pub retransmissions_absorbed: u64,
    /// Messages that we sent again.
    pub retransmissions_sent: u64,
    /// Messages that could not be read.
    pub malformed: u64,
    /// Responses and ACKs that belong to nothing.
    pub strays: u64,
    /// Requests refused with 503 because of a bound.
    pub overloaded: u64,
    /// Commands that came too late for their dialog.
    pub commands_too_late: u64,
}

impl Counters {
    pub(super) fn request_received(&mut self, method: &Method) {
        *self.requests_received.entry(method_name(method)).or_default() += 1;
    }

    pub(super) fn request_sent(&mut self, method: &Method) {
        *self.requests_sent.entry(method_name(method)).or_default() += 1;
    }

    pub(super) fn response_received(&mut self, method: &Method, status: u16) {
        *self.responses_received.entry((method_name(method), status)).or_default() += 1;
    }

    pub(super) fn response_sent(&mut self, response: &Response) {
        let method = response.headers.cseq().map_or("other", |cseq| method_name(&cseq.method));
        *self.responses_sent.entry((method, response.status)).or_default() += 1;
    }
}

/// Names of a bounded set: a stranger can invent methods without end.
fn method_name(method: &Method) -> &'static str {
    match method {
        Method::Invite => "INVITE",
        Method::Ack => "ACK",
        Method::Bye => "BYE",
        Method::Cancel => "CANCEL",
        Method::Options => "OPTIONS",
        Method::Register => "REGISTER",
        Method::Update => "UPDATE",
        Method::Prack => "PRACK",
        Method::Info => "INFO",
        Method::Refer => "REFER",
        Method::Subscribe => "SUBSCRIBE",
        Method::Notify => "NOTIFY",
        Method::Message => "MESSAGE",
        Method::Publish => "PUBLISH",
        Method::Other(_) => "other",
    }
}
