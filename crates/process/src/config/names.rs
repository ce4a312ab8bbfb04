//! `[names]` and `[dns]`: where hosts are; and names in the values of other sections.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use driver::dns::DnsSettings;
use driver::locate::{Known, Names};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use sip_message::Uri;

use super::{Check, ConfigFault};

/// `[names]`: host name to `ADDRESS:PORT`, for labs without DNS; stronger than the DNS where there is one.
///
/// An address may be followed by `;transport=udp` or `;transport=tcp`; a list of them is tried in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct NamesSection(pub BTreeMap<String, NamedAddresses>);

/// The addresses of one name, one or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAddresses(pub Vec<Known>);

/// The most addresses that one name may have.
const MOST_ADDRESSES: usize = driver::locate::MAX_TARGETS;

impl NamesSection {
    /// The table that the driver looks hosts up in.
    pub fn names(&self) -> Names {
        let entries = self.0.iter();
        Names::new(entries.map(|(name, addresses)| (name.clone(), addresses.0.clone())))
    }
}

impl<'de> Deserialize<'de> for NamedAddresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AddressesVisitor)
    }
}

struct AddressesVisitor;

impl<'de> Visitor<'de> for AddressesVisitor {
    type Value = NamedAddresses;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a socket address, or a list of them")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<NamedAddresses, E> {
        text.parse()
            .map(|known| NamedAddresses(vec![known]))
            .map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<NamedAddresses, A::Error> {
        let mut addresses = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            addresses.push(text.parse().map_err(de::Error::custom)?);
        }
        match addresses.len() {
            1..=MOST_ADDRESSES => Ok(NamedAddresses(addresses)),
            other => Err(de::Error::custom(format!(
                "a list of {other}; a name has 1 to {MOST_ADDRESSES} socket addresses"
            ))),
        }
    }
}

/// `[dns]`: who is asked for names that are not in `[names]` (RFC 3263); without it nobody is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsSection {
    /// `"system"`, which is who the host asks; or a list of `ADDRESS:PORT`.
    pub servers: DnsServers,
    /// How long one server has for one question, in milliseconds; 1000.
    #[serde(default = "timeout")]
    pub timeout_ms: u64,
    /// How often a question is asked again; 2.
    #[serde(default = "retries")]
    pub retries: usize,
}

/// Who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "neither \"system\" nor a list of DNS servers")]
pub enum DnsServers {
    /// By a word.
    Word(SystemServers),
    /// By their addresses.
    These(Vec<SocketAddr>),
}

/// The word for who the host asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SystemServers {
    /// `/etc/resolv.conf`.
    System,
}

/// The longest that a server may take, in milliseconds: beyond it every phone has given up.
const LONGEST_MS: u64 = 30_000;

fn timeout() -> u64 {
    1_000
}

fn retries() -> usize {
    2
}

impl DnsSection {
    /// How the driver asks.
    pub fn settings(&self) -> DnsSettings {
        DnsSettings {
            servers: match &self.servers {
                DnsServers::Word(SystemServers::System) => driver::dns::Servers::System,
                DnsServers::These(servers) => driver::dns::Servers::These(servers.clone()),
            },
            timeout: Duration::from_millis(self.timeout_ms),
            retries: self.retries,
        }
    }
}

impl Check for DnsSection {
    fn check(&self) -> Result<(), ConfigFault> {
        if matches!(&self.servers, DnsServers::These(servers) if servers.is_empty()) {
            return Err(ConfigFault::new(
                "servers",
                "[]",
                "there is nobody to ask",
                "write \"system\" or [\"ADDRESS:53\"], or leave [dns] out",
            ));
        }
        if !(1..=LONGEST_MS).contains(&self.timeout_ms) {
            return Err(ConfigFault::new(
                "timeout_ms",
                self.timeout_ms,
                format!("not between 1 and {LONGEST_MS} milliseconds"),
                "leave it out for 1000, or write a number in that range",
            ));
        }
        if self.retries > 10 {
            return Err(ConfigFault::new(
                "retries",
                self.retries,
                "more than 10",
                "leave it out for 2, or write a smaller number",
            ));
        }
        Ok(())
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

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Config {
        #[serde(default)]
        names: NamesSection,
        dns: Option<DnsSection>,
    }

    impl Check for Config {
        fn check(&self) -> Result<(), ConfigFault> {
            let dns = self.dns.as_ref().map_or(Ok(()), Check::check);
            dns.map_err(|fault| fault.under("dns"))
        }
    }

    fn load(text: &str) -> Result<Config, String> {
        let loaded = super::super::parse(std::path::Path::new("x.toml"), text.to_owned());
        loaded
            .map(|loaded| loaded.split().0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_has_addresses_and_the_dns_servers() {
        let config = load(
            "[names]\na = \"127.0.0.1:5060\"\nb = [\"127.0.0.1:1;transport=tcp\", \"[::1]:2\"]\n\
             [dns]\nservers = [\"127.0.0.1:53\"]\n",
        )
        .unwrap();
        assert_eq!(config.names.0["a"].0, ["127.0.0.1:5060".parse().unwrap()]);
        assert_eq!(config.names.0["b"].0.len(), 2);
        let settings = config.dns.unwrap().settings();
        assert_eq!(settings.timeout, Duration::from_secs(1));
        let system = load("[dns]\nservers = \"system\"\n").unwrap();
        assert_eq!(
            system.dns.unwrap().settings().servers,
            driver::dns::Servers::System
        );
    }

    #[test]
    fn what_is_wrong_with_names_and_dns_is_said() {
        for (text, said) in [
            (
                "[names]\na = \"localhost:5060\"\n",
                "x.toml:2: names.a = \"localhost:5060\"\n  problem: invalid socket address syntax\n  \
                 way out: write an IP address and a port",
            ),
            (
                "[names]\na = \"127.0.0.1:5060;transport=sctp\"\n",
                "problem: `;transport=sctp` is neither ;transport=udp nor ;transport=tcp\n  way out: write \
                 \"ADDRESS:PORT\" or \"ADDRESS:PORT;transport=tcp\"",
            ),
            ("[names]\na = []\n", "a list of 0"),
            ("[names]\na = 5\n", "a socket address, or a list of them"),
            ("[dns]\nservers = []\n", "nobody to ask"),
            (
                "[dns]\nservers = \"mine\"\n",
                "neither \"system\" nor a list",
            ),
            (
                "[dns]\nservers = \"system\"\ntimeout_ms = 0\n",
                "dns.timeout_ms = 0",
            ),
            (
                "[dns]\nservers = \"system\"\nretries = 11\n",
                "dns.retries = 11",
            ),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

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
