//! Ten calls in progress: each a caller at the carrier and a nurse at her seat who speak and listen all the time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::house::{TALKERS, TALKS_NUMBER};
use crate::limits::READY_TIME_MAX;
use crate::loopback::{CARRIER, OFFICE};
use crate::media::{Listened, Media, PersonId};
use crate::sip::{Credentials, Dialog, DialogEvent, Endpoint, Invitation, Progress, Registration, sdp};

/// How long the seats ask to be registered for, in seconds.
const REGISTRATION_S: u32 = 300;

/// How often they refresh it: often, so that refreshes fall into every attack.
const REFRESH_EVERY: Duration = Duration::from_secs(5);

/// The calls.
#[derive(Debug)]
pub(super) struct Talks {
    parties: Vec<Party>,
    over: watch::Sender<bool>,
    /// RTP sockets of the switch towards the callers.
    pub(super) switch_media: Vec<SocketAddr>,
    _carrier: Endpoint,
}

/// One end of a call.
#[derive(Debug)]
struct Party {
    name: String,
    media: Arc<Media>,
    /// Whether the call ended though nobody here hung up.
    cut: Arc<AtomicBool>,
    task: JoinHandle<Result<(), String>>,
}

/// What all of them heard since the last look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Hearing {
    /// Packets, losses, late ones, and the longest gap that anybody heard.
    pub(super) all: Listened,
    /// Streams in which nothing came at all.
    pub(super) deaf: usize,
}

impl Talks {
    /// Registers the seats, calls them, and waits until everybody hears the other.
    pub(super) async fn begin(switch: SocketAddr, seed: u64) -> Result<Self, String> {
        let (over, end) = watch::channel(false);
        let (carrier, _no_calls) =
            Endpoint::bind(SocketAddr::new(CARRIER, 0), seed).await.map_err(|error| error.to_string())?;
        let mut talks =
            Self { parties: Vec::new(), over, switch_media: Vec::new(), _carrier: carrier.clone() };
        for number in TALKERS {
            let seat = seat(switch, number, seed, end.clone()).await?;
            let (caller, switch_media) = caller(&carrier, switch, number, end.clone()).await?;
            let seat = timeout(READY_TIME_MAX, seat)
                .await
                .map_err(|_| format!("seat{number} was not rung in time"))?
                .map_err(|_| format!("seat{number} ended before it was rung"))?;
            talks.parties.extend([caller, seat]);
            talks.switch_media.push(switch_media);
        }
        for party in &talks.parties {
            let mut speaker = party.media.speaker();
            timeout(READY_TIME_MAX, speaker.wait_for(Option::is_some))
                .await
                .map_err(|_| format!("{} hears nobody", party.name))?
                .map_err(|_| format!("the ear of {} is gone", party.name))?;
        }
        talks.look();
        Ok(talks)
    }

    /// What was heard since the last look.
    pub(super) fn look(&self) -> Hearing {
        let mut hearing = Hearing::default();
        for party in &self.parties {
            let heard = party.media.look();
            hearing.all.packets += heard.packets;
            hearing.all.lost += heard.lost;
            hearing.all.late += heard.late;
            hearing.all.gap_max = hearing.all.gap_max.max(heard.gap_max);
            hearing.deaf += usize::from(heard.packets == 0);
        }
        hearing
    }

    /// Calls that ended though nobody here hung up, and seats that failed.
    pub(super) fn cut(&self) -> Vec<String> {
        let cut =
            self.parties.iter().filter(|party| party.cut.load(Ordering::Relaxed) || party.task.is_finished());
        cut.map(|party| party.name.clone()).collect()
    }

    /// Hangs up everywhere. What went wrong meanwhile, one sentence each.
    pub(super) async fn end(self) -> Vec<String> {
        self.over.send_replace(true);
        let mut problems = Vec::new();
        for party in self.parties {
            match timeout(READY_TIME_MAX, party.task).await {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(what))) => problems.push(format!("{}: {what}", party.name)),
                Ok(Err(error)) => problems.push(format!("{}: {error}", party.name)),
                Err(_) => problems.push(format!("{} did not come to an end", party.name)),
            }
        }
        problems
    }
}

async fn caller(
    carrier: &Endpoint,
    switch: SocketAddr,
    number: u32,
    over: watch::Receiver<bool>,
) -> Result<(Party, SocketAddr), String> {
    let name = format!("caller {number}");
    let failed = |what: String| format!("caller {number}: {what}");
    let media = Media::open(CARRIER, PersonId::Caller(number), [PersonId::Seat(number)])
        .await
        .map_err(|error| failed(error.to_string()))?;
    let media = Arc::new(media);
    let invitation = invitation(carrier, switch, TALKS_NUMBER, &format!("090{number:08}"), media.local());
    let mut call = carrier.invite(invitation).await.map_err(|error| failed(error.to_string()))?;
    loop {
        match call.next().await.map_err(|error| failed(error.to_string()))? {
            Progress::Provisional(_) => {}
            Progress::Answered(dialog, Some(remote)) => {
                media.speak(remote);
                let cut = Arc::new(AtomicBool::new(false));
                let task = tokio::spawn(stay(*dialog, Arc::clone(&media), Arc::clone(&cut), over));
                return Ok((Party { name, media, cut, task }, remote.media));
            }
            Progress::Answered(_, None) => return Err(failed("the 200 has no session".to_owned())),
            Progress::Refused(status) => return Err(failed(format!("answered {status}"))),
        }
    }
}

/// An INVITE to a number of the attacked switch.
pub(super) fn invitation(
    from: &Endpoint,
    switch: SocketAddr,
    dialled: &str,
    caller: &str,
    media: SocketAddr,
) -> Invitation {
    Invitation {
        peer: switch,
        to: format!("sip:{dialled}@{switch}"),
        from: format!("sip:{caller}@{}", from.local().ip()),
        user: caller.to_owned(),
        session: sdp::describe(media, from.random()),
        credentials: None,
    }
}

/// A seat that is registered; once it is rung it answers and comes out of the channel.
async fn seat(
    switch: SocketAddr,
    number: u32,
    seed: u64,
    over: watch::Receiver<bool>,
) -> Result<oneshot::Receiver<Party>, String> {
    let text = move |error: crate::sip::SipError| format!("seat{number}: {error}");
    let bind = SocketAddr::new(OFFICE, 0);
    let (endpoint, mut calls) = Endpoint::bind(bind, seed ^ u64::from(number)).await.map_err(text)?;
    let credentials = Credentials { user: format!("seat{number}"), password: format!("demo-{number}") };
    let mut registration = Registration::new(endpoint.clone(), switch, credentials);
    registration.register(REGISTRATION_S).await.map_err(text)?;
    let media = Media::open(OFFICE, PersonId::Seat(number), [PersonId::Caller(number)])
        .await
        .map_err(|error| error.to_string())?;
    let media = Arc::new(media);
    let (rung, party) = oneshot::channel();
    let (tell, told) = oneshot::channel::<JoinHandle<Result<(), String>>>();
    let cut = Arc::new(AtomicBool::new(false));
    let (own_media, own_cut) = (Arc::clone(&media), Arc::clone(&cut));
    let life = tokio::spawn(async move {
        let call = calls.recv().await.ok_or("nobody called")?;
        let remote = call.remote().ok_or("the switch's INVITE has no session")?;
        call.ring().await.map_err(text)?;
        let session = sdp::describe(own_media.local(), endpoint.random());
        let dialog = call.accept(session).await.map_err(text)?.ok_or("cancelled while ringing")?;
        own_media.speak(remote);
        if let Ok(task) = told.await {
            let party = Party {
                name: format!("seat{number}"),
                media: Arc::clone(&own_media),
                cut: Arc::clone(&own_cut),
                task,
            };
            // Who gave up waiting has said so.
            let _ = rung.send(party);
        }
        let refreshing = refresh(&mut registration);
        tokio::select! {
            ended = stay(dialog, own_media, own_cut, over) => ended,
            failed = refreshing => failed,
        }?;
        registration.register(0).await.map_err(text)
    });
    // The party holds its own task, so that its end is seen.
    let _ = tell.send(life);
    Ok(party)
}

/// Refreshes for ever; comes back with what went wrong.
async fn refresh(registration: &mut Registration) -> Result<(), String> {
    let mut clock = interval(REFRESH_EVERY);
    clock.tick().await;
    loop {
        clock.tick().await;
        registration
            .register(REGISTRATION_S)
            .await
            .map_err(|error| format!("a refresh of its registration failed: {error}"))?;
    }
}

/// Stays in the call until it is over.
async fn stay(
    mut dialog: Dialog,
    media: Arc<Media>,
    cut: Arc<AtomicBool>,
    mut over: watch::Receiver<bool>,
) -> Result<(), String> {
    loop {
        let event = tokio::select! {
            // A sender that is gone is an end too.
            _ = over.wait_for(|over| *over) => None,
            event = dialog.next() => Some(event.map_err(|error| error.to_string())?),
        };
        match event {
            None => break,
            Some(DialogEvent::MediaChanged(remote)) => media.speak(remote),
            // Both ends are told that it is over, and one of the two is quicker.
            Some(DialogEvent::HungUp) if *over.borrow() => return Ok(()),
            Some(DialogEvent::HungUp) => {
                cut.store(true, Ordering::Relaxed);
                return Err("the switch hung up in the middle of the talk".to_owned());
            }
        }
    }
    match dialog.hang_up().await {
        Ok(()) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
