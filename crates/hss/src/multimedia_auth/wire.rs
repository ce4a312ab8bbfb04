//! MAR and MAA on the wire (TS 29.229 §6.1.7, §6.1.8).

use aka::Vector;
use bytes::BytesMut;
use diameter_codec::cx::{
    self, MultimediaAuthAnswer, MultimediaAuthRequest, SipAuthDataItem, SipDigestAuthenticate,
};
use diameter_codec::{DecodeError, Flags, Message};

use super::{Answer, DIGEST_AKA, Items, MAX_VECTORS, Request, SIP_DIGEST, decide};
use crate::digest::DigestCredentials;
use crate::error::Outcome;
use crate::identity::{Member, canonical};
use crate::policy::Policy;
use crate::procedure::{Asked, Head, PeerFeatures, Procedure, Reading};
use crate::record::{Changes, Scscf, SubscriptionRecord};
use crate::store::Identities;

/// MAR and MAA.
pub(crate) struct MultimediaAuth;

impl Procedure for MultimediaAuth {
    const NAME: &'static str = MultimediaAuthRequest::NAME;
    type Request = Request;
    type Answer = Answer;

    fn read(message: &Message, reading: &Reading<'_>) -> Result<Asked<Request>, DecodeError> {
        let mar = MultimediaAuthRequest::decode(message)?;
        let impu = canonical(mar.public_identity);
        let item = mar.sip_auth_data_item;
        // Optional in the group's grammar, mandatory in a request (TS 29.228 table 6.3.2).
        let Some(scheme) = item.sip_authentication_scheme else {
            let missing = DecodeError::missing(&cx::definitions::SIP_AUTHENTICATION_SCHEME);
            return Err(match message.find(cx::avp::SIP_AUTH_DATA_ITEM) {
                Some(group) => missing.inside(&group),
                None => missing,
            });
        };
        let items = usize::try_from(mar.sip_number_auth_items).unwrap_or(usize::MAX);
        let mut rands = vec![[0; 16]; items.min(MAX_VECTORS)];
        rands.iter_mut().for_each(|rand| (reading.random)(rand));
        Ok(Asked {
            identities: Identities::pair(mar.user_name, &impu),
            features: PeerFeatures::read(&mar.supported_features, reading.policy),
            request: Request {
                impi: mar.user_name.to_owned(),
                impu,
                member: None,
                scheme: scheme.to_owned(),
                authorization: item.sip_authorization.map(<[u8]>::to_vec),
                rands,
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
        let items: Vec<SipAuthDataItem<'_>> = match &answer.items {
            Items::None => Vec::new(),
            Items::Digest(credentials) => digest_item(credentials).into_iter().collect(),
            Items::Aka(vectors) => {
                let rands: Vec<[u8; 32]> = vectors.iter().map(challenge).collect();
                return write_with(answer, head, &aka_items(vectors, &rands), out);
            }
        };
        write_with(answer, head, &items, out);
    }
}

fn write_with(answer: &Answer, head: &Head<'_>, items: &[SipAuthDataItem<'_>], out: &mut BytesMut) {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
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
        sip_number_auth_items: answer.pair.as_ref().map(|_| count),
        sip_auth_data_item: items.into(),
        extra: (&head.proxy_info).into(),
        ..MultimediaAuthAnswer::default()
    };
    maa.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
}

/// SIP-Authenticate of AKA: RAND ‖ AUTN (TS 29.229 §6.3.10).
fn challenge(vector: &Vector) -> [u8; 32] {
    let mut octets = [0; 32];
    octets[..16].copy_from_slice(&vector.rand);
    octets[16..].copy_from_slice(&vector.autn);
    octets
}

/// SIP-Auth-Data-Items of AKA, numbered in the order of their use (TS 29.229 §6.3.13).
fn aka_items<'a>(vectors: &'a [Vector], challenges: &'a [[u8; 32]]) -> Vec<SipAuthDataItem<'a>> {
    let item = |(number, (vector, challenge)): (u32, (&'a Vector, &'a [u8; 32]))| SipAuthDataItem {
        sip_item_number: Some(number),
        sip_authentication_scheme: Some(DIGEST_AKA),
        sip_authenticate: Some(challenge),
        sip_authorization: Some(&vector.xres),
        confidentiality_key: Some(&vector.ck),
        integrity_key: Some(&vector.ik),
        ..SipAuthDataItem::default()
    };
    (1..)
        .zip(vectors.iter().zip(challenges))
        .map(item)
        .collect()
}

/// SIP-Auth-Data-Item of SIP Digest: MD5 first, SHA-256 as the alternate, or alone by its name.
pub(crate) fn digest_item(credentials: &DigestCredentials) -> Option<SipAuthDataItem<'_>> {
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
