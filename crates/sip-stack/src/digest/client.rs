//! The client's side: which challenge to answer, and the answer.

use std::fmt;

use sip_message::Method;

use super::response::Inputs;
use super::{Algorithm, Challenge, Ha1, push_quoted, push_token};
use crate::Error;

/// Who answers, and with which secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name: in IMS the IMPI.
    pub username: String,
    /// What proves it.
    pub secret: Secret,
}

/// A password or what was made of it; `Debug` shows neither.
#[derive(Clone)]
pub enum Secret {
    /// The octets of the password.
    Password(Vec<u8>),
    /// RES, which answers one challenge of AKA and takes the password's place there (RFC 3310 §3.3).
    Res(Vec<u8>),
    /// HA1 for this user name and the realm of the challenge; it serves one hash function.
    Ha1(Ha1),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Secret::Password(_) => "Password(…)",
            Secret::Res(_) => "Res(…)",
            Secret::Ha1(_) => "Ha1(…)",
        })
    }
}

impl Credentials {
    fn can_answer(&self, algorithm: Algorithm) -> bool {
        match &self.secret {
            // RFC 3310 §5.1: a password is never an answer to AKA, nor RES one to anything else.
            Secret::Password(_) => algorithm != Algorithm::AkaV1Md5,
            Secret::Res(_) => algorithm == Algorithm::AkaV1Md5,
            Secret::Ha1(ha1) => algorithm != Algorithm::AkaV1Md5 && ha1.fits(algorithm),
        }
    }
}

/// The challenge to answer: the topmost that these credentials can answer, as the server puts its
/// best first (RFC 7616 §3.7, RFC 8760 §2.4).
pub fn best<'a>(
    challenges: impl IntoIterator<Item = &'a Challenge>,
    credentials: &Credentials,
) -> Option<&'a Challenge> {
    challenges
        .into_iter()
        .find(|challenge| credentials.can_answer(challenge.algorithm))
}

/// The value of Authorization or Proxy-Authorization that answers `challenge`.
///
/// `nc` counts the requests answered with this nonce, from 1. `cnonce` is fresh random text and
/// stays the same while the nonce does: then both readings of `-sess` (the first cnonce, the one of
/// this request) agree. `uri` is the Request-URI as sent, `body` is hashed in `auth-int` only.
///
/// # Errors
/// `Misuse` if the credentials are none for the algorithm that the challenge asks for.
pub fn answer(
    challenge: &Challenge,
    credentials: &Credentials,
    method: Method<'_>,
    uri: &str,
    cnonce: &str,
    nc: u32,
    body: &[u8],
) -> Result<String, Error> {
    let algorithm = challenge.algorithm;
    if !credentials.can_answer(algorithm) {
        return Err(Error::Misuse("credentials for another algorithm"));
    }
    let made;
    let ha1 = match &credentials.secret {
        Secret::Password(password) | Secret::Res(password) => {
            made = Ha1::of(algorithm, &credentials.username, &challenge.realm, password);
            &made
        }
        Secret::Ha1(ha1) => ha1,
    };
    let nc = format!("{nc:08x}");
    let qop = challenge.qop.choose();
    let response = Inputs {
        algorithm,
        ha1,
        nonce: &challenge.nonce,
        cnonce,
        qop: qop.map(|qop| (qop, nc.as_str())),
        method: method.as_str(),
        uri,
        body,
    }
    .response();

    let mut out = String::with_capacity(320);
    out.push_str("Digest ");
    push_quoted(&mut out, "username", &credentials.username);
    push_quoted(&mut out, "realm", &challenge.realm);
    push_quoted(&mut out, "nonce", &challenge.nonce);
    push_quoted(&mut out, "uri", uri);
    push_quoted(&mut out, "response", response.as_str());
    push_token(&mut out, "algorithm", algorithm.as_str());
    // Without qop neither nc nor cnonce may be sent (RFC 2617 §3.2.2); -sess cannot do without cnonce.
    if qop.is_some() || algorithm.is_session() {
        push_quoted(&mut out, "cnonce", cnonce);
    }
    if let Some(qop) = qop {
        push_token(&mut out, "qop", qop.as_str());
        push_token(&mut out, "nc", &nc);
    }
    if let Some(opaque) = &challenge.opaque {
        push_quoted(&mut out, "opaque", opaque);
    }
    Ok(out)
}

/// The Authorization of a REGISTER before any challenge: it names the user, and nonce and response
/// are empty (TS 24.229 §5.1.1.2.2).
pub fn initial(username: &str, realm: &str, uri: &str) -> String {
    let mut out = String::with_capacity(64 + username.len() + realm.len() + uri.len());
    out.push_str("Digest ");
    push_quoted(&mut out, "username", username);
    push_quoted(&mut out, "realm", realm);
    push_quoted(&mut out, "nonce", "");
    push_quoted(&mut out, "uri", uri);
    push_quoted(&mut out, "response", "");
    out
}
