//! RFC 7616 §3.9: the examples.

use sip_message::Method;
use sip_stack::digest::{Credentials, Secret, answer, best};

use crate::registrar::{parameter, read};

#[test]
fn section_3_9_1_sha_256_and_md5() {
    let offered = ["SHA-256", "MD5"].map(|algorithm| {
        read(&format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        ))
    });
    let credentials = Credentials {
        username: "Mufasa".to_owned(),
        secret: Secret::Password(b"Circle of Life".to_vec()),
    };
    assert_eq!(best(&offered, &credentials), Some(&offered[0]));
    let responses = offered.map(|challenge| {
        let answer = answer(
            &challenge,
            &credentials,
            Method("GET"),
            "/dir/index.html",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            1,
            b"",
        )
        .expect("a password answers every challenge");
        parameter(&answer, "response").expect("there")
    });
    assert_eq!(
        responses,
        [
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            "8ca523f5e9506fed4657c9700eebdbec",
        ]
    );
}

/// The value is that of the erratum: the RFC prints one of a hash that is not SHA-512/256.
#[test]
fn section_3_9_2_sha_512_256_with_a_user_name_in_utf_8() {
    let challenge = read(
        "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, \
         nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", \
         opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8",
    );
    let credentials = Credentials {
        username: "Jäsøn Doe".to_owned(),
        secret: Secret::Password(b"Secret, or not?".to_vec()),
    };
    let answer = answer(
        &challenge,
        &credentials,
        Method("GET"),
        "/doe.json",
        "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
        1,
        b"",
    )
    .expect("a password answers every challenge");
    assert_eq!(
        parameter(&answer, "response").as_deref(),
        Some("3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5")
    );
}
