//! Why nothing, or not all, is played.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

use crate::plan::{MAX_OCTETS, MAX_TURNS};

/// What keeps a replay from being one.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// Nobody in the capture is called so.
    #[error("nobody in the capture is {name}\n  way out: give an address, or one of: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Who is there.
        known: String,
    },
    /// The node sends no request.
    #[error(
        "{name} sends no request in the capture, so that there is nothing to play\n  way out: play who asks it"
    )]
    NothingToPlay {
        /// What was asked for.
        name: String,
    },
    /// The peer opens connections to the node.
    #[error(
        "in packet {packet} {peer} opens the connection: a node that is connected to is not played\n  way out: play \
         who connects"
    )]
    Listens {
        /// Where it is seen.
        packet: u64,
        /// Who connects.
        peer: SocketAddr,
    },
    /// No sockets for it.
    #[error("packet {packet} came by SCTP, which is not played")]
    Sctp {
        /// Where it is seen.
        packet: u64,
    },
    /// More than is kept.
    #[error(
        "the node's side has more than {MAX_TURNS} messages or {MAX_OCTETS} octets\n  way out: cut the capture, for \
         example with editcap"
    )]
    TooLong,
    /// No address to send from.
    #[error("which address of this host to send from is not known\n  way out: give it with --from")]
    WhichAddress,
    /// A socket.
    #[error("cannot {doing} {address}: {source}")]
    Socket {
        /// What was tried.
        doing: &'static str,
        /// With what.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}
