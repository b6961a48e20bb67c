//! `MediaEvent` → `Input`. Total.

use acd_core::{Input, LegId, PlayId, SeatLegEnd, SeatLoss, Timestamp};

use super::Bridge;
use super::leg::LegRole;
use crate::media::{MediaEvent, MediaLeg};
use crate::sip::{DialogKey, SipCommand};

impl From<DialogKey> for MediaLeg {
    fn from(dialog: DialogKey) -> Self {
        Self(dialog.0)
    }
}

impl From<MediaLeg> for DialogKey {
    fn from(leg: MediaLeg) -> Self {
        Self(leg.0)
    }
}

impl Bridge {
    pub(super) fn media_event(&mut self, now: Timestamp, event: &MediaEvent) {
        match *event {
            MediaEvent::PlayoutEnded { leg, play } => self.playout_over(now, leg.into(), play, true),
            MediaEvent::PlayoutFailed { leg, play } => self.playout_over(now, leg.into(), play, false),
            MediaEvent::PlaceAsked { leg, play } => {
                if let Some(LegRole::Caller { call }) = self.role(leg.into()) {
                    self.input(Input::PlaceAsked { call, play });
                }
            }
            MediaEvent::Digit { leg, digit } => {
                if let Some(leg) = self.core_leg(leg.into()) {
                    self.input(Input::DigitPressed { leg, digit });
                }
            }
            MediaEvent::FirstPacket { leg } => {
                tracing::debug!(dialog = leg.0, "first RTP packet");
            }
            MediaEvent::Silent { leg } => self.media_silent(now, leg.into()),
            MediaEvent::Measured { leg, quality } => {
                if let Some(leg) = self.measured.remove(&DialogKey::from(leg)) {
                    self.input(Input::LegMeasured { leg, quality });
                }
            }
        }
    }

    fn playout_over(&mut self, now: Timestamp, dialog: DialogKey, play: PlayId, whole: bool) {
        let Some(role) = self.role(dialog) else { return };
        let leg = match role {
            LegRole::Caller { call } => LegId::Caller(call),
            LegRole::Seat { ring, .. } => LegId::Seat(ring),
            LegRole::StarCode { .. } => {
                self.stack.command(now, SipCommand::Bye { dialog, reason: None });
                return;
            }
        };
        let play = Some(play);
        self.input(if whole {
            Input::AnnouncementEnded { leg, play }
        } else {
            Input::AnnouncementFailed { leg, play }
        });
    }

    fn media_silent(&mut self, now: Timestamp, dialog: DialogKey) {
        match self.role(dialog) {
            // R-L10: silence alone never ends a caller's leg; the dialog is asked whether it lives.
            Some(LegRole::Caller { .. }) => self.stack.command(now, SipCommand::Probe { dialog }),
            // R-Q7: the caller goes back at once; the BYE to a phone that may be dead is not waited for.
            Some(LegRole::Seat { ring, .. }) => {
                let reason = Some("Q.850;cause=27;text=\"no RTP\"".to_owned());
                self.stack.command(now, SipCommand::Bye { dialog, reason });
                self.forget(dialog);
                self.input(Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(SeatLoss::MediaSilent) });
            }
            Some(LegRole::StarCode { .. }) | None => {}
        }
    }
}
