//! The stated limits hold at the limit and one beyond it.

use bytes::Bytes;
use sip_message::uri::MAX_URI;
use sip_message::{
    INLINE_FIELDS, MAX_FIELDS, MAX_HEAD, Message, Name, ParseError, Status, Uri, UriError, validate,
};

const START: &str = "OPTIONS sip:a SIP/2.0\r\n";

/// A message whose head has exactly `length` octets.
fn head_of(length: usize) -> Bytes {
    let fixed = START.len() + "Subject: ".len() + "\r\n\r\n".len();
    format!("{START}Subject: {}\r\n\r\nbody", "x".repeat(length - fixed)).into()
}

#[test]
fn head() {
    let message = Message::parse(head_of(MAX_HEAD)).unwrap();
    assert_eq!(message.body(), b"body");
    assert!(message.header(Name::SUBJECT).unwrap().len() > 65_000);
    assert_eq!(
        Message::parse(head_of(MAX_HEAD + 1)).err(),
        Some(ParseError::HeadTooLong)
    );
    let endless = Bytes::from(vec![b'x'; MAX_HEAD + 1]);
    assert_eq!(Message::parse(endless).err(), Some(ParseError::HeadTooLong));
}

#[test]
fn fields() {
    let with = |count: usize| Bytes::from(format!("{START}{}\r\n", "a:\r\n".repeat(count)));
    assert_eq!(
        Message::parse(with(MAX_FIELDS)).unwrap().headers().count(),
        MAX_FIELDS
    );
    assert_eq!(
        Message::parse(with(MAX_FIELDS + 1)).err(),
        Some(ParseError::TooManyFields)
    );
    assert_eq!(Message::parse(with(0)).err(), Some(ParseError::NoHeader));
    let usual = Message::parse(with(INLINE_FIELDS + 1)).unwrap();
    assert_eq!(usual.headers().count(), INLINE_FIELDS + 1);
}

/// A URI of each scheme with exactly `length` octets.
fn uris_of(length: usize) -> [String; 4] {
    [
        ("sip:", "a", "@h"),
        ("sip:h;a=", "a", ""),
        ("tel:+", "1", ""),
        ("urn:", "a", ""),
    ]
    .map(|(start, piece, end)| {
        let long = piece.repeat(length - start.len() - end.len());
        format!("{start}{long}{end}")
    })
}

/// What is wrong with a request to `uri`, and to another with `uri` in a header field.
fn judged(uri: &str) -> [Result<(), (Status, &'static str)>; 2] {
    ["", "Route: "].map(|header| {
        let (to, route) = match header {
            "" => (uri, String::new()),
            _ => ("sip:a", format!("{header}<{uri}>\r\n")),
        };
        let text = format!(
            "OPTIONS {to} SIP/2.0\r\n{route}Via: SIP/2.0/UDP a\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\n\
             Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
        );
        let message = Message::parse(text.into()).unwrap();
        validate(&message).map_err(|invalid| (invalid.status, invalid.reason))
    })
}

/// RFC 3261 §21.4.12 for a Request-URI; what stands in a header field is malformed.
#[test]
fn uris() {
    for uri in uris_of(MAX_URI) {
        assert!(Uri::parse(&uri).is_ok());
        assert_eq!(judged(&uri), [Ok(()), Ok(())]);
    }
    for uri in uris_of(MAX_URI + 1) {
        assert_eq!(Uri::parse(&uri), Err(UriError::TooLong));
        assert_eq!(
            judged(&uri),
            [
                Err((Status::REQUEST_URI_TOO_LONG, "Request-URI Too Long")),
                Err((Status::BAD_REQUEST, "Route is malformed"))
            ]
        );
    }
}

/// A list that fills the head is read in one pass.
#[test]
fn a_list_as_long_as_the_head() {
    let list = "a,".repeat(30_000);
    let text = format!("{START}Supported: {list}\r\n\r\n");
    let message = Message::parse(text.into()).unwrap();
    assert_eq!(message.elements(Name::SUPPORTED).count(), 30_000);
}

/// A body may be larger than a head.
#[test]
fn bodies_have_no_limit_here() {
    let body = "x".repeat(100_000);
    let message = Message::parse(format!("{START}l: 100000\r\n\r\n{body}").into()).unwrap();
    assert_eq!(message.body().len(), 100_000);
}
