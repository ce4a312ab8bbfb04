//! The server's side: a nonce and its judgement of answers.

use std::time::{Duration, Instant};

use sip_message::{Auth, Method};

use super::{Algorithm, Answer, Ha1, QopOffer};

/// What a right answer is made of.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The user name; in IMS the IMPI.
    pub username: &'a str,
    /// The realm of the challenge.
    pub realm: &'a str,
    /// Which digest-uri is taken.
    pub uri: DigestUri<'a>,
    /// The algorithm of the challenge.
    pub algorithm: Algorithm,
    /// What the challenge offered.
    pub qop: QopOffer,
    /// The user's secret, made for the hash function of `algorithm`.
    pub ha1: &'a Ha1,
    /// The method of the request that holds the answer.
    pub method: Method<'a>,
    /// Its body.
    pub body: &'a [u8],
}

/// Which `uri` in an answer is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestUri<'a> {
    /// Any: proxies change the Request-URI on the way, so that a difference is not necessarily a
    /// failure (RFC 3261 §22.4).
    Any,
    /// These characters.
    Exactly(&'a str),
}

/// The judgement of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, with a nonce count that was not used before.
    Accepted,
    /// Right, but the nonce is another or too old: challenge anew with `stale`.
    Stale,
    /// Right, but this nonce count, or a higher one, was used before: challenge anew with `stale`.
    Replayed,
    /// Not right. Nothing tells in what.
    Wrong,
}

/// A nonce that was given out, and how often it was used: one user's, as long as it is fresh.
#[derive(Clone, Debug)]
pub struct Nonce {
    value: Box<str>,
    issued: Instant,
    life: Duration,
    last_nc: u32,
}

impl Nonce {
    /// A nonce given out at `now`, taken for `life`. Its value cannot be guessed.
    pub fn new(value: impl Into<Box<str>>, now: Instant, life: Duration) -> Nonce {
        Nonce {
            value: value.into(),
            issued: now,
            life,
            last_nc: 0,
        }
    }

    /// As it stands in the challenge.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// When it was given out.
    pub fn issued(&self) -> Instant {
        self.issued
    }

    /// Judges an Authorization or Proxy-Authorization that came at `now`, and remembers its nonce
    /// count if it is accepted.
    pub fn check(&mut self, auth: &Auth<'_>, expected: &Expected<'_>, now: Instant) -> Verdict {
        let Some(answer) = Answer::read(auth) else {
            return Verdict::Wrong;
        };
        if !answer.is_right(expected) {
            return Verdict::Wrong;
        }
        // RFC 7616 §3.3: stale only for an answer that is right for the nonce it was made with.
        if *answer.nonce() != *self.value || now.saturating_duration_since(self.issued) >= self.life
        {
            return Verdict::Stale;
        }
        let nc = answer.count();
        if nc <= self.last_nc {
            return Verdict::Replayed;
        }
        self.last_nc = nc;
        Verdict::Accepted
    }
}
