//! The challenge in WWW-Authenticate and Proxy-Authenticate, RFC 7616 §3.3.

use std::borrow::Cow;

use sip_message::Auth;

use super::{Algorithm, QopOffer, push_quoted, push_token};
use crate::Error;

/// Whether a challenge tells that only the nonce of the last answer was too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// A first challenge, or the answer was wrong.
    No,
    /// The answer was right for a nonce that is no longer taken: the client may answer again
    /// without asking its user.
    Yes,
}

/// Prints a challenge, the value of WWW-Authenticate or Proxy-Authenticate.
///
/// A server that takes several algorithms sends one header field for each, best first (RFC 7616 §3.7).
pub fn challenge(
    realm: &str,
    nonce: &str,
    algorithm: Algorithm,
    qop: QopOffer,
    stale: Stale,
) -> String {
    let mut out = String::with_capacity(96 + realm.len() + nonce.len());
    out.push_str("Digest ");
    push_quoted(&mut out, "realm", realm);
    push_quoted(&mut out, "nonce", nonce);
    if stale == Stale::Yes {
        push_token(&mut out, "stale", "true");
    }
    push_token(&mut out, "algorithm", algorithm.as_str());
    if qop != QopOffer::None {
        push_quoted(&mut out, "qop", qop.as_str());
    }
    out
}

/// A challenge that a client can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The protection domain, shown to the user who is asked for a password.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// Goes back as it came.
    pub opaque: Option<String>,
    /// MD5 where the server names none.
    pub algorithm: Algorithm,
    /// What the server offers.
    pub qop: QopOffer,
    /// Whether the last answer was right but for its nonce.
    pub stale: Stale,
}

impl Challenge {
    /// Reads a WWW-Authenticate or Proxy-Authenticate.
    ///
    /// # Errors
    /// `NotSupported` for another scheme, algorithm or qop than ours: such a challenge is passed over.
    /// `Missing` if it has no realm or no nonce.
    pub fn read(auth: &Auth<'_>) -> Result<Challenge, Error> {
        let get = |name| auth.get(name);
        if !auth.is_digest() {
            return Err(Error::NotSupported("authentication scheme"));
        }
        let algorithm = match get("algorithm") {
            Some(name) => Algorithm::of(&name).ok_or(Error::NotSupported("digest algorithm"))?,
            None => Algorithm::Md5,
        };
        let qop = match get("qop") {
            Some(list) => QopOffer::of(&list).ok_or(Error::NotSupported("digest qop"))?,
            None => QopOffer::None,
        };
        // RFC 7616 §3.3: any other value, or none, means false.
        let stale = match get("stale") {
            Some(value) if value.eq_ignore_ascii_case("true") => Stale::Yes,
            Some(_) | None => Stale::No,
        };
        Ok(Challenge {
            realm: get("realm").ok_or(Error::Missing("realm"))?.into_owned(),
            nonce: get("nonce").ok_or(Error::Missing("nonce"))?.into_owned(),
            opaque: get("opaque").map(Cow::into_owned),
            algorithm,
            qop,
            stale,
        })
    }
}
