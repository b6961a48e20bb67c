//! `acd.v1.Seats`: agents' commands by interface.

use std::sync::Arc;

use acd_core::{CommandSource, SeatCommand, SeatCommandResult, SeatId};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use crate::interfaces::ControlRequest;

#[derive(Debug)]
pub(super) struct Seats(pub(super) Arc<Commands>);

#[tonic::async_trait]
impl v1::seats_server::Seats for Seats {
    async fn command(
        &self,
        request: Request<v1::CommandSeatRequest>,
    ) -> Result<Response<v1::CommandSeatResponse>, Status> {
        let v1::CommandSeatRequest { seat, command, idempotency_id } = request.into_inner();
        let (seat, command) = wanted(&seat, command)?;
        self.0.seat(&idempotency_id, seat, command, CommandSource::Api).await
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
