//! `acd.v1.Node`: how the process is, and its end.

use std::sync::Arc;

use acd_proto::v1;
use tonic::{Request, Response, Status};
use v1::status_response::State;

use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use super::{NodeFacts, screen};
use crate::http;
use crate::interfaces::{ControlRequest, DrainResult};
use crate::limits::LOOP_SILENT_MAX;
use crate::observer::NodeState;

#[derive(Debug)]
pub(super) struct Node {
    node: Arc<NodeFacts>,
    commands: Arc<Commands>,
}

impl Node {
    pub(super) const fn new(node: Arc<NodeFacts>, commands: Arc<Commands>) -> Self {
        Self { node, commands }
    }
}

#[tonic::async_trait]
impl v1::node_server::Node for Node {
    async fn status(
        &self,
        _request: Request<v1::StatusRequest>,
    ) -> Result<Response<v1::StatusResponse>, Status> {
        let disk_left_bytes = http::disk_left(&self.node.data_dir).await;
        Ok(Response::new(v1::StatusResponse { disk_left_bytes, ..status(&self.node) }))
    }

    async fn drain(&self, request: Request<v1::DrainRequest>) -> Result<Response<v1::DrainResponse>, Status> {
        let id = request.into_inner().idempotency_id;
        let request = |reply| ControlRequest::Drain { reply };
        let answer = self.commands.once(&id, "drain".to_owned(), request, answer).await?;
        let Answer::Drain(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

fn status(node: &NodeFacts) -> v1::StatusResponse {
    let plan = node.shared.plan();
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let view = node.shared.view();
    let machine = view.machine.as_ref();
    let state = match view.life.state {
        NodeState::Starting => State::Starting,
        NodeState::Serving => State::Serving,
        NodeState::Draining => State::Draining,
        NodeState::Stopped => State::Stopped,
    };
    v1::StatusResponse {
        state: state.into(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_time_ms: view.life.started.map(acd_core::Timestamp::as_millis),
        time_ms: view.now().as_millis(),
        clock_ahead_ms: machine.map_or(0, |machine| machine.clock_ahead_ms),
        clock_shifted: node.clock_shifted,
        sip: node.sip.map_or_else(String::new, |sip| sip.to_string()),
        http: node.http.to_string(),
        grpc: node.grpc.to_string(),
        plan: plan.name.clone(),
        tenants: count(plan.core.tenants.len()),
        seats: count(plan.core.seats.len()),
        calls_in_progress: view.board.calls_in_progress() as u64,
        sequence: view.board.last().map_or(0, |(_, seq)| seq),
        journal_degraded: view.life.journal_degraded,
        journal_queued_records: machine.map_or(0, |machine| machine.journal.queued_records as u64),
        recordings_open: machine.map_or(0, |machine| machine.recordings_open as u64),
        disk_left_bytes: None,
        seats_registered: machine.map_or(0, |machine| machine.seats_registered as u64),
        alive: view.silent_for() < LOOP_SILENT_MAX,
        seats_with_calls: screen::seats_with_calls(&view.board, &plan),
    }
}

fn answer(result: DrainResult) -> Answer {
    let DrainResult { already, calls_in_progress, until } = result;
    Answer::Drain(v1::DrainResponse { already, calls_in_progress, until_time_ms: until.as_millis() })
}
