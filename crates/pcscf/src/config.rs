//! The P-CSCF's configuration file.

use process::config::{Check, ConfigFault, NamesSection, SipSection};
use serde::Deserialize;

/// `pcscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The network that this P-CSCF stands in: P-Visited-Network-ID and `Type 1` inter-operator identifier.
    pub network: String,
    /// Where SIP is spoken, to phones and to the core.
    pub sip: SipSection,
    /// The I-CSCF of each home domain that phones may register with: `"home.example" = "ADDRESS:PORT"`.
    pub names: NamesSection,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::domain("network", &self.network)?;
        self.sip.check().map_err(|fault| fault.under("sip"))
    }
}
