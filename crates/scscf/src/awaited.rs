//! Pairs whose answer to a challenge is awaited (reg-await-auth, TS 24.229 §5.4.1.2.1, §7.8).

use std::collections::{BTreeMap, VecDeque};
use std::hash::BuildHasher;
use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::AkaVector;
use driver::hash::{self, KeyedMap};
use driver::io::Io;
use sip_stack::digest::{Algorithm, Ha1, aka};
use smallvec::SmallVec;

use crate::credentials::Known;
use crate::register::Pair;

/// The most pairs kept; the one that waits longest goes when one more is challenged.
pub const MAX_AWAITED: usize = 1_000_000;

/// The most AKA challenges of one pair that may still be answered. Who asks for more is given the newest of them again:
/// one that asks in somebody's name again and again takes none of theirs, and no more vectors of the HSS.
pub const MAX_CHALLENGES_OF_ONE: usize = 8;

/// The most Call-IDs of one pair that are told apart by what they answered.
pub const MAX_CHAINS: usize = 8;

/// Wrong answers with one Call-ID in a row: after the first a fresh challenge, after the second 403.
pub const MAX_WRONG_ANSWERS: u8 = 2;

/// Resynchronisations in a row that one Call-ID may ask for before its challenges end with 403.
pub const MAX_RESYNCHRONISATIONS: u8 = 2;

/// An AKA challenge that was sent (RFC 3310 §3.2); one right answer uses it up.
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
    /// The last of them, to be sent again.
    newest: Option<AkaVector>,
    /// Vectors that were not used yet, in their order.
    spare: VecDeque<AkaVector>,
}

impl Aka {
    /// Takes more vectors of the HSS; those left over are older and go.
    pub(crate) fn refill(&mut self, vectors: impl Iterator<Item = AkaVector>) {
        self.spare = vectors.collect();
    }

    /// Whether as many challenges may be answered as may be, so that no vector is needed for another.
    pub(crate) fn is_full(&self) -> bool {
        self.sent.len() >= MAX_CHALLENGES_OF_ONE
    }

    /// The vector to challenge with.
    pub(crate) fn vector(&mut self) -> Option<AkaVector> {
        match self.is_full() {
            true => self.newest.clone(),
            false => self.spare.pop_front(),
        }
    }

    /// Notes that `vector` goes out; the nonce that carries it.
    pub(crate) fn send(&mut self, vector: &AkaVector, impi: &str, realm: &str) -> Box<str> {
        let nonce: Box<str> = aka::nonce(&vector.rand, &vector.autn).into();
        if self.sent(&nonce).is_none() {
            self.sent.push_back(Sent {
                rand: vector.rand,
                nonce: nonce.clone(),
                ha1: Ha1::of(Algorithm::AkaV1Md5, impi, realm, &vector.xres),
            });
            self.newest = Some(vector.clone());
        }
        nonce
    }

    /// The challenge that `nonce` answers. A wrong answer does not use it up: somebody else may have given it.
    pub(crate) fn sent(&self, nonce: &str) -> Option<&Sent> {
        self.sent.iter().find(|sent| *sent.nonce == *nonce)
    }

    /// The challenge of `nonce` was answered, and serves nobody any more.
    pub(crate) fn answered(&mut self, nonce: &str) {
        self.sent.retain(|sent| *sent.nonce != *nonce);
    }

    /// Nothing that was sent may be answered any more, and no vector is left: its sequence numbers are of no use.
    pub(crate) fn start_over(&mut self) {
        *self = Self::default();
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
    impu: Rc<str>,
    until: Instant,
    place: Place,
    check: Check,
    chains: Chains,
    /// Origin-Host of the HSS that gave what the answer is checked with.
    hss: String,
}

/// Those who were challenged as one pair, by Call-ID: a phone keeps its own, which a stranger does not know
/// (TS 24.229 §5.4.1.2.2).
#[derive(Default)]
struct Chains {
    open: SmallVec<[Chain; 1]>,
    /// There were more than are told apart.
    are_more: bool,
}

struct Chain {
    call_id: u64,
    wrong: u8,
    resynchronised: u8,
}

impl Chains {
    /// The chain of `call_id`, begun if need be; none where there are too many.
    fn of(&mut self, call_id: u64) -> Option<&mut Chain> {
        let at = self.open.iter().position(|chain| chain.call_id == call_id);
        let at = match at {
            Some(at) => at,
            None if self.open.len() >= MAX_CHAINS => {
                self.are_more = true;
                return None;
            }
            None => {
                self.open.push(Chain {
                    call_id,
                    wrong: 0,
                    resynchronised: 0,
                });
                self.open.len() - 1
            }
        };
        self.open.get_mut(at)
    }
}

/// What ends with a Call-ID that answered wrong too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nobody else was challenged: nothing is awaited any more.
    Pair,
    /// Somebody else's answer is still awaited.
    Chain,
}

/// Where a pair stands in the line: when to look at it, and a number that no other has.
type Place = (Instant, u64);

/// The pairs, by private identity.
pub(crate) struct Awaited {
    by_user: KeyedMap<Rc<str>, SmallVec<[Waiting; 1]>>,
    /// Each pair once: IMPI and IMPU.
    line: BTreeMap<Place, (Rc<str>, Rc<str>)>,
    next: u64,
    most: usize,
}

impl Awaited {
    /// None yet, and at most `most` ([`MAX_AWAITED`]).
    pub(crate) fn new(io: &impl Io, most: usize) -> Self {
        Self::with(hash::map(io), most)
    }

    fn with(by_user: KeyedMap<Rc<str>, SmallVec<[Waiting; 1]>>, most: usize) -> Self {
        Self {
            by_user,
            line: BTreeMap::new(),
            next: 0,
            most,
        }
    }

    fn waiting(&mut self, pair: &Pair) -> Option<&mut Waiting> {
        let of_user = self.by_user.get_mut(pair.impi.as_str())?;
        of_user
            .iter_mut()
            .find(|waiting| *waiting.impu == *pair.impu)
    }

    /// What the answer of a pair is checked with, if one is awaited.
    pub(crate) fn find(&mut self, pair: &Pair) -> Option<&mut Check> {
        if self.by_user.is_empty() {
            return None;
        }
        self.waiting(pair).map(|waiting| &mut waiting.check)
    }

    /// The HSS that gives what the pair's answer is checked with names itself so.
    pub(crate) fn served_by(&mut self, pair: &Pair, hss: String) {
        if let Some(waiting) = self.waiting(pair) {
            waiting.hss = hss;
        }
    }

    /// How that HSS named itself.
    pub(crate) fn hss(&mut self, pair: &Pair) -> Option<&str> {
        self.waiting(pair).map(|waiting| waiting.hss.as_str())
    }

    /// A challenge goes out to a pair with `call_id`: its answer is awaited for `life` from `now`.
    pub(crate) fn wait(&mut self, pair: &Pair, call_id: &str, now: Instant, life: Duration) {
        let call_id = self.by_user.hasher().hash_one(call_id);
        if let Some(waiting) = self.waiting(pair) {
            waiting.until = now + life;
            waiting.chains.of(call_id);
        }
    }

    /// Awaits the answer of a pair for `life` from `now`, to be checked with `check`.
    pub(crate) fn add(&mut self, pair: &Pair, check: Check, now: Instant, life: Duration) {
        self.take(&pair.impi, &pair.impu);
        while self.line.len() >= self.most {
            let Some((_, (impi, impu))) = self.line.pop_first() else {
                break;
            };
            self.take(&impi, &impu);
        }
        let impi = match self.by_user.get_key_value(pair.impi.as_str()) {
            Some((impi, _)) => Rc::clone(impi),
            None => pair.impi.as_str().into(),
        };
        let impu: Rc<str> = pair.impu.as_str().into();
        let until = now + life;
        self.next += 1;
        let place = (until, self.next);
        self.line
            .insert(place, (Rc::clone(&impi), Rc::clone(&impu)));
        let waiting = Waiting {
            impu,
            until,
            place,
            check,
            chains: Chains::default(),
            hss: String::new(),
        };
        self.by_user.entry(impi).or_default().push(waiting);
    }

    /// Whoever has `call_id` answered wrong: for the `n`th time in a row.
    pub(crate) fn wrong(&mut self, pair: &Pair, call_id: &str) -> u8 {
        let call_id = self.by_user.hasher().hash_one(call_id);
        let chain = self
            .waiting(pair)
            .and_then(|waiting| waiting.chains.of(call_id));
        chain.map_or(1, |chain| {
            chain.wrong = chain.wrong.saturating_add(1);
            chain.wrong
        })
    }

    /// Whoever has `call_id` asks for a resynchronisation: for the `n`th time in a row.
    pub(crate) fn resynchronised(&mut self, pair: &Pair, call_id: &str) -> u8 {
        let call_id = self.by_user.hasher().hash_one(call_id);
        let chain = self
            .waiting(pair)
            .and_then(|waiting| waiting.chains.of(call_id));
        chain.map_or(1, |chain| {
            chain.resynchronised = chain.resynchronised.saturating_add(1);
            chain.resynchronised
        })
    }

    /// Whoever has `call_id` answered right, or may not answer any more.
    pub(crate) fn end(&mut self, pair: &Pair, call_id: &str) -> Ended {
        let call_id = self.by_user.hasher().hash_one(call_id);
        let Some(waiting) = self.waiting(pair) else {
            return Ended::Pair;
        };
        let chains = &mut waiting.chains;
        chains.open.retain(|chain| chain.call_id != call_id);
        match chains.open.is_empty() && !chains.are_more {
            true => Ended::Pair,
            false => Ended::Chain,
        }
    }

    /// Takes a pair out: it has answered, or may not answer any more.
    pub(crate) fn remove(&mut self, pair: &Pair) -> Option<Check> {
        let removed = self.take(&pair.impi, &pair.impu)?;
        self.shrink();
        Some(removed.check)
    }

    fn take(&mut self, impi: &str, impu: &str) -> Option<Waiting> {
        let of_user = self.by_user.get_mut(impi)?;
        let at = of_user.iter().position(|waiting| *waiting.impu == *impu)?;
        let taken = of_user.swap_remove(at);
        if of_user.is_empty() {
            self.by_user.remove(impi);
        }
        self.line.remove(&taken.place);
        Some(taken)
    }

    /// Takes out the pairs of `impi` whose public identity `is_meant`.
    pub(crate) fn remove_where(&mut self, impi: &str, is_meant: impl Fn(&str) -> bool) {
        let of_user = self.by_user.get(impi).into_iter().flatten();
        let meant = of_user.filter(|waiting| is_meant(&waiting.impu));
        let meant: SmallVec<[Rc<str>; 1]> = meant.map(|waiting| Rc::clone(&waiting.impu)).collect();
        for impu in meant {
            self.take(impi, &impu);
        }
        self.shrink();
    }

    /// Takes out a pair whose time is over by `now`, with how its HSS named itself.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<(Pair, Option<String>)> {
        loop {
            let first = self
                .line
                .first_entry()
                .filter(|first| first.key().0 <= now)?;
            let (impi, impu) = first.remove();
            let pair = Pair {
                impi: impi.to_string(),
                impu: impu.to_string(),
            };
            let waiting = self.waiting(&pair)?;
            if waiting.until > now {
                // Challenged again meanwhile.
                waiting.place.0 = waiting.until;
                let place = waiting.place;
                self.line.insert(place, (impi, impu));
                continue;
            }
            let taken = self.take(&impi, &impu);
            self.shrink();
            return Some((pair, taken.map(|waiting| waiting.hss)));
        }
    }

    /// A crowd that has registered leaves no room behind.
    fn shrink(&mut self) {
        if self.by_user.capacity() > 1024 && self.by_user.len() < self.by_user.capacity() / 8 {
            self.by_user.shrink_to(self.by_user.len() * 2);
        }
    }

    /// When to look at the first of the line.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.line.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn len(&self) -> usize {
        self.line.len()
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
        awaited.wait(&pair("a"), "1", start + SECOND, LIFE);
        assert!(awaited.expire(start + LIFE).is_none());
        awaited.served_by(&pair("a"), "hss.h".to_owned());
        let (over, hss) = awaited
            .expire(start + LIFE + SECOND)
            .expect("its time is over");
        assert_eq!(hss.as_deref(), Some("hss.h"));
        assert_eq!((over.impi.as_str(), over.impu.as_str()), ("a@h", "sip:a@h"));
        assert!(awaited.line.is_empty() && awaited.len() == 0);
    }

    #[test]
    fn who_has_answered_is_not_found_when_the_time_is_over() {
        let (mut awaited, start) = (awaited(10), now());
        awaited.add(&pair("a"), check(), start, LIFE);
        awaited.add(&pair("ab"), check(), start, LIFE);
        awaited.remove_where("a@h", |_| true);
        assert_eq!(awaited.len(), 1);
        assert!(awaited.remove(&pair("ab")).is_some());
        assert!(awaited.expire(start + LIFE).is_none());
        assert!(awaited.line.is_empty());
    }

    #[test]
    fn pairs_of_one_user_wait_and_go_by_themselves() {
        let (mut awaited, start) = (awaited(10), now());
        let other = Pair {
            impu: "sip:other@h".to_owned(),
            ..pair("a")
        };
        awaited.add(&pair("a"), check(), start, LIFE);
        awaited.add(&other, check(), start + SECOND, LIFE);
        awaited.add(&pair("a"), check(), start + SECOND * 2, LIFE);
        assert_eq!((awaited.len(), awaited.by_user.len()), (2, 1));
        awaited.remove_where("a@h", |impu| impu == "sip:a@h");
        assert!(awaited.find(&pair("a")).is_none() && awaited.find(&other).is_some());
        let over = awaited.expire(start + SECOND + LIFE);
        assert_eq!(over.map(|(pair, _)| pair).as_ref(), Some(&other));
        assert!(awaited.by_user.is_empty() && awaited.line.is_empty());
    }

    #[test]
    fn who_answers_wrong_too_often_ends_their_own_call_id() {
        let (mut awaited, at) = (awaited(10), now());
        let a = pair("a");
        awaited.add(&a, check(), at, LIFE);
        awaited.wait(&a, "phone", at, LIFE);
        awaited.wait(&a, "stranger", at, LIFE);
        let wrong = [1, 2].map(|_| awaited.wrong(&a, "stranger"));
        assert_eq!((wrong, awaited.wrong(&a, "phone")), ([1, 2], 1));
        assert_eq!(awaited.end(&a, "stranger"), Ended::Chain);
        assert_eq!(awaited.wrong(&a, "phone"), 2);
        assert_eq!(awaited.end(&a, "phone"), Ended::Pair);
        // Of a crowd not everybody is told apart.
        for n in 0..=MAX_CHAINS {
            awaited.wait(&a, &n.to_string(), at, LIFE);
        }
        for n in 0..=MAX_CHAINS {
            assert_eq!(awaited.end(&a, &n.to_string()), Ended::Chain);
        }
    }

    #[test]
    fn an_aka_challenge_serves_once_and_who_asks_for_more_gets_the_newest_again() {
        let vector = |n| AkaVector {
            rand: [n; 16],
            autn: [0; 16],
            xres: Box::new([1; 8]),
            ck: [0; 16],
            ik: [0; 16],
        };
        let mut aka = Aka::default();
        aka.refill((0..20).map(vector));
        let send = |aka: &mut Aka| {
            let vector = aka.vector().expect("one is there");
            aka.send(&vector, "a@h", "h")
        };
        let first = send(&mut aka);
        assert!(aka.sent(&first).is_some());
        for _ in 1..MAX_CHALLENGES_OF_ONE {
            send(&mut aka);
        }
        let newest = aka::nonce(&[MAX_CHALLENGES_OF_ONE as u8 - 1; 16], &[0; 16]);
        for _ in 0..10 {
            assert_eq!(*send(&mut aka), *newest);
        }
        assert!(aka.sent(&first).is_some(), "nobody's goes");
        aka.answered(&first);
        assert!(aka.sent(&first).is_none());
        assert_ne!(*send(&mut aka), *newest, "there is room for another");
    }
}
