//! What comes from several captures at once, in the order of its times.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, SystemTime};

/// How many items wait at most; one more lets the oldest go at once.
pub const MAX_WAITING: usize = 4096;

/// Holds items for a while, so that a slower source can still put an earlier one before them.
#[derive(Debug)]
pub struct Reorder<T> {
    hold: Duration,
    waiting: BinaryHeap<Reverse<Waiting<T>>>,
    /// Keeps items of one time in the order in which they came.
    count: u64,
}

#[derive(Debug)]
struct Waiting<T> {
    time: SystemTime,
    number: u64,
    item: T,
}

impl<T> Reorder<T> {
    /// Items wait for `hold` after their time.
    #[must_use]
    pub fn new(hold: Duration) -> Reorder<T> {
        Reorder {
            hold,
            waiting: BinaryHeap::new(),
            count: 0,
        }
    }

    /// Adds an item of a time.
    pub fn push(&mut self, time: SystemTime, item: T) {
        self.count += 1;
        self.waiting.push(Reverse(Waiting {
            time,
            number: self.count,
            item,
        }));
    }

    /// When the next item is due.
    #[must_use]
    pub fn due(&self) -> Option<SystemTime> {
        let Reverse(first) = self.waiting.peek()?;
        if self.waiting.len() > MAX_WAITING {
            return Some(first.time);
        }
        Some(first.time + self.hold)
    }

    /// The next item that is due at `now`.
    pub fn next(&mut self, now: SystemTime) -> Option<T> {
        if self.waiting.len() > MAX_WAITING || self.due()? <= now {
            return self.next_anyway();
        }
        None
    }

    /// The next item, due or not: for the end, when nothing earlier can come any more.
    pub fn next_anyway(&mut self) -> Option<T> {
        let Reverse(first) = self.waiting.pop()?;
        Some(first.item)
    }
}

impl<T> PartialEq for Waiting<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Waiting<T> {}

impl<T> PartialOrd for Waiting<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Waiting<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.time, self.number).cmp(&(other.time, other.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
    }

    #[test]
    fn an_earlier_item_overtakes_while_there_is_time() {
        let mut reorder = Reorder::new(Duration::from_millis(50));
        reorder.push(at(20), "second");
        reorder.push(at(20), "third");
        reorder.push(at(10), "first");
        assert_eq!(reorder.due(), Some(at(60)));
        assert_eq!(reorder.next(at(59)), None);
        assert_eq!(reorder.next(at(60)), Some("first"));
        assert_eq!(reorder.next(at(60)), None);
        assert_eq!(reorder.next(at(70)), Some("second"));
        assert_eq!(reorder.next(at(70)), Some("third"));
        assert_eq!((reorder.due(), reorder.next(at(99))), (None, None));
    }

    #[test]
    fn the_end_waits_for_nothing() {
        let mut reorder = Reorder::new(Duration::from_secs(50));
        reorder.push(at(2), 2);
        reorder.push(at(1), 1);
        assert_eq!(reorder.next_anyway(), Some(1));
        assert_eq!(reorder.next_anyway(), Some(2));
        assert_eq!(reorder.next_anyway(), None);
    }

    #[test]
    fn too_many_do_not_wait() {
        let mut reorder = Reorder::new(Duration::from_secs(50));
        for number in 0..=MAX_WAITING as u64 {
            reorder.push(at(number), number);
        }
        assert_eq!(reorder.due(), Some(at(0)));
        assert_eq!(reorder.next(at(0)), Some(0));
        assert_eq!(reorder.next(at(0)), None);
    }
}
