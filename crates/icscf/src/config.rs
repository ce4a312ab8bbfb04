//! The I-CSCF's configuration file.

use process::config::{Check, ConfigFault, DiameterSection, NamesSection, SipSection};
use serde::Deserialize;

/// `icscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where SIP is spoken.
    pub sip: SipSection,
    /// Towards the HSS.
    pub diameter: DiameterSection,
    /// The S-CSCFs to choose from where the HSS names none.
    pub scscf: Vec<Candidate>,
    /// Host names known without DNS.
    #[serde(default)]
    pub names: NamesSection,
}

/// One `[[scscf]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its SIP URI, e.g. `sip:scscf.home.example`.
    pub name: String,
    /// The numbers of the capabilities that it has (TS 29.228 §6.7: their meaning is the operator's).
    #[serde(default)]
    pub capabilities: Vec<u32>,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        if self.scscf.is_empty() {
            return Err(ConfigFault::new(
                "scscf",
                "[]",
                "there is no S-CSCF to choose",
                "add [[scscf]] with name = \"sip:HOST\"",
            ));
        }
        for (number, candidate) in self.scscf.iter().enumerate() {
            process::config::sip_uri(&format!("scscf[{number}].name"), &candidate.name)?;
        }
        Ok(())
    }
}
