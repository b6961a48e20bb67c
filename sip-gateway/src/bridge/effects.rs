//! `Effect` → commands to the SIP stack and the media plane. Total: an effect that cannot be carried out comes back
//! as the input that tells its failure.

use std::time::Duration;

use acd_core::{
    Announcement, CallId, CallerIdentity, CallerLegEnd, Effect, Input, LegId, PartyFailure, PlayId,
    RecordingFailure, RefusalReason, ReleaseCause, RingFailure, RingId, SeatCommandResult, SeatId, TenantId,
    Timestamp,
};

use super::leg::{Leg, LegRole};
use super::{Bridge, seats};
use crate::media::{MediaCommand, Playout, ToneKind};
use crate::sip::message::HeaderName;
use crate::sip::{DialogKey, SipCommand};

/// The only playout of a star code's leg, which is none of the core's.
const TONE: PlayId = PlayId(0);

impl Bridge {
    /// Carries out an order of the core.
    pub fn execute(&mut self, now: Timestamp, effect: &Effect) {
        match effect {
            Effect::RefuseCall { call, reason, retry_after } => {
                self.refuse_call(now, *call, *reason, *retry_after);
            }
            Effect::ProgressCaller { call } => self.progress_caller(now, *call),
            Effect::AnswerCaller { call } => self.answer_caller(now, *call),
            Effect::Play { leg, play, announcement } => self.play(*leg, *play, announcement),
            Effect::StopPlaying { leg } => {
                if let Some(dialog) = self.dialog_of(*leg) {
                    self.media.command(MediaCommand::StopPlaying { leg: dialog.into() });
                }
            }
            Effect::RingSeat { ring, seat, tenant, caller } => {
                self.ring_seat(now, *ring, *seat, *tenant, caller);
            }
            Effect::CancelRing { ring } => {
                if let Some(dialog) = self.dialog_of(LegId::Seat(*ring)) {
                    self.stack.command(now, SipCommand::Cancel { dialog });
                }
            }
            Effect::Bridge { ring } => {
                let caller = self.callers.get(&ring.call).copied();
                if let (Some(caller), Some(seat)) = (caller, self.rings.get(ring).copied()) {
                    self.media.command(MediaCommand::Bridge { a: caller.into(), b: seat.into() });
                }
                self.join_seat(*ring, true);
            }
            Effect::Unbridge { ring } => {
                if let Some(caller) = self.callers.get(&ring.call).copied() {
                    self.media.command(MediaCommand::Unbridge { a: caller.into() });
                }
                self.join_seat(*ring, false);
            }
            // This gateway has no way out to third parties, and mixes nobody into a talk.
            Effect::DialParty { party, .. } | Effect::RingSupervisor { party, .. } => {
                self.input(Input::PartyFailed { party: *party, failure: PartyFailure::NotSupported });
            }
            Effect::CancelParty { party } => {
                self.input(Input::PartyFailed { party: *party, failure: PartyFailure::Cancelled });
            }
            // No supervisor's phone has been answered.
            Effect::Supervise { .. } => {}
            Effect::Connect { call, sets } => self.connect(*call, sets),
            Effect::ReleaseLeg { leg, cause } => self.release_leg(now, *leg, *cause),
            Effect::StartRecording { call, tenant } => self.start_recording(now, *call, *tenant),
            Effect::StopRecording { call } => {
                if let Some(dialog) = self.recordings.remove(call) {
                    self.media.command(MediaCommand::StopTap { leg: dialog.into() });
                }
            }
            Effect::AnswerSeatCommand { request, result } => {
                if let Some(dialog) = self.commands.get(request).copied() {
                    self.answer_star_code(now, dialog, *result);
                }
            }
            // No phone commands a call: who waits for this answer is not in the gateway.
            Effect::AnswerCallCommand { .. } | Effect::AnswerGuidanceCommand { .. } => {}
        }
        self.drain_stack(now);
    }

    fn refuse_call(
        &mut self,
        now: Timestamp,
        call: CallId,
        reason: RefusalReason,
        retry_after: Option<Duration>,
    ) {
        let Some(dialog) = self.callers.get(&call).copied() else { return };
        if reason == RefusalReason::Overload {
            self.refused_for_overload(call);
        }
        let (status, phrase) = match reason {
            RefusalReason::UnknownNumber => (404, "Not Found"),
            RefusalReason::LinesFull if retry_after.is_none() => (486, "Busy Here"),
            RefusalReason::Closed if retry_after.is_none() => (486, "Busy Here"),
            RefusalReason::LinesFull
            | RefusalReason::Closed
            | RefusalReason::Draining
            | RefusalReason::Overload => (503, "Service Unavailable"),
        };
        let headers = retry_after
            .map(|after| (HeaderName::RetryAfter, after.as_secs().to_string().into_bytes()))
            .into_iter()
            .collect();
        self.reject_caller(now, dialog, status, phrase, headers, CallerLegEnd::Released);
    }

    /// Ends an unanswered INVITE of a caller with a final answer.
    pub(super) fn reject_caller(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        status: u16,
        phrase: &str,
        headers: Vec<(HeaderName, Vec<u8>)>,
        end: CallerLegEnd,
    ) {
        self.stack.command(now, SipCommand::Reject { dialog, status, reason: phrase.to_owned(), headers });
        if let Some(Leg { role: LegRole::Caller { call }, .. }) = self.forget(dialog) {
            self.input(Input::CallerLegEnded { call, end });
        }
    }

    /// Early media: 183 with our answer. An INVITE without an offer cannot be answered before its 200.
    fn progress_caller(&mut self, now: Timestamp, call: CallId) {
        let Some(dialog) = self.callers.get(&call).copied() else { return };
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        let sdp = if leg.awaits_answer() {
            None
        } else {
            leg.ports.take().and_then(|ports| {
                leg.open_early(dialog, call.0, ports, self.settings.media_address, &mut self.media)
            })
        };
        let Some(sdp) = sdp else {
            self.input(Input::CallerProgressFailed { call });
            return;
        };
        let reason = "Session Progress".to_owned();
        self.stack.command(now, SipCommand::Provisional { dialog, status: 183, reason, sdp: Some(sdp) });
        self.input(Input::CallerProgressed { call });
    }

    fn answer_caller(&mut self, now: Timestamp, call: CallId) {
        let Some(dialog) = self.callers.get(&call).copied() else { return };
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        leg.answered = true;
        if let Some(sdp) = leg.early_sdp.take() {
            self.stack.command(now, SipCommand::Accept { dialog, sdp });
            return;
        }
        let sdp = leg.ports.take().and_then(|ports| {
            leg.open_media(dialog, call.0, ports, self.settings.media_address, &mut self.media)
        });
        match sdp {
            Some(sdp) => {
                self.stack.command(
                    now,
                    SipCommand::Provisional { dialog, status: 180, reason: "Ringing".to_owned(), sdp: None },
                );
                self.stack.command(now, SipCommand::Accept { dialog, sdp });
            }
            None => {
                tracing::warn!(call = call.0, "the caller's offer cannot be answered: call refused");
                let reason = "Not Acceptable Here";
                self.reject_caller(now, dialog, 488, reason, Vec::new(), CallerLegEnd::Failed);
            }
        }
    }

    fn play(&mut self, leg: LegId, play: PlayId, announcement: &Announcement) {
        let Some(dialog) = self.dialog_of(leg) else {
            self.input(Input::AnnouncementFailed { leg, play: Some(play) });
            return;
        };
        let playout = match *announcement {
            Announcement::Once(prompt) => Playout::Once(prompt),
            Announcement::Loop(prompt) => Playout::Loop(prompt),
            Announcement::Waiting { message, music, message_every, asks_place, place } => {
                Playout::Waiting { message, music, message_every, asks_place, place }
            }
        };
        self.media.command(MediaCommand::Play { leg: dialog.into(), play, playout });
    }

    fn ring_seat(
        &mut self,
        now: Timestamp,
        ring: RingId,
        seat: SeatId,
        tenant: TenantId,
        caller: &CallerIdentity,
    ) {
        let title = self.settings.titles.get(&tenant).map_or("", String::as_str);
        let target = seats::target(&self.settings, &self.registrar, &self.stack, seat);
        let (Some(target), Ok(ports)) = (target, self.media.bind()) else {
            self.input(Input::RingFailed { ring, failure: RingFailure::Unreachable(0) });
            return;
        };
        let dialog = self.stack.next_dialog();
        let timeout = self.settings.seats.get(&seat).and_then(|settings| settings.media_timeout);
        let mut leg = Leg::seat(ring, seat, timeout);
        let Some(sdp) =
            leg.open_media(dialog, ring.call.0, ports, self.settings.media_address, &mut self.media)
        else {
            self.input(Input::RingFailed { ring, failure: RingFailure::Unreachable(0) });
            return;
        };
        self.legs.insert(dialog, leg);
        self.rings.insert(ring, dialog);
        let from = seats::from_of_caller(title, caller, target.peer.local);
        self.stack.command(
            now,
            SipCommand::Invite {
                dialog,
                peer: target.peer,
                request_uri: target.contact,
                from,
                to: target.to,
                route: target.route,
                sdp: Some(sdp),
                headers: Vec::new(),
            },
        );
    }

    fn release_leg(&mut self, now: Timestamp, leg: LegId, cause: ReleaseCause) {
        let Some(dialog) = self.dialog_of(leg) else {
            match leg {
                LegId::Caller(call) => {
                    self.input(Input::CallerLegEnded { call, end: CallerLegEnd::Released });
                }
                LegId::Seat(ring) => {
                    self.input(Input::SeatLegEnded { ring, end: acd_core::SeatLegEnd::Released });
                }
                LegId::Party(party) => {
                    self.input(Input::PartyLegEnded { party, end: acd_core::PartyLegEnd::Released });
                }
            }
            return;
        };
        let text = match cause {
            ReleaseCause::OtherSideEnded => "other side ended",
            ReleaseCause::Transferred => "transferred",
            ReleaseCause::Closed => "outside hours",
            ReleaseCause::RingOver => "ring over",
            ReleaseCause::Commanded => "ended by command",
            ReleaseCause::HandedOver => "caller handed over",
            ReleaseCause::Drained => "switch drained",
            ReleaseCause::Failed => "failed",
        };
        if let Some(leg) = self.legs.get_mut(&dialog) {
            leg.silence(dialog, &mut self.media);
            if matches!(leg.role, LegRole::Caller { .. }) && !leg.answered {
                let end = CallerLegEnd::Released;
                return self.reject_caller(now, dialog, 480, "Temporarily Unavailable", Vec::new(), end);
            }
        }
        let reason = Some(format!("Q.850;cause=16;text=\"{text}\""));
        self.stack.command(now, SipCommand::Bye { dialog, reason });
    }

    /// Puts who hears whom in force. Sets of three need parties, which this gateway never has.
    fn connect(&mut self, call: CallId, sets: &[Box<[LegId]>]) {
        if let Some(caller) = self.callers.get(&call).copied() {
            self.media.command(MediaCommand::Unbridge { a: caller.into() });
        }
        for set in sets {
            let dialogs: Vec<DialogKey> = set.iter().filter_map(|leg| self.dialog_of(*leg)).collect();
            if let [a, b] = *dialogs {
                self.media.command(MediaCommand::Bridge { a: a.into(), b: b.into() });
            }
        }
        let rings = RingId { call, attempt: 0 }..=RingId { call, attempt: u32::MAX };
        let rings: Vec<RingId> = self.rings.range(rings).map(|(ring, _)| *ring).collect();
        for ring in rings {
            self.join_seat(ring, sets.iter().any(|set| set.contains(&LegId::Seat(ring))));
        }
    }

    /// A seat's leg hears somebody from now on, or nobody.
    fn join_seat(&mut self, ring: RingId, joined: bool) {
        if let Some(dialog) = self.rings.get(&ring).copied()
            && let Some(leg) = self.legs.get_mut(&dialog)
        {
            leg.join(dialog, joined, &mut self.media);
        }
    }

    fn start_recording(&mut self, now: Timestamp, call: CallId, tenant: TenantId) {
        let Some(dialog) = self.callers.get(&call).copied() else {
            self.input(Input::RecordingFailed { call, failure: RecordingFailure::CannotCreate });
            return;
        };
        match self.taps.open(now, call, tenant) {
            Ok(tap) => {
                self.media.command(MediaCommand::StartTap { leg: dialog.into(), tap });
                self.recordings.insert(call, dialog);
            }
            Err(failure) => self.input(Input::RecordingFailed { call, failure }),
        }
    }

    fn answer_star_code(&mut self, now: Timestamp, dialog: DialogKey, result: SeatCommandResult) {
        let tone = match result {
            SeatCommandResult::Done | SeatCommandResult::Deferred => ToneKind::Confirm,
            SeatCommandResult::UnknownSeat
            | SeatCommandResult::NotLoggedIn
            | SeatCommandResult::NotReachable
            | SeatCommandResult::Busy
            | SeatCommandResult::Supervising
            | SeatCommandResult::UnknownSupervisor => ToneKind::Refuse,
        };
        let bound = self.media.bind();
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        leg.tone = Some(tone);
        match bound.ok().and_then(|ports| {
            leg.open_media(dialog, dialog.0, ports, self.settings.media_address, &mut self.media)
        }) {
            Some(sdp) => self.stack.command(now, SipCommand::Accept { dialog, sdp }),
            None => {
                let reason = "Service Unavailable".to_owned();
                self.stack
                    .command(now, SipCommand::Reject { dialog, status: 503, reason, headers: Vec::new() });
                self.forget(dialog);
            }
        }
    }

    /// Plays what a star code's answer is, once the phone can hear it; its end is the leg's end.
    pub(super) fn play_star_code_tone(&mut self, dialog: DialogKey) {
        if let Some(tone) = self.legs.get(&dialog).and_then(|leg| leg.tone) {
            let playout = Playout::Tone(tone);
            self.media.command(MediaCommand::Play { leg: dialog.into(), play: TONE, playout });
        }
    }
}
