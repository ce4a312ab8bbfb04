//! Things by number, in the order of their making: most go in the order in which they came.

use std::collections::VecDeque;

use super::transactions::Number;

/// Room for so many is kept when they are over.
const USUAL: usize = 1024;

/// What is held, each by a number that is never used twice.
///
/// A line without gaps at its front: as long as everything in it ends some time, it is not much longer than what it
/// holds, finding is counting, and neighbours in time are neighbours in memory.
pub(super) struct Numbered<T> {
    /// The number of the first place.
    first: Number,
    places: VecDeque<Option<Box<T>>>,
    held: usize,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            first: 1,
            places: VecDeque::new(),
            held: 0,
        }
    }
}

impl<T> Numbered<T> {
    pub(super) fn len(&self) -> usize {
        self.held
    }

    /// Adds `thing`; gives its number.
    pub(super) fn add(&mut self, thing: T) -> Number {
        self.places.push_back(Some(Box::new(thing)));
        self.held += 1;
        self.first + self.places.len() as Number - 1
    }

    fn place(&self, number: Number) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    pub(super) fn get(&self, number: Number) -> Option<&T> {
        self.places.get(self.place(number)?)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut T> {
        let place = self.place(number)?;
        self.places.get_mut(place)?.as_deref_mut()
    }

    pub(super) fn remove(&mut self, number: Number) -> Option<Box<T>> {
        let place = self.place(number)?;
        let removed = self.places.get_mut(place)?.take()?;
        self.held -= 1;
        while let Some(None) = self.places.front() {
            self.places.pop_front();
            self.first += 1;
        }
        // A crowd that has gone leaves no room behind.
        if self.places.capacity() > USUAL && self.places.len() < self.places.capacity() / 8 {
            self.places.shrink_to(self.places.len() * 2);
        }
        Some(removed)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(Option::as_deref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_used_twice_and_gaps_at_the_front_go() {
        let mut held = Numbered::default();
        let numbers: Vec<Number> = (0..3).map(|thing| held.add(thing)).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(held.remove(2).as_deref(), Some(&1));
        assert_eq!(held.remove(2), None);
        assert_eq!(held.get(2), None);
        assert_eq!((held.len(), held.places.len()), (2, 3));
        assert_eq!(held.remove(1).as_deref(), Some(&0));
        assert_eq!((held.len(), held.places.len()), (1, 1));
        assert_eq!(held.values().collect::<Vec<_>>(), [&2]);
        assert_eq!(held.remove(3).as_deref(), Some(&2));
        assert_eq!(held.add(9), 4);
        assert_eq!((held.get(3), held.get(0), held.get(5)), (None, None, None));
        *held.get_mut(4).expect("held") = 10;
        assert_eq!(held.get(4), Some(&10));
    }

    #[test]
    fn a_crowd_that_has_gone_leaves_no_room_behind() {
        let mut held = Numbered::default();
        let numbers: Vec<Number> = (0..100_000).map(|thing| held.add(thing)).collect();
        for number in numbers {
            held.remove(number);
        }
        assert!(held.places.capacity() <= 2 * USUAL);
    }
}
