//! What becomes of a record, and of what its S-CSCF holds, when the subscription is provisioned anew or goes.

use crate::notice::{Content, Naming, Notice, Occasion, Part, ProfilePush, Reason, Termination};
use crate::record::{
    Change, Changes, Draft, ImpuState, Pair, PairState, Scscf, SubscriptionRecord,
};
use crate::subscription::{ImplicitRegistrationSet, PrivateIdentity, Subscription};

impl SubscriptionRecord {
    /// The changes that make the state fit `subscription`, and the notices that tell the S-CSCF.
    ///
    /// Identities that are gone take their state along, and identities new in a registered set are registered (the
    /// set moves together, and PPR tells). A set that lost an identity or has another default is deregistered by RTR
    /// (SERVER_CHANGE, so that the user registers anew), as PPR cannot say that (TS 29.228 §6.2).
    pub fn reprovisioned(&self, subscription: &Subscription) -> Changes {
        let mut draft = Draft::new(self);
        if let Some(scscf) = self.holder() {
            for content in self.contents(subscription) {
                draft.push(Change::Notice(Notice {
                    scscf: scscf.clone(),
                    content,
                }));
            }
        }
        self.move_state(subscription, &mut draft);
        self.forget_numbers(subscription, &mut draft);
        draft.release_scscf_unless_needed();
        draft.finish()
    }

    /// What the S-CSCF is owed when the subscription is gone.
    pub fn removed(&self) -> Option<Notice> {
        let impis = self.serving_impis(|_| true);
        let content = self.farewell(&impis, self.served_impus(), Naming::All)?;
        Some(notice(self.holder()?, content))
    }

    /// What `old` is owed, which is to hold `set` for `impi` no more because another S-CSCF serves (TS 29.228 §8.1.1).
    pub(crate) fn replaced(
        &self,
        old: &Scscf,
        impi: &str,
        set: &ImplicitRegistrationSet,
    ) -> Option<Notice> {
        let speaks = set
            .private_identities
            .first()
            .is_some_and(|first| first == impi);
        let is_unregistered = speaks && self.unregistered.contains(set.key());
        if !is_unregistered && !self.pair(impi, set.key()).registered {
            return None;
        }
        let impus = set.named_impus().map(str::to_owned).collect();
        // Public-Identity is mandatory with this reason (TS 29.228 table 6.1.3.1).
        let content = self.termination(&[impi], impus, Naming::Named, Reason::NewServerAssigned)?;
        Some(notice(old, content))
    }

    fn contents(&self, new: &Subscription) -> Vec<Content> {
        let mut contents = Vec::new();
        for old in &self.subscription.implicit_registration_sets {
            let state = self.impu_state(old.key());
            if state == ImpuState::NotRegistered {
                continue;
            }
            let impis = self.serving_impis(|impi| self.pair(impi, old.key()).registered);
            let impus: Vec<String> = old.named_impus().map(str::to_owned).collect();
            let Some(now) = old.impus().find_map(|impu| new.set_of(impu)) else {
                contents.extend(self.farewell(&impis, impus, Naming::Named));
                continue;
            };
            let (stay, go): (Vec<&str>, Vec<&str>) =
                impis.iter().partition(|impi| now.has_impi(impi));
            if !go.is_empty() {
                contents.extend(self.farewell(&go, impus.clone(), Naming::Named));
            }
            let whole = old.impus().all(|impu| now.impus().any(|held| held == impu));
            let same_default = old.default_impu() == now.default_impu();
            if !whole || !same_default {
                let reason = match state {
                    ImpuState::Registered => Reason::ServerChange,
                    _ => Reason::RemoveScscf,
                };
                let speaking = if stay.is_empty() && go.is_empty() {
                    old.private_identities
                        .iter()
                        .map(String::as_str)
                        .take(1)
                        .collect()
                } else {
                    stay
                };
                contents.extend(self.termination(&speaking, impus, Naming::Named, reason));
            } else if old.profile("", None) != now.profile("", None) {
                contents.push(push(now, Part::Profile));
            } else if self.subscription.charging != new.charging {
                contents.push(push(now, Part::Charging));
            }
            for impi in impis.iter().filter(|impi| now.has_impi(impi)) {
                let digest = |subscription: &Subscription| {
                    let identity: Option<&PrivateIdentity> = subscription.private_identity(impi);
                    identity.and_then(|identity| identity.digest.clone())
                };
                let (before, after) = (digest(&self.subscription), digest(new));
                let part = Part::Credentials((*impi).to_owned());
                let told = |content: &Content| matches!(content, Content::Profile(push) if push.part == part);
                if before != after && after.is_some() && !contents.iter().any(told) {
                    contents.push(push(now, part));
                }
            }
        }
        contents
    }

    /// The RTR for IMPIs that are to register no more, or for a user who was served unregistered.
    fn farewell(&self, impis: &[&str], impus: Vec<String>, naming: Naming) -> Option<Content> {
        if !impis.is_empty() {
            return self.termination(impis, impus, naming, Reason::PermanentTermination);
        }
        let unregistered = impus.iter().any(|impu| self.unregistered.contains(impu));
        let some_impi = &self.subscription.private_identities.first()?.impi;
        unregistered.then(|| self.termination(&[some_impi], impus, naming, Reason::RemoveScscf))?
    }

    fn termination(
        &self,
        impis: &[&str],
        impus: Vec<String>,
        naming: Naming,
        reason: Reason,
    ) -> Option<Content> {
        let (first, others) = impis.split_first()?;
        Some(Content::Termination(Termination {
            impi: (*first).to_owned(),
            associated: others.iter().map(|impi| (*impi).to_owned()).collect(),
            of_each_set: self.subscription.one_of_each_set(&impus),
            impus,
            naming,
            reason,
            info: None,
            occasion: match reason {
                Reason::NewServerAssigned => Occasion::Replaced,
                _ => Occasion::Ordered,
            },
            version: self.version,
        }))
    }

    /// The subscription's IMPIs that have something registered and that `wanted` wants.
    fn serving_impis(&self, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        let registered = |impi: &str| {
            self.pairs
                .iter()
                .any(|(pair, state)| pair.impi == impi && state.registered)
        };
        self.subscription
            .private_identities
            .iter()
            .map(|identity| identity.impi.as_str())
            .filter(|impi| registered(impi) && wanted(impi))
            .collect()
    }

    /// The IMPUs that an S-CSCF serves.
    pub(crate) fn served_impus(&self) -> Vec<String> {
        let sets = self.subscription.implicit_registration_sets.iter();
        sets.flat_map(ImplicitRegistrationSet::named_impus)
            .filter(|impu| self.impu_state(impu) != ImpuState::NotRegistered)
            .map(str::to_owned)
            .collect()
    }

    fn move_state(&self, subscription: &Subscription, draft: &mut Draft) {
        let kept = |pair: &Pair| {
            subscription
                .set_of(&pair.impu)
                .is_some_and(|set| set.has_impi(&pair.impi))
        };
        for pair in self.pairs.keys().filter(|pair| !kept(pair)) {
            draft.push(Change::Pair(pair.clone(), PairState::default()));
        }
        for impu in self
            .unregistered
            .iter()
            .filter(|impu| subscription.set_of(impu).is_none())
        {
            draft.push(Change::Unregistered(impu.clone(), false));
        }
        for set in &subscription.implicit_registration_sets {
            for impi in &set.private_identities {
                let held = set.impus().map(|impu| self.pair(impi, impu));
                let since = held.filter(|held| held.registered).map(|held| held.since);
                if let Some(since) = since.max() {
                    draft.set_pairs(set, impi, |_| PairState {
                        registered: true,
                        authentication_pending: false,
                        since,
                    });
                }
            }
            if set.impus().any(|impu| self.unregistered.contains(impu)) {
                draft.set_unregistered(set);
            }
        }
        // A backup is kept under the set's first IMPU, which another may have become.
        for (pair, info) in &self.backups {
            let old_set = self.subscription.set_of(&pair.impu);
            let new_set =
                old_set.and_then(|old| old.impus().find_map(|impu| subscription.set_of(impu)));
            match new_set.filter(|set| set.has_impi(&pair.impi)) {
                Some(set) if set.key() == pair.impu => {}
                Some(set) => {
                    draft.push(Change::Backup(pair.clone(), None));
                    draft.push(Change::Backup(
                        Pair::new(&pair.impi, set.key()),
                        Some(info.clone()),
                    ));
                }
                None => draft.push(Change::Backup(pair.clone(), None)),
            }
        }
    }

    /// The numbers of a USIM go on; another USIM begins with its own.
    fn forget_numbers(&self, subscription: &Subscription, draft: &mut Draft) {
        for impi in self.sqns.keys() {
            let aka = |subscription: &Subscription| {
                subscription
                    .private_identity(impi)
                    .and_then(|identity| identity.aka.clone())
            };
            let same = match (aka(&self.subscription), aka(subscription)) {
                (Some(old), Some(new)) => old.same_usim(&new),
                _ => false,
            };
            if !same {
                draft.push(Change::Sqn(impi.clone(), None));
            }
        }
    }
}

fn notice(scscf: &Scscf, content: Content) -> Notice {
    Notice {
        scscf: scscf.clone(),
        content,
    }
}

fn push(set: &ImplicitRegistrationSet, part: Part) -> Content {
    let set = set.key().to_owned();
    Content::Profile(ProfilePush { set, part })
}
