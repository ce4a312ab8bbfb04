//! The test phone's configuration file.

use std::net::SocketAddr;

use process::config::{AdminSection, CaptureSection, Check, ConfigFault, SipSection};
use serde::Deserialize;

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
    /// Where the phone is reached.
    pub sip: SipSection,
    /// Health, metrics and state.
    #[serde(default)]
    pub admin: AdminSection,
    /// What goes over the wire, kept.
    #[serde(default)]
    pub capture: CaptureSection,
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
        if self.private_identity.is_empty() || self.private_identity.contains(['"', '\\', '\r', '\n']) {
            return Err(ConfigFault {
                key: "private_identity".to_owned(),
                value: self.private_identity.clone(),
                problem: "empty, or with a character that no user name has".to_owned(),
                way_out: "write it as USER@DOMAIN".to_owned(),
            });
        }
        if self.expires == 0 {
            return Err(ConfigFault {
                key: "expires".to_owned(),
                value: "0".to_owned(),
                problem: "would deregister instead of register".to_owned(),
                way_out: "give a number of seconds, 600000 is usual in IMS".to_owned(),
            });
        }
        Ok(())
    }
}
