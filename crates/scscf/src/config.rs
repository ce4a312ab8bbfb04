//! The S-CSCF's configuration file.

use process::config::{AdminSection, CaptureSection, Check, ConfigFault, DiameterSection, NamesSection, SipSection};
use serde::Deserialize;

/// `scscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Our SIP URI, as the HSS stores it and the I-CSCF finds it (Server-Name), e.g. `sip:scscf.home.example`.
    pub name: String,
    /// The home network's domain: realm of the challenge, and what `Type 1` inter-operator identifiers name.
    pub realm: String,
    /// Where SIP is spoken.
    pub sip: SipSection,
    /// Towards the HSS.
    pub diameter: DiameterSection,
    /// How registrations are kept.
    #[serde(default)]
    pub registration: RegistrationSection,
    /// Host names known without DNS.
    #[serde(default)]
    pub names: NamesSection,
    /// Health, metrics and state.
    #[serde(default)]
    pub admin: AdminSection,
    /// What goes over the wire, kept.
    #[serde(default)]
    pub capture: CaptureSection,
}

/// `[registration]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationSection {
    /// The longest registration granted, in seconds.
    pub max_expires: u32,
    /// The shortest registration granted, in seconds; less is answered 423 (RFC 3261 §10.3).
    pub min_expires: u32,
    /// How long a challenge may be answered, in seconds (reg-await-auth, TS 24.229 §7.8).
    pub reg_await_auth: u32,
    /// Contacts that one public identity may have bound.
    pub max_contacts: usize,
    /// Digest algorithms to offer, best first: `SHA-256`, `MD5` (RFC 7616 §3.7).
    pub algorithms: Vec<String>,
}

impl Default for RegistrationSection {
    fn default() -> Self {
        Self {
            max_expires: 600_000,
            min_expires: 60,
            reg_await_auth: 240,
            max_contacts: 10,
            algorithms: vec!["SHA-256".to_owned(), "MD5".to_owned()],
        }
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::sip_uri("name", &self.name)?;
        process::config::domain("realm", &self.realm)?;
        let registration = &self.registration;
        if registration.min_expires > registration.max_expires {
            return Err(ConfigFault {
                key: "registration.min_expires".to_owned(),
                value: registration.min_expires.to_string(),
                problem: format!("more than registration.max_expires, which is {}", registration.max_expires),
                way_out: "give a smaller number of seconds".to_owned(),
            });
        }
        if registration.reg_await_auth == 0 {
            return Err(ConfigFault {
                key: "registration.reg_await_auth".to_owned(),
                value: "0".to_owned(),
                problem: "no challenge could ever be answered".to_owned(),
                way_out: "give a number of seconds, the standard has 240".to_owned(),
            });
        }
        for algorithm in &registration.algorithms {
            if !crate::challenge::ALGORITHMS.iter().any(|(name, _)| name == algorithm) {
                return Err(ConfigFault {
                    key: "registration.algorithms".to_owned(),
                    value: algorithm.clone(),
                    problem: "not a digest algorithm that is known here".to_owned(),
                    way_out: "take some of \"SHA-256\", \"MD5\"".to_owned(),
                });
            }
        }
        if registration.algorithms.is_empty() {
            return Err(ConfigFault {
                key: "registration.algorithms".to_owned(),
                value: "[]".to_owned(),
                problem: "nobody could be challenged".to_owned(),
                way_out: "take some of \"SHA-256\", \"MD5\"".to_owned(),
            });
        }
        Ok(())
    }
}
