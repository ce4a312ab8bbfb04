//! The configuration file: sections that elements share, and reading with errors that say the way out.

mod connections;
mod diameter;
mod load;
mod names;
mod own;
mod place;
mod sip;
#[cfg(test)]
mod tests;
mod trusted;
mod wording;

use std::fmt;
use std::path::PathBuf;

pub use connections::SipConnectionsSection;
pub use diameter::{Admit, DiameterSection, PeerSection};
pub use load::{LoadError, Loaded, MAX_FILE, parse, read};
pub use names::{
    DnsSection, DnsServers, NamedAddresses, NamesSection, SystemServers, domain, sip_uri,
};
pub use own::{AdminSection, CaptureSection};
pub use sip::{SipSection, SipTimersSection, towards_phones};
pub use trusted::{TrustedNetwork, TrustedPeers};

/// What cannot be said by types: ranges, and values that have to agree with each other.
pub trait Check {
    /// Looks the configuration over after it was read.
    ///
    /// # Errors
    /// The first value that cannot be used.
    fn check(&self) -> Result<(), ConfigFault>;

    /// The paths in it that are meant from the configuration file's directory.
    fn paths(&mut self) -> Vec<&mut PathBuf> {
        Vec::new()
    }
}

/// An element without a configuration.
impl Check for () {
    fn check(&self) -> Result<(), ConfigFault> {
        Ok(())
    }
}

/// A value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The path of the key, such as `diameter.peer[0].address`.
    pub key: String,
    /// The value as it was read; empty where it is missing or a secret.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to write instead.
    pub way_out: String,
}

impl ConfigFault {
    /// `key` has `value`, which has a `problem`; `way_out` tells what to write instead.
    pub fn new(
        key: impl Into<String>,
        value: impl fmt::Display,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            key: key.into(),
            value: value.to_string(),
            problem: problem.into(),
            way_out: way_out.into(),
        }
    }

    /// The same fault where the section stands under `section` in the file.
    #[must_use]
    pub fn under(mut self, section: &str) -> Self {
        self.key = format!("{section}.{}", self.key);
        self
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.as_str(), self.value.as_str()) {
            ("", _) => {}
            (key, "") => write!(out, "{key}")?,
            (key, value) => write!(out, "{key} = {value}")?,
        }
        write!(
            out,
            "\n  problem: {}\n  way out: {}",
            self.problem, self.way_out
        )
    }
}
