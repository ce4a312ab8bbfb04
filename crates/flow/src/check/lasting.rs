//! Records whose time ends.

use std::time::Duration;

use super::clock::Moment;
use super::table::Table;

/// A [`Table`] whose records have a time until which they are of use.
#[derive(Debug)]
pub(crate) struct Lasting<V> {
    table: Table<Timed<V>>,
    /// How long after it was put or touched a record is looked at.
    span: Duration,
}

#[derive(Debug)]
struct Timed<V> {
    value: V,
    until: Moment,
    /// Never later than those behind it in the table, whatever `until` is.
    look: Moment,
}

impl<V> Lasting<V> {
    pub(crate) fn new(limit: usize, span: Duration) -> Lasting<V> {
        Lasting {
            table: Table::new(limit),
            span,
        }
    }

    pub(crate) fn key(&self, key: impl std::hash::Hash) -> u64 {
        self.table.key(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        self.table.get(key).map(|it| &it.value)
    }

    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.table.get_mut(key).map(|it| &mut it.value)
    }

    /// Puts a record; what falls out to make room is given back.
    pub(crate) fn insert(
        &mut self,
        key: u64,
        value: V,
        until: Moment,
        now: Moment,
    ) -> Option<(u64, V)> {
        let look = now.after(self.span);
        let fallen = self.table.insert(key, Timed { value, until, look });
        fallen.map(|(key, it)| (key, it.value))
    }

    /// A record, which is thereby touched; it lasts no longer for that.
    pub(crate) fn touch(&mut self, key: u64, now: Moment) -> Option<&mut V> {
        let timed = self.table.touch(key)?;
        timed.look = now.after(self.span);
        Some(&mut timed.value)
    }

    /// Touches a record that lasts on.
    pub(crate) fn prolong(&mut self, key: u64, until: Moment, now: Moment) {
        if let Some(timed) = self.table.touch(key) {
            timed.look = now.after(self.span);
            timed.until = until;
        }
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        self.table.remove(key).map(|it| it.value)
    }

    /// One whose time is over.
    pub(crate) fn pop_ended(&mut self, now: Moment) -> Option<(u64, V)> {
        while self.table.oldest()?.look <= now {
            let (key, timed) = self.table.pop_oldest()?;
            if timed.until <= now {
                return Some((key, timed.value));
            }
            self.insert(key, timed.value, timed.until, now);
        }
        None
    }

    /// The one that was not touched for longest, and until when it lasts.
    pub(crate) fn pop_oldest(&mut self) -> Option<(u64, V, Moment)> {
        let (key, timed) = self.table.pop_oldest()?;
        Some((key, timed.value, timed.until))
    }

    /// How many were forgotten for want of room.
    pub(crate) fn forgotten(&self) -> u64 {
        self.table.forgotten()
    }
}
