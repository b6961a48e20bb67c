//! Commands of the interfaces, and what the loop tells them.

use std::collections::BTreeMap;
use std::sync::Arc;

use acd_core::{
    CallCommandResult, CallId, CommandSource, Effect, GuidanceCommandResult, Input, PlanSource, RequestId,
    SeatCommandResult, Timestamp,
};

use super::engine::{Engine, State};
use crate::interfaces::{
    CallOut, CallerSeen, ControlRequest, DrainResult, GuidanceResult, ReloadResult, Reply,
};
use crate::observer::MachineFigures;

/// Who waits for the core's answer.
#[derive(Debug, Default)]
pub(super) struct Pending {
    seats: BTreeMap<RequestId, Reply<SeatCommandResult>>,
    calls: BTreeMap<RequestId, Reply<CallCommandResult>>,
    calls_out: BTreeMap<RequestId, (CallId, Reply<(CallId, CallCommandResult)>)>,
    guidance: BTreeMap<RequestId, Reply<GuidanceResult>>,
}

impl Pending {
    /// Whether the effect is an answer to an interface, which then has it.
    pub(super) fn take(&mut self, effect: &Effect) -> bool {
        if let Effect::AnswerSeatCommand { request, result } = effect
            && let Some(reply) = self.seats.remove(request)
        {
            reply.send(*result);
            return true;
        }
        if let Effect::AnswerGuidanceCommand { request, result } = effect
            && let Some(reply) = self.guidance.remove(request)
        {
            reply.send(match result {
                GuidanceCommandResult::Done => GuidanceResult::Done,
                GuidanceCommandResult::UnknownTenant => GuidanceResult::UnknownTenant,
            });
            return true;
        }
        if let Effect::AnswerCallCommand { request, result } = effect
            && let Some(reply) = self.calls.remove(request)
        {
            reply.send(*result);
            return true;
        }
        if let Effect::AnswerCallCommand { request, result } = effect
            && let Some((call, reply)) = self.calls_out.remove(request)
        {
            reply.send((call, *result));
            return true;
        }
        false
    }
}

impl Engine {
    /// Takes what the interfaces want.
    pub(super) fn controls(&mut self) {
        while let Ok(request) = self.interfaces.controls.try_recv() {
            match request {
                ControlRequest::Seat { seat, command, source, reply } => {
                    let request = self.bridge.command_seat(seat, command, source);
                    self.pending.seats.insert(request, reply);
                }
                ControlRequest::Call { call, command, source, reply } => {
                    let request = self.bridge.command_call(call, command, source);
                    self.pending.calls.insert(request, reply);
                }
                ControlRequest::CallOut { wish, reply } => {
                    let CallOut { seat, tenant, destination, about } = wish;
                    let source = CommandSource::Api;
                    let (call, request) = self.bridge.call_out(seat, tenant, destination, about, source);
                    self.pending.calls_out.insert(request, (call, reply));
                }
                ControlRequest::Caller { call, area, reply } => {
                    let seen = self.switch.caller_known(call, area).map(|known| CallerSeen {
                        known,
                        silent: self.bridge.caller_silent_for(call),
                        sealed: self.bridge.sealed_number(call),
                    });
                    reply.send(seen);
                }
                ControlRequest::Guidance { prompt: Some(prompt), reply, .. }
                    if !self.plan.shell.prompts.contains_key(&prompt) =>
                {
                    reply.send(GuidanceResult::UnknownPrompt);
                }
                ControlRequest::Guidance { tenant, prompt, reply } => {
                    let request = self.bridge.command_guidance(tenant, prompt, CommandSource::Api);
                    self.pending.guidance.insert(request, reply);
                }
                ControlRequest::Reload { who, reply } => {
                    reply.send(match self.reload(PlanSource::Api, Some(who)) {
                        Ok(reloaded) => ReloadResult::Applied(reloaded.lines()),
                        Err(lines) => ReloadResult::Refused(lines),
                    })
                }
                ControlRequest::CopySwitch { reply } => reply.send(Box::new(self.switch.clone())),
                ControlRequest::Drain { reply } => {
                    let already = matches!(self.state, State::Draining(_));
                    let until = self.drain();
                    let calls_in_progress = self.switch.calls_len() as u64;
                    reply.send(DrainResult { already, calls_in_progress, until });
                }
            }
        }
    }

    /// Takes no new calls from here on; gives the end of the patience with those in progress.
    pub(super) fn drain(&mut self) -> Timestamp {
        if let State::Draining(until) = self.state {
            return until;
        }
        let until = self.steady() + self.drain;
        tracing::info!(seconds = self.drain.as_secs(), "draining: no new calls are taken");
        self.state = State::Draining(until);
        self.submit(Input::DrainRequested);
        until
    }

    /// Hands over the machine's figures, once a second.
    pub(super) fn report_figures(&mut self) {
        let now = self.now();
        if now < self.figures_due {
            return;
        }
        self.figures_due = now + crate::limits::FIGURES_EVERY;
        let figures = MachineFigures {
            clock_ahead_ms: self.clock.ahead_ms(),
            sip: self.bridge.stack().counters().clone(),
            sip_alive: self.bridge.stack().alive(),
            transport: self.transports.counters(),
            strangers: self.bridge.stranger_counters(),
            keep_alive: self.bridge.keep_alive_counters(),
            trunks_alive: self.bridge.trunks_alive().collect(),
            registrar: self.bridge.registrar().counters(),
            seats_registered: self.bridge.registrar().bindings_len(),
            media: self.bridge.media().counters(),
            legs: self.bridge.legs_len(),
            journal: self.journal.metrics().into(),
            recordings_open: self.outcomes.open_len(),
            loop_turns: self.turns,
        };
        self.interfaces.observer.machine(now, figures);
    }

    /// Tells the interfaces which plan is in force.
    pub(super) fn show_plan(&mut self) {
        self.interfaces.observer.plan(Arc::new(self.plan.clone()));
    }
}
