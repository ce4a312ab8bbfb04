//! The HSS changes what is held of a user (PPR; TS 29.228 §6.2).

use cx::{AuthItem, PushProfile, Pushed};
use driver::io::Io;
use user_profile::ReadError;

use crate::credentials::{Known, Secrets};
use crate::profile::{Profile, Services};
use crate::{Shared, now};

/// Replaces what `pushed` carries: all of it, or nothing.
pub(crate) async fn push<I: Io>(scscf: &Shared<I>, pushed: PushProfile) -> Pushed {
    // A procedure that runs has read what is to be replaced: it ends first.
    let _turn = scscf.turns.turn(pushed.impi.as_str().into()).await;
    let mut registrar = scscf.registrar.borrow_mut();
    if !registrar.holds(&pushed.impi) {
        return Pushed::UserUnknown;
    }
    let secrets = match &pushed.auth {
        None => None,
        Some(AuthItem::Digest(digest)) => {
            let rules = scscf.rules();
            let Some(secrets) = Secrets::read(digest, &rules.algorithms, &scscf.realm) else {
                return Pushed::UnableToComply;
            };
            Some(secrets)
        }
        // Vectors and other schemes are asked for when they are needed.
        Some(AuthItem::Aka(_) | AuthItem::Other { .. }) => return Pushed::UnableToComply,
    };
    let document = pushed.user_data.as_deref();
    let profile = match document
        .map(|document| Profile::read(document, None, None))
        .transpose()
    {
        Ok(profile) => profile,
        Err(problem) => {
            tracing::warn!(%problem, impi = pushed.impi, "a profile that the HSS pushed cannot be read");
            return refusal(&problem);
        }
    };
    // A document is of one implicit set: the one that shares an identity with it.
    let is_meant = |identities: &crate::identities::Identities| {
        profile
            .as_ref()
            .is_none_or(|profile| identities.all().any(|impu| profile.identities.has(impu)))
    };
    if !registrar
        .of(&pushed.impi)
        .any(|held| is_meant(&held.identities))
    {
        tracing::warn!(
            impi = pushed.impi,
            "a profile that the HSS pushed is of no set that is held"
        );
        return Pushed::UnableToComply;
    }
    let replaced = registrar.replace(&pushed.impi, |held| {
        if !is_meant(&held.identities) {
            return None;
        }
        // §6.2: the default identity stays while the user is registered.
        let new = document
            .and_then(|document| Profile::read(document, None, held.identities.first()).ok());
        let (identities, profiles) = match new {
            Some(new) => (new.identities, new.services.into()),
            None => (held.identities.clone(), held.services.profiles.clone()),
        };
        let charging = pushed.charging.clone();
        let services = Services {
            profiles,
            charging: charging.unwrap_or_else(|| held.services.charging.clone()),
        };
        Some((identities, services))
    });
    if let Some(secrets) = secrets {
        let known = Known::new(secrets, &scscf.nonces.borrow(), now());
        registrar.keep(&pushed.impi, Some(Box::new(known)));
    }
    scscf.metrics.profiles_replaced.inc_by(replaced as u64);
    Pushed::Replaced
}

/// TS 29.229 §6.2: what is too large is another result than what is not understood.
fn refusal(problem: &ReadError) -> Pushed {
    match problem {
        ReadError::TooLong(_) | ReadError::TooManyElements => Pushed::TooMuchData,
        _ => Pushed::NotSupportedUserData,
    }
}
