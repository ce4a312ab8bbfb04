//! One subscription as the store has it, and the changes that a procedure makes to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aka::Sqn;
use serde::{Deserialize, Serialize};

use crate::notice::Notice;
use crate::subscription::{ImplicitRegistrationSet, Subscription};

/// An IMPI with an IMPU.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The private identity.
    pub impi: String,
    /// The public identity, in canonical form.
    pub impu: String,
}

impl Pair {
    /// The pair of `impi` and `impu`.
    pub fn new(impi: &str, impu: &str) -> Self {
        Self {
            impi: impi.to_owned(),
            impu: impu.to_owned(),
        }
    }
}

/// What is kept for a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairState {
    /// Whether the IMPI has the IMPU registered.
    pub registered: bool,
    /// Whether a challenge is out (TS 29.228 §6.3.1).
    pub authentication_pending: bool,
    /// [`SubscriptionRecord::version`] that the SAR was decided on which registered the pair, or registered it anew; 0 where
    /// there was none.
    pub since: i64,
}

/// The S-CSCF that serves a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scscf {
    /// Its SIP URI (Server-Name).
    pub name: String,
    /// Its Origin-Host, which RTR and PPR go to.
    pub host: String,
    /// Its Origin-Realm.
    pub realm: String,
}

/// The state of an IMPU (TS 23.228 §5.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpuState {
    /// No S-CSCF serves it.
    NotRegistered,
    /// An S-CSCF serves it without registration.
    Unregistered,
    /// At least one IMPI has it registered.
    Registered,
}

/// A subscription: what is provisioned, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRecord {
    /// Counts commits; a commit names the version that it was decided on.
    pub version: i64,
    /// What is provisioned.
    pub subscription: Arc<Subscription>,
    /// The S-CSCF assigned, one for all its IMPUs.
    pub scscf: Option<Scscf>,
    /// The S-CSCF that still holds what is registered, where another has been assigned by MAR and nobody has registered
    /// there yet.
    pub holding: Option<Scscf>,
    /// The S-CSCF reassignment pending flag (TS 23.380 §4.3).
    pub reassignment_pending: bool,
    /// Pairs in a state other than the default.
    pub pairs: BTreeMap<Pair, PairState>,
    /// IMPUs in the state Unregistered.
    pub unregistered: BTreeSet<String>,
    /// SCSCF-Restoration-Info as received, by IMPI and the set's key.
    pub backups: BTreeMap<Pair, Vec<u8>>,
    /// The SQN of the last AKA vector, by IMPI.
    pub sqns: BTreeMap<String, Sqn>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another S-CSCF, or none.
    Scscf(Option<Scscf>),
    /// [`SubscriptionRecord::holding`].
    Holding(Option<Scscf>),
    /// The S-CSCF reassignment pending flag.
    ReassignmentPending(bool),
    /// The state of a pair.
    Pair(Pair, PairState),
    /// Whether an IMPU is in the state Unregistered.
    Unregistered(String, bool),
    /// The backup of an IMPI for a set, or none.
    Backup(Pair, Option<Vec<u8>>),
    /// The SQN of the last AKA vector of an IMPI; none: as provisioned.
    Sqn(String, Option<Sqn>),
    /// A request that an S-CSCF is owed from now on.
    Notice(Notice),
    /// The notice of this number has come to its end.
    Settled(i64),
}

/// The changes of one procedure: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// [`Subscription::id`].
    pub subscription: String,
    /// The version that they were decided on.
    pub version: i64,
    /// In the order in which they apply.
    pub list: Vec<Change>,
}

impl SubscriptionRecord {
    /// A subscription that nothing has happened to.
    pub fn new(subscription: Subscription) -> Self {
        Self::of(Arc::new(subscription))
    }

    pub(crate) fn of(subscription: Arc<Subscription>) -> Self {
        Self {
            version: 0,
            subscription,
            scscf: None,
            holding: None,
            reassignment_pending: false,
            pairs: BTreeMap::new(),
            unregistered: BTreeSet::new(),
            backups: BTreeMap::new(),
            sqns: BTreeMap::new(),
        }
    }

    /// No changes yet to this record.
    pub fn no_changes(&self) -> Changes {
        Changes {
            subscription: self.subscription.id.clone(),
            version: self.version,
            list: Vec::new(),
        }
    }

    /// The S-CSCF that holds what is registered.
    pub fn holder(&self) -> Option<&Scscf> {
        self.holding.as_ref().or(self.scscf.as_ref())
    }

    /// Whether some IMPU is registered or unregistered, and so held by an S-CSCF.
    pub(crate) fn is_held(&self) -> bool {
        !self.unregistered.is_empty() || self.pairs.values().any(|state| state.registered)
    }

    /// The state of a pair.
    pub fn pair(&self, impi: &str, impu: &str) -> PairState {
        self.pairs
            .get(&Pair::new(impi, impu))
            .copied()
            .unwrap_or_default()
    }

    /// IMPIs that have `impu` registered.
    pub fn registered_impis(&self, impu: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(pair, state)| state.registered && pair.impu == impu)
            .map(|(pair, _)| pair.impi.as_str())
    }

    /// The state of an IMPU.
    pub fn impu_state(&self, impu: &str) -> ImpuState {
        if self.registered_impis(impu).next().is_some() {
            ImpuState::Registered
        } else if self.unregistered.contains(impu) {
            ImpuState::Unregistered
        } else {
            ImpuState::NotRegistered
        }
    }

    /// Whether some IMPU still needs the S-CSCF: registered, unregistered, or with a challenge out.
    pub fn needs_scscf(&self) -> bool {
        !self.unregistered.is_empty()
            || self
                .pairs
                .values()
                .any(|state| state.registered || state.authentication_pending)
    }

    /// The record after `changes`, with the next version.
    pub fn apply(&mut self, changes: &Changes) {
        self.version += 1;
        for change in &changes.list {
            self.apply_one(change);
        }
    }

    fn apply_one(&mut self, change: &Change) {
        match change {
            Change::Scscf(scscf) => self.scscf.clone_from(scscf),
            Change::Holding(scscf) => self.holding.clone_from(scscf),
            Change::ReassignmentPending(pending) => self.reassignment_pending = *pending,
            Change::Pair(pair, state) if *state == PairState::default() => {
                self.pairs.remove(pair);
            }
            Change::Pair(pair, state) => {
                self.pairs.insert(pair.clone(), *state);
            }
            Change::Unregistered(impu, true) => {
                self.unregistered.insert(impu.clone());
            }
            Change::Unregistered(impu, false) => {
                self.unregistered.remove(impu);
            }
            Change::Backup(pair, Some(info)) => {
                self.backups.insert(pair.clone(), info.clone());
            }
            Change::Backup(pair, None) => {
                self.backups.remove(pair);
            }
            Change::Sqn(impi, Some(sqn)) => {
                self.sqns.insert(impi.clone(), *sqn);
            }
            Change::Sqn(impi, None) => {
                self.sqns.remove(impi);
            }
            // Beside the record.
            Change::Notice(_) | Change::Settled(_) => {}
        }
    }
}

/// The state of an IMPU that its last IMPI has left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    NotRegistered,
    Unregistered,
}

/// A record with the changes made to it so far; later steps of a procedure see the earlier ones.
pub(crate) struct Draft {
    pub(crate) record: SubscriptionRecord,
    changes: Changes,
}

impl Draft {
    pub(crate) fn new(record: &SubscriptionRecord) -> Self {
        Self {
            record: record.clone(),
            changes: record.no_changes(),
        }
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.record.apply_one(&change);
        self.changes.list.push(change);
    }

    /// Stores `scscf` where it differs from the stored one; the reassignment is then done.
    pub(crate) fn assign(&mut self, scscf: &Scscf) {
        if self.record.scscf.as_ref() != Some(scscf) {
            self.push(Change::Scscf(Some(scscf.clone())));
        }
        if self.record.reassignment_pending {
            self.push(Change::ReassignmentPending(false));
        }
    }

    /// Stores `scscf`, which is about to challenge. Who holds what is registered goes on doing so until somebody has
    /// registered there: a challenge alone, for which anybody can ask, deregisters nobody.
    pub(crate) fn assign_to_challenge(&mut self, scscf: &Scscf) {
        let holder = self.record.holder().filter(|_| self.record.is_held());
        let holding = holder.filter(|holder| holder.name != scscf.name).cloned();
        self.set_holding(holding);
        self.assign(scscf);
    }

    /// The S-CSCF before is the one assigned again: nobody has registered at the other.
    pub(crate) fn give_back(&mut self) {
        if let Some(holder) = self.record.holding.clone() {
            self.set_holding(None);
            self.assign(&holder);
        }
    }

    pub(crate) fn set_holding(&mut self, scscf: Option<Scscf>) {
        if self.record.holding != scscf {
            self.push(Change::Holding(scscf));
        }
    }

    pub(crate) fn release_scscf_unless_needed(&mut self) {
        if !self.record.is_held() {
            self.set_holding(None);
        }
        if self.record.scscf.is_some() && !self.record.needs_scscf() {
            self.push(Change::Scscf(None));
            if self.record.reassignment_pending {
                self.push(Change::ReassignmentPending(false));
            }
        }
    }

    /// Gives every pair of `impi` in `set` the state that `next` makes of its old one.
    pub(crate) fn set_pairs(
        &mut self,
        set: &ImplicitRegistrationSet,
        impi: &str,
        next: impl Fn(PairState) -> PairState,
    ) {
        for impu in set.impus() {
            let old = self.record.pair(impi, impu);
            let new = next(old);
            if new != old {
                self.push(Change::Pair(Pair::new(impi, impu), new));
            }
        }
    }

    pub(crate) fn set_unregistered(&mut self, set: &ImplicitRegistrationSet) {
        for impu in set.impus() {
            if !self.record.unregistered.contains(impu) {
                self.push(Change::Unregistered(impu.to_owned(), true));
            }
        }
    }

    pub(crate) fn clear_unregistered(&mut self, set: &ImplicitRegistrationSet) {
        for impu in set.impus() {
            if self.record.unregistered.contains(impu) {
                self.push(Change::Unregistered(impu.to_owned(), false));
            }
        }
    }

    /// Stores, replaces or removes the backup of `impi` for `set`.
    pub(crate) fn set_backup(
        &mut self,
        set: &ImplicitRegistrationSet,
        impi: &str,
        info: Option<&[u8]>,
    ) {
        let pair = Pair::new(impi, set.key());
        if self.record.backups.get(&pair).map(Vec::as_slice) != info {
            self.push(Change::Backup(pair, info.map(<[u8]>::to_vec)));
        }
    }

    /// Takes the pairs of `impi` out of `set`; the last one takes the set's state along.
    pub(crate) fn leave(
        &mut self,
        set: &ImplicitRegistrationSet,
        impi: &str,
        afterwards: Afterwards,
    ) {
        let was = self.record.impu_state(set.key());
        self.set_backup(set, impi, None);
        self.set_pairs(set, impi, |_| PairState::default());
        let registered = self.record.impu_state(set.key()) == ImpuState::Registered;
        match afterwards {
            _ if registered => {}
            Afterwards::NotRegistered => self.clear_unregistered(set),
            // What was not registered has no name to keep.
            Afterwards::Unregistered if was == ImpuState::Registered => self.set_unregistered(set),
            Afterwards::Unregistered => {}
        }
    }

    pub(crate) fn finish(self) -> Changes {
        self.changes
    }
}
