//! What the HSS counts.

use diameter_codec::ResultCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::error::Outcome;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    command: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    command: &'static str,
    result: &'static str,
}

/// Counters of one HSS; clones count into the same.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    answers: Family<AnswerLabels, Counter>,
    notices: Family<NoticeLabels, Counter>,
    /// Decisions made anew because the subscription changed meanwhile.
    pub conflicts: Counter,
    /// Loads and commits that the store did not do.
    pub store_failures: Counter,
    /// Subscriptions provisioned.
    pub subscriptions: Gauge,
}

impl Metrics {
    /// Puts all of them into `registry`, names starting with `hss_`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("hss");
        registry.register(
            "answers",
            "Answers by command and result",
            self.answers.clone(),
        );
        registry.register(
            "notices",
            "RTR and PPR that came to an end, by what it was",
            self.notices.clone(),
        );
        registry.register(
            "conflicts",
            "Decisions made anew because the subscription changed meanwhile",
            self.conflicts.clone(),
        );
        registry.register(
            "store_failures",
            "Loads and commits that the database did not do",
            self.store_failures.clone(),
        );
        registry.register(
            "subscriptions",
            "Subscriptions provisioned",
            self.subscriptions.clone(),
        );
    }

    /// Counts an answer of a procedure.
    pub fn answered(&self, command: &'static str, outcome: Outcome) {
        self.count(command, outcome.name());
    }

    /// Counts a request that the dictionary's rules refused.
    pub fn refused(&self, command: &'static str, code: ResultCode) {
        self.count(command, code.name().unwrap_or("other"));
    }

    /// Counts an RTR or PPR that came to an end.
    pub fn noticed(&self, command: &'static str, result: &'static str) {
        self.notices
            .get_or_create(&NoticeLabels { command, result })
            .inc();
    }

    fn count(&self, command: &'static str, result: &'static str) {
        self.answers
            .get_or_create(&AnswerLabels { command, result })
            .inc();
    }
}
