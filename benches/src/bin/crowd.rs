//! Hands one crowd many rounds, for a profiler: `cargo run --release -p benches --bin crowd waiting|talking CALLS ROUNDS`.
#![allow(clippy::print_stdout, reason = "a command line tool speaks to its user")]

use benches::cpu_time;
use benches::crowd::{Crowd, Doing};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [doing, calls, rounds] = words.as_slice() else { panic!("waiting|talking CALLS ROUNDS") };
    let doing = match doing.as_str() {
        "waiting" => Doing::Waiting,
        "talking" => Doing::Talking,
        other => panic!("no crowd does {other}"),
    };
    let rounds: u64 = rounds.parse().expect("a number of rounds");
    let mut crowd = Crowd::new(doing, calls.parse().expect("a number of calls"));
    let began = cpu_time();
    for _ in 0..rounds {
        crowd.round();
    }
    let inputs = rounds * doing.round_inputs();
    println!("{:.0} ns of processor time an input", (cpu_time() - began).as_secs_f64() * 1e9 / inputs as f64);
}
