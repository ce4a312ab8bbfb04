//! RFC 2617 §3.5: the example.

use sip_message::Method;
use sip_stack::digest::{Algorithm, Credentials, QopOffer, Secret, answer};

use crate::registrar::{parameter, read};

#[test]
fn mufasa_answers_as_printed() {
    let challenge = read(
        "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
         nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
    );
    assert_eq!(challenge.algorithm, Algorithm::Md5);
    assert_eq!(challenge.qop, QopOffer::Both);
    let credentials = Credentials {
        username: "Mufasa".to_owned(),
        secret: Secret::Password(b"Circle Of Life".to_vec()),
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
        answer,
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
         nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
         response=\"6629fae49393a05397450978507c4ef1\", algorithm=MD5, cnonce=\"0a4f113b\", \
         qop=auth, nc=00000001, opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
    );
    assert_eq!(parameter(&answer, "qop").as_deref(), Some("auth"));
}
