//! RFC 7616 §3.5: Authentication-Info. The expected hash was made with another MD5 than ours, from the inputs of RFC 2617
//! §3.5 and the formula without a method.

use sip_stack::digest::{Algorithm, Answer, Ha1};

use crate::registrar::auth;

const ANSWER: &str = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
    nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, nc=00000001, \
    cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"";

#[test]
fn it_proves_that_the_server_knows_the_secret_and_gives_the_next_nonce() {
    let answer = Answer::read(&auth(ANSWER)).expect("an answer");
    let ha1 = Ha1::of(
        Algorithm::Md5,
        "Mufasa",
        "testrealm@host.com",
        b"Circle Of Life",
    );
    assert_eq!(
        answer.information(&ha1, b"", "next").as_deref(),
        Some(
            "nextnonce=\"next\", qop=auth, rspauth=\"376602cfd2f4e8e5e78b948a85263e85\", \
             cnonce=\"0a4f113b\", nc=00000001"
        )
    );
}

#[test]
fn without_qop_there_is_none() {
    let old = ANSWER.replace("qop=auth, nc=00000001, cnonce=\"0a4f113b\", ", "");
    let answer = Answer::read(&auth(&old)).expect("an answer");
    let ha1 = Ha1::of(
        Algorithm::Md5,
        "Mufasa",
        "testrealm@host.com",
        b"Circle Of Life",
    );
    assert_eq!(answer.information(&ha1, b"", "next"), None);
}
