//! Seats as the bridge sees them: where to reach one, what its screen shows, and what binding changes mean.

use std::net::SocketAddr;
use std::time::Duration;

use acd_core::{CallerIdentity, Input, SeatId, SeatLoss};

use super::{Bridge, BridgeSettings};
use crate::registrar::{BindingChange, BindingChangeKind, Registrar};
use crate::sip::message::{Host, NameAddr, Uri};
use crate::sip::{Peer, SipStack, Transport};

/// What the plan says of a seat's phone.
#[derive(Clone, Debug, Default)]
pub struct SeatSettings {
    /// A contact that needs no registration.
    pub static_contact: Option<SeatContact>,
    /// `media_timeout_s`: silence after which the seat is lost; `None`: never (R-Q7).
    pub media_timeout: Option<Duration>,
}

/// A static contact.
#[derive(Clone, Debug)]
pub struct SeatContact {
    /// The Request-URI.
    pub uri: Uri,
    /// Where it is reached.
    pub address: SocketAddr,
    /// Over TCP instead of UDP.
    pub tcp: bool,
}

/// A seat that has a binding registered once more. Whether that says anything to the core depends on the seat's state
/// (R-Q6), which the loop knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeatRefresh {
    /// The seat.
    pub seat: SeatId,
    /// A registration of its own, not the refresh of the one before.
    pub is_new: bool,
}

/// Where a ring goes.
pub(super) struct Target {
    pub(super) peer: Peer,
    pub(super) contact: Uri,
    pub(super) to: NameAddr,
    pub(super) route: Vec<NameAddr>,
}

/// Where a seat is reached: its binding, else its static contact.
pub(super) fn target(
    settings: &BridgeSettings,
    registrar: &Registrar,
    stack: &SipStack,
    seat: SeatId,
) -> Option<Target> {
    if let Some(binding) = registrar.binding(seat) {
        return Some(Target {
            peer: binding.peer,
            contact: binding.contact.clone(),
            to: to_seat(seat, binding.peer.local),
            route: binding.path.clone(),
        });
    }
    let contact = settings.seats.get(&seat)?.static_contact.as_ref()?;
    let local = stack.local_for(contact.address, contact.tcp)?;
    let transport = if contact.tcp { Transport::TcpNew } else { Transport::Udp };
    Some(Target {
        peer: Peer { transport, local, remote: contact.address },
        contact: contact.uri.clone(),
        to: to_seat(seat, local),
        route: Vec::new(),
    })
}

fn to_seat(seat: SeatId, local: SocketAddr) -> NameAddr {
    NameAddr::new(Uri::sip(Some(seat.as_str().as_bytes()), Host::from(local.ip()), Some(local.port())))
}

/// Towards seats: From carries the caller's number (`anonymous` if withheld), the display name the tenant.
pub(super) fn from_of_caller(title: &str, caller: &CallerIdentity, local: SocketAddr) -> NameAddr {
    let uri = match caller {
        CallerIdentity::Number(number) => {
            Uri::sip(Some(number.reveal().as_bytes()), Host::from(local.ip()), Some(local.port()))
        }
        CallerIdentity::Withheld(_) => {
            Uri::sip(Some(b"anonymous"), Host::Name(b"anonymous.invalid".to_vec()), None)
        }
    };
    let display = (!title.is_empty()).then(|| title.as_bytes().to_vec());
    NameAddr { display, ..NameAddr::new(uri) }
}

impl Bridge {
    /// R-S2: the first binding makes a seat reachable, a refresh or a new contact changes nothing unless the seat could
    /// not be reached, losing the last makes it unreachable.
    pub(super) fn binding_changes(&mut self, changes: Vec<BindingChange>) {
        for BindingChange { seat, kind } in changes {
            match kind {
                BindingChangeKind::First => self.input(Input::SeatRegistered { seat }),
                BindingChangeKind::Refreshed => self.refreshes.push_back(SeatRefresh { seat, is_new: false }),
                BindingChangeKind::Replaced => self.refreshes.push_back(SeatRefresh { seat, is_new: true }),
                BindingChangeKind::Removed => {
                    self.input(Input::SeatUnregistered { seat, loss: SeatLoss::Unregistered });
                }
                BindingChangeKind::Expired => {
                    self.input(Input::SeatUnregistered { seat, loss: SeatLoss::RegistrationExpired });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::{Pii, WithheldReason};

    #[test]
    fn a_withheld_number_reaches_no_seat() {
        let local = "127.0.0.1:5060".parse().unwrap();
        let hidden = from_of_caller("滋賀", &CallerIdentity::Withheld(WithheldReason::Payphone), local);
        let text = String::from_utf8(hidden.to_bytes()).unwrap();
        assert!(text.contains("sip:anonymous@anonymous.invalid"), "{text}");
        let shown = from_of_caller("滋賀", &CallerIdentity::Number(Pii::new("03 1<2".to_owned())), local);
        let text = String::from_utf8(shown.to_bytes()).unwrap();
        assert!(text.contains("\"滋賀\" <sip:03%201%3C2@127.0.0.1:5060>"), "{text}");
    }
}
