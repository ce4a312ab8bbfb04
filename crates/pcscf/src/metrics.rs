//! What the P-CSCF counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters and gauges of the P-CSCF.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) registers: Counter,
    pub(crate) registered: Counter,
    pub(crate) challenged: Counter,
    pub(crate) refused: Counter,
    pub(crate) not_located: Counter,
    pub(crate) core_unreachable: Counter,
    pub(crate) core_overloaded: Counter,
    pub(crate) headers_removed: Counter,
    pub(crate) to_phones: Counter,
    pub(crate) forged_tokens: Counter,
    pub(crate) flows_failed: Counter,
    pub(crate) cut_off: Counter,
    registrations: Gauge,
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
            "not_located",
            "REGISTER requests for a home network that is not known, or not found",
            &self.not_located,
        );
        counter(
            "core_unreachable",
            "REGISTER requests that the home network did not answer",
            &self.core_unreachable,
        );
        counter(
            "core_overloaded",
            "REGISTER requests that the home network answered 503",
            &self.core_overloaded,
        );
        counter(
            "headers_removed",
            "Header lines that only the trusted network may set, taken from what phones sent",
            &self.headers_removed,
        );
        counter(
            "to_phones",
            "Requests of the core that went to a phone",
            &self.to_phones,
        );
        counter(
            "forged_tokens",
            "Requests of the core refused for a flow token that is not ours",
            &self.forged_tokens,
        );
        counter(
            "flows_failed",
            "Requests of the core answered 430 Flow Failed",
            &self.flows_failed,
        );
        counter(
            "cut_off",
            "Registrations whose flow ended before they did",
            &self.cut_off,
        );
        registry.register(
            "registrations",
            "Public identities registered over a flow",
            self.registrations.clone(),
        );
    }

    pub(crate) fn set_registrations(&self, registrations: usize) {
        self.registrations.set(registrations as i64);
    }
}
