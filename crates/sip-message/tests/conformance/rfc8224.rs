//! RFC 8224: an Identity header field, the longest that SIP knows: a signed token with certificate reference.

use sip_message::{Message, Name, validate};

use crate::octets::octets;

/// `signed-identity-digest` of `length` octets, as base64url with its two dots.
fn token(length: usize) -> String {
    let part = "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0In0"
        .repeat(length / 3 / 60 + 1);
    let part = &part[..length / 3];
    format!("{part}.{part}.{part}")
}

fn invite(identity: &str) -> Message {
    let message = octets(&format!(
        "INVITE sip:bob@biloxi.example.org SIP/2.0
Via: SIP/2.0/TLS pc33.atlanta.example.com;branch=z9hG4bKnashds8
To: Bob <sip:bob@biloxi.example.org>
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710
CSeq: 314159 INVITE
Max-Forwards: 70
Date: Fri, 25 Sep 2015 19:12:25 GMT
y: {identity};info=<https://biloxi.example.org/biloxi.cer>;alg=ES256;ppt=shaken
Identity: {identity};info=<https://biloxi.example.org/biloxi.cer>
Content-Length: 0

"
    ));
    Message::parse(message).expect("a message")
}

/// §4: several, long and compact; each is one value, whatever stands in it.
#[test]
fn s4_long_identities() {
    for length in [300, 3_000, 30_000] {
        let token = token(length);
        let message = invite(&token);
        assert_eq!(validate(&message), Ok(()));
        let identities: Vec<_> = message.elements(Name::IDENTITY).collect();
        assert_eq!(identities.len(), 2);
        assert!(
            identities
                .iter()
                .all(|identity| identity.starts_with(&token))
        );
        assert!(identities[0].ends_with(";alg=ES256;ppt=shaken"));
    }
}

/// A token folded over many lines is the same value.
#[test]
fn s4_folded_identities() {
    let folded = token(3_000).replace("In", "In\n ");
    let message = invite(&folded);
    assert_eq!(validate(&message), Ok(()));
    let bare: String = message
        .header(Name::IDENTITY)
        .unwrap()
        .split_whitespace()
        .collect();
    assert!(bare.starts_with(&token(3_000)));
}
