//! The registrations that this S-CSCF holds.
//!
//! A hundred thousand users are held at once, so a user is one record, found by number from three indexes: the table of
//! private identities, that of the first public identities of their sets, which users share, and the line of those whose
//! contacts run out.

/// The topmost hop of `path` without its user part: who knows the P-CSCF's token of a flow can reach the phone by it.
fn next_hop(path: &str) -> Option<String> {
    let (uri, _) = path.split_once('<')?.1.split_once('>')?;
    let Ok(Uri::Sip(uri)) = Uri::parse(uri) else {
        return None;
    };
    let bare = SipUri {
        user: None,
        password: None,
        ..uri
    };
    Some(bare.to_string())
}

#[cfg(test)]
mod due;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod memory;

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::rc::Rc;
use std::time::Instant;

use driver::hash::{self, Keyed};
use driver::io::Io;
use hashbrown::HashTable;
use serde_json::{Value, json};
use sip_message::{SipUri, Uri};
use smallvec::SmallVec;

use crate::binding::{Binding, Flow};
use crate::confirm::Epoch;
use crate::credentials::Known;
use crate::identities::Identities;
use crate::profile::{Services, Shelf};
use crate::wildcards::Wildcards;

/// Characters of service profiles that `/state` shows: they may be a megabyte.
const SHOWN_PROFILE: usize = 4096;

/// The contacts of one pair: of one private identity and one implicit registration set.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) identities: Identities,
    pub(crate) services: Rc<Services>,
    /// When the HSS last heard of it.
    pub(crate) confirmed: Epoch,
    pub(crate) bindings: SmallVec<[Binding; 1]>,
}

/// A registered user.
struct User {
    impi: Box<str>,
    sets: SmallVec<[Registration; 1]>,
    /// What answers to challenges are checked with, where that is kept.
    known: Option<Box<Known>>,
    /// Where the user stands in the line of those whose contacts run out: when the first of them does, or before.
    due: Option<Instant>,
}

impl User {
    /// When the first contact does.
    fn runs_out(&self) -> Option<Instant> {
        let bindings = self.sets.iter().flat_map(|held| &held.bindings);
        bindings.map(|binding| binding.expires_at).min()
    }
}

type Number = u32;

/// What of an identity's hash is kept.
type Mark = u32;

#[allow(
    clippy::cast_possible_truncation,
    reason = "a mark is the half of a hash"
)]
fn mark(hasher: &Keyed, first: Option<&str>) -> Mark {
    hasher.hash_one(first) as Mark
}

/// The hash that a mark stands for: its high bits are as different as its low ones.
fn spread(mark: Mark) -> u64 {
    u64::from(mark).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Registrations by private identity, one for each implicit set.
pub(crate) struct Registrar {
    hasher: Keyed,
    numbers: HashTable<Number>,
    /// Each set, by the mark of its first identity.
    sets: HashTable<(Mark, Number)>,
    users: Vec<Option<Box<User>>>,
    free: Vec<Number>,
    /// Each user with contacts, once: not later than the first of them runs out. A refresh moves nobody; who has made
    /// one is put back when the line has come to them.
    due: BTreeSet<(Instant, Number)>,
    shelf: Shelf,
    wildcards: Rc<Wildcards>,
    bindings: usize,
}

impl Registration {
    /// The binding that a REGISTER for `uri` and `flow` is about.
    pub(crate) fn find(&self, uri: &str, flow: Option<Flow<'_>>) -> Option<&Binding> {
        self.bindings
            .iter()
            .find(|binding| binding.is_of(uri, flow))
    }
}

impl Registrar {
    pub(crate) fn new(io: &impl Io, wildcards: Rc<Wildcards>) -> Self {
        Self::with(hash::keyed(io), Shelf::new(io), wildcards)
    }

    fn with(hasher: Keyed, shelf: Shelf, wildcards: Rc<Wildcards>) -> Self {
        Self {
            hasher,
            numbers: HashTable::new(),
            sets: HashTable::new(),
            users: Vec::new(),
            free: Vec::new(),
            due: BTreeSet::new(),
            shelf,
            wildcards,
            bindings: 0,
        }
    }

    fn number(&self, impi: &str) -> Option<Number> {
        let is_named = |number: &Number| self.user(*number).is_some_and(|user| *user.impi == *impi);
        self.numbers
            .find(self.hasher.hash_one(impi), is_named)
            .copied()
    }

    fn user(&self, number: Number) -> Option<&User> {
        self.users.get(number as usize)?.as_deref()
    }

    fn user_mut(&mut self, impi: &str) -> Option<(Number, &mut User)> {
        let number = self.number(impi)?;
        let user = self.users.get_mut(number as usize)?.as_deref_mut()?;
        Some((number, user))
    }

    fn note_set(&mut self, mark: Mark, number: Number) {
        self.sets
            .insert_unique(spread(mark), (mark, number), |(mark, _)| spread(*mark));
    }

    fn forget_set(&mut self, mark: Mark, number: Number) {
        let noted = |entry: &(Mark, Number)| *entry == (mark, number);
        if let Ok(entry) = self.sets.find_entry(spread(mark), noted) {
            let _vacant = entry.remove();
        }
    }

    /// The private identities that hold a set whose first identity is one of `identities`: those of a shared set.
    pub(crate) fn sharing(&self, identities: &Identities) -> Vec<Box<str>> {
        let mut found = Vec::new();
        for identity in identities.all() {
            let mark = mark(&self.hasher, Some(identity));
            for (marked, number) in self.sets.iter_hash(spread(mark)) {
                let Some(user) = self.user(*number).filter(|_| *marked == mark) else {
                    continue;
                };
                let is_first = |held: &Registration| held.identities.first() == Some(identity);
                if user.sets.iter().any(is_first) && !found.contains(&user.impi) {
                    found.push(user.impi.clone());
                }
            }
        }
        found
    }

    fn sets(&self, impi: &str) -> &[Registration] {
        let user = self.number(impi).and_then(|number| self.user(number));
        user.map_or(&[], |user| &user.sets)
    }

    /// Whether `impi` has any registration.
    pub(crate) fn holds(&self, impi: &str) -> bool {
        !self.sets(impi).is_empty()
    }

    /// The registration of `impi` whose set has `impu`.
    pub(crate) fn find(&self, impi: &str, impu: &str) -> Option<&Registration> {
        self.sets(impi)
            .iter()
            .find(|held| held.identities.has(impu, &self.wildcards))
    }

    /// Every registration of `impi`.
    pub(crate) fn of(&self, impi: &str) -> impl Iterator<Item = &Registration> {
        self.sets(impi).iter()
    }

    /// What answers of (`impi`, `impu`) are checked with, where the pair is registered and it is kept.
    pub(crate) fn known(&mut self, impi: &str, impu: &str) -> Option<&mut Known> {
        let wildcards = Rc::clone(&self.wildcards);
        let (_, user) = self.user_mut(impi)?;
        let registered = user
            .sets
            .iter()
            .any(|held| held.identities.has(impu, &wildcards));
        user.known.as_deref_mut().filter(|_| registered)
    }

    /// Keeps what answers of a registered `impi` are checked with, or nothing any more. What was used stays used: another
    /// identity of the user may have been challenged before.
    pub(crate) fn keep(&mut self, impi: &str, mut known: Option<Box<Known>>) {
        let Some((_, user)) = self.user_mut(impi) else {
            return;
        };
        if let (Some(new), Some(old)) = (&mut known, &user.known) {
            new.uses = new.uses.max(old.uses);
        }
        user.known = known;
    }

    /// How the HSS that has `impi` named itself, where something of the user is held.
    pub(crate) fn hss(&self, impi: &str) -> Option<&str> {
        self.sets(impi).first().map(|held| &*held.services.hss)
    }

    /// It is `hss` that has `impi` now.
    pub(crate) fn served_by(&mut self, impi: &str, hss: &str) {
        if self.hss(impi).is_none_or(|known| known == hss) {
            return;
        }
        self.replace(impi, |held| {
            let services = Services {
                profiles: held.services.profiles.clone(),
                charging: held.services.charging.clone(),
                hss: hss.into(),
            };
            Some((held.identities.clone(), services))
        });
    }

    /// The one record of `services`.
    pub(crate) fn share(&mut self, services: Services) -> Rc<Services> {
        self.shelf.share(services)
    }

    /// Adds a set that the HSS has confirmed.
    pub(crate) fn add(
        &mut self,
        impi: &str,
        identities: Identities,
        services: Rc<Services>,
        confirmed: Epoch,
    ) {
        let mark = mark(&self.hasher, identities.first());
        let set = Registration {
            identities,
            services,
            confirmed,
            bindings: SmallVec::new(),
        };
        if let Some((number, user)) = self.user_mut(impi) {
            user.sets.push(set);
            return self.note_set(mark, number);
        }
        let user = Box::new(User {
            impi: impi.into(),
            sets: SmallVec::from_buf([set]),
            known: None,
            due: None,
        });
        let number = match self.free.pop() {
            Some(number) => {
                self.users[number as usize] = Some(user);
                number
            }
            None => {
                self.users.push(Some(user));
                self.users.len() as Number - 1
            }
        };
        let (hasher, users) = (&self.hasher, &self.users);
        let hash_of = |number: &Number| {
            let user = users[*number as usize].as_deref();
            hasher.hash_one(user.map_or("", |user| &user.impi))
        };
        self.numbers
            .insert_unique(hasher.hash_one(impi), number, hash_of);
        self.note_set(mark, number);
    }

    /// The HSS heard of the set of `impi` that has `impu`.
    pub(crate) fn confirmed(&mut self, impi: &str, impu: &str, epoch: Epoch) {
        let wildcards = Rc::clone(&self.wildcards);
        let sets = self.user_mut(impi).map(|(_, user)| &mut user.sets);
        let mut held = sets.into_iter().flatten();
        if let Some(set) = held.find(|held| held.identities.has(impu, &wildcards)) {
            set.confirmed = epoch;
        }
    }

    /// Changes the set of `impi` that has `impu`, then lets sets without contacts go; says how many contacts the set
    /// had and has.
    pub(crate) fn change(
        &mut self,
        impi: &str,
        impu: &str,
        change: impl FnOnce(&mut Registration),
    ) -> (usize, usize) {
        let wildcards = Rc::clone(&self.wildcards);
        let Some((number, user)) = self.user_mut(impi) else {
            return (0, 0);
        };
        let mut sets = user.sets.iter_mut();
        let Some(held) = sets.find(|held| held.identities.has(impu, &wildcards)) else {
            return (0, 0);
        };
        let before = held.bindings.len();
        change(held);
        let after = held.bindings.len();
        self.settle(number, before, after);
        (before, after)
    }

    /// Removes the bindings of `impi` that do not stay; says how many.
    pub(crate) fn retain(
        &mut self,
        impi: &str,
        stays: impl Fn(&Registration, &Binding) -> bool,
    ) -> usize {
        let Some((number, user)) = self.user_mut(impi) else {
            return 0;
        };
        let count = |user: &User| {
            user.sets
                .iter()
                .map(|held| held.bindings.len())
                .sum::<usize>()
        };
        let before = count(user);
        for held in &mut user.sets {
            let mut bindings = std::mem::take(&mut held.bindings);
            bindings.retain(|binding| stays(held, binding));
            held.bindings = bindings;
        }
        let after = count(user);
        self.settle(number, before, after);
        before - after
    }

    /// Removes the contacts of `impi` that have run out by `now`; says how many.
    pub(crate) fn expire(&mut self, impi: &str, now: Instant) -> usize {
        self.retain(impi, |_, binding| binding.expires_at > now)
    }

    /// After a change: counts, drops what is empty, and puts the user where they belong in the line.
    fn settle(&mut self, number: Number, before: usize, after: usize) {
        self.bindings = self.bindings + after - before;
        let Some(user) = self.users[number as usize].as_deref_mut() else {
            return;
        };
        let mut ended: SmallVec<[Mark; 1]> = SmallVec::new();
        user.sets.retain(|held| {
            let stays = !held.bindings.is_empty();
            if !stays {
                ended.push(mark(&self.hasher, held.identities.first()));
            }
            stays
        });
        let next = user.runs_out();
        let stands_well = matches!((user.due, next), (Some(due), Some(next)) if due <= next);
        if user.due != next && !stands_well {
            if let Some(at) = user.due {
                self.due.remove(&(at, number));
            }
            if let Some(at) = next {
                self.due.insert((at, number));
            }
            user.due = next;
        }
        let gone = user.sets.is_empty();
        for mark in ended {
            self.forget_set(mark, number);
        }
        if gone {
            self.forget(number);
        }
    }

    fn forget(&mut self, number: Number) {
        let Some(user) = self.users[number as usize].take() else {
            return;
        };
        self.free.push(number);
        let is_it = |held: &Number| *held == number;
        if let Ok(entry) = self
            .numbers
            .find_entry(self.hasher.hash_one(&*user.impi), is_it)
        {
            let _vacant = entry.remove();
        }
        // A crowd that has left leaves no room behind.
        if self.free.len() == self.users.len() && self.users.len() > 1024 {
            self.users = Vec::new();
            self.free = Vec::new();
            self.numbers = HashTable::new();
            self.sets = HashTable::new();
        }
    }

    /// When the next contact of anybody may run out.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Takes a user out of the line whose first contact has run out by `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Box<str>> {
        loop {
            self.due.first().filter(|(at, _)| *at <= now)?;
            let (_, number) = self.due.pop_first()?;
            let user = self.users[number as usize].as_deref_mut()?;
            user.due = user.runs_out().filter(|at| *at > now);
            match user.due {
                Some(later) => self.due.insert((later, number)),
                None => return Some(user.impi.clone()),
            };
        }
    }

    /// The public identities (one a set) of `impi` whose every contact has run out by `now`.
    pub(crate) fn run_out(&self, impi: &str, now: Instant) -> Vec<Box<str>> {
        self.of(impi)
            .filter(|held| {
                held.bindings
                    .iter()
                    .all(|binding| binding.expires_at <= now)
            })
            .filter_map(|held| held.identities.first().map(Box::from))
            .collect()
    }

    /// Replaces what `impi`'s sets are and share: `replace` gives the new ones of each set, or `None`.
    pub(crate) fn replace(
        &mut self,
        impi: &str,
        mut replace: impl FnMut(&Registration) -> Option<(Identities, Services)>,
    ) -> usize {
        let Some(number) = self.number(impi) else {
            return 0;
        };
        let Some(user) = self.users[number as usize].as_deref_mut() else {
            return 0;
        };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for held in &mut user.sets {
            if let Some((identities, services)) = replace(held) {
                before.push(mark(&self.hasher, held.identities.first()));
                after.push(mark(&self.hasher, identities.first()));
                held.identities = identities;
                held.services = self.shelf.share(services);
            }
        }
        for (before, after) in before.into_iter().zip(&after) {
            self.forget_set(before, number);
            self.note_set(*after, number);
        }
        after.len()
    }

    /// Contacts bound now.
    pub(crate) fn bindings(&self) -> usize {
        self.bindings
    }

    fn registered(&self) -> impl Iterator<Item = &User> {
        self.users.iter().filter_map(Option::as_deref)
    }

    /// What `/state` shows: how many, and the first hundred, each with the beginning of its service profiles.
    pub(crate) fn state(&self, now: Instant) -> Value {
        let registration = |(impi, held): (&str, &Registration)| {
            let contacts: Vec<Value> = held
                .bindings
                .iter()
                .map(|binding| {
                    json!({
                        "contact": binding.uri(),
                        "path": next_hop(binding.path()),
                        "instance": binding.flow().map(|flow| flow.instance),
                        "reg_id": binding.flow().map(|flow| flow.reg_id),
                        "expires_in_s": binding.expires_at.saturating_duration_since(now).as_secs(),
                    })
                })
                .collect();
            json!({
                "private_identity": impi,
                "public_identities": held.identities.shown().collect::<Vec<_>>(),
                "service_profiles": held.services.profiles.chars().take(SHOWN_PROFILE).collect::<String>(),
                "contacts": contacts,
            })
        };
        let first: Vec<Value> = self
            .registered()
            .flat_map(|user| user.sets.iter().map(move |held| (&*user.impi, held)))
            .take(100)
            .map(registration)
            .collect();
        json!({
            "private_identities": self.users.len() - self.free.len(),
            "contacts": self.bindings,
            "different_services": self.shelf.len(),
            "first": first,
        })
    }
}
