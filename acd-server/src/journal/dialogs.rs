//! The SIP dialogs that are open, so that a life after a crash can end them (R-L9).

use acd_core::{CallId, LegId, PartyId, Pii, RingId, Timestamp};
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params};

/// What is needed to send a request within a dialog (RFC 3261 section 12), and to find its media.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialogRow {
    /// Whose dialog it is.
    pub leg: LegId,
    /// Call-ID.
    pub sip_call_id: Vec<u8>,
    /// Our tag.
    pub local_tag: Vec<u8>,
    /// The peer's tag.
    pub remote_tag: Option<Vec<u8>>,
    /// The CSeq of our last request.
    pub local_cseq: u32,
    /// The CSeq of the peer's last request.
    pub remote_cseq: Option<u32>,
    /// The routes of our requests, first hop first.
    pub route_set: Vec<String>,
    /// Where our requests go: the peer's Contact.
    pub remote_target: Pii<Vec<u8>>,
    /// Our side as From or To has it.
    pub local_uri: Pii<Vec<u8>>,
    /// The peer's side as To or From has it.
    pub remote_uri: Pii<Vec<u8>>,
    /// By which transport, in the gateway's words.
    pub transport: String,
    /// Our signalling address.
    pub local_address: String,
    /// The peer's signalling address.
    pub remote_address: String,
    /// Our RTP port, once there is one.
    pub rtp_port: Option<u16>,
    /// Which side we are and how far the dialog is, in the gateway's words.
    pub state: String,
    /// When this was so.
    pub updated: Timestamp,
}

/// What became of a dialog.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DialogChange {
    /// It was made, or something in it is new. Boxed, since most batches have none.
    Put(Box<DialogRow>),
    /// It has ended.
    Closed {
        /// Whose it was.
        leg: LegId,
        /// When.
        at: Timestamp,
    },
}

impl DialogChange {
    pub(super) const fn leg(&self) -> LegId {
        match self {
            Self::Put(row) => row.leg,
            Self::Closed { leg, .. } => *leg,
        }
    }
}

pub(super) fn apply(connection: &Connection, change: &DialogChange) -> rusqlite::Result<()> {
    match change {
        DialogChange::Put(row) => put(connection, row),
        DialogChange::Closed { leg, at } => {
            connection
                .prepare_cached(
                    "UPDATE dialogs SET closed = 1, updated_ms = ?3 WHERE call = ?1 AND leg = ?2",
                )?
                .execute(params![leg.call().0, leg_name(*leg), at.as_millis()])?;
            Ok(())
        }
    }
}

fn put(connection: &Connection, row: &DialogRow) -> rusqlite::Result<()> {
    let route_set = serde_json::to_string(&row.route_set)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO dialogs (call, leg, sip_call_id, local_tag, remote_tag, local_cseq, remote_cseq,
                 route_set, remote_target, local_uri, remote_uri, transport, local_address, remote_address, rtp_port,
                 state, updated_ms, closed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0)",
        )?
        .execute(params![
            row.leg.call().0,
            leg_name(row.leg),
            SipBytes::of(&row.sip_call_id),
            SipBytes::of(&row.local_tag),
            row.remote_tag.as_deref().map(SipBytes::of),
            row.local_cseq,
            row.remote_cseq,
            route_set,
            SipBytes::of(row.remote_target.reveal()),
            SipBytes::of(row.local_uri.reveal()),
            SipBytes::of(row.remote_uri.reveal()),
            row.transport,
            row.local_address,
            row.remote_address,
            row.rtp_port,
            row.state,
            row.updated.as_millis(),
        ])?;
    Ok(())
}

/// The dialogs that were open when the life before ended, by call.
pub(super) fn open(connection: &Connection) -> rusqlite::Result<Vec<DialogRow>> {
    connection
        .prepare(
            "SELECT call, leg, sip_call_id, local_tag, remote_tag, local_cseq, remote_cseq, route_set, remote_target,
                 local_uri, remote_uri, transport, local_address, remote_address, rtp_port, state, updated_ms
             FROM dialogs WHERE closed = 0 ORDER BY call, leg",
        )?
        .query_map([], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<DialogRow> {
    let leg: String = row.get(1)?;
    let leg = parse_leg(CallId(row.get(0)?), &leg)
        .ok_or_else(|| bad(1, format!("'{leg}' is no leg; it is 'caller' or 'seat.' and a number")))?;
    let route_set: String = row.get(7)?;
    Ok(DialogRow {
        leg,
        sip_call_id: row.get::<_, SipBytes>(2)?.0,
        local_tag: row.get::<_, SipBytes>(3)?.0,
        remote_tag: row.get::<_, Option<SipBytes>>(4)?.map(|tag| tag.0),
        local_cseq: row.get(5)?,
        remote_cseq: row.get(6)?,
        route_set: serde_json::from_str(&route_set).map_err(|error| bad(7, error.to_string()))?,
        remote_target: Pii::new(row.get::<_, SipBytes>(8)?.0),
        local_uri: Pii::new(row.get::<_, SipBytes>(9)?.0),
        remote_uri: Pii::new(row.get::<_, SipBytes>(10)?.0),
        transport: row.get(11)?,
        local_address: row.get(12)?,
        remote_address: row.get(13)?,
        rtp_port: row.get(14)?,
        state: row.get(15)?,
        updated: Timestamp::from_millis(row.get(16)?),
    })
}

fn bad(column: usize, what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.into())
}

fn leg_name(leg: LegId) -> String {
    match leg {
        LegId::Caller(_) => "caller".to_owned(),
        LegId::Seat(ring) => format!("seat.{}", ring.attempt),
        LegId::Party(party) => format!("party.{}", party.attempt),
    }
}

fn parse_leg(call: CallId, name: &str) -> Option<LegId> {
    if name == "caller" {
        return Some(LegId::Caller(call));
    }
    if let Some(attempt) = name.strip_prefix("party.") {
        return Some(LegId::Party(PartyId { call, attempt: attempt.parse().ok()? }));
    }
    let attempt = name.strip_prefix("seat.")?.parse().ok()?;
    Some(LegId::Seat(RingId { call, attempt }))
}

/// A header's bytes: text for the person who reads the table, a blob where a peer sent what is no UTF-8.
struct SipBytes(Vec<u8>);

impl SipBytes {
    fn of(bytes: &[u8]) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(match std::str::from_utf8(bytes) {
            Ok(_) => ValueRef::Text(bytes),
            Err(_) => ValueRef::Blob(bytes),
        })
    }
}

impl FromSql for SipBytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_bytes().map(|bytes| Self(bytes.to_vec()))
    }
}
