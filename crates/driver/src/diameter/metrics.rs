//! Counters of a node.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To a peer.
    Sent,
    /// From a peer.
    Received,
}

const DIRECTIONS: [&str; 2] = ["sent", "received"];

/// The label of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// `sent` or `received`.
    pub direction: &'static str,
}

/// The labels of answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct AnswerLabels {
    /// `sent` or `received`.
    pub direction: &'static str,
    /// `1xxx` to `5xxx` (RFC 6733 §7.1, 3GPP's experimental codes likewise), `other`, or `none`.
    pub result: &'static str,
}

const CLASSES: [&str; 7] = ["none", "1xxx", "2xxx", "3xxx", "4xxx", "5xxx", "other"];

/// What a node counts. Clones count into the same counters.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Family<RequestLabels, Counter>,
    answers: Family<AnswerLabels, Counter>,
    /// Requests of ours that no answer came to in time.
    pub timeouts: Counter,
    /// Answers that no request waited for, and were dropped: too late, or from a peer given up on.
    pub unmatched_answers: Counter,
    /// Requests of ours that were not sent: no open peer, too many under way, or too long.
    pub unsent: Counter,
    /// Requests of ours that were sent again with the T flag, to another peer.
    pub retransmissions: Counter,
    /// Times that a peer with an open connection was given up on: in doubt, or lost.
    pub failovers: Counter,
    /// Answers UNABLE_TO_DELIVER or TOO_BUSY, after which the next peer is asked if there is one.
    pub rerouted: Counter,
    /// Redirect indications that were followed or remembered.
    pub redirects: Counter,
    /// Requests of peers that had been received before.
    pub duplicates: Counter,
    /// Times that a peer's Origin-State-Id grew: it lost its state.
    pub peer_restarts: Counter,
    /// Frames that are no Diameter; each cost its connection.
    pub broken_frames: Counter,
    /// Capabilities exchanges that ended in a refusal, ours or the peer's.
    pub refused_capabilities: Counter,
    /// Connections on which capabilities were exchanged.
    pub connections: Counter,
    /// Those that are open now.
    pub open_connections: Gauge,
    // Looked up once: a family costs a lock and a hash each time.
    requests_by_direction: [Counter; 2],
    answers_by_class: [[Counter; CLASSES.len()]; 2],
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = Family::<RequestLabels, Counter>::default();
        let answers = Family::<AnswerLabels, Counter>::default();
        let requests_by_direction = DIRECTIONS
            .map(|direction| requests.get_or_create(&RequestLabels { direction }).clone());
        let answers_by_class = DIRECTIONS.map(|direction| {
            CLASSES.map(|result| {
                answers
                    .get_or_create(&AnswerLabels { direction, result })
                    .clone()
            })
        });
        Self {
            requests,
            answers,
            timeouts: Counter::default(),
            unmatched_answers: Counter::default(),
            unsent: Counter::default(),
            retransmissions: Counter::default(),
            failovers: Counter::default(),
            rerouted: Counter::default(),
            redirects: Counter::default(),
            duplicates: Counter::default(),
            peer_restarts: Counter::default(),
            broken_frames: Counter::default(),
            refused_capabilities: Counter::default(),
            connections: Counter::default(),
            open_connections: Gauge::default(),
            requests_by_direction,
            answers_by_class,
        }
    }
}

impl Metrics {
    /// Puts all of them into `registry`, names starting with `diameter_`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("diameter");
        registry.register(
            "requests",
            "Requests, base protocol's own left out",
            self.requests.clone(),
        );
        registry.register(
            "answers",
            "Answers by the class of Result-Code or Experimental-Result-Code, base protocol's own left out",
            self.answers.clone(),
        );
        registry.register(
            "request_timeouts",
            "Requests of ours that no answer came to in time",
            self.timeouts.clone(),
        );
        registry.register(
            "unmatched_answers",
            "Answers that no request waited for, and were dropped: too late, or from a peer given up on",
            self.unmatched_answers.clone(),
        );
        registry.register(
            "unsent_requests",
            "Requests of ours that were not sent: no open peer, or too many under way",
            self.unsent.clone(),
        );
        registry.register(
            "retransmissions",
            "Requests of ours that were sent again with the T flag, to another peer",
            self.retransmissions.clone(),
        );
        registry.register(
            "failovers",
            "Times that a peer with an open connection was given up on: in doubt, or lost",
            self.failovers.clone(),
        );
        registry.register(
            "rerouted",
            "Answers UNABLE_TO_DELIVER or TOO_BUSY, after which the next peer is asked if there is one",
            self.rerouted.clone(),
        );
        registry.register(
            "redirects",
            "Redirect indications that were followed or remembered",
            self.redirects.clone(),
        );
        registry.register(
            "duplicates",
            "Requests of peers that had been received before",
            self.duplicates.clone(),
        );
        registry.register(
            "peer_restarts",
            "Times that a peer's Origin-State-Id grew: it lost its state",
            self.peer_restarts.clone(),
        );
        registry.register(
            "broken_frames",
            "Frames that are no Diameter; each cost its connection",
            self.broken_frames.clone(),
        );
        registry.register(
            "refused_capabilities",
            "Capabilities exchanges that ended in a refusal, ours or the peer's",
            self.refused_capabilities.clone(),
        );
        registry.register(
            "connections",
            "Connections on which capabilities were exchanged",
            self.connections.clone(),
        );
        registry.register(
            "open_connections",
            "Connections on which capabilities are exchanged now",
            self.open_connections.clone(),
        );
    }

    /// Counts a request.
    pub fn request(&self, direction: Direction) {
        self.requests_by_direction[direction as usize].inc();
    }

    /// Counts an answer with `result`, its Result-Code or Experimental-Result-Code.
    pub fn answer(&self, direction: Direction, result: Option<u32>) {
        let class = match result {
            None => 0,
            Some(code @ 1_000..=5_999) => (code / 1_000) as usize,
            Some(_) => 6,
        };
        self.answers_by_class[direction as usize][class].inc();
    }

    /// Requests counted so far.
    pub fn requests(&self, direction: Direction) -> u64 {
        self.requests_by_direction[direction as usize].get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_names_as_shown() {
        let (metrics, mut registry) = (Metrics::default(), Registry::default());
        metrics.register(&mut registry);
        metrics.request(Direction::Sent);
        metrics.answer(Direction::Received, Some(2001));
        metrics.answer(Direction::Received, Some(5999));
        metrics.answer(Direction::Sent, Some(999));
        metrics.answer(Direction::Sent, None);
        let mut shown = String::new();
        prometheus_client::encoding::text::encode(&mut shown, &registry).unwrap();
        for line in [
            "diameter_requests_total{direction=\"sent\"} 1",
            "diameter_requests_total{direction=\"received\"} 0",
            "diameter_answers_total{direction=\"received\",result=\"2xxx\"} 1",
            "diameter_answers_total{direction=\"received\",result=\"5xxx\"} 1",
            "diameter_answers_total{direction=\"sent\",result=\"other\"} 1",
            "diameter_answers_total{direction=\"sent\",result=\"none\"} 1",
            "diameter_open_connections 0",
        ] {
            assert!(shown.contains(line), "{line} in\n{shown}");
        }
    }
}
