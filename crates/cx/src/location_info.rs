//! LIR: which S-CSCF serves the user that a request is for (TS 29.228 §6.1.4).

use diameter_codec::Flags;
use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    LiaFlags, LocationInfoAnswer, LocationInfoRequest, OriginatingRequest, UserAuthorizationType,
};
use driver::io::Io;

use crate::error::Success;
use crate::{CX_ADVERTISED, Cx, CxError, ServerCapabilities, malformed};

/// Who serves a user, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocationInfo {
    /// An S-CSCF is assigned; or, for a PSI that is routed directly, this is its application server.
    Assigned {
        /// Its SIP URI.
        server_name: String,
        /// What LIA-Flags say of it.
        flags: LiaFlags,
        /// The wildcard that the identity is covered by (TS 23.003 §13.5).
        wildcard: Option<String>,
    },
    /// One is to be chosen: DIAMETER_UNREGISTERED_SERVICE, or DIAMETER_SUCCESS where capabilities were asked for.
    ToChoose {
        /// What it is to have.
        capabilities: ServerCapabilities,
        /// The wildcard that the identity is covered by (TS 23.003 §13.5).
        wildcard: Option<String>,
    },
}

impl<I: Io> Cx<I> {
    /// Asks who serves `impu`; `originating` where an application server makes a call for the user, and `kind`
    /// REGISTRATION_AND_CAPABILITIES where the assigned S-CSCF does not answer and another is to be chosen.
    ///
    /// # Errors
    /// [`CxError`].
    pub async fn location_info(
        &self,
        impu: &str,
        originating: Option<OriginatingRequest>,
        kind: Option<UserAuthorizationType>,
    ) -> Result<LocationInfo, CxError> {
        let (success, answer) = self
            .ask(|ids, host, out| {
                let request = LocationInfoRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_host: host,
                    destination_realm: &self.settings.destination_realm,
                    originating_request: originating,
                    public_identity: impu,
                    user_authorization_type: kind,
                    ..Default::default()
                };
                request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            })
            .await?;
        let answer = LocationInfoAnswer::decode(&answer).map_err(malformed)?;
        let wildcard = answer.wildcarded_public_identity.map(str::to_owned);
        match (success, answer.server_name) {
            (Success::Plain, Some(name)) => Ok(LocationInfo::Assigned {
                server_name: name.to_owned(),
                flags: answer.lia_flags.unwrap_or_default(),
                wildcard,
            }),
            // No Server-Capabilities: any S-CSCF will do (TS 29.228 §6.1.4.1).
            (Success::UnregisteredService, _) | (Success::Plain, None) => {
                let capabilities = answer
                    .server_capabilities
                    .as_ref()
                    .map(ServerCapabilities::from);
                Ok(LocationInfo::ToChoose {
                    capabilities: capabilities.unwrap_or_default(),
                    wildcard,
                })
            }
            (
                Success::FirstRegistration
                | Success::SubsequentRegistration
                | Success::ServerNameNotStored,
                _,
            ) => Err(CxError::Malformed("a result of another answer".to_owned())),
        }
    }
}
