//! What is wrong with a packet, or with the whole capture.

use std::fmt;
use std::io;

use thiserror::Error;

/// Why a capture cannot be read (on).
#[derive(Debug, Error)]
pub enum ReadError {
    /// The source of the octets failed.
    #[error("cannot read the capture: {0}")]
    Io(#[from] io::Error),
    /// Neither pcapng nor pcap.
    #[error("not a capture: it begins with neither pcapng's nor pcap's magic number")]
    NotACapture,
    /// A dialect of pcap with longer record headers, which patches of old kernels wrote.
    #[error("a capture in the modified pcap format, which is not read: `editcap` converts it")]
    Modified,
    /// The end came within a block; of a file that is still being written, more may follow.
    #[error("the capture ends within a block")]
    Truncated,
    /// The header of a section is longer than we take.
    #[error("the header of a section has {length} octets, above the limit of {limit}")]
    TooLong {
        /// What it says of itself, octets.
        length: usize,
        /// [`crate::MAX_BLOCK`].
        limit: usize,
    },
    /// A block contradicts the format, so that nobody knows where the next one begins.
    #[error("malformed capture: {0}")]
    Malformed(String),
}

/// A packet that cannot be given, or only in part; the capture is read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The packet's number in the capture, from 1: of a datagram in fragments that of the first one captured, of a
    /// block that is no packet that of the packet before it, or 0.
    pub packet: u64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a packet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultKind {
    /// The capture was made with a snap length: not all of the packet was kept. What can be read of it is given.
    #[error("cut short: {captured} of {original} octets were captured")]
    CutShort {
        /// Octets in the file.
        captured: u32,
        /// Octets on the wire.
        original: u32,
    },
    /// A block is longer than we take.
    #[error("in a block of {length} octets, above the limit of {limit}")]
    TooLong {
        /// What the block says of itself, octets.
        length: usize,
        /// [`crate::MAX_BLOCK`], or [`crate::MAX_INTERFACE_BLOCK`] of a description that follows the packet.
        limit: usize,
    },
    /// An option of the packet's block contradicts the format; the packet is given without it.
    #[error("an option that cannot be read: {0}")]
    Option(String),
    /// The header of a section, which follows this packet, has an option that contradicts the format.
    #[error("followed by a section with an option that cannot be read: {0}")]
    Section(String),
    /// The block that holds the packet contradicts the format of the file.
    #[error("malformed block: {0}")]
    Block(String),
    /// The description of an interface, which follows this packet, contradicts the format of the file; what can be read
    /// of it counts.
    #[error("followed by a malformed description of an interface: {0}")]
    Interface(String),
    /// A header of IP, UDP, TCP or SCTP contradicts the packet.
    #[error("malformed header: {0}")]
    Header(String),
    /// A message of SCTP in several I-DATA chunks (RFC 8260); they are not put together.
    #[error("an SCTP message in several I-DATA chunks, which are not put together")]
    SctpParted,
    /// Chunks did not all come within [`crate::MAX_FRAGMENT_AGE`] of each other, or before the capture ended.
    #[error("an SCTP message of which chunks are missing")]
    SctpMissing,
    /// A message is longer than [`crate::MAX_BLOCK`], or more chunks wait than [`crate::MAX_RUNS`] or
    /// [`crate::MAX_RUN_OCTETS`] allow, and those of this one waited for longest.
    #[error("an SCTP message in several chunks, given up because it is too long or too many wait")]
    SctpTooMuch,
    /// Fragments did not all come within [`crate::MAX_FRAGMENT_AGE`], of IPv4 [`crate::MAX_FRAGMENT_AGE_4`], before
    /// others of IPv4 with the same identification, or before the capture ended.
    #[error("an IP datagram of which fragments are missing")]
    FragmentsMissing,
    /// Fragments overlap or contradict each other: none of the datagram is taken (RFC 5722 §4, RFC 8200 §4.5). Of IPv4:
    /// one that no datagram can have.
    #[error("an IP datagram whose fragments overlap or contradict each other")]
    FragmentsOverlap,
    /// More fragments wait than [`crate::MAX_FRAGMENTED`] or [`crate::MAX_FRAGMENT_OCTETS`] allow, and this datagram
    /// waited for longest.
    #[error("an IP datagram in fragments, given up because too many wait for theirs")]
    FragmentsTooMany,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "packet {}: {}", self.packet, self.kind)
    }
}
