//! The registrations that this S-CSCF holds.

use std::time::Instant;

use driver::hash::{self, KeyedMap};
use driver::io::Io;
use serde_json::{Value, json};

use crate::binding::{Binding, Registration, same_contact};
use crate::contacts::Asked;

/// Registrations by private identity, one for each implicit set.
pub(crate) struct Registrar {
    held: KeyedMap<Box<str>, Vec<Registration>>,
    bindings: usize,
}

/// What a REGISTER does to the state that the HSS keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing: the set was and stays registered, or was not and is not.
    None,
    /// The set becomes registered.
    First,
    /// Its last contact goes.
    Last,
}

impl Registrar {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self {
            held: hash::map(io),
            bindings: 0,
        }
    }

    /// The registration of `impi` whose set has `impu`.
    pub(crate) fn find(&self, impi: &str, impu: &str) -> Option<&Registration> {
        self.held
            .get(impi)?
            .iter()
            .find(|held| held.profile.has(impu))
    }

    fn find_mut(&mut self, impi: &str, impu: &str) -> Option<&mut Registration> {
        self.held
            .get_mut(impi)?
            .iter_mut()
            .find(|held| held.profile.has(impu))
    }

    /// What obeying `asked` would do.
    pub(crate) fn change(&self, impi: &str, impu: &str, asked: &Asked) -> Change {
        let held = self.find(impi, impu);
        let left = match asked {
            Asked::Query => return Change::None,
            Asked::RemoveAll => 0,
            Asked::Change { bind, .. } if !bind.is_empty() => {
                return if held.is_some() {
                    Change::None
                } else {
                    Change::First
                };
            }
            Asked::Change { remove, .. } => held.map_or(0, |held| {
                let stays =
                    |bound: &&Binding| !remove.iter().any(|uri| same_contact(uri, &bound.uri));
                held.bindings.iter().filter(stays).count()
            }),
        };
        if held.is_some() && left == 0 {
            Change::Last
        } else {
            Change::None
        }
    }

    /// Adds a registration that the HSS has confirmed.
    pub(crate) fn add(&mut self, impi: &str, registration: Registration) {
        self.bindings += registration.bindings.len();
        self.held.entry(impi.into()).or_default().push(registration);
    }

    /// Binds a contact; says whether it was bound before.
    pub(crate) fn bind(&mut self, impi: &str, impu: &str, binding: Binding) -> Bound {
        let Some(held) = self.find_mut(impi, impu) else {
            return Bound::NotRegistered;
        };
        let before = held.bindings.len();
        held.bind(binding);
        let added = held.bindings.len() - before;
        self.bindings += added;
        if added == 0 { Bound::Again } else { Bound::New }
    }

    /// Removes the contact `uri`; says how many that were.
    pub(crate) fn remove(&mut self, impi: &str, impu: &str, uri: &str) -> usize {
        self.retain(
            impi,
            |held| held.profile.has(impu),
            |binding| !same_contact(&binding.uri, uri),
        )
    }

    /// Removes every contact of the set that has `impu` but those of `kept`; says how many.
    pub(crate) fn remove_others(&mut self, impi: &str, impu: &str, kept: &[Box<str>]) -> usize {
        let stays = |binding: &Binding| kept.iter().any(|uri| same_contact(&binding.uri, uri));
        self.retain(impi, |held| held.profile.has(impu), stays)
    }

    /// Removes every contact of the set that has `impu`; says how many.
    pub(crate) fn remove_all(&mut self, impi: &str, impu: &str) -> usize {
        self.retain(impi, |held| held.profile.has(impu), |_| false)
    }

    /// Removes the contacts of `impi` that have run out by `now`; says how many.
    pub(crate) fn expire(&mut self, impi: &str, now: Instant) -> usize {
        self.retain(impi, |_| true, |binding| binding.expires_at > now)
    }

    /// The public identities (one a set) of `impi` whose every contact has run out by `now`.
    pub(crate) fn run_out(&self, impi: &str, now: Instant) -> Vec<Box<str>> {
        let sets = self.held.get(impi).into_iter().flatten();
        sets.filter(|held| {
            held.bindings
                .iter()
                .all(|binding| binding.expires_at <= now)
        })
        // A barred one stands for a set that has no other.
        .filter_map(|held| {
            let profile = &held.profile;
            profile
                .identities
                .iter()
                .chain(&profile.barred)
                .next()
                .cloned()
        })
        .collect()
    }

    /// When the first contact of `impi` runs out.
    pub(crate) fn next_expiry(&self, impi: &str) -> Option<Instant> {
        self.held
            .get(impi)?
            .iter()
            .filter_map(Registration::next_expiry)
            .min()
    }

    fn retain(
        &mut self,
        impi: &str,
        set: impl Fn(&Registration) -> bool,
        stays: impl Fn(&Binding) -> bool,
    ) -> usize {
        let Some(sets) = self.held.get_mut(impi) else {
            return 0;
        };
        let mut removed = 0;
        for held in sets.iter_mut().filter(|held| set(held)) {
            let before = held.bindings.len();
            held.bindings.retain(&stays);
            removed += before - held.bindings.len();
        }
        sets.retain(|held| !held.bindings.is_empty());
        if sets.is_empty() {
            self.held.remove(impi);
        }
        self.bindings -= removed;
        removed
    }

    /// Contacts bound now.
    pub(crate) fn bindings(&self) -> usize {
        self.bindings
    }

    /// What `/state` shows: how many, and the first hundred.
    pub(crate) fn state(&self, now: Instant) -> Value {
        let registration = |(impi, held): (&str, &Registration)| {
            let contacts: Vec<Value> = held
                .bindings
                .iter()
                .map(|binding| {
                    json!({
                        "contact": &*binding.uri,
                        "path": &*binding.path,
                        "expires_in_s": binding.expires_at.saturating_duration_since(now).as_secs(),
                    })
                })
                .collect();
            json!({
                "private_identity": impi,
                "public_identities": held.profile.identities.iter().map(|impu| &**impu).collect::<Vec<_>>(),
                "contacts": contacts,
            })
        };
        let first: Vec<Value> = self
            .held
            .iter()
            .flat_map(|(impi, sets)| sets.iter().map(move |held| (&**impi, held)))
            .take(100)
            .map(registration)
            .collect();
        json!({ "private_identities": self.held.len(), "contacts": self.bindings, "first": first })
    }
}

/// What binding a contact did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// It was not bound before.
    New,
    /// It was: a refresh.
    Again,
    /// The set is not registered; nothing was done.
    NotRegistered,
}
