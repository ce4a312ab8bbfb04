//! What the phone counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// Counters of the phone.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) attempts: Counter,
    pub(crate) registered: Counter,
    pub(crate) failures: Counter,
}

impl Metrics {
    /// Puts every counter into `registry`, under `ue_…`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("ue");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone())
        };
        counter(
            "attempts",
            "Registrations and refreshes begun",
            &self.attempts,
        );
        counter(
            "registered",
            "Registrations and refreshes that ended in 200",
            &self.registered,
        );
        counter(
            "failures",
            "Registrations and refreshes that failed",
            &self.failures,
        );
    }
}
