//! Which records of a table go by one name.

use std::collections::HashMap;

use smallvec::SmallVec;

/// Records that are found by one name; of more, the earliest are not.
const MAX_OF_A_NAME: usize = 8;

/// Keys by the hash of a name, as of [`super::table::Table::key`]; as many as there are records, which take themselves
/// out.
#[derive(Debug, Default)]
pub(crate) struct Index {
    keys: HashMap<u64, SmallVec<[u64; 2]>>,
}

impl Index {
    pub(crate) fn add(&mut self, name: u64, key: u64) {
        let keys = self.keys.entry(name).or_default();
        if keys.contains(&key) {
            return;
        }
        if keys.len() == MAX_OF_A_NAME {
            keys.remove(0);
        }
        keys.push(key);
    }

    pub(crate) fn get(&self, name: u64) -> &[u64] {
        self.keys.get(&name).map_or(&[], |keys| keys)
    }

    pub(crate) fn remove(&mut self, name: u64, key: u64) {
        let Some(keys) = self.keys.get_mut(&name) else {
            return;
        };
        keys.retain(|it| *it != key);
        if keys.is_empty() {
            self.keys.remove(&name);
        }
    }
}
