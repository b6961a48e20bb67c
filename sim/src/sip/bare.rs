//! A peer of which every datagram is in the test's hand.

use std::net::SocketAddr;

use rsip::{Header, Method, Request, Response, SipMessage};
use tokio::net::UdpSocket;

use super::message;

pub(crate) struct Bare(UdpSocket);

impl Bare {
    pub(crate) async fn new() -> Self {
        let loopback: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        Self(UdpSocket::bind(loopback).await.expect("a port"))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("an address")
    }

    pub(crate) fn contact(&self) -> Header {
        Header::Contact(format!("<sip:bare@{}>", self.address()).into())
    }

    pub(crate) async fn receive(&self) -> (SipMessage, SocketAddr) {
        let mut buffer = vec![0; 65_535];
        loop {
            let (length, peer) = self.0.recv_from(&mut buffer).await.expect("a datagram");
            // Sessions in tests name this address too, so that RTP comes here.
            if let Some(message) = message::parse(&buffer[..length]) {
                return (message, peer);
            }
        }
    }

    pub(crate) async fn receive_request(&self, method: Method) -> (Request, SocketAddr) {
        loop {
            if let (SipMessage::Request(request), peer) = self.receive().await
                && request.method == method
            {
                return (request, peer);
            }
        }
    }

    pub(crate) async fn receive_response(&self, status: u16) -> Response {
        loop {
            if let (SipMessage::Response(response), _) = self.receive().await
                && response.status_code.code() == status
            {
                return response;
            }
        }
    }

    pub(crate) async fn send(&self, message: impl ToString, peer: SocketAddr) {
        self.0.send_to(message.to_string().as_bytes(), peer).await.expect("sent");
    }
}
