//! `/metrics`: the folds and the machine's figures as OpenMetrics text, made anew at each scrape.

use std::fmt;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::disk::disk_left;
use super::{families, kernel, machine};
use crate::api::NodeFacts;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The text of a scrape.
pub(super) async fn scrape(
    State(node): State<Arc<NodeFacts>>,
) -> Result<([(HeaderName, &'static str); 1], String), StatusCode> {
    let disk_left = disk_left(&node.data_dir).await;
    let page = page(&node, disk_left, kernel::unseen());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(page));
    let mut text = String::new();
    match text::encode(&mut text, &registry) {
        Ok(()) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text)),
        Err(error) => {
            tracing::error!(%error, "the figures cannot be written");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn page(node: &NodeFacts, disk_left: Option<u64>, unseen: Option<kernel::Unseen>) -> Page {
    let plan = node.shared.plan();
    let view = node.shared.view();
    let mut page = Page::default();
    families::calls(&mut page, &view, &plan);
    families::seats(&mut page, &view);
    families::recordings(&mut page, &view, &plan);
    families::media(&mut page, &view);
    families::node(&mut page, &view);
    machine::disk(&mut page, disk_left);
    kernel::figures(&mut page, unseen);
    if let Some(figures) = &view.machine {
        machine::figures(&mut page, figures);
    }
    page
}

/// What kind of figure a family is; its name says so too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Rises; its samples are named `…_total`.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Durations by size.
    Histogram,
}

/// One figure with one set of labels.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Sample {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: Value,
}

/// A figure.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Number(f64),
    Histogram(crate::observer::Histogram),
}

/// Figures of one name.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Family {
    /// Without `_total`.
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    pub(super) samples: Vec<Sample>,
}

/// All figures of one scrape.
#[derive(Clone, Default, Debug)]
pub(super) struct Page {
    pub(super) families: Vec<Family>,
}

impl Page {
    /// Begins a family; its samples follow.
    pub(super) fn family(&mut self, kind: Kind, name: &'static str, help: &'static str) -> &mut Family {
        self.families.push(Family { name, help, kind, samples: Vec::new() });
        let last = self.families.len() - 1;
        &mut self.families[last]
    }

    /// A counter without labels.
    pub(super) fn counter(&mut self, name: &'static str, help: &'static str, value: u64) {
        self.family(Kind::Counter, name, help).add([], value as f64);
    }

    /// A gauge without labels.
    pub(super) fn gauge(&mut self, name: &'static str, help: &'static str, value: f64) {
        self.family(Kind::Gauge, name, help).add([], value);
    }
}

impl Family {
    /// Adds a figure.
    pub(super) fn add<const N: usize>(&mut self, labels: [(&'static str, &str); N], value: f64) {
        self.push(labels, Value::Number(value));
    }

    /// Adds durations by size.
    pub(super) fn add_histogram<const N: usize>(
        &mut self,
        labels: [(&'static str, &str); N],
        value: crate::observer::Histogram,
    ) {
        self.push(labels, Value::Histogram(value));
    }

    fn push<const N: usize>(&mut self, labels: [(&'static str, &str); N], value: Value) {
        let labels = labels.map(|(name, value)| (name, value.to_owned())).to_vec();
        self.samples.push(Sample { labels, value });
    }
}

impl Collector for Page {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        for family in &self.families {
            let kind = match family.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
                Kind::Histogram => MetricType::Histogram,
            };
            let mut encoder = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for sample in &family.samples {
                if sample.labels.is_empty() {
                    encode(&mut encoder, family.kind, &sample.value)?;
                } else {
                    encode(&mut encoder.encode_family(&sample.labels)?, family.kind, &sample.value)?;
                }
            }
        }
        Ok(())
    }
}

fn encode(encoder: &mut MetricEncoder<'_>, kind: Kind, value: &Value) -> Result<(), fmt::Error> {
    match (value, kind) {
        (Value::Number(value), Kind::Counter) => encoder.encode_counter::<NoLabelSet, _, f64>(value, None),
        (Value::Number(value), Kind::Gauge | Kind::Histogram) => encoder.encode_gauge(value),
        (Value::Histogram(value), _) => {
            let (sum, count) = (value.sum_seconds(), value.count());
            encoder.encode_histogram::<NoLabelSet>(sum, count, &value.buckets(), None)
        }
    }
}
