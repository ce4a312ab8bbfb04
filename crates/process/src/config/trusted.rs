//! `trusted_peers`: whose word on what only the trusted network may say counts (TS 24.229 §4.4, RFC 3325 §2.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// Addresses and networks of trusted elements: `["192.0.2.7", "10.1.0.0/16", "2001:db8::/32"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct TrustedPeers(pub Vec<TrustedNetwork>);

/// An address or a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedNetwork(IpNet);

impl TrustedPeers {
    /// Whom only this host reaches: 127.0.0.0/8 and ::1.
    #[must_use]
    pub fn loopback() -> Self {
        let (v4, v6) = (Ipv4Addr::new(127, 0, 0, 0), Ipv6Addr::LOCALHOST);
        let v4 = Ipv4Net::new(v4, 8).map(IpNet::from);
        let v6 = Ipv6Net::new(v6, 128).map(IpNet::from);
        Self([v4, v6].into_iter().flatten().map(TrustedNetwork).collect())
    }

    /// Whether `host` is one of them; an IPv4 address that IPv6 writes is the IPv4 address.
    #[must_use]
    pub fn trusts(&self, host: IpAddr) -> bool {
        let host = host.to_canonical();
        self.0.iter().any(|network| network.0.contains(&host))
    }
}

impl FromStr for TrustedNetwork {
    type Err = String;

    /// Reads `ADDRESS` or `ADDRESS/BITS`.
    fn from_str(text: &str) -> Result<Self, String> {
        let no_network = || "neither an IP address nor a network in CIDR notation".to_owned();
        if !text.contains('/') {
            let address: IpAddr = text.parse().map_err(|_| no_network())?;
            return Ok(Self(address.to_canonical().into()));
        }
        let network: IpNet = text.parse().map_err(|_| no_network())?;
        // Who writes bits that do not count may have meant another prefix.
        match network.trunc() {
            whole if whole == network => Ok(Self(network)),
            whole => Err(format!(
                "a network in CIDR notation whose address has bits behind its prefix; the network is {whole}"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for TrustedNetwork {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(texts: &[&str]) -> TrustedPeers {
        TrustedPeers(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn addresses_and_networks_of_both_families() {
        let peers = peers(&["192.0.2.7", "10.1.0.0/16", "2001:db8::/32", "0.0.0.0/32"]);
        for (host, trusted) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.2.8", false),
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("::ffff:10.2.0.0", false),
        ] {
            assert_eq!(peers.trusts(host.parse().unwrap()), trusted, "{host}");
        }
        assert!(!TrustedPeers::default().trusts(Ipv4Addr::LOCALHOST.into()));
        let loopback = TrustedPeers::loopback();
        for (host, trusted) in [
            ("127.9.9.9", true),
            ("::1", true),
            ("::2", false),
            ("128.0.0.1", false),
        ] {
            assert_eq!(loopback.trusts(host.parse().unwrap()), trusted, "{host}");
        }
    }

    #[test]
    fn what_is_none_is_said() {
        let wrong = |text: &str| text.parse::<TrustedNetwork>().unwrap_err();
        for text in [
            "",
            "pcscf.home.example",
            "10.1.0.0/33",
            "10.1/16",
            "10.1.0.0/",
        ] {
            assert!(wrong(text).starts_with("neither an IP address"), "{text}");
        }
        assert!(wrong("10.1.2.3/16").ends_with("the network is 10.1.0.0/16"));
    }
}
