//! The registrations that went through this P-CSCF (TS 24.229 §5.2.2.1: Service-Route, P-Associated-URI).

use std::net::SocketAddr;
use std::time::Instant;

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
    sweep_at: usize,
}

/// Below this many entries nothing is swept.
const SWEEP_FLOOR: usize = 1024;

impl Registered {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self {
            entries: hash::map(io),
            sweep_at: SWEEP_FLOOR,
        }
    }

    pub(crate) fn set(&mut self, flow: SocketAddr, impu: &str, entry: Entry) {
        // What has run out goes when the table has doubled: a constant share of each registration's work.
        if self.entries.len() >= self.sweep_at {
            self.sweep(crate::now());
            self.sweep_at = (2 * self.entries.len()).max(SWEEP_FLOOR);
        }
        self.entries.insert((flow, impu.into()), entry);
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
