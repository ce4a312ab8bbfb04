//! From the octets of a captured packet to what UDP, TCP or SCTP carried.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use etherparse::err::ip::SliceError;
use etherparse::{
    EtherType, Ethernet2Slice, IpHeadersSlice, IpNumber, IpSlice, Ipv4HeaderSlice,
    Ipv6ExtensionSlice, LenSource, SingleVlanSlice, TcpSlice, UdpSlice, ether_type, ip_number,
};
use pcap_file::DataLink;

use crate::fault::FaultKind;
use crate::fragments::Key;
use crate::packet::{Segment, Transport};
use crate::sctp;

/// VLAN tags that a packet may have one in another: QinQ has two (IEEE 802.1Q).
const MAX_TAGS: usize = 8;
/// LINKTYPE_RAW as BSD and OpenBSD write it into their files.
const RAW_OF_BSD: [u32; 2] = [12, 14];

/// A packet's content, without when and where it was captured.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) payload: Bytes,
    pub(crate) segment: Option<Segment>,
}

/// What a datagram carries.
pub(crate) enum Carried {
    One(Content),
    Several(Contents),
    Other,
}

/// User messages of SCTP.
pub(crate) struct Contents {
    pub(crate) whole: Vec<Content>,
    /// How many begin here and end in other chunks.
    pub(crate) parted: usize,
}

/// What a packet is to us.
pub(crate) enum Found<'a> {
    /// A whole datagram.
    Datagram(Datagram<'a>),
    /// A part of one.
    Fragment {
        key: Key,
        offset: usize,
        more_follow: bool,
        octets: &'a [u8],
    },
    /// Not IP, or over a link that we do not know.
    NotIp,
}

/// What IP carries.
pub(crate) struct Datagram<'a> {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) protocol: IpNumber,
    pub(crate) length: Length,
    pub(crate) octets: &'a [u8],
}

/// Whether the IP header says how long the datagram is. Where a network card cuts a stream in segments itself, what is
/// captured before it may be longer than the field allows, and says 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Said,
    Unsaid,
}

/// What is wrong with headers: whether the octets end too early for what they say.
pub(crate) struct Wrong {
    pub(crate) too_short: bool,
    pub(crate) text: String,
}

impl Wrong {
    fn new(text: impl ToString, too_short: bool) -> Wrong {
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

/// Reads link and IP headers. What is not UDP, TCP or SCTP in the end may be as wrong as it likes.
pub(crate) fn network(link: DataLink, octets: &[u8]) -> Result<Found<'_>, Wrong> {
    let Some(ip) = link_payload(link, octets)? else {
        return Ok(Found::NotIp);
    };
    if !matches!(ip.first().map(|octet| octet >> 4), Some(4 | 6)) {
        return Ok(Found::NotIp);
    }
    let sliced = match IpSlice::from_slice(ip) {
        Ok(sliced) => sliced,
        Err(_) if !may_concern_us(ip) => return Ok(Found::NotIp),
        Err(wrong) => match without_length(ip) {
            Some(datagram) => return Ok(Found::Datagram(datagram)),
            None => return Err(Wrong::new(&wrong, matches!(wrong, SliceError::Len(_)))),
        },
    };
    let payload = sliced.payload();
    let datagram = Datagram {
        from: sliced.source_addr(),
        to: sliced.destination_addr(),
        protocol: payload.ip_number,
        length: match payload.len_source {
            LenSource::Slice => Length::Unsaid,
            _ => Length::Said,
        },
        octets: payload.payload,
    };
    match sliced.is_fragmenting_payload() {
        true => Ok(fragment(&sliced, datagram)),
        false => Ok(Found::Datagram(datagram)),
    }
}

/// What UDP, TCP or SCTP carries. `parent` is what the datagram's octets are a part of.
pub(crate) fn transport(datagram: &Datagram<'_>, parent: &Bytes) -> Result<Carried, Wrong> {
    let Datagram {
        from, to, octets, ..
    } = *datagram;
    match datagram.protocol {
        ip_number::UDP => {
            let udp = UdpSlice::from_slice(octets).map_err(|wrong| Wrong::new(wrong, true))?;
            Ok(Carried::One(Content {
                transport: Transport::Udp,
                from: SocketAddr::new(from, udp.source_port()),
                to: SocketAddr::new(to, udp.destination_port()),
                payload: parent.slice_ref(udp.payload()),
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
            let sctp = sctp::messages(octets);
            let sctp = sctp.ok_or_else(|| Wrong::new("a chunk of SCTP ends too early", true))?;
            let whole = sctp.whole.into_iter().map(|message| Content {
                transport: Transport::Sctp,
                from: SocketAddr::new(from, sctp.from),
                to: SocketAddr::new(to, sctp.to),
                payload: parent.slice_ref(&octets[message]),
                segment: None,
            });
            Ok(Carried::Several(Contents {
                whole: whole.collect(),
                parted: sctp.parted,
            }))
        }
        _ => Ok(Carried::Other),
    }
}

/// The IP packet behind the header of a link, if there is one.
fn link_payload(link: DataLink, octets: &[u8]) -> Result<Option<&[u8]>, Wrong> {
    match link {
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => Ok(Some(octets)),
        DataLink::Unknown(other) if RAW_OF_BSD.contains(&other) => Ok(Some(octets)),
        DataLink::ETHERNET => {
            let frame = Ethernet2Slice::from_slice_without_fcs(octets)
                .map_err(|wrong| Wrong::new(wrong, true))?;
            untagged(frame.ether_type(), &octets[frame.header_len()..])
        }
        // Four octets of address family, in whichever byte order: the IP header says its version itself.
        DataLink::NULL | DataLink::LOOP => header(octets, 4).map(|(_, packet)| Some(packet)),
        DataLink::LINUX_SLL => cooked(octets, 14, 16),
        DataLink::LINUX_SLL2 => cooked(octets, 0, 20),
        _ => Ok(None),
    }
}

/// Linux "cooked": a header of `length` octets with the EtherType at `place`.
fn cooked(octets: &[u8], place: usize, length: usize) -> Result<Option<&[u8]>, Wrong> {
    let (header, packet) = header(octets, length)?;
    let ether_type = u16::from_be_bytes([header[place], header[place + 1]]);
    untagged(EtherType(ether_type), packet)
}

fn header(octets: &[u8], length: usize) -> Result<(&[u8], &[u8]), Wrong> {
    let parts = octets.split_at_checked(length);
    parts.ok_or_else(|| Wrong::new("no whole header of the link", true))
}

/// Takes off VLAN tags.
fn untagged(mut kind: EtherType, mut octets: &[u8]) -> Result<Option<&[u8]>, Wrong> {
    use ether_type::{IPV4, IPV6, PROVIDER_BRIDGING, VLAN_DOUBLE_TAGGED_FRAME, VLAN_TAGGED_FRAME};
    for _ in 0..=MAX_TAGS {
        match kind {
            IPV4 | IPV6 => return Ok(Some(octets)),
            VLAN_TAGGED_FRAME | PROVIDER_BRIDGING | VLAN_DOUBLE_TAGGED_FRAME => {
                let tag =
                    SingleVlanSlice::from_slice(octets).map_err(|wrong| Wrong::new(wrong, true))?;
                kind = tag.ether_type();
                octets = &octets[tag.header_len()..];
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Whether a packet whose headers cannot be read might have been UDP, TCP or SCTP.
fn may_concern_us(ip: &[u8]) -> bool {
    let place = match ip[0] >> 4 {
        4 => 9,
        _ => 6,
    };
    // Beside them, the extension headers that they may stand behind (RFC 8200 §4, RFC 4302).
    let [hop_by_hop, routing, fragment, authentication, destination] = [0, 43, 44, 51, 60];
    let concerned = [
        IpNumber::UDP.0,
        IpNumber::TCP.0,
        IpNumber::SCTP.0,
        hop_by_hop,
        routing,
        fragment,
        authentication,
        destination,
    ];
    ip.get(place)
        .is_none_or(|protocol| concerned.contains(protocol))
}

/// An IPv4 packet that says no length: all that was captured is its.
fn without_length(ip: &[u8]) -> Option<Datagram<'_>> {
    let header = Ipv4HeaderSlice::from_slice(ip).ok()?;
    if header.total_len() != 0 || header.is_fragmenting_payload() {
        return None;
    }
    Some(Datagram {
        from: header.source_addr().into(),
        to: header.destination_addr().into(),
        protocol: header.protocol(),
        length: Length::Unsaid,
        octets: &ip[header.slice().len()..],
    })
}

fn fragment<'a>(sliced: &IpSlice<'_>, datagram: Datagram<'a>) -> Found<'a> {
    let (identification, offset, more_follow) = match sliced.header() {
        IpHeadersSlice::Ipv4(header, _) => (
            header.identification().into(),
            header.fragments_offset(),
            header.more_fragments(),
        ),
        IpHeadersSlice::Ipv6(_, extensions) => {
            let found = extensions
                .into_iter()
                .find_map(|extension| match extension {
                    Ipv6ExtensionSlice::Fragment(fragment) => Some(fragment),
                    _ => None,
                });
            let Some(fragment) = found else {
                return Found::Datagram(datagram);
            };
            (
                fragment.identification(),
                fragment.fragment_offset(),
                fragment.more_fragments(),
            )
        }
    };
    Found::Fragment {
        key: Key {
            from: datagram.from,
            to: datagram.to,
            identification,
            protocol: datagram.protocol.0,
        },
        offset: usize::from(offset.value()) * 8,
        more_follow,
        octets: datagram.octets,
    }
}
