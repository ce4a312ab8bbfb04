//! Challenges of AKAv1-MD5 and their answers (TS 24.229 §5.4.1.2, RFC 3310, TS 33.203 §6.1).

use cx::{AkaVector, AuthScheme};
use driver::io::Io;
use sip_message::{Auth, Message, Method, Name, Status};
use sip_stack::digest::{Algorithm, Answer, DigestUri, Expected, Stale, aka, challenge};

use crate::authenticate::{Asking, Authenticated, failed, fetch, given, keep};
use crate::awaited::{Aka, Check, MAX_RESYNCHRONISATIONS, MAX_WRONG_ANSWERS};
use crate::error::Refusal;
use crate::{Shared, now};

/// What answers to `vectors` are checked with.
pub(crate) fn check(vectors: impl Iterator<Item = AkaVector>) -> Check {
    let mut aka = Aka::default();
    aka.refill(vectors);
    Check::Aka(Box::new(aka))
}

/// What an answer to an AKA challenge is.
enum Judged {
    Right,
    /// The USIM found the sequence number wrong (TS 33.102 §6.3.5).
    Resynchronise {
        rand: [u8; 16],
        auts: [u8; 14],
    },
    /// Wrong, or the USIM found our AUTN wrong.
    Wrong,
}

/// Judges the answer to an AKA challenge of this pair; `None` where it is none.
pub(crate) async fn judge<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    auth: &Auth<'_>,
    answer: Option<&Answer<'_>>,
) -> Result<Option<Authenticated>, Refusal> {
    let judged = {
        let mut awaited = scscf.awaited.borrow_mut();
        let Some(Check::Aka(aka)) = awaited.find(asking.pair) else {
            return Ok(None);
        };
        match judged(aka, scscf, asking, auth, answer) {
            Some(judged) => judged,
            None => return Ok(None),
        }
    };
    let (pair, call_id) = (asking.pair, asking.call_id);
    match judged {
        Judged::Right => {
            scscf.awaited.borrow_mut().end(pair, call_id);
            Ok(Some(Authenticated::Yes(None)))
        }
        Judged::Resynchronise { rand, auts } => {
            if scscf.awaited.borrow_mut().resynchronised(pair, call_id) > MAX_RESYNCHRONISATIONS {
                scscf.metrics.wrong_credentials.inc();
                return Err(failed(scscf, asking).await);
            }
            scscf.metrics.resynchronisations.inc();
            let scheme = AuthScheme::Resynchronise {
                vectors: scscf.rules().vectors,
                rand: &rand,
                auts: &auts,
            };
            let given = given(scscf, asking, scheme).await?;
            // What else was sent has a sequence number that the USIM would find wrong too. Only now: an AUTS that the
            // HSS refuses comes from somebody else, and takes nothing from who has the USIM.
            if let Some(Check::Aka(known)) = scscf.awaited.borrow_mut().find(asking.pair) {
                known.start_over();
            }
            keep(scscf, asking.pair, given)?;
            fresh(scscf, asking).map(Some)
        }
        Judged::Wrong => {
            scscf.metrics.wrong_credentials.inc();
            let (times, needs_vector) = {
                let mut awaited = scscf.awaited.borrow_mut();
                let is_full = matches!(awaited.find(pair), Some(Check::Aka(aka)) if aka.is_full());
                (awaited.wrong(pair, call_id), !is_full)
            };
            if times >= MAX_WRONG_ANSWERS {
                return Err(failed(scscf, asking).await);
            }
            if needs_vector {
                let vectors = scscf.rules().vectors;
                fetch(scscf, asking, AuthScheme::DigestAkaV1Md5 { vectors }).await?;
            }
            fresh(scscf, asking).map(Some)
        }
    }
}

fn fresh<I: Io>(scscf: &Shared<I>, asking: &Asking<'_>) -> Result<Authenticated, Refusal> {
    let challenge = challenge_by_spare(scscf, asking);
    challenge
        .map(Authenticated::NotYet)
        .ok_or_else(|| Refusal::new(Status::FORBIDDEN))
}

fn judged<I: Io>(
    known: &mut Aka,
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    auth: &Auth<'_>,
    answer: Option<&Answer<'_>>,
) -> Option<Judged> {
    let nonce = auth.get("nonce")?;
    let sent = known.sent(&nonce)?;
    if let Ok(auts) = aka::read_auts(&auth.get("auts").unwrap_or_default()) {
        let rand = sent.rand;
        return Some(Judged::Resynchronise { rand, auts });
    }
    let expected = Expected {
        username: &asking.pair.impi,
        realm: &scscf.realm,
        uri: DigestUri::Any,
        algorithm: Algorithm::AkaV1Md5,
        qop: scscf.rules().qop,
        ha1: &sent.ha1,
        method: Method::REGISTER,
        body: asking.request.body(),
    };
    // An empty response without auts is a UE to which the AUTN is wrong (TS 24.229 §5.1.1.5.3): as any wrong answer.
    if answer.is_some_and(|answer| answer.is_right(&expected)) {
        known.answered(&nonce);
        Some(Judged::Right)
    } else {
        Some(Judged::Wrong)
    }
}

/// 401 by a vector that was not used yet, where there is one (TS 24.229 §5.4.1.2.1A), or by the newest again where as
/// many are out as may be.
pub(crate) fn challenge_by_spare<I: Io>(scscf: &Shared<I>, asking: &Asking<'_>) -> Option<Message> {
    let rules = scscf.rules();
    let mut awaited = scscf.awaited.borrow_mut();
    let Some(Check::Aka(known)) = awaited.find(asking.pair) else {
        return None;
    };
    let vector = known.vector()?;
    let nonce = known.send(&vector, &asking.pair.impi, &scscf.realm);
    awaited.wait(asking.pair, asking.call_id, now(), rules.reg_await_auth);
    let mut value = challenge(
        &scscf.realm,
        &nonce,
        Algorithm::AkaV1Md5,
        rules.qop,
        Stale::No,
    );
    // For the P-CSCF, which takes them out (TS 24.229 §7.2A.1); strangers would not.
    if rules.trusts(asking.from) {
        for (name, key) in [("ik", &vector.ik), ("ck", &vector.ck)] {
            value.push_str(&format!(", {name}=\"{}\"", hex(key)));
        }
    }
    scscf.metrics.challenges.inc();
    scscf.metrics.aka_challenges.inc();
    let mut response = Message::response(asking.request, Status::UNAUTHORIZED);
    response.append(Name::WWW_AUTHENTICATE, &value);
    Some(response)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
