//! `[names]`, and names in the values of other sections.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use driver::locate::Names;
use serde::Deserialize;
use sip_message::Uri;

use super::ConfigFault;

/// `[names]`: host name to ADDRESS:PORT, for labs without DNS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct NamesSection(pub BTreeMap<String, SocketAddr>);

impl NamesSection {
    /// The table that the driver looks hosts up in.
    pub fn names(&self) -> Names {
        Names::new(
            self.0
                .iter()
                .map(|(name, address)| (name.clone(), *address)),
        )
    }
}

/// Checks that `value` is a SIP or SIPS URI (RFC 3261 §19.1).
///
/// # Errors
/// A fault about `key`.
pub fn sip_uri(key: &str, value: &str) -> Result<(), ConfigFault> {
    match Uri::parse(value) {
        Ok(Uri::Sip(_)) => Ok(()),
        Ok(_) | Err(_) => Err(ConfigFault::new(
            key,
            format!("{value:?}"),
            "not a SIP URI (RFC 3261 §19.1)",
            "write sip:HOST or sip:USER@HOST, for example \"sip:scscf.home.example\"",
        )),
    }
}

/// Checks that `value` is a fully qualified domain name: labels of letters, digits and hyphens.
///
/// # Errors
/// A fault about `key`.
pub fn domain(key: &str, value: &str) -> Result<(), ConfigFault> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if value.len() <= 253 && value.split('.').all(label) {
        return Ok(());
    }
    Err(ConfigFault::new(
        key,
        format!("{value:?}"),
        "not a domain name",
        "write labels of letters, digits and hyphens, for example \"hss.home.example\"",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for good in [
            "home.example",
            "a",
            "ims.mnc001.mcc001.3gppnetwork.org",
            "x-1.example",
        ] {
            assert_eq!(domain("realm", good), Ok(()), "{good}");
        }
        let long = "a".repeat(64);
        for bad in [
            "",
            ".",
            "home.example.",
            "a b",
            "-a.example",
            "a-.example",
            "ä.example",
            &long,
        ] {
            assert!(domain("realm", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sip_uris() {
        for good in [
            "sip:scscf.home.example",
            "sip:alice@home.example",
            "sips:[::1]:5061;lr",
        ] {
            assert_eq!(sip_uri("name", good), Ok(()), "{good}");
        }
        for bad in ["", "scscf.home.example", "tel:+15551000", "sip:"] {
            assert!(sip_uri("name", bad).is_err(), "{bad}");
        }
    }
}
