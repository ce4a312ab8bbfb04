//! Challenges that were sent and may still be answered (reg-await-auth, TS 24.229 §5.4.1.2).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use driver::hash::{self, KeyedMap};
use driver::io::Io;
use sip_message::{Auth, Method};
use sip_stack::digest::{
    self, Algorithm, DigestUri, Expected, Ha1, Nonce, QopOffer, Stale, Verdict,
};

/// The most challenges kept; the oldest goes when one more is made.
pub const MAX_CHALLENGES: usize = 1_000_000;

/// The most challenges kept for one private identity; its oldest goes when one more is made, so that who asks in
/// somebody's name again and again displaces nobody else's challenge.
pub const MAX_CHALLENGES_OF_ONE: usize = 8;

/// Wrong answers that one phone may give in a row: after the first a fresh challenge, after the second 403.
pub const MAX_WRONG_ANSWERS: u8 = 2;

/// What the HSS gave for one private identity.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// HA1 for each algorithm that both the HSS and our configuration know, best first.
    pub(crate) ha1: Vec<(Algorithm, Ha1)>,
    /// The realm that HA1 was made for.
    pub(crate) realm: Box<str>,
}

impl Credentials {
    /// What a right answer of `impi` in `auth` is made of; `None` for an algorithm that was not offered.
    fn expected<'a>(
        &'a self,
        impi: &'a str,
        auth: &Auth<'_>,
        body: &'a [u8],
    ) -> Option<Expected<'a>> {
        let algorithm = auth.get("algorithm");
        let wanted = match &algorithm {
            Some(named) => Algorithm::of(named)?,
            None => Algorithm::Md5,
        };
        let (algorithm, ha1) = self.ha1.iter().find(|(known, _)| *known == wanted)?;
        Some(Expected {
            username: impi,
            realm: &self.realm,
            uri: DigestUri::Any,
            algorithm: *algorithm,
            qop: QopOffer::Auth,
            ha1,
            method: Method::REGISTER,
            body,
        })
    }

    /// Whether `auth` is right but for its nonce, which is not known any more (RFC 7616 §3.3, `stale`).
    pub(crate) fn answers_an_old_challenge(
        &self,
        impi: &str,
        auth: &Auth<'_>,
        now: Instant,
        body: &[u8],
    ) -> bool {
        // No nonce is empty, so that of `auth` is another.
        let verdict = |expected| Nonce::new("", now, Duration::MAX).check(auth, &expected, now);
        self.expected(impi, auth, body).map(verdict) == Some(Verdict::Stale)
    }
}

/// One challenge.
pub(crate) struct Challenge {
    pub(crate) impi: Box<str>,
    pub(crate) impu: Box<str>,
    pub(crate) credentials: Credentials,
    pub(crate) nonce: Nonce,
    /// Wrong answers to this challenge and those before it.
    pub(crate) wrong: u8,
    /// Whether it was answered rightly once: then its nonce serves until it is old.
    pub(crate) answered: bool,
}

/// The challenges of one S-CSCF, by nonce.
pub(crate) struct Challenges {
    by_nonce: KeyedMap<Box<str>, Challenge>,
    /// The nonces of each private identity, oldest first.
    of_one: KeyedMap<Box<str>, Vec<Box<str>>>,
    /// Every nonce until its time is over, also those that are gone by then.
    oldest: VecDeque<(Instant, Box<str>)>,
    life: Duration,
    most: usize,
}

/// What an Authorization header turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To no challenge that is known: none was sent, or its time is over.
    Unasked,
    /// Right: the phone is who it says.
    Right,
    /// The challenge is used up, whatever the answer: challenge anew (RFC 7616 §3.3, `stale`).
    Stale,
    /// Wrong, for the `n`th time in a row.
    Wrong(u8),
}

impl Challenges {
    /// None yet; each is kept for `life`, and at most `most` of them ([`MAX_CHALLENGES`]).
    pub(crate) fn new(io: &impl Io, life: Duration, most: usize) -> Self {
        Self {
            by_nonce: hash::map(io),
            of_one: hash::map(io),
            oldest: VecDeque::new(),
            life,
            most,
        }
    }

    /// Keeps `challenge`, and gives the WWW-Authenticate values that carry it, best algorithm first.
    pub(crate) fn add(&mut self, challenge: Challenge, stale: Stale, now: Instant) -> Vec<String> {
        if self.oldest.len() >= self.most {
            self.drop_oldest();
        }
        let Credentials { ha1, realm } = &challenge.credentials;
        let values = ha1
            .iter()
            .map(|(algorithm, _)| {
                digest::challenge(
                    realm,
                    challenge.nonce.value(),
                    *algorithm,
                    QopOffer::Auth,
                    stale,
                )
            })
            .collect();
        let nonce: Box<str> = challenge.nonce.value().into();
        let own = self.of_one.entry(challenge.impi.clone()).or_default();
        own.push(nonce.clone());
        let displaced = (own.len() > MAX_CHALLENGES_OF_ONE).then(|| own.remove(0));
        if let Some(displaced) = displaced {
            self.by_nonce.remove(&displaced);
        }
        self.oldest.push_back((now + self.life, nonce.clone()));
        self.by_nonce.insert(nonce, challenge);
        values
    }

    /// Judges the answer of (`impi`, `impu`); a wrong one uses its challenge up.
    pub(crate) fn judge(
        &mut self,
        impi: &str,
        impu: &str,
        auth: &Auth<'_>,
        now: Instant,
        body: &[u8],
    ) -> Answer {
        let Some(nonce) = auth.get("nonce") else {
            return Answer::Unasked;
        };
        let Some(challenge) = self.by_nonce.get_mut(&*nonce) else {
            return Answer::Unasked;
        };
        // A nonce serves only whom it was made for.
        let own = *challenge.impi == *impi && *challenge.impu == *impu;
        let expected = challenge
            .credentials
            .expected(impi, auth, body)
            .filter(|_| own);
        let verdict = match expected {
            Some(expected) => challenge.nonce.check(auth, &expected, now),
            None => Verdict::Wrong,
        };
        match verdict {
            Verdict::Accepted => {
                challenge.answered = true;
                challenge.wrong = 0;
                Answer::Right
            }
            Verdict::Stale | Verdict::Replayed => Answer::Stale,
            Verdict::Wrong if !own => Answer::Wrong(1),
            Verdict::Wrong => {
                let wrong = challenge.wrong + 1;
                let nonce = challenge.nonce.value().to_owned();
                self.take(&nonce);
                Answer::Wrong(wrong)
            }
        }
    }

    /// The credentials behind `nonce`, to challenge anew without asking the HSS again.
    pub(crate) fn credentials(&self, nonce: &str) -> Option<&Credentials> {
        self.by_nonce
            .get(nonce)
            .map(|challenge| &challenge.credentials)
    }

    /// Takes out a challenge whose time is over; it is given back where it was never answered rightly and its pair
    /// has no other: nobody is on the way to an answer.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Option<Challenge>> {
        self.oldest.front().filter(|(at, _)| *at <= now)?;
        let expired = self.drop_oldest();
        Some(expired.filter(|gone| !gone.answered && !self.awaited(&gone.impi, &gone.impu)))
    }

    /// Whether an answer of this pair is awaited.
    pub(crate) fn awaited(&self, impi: &str, impu: &str) -> bool {
        let own = self.of_one.get(impi).into_iter().flatten();
        own.filter_map(|nonce| self.by_nonce.get(nonce))
            .any(|challenge| *challenge.impu == *impu)
    }

    /// When the next challenge's time is over.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.oldest.front().map(|(at, _)| *at)
    }

    fn drop_oldest(&mut self) -> Option<Challenge> {
        let (_, nonce) = self.oldest.pop_front()?;
        self.take(&nonce)
    }

    fn take(&mut self, nonce: &str) -> Option<Challenge> {
        let challenge = self.by_nonce.remove(nonce)?;
        if let Some(own) = self.of_one.get_mut(&challenge.impi) {
            own.retain(|kept| **kept != *nonce);
            if own.is_empty() {
                self.of_one.remove(&challenge.impi);
            }
        }
        Some(challenge)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_nonce.len()
    }
}

#[cfg(test)]
mod tests {
    use sip_message::{Authorization, TypedHeader, WwwAuthenticate};
    use sip_stack::digest::Secret;

    use super::*;
    use crate::now;

    fn challenges(most: usize) -> Challenges {
        Challenges {
            by_nonce: KeyedMap::default(),
            of_one: KeyedMap::default(),
            oldest: VecDeque::new(),
            life: Duration::from_secs(240),
            most,
        }
    }

    fn challenge(impi: &str, nonce: &str, at: Instant) -> Challenge {
        Challenge {
            impi: impi.into(),
            impu: format!("sip:{impi}").into(),
            credentials: Credentials {
                ha1: vec![(
                    Algorithm::Md5,
                    Ha1::of(Algorithm::Md5, impi, "home.example", b"secret"),
                )],
                realm: "home.example".into(),
            },
            nonce: Nonce::new(nonce, at, Duration::from_secs(240)),
            wrong: 0,
            answered: false,
        }
    }

    fn answer(nonce: &str, password: &str) -> String {
        let challenge = format!(
            "Digest realm=\"home.example\", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5"
        );
        let challenge = WwwAuthenticate::parse(&challenge).unwrap();
        let challenge = digest::Challenge::read(&challenge.0).unwrap();
        let credentials = digest::Credentials {
            username: "a@home.example".to_owned(),
            secret: Secret::Password(password.as_bytes().to_vec()),
        };
        digest::answer(
            &challenge,
            &credentials,
            Method::REGISTER,
            "sip:home.example",
            "c",
            1,
            b"",
        )
        .unwrap()
    }

    #[test]
    fn the_oldest_goes_when_there_are_as_many_as_may_be() {
        let (mut challenges, at) = (challenges(3), now());
        for n in 0..100 {
            challenges.add(
                challenge(&format!("user{n}@home.example"), &format!("n{n}"), at),
                Stale::No,
                at,
            );
            assert!(
                challenges.len() <= 3
                    && challenges.oldest.len() <= 3
                    && challenges.of_one.len() <= 3
            );
        }
        assert!(
            challenges.by_nonce.contains_key("n99") && !challenges.by_nonce.contains_key("n96")
        );
    }

    #[test]
    fn who_asks_in_one_name_displaces_only_that_names_challenges() {
        let (mut challenges, at) = (challenges(1000), now());
        challenges.add(challenge("b@home.example", "bob", at), Stale::No, at);
        for n in 0..100 {
            challenges.add(
                challenge("a@home.example", &format!("n{n}"), at),
                Stale::No,
                at,
            );
        }
        assert_eq!(challenges.len(), MAX_CHALLENGES_OF_ONE + 1);
        assert!(challenges.by_nonce.contains_key("bob") && challenges.by_nonce.contains_key("n99"));
    }

    #[test]
    fn reg_await_auth_ends_for_a_pair_with_its_last_challenge() {
        let (mut challenges, start, second) = (challenges(1000), now(), Duration::from_secs(1));
        challenges.add(
            challenge("a@home.example", "first", start),
            Stale::No,
            start,
        );
        challenges.add(
            challenge("a@home.example", "second", start + second),
            Stale::No,
            start + second,
        );
        assert!(challenges.expire(start + 239 * second).is_none());
        assert!(
            challenges
                .expire(start + 240 * second)
                .is_some_and(|expired| expired.is_none())
        );
        assert!(challenges.expire(start + 240 * second).is_none());
        assert!(
            challenges
                .expire(start + 241 * second)
                .is_some_and(|expired| expired.is_some())
        );
        assert!(challenges.of_one.is_empty() && challenges.by_nonce.is_empty());
    }

    #[test]
    fn rfc7616_3_3_an_answer_that_is_right_for_a_forgotten_nonce_is_stale() {
        let (challenge, at) = (challenge("a@home.example", "new", now()), now());
        for (password, stale) in [("secret", true), ("wrong", false)] {
            let answer = answer("forgotten", password);
            let auth = Authorization::parse(&answer).unwrap().0;
            let judged =
                challenge
                    .credentials
                    .answers_an_old_challenge("a@home.example", &auth, at, b"");
            assert_eq!(judged, stale, "{password}");
        }
    }
}
