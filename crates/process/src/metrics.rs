//! The registry behind `/metrics`.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

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
        let labels = [("element".into(), element.to_owned().into())];
        Self(Arc::new(Mutex::new(Registry::with_prefix_and_labels(
            PREFIX,
            labels.into_iter(),
        ))))
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
}
