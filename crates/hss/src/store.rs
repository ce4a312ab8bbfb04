//! Where subscriptions are kept: loads and batches of changes, whatever the database.

mod sqlite;

use std::future::Future;

use thiserror::Error;

use crate::error::Outcome;
use crate::identity::Member;
use crate::notice::{Notice, StoredNotice};
use crate::record::{Changes, SubscriptionRecord};
use crate::subscription::Subscription;

pub use sqlite::{MAX_COMPILED_WILDCARDS, MAX_GROUP, MAX_PARSED, MAX_WAITING, Sqlite, SqliteError};

/// The identities that a request names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identities {
    /// User-Name.
    pub impi: Option<String>,
    /// Public-Identity, in canonical form.
    pub impus: Vec<String>,
    /// Wildcarded-Public-Identity: the range that the first of `impus` is to be looked for in before others.
    pub wildcard: Option<String>,
}

/// What the store knows of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The subscription of each, the IMPI first; none: not known.
    pub owners: Vec<Option<String>>,
    /// For each IMPU, in their order, the range that it is a member of where it is not provisioned itself.
    pub members: Vec<Option<Member>>,
    /// The record of the first owner.
    pub record: Option<SubscriptionRecord>,
}

/// Why the store did not do it; nothing of the batch was done then.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// Another commit came between: load again and decide anew.
    #[error("the subscription changed meanwhile")]
    Conflict,
    /// More is waiting than is allowed.
    #[error("too much is waiting for the store")]
    Busy,
    /// The database failed.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// What provisioning came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provisioned {
    /// Subscriptions that are new.
    pub added: usize,
    /// Subscriptions that are there and differ now.
    pub changed: usize,
    /// Subscriptions that are gone.
    pub removed: usize,
    /// Subscriptions that are as they were.
    pub unchanged: usize,
    /// What S-CSCFs are owed for it, stored with it.
    pub notices: Vec<Notice>,
}

impl Provisioned {
    /// Subscriptions that are provisioned now.
    pub fn total(&self) -> usize {
        self.added + self.changed + self.unchanged
    }
}

/// A database of subscriptions. What is ready has been committed.
pub trait Store: Clone + 'static {
    /// Looks up the owners of `identities`, and loads the first.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn load(&self, identities: Identities) -> impl Future<Output = Result<Found, StoreError>>;

    /// Does `changes` if the record still has the version that they were decided on; the numbers of its new notices.
    ///
    /// # Errors
    /// [`StoreError`]; `Conflict` where it has another.
    fn commit(&self, changes: Changes) -> impl Future<Output = Result<Vec<i64>, StoreError>>;

    /// Makes `subscriptions` the ones provisioned; those that stay keep their state.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn provision(
        &self,
        subscriptions: Vec<Subscription>,
    ) -> impl Future<Output = Result<Provisioned, StoreError>>;

    /// Up to `limit` notices with numbers above `after`, in their order; those that cannot be read are left out.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn notices(
        &self,
        after: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredNotice>, StoreError>>;

    /// The notice of this number; none: it has come to its end.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn notice(&self, id: i64) -> impl Future<Output = Result<Option<StoredNotice>, StoreError>>;

    /// Forgets a notice whose subscription is gone.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn settle(&self, notice: i64) -> impl Future<Output = Result<(), StoreError>>;

    /// Loads up to `limit` records in the order of their names, from `after` on; those that cannot be read are left out.
    ///
    /// # Errors
    /// [`StoreError`], but not `Conflict`.
    fn list(
        &self,
        after: String,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<SubscriptionRecord>, StoreError>>;
}

impl Identities {
    /// An IMPI with an IMPU.
    pub fn pair(impi: &str, impu: &str) -> Self {
        Self {
            impi: Some(impi.to_owned()),
            impus: vec![impu.to_owned()],
            wildcard: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.impi.is_none() && self.impus.is_empty()
    }
}

impl Found {
    /// The one subscription that all of `identities` belong to, each IMPU with the IMPI (TS 29.228, the first two steps
    /// of every procedure).
    ///
    /// # Errors
    /// [`Outcome::UserUnknown`] or [`Outcome::IdentitiesDontMatch`].
    pub fn subject(&self, identities: &Identities) -> Result<&SubscriptionRecord, Outcome> {
        let record = self.record.as_ref().ok_or(Outcome::UserUnknown)?;
        if self.owners.iter().any(Option::is_none) {
            return Err(Outcome::UserUnknown);
        }
        let subscription = &record.subscription;
        if self
            .owners
            .iter()
            .any(|owner| owner.as_ref() != Some(&subscription.id))
        {
            return Err(Outcome::IdentitiesDontMatch);
        }
        for (at, impu) in identities.impus.iter().enumerate() {
            let member = self.members.get(at).and_then(Option::as_ref);
            let impu = member.map_or(impu, |member| &member.wildcard);
            let set = subscription.set_of(impu).ok_or(Outcome::UserUnknown)?;
            if identities
                .impi
                .as_ref()
                .is_some_and(|impi| !set.has_impi(impi))
            {
                return Err(Outcome::IdentitiesDontMatch);
            }
        }
        Ok(record)
    }
}

impl From<&StoreError> for Outcome {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Busy => Self::TooBusy,
            StoreError::Conflict | StoreError::Failed(_) => Self::UnableToComply,
        }
    }
}
