//! From what IP carries to what UDP, TCP or SCTP carried.

use std::net::SocketAddr;

use bytes::Bytes;
use etherparse::{TcpSlice, UdpSlice, ip_number};

use crate::fault::FaultKind;
use crate::ip::Datagram;
use crate::packet::{Segment, Transport};
use crate::sctp;

/// Of GRE (RFC 2784 §2, RFC 2890 §2): checksum, key and sequence number are there; what else must be 0.
const GRE_FIELDS: [u16; 3] = [0x8000, 0x2000, 0x1000];
const GRE_HEADER: usize = 4;
/// EtherTypes of IPv4 and IPv6.
const IP: [u16; 2] = [0x0800, 0x86dd];

/// A packet's content, without when and where it was captured.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) payload: Bytes,
    pub(crate) missing: u32,
    pub(crate) segment: Option<Segment>,
}

/// What a datagram carries.
pub(crate) enum Carried<'a> {
    One(Content),
    /// Chunks of SCTP.
    Chunks(sctp::Chunks),
    /// A packet of IP again.
    Packet(&'a [u8]),
    Other,
}

/// What is wrong with headers: whether the octets end too early for what they say.
pub(crate) struct Wrong {
    pub(crate) too_short: bool,
    pub(crate) text: String,
}

impl Wrong {
    pub(crate) fn new(text: impl ToString, too_short: bool) -> Wrong {
        Wrong {
            too_short,
            text: text.to_string(),
        }
    }

    /// The same as a fault of a packet of which so much was captured.
    pub(crate) fn fault(self, captured: u32, original: u32) -> FaultKind {
        match self.too_short && captured < original {
            true => FaultKind::CutShort { captured, original },
            false => FaultKind::Header(self.text),
        }
    }
}

/// What UDP, TCP, SCTP or a tunnel carries. `parent` is what the datagram's octets are a part of.
pub(crate) fn transport<'a>(datagram: &Datagram<'a>, parent: &Bytes) -> Result<Carried<'a>, Wrong> {
    let Datagram {
        from,
        to,
        octets,
        missing,
        ..
    } = *datagram;
    match datagram.protocol {
        ip_number::UDP => {
            let udp = match missing {
                0 => UdpSlice::from_slice(octets),
                _ => UdpSlice::from_slice_lax(octets),
            };
            let udp = udp.map_err(|wrong| Wrong::new(wrong, true))?;
            let there = udp.slice().len() as u32;
            Ok(Carried::One(Content {
                transport: Transport::Udp,
                from: SocketAddr::new(from, udp.source_port()),
                to: SocketAddr::new(to, udp.destination_port()),
                payload: parent.slice_ref(udp.payload()),
                missing: missing.min(u32::from(udp.length()).saturating_sub(there)),
                segment: None,
            }))
        }
        ip_number::TCP => {
            let tcp = TcpSlice::from_slice(octets).map_err(|wrong| {
                use etherparse::err::tcp::HeaderSliceError::Len;
                let too_short = matches!(wrong, Len(_));
                Wrong::new(wrong, too_short)
            })?;
            Ok(Carried::One(Content {
                transport: Transport::Tcp,
                from: SocketAddr::new(from, tcp.source_port()),
                to: SocketAddr::new(to, tcp.destination_port()),
                payload: parent.slice_ref(tcp.payload()),
                missing,
                segment: Some(Segment {
                    sequence: tcp.sequence_number(),
                    acknowledgment: tcp.ack().then(|| tcp.acknowledgment_number()),
                    syn: tcp.syn(),
                    fin: tcp.fin(),
                    rst: tcp.rst(),
                }),
            }))
        }
        ip_number::SCTP => {
            let chunks = sctp::chunks(octets);
            let chunks = chunks.ok_or_else(|| Wrong::new("no whole header of SCTP", true))?;
            Ok(Carried::Chunks(chunks))
        }
        // RFC 2003, RFC 2473.
        ip_number::IPV4 | ip_number::IPV6 => Ok(Carried::Packet(octets)),
        ip_number::GRE => Ok(within_gre(octets).map_or(Carried::Other, Carried::Packet)),
        _ => Ok(Carried::Other),
    }
}

/// ```text
/// C 0 K S, 9 bits of 0, version 0 in 3 bits | EtherType | checksum, key, sequence number, 32 bits each
/// ```
fn within_gre(octets: &[u8]) -> Option<&[u8]> {
    let [flags, kind] = [0, 2].map(|at| {
        let field = octets.get(at..at + 2)?;
        Some(u16::from_be_bytes([field[0], field[1]]))
    });
    let flags = flags?;
    let fields = GRE_FIELDS.iter().filter(|&field| flags & field != 0);
    let is_plain = flags & !GRE_FIELDS.iter().sum::<u16>() == 0;
    match is_plain && IP.contains(&kind?) {
        true => octets.get(GRE_HEADER + 4 * fields.count()..),
        false => None,
    }
}
