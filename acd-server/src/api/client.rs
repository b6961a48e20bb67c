//! The client of `acd status`, `acd reload`, `acd guidance`, `acd drain` and `acd check --against`.

use std::net::SocketAddr;

use acd_core::Timestamp;
use acd_proto::plan_to_json;
use acd_proto::v1::guidance_client::GuidanceClient;
use acd_proto::v1::node_client::NodeClient;
use acd_proto::v1::plan_client::PlanClient;
use acd_proto::v1::{self, status_response::State};
use serde_json::{Value, json};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::interfaces::Token;
use crate::journal::time_text;
use crate::limits::{CLIENT_CONNECT_MAX, CLIENT_PATIENCE_MAX};
use crate::plan::PlanFile;

/// What a command came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// For people, ended by a line feed.
    pub text: String,
    /// For machines.
    pub json: Value,
    /// Whether all is well; else the command's exit code is 1.
    pub is_fine: bool,
}

/// Why the running switch could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers there.
    #[error("no switch answers at {address} ({reason}): is acd serve running, and is that its gRPC address?")]
    Unreachable {
        /// Where.
        address: SocketAddr,
        /// What the connection says.
        reason: String,
    },
    /// The token is missing or wrong.
    #[error(
        "the switch at {0} wants a token: put the one that acd serve was started with into {variable}",
        variable = crate::interfaces::TOKEN_VARIABLE
    )]
    Token(SocketAddr),
    /// The switch refused.
    #[error("the switch at {address} says: {message}")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// Its words.
        message: String,
    },
    /// The system gives no runtime.
    #[error("cannot start the client: {0}")]
    Runtime(#[from] std::io::Error),
}

/// The switch at an address.
#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    authorization: Option<MetadataValue<Ascii>>,
}

impl Client {
    /// A client of the switch whose gRPC is at `address`; it connects when it is asked something.
    pub fn new(address: SocketAddr, token: Option<&Token>) -> Self {
        let authorization = token.map(|token| {
            let mut value: MetadataValue<Ascii> =
                token.bearer().parse().expect("invariant: a token has visible ASCII only");
            value.set_sensitive(true);
            value
        });
        Self { address, authorization }
    }

    /// `acd status`.
    ///
    /// # Errors
    /// If the switch cannot be asked.
    pub async fn status(&self) -> Result<Report, ClientError> {
        let mut client = NodeClient::new(self.connect().await?);
        let status = client.status(self.request(v1::StatusRequest {})).await;
        Ok(status_report(&status.map_err(|status| self.refused(&status))?.into_inner()))
    }

    /// `acd check --against` a running switch: what this plan would change of the running one, and whom it would strand.
    ///
    /// # Errors
    /// If the switch cannot be asked.
    pub async fn compare(&self, plan: &PlanFile) -> Result<Report, ClientError> {
        let mut client = PlanClient::new(self.connect().await?);
        let prompts = plan.shell.prompts.keys().map(ToString::to_string).collect();
        let request = v1::ComparePlanRequest { plan: plan_to_json(&plan.core), prompts };
        let answer = client.compare(self.request(request)).await;
        let v1::ComparePlanResponse { name, changes, stranded } =
            answer.map_err(|status| self.refused(&status))?.into_inner();
        Ok(comparison_report(&format!("the running plan ({name})"), &changes, &[], Some(&stranded)))
    }

    /// `acd reload`, done once for `idempotency_id`; `by` is who wants it.
    ///
    /// # Errors
    /// If the switch cannot be asked.
    pub async fn reload(&self, idempotency_id: &str, by: &str) -> Result<Report, ClientError> {
        let mut client = PlanClient::new(self.connect().await?);
        let request = v1::ReloadPlanRequest { idempotency_id: idempotency_id.to_owned(), by: by.to_owned() };
        let answer = client.reload(self.request(request)).await;
        Ok(reload_report(&answer.map_err(|status| self.refused(&status))?.into_inner()))
    }

    /// `acd drain`, done once for `idempotency_id`.
    ///
    /// # Errors
    /// If the switch cannot be asked.
    pub async fn drain(&self, idempotency_id: &str) -> Result<Report, ClientError> {
        let mut client = NodeClient::new(self.connect().await?);
        let request = v1::DrainRequest { idempotency_id: idempotency_id.to_owned() };
        let answer = client.drain(self.request(request)).await;
        Ok(drain_report(&answer.map_err(|status| self.refused(&status))?.into_inner()))
    }

    /// `acd guidance`: sets a tenant's emergency guidance, or takes it away (R-G4), once for `idempotency_id`.
    ///
    /// # Errors
    /// If the switch cannot be asked, or the plan has no such prompt.
    pub async fn emergency_guidance(
        &self,
        tenant: &str,
        prompt: Option<&str>,
        idempotency_id: &str,
    ) -> Result<Report, ClientError> {
        let mut client = GuidanceClient::new(self.connect().await?);
        let request = v1::SetEmergencyGuidanceRequest {
            tenant: tenant.to_owned(),
            prompt: prompt.unwrap_or_default().to_owned(),
            idempotency_id: idempotency_id.to_owned(),
        };
        let answer = client.set_emergency(self.request(request)).await;
        let done = answer.map_err(|status| self.refused(&status))?.into_inner().result()
            == v1::GuidanceCommandResult::Done;
        let text = match (done, prompt) {
            (true, Some(prompt)) => format!("{tenant} plays {prompt} in place of its guidance\n"),
            (true, None) => format!("{tenant} plays its usual guidance\n"),
            (false, _) => format!("the running plan has no tenant {tenant}\n"),
        };
        let json = json!({ "done": done, "tenant": tenant, "prompt": prompt });
        Ok(Report { text, json, is_fine: done })
    }

    async fn connect(&self) -> Result<Channel, ClientError> {
        let unreachable = |error: tonic::transport::Error| ClientError::Unreachable {
            address: self.address,
            reason: root_cause(&error),
        };
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).map_err(unreachable)?;
        endpoint
            .connect_timeout(CLIENT_CONNECT_MAX)
            .timeout(CLIENT_PATIENCE_MAX)
            .connect()
            .await
            .map_err(unreachable)
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }

    fn refused(&self, status: &Status) -> ClientError {
        if status.code() == Code::Unauthenticated {
            return ClientError::Token(self.address);
        }
        ClientError::Refused { address: self.address, message: status.message().to_owned() }
    }
}

/// Runs a client's question to its end, on a runtime of its own: the command line has no other.
///
/// # Errors
/// As the question, or if the system gives no runtime.
pub fn block_on<T>(question: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(question)
}

/// The innermost error, which says what the system said.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn status_report(status: &v1::StatusResponse) -> Report {
    let state = match status.state() {
        State::Unspecified => "unknown",
        State::Starting => "starting",
        State::Serving => "serving",
        State::Draining => "draining",
        State::Stopped => "stopped",
    };
    let instant = |millis: i64| time_text(Timestamp::from_millis(millis));
    let since = status.started_time_ms.map(instant);
    let or_off = |address: &str| if address.is_empty() { "off".to_owned() } else { address.to_owned() };
    let mut lines = vec![
        format!(
            "state      {state}{}",
            since.as_ref().map_or_else(String::new, |since| format!(" since {since}"))
        ),
        format!("version    {}", status.version),
        format!(
            "clock      {}, {} ms ahead of the wall clock{}",
            instant(status.time_ms),
            status.clock_ahead_ms,
            if status.clock_shifted { ", started elsewhere on purpose (--clock-start)" } else { "" }
        ),
        format!("listening  sip {}  http {}  grpc {}", or_off(&status.sip), status.http, status.grpc),
        format!(
            "plan       {}: {} tenants, {} seats, {} registered",
            status.plan, status.tenants, status.seats, status.seats_registered
        ),
        format!(
            "calls      {} in progress, {} recordings open",
            status.calls_in_progress, status.recordings_open
        ),
        format!(
            "journal    fact {}, {} records wait{}",
            status.sequence,
            status.journal_queued_records,
            if status.journal_degraded {
                ", DEGRADED: effects leave without it; look at the disk"
            } else {
                ""
            }
        ),
    ];
    lines.extend(status.seats_with_calls.iter().filter_map(seat_line));
    if let Some(left) = status.disk_left_bytes {
        lines.push(format!("disk       {} MiB left", left / 1_048_576));
    }
    if !status.alive {
        lines.push("the loop stands still: take a stack trace, then restart".to_owned());
    }
    Report {
        text: lines.join("\n") + "\n",
        json: json!({
            "state": state,
            "version": status.version,
            "started": since,
            "time": instant(status.time_ms),
            "clock_ahead_ms": status.clock_ahead_ms,
            "clock_shifted": status.clock_shifted,
            "sip": status.sip,
            "http": status.http,
            "grpc": status.grpc,
            "plan": status.plan,
            "tenants": status.tenants,
            "seats": status.seats,
            "seats_registered": status.seats_registered,
            "calls_in_progress": status.calls_in_progress,
            "recordings_open": status.recordings_open,
            "sequence": status.sequence,
            "journal_degraded": status.journal_degraded,
            "journal_queued_records": status.journal_queued_records,
            "disk_left_bytes": status.disk_left_bytes,
            "alive": status.alive,
            "seats_with_calls": seats_json(&status.seats_with_calls),
        }),
        is_fine: status.alive && !status.journal_degraded,
    }
}

/// A seat with its call: `seat101  call 17 of shiga, talking, on hold`.
fn seat_line(seat: &v1::SeatView) -> Option<String> {
    let call = seat.call.as_ref()?;
    let hold = if call.on_hold { ", on hold" } else { "" };
    Some(format!("seat       {}  call {} of {}, {}{hold}", seat.seat, call.call, call.tenant, phase(call)))
}

fn phase(call: &v1::SeatCall) -> String {
    let name = call.phase().as_str_name();
    name.strip_prefix("CALL_PHASE_").unwrap_or(name).to_lowercase()
}

fn seats_json(seats: &[v1::SeatView]) -> Vec<serde_json::Value> {
    let shown = seats.iter().filter_map(|seat| {
        let call = seat.call.as_ref()?;
        Some(json!({
            "seat": seat.seat,
            "call": call.call,
            "tenant": call.tenant,
            "phase": phase(call),
            "on_hold": call.on_hold,
        }))
    });
    shown.collect()
}

fn reload_report(answer: &v1::ReloadPlanResponse) -> Report {
    let v1::ReloadPlanResponse { applied, changes, errors } = answer;
    let mut lines = vec![match (applied, changes.is_empty()) {
        (true, true) => "the plan is in force; nothing changed".to_owned(),
        (true, false) => "the plan is in force; what changed:".to_owned(),
        (false, _) => "the plan was not taken, and the one before stays in force:".to_owned(),
    }];
    lines.extend(changes.iter().chain(errors).map(|line| format!("  {line}")));
    Report {
        text: lines.join("\n") + "\n",
        json: json!({ "applied": applied, "changes": changes, "errors": errors }),
        is_fine: *applied,
    }
}

/// What a plan changes of another, and whom it would strand, where that is known. All is well if nobody.
pub fn comparison_report(
    other: &str,
    changes: &[String],
    needs_restart: &[String],
    stranded: Option<&[String]>,
) -> Report {
    let mut lines = Vec::new();
    let mut paragraph = |said: &[String], some: String, none: &str| {
        lines.push(if said.is_empty() { none.to_owned() } else { some });
        lines.extend(said.iter().map(|line| format!("  {line}")));
    };
    paragraph(changes, format!("changes of {other}:"), &format!("changes nothing of {other}"));
    if !needs_restart.is_empty() {
        paragraph(needs_restart, "in force after the next start only:".to_owned(), "");
    }
    if let Some(stranded) = stranded {
        paragraph(stranded, "would strand, if it were put in force now:".to_owned(), "would strand nobody");
    }
    Report {
        text: lines.join("\n") + "\n",
        json: json!({ "changes": changes, "needs_restart": needs_restart, "stranded": stranded }),
        is_fine: stranded.is_none_or(<[String]>::is_empty),
    }
}

fn drain_report(answer: &v1::DrainResponse) -> Report {
    let v1::DrainResponse { already, calls_in_progress, until_time_ms } = *answer;
    let until = time_text(Timestamp::from_millis(until_time_ms));
    let draining = if already { "was draining already" } else { "is draining" };
    Report {
        text: format!(
            "the switch {draining}: no new calls are taken, {calls_in_progress} may go on until {until} at the latest\n"
        ),
        json: json!({ "already": already, "calls_in_progress": calls_in_progress, "until": until }),
        is_fine: true,
    }
}
