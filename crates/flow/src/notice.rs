//! What there is to be told of a stream beside its messages.

use std::fmt;
use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Numbers, Transport};

/// Something told of octets that made no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When it was noticed, by the times of the capture.
    pub time: SystemTime,
    /// The packets that show it.
    pub packets: Numbers,
    /// What carried the octets.
    pub transport: Transport,
    /// Who sent them.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What it is.
    pub kind: NoticeKind,
}

/// What is told; octets are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Octets of a stream were not captured between two packets.
    Missing {
        /// How many.
        octets: u64,
        /// Those before the gap that belong to a message whose rest is lost.
        cut_off: usize,
    },
    /// A stream ended, or another began on the same ports, within a message.
    Incomplete {
        /// What there was of it.
        octets: usize,
    },
    /// What waited was dropped, because more waits than [`crate::Limits`] allow.
    GivenUp {
        /// How many octets.
        octets: usize,
    },
    /// Octets in which no message begins, beyond the first ones, which are an event of their own.
    Garbage {
        /// How many.
        octets: u64,
    },
    /// What was captured of a stream begins, or goes on, within a message.
    BeganWithin {
        /// Octets until the next message.
        octets: u64,
    },
    /// A connection whose octets are encrypted, and no key for them.
    TlsWithoutKey,
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoticeKind::Missing { octets, cut_off: 0 } => write!(f, "{octets} octets missing"),
            NoticeKind::Missing { octets, cut_off } => {
                write!(f, "{octets} octets missing, after {cut_off} of a message")
            }
            NoticeKind::Incomplete { octets } => {
                write!(f, "the stream ends after {octets} octets of a message")
            }
            NoticeKind::GivenUp { octets } => {
                write!(f, "{octets} octets dropped: too many wait for others")
            }
            NoticeKind::Garbage { octets } => write!(f, "{octets} octets that are no message"),
            NoticeKind::BeganWithin { octets } => {
                write!(f, "{octets} octets until the next message")
            }
            NoticeKind::TlsWithoutKey => f.write_str("TLS, no key"),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packets = match self.packets.first == self.packets.last {
            true => "packet",
            false => "packets",
        };
        write!(
            f,
            "{packets} {}, {} from {} to {}: {}",
            self.packets, self.transport, self.from, self.to, self.kind
        )
    }
}
