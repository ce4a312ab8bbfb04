//! Targets that failed, and are left alone for a while (RFC 3263 §4.3, RFC 3261 §21.5.4).

use std::time::{Duration, Instant};

use super::Target;
use crate::hash::{self, KeyedMap};
use crate::io::Io;

/// How long a target that failed stands behind the others.
pub const REST: Duration = Duration::from_secs(30);
/// The longest that Retry-After makes it.
pub const LONGEST_REST: Duration = Duration::from_secs(600);
/// Targets remembered at once; where there are more, one that failed is tried in its turn.
pub const MAX_RESTING: usize = 1_024;

/// By target, until when.
pub(super) struct Resting(KeyedMap<Target, Instant>);

impl Resting {
    pub(super) fn new(io: &impl Io) -> Self {
        Self(hash::map(io))
    }

    pub(super) fn set(&mut self, target: Target, now: Instant, rest: Duration) {
        if self.0.len() >= MAX_RESTING {
            self.0.retain(|_, until| now < *until);
        }
        if self.0.len() < MAX_RESTING || self.0.contains_key(&target) {
            self.0.insert(target, now + rest.min(LONGEST_REST));
        }
    }

    pub(super) fn clear(&mut self, target: &Target) {
        self.0.remove(target);
    }

    /// Puts those that rest behind the others; each kind keeps its order.
    pub(super) fn put_last(&self, targets: &mut [Target], now: Instant) {
        if !self.0.is_empty() {
            targets.sort_by_key(|target| self.0.get(target).is_some_and(|until| now < *until));
        }
    }
}
