//! `[admin]` and `[capture]`: the process's own sections, alike for every element.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

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
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Own {
    pub(super) admin: AdminSection,
    pub(super) capture: CaptureSection,
}

/// The keys of [`Own`], which the element's own type does not see.
pub(super) const OWN_KEYS: [&str; 2] = ["admin", "capture"];
