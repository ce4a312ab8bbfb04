//! Location-Info-Request (TS 29.228 §6.1.4.1): which S-CSCF serves the user that a call is for.

use bytes::BytesMut;
use diameter_codec::cx::{
    LiaFlags, LocationInfoAnswer, LocationInfoRequest, OriginatingRequest, UserAuthorizationType,
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
use crate::subscription::Activation;

pub use crate::serving_scscf::Answer;

/// What the I-CSCF or an application server asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In canonical form, and known.
    pub impu: String,
    /// What was asked for, where `impu` is the wildcard that covers it.
    pub member: Option<Member>,
    /// Originating-Request: a call that an application server makes for the user.
    pub originating: bool,
    /// User-Authorization-Type.
    pub authorization_type: Option<UserAuthorizationType>,
    /// Whether both sides have restoration.
    pub restoration: RestorationUse,
}

/// The clause's steps from the second on.
pub fn decide(record: &SubscriptionRecord, request: &Request) -> (Changes, Answer) {
    let mut draft = Draft::new(record);
    let answer = steps(record, request, &mut draft);
    let found = answer.server_name.is_some() || answer.capabilities.is_some();
    let wildcard = request.member.as_ref().filter(|_| found);
    let answer = Answer {
        wildcard: wildcard.map(|member| member.wildcard.clone()),
        ..answer
    };
    (draft.finish(), answer)
}

fn steps(record: &SubscriptionRecord, request: &Request, draft: &mut Draft) -> Answer {
    let Some(set) = record.subscription.set_of(&request.impu) else {
        return Answer::only(Outcome::UserUnknown);
    };
    if set.is_psi() && set.activation == Activation::Inactive {
        return Answer::only(Outcome::UserUnknown);
    }
    // Who calls from a PSI is served by its S-CSCF; who calls one goes where it is hosted.
    if let Some(server) = set
        .application_server
        .as_ref()
        .filter(|_| !request.originating)
    {
        return Answer {
            flags: LiaFlags::PSI_DIRECT_ROUTING,
            ..Answer::served_by(Outcome::Success, server)
        };
    }
    let capabilities = &record.subscription.capabilities;
    match request.authorization_type {
        None | Some(UserAuthorizationType::REGISTRATION) => {}
        Some(UserAuthorizationType::REGISTRATION_AND_CAPABILITIES) => {
            return reassigned(draft, request.restoration);
        }
        Some(_) => return Answer::only(Outcome::InvalidAvpValue(Subject::UserAuthorizationType)),
    }
    let served = record.impu_state(&request.impu) != ImpuState::NotRegistered
        || request.originating
        || set.has_unregistered_services();
    match record.holder() {
        _ if !served => Answer::only(Outcome::IdentityNotRegistered),
        Some(scscf) => Answer::served_by(Outcome::Success, &scscf.name),
        None => Answer::needs(Outcome::UnregisteredService, capabilities),
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
                impus: vec![impu.clone()],
                ..Identities::default()
            },
            request: Request {
                impu,
                member: None,
                originating: lir.originating_request == Some(OriginatingRequest::ORIGINATING),
                authorization_type: lir.user_authorization_type,
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
            request.member = Some(member.clone());
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
            server_capabilities: scscf_pool::group(answer.capabilities.as_ref(), &names),
            wildcarded_public_identity: answer.wildcard.as_deref(),
            lia_flags: (answer.flags != LiaFlags::default()).then_some(answer.flags),
            extra: (&head.proxy_info).into(),
            ..LocationInfoAnswer::default()
        };
        lia.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
    }
}
