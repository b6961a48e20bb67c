//! The interfaces for operators, joined: gRPC and HTTP on threads of their own, which touch the loop by two queues alone.
//!
//! ```text
//! loop ──Observer──► board, figures ──► gRPC, HTTP ──ControlRequest + wake──► loop ──Reply──► gRPC
//! ```

mod control;
mod listener;
mod token;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::Receiver;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::api::{Api, NodeFacts};
use crate::http;
use crate::limits::{INTERFACE_IDLE_MAX, INTERFACE_READERS_MAX, INTERFACES_STOP_MAX};
use crate::observer::{Observer, ObserverThread, StartObserverError};
use crate::plan::PlanFile;
use listener::BoundedListener;

pub use control::{CallOut, CallerSeen, ControlFault, ControlRequest, Controls, DrainResult, GuidanceResult};
pub use control::{ReloadResult, Reply};
pub use token::{TOKEN_VARIABLE, Token, TokenError};

/// Threads that serve both interfaces: one can be busy with a large answer while the other takes commands.
const WORKERS: usize = 2;

/// What the interfaces must know.
pub struct InterfacesConfig {
    /// Where HTTP listens; port 0: any free one.
    pub http: SocketAddr,
    /// Where gRPC listens; port 0: any free one.
    pub grpc: SocketAddr,
    /// What gRPC clients must show; without it gRPC listens on the loopback only.
    pub token: Option<Token>,
    /// The data folder, whose journal is open.
    pub data_dir: PathBuf,
    /// The running plan.
    pub plan: Arc<PlanFile>,
    /// The plan's file, for a check; `None`: the built-in plan.
    pub plan_path: Option<PathBuf>,
    /// Where SIP listens, for the status.
    pub sip: Option<SocketAddr>,
    /// The clock was started elsewhere on purpose (`--clock-start`), for the status.
    pub clock_shifted: bool,
    /// Wakes the loop after a command.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

/// The running interfaces, as the loop holds them. They end when dropped.
#[derive(Debug)]
pub struct Interfaces {
    /// Takes facts and figures from the loop.
    pub observer: Observer,
    /// Commands for the loop, to be drained each turn with `try_recv`.
    pub controls: Receiver<ControlRequest>,
    http: SocketAddr,
    grpc: SocketAddr,
    stop: watch::Sender<bool>,
    serving: Option<(Runtime, [JoinHandle<()>; 2])>,
    _thread: ObserverThread,
}

/// Why the interfaces do not start.
#[derive(Debug, thiserror::Error)]
pub enum StartInterfacesError {
    /// Strangers could command the switch.
    #[error(
        "gRPC would listen on {0} without a token, where strangers could command the switch: listen on 127.0.0.1 or ::1, or set a token in {TOKEN_VARIABLE}"
    )]
    OpenWithoutToken(SocketAddr),
    /// An address cannot be had.
    #[error(
        "{interface} cannot listen on {address}: {source}; end what listens there, or name another address"
    )]
    Bind {
        /// Which interface.
        interface: &'static str,
        /// Where.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The board cannot begin.
    #[error(transparent)]
    Observer(#[from] StartObserverError),
    /// The system gives no threads or sockets.
    #[error("cannot start the interfaces' threads: {0}")]
    Runtime(#[source] io::Error),
    /// The descriptions of the interface cannot be read.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

impl Interfaces {
    /// Starts both interfaces. To be called when the journal has been opened and before the first input of this life.
    ///
    /// # Errors
    /// If gRPC would be open to strangers, an address cannot be had, the journal cannot be read, or the system gives no
    /// threads.
    pub fn start(config: InterfacesConfig) -> Result<Self, StartInterfacesError> {
        if !config.grpc.ip().is_loopback() && config.token.is_none() {
            return Err(StartInterfacesError::OpenWithoutToken(config.grpc));
        }
        let (http_listener, http) = bind("HTTP", config.http)?;
        let (grpc_listener, grpc) = bind("gRPC", config.grpc)?;
        let (observer, thread) = Observer::start(&config.data_dir, config.plan)?;
        let (requests, controls) = Controls::new(config.wake);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(INTERFACE_READERS_MAX)
            .thread_name("interfaces")
            .enable_all()
            .build()
            .map_err(StartInterfacesError::Runtime)?;
        let (stop, stopping) = watch::channel(false);
        let node = Arc::new(NodeFacts {
            shared: Arc::clone(observer.shared()),
            data_dir: config.data_dir,
            plan_path: config.plan_path,
            sip: config.sip,
            http,
            grpc,
            clock_shifted: config.clock_shifted,
        });
        let api = Api {
            node: Arc::clone(&node),
            controls: requests,
            token: config.token,
            stopping: stopping.clone(),
        };
        let serving = {
            let _entered = runtime.enter();
            let http_listener = BoundedListener::new(http_listener, INTERFACE_IDLE_MAX)
                .map_err(StartInterfacesError::Runtime)?;
            let grpc_listener = BoundedListener::new(grpc_listener, INTERFACE_IDLE_MAX)
                .map_err(StartInterfacesError::Runtime)?;
            let grpc_serving = api.serve(grpc_listener.into_stream())?;
            let http = runtime.spawn(async move {
                let router = http::router(node);
                let serving = axum::serve(http_listener, router).with_graceful_shutdown(told(stopping));
                if let Err(error) = serving.await {
                    tracing::error!(%error, "HTTP has ended; calls go on, figures do not");
                }
            });
            let grpc = runtime.spawn(async move {
                if let Err(error) = grpc_serving.await {
                    tracing::error!(%error, "gRPC has ended; calls go on, commands do not");
                }
            });
            [http, grpc]
        };
        Ok(Self { observer, controls, http, grpc, stop, serving: Some((runtime, serving)), _thread: thread })
    }

    /// Where HTTP listens.
    pub const fn http(&self) -> SocketAddr {
        self.http
    }

    /// Where gRPC listens.
    pub const fn grpc(&self) -> SocketAddr {
        self.grpc
    }
}

impl Drop for Interfaces {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        let Some((runtime, serving)) = self.serving.take() else { return };
        let [http, grpc] = serving;
        runtime.block_on(async {
            // Clients that do not let go are cut off with the runtime.
            let _ = tokio::time::timeout(INTERFACES_STOP_MAX, async { tokio::join!(http, grpc) }).await;
        });
        runtime.shutdown_timeout(INTERFACES_STOP_MAX);
    }
}

impl std::fmt::Debug for InterfacesConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InterfacesConfig")
            .field("http", &self.http)
            .field("grpc", &self.grpc)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

fn bind(
    interface: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartInterfacesError> {
    let fail = |source| StartInterfacesError::Bind { interface, address, source };
    let listener = TcpListener::bind(address).map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    Ok((listener, bound))
}

/// Waits until the interfaces are to end.
async fn told(mut stopping: watch::Receiver<bool>) {
    // An error says that the owner is gone, which is the end too.
    let _ = stopping.wait_for(|stop| *stop).await;
}
