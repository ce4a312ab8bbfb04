//! What the I-CSCF counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// Counters of the I-CSCF.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) registers: Counter,
    pub(crate) selections: Counter,
    pub(crate) reselections: Counter,
    pub(crate) refused: Counter,
    pub(crate) untrusted: Counter,
    pub(crate) claims_removed: Counter,
    pub(crate) hss_refusals: Counter,
    pub(crate) hss_unreachable: Counter,
    pub(crate) scscf_unreachable: Counter,
}

impl Metrics {
    /// Puts every counter into `registry`, under `icscf_…`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("icscf");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone())
        };
        counter("registers", "REGISTER requests", &self.registers);
        counter(
            "selections",
            "S-CSCFs chosen by capabilities",
            &self.selections,
        );
        counter(
            "reselections",
            "REGISTER requests for which another S-CSCF than the assigned one was chosen",
            &self.reselections,
        );
        counter(
            "refused",
            "REGISTER requests that went to no S-CSCF, or that none answered",
            &self.refused,
        );
        counter(
            "untrusted",
            "REGISTER requests from who is not in trusted_peers",
            &self.untrusted,
        );
        counter(
            "claims_removed",
            "Header lines that only a trusted network may set, taken from what others sent",
            &self.claims_removed,
        );
        counter(
            "hss_refusals",
            "REGISTER requests that ended with what the HSS said, or for want of its answer",
            &self.hss_refusals,
        );
        counter(
            "hss_unreachable",
            "REGISTER requests refused for want of the HSS",
            &self.hss_unreachable,
        );
        counter(
            "scscf_unreachable",
            "tries that an S-CSCF did not answer",
            &self.scscf_unreachable,
        );
    }
}
