//! RFC 7616 §3.3: the challenge, its freshness, and the count of a nonce.

use std::time::Duration;

use sip_stack::Error;
use sip_stack::digest::{Algorithm, Challenge, Nonce, QopOffer, Stale, Verdict, challenge};

use crate::registrar::{LIFE, Registrar, auth, read};

#[test]
fn a_challenge_is_printed_with_its_quotes_where_they_belong() {
    assert_eq!(
        challenge(
            "ims.example",
            "n/1=",
            Algorithm::Sha256,
            QopOffer::Both,
            Stale::Yes
        ),
        "Digest realm=\"ims.example\", nonce=\"n/1=\", stale=true, algorithm=SHA-256, qop=\"auth,auth-int\""
    );
    assert_eq!(
        challenge(
            "ims.example",
            "n",
            Algorithm::Md5,
            QopOffer::None,
            Stale::No
        ),
        "Digest realm=\"ims.example\", nonce=\"n\", algorithm=MD5"
    );
}

#[test]
fn quotes_are_escaped_and_no_line_end_gets_out() {
    let text = challenge(
        "a\"b\\c\r\nEvil: 1",
        "n",
        Algorithm::Md5,
        QopOffer::None,
        Stale::No,
    );
    assert_eq!(
        text,
        "Digest realm=\"a\\\"b\\\\cEvil: 1\", nonce=\"n\", algorithm=MD5"
    );
    assert_eq!(read(&text).realm, "a\"b\\cEvil: 1");
}

#[test]
fn what_a_client_reads() {
    let read = read(
        "digest Realm=\"r\", NONCE=\"n\", opaque=\"o\", algorithm=sha-256-SESS, \
         qop=\"auth-conf, Auth-Int\", stale=TRUE, domain=\"sip:x\"",
    );
    let expected = Challenge {
        realm: "r".to_owned(),
        nonce: "n".to_owned(),
        opaque: Some("o".to_owned()),
        algorithm: Algorithm::Sha256Session,
        qop: QopOffer::AuthInt,
        stale: Stale::Yes,
    };
    assert_eq!(read, expected);
}

#[test]
fn what_a_client_does_not_answer() {
    let table = [
        (
            "Basic realm=\"r\"",
            Error::NotSupported("authentication scheme"),
        ),
        (
            "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-1",
            Error::NotSupported("digest algorithm"),
        ),
        (
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth-conf\"",
            Error::NotSupported("digest qop"),
        ),
        ("Digest nonce=\"n\"", Error::Missing("realm")),
        ("Digest realm=\"r\"", Error::Missing("nonce")),
    ];
    for (text, error) in table {
        assert_eq!(Challenge::read(&auth(text)), Err(error), "{text}");
    }
}

#[test]
fn counts_must_rise() {
    let mut registrar = Registrar::new(Algorithm::Md5, QopOffer::Auth);
    for (nc, verdict) in [
        (0, Verdict::Replayed),
        (1, Verdict::Accepted),
        (1, Verdict::Replayed),
        (2, Verdict::Accepted),
        (5, Verdict::Accepted),
        (4, Verdict::Replayed),
        (u32::MAX, Verdict::Accepted),
        (u32::MAX, Verdict::Replayed),
    ] {
        let answer = registrar.answer(nc);
        assert_eq!(registrar.check(&answer), verdict, "nc {nc}");
    }
}

#[test]
fn a_nonce_is_taken_until_its_life_ends() {
    let mut registrar = Registrar::new(Algorithm::Sha256, QopOffer::Auth);
    let millisecond = Duration::from_millis(1);
    registrar.now += LIFE - millisecond;
    let answer = registrar.answer(1);
    assert_eq!(registrar.check(&answer), Verdict::Accepted);
    registrar.now += millisecond;
    let answer = registrar.answer(2);
    assert_eq!(registrar.check(&answer), Verdict::Stale);
}

#[test]
fn a_right_answer_for_another_nonce_is_stale_and_uses_up_no_count() {
    let mut registrar = Registrar::new(Algorithm::Sha256, QopOffer::Auth);
    let old = registrar.answer(7);
    registrar.nonce = Nonce::new("another", registrar.now, LIFE);
    assert_eq!(registrar.check(&old), Verdict::Stale);
    let answer = registrar.answer(1);
    assert_eq!(registrar.check(&answer), Verdict::Accepted);
}

/// Stale would tell whoever sends any answer for an old nonce that nothing else was wrong.
#[test]
fn a_wrong_answer_is_wrong_and_never_stale_or_replayed() {
    let mut registrar = Registrar::new(Algorithm::Md5, QopOffer::Auth);
    let good = registrar.answer(1);
    let wrong = good.replace("uri=\"sip:ims.example\"", "uri=\"sip:other.example\"");
    assert_ne!(wrong, good);
    assert_eq!(registrar.check(&good), Verdict::Accepted);
    assert_eq!(registrar.check(&wrong), Verdict::Wrong);
    registrar.now += LIFE;
    assert_eq!(registrar.check(&wrong), Verdict::Wrong);
    registrar.nonce = Nonce::new("another", registrar.now, LIFE);
    assert_eq!(registrar.check(&wrong), Verdict::Wrong);
}

#[test]
fn a_wrong_answer_uses_up_no_count() {
    let mut registrar = Registrar::new(Algorithm::Md5, QopOffer::Auth);
    let good = registrar.answer(1);
    let forged = registrar.answer(9).replace("response=\"", "response=\"0");
    assert_eq!(registrar.check(&forged), Verdict::Wrong);
    assert_eq!(registrar.check(&good), Verdict::Accepted);
}
