//! What goes into the stack and what comes out of it: peers, commands, events, changes of dialogs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::dialog::DialogState;
use super::message::{HeaderName, NameAddr, Request, Response, Uri};

/// Names a dialog, from its INVITE on, also before it is one to RFC 3261 (the answer to INVITE makes it).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DialogKey(pub u64);

/// Names a transaction that the owner of the stack answers itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TransactionKey(pub u64);

/// Names an OPTIONS of the owner's out of any dialog.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AskKey(pub u64);

/// Names a connection of the transport.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId(pub u64);

/// How a message travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// In a datagram.
    Udp,
    /// Over a connection that is open.
    Tcp(ConnectionId),
    /// Over a connection to the remote address, opened if there is none.
    TcpNew,
}

impl Transport {
    /// Whether the transport itself retransmits, so that transactions need not (RFC 3261 section 17).
    pub const fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp(_) | Self::TcpNew => true,
        }
    }

    /// As it is written into Via.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp(_) | Self::TcpNew => "TCP",
        }
    }
}

/// Both ends of a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer {
    /// How.
    pub transport: Transport,
    /// Our socket.
    pub local: SocketAddr,
    /// Theirs.
    pub remote: SocketAddr,
}

/// A message to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transmit {
    /// Where to.
    pub peer: Peer,
    /// The message; shared with the retransmissions to come.
    pub bytes: Arc<[u8]>,
}

/// How the peer asked to change the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReofferBy {
    /// By a re-INVITE (RFC 3261 section 14).
    Reinvite,
    /// By an UPDATE (RFC 3311).
    Update,
}

/// Why a dialog is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DialogEnd {
    /// The peer sent BYE.
    ByPeer,
    /// Our BYE got its final answer, or none within Timer F.
    Released,
    /// Our 2xx got no ACK within 64·T1 (RFC 3261 section 13.3.1.4).
    AckMissing,
    /// The session was not refreshed in time (RFC 4028 section 10).
    SessionExpired,
    /// A request of ours within the dialog got 481, or 408, which stands for no answer too (RFC 3261 section 12.2.1.2).
    PeerGone(u16),
}

/// What the stack tells its owner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SipEvent {
    /// An INVITE out of any dialog that passed the generic checks. 100 goes out unless it is answered in the same turn.
    InviteArrived {
        /// Its name from now on.
        dialog: DialogKey,
        /// The request, with the source noted in its top Via.
        request: Arc<Request>,
        /// Whence.
        peer: Peer,
    },
    /// An INVITE out of any dialog that passed the generic checks and got 503, because the stack was full. Nothing is kept of
    /// it, so its retransmission is one more. [`super::SipStack::is_overloaded`] tells when the stack is not full any more.
    InviteTurnedAway {
        /// The request.
        request: Box<Request>,
        /// Whence.
        peer: Peer,
    },
    /// The caller gave up before our final answer; 200 to CANCEL (or BYE) and 487 to INVITE are sent.
    InviteCancelled {
        /// The dialog, which is forgotten.
        dialog: DialogKey,
    },
    /// The first ACK for our 2xx to INVITE.
    InviteAcked {
        /// The dialog.
        dialog: DialogKey,
        /// The ACK's SDP: the answer, if ours was the offer.
        sdp: Option<Vec<u8>>,
    },
    /// No ACK came for our 2xx within 64·T1; BYE is sent, and `DialogEnded` follows.
    AckMissing {
        /// The dialog.
        dialog: DialogKey,
    },
    /// A provisional response other than 100 to our INVITE.
    Ringing {
        /// The dialog.
        dialog: DialogKey,
        /// 180 to 199.
        status: u16,
        /// Its SDP (early media).
        sdp: Option<Vec<u8>>,
    },
    /// The first 2xx to our INVITE; ACK is sent.
    Answered {
        /// The dialog.
        dialog: DialogKey,
        /// The answer.
        sdp: Option<Vec<u8>>,
    },
    /// Our INVITE failed. Should a 2xx come all the same, the stack sends ACK and BYE by itself.
    Rejected {
        /// The dialog, which is forgotten.
        dialog: DialogKey,
        /// The final status; 408 for Timer B, 487 after our cancel, 503 for a failed transport.
        status: u16,
        /// The transport failed; no peer said so.
        by_transport: bool,
    },
    /// The peer wants to change or refresh the session with an offer, to be answered by `AnswerReoffer` or
    /// `RejectReoffer`. A refresh without SDP (UPDATE) is answered by the stack and not told.
    Reoffered {
        /// The dialog.
        dialog: DialogKey,
        /// The offer; `None`: a re-INVITE that asks for ours.
        sdp: Option<Vec<u8>>,
        /// How.
        by: ReofferBy,
    },
    /// The ACK of a re-INVITE that we answered.
    ReofferAcked {
        /// The dialog.
        dialog: DialogKey,
        /// The answer, if ours was the offer.
        sdp: Option<Vec<u8>>,
    },
    /// The final answer to our own re-INVITE.
    ReofferAnswered {
        /// The dialog.
        dialog: DialogKey,
        /// The SDP of the 2xx, or the status that refused it.
        result: Result<Option<Vec<u8>>, u16>,
    },
    /// The dialog is over and its key forgotten.
    DialogEnded {
        /// The dialog.
        dialog: DialogKey,
        /// Why.
        end: DialogEnd,
    },
    /// REGISTER or OPTIONS out of any dialog, to be answered by `Respond`.
    RequestArrived {
        /// What `Respond` names.
        transaction: TransactionKey,
        /// The request.
        request: Arc<Request>,
        /// Whence.
        peer: Peer,
    },
    /// The final answer to an `Ask`.
    AskAnswered {
        /// Which.
        ask: AskKey,
        /// Its status: 405, 481 and 404 too say that somebody is there.
        status: u16,
    },
    /// An `Ask` that nobody answered.
    AskUnanswered {
        /// Which.
        ask: AskKey,
        /// It could not be sent; else the wait is over.
        by_transport: bool,
    },
    /// A digit by INFO (`application/dtmf-relay`); 200 is sent.
    InfoDigit {
        /// The dialog.
        dialog: DialogKey,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
}

/// What the owner orders. An order for a dialog that is over, or that does not fit its state, is counted and ignored:
/// the peer may always have been faster.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one command is alive at a time, and none is stored")]
pub enum SipCommand {
    /// A provisional answer to an INVITE that arrived.
    Provisional {
        /// The dialog.
        dialog: DialogKey,
        /// 101 to 199.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// Early media.
        sdp: Option<Vec<u8>>,
    },
    /// 200 to an INVITE that arrived.
    Accept {
        /// The dialog.
        dialog: DialogKey,
        /// The answer, or our offer if the INVITE had none.
        sdp: Vec<u8>,
    },
    /// A final answer of 300 to 699 to an INVITE that arrived. The dialog is forgotten.
    Reject {
        /// The dialog.
        dialog: DialogKey,
        /// The status.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// Further headers.
        headers: Vec<(HeaderName, Vec<u8>)>,
    },
    /// As `Reject`, and nothing is kept: neither for its ACK nor for the INVITE's retransmission.
    RejectStateless {
        /// The dialog.
        dialog: DialogKey,
        /// The status.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// Further headers.
        headers: Vec<(HeaderName, Vec<u8>)>,
    },
    /// Forgets an INVITE that arrived without any answer.
    Drop {
        /// The dialog.
        dialog: DialogKey,
    },
    /// As `Respond`, and nothing is kept for the request's retransmission, which is answered anew (RFC 3261 section
    /// 8.2.7). For what anybody may send: a flood of it must not use up the transactions of those who call.
    RespondStateless {
        /// Which.
        transaction: TransactionKey,
        /// The answer; a To tag is added where it has none.
        response: Response,
    },
    /// Answers a `RequestArrived`.
    Respond {
        /// Which.
        transaction: TransactionKey,
        /// The answer; a To tag is added where it has none.
        response: Response,
    },
    /// Calls out.
    Invite {
        /// From [`super::SipStack::next_dialog`].
        dialog: DialogKey,
        /// The next hop.
        peer: Peer,
        /// The Request-URI.
        request_uri: Uri,
        /// From, without tag.
        from: NameAddr,
        /// To, without tag.
        to: NameAddr,
        /// The route set that is known beforehand (Path of a registration).
        route: Vec<NameAddr>,
        /// Our offer.
        sdp: Option<Vec<u8>>,
        /// Further headers.
        headers: Vec<(HeaderName, Vec<u8>)>,
    },
    /// Gives up an `Invite`; `Rejected` follows, with 487 as a rule.
    Cancel {
        /// The dialog.
        dialog: DialogKey,
    },
    /// Ends a dialog, in whatever state it is; `DialogEnded` (or `Rejected`) follows.
    Bye {
        /// The dialog.
        dialog: DialogKey,
        /// The value of a Reason header (RFC 3326).
        reason: Option<String>,
    },
    /// 200 to a `Reoffered`.
    AnswerReoffer {
        /// The dialog.
        dialog: DialogKey,
        /// The answer, or our offer if the re-INVITE had none.
        sdp: Vec<u8>,
    },
    /// A refusal of a `Reoffered`; the session stays as it was.
    RejectReoffer {
        /// The dialog.
        dialog: DialogKey,
        /// The status, 488 as a rule.
        status: u16,
        /// Further headers.
        headers: Vec<(HeaderName, Vec<u8>)>,
    },
    /// A re-INVITE of ours; `ReofferAnswered` follows.
    Reinvite {
        /// The dialog.
        dialog: DialogKey,
        /// Our offer.
        sdp: Vec<u8>,
    },
    /// OPTIONS within the dialog: 481, 408, or a failed transport ends it (R-L10).
    Probe {
        /// The dialog.
        dialog: DialogKey,
    },
    /// OPTIONS out of any dialog (RFC 3261 section 11): `AskAnswered` or `AskUnanswered` follows.
    Ask {
        /// What the answer will be named by.
        ask: AskKey,
        /// Whom.
        peer: Peer,
        /// The Request-URI.
        request_uri: Uri,
        /// How long an answer is waited for: Timer F at most.
        wait: Duration,
    },
    /// BYE in a dialog of the process's life before, sent until it is answered or given up. No event follows.
    ByeStored {
        /// The dialog as it was journalled.
        state: Box<DialogState>,
    },
}

/// A dialog as it must be known after a crash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DialogChange {
    /// It was made, or changed.
    Saved {
        /// Which.
        dialog: DialogKey,
        /// As it is now.
        state: Box<DialogState>,
    },
    /// It is over.
    Ended {
        /// Which.
        dialog: DialogKey,
    },
}

impl DialogChange {
    /// The dialog that changed.
    pub const fn dialog(&self) -> DialogKey {
        match self {
            Self::Saved { dialog, .. } | Self::Ended { dialog } => *dialog,
        }
    }
}
