//! Nanoseconds for each input while 10, 1,000 and 100,000 calls wait or talk.
#![allow(missing_docs, reason = "criterion's macros make items without docstrings")]

use benches::crowd::{Crowd, Doing};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn turns(criterion: &mut Criterion) {
    for (name, doing) in [("waiting", Doing::Waiting), ("talking", Doing::Talking)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(doing.round_inputs()));
        for calls in [10, 1_000, 100_000] {
            let mut crowd = Crowd::new(doing, calls);
            group
                .bench_function(BenchmarkId::from_parameter(calls), |bencher| bencher.iter(|| crowd.round()));
        }
        group.finish();
    }
}

criterion_group!(benches, turns);
criterion_main!(benches);
