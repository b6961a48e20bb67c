//! HTTP for machines: `/healthz`, `/readyz`, `/metrics`. Nothing that it shows identifies a person.

mod disk;
mod families;
mod health;
mod kernel;
mod machine;
mod metrics;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::api::NodeFacts;

pub(crate) use disk::disk_left;

/// The routes.
pub(crate) fn router(node: Arc<NodeFacts>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
        .with_state(node)
}
