//! User-Authorization-Request (TS 29.228 §6.1.1.1): may this user register, and which S-CSCF serves.

use bytes::BytesMut;
use diameter_codec::cx::{
    UarFlags, UserAuthorizationAnswer, UserAuthorizationRequest, UserAuthorizationType,
};
use diameter_codec::{DecodeError, Flags, Message};

use crate::error::{Outcome, Subject};
use crate::identity::{Member, canonical};
use crate::policy::{Policy, RestorationUse};
use crate::procedure::{Asked, Head, PeerFeatures, Procedure, Reading};
use crate::record::{Changes, Draft, ImpuState, SubscriptionRecord};
use crate::scscf_pool;
use crate::serving_scscf::reassigned;
use crate::store::Identities;
use crate::subscription::{Activation, RegistrationPermission};

pub use crate::serving_scscf::Answer;

/// What the I-CSCF asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In canonical form, known, and of the IMPI; of a range's member the wildcard.
    pub impu: String,
    /// Visited-Network-Identifier.
    pub visited_network: Vec<u8>,
    /// User-Authorization-Type, REGISTRATION where absent.
    pub authorization_type: UserAuthorizationType,
    /// UAR-Flags bit 0.
    pub emergency_registration: bool,
    /// Whether both sides have restoration.
    pub restoration: RestorationUse,
}

/// Steps 3 to 6 of the clause; 1 and 2 are done when the record is there.
pub fn decide(record: &SubscriptionRecord, request: &Request) -> (Changes, Answer) {
    let mut draft = Draft::new(record);
    let answer = steps(record, request, &mut draft);
    (draft.finish(), answer)
}

fn steps(record: &SubscriptionRecord, request: &Request, draft: &mut Draft) -> Answer {
    let subscription = &record.subscription;
    let Some(set) = subscription.set_of(&request.impu) else {
        return Answer::only(Outcome::UserUnknown);
    };
    if set.is_psi() && set.activation == Activation::Inactive {
        return Answer::only(Outcome::UserUnknown);
    }
    // 3: a barred IMPU registers for the sake of another of its set.
    if !request.emergency_registration && !set.has_usable_identity() {
        return Answer::only(Outcome::AuthorizationRejected);
    }
    // 4
    let de_registration = request.authorization_type == UserAuthorizationType::DE_REGISTRATION;
    if !de_registration {
        // An emergency registration may come from any network.
        if !request.emergency_registration && !subscription.may_visit(&request.visited_network) {
            return Answer::only(Outcome::RoamingNotAllowed);
        }
        // A service is not registered by anybody: its SAR would be refused (§6.1.2.1).
        if subscription.registration == RegistrationPermission::Refused || set.is_psi() {
            return Answer::only(Outcome::AuthorizationRejected);
        }
    }
    let capabilities = &subscription.capabilities;
    match request.authorization_type {
        UserAuthorizationType::REGISTRATION | UserAuthorizationType::DE_REGISTRATION => {}
        UserAuthorizationType::REGISTRATION_AND_CAPABILITIES => {
            return reassigned(draft, request.restoration);
        }
        _ => return Answer::only(Outcome::InvalidAvpValue(Subject::UserAuthorizationType)),
    }
    // 5 and 6: the name is kept as long as some IMPU is registered, unregistered, or has a challenge out.
    let not_registered = record.impu_state(&request.impu) == ImpuState::NotRegistered;
    match &record.scscf {
        _ if not_registered && de_registration => Answer::only(Outcome::IdentityNotRegistered),
        Some(scscf) if de_registration => Answer::served_by(Outcome::Success, &scscf.name),
        Some(scscf) => Answer::served_by(Outcome::SubsequentRegistration, &scscf.name),
        None => Answer::needs(Outcome::FirstRegistration, capabilities),
    }
}

/// UAR and UAA.
pub(crate) struct UserAuthorization;

impl Procedure for UserAuthorization {
    const NAME: &'static str = UserAuthorizationRequest::NAME;
    type Request = Request;
    type Answer = Answer;

    fn read(message: &Message, reading: &Reading<'_>) -> Result<Asked<Request>, DecodeError> {
        let uar = UserAuthorizationRequest::decode(message)?;
        let features = PeerFeatures::read(&uar.supported_features, reading.policy);
        let impu = canonical(uar.public_identity);
        let emergency = |flags: UarFlags| flags.contains(UarFlags::IMS_EMERGENCY_REGISTRATION);
        Ok(Asked {
            identities: Identities::pair(uar.user_name, &impu),
            request: Request {
                impu,
                visited_network: uar.visited_network_identifier.to_vec(),
                authorization_type: uar
                    .user_authorization_type
                    .unwrap_or(UserAuthorizationType::REGISTRATION),
                emergency_registration: uar.uar_flags.is_some_and(emergency),
                restoration: reading.policy.restoration.with_peer(features.listed),
            },
            features,
        })
    }

    fn decide(
        record: &SubscriptionRecord,
        request: &Request,
        policy: &Policy,
    ) -> (Changes, Answer) {
        let (changes, mut answer) = decide(record, request);
        if answer.capabilities.is_some() {
            answer.capabilities = Some(policy.scscfs.proposal(&record.subscription));
        }
        (changes, answer)
    }

    fn stand_for(request: &mut Request, members: &[Option<Member>]) {
        if let [Some(member)] = members {
            request.impu.clone_from(&member.wildcard);
        }
    }

    fn only(outcome: Outcome) -> Answer {
        Answer::only(outcome)
    }

    fn outcome(answer: &Answer) -> Outcome {
        answer.outcome
    }

    fn write(answer: &Answer, head: &Head<'_>, out: &mut BytesMut) {
        let names = scscf_pool::names(answer.capabilities.as_ref());
        let uaa = UserAuthorizationAnswer {
            session_id: head.session_id,
            vendor_specific_application_id: Head::APPLICATION,
            result_code: head.result_code,
            experimental_result: head.experimental_result,
            auth_session_state: Head::SESSION_STATE,
            origin_host: head.origin_host,
            origin_realm: head.origin_realm,
            supported_features: head.supported_features.into(),
            server_name: answer.server_name.as_deref(),
            server_capabilities: scscf_pool::group(answer.capabilities.as_ref(), &names),
            extra: (&head.proxy_info).into(),
            ..UserAuthorizationAnswer::default()
        };
        uaa.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
    }
}
