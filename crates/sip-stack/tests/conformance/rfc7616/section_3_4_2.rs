//! RFC 7616 §3.4.2 and §3.4.3: `-sess`, `auth-int`, passwords that are octets. No standard prints
//! values for these; they were computed with another implementation (Python's hashlib).

use sip_message::Method;
use sip_stack::digest::{
    Algorithm, Challenge, Credentials, Ha1, QopOffer, Secret, Stale, Verdict, answer,
};

use crate::registrar::{Registrar, parameter};

#[test]
fn every_algorithm_and_quality() {
    use Algorithm::*;
    use QopOffer::{Auth, AuthInt};
    let table = [
        (Md5, Auth, "7e609116359dd47c0202f562bf2d834d"),
        (Md5, AuthInt, "c23239d855674e954175fe348ecad115"),
        (Md5Session, Auth, "abb461f31e87088a172f57efb0bc7fa5"),
        (Md5Session, AuthInt, "b1d7c20dfa131584e4816abcaa7e08e7"),
        (
            Sha256,
            Auth,
            "099d1795c18e0c4c841226e9e76bf7aaaf3ba76b25a922ef8bbf524849755635",
        ),
        (
            Sha256,
            AuthInt,
            "a43909b66885d59a7b568b92fd8c49e5c3fb596d45d3948262464b885f54ae37",
        ),
        (
            Sha256Session,
            Auth,
            "01786c846d498f5ecae2e96e58574949c7c279ef07084d1e2246a5ad70ab6fa8",
        ),
        (
            Sha256Session,
            AuthInt,
            "c1f074af5ec3037d641ed32e212dac5152b38d1dd69abbeb83fabc44ef057b86",
        ),
        (
            Sha512_256,
            Auth,
            "d3d0b8743969187e295da0f93f06bd56cbc5d31af3d1642d22d020c1f54b0637",
        ),
        (
            Sha512_256,
            AuthInt,
            "6f7b06abb37c1f120317821d109e52f06e0d5e69b7607e4841477e8534e2f070",
        ),
        (
            Sha512_256Session,
            Auth,
            "daf731be5d09500c9652e5cc22814d200fa2776335f7213630cdb440e7068e8f",
        ),
        (
            Sha512_256Session,
            AuthInt,
            "155b30c9afbaddfe6fc0c586c4dd0bb2664350ed98fc5681966ac5a8192d70cf",
        ),
    ];
    for (algorithm, qop, expected) in table {
        let mut registrar = Registrar::new(algorithm, qop);
        let answer = registrar.answer(42);
        assert_eq!(
            parameter(&answer, "response").as_deref(),
            Some(expected),
            "{algorithm} {qop:?}"
        );
        assert_eq!(parameter(&answer, "nc").as_deref(), Some("0000002a"));
        assert_eq!(
            registrar.check(&answer),
            Verdict::Accepted,
            "{algorithm} {qop:?}"
        );
    }
}

/// As RFC 3310 §3.3 has it: the octets of RES are the password, whatever they are.
#[test]
fn a_password_is_a_row_of_octets() {
    let credentials = Credentials {
        username: "001010000000001@ims.example".to_owned(),
        secret: Secret::Password(vec![0x00, 0x3a, 0xff, 0x0a, 0x22, 0x80, 0x0d, 0x5c]),
    };
    let challenge = Challenge {
        realm: "ims.example".to_owned(),
        nonce: "bm9uY2U=".to_owned(),
        opaque: None,
        algorithm: Algorithm::Md5,
        qop: QopOffer::Auth,
        stale: Stale::No,
    };
    let answer = answer(
        &challenge,
        &credentials,
        Method::REGISTER,
        "sip:ims.example",
        "c",
        1,
        b"",
    )
    .expect("a password answers every challenge");
    assert_eq!(
        parameter(&answer, "response").as_deref(),
        Some("cd4fb457532be5bcb529115fecfcc6af")
    );
}

#[test]
fn an_ha1_in_place_of_the_password_gives_the_same_answer() {
    let challenge = Registrar::new(Algorithm::Sha256Session, QopOffer::Auth).challenge();
    let ha1 = Ha1::of(Algorithm::Sha256, "alice", "ims.example", b"secret");
    let upper = ha1.hex().as_str().to_uppercase();
    let read = Ha1::from_hex(Algorithm::Sha256, &upper).expect("64 digits");
    assert_eq!(read, ha1);
    let [by_password, by_ha1] =
        [Secret::Password(b"secret".to_vec()), Secret::Ha1(read)].map(|secret| {
            let credentials = Credentials {
                username: "alice".to_owned(),
                secret,
            };
            answer(
                &challenge,
                &credentials,
                Method::REGISTER,
                "sip:ims.example",
                "c",
                1,
                b"",
            )
        });
    assert_eq!(by_password, by_ha1);
}
