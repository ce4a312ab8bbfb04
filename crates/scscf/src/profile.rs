//! The user profile from the HSS, as registrations need it.

use std::hash::BuildHasher;
use std::rc::{Rc, Weak};

use cx::ChargingAddresses;
use driver::hash::{self, KeyedMap};
use driver::io::Io;
use user_profile::{ImsSubscription, ReadError};

use crate::identities::{Barring, Extent, Identities, canonical};
use crate::wildcards::Wildcards;

/// What users with the same services share.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Services {
    /// The service profiles without their identities, as XML of TS 29.228 Annex E.
    pub(crate) profiles: Box<str>,
    /// Where charging data go.
    pub(crate) charging: ChargingAddresses,
    /// Origin-Host of the HSS that has the users, and is asked for them (TS 29.229 §5.4).
    pub(crate) hss: Box<str>,
}

/// A profile as downloaded.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) identities: Identities,
    /// The service profiles without their identities.
    pub(crate) services: String,
}

impl Profile {
    /// Reads the implicit registration set that `impu` is in out of User-Data (TS 29.228 Annex E); `default` comes
    /// first where the set has it and it is not barred: who is registered keeps the default identity (§6.2).
    ///
    /// # Errors
    /// What is wrong with the document.
    pub(crate) fn read(
        user_data: &[u8],
        impu: Option<&str>,
        default: Option<&str>,
        wildcards: &Wildcards,
    ) -> Result<Self, ReadError> {
        let mut subscription = ImsSubscription::read(user_data)?;
        let mut known: Vec<Known> = Vec::new();
        for profile in &mut subscription.service_profiles {
            for identity in profile.public_identities.drain(..) {
                let barring = match identity.barring_indication {
                    true => Barring::Barred,
                    false => Barring::None,
                };
                known.push(match identity.wildcard() {
                    Some(wildcard) => (wildcard.to_owned(), barring, Extent::Wildcarded),
                    None => (identity.identity, barring, Extent::Distinct),
                });
            }
        }
        // A wildcard is no default identity, which P-Associated-URI names first (TS 24.229 §5.4.1.2.2F).
        let may_be_default =
            |(_, barring, extent): &Known| (*barring, *extent) == (Barring::None, Extent::Distinct);
        let kept = known
            .iter()
            .position(|one| Some(&*canonical(&one.0)) == default && may_be_default(one))
            .or_else(|| known.iter().position(may_be_default));
        if let Some(first) = kept.and_then(|kept| known.get_mut(..=kept)) {
            first.rotate_right(1);
        }
        let mut identities = set(&known);
        let missing = match (impu, impu.or(default)) {
            // The identity that registers belongs to the set whatever the document says.
            (Some(impu), _) if !identities.has(impu, wildcards) => Some((known.len(), impu)),
            // And a member of a range is the default where the range is all there is.
            (_, Some(member)) if kept.is_none() && is_member(&identities, member, wildcards) => {
                Some((0, member))
            }
            _ => None,
        };
        if let Some((at, impu)) = missing {
            known.insert(at, (impu.to_owned(), Barring::None, Extent::Distinct));
            identities = set(&known);
        }
        subscription.private_id.clear();
        Ok(Self {
            identities,
            services: subscription.write(),
        })
    }
}

/// An identity with what it is.
type Known = (String, Barring, Extent);

fn set(known: &[Known]) -> Identities {
    let borrowed = known
        .iter()
        .map(|(identity, barring, extent)| (identity.as_str(), *barring, *extent));
    Identities::new(borrowed)
}

/// Whether `impu` belongs to a range of `identities`, and is not provisioned by itself.
fn is_member(identities: &Identities, impu: &str, wildcards: &Wildcards) -> bool {
    identities.has(impu, wildcards) && !identities.all().any(|identity| identity == impu)
}

/// The services that are in use, each once.
pub(crate) struct Shelf {
    kept: KeyedMap<u64, Vec<Weak<Services>>>,
}

impl Shelf {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self::with(hash::map(io))
    }

    pub(crate) fn with(kept: KeyedMap<u64, Vec<Weak<Services>>>) -> Self {
        Self { kept }
    }

    /// The one record of these services; others that are not in use any more go.
    pub(crate) fn share(&mut self, services: Services) -> Rc<Services> {
        let number = self.kept.hasher().hash_one(&services.profiles);
        // Records that nobody uses any more go now and then.
        if self.kept.len() > 64 && self.kept.len().is_power_of_two() {
            self.kept
                .retain(|_, same| same.iter().any(|kept| kept.strong_count() > 0));
        }
        let same = self.kept.entry(number).or_default();
        same.retain(|kept| kept.strong_count() > 0);
        let known = same
            .iter()
            .filter_map(Weak::upgrade)
            .find(|kept| **kept == services);
        known.unwrap_or_else(|| {
            let services = Rc::new(services);
            same.push(Rc::downgrade(&services));
            services
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.kept
            .values()
            .flatten()
            .filter(|kept| kept.strong_count() > 0)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(private: &str, identities: &[(&str, bool)]) -> String {
        let identities: String = identities
            .iter()
            .map(|(identity, barred)| {
                format!(
                    "<PublicIdentity><BarringIndication>{}</BarringIndication><Identity>{identity}</Identity>\
                     </PublicIdentity>",
                    u8::from(*barred)
                )
            })
            .collect();
        format!(
            "<IMSSubscription><PrivateID>{private}</PrivateID><ServiceProfile>{identities}\
             <InitialFilterCriteria><Priority>1</Priority><ApplicationServer><ServerName>sip:as.h</ServerName>\
             </ApplicationServer></InitialFilterCriteria></ServiceProfile></IMSSubscription>"
        )
    }

    fn read(identities: &[(&str, bool)], impu: &str, default: Option<&str>) -> Profile {
        let document = document("a@h", identities);
        Profile::read(
            document.as_bytes(),
            Some(impu),
            default,
            &Wildcards::default(),
        )
        .expect("readable")
    }

    #[test]
    fn the_order_is_the_documents_and_who_registers_belongs_to_the_set() {
        let profile = read(
            &[("sip:b@h", true), ("sip:a@h", false), ("tel:+1", false)],
            "sip:a@h",
            None,
        );
        assert_eq!(
            profile.identities.shown().collect::<Vec<_>>(),
            ["sip:a@h", "tel:+1"]
        );
        let other = read(&[("sip:b@h", false)], "sip:a@h", None);
        assert_eq!(
            other.identities.shown().collect::<Vec<_>>(),
            ["sip:b@h", "sip:a@h"]
        );
    }

    #[test]
    fn ts24229_5_4_1_2_2f_a_wildcard_is_shown_and_is_no_default() {
        let wildcard = "sip:pbx-!.*!@h";
        let shown = |identities: &[(&str, bool)], impu: &str, default| {
            let profile = read(identities, impu, default);
            let shown: Vec<String> = profile.identities.shown().map(str::to_owned).collect();
            (
                shown.join(" "),
                profile.identities.first().map(str::to_owned),
            )
        };
        let main = Some("sip:main@h".to_owned());
        let of_pbx = [(wildcard, false), ("sip:main@h", false)];
        let wanted = (format!("sip:main@h {wildcard}"), main);
        // Who registers by a member does so for the set.
        for impu in ["sip:main@h", "sip:pbx-7@h"] {
            assert_eq!(shown(&of_pbx, impu, None), wanted);
            assert_eq!(shown(&of_pbx, impu, Some(wildcard)), wanted);
        }
        let alone = (
            format!("sip:pbx-7@h {wildcard}"),
            Some("sip:pbx-7@h".to_owned()),
        );
        assert_eq!(shown(&[(wildcard, false)], "sip:pbx-7@h", None), alone);
        let barred = [(wildcard, false), ("sip:main@h", true)];
        let first = shown(&barred, "sip:main@h", None);
        assert_eq!(first, (wildcard.to_owned(), Some("sip:main@h".to_owned())));
    }

    #[test]
    fn ts29228_6_2_who_is_registered_keeps_the_default_identity() {
        let set = [("sip:a@h", false), ("sip:b@h", false), ("sip:c@h", false)];
        let shown = |default| {
            let profile = read(&set, "sip:a@h", Some(default));
            profile
                .identities
                .shown()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(shown("sip:c@h"), ["sip:c@h", "sip:a@h", "sip:b@h"]);
        assert_eq!(shown("sip:gone@h"), ["sip:a@h", "sip:b@h", "sip:c@h"]);
    }

    #[test]
    fn users_with_the_same_services_share_them() {
        let mut shelf = Shelf::with(KeyedMap::default());
        let mut take = |private, identity| {
            let document = document(private, &[(identity, false)]);
            let profile = Profile::read(document.as_bytes(), None, None, &Wildcards::default())
                .expect("readable");
            shelf.share(Services {
                profiles: profile.services.into(),
                charging: ChargingAddresses::default(),
                hss: "hss.h".into(),
            })
        };
        let (alice, bob) = (take("a@h", "sip:a@h"), take("b@h", "sip:b@h"));
        assert!(Rc::ptr_eq(&alice, &bob));
        assert!(alice.profiles.contains("sip:as.h") && !alice.profiles.contains("sip:a@h"));
        assert_eq!(shelf.len(), 1);
        drop((alice, bob));
        assert_eq!(shelf.len(), 0);
    }
}
