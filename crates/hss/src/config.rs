//! The HSS's configuration file.

use std::path::PathBuf;

use process::config::{Check, ConfigFault, DiameterSection};
use serde::Deserialize;

use crate::policy::{Policy, Restoration, ServerNameStorage};

/// `hss.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The subscriber file (see [`crate::subscriber_file`]), read at start.
    #[serde(default = "subscribers")]
    pub subscribers: PathBuf,
    /// The SQLite file, made where it is not there; `:memory:` forgets all when the process ends.
    #[serde(default = "database")]
    pub database: PathBuf,
    /// S-CSCF restoration: `never`, `negotiated` (with peers that list it), `always`.
    #[serde(default)]
    pub restoration: Restoration,
    /// Deregistrations that ask to keep the S-CSCF's name: `keep` it or `forget` it.
    #[serde(default)]
    pub server_name: ServerNameStorage,
    /// Towards I-CSCF and S-CSCF.
    pub diameter: DiameterSection,
}

fn subscribers() -> PathBuf {
    PathBuf::from("subscribers.json")
}

fn database() -> PathBuf {
    PathBuf::from("hss.sqlite3")
}

impl Config {
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            restoration: self.restoration,
            server_name: self.server_name,
        }
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        for (key, path) in [
            ("subscribers", &self.subscribers),
            ("database", &self.database),
        ] {
            if path.as_os_str().is_empty() {
                return Err(ConfigFault::new(
                    key,
                    "\"\"",
                    "names no file",
                    "write the path of a file, or leave it out",
                ));
            }
        }
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        if self.diameter.listen.is_none() && self.diameter.peer.is_empty() {
            return Err(ConfigFault::new(
                "diameter.listen",
                "",
                "nobody could reach this HSS",
                "write listen = \"ADDRESS:PORT\" for I-CSCF and S-CSCF to connect to",
            ));
        }
        Ok(())
    }
}
