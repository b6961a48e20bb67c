//! What a call needs is reserved before the core is told of it; what finds no room is an overload (R-L4, R-L9).

use std::collections::BTreeMap;

use acd_core::{CallId, Input};

use super::Bridge;
use super::leg::{Leg, LegRole};
use crate::limits::OVERLOAD_MARGIN;
use crate::media::BoundPorts;
use crate::sip::Peer;
use crate::sip::message::Request;

/// What could not be carried.
#[derive(Debug, Default)]
pub(super) struct Overload {
    /// In an overload: INVITEs that the stack has turned away in it.
    turned_away: Option<u64>,
    /// Callers without ports, until they have got the core's refusal, and whether they rehearse.
    pub(super) portless: BTreeMap<CallId, bool>,
}

impl Bridge {
    /// Binds the ports of a caller who has just come. A pair stays free for each seat that a caller can be put through to:
    /// a call that was admitted without would never be answered.
    pub(super) fn reserve_ports(&mut self, call: CallId, rehearsal: bool) -> Option<BoundPorts> {
        let ports = if self.has_ports(0) { self.media.bind().ok() } else { None };
        if ports.is_none() {
            self.overload.portless.insert(call, rehearsal);
        }
        ports
    }

    /// The core refuses a call because we cannot carry it, and not for what it would refuse anyway: an overload, unless nobody
    /// but a rehearsal met it (R-L6).
    pub(super) fn refused_for_overload(&mut self, call: CallId) {
        if self.overload.portless.get(&call) != Some(&true) {
            self.overload_began();
        }
    }

    /// The stack was too full for an INVITE. Who is no caller was not turned away (R-L4).
    pub(super) fn invite_turned_away(&mut self, request: &Request, peer: Peer) {
        let mut leg = Leg::new(LegRole::Caller { call: CallId(self.next_call) });
        let is_caller = self.seat_of(request, peer).is_none()
            && self.trunks.trunk_of(peer.remote.ip()).is_some_and(|trunk| !self.trunks.is_rehearsal(trunk))
            && leg.take_offer(&request.body, self.settings.media_address).is_ok();
        if is_caller {
            self.overload_began();
            *self.overload.turned_away.get_or_insert_default() += 1;
        }
    }

    /// Tells the core when there is ample room again.
    pub(super) fn follow_overload(&mut self) {
        let Some(refused) = self.overload.turned_away else { return };
        let margin = self.media.ports() / OVERLOAD_MARGIN;
        if self.overload.portless.is_empty() && self.has_ports(margin) && !self.stack.is_overloaded() {
            self.overload.turned_away = None;
            self.input(Input::OverloadEnded { refused });
        }
    }

    fn overload_began(&mut self) {
        if self.overload.turned_away.is_none() {
            let (ports, alive) = (self.media.ports_in_use(), self.stack.alive());
            tracing::warn!(
                ports,
                ?alive,
                "a call cannot be carried and gets 503; widen [media] rtp_ports if these are taken"
            );
            self.overload.turned_away = Some(0);
            self.input(Input::OverloadBegan);
        }
    }

    /// Whether there are ports for one more caller, with some to spare.
    fn has_ports(&self, spare: usize) -> bool {
        let callers = self.callers.len() - self.overload.portless.len() + 1;
        callers + callers.min(self.settings.seats.len()) + spare <= self.media.ports()
    }
}
