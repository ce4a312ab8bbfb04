//! Flow tokens: the user part of our Path URI says which flow a phone is behind, and nobody else can make one
//! (RFC 5626 §5.2).
//!
//! ```text
//! token = base64url( kind 1 | connection 8, of TCP only | remote | local | HMAC-SHA-256, first 10 octets )
//! remote, local = port 2 | address 4 or 16
//! kind: bit 0 TCP, bit 1 remote is IPv6, bit 2 local is IPv6
//! ```

use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::flow::Flow;

const MAC_OCTETS: usize = 10;
const TCP: u8 = 1;
const REMOTE_V6: u8 = 2;
const LOCAL_V6: u8 = 4;

/// A token that we did not make (RFC 5626 §5.3: answered 403).
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("flow token was not made by us")]
pub struct Forged;

/// The key that tokens are made and recognised with.
#[derive(Clone)]
pub struct FlowTokens {
    key: [u8; 32],
}

impl FlowTokens {
    /// Tokens under `key`, which is secret and random.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The token of `flow`; always the same one, so that a refresh keeps its Path.
    pub fn make(&self, flow: &Flow) -> String {
        let (remote, local) = (flow.remote(), flow.local());
        let mut kind = 0;
        if remote.is_ipv6() {
            kind |= REMOTE_V6;
        }
        if local.is_ipv6() {
            kind |= LOCAL_V6;
        }
        let mut octets = Vec::with_capacity(1 + 8 + 18 + 18 + MAC_OCTETS);
        match flow {
            Flow::Udp { .. } => octets.push(kind),
            Flow::Tcp { connection, .. } => {
                octets.push(kind | TCP);
                octets.extend(connection.to_be_bytes());
            }
        }
        for address in [remote, local] {
            octets.extend(address.port().to_be_bytes());
            match address.ip() {
                IpAddr::V4(ip) => octets.extend(ip.octets()),
                IpAddr::V6(ip) => octets.extend(ip.octets()),
            }
        }
        let mac = self.mac(&octets).finalize().into_bytes();
        octets.extend(&mac[..MAC_OCTETS]);
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// The flow of `token`.
    ///
    /// # Errors
    /// [`Forged`] where we did not make it.
    pub fn read(&self, token: &str) -> Result<Flow, Forged> {
        let octets = URL_SAFE_NO_PAD.decode(token).map_err(|_| Forged)?;
        let (flow, mac) = octets
            .split_at_checked(octets.len().wrapping_sub(MAC_OCTETS))
            .ok_or(Forged)?;
        self.mac(flow)
            .verify_truncated_left(mac)
            .map_err(|_| Forged)?;
        let (&kind, rest) = flow.split_first().ok_or(Forged)?;
        let (connection, rest) = match kind & TCP {
            0 => (None, rest),
            _ => {
                let (connection, rest) = rest.split_first_chunk().ok_or(Forged)?;
                (Some(u64::from_be_bytes(*connection)), rest)
            }
        };
        let (remote, rest) = address(rest, kind & REMOTE_V6)?;
        let (local, rest) = address(rest, kind & LOCAL_V6)?;
        if !rest.is_empty() {
            return Err(Forged);
        }
        Ok(match connection {
            None => Flow::Udp { local, remote },
            Some(connection) => Flow::Tcp {
                connection,
                local,
                remote,
            },
        })
    }

    fn mac(&self, octets: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(octets);
        mac
    }
}

/// The address at the beginning of `octets`, and what is behind it; `v6` is 0 for IPv4.
fn address(octets: &[u8], v6: u8) -> Result<(SocketAddr, &[u8]), Forged> {
    let (port, rest) = octets.split_first_chunk().ok_or(Forged)?;
    let (ip, rest) = if v6 == 0 {
        let (ip, rest) = rest.split_first_chunk::<4>().ok_or(Forged)?;
        (IpAddr::from(*ip), rest)
    } else {
        let (ip, rest) = rest.split_first_chunk::<16>().ok_or(Forged)?;
        (IpAddr::from(*ip), rest)
    };
    Ok((SocketAddr::new(ip, u16::from_be_bytes(*port)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flows() -> Vec<Flow> {
        let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let mut flows = Vec::new();
        for (remote, local) in [
            ("127.0.0.1:5062", "127.0.0.3:5060"),
            ("[2001:db8::5]:1357", "[2001:db8::1]:5060"),
            ("[2001:db8::5]:1357", "0.0.0.0:5060"),
        ] {
            let (remote, local) = (at(remote), at(local));
            flows.push(Flow::Udp { local, remote });
            for connection in [1, u64::MAX] {
                flows.push(Flow::Tcp {
                    connection,
                    local,
                    remote,
                });
            }
        }
        flows
    }

    #[test]
    fn read_back_by_the_same_key_only() {
        let tokens = FlowTokens::new([7; 32]);
        let mut made = Vec::new();
        for flow in flows() {
            let token = tokens.make(&flow);
            assert_eq!(tokens.read(&token), Ok(flow));
            assert_eq!(FlowTokens::new([8; 32]).read(&token), Err(Forged));
            assert_eq!(token, tokens.make(&flow), "a refresh keeps its Path");
            assert!(!made.contains(&token), "every flow has its own");
            made.push(token);
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let tokens = FlowTokens::new([7; 32]);
        for flow in flows() {
            let token = tokens.make(&flow);
            for at in 0..token.len() {
                let mut changed = token.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                assert_eq!(
                    tokens.read(std::str::from_utf8(&changed).unwrap()),
                    Err(Forged),
                    "at {at}"
                );
            }
            assert_eq!(tokens.read(&token[..token.len() - 4]), Err(Forged));
        }
        for other in ["", "term", "AAAA", "!!!"] {
            assert_eq!(tokens.read(other), Err(Forged));
        }
    }
}
