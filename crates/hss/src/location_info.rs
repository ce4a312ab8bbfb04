//! Location-Info-Request (TS 29.228 §6.1.4.1): which S-CSCF serves the user that a call is for.

use bytes::BytesMut;
use diameter_codec::cx::{
    LocationInfoAnswer, LocationInfoRequest, OriginatingRequest, UserAuthorizationType,
};
use diameter_codec::{DecodeError, Flags, Message};

use crate::capabilities;
use crate::error::{Outcome, Subject};
use crate::identity::canonical;
use crate::policy::{Policy, RestorationUse};
use crate::procedure::{Asked, Head, PeerFeatures, Procedure, Reading};
use crate::record::{Change, Changes, Draft, ImpuState, SubscriptionRecord};
use crate::store::Identities;
use crate::subscription::{Activation, Capabilities};

/// What the I-CSCF or an application server asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In canonical form, and known.
    pub impu: String,
    /// Originating-Request: a call that an application server makes for the user.
    pub originating: bool,
    /// User-Authorization-Type.
    pub authorization_type: Option<UserAuthorizationType>,
    /// Whether both sides have restoration.
    pub restoration: RestorationUse,
}

/// What it is told; Server-Name and Server-Capabilities exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The result.
    pub outcome: Outcome,
    /// The S-CSCF that serves.
    pub server_name: Option<String>,
    /// What an S-CSCF has to be capable of.
    pub capabilities: Option<Capabilities>,
}

impl Answer {
    /// An answer with nothing but its result.
    pub fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            server_name: None,
            capabilities: None,
        }
    }
}

/// The clause's steps from the second on.
pub fn decide(record: &SubscriptionRecord, request: &Request) -> (Changes, Answer) {
    let mut draft = Draft::new(record);
    let answer = steps(record, request, &mut draft);
    (draft.finish(), answer)
}

fn steps(record: &SubscriptionRecord, request: &Request, draft: &mut Draft) -> Answer {
    let Some(set) = record.subscription.set_of(&request.impu) else {
        return Answer::only(Outcome::UserUnknown);
    };
    if set.is_psi() && set.activation == Activation::Inactive {
        return Answer::only(Outcome::UserUnknown);
    }
    let capabilities = Some(record.subscription.capabilities.clone());
    match request.authorization_type {
        None | Some(UserAuthorizationType::REGISTRATION) => {}
        Some(UserAuthorizationType::REGISTRATION_AND_CAPABILITIES) => {
            if request.restoration == RestorationUse::InUse && !record.reassignment_pending {
                draft.push(Change::ReassignmentPending(true));
            }
            return Answer {
                outcome: Outcome::Success,
                server_name: None,
                capabilities,
            };
        }
        Some(_) => return Answer::only(Outcome::InvalidAvpValue(Subject::UserAuthorizationType)),
    }
    let served = record.impu_state(&request.impu) != ImpuState::NotRegistered
        || request.originating
        || set.has_unregistered_services();
    match &record.scscf {
        _ if !served => Answer::only(Outcome::IdentityNotRegistered),
        Some(scscf) => Answer {
            outcome: Outcome::Success,
            server_name: Some(scscf.name.clone()),
            capabilities: None,
        },
        None => Answer {
            outcome: Outcome::UnregisteredService,
            server_name: None,
            capabilities,
        },
    }
}

/// LIR and LIA.
pub(crate) struct LocationInfo;

impl Procedure for LocationInfo {
    const NAME: &'static str = LocationInfoRequest::NAME;
    type Request = Request;
    type Answer = Answer;

    fn read(message: &Message, reading: &Reading<'_>) -> Result<Asked<Request>, DecodeError> {
        let lir = LocationInfoRequest::decode(message)?;
        let features = PeerFeatures::read(&lir.supported_features, reading.policy);
        let impu = canonical(lir.public_identity);
        Ok(Asked {
            identities: Identities {
                impi: None,
                impus: vec![impu.clone()],
            },
            request: Request {
                impu,
                originating: lir.originating_request == Some(OriginatingRequest::ORIGINATING),
                authorization_type: lir.user_authorization_type,
                restoration: reading.policy.restoration.with_peer(features.listed),
            },
            features,
        })
    }

    fn decide(record: &SubscriptionRecord, request: &Request, _: &Policy) -> (Changes, Answer) {
        decide(record, request)
    }

    fn only(outcome: Outcome) -> Answer {
        Answer::only(outcome)
    }

    fn outcome(answer: &Answer) -> Outcome {
        answer.outcome
    }

    fn write(answer: &Answer, head: &Head<'_>, out: &mut BytesMut) {
        let names = capabilities::names(answer.capabilities.as_ref());
        let lia = LocationInfoAnswer {
            session_id: head.session_id,
            vendor_specific_application_id: Head::APPLICATION,
            result_code: head.result_code,
            experimental_result: head.experimental_result,
            auth_session_state: Head::SESSION_STATE,
            origin_host: head.origin_host,
            origin_realm: head.origin_realm,
            supported_features: head.supported_features.into(),
            server_name: answer.server_name.as_deref(),
            server_capabilities: capabilities::group(answer.capabilities.as_ref(), &names),
            extra: (&head.proxy_info).into(),
            ..LocationInfoAnswer::default()
        };
        lia.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
    }
}
