//! Where SIP and media meet the core: every `SipEvent` and `MediaEvent` becomes an `Input`, every `Effect` becomes
//! commands to the SIP stack and the media plane. Both maps are total.
//!
//! The bridge keeps no state of a call's own: it knows which leg is which dialog, what was negotiated for it, and
//! nothing of queues or lines. It reads no clock; the loop stamps what comes in.

mod arrival;
mod callers;
mod effects;
mod identity;
mod leg;
mod media_events;
mod overload;
mod seats;
mod sip_events;
mod trunks;
mod watch;

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use acd_core::{
    CallCommand, CallId, Input, LegId, PromptId, RecordingFailure, RequestId, RingId, SeatCommand, SeatId,
    TenantId, Timestamp, TrunkId,
};

use crate::limits::OPTIONS_WAIT;
use crate::media::{MediaPlane, Tap};
use crate::registrar::{Credentials, Registrar};
use crate::sip::{AskKey, DialogChange, DialogKey, Peer, SipCommand, SipStack, Transmit, Transport};
use crate::transport::Incoming;

pub use leg::{LegRecord, LegRole};
pub use seats::{SeatContact, SeatRefresh, SeatSettings};
pub use trunks::{StrangerCounters, Trunk};
pub use watch::{KeepAlive, KeepAliveCounters, TrunkPeer};

use leg::Leg;
use overload::Overload;
use trunks::Trunks;
use watch::{Asked, Watch};

/// Makes the tap that carries a call's audio to the recorder. The server plugs its recorder in here.
pub trait Taps: Send {
    /// A tap for a call that begins to be recorded now. That the recording began, or failed, is told by the recorder.
    ///
    /// # Errors
    /// If the recorder cannot take the call.
    fn open(
        &mut self,
        now: Timestamp,
        call: CallId,
        tenant: TenantId,
    ) -> Result<Box<dyn Tap>, RecordingFailure>;
}

/// What the bridge must know of the plan.
#[derive(Clone, Debug)]
pub struct BridgeSettings {
    /// The address of RTP that SDP names.
    pub media_address: IpAddr,
    /// Carriers by network.
    pub trunks: Vec<Trunk>,
    /// The seats' own settings.
    pub seats: BTreeMap<SeatId, SeatSettings>,
    /// The display name that a seat's screen shows before the answer (R-S5).
    pub titles: BTreeMap<TenantId, String>,
}

/// A change of a dialog, with what it is to the core; the journal keeps it for the restart.
#[derive(Debug)]
pub struct DialogRecord {
    /// What the dialog is.
    pub leg: LegRecord,
    /// What changed.
    pub change: DialogChange,
}

/// Maps SIP and media to the core and back.
pub struct Bridge {
    settings: BridgeSettings,
    stack: SipStack,
    registrar: Registrar,
    media: MediaPlane,
    taps: Box<dyn Taps>,
    trunks: Trunks,
    watch: Watch,
    legs: BTreeMap<DialogKey, Leg>,
    callers: BTreeMap<CallId, DialogKey>,
    rings: BTreeMap<RingId, DialogKey>,
    commands: BTreeMap<RequestId, DialogKey>,
    inputs: VecDeque<Input>,
    refreshes: VecDeque<SeatRefresh>,
    records: VecDeque<DialogRecord>,
    recordings: BTreeMap<CallId, DialogKey>,
    overload: Overload,
    /// Dialogs that the journal has as open.
    journalled: BTreeMap<DialogKey, LegRecord>,
    /// Legs whose media is closed and not yet measured.
    measured: BTreeMap<DialogKey, LegId>,
    next_call: u64,
    next_request: u64,
}

impl std::fmt::Debug for Bridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridge").field("legs", &self.legs.len()).finish_non_exhaustive()
    }
}

/// The parts that the bridge joins.
pub struct BridgeParts {
    /// The SIP stack.
    pub stack: SipStack,
    /// The registrar.
    pub registrar: Registrar,
    /// The media plane.
    pub media: MediaPlane,
    /// The recorder's taps.
    pub taps: Box<dyn Taps>,
    /// The first call id of this life: above every one that the journal knows.
    pub next_call: CallId,
}

impl std::fmt::Debug for BridgeParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BridgeParts").field("next_call", &self.next_call).finish_non_exhaustive()
    }
}

impl Bridge {
    /// Joins the parts.
    pub fn new(settings: BridgeSettings, parts: BridgeParts) -> Self {
        Self {
            trunks: Trunks::new(settings.trunks.clone()),
            watch: Watch::new(&settings.trunks),
            settings,
            stack: parts.stack,
            registrar: parts.registrar,
            media: parts.media,
            taps: parts.taps,
            legs: BTreeMap::new(),
            callers: BTreeMap::new(),
            rings: BTreeMap::new(),
            commands: BTreeMap::new(),
            inputs: VecDeque::new(),
            refreshes: VecDeque::new(),
            records: VecDeque::new(),
            recordings: BTreeMap::new(),
            overload: Overload::default(),
            journalled: BTreeMap::new(),
            measured: BTreeMap::new(),
            next_call: parts.next_call.0,
            next_request: 1,
        }
    }

    /// Takes what arrived on a signalling socket.
    pub fn handle_incoming(&mut self, now: Timestamp, incoming: &Incoming<'_>) {
        match incoming {
            Incoming::Message { peer, bytes } => {
                if self.stack.handle_message(now, *peer, bytes) {
                    let heard = self.watch.heard_from(peer.remote, peer.transport.is_reliable());
                    self.inputs.extend(heard);
                }
            }
            Incoming::Unreachable { remote, transport } => {
                self.stack.handle_transport_failure(now, *remote, *transport);
            }
        }
        self.drain_stack(now);
    }

    /// Takes what the media threads have to say.
    pub fn handle_media(&mut self, now: Timestamp) {
        while let Some(event) = self.media.poll_event() {
            self.media_event(now, &event);
        }
        self.drain_stack(now);
    }

    /// Fires what is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.stack.handle_timeout(now);
        let expired = self.registrar.handle_timeout(now);
        self.binding_changes(expired);
        self.ask_trunks(now);
        self.drain_stack(now);
    }

    /// Sends the OPTIONS to trunks that are due (R-L9).
    fn ask_trunks(&mut self, now: Timestamp) {
        while let Some((ask, to)) = self.watch.ask(now, |bound| self.stack.jitter(bound)) {
            let Some(local) = self.stack.local_for(to.address, to.tcp) else {
                self.trunk_asked(now, ask, Asked::Unsent);
                continue;
            };
            let transport = if to.tcp { Transport::TcpNew } else { Transport::Udp };
            let peer = Peer { transport, local, remote: to.address };
            let wait = OPTIONS_WAIT;
            self.stack.command(now, SipCommand::Ask { ask, peer, request_uri: to.uri, wait });
        }
    }

    /// An OPTIONS to a trunk has ended.
    fn trunk_asked(&mut self, now: Timestamp, ask: AskKey, how: Asked) {
        let change = self.watch.asked(now, ask, how, |bound| self.stack.jitter(bound));
        self.inputs.extend(change);
    }

    /// When [`Self::handle_timeout`] must be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let stack = self.stack.poll_timeout().map(|(at, _)| at);
        let registrar = self.registrar.poll_timeout();
        [stack, registrar, self.watch.poll_timeout()].into_iter().flatten().min()
    }

    /// The next input for the core.
    pub fn poll_input(&mut self) -> Option<Input> {
        self.inputs.pop_front()
    }

    /// The next seat that registered once more.
    pub fn poll_refresh(&mut self) -> Option<SeatRefresh> {
        self.refreshes.pop_front()
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.stack.poll_transmit()
    }

    /// The next change of a dialog for the journal.
    pub fn poll_dialog_record(&mut self) -> Option<DialogRecord> {
        self.records.pop_front()
    }

    /// Legs alive, for the check that nothing leaks.
    pub fn legs_len(&self) -> usize {
        self.legs.len()
    }

    /// What strangers have tried.
    pub const fn stranger_counters(&self) -> StrangerCounters {
        self.trunks.counters()
    }

    /// What the OPTIONS to trunks came to.
    pub const fn keep_alive_counters(&self) -> KeepAliveCounters {
        self.watch.counters()
    }

    /// Each trunk that is asked whether it lives, and whether it does.
    pub fn trunks_alive(&self) -> impl Iterator<Item = (TrunkId, bool)> + '_ {
        self.watch.alive()
    }

    /// The SIP stack, for its counters.
    pub const fn stack(&self) -> &SipStack {
        &self.stack
    }

    /// The media plane, for its counters.
    pub const fn media(&self) -> &MediaPlane {
        &self.media
    }

    /// The media plane, to change its prompts.
    pub const fn media_mut(&mut self) -> &mut MediaPlane {
        &mut self.media
    }

    /// The registrar, for its counters.
    pub const fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// Takes a new plan's settings. Legs stay as they are; a seat that is gone loses its binding, which the core is not
    /// told: it learns from the plan that the seat is gone, and lets it finish its call.
    pub fn reload(&mut self, settings: BridgeSettings, credentials: Vec<Credentials>) {
        let changes = self.watch.replace(&settings.trunks);
        self.inputs.extend(changes);
        self.trunks.replace(settings.trunks.clone());
        self.settings = settings;
        let mut changes = self.registrar.replace_seats(credentials);
        changes.retain(|change| self.settings.seats.contains_key(&change.seat));
        self.binding_changes(changes);
    }

    /// Sends BYE in a dialog of the life before (R-L9); it ends without an input.
    pub fn release_stored(&mut self, now: Timestamp, state: crate::sip::DialogState) {
        self.stack.command(now, crate::sip::SipCommand::ByeStored { state: Box::new(state) });
        self.drain_stack(now);
    }

    fn drain_stack(&mut self, now: Timestamp) {
        while let Some(event) = self.stack.poll_event() {
            self.sip_event(now, event);
        }
        while let Some(change) = self.stack.poll_dialog_change() {
            self.dialog_changed(change);
        }
        self.follow_overload();
    }

    /// Hands a change to the journal. A dialog that never was a leg of the core (a star code, one of the life before)
    /// is no one's to recover.
    fn dialog_changed(&mut self, change: DialogChange) {
        let dialog = change.dialog();
        let known = self.legs.get(&dialog).and_then(Leg::record);
        let leg = match &change {
            DialogChange::Saved { .. } => {
                if let Some(leg) = known {
                    self.journalled.insert(dialog, leg);
                }
                self.journalled.get(&dialog).copied()
            }
            // The leg may be forgotten by now; its row must be closed all the same.
            DialogChange::Ended { .. } => self.journalled.remove(&dialog),
        };
        if let Some(leg) = leg {
            self.records.push_back(DialogRecord { leg, change });
        }
    }

    fn input(&mut self, input: Input) {
        self.inputs.push_back(input);
    }

    fn dialog_of(&self, leg: LegId) -> Option<DialogKey> {
        match leg {
            LegId::Caller(call) => self.callers.get(&call).copied(),
            LegId::Seat(ring) => self.rings.get(&ring).copied(),
            LegId::Party(_) => None,
        }
    }

    fn next_request(&mut self) -> RequestId {
        let request = RequestId(self.next_request);
        self.next_request += 1;
        request
    }

    /// Forgets a leg and closes its media.
    fn forget(&mut self, dialog: DialogKey) -> Option<Leg> {
        let leg = self.legs.remove(&dialog)?;
        match leg.role {
            LegRole::Caller { call } => {
                self.callers.remove(&call);
                self.overload.portless.remove(&call);
                self.recordings.remove(&call);
            }
            LegRole::Seat { ring, .. } => drop(self.rings.remove(&ring)),
            LegRole::StarCode { request, .. } => drop(self.commands.remove(&request)),
        }
        if leg.has_media()
            && let Some(record) = leg.record()
        {
            self.measured.insert(dialog, record.leg);
        }
        leg.close_media(dialog, &mut self.media);
        Some(leg)
    }

    /// Commands a seat on behalf of an interface; the answer comes back with the request's id.
    pub fn command_seat(
        &mut self,
        seat: SeatId,
        command: SeatCommand,
        source: acd_core::CommandSource,
    ) -> RequestId {
        let request = self.next_request();
        self.input(Input::SeatCommanded { seat, command, source, request });
        request
    }

    /// Commands a call on behalf of an interface; the answer comes back with the request's id.
    pub fn command_call(
        &mut self,
        call: CallId,
        command: CallCommand,
        source: acd_core::CommandSource,
    ) -> RequestId {
        let request = self.next_request();
        self.input(Input::CallCommanded { call, command, source, request });
        request
    }

    /// Commands a tenant's emergency guidance on behalf of an interface; the answer comes back with the request's id.
    pub fn command_guidance(
        &mut self,
        tenant: TenantId,
        prompt: Option<PromptId>,
        source: acd_core::CommandSource,
    ) -> RequestId {
        let request = self.next_request();
        self.input(Input::GuidanceCommanded { tenant, prompt, source, request });
        request
    }

    /// Where a seat's registration reaches it, for status and metrics.
    pub fn seat_address(&self, seat: SeatId) -> Option<SocketAddr> {
        self.registrar.binding(seat).map(|binding| binding.peer.remote)
    }
}
