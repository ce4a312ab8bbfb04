//! The P-CSCF's configuration file.

use process::config::{Check, ConfigFault, NamesSection, SipSection};
use serde::Deserialize;

/// `pcscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The network that this P-CSCF stands in: P-Visited-Network-ID and `Type 1` inter-operator identifier.
    pub network: String,
    /// Gm: where phones reach it. Timers are those of a radio access (TS 24.229 §7.7).
    #[serde(deserialize_with = "process::config::towards_phones")]
    pub sip: SipSection,
    /// Mw: where the core reaches it; what comes in there is trusted.
    pub core: SipSection,
    /// The I-CSCF of each home domain that phones may register with: `"home.example" = "ADDRESS:PORT"`.
    pub names: NamesSection,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::domain("network", &self.network)?;
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.core.check().map_err(|fault| fault.under("core"))?;
        if self.core.listen == self.sip.listen && self.core.listen.port() != 0 {
            return Err(ConfigFault::new(
                "core.listen",
                self.core.listen,
                "the address of [sip] too: what phones send could not be told from what the core sends",
                "write another port or another address, one that only the core reaches",
            ));
        }
        Ok(())
    }
}
