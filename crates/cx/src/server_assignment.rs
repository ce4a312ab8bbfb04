//! SAR: an S-CSCF tells the HSS what became of a user, and gets the profile (TS 29.228 §6.1.2).

use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    ChargingInformation, LooseRouteIndication, ServerAssignmentAnswer, ServerAssignmentRequest,
    ServerAssignmentType, UserDataAlreadyAvailable,
};
use diameter_codec::{Flags, Many};
use driver::io::Io;

use crate::error::Success;
use crate::{CX_ADVERTISED, Cx, CxError, MAX_ENTRIES, malformed};

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

/// Charging-Information (TS 29.229 §6.3.19): Diameter URIs.
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
        let owned = |name: Option<&str>| name.map(str::to_owned);
        Self {
            primary_event: owned(wire.primary_event_charging_function_name),
            secondary_event: owned(wire.secondary_event_charging_function_name),
            primary_collection: owned(wire.primary_charging_collection_function_name),
            secondary_collection: owned(wire.secondary_charging_collection_function_name),
        }
    }
}

impl<I: Io> Cx<I> {
    /// Tells the HSS that `server_name` serves `impu` of `impi`, or no longer does, by `kind`.
    ///
    /// The profile is asked for where `kind` starts a service; an S-CSCF that registers again holds it already.
    ///
    /// # Errors
    /// [`CxError`].
    pub async fn server_assignment(
        &self,
        impi: &str,
        impu: &str,
        server_name: &str,
        kind: ServerAssignmentType,
    ) -> Result<ServerAssignment, CxError> {
        let impus = [impu];
        let (success, answer) = self
            .ask(|ids, out| {
                let request = ServerAssignmentRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_host: self.hss.as_deref(),
                    destination_realm: &self.settings.destination_realm,
                    user_name: Some(impi),
                    public_identity: Many::from(&impus),
                    server_name,
                    server_assignment_type: kind,
                    user_data_already_available: held(kind),
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
        Ok(ServerAssignment {
            user_name: answer.user_name.map(str::to_owned),
            user_data: answer.user_data.map(<[u8]>::to_vec),
            charging: answer
                .charging_information
                .as_ref()
                .map(ChargingAddresses::from)
                .unwrap_or_default(),
            associated_identities: others.take(MAX_ENTRIES).map(str::to_owned).collect(),
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

fn held(kind: ServerAssignmentType) -> UserDataAlreadyAvailable {
    match kind {
        ServerAssignmentType::NO_ASSIGNMENT
        | ServerAssignmentType::REGISTRATION
        | ServerAssignmentType::UNREGISTERED_USER => {
            UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE
        }
        _ => UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE,
    }
}
