//! Addresses of the capture in the place of live ones, and the other way round.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Addresses that are known; of more, the text stays as it is.
pub(crate) const MAX_ADDRESSES: usize = 100_000;

/// Which addresses stand for which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Addresses {
    live: Known,
    captured: Known,
}

/// With their ports, and alone.
#[derive(Debug, Clone, Default)]
struct Known {
    with_ports: HashMap<SocketAddr, SocketAddr>,
    alone: HashMap<IpAddr, IpAddr>,
}

impl Addresses {
    /// Adds that `live` is where `captured` was.
    pub(crate) fn add(&mut self, captured: SocketAddr, live: SocketAddr) {
        self.live.add(captured, live);
        self.captured.add(live, captured);
    }

    /// Text of the capture with live addresses.
    pub(crate) fn live(&self, text: &str) -> String {
        self.live.put_into(text)
    }

    /// Live text with the addresses of the capture.
    pub(crate) fn captured(&self, text: &str) -> String {
        self.captured.put_into(text)
    }
}

impl Known {
    /// Of two for one the first counts.
    fn add(&mut self, from: SocketAddr, to: SocketAddr) {
        if self.with_ports.len() < MAX_ADDRESSES {
            self.with_ports.entry(from).or_insert(to);
            self.alone.entry(from.ip()).or_insert(to.ip());
        }
    }

    fn put_into(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let before = out.as_bytes().last();
            let is_free = !before.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'.');
            let begins = first.is_ascii_hexdigit() || first == '[' || first == ':';
            let found = (is_free && begins).then(|| Written::at(rest)).flatten();
            let Some(found) = found else {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            };
            let length = self.put(&found, &mut out);
            if length == 0 {
                // Nobody's: whole, so that no part of it is taken for another.
                out.push_str(&rest[..found.length]);
            }
            rest = &rest[length.max(found.length)..];
        }
        out
    }

    /// Writes what stands for an address, and says of how many octets of the text.
    fn put(&self, found: &Written, out: &mut String) -> usize {
        if let Some((port, length)) = found.port
            && let Some(to) = self.with_ports.get(&SocketAddr::new(found.ip, port))
        {
            out.push_str(&found.form.write(to.ip()));
            out.push(':');
            out.push_str(&to.port().to_string());
            return length;
        }
        let Some(to) = self.alone.get(&found.ip) else {
            return 0;
        };
        out.push_str(&found.form.write(*to));
        found.length
    }
}

/// An address at the beginning of a text.
struct Written {
    ip: IpAddr,
    form: Form,
    /// Octets of the address alone.
    length: usize,
    /// Its port, and the octets with it.
    port: Option<(u16, usize)>,
}

/// How IPv6 stands there: in a URI in brackets (RFC 3986 §3.2.2), in SDP without (RFC 8866 §5.7).
#[derive(Clone, Copy)]
enum Form {
    Bare,
    Brackets,
}

impl Form {
    fn write(self, ip: IpAddr) -> String {
        match (self, ip) {
            (Form::Brackets, IpAddr::V6(ip)) => format!("[{ip}]"),
            (_, ip) => ip.to_string(),
        }
    }
}

/// The longest text of an IPv6 address (RFC 4291 §2.2).
const LONGEST: usize = 45;

impl Written {
    fn at(text: &str) -> Option<Written> {
        let (ip, form, length) = match text.strip_prefix('[') {
            Some(inner) => {
                let end = inner.bytes().take(LONGEST + 1).position(|it| it == b']')?;
                let ip: Ipv6Addr = inner.get(..end)?.parse().ok()?;
                (IpAddr::V6(ip), Form::Brackets, end + 2)
            }
            None => Written::bare(text)?,
        };
        let port = text[length..].strip_prefix(':').and_then(|port| {
            let digits = port.bytes().take_while(u8::is_ascii_digit).count();
            let number = port[..digits].parse().ok()?;
            Some((number, length + 1 + digits))
        });
        Some(Written {
            ip,
            // What stands in brackets may become IPv4, but not the other way.
            form: match ip {
                IpAddr::V4(_) => Form::Brackets,
                IpAddr::V6(_) => form,
            },
            length,
            port,
        })
    }

    fn bare(text: &str) -> Option<(IpAddr, Form, usize)> {
        let run = |is_part: fn(&u8) -> bool| {
            let length = text.bytes().take(LONGEST + 1).take_while(is_part).count();
            // The end of a sentence.
            text[..length].trim_end_matches('.').len()
        };
        let length = run(|it| it.is_ascii_digit() || *it == b'.');
        let after = text.as_bytes().get(length);
        if !after.is_some_and(u8::is_ascii_alphanumeric)
            && let Ok(ip) = text[..length].parse()
        {
            return Some((IpAddr::V4(ip), Form::Bare, length));
        }
        let length = run(|it| it.is_ascii_hexdigit() || *it == b':' || *it == b'.');
        if length > LONGEST
            || text
                .as_bytes()
                .get(length)
                .is_some_and(u8::is_ascii_alphanumeric)
        {
            return None;
        }
        let ip = text[..length].parse().ok()?;
        Some((IpAddr::V6(ip), Form::Bare, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn whole_addresses_change_and_no_parts_of_longer_ones() {
        let mut addresses = Addresses::default();
        addresses.add(address("192.0.2.1:5060"), address("127.0.0.1:40000"));
        addresses.add(address("[2001:db8::1]:5060"), address("[::1]:40001"));
        let text = "<sip:a@192.0.2.1:5060;lr> 192.0.2.1:50600 192.0.2.10 1192.0.2.1 192.0.2.1. x@192.0.2.1;y \
                    <sip:[2001:db8::1]:5060> [2001:db8::1] c=IN IP6 2001:db8::1 2001:db8::12 a:192.0.2.1.9";
        let live = "<sip:a@127.0.0.1:40000;lr> 127.0.0.1:50600 192.0.2.10 1192.0.2.1 127.0.0.1. x@127.0.0.1;y \
                    <sip:[::1]:40001> [::1] c=IN IP6 ::1 2001:db8::12 a:192.0.2.1.9";
        assert_eq!(addresses.live(text), live);
        assert_eq!(addresses.captured(live), text);
    }

    #[test]
    fn no_more_addresses_are_known_than_the_limit() {
        let mut addresses = Addresses::default();
        for number in 0..=MAX_ADDRESSES as u32 {
            let host = std::net::Ipv4Addr::from(0x0a00_0000 + number);
            addresses.add(SocketAddr::new(host.into(), 1), address("127.0.0.1:1"));
        }
        assert_eq!(addresses.live.with_ports.len(), MAX_ADDRESSES);
    }
}
