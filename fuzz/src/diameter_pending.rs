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
    // By identifier: the deadline, and the count of requests before it.
    let mut waiting: HashMap<u32, (Instant, u32)> = HashMap::new();
    let mut count = 0;
    let mut answered: Vec<u32> = Vec::new();
    while let Some(choice) = choices.octet() {
        match choice % 6 {
            0 | 1 => {
                let Some(time) = choices.time() else { return };
                let deadline = now + time;
                count += 1;
                match table.insert(deadline, (deadline, count)) {
                    Ok(identifier) => {
                        let before = waiting.insert(identifier, (deadline, count));
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
                while let Some(request) = table.expire(now) {
                    assert!(request.0 <= now);
                    waiting.retain(|_, other| *other != request);
                }
                assert!(waiting.values().all(|(deadline, _)| *deadline > now));
            }
            _ => {
                // Of those with one deadline the first.
                if let Some(request) = table.pop() {
                    assert_eq!(Some(&request), waiting.values().min());
                    waiting.retain(|_, other| *other != request);
                }
            }
        }
        assert_eq!(table.len(), waiting.len());
        assert_eq!(table.is_empty(), waiting.is_empty());
        let next = waiting.values().map(|(deadline, _)| *deadline).min();
        assert_eq!(table.next_deadline(), next);
        assert!(table.iter().is_sorted() && table.iter().count() == waiting.len());
    }
}
