//! Requests that were received before: one is served, its duplicates get the same answer.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::time::{Duration, Instant};

use diameter_codec::CommandCode;
use diameter_stack::duplicates::{Arrival, Bounds, Key, MAX_JOINED, Marks, Requests};

use crate::choices::Choices;

const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(60),
    answers: 5,
    octets: 100,
};

/// The request under way with a key: its marks, and who waits.
type UnderWay = HashMap<Key, (Marks, Vec<u32>)>;

/// A list of what happens.
pub fn diameter_duplicates(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let mut requests: Requests<u32, BuildHasherDefault<DefaultHasher>> =
        Requests::new(BOUNDS, BuildHasherDefault::default());
    let mut under_way = UnderWay::new();
    let mut last_answers: HashMap<Key, (Marks, Instant, Vec<u8>)> = HashMap::new();
    let (mut now, mut waiter) = (Instant::now(), 0);
    while let Some(choice) = choices.octet() {
        let (Some(key), Some(mark)) = (choices.octet(), choices.octet()) else {
            return;
        };
        let key = Key {
            origin: if key & 1 == 0 { "a" } else { "b" }.into(),
            end_to_end: u32::from(key >> 1) % 6,
        };
        let marks = Marks {
            command: CommandCode(300),
            session: u64::from(mark % 2),
        };
        match choice % 4 {
            0 => {
                waiter += 1;
                let arrival = requests.arrive(now, &key, marks, || waiter);
                let first = under_way.get_mut(&key).filter(|(known, _)| *known == marks);
                match (arrival, first) {
                    // Nobody serves a request twice.
                    (Arrival::New, None) => {
                        // One with other marks keeps its place.
                        under_way.entry(key).or_insert((marks, Vec::new()));
                    }
                    (Arrival::Joined, Some((_, joined))) => {
                        joined.push(waiter);
                        assert!(joined.len() <= MAX_JOINED);
                    }
                    (Arrival::Crowded, Some((_, joined))) => assert_eq!(joined.len(), MAX_JOINED),
                    (Arrival::Answered(answer), None) => {
                        let (known, at, octets) = &last_answers[&key];
                        assert_eq!((known, octets.as_slice()), (&marks, &*answer));
                        assert!(*at + BOUNDS.time > now);
                    }
                    (arrival, first) => panic!("{arrival:?} where {first:?} is under way"),
                }
            }
            1 => {
                let answer = vec![mark; usize::from(mark)];
                let joined = requests.answered(now, &key, marks, &answer);
                match under_way.get(&key) {
                    Some((known, waiting)) if *known == marks => {
                        assert_eq!(joined.as_slice(), waiting.as_slice());
                        under_way.remove(&key);
                        last_answers.insert(key, (marks, now, answer));
                    }
                    _ => assert!(joined.is_empty()),
                }
                assert!(requests.remembered() <= BOUNDS.answers);
                assert!(requests.octets() <= BOUNDS.octets);
            }
            2 => {
                let joined = requests.abandoned(&key, marks);
                match under_way.get(&key) {
                    Some((known, waiting)) if *known == marks => {
                        assert_eq!(joined.as_slice(), waiting.as_slice());
                        under_way.remove(&key);
                    }
                    _ => assert!(joined.is_empty()),
                }
            }
            _ => now += Duration::from_secs(mark.into()),
        }
    }
}
