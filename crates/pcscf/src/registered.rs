//! The registrations that went through this P-CSCF (TS 24.229 §5.2.2.1: Service-Route, P-Associated-URI).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use driver::hash::{self, KeyedMap};
use driver::io::Io;
use serde_json::{Value, json};

/// One registration, as the registrar confirmed it.
pub(crate) struct Entry {
    pub(crate) contact: Box<str>,
    pub(crate) service_route: Box<str>,
    pub(crate) associated: Box<str>,
    pub(crate) expires_at: Instant,
}

/// By flow and public identity.
pub(crate) struct Registered {
    entries: KeyedMap<(SocketAddr, Box<str>), Entry>,
    swept: Option<Instant>,
    most: usize,
}

/// The time between two sweeps of what has run out.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The most registrations remembered; one more is served all the same, but not kept.
pub const MAX_REGISTRATIONS: usize = 1_000_000;

impl Registered {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self {
            entries: hash::map(io),
            swept: None,
            most: MAX_REGISTRATIONS,
        }
    }

    pub(crate) fn set(&mut self, now: Instant, flow: SocketAddr, impu: &str, entry: Entry) {
        if self.swept.is_none_or(|swept| now >= swept + SWEEP_EVERY) {
            self.sweep(now);
            self.swept = Some(now);
        }
        let key = (flow, impu.into());
        if self.entries.len() < self.most || self.entries.contains_key(&key) {
            self.entries.insert(key, entry);
        } else {
            tracing::warn!(
                impu,
                "as many registrations as may be remembered: this one is not"
            );
        }
    }

    pub(crate) fn remove(&mut self, flow: SocketAddr, impu: &str) {
        self.entries.remove(&(flow, impu.into()));
    }

    fn sweep(&mut self, now: Instant) {
        self.entries.retain(|_, entry| entry.expires_at > now);
    }

    /// What `/state` shows: how many, and the first hundred.
    pub(crate) fn state(&mut self, now: Instant) -> Value {
        self.sweep(now);
        let shown: Vec<Value> = self
            .entries
            .iter()
            .take(100)
            .map(|((flow, impu), entry)| {
                json!({
                    "public_identity": &**impu,
                    "flow": flow.to_string(),
                    "contact": &*entry.contact,
                    "service_route": &*entry.service_route,
                    "associated": &*entry.associated,
                    "expires_in_s": (entry.expires_at - now).as_secs(),
                })
            })
            .collect();
        json!({ "registrations": self.entries.len(), "first": shown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_than_may_be_and_what_ran_out_makes_room() {
        let (start, second) = (crate::now(), Duration::from_secs(1));
        let mut registered = Registered {
            entries: KeyedMap::default(),
            swept: None,
            most: 100,
        };
        let flow = |port| SocketAddr::from(([10, 0, 0, 1], port));
        let mut set = |at: Instant, port| {
            let entry = Entry {
                contact: "sip:a@10.0.0.1".into(),
                service_route: "".into(),
                associated: "".into(),
                expires_at: at + 30 * second,
            };
            registered.set(at, flow(port), "sip:a@h", entry);
            registered.entries.len()
        };
        for port in 1..=1000 {
            assert_eq!(set(start, port), usize::from(port).min(100));
        }
        assert_eq!(set(start + 59 * second, 2000), 100);
        assert_eq!(set(start + 60 * second, 2000), 1);
    }
}
