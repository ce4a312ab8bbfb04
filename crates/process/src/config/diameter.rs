//! `[diameter]`: this node, and the peers that it connects to.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;

use super::{Check, ConfigFault, domain};

/// `[diameter]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiameterSection {
    /// Origin-Host: the DiameterIdentity of this node (RFC 6733 §4.3.1).
    pub identity: String,
    /// Origin-Realm.
    pub realm: String,
    /// ADDRESS:PORT to accept connections on; none: it only connects.
    pub listen: Option<SocketAddr>,
    /// `[[diameter.peer]]`: the peers to connect to.
    #[serde(default)]
    pub peer: Vec<PeerSection>,
    /// Tw, the watchdog's interval, in seconds (RFC 3539 §3.4.1); 30.
    #[serde(default = "watchdog")]
    pub watchdog_s: u64,
    /// Tc, the pause before it connects again, in milliseconds (RFC 6733 §2.1); 30 000.
    #[serde(default = "reconnect")]
    pub reconnect_ms: u64,
    /// How long a request may wait for its answer, in milliseconds; 4000.
    #[serde(default = "request_timeout")]
    pub request_timeout_ms: u64,
}

/// `[[diameter.peer]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerSection {
    /// The Origin-Host that it shows; none: whatever it shows is taken.
    pub identity: Option<String>,
    /// Its realm; none: ours.
    pub realm: Option<String>,
    /// ADDRESS:PORT to connect to.
    pub address: SocketAddr,
}

/// The least watchdog interval, in seconds (RFC 3539 §3.4.1: 6).
const LEAST_WATCHDOG_S: u64 = 6;
/// The longest interval of this section.
const LONGEST_S: u64 = 3_600;

fn watchdog() -> u64 {
    30
}

fn reconnect() -> u64 {
    30_000
}

fn request_timeout() -> u64 {
    4_000
}

impl DiameterSection {
    /// Tw.
    pub fn watchdog(&self) -> Duration {
        Duration::from_secs(self.watchdog_s)
    }

    /// Tc.
    pub fn reconnect(&self) -> Duration {
        Duration::from_millis(self.reconnect_ms)
    }

    /// How long a request may wait for its answer.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }
}

impl Check for DiameterSection {
    fn check(&self) -> Result<(), ConfigFault> {
        // DiameterIdentity is an FQDN (RFC 6733 §4.3.1).
        domain("identity", &self.identity)?;
        domain("realm", &self.realm)?;
        for (index, peer) in self.peer.iter().enumerate() {
            for (key, name) in [("identity", &peer.identity), ("realm", &peer.realm)] {
                if let Some(name) = name {
                    domain(key, name).map_err(|fault| fault.under(&format!("peer[{index}]")))?;
                }
            }
        }
        in_range(
            "watchdog_s",
            self.watchdog_s,
            LEAST_WATCHDOG_S,
            LONGEST_S,
            "seconds",
        )?;
        in_range(
            "reconnect_ms",
            self.reconnect_ms,
            10,
            LONGEST_S * 1_000,
            "milliseconds",
        )?;
        in_range(
            "request_timeout_ms",
            self.request_timeout_ms,
            10,
            60_000,
            "milliseconds",
        )
    }
}

fn in_range(key: &str, value: u64, least: u64, most: u64, unit: &str) -> Result<(), ConfigFault> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ConfigFault::new(
        key,
        value,
        format!("not between {least} and {most} {unit}"),
        "leave it out for the usual value, or write a number in that range",
    ))
}
