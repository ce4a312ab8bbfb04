//! The HSS ends registrations (RTR; TS 29.228 §6.1.3, TS 24.229 §5.4.1.5).

use cx::{EmergencyIdentity, ReasonCode, RegistrationTermination, Terminated};
use driver::io::Io;

use crate::Shared;
use crate::identities::{Identities, canonical};
use crate::registrar::Registration;

/// Ends what `asked` names, one private identity after another, each when its own procedures are done.
pub(crate) async fn terminate<I: Io>(
    scscf: &Shared<I>,
    asked: RegistrationTermination,
) -> Terminated {
    // TS 29.228 §6.1.3: other identities of the user may stay here, so those that moved have to be named.
    if asked.reason == ReasonCode::NEW_SERVER_ASSIGNED && asked.impus.is_empty() {
        tracing::warn!(
            impi = asked.impi,
            "NEW_SERVER_ASSIGNED without Public-Identity"
        );
        return Terminated::UnableToComply;
    }
    let named = asked.impus.iter().map(|impu| canonical(impu).into_owned());
    let impus: Vec<String> = named.collect();
    let (mut emergency, mut others_ended, mut ended) = (Vec::new(), Vec::new(), 0);
    let mut others = asked.associated_identities.clone();
    others.retain(|other| *other != asked.impi);
    for impi in std::iter::once(&asked.impi).chain(&others) {
        // What runs for the user ends first; what comes after finds the user gone.
        let _turn = scscf.turns.turn(impi.as_str().into()).await;
        let (removed, stays) = end(scscf, impi, &impus);
        ended += removed;
        if removed > 0 && *impi != asked.impi {
            others_ended.push(impi.clone());
        }
        emergency.extend(stays);
    }
    tracing::info!(
        impi = asked.impi,
        reason = asked.reason.0,
        reason_info = asked.reason_info,
        hss = asked.hss,
        ended,
        "the HSS ends registrations"
    );
    match (ended, emergency.is_empty()) {
        (0, true) => Terminated::UserUnknown,
        (0, false) => Terminated::OnlyEmergency(emergency),
        (_, true) => Terminated::Done {
            associated_identities: others_ended,
        },
        (_, false) => Terminated::ButEmergency(emergency),
    }
}

/// Ends the registrations of `impi` whose set has one of `impus` (none: all); how many contacts went, and which pairs
/// stay for emergencies (TS 29.228 §6.1.3.1).
fn end<I: Io>(scscf: &Shared<I>, impi: &str, impus: &[String]) -> (usize, Vec<EmergencyIdentity>) {
    // The implicit set moves as one: its every identity is deregistered with any of them.
    let is_meant = |held: &Registration| {
        impus.is_empty()
            || impus
                .iter()
                .any(|impu| held.identities.has(impu, &scscf.wildcards))
    };
    let mut registrar = scscf.registrar.borrow_mut();
    let stays: Vec<EmergencyIdentity> = registrar
        .of(impi)
        .filter(|held| is_meant(held))
        .filter(|held| held.bindings.iter().any(|binding| binding.is_emergency()))
        .filter_map(|held| held.identities.first())
        .map(|impu| EmergencyIdentity {
            impi: impi.to_owned(),
            impu: impu.to_owned(),
        })
        .collect();
    let ended: Vec<Identities> = registrar
        .of(impi)
        .filter(|held| is_meant(held))
        .map(|held| held.identities.clone())
        .collect();
    let removed = registrar.retain(impi, |held, binding| {
        !is_meant(held) || binding.is_emergency()
    });
    // Nobody answers a challenge of before for them any more; and where all ends, nor with a secret that the HSS may
    // have changed.
    scscf.awaited.borrow_mut().remove_where(impi, |impu| {
        let mut sets = ended.iter();
        impus.is_empty()
            || impus.iter().any(|named| named == impu)
            || sets.any(|set| set.has(impu, &scscf.wildcards))
    });
    if impus.is_empty() {
        registrar.keep(impi, None);
    }
    scscf.metrics.terminations.inc_by(removed as u64);
    scscf.metrics.bindings.set(registrar.bindings() as i64);
    (removed, stays)
}
