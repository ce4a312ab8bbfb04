//! Pairs whose answer to a challenge is awaited (reg-await-auth, TS 24.229 §5.4.1.2.1, §7.8).

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::AkaVector;
use driver::hash::{self, KeyedMap};
use driver::io::Io;
use sip_stack::digest::{Algorithm, Ha1, aka};

use crate::credentials::Known;
use crate::register::Pair;

/// The most pairs kept; the one that waits longest goes when one more is challenged.
pub const MAX_AWAITED: usize = 1_000_000;

/// The most AKA challenges of one pair that may still be answered; its oldest goes when one more is made, so that who
/// asks in somebody's name again and again takes nobody else's.
pub const MAX_CHALLENGES_OF_ONE: usize = 8;

/// Wrong answers that one phone may give in a row: after the first a fresh challenge, after the second 403.
pub const MAX_WRONG_ANSWERS: u8 = 2;

/// Resynchronisations in a row that one phone may ask for before its challenges end with 403.
pub const MAX_RESYNCHRONISATIONS: u8 = 2;

/// An AKA challenge that was sent (RFC 3310 §3.2); it serves once.
pub(crate) struct Sent {
    pub(crate) rand: [u8; 16],
    pub(crate) nonce: Box<str>,
    /// What RES makes of it.
    pub(crate) ha1: Ha1,
}

/// What is known of a user who is being authenticated by AKA.
#[derive(Default)]
pub(crate) struct Aka {
    sent: VecDeque<Sent>,
    /// Vectors that were not used yet, in their order.
    spare: VecDeque<AkaVector>,
    pub(crate) wrong: u8,
    pub(crate) resynchronised: u8,
}

impl Aka {
    /// Takes more vectors of the HSS; those left over are older and go.
    pub(crate) fn refill(&mut self, vectors: impl Iterator<Item = AkaVector>) {
        self.spare = vectors.collect();
    }

    /// The next vector to challenge with.
    pub(crate) fn next(&mut self) -> Option<AkaVector> {
        self.spare.pop_front()
    }

    /// Notes that `vector` goes out; the nonce that carries it.
    pub(crate) fn send(&mut self, vector: &AkaVector, impi: &str, realm: &str) -> Box<str> {
        let nonce: Box<str> = aka::nonce(&vector.rand, &vector.autn).into();
        if self.sent.len() >= MAX_CHALLENGES_OF_ONE {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent {
            rand: vector.rand,
            nonce: nonce.clone(),
            ha1: Ha1::of(Algorithm::AkaV1Md5, impi, realm, &vector.xres),
        });
        nonce
    }

    /// Takes out the challenge that `nonce` answers: whatever the answer is, it is used up.
    pub(crate) fn take(&mut self, nonce: &str) -> Option<Sent> {
        let at = self.sent.iter().position(|sent| *sent.nonce == *nonce)?;
        self.sent.remove(at)
    }

    /// Nothing that was sent may be answered any more, and no vector is left: its sequence numbers are of no use.
    pub(crate) fn start_over(&mut self) {
        self.sent.clear();
        self.spare.clear();
    }
}

/// What an awaited answer is checked with.
pub(crate) enum Check {
    /// SIP Digest.
    Digest(Box<Known>),
    /// AKA.
    Aka(Box<Aka>),
}

struct Waiting {
    until: Instant,
    place: Place,
    check: Check,
}

/// Where a pair stands in the line: when to look at it, and a number that no other has.
type Place = (Instant, u64);

/// The pairs, by name.
pub(crate) struct Awaited {
    by_pair: KeyedMap<Rc<str>, Waiting>,
    /// Each pair once.
    line: BTreeMap<Place, Rc<str>>,
    next: u64,
    most: usize,
}

fn key(impi: &str, impu: &str) -> String {
    [impi, "\n", impu].concat()
}

impl Awaited {
    /// None yet, and at most `most` ([`MAX_AWAITED`]).
    pub(crate) fn new(io: &impl Io, most: usize) -> Self {
        Self::with(hash::map(io), most)
    }

    fn with(by_pair: KeyedMap<Rc<str>, Waiting>, most: usize) -> Self {
        Self {
            by_pair,
            line: BTreeMap::new(),
            next: 0,
            most,
        }
    }

    /// What the answer of a pair is checked with, if one is awaited.
    pub(crate) fn find(&mut self, pair: &Pair) -> Option<&mut Check> {
        if self.by_pair.is_empty() {
            return None;
        }
        let waiting = self.by_pair.get_mut(&*key(&pair.impi, &pair.impu))?;
        Some(&mut waiting.check)
    }

    /// A challenge goes out to a pair: its answer is awaited for `life` from `now`.
    pub(crate) fn wait(&mut self, pair: &Pair, now: Instant, life: Duration) {
        if let Some(waiting) = self.by_pair.get_mut(&*key(&pair.impi, &pair.impu)) {
            waiting.until = now + life;
        }
    }

    /// Awaits the answer of a pair for `life` from `now`, to be checked with `check`.
    pub(crate) fn add(&mut self, pair: &Pair, check: Check, now: Instant, life: Duration) {
        while self.by_pair.len() >= self.most {
            let Some((_, oldest)) = self.line.pop_first() else {
                break;
            };
            self.by_pair.remove(&oldest);
        }
        let key: Rc<str> = key(&pair.impi, &pair.impu).into();
        let until = now + life;
        self.next += 1;
        let place = (until, self.next);
        let waiting = Waiting {
            until,
            place,
            check,
        };
        self.line.insert(place, Rc::clone(&key));
        if let Some(before) = self.by_pair.insert(key, waiting) {
            self.line.remove(&before.place);
        }
    }

    /// Takes a pair out: it has answered, or may not answer any more.
    pub(crate) fn remove(&mut self, pair: &Pair) -> Option<Check> {
        let removed = self.by_pair.remove(&*key(&pair.impi, &pair.impu))?;
        self.line.remove(&removed.place);
        self.shrink();
        Some(removed.check)
    }

    /// Takes out every pair of `impi`.
    pub(crate) fn remove_user(&mut self, impi: &str) {
        let line = &mut self.line;
        self.by_pair.retain(|key, waiting| {
            let named = key
                .strip_prefix(impi)
                .and_then(|rest| rest.strip_prefix('\n'));
            if named.is_some() {
                line.remove(&waiting.place);
            }
            named.is_none()
        });
    }

    /// Takes out a pair whose time is over by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Pair> {
        loop {
            let first = self
                .line
                .first_entry()
                .filter(|first| first.key().0 <= now)?;
            let key = first.remove();
            let waiting = self.by_pair.get_mut(&key)?;
            if waiting.until > now {
                // Challenged again meanwhile.
                waiting.place.0 = waiting.until;
                let place = waiting.place;
                self.line.insert(place, key);
                continue;
            }
            self.by_pair.remove(&key);
            self.shrink();
            let (impi, impu) = key.split_once('\n')?;
            return Some(Pair {
                impi: impi.to_owned(),
                impu: impu.to_owned(),
            });
        }
    }

    /// A crowd that has registered leaves no room behind.
    fn shrink(&mut self) {
        if self.by_pair.capacity() > 1024 && self.by_pair.len() < self.by_pair.capacity() / 8 {
            self.by_pair.shrink_to(self.by_pair.len() * 2);
        }
    }

    /// When to look at the first of the line.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.line.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_pair.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now;

    const LIFE: Duration = Duration::from_secs(240);
    const SECOND: Duration = Duration::from_secs(1);

    fn awaited(most: usize) -> Awaited {
        Awaited::with(KeyedMap::default(), most)
    }

    fn pair(user: impl std::fmt::Display) -> Pair {
        Pair {
            impi: format!("{user}@h"),
            impu: format!("sip:{user}@h"),
        }
    }

    fn check() -> Check {
        Check::Aka(Box::default())
    }

    #[test]
    fn the_one_that_waits_longest_goes_when_there_are_as_many_as_may_be() {
        let (mut awaited, at) = (awaited(3), now());
        for n in 0..100 {
            awaited.add(&pair(n), check(), at, LIFE);
            assert!(awaited.len() <= 3 && awaited.line.len() <= 3);
        }
        assert!(awaited.find(&pair(99)).is_some() && awaited.find(&pair(96)).is_none());
    }

    #[test]
    fn ts24229_5_4_1_2_1_reg_await_auth_ends_for_a_pair_after_its_last_challenge() {
        let (mut awaited, start) = (awaited(10), now());
        awaited.add(&pair("a"), check(), start, LIFE);
        awaited.wait(&pair("a"), start + SECOND, LIFE);
        assert!(awaited.expire(start + LIFE).is_none());
        let over = awaited
            .expire(start + LIFE + SECOND)
            .expect("its time is over");
        assert_eq!((over.impi.as_str(), over.impu.as_str()), ("a@h", "sip:a@h"));
        assert!(awaited.line.is_empty() && awaited.len() == 0);
    }

    #[test]
    fn who_has_answered_is_not_found_when_the_time_is_over() {
        let (mut awaited, start) = (awaited(10), now());
        awaited.add(&pair("a"), check(), start, LIFE);
        awaited.add(&pair("ab"), check(), start, LIFE);
        awaited.remove_user("a@h");
        assert_eq!(awaited.len(), 1);
        assert!(awaited.remove(&pair("ab")).is_some());
        assert!(awaited.expire(start + LIFE).is_none());
        assert!(awaited.line.is_empty());
    }

    #[test]
    fn an_aka_challenge_serves_once_and_the_oldest_goes() {
        let vector = |n| AkaVector {
            rand: [n; 16],
            autn: [0; 16],
            xres: Box::new([1; 8]),
            ck: [0; 16],
            ik: [0; 16],
        };
        let mut aka = Aka::default();
        aka.refill([vector(1), vector(2)].into_iter());
        let first = aka.next().expect("two are there");
        let nonce = aka.send(&first, "a@h", "h");
        assert!(aka.take(&nonce).is_some() && aka.take(&nonce).is_none());
        for n in 0..MAX_CHALLENGES_OF_ONE as u8 + 1 {
            aka.send(&vector(n), "a@h", "h");
        }
        let of = |n| aka::nonce(&[n; 16], &[0; 16]);
        assert!(aka.take(&of(0)).is_none() && aka.take(&of(1)).is_some());
    }
}
