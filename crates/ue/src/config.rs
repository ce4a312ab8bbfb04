//! The test phone's configuration file.

use std::net::SocketAddr;

use process::config::{Check, ConfigFault, SipSection};
use serde::Deserialize;
use sip_message::Uri;

/// `ue.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Private identity (IMPI), e.g. `alice@home.example`.
    pub private_identity: String,
    /// Public identity (IMPU) to register, e.g. `sip:alice@home.example`.
    pub public_identity: String,
    /// The password of SIP Digest.
    pub password: Secret,
    /// The home domain: Request-URI of the REGISTER; that of the public identity where absent.
    pub home: Option<String>,
    /// The P-CSCF's address.
    pub pcscf: SocketAddr,
    /// Seconds of registration to ask for.
    #[serde(default = "default_expires")]
    pub expires: u32,
    /// Where the phone is reached. Timers are those of a radio access (TS 24.229 §7.7).
    #[serde(deserialize_with = "process::config::towards_phones")]
    pub sip: SipSection,
}

/// A password: not shown when the configuration is printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

fn default_expires() -> u32 {
    600_000
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::sip_uri("public_identity", &self.public_identity)?;
        if self.private_identity.is_empty()
            || self.private_identity.contains(['"', '\\', '\r', '\n'])
        {
            return Err(ConfigFault::new(
                "private_identity",
                format!("{:?}", self.private_identity),
                "empty, or with a character that no user name has",
                "write it as USER@DOMAIN",
            ));
        }
        if self.home.is_none() && self.domain().is_none() {
            return Err(ConfigFault::new(
                "public_identity",
                format!("{:?}", self.public_identity),
                "names no domain to register with",
                "write it as sip:USER@DOMAIN, or give `home`",
            ));
        }
        if self.expires == 0 {
            return Err(ConfigFault::new(
                "expires",
                0,
                "would deregister instead of register",
                "leave it out for the 600000 seconds that are usual in IMS, or write another number",
            ));
        }
        self.sip.check().map_err(|fault| fault.under("sip"))
    }
}

impl Config {
    /// The home domain: as configured, else that of the public identity.
    pub(crate) fn domain(&self) -> Option<String> {
        self.home
            .clone()
            .or_else(|| match Uri::parse(&self.public_identity) {
                Ok(Uri::Sip(uri)) if uri.user.is_some() => Some(uri.host.to_string()),
                _ => None,
            })
    }
}
