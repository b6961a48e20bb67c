//! `acd.v1.Calls`: commands to calls in progress.

use std::sync::Arc;

use acd_core::{CallCommand, CallCommandResult, CallId, CommandSource, SkillId};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use crate::interfaces::ControlRequest;

#[derive(Debug)]
pub(super) struct Calls(pub(super) Arc<Commands>);

#[tonic::async_trait]
impl v1::calls_server::Calls for Calls {
    async fn hold(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::Hold).await
    }

    async fn resume(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::Resume).await
    }

    async fn hang_up(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::HangUp).await
    }

    async fn explained(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallCommand::Explained).await
    }

    async fn hand_over(
        &self,
        request: Request<v1::HandOverCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::HandOverCallRequest { call, skill, idempotency_id } = request.into_inner();
        let skill = SkillId::new(&skill)
            .map_err(|error| Status::invalid_argument(format!("skill: {error}; send one of the plan")))?;
        let request = v1::CommandCallRequest { call, idempotency_id };
        self.command(request, CallCommand::HandOver(skill)).await
    }
}

impl Calls {
    async fn command(
        &self,
        request: v1::CommandCallRequest,
        command: CallCommand,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::CommandCallRequest { call, idempotency_id } = request;
        self.0.call(&idempotency_id, CallId(call), command, CommandSource::Api).await
    }
}

impl Commands {
    /// A command to a call in progress.
    pub(super) async fn call(
        &self,
        id: &str,
        call: CallId,
        command: CallCommand,
        source: CommandSource,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let words = format!("call {call} {command:?} {source:?}");
        let request = |reply| ControlRequest::Call { call, command, source, reply };
        let answer = self.once(id, words, request, answer).await?;
        let Answer::Call(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

fn answer(result: CallCommandResult) -> Answer {
    Answer::Call(v1::CommandCallResponse { result: v1::CallCommandResult::from(result).into() })
}
