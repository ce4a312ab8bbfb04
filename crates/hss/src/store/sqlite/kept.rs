//! What the store keeps in memory beside the file.

use std::sync::Arc;

use hashlink::LruCache;
use rusqlite::{Connection, Result};
use user_profile::Wildcard;

use crate::subscription::Subscription;

/// Most subscriptions that are kept as they were read; those asked for longest ago make room.
///
/// By the sizes of its fields one IMPI with three IMPUs and two filter criteria takes about 2 kB, all of them 64 MB.
pub const MAX_PARSED: usize = 32_768;

/// Most ranges of identities whose expressions are kept compiled.
pub const MAX_COMPILED_WILDCARDS: usize = 1_024;

/// Numbers that only grow, and subscriptions as they were read.
pub(super) struct Kept {
    last_notice: i64,
    last_provision: i64,
    parsed: LruCache<String, Parsed>,
    wildcards: LruCache<String, Option<Wildcard>>,
}

struct Parsed {
    /// The provisioning that it was read from.
    provision: i64,
    subscription: Arc<Subscription>,
}

impl Kept {
    /// Nothing read yet.
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let largest = |sql: &str| {
            let largest = connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
            Ok::<_, rusqlite::Error>(largest?.unwrap_or_default())
        };
        Ok(Self {
            last_notice: largest("SELECT max(id) FROM notice")?,
            last_provision: largest("SELECT max(provision) FROM subscription")?,
            parsed: LruCache::new(MAX_PARSED),
            wildcards: LruCache::new(MAX_COMPILED_WILDCARDS),
        })
    }

    /// The number of the next notice.
    pub(super) fn next_notice(&mut self) -> i64 {
        self.last_notice += 1;
        self.last_notice
    }

    /// The number of the next provisioning, which no subscription has had.
    pub(super) fn next_provision(&mut self) -> i64 {
        self.last_provision += 1;
        self.last_provision
    }

    /// Subscription `id` of `provision`: as it was read, or by `read`.
    pub(super) fn parsed(
        &mut self,
        id: &str,
        provision: i64,
        read: impl FnOnce() -> Result<Subscription>,
    ) -> Result<Arc<Subscription>> {
        if let Some(parsed) = self.parsed.get(id)
            && parsed.provision == provision
        {
            return Ok(Arc::clone(&parsed.subscription));
        }
        let subscription = Arc::new(read()?);
        let parsed = Parsed {
            provision,
            subscription: Arc::clone(&subscription),
        };
        self.parsed.insert(id.to_owned(), parsed);
        Ok(subscription)
    }

    /// Whether `impu` is a member of the range `wildcard`.
    pub(super) fn covers(&mut self, wildcard: &str, impu: &str) -> bool {
        if let Some(known) = self.wildcards.get(wildcard) {
            return known.as_ref().is_some_and(|known| known.matches(impu));
        }
        let read = Wildcard::parse(wildcard).ok();
        let covers = read.as_ref().is_some_and(|read| read.matches(impu));
        self.wildcards.insert(wildcard.to_owned(), read);
        covers
    }

    pub(super) fn forget_parsed(&mut self) {
        self.parsed.clear();
    }
}
