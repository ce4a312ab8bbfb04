//! What is provisioned for one IMS subscription (requirement C01, TS 23.228 §4.3.3.4).

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use user_profile::{
    ImsSubscription, ProfilePartIndicator, PublicIdentity, ServiceProfile, Wildcard,
};

use crate::aka_credentials::AkaCredentials;
use crate::digest::DigestCredentials;
use crate::identity::Member;

/// A subscription: its IMPIs, and its IMPUs by implicit registration set.
///
/// An IMPI and an IMPU belong to one subscription; an IMPU is shared by all IMPIs of its set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The operator's name for it.
    pub id: String,
    /// At least one.
    pub private_identities: Vec<PrivateIdentity>,
    /// At least one.
    pub implicit_registration_sets: Vec<ImplicitRegistrationSet>,
    /// What its S-CSCF has to be capable of.
    pub capabilities: Capabilities,
    /// Where its charging goes.
    pub charging: Option<ChargingFunctions>,
    /// Networks that it may register from; none: any.
    pub visited_networks: Option<Vec<String>>,
    /// Whether it may register at all.
    pub registration: RegistrationPermission,
}

/// An IMPI and its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateIdentity {
    /// The IMPI, a NAI.
    pub impi: String,
    /// For the scheme `SIP Digest`.
    pub digest: Option<DigestCredentials>,
    /// For the scheme `Digest-AKAv1-MD5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aka: Option<AkaCredentials>,
}

/// IMPUs that register and deregister together, and the IMPIs that share them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImplicitRegistrationSet {
    /// IMPIs that may register these IMPUs.
    pub private_identities: Vec<String>,
    /// The IMPUs with their services, identities in canonical form.
    pub service_profiles: Vec<ServiceProfile>,
    /// Whether a PSI is active (TS 29.228 §6.1.2.1); of no meaning for users.
    pub activation: Activation,
    /// The application server that hosts a PSI, to which I-CSCFs route directly (TS 29.228 §6.1.4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_server: Option<String>,
}

/// S-CSCF capabilities by the operator's numbers (TS 29.228 §6.7).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Which the S-CSCF must have.
    pub mandatory: Vec<u32>,
    /// Which it should have.
    pub optional: Vec<u32>,
    /// S-CSCFs by name, most wanted first.
    pub server_names: Vec<String>,
}

/// Charging functions as Diameter URIs (TS 29.228 §7.8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChargingFunctions {
    /// Online charging.
    pub primary_event: Option<String>,
    /// Online charging, the second choice.
    pub secondary_event: Option<String>,
    /// Offline charging.
    pub primary_collection: Option<String>,
    /// Offline charging, the second choice.
    pub secondary_collection: Option<String>,
}

/// Whether a subscription may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationPermission {
    /// It may.
    #[default]
    Allowed,
    /// UAR is answered AUTHORIZATION_REJECTED.
    Refused,
}

/// Whether a PSI is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// It is.
    #[default]
    Active,
    /// It is as good as unknown.
    Inactive,
}

impl Subscription {
    /// The IMPI's record.
    pub fn private_identity(&self, impi: &str) -> Option<&PrivateIdentity> {
        self.private_identities
            .iter()
            .find(|held| held.impi == impi)
    }

    /// The set that holds `impu`.
    pub fn set_of(&self, impu: &str) -> Option<&ImplicitRegistrationSet> {
        self.implicit_registration_sets
            .iter()
            .find(|set| set.impus().any(|held| held == impu))
    }

    /// The sets that `impi` may register.
    pub fn sets_of_impi(&self, impi: &str) -> impl Iterator<Item = &ImplicitRegistrationSet> {
        self.implicit_registration_sets
            .iter()
            .filter(move |set| set.has_impi(impi))
    }

    /// Every IMPU.
    pub fn impus(&self) -> impl Iterator<Item = &str> {
        self.implicit_registration_sets
            .iter()
            .flat_map(ImplicitRegistrationSet::impus)
    }

    /// One of `impus` for each set that they are of: the default identity where it is among them.
    pub(crate) fn one_of_each_set(&self, impus: &[String]) -> Vec<String> {
        let impus: HashSet<&str> = impus.iter().map(String::as_str).collect();
        let is_meant = |impu: &&str| impus.contains(impu);
        let sets = self.implicit_registration_sets.iter();
        sets.filter_map(|set| {
            let default = set.default_impu().filter(is_meant);
            default.or_else(|| set.impus().find(is_meant))
        })
        .map(str::to_owned)
        .collect()
    }

    /// Whether `network` may be visited; names compare without case.
    pub fn may_visit(&self, network: &[u8]) -> bool {
        match &self.visited_networks {
            None => true,
            Some(allowed) => allowed
                .iter()
                .any(|name| name.as_bytes().eq_ignore_ascii_case(network)),
        }
    }
}

impl ImplicitRegistrationSet {
    /// Its public identities, in the order of provisioning.
    pub fn public_identities(&self) -> impl Iterator<Item = &PublicIdentity> {
        self.service_profiles
            .iter()
            .flat_map(|profile| &profile.public_identities)
    }

    /// Its IMPUs, in the order of provisioning.
    pub fn impus(&self) -> impl Iterator<Item = &str> {
        self.public_identities()
            .map(|identity| identity.identity.as_str())
    }

    /// The IMPU that stands for the set in the store.
    pub fn key(&self) -> &str {
        self.impus().next().unwrap_or_default()
    }

    /// The first identity that is not barred and no wildcard (TS 29.228 Annex E).
    pub fn default_impu(&self) -> Option<&str> {
        self.public_identities()
            .find(may_be_default)
            .map(|identity| identity.identity.as_str())
    }

    /// Whether `impu` is one of its IMPUs, or a member of one that is wildcarded.
    pub fn covers(&self, impu: &str) -> bool {
        let matched = |wildcard| Wildcard::parse(wildcard).is_ok_and(|it| it.matches(impu));
        self.impus().any(|held| held == impu)
            || self
                .public_identities()
                .filter_map(PublicIdentity::wildcard)
                .any(matched)
    }

    /// The IMPUs that requests to an S-CSCF name: the set moves together, so a range need not be among them unless
    /// it is all there is.
    pub fn named_impus(&self) -> impl Iterator<Item = &str> {
        let distinct = |identity: &PublicIdentity| identity.wildcard().is_none();
        let some_distinct = self.public_identities().any(distinct);
        self.public_identities()
            .filter(move |identity| !some_distinct || distinct(identity))
            .map(|identity| identity.identity.as_str())
    }

    /// Whether `impi` may register these IMPUs.
    pub fn has_impi(&self, impi: &str) -> bool {
        self.private_identities.iter().any(|held| held == impi)
    }

    /// Whether some identity of the set is not barred.
    pub fn has_usable_identity(&self) -> bool {
        self.public_identities()
            .any(|identity| !identity.barring_indication)
    }

    /// Whether the set is a service's.
    pub fn is_psi(&self) -> bool {
        self.public_identities().any(PublicIdentity::is_psi)
    }

    /// Whether some filter criterion serves the user while unregistered (TS 29.228 §6.1.4.1).
    pub fn has_unregistered_services(&self) -> bool {
        self.service_profiles.iter().any(|profile| {
            !profile.shared_ifc_set_ids.is_empty()
                || profile.initial_filter_criteria.iter().any(|criteria| {
                    criteria.profile_part_indicator != Some(ProfilePartIndicator::REGISTERED)
                })
        })
    }

    /// The profile for User-Data: this set as `impi` sees it, the default IMPU first of all; `member` is the identity
    /// of a range that was asked for.
    pub fn profile(&self, impi: &str, member: Option<&Member>) -> ImsSubscription {
        let mut service_profiles = self.service_profiles.clone();
        let usable = |identity: &PublicIdentity| may_be_default(&identity);
        if let Some(first) = service_profiles
            .iter()
            .position(|profile| profile.public_identities.iter().any(usable))
        {
            service_profiles[..=first].rotate_right(1);
            let identities = &mut service_profiles[0].public_identities;
            if let Some(default) = identities.iter().position(usable) {
                identities[..=default].rotate_right(1);
            }
        }
        let identities = service_profiles
            .iter_mut()
            .flat_map(|profile| &mut profile.public_identities);
        for identity in identities {
            name_wildcard(identity, member);
        }
        ImsSubscription {
            private_id: impi.to_owned(),
            service_profiles,
        }
    }
}

fn may_be_default(identity: &&PublicIdentity) -> bool {
    !identity.barring_indication && identity.wildcard().is_none()
}

/// Writes a wildcard where receivers look for it; Identity, which they discard then, has the member that was asked
/// for, or the wildcard for those that look nowhere else (TS 29.228 §B.2.1).
fn name_wildcard(identity: &mut PublicIdentity, member: Option<&Member>) {
    let Some(wildcard) = identity.wildcard().map(str::to_owned) else {
        return;
    };
    if let Some(member) = member.filter(|member| member.wildcard == wildcard) {
        identity.identity.clone_from(&member.identity);
    }
    match identity.is_psi() {
        true => identity.wildcarded_psi = Some(wildcard),
        false => identity.wildcarded_impu = Some(wildcard),
    }
}
