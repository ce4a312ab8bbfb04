//! What is remembered of messages before, within a limit.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

use hashlink::LinkedHashMap;

/// Records by the hash of their key; with one more than the limit, the one that was not touched for longest is
/// forgotten and counted.
///
/// The hash is keyed, so that no capture can be made whose keys collide.
#[derive(Debug)]
pub(crate) struct Table<V> {
    limit: usize,
    hasher: RandomState,
    entries: LinkedHashMap<u64, V, RandomState>,
    forgotten: u64,
}

impl<V> Table<V> {
    pub(crate) fn new(limit: usize) -> Table<V> {
        Table {
            limit: limit.max(1),
            hasher: RandomState::new(),
            entries: LinkedHashMap::default(),
            forgotten: 0,
        }
    }

    /// What stands for `key` in this table.
    pub(crate) fn key(&self, key: impl Hash) -> u64 {
        self.hasher.hash_one(key)
    }

    /// A record, which is thereby touched.
    pub(crate) fn touch(&mut self, key: u64) -> Option<&mut V> {
        self.entries.to_back(&key)
    }

    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        self.entries.get(&key)
    }

    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.entries.get_mut(&key)
    }

    /// Puts a record in the place of what was there; what falls out to make room is given back.
    pub(crate) fn insert(&mut self, key: u64, value: V) -> Option<V> {
        // One that is replaced becomes the last, too.
        self.entries.remove(&key);
        let full = self.entries.len() >= self.limit;
        let fallen = if full { self.entries.pop_front() } else { None };
        self.forgotten += u64::from(full);
        self.entries.insert(key, value);
        fallen.map(|(_, fallen)| fallen)
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        self.entries.remove(&key)
    }

    /// The record that was not touched for longest.
    pub(crate) fn oldest(&self) -> Option<(u64, &V)> {
        self.entries.front().map(|(key, value)| (*key, value))
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<(u64, V)> {
        self.entries.pop_front()
    }

    /// How many were forgotten for want of room.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_untouched_for_longest_makes_room() {
        let mut table = Table::new(2);
        assert_eq!(table.insert(1, "one"), None);
        assert_eq!(table.insert(2, "two"), None);
        table.touch(1);
        assert_eq!(table.insert(3, "three"), Some("two"));
        assert_eq!(table.insert(1, "again"), None);
        assert_eq!(table.insert(4, "four"), Some("three"));
        assert_eq!(table.forgotten(), 2);
        assert_eq!(table.get(1), Some(&"again"));
    }
}
