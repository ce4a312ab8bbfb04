//! UAR: which S-CSCF serves a user who registers (TS 29.228 §6.1.1).

use diameter_codec::Flags;
use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    UarFlags, UserAuthorizationAnswer, UserAuthorizationRequest, UserAuthorizationType,
};
use driver::io::Io;

use crate::error::Success;
use crate::{CX_ADVERTISED, Cx, CxError, ServerCapabilities, malformed};

/// What the HSS says of a user who may do what they ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAuthorization {
    /// An S-CSCF is assigned: DIAMETER_SUBSEQUENT_REGISTRATION, or DIAMETER_SUCCESS for a deregistration.
    Assigned {
        /// Its SIP URI.
        server_name: String,
    },
    /// One is to be chosen: DIAMETER_FIRST_REGISTRATION, or DIAMETER_SUCCESS where capabilities were asked for.
    ToChoose(ServerCapabilities),
}

impl<I: Io> Cx<I> {
    /// Asks whether `impi` may register `impu` in the network `visited`, or do what `kind` says; `flags` are left out
    /// where none is set.
    ///
    /// # Errors
    /// [`CxError`].
    pub async fn user_authorization(
        &self,
        impi: &str,
        impu: &str,
        visited: &str,
        kind: UserAuthorizationType,
        flags: UarFlags,
    ) -> Result<UserAuthorization, CxError> {
        let (success, answer) = self
            .ask(|ids, host, out| {
                let request = UserAuthorizationRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_host: host,
                    destination_realm: &self.settings.destination_realm,
                    user_name: impi,
                    public_identity: impu,
                    visited_network_identifier: visited.as_bytes(),
                    // The default goes without saying (TS 29.229 §6.3.24).
                    user_authorization_type: (kind != UserAuthorizationType::REGISTRATION)
                        .then_some(kind),
                    uar_flags: (flags != UarFlags::default()).then_some(flags),
                    ..Default::default()
                };
                request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            })
            .await?;
        let answer = UserAuthorizationAnswer::decode(&answer).map_err(malformed)?;
        match (success, answer.server_name) {
            (Success::SubsequentRegistration | Success::Plain, Some(name)) => {
                Ok(UserAuthorization::Assigned {
                    server_name: name.to_owned(),
                })
            }
            (Success::SubsequentRegistration, None) => Err(CxError::Malformed(
                "an S-CSCF is assigned, but Server-Name is missing".to_owned(),
            )),
            // No Server-Capabilities: any S-CSCF will do (TS 29.228 §6.1.1.1).
            (Success::FirstRegistration, _) | (Success::Plain, None) => {
                let capabilities = answer
                    .server_capabilities
                    .as_ref()
                    .map(ServerCapabilities::from);
                Ok(UserAuthorization::ToChoose(
                    capabilities.unwrap_or_default(),
                ))
            }
            (Success::ServerNameNotStored | Success::UnregisteredService, _) => {
                Err(CxError::Malformed("a result of another answer".to_owned()))
            }
        }
    }
}
