//! Users whom the HSS may have forgotten: it came back, perhaps with an older database or none, or has given up telling us
//! that a registration ends. It hears of each again by RE_REGISTRATION (TS 29.228 §6.1.2) before their next refresh is
//! granted, once; while nothing happens to it a refresh asks it nothing.

use cx::{CxError, ServerAssignmentType};
use driver::io::Io;

use crate::Shared;
use crate::doubt::Doubt;
use crate::error::Refusal;
use crate::register::{Pair, refused};

/// A time in which the HSS kept what it was told, as far as its connections show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Epoch(u32);

impl<I: Io> Shared<I> {
    /// That of now.
    pub(crate) fn epoch(&self) -> Epoch {
        // Whoever was confirmed so many renewals ago has run out long since.
        #[allow(clippy::cast_possible_truncation)]
        Epoch(self.cx.node().renewals() as u32)
    }
}

/// The HSS hears that the pair is registered here.
///
/// One that cannot take it now is told later (the user was, and stays, registered here); one that says that the user is
/// not ours ends what we hold, so that the phone registers anew.
pub(crate) async fn confirm<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<(), Refusal> {
    let epoch = scscf.epoch();
    let Pair { impi, impu } = pair;
    let told = scscf.assign(impi, impu, ServerAssignmentType::RE_REGISTRATION);
    let problem = match told.await {
        Ok(_) => {
            scscf.registrar.borrow_mut().confirmed(impi, impu, epoch);
            return Ok(());
        }
        Err(problem) => problem,
    };
    if is_over(&problem) {
        drop_all(scscf, pair, &problem);
        return Err(match problem {
            CxError::IdentityAlreadyRegistered { .. } | CxError::IdentityNotRegistered => {
                Refusal::not_held()
            }
            _ => refused(scscf, problem),
        });
    }
    tracing::warn!(%problem, %impi, %impu, "HSS not told again of a registration");
    match problem.is_undone() || problem.is_in_doubt() {
        true => scscf.doubt(pair, Doubt::Registration),
        // It refuses the question, and would do so each time.
        false => scscf.registrar.borrow_mut().confirmed(impi, impu, epoch),
    }
    Ok(())
}

/// Whether the HSS does not have the user registered here, and will not: another S-CSCF serves, or it does not know
/// the user any more.
pub(crate) fn is_over(problem: &CxError) -> bool {
    matches!(
        problem,
        CxError::IdentityAlreadyRegistered { .. }
            | CxError::IdentityNotRegistered
            | CxError::UserUnknown
            | CxError::IdentitiesDontMatch
    )
}

/// Ends the registration of `pair`, which is over by what the HSS said.
pub(crate) fn drop_all<I: Io>(scscf: &Shared<I>, Pair { impi, impu }: &Pair, problem: &CxError) {
    tracing::warn!(%problem, %impi, %impu, "not registered here any more: contacts dropped");
    let mut registrar = scscf.registrar.borrow_mut();
    let removed = registrar.retain(impi, |held, _| !held.identities.has(impu, &scscf.wildcards));
    scscf.metrics.terminations.inc_by(removed as u64);
    scscf.metrics.bindings.set(registrar.bindings() as i64);
}
