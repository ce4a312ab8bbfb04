//! What is remembered of messages before, within a limit.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

use hashlink::LinkedHashMap;

/// Records by the hash of their key; with more than the limit, those that were not touched for longest are forgotten
/// and counted.
///
/// The hash is keyed, so that no capture can be made whose keys collide.
#[derive(Debug)]
pub(crate) struct Table<V> {
    limit: usize,
    hasher: RandomState,
    entries: LinkedHashMap<u64, Weighed<V>, RandomState>,
    weight: usize,
    forgotten: u64,
}

#[derive(Debug)]
struct Weighed<V> {
    value: V,
    weight: usize,
}

impl<V> Table<V> {
    /// `limit` is the weight of all records; one that is heavier stands alone.
    pub(crate) fn new(limit: usize) -> Table<V> {
        Table {
            limit: limit.max(1),
            hasher: RandomState::new(),
            entries: LinkedHashMap::default(),
            weight: 0,
            forgotten: 0,
        }
    }

    /// What stands for `key` in this table.
    pub(crate) fn key(&self, key: impl Hash) -> u64 {
        self.hasher.hash_one(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// A record, which is thereby touched.
    pub(crate) fn touch(&mut self, key: u64) -> Option<&mut V> {
        self.entries.to_back(&key).map(|it| &mut it.value)
    }

    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        self.entries.get(&key).map(|it| &it.value)
    }

    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.entries.get_mut(&key).map(|it| &mut it.value)
    }

    /// Puts a record of weight 1 in the place of what was there; what falls out to make room is given back.
    pub(crate) fn insert(&mut self, key: u64, value: V) -> Option<(u64, V)> {
        self.insert_weighing(key, value, 1).pop()
    }

    /// The same of any weight, for which more than one may fall out.
    pub(crate) fn insert_weighing(&mut self, key: u64, value: V, weight: usize) -> Vec<(u64, V)> {
        // One that is replaced becomes the last, too.
        self.remove(key);
        let mut fallen = Vec::new();
        while self.weight + weight > self.limit
            && let Some(oldest) = self.pop_oldest()
        {
            self.forgotten += 1;
            fallen.push(oldest);
        }
        self.weight += weight;
        self.entries.insert(key, Weighed { value, weight });
        fallen
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        let Weighed { value, weight } = self.entries.remove(&key)?;
        self.weight -= weight;
        Some(value)
    }

    /// The record that was not touched for longest.
    pub(crate) fn oldest(&self) -> Option<&V> {
        self.entries.front().map(|(_, it)| &it.value)
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<(u64, V)> {
        let (key, Weighed { value, weight }) = self.entries.pop_front()?;
        self.weight -= weight;
        Some((key, value))
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
        assert_eq!(table.insert(3, "three"), Some((2, "two")));
        assert_eq!(table.insert(1, "again"), None);
        assert_eq!(table.insert(4, "four"), Some((3, "three")));
        assert_eq!(table.forgotten(), 2);
        assert_eq!(table.get(1), Some(&"again"));
    }

    #[test]
    fn the_heavier_makes_more_of_them_go() {
        let mut table = Table::new(10);
        for key in 0..4 {
            table.insert_weighing(key, key, 2);
        }
        assert_eq!(table.insert_weighing(4, 4, 5), [(0, 0), (1, 1)]);
        assert_eq!(table.insert_weighing(5, 5, 99).len(), 3);
        assert_eq!(table.len(), 1);
        assert_eq!(table.insert(6, 6), Some((5, 5)));
        assert_eq!(table.forgotten(), 6);
    }
}
