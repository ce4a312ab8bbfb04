//! What a capture says of a packet.

use std::fmt;

/// Which way a packet went, as the element that recorded it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// The element sent it (outbound in `epb_flags`).
    Sent,
    /// The element received it (inbound in `epb_flags`).
    Received,
}

/// What carried a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// User datagrams.
    Udp,
    /// A byte stream.
    Tcp,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        })
    }
}
