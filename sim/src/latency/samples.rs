//! Latencies out of what passed the sockets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rsip::Method;

use crate::sip::{Passed, What};

/// After its 200 a caller without guidance is in the queue when the ACK has come and been written down.
const ENTERED: Duration = Duration::from_millis(100);

/// What passed, each message's first passing alone, in the order of time.
#[derive(Debug)]
pub(super) struct Course {
    passed: Vec<Passed>,
}

/// When a caller was where, by the number in From, which is another for each call.
#[derive(Clone, Copy, Debug)]
struct Wait {
    answered: Instant,
    /// Absent: it never was rung for.
    rung: Option<Instant>,
    /// Absent: it never hung up.
    left: Option<Instant>,
}

impl Course {
    /// Retransmissions are told apart by Call-ID, direction and kind, since no dialog here has two such requests.
    pub(super) fn new(mut passed: Vec<Passed>) -> Self {
        passed.sort_by_key(|passed| passed.at);
        let mut seen = Vec::new();
        let mut first = BTreeMap::<String, Vec<(u32, bool, What)>>::new();
        for message in passed {
            let of_call = first.entry(message.call_id.clone()).or_default();
            let key = (message.place, message.sent, message.what);
            if !of_call.contains(&key) {
                of_call.push(key);
                seen.push(message);
            }
        }
        Self { passed: seen }
    }

    /// From the INVITE of a caller to its 200.
    pub(super) fn answers(&self, carrier: u32) -> Vec<Duration> {
        let mut invited = BTreeMap::<&str, Instant>::new();
        let mut times = Vec::new();
        for message in self.passed.iter().filter(|message| message.place == carrier) {
            match (message.sent, message.what) {
                (true, What::Request(Method::Invite)) => {
                    invited.insert(&message.call_id, message.at);
                }
                (false, What::Answer(Method::Invite, 200..300)) => {
                    let since = invited.get(message.call_id.as_str());
                    times.extend(since.map(|since| message.at - *since));
                }
                _ => {}
            }
        }
        times
    }

    /// When a seat was first rung for each caller, by number.
    pub(super) fn first_rings(&self, carrier: u32) -> BTreeMap<&str, Instant> {
        let mut rings = BTreeMap::new();
        for message in self.passed.iter().filter(|message| message.place != carrier) {
            if !message.sent && message.what == What::Request(Method::Invite) {
                rings.entry(message.from.as_str()).or_insert(message.at);
            }
        }
        rings
    }

    /// From the end of a seat's call, by the BYE that came to the seat or went from it, to the next INVITE that came to it,
    /// for as long as at least as many callers waited as there are `seats`, so that one was there for each of them.
    pub(super) fn seat_turns(&self, carrier: u32, seats: std::ops::RangeInclusive<u32>) -> Vec<Duration> {
        let waits = self.waits(carrier);
        let wanted = seats.clone().count();
        let mut free = BTreeMap::<u32, Option<Instant>>::new();
        let mut times = Vec::new();
        for message in self.passed.iter().filter(|message| seats.contains(&message.place)) {
            match (message.sent, message.what) {
                (_, What::Request(Method::Bye)) => {
                    let waiting = waits.iter().filter(|wait| wait.at(message.at)).count();
                    free.insert(message.place, (waiting >= wanted).then_some(message.at));
                }
                (false, What::Request(Method::Invite)) => {
                    let since = free.remove(&message.place).flatten();
                    times.extend(since.map(|since| message.at - since));
                }
                _ => {}
            }
        }
        times
    }

    fn waits(&self, carrier: u32) -> Vec<Wait> {
        let rings = self.first_rings(carrier);
        let mut waits = BTreeMap::<&str, Wait>::new();
        for message in self.passed.iter().filter(|message| message.place == carrier) {
            match message.what {
                What::Answer(Method::Invite, 200..300) if !message.sent => {
                    let rung = rings.get(message.from.as_str()).copied();
                    waits.insert(&message.call_id, Wait { answered: message.at, rung, left: None });
                }
                What::Request(Method::Bye) => {
                    if let Some(wait) = waits.get_mut(message.call_id.as_str()) {
                        wait.left.get_or_insert(message.at);
                    }
                }
                What::Request(_) | What::Answer(..) => {}
            }
        }
        waits.into_values().collect()
    }
}

impl Wait {
    /// Whether the caller surely is in the queue at that moment.
    fn at(&self, moment: Instant) -> bool {
        let still = |end: Option<Instant>| end.is_none_or(|end| moment < end);
        self.answered + ENTERED < moment && still(self.rung) && still(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: What = What::Request(Method::Invite);
    const BYE: What = What::Request(Method::Bye);
    const OK: What = What::Answer(Method::Invite, 200);
    const SENT: bool = true;
    const CAME: bool = false;

    fn course(messages: &[(u64, u32, bool, What, &str, &str)]) -> (Instant, Course) {
        let start = Instant::now();
        let passed = messages.iter().map(|&(ms, place, sent, what, call_id, from)| Passed {
            at: start + Duration::from_millis(ms),
            place,
            sent,
            what,
            call_id: call_id.to_owned(),
            from: from.to_owned(),
        });
        (start, Course::new(passed.collect()))
    }

    fn millis(times: &[Duration]) -> Vec<u128> {
        times.iter().map(Duration::as_millis).collect()
    }

    #[test]
    fn an_answer_counts_from_the_first_invite_to_the_first_200() {
        let (_, course) = course(&[
            (530, 0, CAME, OK, "a", "1"),
            (10, 0, SENT, INVITE, "a", "1"),
            (510, 0, SENT, INVITE, "a", "1"),
            (20, 0, SENT, INVITE, "b", "2"),
            (23, 0, CAME, What::Answer(Method::Invite, 180), "b", "2"),
            (24, 0, CAME, OK, "b", "2"),
            (524, 0, CAME, OK, "b", "2"),
            (30, 0, SENT, INVITE, "c", "3"),
            (31, 0, CAME, What::Answer(Method::Invite, 486), "c", "3"),
            (40, 7, CAME, OK, "d", "4"),
        ]);
        assert_eq!(millis(&course.answers(0)), [4, 520]);
    }

    #[test]
    fn the_first_ring_for_a_caller_counts_wherever_it_is() {
        let (start, course) = course(&[
            (5, 0, SENT, INVITE, "a", "1"),
            (70, 7, CAME, INVITE, "x", "1"),
            (60, 8, CAME, INVITE, "y", "1"),
        ]);
        assert_eq!(course.first_rings(0), [("1", start + Duration::from_millis(60))].into());
    }

    #[test]
    fn a_seat_s_turn_counts_only_while_enough_callers_wait() {
        let wait = [
            (0, 0, CAME, OK, "a", "1"),
            (0, 0, CAME, OK, "b", "2"),
            (0, 0, CAME, OK, "c", "3"),
            (10, 7, CAME, INVITE, "x", "1"),
            (11, 8, CAME, INVITE, "y", "2"),
        ];
        let mut messages = wait.to_vec();
        // Caller 3 and nobody else waits, and there are two seats.
        messages.extend([(500, 7, SENT, BYE, "x", "7"), (503, 7, CAME, INVITE, "z", "3")]);
        assert_eq!(course(&messages).1.seat_turns(0, 7..=8), []);
        // Caller 4 waits too.
        messages.push((300, 0, CAME, OK, "d", "4"));
        assert_eq!(millis(&course(&messages).1.seat_turns(0, 7..=8)), [3]);
        // One seat is free by the caller's BYE, which is repeated; but caller 5 is not yet surely in the queue.
        messages.extend([(600, 8, CAME, BYE, "y", "2"), (900, 8, CAME, BYE, "y", "2")]);
        messages.extend([(650, 0, CAME, OK, "e", "5"), (950, 8, CAME, INVITE, "u", "4")]);
        assert_eq!(millis(&course(&messages).1.seat_turns(0, 7..=8)), [3]);
        assert_eq!(millis(&course(&messages).1.seat_turns(0, 8..=8)), [350]);
        // Caller 4 hung up before the seat was free.
        messages.push((550, 0, SENT, BYE, "d", "4"));
        assert_eq!(course(&messages).1.seat_turns(0, 8..=8), []);
    }
}
