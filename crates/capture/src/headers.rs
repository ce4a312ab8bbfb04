//! From the octets of a captured packet to what UDP or TCP carried.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use etherparse::{EtherType, NetSlice, SlicedPacket, TransportSlice};
use pcap_file::DataLink;

use crate::packet::{Segment, Transport};

/// A packet's content, without when and where it was captured.
pub(crate) struct Content {
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) payload: Bytes,
    pub(crate) segment: Option<Segment>,
}

/// `None` where the packet is not a whole UDP datagram or TCP segment over a link type that we know; IP fragments are
/// not put together.
pub(crate) fn content(link: DataLink, octets: &[u8]) -> Option<Content> {
    let sliced = match link {
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => SlicedPacket::from_ip(octets),
        DataLink::ETHERNET => SlicedPacket::from_ethernet(octets),
        // Four octets of address family, in whichever byte order: the IP header says its version itself.
        DataLink::NULL | DataLink::LOOP => SlicedPacket::from_ip(octets.get(4..)?),
        DataLink::LINUX_SLL => cooked(octets, 14, 16)?,
        DataLink::LINUX_SLL2 => cooked(octets, 0, 20)?,
        _ => return None,
    };
    let sliced = sliced.ok()?;
    let (from, to): (IpAddr, IpAddr) = match sliced.net? {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        NetSlice::Arp(_) => return None,
    };
    match sliced.transport? {
        TransportSlice::Udp(udp) => Some(Content {
            transport: Transport::Udp,
            from: SocketAddr::new(from, udp.source_port()),
            to: SocketAddr::new(to, udp.destination_port()),
            payload: Bytes::copy_from_slice(udp.payload()),
            segment: None,
        }),
        TransportSlice::Tcp(tcp) => Some(Content {
            transport: Transport::Tcp,
            from: SocketAddr::new(from, tcp.source_port()),
            to: SocketAddr::new(to, tcp.destination_port()),
            payload: Bytes::copy_from_slice(tcp.payload()),
            segment: Some(Segment {
                sequence: tcp.sequence_number(),
                acknowledgment: tcp.ack().then(|| tcp.acknowledgment_number()),
                syn: tcp.syn(),
                fin: tcp.fin(),
                rst: tcp.rst(),
            }),
        }),
        _ => None,
    }
}

/// Linux "cooked": a header of `length` octets with the EtherType at `place`.
fn cooked(
    octets: &[u8],
    place: usize,
    length: usize,
) -> Option<Result<SlicedPacket<'_>, etherparse::err::packet::SliceError>> {
    let ether_type = u16::from_be_bytes(octets.get(place..place + 2)?.try_into().ok()?);
    let packet = octets.get(length..)?;
    Some(SlicedPacket::from_ether_type(EtherType(ether_type), packet))
}
