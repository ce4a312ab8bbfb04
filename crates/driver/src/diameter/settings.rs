//! What a node is told at its start.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use diameter_stack::capabilities::Application;
use diameter_stack::routing::Route;
use diameter_stack::{duplicates, pending, watchdog};

/// A node, its peers and its bounds.
#[derive(Debug, Clone)]
pub struct NodeSettings {
    /// Origin-Host: a fully qualified domain name.
    pub identity: String,
    /// Origin-Realm.
    pub realm: String,
    /// Where to accept connections; a node without it only connects.
    pub listen: Option<SocketAddr>,
    /// The local address to connect from.
    pub connect_from: Option<IpAddr>,
    /// The peers known beforehand, the preferred first.
    pub peers: Vec<PeerSettings>,
    /// Who else may connect.
    pub admission: Admission,
    /// The realm routing table; a realm that is not in it goes to whichever peer serves it.
    pub routes: Vec<Route>,
    /// Which redirect indications are followed.
    pub redirects: FollowRedirects,
    /// Addresses of hosts that a redirect indication may name.
    pub hosts: Vec<(String, IpAddr)>,
    /// What is advertised and served.
    pub applications: Vec<Application>,
    /// Times.
    pub timers: DiameterTimers,
    /// Bounds on what peers and users can make us keep.
    pub limits: Limits,
}

/// A peer known beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerSettings {
    /// Its Origin-Host, another is refused; without it the first that it shows is taken.
    pub identity: Option<String>,
    /// The realm that it serves, without it its Origin-Realm; a relay gets requests to any realm.
    pub realm: Option<String>,
    /// Where to connect to; without it we wait for the peer to connect.
    pub address: Option<SocketAddr>,
}

/// Who may connect besides the configured peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admission {
    /// Nobody: others get DIAMETER_UNKNOWN_PEER (RFC 6733 §5.3).
    #[default]
    ConfiguredPeers,
    /// Whoever shares an application, for labs: as many as [`Limits::strangers`].
    Anyone,
}

/// Which redirect indications of a peer are followed (RFC 6733 §6.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowRedirects {
    /// Those to configured or connected peers.
    #[default]
    ConfiguredPeers,
    /// Those to any host whose address is known: a connection is opened, [`Limits::strangers`] at most.
    Anyone,
}

/// Times of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiameterTimers {
    /// Twinit of the watchdog (RFC 3539 §3.4.1), 6 s or more; jitter of 2 s is added.
    pub watchdog: Duration,
    /// How long a request waits for its answer, on however many connections.
    pub request: Duration,
    /// Tc: between attempts to connect (RFC 6733 §2.1); a tenth of it is jitter.
    pub reconnect: Duration,
    /// For connecting and exchanging capabilities together.
    pub setup: Duration,
    /// For a DPA to come, and in [`Node::stop`](super::Node::stop) for requests under way to end.
    pub close: Duration,
}

impl Default for DiameterTimers {
    fn default() -> Self {
        Self {
            watchdog: watchdog::DEFAULT_TW,
            request: Duration::from_secs(5),
            reconnect: watchdog::DEFAULT_TC,
            setup: Duration::from_secs(10),
            close: Duration::from_secs(3),
        }
    }
}

/// Bounds of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of ours that wait on one connection, [`pending::MAX_IN_FLIGHT`] at most; more fail at once.
    pub in_flight: usize,
    /// Requests of a peer that are served at once on one connection. As many again wait, [`MAX_HELD_OCTETS`] of them
    /// at most, and answers of the peer are taken meanwhile; beyond them it is not read.
    ///
    /// [`MAX_HELD_OCTETS`]: super::MAX_HELD_OCTETS
    pub serving: usize,
    /// Octets of one message; a frame that says it is longer is broken.
    pub frame: usize,
    /// Octets waiting to be written on one connection: requests beyond fail at once, and where they are answers, the
    /// peer's further requests wait until it has taken some.
    pub output_queue: usize,
    /// Accepted connections without CER; more are closed at once.
    pub unidentified: usize,
    /// Connected peers that are not configured.
    pub strangers: usize,
    /// What is remembered of answered requests, so that a duplicate gets the same answer.
    pub duplicates: duplicates::Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: pending::MAX_IN_FLIGHT,
            serving: 1_024,
            frame: 1 << 20,
            output_queue: 4 << 20,
            unidentified: 64,
            strangers: 1_024,
            duplicates: duplicates::Bounds::default(),
        }
    }
}
