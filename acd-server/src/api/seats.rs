//! `acd.v1.Seats`: agents' commands by interface.

use std::sync::Arc;

use acd_core::{CommandSource, SeatCommand, SeatCommandResult, SeatId, SeatState};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use super::{NodeFacts, screen};
use crate::interfaces::ControlRequest;

#[derive(Debug)]
pub(super) struct Seats {
    node: Arc<NodeFacts>,
    commands: Arc<Commands>,
}

impl Seats {
    pub(super) const fn new(node: Arc<NodeFacts>, commands: Arc<Commands>) -> Self {
        Self { node, commands }
    }
}

#[tonic::async_trait]
impl v1::seats_server::Seats for Seats {
    async fn command(
        &self,
        request: Request<v1::CommandSeatRequest>,
    ) -> Result<Response<v1::CommandSeatResponse>, Status> {
        let v1::CommandSeatRequest { seat, command, idempotency_id } = request.into_inner();
        let (seat, command) = wanted(&seat, command)?;
        self.commands.seat(&idempotency_id, seat, command, CommandSource::Api).await
    }

    async fn get(&self, request: Request<v1::GetSeatRequest>) -> Result<Response<v1::SeatView>, Status> {
        let seat = request.into_inner().seat;
        let seat = SeatId::new(&seat).map_err(|error| Status::invalid_argument(format!("seat: {error}")))?;
        let plan = self.node.shared.plan();
        if !plan.core.seats.contains_key(&seat) {
            return Err(Status::not_found(format!("seat: the plan has no seat {seat}")));
        }
        let view = self.node.shared.view();
        // A seat of which no fact has spoken is logged out.
        let state = view.board.seats().get(&seat).copied().unwrap_or(SeatState::LoggedOut);
        Ok(Response::new(screen::seat(&view.board, &plan, seat, state)))
    }
}

impl Commands {
    /// A command to a seat.
    pub(super) async fn seat(
        &self,
        id: &str,
        seat: SeatId,
        command: SeatCommand,
        source: CommandSource,
    ) -> Result<Response<v1::CommandSeatResponse>, Status> {
        let words = format!("{seat} {command:?} {source:?}");
        let request = |reply| ControlRequest::Seat { seat, command, source, reply };
        let answer = self.once(id, words, request, answer).await?;
        let Answer::Seat(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

/// Which seat is commanded, and to what.
pub(super) fn wanted(seat: &str, command: Option<v1::SeatCommand>) -> Result<(SeatId, SeatCommand), Status> {
    let seat = SeatId::new(seat).map_err(|error| Status::invalid_argument(format!("seat: {error}")))?;
    let command = v1::seat_command(&command.unwrap_or_default())
        .map_err(|fault| Status::invalid_argument(fault.to_string()))?;
    Ok((seat, command))
}

fn answer(result: SeatCommandResult) -> Answer {
    Answer::Seat(v1::CommandSeatResponse { result: v1::SeatCommandResult::from(result).into() })
}

/// An answer of another kind: the words of two commands would have to be equal.
pub(super) fn mixed_up(answer: &Answer) -> Status {
    tracing::error!(?answer, "an idempotency id has the answer of another kind of command");
    Status::internal("idempotency_id: it has the answer of another command; send a new one")
}
