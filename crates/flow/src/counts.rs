//! How much there was, also of what is not told.

/// Counted while packets are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// SIP messages, retransmissions included.
    pub sip: u64,
    /// Diameter messages.
    pub diameter: u64,
    /// Datagrams, and user messages of SCTP, that are neither SIP nor Diameter nor anything that is told.
    pub other_datagrams: u64,
    /// Directions of connections in which neither SIP nor Diameter was found where they began.
    pub other_streams: u64,
    /// Connections that are encrypted, those included that are told.
    pub tls: u64,
    /// Those of them for which there was no key.
    pub tls_without_key: u64,
    /// STUN messages, those included that are told.
    pub stun: u64,
    /// Empty lines and other keep-alives (RFC 5626 §3.5.1, §4.4.1).
    pub keep_alives: u64,
    /// Notices that nobody took in time.
    pub notices_dropped: u64,
}
