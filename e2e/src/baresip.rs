//! baresip as a seat: a softphone that somebody else wrote. It registers with its password, answers by itself, speaks
//! from a file and records what it hears.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::audio::{read_wav, write_wav};
use crate::child::Running;
use crate::limits::STOP_TIME_MAX;
use crate::net::free_port;
use crate::scratch::Scratch;
use crate::tenants::SeatAccount;

/// Where Debian keeps baresip's modules.
const MODULES: &str = "/usr/lib/baresip/modules";

/// A running baresip; ends with the handle.
#[derive(Debug)]
pub struct Baresip {
    running: Running,
    scratch: Scratch,
}

impl Baresip {
    /// Starts a seat of `account` at the switch, which speaks `microphone` again and again.
    ///
    /// # Panics
    /// If it cannot be configured or started.
    pub fn start(account: SeatAccount, switch: SocketAddr, microphone: &[i16]) -> Self {
        let scratch = Scratch::new("baresip");
        let recordings = scratch.join("recordings");
        std::fs::create_dir_all(&recordings).expect("a folder for the recordings");
        let microphone_file = scratch.join("microphone.wav");
        write_wav(&microphone_file, microphone);
        std::fs::write(scratch.join("config"), config(&recordings, &microphone_file))
            .expect("config is written");
        let SeatAccount { name, password } = account;
        let account = format!(
            "<sip:{name}@{switch}>;auth_user={name};auth_pass={password};regint=60;answermode=auto;\
             audio_codecs=pcmu/8000/1;ptime=20\n"
        );
        std::fs::write(scratch.join("accounts"), account).expect("the account is written");
        std::fs::write(scratch.join("contacts"), "").expect("the contacts are written");
        let output = File::create(scratch.join("output")).expect("a file for baresip's screen");
        let errors = output.try_clone().expect("the same file again");
        let mut command = Command::new("baresip");
        command.arg("-f").arg(scratch.path()).current_dir(&recordings);
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        Self { running: Running::start(&mut command), scratch }
    }

    /// Stops it, which takes its registration back, and gives what it heard in its calls, the loudest call first. The
    /// calls must have ended: a recording is whole then. One that does not stop is killed, as its user would.
    pub fn stop(mut self) -> Vec<Vec<i16>> {
        self.running.signal(Signal::TERM);
        if self.running.wait(STOP_TIME_MAX).is_none() {
            self.running.kill();
        }
        let mut heard: Vec<Vec<i16>> = self.files().iter().flat_map(|file| read_wav(file)).collect();
        let energy = |samples: &[i16]| samples.iter().map(|sample| i64::from(*sample).pow(2)).sum::<i64>();
        heard.sort_by_key(|samples| std::cmp::Reverse(energy(samples)));
        heard
    }

    /// What it has shown so far.
    pub fn screen(&self) -> String {
        std::fs::read_to_string(self.scratch.join("output")).unwrap_or_default()
    }

    /// The recordings of what came in, `dump-…-dec.wav`.
    fn files(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.scratch.join("recordings")).expect("the folder is there");
        let incoming = |path: &PathBuf| path.to_string_lossy().ends_with("-dec.wav");
        folder.flatten().map(|entry| entry.path()).filter(incoming).collect()
    }
}

/// The settings: no sound card, no terminal, loopback alone, 8 kHz all through.
fn config(recordings: &Path, microphone: &Path) -> String {
    let sip = free_port(Ipv4Addr::LOCALHOST);
    // Baresip takes an even port of the range; the range is narrow so that two of them stay apart.
    let rtp = free_port(Ipv4Addr::LOCALHOST) & !1;
    let (rtp_last, recordings, microphone) =
        (rtp.saturating_add(8), recordings.display(), microphone.display());
    format!(
        "poll_method epoll\nsip_listen 127.0.0.1:{sip}\ncall_local_timeout 120\ncall_max_calls 2\n\
         audio_player aufile,{recordings}/player.wav\naudio_source aufile,{microphone}\n\
         audio_alert aufile,{recordings}/alert.wav\nausrc_srate 8000\nauplay_srate 8000\n\
         ausrc_channels 1\nauplay_channels 1\naudio_level no\nausrc_format s16\nauplay_format s16\n\
         auenc_format s16\naudec_format s16\nrtp_ports {rtp}-{rtp_last}\nrtcp_mux no\n\
         jitter_buffer_delay 2-10\nrtp_timeout 0\nnet_interface 127.0.0.1\nmodule_path {MODULES}\n\
         module g711.so\nmodule aufile.so\nmodule sndfile.so\nmodule_tmp uuid.so\nmodule_tmp account.so\n\
         module_app menu.so\nsndfile_path {recordings}\nring_aufile none\n"
    )
}
