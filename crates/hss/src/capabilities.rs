//! Server-Capabilities (TS 29.229 §6.3.4) from what is provisioned.

use diameter_codec::cx::ServerCapabilities;

use crate::subscription::Capabilities;

/// The S-CSCF names as the group borrows them.
pub(crate) fn names(capabilities: Option<&Capabilities>) -> Vec<&str> {
    capabilities.map_or_else(Vec::new, |it| {
        it.server_names.iter().map(String::as_str).collect()
    })
}

/// The group; left out where it would say nothing: any S-CSCF will do then.
pub(crate) fn group<'a>(
    capabilities: Option<&'a Capabilities>,
    names: &'a [&'a str],
) -> Option<ServerCapabilities<'a>> {
    let capabilities = capabilities.filter(|it| **it != Capabilities::default())?;
    Some(ServerCapabilities {
        mandatory_capability: (&capabilities.mandatory).into(),
        optional_capability: (&capabilities.optional).into(),
        server_name: names.into(),
        ..ServerCapabilities::default()
    })
}
