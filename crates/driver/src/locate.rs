//! Where a SIP URI or a name is: IP literals, and a static table for labs without DNS.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use sip_message::{Host, Scheme, SipUri};
use thiserror::Error;

/// The port where a URI names none (RFC 3261 §19.1.2).
pub const SIP_PORT: u16 = 5060;
/// The port of `sips:` where a URI names none (RFC 3261 §19.1.2).
pub const SIPS_PORT: u16 = 5061;

/// Host names known without DNS; a name is compared without case and without a final dot.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, SocketAddr>);

/// A name that is neither an IP address nor in the table.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error(
    "host `{0}` is not an IP address and not in [names]; add `\"{0}\" = \"ADDRESS:PORT\"` there"
)]
pub struct NotLocated(pub String);

impl Names {
    /// The table that holds `entries`.
    pub fn new(entries: impl IntoIterator<Item = (String, SocketAddr)>) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(name, address)| (canonical(&name), address))
                .collect(),
        )
    }

    /// The address to send a request for `uri` to (RFC 3263 §4, for literals and table entries).
    ///
    /// # Errors
    /// [`NotLocated`] where the host is a name that the table lacks.
    pub fn locate(&self, uri: &SipUri<'_>) -> Result<SocketAddr, NotLocated> {
        let port = uri.port.unwrap_or(match uri.scheme {
            Scheme::Sip => SIP_PORT,
            Scheme::Sips => SIPS_PORT,
        });
        match uri.host {
            Host::V4(address) => Ok(SocketAddr::new(IpAddr::V4(address), port)),
            Host::V6(address) => Ok(SocketAddr::new(IpAddr::V6(address), port)),
            Host::Name(name) => {
                let known = self.name(name)?;
                Ok(uri
                    .port
                    .map_or(known, |port| SocketAddr::new(known.ip(), port)))
            }
        }
    }

    /// The address that the table has for `name`.
    ///
    /// # Errors
    /// [`NotLocated`] where the table lacks it.
    pub fn name(&self, name: &str) -> Result<SocketAddr, NotLocated> {
        self.0
            .get(&canonical(name))
            .copied()
            .ok_or_else(|| NotLocated(name.to_owned()))
    }
}

fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use sip_message::Uri;

    use super::*;

    #[test]
    fn literals_and_names() {
        let names = Names::new([(
            "SCSCF.home.example".to_owned(),
            "127.0.0.4:6060".parse().unwrap(),
        )]);
        let at = |text: &str| match Uri::parse(text) {
            Ok(Uri::Sip(uri)) => names.locate(&uri).map(|address| address.to_string()),
            other => panic!("{other:?}"),
        };
        assert_eq!(at("sip:alice@127.0.0.9").as_deref(), Ok("127.0.0.9:5060"));
        assert_eq!(
            at("sips:[2001:db8::1]").as_deref(),
            Ok("[2001:db8::1]:5061")
        );
        assert_eq!(
            at("sip:orig@scscf.home.example.;lr").as_deref(),
            Ok("127.0.0.4:6060")
        );
        assert_eq!(at("sip:scscf.home.example:7").as_deref(), Ok("127.0.0.4:7"));
        assert_eq!(
            at("sip:other.example"),
            Err(NotLocated("other.example".to_owned()))
        );
    }
}
