//! What an endpoint counts.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::connections::Closed;

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
    pub(super) carried: ByTransport,
    pub(super) connections: Gauge,
    pub(super) connections_accepted: Counter,
    pub(super) connections_opened: Counter,
    pub(super) connections_refused: Counter,
    pub(super) pings_received: Counter,
    pub(super) pings_sent: Counter,
    pub(super) pongs_received: Counter,
    pub(super) flows_failed: Counter,
    pub(super) unreachable: Counter,
    closed: Family<ReasonLabel, Counter>,
}

/// What went over each transport: looked up once, as the hot path counts here.
#[derive(Debug, Clone)]
pub(super) struct ByTransport {
    messages_received: Family<TransportLabel, Counter>,
    octets_received: Family<TransportLabel, Counter>,
    messages_sent: Family<TransportLabel, Counter>,
    octets_sent: Family<TransportLabel, Counter>,
    pub(super) udp: Carried,
    pub(super) tcp: Carried,
}

/// What went over one transport.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    pub(super) messages_received: Counter,
    pub(super) octets_received: Counter,
    messages_sent: Counter,
    octets_sent: Counter,
}

impl Default for ByTransport {
    fn default() -> Self {
        let families: [Family<TransportLabel, Counter>; 4] = Default::default();
        let of = |transport| {
            let [
                messages_received,
                octets_received,
                messages_sent,
                octets_sent,
            ] = families
                .each_ref()
                .map(|family| family.get_or_create(&TransportLabel { transport }).clone());
            Carried {
                messages_received,
                octets_received,
                messages_sent,
                octets_sent,
            }
        };
        let (udp, tcp) = (of("udp"), of("tcp"));
        let [
            messages_received,
            octets_received,
            messages_sent,
            octets_sent,
        ] = families;
        Self {
            messages_received,
            octets_received,
            messages_sent,
            octets_sent,
            udp,
            tcp,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransportLabel {
    transport: &'static str,
}

impl Carried {
    pub(super) fn sent(&self, octets: usize) {
        self.messages_sent.inc();
        self.octets_sent.inc_by(octets as u64);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

impl SipMetrics {
    pub(super) fn connection_closed(&self, closed: Closed) {
        let reason = closed.label();
        self.closed.get_or_create(&ReasonLabel { reason }).inc();
    }

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
        counter(
            "connections_accepted",
            "Connections that peers made",
            &self.connections_accepted,
        );
        counter(
            "connections_opened",
            "Connections that we made or tried to make",
            &self.connections_opened,
        );
        counter(
            "connections_refused",
            "Connections closed at once because there were as many as may be",
            &self.connections_refused,
        );
        counter(
            "pings_received",
            "Keep-alives received, pings of connections and STUN requests",
            &self.pings_received,
        );
        counter(
            "pings_sent",
            "Keep-alives sent, pings of connections and STUN requests",
            &self.pings_sent,
        );
        counter(
            "pongs_received",
            "Answers to our keep-alives",
            &self.pongs_received,
        );
        counter(
            "flows_failed",
            "Flows whose keep-alives were not answered",
            &self.flows_failed,
        );
        counter(
            "unreachable",
            "Destinations that the network said are unreachable (ICMP) while requests waited on them",
            &self.unreachable,
        );
        registry.register(
            "transactions",
            "Transactions kept now",
            self.transactions.clone(),
        );
        registry.register(
            "connections",
            "Connections open or being made now",
            self.connections.clone(),
        );
        registry.register(
            "connections_closed",
            "Connections that ended, by reason",
            self.closed.clone(),
        );
        for (name, help, family) in [
            (
                "messages_received",
                "Messages received, keep-alives not counted",
                &self.carried.messages_received,
            ),
            (
                "octets_received",
                "Octets received",
                &self.carried.octets_received,
            ),
            (
                "messages_sent",
                "Messages sent",
                &self.carried.messages_sent,
            ),
            ("octets_sent", "Octets sent", &self.carried.octets_sent),
        ] {
            registry.register(name, help, family.clone());
        }
    }
}
