//! What the operator chooses where the standards leave a choice.

use diameter_codec::cx::FeatureList;
use serde::Deserialize;

use crate::scscf_pool::ScscfPool;

/// The operator's choices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// S-CSCF restoration.
    pub restoration: Restoration,
    /// Deregistrations that ask to keep the S-CSCF's name.
    pub server_name: ServerNameStorage,
    /// S-CSCFs to propose.
    pub scscfs: ScscfPool,
}

/// When S-CSCF restoration is used (TS 29.228 §5.4, TS 29.229 §7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restoration {
    /// Never.
    Never,
    /// With peers that list IMSRestorationInd in Supported-Features.
    #[default]
    Negotiated,
    /// With every peer.
    Always,
}

/// What a *_STORE_SERVER_NAME deregistration comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerNameStorage {
    /// The name is kept, the identities are unregistered.
    #[default]
    Keep,
    /// The name is forgotten, the identities are not registered.
    Forget,
}

/// What is thought of a user whose S-CSCF does not answer RTR, or refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// The user is deregistered all the same.
    #[default]
    Clear,
    /// The user stays registered.
    Keep,
}

/// Whether restoration is used in one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestorationUse {
    /// Both sides have it.
    InUse,
    /// One side lacks it.
    NotInUse,
}

impl Restoration {
    /// Whether restoration is used with a peer whose Feature-List (ID 1) is `features`.
    pub fn with_peer(self, features: Option<FeatureList>) -> RestorationUse {
        let has = |list: FeatureList| list.contains(FeatureList::IMS_RESTORATION_IND);
        match self {
            Self::Always => RestorationUse::InUse,
            Self::Negotiated if features.is_some_and(has) => RestorationUse::InUse,
            Self::Negotiated | Self::Never => RestorationUse::NotInUse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RestorationUse::{InUse, NotInUse};

    #[test]
    fn restoration_is_used_where_both_have_it_or_by_configuration() {
        for (policy, features, wanted) in [
            (Restoration::Negotiated, None, NotInUse),
            (Restoration::Negotiated, Some(0b1011), NotInUse),
            (Restoration::Negotiated, Some(0b0100), InUse),
            (Restoration::Never, Some(0b0100), NotInUse),
            (Restoration::Always, None, InUse),
        ] {
            assert_eq!(
                policy.with_peer(features.map(FeatureList)),
                wanted,
                "{policy:?} {features:?}"
            );
        }
    }
}
