//! gRPC: the services of `acd.v1`, each in a file of its own.

mod auth;
mod board;
mod call_back;
mod caller;
mod calls;
pub mod client;
mod commands;
mod facts;
mod filter;
mod guidance;
mod node;
mod plan;
mod screen;
mod seats;
mod supervisors;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use acd_proto::v1;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::Status;
use tonic::service::InterceptorLayer;
use tonic::transport::Server;
use tonic::transport::server::Connected;

use crate::interfaces::{Controls, Token};
use crate::journal::JournalError;
use crate::limits::{API_PLAN_BYTES_MAX, API_REQUEST_BYTES_MAX, API_REQUESTS_OF_CONNECTION_MAX};
use crate::observer::Shared;
use auth::Guard;
use commands::Commands;

/// From one sign of life to the next on a quiet connection, so that one whose client has vanished is let go.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What the services read of the switch.
#[derive(Debug)]
pub struct NodeFacts {
    /// Board, figures, plan.
    pub shared: Arc<Shared>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The plan's file; `None`: the built-in plan.
    pub plan_path: Option<PathBuf>,
    /// Where SIP listens.
    pub sip: Option<SocketAddr>,
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// Where gRPC listens.
    pub grpc: SocketAddr,
    /// The clock was started elsewhere on purpose.
    pub clock_shifted: bool,
}

/// What the server needs beside its connections.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) node: Arc<NodeFacts>,
    pub(crate) controls: Controls,
    pub(crate) token: Option<Token>,
    /// Becomes true when the server is to end.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Api {
    /// Serves all services until told to end.
    ///
    /// # Errors
    /// At once if the descriptions for reflection cannot be read; later if the server fails.
    pub(crate) fn serve<I, IO>(
        self,
        connections: I,
    ) -> Result<
        impl Future<Output = Result<(), tonic::transport::Error>> + Send,
        tonic_reflection::server::Error,
    >
    where
        I: Stream<Item = io::Result<IO>> + Send + 'static,
        IO: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let Self { node, controls, token, mut stopping } = self;
        let commands = Arc::new(Commands::new(controls));
        let streams = facts::Facts::new(Arc::clone(&node), stopping.clone());
        let board = board::Board::new(Arc::clone(&node), stopping.clone());
        let plan = plan::Plan::new(Arc::clone(&node), Arc::clone(&commands));
        let seats = seats::Seats::new(Arc::clone(&node), Arc::clone(&commands));
        let calls = calls::Calls::new(Arc::clone(&node), Arc::clone(&commands));
        let supervisors = supervisors::Supervisors(Arc::clone(&commands));
        let guidance = guidance::Guidance(Arc::clone(&commands));
        let node = node::Node::new(node, commands);
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(v1::FILE_DESCRIPTOR_SET)
        };
        let max = API_REQUEST_BYTES_MAX;
        let router = Server::builder()
            .http2_keepalive_interval(Some(KEEPALIVE))
            .max_concurrent_streams(API_REQUESTS_OF_CONNECTION_MAX)
            .layer(InterceptorLayer::new(Guard::new(token)))
            // Older clients know the first form of reflection alone.
            .add_service(reflection().build_v1alpha()?)
            .add_service(reflection().build_v1()?)
            .add_service(v1::facts_server::FactsServer::new(streams).max_decoding_message_size(max))
            .add_service(v1::board_server::BoardServer::new(board).max_decoding_message_size(max))
            .add_service(v1::plan_server::PlanServer::new(plan).max_decoding_message_size(API_PLAN_BYTES_MAX))
            .add_service(v1::seats_server::SeatsServer::new(seats).max_decoding_message_size(max))
            .add_service(v1::calls_server::CallsServer::new(calls).max_decoding_message_size(max))
            .add_service(
                v1::supervisors_server::SupervisorsServer::new(supervisors).max_decoding_message_size(max),
            )
            .add_service(v1::guidance_server::GuidanceServer::new(guidance).max_decoding_message_size(max))
            .add_service(v1::node_server::NodeServer::new(node).max_decoding_message_size(max));
        Ok(router.serve_with_incoming_shutdown(connections, async move {
            // An error says that the owner is gone, which is the end too.
            let _ = stopping.wait_for(|stop| *stop).await;
        }))
    }
}

/// What a client is told of a journal that cannot be read; the rest is in the log.
fn journal_status(error: &JournalError) -> Status {
    tracing::error!(%error, "a client's facts cannot be read");
    Status::internal("the journal cannot be read: see the switch's log, or run acd journal verify")
}

/// What a client is told when work of its own was cut off.
fn ending() -> Status {
    Status::unavailable("the switch is ending: ask again when it is back")
}
