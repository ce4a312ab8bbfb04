//! What a capture gives, one after another.

use std::fmt;

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

impl fmt::Debug for Secrets {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Secrets of kind {:#x}, {} octets",
            self.kind,
            self.octets.len()
        )
    }
}

/// Link types that are counted one by one.
pub const MAX_LINKS: usize = 16;

/// How many packets were neither given nor told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// SCTP packets without a user message that is new in them: acknowledgments, heartbeats, what is sent again.
    pub sctp: u64,
    /// Neither UDP, TCP nor SCTP over IP.
    pub others: u64,
    /// Over links that are not read, by their types (LINKTYPE_*), and how many they were: at most [`MAX_LINKS`].
    pub links: Vec<(u32, u64)>,
    /// Over links of yet other types.
    pub other_links: u64,
}

impl PassedOver {
    pub(crate) fn add_link(&mut self, link: u32) {
        let known = self.links.iter().position(|(known, _)| *known == link);
        match known {
            Some(place) => self.links[place].1 += 1,
            None if self.links.len() < MAX_LINKS => self.links.push((link, 1)),
            None => self.other_links += 1,
        }
    }
}

impl fmt::Display for PassedOver {
    /// What nobody expects to be passed over, with commas between; nothing of acknowledgments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packets = |count: u64| match count {
            1 => "1 packet".to_owned(),
            _ => format!("{count} packets"),
        };
        let links = self.links.iter().map(|&(link, count)| {
            let packets = packets(count);
            format!("{packets} of link type {link}, which is not read")
        });
        let mut told: Vec<String> = links.collect();
        if self.other_links > 0 {
            let packets = packets(self.other_links);
            told.push(format!("{packets} of other link types"));
        }
        if self.others > 0 {
            let packets = packets(self.others);
            told.push(format!("{packets} of neither UDP, TCP nor SCTP"));
        }
        f.write_str(&told.join(", "))
    }
}
