//! The program as scripts run it: what `--json` puts on standard output, and the exit code.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use acd_core::{CallEvent, Input, SeatId, Switch, Timestamp};
use acd_server::journal::{Batch, Journal, Life, Record, Retention};
use acd_server::plan::PlanFile;
use serde_json::{Value, json};

/// 2026-11-21T18:00:00+09:00.
const EVENING_MS: i64 = 1_795_251_600_000;

/// A folder of a test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acd-command-line-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// A journal of three records, the second of which claims these facts beside its own; how many facts there are.
    fn live(&self, claimed: &[CallEvent]) -> usize {
        let plan = PlanFile::built_in().core;
        let at = Timestamp::from_millis(EVENING_MS);
        let mut switch = Switch::new(plan.clone(), at);
        let mut records: Vec<Record> = (1..=3)
            .map(|ms| {
                let time = Timestamp::from_millis(EVENING_MS + ms);
                switch.handle(time, Input::TimePassed);
                while switch.poll_effect().is_some() {}
                let facts = std::iter::from_fn(|| switch.poll_event()).collect();
                Record { time, input: Input::TimePassed, facts }
            })
            .collect();
        records[1].facts.extend_from_slice(claimed);
        let facts = records.iter().map(|record| record.facts.len()).sum();

        let (opened, _) = Journal::open(&self.0).expect("a journal");
        let life = Life { plan: &plan, at, retention: Retention::default(), wake: Box::new(|| ()) };
        let journal = opened.start(life).expect("a writer");
        journal.append(Batch { records, ..Batch::default() });
        journal.close().expect("a disk with room");
        facts
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the system's folder for such files is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The exit code and what is on standard output; nothing may be on standard error.
fn run(arguments: &[&str], file: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_acd"))
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

/// The exit code and the one object, on a line of its own.
fn journal(action: &str, folder: &Folder) -> (Option<i32>, Value) {
    let (code, said) = run(&["journal", action, "--json", "--data"], folder.path());
    assert_eq!(said.lines().count(), 1, "{said}");
    (code, serde_json::from_str(&said).expect("one object"))
}

#[test]
fn a_clean_journal_as_json() {
    let folder = Folder::new();
    let facts = folder.live(&[]);
    let segments = json!([{
        "segment": 1, "from_record": 1, "records_replayed": 3, "said": "3 records replayed, the facts are equal",
    }]);
    let from = json!({ "record": 1, "time": "2026-11-21T18:00:00.000+09:00" });
    let (code, found) = journal("replay", &folder);
    assert_eq!(code, Some(0), "{found}");
    let expected = json!({ "verdict": "clean", "faults": [], "segments": segments, "replayable_from": from });
    assert_eq!(found, expected);

    let (code, found) = journal("verify", &folder);
    assert_eq!(code, Some(0), "{found}");
    let end = found["chain_end"].as_str().expect("a checksum");
    assert_eq!(end.len(), 64, "{end}");
    assert_eq!(
        found,
        json!({
            "verdict": "clean", "faults": [], "segments": segments, "records": { "from": 1, "to": 3 },
            "facts": { "from": 1, "to": facts }, "begins_past_retention": false, "chain_end": end,
            "replayable_from": from, "destructions": [],
        })
    );
    let (_, text) = run(&["journal", "verify", "--data"], folder.path());
    assert!(text.contains(end), "{text}");
}

#[test]
fn a_missing_record_as_json() {
    let folder = Folder::new();
    folder.live(&[]);
    let connection = rusqlite::Connection::open(folder.path().join("journal.db")).expect("a journal");
    connection.execute("DELETE FROM records WHERE seq = 2", []).expect("a row");
    let (code, found) = journal("verify", &folder);
    assert_eq!(code, Some(1), "{found}");
    assert_eq!(found["verdict"], "faults");
    let missing =
        json!({ "fault": "missing", "row": "record", "from": 2, "to": 2, "said": "record 2 is missing" });
    assert_eq!(found["faults"], json!([missing]));
}

#[test]
fn facts_that_the_inputs_do_not_give_as_json() {
    let folder = Folder::new();
    folder.live(&[CallEvent::SeatRegistered { seat: SeatId::new("seat101").expect("a name") }]);
    for action in ["verify", "replay"] {
        let (code, found) = journal(action, &folder);
        assert_eq!(code, Some(1), "{found}");
        assert_eq!(found["verdict"], "faults");
        let [fault] = &found["faults"].as_array().expect("a list")[..] else { panic!("{found}") };
        assert_eq!((&fault["fault"], &fault["record"]), (&json!("replay_differs"), &json!(2)), "{fault}");
        assert_eq!(fault["journalled"], json!([r#"{"fact":"seat_registered","seat":"seat101"}"#]), "{fault}");
        assert_eq!(fault["replayed"], json!([]), "{fault}");
        let segment = &found["segments"][0];
        assert_eq!(segment["records_replayed"], 1, "{segment}");
        assert_eq!(segment["said"], "1 records replayed, up to record 2, which differs", "{segment}");
    }
}

#[test]
fn the_errors_of_a_plan_as_json() {
    let folder = Folder::new();
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, "format = 2\n[log]\nlevel = \"loud\"\n").expect("a file");
    let (code, said) = run(&["check", "--json", "--config"], &plan);
    assert_eq!(code, Some(2), "{said}");
    let found: Value = serde_json::from_str(&said).expect("one object");
    let errors = found["errors"].as_array().expect("a list");
    let path = plan.to_str().expect("UTF-8");
    let form = json!({
        "path": path, "line": 1, "column": 10, "problem": "`format` is 2, outside 1 to 1 (FORMAT)", "remedy": "use 1",
    });
    assert!(errors.contains(&form), "{said}");
    // As many as are said to a person.
    let text = PlanFile::load(&plan).expect_err("a faulty plan");
    assert_eq!(errors.len(), text.len(), "{said}");
    assert!(errors.iter().any(|error| error["line"] == 3 && error["column"] == 9), "{said}");
}

/// R-A14: what has a purpose of its own needs none to be named, a copy of everything does; each leaves a line first.
#[test]
fn what_leaves_names_its_purpose_and_is_stated() {
    let folder = Folder::new();
    folder.live(&[]);
    let data = folder.path();
    let copy = data.join("copy");
    let acd = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_acd"))
            .args(arguments)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .output()
            .expect("the program");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let to = copy.to_str().expect("UTF-8");
    for refused in [
        &["journal", "backup", "--out", to][..],
        &["journal", "backup", "--out", to, "--purpose", "curiosity"],
        &["journal", "export", "--purpose", "curiosity"],
        &["journal", "tail", "--purpose", ""],
        &["recordings", "reconcile", "--purpose", "curiosity"],
        &["report", "--form", "fdma2", "--tenant", "kyoto", "--date", "2026-11-21", "--purpose", "curiosity"],
    ] {
        let (code, said, error) = acd(refused);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{refused:?}");
        assert!(
            ["report", "review", "inspection", "hand-over"].iter().all(|it| error.contains(it)),
            "{error}"
        );
        assert!(!refused.contains(&"curiosity") || error.contains("for the purpose 'curiosity'"), "{error}");
    }
    assert!(!copy.exists());
    assert_eq!(acd(&["journal", "exports"]), (Some(0), String::new(), String::new()));

    assert_eq!(acd(&["journal", "export"]).0, Some(0));
    assert_eq!(acd(&["journal", "tail", "-n", "2", "--purpose", "inspection"]).0, Some(0));
    assert_eq!(acd(&["journal", "backup", "--out", to, "--purpose", "hand-over"]).0, Some(0));
    let (code, said, error) = acd(&["recordings", "reconcile", "--date", "2026-11-21"]);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{said}");
    let form = data.join("day.json");
    let form = form.to_str().expect("UTF-8");
    let day = ["report", "--form", "fdma2", "--tenant", "kyoto", "--date", "2026-11-21", "--out", form];
    assert_eq!(acd(&day).0, Some(0));
    let (_, said, _) = acd(&["journal", "exports", "--json"]);
    let stated: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let words: Vec<_> = stated.iter().map(|it| (it["what"].as_str(), it["purpose"].as_str())).collect();
    let expected = [
        ("journal export", "review"),
        ("journal tail", "inspection"),
        ("journal backup", "hand-over"),
        ("recordings reconcile", "review"),
        ("report fdma2", "report"),
    ];
    assert_eq!(words, expected.map(|(what, purpose)| (Some(what), Some(purpose))));
    assert_eq!(stated[1]["range"]["last_facts"], 2);
    assert_eq!(stated[3]["range"]["date"], "2026-11-21");
    assert!(stated.iter().all(|it| it["who"].as_str().is_some_and(|who| who.starts_with("uid "))));
    let (_, of_the_copy) = run(&["journal", "exports", "--json", "--data"], &copy);
    let until_then: Vec<&str> = said.lines().take(3).collect();
    assert_eq!(of_the_copy.lines().collect::<Vec<_>>(), until_then, "the copy knows of itself");
}
