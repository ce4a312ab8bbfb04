//! STUN Binding on the SIP port, the keep-alive of datagrams (RFC 5626 §4.4.2; RFC 8489 §5, §14).
//!
//! ```text
//!  0 0 | type, 14 bits | length of the attributes, 16 bits
//!  magic cookie 0x2112A442
//!  transaction, 96 bits
//!  attributes: type, 16 bits | length, 16 bits | value, padded to 32 bits
//! ```

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use smallvec::SmallVec;

/// The longest of our own messages: an answer with an IPv6 address.
pub const LONGEST: usize = 44;

/// RFC 8489 §5.
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER: usize = 20;

/// Binding, in its classes (RFC 8489 §5, §18.2).
const REQUEST: u16 = 0x0001;
const SUCCESS: u16 = 0x0101;
const FAILURE: u16 = 0x0111;

/// Attributes (RFC 8489 §18.3).
const MAPPED_ADDRESS: u16 = 0x0001;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// From here on an attribute that is not known may be passed over (RFC 8489 §14).
const OPTIONAL: u16 = 0x8000;
/// Attributes below it that mean nothing here, as no credentials are asked for (RFC 5626 §8): USERNAME,
/// MESSAGE-INTEGRITY, REALM, NONCE, MESSAGE-INTEGRITY-SHA256, PASSWORD-ALGORITHM, USERHASH.
const PASSED_OVER: [u16; 7] = [0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e];

/// The unknown attributes that a refusal names at most.
const MAX_NAMED: usize = 4;

/// What joins a response to its request: 96 bits, chosen at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionId(pub [u8; 12]);

/// A Binding message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Asks which address it came from.
    Request(TransactionId),
    /// A request with attributes that it wants understood and that are not: to be refused (RFC 8489 §6.3.1).
    Demand(TransactionId, SmallVec<[u16; MAX_NAMED]>),
    /// The answer.
    Success {
        /// Of the request.
        transaction: TransactionId,
        /// Where the request came from, as the server saw it.
        mapped: SocketAddr,
    },
    /// A refusal.
    Failure(TransactionId),
}

/// Whether a datagram on the SIP port is STUN: no SIP message begins with such an octet (RFC 5626 §8).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 0x40) && datagram.get(4..8) == Some(&MAGIC_COOKIE)
}

impl Message {
    /// Reads a datagram; `None` for what is malformed or no Binding, which nobody answers.
    pub fn parse(datagram: &[u8]) -> Option<Message> {
        let (header, attributes) = datagram.split_at_checked(HEADER)?;
        let transaction = TransactionId(header.get(8..)?.try_into().ok()?);
        let length = usize::from(number(header, 2)?);
        if !is_stun(datagram) || length != attributes.len() || length % 4 != 0 {
            return None;
        }
        let mut mapped = None;
        let mut unknown = SmallVec::new();
        let mut rest = attributes;
        while !rest.is_empty() {
            let (attribute, length) = (number(rest, 0)?, usize::from(number(rest, 2)?));
            let value = rest.get(4..4 + length)?;
            rest = rest.get(4 + length.next_multiple_of(4)..)?;
            match attribute {
                // RFC 8489 §14: of an attribute that comes twice the first counts.
                XOR_MAPPED_ADDRESS if mapped.is_none() => {
                    mapped = Some(unmasked(address(value)?, transaction));
                }
                XOR_MAPPED_ADDRESS
                | MAPPED_ADDRESS
                | ERROR_CODE
                | UNKNOWN_ATTRIBUTES
                | OPTIONAL.. => {}
                passed_over if PASSED_OVER.contains(&passed_over) => {}
                _ if unknown.len() < MAX_NAMED => unknown.push(attribute),
                _ => {}
            }
        }
        match number(header, 0)? {
            REQUEST if unknown.is_empty() => Some(Message::Request(transaction)),
            REQUEST => Some(Message::Demand(transaction, unknown)),
            SUCCESS if unknown.is_empty() => Some(Message::Success {
                transaction,
                mapped: mapped?,
            }),
            FAILURE => Some(Message::Failure(transaction)),
            _ => None,
        }
    }

    /// The octets.
    pub fn to_octets(&self) -> SmallVec<[u8; LONGEST]> {
        let mut octets = SmallVec::new();
        match self {
            Message::Request(transaction) => begin(&mut octets, REQUEST, *transaction),
            Message::Success {
                transaction,
                mapped,
            } => {
                begin(&mut octets, SUCCESS, *transaction);
                let masked = unmasked(*mapped, *transaction);
                let mut value: SmallVec<[u8; 20]> = SmallVec::from_slice(&[0]);
                value.push(if mapped.is_ipv4() { 1 } else { 2 });
                value.extend_from_slice(&masked.port().to_be_bytes());
                match masked.ip() {
                    IpAddr::V4(ip) => value.extend_from_slice(&ip.octets()),
                    IpAddr::V6(ip) => value.extend_from_slice(&ip.octets()),
                }
                push(&mut octets, XOR_MAPPED_ADDRESS, &value);
            }
            // RFC 8489 §6.3.1: 420, and which attributes; the reason phrase is empty.
            Message::Demand(transaction, unknown) => {
                begin(&mut octets, FAILURE, *transaction);
                push(&mut octets, ERROR_CODE, &[0, 0, 4, 20]);
                let named: SmallVec<[u8; 8]> = unknown
                    .iter()
                    .flat_map(|attribute| attribute.to_be_bytes())
                    .collect();
                push(&mut octets, UNKNOWN_ATTRIBUTES, &named);
            }
            Message::Failure(transaction) => {
                begin(&mut octets, FAILURE, *transaction);
                push(&mut octets, ERROR_CODE, &[0, 0, 4, 0]);
            }
        }
        let length = u16::try_from(octets.len() - HEADER).unwrap_or(u16::MAX);
        octets[2..4].copy_from_slice(&length.to_be_bytes());
        octets
    }

    /// What a server answers to this message from `source`, if anything.
    pub fn answer(self, source: SocketAddr) -> Option<Message> {
        match self {
            Message::Request(transaction) => Some(Message::Success {
                transaction,
                mapped: source,
            }),
            Message::Demand(..) => Some(self),
            Message::Success { .. } | Message::Failure(_) => None,
        }
    }
}

fn begin(octets: &mut SmallVec<[u8; LONGEST]>, kind: u16, transaction: TransactionId) {
    octets.extend_from_slice(&kind.to_be_bytes());
    octets.extend_from_slice(&[0; 2]);
    octets.extend_from_slice(&MAGIC_COOKIE);
    octets.extend_from_slice(&transaction.0);
}

fn push(octets: &mut SmallVec<[u8; LONGEST]>, attribute: u16, value: &[u8]) {
    octets.extend_from_slice(&attribute.to_be_bytes());
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    octets.extend_from_slice(&length.to_be_bytes());
    octets.extend_from_slice(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
}

fn number(octets: &[u8], at: usize) -> Option<u16> {
    let two = octets.get(at..at + 2)?;
    Some(u16::from_be_bytes(two.try_into().ok()?))
}

/// The address of an attribute, as it stands there (RFC 8489 §14.1).
fn address(value: &[u8]) -> Option<SocketAddr> {
    let ip = value.get(4..)?;
    let ip = match value.get(1)? {
        1 => IpAddr::from(<[u8; 4]>::try_from(ip).ok()?),
        2 => IpAddr::from(<[u8; 16]>::try_from(ip).ok()?),
        _ => return None,
    };
    Some(SocketAddr::new(ip, number(value, 2)?))
}

/// RFC 8489 §14.2: the port and an IPv4 address against the cookie, an IPv6 address against cookie and transaction. Its
/// own inverse.
fn unmasked(address: SocketAddr, transaction: TransactionId) -> SocketAddr {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE);
    mask[4..].copy_from_slice(&transaction.0);
    let ip = match address.ip() {
        IpAddr::V4(ip) => IpAddr::V4((ip.to_bits() ^ u32::from_be_bytes(MAGIC_COOKIE)).into()),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(
            ip.to_bits() ^ u128::from_be_bytes(mask),
        )),
    };
    SocketAddr::new(ip, address.port() ^ u16::from_be_bytes([mask[0], mask[1]]))
}
