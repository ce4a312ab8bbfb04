//! IMSSubscription, its service profiles and public identities (TS 29.228 §B.2, Annex E).

use serde::{Deserialize, Serialize};

use crate::{InitialFilterCriteria, WildcardParts};

/// The profile of one implicit registration set as one IMPI sees it (tIMSSubscription).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImsSubscription {
    /// The IMPI.
    pub private_id: String,
    /// At least one.
    pub service_profiles: Vec<ServiceProfile>,
}

/// Public identities that share their services (tServiceProfile).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceProfile {
    /// At least one.
    pub public_identities: Vec<PublicIdentity>,
    /// What media and services the subscriber may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core_network_services_authorization: Option<CoreNetworkServicesAuthorization>,
    /// In the document's order; [`InitialFilterCriteria::priority`] says which runs first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub initial_filter_criteria: Vec<InitialFilterCriteria>,
    /// Sets of criteria that the S-CSCF knows by number (SharedIFCSetID).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_ifc_set_ids: Vec<u32>,
}

/// One IMPU, or a PSI (tPublicIdentity).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicIdentity {
    /// Whether the identity is barred for sessions; it then serves for registration alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub barring_indication: bool,
    /// The SIP or TEL URI.
    pub identity: String,
    /// Absent means [`IdentityType::PUBLIC_USER_IDENTITY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_type: Option<IdentityType>,
    /// The wildcarded PSI that this identity matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wildcarded_psi: Option<String>,
    /// The name to show for this identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Identities of one group are aliases of each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias_identity_group_id: Option<String>,
    /// The wildcarded IMPU that this identity matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wildcarded_impu: Option<String>,
    /// Trace control and configuration, as the network's management wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level_trace_info: Option<String>,
}

/// tCNServicesAuthorization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreNetworkServicesAuthorization {
    /// Number of a media profile that the S-CSCF knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_media_profile_id: Option<u32>,
    /// IMS communication service identifiers; absent = no list, all are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_ids: Option<Vec<String>>,
}

/// Which sort of public identity (tIdentityType); other numbers are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentityType(pub u8);

impl IdentityType {
    /// A user's identity.
    pub const PUBLIC_USER_IDENTITY: Self = Self(0);
    /// A service's identity.
    pub const DISTINCT_PSI: Self = Self(1);
    /// A range of service identities.
    pub const WILDCARDED_PSI: Self = Self(2);
    /// A member of a wildcard's range with a profile of its own.
    pub const NON_DISTINCT_IMPU: Self = Self(3);
    /// A range of users' identities.
    pub const WILDCARDED_IMPU: Self = Self(4);
}

impl ImsSubscription {
    /// Every public identity, in the document's order.
    pub fn public_identities(&self) -> impl Iterator<Item = &PublicIdentity> {
        self.service_profiles
            .iter()
            .flat_map(|profile| &profile.public_identities)
    }

    /// The first identity that is not barred and no wildcard: the implicit set's default (TS 29.228 §B.2, TS 23.228
    /// §5.2.1a.1).
    pub fn default_public_identity(&self) -> Option<&PublicIdentity> {
        self.public_identities()
            .find(|identity| !identity.barring_indication && identity.wildcard().is_none())
    }

    /// The service profile that holds `identity`, compared as written.
    pub fn service_profile(&self, identity: &str) -> Option<&ServiceProfile> {
        self.service_profiles.iter().find(|profile| {
            profile
                .public_identities
                .iter()
                .any(|held| held.identity == identity)
        })
    }
}

impl PublicIdentity {
    /// The identity's sort, with the schema's default applied.
    pub fn identity_type(&self) -> IdentityType {
        self.identity_type
            .unwrap_or(IdentityType::PUBLIC_USER_IDENTITY)
    }

    /// The wildcarded identity that this is; its [`Self::identity`] then says nothing (TS 29.228 §B.2.1).
    ///
    /// Where it stands differs: in WildcardedIMPU, in WildcardedPSI, or in Identity itself.
    pub fn wildcard(&self) -> Option<&str> {
        let named = self
            .wildcarded_impu
            .as_deref()
            .or(self.wildcarded_psi.as_deref());
        match self.identity_type {
            // A member of a range that is provisioned by itself.
            Some(IdentityType::NON_DISTINCT_IMPU) if self.wildcarded_impu.is_none() => None,
            Some(IdentityType::WILDCARDED_PSI | IdentityType::WILDCARDED_IMPU) => {
                Some(named.unwrap_or(&self.identity))
            }
            // One schema in circulation has other numbers: what is named counts.
            Some(_) => named,
            None => named.or(WildcardParts::of(&self.identity).map(|_| self.identity.as_str())),
        }
    }

    /// Whether this is a service's identity, distinct or wildcarded.
    pub fn is_psi(&self) -> bool {
        matches!(
            self.identity_type(),
            IdentityType::DISTINCT_PSI | IdentityType::WILDCARDED_PSI
        )
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
