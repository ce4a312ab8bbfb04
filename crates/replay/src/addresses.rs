//! Addresses of the capture in the place of live ones, and the other way round.

use std::net::SocketAddr;

/// Which addresses stand for which: with their ports first, then alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Addresses {
    pairs: Vec<(String, String)>,
}

impl Addresses {
    /// Adds that `live` is where `captured` was.
    pub(crate) fn add(&mut self, captured: SocketAddr, live: SocketAddr) {
        let with_ports = (captured.to_string(), live.to_string());
        let alone = (bare(captured), bare(live));
        for pair in [with_ports, alone] {
            // Of two live addresses for one the first counts.
            if !self.pairs.iter().any(|(known, _)| *known == pair.0) {
                self.pairs.push(pair);
            }
        }
        // The longest first: `192.0.2.1:5060` before `192.0.2.1`.
        self.pairs
            .sort_by_key(|(captured, _)| std::cmp::Reverse(captured.len()));
    }

    /// Text of the capture with live addresses.
    pub(crate) fn live(&self, text: &str) -> String {
        let pairs = self
            .pairs
            .iter()
            .map(|(captured, live)| (captured.as_str(), live.as_str()));
        replaced(text, pairs)
    }

    /// Live text with the addresses of the capture.
    pub(crate) fn captured(&self, text: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .pairs
            .iter()
            .map(|(captured, live)| (live.as_str(), captured.as_str()))
            .collect();
        pairs.sort_by_key(|(live, _)| std::cmp::Reverse(live.len()));
        replaced(text, pairs.iter().copied())
    }
}

/// As it stands in a URI.
fn bare(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

fn replaced<'a>(text: &str, pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(character) = rest.chars().next() {
        if is_free(out.as_bytes().last().copied()) || !is_part(character) {
            for (from, to) in pairs.clone() {
                if let Some(after) = rest.strip_prefix(from)
                    && ends_address(after, from.contains("]:") || from.matches(':').count() == 1)
                {
                    out.push_str(to);
                    rest = after;
                    continue 'text;
                }
            }
        }
        out.push(character);
        rest = &rest[character.len_utf8()..];
    }
    out
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '.'
}

fn is_free(before: Option<u8>) -> bool {
    !before.is_some_and(|before| before.is_ascii_alphanumeric() || before == b'.')
}

/// Whether an address is over: one with a port by no digit, one alone by no part of a longer one.
fn ends_address(after: &str, has_port: bool) -> bool {
    let mut characters = after.chars();
    match characters.next() {
        Some(next) if next.is_ascii_digit() => false,
        Some('.') if !has_port => !characters.next().is_some_and(|next| next.is_ascii_digit()),
        _ => true,
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
                    <sip:[2001:db8::1]:5060> [2001:db8::1]";
        let live = "<sip:a@127.0.0.1:40000;lr> 127.0.0.1:50600 192.0.2.10 1192.0.2.1 127.0.0.1. x@127.0.0.1;y \
                    <sip:[::1]:40001> [::1]";
        assert_eq!(addresses.live(text), live);
        assert_eq!(addresses.captured(live), text);
    }
}
