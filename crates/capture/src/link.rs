//! What is round an IP packet: the header of a link, tags, labels and sessions.

use etherparse::{EtherType, Ethernet2Slice, SingleVlanSlice, ether_type};
use pcap_file::DataLink;

use crate::headers::Wrong;

/// VLAN tags that a packet may have one in another: QinQ has two (IEEE 802.1Q).
const MAX_TAGS: usize = 8;
/// LINKTYPE_RAW as BSD and OpenBSD write it into their files.
const RAW_OF_BSD: [u32; 2] = [12, 14];
/// RFC 3032 §5: unicast, and multicast.
const MPLS: [u16; 2] = [0x8847, 0x8848];
/// RFC 2516 §4, the stage of sessions.
const PPPOE: u16 = 0x8864;
/// Version, type, code, session and length; behind them the protocol of PPP: IPv4 and IPv6 (RFC 1332, RFC 5072).
const PPPOE_HEADER: usize = 6;
const PPP: [[u8; 2]; 2] = [[0x00, 0x21], [0x00, 0x57]];

/// What a link carries.
pub(crate) enum Payload<'a> {
    /// It may be IP.
    Ip(&'a [u8]),
    Other,
    /// Nothing is known of links of this type.
    UnknownLink(u32),
}

/// What is behind the header of a link.
pub(crate) fn payload(link: DataLink, octets: &[u8]) -> Result<Payload<'_>, Wrong> {
    match link {
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => Ok(Payload::Ip(octets)),
        DataLink::Unknown(other) if RAW_OF_BSD.contains(&other) => Ok(Payload::Ip(octets)),
        DataLink::ETHERNET => {
            let frame = Ethernet2Slice::from_slice_without_fcs(octets)
                .map_err(|wrong| Wrong::new(wrong, true))?;
            untagged(frame.ether_type(), &octets[frame.header_len()..])
        }
        // Four octets of address family, in whichever byte order: the IP header says its version itself.
        DataLink::NULL | DataLink::LOOP => header(octets, 4).map(|(_, packet)| Payload::Ip(packet)),
        DataLink::LINUX_SLL => cooked(octets, 14, 16),
        DataLink::LINUX_SLL2 => cooked(octets, 0, 20),
        other => Ok(Payload::UnknownLink(other.into())),
    }
}

/// Linux "cooked": a header of `length` octets with the EtherType at `place`.
fn cooked(octets: &[u8], place: usize, length: usize) -> Result<Payload<'_>, Wrong> {
    let (header, packet) = header(octets, length)?;
    let ether_type = u16::from_be_bytes([header[place], header[place + 1]]);
    untagged(EtherType(ether_type), packet)
}

fn header(octets: &[u8], length: usize) -> Result<(&[u8], &[u8]), Wrong> {
    let parts = octets.split_at_checked(length);
    parts.ok_or_else(|| Wrong::new("no whole header of the link", true))
}

/// Takes off VLAN tags, labels of MPLS, and a session of PPP.
fn untagged(mut kind: EtherType, mut octets: &[u8]) -> Result<Payload<'_>, Wrong> {
    use ether_type::{IPV4, IPV6, PROVIDER_BRIDGING, VLAN_DOUBLE_TAGGED_FRAME, VLAN_TAGGED_FRAME};
    for _ in 0..=MAX_TAGS {
        match kind {
            IPV4 | IPV6 => return Ok(Payload::Ip(octets)),
            VLAN_TAGGED_FRAME | PROVIDER_BRIDGING | VLAN_DOUBLE_TAGGED_FRAME => {
                let tag =
                    SingleVlanSlice::from_slice(octets).map_err(|wrong| Wrong::new(wrong, true))?;
                kind = tag.ether_type();
                octets = &octets[tag.header_len()..];
            }
            EtherType(kind) if MPLS.contains(&kind) => return unlabelled(octets),
            EtherType(PPPOE) => {
                let (_, packet) = header(octets, PPPOE_HEADER)?;
                let (protocol, packet) = header(packet, 2)?;
                return Ok(match PPP.iter().any(|ip| ip == protocol) {
                    true => Payload::Ip(packet),
                    false => Payload::Other,
                });
            }
            _ => return Ok(Payload::Other),
        }
    }
    Ok(Payload::Other)
}

/// Behind the bottom of the stack stands IP, or what does not begin as IP (RFC 3032 §2.1, RFC 4928 §2).
///
/// ```text
/// label, 20 bits | traffic class, 3 bits | bottom of stack | time to live, 8 bits
/// ```
fn unlabelled(mut octets: &[u8]) -> Result<Payload<'_>, Wrong> {
    loop {
        let (label, behind) = header(octets, 4)?;
        octets = behind;
        if label[2] & 1 == 1 {
            return Ok(Payload::Ip(octets));
        }
    }
}
