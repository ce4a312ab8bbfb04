//! Server-Capabilities (TS 29.229 §6.3.4), by which an I-CSCF chooses an S-CSCF.

use diameter_codec::cx::ServerCapabilities as Wire;

use crate::MAX_ENTRIES;

/// What the S-CSCF of a user is to have; the numbers are the operator's (TS 29.228 §6.7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerCapabilities {
    /// A candidate has every one of these.
    pub mandatory: Vec<u32>,
    /// The candidate with the most of these wins.
    pub optional: Vec<u32>,
    /// Preferred S-CSCFs, SIP URIs, the most preferred first.
    pub server_names: Vec<String>,
}

impl From<&Wire<'_>> for ServerCapabilities {
    fn from(wire: &Wire<'_>) -> Self {
        Self {
            mandatory: wire.mandatory_capability.iter().take(MAX_ENTRIES).collect(),
            optional: wire.optional_capability.iter().take(MAX_ENTRIES).collect(),
            server_names: wire
                .server_name
                .iter()
                .take(MAX_ENTRIES)
                .map(str::to_owned)
                .collect(),
        }
    }
}
