//! Hosts: `host`, `hostport` and `sent-by` of RFC 3261 §25.1.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::find::find;
use crate::grammar::{number, trim};

/// A host: a name, compared without case, or an address.
#[derive(Debug, Clone, Copy, Eq)]
pub enum Host<'a> {
    /// A domain name, as written.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; written in brackets.
    V6(Ipv6Addr),
}

impl<'a> Host<'a> {
    /// Reads a host; an IPv6 address must be in brackets (RFC 3261 §25.1 `IPv6reference`).
    ///
    /// Zeros before a number of an IPv4 address (`192.000.002.001`), which the grammar has, are refused: some read
    /// such numbers as octal.
    pub fn parse(text: &'a str) -> Option<Host<'a>> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']')?;
            let address = inner.parse().ok();
            return address.or_else(|| three_colons(inner)).map(Host::V6);
        }
        let last = *text.as_bytes().last()?;
        if last.is_ascii_digit()
            && let Some(address) = v4(text.as_bytes())
        {
            return Some(Host::V4(address));
        }
        is_name(text).then_some(Host::Name(text))
    }

    /// Reads `host [":" port]`, white space around the colon allowed as `COLON` has it.
    pub(crate) fn parse_with_port(text: &'a str) -> Result<(Host<'a>, Option<u16>), HostFault> {
        let text = trim(text);
        let host_end = if text.starts_with('[') {
            find([b']'], text.as_bytes()).ok_or(HostFault::Host)? + 1
        } else {
            find([b':'], text.as_bytes()).unwrap_or(text.len())
        };
        let host = Host::parse(trim(&text[..host_end])).ok_or(HostFault::Host)?;
        let rest = trim(&text[host_end..]);
        if rest.is_empty() {
            return Ok((host, None));
        }
        let digits = trim(rest.strip_prefix(':').ok_or(HostFault::Host)?);
        let port = number(digits).and_then(|port| u16::try_from(port).ok());
        Ok((host, Some(port.ok_or(HostFault::Port)?)))
    }

    /// The address, where it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match *self {
            Host::Name(_) => None,
            Host::V4(address) => Some(IpAddr::V4(address)),
            Host::V6(address) => Some(IpAddr::V6(address)),
        }
    }
}

/// Four numbers without zeros before them, as the standard library reads them, in one look at each octet.
fn v4(text: &[u8]) -> Option<Ipv4Addr> {
    // 0 without a digit, else the number and 1.
    let (mut numbers, mut place, mut number) = ([0_u8; 4], 0, 0_u32);
    for octet in text {
        match octet {
            b'0'..=b'9' if number != 1 => {
                let digit = u32::from(octet - b'0');
                number = number.saturating_sub(1) * 10 + digit + 1;
                if number > 256 {
                    return None;
                }
            }
            b'.' if number > 0 && place < 3 => {
                numbers[place] = (number - 1) as u8;
                (place, number) = (place + 1, 0);
            }
            _ => return None,
        }
    }
    if place < 3 || number == 0 {
        return None;
    }
    numbers[3] = (number - 1) as u8;
    Some(Ipv4Addr::from(numbers))
}

/// `2001:db8:::192.0.2.1`, which the grammar of RFC 3261 makes where it means two colons; it must be taken (RFC 5118
/// §4.10), and is not written back so.
fn three_colons(text: &str) -> Option<Ipv6Addr> {
    let (before, after) = text.split_once(":::")?;
    after.parse::<Ipv4Addr>().ok()?;
    format!("{before}::{after}").parse().ok()
}

/// `hostname` of RFC 3261 §25.1: labels, the last of which does not start with a digit, so that `192.0.2.300` is none.
/// `_` is no letter of that grammar, but names of operators have it; a single label may start with a digit.
fn is_name(text: &str) -> bool {
    // The kinds of octets that are in it, and that of the last one: as if a point stood before it.
    let (mut has, mut last) = (0, POINT);
    for octet in text.bytes() {
        let kind = KINDS[usize::from(octet)];
        if kind == OTHER || kind & last == POINT {
            return false;
        }
        has |= kind;
        last = kind;
    }
    // The one point that may end it is no label's.
    let labels = text.strip_suffix('.').unwrap_or(text);
    let last_label = labels.rfind('.').map_or(0, |point| point + 1);
    match labels.as_bytes().get(last_label) {
        None | Some(b'-') => false,
        Some(b'0'..=b'9') => last_label == 0 && has & LETTER != 0,
        Some(_) => true,
    }
}

const OTHER: u8 = 0;
const LETTER: u8 = 1;
const DIGIT_OR_SIGN: u8 = 2;
const POINT: u8 = 4;

/// What each octet is in the name of a host.
static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut octet = 0;
    while octet < 128 {
        kinds[octet as usize] = match octet {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' | b'-' | b'_' => DIGIT_OR_SIGN,
            b'.' => POINT,
            _ => OTHER,
        };
        octet += 1;
    }
    kinds
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostFault {
    Host,
    Port,
}

impl PartialEq for Host<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Host::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
            (Host::V4(a), Host::V4(b)) => a == b,
            (Host::V6(a), Host::V6(b)) => a == b,
            _ => false,
        }
    }
}

impl From<IpAddr> for Host<'static> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Host::V4(address),
            IpAddr::V6(address) => Host::V6(address),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::V4(address) => address.fmt(f),
            Host::V6(address) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        assert_eq!(Host::parse("Example.COM"), Some(Host::Name("example.com")));
        assert_eq!(Host::parse("localhost"), Some(Host::Name("localhost")));
        assert_eq!(Host::parse("a.b."), Some(Host::Name("a.b.")));
        assert_eq!(
            Host::parse("192.0.2.1"),
            Some(Host::V4(Ipv4Addr::new(192, 0, 2, 1)))
        );
        assert_eq!(
            Host::parse("[2001:DB8::1]").map(|host| host.to_string()),
            Some("[2001:db8::1]".to_owned())
        );
        for wrong in [
            "",
            "2001:db8::1",
            "[192.0.2.1]",
            "192.0.2.300",
            "a b",
            "a..b",
            ".a",
            "[::1",
            "[2001:db8:::1]",
            "[2001:db8::::192.0.2.1]",
            "[1::2:::192.0.2.1]",
            "é",
        ] {
            assert_eq!(Host::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_of_ipv4_are_those_of_the_standard_library() {
        let numbers = [
            "", "0", "1", "9", "10", "99", "255", "256", "999", "00", "01", "001", "a", "+1", "1 ",
        ];
        for first in numbers {
            for other in numbers {
                for text in [
                    format!("{first}.{other}.{other}.{first}"),
                    format!("{other}.1.2.{first}"),
                    format!("1.{first}.{other}.4"),
                    format!("1.2.3.4{first}{other}"),
                    format!("{first}.{other}"),
                    format!("1.2.3.4.{first}"),
                    format!(".1.2.3.{first}"),
                ] {
                    assert_eq!(v4(text.as_bytes()), text.parse().ok(), "{text}");
                }
            }
        }
        for number in 0..1_000_u32 {
            let text = format!("{number}.0.{number}.1");
            assert_eq!(v4(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["4294967297.0.0.1", "1.2.3.42949672960", "1.2.3.é"] {
            assert_eq!(v4(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn ports() {
        assert_eq!(
            Host::parse_with_port("[::1] : 5060"),
            Ok((Host::V6(Ipv6Addr::LOCALHOST), Some(5060)))
        );
        assert_eq!(
            Host::parse_with_port(" first.example.com: 4000 "),
            Ok((Host::Name("first.example.com"), Some(4000)))
        );
        for wrong in ["a:", "a:65536", "a:+1", "a:b"] {
            assert_eq!(
                Host::parse_with_port(wrong),
                Err(HostFault::Port),
                "{wrong}"
            );
        }
        assert_eq!(Host::parse_with_port("[::1]x"), Err(HostFault::Host));
    }
}
