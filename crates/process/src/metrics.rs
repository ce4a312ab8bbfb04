//! The registry behind `/metrics`.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use crate::shard::Shard;

/// What every metric's name begins with.
const PREFIX: &str = "wayfarer";

/// A handle to the process's metrics; clones reach the same registry.
///
/// The lock is taken when metrics are registered and when they are read out, never where they are counted.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Mutex<Registry>>);

impl Metrics {
    /// An empty registry whose metrics all carry the label `element`.
    pub fn new(element: &str) -> Self {
        Self::labelled([("element".into(), element.to_owned().into())])
    }

    /// The same of one of several shards: `shard` is a label with its number too.
    pub(crate) fn of_shard(element: &str, shard: Shard) -> Self {
        Self::labelled([
            ("element".into(), element.to_owned().into()),
            ("shard".into(), shard.number.to_string().into()),
        ])
    }

    fn labelled<const N: usize>(labels: [(Cow<'static, str>, Cow<'static, str>); N]) -> Self {
        let registry = Registry::with_prefix_and_labels(PREFIX, labels.into_iter());
        Self(Arc::new(Mutex::new(registry)))
    }

    /// Lets `register` add metrics, each with its unit and a help text, and returns what it makes.
    pub fn register<R>(&self, register: impl FnOnce(&mut Registry) -> R) -> R {
        register(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The OpenMetrics text of all metrics, as Prometheus reads it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let registry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text::encode(&mut out, &registry).expect("a String takes what is written to it");
        out
    }
}

/// The OpenMetrics text of several registries: each metric is described once, its samples follow each other.
pub(crate) fn text(all: &[Metrics]) -> String {
    let texts: Vec<String> = all.iter().map(Metrics::text).collect();
    let mut families: Vec<(&str, String)> = Vec::new();
    for text in &texts {
        let body = text.strip_suffix(END).unwrap_or(text);
        for family in families_of(body) {
            let samples = family
                .lines()
                .position(|line| !line.starts_with('#'))
                .map_or(family.len(), |count| {
                    family.split_inclusive('\n').take(count).map(str::len).sum()
                });
            let (described, samples) = family.split_at(samples);
            match families.iter_mut().find(|(known, _)| *known == described) {
                Some((_, all)) => all.push_str(samples),
                None => families.push((described, samples.to_owned())),
            }
        }
    }
    let mut out = String::new();
    for (described, samples) in families {
        out.push_str(described);
        out.push_str(&samples);
    }
    out.push_str(END);
    out
}

const END: &str = "# EOF\n";
const HELP: &str = "# HELP ";

/// The pieces of an OpenMetrics text that describe one metric each and hold its samples.
fn families_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = rest[1..].find("\n# HELP ").map_or(rest.len(), |at| at + 2);
        let (family, after) = rest.split_at(next);
        rest = after;
        debug_assert!(family.starts_with(HELP), "{family}");
        Some(family)
    })
}

/// How often the configuration was read again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reloads {
    pub(crate) ok: Counter,
    pub(crate) failed: Counter,
}

impl Reloads {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "reloads",
            "Configurations read again and taken",
            self.ok.clone(),
        );
        registry.register(
            "reloads_failed",
            "Configurations read again and refused",
            self.failed.clone(),
        );
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Unit;

    use super::*;

    #[test]
    fn text_has_help_unit_and_element() {
        let metrics = Metrics::new("scscf");
        let received = metrics.register(|registry| {
            let received = Counter::<u64>::default();
            registry.register_with_unit(
                "received",
                "Octets received",
                Unit::Bytes,
                received.clone(),
            );
            received
        });
        received.inc_by(7);
        assert_eq!(
            metrics.text(),
            "# HELP wayfarer_received_bytes Octets received.\n\
             # TYPE wayfarer_received_bytes counter\n\
             # UNIT wayfarer_received_bytes bytes\n\
             wayfarer_received_bytes_total{element=\"scscf\"} 7\n\
             # EOF\n"
        );
    }

    #[test]
    fn shards_share_the_description_and_keep_their_samples() {
        let shards: Vec<Metrics> = Shard::all(2)
            .map(|shard| {
                let metrics = Metrics::of_shard("scscf", shard);
                metrics.register(|registry| {
                    let counter = Counter::<u64>::default();
                    counter.inc_by(shard.number.into());
                    registry.register("registers", "REGISTER requests", counter);
                    registry.register("other", "Others", Counter::<u64>::default());
                });
                metrics
            })
            .collect();
        assert_eq!(
            text(&shards),
            "# HELP wayfarer_registers REGISTER requests.\n\
             # TYPE wayfarer_registers counter\n\
             wayfarer_registers_total{element=\"scscf\",shard=\"1\"} 1\n\
             wayfarer_registers_total{element=\"scscf\",shard=\"2\"} 2\n\
             # HELP wayfarer_other Others.\n\
             # TYPE wayfarer_other counter\n\
             wayfarer_other_total{element=\"scscf\",shard=\"1\"} 0\n\
             wayfarer_other_total{element=\"scscf\",shard=\"2\"} 0\n\
             # EOF\n"
        );
        assert_eq!(text(&[]), "# EOF\n");
    }
}
