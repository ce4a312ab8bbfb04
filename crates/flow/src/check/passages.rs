//! One message as often as it passed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use capture::Numbers;

use crate::event::Event;

/// How often a message passed, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passages {
    pub(crate) first: Numbers,
    pub(crate) last: Numbers,
    pub(crate) count: u32,
    octets: u64,
    /// Whether one of the later ones had other octets.
    pub(crate) changed: bool,
}

impl Passages {
    pub(crate) fn new(event: &Event) -> Passages {
        Passages {
            first: event.packets,
            last: event.packets,
            count: 1,
            octets: hash(&event.octets),
            changed: false,
        }
    }

    pub(crate) fn same_octets(&self, event: &Event) -> bool {
        self.octets == hash(&event.octets)
    }

    pub(crate) fn again(&mut self, event: &Event) {
        self.count = self.count.saturating_add(1);
        self.changed |= !self.same_octets(event);
        self.first = self.first.min(event.packets);
        self.last = self.last.max(event.packets);
    }
}

/// What stands for a message, or a body. Not keyed: whoever finds two of one hash has two retransmissions that are
/// none, which harms nobody.
pub(crate) fn hash(octets: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    octets.hash(&mut hasher);
    hasher.finish()
}
