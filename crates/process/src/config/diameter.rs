//! `[diameter]`: this node, its peers, and who else may connect.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use diameter_stack::capabilities::Application;
use driver::diameter::{Admission, DiameterTimers, Limits, NodeSettings, PeerSettings};
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
    /// The address to connect from; none: that of `listen`, else what the system chooses.
    pub connect_from: Option<IpAddr>,
    /// `[[diameter.peer]]`: the peers known beforehand, the preferred first.
    #[serde(default)]
    pub peer: Vec<PeerSection>,
    /// Who may connect.
    #[serde(default)]
    pub admit: Admit,
    /// Twinit, the watchdog's interval, in seconds (RFC 3539 §3.4.1); 30.
    #[serde(default = "watchdog")]
    pub watchdog_s: u64,
    /// Tc, the pause before it connects again, in milliseconds (RFC 6733 §2.1); 30 000.
    #[serde(default = "reconnect")]
    pub reconnect_ms: u64,
    /// How long a request may wait for its answer, in milliseconds; 5000.
    #[serde(default = "request_timeout")]
    pub request_timeout_ms: u64,
}

/// `[[diameter.peer]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerSection {
    /// Its Origin-Host; one of another name is refused.
    pub identity: String,
    /// Its realm; none: ours.
    pub realm: Option<String>,
    /// ADDRESS:PORT to connect to; none: it connects to us.
    pub address: Option<SocketAddr>,
}

/// Who may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Admit {
    /// Those of `[[diameter.peer]]`; others get DIAMETER_UNKNOWN_PEER (RFC 6733 §5.3).
    #[default]
    ConfiguredPeers,
    /// Whoever shares an application; for labs.
    Anyone,
}

/// The least Twinit, in seconds (RFC 3539 §3.4.1).
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
    5_000
}

impl DiameterSection {
    /// What a node is told that has `applications`.
    pub fn settings(&self, applications: Vec<Application>) -> NodeSettings {
        let peers = self.peer.iter().map(|peer| PeerSettings {
            identity: Some(peer.identity.clone()),
            realm: Some(peer.realm.clone().unwrap_or_else(|| self.realm.clone())),
            address: peer.address,
        });
        NodeSettings {
            identity: self.identity.clone(),
            realm: self.realm.clone(),
            listen: self.listen,
            connect_from: self
                .connect_from
                .or_else(|| self.listen.map(|listen| listen.ip())),
            peers: peers.collect(),
            admission: match self.admit {
                Admit::ConfiguredPeers => Admission::ConfiguredPeers,
                Admit::Anyone => Admission::Anyone,
            },
            applications,
            timers: DiameterTimers {
                watchdog: Duration::from_secs(self.watchdog_s),
                request: Duration::from_millis(self.request_timeout_ms),
                reconnect: Duration::from_millis(self.reconnect_ms),
                ..DiameterTimers::default()
            },
            limits: Limits::default(),
        }
    }
}

impl Check for DiameterSection {
    fn check(&self) -> Result<(), ConfigFault> {
        // DiameterIdentity is an FQDN (RFC 6733 §4.3.1).
        domain("identity", &self.identity)?;
        domain("realm", &self.realm)?;
        for (index, peer) in self.peer.iter().enumerate() {
            let here = |fault: ConfigFault| fault.under(&format!("peer[{index}]"));
            domain("identity", &peer.identity).map_err(here)?;
            peer.realm
                .as_ref()
                .map_or(Ok(()), |realm| domain("realm", realm))
                .map_err(here)?;
            if peer.address.is_none() && self.listen.is_none() {
                return Err(here(ConfigFault::new(
                    "address",
                    "",
                    "missing, and without `diameter.listen` this peer cannot connect to us either",
                    "add `address = \"ADDRESS:PORT\"` in [[diameter.peer]], or `listen` in [diameter]",
                )));
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
