//! RFC 3310 §3: RES for a password, resynchronisation, and what a refusal looks like.
//!
//! RAND, AUTN's MAC-A and RES are those of test set 1 of TS 35.208 §4.3; the responses were computed with another
//! implementation of MD5.

use sip_message::Method;
use sip_stack::digest::{self, Algorithm, Credentials, Secret, aka};

use crate::registrar::{parameter, read};

const RAND: [u8; 16] = *b"\x23\x55\x3c\xbe\x96\x37\xa8\x9d\x21\x8a\xe6\x4d\xae\x47\xbf\x35";
const AUTN: [u8; 16] = *b"\x55\xf3\x28\xb4\x35\x77\xb9\xb9\x4a\x9f\xfa\xc3\x54\xdf\xaf\xb3";
const RES: [u8; 8] = *b"\xa5\x42\x11\xd5\xe3\xba\x50\xbf";
const NONCE: &str = "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=";
const HOME: &str = "sip:home.example";

fn challenge(nonce: &str) -> digest::Challenge {
    read(&format!(
        "Digest realm=\"home.example\", nonce=\"{nonce}\", algorithm=AKAv1-MD5, qop=\"auth\""
    ))
}

fn credentials(secret: Secret) -> Credentials {
    Credentials {
        username: "alice@home.example".to_owned(),
        secret,
    }
}

#[test]
fn nonce_holds_rand_and_autn_and_may_hold_more() {
    assert_eq!(aka::nonce(&RAND, &AUTN), NONCE);
    assert_eq!(aka::read_nonce(NONCE), Ok((RAND, AUTN)));
    assert_eq!(
        aka::read_nonce(NONCE.trim_end_matches('=')),
        Ok((RAND, AUTN))
    );
    // 36 octets: four of the server's own behind them.
    let more = "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7MBAgME";
    assert_eq!(aka::read_nonce(more), Ok((RAND, AUTN)));
    for wrong in [
        "",
        "n",
        "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tf",
        "=== no base64",
    ] {
        assert!(aka::read_nonce(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn res_takes_the_place_of_the_password() {
    let challenge = challenge(NONCE);
    assert_eq!(challenge.algorithm, Algorithm::AkaV1Md5);
    let res = credentials(Secret::Res(RES.to_vec()));
    let answer =
        digest::answer(&challenge, &res, Method::REGISTER, HOME, "c0ffee", 1, b"").expect("AKA");
    assert_eq!(
        parameter(&answer, "response").as_deref(),
        Some("6b6ba4378859f4ab7f04cf9f59b6dc35")
    );
    assert_eq!(
        parameter(&answer, "algorithm").as_deref(),
        Some("AKAv1-MD5")
    );
}

#[test]
fn a_password_answers_no_aka_and_res_nothing_else() {
    let md5 = read("Digest realm=\"home.example\", nonce=\"n\", algorithm=MD5, qop=\"auth\"");
    let (password, res) = (
        credentials(Secret::Password(b"p".to_vec())),
        credentials(Secret::Res(RES.to_vec())),
    );
    let aka = challenge(NONCE);
    let offered = [md5.clone(), aka.clone()];
    assert_eq!(digest::best(&offered, &password), Some(&md5));
    assert_eq!(digest::best(&offered, &res), Some(&aka));
    for (challenge, secret) in [(&aka, &password), (&md5, &res)] {
        assert!(digest::answer(challenge, secret, Method::REGISTER, HOME, "c", 1, b"").is_err());
    }
}

#[test]
fn resynchronisation_has_auts_and_an_empty_password() {
    let auts: [u8; 14] = std::array::from_fn(|octet| octet as u8);
    let value = aka::resynchronisation(
        &challenge(NONCE),
        "alice@home.example",
        Method::REGISTER,
        HOME,
        "c0ffee",
        &auts,
    )
    .expect("AKA");
    assert_eq!(
        parameter(&value, "auts").as_deref(),
        Some("AAECAwQFBgcICQoLDA0=")
    );
    assert_eq!(
        parameter(&value, "response").as_deref(),
        Some("011fee9b0474a1152128637153579257")
    );
    assert_eq!(aka::read_auts("AAECAwQFBgcICQoLDA0="), Ok(auts));
    assert!(aka::read_auts("AAECAwQFBgcICQoLDA").is_err());
}

#[test]
fn ts24229_5_1_1_5_3_a_refusal_has_an_empty_response_and_no_auts() {
    let value = aka::refusal(&challenge(NONCE), "alice@home.example", HOME);
    assert_eq!(parameter(&value, "response").as_deref(), Some(""));
    assert_eq!(parameter(&value, "nonce").as_deref(), Some(NONCE));
    assert_eq!(parameter(&value, "auts"), None);
}
