//! A user and a server that challenges it, for the digest tests.

use std::time::{Duration, Instant};

use sip_message::{Auth, Authorization, Method, TypedHeader};
use sip_stack::digest::{
    Algorithm, Challenge, Credentials, DigestUri, Expected, Ha1, Nonce, QopOffer, Secret, Stale,
    Verdict, answer, challenge,
};

pub(crate) const USERNAME: &str = "alice@ims.example";
pub(crate) const REALM: &str = "ims.example";
pub(crate) const PASSWORD: &[u8] = "sécret".as_bytes();
pub(crate) const URI: &str = "sip:ims.example";
pub(crate) const NONCE: &str = "84f1c1ae6cbe5ua9c8e88dfa3ecm3459";
pub(crate) const CNONCE: &str = "0a4f113b";
pub(crate) const BODY: &[u8] = b"v=0\r\n";
/// How long the registrar takes its nonces.
pub(crate) const LIFE: Duration = Duration::from_secs(240);

/// A server that has challenged the user.
pub(crate) struct Registrar {
    pub(crate) algorithm: Algorithm,
    pub(crate) qop: QopOffer,
    pub(crate) uri: DigestUri<'static>,
    pub(crate) nonce: Nonce,
    pub(crate) now: Instant,
    ha1: Ha1,
}

impl Registrar {
    pub(crate) fn new(algorithm: Algorithm, qop: QopOffer) -> Registrar {
        let now = now();
        Registrar {
            algorithm,
            qop,
            uri: DigestUri::Exactly(URI),
            nonce: Nonce::new(NONCE, now, LIFE),
            now,
            ha1: Ha1::of(algorithm, USERNAME, REALM, PASSWORD),
        }
    }

    /// The challenge as the user reads it.
    pub(crate) fn challenge(&self) -> Challenge {
        read(&challenge(
            REALM,
            self.nonce.value(),
            self.algorithm,
            self.qop,
            Stale::No,
        ))
    }

    /// The user's answer in its `nc`th request.
    pub(crate) fn answer(&self, nc: u32) -> String {
        answer(
            &self.challenge(),
            &credentials(PASSWORD),
            Method::REGISTER,
            URI,
            CNONCE,
            nc,
            BODY,
        )
        .expect("a password answers every challenge")
    }

    /// The server's judgement.
    pub(crate) fn check(&mut self, authorization: &str) -> Verdict {
        let expected = Expected {
            username: USERNAME,
            realm: REALM,
            uri: self.uri,
            algorithm: self.algorithm,
            qop: self.qop,
            ha1: &self.ha1,
            method: Method::REGISTER,
            body: BODY,
        };
        let auth = auth(authorization);
        self.nonce.check(&auth, &expected, self.now)
    }
}

pub(crate) fn credentials(password: &[u8]) -> Credentials {
    Credentials {
        username: USERNAME.to_owned(),
        secret: Secret::Password(password.to_vec()),
    }
}

/// Parameters as their reader has them.
pub(crate) fn auth(text: &str) -> Auth<'_> {
    Authorization::parse(text).expect("readable").0
}

/// A challenge as its reader has it.
pub(crate) fn read(text: &str) -> Challenge {
    Challenge::read(&auth(text)).expect("supported")
}

/// A parameter of an answer.
pub(crate) fn parameter(authorization: &str, name: &str) -> Option<String> {
    let auth = auth(authorization);
    auth.get(name).map(|value| value.into_owned())
}

/// Some moment to count from.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other origin; nothing depends on which it is"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
