//! RFC 7616 §3.7: several challenges, the server's best first.

use sip_message::Method;
use sip_stack::Error;
use sip_stack::digest::{Algorithm, Credentials, Ha1, QopOffer, Secret, answer, best};

use crate::registrar::{PASSWORD, REALM, Registrar, USERNAME, credentials};

#[test]
fn the_topmost_is_answered() {
    let [sha, md5] = [Algorithm::Sha256, Algorithm::Md5]
        .map(|algorithm| Registrar::new(algorithm, QopOffer::Auth).challenge());
    let credentials = credentials(PASSWORD);
    assert_eq!(best([&sha, &md5], &credentials), Some(&sha));
    assert_eq!(best([&md5, &sha], &credentials), Some(&md5));
    assert_eq!(best([], &credentials), None);
}

#[test]
fn an_ha1_answers_only_its_own_hash_function() {
    let [sha, md5] = [Algorithm::Sha256, Algorithm::Md5]
        .map(|algorithm| Registrar::new(algorithm, QopOffer::Auth).challenge());
    let credentials = Credentials {
        username: USERNAME.to_owned(),
        secret: Secret::Ha1(Ha1::of(Algorithm::Md5, USERNAME, REALM, PASSWORD)),
    };
    assert_eq!(best([&sha, &md5], &credentials), Some(&md5));
    assert_eq!(best([&sha], &credentials), None);
    assert_eq!(
        answer(&sha, &credentials, Method::REGISTER, "sip:x", "c", 1, b""),
        Err(Error::Misuse("credentials for another algorithm"))
    );
}

#[test]
fn an_ha1_has_the_length_of_its_hash_and_is_not_shown() {
    let md5 = "939e7578ed9e3c518a452acee763bce9";
    assert!(Ha1::from_hex(Algorithm::Md5, md5).is_ok());
    assert_eq!(
        Ha1::of(
            Algorithm::Md5,
            "Mufasa",
            "testrealm@host.com",
            b"Circle Of Life"
        )
        .hex()
        .as_str(),
        md5
    );
    let malformed = Err(Error::Malformed("HA1"));
    for text in [
        &md5[1..],
        "",
        "g39e7578ed9e3c518a452acee763bce9",
        "é9e7578ed9e3c518a452acee763bce9",
    ] {
        assert_eq!(Ha1::from_hex(Algorithm::Md5, text), malformed);
    }
    assert_eq!(Ha1::from_hex(Algorithm::Sha256, md5), malformed);
    let secret = Secret::Ha1(Ha1::from_hex(Algorithm::Md5, md5).expect("32 digits"));
    assert!(!format!("{secret:?}").contains("939e"));
    assert!(!format!("{:?}", Secret::Password(b"word".to_vec())).contains("119"));
}
