//! SIPp, a strict SIP peer that somebody else wrote, run with the scenarios of `e2e/sipp/`.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::child::Running;
use crate::limits::{FACT_TIME_MAX, SCENARIO_TIME_MAX};
use crate::message::{Message, parse_log};
use crate::net;
use crate::scratch::Scratch;
use crate::wait::until;

/// A scenario about to be run.
#[derive(Clone, Debug)]
pub struct Scenario {
    file: String,
    ip: Ipv4Addr,
    port: u16,
    to: SocketAddr,
    service: String,
    calls: u32,
    keys: Vec<(String, String)>,
    blanks: Vec<(String, String)>,
    password: Option<(String, String)>,
}

impl Scenario {
    /// `file` of `e2e/sipp/`, spoken from an address of its own to the switch at `to`.
    pub fn new(file: &str, to: SocketAddr) -> Self {
        let ip = net::address();
        Self {
            file: file.to_owned(),
            ip,
            port: net::free_port(ip),
            to,
            service: String::new(),
            calls: 1,
            keys: vec![
                ("caller".into(), "0312345678".into()),
                ("rtp_port".into(), net::free_port(ip).to_string()),
            ],
            blanks: Vec::new(),
            password: None,
        }
    }

    /// Whom it dials, or who it is: SIPp's `[service]`.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        service.clone_into(&mut self.service);
        self
    }

    /// The caller's number.
    #[must_use]
    pub fn caller(self, number: &str) -> Self {
        self.key("caller", number)
    }

    /// Speaks from this address and, if it is not 0, this port.
    #[must_use]
    pub fn from(mut self, ip: Ipv4Addr, port: u16) -> Self {
        self.ip = ip;
        self.port = if port == 0 { net::free_port(ip) } else { port };
        self
    }

    /// Where its audio is received.
    #[must_use]
    pub fn audio_port(self, port: u16) -> Self {
        self.key("rtp_port", &port.to_string())
    }

    /// The value of a `[key]` of the scenario.
    #[must_use]
    pub fn key(mut self, key: &str, value: &str) -> Self {
        self.keys.retain(|(own, _)| own != key);
        self.keys.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Fills a `@BLANK@` of the scenario, for what SIPp does not let a key say.
    #[must_use]
    pub fn fill(mut self, blank: &str, value: &str) -> Self {
        self.blanks.push((format!("@{blank}@"), value.to_owned()));
        self
    }

    /// How many calls are handled before it ends.
    #[must_use]
    pub fn calls(mut self, calls: u32) -> Self {
        self.calls = calls;
        self
    }

    /// The credentials for a challenge.
    #[must_use]
    pub fn password(mut self, user: &str, password: &str) -> Self {
        self.password = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Where it will speak from.
    pub fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// Runs it.
    ///
    /// # Panics
    /// If the scenario cannot be read or SIPp cannot be started.
    pub fn start(self) -> Sipp {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let scratch = Scratch::new(self.file.trim_end_matches(".xml"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp").join(&self.file);
        let mut text = std::fs::read_to_string(&source)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", source.display()));
        for (blank, value) in &self.blanks {
            text = text.replace(blank, value);
        }
        let scenario = scratch.join("scenario.xml");
        std::fs::write(&scenario, text).expect("the scenario is written");
        let call_id = format!("e2e-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let output = File::create(scratch.join("output")).expect("a file for SIPp's screen");
        let mut command = Command::new("sipp");
        command.arg(self.to.to_string()).arg("-sf").arg(&scenario);
        command.args(["-i", &self.ip.to_string(), "-p", &self.port.to_string()]);
        command.args(["-mi", &self.ip.to_string(), "-mp", &net::free_port(self.ip).to_string()]);
        command.args(["-m", &self.calls.to_string(), "-l", "1", "-r", "1", "-s", &self.service, "-nostdin"]);
        command.args(["-timeout", &format!("{}s", SCENARIO_TIME_MAX.as_secs()), "-timeout_error"]);
        command.args(["-cid_str", &call_id, "-trace_err", "-error_file"]).arg(scratch.join("errors"));
        command.args(["-trace_msg", "-message_file"]).arg(scratch.join("messages"));
        for (key, value) in &self.keys {
            command.args(["-key", key, value]);
        }
        if let Some((user, password)) = &self.password {
            command.args(["-au", user, "-ap", password]);
        }
        command.current_dir(scratch.path()).stdin(Stdio::null()).stderr(Stdio::null()).stdout(output);
        let running = Running::start(&mut command);
        Sipp { running, scratch, at: SocketAddr::from((self.ip, self.port)), call_id }
    }
}

/// A running scenario; ends with the handle.
#[derive(Debug)]
pub struct Sipp {
    running: Running,
    scratch: Scratch,
    at: SocketAddr,
    call_id: String,
}

impl Sipp {
    /// Gives the scenario its sign to go on, mostly to hang up: a MESSAGE with the call's Call-ID, which SIPp counts
    /// as the call's.
    ///
    /// # Panics
    /// If there is no socket to send it from.
    pub fn sign(&self) {
        let received = self.messages().into_iter().find(|message| !message.sent);
        let call_id =
            received.as_ref().and_then(|message| message.header("Call-ID")).unwrap_or(&self.call_id);
        let socket = UdpSocket::bind((self.at.ip(), 0)).expect("a socket for the sign");
        let from = socket.local_addr().expect("a bound socket has an address");
        let at = self.at;
        let sign = format!(
            "MESSAGE sip:party@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK-sign\r\n\
             From: <sip:test@{from}>;tag=sign\r\nTo: <sip:party@{at}>\r\nCall-ID: {call_id}\r\n\
             CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"
        );
        socket.send_to(sign.as_bytes(), at).expect("the sign is sent");
    }

    /// The messages that it has sent and received so far.
    pub fn messages(&self) -> Vec<Message> {
        let log = std::fs::read(self.scratch.join("messages")).unwrap_or_default();
        parse_log(&String::from_utf8_lossy(&log))
    }

    /// Waits for a message.
    ///
    /// # Panics
    /// If it does not come in time.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        until(what, FACT_TIME_MAX, || self.messages().into_iter().find(&wanted))
    }

    /// Waits for the end of the scenario, which must have gone as it is written.
    ///
    /// # Panics
    /// If it ended otherwise, with SIPp's own words, or did not end in time.
    pub fn succeeds(mut self) -> Vec<Message> {
        let status = self.running.wait(SCENARIO_TIME_MAX + FACT_TIME_MAX);
        let errors = std::fs::read_to_string(self.scratch.join("errors")).unwrap_or_default();
        let scenario = self.scratch.path().display().to_string();
        match status {
            Some(status) if status.success() => self.messages(),
            Some(status) => panic!("SIPp in {scenario} ended with {status}: {errors}"),
            None => panic!("SIPp in {scenario} did not end: {errors}"),
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.running.ended().is_some()
    }
}
