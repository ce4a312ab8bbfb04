//! Requests that wait for their answer: each is given back once, by its identifier, its deadline or the end.

use std::collections::HashMap;
use std::time::Instant;

use diameter_stack::pending::{Full, Pending};

use crate::choices::Choices;

/// A limit, a seed, and a list of what happens.
pub fn diameter_pending(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let (Some(limit), Some(seed)) = (choices.octet(), choices.time()) else {
        return;
    };
    let limit = usize::from(limit % 40);
    let start = Instant::now();
    let mut now = start;
    let mut table = Pending::new(limit, seed.as_micros() as u32);
    let mut waiting: HashMap<u32, Instant> = HashMap::new();
    let mut answered: Vec<u32> = Vec::new();
    while let Some(choice) = choices.octet() {
        match choice % 6 {
            0 | 1 => {
                let Some(time) = choices.time() else { return };
                let deadline = now + time;
                // The request is told by the count of requests before it.
                match table.insert(deadline, deadline) {
                    Ok(identifier) => {
                        let before = waiting.insert(identifier, deadline);
                        assert_eq!(before, None, "an identifier that is in use");
                    }
                    Err(Full) => assert_eq!(waiting.len(), limit),
                }
            }
            2 => {
                let Some(at) = choices.octet() else { return };
                let mut identifiers: Vec<_> = waiting.keys().copied().collect();
                identifiers.sort_unstable();
                if let Some(identifier) =
                    identifiers.get(usize::from(at) % identifiers.len().max(1))
                {
                    assert_eq!(table.take(*identifier), waiting.remove(identifier));
                    answered.push(*identifier);
                }
            }
            // An answer that comes twice, or late, is nobody's.
            3 => {
                let Some(at) = choices.octet() else { return };
                if let Some(identifier) = answered.get(usize::from(at) % answered.len().max(1))
                    && !waiting.contains_key(identifier)
                {
                    assert_eq!(table.take(*identifier), None);
                }
            }
            4 => {
                let Some(time) = choices.time() else { return };
                now += time;
                while let Some(deadline) = table.expire(now) {
                    assert!(deadline <= now);
                    remove(&mut waiting, deadline);
                }
                assert!(waiting.values().all(|deadline| *deadline > now));
            }
            _ => {
                if let Some(deadline) = table.pop() {
                    assert_eq!(Some(&deadline), waiting.values().min());
                    remove(&mut waiting, deadline);
                }
            }
        }
        assert_eq!(table.len(), waiting.len());
        assert_eq!(table.is_empty(), waiting.is_empty());
        assert_eq!(table.next_deadline().as_ref(), waiting.values().min());
        assert!(table.iter().is_sorted() && table.iter().count() == waiting.len());
    }
}

/// Several requests may have one deadline: any of them.
fn remove(waiting: &mut HashMap<u32, Instant>, deadline: Instant) {
    let found = waiting.iter().find(|(_, other)| **other == deadline);
    let identifier = *found.expect("it waits").0;
    waiting.remove(&identifier);
}
