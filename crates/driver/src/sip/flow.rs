//! What carries messages: transports, flows, and where a request is to go.

use std::fmt;
use std::net::SocketAddr;

use tokio::sync::mpsc;

/// A transport of RFC 3261 §18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Connections.
    Tcp,
}

impl Transport {
    /// As Via writes it (RFC 3261 §20.42).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The way between us and a peer that a message came on (RFC 5626 §3.2): for UDP two addresses, for TCP one connection.
///
/// Our own addresses and numbers: to a peer it is shown under a seal only (RFC 5626 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// Datagrams between two addresses.
    Udp {
        /// Our socket.
        local: SocketAddr,
        /// The peer's.
        remote: SocketAddr,
    },
    /// One connection.
    Tcp {
        /// Its number: no other connection has had it, nor will.
        connection: u64,
        /// Our end.
        local: SocketAddr,
        /// The peer's end.
        remote: SocketAddr,
    },
}

impl Flow {
    /// What it goes over.
    pub const fn transport(&self) -> Transport {
        match self {
            Self::Udp { .. } => Transport::Udp,
            Self::Tcp { .. } => Transport::Tcp,
        }
    }

    /// Our end.
    pub const fn local(&self) -> SocketAddr {
        match *self {
            Self::Udp { local, .. } | Self::Tcp { local, .. } => local,
        }
    }

    /// The peer's end.
    pub const fn remote(&self) -> SocketAddr {
        match *self {
            Self::Udp { remote, .. } | Self::Tcp { remote, .. } => remote,
        }
    }
}

/// Where a request is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Towards {
    /// To an address. Over UDP a request that is too long for it goes by TCP (RFC 3261 §18.1.1).
    Address {
        /// What over.
        transport: Transport,
        /// Where to.
        address: SocketAddr,
    },
    /// Over a flow, and over nothing else (RFC 5626 §5.3).
    Flow(Flow),
}

impl From<SocketAddr> for Towards {
    fn from(address: SocketAddr) -> Self {
        Self::from((Transport::Udp, address))
    }
}

impl From<(Transport, SocketAddr)> for Towards {
    fn from((transport, address): (Transport, SocketAddr)) -> Self {
        Self::Address { transport, address }
    }
}

impl From<Flow> for Towards {
    fn from(flow: Flow) -> Self {
        Self::Flow(flow)
    }
}

/// Tells of each flow that ends; see [`Endpoint::closed_flows`](super::Endpoint::closed_flows).
#[derive(Debug)]
pub struct ClosedFlows(pub(super) mpsc::UnboundedReceiver<Flow>);

impl ClosedFlows {
    /// The next flow that has ended; `None` when the endpoint is gone.
    pub async fn next(&mut self) -> Option<Flow> {
        self.0.recv().await
    }
}
