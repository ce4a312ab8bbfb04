//! What a capture says of a packet.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

/// Which way a packet went, as the element that recorded it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// The element sent it (outbound in `epb_flags`).
    Sent,
    /// The element received it (inbound in `epb_flags`).
    Received,
}

impl Direction {
    /// The direction of an answer.
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Sent => Direction::Received,
            Direction::Received => Direction::Sent,
        }
    }
}

/// What carried a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// User datagrams.
    Udp,
    /// A byte stream.
    Tcp,
    /// Messages of an association; read and not recorded.
    Sctp,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Sctp => "SCTP",
        })
    }
}

/// A datagram or a run of stream octets to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// When it was sent or received, wall clock.
    pub time: SystemTime,
    /// Which of both.
    pub direction: Direction,
    /// What carried it.
    pub transport: Transport,
    /// Its sender.
    pub from: SocketAddr,
    /// Its destination, of the same address family.
    pub to: SocketAddr,
    /// What it carried.
    pub payload: &'a [u8],
    /// A remark that Wireshark shows with it.
    pub comment: Option<&'a str>,
}

/// The packets that something was captured in, by their numbers in the file: from 1, as Wireshark's `frame.number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Numbers {
    /// The lowest.
    pub first: u64,
    /// The highest; the same where it was one packet.
    pub last: u64,
}

impl Numbers {
    /// One packet.
    pub fn one(number: u64) -> Numbers {
        Numbers {
            first: number,
            last: number,
        }
    }

    /// The least range that has both.
    #[must_use]
    pub fn and(self, other: Numbers) -> Numbers {
        Numbers {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

impl fmt::Display for Numbers {
    /// `7` or `7-9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

/// A UDP datagram, TCP segment or SCTP user message read from a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Which packet of the file it is; several where it came in IP fragments.
    pub numbers: Numbers,
    /// When it was captured, wall clock, as exact as the file has it; the last fragment counts. A simple packet block
    /// has no time, and gets that of the packet before.
    pub time: SystemTime,
    /// Which way it went, where the file says so.
    pub direction: Option<Direction>,
    /// The interface's name: of our own captures, the element's.
    pub interface: Option<Arc<str>>,
    /// What carried it.
    pub transport: Transport,
    /// Its sender.
    pub from: SocketAddr,
    /// Its destination.
    pub to: SocketAddr,
    /// What it carried; may be empty (SYN, ACK, FIN). Shares the memory of what was read of the file at once: who
    /// keeps it for long, copies it.
    pub payload: Bytes,
    /// How many octets it carried behind these, where the capture was made with a snap length.
    pub missing: u32,
    /// Its place in the stream, of a TCP segment.
    pub segment: Option<Segment>,
    /// The remark on it.
    pub comment: Option<String>,
}

/// The place of a TCP segment in its stream (RFC 9293 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// SEG.SEQ: the number of the first octet, or of the SYN.
    pub sequence: u32,
    /// SEG.ACK, where the ACK flag is set.
    pub acknowledgment: Option<u32>,
    /// The SYN flag: the connection begins.
    pub syn: bool,
    /// The FIN flag: the sender has no more to say.
    pub fin: bool,
    /// The RST flag: the connection is broken off.
    pub rst: bool,
}
