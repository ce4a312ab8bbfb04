//! What an endpoint counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters of one endpoint; clones count together.
#[derive(Debug, Clone, Default)]
pub struct SipMetrics {
    pub(super) requests_received: Counter,
    pub(super) requests_sent: Counter,
    pub(super) responses_received: Counter,
    pub(super) responses_sent: Counter,
    pub(super) retransmissions_received: Counter,
    pub(super) retransmissions_sent: Counter,
    pub(super) unreadable: Counter,
    pub(super) refused: Counter,
    pub(super) strays: Counter,
    pub(super) timeouts: Counter,
    pub(super) send_failures: Counter,
    pub(super) transactions: Gauge,
}

impl SipMetrics {
    /// Puts every counter into `registry`, under `sip_…`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("sip");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone())
        };
        counter(
            "requests_received",
            "New requests received",
            &self.requests_received,
        );
        counter("requests_sent", "New requests sent", &self.requests_sent);
        counter(
            "responses_received",
            "Responses received that matched a transaction",
            &self.responses_received,
        );
        counter(
            "responses_sent",
            "Responses sent, retransmissions not counted",
            &self.responses_sent,
        );
        counter(
            "retransmissions_received",
            "Requests received again",
            &self.retransmissions_received,
        );
        counter(
            "retransmissions_sent",
            "Requests and responses sent again",
            &self.retransmissions_sent,
        );
        counter(
            "unreadable",
            "Datagrams dropped because no response could be routed",
            &self.unreadable,
        );
        counter(
            "refused",
            "Requests refused before a transaction was made (400, 405, 503, 505, …)",
            &self.refused,
        );
        counter(
            "strays",
            "Responses dropped that matched no transaction",
            &self.strays,
        );
        counter(
            "timeouts",
            "Requests without a final response in time (timer F)",
            &self.timeouts,
        );
        counter(
            "send_failures",
            "Datagrams that the system refused to send",
            &self.send_failures,
        );
        registry.register(
            "transactions",
            "Transactions kept now",
            self.transactions.clone(),
        );
    }
}
