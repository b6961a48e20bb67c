//! `acd.v1.Calls`: commands to calls in progress, and calls that agents begin.

use std::collections::BTreeSet;
use std::sync::Arc;

use acd_core::{
    AreaId, CallCommand, CallCommandResult, CallId, CommandSource, Destination, SeatId, SkillId, TenantId,
};
use acd_proto::v1;
use tonic::{Request, Response, Status};

use super::call_back::{self, Earlier};
use super::commands::{Answer, Commands};
use super::seats::mixed_up;
use super::{NodeFacts, caller, ending, journal_status};
use crate::interfaces::{CallOut, CallerSeen, ControlRequest};
use crate::limits::FACT_FILTER_NAMES_MAX;

#[derive(Debug)]
pub(super) struct Calls {
    node: Arc<NodeFacts>,
    commands: Arc<Commands>,
}

type Answered = Result<Response<v1::CommandCallResponse>, Status>;

#[tonic::async_trait]
impl v1::calls_server::Calls for Calls {
    async fn hold(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Hold).await
    }

    async fn resume(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Resume).await
    }

    async fn hang_up(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::HangUp).await
    }

    async fn explained(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Explained).await
    }

    async fn hand_over(&self, request: Request<v1::HandOverCallRequest>) -> Answered {
        let v1::HandOverCallRequest { call, skill, idempotency_id } = request.into_inner();
        let skill = SkillId::new(&skill)
            .map_err(|error| Status::invalid_argument(format!("skill: {error}; send one of the plan")))?;
        self.command(call, CallCommand::HandOver(skill), &idempotency_id).await
    }

    async fn dial(&self, request: Request<v1::DialPartyRequest>) -> Answered {
        let v1::DialPartyRequest { call, destination, idempotency_id } = request.into_inner();
        let destination = whom(destination.as_ref())?;
        self.command(call, CallCommand::Dial(destination), &idempotency_id).await
    }

    async fn join(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Join).await
    }

    async fn swap(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Swap).await
    }

    async fn leave(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::Leave).await
    }

    async fn transfer(&self, request: Request<v1::DialPartyRequest>) -> Answered {
        let v1::DialPartyRequest { call, destination, idempotency_id } = request.into_inner();
        let destination = whom(destination.as_ref())?;
        self.command(call, CallCommand::Blind(destination), &idempotency_id).await
    }

    async fn drop_party(&self, request: Request<v1::DropPartyRequest>) -> Answered {
        let v1::DropPartyRequest { party, idempotency_id } = request.into_inner();
        let party = party.ok_or_else(|| {
            Status::invalid_argument("party: send the call and the count of the try, as the facts have them")
        })?;
        self.command(party.call, CallCommand::DropParty(party.attempt), &idempotency_id).await
    }

    async fn not_responding(
        &self,
        request: Request<v1::NotRespondingRequest>,
    ) -> Result<Response<v1::NotRespondingResponse>, Status> {
        let v1::NotRespondingRequest { call, municipality, idempotency_id } = request.into_inner();
        let area = area(&municipality)?;
        let command = CallCommand::Dial(Destination::Headquarters(area));
        let result = self.ask(call, command, &idempotency_id).await?;
        let known = self.seen(call, area).await?;
        let known = known.map(|seen| caller::known(&seen, &self.node.shared.plan().core));
        Ok(Response::new(v1::NotRespondingResponse { result, known }))
    }

    async fn release_caller(&self, request: Request<v1::CommandCallRequest>) -> Answered {
        self.plain(request, CallCommand::ReleaseCaller).await
    }

    async fn show_number(
        &self,
        request: Request<v1::CommandCallRequest>,
    ) -> Result<Response<v1::ShowNumberResponse>, Status> {
        let v1::CommandCallRequest { call, idempotency_id } = request.into_inner();
        let result = self.ask(call, CallCommand::ShowNumber, &idempotency_id).await?;
        let mut number = String::new();
        // That it was shown is a fact by now.
        if result == i32::from(v1::CallCommandResult::Done)
            && let Some(CallerSeen { known, sealed, .. }) = self.seen(call, None).await?
        {
            number = match known.caller {
                acd_core::CallerIdentity::Number(number) => number.into_inner(),
                acd_core::CallerIdentity::Withheld(_) => {
                    sealed.map_or_else(String::new, acd_core::Pii::into_inner)
                }
            };
        }
        Ok(Response::new(v1::ShowNumberResponse { result, number }))
    }

    async fn check(&self, request: Request<v1::CheckConditionRequest>) -> Answered {
        let v1::CheckConditionRequest { call, condition, holds, idempotency_id } = request.into_inner();
        let condition = v1::locate_condition(condition)
            .ok_or_else(|| Status::invalid_argument("condition: send one of the notice's three"))?;
        self.command(call, CallCommand::Check(condition, holds), &idempotency_id).await
    }

    async fn known(
        &self,
        request: Request<v1::CallerKnownRequest>,
    ) -> Result<Response<v1::CallerKnown>, Status> {
        let v1::CallerKnownRequest { call, municipality } = request.into_inner();
        let seen = self.seen(call, area(&municipality)?).await?;
        let seen = seen.ok_or_else(|| {
            Status::not_found(format!("call: no caller is in call {call}; it is over, or an agent began it"))
        })?;
        Ok(Response::new(caller::known(&seen, &self.node.shared.plan().core)))
    }

    async fn call_out(
        &self,
        request: Request<v1::CallOutRequest>,
    ) -> Result<Response<v1::CallOutResponse>, Status> {
        let request = request.into_inner();
        let seat = SeatId::new(&request.seat)
            .map_err(|error| Status::invalid_argument(format!("seat: {error}; send one of the plan")))?;
        let about = Some(CallId(request.about)).filter(|call| call.0 != 0);
        let mut destination = whom(request.destination.as_ref())?;
        let earlier = match about {
            Some(call) => match self.earlier(call).await? {
                Some(earlier) => Some(earlier),
                None => return Ok(no_call(CallCommandResult::UnknownCall)),
            },
            None => None,
        };
        let tenant = tenant_of(&request.tenant, earlier)?;
        if destination == Destination::Caller {
            let Some(number) = earlier.and_then(|it| it.number) else {
                return Ok(no_call(CallCommandResult::UnknownDestination));
            };
            destination = Destination::CallBack(number);
        }
        let wish = CallOut { seat, tenant, destination, about };
        let words = format!("{seat} calls out for {tenant} about {about:?} {}", in_words(destination));
        let command = |reply| ControlRequest::CallOut { wish, reply };
        let answer = self.commands.once(&request.idempotency_id, words, command, called_out).await?;
        let Answer::CallOut(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }

    async fn to_call_back(
        &self,
        request: Request<v1::ToCallBackRequest>,
    ) -> Result<Response<v1::ToCallBackResponse>, Status> {
        let request = request.into_inner();
        if request.tenants.len() > FACT_FILTER_NAMES_MAX {
            return Err(Status::invalid_argument(format!(
                "tenants: more than {FACT_FILTER_NAMES_MAX} names; leave them out for all"
            )));
        }
        let named = |name: &String| {
            TenantId::new(name).map_err(|error| Status::invalid_argument(format!("tenants: {error}")))
        };
        let tenants: BTreeSet<TenantId> = request.tenants.iter().map(named).collect::<Result<_, _>>()?;
        let (node, now) = (Arc::clone(&self.node), self.node.shared.view().now());
        // A day of the whole country takes seconds to read.
        let list = tokio::task::spawn_blocking(move || {
            call_back::to_call_back(&node.data_dir, now, &tenants, &request)
        });
        let list = list.await.map_err(|_| ending())?;
        list.map(Response::new).map_err(|error| journal_status(&error))
    }
}

impl Calls {
    pub(super) const fn new(node: Arc<NodeFacts>, commands: Arc<Commands>) -> Self {
        Self { node, commands }
    }

    async fn plain(&self, request: Request<v1::CommandCallRequest>, command: CallCommand) -> Answered {
        let v1::CommandCallRequest { call, idempotency_id } = request.into_inner();
        self.command(call, command, &idempotency_id).await
    }

    async fn command(&self, call: u64, command: CallCommand, idempotency_id: &str) -> Answered {
        let result = self.ask(call, command, idempotency_id).await?;
        Ok(Response::new(v1::CommandCallResponse { result }))
    }

    /// What came of a command.
    async fn ask(&self, call: u64, command: CallCommand, idempotency_id: &str) -> Result<i32, Status> {
        let answer = self.commands.call(idempotency_id, CallId(call), command, CommandSource::Api).await?;
        Ok(answer.into_inner().result)
    }

    async fn seen(&self, call: u64, area: Option<AreaId>) -> Result<Option<CallerSeen>, Status> {
        let call = CallId(call);
        self.commands.ask(|reply| ControlRequest::Caller { call, area, reply }).await
    }

    async fn earlier(&self, call: CallId) -> Result<Option<Earlier>, Status> {
        let node = Arc::clone(&self.node);
        let earlier = tokio::task::spawn_blocking(move || call_back::earlier(&node.data_dir, call));
        earlier.await.map_err(|_| ending())?.map_err(|error| journal_status(&error))
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
    ) -> Answered {
        let whom = match command {
            CallCommand::Dial(destination) | CallCommand::Blind(destination) => in_words(destination),
            CallCommand::Hold
            | CallCommand::Resume
            | CallCommand::HangUp
            | CallCommand::Explained
            | CallCommand::HandOver(_)
            | CallCommand::Join
            | CallCommand::Leave
            | CallCommand::DropParty(_)
            | CallCommand::Swap
            | CallCommand::ReleaseCaller
            | CallCommand::ShowNumber
            | CallCommand::Check(..)
            | CallCommand::Supervise(_)
            | CallCommand::EndSupervision => String::new(),
        };
        let words = format!("call {call} {command:?} {source:?} {whom}");
        let request = |reply| ControlRequest::Call { call, command, source, reply };
        let answer = self.once(id, words, request, answer).await?;
        let Answer::Call(response) = answer else { return Err(mixed_up(&answer)) };
        Ok(Response::new(response))
    }
}

fn answer(result: CallCommandResult) -> Answer {
    Answer::Call(v1::CommandCallResponse { result: v1::CallCommandResult::from(result).into() })
}

fn called_out((call, result): (CallId, CallCommandResult)) -> Answer {
    let call = if result == CallCommandResult::Done { call.0 } else { 0 };
    Answer::CallOut(v1::CallOutResponse { result: v1::CallCommandResult::from(result).into(), call })
}

/// Refused before the switch is asked.
fn no_call(result: CallCommandResult) -> Response<v1::CallOutResponse> {
    Response::new(v1::CallOutResponse { result: v1::CallCommandResult::from(result).into(), call: 0 })
}

fn whom(destination: Option<&v1::Destination>) -> Result<Destination, Status> {
    v1::command_destination(destination).map_err(|fault| Status::invalid_argument(fault.to_string()))
}

fn area(municipality: &str) -> Result<Option<AreaId>, Status> {
    if municipality.is_empty() {
        return Ok(None);
    }
    AreaId::new(municipality).map(Some).map_err(|error| {
        Status::invalid_argument(format!("municipality: {error}; send one of the plan, or none"))
    })
}

/// For which client an agent calls out.
fn tenant_of(named: &str, earlier: Option<Earlier>) -> Result<TenantId, Status> {
    let named = (!named.is_empty()).then(|| TenantId::new(named)).transpose();
    let named = named.map_err(|error| Status::invalid_argument(format!("tenant: {error}")))?;
    match (named, earlier) {
        (None, None) => Err(Status::invalid_argument("tenant: send for whom is called, or about which call")),
        (Some(named), Some(earlier)) if named != earlier.tenant => Err(Status::invalid_argument(format!(
            "tenant: the earlier call is {}'s; leave the tenant out",
            earlier.tenant
        ))),
        (Some(tenant), _) | (None, Some(Earlier { tenant, .. })) => Ok(tenant),
    }
}

/// Tells one wish from another behind an idempotency id, numbers included. It stays in memory and reaches no log.
fn in_words(destination: Destination) -> String {
    match destination {
        Destination::Number(number) | Destination::CallBack(number) => number.reveal().to_string(),
        Destination::Entry(_) | Destination::Headquarters(_) | Destination::Caller => {
            format!("{destination:?}")
        }
    }
}
