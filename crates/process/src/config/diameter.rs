//! `[diameter]`: this node, its peers, and who else may connect.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use diameter_codec::ApplicationId;
use diameter_stack::capabilities::Application;
use diameter_stack::routing::{self, MAX_ROUTE_PEERS, MAX_ROUTES, MAX_WEIGHT};
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, Limits, NodeSettings, PeerSettings,
};
use serde::Deserialize;

use super::{Check, ConfigFault, domain};
use crate::shard::Shard;

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
    /// `[[diameter.route]]`: the realm routing table (RFC 6733 §2.7).
    #[serde(default)]
    pub route: Vec<RouteSection>,
    /// Who may connect.
    #[serde(default)]
    pub admit: Admit,
    /// Which redirect indications are followed (RFC 6733 §6.12).
    #[serde(default)]
    pub follow_redirects: Redirects,
    /// `[diameter.hosts]`: addresses of hosts that a redirect indication may name.
    #[serde(default)]
    pub hosts: BTreeMap<String, IpAddr>,
    /// What protects the connections (RFC 6733 §13).
    #[serde(default)]
    pub security: Security,
    /// Twinit, the watchdog's interval, in seconds (RFC 3539 §3.4.1); 30.
    #[serde(default = "watchdog")]
    pub watchdog_s: u64,
    /// Tc, the pause before it connects again, in milliseconds (RFC 6733 §2.1); 30 000.
    #[serde(default = "reconnect")]
    pub reconnect_ms: u64,
    /// How long connecting and exchanging capabilities may take together, in milliseconds; 10000.
    #[serde(default = "setup")]
    pub setup_ms: u64,
    /// How long a DPA may take, and on stopping the requests under way before, in milliseconds; 1000.
    #[serde(default = "close")]
    pub close_ms: u64,
    /// How long a request may wait for its answer, in milliseconds; 5000.
    #[serde(default = "request_timeout")]
    pub request_timeout_ms: u64,
}

/// `[[diameter.peer]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerSection {
    /// Its Origin-Host, one of another name is refused; none: the first that it shows, if `address` is there.
    pub identity: Option<String>,
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

/// Which redirect indications are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Redirects {
    /// Those to configured or connected peers.
    #[default]
    ConfiguredPeers,
    /// Those to any host that `[diameter.hosts]` has, or that is an address; for labs.
    Anyone,
}

/// What protects the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// Nothing: a closed network, or IPsec below.
    #[default]
    None,
    /// TLS, which is refused so far.
    Tls,
}

/// `[[diameter.route]]`: which peers serve a realm, or that this node does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSection {
    /// The realm; none: the default route.
    pub realm: Option<String>,
    /// The Application-Id; none: every one.
    pub application: Option<u32>,
    /// Identities of the peers that serve it, the preferred first.
    #[serde(default)]
    pub peers: Vec<String>,
    /// The share of each of `peers`; none: the first takes everything as long as it can.
    pub weights: Option<Vec<u16>>,
    /// This node serves it.
    #[serde(default)]
    pub local: bool,
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

fn setup() -> u64 {
    10_000
}

fn close() -> u64 {
    1_000
}

fn request_timeout() -> u64 {
    5_000
}

impl DiameterSection {
    /// That of one of several shards: an identity and, where it listens, a port of its own.
    ///
    /// # Errors
    /// There are not so many ports.
    pub fn of_shard(&self, shard: Shard) -> Result<Self, ConfigFault> {
        let listen = self
            .listen
            .map(|listen| shard.address("diameter.listen", listen));
        Ok(Self {
            identity: shard.domain(&self.identity),
            listen: listen.transpose()?,
            ..self.clone()
        })
    }

    /// What a node is told that has `applications`.
    pub fn settings(&self, applications: Vec<Application>) -> NodeSettings {
        let peers = self.peer.iter().map(|peer| PeerSettings {
            identity: peer.identity.clone(),
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
                setup: Duration::from_millis(self.setup_ms),
                close: Duration::from_millis(self.close_ms),
            },
            routes: self.route.iter().map(RouteSection::entry).collect(),
            redirects: match self.follow_redirects {
                Redirects::ConfiguredPeers => FollowRedirects::ConfiguredPeers,
                Redirects::Anyone => FollowRedirects::Anyone,
            },
            hosts: self.hosts.clone().into_iter().collect(),
            limits: Limits::default(),
        }
    }
}

impl RouteSection {
    /// Its entry of the table.
    fn entry(&self) -> routing::Route {
        let weights = self.weights.iter().flatten().copied();
        let peers = self.peers.iter().zip(weights.chain(std::iter::repeat(0)));
        let peers = peers.map(|(identity, weight)| routing::RoutePeer {
            identity: identity.clone(),
            weight,
        });
        routing::Route {
            realm: self.realm.clone(),
            application: self.application.map(ApplicationId),
            action: match self.local {
                true => routing::Action::Local,
                false => routing::Action::Peers(peers.collect()),
            },
        }
    }
}

impl Check for RouteSection {
    fn check(&self) -> Result<(), ConfigFault> {
        if let Some(realm) = &self.realm {
            domain("realm", realm)?;
        }
        if self.local != self.peers.is_empty() {
            return Err(ConfigFault::new(
                "peers",
                "",
                "a route either has peers or is local",
                "write `peers = [\"IDENTITY\"]`, or `local = true` for a realm that this node serves",
            ));
        }
        if self.peers.len() > MAX_ROUTE_PEERS {
            return Err(ConfigFault::new(
                "peers",
                self.peers.len(),
                format!("more than {MAX_ROUTE_PEERS} peers"),
                "name those that are nearest",
            ));
        }
        for peer in &self.peers {
            domain("peers", peer)?;
        }
        let Some(weights) = &self.weights else {
            return Ok(());
        };
        let sum: u32 = weights.iter().copied().map(u32::from).sum();
        if weights.len() != self.peers.len()
            || sum == 0
            || weights.iter().any(|weight| *weight > MAX_WEIGHT)
        {
            return Err(ConfigFault::new(
                "weights",
                format!("{weights:?}"),
                format!(
                    "not one number of 0 to {MAX_WEIGHT} for each of `peers`, with one above 0"
                ),
                "write as many numbers as peers, or leave `weights` out to use them in order",
            ));
        }
        Ok(())
    }
}

impl DiameterSection {
    /// Whether nothing else is called as peer `index` is, or is where it is.
    fn check_told_apart(&self, index: usize) -> Result<(), ConfigFault> {
        let (before, peer) = (&self.peer[..index], &self.peer[index]);
        if let Some(identity) = &peer.identity {
            // RFC 6733 §5.3: a CER with our own name is refused, and so is a CEA.
            if identity.eq_ignore_ascii_case(&self.identity) {
                return Err(ConfigFault::new(
                    "identity",
                    identity,
                    "this node's own, which no peer can have",
                    "write the identity that the peer shows, or give this node another one",
                ));
            }
            let named = before.iter().filter_map(|other| other.identity.as_ref());
            if named
                .into_iter()
                .any(|other| other.eq_ignore_ascii_case(identity))
            {
                return Err(ConfigFault::new(
                    "identity",
                    identity,
                    "that of an earlier [[diameter.peer]]",
                    "remove one of the two, or write the identity that the other peer shows",
                ));
            }
        }
        if let Some(address) = peer.address
            && before.iter().any(|other| other.address == Some(address))
        {
            return Err(ConfigFault::new(
                "address",
                address,
                "that of an earlier [[diameter.peer]]",
                "remove one of the two, or write the address and port of the other peer",
            ));
        }
        Ok(())
    }

    /// Whether the peers of `route` can ever be there.
    fn check_reached(&self, route: &RouteSection) -> Result<(), ConfigFault> {
        // Who has no name here, or need not be here at all, may be any of them.
        if self.admit == Admit::Anyone || self.peer.iter().any(|peer| peer.identity.is_none()) {
            return Ok(());
        }
        let is_known = |wanted: &String| {
            let mut known = self.peer.iter().filter_map(|peer| peer.identity.as_ref());
            known.any(|identity| identity.eq_ignore_ascii_case(wanted))
        };
        match route.peers.iter().find(|wanted| !is_known(wanted)) {
            None => Ok(()),
            Some(unknown) => Err(ConfigFault::new(
                "peers",
                unknown,
                "no [[diameter.peer]] has this identity",
                "add a [[diameter.peer]] with it, or write the identity of one that is there",
            )),
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
            match (&peer.identity, peer.address) {
                (Some(identity), _) => domain("identity", identity).map_err(here)?,
                (None, Some(_)) => {}
                (None, None) => {
                    return Err(here(ConfigFault::new(
                        "identity",
                        "",
                        "missing, and so is `address`: nothing tells this peer",
                        "add `identity = \"HOST.NAME\"`, or `address = \"ADDRESS:PORT\"`, or both",
                    )));
                }
            }
            peer.realm
                .as_ref()
                .map_or(Ok(()), |realm| domain("realm", realm))
                .map_err(here)?;
            self.check_told_apart(index).map_err(here)?;
            if peer.address.is_none() && self.listen.is_none() {
                return Err(here(ConfigFault::new(
                    "address",
                    "",
                    "missing, and without `diameter.listen` this peer cannot connect to us either",
                    "add `address = \"ADDRESS:PORT\"` in [[diameter.peer]], or `listen` in [diameter]",
                )));
            }
        }
        if self.route.len() > MAX_ROUTES {
            return Err(ConfigFault::new(
                "route",
                self.route.len(),
                format!("more than {MAX_ROUTES} routes"),
                "use a default route, which has no `realm`, for what goes the same way",
            ));
        }
        for (index, route) in self.route.iter().enumerate() {
            route
                .check()
                .and_then(|()| self.check_reached(route))
                .map_err(|fault| fault.under(&format!("route[{index}]")))?;
        }
        for host in self.hosts.keys() {
            domain("hosts", host)?;
        }
        if self.security == Security::Tls {
            return Err(ConfigFault::new(
                "security",
                "tls",
                "TLS is not supported yet",
                "write `security = \"none\"` or leave it out, and protect the network below (IPsec)",
            ));
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
        in_range("setup_ms", self.setup_ms, 10, 60_000, "milliseconds")?;
        in_range("close_ms", self.close_ms, 10, 60_000, "milliseconds")?;
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
