//! `acd.v1.Calls`: commands to calls in progress.

use std::sync::Arc;

use acd_core::{CallId, SkillId};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use crate::interfaces::{CallAction, CallActionResult, ControlRequest};

#[derive(Debug)]
pub(super) struct Calls(pub(super) Arc<Commands>);

#[tonic::async_trait]
impl v1::calls_server::Calls for Calls {
    async fn hold(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallAction::Hold).await
    }

    async fn resume(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallAction::Resume).await
    }

    async fn hang_up(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        self.command(request.into_inner(), CallAction::HangUp).await
    }

    async fn hand_over(
        &self,
        request: Request<v1::HandOverCallRequest>,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::HandOverCallRequest { call, skill, idempotency_id } = request.into_inner();
        let skill = SkillId::new(&skill)
            .map_err(|error| Status::invalid_argument(format!("skill: {error}; send one of the plan")))?;
        let request = v1::CommandCallRequest { call, idempotency_id };
        self.command(request, CallAction::HandOver(skill)).await
    }
}

impl Calls {
    async fn command(
        &self,
        request: v1::CommandCallRequest,
        action: CallAction,
    ) -> Result<Response<v1::CommandCallResponse>, Status> {
        let v1::CommandCallRequest { call, idempotency_id } = request;
        let call = CallId(call);
        let words = format!("call {call} {action:?}");
        let answer = self
            .0
            .once(&idempotency_id, words, |reply| ControlRequest::Call { call, action, reply }, answer)
            .await?;
        let Answer::Call(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

fn answer(result: CallActionResult) -> Answer {
    let result = match result {
        CallActionResult::Done => v1::CallCommandResult::Done,
        CallActionResult::UnknownCall => v1::CallCommandResult::UnknownCall,
        CallActionResult::OutOfPhase => v1::CallCommandResult::OutOfPhase,
        CallActionResult::UnknownSkill => v1::CallCommandResult::UnknownSkill,
    };
    Answer::Call(v1::CommandCallResponse { result: result.into() })
}
