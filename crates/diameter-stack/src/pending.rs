//! Requests that wait for their answer, by Hop-by-Hop Identifier (RFC 6733 §3, §6.2).
//!
//! A slab: the identifier holds the place in it, so that finding a request is one index, and the places are linked
//! in order of their deadlines, so that the first to give up is known. The other half of the identifier counts, so
//! that a late answer does not meet the next request in the same place.

use std::time::Instant;

/// Most requests waiting on one connection: the places that half a Hop-by-Hop Identifier can name.
pub const MAX_IN_FLIGHT: usize = 1 << 16;

const NONE: u32 = u32::MAX;

/// The table of one connection.
#[derive(Debug)]
pub struct Pending<T> {
    places: Vec<Place<T>>,
    free: u32,
    first: u32,
    last: u32,
    waiting: usize,
    limit: usize,
    seed: u32,
}

#[derive(Debug)]
struct Place<T> {
    round: u16,
    next: u32,
    previous: u32,
    request: Option<(Instant, T)>,
}

/// No place left: as many requests wait as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait for an answer")]
pub struct Full;

impl<T> Pending<T> {
    /// An empty table of at most `limit` (and [`MAX_IN_FLIGHT`]) requests; `seed` is random and sets where the
    /// identifiers start.
    pub fn new(limit: usize, seed: u32) -> Self {
        Self {
            places: Vec::new(),
            free: NONE,
            first: NONE,
            last: NONE,
            waiting: 0,
            limit: limit.min(MAX_IN_FLIGHT),
            seed,
        }
    }

    /// Requests that wait.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Enters a request that gives up at `deadline`; the Hop-by-Hop Identifier to send it with is returned.
    ///
    /// Cheapest where deadlines do not go back from one request to the next.
    ///
    /// # Errors
    /// [`Full`].
    pub fn insert(&mut self, deadline: Instant, request: T) -> Result<u32, Full> {
        if self.waiting >= self.limit {
            return Err(Full);
        }
        let at = if self.free == NONE {
            self.places.push(Place {
                round: 0,
                next: NONE,
                previous: NONE,
                request: None,
            });
            u32::try_from(self.places.len() - 1).expect("the limit is far below")
        } else {
            let at = self.free;
            self.free = self.place(at).next;
            at
        };
        let mut after = self.last;
        while after != NONE && self.deadline(after).is_some_and(|other| other > deadline) {
            after = self.place(after).previous;
        }
        let before = if after == NONE {
            self.first
        } else {
            self.place(after).next
        };
        self.place(at).request = Some((deadline, request));
        self.place(at).previous = after;
        self.place(at).next = before;
        match after {
            NONE => self.first = at,
            after => self.place(after).next = at,
        }
        match before {
            NONE => self.last = at,
            before => self.place(before).previous = at,
        }
        self.waiting += 1;
        Ok(self.identifier(at))
    }

    /// Takes the request that an answer with this Hop-by-Hop Identifier belongs to.
    pub fn take(&mut self, hop_by_hop: u32) -> Option<T> {
        let at = (hop_by_hop ^ self.seed) & 0xffff;
        let place = self.places.get(at as usize)?;
        if place.request.is_none() || self.identifier(at) != hop_by_hop {
            return None;
        }
        self.remove(at)
    }

    /// Those that wait, the earliest deadline first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let mut next = self.first;
        std::iter::from_fn(move || {
            let place = self.places.get(next as usize)?;
            next = place.next;
            place.request.as_ref().map(|(_, request)| request)
        })
    }

    /// Takes one request whose deadline is reached, the earliest first.
    pub fn expire(&mut self, now: Instant) -> Option<T> {
        match self.next_deadline() {
            Some(deadline) if deadline <= now => self.remove(self.first),
            _ => None,
        }
    }

    /// Takes the request with the earliest deadline, reached or not.
    pub fn pop(&mut self) -> Option<T> {
        if self.first == NONE {
            None
        } else {
            self.remove(self.first)
        }
    }

    /// The earliest deadline.
    pub fn next_deadline(&self) -> Option<Instant> {
        if self.first == NONE {
            None
        } else {
            self.deadline(self.first)
        }
    }

    fn identifier(&self, at: u32) -> u32 {
        (u32::from(self.places[at as usize].round) << 16 | at) ^ self.seed
    }

    fn place(&mut self, at: u32) -> &mut Place<T> {
        &mut self.places[at as usize]
    }

    fn deadline(&self, at: u32) -> Option<Instant> {
        self.places[at as usize]
            .request
            .as_ref()
            .map(|(deadline, _)| *deadline)
    }

    fn remove(&mut self, at: u32) -> Option<T> {
        let free = self.free;
        let place = self.place(at);
        let (_, request) = place.request.take()?;
        let (previous, next) = (place.previous, place.next);
        place.round = place.round.wrapping_add(1);
        place.next = free;
        match previous {
            NONE => self.first = next,
            previous => self.place(previous).next = next,
        }
        match next {
            NONE => self.last = previous,
            next => self.place(next).previous = previous,
        }
        self.free = at;
        self.waiting -= 1;
        Some(request)
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn answers_out_of_order_meet_their_requests() {
        let now = Instant::now();
        let mut pending = Pending::new(100, 0xdead_beef);
        let ids: Vec<u32> = (0..100).map(|n| pending.insert(now, n).unwrap()).collect();
        assert_eq!(pending.insert(now, 100), Err(Full));
        for n in (0..100).rev() {
            assert_eq!(pending.take(ids[n]), Some(n));
            assert_eq!(pending.take(ids[n]), None, "answered once");
        }
        assert!(pending.is_empty());
    }

    #[test]
    fn a_late_answer_does_not_meet_the_next_request_in_the_same_place() {
        let now = Instant::now();
        let mut pending = Pending::new(1, 7);
        let first = pending.insert(now, 'a').unwrap();
        assert_eq!(pending.expire(now), Some('a'));
        let second = pending.insert(now, 'b').unwrap();
        assert_ne!(first, second);
        assert_eq!(pending.take(first), None);
        assert_eq!(pending.take(second), Some('b'));
    }

    #[test]
    fn deadlines_in_any_order_expire_in_theirs() {
        let now = Instant::now();
        let at = |ms| now + Duration::from_millis(ms);
        let mut pending = Pending::new(10, 0);
        for ms in [30, 10, 20, 10, 40] {
            pending.insert(at(ms), ms).unwrap();
        }
        assert_eq!(pending.next_deadline(), Some(at(10)));
        assert_eq!(
            pending.iter().copied().collect::<Vec<_>>(),
            [10, 10, 20, 30, 40]
        );
        assert_eq!(pending.expire(at(9)), None);
        let expired: Vec<u64> = std::iter::from_fn(|| pending.expire(at(30))).collect();
        assert_eq!(expired, [10, 10, 20, 30]);
        assert_eq!(pending.pop(), Some(40));
        assert_eq!(pending.next_deadline(), None);
    }

    #[test]
    fn foreign_identifiers_find_nothing() {
        let mut pending = Pending::new(10, 0x1234_5678);
        let id = pending.insert(Instant::now(), ()).unwrap();
        for other in [0, u32::MAX, id ^ 1, id ^ 0x1_0000, id ^ 0x8000_0000] {
            assert_eq!(pending.take(other), None);
        }
        assert_eq!(pending.len(), 1);
    }
}
