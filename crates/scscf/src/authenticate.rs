//! Who sends the REGISTER: a challenge, and the judgement of its answer (TS 24.229 §5.4.1.2.1, §5.4.1.2.2).

use cx::{AuthScheme, ServerAssignmentType};
use driver::io::Io;
use sip_message::{Auth, Message, Name, Status};
use sip_stack::digest::{Nonce, Stale};

use crate::challenge::{Answer, Challenge, Credentials, MAX_WRONG_ANSWERS};
use crate::error::Refusal;
use crate::register::{Pair, assign, refused};
use crate::{Shared, hss_credentials, now};

/// Whether the user is who they say.
pub(crate) enum Authenticated {
    /// They are.
    Yes,
    /// They have to answer this 401.
    NotYet(Message),
}

/// Judges `authorization`, or challenges.
pub(crate) async fn authenticate<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    pair: &Pair,
    authorization: Option<&Auth<'_>>,
) -> Result<Authenticated, Refusal> {
    let answer = match authorization {
        None => Answer::Unasked,
        Some(auth) => {
            scscf
                .challenges
                .borrow_mut()
                .judge(&pair.impi, &pair.impu, auth, now(), request.body())
        }
    };
    match answer {
        Answer::Right => Ok(Authenticated::Yes),
        Answer::Unasked => {
            let credentials = credentials(scscf, pair).await?;
            let old = authorization.is_some_and(|auth| {
                credentials.answers_an_old_challenge(&pair.impi, auth, now(), request.body())
            });
            if old {
                scscf.metrics.stale_nonces.inc();
            }
            let stale = if old { Stale::Yes } else { Stale::No };
            Ok(challenge(scscf, request, pair, credentials, 0, stale))
        }
        Answer::Stale => {
            scscf.metrics.stale_nonces.inc();
            let known = authorization
                .and_then(|auth| auth.get("nonce"))
                .and_then(|nonce| scscf.challenges.borrow().credentials(&nonce).cloned());
            let credentials = match known {
                Some(known) => known,
                None => credentials(scscf, pair).await?,
            };
            Ok(challenge(scscf, request, pair, credentials, 0, Stale::Yes))
        }
        Answer::Wrong(times) => {
            scscf.metrics.wrong_credentials.inc();
            if times < MAX_WRONG_ANSWERS {
                let credentials = credentials(scscf, pair).await?;
                return Ok(challenge(
                    scscf,
                    request,
                    pair,
                    credentials,
                    times,
                    Stale::No,
                ));
            }
            // The HSS forgets that an answer is awaited (TS 29.228 §6.1.2, AUTHENTICATION_FAILURE).
            // Whether it heard that or not, the answer was wrong.
            let _logged = assign(scscf, pair, ServerAssignmentType::AUTHENTICATION_FAILURE).await;
            Err(Refusal::new(Status::FORBIDDEN))
        }
    }
}

/// What the HSS has to check an answer of `pair` with.
async fn credentials<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<Credentials, Refusal> {
    let items = scscf
        .cx
        .multimedia_auth(&pair.impi, &pair.impu, AuthScheme::SipDigest, &scscf.name)
        .await;
    let items = items.map_err(|problem| refused(scscf, problem))?;
    hss_credentials::read(&items, &scscf.algorithms).ok_or_else(|| {
        tracing::warn!(
            impi = pair.impi,
            "the HSS gives no credentials for a digest algorithm of ours"
        );
        Refusal::new(Status::FORBIDDEN)
    })
}

/// 401 with a fresh nonce.
fn challenge<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    pair: &Pair,
    credentials: Credentials,
    wrong: u8,
    stale: Stale,
) -> Authenticated {
    let mut octets = [0; 16];
    scscf.endpoint.io().fill_random(&mut octets);
    let nonce: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let challenge = Challenge {
        impi: pair.impi.as_str().into(),
        impu: pair.impu.as_str().into(),
        credentials,
        nonce: Nonce::new(nonce, now(), scscf.reg_await_auth()),
        wrong,
        answered: false,
    };
    let values = scscf.challenges.borrow_mut().add(challenge, stale, now());
    scscf.challenge_added.notify_one();
    scscf.metrics.challenges.inc();
    let mut response = Message::response(request, Status::UNAUTHORIZED);
    for value in values {
        response.append(Name::WWW_AUTHENTICATE, &value);
    }
    Authenticated::NotYet(response)
}
