//! One UDP socket with its transactions: answers find their request, repeated requests get the answer that they had,
//! requests of a dialog find the dialog, new calls a person.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rsip::{Header, Method, Request, Response, SipMessage};
use tokio::net::UdpSocket;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};

use super::{IncomingCall, SipError, Tap, message};
use crate::limits::{
    ANSWER_KEPT, DATAGRAM_BYTES_MAX, QUEUE_CALLS_MAX, QUEUE_MESSAGES_MAX, T1, T2, TRANSACTION_TIME_MAX,
};

/// A SIP endpoint on one UDP socket. Clones share the socket, which is closed with the last of them.
#[derive(Clone, Debug)]
pub struct Endpoint {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    tap: Option<Tap>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rng: ChaCha8Rng,
    /// Answers wanted, by branch and method (RFC 3261 17.1.3).
    clients: BTreeMap<(String, String), mpsc::Sender<Response>>,
    /// Requests seen, by branch and method (RFC 3261 17.2.3).
    servers: BTreeMap<(String, String), Served>,
    /// Dialogs by Call-ID and our tag.
    dialogs: BTreeMap<(String, String), mpsc::Sender<Request>>,
    /// ACKs to say again when the final answer comes again, by Call-ID and CSeq.
    acks: BTreeMap<(String, u32), (Instant, SocketAddr, Vec<u8>)>,
    /// Our 200s to INVITE that wait for their ACK, by Call-ID and CSeq.
    unacknowledged: BTreeMap<(String, u32), Arc<Notify>>,
    calls: mpsc::Sender<IncomingCall>,
}

/// A request that was seen, and what became of it.
#[derive(Debug)]
struct Served {
    at: Instant,
    request: Request,
    peer: SocketAddr,
    answer: Option<Vec<u8>>,
    is_final: bool,
    tag: String,
    cancelled: Arc<Notify>,
}

impl Endpoint {
    /// Binds a socket; `seed` decides tags, branches and Call-IDs. New calls come out of the receiver.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn bind(
        address: SocketAddr,
        seed: u64,
    ) -> Result<(Self, mpsc::Receiver<IncomingCall>), SipError> {
        Self::bind_tapped(address, seed, None).await
    }

    /// The same; every message that passes the socket is told to the tap.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn bind_tapped(
        address: SocketAddr,
        seed: u64,
        tap: Option<Tap>,
    ) -> Result<(Self, mpsc::Receiver<IncomingCall>), SipError> {
        let socket = UdpSocket::bind(address).await.map_err(|error| SipError::Socket(address, error))?;
        let local = socket.local_addr().map_err(|error| SipError::Socket(address, error))?;
        let (calls, incoming) = mpsc::channel(QUEUE_CALLS_MAX);
        let socket = Arc::new(socket);
        let shared = Arc::new(Shared {
            socket: Arc::clone(&socket),
            local,
            tap,
            state: Mutex::new(State {
                rng: ChaCha8Rng::seed_from_u64(seed),
                clients: BTreeMap::new(),
                servers: BTreeMap::new(),
                dialogs: BTreeMap::new(),
                acks: BTreeMap::new(),
                unacknowledged: BTreeMap::new(),
                calls,
            }),
        });
        tokio::spawn(receive(socket, Arc::downgrade(&shared)));
        Ok((Self { shared }, incoming))
    }

    /// The socket's own address.
    pub fn local(&self) -> SocketAddr {
        self.shared.local
    }

    /// The Contact of a user at this endpoint.
    pub(crate) fn contact(&self, user: &str) -> Header {
        Header::Contact(format!("<sip:{user}@{}>", self.local()).into())
    }

    /// A fresh Via line.
    pub(crate) fn via(&self) -> String {
        format!("SIP/2.0/UDP {};rport;branch=z9hG4bK{}", self.local(), self.token())
    }

    /// A random word for tags, branches, Call-IDs and cnonces.
    pub(crate) fn token(&self) -> String {
        format!("{:016x}", self.state().rng.random::<u64>())
    }

    /// A random number, for session ids.
    pub fn random(&self) -> u64 {
        u64::from(self.state().rng.random::<u32>())
    }

    pub(crate) async fn send(&self, datagram: &[u8], peer: SocketAddr) -> Result<(), SipError> {
        let at = std::time::Instant::now();
        let sent = self.shared.socket.send_to(datagram, peer).await;
        if let Some(tap) = &self.shared.tap
            && let Some(message) = message::parse(datagram)
        {
            tap.note(&message, at, true);
        }
        match sent {
            Ok(_) => Ok(()),
            // An ICMP error of an earlier datagram, which UDP reports late; retransmission mends it.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => Err(SipError::Socket(peer, error)),
        }
    }

    /// Asks for the answers of a request that is about to be sent.
    pub(crate) fn expect_answers(&self, request: &Request) -> mpsc::Receiver<Response> {
        let (sender, receiver) = mpsc::channel(QUEUE_MESSAGES_MAX);
        if let Some(branch) = message::branch(request) {
            self.state().clients.insert((branch, request.method.to_string()), sender);
        }
        receiver
    }

    pub(crate) fn forget_answers(&self, request: &Request) {
        if let Some(branch) = message::branch(request) {
            self.state().clients.remove(&(branch, request.method.to_string()));
        }
    }

    /// A request other than INVITE, to its final answer (RFC 3261 17.1.2).
    pub(crate) async fn ask(&self, request: &Request, peer: SocketAddr) -> Result<Response, SipError> {
        let mut answers = self.expect_answers(request);
        let answer = self.ask_and_wait(request, peer, &mut answers).await;
        self.forget_answers(request);
        answer
    }

    async fn ask_and_wait(
        &self,
        request: &Request,
        peer: SocketAddr,
        answers: &mut mpsc::Receiver<Response>,
    ) -> Result<Response, SipError> {
        let datagram = message::bytes(request);
        let failed_at = Instant::now() + TRANSACTION_TIME_MAX;
        let mut interval = T1;
        loop {
            self.send(&datagram, peer).await?;
            let repeat_at = (Instant::now() + interval).min(failed_at);
            loop {
                match tokio::time::timeout_at(repeat_at, answers.recv()).await {
                    Ok(Some(answer)) if answer.status_code.code() >= 200 => return Ok(answer),
                    Ok(Some(_)) => interval = T2,
                    // Another request has the same transaction, and its answers: this one has none to wait for.
                    Ok(None) => {
                        return Err(SipError::NoAnswer {
                            method: message::method_name(request.method),
                            peer,
                        });
                    }
                    Err(_) => break,
                }
            }
            if Instant::now() >= failed_at {
                return Err(SipError::NoAnswer { method: message::method_name(request.method), peer });
            }
            interval = (interval * 2).min(T2);
        }
    }

    /// Keeps an ACK for when the final answer comes again.
    pub(crate) fn keep_ack(&self, call_id: &str, cseq: u32, peer: SocketAddr, datagram: Vec<u8>) {
        let mut state = self.state();
        let old = Instant::now() - ANSWER_KEPT;
        state.acks.retain(|_, (at, ..)| *at > old);
        state.acks.insert((call_id.to_owned(), cseq), (Instant::now(), peer, datagram));
    }

    pub(crate) fn enter_dialog(&self, call_id: &str, tag: &str) -> mpsc::Receiver<Request> {
        let (sender, receiver) = mpsc::channel(QUEUE_MESSAGES_MAX);
        self.state().dialogs.insert((call_id.to_owned(), tag.to_owned()), sender);
        receiver
    }

    pub(crate) fn leave_dialog(&self, call_id: &str, tag: &str) {
        self.state().dialogs.remove(&(call_id.to_owned(), tag.to_owned()));
    }

    /// Answers a request; repetitions of the request get the same. `false`: it had its final answer already.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        status: u16,
        more: Vec<Header>,
        body: String,
    ) -> Result<bool, SipError> {
        let Some(branch) = message::branch(request) else { return Ok(false) };
        let (datagram, peer) = {
            let mut state = self.state();
            let Some(served) = state.servers.get_mut(&(branch, request.method.to_string())) else {
                return Ok(false);
            };
            if served.is_final {
                return Ok(false);
            }
            served.is_final = status >= 200;
            let answer = message::response(request, status, &served.tag, more, body);
            let datagram = message::bytes(answer);
            served.answer = Some(datagram.clone());
            (datagram, served.peer)
        };
        self.send(&datagram, peer).await?;
        if request.method == Method::Invite && status >= 200 {
            self.repeat_until_acknowledged(request, datagram, peer);
        }
        Ok(true)
    }

    /// RFC 3261 13.3.1.4 and 17.2.1: a final answer to INVITE is repeated until its ACK.
    fn repeat_until_acknowledged(&self, request: &Request, datagram: Vec<u8>, peer: SocketAddr) {
        let (Some(call_id), Some((cseq, _))) = (message::call_id(request), message::cseq(request)) else {
            return;
        };
        let acknowledged = Arc::new(Notify::new());
        let key = (call_id, cseq);
        self.state().unacknowledged.insert(key.clone(), Arc::clone(&acknowledged));
        let endpoint = self.clone();
        tokio::spawn(async move {
            let repeat = async {
                let mut interval = T1;
                loop {
                    sleep(interval).await;
                    if endpoint.send(&datagram, peer).await.is_err() {
                        return;
                    }
                    interval = (interval * 2).min(T2);
                }
            };
            tokio::select! {
                () = acknowledged.notified() => {}
                () = repeat => {}
                () = sleep(TRANSACTION_TIME_MAX) => {}
            }
            endpoint.state().unacknowledged.remove(&key);
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("invariant: nobody panics while holding the endpoint's state")
    }

    /// Takes a message in; what is to be sent at once comes back.
    fn take(&self, message: SipMessage, peer: SocketAddr) -> Vec<(Vec<u8>, SocketAddr)> {
        match message {
            SipMessage::Response(response) => self.take_response(response),
            SipMessage::Request(request) if request.method == Method::Ack => {
                self.take_ack(&request);
                Vec::new()
            }
            SipMessage::Request(request) => self.take_request(request, peer),
        }
    }

    fn take_response(&self, response: Response) -> Vec<(Vec<u8>, SocketAddr)> {
        let (Some(branch), Some((cseq, method))) = (message::branch(&response), message::cseq(&response))
        else {
            return Vec::new();
        };
        let state = self.state();
        if let Some(client) = state.clients.get(&(branch, method.to_string())) {
            // A full queue belongs to a peer that repeats itself; the repetitions are what is lost.
            let _ = client.try_send(response);
            return Vec::new();
        }
        if method != Method::Invite || response.status_code.code() < 200 {
            return Vec::new();
        }
        let Some(call_id) = message::call_id(&response) else { return Vec::new() };
        let ack = state.acks.get(&(call_id, cseq));
        ack.map(|(_, peer, datagram)| (datagram.clone(), *peer)).into_iter().collect()
    }

    fn take_ack(&self, request: &Request) {
        if let (Some(call_id), Some((cseq, _))) = (message::call_id(request), message::cseq(request))
            && let Some(acknowledged) = self.state().unacknowledged.get(&(call_id, cseq))
        {
            acknowledged.notify_one();
        }
    }

    fn take_request(&self, request: Request, peer: SocketAddr) -> Vec<(Vec<u8>, SocketAddr)> {
        let Some(branch) = message::branch(&request) else { return Vec::new() };
        let key = (branch.clone(), request.method.to_string());
        let mut state = self.state();
        if let Some(served) = state.servers.get(&key) {
            return served.answer.iter().map(|answer| (answer.clone(), served.peer)).collect();
        }
        let old = Instant::now() - ANSWER_KEPT;
        state.servers.retain(|_, served| served.at > old || !served.is_final);
        let tag = format!("{:016x}", state.rng.random::<u64>());
        let cancelled = Arc::new(Notify::new());
        let mut served = Served {
            at: Instant::now(),
            request: request.clone(),
            peer,
            answer: None,
            is_final: false,
            tag: tag.clone(),
            cancelled: Arc::clone(&cancelled),
        };
        if request.method == Method::Cancel {
            let sent = state.cancel(&request, branch, peer);
            served.answer = sent.first().map(|(answer, _)| answer.clone());
            served.is_final = true;
            state.servers.insert(key, served);
            return sent;
        }
        state.servers.insert(key.clone(), served);
        let to = message::to(&request).unwrap_or_default();
        let status = match message::tag(&to) {
            Some(tag) => {
                let dialog = (message::call_id(&request).unwrap_or_default(), tag.to_owned());
                match state.dialogs.get(&dialog) {
                    Some(dialog) if dialog.try_send(request.clone()).is_ok() => return Vec::new(),
                    Some(_) => 500,
                    None => 481,
                }
            }
            None if request.method == Method::Invite => {
                let call = IncomingCall::new(self.clone(), request.clone(), peer, tag.clone(), cancelled);
                match state.calls.try_send(call) {
                    Ok(()) => 100,
                    Err(_) => 480,
                }
            }
            None if request.method == Method::Options => 200,
            None => 405,
        };
        let answer = message::bytes(message::response(&request, status, &tag, Vec::new(), String::new()));
        if let Some(served) = state.servers.get_mut(&key) {
            served.answer = Some(answer.clone());
            served.is_final = status >= 200;
        }
        vec![(answer, peer)]
    }
}

impl State {
    /// RFC 3261 9.2: 200 for the CANCEL, 487 for the INVITE unless it has its final answer.
    fn cancel(&mut self, cancel: &Request, branch: String, peer: SocketAddr) -> Vec<(Vec<u8>, SocketAddr)> {
        let Some(invite) = self.servers.get_mut(&(branch, Method::Invite.to_string())) else {
            let answer = message::response(cancel, 481, "none", Vec::new(), String::new());
            return vec![(message::bytes(answer), peer)];
        };
        let answer = message::response(cancel, 200, &invite.tag, Vec::new(), String::new());
        let mut sent = vec![(message::bytes(answer), peer)];
        if !invite.is_final {
            invite.is_final = true;
            let ended = message::response(&invite.request, 487, &invite.tag, Vec::new(), String::new());
            let datagram = message::bytes(ended);
            invite.answer = Some(datagram.clone());
            invite.cancelled.notify_one();
            sent.push((datagram, invite.peer));
        }
        sent
    }
}

async fn receive(socket: Arc<UdpSocket>, shared: Weak<Shared>) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        // The endpoint's end is seen even if nobody ever sends again.
        let received = tokio::time::timeout(Duration::from_secs(1), socket.recv_from(&mut buffer)).await;
        let at = std::time::Instant::now();
        let Some(shared) = shared.upgrade() else { return };
        let Ok(Ok((length, peer))) = received else { continue };
        let Some(message) = message::parse(&buffer[..length]) else { continue };
        if let Some(tap) = &shared.tap {
            tap.note(&message, at, false);
        }
        let endpoint = Endpoint { shared };
        for (datagram, peer) in endpoint.take(message, peer) {
            // What is lost here is sent again by the peer's retransmission.
            let _ = endpoint.send(&datagram, peer).await;
        }
    }
}
