//! Who sends the REGISTER: whether a challenge is needed, and the judgement of its answer (TS 24.229 §5.4.1.2).

use std::net::IpAddr;
use std::time::{Duration, Instant};

use cx::{AuthItem, AuthScheme, MultimediaAuth, ServerAssignmentType};
use driver::io::Io;
use sip_message::{Auth, Message, Name, Status};
use sip_stack::digest::{Answer, Parameters, Stale, Verdict};

use crate::awaited::{Check, Ended, MAX_WRONG_ANSWERS};
use crate::credentials::{Judging, Known, Secrets};
use crate::doubt::Doubt;
use crate::error::Refusal;
use crate::register::{Pair, unassigned};
use crate::{Shared, authenticate_aka as aka, now};

/// How old what the HSS gave must be to be asked for again after a wrong answer, as the password may have changed.
pub const SECRETS_AGAIN: Duration = Duration::from_secs(5);

/// Whether the user is who they say.
pub(crate) enum Authenticated {
    /// They are; the value of Authentication-Info for the 200, if there is to be one.
    Yes(Option<String>),
    /// They have to answer this 401.
    NotYet(Message),
    /// They answered nothing yet, and have to answer this 401, for which asking again takes nothing from the HSS.
    Unknown(Message),
}

/// A REGISTER whose sender is to be known.
pub(crate) struct Asking<'a> {
    pub(crate) request: &'a Message,
    /// Which host sent it.
    pub(crate) from: IpAddr,
    pub(crate) pair: &'a Pair,
    pub(crate) call_id: &'a str,
    pub(crate) authorization: Option<&'a Auth<'a>>,
    /// What it says.
    pub(crate) said: Option<&'a Parameters<'a>>,
}

/// Challenges, or judges the answer to a challenge.
pub(crate) async fn authenticate<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
) -> Result<Authenticated, Refusal> {
    let protection = asking.said.and_then(Parameters::integrity_protected);
    // TS 24.229 §7.2A.2: only of who is trusted this says anything.
    let protection = match protection {
        Some(_) if !scscf.rules().trusts(asking.from) => {
            scscf.metrics.untrusted_protection.inc();
            Protection::None
        }
        Some(text) => Protection::of(&text),
        None => Protection::None,
    };
    // §5.4.1.2: who has authenticated the user itself (an MSC server enhanced for ICS) vouches for them.
    if protection == Protection::Done {
        return Ok(Authenticated::Yes(None));
    }
    let answer = asking.said.and_then(Answer::of);
    if let Some(auth) = asking.authorization
        && let Some(judged) = aka::judge(scscf, asking, auth, answer.as_ref()).await?
    {
        return Ok(judged);
    }
    // §5.4.1.2.2: a refresh that came over the security association needs no challenge.
    let registered = || {
        scscf
            .registrar
            .borrow()
            .find(&asking.pair.impi, &asking.pair.impu)
            .is_some()
    };
    if protection == Protection::Protected && registered() {
        return Ok(Authenticated::Yes(None));
    }
    match answer.filter(|answer| !answer.nonce().is_empty()) {
        None => unanswered(scscf, asking).await,
        Some(answer) => judge(scscf, asking, &answer).await,
    }
}

/// 401 to who answers no challenge of ours.
async fn unanswered<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
) -> Result<Authenticated, Refusal> {
    Ok(match challenge(scscf, asking, Stale::No).await? {
        Challenge::Digest(response) => Authenticated::Unknown(response),
        Challenge::Aka(response) => Authenticated::NotYet(response),
    })
}

/// `integrity-protected` (TS 24.229 §7.2A.2), as a trusted neighbour says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// `no`, `tls-pending`, `tls-connected`, `ip-assoc-pending`, absent, or not known.
    None,
    /// `yes`, `tls-yes`, `ip-assoc-yes`.
    Protected,
    /// `auth-done`.
    Done,
}

impl Protection {
    fn of(text: &str) -> Self {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        if is("auth-done") {
            Self::Done
        } else if is("yes") || is("tls-yes") || is("ip-assoc-yes") {
            Self::Protected
        } else {
            Self::None
        }
    }
}

/// What a judgement by SIP Digest comes to.
enum Judged {
    /// With the value of Authentication-Info.
    Right(Option<String>),
    Stale,
    /// Wrong, for the `n`th time in a row, by what the HSS gave at this time.
    Wrong(u8, Instant),
    /// To a challenge of another realm: to none of ours (RFC 3261 §22.1).
    Foreign,
    /// There is nothing to check it with.
    Unknown,
}

/// Judges an answer to a challenge of SIP Digest.
async fn judge<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    answer: &Answer<'_>,
) -> Result<Authenticated, Refusal> {
    match judge_by_known(scscf, asking, answer) {
        Judged::Right(information) => Ok(Authenticated::Yes(information)),
        Judged::Stale => {
            scscf.metrics.stale_nonces.inc();
            again(scscf, asking, Stale::Yes).await
        }
        Judged::Unknown => {
            // One of AKA is out, which this answers not: a vector more is taken only while it may be sent too.
            if scscf.awaited.borrow_mut().find(asking.pair).is_some() {
                return again(scscf, asking, Stale::No).await;
            }
            // To no challenge that is known: none was sent, or its time is over. RFC 7616 §3.3: a right answer is
            // stale, so that the phone asks nobody for the password again.
            fetch(scscf, asking, scheme(scscf)).await?;
            let stale = match judge_by_known(scscf, asking, answer) {
                Judged::Right(_) | Judged::Stale => {
                    scscf.metrics.stale_nonces.inc();
                    Stale::Yes
                }
                Judged::Wrong(..) | Judged::Foreign | Judged::Unknown => Stale::No,
            };
            again(scscf, asking, stale).await
        }
        Judged::Foreign => unanswered(scscf, asking).await,
        Judged::Wrong(times, since) => {
            scscf.metrics.wrong_credentials.inc();
            if times >= MAX_WRONG_ANSWERS {
                return Err(failed(scscf, asking).await);
            }
            // The password may have changed since the HSS gave what it is checked with; who only guesses costs it nothing.
            if now().saturating_duration_since(since) >= SECRETS_AGAIN {
                fetch(scscf, asking, scheme(scscf)).await?;
            }
            again(scscf, asking, Stale::No).await
        }
    }
}

fn judge_by_known<I: Io>(scscf: &Shared<I>, asking: &Asking<'_>, answer: &Answer<'_>) -> Judged {
    let (rules, now, Pair { impi, impu }) = (scscf.rules(), now(), asking.pair);
    let realm = asking.said.and_then(Parameters::realm);
    let mut nonces = scscf.nonces.borrow_mut();
    let mut by_known = |known: &mut Known| {
        if realm
            .as_ref()
            .is_some_and(|realm| *realm != known.secrets.realm(&scscf.realm))
        {
            return Judged::Foreign;
        }
        let by = Judging {
            impi,
            impu,
            realm: &scscf.realm,
            qop: rules.qop,
            body: asking.request.body(),
            nonces: &nonces,
            life: rules.nonce_life,
            now,
        };
        match known.judge(answer, &by) {
            Verdict::Accepted => {
                known.wrong = 0;
                let ha1 = known
                    .secrets
                    .ha1(answer.algorithm())
                    .filter(|_| rules.next_nonce);
                let next = |ha1| {
                    let next = nonces.issue([impi, impu], now);
                    answer.information(ha1, b"", &next)
                };
                Judged::Right(ha1.and_then(next))
            }
            Verdict::Stale | Verdict::Replayed => Judged::Stale,
            Verdict::Wrong => {
                known.wrong = known.wrong.saturating_add(1);
                Judged::Wrong(known.wrong, known.since)
            }
        }
    };
    let kept = |known: &&mut Known| known.is_kept(&rules, now);
    if let Some(known) = scscf.registrar.borrow_mut().known(impi, impu).filter(kept) {
        return by_known(known);
    }
    let mut awaited = scscf.awaited.borrow_mut();
    let judged = match awaited.find(asking.pair) {
        Some(Check::Digest(known)) => by_known(known),
        Some(Check::Aka(_)) | None => Judged::Unknown,
    };
    match judged {
        Judged::Wrong(_, since) => Judged::Wrong(awaited.wrong(asking.pair, asking.call_id), since),
        judged => judged,
    }
}

/// The challenges of who answered wrong too often end: 403, and the HSS forgets that an answer is awaited where nobody
/// else's is (TS 29.228 §6.1.2, AUTHENTICATION_FAILURE). Whether it heard that or not, the answer was wrong. A registered
/// user stays so, of which the HSS hears nothing.
pub(crate) async fn failed<I: Io>(scscf: &Shared<I>, asking: &Asking<'_>) -> Refusal {
    scscf.metrics.authentication_failures.inc();
    let (pair, call_id) = (asking.pair, asking.call_id);
    let ended = scscf.awaited.borrow_mut().end(pair, call_id);
    let is_registered = {
        let mut registrar = scscf.registrar.borrow_mut();
        if let Some(known) = registrar.known(&pair.impi, &pair.impu) {
            known.wrong = 0;
        }
        registrar.find(&pair.impi, &pair.impu).is_some()
    };
    let hss = scscf.hss_of(pair);
    if ended == Ended::Pair {
        scscf.awaited.borrow_mut().remove(pair);
    }
    if ended == Ended::Pair && !is_registered {
        let told = scscf
            .assign_at(hss, pair, ServerAssignmentType::AUTHENTICATION_FAILURE)
            .await;
        if let Err(problem) = told {
            tracing::debug!(%problem, impi = pair.impi, "HSS not told of an authentication failure");
            // It is owed also where nothing was sent.
            if problem.is_undone() {
                scscf.doubt(pair, Doubt::Challenge);
            }
        }
    }
    Refusal::new(Status::FORBIDDEN)
}

/// A 401, by the scheme of its challenge.
enum Challenge {
    Digest(Message),
    /// It takes a vector of the HSS.
    Aka(Message),
}

/// 401, by what is known of the user, else by what the HSS says.
async fn challenge<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    stale: Stale,
) -> Result<Challenge, Refusal> {
    let by_known = || {
        let by_digest = challenge_by_known(scscf, asking, stale).map(Challenge::Digest);
        by_digest.or_else(|| aka::challenge_by_spare(scscf, asking).map(Challenge::Aka))
    };
    if let Some(challenge) = by_known() {
        return Ok(challenge);
    }
    fetch(scscf, asking, scheme(scscf)).await?;
    by_known().ok_or_else(|| Refusal::new(Status::FORBIDDEN))
}

/// 401 to an answer that will not do.
async fn again<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    stale: Stale,
) -> Result<Authenticated, Refusal> {
    let (Challenge::Digest(response) | Challenge::Aka(response)) =
        challenge(scscf, asking, stale).await?;
    Ok(Authenticated::NotYet(response))
}

/// 401 of SIP Digest with a fresh nonce, where the user's HA1 is held.
fn challenge_by_known<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    stale: Stale,
) -> Option<Message> {
    let (rules, now, Pair { impi, impu }) = (scscf.rules(), now(), asking.pair);
    let respond = |known: &Known| {
        let nonce = scscf.nonces.borrow_mut().issue([impi, impu], now);
        let mut response = Message::response(asking.request, Status::UNAUTHORIZED);
        for value in known
            .secrets
            .challenges(&scscf.realm, &nonce, rules.qop, stale)
        {
            response.append(Name::WWW_AUTHENTICATE, &value);
        }
        scscf.metrics.challenges.inc();
        response
    };
    let mut registrar = scscf.registrar.borrow_mut();
    let known = registrar
        .known(impi, impu)
        .filter(|known| known.is_kept(&rules, now));
    if let Some(known) = known {
        return Some(respond(known));
    }
    let mut awaited = scscf.awaited.borrow_mut();
    let Some(Check::Digest(known)) = awaited.find(asking.pair) else {
        return None;
    };
    let response = respond(known);
    awaited.wait(asking.pair, asking.call_id, now, rules.reg_await_auth);
    Some(response)
}

/// Which scheme the HSS is asked for. What the phone names is of no account: anybody could have a user with a USIM
/// challenged for a password, or the other way about.
fn scheme<I: Io>(scscf: &Shared<I>) -> AuthScheme<'static> {
    let rules = scscf.rules();
    rules.scheme.asked(rules.vectors)
}

/// Gets from the HSS what an answer of the pair is checked with, and keeps it.
pub(crate) async fn fetch<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    scheme: AuthScheme<'_>,
) -> Result<(), Refusal> {
    let given = given(scscf, asking, scheme).await?;
    keep(scscf, asking.pair, given)
}

/// What the HSS gives for `scheme`.
pub(crate) async fn given<I: Io>(
    scscf: &Shared<I>,
    asking: &Asking<'_>,
    scheme: AuthScheme<'_>,
) -> Result<MultimediaAuth, Refusal> {
    let pair = asking.pair;
    scscf
        .cx_of(scscf.hss_of(pair))
        .multimedia_auth(&pair.impi, &pair.impu, scheme, &scscf.name)
        .await
        .map_err(|problem| unassigned(scscf, pair, Doubt::Challenge, problem))
}

/// Keeps what the HSS gave, for answers to come.
pub(crate) fn keep<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    given: MultimediaAuth,
) -> Result<(), Refusal> {
    let (rules, now) = (scscf.rules(), now());
    scscf
        .registrar
        .borrow_mut()
        .served_by(&pair.impi, &given.hss);
    let mut awaited = scscf.awaited.borrow_mut();
    let digest = given.items.iter().find_map(|item| match item {
        AuthItem::Digest(digest) => Secrets::read(digest, &rules.algorithms, &scscf.realm),
        AuthItem::Aka(_) | AuthItem::Other { .. } => None,
    });
    if let Some(secrets) = digest {
        let mut fresh = Known::new(secrets, &scscf.nonces.borrow(), now);
        let mut registrar = scscf.registrar.borrow_mut();
        // Of a registered user only the secret is new: what was used stays used.
        if let Some(known) = registrar.known(&pair.impi, &pair.impu) {
            if known.is_kept(&rules, now) {
                (known.secrets, known.since) = (fresh.secrets, now);
                return Ok(());
            }
            fresh.uses = known.uses;
            // It may be kept for less time than an answer takes, or not at all.
            registrar.keep(&pair.impi, None);
        }
        match awaited.find(pair) {
            Some(Check::Digest(known)) => (known.secrets, known.since) = (fresh.secrets, now),
            Some(check) => *check = Check::Digest(Box::new(fresh)),
            None => {
                let check = Check::Digest(Box::new(fresh));
                awaited.add(pair, check, now, rules.reg_await_auth);
                scscf.awaited_changed.notify_one();
            }
        }
        awaited.served_by(pair, given.hss);
        return Ok(());
    }
    let vectors = given.items.into_iter().filter_map(|item| match item {
        AuthItem::Aka(vector) => Some(vector),
        AuthItem::Digest(_) | AuthItem::Other { .. } => None,
    });
    let mut vectors = vectors.peekable();
    if vectors.peek().is_none() {
        tracing::warn!(
            impi = pair.impi,
            "the HSS gives no credentials for a scheme and an algorithm of ours"
        );
        // It has our name stored by now, and awaits what comes of a challenge that is not sent.
        scscf.doubt(pair, Doubt::Challenge);
        return Err(Refusal::new(Status::FORBIDDEN));
    }
    match awaited.find(pair) {
        Some(Check::Aka(aka)) => aka.refill(vectors),
        Some(check) => *check = aka::check(vectors),
        None => {
            awaited.add(pair, aka::check(vectors), now, rules.reg_await_auth);
            scscf.awaited_changed.notify_one();
        }
    }
    awaited.served_by(pair, given.hss);
    // Who has moved from SIP Digest to AKA answers no digest any more.
    scscf.registrar.borrow_mut().keep(&pair.impi, None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ts24229_7_2a_2_what_integrity_protected_means() {
        for (text, protection) in [
            ("yes", Protection::Protected),
            ("tls-yes", Protection::Protected),
            ("ip-assoc-yes", Protection::Protected),
            ("auth-done", Protection::Done),
            ("no", Protection::None),
            ("tls-pending", Protection::None),
            ("tls-connected", Protection::None),
            ("ip-assoc-pending", Protection::None),
            ("maybe", Protection::None),
        ] {
            assert_eq!(Protection::of(text), protection, "{text}");
        }
    }
}
