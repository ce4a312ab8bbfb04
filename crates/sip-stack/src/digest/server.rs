//! The server's side: a nonce and its judgement of answers.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use sip_message::{Auth, Method, unquote};
use subtle::{Choice, ConstantTimeEq};

use super::response::Inputs;
use super::{Algorithm, Ha1, Qop, QopOffer};

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
        if !bool::from(answer.is_right(expected)) {
            return Verdict::Wrong;
        }
        // RFC 7616 §3.3: stale only for an answer that is right for the nonce it was made with.
        if *answer.nonce != *self.value || now.saturating_duration_since(self.issued) >= self.life {
            return Verdict::Stale;
        }
        // Without qop there is no count: such a nonce serves once.
        let nc = answer.qop.as_ref().map_or(u32::MAX, |count| count.value);
        if nc <= self.last_nc {
            return Verdict::Replayed;
        }
        self.last_nc = nc;
        Verdict::Accepted
    }
}

/// An answer as read, without quotes.
struct Answer<'a> {
    username: Cow<'a, str>,
    realm: Cow<'a, str>,
    nonce: Cow<'a, str>,
    uri: Cow<'a, str>,
    response: Cow<'a, str>,
    algorithm: Algorithm,
    cnonce: Cow<'a, str>,
    qop: Option<NonceCount<'a>>,
}

struct NonceCount<'a> {
    qop: Qop,
    text: Cow<'a, str>,
    value: u32,
}

impl<'a> Answer<'a> {
    fn read(auth: &Auth<'a>) -> Option<Self> {
        const NAMES: [&str; 9] = [
            "username",
            "realm",
            "nonce",
            "uri",
            "response",
            "algorithm",
            "cnonce",
            "qop",
            "nc",
        ];
        if !auth.is_digest() {
            return None;
        }
        let mut values: [Option<Cow<'a, str>>; NAMES.len()] = Default::default();
        for (name, value) in auth.iter() {
            let place = NAMES
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name));
            // Of a parameter given twice nobody knows which one a proxy before us has looked at.
            if let Some(place) = place
                && values[place].replace(unquote(value)).is_some()
            {
                return None;
            }
        }
        let [
            username,
            realm,
            nonce,
            uri,
            response,
            algorithm,
            cnonce,
            qop,
            nc,
        ] = values;
        let algorithm = match algorithm {
            Some(name) => Algorithm::of(&name)?,
            None => Algorithm::Md5,
        };
        let qop = match qop {
            Some(name) => {
                // RFC 7616 §3.4: with qop, cnonce and nc MUST be there, nc with 8 digits.
                cnonce.as_ref()?;
                let text = nc.filter(|nc| nc.len() == 8)?;
                if !text.bytes().all(|c| c.is_ascii_hexdigit()) {
                    return None;
                }
                Some(NonceCount {
                    qop: Qop::of(&name)?,
                    value: u32::from_str_radix(&text, 16).ok()?,
                    text,
                })
            }
            None => None,
        };
        if algorithm.is_session() {
            cnonce.as_ref()?;
        }
        Some(Answer {
            username: username?,
            realm: realm?,
            nonce: nonce?,
            uri: uri?,
            response: response?,
            algorithm,
            cnonce: cnonce.unwrap_or_default(),
            qop,
        })
    }

    /// Computes and compares everything in every case: the time tells no more than the verdict.
    fn is_right(&self, expected: &Expected<'_>) -> Choice {
        let response = Inputs {
            algorithm: expected.algorithm,
            ha1: expected.ha1,
            nonce: &self.nonce,
            cnonce: &self.cnonce,
            qop: self.qop.as_ref().map(|count| (count.qop, &*count.text)),
            method: expected.method.as_str(),
            uri: &self.uri,
            body: expected.body,
        }
        .response();
        let given = self.response.to_ascii_lowercase();
        let as_challenged = self.algorithm == expected.algorithm
            && expected
                .qop
                .allows(self.qop.as_ref().map(|count| count.qop));
        let uri = match expected.uri {
            DigestUri::Any => Choice::from(1),
            DigestUri::Exactly(uri) => self.uri.as_bytes().ct_eq(uri.as_bytes()),
        };
        response.as_str().as_bytes().ct_eq(given.as_bytes())
            & self.username.as_bytes().ct_eq(expected.username.as_bytes())
            & self.realm.as_bytes().ct_eq(expected.realm.as_bytes())
            & uri
            & Choice::from(u8::from(as_challenged))
    }
}
