//! The user's answer as a server reads it, RFC 7616 §3.4.

use std::borrow::Cow;
use std::fmt;

use sip_message::{Auth, unquote};
use subtle::{Choice, ConstantTimeEq};

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
            DigestUri::Exactly(uri) => self.uri.as_bytes().ct_eq(uri.as_bytes()),
        };
        response.as_str().as_bytes().ct_eq(given.as_bytes())
            & self.username.as_bytes().ct_eq(expected.username.as_bytes())
            & self.realm.as_bytes().ct_eq(expected.realm.as_bytes())
            & uri
            & Choice::from(u8::from(as_challenged))
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}
