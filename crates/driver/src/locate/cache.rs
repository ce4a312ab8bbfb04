//! Answers of the DNS, kept as long as they hold.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::dns::{Answer, DnsError, MAX_RECORDS, RecordType};
use crate::hash::{self, KeyedMap};
use crate::io::Io;

/// Answers kept at once; one more takes the place of the one that ends soonest.
pub const MAX_CACHED: usize = 4_096;
/// The longest that an answer is kept, whatever it says itself.
pub const LONGEST_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long an answer is kept at least, whatever its TTL: those who ask the same at once share one question.
pub const SHORTEST_TTL: Duration = Duration::from_secs(1);
/// The longest that the absence of records is kept (RFC 2308 §5 would allow three hours).
pub const LONGEST_NEGATIVE_TTL: Duration = Duration::from_secs(60);
/// How long a failure is kept (RFC 2308 §7), so that a dead DNS is not asked for every request.
pub const FAILURE_TTL: Duration = Duration::from_secs(2);

/// Name and type.
pub(super) type Question = (Box<str>, RecordType);
pub(super) type Said = Result<Rc<Answer>, DnsError>;

/// By question.
pub(super) struct Cache {
    answers: KeyedMap<Question, (Said, Instant)>,
    most: usize,
}

impl Cache {
    pub(super) fn new(io: &impl Io) -> Self {
        Self {
            answers: hash::map(io),
            most: MAX_CACHED,
        }
    }

    pub(super) fn get(&self, question: &Question, now: Instant) -> Option<Said> {
        let (said, until) = self.answers.get(question)?;
        (now < *until).then(|| said.clone())
    }

    /// Keeps what was `said` for as long as it may be kept.
    pub(super) fn keep(
        &mut self,
        question: Question,
        said: Result<Answer, DnsError>,
        now: Instant,
    ) -> Said {
        let longest = match &said {
            Err(_) => FAILURE_TTL,
            Ok(answer) if answer.records.is_empty() => LONGEST_NEGATIVE_TTL.min(answer.ttl),
            Ok(answer) => LONGEST_TTL.min(answer.ttl),
        };
        let longest = longest.max(SHORTEST_TTL);
        let said = said.map(|mut answer| {
            answer.records.truncate(MAX_RECORDS);
            Rc::new(answer)
        });
        if self.answers.len() >= self.most && !self.answers.contains_key(&question) {
            self.make_room(now);
        }
        self.answers.insert(question, (said.clone(), now + longest));
        said
    }

    fn make_room(&mut self, now: Instant) {
        self.answers.retain(|_, (_, until)| now < *until);
        if self.answers.len() >= self.most {
            let soonest = self.answers.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(question) = soonest.map(|(question, _)| question.clone()) {
                self.answers.remove(&question);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn cache(most: usize) -> Cache {
        Cache {
            answers: KeyedMap::default(),
            most,
        }
    }

    fn question(name: &str) -> Question {
        (name.into(), RecordType::A)
    }

    fn answer(ttl: Duration) -> Result<Answer, DnsError> {
        Ok(Answer::of_addresses([Ipv4Addr::LOCALHOST], ttl))
    }

    const SECOND: Duration = Duration::from_secs(1);
    const TICK: Duration = Duration::from_millis(1);

    #[test]
    fn an_answer_holds_as_long_as_it_says_within_bounds() {
        let start = tokio::time::Instant::now().into_std();
        let nothing = |ttl| {
            Ok(Answer {
                records: Vec::new(),
                ttl,
            })
        };
        for (said, holds) in [
            (answer(30 * SECOND), 30 * SECOND),
            (answer(LONGEST_TTL * 2), LONGEST_TTL),
            (answer(Duration::ZERO), SHORTEST_TTL),
            (nothing(5 * SECOND), 5 * SECOND),
            (nothing(3600 * SECOND), LONGEST_NEGATIVE_TTL),
            (Err(DnsError::TimedOut), FAILURE_TTL),
        ] {
            let mut cache = cache(4);
            let said = cache.keep(question("a"), said, start);
            assert_eq!(
                cache.get(&question("a"), start + holds - TICK),
                Some(said),
                "just before"
            );
            assert_eq!(cache.get(&question("a"), start + holds), None, "then");
        }
    }

    #[test]
    fn there_are_never_more_than_may_be() {
        let start = tokio::time::Instant::now().into_std();
        let mut cache = cache(100);
        for number in 0..1_000_u32 {
            let ttl = (1 + number) * SECOND;
            let _said = cache.keep(question(&number.to_string()), answer(ttl), start);
            assert!(cache.answers.len() <= 100);
        }
        assert!(cache.get(&question("999"), start).is_some(), "the last");
        assert!(cache.get(&question("0"), start).is_none(), "ended soonest");
        let many = vec![Ipv4Addr::LOCALHOST; MAX_RECORDS + 1];
        let many = Ok(Answer::of_addresses(many, SECOND));
        let kept = cache.keep(question("many"), many, start).unwrap();
        assert_eq!(kept.records.len(), MAX_RECORDS);
    }
}
