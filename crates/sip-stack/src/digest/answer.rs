//! The user's answer as a server reads it, RFC 7616 §3.4.

use std::borrow::Cow;
use std::fmt;

use sip_message::Auth;
use subtle::{Choice, ConstantTimeEq};

use super::parameters::{Parameter, Parameters};
use super::response::Inputs;
use super::{Algorithm, DigestUri, Expected, Ha1, Qop, push_first_quoted, push_quoted, push_token};

/// An Authorization or Proxy-Authorization of scheme Digest as read, without quotes: the user's answer.
#[derive(Clone)]
pub struct Answer<'a> {
    username: Cow<'a, str>,
    realm: Cow<'a, str>,
    nonce: Cow<'a, str>,
    uri: Cow<'a, str>,
    response: Cow<'a, str>,
    algorithm: Algorithm,
    cnonce: Cow<'a, str>,
    qop: Option<NonceCount<'a>>,
}

#[derive(Clone)]
struct NonceCount<'a> {
    qop: Qop,
    text: Cow<'a, str>,
    value: u32,
}

impl<'a> Answer<'a> {
    /// Reads `auth`; `None` where it is of another scheme, lacks something, or says something twice.
    pub fn read(auth: &Auth<'a>) -> Option<Self> {
        Self::of(&Parameters::read(auth)?)
    }

    /// The answer that `said` is; `None` where it lacks something, or says something twice.
    pub fn of(said: &Parameters<'a>) -> Option<Self> {
        if said.is_ambiguous() {
            return None;
        }
        let cnonce = said.get(Parameter::Cnonce);
        let algorithm = match said.get(Parameter::Algorithm) {
            Some(name) => Algorithm::of(&name)?,
            None => Algorithm::Md5,
        };
        let qop = match said.get(Parameter::Qop) {
            Some(name) => {
                // RFC 7616 §3.4: with qop, cnonce and nc MUST be there, nc with 8 digits.
                cnonce.as_ref()?;
                let text = said.get(Parameter::NonceCount).filter(|nc| nc.len() == 8)?;
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
            username: said.username()?,
            realm: said.realm()?,
            nonce: said.get(Parameter::Nonce)?,
            uri: said.get(Parameter::Uri)?,
            response: said.get(Parameter::Response)?,
            algorithm,
            cnonce: cnonce.unwrap_or_default(),
            qop,
        })
    }

    /// The nonce that it answers.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The algorithm that it used.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The nonce count; without qop there is none, and such a nonce serves once.
    pub fn count(&self) -> u32 {
        self.qop.as_ref().map_or(u32::MAX, |count| count.value)
    }

    /// The value of Authentication-Info in the response to a right answer with qop (RFC 7616 §3.5): it proves that
    /// we know the secret too, and gives the nonce of the next request. `None` without qop, as RFC 2069 had none.
    pub fn information(&self, ha1: &Ha1, body: &[u8], next_nonce: &str) -> Option<String> {
        let count = self.qop.as_ref()?;
        let proof = Inputs {
            algorithm: self.algorithm,
            ha1,
            nonce: &self.nonce,
            cnonce: &self.cnonce,
            qop: Some((count.qop, &*count.text)),
            // §3.5: A2 has no method.
            method: "",
            uri: &self.uri,
            body,
        }
        .response();
        let mut out = String::with_capacity(128 + next_nonce.len() + self.cnonce.len());
        push_first_quoted(&mut out, "nextnonce", next_nonce);
        push_token(&mut out, "qop", count.qop.as_str());
        push_quoted(&mut out, "rspauth", proof.as_str());
        push_quoted(&mut out, "cnonce", &self.cnonce);
        push_token(&mut out, "nc", &count.text);
        Some(out)
    }

    /// Whether it proves the secret of `expected`, nothing said of its nonce.
    ///
    /// Everything is computed and compared in every case: the time tells no more than the verdict.
    pub fn is_right(&self, expected: &Expected<'_>) -> bool {
        bool::from(self.proves(expected))
    }

    fn proves(&self, expected: &Expected<'_>) -> Choice {
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
            DigestUri::Exactly(uri) => same(&self.uri, uri),
        };
        same(response.as_str(), &given)
            & same(&self.username, expected.username)
            & same(&self.realm, expected.realm)
            & uri
            & Choice::from(u8::from(as_challenged))
    }
}

/// Whether two texts are the same, in a time that tells no more of them than their lengths; eight octets at a time.
fn same(one: &str, other: &str) -> Choice {
    let ((words, rest), (others, other_rest)) = (
        one.as_bytes().as_chunks::<8>(),
        other.as_bytes().as_chunks::<8>(),
    );
    let words = words
        .iter()
        .zip(others)
        .map(|(word, other)| u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(*other));
    let octets = rest.iter().zip(other_rest);
    let octets = octets.map(|(octet, other)| u64::from(octet ^ other));
    let different = words.chain(octets).fold(0, |all, one| all | one);
    Choice::from(u8::from(one.len() == other.len())) & different.ct_eq(&0)
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}
