//! Users whom the HSS may have forgotten: it came back, perhaps with an older database or none, or has given up telling us
//! that a registration ends. It hears of each again by RE_REGISTRATION (TS 29.228 §6.1.2) before their next refresh is
//! granted, once; while nothing happens to it a refresh asks it nothing.

use std::fmt::Display;

use cx::{Assignment, CxError, ServerAssignment, ServerAssignmentType, UserDataAlreadyAvailable};
use driver::io::Io;

use crate::Shared;
use crate::bind::undo;
use crate::doubt::Doubt;
use crate::error::Refusal;
use crate::profile::{Profile, Services};
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

/// How somebody stands once the HSS has heard that they are registered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Registered.
    Registered,
    /// By the profile of now every identity of the set is barred: nothing is left to be registered.
    Barred,
}

/// The HSS hears that the pair is registered here, before a refresh is granted.
///
/// One that cannot take it now is told later (the user was, and stays, registered here); one that says that the user is
/// not ours ends what we hold, so that the phone registers anew.
pub(crate) async fn confirm<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<(), Refusal> {
    let epoch = scscf.epoch();
    let Pair { impi, impu } = pair;
    let problem = match tell_again(scscf, pair).await {
        Ok(Standing::Registered) => return Ok(()),
        Ok(Standing::Barred) => {
            let refusal = Refusal::barred();
            drop_all(scscf, pair, &"every identity is barred");
            undo(scscf, pair).await;
            return Err(refusal);
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

/// Tells the HSS that the pair is registered here, and takes the profile that it has by now.
pub(crate) async fn tell_again<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Result<Standing, CxError> {
    let epoch = scscf.epoch();
    let Pair { impi, impu } = pair;
    let impu_alone = impu.as_str();
    let kind = ServerAssignmentType::RE_REGISTRATION;
    let asked = Assignment {
        // What was pushed meanwhile did not come here.
        user_data: UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE,
        ..Assignment::of_pair(impi, &impu_alone, &scscf.name, kind)
    };
    let cx = scscf.cx_of(scscf.hss_of(pair));
    let assignment = cx.server_assignment(asked).await?;
    replace(scscf, pair, &assignment);
    let mut registrar = scscf.registrar.borrow_mut();
    registrar.confirmed(impi, impu, epoch);
    let held = registrar.find(impi, impu);
    Ok(
        match held.is_some_and(|held| held.identities.shown().next().is_none()) {
            true => Standing::Barred,
            false => Standing::Registered,
        },
    )
}

/// The profile that came is the one, where one that can be read did.
fn replace<I: Io>(scscf: &Shared<I>, pair: &Pair, assignment: &ServerAssignment) {
    let Some(document) = assignment.user_data.as_deref() else {
        return;
    };
    scscf.registrar.borrow_mut().replace(&pair.impi, |held| {
        if !held.identities.has(&pair.impu, &scscf.wildcards) {
            return None;
        }
        // TS 29.228 §6.2: the default identity stays while the user is registered.
        let default = held.identities.first();
        let read = Profile::read(document, Some(&pair.impu), default, &scscf.wildcards);
        let profile = read.inspect_err(|problem| {
            tracing::error!(%problem, impi = pair.impi, "the HSS's user profile cannot be read");
        });
        let profile = profile.ok()?;
        let services = Services {
            profiles: profile.services.into(),
            charging: assignment.charging.clone(),
            hss: assignment.hss.as_str().into(),
        };
        Some((profile.identities, services))
    });
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
pub(crate) fn drop_all<I: Io>(
    scscf: &Shared<I>,
    Pair { impi, impu }: &Pair,
    problem: &dyn Display,
) {
    tracing::warn!(%problem, %impi, %impu, "not registered here any more: contacts dropped");
    let mut registrar = scscf.registrar.borrow_mut();
    let removed = registrar.retain(impi, |held, _| !held.identities.has(impu, &scscf.wildcards));
    scscf.metrics.terminations.inc_by(removed as u64);
    scscf.metrics.bindings.set(registrar.bindings() as i64);
}
