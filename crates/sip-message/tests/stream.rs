//! Messages out of a stream (RFC 3261 §18.3, §7.5; RFC 5626 §3.5.1; RFC 4475 where it speaks of streams).

use sip_message::{
    DEFAULT_MAX_BODY, Framer, MAX_FIELDS, MAX_HEAD, Message, Name, Piece, Status, StreamFault,
};

const FIELDS: &str = "Via: SIP/2.0/TCP host5.example.net;branch=z9hG4bK-39234-23523\r\n\
                      To: <sip:user@example.com>\r\nFrom: <sip:caller@example.net>;tag=7\r\n\
                      Call-ID: ncl@host5.example.net\r\nCSeq: 8 MESSAGE\r\nMax-Forwards: 70\r\n";

fn message(call: &str, body: &str) -> String {
    format!(
        "MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}Subject: {call}\r\nl : {}\r\n\r\n{body}",
        body.len()
    )
}

/// Everything that `framer` has to give: subjects and bodies, line ends as `(crlf)`.
fn drain(framer: &mut Framer, into: &mut Vec<String>) -> Result<(), StreamFault> {
    while let Some(piece) = framer.next()? {
        into.push(match piece {
            Piece::LineEnd => "(crlf)".to_owned(),
            Piece::Message(message) => {
                sip_message::validate(&message).expect("valid");
                let subject = message.header(Name::SUBJECT).unwrap_or_default();
                format!("{subject} {}", String::from_utf8_lossy(message.body()))
            }
        });
    }
    Ok(())
}

fn fault(octets: &[u8]) -> StreamFault {
    let mut framer = Framer::new(DEFAULT_MAX_BODY);
    framer.push(octets);
    loop {
        match framer.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("nothing wrong with it"),
            Err(fault) => return fault,
        }
    }
}

fn refused(octets: &[u8]) -> (Message, Status, &'static str) {
    match fault(octets) {
        StreamFault::Refused { message, invalid } => (*message, invalid.status, invalid.reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rfc3261_18_3_any_segmentation_gives_the_same_messages() {
    let stream = format!(
        "\r\n\r\n{}{}\r\n{}",
        message("one", "v=0\r\n\r\nMESSAGE is no start line here"),
        message("two", ""),
        message("three", "x")
    );
    let expected = [
        "(crlf)",
        "(crlf)",
        "one v=0\r\n\r\nMESSAGE is no start line here",
        "two ",
        "(crlf)",
        "three x",
    ];
    for cut in 0..=stream.len() {
        let mut framer = Framer::new(DEFAULT_MAX_BODY);
        let mut seen = Vec::new();
        for part in [&stream[..cut], &stream[cut..]] {
            framer.push(part.as_bytes());
            drain(&mut framer, &mut seen).expect("no fault");
        }
        assert_eq!(seen, expected, "cut at {cut}");
        assert!(!framer.is_partial());
    }
    let mut framer = Framer::new(DEFAULT_MAX_BODY);
    let mut seen = Vec::new();
    for octet in stream.as_bytes() {
        framer.push(std::slice::from_ref(octet));
        drain(&mut framer, &mut seen).expect("no fault");
    }
    assert_eq!(seen, expected);
}

#[test]
fn a_message_is_given_with_its_last_octet_and_not_before() {
    let octets = message("one", "body");
    let mut framer = Framer::new(DEFAULT_MAX_BODY);
    framer.push(&octets.as_bytes()[..octets.len() - 1]);
    assert!(framer.next().expect("no fault").is_none());
    assert!(framer.is_partial());
    framer.push(b"y");
    assert!(matches!(framer.next(), Ok(Some(Piece::Message(_)))));
    assert!(!framer.is_partial());
}

#[test]
fn rfc4475_3_1_2_3_a_length_that_is_no_number_is_refused() {
    let text =
        format!("MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}Content-Length: -999\r\n\r\n");
    let (message, status, reason) = refused(text.as_bytes());
    assert_eq!(
        (status, reason),
        (Status::BAD_REQUEST, "Content-Length is not one number")
    );
    assert_eq!(message.header(Name::CALL_ID), Some("ncl@host5.example.net"));
}

#[test]
fn rfc4475_3_3_9_several_lengths_are_refused() {
    let text = format!(
        "MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}Content-Length: 0\r\nl: 0\r\n\r\n"
    );
    assert_eq!(refused(text.as_bytes()).1, Status::BAD_REQUEST);
}

#[test]
fn rfc3261_18_3_a_length_is_a_must() {
    let text = format!("MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}\r\n");
    let (_, status, reason) = refused(text.as_bytes());
    assert_eq!(
        (status, reason),
        (Status::BAD_REQUEST, "Content-Length missing")
    );
}

#[test]
fn a_body_at_its_limit_passes_and_one_octet_more_is_413() {
    let head = |length: u128| {
        format!("MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}Content-Length: {length}\r\n\r\n")
    };
    let mut framer = Framer::new(5);
    framer.push(head(5).as_bytes());
    framer.push(b"12345");
    assert!(matches!(framer.next(), Ok(Some(Piece::Message(_)))));
    framer.push(head(6).as_bytes());
    match framer.next() {
        Err(StreamFault::Refused { invalid, .. }) => {
            assert_eq!(invalid.status, Status::REQUEST_ENTITY_TOO_LARGE);
        }
        other => panic!("{other:?}"),
    }
    // RFC 4475 §3.1.2.4 in spirit: a number that no machine word holds is too large, not small.
    let (_, status, _) = refused(head(u128::MAX).as_bytes());
    assert_eq!(status, Status::REQUEST_ENTITY_TOO_LARGE);
}

#[test]
fn a_head_at_its_limit_passes_and_one_octet_more_is_513() {
    let start = format!("MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}Content-Length: 0\r\nX: ");
    let of_length = |length: usize| {
        let filler = "x".repeat(length - start.len() - 4);
        format!("{start}{filler}\r\n\r\n")
    };
    let mut framer = Framer::new(0);
    framer.push(of_length(MAX_HEAD).as_bytes());
    assert!(matches!(framer.next(), Ok(Some(Piece::Message(_)))));
    let (message, status, _) = refused(of_length(MAX_HEAD + 1).as_bytes());
    assert_eq!(status, Status::MESSAGE_TOO_LARGE);
    assert!(message.header(Name::VIA).is_some(), "it can be answered");
}

#[test]
fn too_many_fields_can_be_answered() {
    let many = "X: 1\r\n".repeat(MAX_FIELDS + 1);
    let text = format!("MESSAGE sip:user@example.com SIP/2.0\r\n{FIELDS}{many}\r\n");
    let (message, status, reason) = refused(text.as_bytes());
    assert_eq!(
        (status, reason),
        (Status::BAD_REQUEST, "Too many header fields")
    );
    assert!(message.header(Name::CSEQ).is_some());
}

#[test]
fn garbage_is_not_answered() {
    for text in [
        "GARBAGE\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "SIP/2.0 4294967301 x\r\nVia: x\r\n\r\n",
    ] {
        assert!(
            matches!(fault(text.as_bytes()), StreamFault::Unreadable(_)),
            "{text}"
        );
    }
    let endless = vec![b'x'; MAX_HEAD];
    assert!(matches!(fault(&endless), StreamFault::Unreadable(_)));
}

#[test]
fn rfc4475_3_1_2_2_what_never_becomes_complete_is_400() {
    let text = message("one", "body");
    for (length, is_answerable) in [(10, false), (150, true), (text.len() - 1, true)] {
        let mut framer = Framer::new(DEFAULT_MAX_BODY);
        framer.push(&text.as_bytes()[..length]);
        assert!(framer.next().expect("no fault").is_none());
        match framer.incomplete() {
            Some(StreamFault::Refused { message, invalid }) => {
                assert_eq!(invalid.status, Status::BAD_REQUEST);
                assert_eq!(invalid.response(&message).is_some(), is_answerable);
            }
            _ => assert!(!is_answerable),
        }
    }
}

#[test]
fn a_long_head_in_single_octets_is_searched_once() {
    // 60,000 pushes of one octet; were each followed by a search from the start, this would take minutes.
    let text = message(&"x".repeat(60_000), "");
    let mut framer = Framer::new(0);
    let mut messages = 0;
    for octet in text.as_bytes() {
        framer.push(std::slice::from_ref(octet));
        messages += usize::from(framer.next().expect("no fault").is_some());
    }
    assert_eq!(messages, 1);
}

#[test]
fn a_head_that_is_not_utf8_is_given_for_a_400() {
    let mut octets = message("one", "abc").into_bytes();
    let at = octets
        .windows(3)
        .position(|three| three == b"one")
        .expect("subject");
    octets[at] = 0xff;
    let mut framer = Framer::new(DEFAULT_MAX_BODY);
    framer.push(&octets);
    framer.push(message("two", "").as_bytes());
    match framer.next() {
        Ok(Some(Piece::Message(message))) => {
            let invalid = sip_message::validate(&message).expect_err("not UTF-8");
            assert_eq!(invalid.status, Status::BAD_REQUEST);
            assert_eq!(message.body(), b"abc");
        }
        other => panic!("{other:?}"),
    }
    let mut rest = Vec::new();
    drain(&mut framer, &mut rest).expect("the next one is whole");
    assert_eq!(rest, ["two "]);
}

/// RFC 3261 leaves the limit to us: where nobody says otherwise it is the stated one, and not none at all.
#[test]
fn a_framer_of_no_wishes_takes_bodies() {
    let of = |length: usize| {
        let mut framer = Framer::default();
        let head =
            format!("MESSAGE sip:a SIP/2.0\r\nCall-ID: 1\r\nContent-Length: {length}\r\n\r\n");
        framer.push(head.as_bytes());
        framer.push(&vec![b'x'; length]);
        framer.next()
    };
    assert!(
        matches!(of(DEFAULT_MAX_BODY), Ok(Some(Piece::Message(message))) if message.body().len() == DEFAULT_MAX_BODY)
    );
    assert!(of(DEFAULT_MAX_BODY + 1).is_err());
}
