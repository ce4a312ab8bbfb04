//! What two peers have in common (RFC 6733 §5.3).

use diameter_codec::{ApplicationId, CommandCode, VendorId};
use smallvec::SmallVec;

/// Most applications of a peer that are looked at; a CER with more is read this far.
pub const MAX_APPLICATIONS: usize = 256;

/// An application of this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Whose it is: advertised within Vendor-Specific-Application-Id; without it as Auth-Application-Id.
    pub vendor: Option<VendorId>,
    /// Vendors whose AVPs it takes besides, for Supported-Vendor-Id.
    pub further_vendors: &'static [VendorId],
    /// The requests that this node serves; others get DIAMETER_COMMAND_UNSUPPORTED.
    pub commands: &'static [CommandCode],
}

impl Application {
    /// Cx (TS 29.229 §5): 3GPP's, with ETSI's Line-Identifier.
    pub const fn cx(commands: &'static [CommandCode]) -> Self {
        Self {
            id: ApplicationId::CX,
            vendor: Some(VendorId::THREE_GPP),
            further_vendors: &[VendorId::ETSI],
            commands,
        }
    }
}

/// What both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shared {
    /// The applications, in our order; all of ours with a relay.
    pub applications: SmallVec<[ApplicationId; 4]>,
    /// Whether the peer is a relay agent.
    pub relay: bool,
}

/// Compares our applications with those that a peer advertised, in whichever AVP it did: some advertise a
/// vendor's application without its vendor.
///
/// # Errors
/// [`NoCommonApplication`].
pub fn shared(
    ours: &[Application],
    theirs: impl IntoIterator<Item = ApplicationId>,
) -> Result<Shared, NoCommonApplication> {
    let theirs: SmallVec<[ApplicationId; 8]> = theirs.into_iter().take(MAX_APPLICATIONS).collect();
    let relay = theirs.contains(&ApplicationId::RELAY);
    let applications: SmallVec<[ApplicationId; 4]> = ours
        .iter()
        .map(|ours| ours.id)
        .filter(|id| relay || *id == ApplicationId::RELAY || theirs.contains(id))
        .collect();
    if applications.is_empty() {
        Err(NoCommonApplication)
    } else {
        Ok(Shared {
            applications,
            relay,
        })
    }
}

/// DIAMETER_NO_COMMON_APPLICATION, 5010 (RFC 6733 §7.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no common application")]
pub struct NoCommonApplication;

#[cfg(test)]
mod tests {
    use super::*;

    const CX: ApplicationId = ApplicationId::CX;
    const SH: ApplicationId = ApplicationId(16_777_217);

    #[test]
    fn rfc6733_5_3_common_applications() {
        let ours = [Application::cx(&[])];
        let cx = Shared {
            applications: SmallVec::from_slice(&[CX]),
            relay: false,
        };
        assert_eq!(shared(&ours, [SH, CX]), Ok(cx.clone()));
        assert_eq!(shared(&ours, [SH]), Err(NoCommonApplication));
        assert_eq!(shared(&ours, []), Err(NoCommonApplication));
        assert_eq!(
            shared(&ours, [ApplicationId::RELAY]),
            Ok(Shared { relay: true, ..cx })
        );
    }

    #[test]
    fn a_long_list_is_read_to_its_limit() {
        let ours = [Application::cx(&[])];
        let late = std::iter::repeat_n(SH, MAX_APPLICATIONS).chain([CX]);
        assert_eq!(shared(&ours, late), Err(NoCommonApplication));
        let last = std::iter::repeat_n(SH, MAX_APPLICATIONS - 1).chain([CX]);
        assert!(shared(&ours, last).is_ok());
    }
}
