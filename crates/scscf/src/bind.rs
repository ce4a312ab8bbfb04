//! Binding contacts for a user who is who they say (TS 24.229 §5.4.1.2.2, §5.4.1.4; RFC 3261 §10.3; RFC 5626 §6).

use std::time::{Duration, Instant};

use cx::{CxError, ServerAssignment, ServerAssignmentType};
use driver::io::Io;
use sip_message::{CSeq, CallId, Message, Name, Status};

use crate::awaited::Check;
use crate::binding::{Binding, Given, MAX_TEXT, is_emergency};
use crate::config::NewContact;
use crate::confirm::{Epoch, confirm};
use crate::contacts::{self, Asked, Unacceptable};
use crate::doubt::Doubt;
use crate::error::Refusal;
use crate::outbound::Outbound;
use crate::profile::{Profile, Services};
use crate::register::{Pair, assign, unassigned};
use crate::registrar::Registration;
use crate::{Shared, accepted, now};

/// §5.4.1.2.2, steps 5 to 9, and §5.4.1.4: the user is who they say.
pub(crate) async fn bind<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    pair: &Pair,
    information: Option<String>,
) -> Result<Message, Refusal> {
    let rules = scscf.rules();
    let outbound = Outbound::of(request);
    let asked = contacts::asked(request, outbound, &rules.registration)?;
    let call_id = request.read::<CallId<'_>>().ok().flatten();
    let cseq = request.read::<CSeq<'_>>().ok().flatten();
    let path: String = join(request.elements(Name::PATH));
    if path.len() > MAX_TEXT {
        return Err(Unacceptable::Bad("Path is too long").into());
    }
    let asker = Asker {
        call_id: call_id.map_or("", |call_id| call_id.0),
        cseq: cseq.map_or(0, |cseq| cseq.seq),
        path: &path,
        new_contact: rules.registration.new_contact,
        max_contacts: rules.registration.max_contacts,
        epoch: scscf.epoch(),
    };
    let step = {
        let registrar = scscf.registrar.borrow();
        step(registrar.find(&pair.impi, &pair.impu), &asked, &asker)?
    };
    // The HSS knows before the phone does: an answer that promises something is sent after it is stored.
    match step {
        Step::None => {}
        Step::First => registered_set(scscf, pair).await?,
        Step::Confirm => confirm(scscf, pair).await?,
        Step::Last => leave(scscf, pair).await?,
        Step::NotHere(kind) => return Err(not_here(scscf, pair, kind).await),
    }
    let now = now();
    apply(scscf, pair, &asked, &asker, now);
    // Who is registered is awaited no more, and what was learnt for it is kept for the refresh.
    if step == Step::First {
        registered(scscf, pair);
    } else {
        refreshed(scscf, pair, now);
    }
    let registrar = scscf.registrar.borrow();
    let held = registrar.find(&pair.impi, &pair.impu);
    let mut response = accepted::accepted(scscf, request, held, now);
    if outbound == Outbound::Used && held.is_some_and(|held| used_outbound(&asked, held)) {
        // RFC 5626 §6: the phone learns that its flows are kept apart.
        response.append(Name::REQUIRE, "outbound");
    }
    if let Some(information) = information {
        response.append(Name::AUTHENTICATION_INFO, &information);
    }
    Ok(response)
}

/// What a REGISTER says besides its contacts.
struct Asker<'a> {
    call_id: &'a str,
    cseq: u32,
    path: &'a str,
    new_contact: NewContact,
    max_contacts: usize,
    epoch: Epoch,
}

/// What a REGISTER does to the state that the HSS keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing: the set was and stays registered, or was not and is not.
    None,
    /// The set becomes registered.
    First,
    /// The set stays registered, and the HSS has come back since it heard so.
    Confirm,
    /// Its last contact goes, or all of them are to go and nothing is held.
    Last,
    /// It is asked about, or one contact of it is to go, and nothing is held: what is true of it is said by how the HSS
    /// is told.
    NotHere(ServerAssignmentType),
}

/// What obeying `asked` does, if it may be obeyed.
fn step(
    held: Option<&Registration>,
    asked: &Asked<'_>,
    asker: &Asker<'_>,
) -> Result<Step, Refusal> {
    let (bind, remove) = match asked {
        // Whoever holds it, nothing changes.
        Asked::Query if held.is_none() => {
            return Ok(Step::NotHere(ServerAssignmentType::AUTHENTICATION_TIMEOUT));
        }
        Asked::Query => return Ok(Step::None),
        Asked::RemoveAll => {
            if let Some(held) = held {
                refuse_late(held.bindings.iter(), asker)?;
            }
            return Ok(Step::Last);
        }
        Asked::Change { bind, remove } => (bind, remove),
    };
    let Some(held) = held else {
        // What we held once, and lost with our memory, is over; what another S-CSCF holds the HSS gives back to it.
        return Ok(match bind.is_empty() {
            true => Step::NotHere(ServerAssignmentType::TIMEOUT_DEREGISTRATION),
            false => Step::First,
        });
    };
    let leaves = |binding: &&Binding| {
        let mut remove = remove.iter();
        remove.any(|leaving| binding.is_of(leaving.uri, leaving.flow))
    };
    // TS 24.229 §5.4.1.4: what is not bound cannot be deregistered, and who is bound by another contact stays.
    if bind.is_empty() && !held.bindings.iter().any(|binding| leaves(&binding)) {
        return Err(Refusal::new(Status::CALL_TRANSACTION_DOES_NOT_EXIST)
            .because("No such contact is bound"));
    }
    let is_bound = |binding: &&Binding| {
        let mut bind = bind.iter();
        bind.any(|wanted| binding.is_of(wanted.uri, wanted.flow))
    };
    let moves = moves(held, asked, asker);
    let is_touched = |binding: &&Binding| {
        leaves(binding) || is_bound(binding) || (moves && displaced(binding, asked))
    };
    let touched = held.bindings.iter().filter(is_touched);
    refuse_late(touched.clone(), asker)?;
    let left = held.bindings.len() - touched.count() + bind.len();
    if left > asker.max_contacts {
        return Err(Unacceptable::TooMany(asker.max_contacts).into());
    }
    Ok(match left {
        0 => Step::Last,
        _ if held.confirmed != asker.epoch => Step::Confirm,
        _ => Step::None,
    })
}

/// RFC 3261 §10.3, steps 6 and 7: a request older than the one that bound a contact does not touch it.
fn refuse_late<'a>(
    mut touched: impl Iterator<Item = &'a Binding>,
    asker: &Asker<'_>,
) -> Result<(), Refusal> {
    if touched.any(|binding| binding.call_id() == asker.call_id && asker.cseq <= binding.cseq) {
        return Err(
            Refusal::new(Status::SERVER_INTERNAL_ERROR).because("CSeq is not higher than before")
        );
    }
    Ok(())
}

/// Whether a contact without reg-id is new, and so takes the place of the others (TS 24.229 §5.4.1.2.2).
fn moves(held: &Registration, asked: &Asked<'_>, asker: &Asker<'_>) -> bool {
    let Asked::Change { bind, .. } = asked else {
        return false;
    };
    let is_refresh = |uri| {
        let bound = held.find(uri, None);
        bound.is_some_and(|binding| binding.flow().is_none())
    };
    asker.new_contact == NewContact::Replaces
        && bind
            .iter()
            .any(|wanted| wanted.flow.is_none() && !is_refresh(wanted.uri))
}

/// Whether a new contact takes the place of `binding`: an emergency registration is another one than the normal one.
fn displaced(binding: &Binding, asked: &Asked<'_>) -> bool {
    let Asked::Change { bind, .. } = asked else {
        return false;
    };
    let mut new = bind.iter().filter(|wanted| wanted.flow.is_none());
    new.any(|wanted| is_emergency(wanted.uri) == binding.is_emergency())
}

/// Does what is asked for to the pair's contacts.
fn apply<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    asked: &Asked<'_>,
    asker: &Asker<'_>,
    now: Instant,
) {
    let metrics = &scscf.metrics;
    let mut registrar = scscf.registrar.borrow_mut();
    let due = registrar.next_due();
    let change = |held: &mut Registration| match asked {
        Asked::Query => {}
        Asked::RemoveAll => {
            metrics.deregistrations.inc_by(held.bindings.len() as u64);
            held.bindings.clear();
        }
        Asked::Change { bind, remove } => {
            let moves = moves(held, asked, asker);
            let mut drop_where =
                |counter: &prometheus_client::metrics::counter::Counter,
                 goes: &dyn Fn(&Binding) -> bool| {
                    let before = held.bindings.len();
                    held.bindings.retain(|binding| !goes(binding));
                    counter.inc_by((before - held.bindings.len()) as u64);
                };
            drop_where(&metrics.deregistrations, &|binding| {
                let mut remove = remove.iter();
                remove.any(|leaving| binding.is_of(leaving.uri, leaving.flow))
            });
            if moves {
                drop_where(&metrics.replacements, &|binding| {
                    let named =
                        |wanted: &contacts::Wanted<'_>| binding.is_of(wanted.uri, wanted.flow);
                    displaced(binding, asked) && !bind.iter().any(named)
                });
            }
            for wanted in bind {
                let given = Given {
                    uri: wanted.uri,
                    params: &wanted.params,
                    path: asker.path,
                    call_id: asker.call_id,
                    cseq: asker.cseq,
                    flow: wanted.flow,
                    expires_at: now + Duration::from_secs(u64::from(wanted.seconds)),
                };
                let mut bound = held.bindings.iter_mut();
                match bound.find(|binding| binding.is_of(wanted.uri, wanted.flow)) {
                    Some(binding) => {
                        metrics.refreshes.inc();
                        if binding.says(&given) {
                            (binding.cseq, binding.expires_at) = (given.cseq, given.expires_at);
                        } else {
                            *binding = Binding::new(&given);
                        }
                    }
                    None => {
                        metrics.registrations.inc();
                        held.bindings.push(Binding::new(&given));
                    }
                }
            }
        }
    };
    registrar.change(&pair.impi, &pair.impu, change);
    metrics.bindings.set(registrar.bindings() as i64);
    if registrar.next_due() != due {
        scscf.due_changed.notify_one();
    }
}

/// The pair is registered from now on.
fn registered<I: Io>(scscf: &Shared<I>, pair: &Pair) {
    let Some(Check::Digest(known)) = scscf.awaited.borrow_mut().remove(pair) else {
        return;
    };
    let kept = scscf.rules().keeps_credentials().then_some(known);
    scscf.registrar.borrow_mut().keep(&pair.impi, kept);
}

/// What was learnt for the refresh of a pair is kept for the next one.
fn refreshed<I: Io>(scscf: &Shared<I>, pair: &Pair, now: Instant) {
    let (rules, mut awaited) = (scscf.rules(), scscf.awaited.borrow_mut());
    let mut registrar = scscf.registrar.borrow_mut();
    let is_kept =
        matches!(awaited.find(pair), Some(Check::Digest(known)) if known.is_kept(&rules, now));
    if !is_kept || registrar.find(&pair.impi, &pair.impu).is_none() {
        return;
    }
    if let Some(Check::Digest(known)) = awaited.remove(pair) {
        registrar.keep(&pair.impi, Some(known));
    }
}

fn used_outbound(asked: &Asked<'_>, held: &Registration) -> bool {
    let Asked::Change { bind, .. } = asked else {
        return false;
    };
    let mut flows = bind.iter().filter(|wanted| wanted.flow.is_some());
    flows.any(|wanted| held.find(wanted.uri, wanted.flow).is_some())
}

fn join<'a>(elements: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for element in elements {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(element);
    }
    text
}

/// §5.4.1.2.2, step 5: the HSS takes us for the user's S-CSCF and gives the profile of the implicit set.
async fn registered_set<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<(), Refusal> {
    let epoch = scscf.epoch();
    let assignment = assign(scscf, pair, ServerAssignmentType::REGISTRATION).await?;
    let refusal = match take(scscf, pair, assignment, epoch) {
        Ok(()) => return Ok(()),
        Err(refusal) => refusal,
    };
    undo(scscf, pair).await;
    Err(refusal)
}

/// Nothing is bound here, so nothing may stay registered there.
pub(crate) async fn undo<I: Io>(scscf: &Shared<I>, pair: &Pair) {
    let undone = scscf
        .assign(pair, ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION)
        .await;
    if let Err(problem) = undone {
        tracing::warn!(%problem, impi = pair.impi, "HSS not told that a registration came to nothing");
        // It is owed also where nothing was sent.
        if problem.is_undone() {
            scscf.doubt(pair, Doubt::Registration);
        }
    }
}

fn take<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    assignment: ServerAssignment,
    epoch: Epoch,
) -> Result<(), Refusal> {
    let document = assignment.user_data.as_deref().unwrap_or_default();
    let profile = Profile::read(document, Some(&pair.impu), None, &scscf.wildcards).map_err(|problem| {
        tracing::error!(%problem, impi = pair.impi, impu = pair.impu, "the HSS's user profile cannot be read");
        Refusal::new(Status::SERVER_INTERNAL_ERROR).because("User profile cannot be read")
    })?;
    // §5.4.1.2.2: a barred identity registers the others of its set; where there are none, nothing is left to use.
    if profile.identities.shown().next().is_none() {
        tracing::info!(
            impi = pair.impi,
            impu = pair.impu,
            "every identity of the set is barred"
        );
        return Err(Refusal::barred());
    }
    let mut registrar = scscf.registrar.borrow_mut();
    let services = registrar.share(Services {
        profiles: profile.services.into(),
        charging: assignment.charging,
        hss: assignment.hss.into(),
    });
    registrar.add(&pair.impi, profile.identities, services, epoch);
    Ok(())
}

/// §5.4.1.4: we are not the registrar of what a phone asks about, so we say nothing of its contacts and remove none. The
/// HSS hears that the challenge came to nothing.
async fn not_here<I: Io>(scscf: &Shared<I>, pair: &Pair, kind: ServerAssignmentType) -> Refusal {
    let hss = scscf.hss_of(pair);
    scscf.awaited.borrow_mut().remove(pair);
    match scscf.assign_at(hss, pair, kind).await {
        Err(problem) if problem.is_undone() => {
            // It is owed also where nothing was sent.
            scscf.doubt(pair, Doubt::of(kind));
            unassigned(scscf, pair, Doubt::of(kind), problem)
        }
        Ok(_) | Err(_) => Refusal::not_held(),
    }
}

/// §5.4.1.4: the HSS hears that the user leaves. One that does not count them as ours has nothing to forget, and
/// what is kept here goes all the same; with one that could not store it the user has not left. Where nothing is kept and
/// another S-CSCF serves, nobody has left anything.
async fn leave<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<(), Refusal> {
    let told = scscf
        .assign(pair, ServerAssignmentType::USER_DEREGISTRATION)
        .await;
    match told {
        Ok(_) => Ok(()),
        Err(problem) if problem.is_undone() => {
            Err(unassigned(scscf, pair, Doubt::Registration, problem))
        }
        Err(CxError::IdentityAlreadyRegistered { .. }) if !is_held(scscf, pair) => {
            scscf.awaited.borrow_mut().remove(pair);
            Err(Refusal::not_held())
        }
        Err(problem) => {
            tracing::warn!(%problem, impi = pair.impi, "the HSS refused a deregistration");
            if problem.is_in_doubt() {
                scscf.doubt(pair, Doubt::Registration);
            }
            Ok(())
        }
    }
}

fn is_held<I: Io>(scscf: &Shared<I>, pair: &Pair) -> bool {
    let registrar = scscf.registrar.borrow();
    registrar.find(&pair.impi, &pair.impu).is_some()
}
