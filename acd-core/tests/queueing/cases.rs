//! The cases: those of `cases.tsv` with their values, and others whose values the chain gives.

use super::chain::{Centre, Figures};

/// The published cases.
pub(crate) fn published() -> Vec<(Centre, Figures)> {
    include_str!("cases.tsv").lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

fn read(line: &str) -> (Centre, Figures) {
    let mut words = line.split('\t');
    let name = words.next().unwrap().to_owned();
    let numbers: Vec<f64> = words.map(|word| word.parse().unwrap()).collect();
    let [arrivals, service, seats, patience, lines, in_time, figures @ ..] = numbers.as_slice() else {
        panic!("a case has six numbers and its figures: {line}");
    };
    let centre = Centre {
        name,
        arrivals_per_s: arrivals / 60.0,
        service_s: service * 60.0,
        seats: *seats as u16,
        patience_s: (*patience > 0.0).then_some(patience * 60.0),
        lines: (*lines > 0.0).then_some(*lines as u16),
        in_time_s: *in_time,
    };
    (centre, figures.try_into().unwrap())
}

/// Centres of the kind that this switch is for, and corners of the theory: one line, one seat, no queue, much patience and
/// little, many seats.
pub(crate) fn others() -> Vec<Centre> {
    let centre = |name: &str, per_hour: f64, service_s: f64, seats, patience_s, lines| Centre {
        name: name.into(),
        arrivals_per_s: per_hour / 3_600.0,
        service_s,
        seats,
        patience_s,
        lines,
        in_time_s: 15.0,
    };
    vec![
        centre("one line", 6.0, 300.0, 1, None, Some(1)),
        centre("Shiga: two seats, four lines", 9.0, 420.0, 2, Some(90.0), Some(4)),
        centre("Kyoto: three lines, no queue", 20.0, 360.0, 3, None, Some(3)),
        centre("Shizuoka: seven seats and two guidance lines", 60.0, 380.0, 7, Some(120.0), Some(9)),
        centre("a rush on few lines", 120.0, 300.0, 4, Some(60.0), Some(12)),
        centre("hardly any patience", 40.0, 300.0, 4, Some(5.0), None),
        centre("patience as long as service", 50.0, 240.0, 3, Some(240.0), None),
        centre("forty seats", 400.0, 300.0, 40, Some(100.0), Some(50)),
    ]
}
