//! What the S-CSCF counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters of the S-CSCF.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) registers: Counter,
    pub(crate) challenges: Counter,
    pub(crate) wrong_credentials: Counter,
    pub(crate) stale_nonces: Counter,
    pub(crate) aka_challenges: Counter,
    pub(crate) resynchronisations: Counter,
    pub(crate) authentication_failures: Counter,
    pub(crate) authentication_timeouts: Counter,
    pub(crate) untrusted_protection: Counter,
    pub(crate) terminations: Counter,
    pub(crate) profiles_replaced: Counter,
    pub(crate) registrations: Counter,
    pub(crate) refreshes: Counter,
    pub(crate) deregistrations: Counter,
    pub(crate) replacements: Counter,
    pub(crate) expiries: Counter,
    pub(crate) hss_refusals: Counter,
    pub(crate) hss_unreachable: Counter,
    pub(crate) bindings: Gauge,
}

impl Metrics {
    /// Puts every counter into `registry`, under `scscf_…`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("scscf");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone())
        };
        counter("registers", "REGISTER requests", &self.registers);
        counter(
            "challenges",
            "REGISTER requests answered 401 with a challenge",
            &self.challenges,
        );
        counter(
            "wrong_credentials",
            "REGISTER requests with credentials that do not hold",
            &self.wrong_credentials,
        );
        counter(
            "stale_nonces",
            "REGISTER requests with a right answer to a nonce that is used up or forgotten",
            &self.stale_nonces,
        );
        counter(
            "aka_challenges",
            "Challenges with an AKA vector",
            &self.aka_challenges,
        );
        counter(
            "resynchronisations",
            "Answers of a USIM that found the sequence number wrong",
            &self.resynchronisations,
        );
        counter(
            "authentication_failures",
            "Authentications that ended with 403 after wrong answers",
            &self.authentication_failures,
        );
        counter(
            "authentication_timeouts",
            "Challenges of users not registered that nobody answered in time",
            &self.authentication_timeouts,
        );
        counter(
            "untrusted_protection",
            "REGISTER requests whose integrity-protected came from a host that is not trusted",
            &self.untrusted_protection,
        );
        counter(
            "terminations",
            "Contacts removed because the HSS said so",
            &self.terminations,
        );
        counter(
            "profiles_replaced",
            "Profiles of registered users that the HSS replaced",
            &self.profiles_replaced,
        );
        counter(
            "registrations",
            "Contacts bound for the first time",
            &self.registrations,
        );
        counter("refreshes", "Contacts bound again", &self.refreshes);
        counter(
            "deregistrations",
            "Contacts removed by their user",
            &self.deregistrations,
        );
        counter(
            "replacements",
            "Contacts removed because their user registered another",
            &self.replacements,
        );
        counter(
            "expiries",
            "Contacts removed because their time ran out",
            &self.expiries,
        );
        counter(
            "hss_refusals",
            "REGISTER requests that ended with what the HSS said, or for want of its answer",
            &self.hss_refusals,
        );
        counter(
            "hss_unreachable",
            "REGISTER requests answered 504 for want of the HSS",
            &self.hss_unreachable,
        );
        registry.register("bindings", "Contacts bound now", self.bindings.clone());
    }
}
