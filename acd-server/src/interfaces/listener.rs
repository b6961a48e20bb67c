//! A listening socket with a bound on its connections.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, Sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::{Connected, TcpConnectInfo};

use crate::limits::INTERFACE_CONNECTIONS_MAX;

/// After a failure to accept (no descriptors left) the next try waits a little, since the failure would repeat at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts while fewer than [`INTERFACE_CONNECTIONS_MAX`] connections are open; further ones wait with the system.
#[derive(Debug)]
pub(super) struct BoundedListener {
    listener: TcpListener,
    free: Arc<Semaphore>,
    idle_max: Duration,
}

impl BoundedListener {
    /// Closes connections that bring nothing for `idle_max`. Must be called within the runtime that will accept.
    pub(super) fn new(listener: std::net::TcpListener, idle_max: Duration) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        Ok(Self { listener, free: Arc::new(Semaphore::new(INTERFACE_CONNECTIONS_MAX)), idle_max })
    }

    async fn next(&self) -> (Connection, SocketAddr) {
        let permit =
            Arc::clone(&self.free).acquire_owned().await.expect("invariant: nobody closes the semaphore");
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Answers are small and waited for; without it they are only late.
                    let _ = stream.set_nodelay(true);
                    let idle = Box::pin(tokio::time::sleep(self.idle_max));
                    let connection = Connection { stream, idle, idle_max: self.idle_max, _permit: permit };
                    return (connection, peer);
                }
                Err(error) => {
                    tracing::warn!(%error, "an interface cannot accept a connection; look at the open files limit");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// The connections as a stream, for tonic.
    pub(super) fn into_stream(self) -> ReceiverStream<io::Result<Connection>> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = sender.closed() => return,
                    (connection, _) = self.next() => connection,
                };
                if sender.send(Ok(accepted)).await.is_err() {
                    return;
                }
            }
        });
        ReceiverStream::new(receiver)
    }
}

impl axum::serve::Listener for BoundedListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        self.next().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that gives its place back when it is closed, and is closed when it brings nothing.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    idle_max: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                this.idle.as_mut().reset(Instant::now() + this.idle_max);
                Poll::Ready(read)
            }
            Poll::Pending => {
                ready!(this.idle.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use tokio::io::AsyncReadExt;

    use super::*;

    /// Longer than anything here takes on a busy machine; nothing waits for it to pass.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn who_says_nothing_is_let_go() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut client = std::net::TcpStream::connect(address).expect("a server");
        client.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let ended = runtime.block_on(async {
            let listener = BoundedListener::new(listener, Duration::from_millis(1)).expect("a listener");
            let (mut connection, _) = listener.next().await;
            let read = connection.read_u8();
            tokio::time::timeout(PATIENCE, read).await.expect("an end").expect_err("nothing came")
        });
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        assert_eq!(client.read(&mut [0]).expect("the end of the connection"), 0);
    }
}
