//! Which S-CSCFs did not serve lately (RFC 3263 §4.3: a server that failed is not tried first again at once).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Most S-CSCFs that are remembered; beyond it the one whose time ends first is forgotten.
pub(crate) const MAX_REMEMBERED: usize = 64;
/// The longest that an S-CSCF is avoided because it asked for it by Retry-After.
pub(crate) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// S-CSCFs to choose only where there is no other, and until when.
#[derive(Debug, Default)]
pub(crate) struct Availability(RefCell<BTreeMap<String, Instant>>);

impl Availability {
    /// `name` did not serve: it is avoided for `time`.
    pub(crate) fn failed(&self, name: &str, time: Duration, now: Instant) {
        let until = now + time;
        let mut avoided = self.0.borrow_mut();
        avoided.retain(|_, until| *until > now);
        if until <= now {
            return;
        }
        if avoided.len() >= MAX_REMEMBERED && !avoided.contains_key(name) {
            let first = avoided.iter().min_by_key(|(_, until)| **until);
            if let Some(first) = first.map(|(name, _)| name.clone()) {
                avoided.remove(&first);
            }
        }
        avoided.insert(name.to_owned(), until);
    }

    /// `name` answered as one who serves.
    pub(crate) fn served(&self, name: &str) {
        self.0.borrow_mut().remove(name);
    }

    /// Whether `name` is to be chosen only where there is no other.
    pub(crate) fn is_avoided(&self, name: &str, now: Instant) -> bool {
        self.0.borrow().get(name).is_some_and(|until| *until > now)
    }

    /// Who is avoided, and for how much longer.
    pub(crate) fn avoided(&self, now: Instant) -> Vec<(String, Duration)> {
        let avoided = self.0.borrow();
        let left = avoided.iter().filter(|(_, until)| **until > now);
        left.map(|(name, until)| (name.clone(), *until - now))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn now() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    #[test]
    fn until_its_time_is_over_or_it_serves() {
        let (start, lately) = (now(), Availability::default());
        lately.failed("sip:a", 10 * MILLISECOND, start);
        lately.failed("sip:b", 10 * MILLISECOND, start);
        assert!(lately.is_avoided("sip:a", start + 9 * MILLISECOND));
        assert!(!lately.is_avoided("sip:a", start + 10 * MILLISECOND));
        lately.served("sip:b");
        assert!(!lately.is_avoided("sip:b", start));
        assert_eq!(
            lately.avoided(start + 4 * MILLISECOND),
            [("sip:a".to_owned(), 6 * MILLISECOND)]
        );
        lately.failed("sip:c", Duration::ZERO, start);
        assert!(!lately.is_avoided("sip:c", start));
    }

    #[test]
    fn not_more_than_the_limit() {
        let (start, lately) = (now(), Availability::default());
        for number in 0..=MAX_REMEMBERED {
            let time = MILLISECOND * (100 + u32::try_from(number).expect("a small number"));
            lately.failed(&format!("sip:{number}"), time, start);
        }
        assert_eq!(lately.avoided(start).len(), MAX_REMEMBERED);
        assert!(!lately.is_avoided("sip:0", start), "its time ended first");
        assert!(lately.is_avoided("sip:64", start));
    }
}
