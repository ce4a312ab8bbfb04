//! REGISTER at the S-CSCF (TS 24.229 §5.4.1.2).

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::{AuthScheme, CxError, ServerAssignment, ServerAssignmentType};
use driver::io::Io;
use driver::turns::LineFull;
use sip_message::{Auth, Authorization, CSeq, CallId, Message, Name, PChargingVector, Status, To};
use sip_stack::digest::{Nonce, Stale};

use crate::binding::{Binding, Profile, Registration, same_contact};
use crate::challenge::{Answer, Challenge, Credentials, MAX_WRONG_ANSWERS};
use crate::contacts::{self, Asked};
use crate::error::Refusal;
use crate::registrar::{Bound, Change};
use crate::{Shared, hss_credentials, now, profile};

/// Extensions that a REGISTER may require of us.
const KNOWN_EXTENSIONS: [&str; 1] = ["path"];

/// Seconds after which a phone may ask again whose user has too many requests waiting.
const RETRY_AFTER_S: u32 = 5;

/// Who asks, for whom.
struct Pair {
    impi: String,
    impu: String,
}

/// The response to `request`.
pub(crate) async fn register<I: Io>(scscf: &Shared<I>, request: &Message) -> Message {
    scscf.metrics.registers.inc();
    let mut response = match procedure(scscf, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(request),
    };
    response.set_to_tag(&scscf.endpoint.new_tag());
    response
}

async fn procedure<I: Io>(scscf: &Shared<I>, request: &Message) -> Result<Message, Refusal> {
    // RFC 3261 §10.3, step 2: extensions.
    let unknown: Vec<&str> = request
        .elements(Name::REQUIRE)
        .filter(|tag| {
            !KNOWN_EXTENSIONS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(tag))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Refusal::new(Status::BAD_EXTENSION).with(Name::UNSUPPORTED, unknown.join(", ")));
    }
    // Credentials for another realm are not for us (RFC 3261 §22.1).
    let authorization = request
        .read_all::<Authorization<'_>>()
        .filter_map(Result::ok)
        .map(|authorization| authorization.0)
        // A scheme that is not known is as none (RFC 4475 §3.3.7).
        .find(|auth| {
            auth.is_digest() && auth.get("realm").is_none_or(|realm| realm == *scscf.realm)
        });
    let pair = pair(request, authorization.as_ref())?;
    let turn = scscf.turns.turn_for_peer(pair.impi.as_str().into()).await;
    let _turn = turn.map_err(|LineFull| {
        Refusal::new(Status::SERVER_INTERNAL_ERROR)
            .because("Too many requests of one user")
            .with(Name::RETRY_AFTER, RETRY_AFTER_S.to_string())
    })?;

    // §5.4.1.2.1, §5.4.1.2.2: challenge, or judge the answer to one.
    let answer = match &authorization {
        None => Answer::Unasked,
        Some(auth) => {
            scscf
                .challenges
                .borrow_mut()
                .judge(&pair.impi, &pair.impu, auth, now(), request.body())
        }
    };
    match answer {
        Answer::Right => {}
        Answer::Unasked => {
            let credentials = credentials(scscf, &pair).await?;
            let old = authorization.as_ref().is_some_and(|auth| {
                credentials.answers_an_old_challenge(&pair.impi, auth, now(), request.body())
            });
            if old {
                scscf.metrics.stale_nonces.inc();
            }
            let stale = if old { Stale::Yes } else { Stale::No };
            return Ok(challenge(scscf, request, &pair, credentials, 0, stale));
        }
        Answer::Stale => {
            scscf.metrics.stale_nonces.inc();
            let known = authorization
                .as_ref()
                .and_then(|auth| auth.get("nonce"))
                .and_then(|nonce| scscf.challenges.borrow().credentials(&nonce).cloned());
            let credentials = match known {
                Some(known) => known,
                None => credentials(scscf, &pair).await?,
            };
            return Ok(challenge(scscf, request, &pair, credentials, 0, Stale::Yes));
        }
        Answer::Wrong(times) => {
            scscf.metrics.wrong_credentials.inc();
            if times < MAX_WRONG_ANSWERS {
                let credentials = credentials(scscf, &pair).await?;
                return Ok(challenge(
                    scscf,
                    request,
                    &pair,
                    credentials,
                    times,
                    Stale::No,
                ));
            }
            // The HSS forgets that an answer is awaited (TS 29.228 §6.1.2, AUTHENTICATION_FAILURE).
            // Whether it heard that or not, the answer was wrong.
            let _logged = assign(scscf, &pair, ServerAssignmentType::AUTHENTICATION_FAILURE).await;
            return Err(Refusal::new(Status::FORBIDDEN));
        }
    }
    bind(scscf, request, &pair).await
}

/// The private identity that the credentials name, else the one that the public identity gives (TS 24.229
/// §5.4.1.2.1), and the public identity of To.
fn pair(request: &Message, authorization: Option<&Auth<'_>>) -> Result<Pair, Refusal> {
    let bad = |reason| Refusal::new(Status::BAD_REQUEST).because(reason);
    let to = request
        .read::<To<'_>>()
        .ok()
        .flatten()
        .ok_or_else(|| bad("To cannot be read"))?;
    let uri = to.0.uri().map_err(|_| bad("To cannot be read"))?;
    let impu = cx::identity::public(&uri).ok_or_else(|| bad("To names no public identity"))?;
    let impi = authorization
        .and_then(|auth| auth.get("username"))
        .map(|username| username.into_owned())
        .or_else(|| cx::identity::private_of(&uri))
        .ok_or_else(|| bad("To gives no private identity, and there are no credentials"))?;
    Ok(Pair { impi, impu })
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
) -> Message {
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
    response
}

/// §5.4.1.2.2, steps 5 to 9, and §5.4.1.4: the user is who they say.
async fn bind<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    pair: &Pair,
) -> Result<Message, Refusal> {
    let asked = contacts::asked(request, &scscf.registration)?;
    let call_id = request
        .read::<CallId<'_>>()
        .ok()
        .flatten()
        .map_or("", |call_id| call_id.0);
    let cseq = request
        .read::<CSeq<'_>>()
        .ok()
        .flatten()
        .map_or(0, |cseq| cseq.seq);

    // TS 24.229 §5.4.1.2.2: without multiple registration a contact that is new takes the place of the old ones.
    let moves = {
        let registrar = scscf.registrar.borrow();
        let held = registrar.find(&pair.impi, &pair.impu);
        let bound = |uri: &str| held.and_then(|held| held.find(uri));
        let moves = match &asked {
            Asked::Query | Asked::RemoveAll => false,
            Asked::Change { bind, .. } => bind.iter().any(|wanted| bound(&wanted.uri).is_none()),
        };
        // RFC 3261 §10.3, steps 6 and 7: a request older than the one that bound a contact does not touch it.
        let newer = |binding: &Binding| *binding.call_id == *call_id && cseq <= binding.cseq;
        let mut bindings = held.into_iter().flat_map(|held| &held.bindings);
        let late = match &asked {
            Asked::Query => false,
            Asked::RemoveAll => bindings.any(newer),
            Asked::Change { .. } if moves => bindings.any(newer),
            Asked::Change { bind, remove } => {
                let mut touched = bind.iter().map(|wanted| &wanted.uri).chain(remove);
                touched.any(|uri| bound(uri).is_some_and(newer))
            }
        };
        if late {
            return Err(Refusal::new(Status::SERVER_INTERNAL_ERROR)
                .because("CSeq is not higher than before"));
        }
        moves
    };

    let change = scscf
        .registrar
        .borrow()
        .change(&pair.impi, &pair.impu, &asked);
    // The HSS knows before the phone does: an answer that promises something is sent after it is stored.
    let fresh = match change {
        Change::None => None,
        Change::First => Some(registered_set(scscf, pair).await?),
        Change::Last => {
            leave(scscf, pair).await?;
            None
        }
    };
    let now = now();
    let path: Box<str> = request
        .elements(Name::PATH)
        .collect::<Vec<_>>()
        .join(", ")
        .into();
    let mut registrar = scscf.registrar.borrow_mut();
    if let Some(profile) = fresh {
        registrar.add(
            &pair.impi,
            Registration {
                profile,
                bindings: Vec::new(),
            },
        );
    }
    match asked {
        Asked::Query => {}
        Asked::RemoveAll => {
            let removed = registrar.remove_all(&pair.impi, &pair.impu);
            scscf.metrics.deregistrations.inc_by(removed as u64);
        }
        Asked::Change { bind, remove } => {
            let named: Vec<Box<str>> = bind.iter().map(|wanted| wanted.uri.clone()).collect();
            // What comes is bound before what goes is removed: a set without a contact would be none.
            for wanted in bind {
                let binding = Binding {
                    uri: wanted.uri,
                    params: wanted.params,
                    path: path.clone(),
                    call_id: call_id.into(),
                    cseq,
                    expires_at: now + Duration::from_secs(u64::from(wanted.seconds)),
                };
                match registrar.bind(&pair.impi, &pair.impu, binding) {
                    Bound::New => scscf.metrics.registrations.inc(),
                    Bound::Again => scscf.metrics.refreshes.inc(),
                    Bound::NotRegistered => continue,
                };
            }
            for uri in remove
                .iter()
                .filter(|uri| !named.iter().any(|named| same_contact(named, uri)))
            {
                let removed = registrar.remove(&pair.impi, &pair.impu, uri);
                scscf.metrics.deregistrations.inc_by(removed as u64);
            }
            if moves {
                let replaced = registrar.remove_others(&pair.impi, &pair.impu, &named);
                scscf.metrics.replacements.inc_by(replaced as u64);
            }
        }
    }
    scscf.metrics.bindings.set(registrar.bindings() as i64);
    scscf
        .expiries
        .borrow_mut()
        .set(&pair.impi, registrar.next_expiry(&pair.impi));
    scscf.expiry_changed.notify_one();
    Ok(accepted(
        scscf,
        request,
        registrar.find(&pair.impi, &pair.impu),
        now,
    ))
}

/// §5.4.1.2.2, step 5: the HSS takes us for the user's S-CSCF and gives the profile of the implicit set.
async fn registered_set<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<Rc<Profile>, Refusal> {
    let assignment = assign(scscf, pair, ServerAssignmentType::REGISTRATION).await?;
    let problem = match profile::of(
        assignment.user_data.as_deref().unwrap_or_default(),
        &pair.impu,
    ) {
        Ok(profile) => return Ok(profile),
        Err(problem) => problem,
    };
    tracing::error!(%problem, impi = pair.impi, impu = pair.impu, "the HSS's user profile cannot be read");
    // Nothing is bound here, so nothing may stay registered there.
    assign(
        scscf,
        pair,
        ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION,
    )
    .await?;
    Err(Refusal::new(Status::SERVER_INTERNAL_ERROR).because("User profile cannot be read"))
}

/// §5.4.1.4: the HSS hears that the user leaves. One that does not count them as ours has nothing to forget, and
/// what is kept here goes all the same.
async fn leave<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<(), Refusal> {
    match scscf
        .assign(
            &pair.impi,
            &pair.impu,
            ServerAssignmentType::USER_DEREGISTRATION,
        )
        .await
    {
        Ok(_) => Ok(()),
        Err(problem @ (CxError::HssUnreachable(_) | CxError::NotDelivered(_))) => {
            Err(refused(scscf, problem))
        }
        Err(problem) => {
            tracing::warn!(%problem, impi = pair.impi, "the HSS refused a deregistration");
            Ok(())
        }
    }
}

/// §5.4.1.2.2, step 11: the 200.
fn accepted<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    held: Option<&Registration>,
    now: Instant,
) -> Message {
    let mut response = Message::response(request, Status::OK);
    for path in request.elements(Name::PATH) {
        response.append(Name::PATH, path);
    }
    if let Some(held) = held {
        for binding in &held.bindings {
            let left = binding.expires_at.saturating_duration_since(now).as_secs();
            response.append(
                Name::CONTACT,
                &format!("<{}>{};expires={left}", binding.uri, binding.params),
            );
        }
        response.append(Name::SERVICE_ROUTE, &scscf.service_route);
        let identities: Vec<String> = held
            .profile
            .identities
            .iter()
            .map(|impu| format!("<{impu}>"))
            .collect();
        response.append(Name::P_ASSOCIATED_URI, &identities.join(", "));
    }
    // §5.4.1.2.2: the same identifier and originating side, and ourselves as the terminating side.
    if let Ok(Some(vector)) = request.read::<PChargingVector<'_>>() {
        let mut value = String::new();
        for name in ["icid-value", "icid-generated-at", "orig-ioi"] {
            if let Some(text) = vector.get(name) {
                // RFC 7315 §5.6: a host, which has no quotes, and values, which may have them.
                let host = |octet: u8| octet.is_ascii_alphanumeric() || b".-:[]".contains(&octet);
                let bare = name == "icid-generated-at" && text.bytes().all(host);
                let text = if bare {
                    text.into_owned()
                } else {
                    sip_message::quote(&text).to_string()
                };
                value.push_str(&format!("{name}={text};"));
            }
        }
        response.append(
            Name::P_CHARGING_VECTOR,
            &format!("{value}term-ioi=\"Type 1{}\"", scscf.realm),
        );
    }
    response
}

async fn assign<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    assignment: ServerAssignmentType,
) -> Result<ServerAssignment, Refusal> {
    scscf
        .assign(&pair.impi, &pair.impu, assignment)
        .await
        .map_err(|problem| refused(scscf, problem))
}

fn refused<I: Io>(scscf: &Shared<I>, problem: cx::CxError) -> Refusal {
    tracing::warn!(%problem, "the HSS refused or did not answer");
    if matches!(problem, cx::CxError::HssUnreachable(_)) {
        scscf.metrics.hss_unreachable.inc();
    }
    problem.into()
}
