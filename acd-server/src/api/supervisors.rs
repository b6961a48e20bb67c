//! `acd.v1.Supervisors`: they take part in calls, and force seats (R-S5).

use std::sync::Arc;

use acd_core::{CallCommand, CallId, CommandSource, SeatId, Supervision};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::Commands;
use super::seats::wanted;

#[derive(Debug)]
pub(super) struct Supervisors(pub(super) Arc<Commands>);

#[tonic::async_trait]
impl v1::supervisors_server::Supervisors for Supervisors {
    async fn supervise(
        &self,
        request: Request<v1::SuperviseRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::SuperviseRequest { supervisor, call, part, idempotency_id } = request.into_inner();
        let part = match v1::Supervision::try_from(part) {
            Ok(v1::Supervision::Listen) => Supervision::Listen,
            Ok(v1::Supervision::Whisper) => Supervision::Whisper,
            Ok(v1::Supervision::Join) => Supervision::Join,
            Ok(v1::Supervision::Unspecified) | Err(_) => {
                return Err(Status::invalid_argument(
                    "part: send SUPERVISION_LISTEN, SUPERVISION_WHISPER or SUPERVISION_JOIN",
                ));
            }
        };
        let request = v1::SuperviseCallRequest { supervisor, call, idempotency_id };
        self.command(request, CallCommand::Supervise(part)).await
    }

    async fn leave(
        &self,
        request: Request<v1::SuperviseCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::EndSupervision).await
    }

    async fn hold(
        &self,
        request: Request<v1::SuperviseCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::Hold).await
    }

    async fn resume(
        &self,
        request: Request<v1::SuperviseCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::Resume).await
    }

    async fn hang_up(
        &self,
        request: Request<v1::SuperviseCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::HangUp).await
    }

    async fn force_seat(
        &self,
        request: Request<v1::ForceSeatRequest>,
    ) -> Result<Response<v1::CommandSeatResponse>, Status> {
        let v1::ForceSeatRequest { supervisor, seat, command, idempotency_id } = request.into_inner();
        let source = source(&supervisor)?;
        let (seat, command) = wanted(&seat, command)?;
        self.0.seat(&idempotency_id, seat, command, source).await
    }
}

impl Supervisors {
    async fn command(
        &self,
        request: v1::SuperviseCallRequest,
        command: CallCommand,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::SuperviseCallRequest { supervisor, call, idempotency_id } = request;
        self.0.call(&idempotency_id, CallId(call), command, source(&supervisor)?).await
    }
}

fn source(supervisor: &str) -> Result<CommandSource, Status> {
    SeatId::new(supervisor)
        .map(CommandSource::Supervisor)
        .map_err(|error| Status::invalid_argument(format!("supervisor: {error}; send a seat of the plan")))
}
