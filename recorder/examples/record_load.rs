//! What recording costs: `cargo run --release -p recorder --example record_load -- [CALLS] [SECONDS] [FOLDER]`.
//!
//! Both channels of each call, 50 frames a second, into real files. The recorder's processor time is read from the
//! kernel's schedstat, apart from the load's own.
#![allow(clippy::print_stdout, reason = "a measuring program prints what it measured")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acd_core::CallId;
use recorder::{Channel, Encoding, Outcome, Recorder};

const FRAME_SAMPLES: u64 = 160;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let calls: u64 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let folder = arguments.next().map_or_else(
        || std::env::temp_dir().join(format!("record_load_{}", std::process::id())),
        PathBuf::from,
    );
    let recorder = Recorder::start(&folder, Arc::new(|| {}))?;
    let resident_before = resident_kilobytes()?;
    let recordings: Vec<_> = (0..calls)
        .map(|call| recorder.open(CallId(call), format!("load/{call}.wav").into()))
        .collect::<Result<_, _>>()
        .map_err(|failure| format!("{failure:?}"))?;
    println!("{calls} calls, {seconds} s, into {}", folder.display());
    let (start, processor) = (Instant::now(), recorder_nanoseconds()?);
    for frame in 0..seconds * 50 {
        std::thread::sleep(
            (start + Duration::from_millis(frame * 20)).saturating_duration_since(Instant::now()),
        );
        for (number, recording) in recordings.iter().enumerate() {
            let audio = [(frame as u8).wrapping_add(number as u8); FRAME_SAMPLES as usize];
            recording.push(Channel::Left, frame * FRAME_SAMPLES, Encoding::Ulaw, &audio);
            recording.push(Channel::Right, frame * FRAME_SAMPLES, Encoding::Ulaw, &audio);
        }
    }
    let processor = recorder_nanoseconds()? - processor;
    let call_seconds = start.elapsed().as_secs_f64() * calls as f64;
    println!("processor: {:.4} ms a call-second", processor as f64 / 1e6 / call_seconds);
    let grown = resident_kilobytes()?.saturating_sub(resident_before);
    println!("memory: {:.1} KiB a call", grown as f64 / calls as f64);
    for recording in recordings {
        recording.finish(seconds * 50 * FRAME_SAMPLES);
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    let (mut whole, mut failures) = (0, 0);
    while whole < calls && Instant::now() < deadline {
        match recorder.poll_outcome() {
            Some(Outcome::Ended { gaps: Duration::ZERO, .. }) => whole += 1,
            Some(Outcome::Ended { .. } | Outcome::Failed { .. }) => failures += 1,
            Some(Outcome::Started { .. }) => {}
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    println!("{whole} recordings without a gap, {failures} failures");
    drop(recorder);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Processor time of the recorder's threads.
fn recorder_nanoseconds() -> std::io::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.trim_end().starts_with("recorder") {
            let schedule = fs::read_to_string(task.join("schedstat"))?;
            sum += schedule.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}

fn resident_kilobytes() -> std::io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    Ok(line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0))
}
