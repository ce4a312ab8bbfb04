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
    /// How long an S-CSCF may take where another can be chosen, in milliseconds; 10000: more than it waits for the
    /// HSS, so that one which waits is not taken for dead, and a third of what a P-CSCF waits for us.
    #[serde(default = "scscf_wait")]
    pub scscf_wait_ms: u64,
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

fn scscf_wait() -> u64 {
    10_000
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
        if self.scscf_wait_ms == 0 {
            return Err(ConfigFault::new(
                "scscf_wait_ms",
                0,
                "no S-CSCF could ever answer",
                "leave it out for 10000, or write another number of milliseconds",
            ));
        }
        for (number, candidate) in self.scscf.iter().enumerate() {
            process::config::sip_uri(&format!("scscf[{number}].name"), &candidate.name)?;
        }
        Ok(())
    }
}
