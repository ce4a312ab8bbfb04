//! Names that are known without the DNS.

use std::collections::BTreeMap;
use std::net::{AddrParseError, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

use crate::sip::Transport;

/// What a name is known to be: one of its addresses, and what is spoken there where that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Where.
    pub address: SocketAddr,
    /// What over, unless a URI says otherwise; without it UDP.
    pub transport: Option<Transport>,
}

/// Host names known without DNS; a name is compared without case and without a final dot.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, Vec<Known>>);

impl Names {
    /// The table that holds `entries`, each with its addresses in the order in which they are tried.
    pub fn new(entries: impl IntoIterator<Item = (String, Vec<Known>)>) -> Self {
        let entries = entries.into_iter();
        Self(
            entries
                .map(|(name, known)| (canonical(&name), known))
                .collect(),
        )
    }

    /// What the table has for `name`, a [`canonical`] one.
    pub(super) fn known(&self, name: &str) -> Option<&[Known]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

/// A domain name as it is compared: in lower case and without a final dot.
pub(super) fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Text that says no [`Known`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotKnown {
    /// The address.
    #[error("{0}")]
    Address(#[from] AddrParseError),
    /// What follows it.
    #[error("`;{0}` is neither ;transport=udp nor ;transport=tcp")]
    Transport(String),
}

impl FromStr for Known {
    type Err = NotKnown;

    /// Reads `ADDRESS:PORT`, `ADDRESS:PORT;transport=udp` or `ADDRESS:PORT;transport=tcp`.
    fn from_str(text: &str) -> Result<Self, NotKnown> {
        let (address, transport) = match text.split_once(';') {
            None => (text, None),
            Some((address, said)) => {
                let transport = match said.trim().to_ascii_lowercase().as_str() {
                    "transport=udp" => Transport::Udp,
                    "transport=tcp" => Transport::Tcp,
                    _ => return Err(NotKnown::Transport(said.to_owned())),
                };
                (address, Some(transport))
            }
        };
        Ok(Self {
            address: address.trim().parse()?,
            transport,
        })
    }
}

impl From<SocketAddr> for Known {
    fn from(address: SocketAddr) -> Self {
        Self {
            address,
            transport: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_say_its_transport() {
        let read = |text: &str| text.parse::<Known>();
        let v6 = read("[::1]:5060").unwrap();
        assert_eq!(v6, Known::from("[::1]:5060".parse::<SocketAddr>().unwrap()));
        let tcp = read("127.0.0.1:5070;transport=TCP").unwrap();
        assert_eq!(tcp.transport, Some(Transport::Tcp));
        assert_eq!(tcp.address.port(), 5070);
        for wrong in [
            "127.0.0.1",
            "host:5060",
            "127.0.0.1:5060;transport=sctp",
            "127.0.0.1:5060;tcp",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
