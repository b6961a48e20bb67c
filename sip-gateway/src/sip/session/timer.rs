//! Session timers (RFC 4028): as UAS we take what the caller asks for, or ask a caller who supports them to refresh;
//! as UAC we ask for none and honour what the peer puts into its 2xx.

use std::time::Duration;

use acd_core::Timestamp;

use super::{Asking, Session};
use crate::sip::config::StackConfig;
use crate::sip::event::{DialogEnd, ReofferBy};
use crate::sip::message::{HeaderName, Headers, Refresher, Request, Response, SessionExpires};
use crate::sip::stack::SipStack;
use crate::sip::timers::{Deadline, TimerReason};

const TIMER: &str = "timer";

/// How long after a refused refresh the next one is tried; the session's end comes first or the peer comes round.
const REFRESH_RETRY: Duration = Duration::from_secs(10);

/// A running session timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SessionTimer {
    interval_s: u32,
    /// When we refresh; `None`: the peer does, or ours is under way.
    refresh_at: Option<Timestamp>,
    we_refresh: bool,
    expires_at: Timestamp,
}

impl SessionTimer {
    pub(super) fn deadline(&self) -> Deadline {
        match self.refresh_at {
            Some(at) if at < self.expires_at => Deadline::new(at, TimerReason::SessionRefresh),
            _ => Deadline::new(self.expires_at, TimerReason::SessionExpiry),
        }
    }
}

/// What both sides have agreed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Agreed {
    interval_s: u32,
    refresher: Refresher,
    we_refresh: bool,
    is_required: bool,
}

impl Agreed {
    /// Writes it into our 2xx.
    pub(super) fn write(&self, headers: &mut Headers) {
        let value = SessionExpires { seconds: self.interval_s, refresher: Some(self.refresher) };
        headers.push(HeaderName::SessionExpires, value.to_bytes());
        if self.is_required {
            headers.push(HeaderName::Require, TIMER);
        }
    }

    /// The interval begins now (RFC 4028 section 10): the refresher refreshes at its half, the other side gives up
    /// min(32 s, a third) before its end.
    pub(super) fn start(&self, now: Timestamp) -> SessionTimer {
        let interval = Duration::from_secs(u64::from(self.interval_s));
        let margin = (interval / 3).min(Duration::from_secs(32));
        SessionTimer {
            interval_s: self.interval_s,
            refresh_at: self.we_refresh.then(|| now + interval / 2),
            we_refresh: self.we_refresh,
            expires_at: now + (interval - margin),
        }
    }
}

/// The interval that the caller asks for is below ours, and the caller can be told so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooSmall;

/// What our 2xx to a request will say (RFC 4028 section 9 and table 2).
pub(super) fn negotiate(
    config: &StackConfig,
    request: &Request,
    current: Option<&SessionTimer>,
) -> Result<Option<Agreed>, TooSmall> {
    let headers = &request.headers;
    let peer_supports = headers.supports(TIMER);
    let asked = headers.session_expires().ok().flatten();
    let min_se_s = headers.min_se().ok().flatten().unwrap_or(0);
    let (interval_s, refresher) = match asked {
        Some(asked) if asked.seconds < config.min_se_s => {
            // A proxy put it there for a caller who could not understand 422: better no timer than a storm of refreshes.
            return if peer_supports { Err(TooSmall) } else { Ok(None) };
        }
        Some(asked) => (asked.seconds, asked.refresher),
        None if peer_supports => (config.session_expires_s.max(min_se_s), None),
        None => return Ok(None),
    };
    let refresher = match refresher {
        _ if !peer_supports => Refresher::Uas,
        Some(refresher) => refresher,
        None if current.is_some_and(|timer| timer.we_refresh) => Refresher::Uas,
        None => Refresher::Uac,
    };
    let we_refresh = refresher == Refresher::Uas;
    Ok(Some(Agreed { interval_s, refresher, we_refresh, is_required: peer_supports }))
}

/// What the peer's 2xx to a request of ours says (RFC 4028 section 7.2).
pub(super) fn agreed_by_peer(headers: &Headers) -> Option<Agreed> {
    let expires = headers.session_expires().ok().flatten()?;
    let refresher = expires.refresher.unwrap_or(Refresher::Uac);
    let we_refresh = refresher == Refresher::Uac;
    Some(Agreed { interval_s: expires.seconds.max(1), refresher, we_refresh, is_required: false })
}

impl SipStack {
    /// Session-Expires and Min-SE of a refresh of ours; we go on refreshing.
    pub(super) fn write_refresh(&self, session: &Session, request: &mut Request) {
        let Some(timer) = &session.timer else { return };
        // From now on we are the UAC of the refresh.
        let refresher = if timer.we_refresh { Refresher::Uac } else { Refresher::Uas };
        let value = SessionExpires { seconds: timer.interval_s, refresher: Some(refresher) };
        request.headers.push(HeaderName::SessionExpires, value.to_bytes());
        request.headers.push(HeaderName::MinSe, self.config.min_se_s.min(timer.interval_s).to_string());
    }

    pub(super) fn fire_timer(&mut self, now: Timestamp, session: &mut Session) {
        let Some(timer) = &mut session.timer else { return };
        if timer.expires_at <= now {
            self.end_session(now, session, DialogEnd::SessionExpired, true);
        } else if timer.refresh_at.is_some_and(|at| at <= now) {
            timer.refresh_at = None;
            let by = if session.peer_updates { ReofferBy::Update } else { ReofferBy::Reinvite };
            self.reoffer(now, session, Asking { by, sdp: None });
        }
    }

    /// Our refresh was refused: with a longer interval if that is what the peer wants, else again later.
    pub(super) fn refresh_failed(
        &mut self,
        now: Timestamp,
        session: &mut Session,
        response: Option<&Response>,
    ) {
        let min_se_s = response
            .filter(|response| response.status == 422)
            .and_then(|response| response.headers.min_se().ok().flatten());
        let Some(timer) = &mut session.timer else { return };
        timer.refresh_at = Some(match min_se_s {
            Some(min_se_s) if min_se_s > timer.interval_s => {
                timer.interval_s = min_se_s;
                now
            }
            Some(_) | None => now + REFRESH_RETRY,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::Method;

    fn invite(headers: &[(HeaderName, &str)]) -> Request {
        let mut request = Request::new(Method::Invite, b"sip:a@b".to_vec());
        for (name, value) in headers {
            request.headers.push(name.clone(), *value);
        }
        request
    }

    fn said(headers: &[(HeaderName, &str)]) -> String {
        match negotiate(&StackConfig::default(), &invite(headers), None) {
            Err(TooSmall) => "422".to_owned(),
            Ok(None) => "none".to_owned(),
            Ok(Some(agreed)) => {
                let mut headers = Headers::new();
                agreed.write(&mut headers);
                let value = |name| String::from_utf8_lossy(headers.get(name).unwrap_or(b"-")).into_owned();
                format!("{} require {}", value(&HeaderName::SessionExpires), value(&HeaderName::Require))
            }
        }
    }

    #[test]
    fn the_answer_follows_table_2_of_rfc_4028() {
        use HeaderName::{MinSe, Require, SessionExpires as Se, Supported};
        for (headers, expected) in [
            (&[][..], "none"),
            (&[(Supported, "100rel")], "none"),
            (&[(Supported, "100rel, timer")], "1800;refresher=uac require timer"),
            (&[(Supported, "timer"), (MinSe, "3600")], "3600;refresher=uac require timer"),
            (&[(Supported, "timer"), (Se, "300")], "300;refresher=uac require timer"),
            (&[(Require, "timer"), (Se, "300;refresher=uac")], "300;refresher=uac require timer"),
            (&[(Supported, "timer"), (Se, "90;refresher=uas")], "90;refresher=uas require timer"),
            (&[(Supported, "timer"), (Se, "89")], "422"),
            (&[(Se, "300")], "300;refresher=uas require -"),
            (&[(Se, "300;refresher=uac")], "300;refresher=uas require -"),
            (&[(Se, "30")], "none"),
        ] {
            assert_eq!(said(headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn the_refresher_acts_at_half_and_the_other_gives_up_before_the_end() {
        let now = Timestamp::from_millis(0);
        let agreed = |we_refresh, interval_s| Agreed {
            interval_s,
            refresher: Refresher::Uac,
            we_refresh,
            is_required: true,
        };
        let deadline = |we_refresh, interval_s| {
            let deadline = agreed(we_refresh, interval_s).start(now).deadline();
            (deadline.at.as_millis(), deadline.reason)
        };
        assert_eq!(deadline(true, 1800), (900_000, TimerReason::SessionRefresh));
        assert_eq!(deadline(false, 1800), (1_768_000, TimerReason::SessionExpiry));
        assert_eq!(deadline(false, 90), (60_000, TimerReason::SessionExpiry));
    }
}
