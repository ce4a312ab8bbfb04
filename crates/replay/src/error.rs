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
    /// The capture has no SIP and no Diameter.
    #[error(
        "no message of SIP or Diameter is in the capture{}\n  way out: {}",
        if *.is_encrypted { ", but TLS without its keys" } else { "" },
        if *.is_encrypted {
            "give --key-log what the client or the server wrote to SSLKEYLOGFILE, or capture where it is not encrypted"
        } else {
            "look at what it has with flow show FILE --all, and whether it was captured on the right interface"
        }
    )]
    Empty {
        /// Whether there is TLS that cannot be read.
        is_encrypted: bool,
    },
    /// Nothing of the node can be played.
    #[error(
        "{name} says nothing to this peer in the capture\n  way out: give another --peer, or play another node: flow \
         show draws who speaks with whom"
    )]
    NothingToPlay {
        /// What was asked for.
        name: String,
    },
    /// The node sends no request.
    #[error(
        "{name} sends no request in the capture: it is asked, or it is not there\n  way out: give --listen ADDR in \
         place of --against, and let the live element come to ADDR; or play who asks"
    )]
    AsksNobody {
        /// What was asked for.
        name: String,
    },
    /// The node gets no request.
    #[error(
        "nobody asks {name} in the capture, nor connects to it\n  way out: give --against ADDR in place of --listen, \
         or play another node"
    )]
    IsNotAsked {
        /// What was asked for.
        name: String,
    },
    /// The peer opens connections to the node.
    #[error(
        "in packet {packet} {peer} connects to the node\n  way out: give --listen ADDR as well, and let the live \
         element connect to ADDR; or play who connects"
    )]
    Listens {
        /// Where it is seen.
        packet: u64,
        /// Who connects.
        peer: SocketAddr,
    },
    /// No sockets for it.
    #[error(
        "packet {packet} came by SCTP, for which there are no sockets here\n  way out: play it over TCP with --over tcp"
    )]
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
    /// No address to listen on.
    #[error(
        "live elements connect to the node, and where to is not known\n  way out: give it with --listen"
    )]
    WhereToListen,
    /// A socket.
    #[error("cannot {doing} {address}: {source}\n  way out: {}", way_out(.doing, .source))]
    Socket {
        /// What was tried.
        doing: &'static str,
        /// With what.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

fn way_out(doing: &str, source: &io::Error) -> &'static str {
    /// EMFILE and ENFILE, which have no kind.
    const TOO_MANY: [i32; 2] = [24, 23];
    if source
        .raw_os_error()
        .is_some_and(|code| TOO_MANY.contains(&code))
    {
        return "let it have more (ulimit -n), or cut the capture";
    }
    match (doing, source.kind()) {
        ("connect to", io::ErrorKind::ConnectionRefused) => {
            "start the live element, or give where it listens with --against"
        }
        ("connect to", _) => "give where the live element listens with --against",
        (_, io::ErrorKind::AddrInUse) => {
            "end what holds it (ss -lntup shows who does), or give another port"
        }
        (_, io::ErrorKind::AddrNotAvailable) => {
            "give an address of this host (ip address shows them)"
        }
        _ => "give another address",
    }
}
