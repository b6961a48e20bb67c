//! A caller: dials, listens, talks when a seat speaks, and hangs up in the way that was drawn.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use acd_core::CallPhase;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::media::{Heard, Media, PersonId};
use crate::sip::{Dialog, DialogEvent, Endpoint, Invitation, OutgoingCall, Progress, sdp};

/// Where each caller is, by number, as the switch's facts say. Callers who leave in the queue look at it.
pub type Phases = BTreeMap<String, CallPhase>;

/// One caller.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Decides the voice.
    pub index: u32,
    /// The number in From.
    pub number: String,
    /// The number that is dialled.
    pub dialled: String,
    /// When and how the caller leaves.
    pub conduct: Conduct,
    /// The seats whose voices the caller knows.
    pub seats: Vec<PersonId>,
}

/// When and how a caller leaves, if the other side does not before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conduct {
    /// Some time after a seat's voice was recognised.
    Talk(Duration),
    /// Some time after the switch has answered; guidance lasts longer.
    LeaveInGuidance(Duration),
    /// Some time after entering the queue; talks for so long if a seat is quicker.
    LeaveInQueue(Duration),
    /// As soon as a seat is rung; talks for so long if the seat is quicker.
    LeaveWhileRinging(Duration),
    /// CANCEL right behind the INVITE; BYE if the answer is quicker.
    CancelAtOnce,
}

/// How a call ended for the caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallerEnd {
    /// A final answer that is no 200; holds the status code.
    Refused(u16),
    /// The caller hung up.
    HungUp,
    /// The other side hung up.
    HungUpByOther,
    /// It did not go as SIP has it; holds a sentence.
    Failed(String),
}

/// What a caller tells afterwards.
#[derive(Clone, Debug)]
pub struct CallerReport {
    /// Who called.
    pub caller: Caller,
    /// How it ended.
    pub end: CallerEnd,
    /// The first seat that was recognised.
    pub spoke_with: Option<PersonId>,
    /// What was heard; nothing if the call was refused.
    pub heard: Heard,
    /// Packets spoken.
    pub packets_sent: u64,
}

/// Places one call and sees it through. When `over` becomes true the caller hangs up wherever it is.
pub async fn call(
    endpoint: &Endpoint,
    switch: SocketAddr,
    caller: Caller,
    phases: watch::Receiver<Phases>,
    over: watch::Receiver<bool>,
) -> CallerReport {
    let person = PersonId::Caller(caller.index);
    let media = match Media::open(endpoint.local().ip(), person, caller.seats.clone()).await {
        Ok(media) => media,
        Err(error) => {
            let end = CallerEnd::Failed(error.to_string());
            return CallerReport { caller, end, spoke_with: None, heard: Heard::default(), packets_sent: 0 };
        }
    };
    let end = match dial(endpoint, switch, &caller, &media).await {
        Ok(Dialled::Connected(dialog)) => {
            let visit = Visit { caller: &caller, media: &media, phases, over };
            visit.stay(*dialog).await
        }
        Ok(Dialled::Ended(end)) => end,
        Err(error) => CallerEnd::Failed(error),
    };
    let spoke_with = *media.speaker().borrow();
    let (heard, packets_sent) = media.close();
    CallerReport { caller, end, spoke_with, heard, packets_sent }
}

enum Dialled {
    Connected(Box<Dialog>),
    Ended(CallerEnd),
}

async fn dial(
    endpoint: &Endpoint,
    switch: SocketAddr,
    caller: &Caller,
    media: &Media,
) -> Result<Dialled, String> {
    let invitation = Invitation {
        peer: switch,
        to: format!("sip:{}@{switch}", caller.dialled),
        from: format!("sip:{}@{}", caller.number, endpoint.local().ip()),
        user: caller.number.clone(),
        session: sdp::describe(media.local(), endpoint.random()),
        credentials: None,
    };
    let mut call = endpoint.invite(invitation).await.map_err(|error| error.to_string())?;
    let cancels = caller.conduct == Conduct::CancelAtOnce;
    if cancels {
        call.cancel();
    }
    match final_answer(&mut call, media).await? {
        Progress::Answered(dialog, Some(_)) if cancels => {
            dialog.hang_up().await.map_err(|error| error.to_string())?;
            Ok(Dialled::Ended(CallerEnd::HungUp))
        }
        Progress::Answered(dialog, Some(remote)) => {
            media.speak(remote);
            Ok(Dialled::Connected(dialog))
        }
        Progress::Answered(dialog, None) => {
            dialog.hang_up().await.map_err(|error| error.to_string())?;
            Err("the 200 has no session that we can speak".to_owned())
        }
        Progress::Refused(487) if cancels => Ok(Dialled::Ended(CallerEnd::HungUp)),
        Progress::Refused(status) => Ok(Dialled::Ended(CallerEnd::Refused(status))),
        Progress::Provisional(status) => Err(format!("{status} is no final answer")),
    }
}

async fn final_answer(call: &mut OutgoingCall, media: &Media) -> Result<Progress, String> {
    loop {
        match call.next().await.map_err(|error| error.to_string())? {
            Progress::Provisional(_) => {}
            Progress::Answered(dialog, remote) => {
                if let Some(remote) = remote {
                    media.speak(remote);
                }
                return Ok(Progress::Answered(dialog, remote));
            }
            Progress::Refused(status) => return Ok(Progress::Refused(status)),
        }
    }
}

struct Visit<'a> {
    caller: &'a Caller,
    media: &'a Media,
    phases: watch::Receiver<Phases>,
    over: watch::Receiver<bool>,
}

impl Visit<'_> {
    /// From the answer to the end.
    async fn stay(mut self, mut dialog: Dialog) -> CallerEnd {
        let left = {
            let leaving = leave(self.caller, self.media, &mut self.phases);
            let over = self.over.wait_for(|over| *over);
            tokio::pin!(leaving, over);
            loop {
                tokio::select! {
                    () = &mut leaving => break true,
                    _ = &mut over => break true,
                    event = dialog.next() => match event {
                        Ok(DialogEvent::HungUp) => break false,
                        Ok(DialogEvent::MediaChanged(remote)) => self.media.speak(remote),
                        Err(error) => return CallerEnd::Failed(error.to_string()),
                    },
                }
            }
        };
        if !left {
            return CallerEnd::HungUpByOther;
        }
        match dialog.hang_up().await {
            Ok(()) => CallerEnd::HungUp,
            Err(error) => CallerEnd::Failed(error.to_string()),
        }
    }
}

/// Comes back when the caller has had enough.
async fn leave(caller: &Caller, media: &Media, phases: &mut watch::Receiver<Phases>) {
    match caller.conduct {
        Conduct::Talk(talk) => talked(media, talk).await,
        Conduct::LeaveInGuidance(after) => sleep(after).await,
        Conduct::LeaveInQueue(after) => {
            tokio::select! {
                () = waited(&caller.number, phases, after) => {}
                () = talked(media, after) => {}
            }
        }
        Conduct::LeaveWhileRinging(talk) => {
            tokio::select! {
                () = reached(&caller.number, phases, CallPhase::Ringing) => {}
                () = talked(media, talk) => {}
            }
        }
        Conduct::CancelAtOnce => {}
    }
}

async fn talked(media: &Media, talk: Duration) {
    let mut speaker = media.speaker();
    if speaker.wait_for(Option::is_some).await.is_err() {
        std::future::pending::<()>().await;
    }
    sleep(talk).await;
}

async fn reached(number: &str, phases: &mut watch::Receiver<Phases>, phase: CallPhase) {
    if phases.wait_for(|phases| phases.get(number) == Some(&phase)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn left(number: &str, phases: &mut watch::Receiver<Phases>, phase: CallPhase) {
    if phases.wait_for(|phases| phases.get(number) != Some(&phase)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The caller has been in the queue for so long without a seat being rung.
async fn waited(number: &str, phases: &mut watch::Receiver<Phases>, long: Duration) {
    loop {
        reached(number, phases, CallPhase::Waiting).await;
        if timeout(long, left(number, phases, CallPhase::Waiting)).await.is_err() {
            return;
        }
    }
}
