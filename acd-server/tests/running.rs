//! The program as an operations engineer runs it beside a running switch: a new plan is compared before it is applied, and
//! the journal gets its snapshot at midnight.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PLAN: &str = r#"format = 1

[listen]
sip_udp = ["127.0.0.1:0"]
sip_tcp = ["127.0.0.1:0"]
http = "127.0.0.1:0"
grpc = "127.0.0.1:0"

[[trunks]]
name = "carrier"
networks = ["127.0.0.0/8"]

[prompts.guidance]
audio = "builtin:ja_shiga_guidance.wav"

[prompts.waiting]
audio = "builtin:ja_waiting.wav"

[[tenants]]
name = "shiga"
title = "Shiga"
waiting_message = "waiting"

[[tenants.numbers]]
number = "0770007119"
guidance = "tape"
guidance_prompt = "guidance"

[[tenants.bands]]
days = ["every"]
from = "00:00"
to = "24:00"
seat_lines = 2
guidance_lines = 2

[[seats]]
name = "seat1"
static_contact = "sip:seat1@127.0.0.1:16001"
login = "always"
serves = { shiga = 1 }

[[seats]]
name = "seat2"
static_contact = "sip:seat2@127.0.0.1:16002"
login = "always"
serves = { shiga = 1 }
"#;

/// How long the tests wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of a test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acd-running-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// A plan file.
    fn plan(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the system's folder for such files is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running switch, ended with its test.
struct Running {
    child: Child,
    grpc: String,
}

impl Running {
    fn start(config: &str, data: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_acd"))
            .args(["serve", "--config", config, "--data"])
            .arg(data)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut ready).expect("a line");
        assert!(ready.starts_with("ready "), "acd serve says {ready:?}");
        let grpc = ready.trim().rsplit("grpc=").next().expect("an address").to_owned();
        Self { child, grpc }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The exit code, standard output, standard error.
fn acd(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_acd"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_plan_is_compared_with_a_file() {
    let folder = Folder::new();
    let old = folder.plan("old.toml", PLAN);
    let new = PLAN.replace("seat_lines = 2", "seat_lines = 3").replace("127.0.0.0/8", "127.0.0.0/9");
    let new = folder.plan("new.toml", &new);
    let (code, said, _) = acd(&["check", "--config", &new, "--against", &old]);
    assert_eq!(
        said,
        format!(
            "changes of {old}:\n  lines of shiga on weekday, saturday, sunday, holiday all day: 2+2 -> 3+2\n  \
             trunk carrier changed\n"
        )
    );
    assert_eq!(code, Some(0));
    let (code, said, _) = acd(&["check", "--config", &old, "--against", &old]);
    assert_eq!((code, said), (Some(0), format!("changes nothing of {old}\n")));

    let bad = folder.plan("bad.toml", "format = 2\n");
    let (code, _, complaint) = acd(&["check", "--config", &new, "--against", &bad]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("bad.toml:1:"), "{complaint}");
}

#[test]
fn a_plan_that_strands_somebody_in_the_running_switch_says_so_and_is_told_again_when_it_is_applied() {
    let folder = Folder::new();
    let config = folder.plan("plan.toml", PLAN);
    let switch = Running::start(&config, &folder.data(), &[]);
    let (code, said, complaint) = acd(&["check", "--config", &config, "--against", &switch.grpc]);
    assert_eq!(code, Some(0), "{said}{complaint}");
    assert!(said.starts_with("changes nothing of the running plan"), "{said}");
    assert!(said.ends_with("would strand nobody\n"), "{said}");

    let without_seat2 = PLAN.rsplit_once("[[seats]]").expect("two seats").0;
    let new = folder.plan("new.toml", without_seat2);
    let (code, said, _) = acd(&["check", "--config", &new, "--against", &switch.grpc, "--json"]);
    assert_eq!(code, Some(1), "{said}");
    let said: Value = serde_json::from_str(&said).expect("one object");
    assert_eq!(
        said,
        json!({
            "changes": ["seat seat2 removed"], "needs_restart": [],
            "stranded": ["seat seat2 would lose its log-in"],
        })
    );

    std::fs::write(&config, without_seat2).expect("a file");
    let (code, said, _) = acd(&["reload", "--grpc", &switch.grpc]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("  seat seat2 removed\n"), "{said}");
    assert!(said.contains("  stranded: seat seat2 would lose its log-in\n"), "{said}");

    let data = folder.data().display().to_string();
    let began = Instant::now();
    loop {
        let (_, facts, _) = acd(&["journal", "export", "--data", &data]);
        let by = |who: &str| facts.matches(&format!("\"by\":\"{who}\"")).count();
        if (by("start"), by("api")) == (1, 1) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{facts}");
    }

    let grpc = switch.grpc.clone();
    drop(switch);
    let (code, _, complaint) = acd(&["check", "--config", &new, "--against", &grpc]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("no switch answers"), "{complaint}");
}

#[test]
fn a_plan_without_the_prompt_of_emergency_guidance_brings_the_usual_one_back_and_says_so_before() {
    let flood = "[prompts.flood]\naudio = \"builtin:ja_waiting.wav\"\n\n[[tenants]]";
    let with_flood = PLAN.replacen("[[tenants]]", flood, 1);
    let folder = Folder::new();
    let config = folder.plan("plan.toml", &with_flood);
    let switch = Running::start(&config, &folder.data(), &[]);
    let (code, said, complaint) =
        acd(&["guidance", "--tenant", "shiga", "--prompt", "flood", "--grpc", &switch.grpc]);
    assert_eq!(code, Some(0), "{said}{complaint}");
    let (code, said, _) = acd(&["check", "--config", &config, "--against", &switch.grpc]);
    assert_eq!((code, said.ends_with("would strand nobody\n")), (Some(0), true), "{said}");

    // R-G4.
    let line = "tenant shiga would go back to its usual guidance: its emergency guidance flood is in force, and the plan \
                has no [prompts.flood]";
    let new = folder.plan("new.toml", PLAN);
    let (code, said, _) = acd(&["check", "--config", &new, "--against", &switch.grpc]);
    assert_eq!((code, said.contains(line)), (Some(1), true), "{said}");
    std::fs::write(&config, PLAN).expect("a file");
    let (code, said, _) = acd(&["reload", "--grpc", &switch.grpc]);
    assert_eq!((code, said.contains(line)), (Some(0), true), "{said}");

    let data = folder.data().display().to_string();
    let off =
        r#""fact":"guidance_commanded","tenant":"shiga","prompt":null,"source":"new_plan","result":"done""#;
    let began = Instant::now();
    loop {
        let (_, facts, _) = acd(&["journal", "export", "--data", &data]);
        if facts.contains(off) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{facts}");
    }
    // It is gone for good: a second reload has nothing more to say of it.
    let (code, said, _) = acd(&["reload", "--grpc", &switch.grpc]);
    assert_eq!((code, said.contains("usual guidance")), (Some(0), false), "{said}");
}

#[test]
fn at_midnight_the_journal_gets_a_snapshot_from_which_it_is_replayed() {
    let folder = Folder::new();
    let config = folder.plan("plan.toml", PLAN);
    let (data, start) = (folder.data(), ["--clock-start", "2026-11-21T23:59:59+09:00"]);
    let switch = Running::start(&config, &data, &start);
    let data = data.display().to_string();
    let began = Instant::now();
    let segments = loop {
        let (code, said, complaint) = acd(&["journal", "replay", "--json", "--data", &data]);
        assert_eq!(code, Some(0), "{said}{complaint}");
        let said: Value = serde_json::from_str(&said).expect("one object");
        let segments = said["segments"].as_array().expect("a list").clone();
        if segments.len() > 1 {
            break segments;
        }
        assert!(began.elapsed() < PATIENCE, "{said}");
    };
    drop(switch);
    let said = segments[1]["said"].as_str().expect("a text");
    assert!(said.starts_with("from a snapshot, "), "{said}");
    assert!(said.ends_with("the facts are equal"), "{said}");
}
