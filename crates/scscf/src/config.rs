//! The S-CSCF's configuration file.

use process::config::{Check, ConfigFault, DiameterSection, SipSection};
use serde::Deserialize;
use sip_stack::digest::Algorithm;

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
    ///
    /// MD5 alone by default: it is what SIP Digest of TS 33.203 Annex N names, and phones and tools that look only
    /// at the first challenge (SIPp 3.6) fail on another.
    pub algorithms: Vec<String>,
}

impl Default for RegistrationSection {
    fn default() -> Self {
        Self {
            max_expires: 600_000,
            min_expires: 60,
            reg_await_auth: 240,
            max_contacts: 10,
            algorithms: vec!["MD5".to_owned()],
        }
    }
}

impl RegistrationSection {
    /// The algorithms to offer, best first; unknown names were refused by the check.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        self.algorithms
            .iter()
            .filter_map(|name| Algorithm::of(name))
            .collect()
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::sip_uri("name", &self.name)?;
        process::config::domain("realm", &self.realm)?;
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        self.registration
            .check()
            .map_err(|fault| fault.under("registration"))
    }
}

impl Check for RegistrationSection {
    fn check(&self) -> Result<(), ConfigFault> {
        if self.min_expires > self.max_expires {
            return Err(ConfigFault::new(
                "min_expires",
                self.min_expires,
                format!("more than max_expires, which is {}", self.max_expires),
                "write a smaller number of seconds",
            ));
        }
        if self.reg_await_auth == 0 {
            return Err(ConfigFault::new(
                "reg_await_auth",
                0,
                "no challenge could ever be answered",
                "leave it out for the 240 seconds of TS 24.229, or write another number of seconds",
            ));
        }
        if self.max_contacts == 0 {
            return Err(ConfigFault::new(
                "max_contacts",
                0,
                "nobody could ever register",
                "leave it out for 10, or write another number",
            ));
        }
        let known = |name: &String| {
            matches!(
                Algorithm::of(name),
                Some(Algorithm::Sha256 | Algorithm::Md5)
            )
        };
        if self.algorithms.is_empty() || !self.algorithms.iter().all(known) {
            return Err(ConfigFault::new(
                "algorithms",
                format!("{:?}", self.algorithms),
                "not a list of digest algorithms that the HSS has credentials for",
                "take one or both of \"SHA-256\", \"MD5\", best first",
            ));
        }
        Ok(())
    }
}
