//! The user profile from the HSS, as registrations need it.

use std::rc::Rc;

use user_profile::ImsSubscription;

use crate::binding::Profile;

/// Reads the implicit registration set that `impu` is in out of User-Data (TS 29.228 Annex E).
///
/// # Errors
/// What is wrong with the document.
pub(crate) fn of(user_data: &[u8], impu: &str) -> Result<Rc<Profile>, user_profile::ReadError> {
    let subscription = ImsSubscription::read(user_data)?;
    let (mut identities, mut barred): (Vec<Box<str>>, Vec<Box<str>>) = (Vec::new(), Vec::new());
    for identity in subscription
        .service_profiles
        .iter()
        .flat_map(|profile| &profile.public_identities)
    {
        let set = if identity.barring_indication {
            &mut barred
        } else {
            &mut identities
        };
        set.push(identity.identity.as_str().into());
    }
    // The identity that registers belongs to the set whatever the document says.
    if !identities
        .iter()
        .chain(&barred)
        .any(|known| **known == *impu)
    {
        identities.push(impu.into());
    }
    Ok(Rc::new(Profile { identities, barred }))
}
