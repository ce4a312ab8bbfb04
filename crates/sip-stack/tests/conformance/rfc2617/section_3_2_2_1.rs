//! RFC 2617 §3.2.2.1: the request-digest where the challenge has no qop, as RFC 2069 had it.

use sip_message::Method;
use sip_stack::digest::{Algorithm, Credentials, QopOffer, Secret, Verdict, answer};

use crate::registrar::{Registrar, parameter, read};

/// The example of RFC 2069 §2.4 with the value of its erratum 749.
#[test]
fn without_qop_the_answer_has_neither_count_nor_cnonce() {
    let challenge = read(
        "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", \
         opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
    );
    let credentials = Credentials {
        username: "Mufasa".to_owned(),
        secret: Secret::Password(b"CircleOfLife".to_vec()),
    };
    let answer = answer(
        &challenge,
        &credentials,
        Method("GET"),
        "/dir/index.html",
        "0a4f113b",
        1,
        b"",
    )
    .expect("a password answers every challenge");
    assert_eq!(
        parameter(&answer, "response").as_deref(),
        Some("1949323746fe6a43ef61f9606e7febea")
    );
    for absent in ["qop", "nc", "cnonce"] {
        assert_eq!(parameter(&answer, absent), None);
    }
}

#[test]
fn without_a_count_a_nonce_serves_once() {
    for algorithm in [Algorithm::Sha256, Algorithm::Md5Session] {
        let mut registrar = Registrar::new(algorithm, QopOffer::None);
        let answer = registrar.answer(1);
        assert_eq!(registrar.check(&answer), Verdict::Accepted);
        assert_eq!(registrar.check(&answer), Verdict::Replayed);
    }
}
