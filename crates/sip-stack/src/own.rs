//! Under which names others reach an element: what a Route that has done its work says (RFC 3261 §16.4).

use std::net::SocketAddr;

use sip_message::{Host, SipUri, Uri};

/// The port of a SIP URI that names none (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// The hosts and ports of one element, the one that it names itself first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNames(Vec<(Box<str>, u16)>);

impl OwnNames {
    /// Of an element at `local` that calls itself `sent_by` in its Via, `HOST[:PORT]`, and that `others` know by more
    /// such names. A wildcard names nobody.
    pub fn of(local: SocketAddr, sent_by: &str, others: &[String]) -> Self {
        let mut names: Vec<(Box<str>, u16)> = Vec::new();
        for name in [sent_by]
            .into_iter()
            .chain(others.iter().map(|name| &**name))
        {
            if let Ok(Uri::Sip(uri)) = Uri::parse(&format!("sip:{name}")) {
                let host = uri.host.to_string().to_ascii_lowercase();
                names.push((host.into(), uri.port.unwrap_or(SIP_PORT)));
            }
        }
        if !local.ip().is_unspecified() {
            let host = Host::from(local.ip()).to_string();
            names.push((host.into(), local.port()));
        }
        Self(names)
    }

    /// Whether `uri` names the element. A domain name without a port may lead to any port (RFC 3263 §4.2).
    pub fn has(&self, uri: &SipUri<'_>) -> bool {
        self.0.iter().any(|(host, port)| {
            let fits = match (uri.port, uri.host) {
                (None, Host::Name(_)) => true,
                (said, _) => said.unwrap_or(SIP_PORT) == *port,
            };
            fits && Host::parse(host) == Some(uri.host)
        })
    }

    /// Whether `host` is the element's, at whatever port.
    pub fn has_host(&self, host: &Host<'_>) -> bool {
        self.0
            .iter()
            .any(|(own, _)| Host::parse(own) == Some(*host))
    }

    /// The host that the element calls itself.
    pub fn host(&self) -> &str {
        self.0.first().map_or("", |(host, _)| host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(own: &OwnNames, uri: &str) -> bool {
        match Uri::parse(uri) {
            Ok(Uri::Sip(uri)) => own.has(&uri),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rfc3261_16_4_by_sent_by_by_address_and_by_other_names() {
        let local = "192.0.2.1:5070".parse().unwrap();
        let others = ["edge.example:5080".to_owned(), "[2001:db8::1]".to_owned()];
        let own = OwnNames::of(local, "PCSCF.example:5071", &others);
        for ours in [
            "sip:192.0.2.1:5070;lr",
            "sip:token@pcscf.EXAMPLE:5071;lr",
            "sip:pcscf.example;lr",
            "sip:edge.example:5080",
            "sip:[2001:db8:0::1]",
        ] {
            assert!(has(&own, ours), "{ours}");
        }
        for other in [
            "sip:192.0.2.1;lr",
            "sip:192.0.2.1:5071;lr",
            "sip:pcscf.example:5070;lr",
            "sip:scscf.example;lr",
        ] {
            assert!(!has(&own, other), "{other}");
        }
        assert!(own.has_host(&Host::Name("edge.example")));
        assert!(!own.has_host(&Host::Name("example")));
        assert_eq!(own.host(), "pcscf.example");
    }

    #[test]
    fn a_wildcard_names_nobody() {
        let own = OwnNames::of("0.0.0.0:5060".parse().unwrap(), "192.0.2.1", &[]);
        assert!(has(&own, "sip:192.0.2.1"));
        assert!(!has(&own, "sip:0.0.0.0"));
        assert_eq!(own.host(), "192.0.2.1");
    }
}
