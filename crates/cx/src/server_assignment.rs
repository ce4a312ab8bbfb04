//! SAR: an S-CSCF tells the HSS what became of a user, and gets the profile (TS 29.228 §6.1.2).

use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    ChargingInformation, FeatureList, LooseRouteIndication, ServerAssignmentAnswer,
    ServerAssignmentRequest, ServerAssignmentType, UserDataAlreadyAvailable,
};
use diameter_codec::{Flags, Many};
use driver::io::Io;

use crate::error::Success;
use crate::{CX_ADVERTISED, Cx, CxError, MAX_ENTRIES, features, malformed};

/// What is told or asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// User-Name; absent only where it is not known (UNREGISTERED_USER), or in a deregistration that names
    /// public identities.
    pub impi: Option<&'a str>,
    /// Public-Identity: exactly one but in a deregistration, where none means all of the private identity.
    pub impus: &'a [&'a str],
    /// Wildcarded-Public-Identity: the range that the one of `impus` is a member of, as LIA or P-Profile-Key named it.
    pub wildcard: Option<&'a str>,
    /// Server-Name: ours.
    pub server_name: &'a str,
    /// Server-Assignment-Type.
    pub kind: ServerAssignmentType,
    /// Whether a valid copy of the profile and of the charging addresses is held (TS 29.229 §6.3.26).
    pub user_data: UserDataAlreadyAvailable,
}

impl<'a> Assignment<'a> {
    /// Of one pair, by `kind`; the profile is asked for where `kind` starts a service.
    pub fn of_pair(
        impi: &'a str,
        impu: &'a &'a str,
        server_name: &'a str,
        kind: ServerAssignmentType,
    ) -> Self {
        Self {
            impi: Some(impi),
            impus: std::slice::from_ref(impu),
            wildcard: None,
            server_name,
            kind,
            user_data: match kind {
                ServerAssignmentType::NO_ASSIGNMENT
                | ServerAssignmentType::REGISTRATION
                | ServerAssignmentType::UNREGISTERED_USER => {
                    UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE
                }
                _ => UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE,
            },
        }
    }
}

/// What the HSS gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAssignment {
    /// The private identity, as the HSS names it.
    pub user_name: Option<String>,
    /// The profile: XML of TS 29.228 Annex E.
    pub user_data: Option<Vec<u8>>,
    /// Where charging data go.
    pub charging: ChargingAddresses,
    /// Other private identities of the subscription.
    pub associated_identities: Vec<String>,
    /// Private identities that have the public identity registered; empty where there is only one.
    pub associated_registered_identities: Vec<String>,
    /// The wildcarded identity that the public identity matched.
    pub wildcarded_identity: Option<String>,
    /// Feature-List 1 of the HSS, where it said one (TS 29.229 §7.2).
    pub features: Option<FeatureList>,
    /// Whether requests to the user carry their way in Route headers.
    pub loose_route: LooseRouteIndication,
    /// Whether the HSS keeps our name.
    pub server_name: ServerNameStored,
    /// Origin-Host of the HSS, for [`Cx::towards`].
    pub hss: String,
}

/// Whether the HSS keeps the S-CSCF's name after a deregistration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerNameStored {
    /// DIAMETER_SUCCESS: as the assignment type asked.
    AsAsked,
    /// DIAMETER_SUCCESS_SERVER_NAME_NOT_STORED.
    No,
}

/// Charging-Information (TS 29.229 §6.3.19): Diameter URIs by the standard, and whatever an HSS has in their place, as
/// they are only passed on; empty ones and those with control characters are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChargingAddresses {
    /// Primary-Event-Charging-Function-Name.
    pub primary_event: Option<String>,
    /// Secondary-Event-Charging-Function-Name.
    pub secondary_event: Option<String>,
    /// Primary-Charging-Collection-Function-Name.
    pub primary_collection: Option<String>,
    /// Secondary-Charging-Collection-Function-Name.
    pub secondary_collection: Option<String>,
}

impl From<&ChargingInformation<'_>> for ChargingAddresses {
    fn from(wire: &ChargingInformation<'_>) -> Self {
        let is_name = |name: &&str| !name.is_empty() && !name.contains(char::is_control);
        let owned = |name: Option<&str>| name.filter(is_name).map(str::to_owned);
        Self {
            primary_event: owned(wire.primary_event_charging_function_name),
            secondary_event: owned(wire.secondary_event_charging_function_name),
            primary_collection: owned(wire.primary_charging_collection_function_name),
            secondary_collection: owned(wire.secondary_charging_collection_function_name),
        }
    }
}

impl<I: Io> Cx<I> {
    /// Tells the HSS what became of a user, and gets the profile.
    ///
    /// # Errors
    /// [`CxError`].
    pub async fn server_assignment(
        &self,
        asked: Assignment<'_>,
    ) -> Result<ServerAssignment, CxError> {
        let (success, answer) = self
            .ask(|ids, host, out| {
                let request = ServerAssignmentRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_host: host,
                    destination_realm: &self.settings.destination_realm,
                    user_name: asked.impi,
                    public_identity: Many::from(asked.impus),
                    wildcarded_public_identity: asked.wildcard,
                    server_name: asked.server_name,
                    server_assignment_type: asked.kind,
                    user_data_already_available: asked.user_data,
                    supported_features: Many::from(self.features()),
                    ..Default::default()
                };
                request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            })
            .await?;
        let answer = ServerAssignmentAnswer::decode(&answer).map_err(malformed)?;
        let others = answer
            .associated_identities
            .iter()
            .flat_map(|group| group.user_name.iter());
        let registered = answer
            .associated_registered_identities
            .iter()
            .flat_map(|group| group.user_name.iter());
        Ok(ServerAssignment {
            user_name: answer.user_name.map(str::to_owned),
            user_data: answer.user_data.map(<[u8]>::to_vec),
            charging: answer
                .charging_information
                .as_ref()
                .map(ChargingAddresses::from)
                .unwrap_or_default(),
            associated_identities: others.take(MAX_ENTRIES).map(str::to_owned).collect(),
            associated_registered_identities: registered
                .take(MAX_ENTRIES)
                .map(str::to_owned)
                .collect(),
            wildcarded_identity: answer.wildcarded_public_identity.map(str::to_owned),
            features: features::listed(&answer.supported_features),
            loose_route: answer
                .loose_route_indication
                .unwrap_or(LooseRouteIndication::LOOSE_ROUTE_NOT_REQUIRED),
            server_name: match success {
                Success::ServerNameNotStored => ServerNameStored::No,
                _ => ServerNameStored::AsAsked,
            },
            hss: answer.origin_host.to_owned(),
        })
    }
}
