//! RFC 3261 §7: start lines, folding, compact forms, lists, framing.

use bytes::{Bytes, BytesMut};
use sip_message::{
    Contact, Invalid, Message, Method, Name, ParseError, Route, StartLine, Status, Supported, Via,
    validate,
};

const REGISTER: &str = "\
REGISTER sip:registrar.biloxi.com SIP/2.0\r\n\
Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7\r\n\
Max-Forwards: 70\r\n\
To: Bob <sip:bob@biloxi.com>\r\n\
From: Bob <sip:bob@biloxi.com>;tag=456248\r\n\
Call-ID: 843817637684230@998sdasdh09\r\n\
CSeq: 1826 REGISTER\r\n\
Contact: <sip:bob@192.0.2.4>\r\n\
Expires: 7200\r\n\
Content-Length: 0\r\n\r\n";

fn parse(text: &str) -> Message {
    Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
}

/// A valid request with `lines` added.
fn with(lines: &str) -> Message {
    parse(&REGISTER.replace("Expires: 7200\r\n", lines))
}

fn refusal(text: &str) -> Option<Invalid> {
    validate(&parse(text)).err()
}

/// RFC 3261 §24.1, F1.
#[test]
fn section_24_1_registration() {
    let message = parse(REGISTER);
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(message.method(), Some(Method::REGISTER));
    assert_eq!(message.request_uri(), Some("sip:registrar.biloxi.com"));
    assert_eq!(message.status(), None);
    assert_eq!(message.headers().count(), 9);
    assert_eq!(message.header(Name::EXPIRES), Some("7200"));
    assert_eq!(message.header(Name::ROUTE), None);
    assert_eq!(message.body(), b"");
    assert_eq!(message.to_bytes(), REGISTER.as_bytes());
}

#[test]
fn section_7_2_status_lines() {
    let status_line = |line: &str| {
        let text = REGISTER.replace("REGISTER sip:registrar.biloxi.com SIP/2.0", line);
        Message::parse(text.into())
    };
    for (line, status, reason) in [
        ("SIP/2.0 200 OK", 200, "OK"),
        ("SIP/2.0 404 Nicht da", 404, "Nicht da"),
        // RFC 4475 §3.1.1.13: the reason may be empty.
        ("SIP/2.0 100 ", 100, ""),
        ("SIP/2.0 100", 100, ""),
        ("sip/2.0 699 x", 699, "x"),
        // RFC 4475 §3.1.1.12: UTF-8.
        ("SIP/2.0 200 = 2**3 девяносто", 200, "= 2**3 девяносто"),
    ] {
        let message = status_line(line).unwrap();
        let expected = StartLine::Response {
            status: Status(status),
            reason,
        };
        assert_eq!(message.start_line(), expected, "{line}");
        assert_eq!(validate(&message), Ok(()), "{line}");
    }
    // The last is of RFC 4475 §3.1.2.19.
    for line in [
        "SIP/2.0 99 x",
        "SIP/2.0 700 x",
        "SIP/2.0 20O OK",
        "SIP/2.0  200 OK",
        "SIP/2.0 4294967301 x",
    ] {
        assert_eq!(
            status_line(line).err(),
            Some(ParseError::StatusCode),
            "{line}"
        );
    }
}

/// RFC 3261 §7.1; RFC 4475 §3.1.2.8, §3.1.2.9, §3.1.2.10, §3.1.2.16.
#[test]
fn section_7_1_request_lines() {
    let request_line =
        |line: &str| refusal(&REGISTER.replace("REGISTER sip:registrar.biloxi.com SIP/2.0", line));
    assert_eq!(
        request_line("REGISTER sip:registrar.biloxi.com sip/2.0"),
        None
    );
    for (line, status) in [
        ("REGISTER  sip:registrar.biloxi.com SIP/2.0", 400),
        ("REGISTER sip:registrar.biloxi.com  SIP/2.0", 400),
        ("REGISTER sip:registrar.biloxi.com SIP/2.0 ", 400),
        ("REGISTER\tsip:registrar.biloxi.com SIP/2.0", 400),
        ("REGISTER sip:registrar.biloxi.com; lr SIP/2.0", 400),
        ("REGISTER <sip:registrar.biloxi.com> SIP/2.0", 400),
        ("REGISTER sip:registrar.biloxi.com", 400),
        ("REGISTER sip:registrar.biloxi.com HTTP/1.1", 400),
        ("REGISTER SIP/2.0", 400),
        ("REG(STER sip:registrar.biloxi.com SIP/2.0", 400),
        ("REGISTER sip:registrar.biloxi.com SIP/7.0", 505),
        ("REGISTER http://biloxi.com SIP/2.0", 416),
        ("REGISTER sip:registrar.biloxi.com?Route=a SIP/2.0", 400),
    ] {
        assert_eq!(
            request_line(line).map(|i| i.status),
            Some(Status(status)),
            "{line}"
        );
    }
    // RFC 5031: a service is no wrong scheme.
    assert_eq!(request_line("REGISTER urn:service:sos SIP/2.0"), None);
    for line in ["\u{1}", "REGISTER", " REGISTER a SIP/2.0"] {
        let text = REGISTER.replace("REGISTER sip:registrar.biloxi.com SIP/2.0", line);
        assert_eq!(
            Message::parse(text.into()).err(),
            Some(ParseError::StartLine),
            "{line}"
        );
    }
}

#[test]
fn section_7_3_1_folding() {
    let message = with(
        "Subject: I know you're there,\r\n \tpick up the phone\r\n   and talk to me!\r\nSupported:\r\n path\r\n",
    );
    assert_eq!(
        message.header(Name::SUBJECT),
        Some("I know you're there,\r\n \tpick up the phone\r\n   and talk to me!")
    );
    assert_eq!(message.read::<Supported<'_>>(), Ok(Some(Supported("path"))));
    assert_eq!(validate(&message), Ok(()));
}

/// A line before the first would be continued by it: nothing that is put there may be lost so.
#[test]
fn section_7_3_1_a_start_line_has_no_folds() {
    for white in [' ', '\t'] {
        let text = REGISTER.replace("\r\nVia", &format!("\r\n{white};x=1: y\r\nVia"));
        let parsed = Message::parse(text.into());
        assert_eq!(parsed.err(), Some(ParseError::StartLine));
    }
}

/// The three groups of the standard's example are the same.
#[test]
fn section_7_3_1_lists() {
    let routes = [
        "<sip:alice@atlanta.com>",
        "<sip:bob@biloxi.com>",
        "<sip:carol@chicago.com>",
    ];
    for lines in [
        "Route: <sip:alice@atlanta.com>\r\nSubject: Lunch\r\nRoute: <sip:bob@biloxi.com>\r\nRoute: <sip:carol@chicago.com>\r\n",
        "Route: <sip:alice@atlanta.com>, <sip:bob@biloxi.com>\r\nRoute: <sip:carol@chicago.com>\r\nSubject: Lunch\r\n",
        "Subject: Lunch\r\nroute: <sip:alice@atlanta.com>, <sip:bob@biloxi.com>,\r\n <sip:carol@chicago.com>\r\n",
    ] {
        let message = with(lines);
        assert_eq!(message.elements(Name::ROUTE).collect::<Vec<_>>(), routes);
        let read: Result<Vec<Route<'_>>, _> = message.read_all().collect();
        assert_eq!(read.unwrap()[2].uri, "sip:carol@chicago.com");
        assert_eq!(validate(&message), Ok(()));
    }
}

/// Credentials are no list though they have commas.
#[test]
fn section_7_3_1_credentials_are_one_element() {
    let message = with(
        "Authorization: Digest username=\"a\", realm=\"b\"\r\nAuthorization: Digest username=\"c\"\r\n",
    );
    let all: Vec<_> = message.elements(Name::AUTHORIZATION).collect();
    assert_eq!(
        all,
        [
            "Digest username=\"a\", realm=\"b\"",
            "Digest username=\"c\""
        ]
    );
}

#[test]
fn section_7_3_3_compact_forms_and_case() {
    let message = with("k: path, gruu\r\nSUPPORTED: outbound\r\nX-Unknown: 1\r\nx-unknown: 2\r\n");
    let tags: Vec<_> = message.elements(Name::SUPPORTED).collect();
    assert_eq!(tags, ["path", "gruu", "outbound"]);
    let unknown: Vec<_> = message.all(Name::new("X-UNKNOWN")).collect();
    assert_eq!(unknown, ["1", "2"]);
}

/// RFC 3261 §7.5: line ends before the start line are ignored; alone, they are a keep-alive (RFC 5626 §3.5.1).
#[test]
fn section_7_5_leading_line_ends() {
    let message = parse(&format!("\r\n\r\n{REGISTER}"));
    assert_eq!(message.to_bytes(), REGISTER.as_bytes());
    for text in ["", "\r\n", "\r\n\r\n"] {
        assert_eq!(
            Message::parse(text.into()).err(),
            Some(ParseError::KeepAlive)
        );
    }
}

/// RFC 3261 §18.3: octets after the body are ignored, a body that is too short is refused.
#[test]
fn section_18_3_content_length() {
    let sized = |length: &str, body: &str| {
        REGISTER.replace("Content-Length: 0\r\n\r\n", &format!("{length}\r\n{body}"))
    };
    let cut = parse(&sized("Content-Length: 4\r\n", "bodyINVITE sip:a SIP/2.0"));
    assert_eq!(cut.body(), b"body");
    assert_eq!(validate(&cut), Ok(()));
    assert!(cut.to_bytes().ends_with(b"body"));
    let without = parse(&sized("", "to the end"));
    assert_eq!(without.body(), b"to the end");
    assert_eq!(validate(&without), Ok(()));
    for lines in [
        "Content-Length: 5\r\n",
        "Content-Length: -999\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 4 4\r\n",
        "Content-Length:\r\n",
        "Content-Length: 4\r\nl: 4\r\n",
        "Content-Length: 4\x0c\r\n",
        "Content-Length: 18446744073709551616\r\n",
    ] {
        let invalid = refusal(&sized(lines, "body")).unwrap();
        assert_eq!(invalid.status, Status::BAD_REQUEST, "{lines}");
        assert!(invalid.reason.starts_with("Content-Length"), "{lines}");
    }
}

#[test]
fn mandatory_and_single_fields() {
    for name in ["Via", "To", "From", "Call-ID", "CSeq"] {
        let without: String = REGISTER
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(&format!("{name}:")))
            .collect();
        assert_eq!(refusal(&without).unwrap().reason, format!("{name} missing"));
    }
    for (line, reason) in [
        ("t: <sip:x@y>\r\n", "To more than once"),
        ("CSEQ: 1826 REGISTER\r\n", "CSeq more than once"),
        ("Max-Forwards: 70\r\n", "Max-Forwards more than once"),
        ("i: 1\r\n", "Call-ID more than once"),
        ("RAck: 1 1 A\r\nRAck: 1 1 B\r\n", "RAck more than once"),
        ("Replaces: 1\r\nReplaces: 2\r\n", "Replaces more than once"),
        (
            "Session-Expires: 90\r\nx: 91\r\n",
            "Session-Expires more than once",
        ),
        (
            "P-Called-Party-ID: <sip:a>\r\nP-Called-Party-ID: <sip:b>\r\n",
            "P-Called-Party-ID more than once",
        ),
    ] {
        assert_eq!(validate(&with(line)).unwrap_err().reason, reason);
    }
    let told_twice = with("Server: a\r\nServer: b\r\nSubject: a\r\ns: b\r\n");
    assert_eq!(validate(&told_twice), Ok(()));
    assert_eq!(told_twice.header(Name::SUBJECT), Some("a"));
}

#[test]
fn malformed_fields_are_named() {
    for (line, reason) in [
        ("no colon\r\n", "Header line without name and colon"),
        (": no name\r\n", "Header line without name and colon"),
        ("b@d: x\r\n", "Header field name is no token"),
        ("Subject: a\n", "Line feed without carriage return"),
        (
            "Subject: a\rVia: b\r\n",
            "Carriage return without line feed",
        ),
        ("Route: sip:a b\r\n", "Route is malformed"),
        ("Route: <sip:a>,,<sip:b>\r\n", "Route is malformed"),
        ("Path: <sip:a\r\n", "Path is malformed"),
        ("Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n", "Via is malformed"),
        (
            "Contact: \"Joe\" <sip:joe@example.org>;;;;,,\r\n",
            "Contact is malformed",
        ),
        ("Contact: <sip:a>;x=\"open\r\n", "Contact is malformed"),
        (
            "Contact: <sip:a>;expires=1;Expires=2\r\n",
            "Contact is malformed",
        ),
        (
            "Contact: <sip:a;maddr=b;maddr=c>\r\n",
            "Contact is malformed",
        ),
        ("Contact: <sip:a>;=x\r\n", "Contact is malformed"),
        ("Path: <sip:a>;x=b c\r\n", "Path is malformed"),
        ("Route: <sip:a;lr>;x=\"b\"c\r\n", "Route is malformed"),
        (
            "Via: SIP/2.0/UDP h;branch=z9hG4bK1 x\r\n",
            "Via is malformed",
        ),
        (
            "Via: SIP/2.0/UDP h;branch=z9hG4bK1;branch=z9hG4bK2\r\n",
            "Via is malformed",
        ),
        // RFC 3261 §25.1 HCOLON: no fold before the colon.
        (
            "Route\r\n : <sip:a;lr>\r\n",
            "Header field name is no token",
        ),
        ("X\r\n y: z\r\n", "Header field name is no token"),
    ] {
        let invalid = validate(&with(line)).unwrap_err();
        assert_eq!(invalid.reason, reason, "{line}");
    }
    for (from, to, reason) in [
        (
            "1826 REGISTER",
            "1826 INVITE",
            "CSeq method is not the request's",
        ),
        (
            "1826 REGISTER",
            "1826 register",
            "CSeq method is not the request's",
        ),
        ("1826 REGISTER", "2147483648 REGISTER", "CSeq is malformed"),
        (
            "Max-Forwards: 70",
            "Max-Forwards: 256",
            "Max-Forwards is not a number from 0 to 255",
        ),
        ("To: Bob", "To: Bell, Alexander", "To is malformed"),
        (
            "To: Bob <sip:bob@biloxi.com>",
            "To: \"Bob <sip:bob@biloxi.com>",
            "To is malformed",
        ),
        (
            "To: Bob <sip:bob@biloxi.com>",
            "To: <  sip:bob@biloxi.com >",
            "To is malformed",
        ),
        ("tag=456248", "tag=4,<sip:c@d>;tag=5", "From is malformed"),
        ("tag=456248", "tag=4;TAG=5", "From is malformed"),
        ("tag=456248", "tag=4\0x", "From is malformed"),
        ("8438", "84 38", "Call-ID is malformed"),
        ("\r\n\r\n", "\r\n", "No empty line after the header fields"),
    ] {
        assert_eq!(
            refusal(&REGISTER.replace(from, to)).unwrap().reason,
            reason,
            "{to}"
        );
    }
}

#[test]
fn header_fields_that_are_not_utf8_are_answered_but_not_accepted() {
    let mut octets = BytesMut::from(REGISTER.replace("7200", "72\u{0}00").as_bytes());
    let at = octets.iter().position(|octet| *octet == 0).unwrap();
    octets[at] = 0xff;
    let message = Message::parse(octets.freeze()).unwrap();
    let invalid = validate(&message).unwrap_err();
    assert_eq!(invalid.reason, "Header fields are not UTF-8");
    let response = invalid.response(&message).unwrap();
    assert_eq!(response.header(Name::CSEQ), Some("1826 REGISTER"));
}

#[test]
fn a_body_need_not_be_utf8() {
    let mut octets = BytesMut::from(
        REGISTER
            .replace("Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\n")
            .as_bytes(),
    );
    octets.extend_from_slice(&[0xff, 0, 0xfe]);
    let message = Message::parse(octets.clone().freeze()).unwrap();
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(message.body(), [0xff, 0, 0xfe]);
    assert_eq!(message.to_bytes(), octets);
}

/// A refused request is answered where that is possible, with what is wrong as the reason phrase.
#[test]
fn the_response_to_a_refused_request() {
    let message = parse(&REGISTER.replace("To: Bob <sip:bob@biloxi.com>\r\n", ""));
    let response = validate(&message).unwrap_err().response(&message).unwrap();
    assert!(
        response
            .to_bytes()
            .starts_with(b"SIP/2.0 400 To missing\r\nVia: SIP/2.0/UDP bobspc")
    );
    let ack = parse(
        &REGISTER
            .replace("REGISTER", "ACK")
            .replace("To: Bob", "To: <"),
    );
    assert!(validate(&ack).unwrap_err().response(&ack).is_none());
    let no_way_back = parse(&REGISTER.replace("Via: SIP/2.0/UDP", "Via:"));
    assert!(
        validate(&no_way_back)
            .unwrap_err()
            .response(&no_way_back)
            .is_none()
    );
    let old = parse(&REGISTER.replace("SIP/2.0", "SIP/7.0"));
    let response = validate(&old).unwrap_err().response(&old).unwrap();
    assert_eq!(response.status(), Some(Status::VERSION_NOT_SUPPORTED));
}

#[test]
fn typed_reads() {
    let message = parse(REGISTER);
    let via = message.read::<Via<'_>>().unwrap().unwrap();
    assert_eq!(via.branch(), Some("z9hG4bKnashds7"));
    let contact = message.read::<Contact<'_>>().unwrap().unwrap();
    assert_eq!(contact.address().unwrap().uri, "sip:bob@192.0.2.4");
    assert_eq!(message.read::<Route<'_>>(), Ok(None));
    let error = with("Route: <sip:a\r\n")
        .read::<Route<'_>>()
        .map(drop)
        .unwrap_err();
    assert_eq!(error.header, "Route");
}
