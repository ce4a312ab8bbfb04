//! Multimedia-Auth-Request (TS 29.228 §6.3.1): credentials for the S-CSCF to challenge with.

use bytes::BytesMut;
use diameter_codec::cx::{
    self, MultimediaAuthAnswer, MultimediaAuthRequest, SipAuthDataItem, SipDigestAuthenticate,
};
use diameter_codec::{DecodeError, Flags, Message};

use crate::digest::DigestCredentials;
use crate::error::Outcome;
use crate::identity::canonical;
use crate::policy::Policy;
use crate::procedure::{Asked, Head, PeerFeatures, Procedure};
use crate::record::{
    Change, Changes, Draft, ImpuState, Pair, PairState, Scscf, SubscriptionRecord,
};
use crate::store::Identities;
use crate::subscription::Activation;

/// SIP-Authentication-Scheme of SIP Digest (TS 29.229 §6.3.9).
pub const SIP_DIGEST: &str = "SIP Digest";
/// SIP-Authentication-Scheme of an S-CSCF that leaves the choice to the HSS.
pub const UNKNOWN: &str = "Unknown";

/// What the S-CSCF asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// User-Name.
    pub impi: String,
    /// In canonical form, known, and of the IMPI.
    pub impu: String,
    /// SIP-Authentication-Scheme.
    pub scheme: String,
    /// SIP-Number-Auth-Items.
    pub items: u32,
    /// Who asks.
    pub scscf: Scscf,
}

/// What it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The result.
    pub outcome: Outcome,
    /// The identities asked for.
    pub pair: Option<Pair>,
    /// The SIP Digest item.
    pub digest: Option<DigestCredentials>,
}

impl Answer {
    /// An answer with nothing but its result.
    pub fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            pair: None,
            digest: None,
        }
    }
}

/// The clause's steps from the scheme on.
pub fn decide(record: &SubscriptionRecord, request: &Request) -> (Changes, Answer) {
    let mut draft = Draft::new(record);
    let answer = steps(&mut draft, request);
    (draft.finish(), answer)
}

fn steps(draft: &mut Draft, request: &Request) -> Answer {
    let subscription = draft.record.subscription.clone();
    let Some(set) = subscription.set_of(&request.impu) else {
        return Answer::only(Outcome::UserUnknown);
    };
    if set.is_psi() && set.activation == Activation::Inactive {
        return Answer::only(Outcome::UserUnknown);
    }
    // SIP Digest is the scheme that users have here; with Unknown the HSS chooses it.
    let credentials = match (
        subscription.private_identity(&request.impi),
        request.scheme.as_str(),
    ) {
        (Some(identity), SIP_DIGEST | UNKNOWN) => identity.digest.clone(),
        _ => None,
    };
    let Some(credentials) = credentials else {
        return Answer::only(Outcome::AuthSchemeNotSupported);
    };
    // Only MAR overwrites the name freely; the backup stays where it is.
    draft.assign(&request.scscf);
    let state = draft.record.pair(&request.impi, &request.impu);
    if draft.record.impu_state(&request.impu) != ImpuState::Registered
        && !state.authentication_pending
    {
        draft.push(Change::Pair(
            Pair::new(&request.impi, &request.impu),
            PairState {
                authentication_pending: true,
                ..state
            },
        ));
    }
    Answer {
        outcome: Outcome::Success,
        pair: Some(Pair::new(&request.impi, &request.impu)),
        digest: (request.items > 0).then_some(credentials),
    }
}

/// MAR and MAA.
pub(crate) struct MultimediaAuth;

impl Procedure for MultimediaAuth {
    const NAME: &'static str = MultimediaAuthRequest::NAME;
    type Request = Request;
    type Answer = Answer;

    fn read(message: &Message, policy: &Policy) -> Result<Asked<Request>, DecodeError> {
        let mar = MultimediaAuthRequest::decode(message)?;
        let impu = canonical(mar.public_identity);
        // Optional in the group's grammar, mandatory in a request (TS 29.228 table 6.3.2).
        let Some(scheme) = mar.sip_auth_data_item.sip_authentication_scheme else {
            let missing = DecodeError::missing(&cx::definitions::SIP_AUTHENTICATION_SCHEME);
            return Err(match message.find(cx::avp::SIP_AUTH_DATA_ITEM) {
                Some(group) => missing.inside(&group),
                None => missing,
            });
        };
        Ok(Asked {
            identities: Identities::pair(mar.user_name, &impu),
            features: PeerFeatures::read(&mar.supported_features, policy),
            request: Request {
                impi: mar.user_name.to_owned(),
                impu,
                scheme: scheme.to_owned(),
                items: mar.sip_number_auth_items,
                scscf: Scscf {
                    name: mar.server_name.to_owned(),
                    host: mar.origin_host.to_owned(),
                    realm: mar.origin_realm.to_owned(),
                },
            },
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
        let items: Vec<SipAuthDataItem<'_>> = answer.digest.iter().filter_map(item).collect();
        let maa = MultimediaAuthAnswer {
            session_id: head.session_id,
            vendor_specific_application_id: Head::APPLICATION,
            result_code: head.result_code,
            experimental_result: head.experimental_result,
            auth_session_state: Head::SESSION_STATE,
            origin_host: head.origin_host,
            origin_realm: head.origin_realm,
            supported_features: head.supported_features.into(),
            user_name: answer.pair.as_ref().map(|pair| pair.impi.as_str()),
            public_identity: answer.pair.as_ref().map(|pair| pair.impu.as_str()),
            sip_number_auth_items: answer.pair.as_ref().map(|_| u32::from(!items.is_empty())),
            sip_auth_data_item: (&items).into(),
            extra: (&head.proxy_info).into(),
            ..MultimediaAuthAnswer::default()
        };
        maa.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
    }
}

/// SIP-Auth-Data-Item (TS 29.229 §6.3.13): MD5 first, SHA-256 as the alternate, or alone by its name.
fn item(credentials: &DigestCredentials) -> Option<SipAuthDataItem<'_>> {
    const SHA_256: &str = "SHA-256";
    let (algorithm, ha1, alternate) = match (&credentials.md5, &credentials.sha256) {
        (Some(md5), alternate) => (None, md5, alternate.as_ref()),
        (None, Some(sha256)) => (Some(SHA_256), sha256, None),
        (None, None) => return None,
    };
    Some(SipAuthDataItem {
        sip_authentication_scheme: Some(SIP_DIGEST),
        sip_digest_authenticate: Some(SipDigestAuthenticate {
            digest_realm: &credentials.realm,
            digest_algorithm: algorithm,
            digest_qop: "auth",
            digest_ha1: ha1.digits(),
            alternate_digest_algorithm: alternate.map(|_| SHA_256),
            alternate_digest_ha1: alternate.map(|ha1| ha1.digits()),
            ..SipDigestAuthenticate::default()
        }),
        ..SipAuthDataItem::default()
    })
}
