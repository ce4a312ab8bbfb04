//! Binding contacts for a user who is who they say (TS 24.229 §5.4.1.2.2, §5.4.1.4; RFC 3261 §10.3).

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::{CxError, ServerAssignmentType};
use driver::io::Io;
use sip_message::{CSeq, CallId, Message, Name, PChargingVector, Status};

use crate::binding::{Binding, Profile, Registration, same_contact};
use crate::contacts::{self, Asked};
use crate::error::Refusal;
use crate::register::{Pair, assign, refused};
use crate::registrar::{Bound, Change};
use crate::{Shared, now, profile};

/// §5.4.1.2.2, steps 5 to 9, and §5.4.1.4: the user is who they say.
pub(crate) async fn bind<I: Io>(
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
