//! `acd.v1.Guidance`: what callers hear by command (R-G4).

use std::sync::Arc;

use acd_core::{PromptId, TenantId};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use crate::interfaces::{ControlRequest, GuidanceResult};

#[derive(Debug)]
pub(super) struct Guidance(pub(super) Arc<Commands>);

#[tonic::async_trait]
impl v1::guidance_server::Guidance for Guidance {
    async fn set_emergency(
        &self,
        request: Request<v1::SetEmergencyGuidanceRequest>,
    ) -> Result<Response<v1::SetEmergencyGuidanceResponse>, Status> {
        let v1::SetEmergencyGuidanceRequest { tenant, prompt, idempotency_id } = request.into_inner();
        let words = format!("emergency guidance of {tenant}: {prompt:?}");
        let tenant = TenantId::new(&tenant)
            .map_err(|error| Status::invalid_argument(format!("tenant: {error}; send one of the plan")))?;
        let prompt = if prompt.is_empty() {
            None
        } else {
            let prompt = PromptId::new(&prompt).map_err(|error| {
                Status::invalid_argument(format!("prompt: {error}; send one of the plan"))
            })?;
            Some(prompt)
        };
        let request = |reply| ControlRequest::Guidance { tenant, prompt, reply };
        let answer = self.0.once(&idempotency_id, words, request, answer).await?;
        let Answer::Guidance(response) = answer else { return Err(mixed_up(&answer)) };
        let response = response.ok_or_else(|| {
            Status::invalid_argument("prompt: the plan has no such prompt; add [prompts.NAME] and reload")
        })?;
        Ok(Response::new(response))
    }
}

fn answer(result: GuidanceResult) -> Answer {
    let result = match result {
        GuidanceResult::Done => v1::GuidanceCommandResult::Done,
        GuidanceResult::UnknownTenant => v1::GuidanceCommandResult::UnknownTenant,
        GuidanceResult::UnknownPrompt => return Answer::Guidance(None),
    };
    Answer::Guidance(Some(v1::SetEmergencyGuidanceResponse { result: result.into() }))
}
