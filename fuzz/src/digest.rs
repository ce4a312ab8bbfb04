//! Digest (RFC 7616): a challenge as it came is answered, and the server that sent it takes the answer, once.

use std::time::{Duration, Instant};

use sip_message::header::{Authorization, TypedHeader, WwwAuthenticate};
use sip_message::{Auth, Method};
use sip_stack::digest::{
    Algorithm, Answer, Challenge, Credentials, DigestUri, Expected, Ha1, Nonce, QopOffer, Secret,
    Verdict, answer,
};

const LIFE: Duration = Duration::from_secs(60);

/// The value of a WWW-Authenticate or of an Authorization; the octets before the first line feed are the body.
pub fn digest(octets: &[u8]) {
    let at = octets.iter().position(|octet| *octet == b'\n');
    let (body, value) = octets.split_at(at.map_or(0, |at| at + 1));
    let Ok(value) = std::str::from_utf8(value) else {
        return;
    };
    if let Ok(challenge) = WwwAuthenticate::parse(value) {
        challenged(&challenge, body);
    }
    if let Ok(authorization) = Authorization::parse(value) {
        answered(&authorization, body);
    }
}

fn challenged(auth: &Auth<'_>, body: &[u8]) {
    let Ok(challenge) = Challenge::read(auth) else {
        return;
    };
    let (username, secret) = ("alice \"a\" \\ é", b"\0secret:".to_vec());
    let credentials = Credentials {
        username: username.to_owned(),
        secret: match challenge.algorithm {
            Algorithm::AkaV1Md5 => Secret::Res(secret.clone()),
            _ => Secret::Password(secret.clone()),
        },
    };
    let uri = "sip:home.example";
    let value = answer(
        &challenge,
        &credentials,
        Method::REGISTER,
        uri,
        "c",
        1,
        body,
    )
    .expect("credentials for every algorithm");
    // What a quoted string cannot hold is left out: then it is the answer to another challenge.
    let is_whole = |text: &str| !text.chars().any(char::is_control);
    if !is_whole(&challenge.nonce) || !is_whole(&challenge.realm) {
        return;
    }
    let expected = Expected {
        username,
        realm: &challenge.realm,
        uri: DigestUri::Exactly(uri),
        algorithm: challenge.algorithm,
        qop: challenge.qop,
        ha1: &Ha1::of(challenge.algorithm, username, &challenge.realm, &secret),
        method: Method::REGISTER,
        body,
    };
    let answer = Authorization::parse(&value).expect("printed, so it can be read");
    let now = Instant::now();
    let mut nonce = Nonce::new(challenge.nonce.as_str(), now, LIFE);
    let other = Expected {
        method: Method::INVITE,
        ..expected
    };
    assert_eq!(nonce.check(&answer, &other, now), Verdict::Wrong);
    assert_eq!(nonce.check(&answer, &expected, now + LIFE), Verdict::Stale);
    assert_eq!(nonce.check(&answer, &expected, now), Verdict::Accepted);
    assert_eq!(nonce.check(&answer, &expected, now), Verdict::Replayed);
}

/// Nobody knows the secret, whatever they say.
fn answered(auth: &Auth<'_>, body: &[u8]) {
    let Some(answer) = Answer::read(auth) else {
        return;
    };
    let ha1 = Ha1::of(answer.algorithm(), "alice", "home.example", b"secret");
    if let Some(information) = answer.information(&ha1, body, "next") {
        assert!(!information.contains(['\r', '\n']), "{information:?}");
    }
    for qop in [QopOffer::None, QopOffer::Auth, QopOffer::Both] {
        let expected = Expected {
            username: "alice",
            realm: "home.example",
            uri: DigestUri::Any,
            algorithm: answer.algorithm(),
            qop,
            ha1: &ha1,
            method: Method::REGISTER,
            body,
        };
        assert!(!answer.is_right(&expected));
    }
}
