//! `threads`, `stop_within_ms`, `[admin]` and `[capture]`: the process's own keys, alike for every element.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use super::{Check, ConfigFault};
use crate::shard::MAX_SHARDS;

/// `[admin]`: the port for operators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSection {
    /// Where it listens; only a value written here makes it reachable from another host.
    ///
    /// Without it 127.0.0.1 and a port that the system chooses and the log tells.
    #[serde(default = "local")]
    pub listen: SocketAddr,
    /// A file with the token that calls which change something need (`Authorization: Bearer TOKEN`), beside the
    /// configuration file unless its path is absolute; without it such calls are refused.
    pub token_file: Option<PathBuf>,
}

impl Default for AdminSection {
    fn default() -> Self {
        Self {
            listen: local(),
            token_file: None,
        }
    }
}

fn local() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

/// `[capture]`: what is sent and received, as pcapng. `--capture` is stronger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptureSection {
    /// The file to write, beside the configuration file unless its path is absolute; `-` for standard output.
    pub file: Option<PathBuf>,
}

/// What the process takes for itself from the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Own {
    /// Shards, each on a thread of its own; 1.
    pub(super) threads: u16,
    /// How long the element may take to finish what is under way once it is told to stop, in milliseconds; 5000.
    pub(super) stop_within_ms: u64,
    pub(super) admin: AdminSection,
    pub(super) capture: CaptureSection,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            threads: 1,
            stop_within_ms: 5_000,
            admin: AdminSection::default(),
            capture: CaptureSection::default(),
        }
    }
}

/// The longest that stopping may take, in milliseconds.
const LONGEST_STOP_MS: u64 = 600_000;

impl Check for Own {
    fn check(&self) -> Result<(), ConfigFault> {
        if !(1..=MAX_SHARDS).contains(&self.threads) {
            return Err(ConfigFault::new(
                "threads",
                self.threads,
                format!("not between 1 and {MAX_SHARDS}"),
                "leave it out for one thread, or write as many as this host has cores for it",
            ));
        }
        if !(1..=LONGEST_STOP_MS).contains(&self.stop_within_ms) {
            return Err(ConfigFault::new(
                "stop_within_ms",
                self.stop_within_ms,
                format!("not between 1 and {LONGEST_STOP_MS} milliseconds"),
                "leave it out for 5000, or write a number in that range",
            ));
        }
        Ok(())
    }
}

/// The keys of [`Own`], which the element's own type does not see.
pub(super) const OWN_KEYS: [&str; 4] = ["threads", "stop_within_ms", "admin", "capture"];
