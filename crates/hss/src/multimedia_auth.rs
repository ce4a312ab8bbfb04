//! Multimedia-Auth-Request (TS 29.228 §6.3.1): credentials for the S-CSCF to challenge with.

mod wire;

use aka::{Sqn, Vector};

use crate::aka_credentials::AkaCredentials;
use crate::digest::DigestCredentials;
use crate::error::{Outcome, Subject};
use crate::identity::Member;
use crate::record::{
    Change, Changes, Draft, ImpuState, Pair, PairState, Scscf, SubscriptionRecord,
};
use crate::subscription::{Activation, PrivateIdentity};

pub(crate) use wire::{MultimediaAuth, digest_item};

/// SIP-Authentication-Scheme of AKA (TS 29.229 §6.3.9); it serves AKAv2 too.
pub const DIGEST_AKA: &str = "Digest-AKAv1-MD5";
/// SIP-Authentication-Scheme of SIP Digest.
pub const SIP_DIGEST: &str = "SIP Digest";
/// SIP-Authentication-Scheme of an S-CSCF that leaves the choice to the HSS.
pub const UNKNOWN: &str = "Unknown";
/// Most vectors in one answer, however many are asked for: those that are not used would only age (TS 33.102 §6.3.2).
pub const MAX_VECTORS: usize = 5;
/// Octets of SIP-Authorization that ask for resynchronisation: RAND, AUTS (TS 29.229 §6.3.11).
pub const RESYNCHRONISATION: usize = 16 + aka::AUTS_LENGTH;

/// What the S-CSCF asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// User-Name.
    pub impi: String,
    /// In canonical form, known, and of the IMPI.
    pub impu: String,
    /// What was asked for, where `impu` is the wildcard that covers it.
    pub member: Option<Member>,
    /// SIP-Authentication-Scheme.
    pub scheme: String,
    /// SIP-Authorization: RAND and AUTS, where the USIM lost its place.
    pub authorization: Option<Vec<u8>>,
    /// Fresh random numbers, one for each vector wanted: SIP-Number-Auth-Items, [`MAX_VECTORS`] at most.
    pub rands: Vec<[u8; 16]>,
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
    /// SIP-Auth-Data-Items.
    pub items: Items,
}

/// SIP-Auth-Data-Items of one scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Items {
    /// None, as none are asked for, or by the result.
    None,
    /// The one of SIP Digest.
    Digest(DigestCredentials),
    /// AKA vectors, the one to be used first first.
    Aka(Vec<Vector>),
}

impl Answer {
    /// An answer with nothing but its result.
    pub fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            pair: None,
            items: Items::None,
        }
    }
}

/// The credentials for the scheme that is asked for.
enum Credentials<'a> {
    Digest(&'a DigestCredentials),
    Aka(&'a AkaCredentials),
}

/// The clause's steps from the scheme on.
pub fn decide(record: &SubscriptionRecord, request: &Request) -> (Changes, Answer) {
    let mut draft = Draft::new(record);
    match steps(&mut draft, request) {
        Ok(answer) => (draft.finish(), answer),
        Err(outcome) => (record.no_changes(), Answer::only(outcome)),
    }
}

fn steps(draft: &mut Draft, request: &Request) -> Result<Answer, Outcome> {
    let subscription = draft.record.subscription.clone();
    let set = subscription
        .set_of(&request.impu)
        .ok_or(Outcome::UserUnknown)?;
    if set.is_psi() && set.activation == Activation::Inactive {
        return Err(Outcome::UserUnknown);
    }
    let identity = subscription.private_identity(&request.impi);
    let credentials = identity
        .and_then(|identity| credentials(identity, &request.scheme))
        .ok_or(Outcome::AuthSchemeNotSupported)?;
    let items = match credentials {
        _ if request.rands.is_empty() => Items::None,
        Credentials::Digest(credentials) => Items::Digest(credentials.clone()),
        Credentials::Aka(credentials) => Items::Aka(vectors(draft, request, credentials)?),
    };
    // Only MAR overwrites the name freely; the backup stays where it is. The S-CSCF before is told when somebody has
    // registered at the new one (SAR): then it is assigned for good.
    draft.assign_to_challenge(&request.scscf);
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
    let asked = request.member.as_ref();
    let asked = asked.map_or(&request.impu, |member| &member.identity);
    Ok(Answer {
        outcome: Outcome::Success,
        pair: Some(Pair::new(&request.impi, asked)),
        items,
    })
}

/// With Unknown the HSS chooses, and AKA is the stronger.
fn credentials<'a>(identity: &'a PrivateIdentity, scheme: &str) -> Option<Credentials<'a>> {
    let digest = identity.digest.as_ref().map(Credentials::Digest);
    let aka = identity.aka.as_ref().map(Credentials::Aka);
    match scheme {
        DIGEST_AKA => aka,
        SIP_DIGEST => digest,
        UNKNOWN => aka.or(digest),
        _ => None,
    }
}

/// Vectors with the numbers that follow; the last number is stored with the answer's commit, before they are used.
fn vectors(
    draft: &mut Draft,
    request: &Request,
    credentials: &AkaCredentials,
) -> Result<Vec<Vector>, Outcome> {
    let stored = draft.record.sqns.get(&request.impi).copied();
    let mut sqn = stored.unwrap_or(credentials.sqn);
    if let Some(authorization) = &request.authorization {
        let usim = auts(authorization, credentials)
            .ok_or(Outcome::InvalidAvpValue(Subject::SipAuthorization))?;
        sqn = AkaCredentials::resynchronised(sqn, usim);
    }
    let mut vectors = Vec::with_capacity(request.rands.len());
    for rand in &request.rands {
        // K has had all of its vectors: the user needs another USIM.
        sqn = sqn.next().ok_or(Outcome::UnableToComply)?;
        vectors.push(aka::vector(&credentials.keys, credentials.amf, sqn, *rand));
    }
    draft.push(Change::Sqn(request.impi.clone(), Some(sqn)));
    Ok(vectors)
}

/// The USIM's SQN; none where SIP-Authorization is not RAND and AUTS, or MAC-S is wrong.
fn auts(authorization: &[u8], credentials: &AkaCredentials) -> Option<Sqn> {
    let octets: &[u8; RESYNCHRONISATION] = authorization.try_into().ok()?;
    let (rand, auts) = octets.split_first_chunk::<16>()?;
    let auts = auts.try_into().ok()?;
    aka::resynchronise(&credentials.keys, rand, auts).ok()
}
