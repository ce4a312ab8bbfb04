//! IP and its extension headers, up to what is carried or to the header of a fragment.

use std::net::IpAddr;

use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice,
    Ipv6RawExtHeaderSlice, ip_number,
};

use crate::fragments::Key;
use crate::headers::Wrong;

/// What a packet is to us.
pub(crate) enum Found<'a> {
    /// A whole datagram.
    Datagram(Datagram<'a>),
    /// A part of one.
    Fragment(Part<'a>),
    /// Not IP.
    NotIp,
}

/// What IP carries.
pub(crate) struct Datagram<'a> {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) protocol: IpNumber,
    pub(crate) octets: &'a [u8],
    /// Octets that it had behind these, and that were not captured.
    pub(crate) missing: u32,
}

/// A fragment of a datagram.
pub(crate) struct Part<'a> {
    pub(crate) key: Key,
    /// What stands at the beginning of the datagram, if this is its beginning.
    pub(crate) protocol: IpNumber,
    pub(crate) offset: usize,
    pub(crate) more_follow: bool,
    pub(crate) octets: &'a [u8],
}

/// Where the extension headers end.
enum Upper<'a> {
    Whole(IpNumber, &'a [u8]),
    Fragment(Ipv6FragmentHeaderSlice<'a>, &'a [u8]),
}

/// Reads IP headers; `uncaptured` octets followed these. What is not UDP, TCP or SCTP in the end may be as wrong as it
/// likes.
pub(crate) fn packet(ip: &[u8], uncaptured: u32) -> Result<Found<'_>, Wrong> {
    let found = match ip.first().map(|octet| octet >> 4) {
        Some(4) => version_4(ip, uncaptured),
        Some(6) => version_6(ip, uncaptured),
        _ => return Ok(Found::NotIp),
    };
    match found {
        Err(_) if !may_concern_us(ip) => Ok(Found::NotIp),
        found => found,
    }
}

/// What a datagram of IPv6 carries that was put together: it may begin with extension headers (RFC 8200 §4.5).
pub(crate) fn put_together(protocol: IpNumber, octets: &[u8]) -> Result<(IpNumber, &[u8]), Wrong> {
    match upper(protocol, octets)? {
        Upper::Whole(protocol, octets) => Ok((protocol, octets)),
        Upper::Fragment(..) => Err(Wrong::new("a fragment within fragments", false)),
    }
}

fn version_4(ip: &[u8], uncaptured: u32) -> Result<Found<'_>, Wrong> {
    let header = Ipv4HeaderSlice::from_slice(ip).map_err(|wrong| {
        use etherparse::err::ipv4::HeaderSliceError::Len;
        Wrong::new(&wrong, matches!(wrong, Len(_)))
    })?;
    let (from, to) = (
        header.source_addr().into(),
        header.destination_addr().into(),
    );
    let length = header.slice().len();
    let said = match usize::from(header.total_len()) {
        0 => None,
        total => {
            let said = total.checked_sub(length);
            Some(said.ok_or_else(|| Wrong::new("an IPv4 length below that of its header", false))?)
        }
    };
    let (octets, missing) = cut(&ip[length..], said, uncaptured)?;
    if header.is_fragmenting_payload() {
        return fragment(
            missing,
            Part {
                key: Key {
                    from,
                    to,
                    identification: header.identification().into(),
                    protocol: Some(header.protocol().0),
                },
                protocol: header.protocol(),
                offset: usize::from(header.fragments_offset().value()) * 8,
                more_follow: header.more_fragments(),
                octets,
            },
        );
    }
    let (protocol, octets) = match header.protocol() {
        ip_number::AUTH => authenticated(octets)?,
        protocol => (protocol, octets),
    };
    Ok(Found::Datagram(Datagram {
        from,
        to,
        protocol,
        octets,
        missing,
    }))
}

fn version_6(ip: &[u8], uncaptured: u32) -> Result<Found<'_>, Wrong> {
    let header = Ipv6HeaderSlice::from_slice(ip).map_err(|wrong| Wrong::new(wrong, true))?;
    let (from, to) = (
        header.source_addr().into(),
        header.destination_addr().into(),
    );
    let said = Some(usize::from(header.payload_length())).filter(|&said| said > 0);
    let (octets, missing) = cut(&ip[header.slice().len()..], said, uncaptured)?;
    match upper(header.next_header(), octets)? {
        Upper::Whole(protocol, octets) => Ok(Found::Datagram(Datagram {
            from,
            to,
            protocol,
            octets,
            missing,
        })),
        Upper::Fragment(header, octets) => fragment(
            missing,
            Part {
                key: Key {
                    from,
                    to,
                    identification: header.identification(),
                    protocol: None,
                },
                protocol: header.next_header(),
                offset: usize::from(header.fragment_offset().value()) * 8,
                more_follow: header.more_fragments(),
                octets,
            },
        ),
    }
}

/// What of `octets` is the packet's, and how many more it had. Where a network card cuts a stream in segments itself,
/// what is captured before it may be longer than the field allows, and says 0: all is its.
fn cut(octets: &[u8], said: Option<usize>, uncaptured: u32) -> Result<(&[u8], u32), Wrong> {
    let Some(said) = said else {
        return Ok((octets, uncaptured));
    };
    if let Some(octets) = octets.get(..said) {
        return Ok((octets, 0));
    }
    let missing = (said - octets.len()) as u32;
    if missing > uncaptured {
        let there = octets.len();
        let text = format!("an IP header says that {said} octets follow, where {there} do");
        return Err(Wrong::new(text, false));
    }
    Ok((octets, missing))
}

/// What was cut off a fragment, its datagram lacks.
fn fragment(missing: u32, part: Part<'_>) -> Result<Found<'_>, Wrong> {
    match missing {
        0 => Ok(Found::Fragment(part)),
        _ => Err(Wrong::new("a fragment ends too early", true)),
    }
}

/// Passes over extension headers (RFC 8200 §4), up to that of a fragment: what follows it is of the whole datagram.
fn upper(mut next: IpNumber, mut octets: &[u8]) -> Result<Upper<'_>, Wrong> {
    loop {
        match next {
            ip_number::AUTH => (next, octets) = authenticated(octets)?,
            ip_number::IPV6_FRAG => {
                let header = Ipv6FragmentHeaderSlice::from_slice(octets)
                    .map_err(|wrong| Wrong::new(wrong, true))?;
                octets = &octets[header.slice().len()..];
                if header.is_fragmenting_payload() {
                    return Ok(Upper::Fragment(header, octets));
                }
                // An atomic fragment is a whole datagram (RFC 6946).
                next = header.next_header();
            }
            _ if Ipv6RawExtHeaderSlice::header_type_supported(next) => {
                let header = Ipv6RawExtHeaderSlice::from_slice(octets)
                    .map_err(|wrong| Wrong::new(wrong, true))?;
                next = header.next_header();
                octets = &octets[header.slice().len()..];
            }
            _ => return Ok(Upper::Whole(next, octets)),
        }
    }
}

/// What is behind an authentication header (RFC 4302 §2).
fn authenticated(octets: &[u8]) -> Result<(IpNumber, &[u8]), Wrong> {
    let header = IpAuthHeaderSlice::from_slice(octets).map_err(|wrong| {
        use etherparse::err::ip_auth::HeaderSliceError::Len;
        Wrong::new(&wrong, matches!(wrong, Len(_)))
    })?;
    Ok((header.next_header(), &octets[header.slice().len()..]))
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
