//! Whether the process works, and whether it takes calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::NodeFacts;
use crate::limits::LOOP_SILENT_MAX;
use crate::observer::{NodeState, View};

type Answer = (StatusCode, &'static str);

const STANDS_STILL: Answer =
    (StatusCode::SERVICE_UNAVAILABLE, "the loop stands still: take a stack trace, then restart\n");

/// `/healthz`: 200 while the loop turns; 503 is a reason to restart.
pub(super) async fn alive(State(node): State<Arc<NodeFacts>>) -> Answer {
    if is_silent(&node.shared.view()) { STANDS_STILL } else { (StatusCode::OK, "alive\n") }
}

/// `/readyz`: 200 while new calls are taken; 503 is a reason to send them elsewhere.
pub(super) async fn ready(State(node): State<Arc<NodeFacts>>) -> Answer {
    let view = node.shared.view();
    if is_silent(&view) {
        return STANDS_STILL;
    }
    match view.life.state {
        NodeState::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
        NodeState::Serving => (StatusCode::OK, "ready\n"),
        NodeState::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        NodeState::Stopped => (StatusCode::SERVICE_UNAVAILABLE, "stopped\n"),
    }
}

fn is_silent(view: &View) -> bool {
    view.silent_for() > LOOP_SILENT_MAX
}
