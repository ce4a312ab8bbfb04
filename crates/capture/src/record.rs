//! What a capture gives, one after another.

use bytes::Bytes;

use crate::fault::Fault;
use crate::packet::Packet;

/// A part of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A UDP datagram, a TCP segment, or an SCTP user message.
    Packet(Packet),
    /// A packet that cannot be given.
    Fault(Fault),
    /// Keys, before the packets that need them.
    Secrets(Secrets),
}

/// A Decryption Secrets Block of pcapng (draft-ietf-opsawg-pcapng §4.7).
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// What they are of: [`Secrets::TLS_KEY_LOG`], or what the format may define else.
    pub kind: u32,
    /// The secrets themselves; padding included, where the block says more octets than it has.
    pub octets: Bytes,
}

impl Secrets {
    /// `secrets_type` of a TLS key log, as `SSLKEYLOGFILE` gets it.
    pub const TLS_KEY_LOG: u32 = 0x544c_534b;
}

impl std::fmt::Debug for Secrets {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Secrets of kind {:#x}, {} octets",
            self.kind,
            self.octets.len()
        )
    }
}

/// How many packets were neither given nor told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// SCTP packets without a user message that begins in them: acknowledgments, heartbeats.
    pub sctp: u64,
    /// Neither UDP, TCP nor SCTP over IP, or over a link of an unknown type.
    pub others: u64,
}
