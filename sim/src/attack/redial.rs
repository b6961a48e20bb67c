//! One caller at the carrier who redials without end: every second time he cancels, else he hangs up at the answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::flood::Tally;
use super::house::PROBE_NUMBER;
use super::talks::invitation;
use crate::loopback::CARRIER;
use crate::sip::{Endpoint, Progress};

/// Calls in all.
pub(super) const CALLS: u32 = 1_000;

/// From one to the next: fifty a second.
pub(super) const EVERY: Duration = Duration::from_millis(20);

/// Dials; the tally has the final answers to INVITE.
///
/// # Errors
/// If a socket cannot be had, or a call did not go as SIP has it.
pub(super) async fn run(switch: SocketAddr, seed: u64) -> Result<Tally, String> {
    let (carrier, _no_calls) = Endpoint::bind(SocketAddr::new(CARRIER, 0), seed ^ 0x2ed1a1)
        .await
        .map_err(|error| error.to_string())?;
    let sink = UdpSocket::bind(SocketAddr::new(CARRIER, 0)).await.map_err(|error| error.to_string())?;
    let media = sink.local_addr().map_err(|error| error.to_string())?;
    let sink = Arc::new(sink);
    let hearing = Arc::clone(&sink);
    let ear = tokio::spawn(async move {
        let mut buffer = [0; 2_048];
        while hearing.recv_from(&mut buffer).await.is_ok() {}
    });
    let mut calls = JoinSet::new();
    let mut clock = interval(EVERY);
    for index in 0..CALLS {
        clock.tick().await;
        calls.spawn(call(carrier.clone(), switch, media, index.is_multiple_of(2)));
    }
    let mut tally = Tally { sent: CALLS.into(), ..Tally::default() };
    let mut answers = BTreeMap::<u16, u64>::new();
    while let Some(end) = calls.join_next().await {
        let status = end.map_err(|error| format!("a redialling caller: {error}"))??;
        *answers.entry(status).or_default() += 1;
    }
    ear.abort();
    tally.answers = answers;
    Ok(tally)
}

async fn call(
    carrier: Endpoint,
    switch: SocketAddr,
    media: SocketAddr,
    cancels: bool,
) -> Result<u16, String> {
    let text = |error: crate::sip::SipError| format!("a redialling caller: {error}");
    let mut call = carrier
        .invite(invitation(&carrier, switch, PROBE_NUMBER, "09000000050", media))
        .await
        .map_err(text)?;
    if cancels {
        call.cancel();
    }
    loop {
        match call.next().await.map_err(text)? {
            Progress::Provisional(_) => {}
            Progress::Answered(dialog, _) => {
                dialog.hang_up().await.map_err(text)?;
                return Ok(200);
            }
            Progress::Refused(status) => return Ok(status),
        }
    }
}
