//! The callers of a lifetime.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::cast::Kind;
use super::voices::Voices;
use crate::limits::LIFETIME_CALL_MAX;
use crate::sip::{Dialog, DialogEvent, Endpoint, Invitation, Progress, sdp};

/// After the answer the guidance lasts one second; then a seat rings.
const RINGING_BY: Duration = Duration::from_millis(1_300);

/// One caller.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) endpoint: Endpoint,
    pub(super) voices: Arc<Voices>,
    pub(super) switch: SocketAddr,
    pub(super) kind: Kind,
    pub(super) index: u32,
    /// How long the caller talks, or bears the guidance.
    pub(super) patience: Duration,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum End {
    /// The caller hung up or cancelled.
    HungUp,
    /// The other side hung up.
    HungUpByOther,
    /// Another final answer than 200.
    Refused(u16),
}

impl Caller {
    /// Calls, from the INVITE to the end.
    ///
    /// # Errors
    /// If it did not go as such a call goes.
    pub(super) async fn call(self) -> Result<End, String> {
        let (kind, index) = (self.kind, self.index);
        let failed = |what: String| format!("call {index} ({}): {what}", kind.name());
        match timeout(LIFETIME_CALL_MAX, self.dial()).await {
            Ok(Ok(end)) if fits(kind, end) => Ok(end),
            Ok(Ok(end)) => Err(failed(format!("it ended as {end:?}"))),
            Ok(Err(what)) => Err(failed(what)),
            Err(_) => Err(failed(format!("it had no end in {} s", LIFETIME_CALL_MAX.as_secs()))),
        }
    }

    async fn dial(self) -> Result<End, String> {
        let text = |error: crate::sip::SipError| error.to_string();
        let number = self.kind.caller(self.index);
        let invitation = Invitation {
            peer: self.switch,
            to: format!("sip:{}@{}", self.kind.dialled(), self.switch),
            from: format!("sip:{number}@{}", self.endpoint.local().ip()),
            user: number,
            session: sdp::describe(self.voices.local, self.endpoint.random()),
            credentials: None,
        };
        let mut call = self.endpoint.invite(invitation).await.map_err(text)?;
        if self.kind == Kind::Cancels {
            call.cancel();
        }
        loop {
            match call.next().await.map_err(text)? {
                Progress::Provisional(_) => {}
                Progress::Answered(_, None) => return Err("the 200 has no session".to_owned()),
                Progress::Answered(dialog, Some(remote)) => return self.stay(*dialog, remote).await,
                Progress::Refused(487) if self.kind == Kind::Cancels => return Ok(End::HungUp),
                Progress::Refused(status) => return Ok(End::Refused(status)),
            }
        }
    }

    async fn stay(self, mut dialog: Dialog, remote: sdp::Remote) -> Result<End, String> {
        let text = |error: crate::sip::SipError| error.to_string();
        let leaving = async {
            match self.kind {
                Kind::LeavesInGuidance => sleep(self.patience).await,
                Kind::LeavesWhileRinging => sleep(RINGING_BY).await,
                Kind::Talk | Kind::Recorded | Kind::SeatRefuses | Kind::Crowded => {
                    self.voices.speak(remote, RINGING_BY + self.patience).await;
                }
                Kind::SeatHangsUp => std::future::pending().await,
                Kind::Cancels | Kind::WrongNumber => {}
            }
        };
        tokio::pin!(leaving);
        loop {
            tokio::select! {
                () = &mut leaving => break,
                event = dialog.next() => match event.map_err(text)? {
                    DialogEvent::HungUp => return Ok(End::HungUpByOther),
                    DialogEvent::MediaChanged(_) => {}
                },
            }
        }
        dialog.hang_up().await.map_err(text)?;
        Ok(End::HungUp)
    }
}

/// Whether such a call may end so.
const fn fits(kind: Kind, end: End) -> bool {
    match kind {
        Kind::Talk
        | Kind::Recorded
        | Kind::SeatRefuses
        | Kind::LeavesInGuidance
        | Kind::LeavesWhileRinging
        | Kind::Cancels => matches!(end, End::HungUp),
        Kind::SeatHangsUp => matches!(end, End::HungUpByOther),
        Kind::WrongNumber => matches!(end, End::Refused(404)),
        Kind::Crowded => matches!(end, End::HungUp | End::Refused(486)),
    }
}
