//! Flow tokens: the user part of our Path URI says which phone is behind it, and nobody else can make one
//! (RFC 5626 §5.2).
//!
//! ```text
//! token = base64url( transport 1 | port 2 | address 4 or 16 | HMAC-SHA-256, first 10 octets )
//! ```

use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

const MAC_OCTETS: usize = 10;
const UDP: u8 = 0;

/// A token that we did not make (RFC 5626 §5.3: answered 403).
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("flow token was not made by this P-CSCF")]
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

    /// The token of the phone that sent from `source` by UDP.
    pub fn make(&self, source: SocketAddr) -> String {
        let mut octets = vec![UDP];
        octets.extend(source.port().to_be_bytes());
        match source.ip() {
            IpAddr::V4(address) => octets.extend(address.octets()),
            IpAddr::V6(address) => octets.extend(address.octets()),
        }
        let mac = self.mac(&octets).finalize().into_bytes();
        octets.extend(&mac[..MAC_OCTETS]);
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// Where the phone of `token` is.
    ///
    /// # Errors
    /// [`Forged`] where we did not make it.
    pub fn read(&self, token: &str) -> Result<SocketAddr, Forged> {
        let octets = URL_SAFE_NO_PAD.decode(token).map_err(|_| Forged)?;
        let (flow, mac) = octets
            .split_at_checked(octets.len().wrapping_sub(MAC_OCTETS))
            .ok_or(Forged)?;
        self.mac(flow)
            .verify_truncated_left(mac)
            .map_err(|_| Forged)?;
        match flow {
            &[UDP, high, low, ref address @ ..] => {
                let address = match address.len() {
                    4 => IpAddr::from(<[u8; 4]>::try_from(address).map_err(|_| Forged)?),
                    16 => IpAddr::from(<[u8; 16]>::try_from(address).map_err(|_| Forged)?),
                    _ => return Err(Forged),
                };
                Ok(SocketAddr::new(address, u16::from_be_bytes([high, low])))
            }
            _ => Err(Forged),
        }
    }

    fn mac(&self, octets: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(octets);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_back_by_the_same_key_only() {
        let tokens = FlowTokens::new([7; 32]);
        for source in ["127.0.0.1:5062", "[2001:db8::5]:1357"] {
            let source: SocketAddr = source.parse().unwrap();
            let token = tokens.make(source);
            assert_eq!(tokens.read(&token), Ok(source));
            assert_eq!(FlowTokens::new([8; 32]).read(&token), Err(Forged));
            assert_eq!(token, tokens.make(source), "a refresh keeps its Path");
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let tokens = FlowTokens::new([7; 32]);
        let token = tokens.make("192.0.2.9:5060".parse().unwrap());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                tokens.read(std::str::from_utf8(&changed).unwrap()),
                Err(Forged),
                "at {at}"
            );
        }
        for other in ["", "term", "AAAA", "!!!"] {
            assert_eq!(tokens.read(other), Err(Forged));
        }
    }
}
