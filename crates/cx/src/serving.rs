//! What an HSS asks of an S-CSCF: RTR and PPR, typed (TS 29.228 §6.1.3, §6.2).

use std::future::Future;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    AssociatedIdentities, IdentityWithEmergencyRegistration, PushProfileAnswer, PushProfileRequest,
    ReasonCode, RegistrationTerminationAnswer, RegistrationTerminationRequest, SupportedFeatures,
    command,
};
use diameter_codec::{
    DecodeError, ExperimentalResult, ExperimentalResultCode, Many, Message, ResultCode, VendorId,
    error_answer,
};

use crate::server_assignment::ChargingAddresses;
use crate::{AuthItem, CX_ADVERTISED, CxSettings, features, multimedia_auth};

/// Most identities of one sort that one request may name; more are answered DIAMETER_UNABLE_TO_COMPLY.
pub const MAX_IDENTITIES: usize = 1024;

/// RTR: registrations that are to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationTermination {
    /// User-Name.
    pub impi: String,
    /// Associated-Identities: private identities that are deregistered with it.
    pub associated_identities: Vec<String>,
    /// Public-Identity; none: all.
    pub impus: Vec<String>,
    /// Reason-Code.
    pub reason: ReasonCode,
    /// Reason-Info, for the user.
    pub reason_info: Option<String>,
    /// Origin-Host of the HSS.
    pub hss: String,
}

/// A pair that stays registered for emergencies (TS 29.229 §6.3.53).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyIdentity {
    /// User-Name.
    pub impi: String,
    /// Public-Identity.
    pub impu: String,
}

/// What became of an RTR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terminated {
    /// All of it ended.
    Done {
        /// Private identities besides User-Name whose registrations ended with it.
        associated_identities: Vec<String>,
    },
    /// DIAMETER_LIMITED_SUCCESS: these have emergency registrations, which stay; the rest ended.
    ButEmergency(Vec<EmergencyIdentity>),
    /// DIAMETER_UNABLE_TO_COMPLY: every registration is for emergencies, and stays.
    OnlyEmergency(Vec<EmergencyIdentity>),
    /// DIAMETER_ERROR_USER_UNKNOWN: nothing of it is held here.
    UserUnknown,
    /// DIAMETER_UNABLE_TO_COMPLY.
    UnableToComply,
    /// DIAMETER_TOO_BUSY: nobody serves here yet, and the HSS comes again.
    NotYet,
}

/// PPR: what the HSS has changed of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushProfile {
    /// User-Name.
    pub impi: String,
    /// User-Data: the profile that replaces the one held.
    pub user_data: Option<Vec<u8>>,
    /// Charging-Information that replaces the one held.
    pub charging: Option<ChargingAddresses>,
    /// SIP-Auth-Data-Item that replaces the credentials held.
    pub auth: Option<AuthItem>,
    /// Origin-Host of the HSS.
    pub hss: String,
}

/// What became of a PPR (TS 29.229 §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// DIAMETER_SUCCESS.
    Replaced,
    /// DIAMETER_ERROR_USER_UNKNOWN: the HSS tries another private identity.
    UserUnknown,
    /// DIAMETER_ERROR_TOO_MUCH_DATA: the HSS deregisters the user here.
    TooMuchData,
    /// DIAMETER_ERROR_NOT_SUPPORTED_USER_DATA.
    NotSupportedUserData,
    /// DIAMETER_UNABLE_TO_COMPLY.
    UnableToComply,
    /// DIAMETER_TOO_BUSY: nobody serves here yet, and the HSS comes again.
    NotYet,
}

/// A result in the AVP that it belongs to.
type Results = (Option<ResultCode>, Option<ExperimentalResult>);

fn base(code: ResultCode) -> Results {
    (Some(code), None)
}

fn experimental(code: ExperimentalResultCode) -> Results {
    let result = ExperimentalResult {
        vendor_id: VendorId::THREE_GPP.0,
        experimental_result_code: code,
    };
    (None, Some(result))
}

/// The one mapping of what became of an RTR to its result.
fn terminated(outcome: &Terminated) -> Result<Results, DecodeError> {
    Ok(match outcome {
        // A protocol error, which has the E bit and no grammar of its own (RFC 6733 §7.1.3).
        Terminated::NotYet => return Err(DecodeError::of(ResultCode::TOO_BUSY)),
        Terminated::Done { .. } => base(ResultCode::SUCCESS),
        Terminated::ButEmergency(_) => base(ResultCode::LIMITED_SUCCESS),
        Terminated::OnlyEmergency(_) | Terminated::UnableToComply => {
            base(ResultCode::UNABLE_TO_COMPLY)
        }
        Terminated::UserUnknown => experimental(ExperimentalResultCode::ERROR_USER_UNKNOWN),
    })
}

/// The one mapping of what became of a PPR to its result.
fn pushed(outcome: Pushed) -> Result<Results, DecodeError> {
    Ok(match outcome {
        Pushed::NotYet => return Err(DecodeError::of(ResultCode::TOO_BUSY)),
        Pushed::Replaced => base(ResultCode::SUCCESS),
        Pushed::UserUnknown => experimental(ExperimentalResultCode::ERROR_USER_UNKNOWN),
        Pushed::TooMuchData => experimental(ExperimentalResultCode::ERROR_TOO_MUCH_DATA),
        Pushed::NotSupportedUserData => {
            experimental(ExperimentalResultCode::ERROR_NOT_SUPPORTED_USER_DATA)
        }
        Pushed::UnableToComply => base(ResultCode::UNABLE_TO_COMPLY),
    })
}

/// Who serves, and under which names.
pub(crate) struct Serving<T, P> {
    pub(crate) settings: CxSettings,
    pub(crate) terminate: T,
    pub(crate) push: P,
}

impl<T, P, F, G> Serving<T, P>
where
    T: Fn(RegistrationTermination) -> F,
    F: Future<Output = Terminated>,
    P: Fn(PushProfile) -> G,
    G: Future<Output = Pushed>,
{
    /// The answer to a request of the HSS.
    pub(crate) async fn answer(&self, message: &Message) -> Bytes {
        let answered = match message.header().command {
            command::REGISTRATION_TERMINATION => self.registration_termination(message).await,
            command::PUSH_PROFILE => self.push_profile(message).await,
            _ => Err(DecodeError::of(ResultCode::COMMAND_UNSUPPORTED)),
        };
        answered.unwrap_or_else(|error| {
            tracing::info!(%error, origin = message.origin_host(), "request of the HSS refused");
            let mut out = BytesMut::new();
            let settings = &self.settings;
            error_answer(
                message,
                &settings.origin_host,
                &settings.origin_realm,
                &error,
                &mut out,
            );
            out.freeze()
        })
    }

    async fn registration_termination(&self, message: &Message) -> Result<Bytes, DecodeError> {
        let request = RegistrationTerminationRequest::decode(message)?;
        let associated = request
            .associated_identities
            .map(|group| group.user_name)
            .unwrap_or_default();
        let lacking = features::lacking(&request.supported_features, self.settings.features);
        let (results, outcome) = if lacking {
            (FEATURE_UNSUPPORTED, None)
        } else {
            let outcome = if associated.len().max(request.public_identity.len()) > MAX_IDENTITIES {
                Terminated::UnableToComply
            } else {
                let termination = RegistrationTermination {
                    impi: request.user_name.to_owned(),
                    associated_identities: associated.iter().map(str::to_owned).collect(),
                    impus: request.public_identity.iter().map(str::to_owned).collect(),
                    reason: request.deregistration_reason.reason_code,
                    reason_info: request.deregistration_reason.reason_info.map(str::to_owned),
                    hss: request.origin_host.to_owned(),
                };
                (self.terminate)(termination).await
            };
            (terminated(&outcome)?, Some(outcome))
        };
        let others: Vec<&str> = match &outcome {
            Some(Terminated::Done {
                associated_identities,
            }) => associated_identities.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let emergency: Vec<IdentityWithEmergencyRegistration<'_>> = match &outcome {
            Some(Terminated::ButEmergency(pairs) | Terminated::OnlyEmergency(pairs)) => pairs
                .iter()
                .map(|pair| IdentityWithEmergencyRegistration {
                    user_name: &pair.impi,
                    public_identity: &pair.impu,
                    ..Default::default()
                })
                .collect(),
            _ => Vec::new(),
        };
        let told = self.told(&request.supported_features);
        let answer = RegistrationTerminationAnswer {
            session_id: request.session_id,
            vendor_specific_application_id: CX_ADVERTISED,
            result_code: results.0,
            experimental_result: results.1,
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: &self.settings.origin_host,
            origin_realm: &self.settings.origin_realm,
            supported_features: Many::from(told.as_slice()),
            associated_identities: (!others.is_empty()).then(|| AssociatedIdentities {
                user_name: Many::from(others.as_slice()),
                ..Default::default()
            }),
            identity_with_emergency_registration: Many::from(emergency.as_slice()),
            proxy_info: request.proxy_info,
            ..Default::default()
        };
        let mut out = BytesMut::new();
        answer.encode_answer(message.header(), &mut out);
        Ok(out.freeze())
    }

    async fn push_profile(&self, message: &Message) -> Result<Bytes, DecodeError> {
        let request = PushProfileRequest::decode(message)?;
        let lacking = features::lacking(&request.supported_features, self.settings.features);
        let results = if lacking {
            FEATURE_UNSUPPORTED
        } else {
            let auth = request
                .sip_auth_data_item
                .as_ref()
                .map(multimedia_auth::item);
            let outcome = match auth.transpose() {
                Ok(auth) => {
                    let push = PushProfile {
                        impi: request.user_name.to_owned(),
                        user_data: request.user_data.map(<[u8]>::to_vec),
                        charging: request
                            .charging_information
                            .as_ref()
                            .map(ChargingAddresses::from),
                        auth,
                        hss: request.origin_host.to_owned(),
                    };
                    (self.push)(push).await
                }
                Err(problem) => {
                    tracing::warn!(%problem, "credentials that the HSS pushed cannot be used");
                    Pushed::UnableToComply
                }
            };
            pushed(outcome)?
        };
        let told = self.told(&request.supported_features);
        let answer = PushProfileAnswer {
            session_id: request.session_id,
            vendor_specific_application_id: CX_ADVERTISED,
            result_code: results.0,
            experimental_result: results.1,
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: &self.settings.origin_host,
            origin_realm: &self.settings.origin_realm,
            supported_features: Many::from(told.as_slice()),
            proxy_info: request.proxy_info,
            ..Default::default()
        };
        let mut out = BytesMut::new();
        answer.encode_answer(message.header(), &mut out);
        Ok(out.freeze())
    }

    /// §7.2.2: who asks with Supported-Features is told our whole list.
    fn told(&self, said: &Many<'_, SupportedFeatures<'_>>) -> Vec<SupportedFeatures<'static>> {
        match said.is_empty() {
            true => Vec::new(),
            false => vec![features::list(self.settings.features)],
        }
    }
}

/// §7.2.1: the request needs a feature that we lack.
const FEATURE_UNSUPPORTED: Results = (
    None,
    Some(ExperimentalResult {
        vendor_id: VendorId::THREE_GPP.0,
        experimental_result_code: ExperimentalResultCode::ERROR_FEATURE_UNSUPPORTED,
    }),
);
