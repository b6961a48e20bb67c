//! A strict reader of OpenMetrics text, as far as our figures use it (OpenMetrics 1.0, "Text format").

use std::collections::{BTreeMap, BTreeSet};

/// What a scrape holds.
#[derive(Debug, Default)]
pub(super) struct Scrape {
    /// Families by name.
    pub(super) families: BTreeMap<String, Family>,
    samples: BTreeMap<String, f64>,
}

#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) kind: String,
    /// The names of all labels of its samples.
    pub(super) labels: BTreeSet<String>,
}

impl Scrape {
    /// The value of a series, written as in the text.
    pub(super) fn value(&self, series: &str) -> f64 {
        *self.samples.get(series).unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples.keys()))
    }
}

/// Reads a scrape; panics at what Prometheus would refuse.
pub(super) fn parse(text: &str) -> Scrape {
    let body = text.strip_suffix("# EOF\n").expect("an end");
    let mut scrape = Scrape::default();
    let mut current = String::new();
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help");
            assert!(!help.is_empty(), "{line}");
            current = name.to_owned();
            let family = Family::default();
            assert!(scrape.families.insert(current.clone(), family).is_none(), "{name} stands in two places");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a kind");
            assert_eq!(name, current);
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            scrape.families.get_mut(name).expect("a help before").kind = kind.to_owned();
        } else {
            sample(&mut scrape, &current, line);
        }
    }
    histograms_rise(&scrape);
    scrape
}

fn sample(scrape: &mut Scrape, current: &str, line: &str) {
    assert!(!line.starts_with('#'), "{line}");
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let value: f64 = value.parse().unwrap_or_else(|_| panic!("a number: {line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').expect("a brace")),
        None => (series, ""),
    };
    let family = scrape.families.get_mut(current).expect("a family before its samples");
    let suffix = name.strip_prefix(current).unwrap_or_else(|| panic!("{name} among {current}"));
    let allowed: &[&str] = match family.kind.as_str() {
        "counter" => &["_total"],
        "gauge" => &[""],
        _ => &["_sum", "_count", "_bucket"],
    };
    assert!(allowed.contains(&suffix), "{line}");
    assert!(family.kind == "gauge" || value >= 0.0, "{line}");
    // No label value of ours holds a comma, a quote or a backslash.
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once('=').unwrap_or_else(|| panic!("a label: {line}"));
        assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'), "{line}");
        family.labels.insert(name.to_owned());
    }
    assert!(scrape.samples.insert(series.to_owned(), value).is_none(), "{series} stands twice");
}

/// Buckets are cumulative, and the last is the count.
fn histograms_rise(scrape: &Scrape) {
    for name in scrape.families.iter().filter(|(_, family)| family.kind == "histogram").map(|(name, _)| name)
    {
        let prefix = format!("{name}_bucket{{le=\"");
        let mut series: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for (sample, value) in &scrape.samples {
            if let Some((bound, rest)) = sample.strip_prefix(&prefix).and_then(|rest| rest.split_once('"')) {
                let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect("a bound") };
                series.entry(rest).or_default().push((bound, *value));
            }
        }
        assert!(!series.is_empty(), "{name} has buckets");
        for (rest, mut buckets) in series {
            buckets.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            assert!(buckets.is_sorted_by(|(_, a), (_, b)| a <= b), "{name} {rest}: {buckets:?}");
            let labels = rest.trim_start_matches(',');
            let labels = if labels == "}" { String::new() } else { format!("{{{labels}") };
            let (last, count) = *buckets.last().expect("buckets");
            assert!(last.is_infinite());
            assert!((count - scrape.value(&format!("{name}_count{labels}"))).abs() < f64::EPSILON);
        }
    }
}
