//! A nurse's seat: registers, logs in, is rung, answers or does not, talks, and tells what was heard.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::limits::STAR_CODE_TIME_MAX;
use crate::media::{Heard, Media, PersonId};
use crate::sip::{
    Credentials, DialogEvent, Endpoint, IncomingCall, Invitation, Progress, Registration, SipError, Tap, sdp,
};

/// How long a registration is asked for, in seconds; it is refreshed at half of it.
const REGISTRATION_S: u32 = 300;

/// One seat.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The seat's number, which decides its voice (`seat117`: 117).
    pub number: u32,
    /// Name and password.
    pub credentials: Credentials,
    /// Whether the agent logs in by star codes (R-S2), or is logged in by registering.
    pub star_codes: bool,
    /// How the agent takes rings.
    pub manners: Manners,
    /// Decides what is left open by the manners.
    pub seed: u64,
    /// The callers whose voices the seat knows.
    pub callers: Vec<PersonId>,
    /// Who is told of every message that passes its socket.
    pub tap: Option<Tap>,
}

/// How an agent takes rings. Shares are of all rings, 0 to 1.
#[derive(Clone, Debug)]
pub struct Manners {
    /// How long the phone rings before it is answered.
    pub answer_after_ms: RangeInclusive<u64>,
    /// How often a ring is refused (486).
    pub refuse: f64,
    /// How often a ring is not answered at all.
    pub ignore: f64,
    /// How often the seat hangs up by itself, and after which talk.
    pub hang_up: f64,
    /// How long such a talk lasts.
    pub talk_ms: RangeInclusive<u64>,
}

/// What a seat tells.
#[derive(Clone, Debug)]
pub enum SeatReport {
    /// It is registered and logged in.
    Ready {
        /// Which seat.
        seat: u32,
    },
    /// It was rung and did not answer.
    NotAnswered {
        /// Which seat.
        seat: u32,
        /// Refused with 486; else it rang until the switch gave up.
        refused: bool,
    },
    /// It talked.
    Talked(Box<SeatTalk>),
    /// Something did not go as SIP has it; holds a sentence.
    Failed {
        /// Which seat.
        seat: u32,
        /// What.
        what: String,
    },
}

/// One talk as the seat heard it.
#[derive(Clone, Debug)]
pub struct SeatTalk {
    /// Which seat.
    pub seat: u32,
    /// The caller's number as the phone showed it.
    pub caller: String,
    /// Whether the seat hung up first.
    pub hung_up: bool,
    /// The first caller whose voice was recognised.
    pub spoke_with: Option<PersonId>,
    /// What was heard.
    pub heard: Heard,
    /// Packets spoken.
    pub packets_sent: u64,
}

/// The seat's life, until `over` becomes true and no call is left.
pub async fn run(
    seat: Seat,
    bind: SocketAddr,
    switch: SocketAddr,
    reports: mpsc::Sender<SeatReport>,
    over: watch::Receiver<bool>,
) {
    let number = seat.number;
    if let Err(error) = (Life { seat, switch, reports: reports.clone() }).live(bind, over).await {
        // A demo that is over does not listen any more.
        let _ = reports.send(SeatReport::Failed { seat: number, what: error }).await;
    }
}

/// Waits for the end; a sender that is gone is an end too.
async fn ended(over: &mut watch::Receiver<bool>) {
    let _ = over.wait_for(|over| *over).await;
}

struct Life {
    seat: Seat,
    switch: SocketAddr,
    reports: mpsc::Sender<SeatReport>,
}

impl Life {
    async fn live(self, bind: SocketAddr, mut over: watch::Receiver<bool>) -> Result<(), String> {
        let text = |error: SipError| error.to_string();
        let mut rng = ChaCha8Rng::seed_from_u64(self.seat.seed);
        let (endpoint, mut calls) =
            Endpoint::bind_tapped(bind, rng.random(), self.seat.tap.clone()).await.map_err(text)?;
        let mut registration =
            Registration::new(endpoint.clone(), self.switch, self.seat.credentials.clone());
        registration.register(REGISTRATION_S).await.map_err(text)?;
        if self.seat.star_codes {
            self.dial(&endpoint, "*11").await?;
            self.dial(&endpoint, "*12").await?;
        }
        self.report(SeatReport::Ready { seat: self.seat.number }).await;
        let half = Duration::from_secs(u64::from(REGISTRATION_S / 2));
        let mut refresh = tokio::time::interval_at(tokio::time::Instant::now() + half, half);
        loop {
            tokio::select! {
                () = ended(&mut over) => break,
                _ = refresh.tick() => registration.register(REGISTRATION_S).await.map_err(text)?,
                Some(call) = calls.recv() => {
                    if !self.rung(&endpoint, call, &mut rng).await? {
                        // The agent comes back to the chair, which the switch took for empty (R-Q6).
                        sleep(Duration::from_millis(rng.random_range(500..=2_000))).await;
                        self.dial(&endpoint, "*12").await?;
                    }
                }
            }
        }
        registration.register(0).await.map_err(text)
    }

    /// One ring. `false`: the seat did not answer though the ring was its to answer.
    async fn rung(
        &self,
        endpoint: &Endpoint,
        call: IncomingCall,
        rng: &mut ChaCha8Rng,
    ) -> Result<bool, String> {
        let text = |error: SipError| error.to_string();
        let manners = &self.seat.manners;
        let mood: f64 = rng.random();
        let answer_after = Duration::from_millis(rng.random_range(manners.answer_after_ms.clone()));
        let hangs_up = rng.random::<f64>() < manners.hang_up;
        let talk = Duration::from_millis(rng.random_range(manners.talk_ms.clone()));
        let seat = self.seat.number;
        call.ring().await.map_err(text)?;
        if mood < manners.refuse {
            call.refuse(486).await.map_err(text)?;
            self.report(SeatReport::NotAnswered { seat, refused: true }).await;
            return Ok(false);
        }
        if mood < manners.refuse + manners.ignore {
            call.cancelled().await;
            self.report(SeatReport::NotAnswered { seat, refused: false }).await;
            return Ok(false);
        }
        tokio::select! {
            () = sleep(answer_after) => {}
            // The caller was quicker, which is not the seat's doing.
            () = call.cancelled() => return Ok(true),
        }
        self.talk(endpoint, call, hangs_up.then_some(talk)).await?;
        Ok(true)
    }

    async fn talk(
        &self,
        endpoint: &Endpoint,
        call: IncomingCall,
        hang_up_after: Option<Duration>,
    ) -> Result<(), String> {
        let text = |error: SipError| error.to_string();
        let caller = call.caller();
        let remote = call.remote();
        let person = PersonId::Seat(self.seat.number);
        let media = Media::open(endpoint.local().ip(), person, self.seat.callers.iter().copied())
            .await
            .map_err(|error| error.to_string())?;
        let session = sdp::describe(media.local(), endpoint.random());
        let Some(mut dialog) = call.accept(session).await.map_err(text)? else { return Ok(()) };
        let Some(remote) = remote else {
            dialog.hang_up().await.map_err(text)?;
            return Err("the switch's INVITE has no session that we can speak".to_owned());
        };
        media.speak(remote);
        let hang_up = async {
            match hang_up_after {
                Some(after) => sleep(after).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(hang_up);
        let hung_up = loop {
            tokio::select! {
                () = &mut hang_up => break true,
                event = dialog.next() => match event.map_err(text)? {
                    DialogEvent::HungUp => break false,
                    DialogEvent::MediaChanged(remote) => media.speak(remote),
                },
            }
        };
        if hung_up {
            dialog.hang_up().await.map_err(text)?;
        }
        let spoke_with = *media.speaker().borrow();
        let (heard, packets_sent) = media.close();
        let seat = self.seat.number;
        let talk = SeatTalk { seat, caller, hung_up, spoke_with, heard, packets_sent };
        self.report(SeatReport::Talked(Box::new(talk))).await;
        Ok(())
    }

    /// Dials a star code and hears its confirmation out (R-S2).
    async fn dial(&self, endpoint: &Endpoint, code: &str) -> Result<(), String> {
        let failed = |what: String| format!("star code {code}: {what}");
        let text = |error: SipError| failed(error.to_string());
        let media = Media::open(endpoint.local().ip(), PersonId::Seat(self.seat.number), [])
            .await
            .map_err(|error| failed(error.to_string()))?;
        let user = &self.seat.credentials.user;
        let invitation = Invitation {
            peer: self.switch,
            to: format!("sip:{code}@{}", self.switch),
            from: format!("sip:{user}@{}", self.switch),
            user: user.clone(),
            session: sdp::describe(media.local(), endpoint.random()),
            credentials: Some(self.seat.credentials.clone()),
        };
        let mut call = endpoint.invite(invitation).await.map_err(text)?;
        loop {
            match call.next().await.map_err(text)? {
                Progress::Provisional(_) => {}
                Progress::Answered(mut dialog, remote) => {
                    if let Some(remote) = remote {
                        media.speak(remote);
                    }
                    let ended = async {
                        while dialog.next().await.map_err(text)? != DialogEvent::HungUp {}
                        Ok::<(), String>(())
                    };
                    return match timeout(STAR_CODE_TIME_MAX, ended).await {
                        Ok(ended) => ended,
                        Err(_) => {
                            dialog.hang_up().await.map_err(text)?;
                            Err(failed("the switch did not hang up after its tone".to_owned()))
                        }
                    };
                }
                Progress::Refused(status) => return Err(failed(format!("answered {status}"))),
            }
        }
    }

    async fn report(&self, report: SeatReport) {
        // A demo that is over does not listen any more.
        let _ = self.reports.send(report).await;
    }
}
