//! `SipEvent` → `Input`. Total.

use acd_core::{CallerLegEnd, Input, LegId, RingFailure, SeatLegEnd, SeatLoss, Timestamp};

use super::Bridge;
use super::leg::{HoldChange, LegRole};
use super::watch::Asked;
use crate::sip::message::HeaderName;
use crate::sip::{DialogEnd, DialogKey, SipCommand, SipEvent};

impl Bridge {
    pub(super) fn sip_event(&mut self, now: Timestamp, event: SipEvent) {
        match event {
            SipEvent::InviteArrived { dialog, request, peer } => {
                self.invite_arrived(now, dialog, &request, peer);
            }
            SipEvent::InviteTurnedAway { request, peer } => self.invite_turned_away(&request, peer),
            SipEvent::RequestArrived { transaction, request, peer } => {
                self.request_arrived(now, transaction, &request, peer);
            }
            SipEvent::InviteCancelled { dialog } => {
                if let Some(leg) = self.forget(dialog)
                    && let LegRole::Caller { call } = leg.role
                {
                    self.input(Input::CallerLegEnded { call, end: CallerLegEnd::Cancelled });
                }
            }
            SipEvent::InviteAcked { dialog, sdp } => self.invite_acked(now, dialog, sdp.as_deref()),
            SipEvent::AckMissing { dialog } => {
                tracing::info!(dialog = dialog.0, "no ACK for our 200: the leg is ended");
            }
            SipEvent::Ringing { dialog, .. } => {
                if let Some(LegRole::Seat { ring, .. }) = self.role(dialog) {
                    self.input(Input::RingProgressed { ring });
                }
            }
            SipEvent::Answered { dialog, sdp } => self.seat_answered(now, dialog, sdp.as_deref()),
            SipEvent::Rejected { dialog, status, by_transport } => {
                self.seat_rejected(dialog, status, by_transport);
            }
            SipEvent::Reoffered { dialog, sdp, .. } => self.reoffered(now, dialog, sdp.as_deref()),
            SipEvent::ReofferAcked { dialog, sdp } => {
                if let Some(sdp) = sdp {
                    self.late_answer(dialog, &sdp);
                }
            }
            // Our own re-INVITEs only refresh a session with the same SDP; their failure ends the dialog by itself.
            SipEvent::ReofferAnswered { .. } => {}
            SipEvent::AskAnswered { ask, .. } => self.trunk_asked(now, ask, Asked::Answered),
            SipEvent::AskUnanswered { ask, by_transport } => {
                let how = if by_transport { Asked::Unsent } else { Asked::Unanswered };
                self.trunk_asked(now, ask, how);
            }
            SipEvent::InfoDigit { dialog, digit } => {
                if let Some(leg) = self.core_leg(dialog) {
                    self.input(Input::DigitPressed { leg, digit });
                }
            }
            SipEvent::DialogEnded { dialog, end } => self.dialog_ended(dialog, end),
        }
    }

    pub(super) fn role(&self, dialog: DialogKey) -> Option<LegRole> {
        self.legs.get(&dialog).map(|leg| leg.role)
    }

    /// The leg as the core knows it; a star code's is not one.
    pub(super) fn core_leg(&self, dialog: DialogKey) -> Option<LegId> {
        match self.role(dialog)? {
            LegRole::Caller { call } => Some(LegId::Caller(call)),
            LegRole::Seat { ring, .. } => Some(LegId::Seat(ring)),
            LegRole::StarCode { .. } => None,
        }
    }

    fn invite_acked(&mut self, now: Timestamp, dialog: DialogKey, sdp: Option<&[u8]>) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        if leg.awaits_answer() {
            let read = sdp.is_some_and(|sdp| leg.take_answer(dialog, sdp, &mut self.media).is_ok());
            if !read {
                // A late offer whose ACK has no usable answer leaves no audio to speak of (RFC 3264 section 5).
                let reason = Some("SIP;cause=488;text=\"no usable answer\"".to_owned());
                self.stack.command(now, SipCommand::Bye { dialog, reason });
                return;
            }
        }
        match leg.role {
            LegRole::Caller { call } => self.input(Input::CallerConnected { call }),
            LegRole::StarCode { .. } => self.play_star_code_tone(dialog),
            LegRole::Seat { .. } => {}
        }
    }

    fn seat_answered(&mut self, now: Timestamp, dialog: DialogKey, sdp: Option<&[u8]>) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        let LegRole::Seat { ring, .. } = leg.role else { return };
        let read = sdp.is_some_and(|sdp| leg.take_answer(dialog, sdp, &mut self.media).is_ok());
        if read {
            leg.answered = true;
            self.input(Input::RingAnswered { ring });
        } else {
            let reason = Some("SIP;cause=488;text=\"no usable answer\"".to_owned());
            self.stack.command(now, SipCommand::Bye { dialog, reason });
            self.forget(dialog);
            self.input(Input::RingFailed { ring, failure: RingFailure::Refused(488) });
        }
    }

    fn seat_rejected(&mut self, dialog: DialogKey, status: u16, by_transport: bool) {
        let Some(leg) = self.forget(dialog) else { return };
        let LegRole::Seat { ring, .. } = leg.role else { return };
        let failure = match status {
            487 => RingFailure::Cancelled,
            _ if by_transport => RingFailure::Unreachable(status),
            408 | 480 | 503 => RingFailure::Unreachable(status),
            _ => RingFailure::Refused(status),
        };
        self.input(Input::RingFailed { ring, failure });
    }

    fn reoffered(&mut self, now: Timestamp, dialog: DialogKey, sdp: Option<&[u8]>) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        let Some(sdp) = sdp else {
            // A re-INVITE without SDP asks for our offer; its answer comes with the ACK.
            let sdp = leg.offer_again();
            self.stack.command(now, SipCommand::AnswerReoffer { dialog, sdp });
            return;
        };
        match leg.answer_reoffer(dialog, sdp, &mut self.media) {
            Ok((answer, change)) => {
                self.stack.command(now, SipCommand::AnswerReoffer { dialog, sdp: answer });
                self.hold_changed(dialog, change);
            }
            Err(fault) => {
                let headers = fault.warning().map(|text| (HeaderName::Warning, text)).into_iter().collect();
                self.stack.command(now, SipCommand::RejectReoffer { dialog, status: 488, headers });
            }
        }
    }

    fn late_answer(&mut self, dialog: DialogKey, sdp: &[u8]) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        match leg.take_answer(dialog, sdp, &mut self.media) {
            Ok(change) => self.hold_changed(dialog, change),
            // The media stays as it was: a bad answer to a refresh is no reason to end a call (statement 7).
            Err(_) => tracing::info!(dialog = dialog.0, "an unusable answer to our offer is ignored"),
        }
    }

    fn hold_changed(&mut self, dialog: DialogKey, change: HoldChange) {
        let Some(leg) = self.core_leg(dialog) else { return };
        match change {
            HoldChange::Began => self.input(Input::HoldBegan { leg }),
            HoldChange::Ended => self.input(Input::HoldEnded { leg }),
            HoldChange::None => {}
        }
    }

    fn dialog_ended(&mut self, dialog: DialogKey, end: DialogEnd) {
        let Some(leg) = self.forget(dialog) else { return };
        match leg.role {
            LegRole::Caller { call } => {
                let end = match end {
                    DialogEnd::ByPeer => CallerLegEnd::HungUp,
                    DialogEnd::Released => CallerLegEnd::Released,
                    DialogEnd::AckMissing => CallerLegEnd::AckMissing,
                    DialogEnd::SessionExpired | DialogEnd::PeerGone(_) => CallerLegEnd::SessionExpired,
                };
                self.input(Input::CallerLegEnded { call, end });
            }
            LegRole::Seat { ring, .. } if leg.answered => {
                let end = match end {
                    DialogEnd::ByPeer => SeatLegEnd::HungUp,
                    DialogEnd::Released => SeatLegEnd::Released,
                    DialogEnd::AckMissing | DialogEnd::SessionExpired | DialogEnd::PeerGone(_) => {
                        SeatLegEnd::Lost(SeatLoss::LegFailed)
                    }
                };
                self.input(Input::SeatLegEnded { ring, end });
            }
            LegRole::Seat { ring, .. } => {
                self.input(Input::RingFailed { ring, failure: RingFailure::Unreachable(0) });
            }
            LegRole::StarCode { .. } => {}
        }
    }
}
