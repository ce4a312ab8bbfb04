//! The HSS changes what is held of a user (PPR; TS 29.228 §6.2).

use cx::{AuthItem, PushProfile, Pushed};
use driver::io::Io;
use user_profile::ReadError;

use crate::credentials::{Known, Secrets};
use crate::identities::Identities;
use crate::profile::{Profile, Services};
use crate::{Shared, now};

/// Replaces what `pushed` carries: all of it, or nothing.
///
/// TS 29.228 §6.2.1.1: a profile replaces what is held for the public identities in it, with whatever private identity
/// they are registered.
pub(crate) async fn push<I: Io>(scscf: &Shared<I>, pushed: PushProfile) -> Pushed {
    let profile = {
        // A procedure that runs has read what is to be replaced: it ends first.
        let _turn = scscf.turns.turn(pushed.impi.as_str().into()).await;
        match replace_own(scscf, &pushed) {
            Ok(profile) => profile,
            Err(refused) => return refused,
        }
    };
    let Some(profile) = profile else {
        return Pushed::Replaced;
    };
    let sharing = scscf.registrar.borrow().sharing(&profile.identities);
    for impi in sharing.into_iter().filter(|impi| **impi != *pushed.impi) {
        let _turn = scscf.turns.turn(impi.clone()).await;
        replace(scscf, &impi, Some(&profile), &pushed);
    }
    Pushed::Replaced
}

/// For the private identity that is named, if it is held and what came can be read; gives the profile that came.
fn replace_own<I: Io>(scscf: &Shared<I>, pushed: &PushProfile) -> Result<Option<Profile>, Pushed> {
    if !scscf.registrar.borrow().holds(&pushed.impi) {
        return Err(Pushed::UserUnknown);
    }
    let secrets = match &pushed.auth {
        None => None,
        Some(AuthItem::Digest(digest)) => {
            let rules = scscf.rules();
            let secrets = Secrets::read(digest, &rules.algorithms, &scscf.realm);
            Some(secrets.ok_or(Pushed::UnableToComply)?)
        }
        // Vectors and other schemes are asked for when they are needed.
        Some(AuthItem::Aka(_) | AuthItem::Other { .. }) => return Err(Pushed::UnableToComply),
    };
    let document = pushed.user_data.as_deref();
    let profile = document.map(|document| Profile::read(document, None, None, &scscf.wildcards));
    let profile = profile.transpose().map_err(|problem| {
        tracing::warn!(%problem, impi = pushed.impi, "a profile that the HSS pushed cannot be read");
        refusal(&problem)
    })?;
    if replace(scscf, &pushed.impi, profile.as_ref(), pushed) == 0 {
        tracing::warn!(
            impi = pushed.impi,
            "a profile that the HSS pushed is of no set that is held"
        );
        return Err(Pushed::UnableToComply);
    }
    if let Some(secrets) = secrets {
        let known = || Box::new(Known::new(secrets, &scscf.nonces.borrow(), now()));
        let kept = scscf.rules().keeps_credentials().then(known);
        scscf.registrar.borrow_mut().keep(&pushed.impi, kept);
    }
    Ok(profile)
}

/// Replaces what is held of the sets of `impi` that share an identity with `profile`, where there is one, else of all;
/// says how many.
fn replace<I: Io>(
    scscf: &Shared<I>,
    impi: &str,
    profile: Option<&Profile>,
    pushed: &PushProfile,
) -> usize {
    // A document is of one implicit set: the one that shares an identity with it.
    let is_meant = |identities: &Identities| {
        profile.is_none_or(|profile| {
            identities
                .all()
                .any(|impu| profile.identities.has(impu, &scscf.wildcards))
        })
    };
    let replaced = scscf.registrar.borrow_mut().replace(impi, |held| {
        if !is_meant(&held.identities) {
            return None;
        }
        // §6.2: the default identity stays while the user is registered.
        let document = pushed.user_data.as_deref();
        let new = document.and_then(|document| {
            let default = held.identities.first();
            Profile::read(document, None, default, &scscf.wildcards).ok()
        });
        let (identities, profiles) = match new {
            Some(new) => (new.identities, new.services.into()),
            None => (held.identities.clone(), held.services.profiles.clone()),
        };
        let charging = pushed.charging.clone();
        let services = Services {
            profiles,
            charging: charging.unwrap_or_else(|| held.services.charging.clone()),
            hss: pushed.hss.as_str().into(),
        };
        Some((identities, services))
    });
    scscf.metrics.profiles_replaced.inc_by(replaced as u64);
    replaced
}

/// TS 29.229 §6.2: what is too large is another result than what is not understood.
fn refusal(problem: &ReadError) -> Pushed {
    match problem {
        ReadError::TooLong(_) | ReadError::TooManyElements => Pushed::TooMuchData,
        _ => Pushed::NotSupportedUserData,
    }
}
