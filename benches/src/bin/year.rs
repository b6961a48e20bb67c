//! Lets a nation's year pass on one core: `cargo run --release -p benches --bin year [CALLS]`, five million by default.
#![allow(clippy::print_stdout, reason = "a command line tool speaks to its user")]

use benches::cpu_time;
use benches::nation::pass_year;

fn main() {
    let calls = std::env::args().nth(1).map_or(5_000_000, |calls| calls.parse().expect("a number of calls"));
    let began = cpu_time();
    let year = pass_year(calls);
    let seconds = (cpu_time() - began).as_secs_f64();
    println!("{year:#?}");
    println!(
        "{seconds:.1} s of processor time, {:.0} inputs a second, the outside's own work included",
        year.inputs as f64 / seconds
    );
}
