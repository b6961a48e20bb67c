//! `acd.v1.Plan`: the running plan, its file, and the way from one to the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use acd_core::plan::diff;
use acd_proto::{plan_from_json, v1};
use tonic::{Request, Response, Status};

use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use super::{NodeFacts, ending};
use crate::interfaces::{ControlRequest, ReloadResult};
use crate::limits::WHO_BYTES_MAX;
use crate::plan::{PlanFile, render_json, render_text, warnings};
use crate::silenced::silenced;

#[derive(Debug)]
pub(super) struct Plan {
    node: Arc<NodeFacts>,
    commands: Arc<Commands>,
}

impl Plan {
    pub(super) const fn new(node: Arc<NodeFacts>, commands: Arc<Commands>) -> Self {
        Self { node, commands }
    }
}

#[tonic::async_trait]
impl v1::plan_server::Plan for Plan {
    async fn show(
        &self,
        _request: Request<v1::ShowPlanRequest>,
    ) -> Result<Response<v1::ShowPlanResponse>, Status> {
        let plan = self.node.shared.plan();
        // Thousands of seats take a while to write down.
        let response = tokio::task::spawn_blocking(move || v1::ShowPlanResponse {
            name: plan.name.clone(),
            text: render_text(&plan),
            json: render_json(&plan).to_string(),
        });
        response.await.map(Response::new).map_err(|_| ending())
    }

    async fn check(
        &self,
        _request: Request<v1::CheckPlanRequest>,
    ) -> Result<Response<v1::CheckPlanResponse>, Status> {
        let Some(path) = self.node.plan_path.clone() else {
            let name = self.node.shared.plan().name.clone();
            let response = v1::CheckPlanResponse { name, errors: Vec::new(), warnings: Vec::new() };
            return Ok(Response::new(response));
        };
        let now = self.node.shared.view().now();
        let checked = tokio::task::spawn_blocking(move || {
            let (errors, warnings) = match PlanFile::load(&path) {
                Ok(plan) => (Vec::new(), warnings(&plan, now)),
                Err(errors) => (errors, Vec::new()),
            };
            v1::CheckPlanResponse {
                name: path.display().to_string(),
                errors: errors.iter().map(ToString::to_string).collect(),
                warnings: warnings.iter().map(ToString::to_string).collect(),
            }
        });
        checked.await.map(Response::new).map_err(|_| ending())
    }

    async fn compare(
        &self,
        request: Request<v1::ComparePlanRequest>,
    ) -> Result<Response<v1::ComparePlanResponse>, Status> {
        let v1::ComparePlanRequest { plan, prompts } = request.into_inner();
        let plan = tokio::task::spawn_blocking(move || plan_from_json(&plan)).await.map_err(|_| ending())?;
        let plan = plan.map_err(|error| Status::invalid_argument(format!("plan: {error}")))?;
        let switch = self.commands.ask(|reply| ControlRequest::CopySwitch { reply }).await?;
        let name = self.node.shared.plan().name.clone();
        // The loop has given a copy and goes on meanwhile.
        let compared = tokio::task::spawn_blocking(move || {
            let mut stranded: Vec<String> =
                switch.would_strand(&plan).iter().map(ToString::to_string).collect();
            // Who asks without them does not want to know.
            if !prompts.is_empty() {
                let prompts: BTreeSet<String> = prompts.into_iter().collect();
                let silenced = silenced(&switch, &plan, |prompt| prompts.contains(prompt.as_str()));
                stranded.extend(silenced.iter().map(ToString::to_string));
            }
            let changes = diff(switch.plan(), &plan).iter().map(ToString::to_string).collect();
            v1::ComparePlanResponse { name, changes, stranded }
        });
        compared.await.map(Response::new).map_err(|_| Status::invalid_argument("plan: it cannot be applied"))
    }

    async fn reload(
        &self,
        request: Request<v1::ReloadPlanRequest>,
    ) -> Result<Response<v1::ReloadPlanResponse>, Status> {
        let address = request.remote_addr().map_or_else(String::new, |it| it.ip().to_string());
        let v1::ReloadPlanRequest { idempotency_id: id, by } = request.into_inner();
        if by.len() > WHO_BYTES_MAX || by.contains(char::is_control) {
            return Err(Status::invalid_argument(format!(
                "by: it is longer than {WHO_BYTES_MAX} bytes, or holds control characters; give a name"
            )));
        }
        let who = if by.trim().is_empty() { address } else { by.trim().to_owned() };
        let what = format!("reload by {who}");
        let request = |reply| ControlRequest::Reload { who, reply };
        let answer = self.commands.once(&id, what, request, answer).await?;
        let Answer::Reload(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

fn answer(result: ReloadResult) -> Answer {
    Answer::Reload(match result {
        ReloadResult::Applied(changes) => {
            v1::ReloadPlanResponse { applied: true, changes, errors: Vec::new() }
        }
        ReloadResult::Refused(errors) => {
            v1::ReloadPlanResponse { applied: false, changes: Vec::new(), errors }
        }
    })
}
