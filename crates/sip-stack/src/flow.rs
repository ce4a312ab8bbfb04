//! What carries messages: transports, and the ways between us and a peer (RFC 5626 §3.2).

use std::fmt;
use std::net::SocketAddr;

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
