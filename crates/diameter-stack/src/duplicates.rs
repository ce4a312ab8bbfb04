//! Requests that were received before (RFC 6733 §3: Origin-Host and End-to-End Identifier tell a duplicate).
//!
//! A request under way is joined by its duplicates; one that was answered gets the same answer again, as long as it
//! is remembered: [`Bounds`] says how long, how many, and how many octets.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use std::rc::Rc;
use std::time::{Duration, Instant};

use diameter_codec::CommandCode;
use smallvec::SmallVec;

/// Most duplicates that wait for one request under way; more are dropped.
pub const MAX_JOINED: usize = 4;

/// What is remembered of answered requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How long; a sender keeps an End-to-End Identifier unique for four minutes.
    pub time: Duration,
    /// How many.
    pub answers: usize,
    /// How many octets of answers.
    pub octets: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(240),
            answers: 16_384,
            octets: 8 << 20,
        }
    }
}

/// What a request is told by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Origin-Host.
    pub origin: Rc<str>,
    /// End-to-End Identifier.
    pub end_to_end: u32,
}

/// Further marks that a duplicate shares: some senders use an identifier twice for different requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The command.
    pub command: CommandCode,
    /// [`Requests::mark`] of the Session-Id.
    pub session: u64,
}

/// What a request is.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was not seen before, or another request with its identifier is under way: it is to be served.
    New,
    /// Its first copy is being served; it waits for that answer.
    Joined,
    /// Its first copy is being served, and too many wait already.
    Crowded,
    /// It was answered: this is the answer.
    Answered(Rc<[u8]>),
}

/// Requests of which duplicates are told; `W` is what waits for the answer of a first copy.
#[derive(Debug)]
pub struct Requests<W, S> {
    entries: HashMap<Key, Entry<W>, S>,
    /// Answered ones in the order of their answers.
    answered: VecDeque<(Instant, Key)>,
    octets: usize,
    bounds: Bounds,
}

#[derive(Debug)]
struct Entry<W> {
    marks: Marks,
    state: State<W>,
}

#[derive(Debug)]
enum State<W> {
    UnderWay(SmallVec<[W; 1]>),
    /// Answered at this time.
    Answered(Instant, Rc<[u8]>),
}

/// The duplicates that waited.
pub type Joined<W> = SmallVec<[W; 1]>;

impl<W, S: BuildHasher> Requests<W, S> {
    /// None so far.
    pub fn new(bounds: Bounds, hasher: S) -> Self {
        Self {
            entries: HashMap::with_hasher(hasher),
            answered: VecDeque::new(),
            octets: 0,
            bounds,
        }
    }

    /// The mark of a Session-Id.
    pub fn mark(&self, session: Option<&str>) -> u64 {
        self.entries.hasher().hash_one(session)
    }

    /// Takes a request; `waiter` is kept where it joins.
    pub fn arrive(
        &mut self,
        now: Instant,
        key: &Key,
        marks: Marks,
        waiter: impl FnOnce() -> W,
    ) -> Arrival {
        if let Some(entry) = self.entries.get_mut(key) {
            let same = entry.marks == marks;
            match &mut entry.state {
                // Those that joined wait for its answer: it keeps its place, and this one is served beside it.
                State::UnderWay(_) if !same => return Arrival::New,
                State::UnderWay(joined) if joined.len() >= MAX_JOINED => return Arrival::Crowded,
                State::UnderWay(joined) => {
                    joined.push(waiter());
                    return Arrival::Joined;
                }
                State::Answered(at, answer) if same && *at + self.bounds.time > now => {
                    return Arrival::Answered(Rc::clone(answer));
                }
                State::Answered(..) => {}
            }
        }
        let entry = Entry {
            marks,
            state: State::UnderWay(SmallVec::new()),
        };
        if let Some(displaced) = self.entries.insert(key.clone(), entry) {
            self.forget(&displaced);
        }
        Arrival::New
    }

    /// The request with `key` is answered; gives those that joined it.
    pub fn answered(&mut self, now: Instant, key: &Key, marks: Marks, answer: &[u8]) -> Joined<W> {
        let Some(entry) = self.entries.get_mut(key) else {
            return Joined::new();
        };
        let State::UnderWay(joined) = &mut entry.state else {
            return Joined::new();
        };
        if entry.marks != marks {
            return Joined::new();
        }
        let joined = std::mem::take(joined);
        entry.state = State::Answered(now, answer.into());
        self.octets += answer.len();
        self.answered.push_back((now, key.clone()));
        self.shrink(now);
        joined
    }

    /// The request with `key` gets no answer; gives those that joined it.
    pub fn abandoned(&mut self, key: &Key, marks: Marks) -> Joined<W> {
        match self.entries.get(key) {
            Some(entry) if entry.marks == marks => {}
            _ => return Joined::new(),
        }
        match self.entries.remove(key).map(|entry| entry.state) {
            Some(State::UnderWay(joined)) => joined,
            Some(State::Answered(..)) | None => Joined::new(),
        }
    }

    /// Answers remembered.
    pub fn remembered(&self) -> usize {
        self.answered.len()
    }

    /// Octets of them.
    pub fn octets(&self) -> usize {
        self.octets
    }

    fn forget(&mut self, entry: &Entry<W>) {
        if let State::Answered(_, answer) = &entry.state {
            self.octets -= answer.len();
        }
    }

    /// Forgets from the oldest on what is beyond the bounds.
    fn shrink(&mut self, now: Instant) {
        while let Some((at, _)) = self.answered.front() {
            let keep = *at + self.bounds.time > now
                && self.answered.len() <= self.bounds.answers
                && self.octets <= self.bounds.octets;
            if keep {
                break;
            }
            let Some((at, key)) = self.answered.pop_front() else {
                break;
            };
            // A later request may have taken the place of the one that was answered then.
            let same = self
                .entries
                .get(&key)
                .is_some_and(|entry| matches!(entry.state, State::Answered(then, _) if then == at));
            if same && let Some(entry) = self.entries.remove(&key) {
                self.forget(&entry);
            }
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use std::hash::{BuildHasherDefault, DefaultHasher};

    use super::*;

    type Table = Requests<u32, BuildHasherDefault<DefaultHasher>>;

    const UAR: CommandCode = CommandCode(300);

    fn table(bounds: Bounds) -> Table {
        Requests::new(bounds, BuildHasherDefault::default())
    }

    fn key(end_to_end: u32) -> Key {
        Key {
            origin: "cscf.home.example".into(),
            end_to_end,
        }
    }

    const MARKS: Marks = Marks {
        command: UAR,
        session: 7,
    };

    fn again(answer: &[u8]) -> Arrival {
        Arrival::Answered(answer.into())
    }

    #[test]
    fn rfc6733_3_one_under_way_is_joined_and_one_answered_gets_its_answer() {
        let now = Instant::now();
        let mut table = table(Bounds::default());
        assert_eq!(table.arrive(now, &key(1), MARKS, || 0), Arrival::New);
        assert_eq!(table.arrive(now, &key(1), MARKS, || 8), Arrival::Joined);
        assert_eq!(table.arrive(now, &key(1), MARKS, || 9), Arrival::Joined);
        assert_eq!(table.answered(now, &key(1), MARKS, b"yes")[..], [8, 9]);
        assert_eq!(table.arrive(now, &key(1), MARKS, || 0), again(b"yes"));
        // Another sender's, and another identifier.
        let other = Key {
            origin: "other.example".into(),
            ..key(1)
        };
        assert_eq!(table.arrive(now, &other, MARKS, || 0), Arrival::New);
        assert_eq!(table.arrive(now, &key(2), MARKS, || 0), Arrival::New);
    }

    #[test]
    fn an_identifier_used_for_another_request_is_no_duplicate() {
        let now = Instant::now();
        let mut table = table(Bounds::default());
        table.arrive(now, &key(1), MARKS, || 0);
        table.answered(now, &key(1), MARKS, b"first");
        let session = Marks {
            session: 8,
            ..MARKS
        };
        assert_eq!(table.arrive(now, &key(1), session, || 0), Arrival::New);
        assert_eq!(table.octets(), 0, "the first answer is given up");
        // Nor does it take the place of one under way, and what waits for that one.
        assert_eq!(table.arrive(now, &key(1), session, || 8), Arrival::Joined);
        let command = Marks {
            command: CommandCode(303),
            ..session
        };
        assert_eq!(table.arrive(now, &key(1), command, || 0), Arrival::New);
        assert!(table.answered(now, &key(1), command, b"other").is_empty());
        assert!(table.abandoned(&key(1), command).is_empty());
        assert_eq!(table.answered(now, &key(1), session, b"second")[..], [8]);
        assert_eq!(table.arrive(now, &key(1), session, || 0), again(b"second"));
        assert_ne!(table.mark(Some("s;1;1")), table.mark(Some("s;1;2")));
        assert_ne!(table.mark(Some("")), table.mark(None));
    }

    #[test]
    fn without_an_answer_the_next_copy_is_served() {
        let now = Instant::now();
        let mut table = table(Bounds::default());
        table.arrive(now, &key(1), MARKS, || 0);
        table.arrive(now, &key(1), MARKS, || 8);
        assert_eq!(table.abandoned(&key(1), MARKS)[..], [8]);
        assert_eq!(table.arrive(now, &key(1), MARKS, || 0), Arrival::New);
    }

    #[test]
    fn those_that_wait_for_one_are_bounded() {
        let now = Instant::now();
        let mut table = table(Bounds::default());
        table.arrive(now, &key(1), MARKS, || 0);
        for _ in 0..MAX_JOINED {
            assert_eq!(table.arrive(now, &key(1), MARKS, || 0), Arrival::Joined);
        }
        assert_eq!(table.arrive(now, &key(1), MARKS, || 0), Arrival::Crowded);
    }

    #[test]
    fn an_answer_is_remembered_to_the_millisecond() {
        let now = Instant::now();
        let bounds = Bounds {
            time: Duration::from_millis(100),
            ..Bounds::default()
        };
        let mut table = table(bounds);
        table.arrive(now, &key(1), MARKS, || 0);
        table.answered(now, &key(1), MARKS, b"yes");
        let at = |ms| now + Duration::from_millis(ms);
        assert_eq!(table.arrive(at(99), &key(1), MARKS, || 0), again(b"yes"));
        assert_eq!(table.arrive(at(100), &key(1), MARKS, || 0), Arrival::New);
        table.answered(at(100), &key(1), MARKS, b"no");
        assert_eq!((table.remembered(), table.octets()), (1, 2));
    }

    #[test]
    fn answers_are_bounded_in_number_and_octets() {
        let now = Instant::now();
        let fill = |bounds| {
            let mut table = table(bounds);
            for n in 0..100 {
                table.arrive(now, &key(n), MARKS, || 0);
                table.answered(now, &key(n), MARKS, &[0; 10]);
            }
            (table.remembered(), table.octets(), table.entries.len())
        };
        let by_number = Bounds {
            answers: 7,
            ..Bounds::default()
        };
        assert_eq!(fill(by_number), (7, 70, 7));
        let by_octets = Bounds {
            octets: 35,
            ..Bounds::default()
        };
        assert_eq!(fill(by_octets), (3, 30, 3));
    }
}
