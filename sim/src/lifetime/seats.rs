//! The seats of a lifetime: one endpoint that answers at once, refuses or lets ring as the caller's number says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::cast::Kind;
use super::voices::Voices;
use crate::sip::{DialogEvent, Endpoint, IncomingCall, SipError, sdp};

/// How long a seat talks before it hangs up.
const TALK: Duration = Duration::from_millis(200);

/// Answers for ever; ends with the receiver.
pub(super) async fn answer(endpoint: Endpoint, mut calls: mpsc::Receiver<IncomingCall>, voices: Arc<Voices>) {
    let mut refused = BTreeSet::<String>::new();
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            call = calls.recv() => {
                let Some(call) = call else { return };
                let caller = call.caller();
                let kind = Kind::of_caller(&caller).unwrap_or(Kind::Talk);
                // Each such caller is refused by the first seat alone.
                let refuses = kind == Kind::SeatRefuses && refused.insert(caller.clone());
                if kind == Kind::SeatRefuses && !refuses {
                    refused.remove(&caller);
                }
                talks.spawn(one(endpoint.clone(), call, kind, refuses, Arc::clone(&voices)));
            }
            // What goes wrong at a seat is seen by the caller, whose call does not end as it should.
            Some(_) = talks.join_next() => {}
        }
    }
}

async fn one(
    endpoint: Endpoint,
    call: IncomingCall,
    kind: Kind,
    refuses: bool,
    voices: Arc<Voices>,
) -> Result<(), SipError> {
    if refuses {
        return call.refuse(486).await;
    }
    call.ring().await?;
    if kind == Kind::LeavesWhileRinging {
        call.cancelled().await;
        return Ok(());
    }
    let remote = call.remote();
    let session = sdp::describe(voices.local, endpoint.random());
    let Some(mut dialog) = call.accept(session).await? else { return Ok(()) };
    let speaking = async {
        if let Some(remote) = remote {
            voices.speak(remote, TALK).await;
        }
        if kind != Kind::SeatHangsUp {
            std::future::pending::<()>().await;
        }
    };
    tokio::pin!(speaking);
    loop {
        tokio::select! {
            () = &mut speaking => break,
            event = dialog.next() => match event? {
                DialogEvent::HungUp => return Ok(()),
                DialogEvent::MediaChanged(_) => {}
            },
        }
    }
    dialog.hang_up().await
}
