//! What the P-CSCF counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// Counters of the P-CSCF.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) registers: Counter,
    pub(crate) registered: Counter,
    pub(crate) challenged: Counter,
    pub(crate) refused: Counter,
    pub(crate) core_unreachable: Counter,
}

impl Metrics {
    /// Puts every counter into `registry`, under `pcscf_…`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("pcscf");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone())
        };
        counter(
            "registers",
            "REGISTER requests from phones",
            &self.registers,
        );
        counter(
            "registered",
            "REGISTER requests that the home network answered 2xx",
            &self.registered,
        );
        counter(
            "challenged",
            "REGISTER requests that the home network answered 401",
            &self.challenged,
        );
        counter(
            "refused",
            "REGISTER requests refused, here or by the home network",
            &self.refused,
        );
        counter(
            "core_unreachable",
            "REGISTER requests that the home network did not answer",
            &self.core_unreachable,
        );
    }
}
