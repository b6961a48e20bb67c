//! Dialogs between the SIP stack and the journal, which keeps them so that a restart can end them.

use acd_core::{Pii, Timestamp};
use sip_gateway::bridge::DialogRecord;
use sip_gateway::sip::{DialogRole, DialogState, Peer, Transport};

use crate::journal;

/// A row of the journal that cannot be made a dialog again.
#[derive(Debug, thiserror::Error)]
#[error("{field} of leg {leg} cannot be read")]
pub(super) struct DialogRowFault {
    field: &'static str,
    leg: String,
}

/// What the journal keeps of a change.
pub(super) fn change_of(now: Timestamp, record: &DialogRecord) -> journal::DialogChange {
    match &record.change {
        sip_gateway::sip::DialogChange::Ended { .. } => {
            journal::DialogChange::Closed { leg: record.leg.leg, at: now }
        }
        sip_gateway::sip::DialogChange::Saved { state, .. } => {
            journal::DialogChange::Put(Box::new(row_of(now, record, state)))
        }
    }
}

fn row_of(now: Timestamp, record: &DialogRecord, state: &DialogState) -> journal::DialogRow {
    journal::DialogRow {
        leg: record.leg.leg,
        sip_call_id: state.call_id.clone(),
        local_tag: state.local_tag.clone(),
        remote_tag: (!state.remote_tag.is_empty()).then(|| state.remote_tag.clone()),
        local_cseq: state.local_cseq,
        remote_cseq: state.remote_cseq,
        route_set: state.route_set.iter().map(|route| String::from_utf8_lossy(route).into_owned()).collect(),
        remote_target: Pii::new(state.remote_target.clone()),
        local_uri: Pii::new(state.local.clone()),
        remote_uri: Pii::new(state.remote.clone()),
        transport: state.peer.transport.name().to_owned(),
        local_address: state.peer.local.to_string(),
        remote_address: state.peer.remote.to_string(),
        rtp_port: record.leg.rtp.map(|rtp| rtp.port()),
        state: state_text(state),
        updated: now,
    }
}

/// As a person reads it in the table: `uas confirmed`, `uac early at peer`.
fn state_text(state: &DialogState) -> String {
    let role = match state.role {
        DialogRole::Uas => "uas",
        DialogRole::Uac => "uac",
    };
    let stage = if state.early { "early" } else { "confirmed" };
    let way = if state.target_is_peer { AT_PEER } else { "" };
    format!("{role} {stage}{way}")
}

/// Requests go where the peer was reached, not where its Contact says.
const AT_PEER: &str = " at peer";

/// The dialog of a row, good enough to send BYE in it.
pub(super) fn state_of(row: &journal::DialogRow) -> Result<DialogState, DialogRowFault> {
    let fault = |field| DialogRowFault { field, leg: format!("{:?}", row.leg) };
    let local = row.local_address.parse().map_err(|_| fault("local_address"))?;
    let remote = row.remote_address.parse().map_err(|_| fault("remote_address"))?;
    // A connection of the life before is gone: a new one is opened.
    let transport = match row.transport.as_str() {
        "UDP" => Transport::Udp,
        "TCP" => Transport::TcpNew,
        _ => return Err(fault("transport")),
    };
    let (state, target_is_peer) = match row.state.strip_suffix(AT_PEER) {
        Some(state) => (state, true),
        None => (row.state.as_str(), false),
    };
    let (role, early) = match state {
        "uas early" => (DialogRole::Uas, true),
        "uas confirmed" => (DialogRole::Uas, false),
        "uac early" => (DialogRole::Uac, true),
        "uac confirmed" => (DialogRole::Uac, false),
        _ => return Err(fault("state")),
    };
    Ok(DialogState {
        role,
        early,
        call_id: row.sip_call_id.clone(),
        local_tag: row.local_tag.clone(),
        remote_tag: row.remote_tag.clone().unwrap_or_default(),
        local: row.local_uri.reveal().clone(),
        remote: row.remote_uri.reveal().clone(),
        local_cseq: row.local_cseq,
        remote_cseq: row.remote_cseq,
        route_set: row.route_set.iter().map(|route| route.clone().into_bytes()).collect(),
        remote_target: row.remote_target.reveal().clone(),
        peer: Peer { transport, local, remote },
        target_is_peer,
        local_sdp: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::{CallId, LegId};
    use sip_gateway::bridge::LegRecord;
    use sip_gateway::sip::{DialogChange, DialogKey};

    #[test]
    fn a_dialog_comes_back_from_its_row_as_it_was() {
        let state = DialogState {
            role: DialogRole::Uas,
            early: false,
            call_id: b"a@b".to_vec(),
            local_tag: b"ours".to_vec(),
            remote_tag: b"theirs".to_vec(),
            local: b"<sip:1@a>;tag=ours".to_vec(),
            remote: b"<sip:2@b>;tag=theirs".to_vec(),
            local_cseq: 7,
            remote_cseq: Some(3),
            route_set: vec![b"<sip:p;lr>".to_vec()],
            remote_target: b"sip:2@192.0.2.1".to_vec(),
            peer: Peer {
                transport: Transport::Udp,
                local: "127.0.0.1:5060".parse().unwrap(),
                remote: "127.0.0.2:5070".parse().unwrap(),
            },
            target_is_peer: true,
            local_sdp: Vec::new(),
        };
        let record = DialogRecord {
            leg: LegRecord { leg: LegId::Caller(CallId(9)), rtp: None },
            change: DialogChange::Saved { dialog: DialogKey(1), state: Box::new(state.clone()) },
        };
        let journal::DialogChange::Put(row) = change_of(Timestamp::from_millis(1), &record) else {
            panic!("a saved dialog is put")
        };
        assert_eq!(state_of(&row).unwrap(), state);
    }
}
