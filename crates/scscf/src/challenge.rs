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
    oldest: VecDeque<(Instant, Box<str>)>,
    life: Duration,
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
    pub(crate) fn new(io: &impl Io, life: Duration) -> Self {
        Self {
            by_nonce: hash::map(io),
            oldest: VecDeque::new(),
            life,
        }
    }

    /// Keeps `challenge`, and gives the WWW-Authenticate values that carry it, best algorithm first.
    pub(crate) fn add(&mut self, challenge: Challenge, stale: Stale, now: Instant) -> Vec<String> {
        if self.oldest.len() >= MAX_CHALLENGES {
            self.drop_oldest();
        }
        let values = challenge
            .credentials
            .ha1
            .iter()
            .map(|(algorithm, _)| {
                digest::challenge(
                    &challenge.credentials.realm,
                    challenge.nonce.value(),
                    *algorithm,
                    QopOffer::Auth,
                    stale,
                )
            })
            .collect();
        let nonce: Box<str> = challenge.nonce.value().into();
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
        let algorithm = auth.get("algorithm");
        let ha1 = challenge
            .credentials
            .ha1
            .iter()
            .find(|(known, _)| match &algorithm {
                Some(named) => Algorithm::of(named) == Some(*known),
                None => *known == Algorithm::Md5,
            });
        let verdict = match ha1 {
            Some((algorithm, ha1)) if own => {
                let expected = Expected {
                    username: impi,
                    realm: &challenge.credentials.realm,
                    uri: DigestUri::Any,
                    algorithm: *algorithm,
                    qop: QopOffer::Auth,
                    ha1,
                    method: Method::REGISTER,
                    body,
                };
                challenge.nonce.check(auth, &expected, now)
            }
            _ => Verdict::Wrong,
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
                self.by_nonce.remove(nonce.as_str());
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

    /// Takes out a challenge whose time is over; one that was never answered rightly is given back.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Option<Challenge>> {
        self.oldest.front().filter(|(at, _)| *at <= now)?;
        Some(self.drop_oldest().filter(|challenge| !challenge.answered))
    }

    /// When the next challenge's time is over.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.oldest.front().map(|(at, _)| *at)
    }

    fn drop_oldest(&mut self) -> Option<Challenge> {
        let (_, nonce) = self.oldest.pop_front()?;
        self.by_nonce.remove(&nonce)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_nonce.len()
    }
}
