//! Edits are seen by readers at once and carried out by printing; the rest goes out byte for byte.

use bytes::{Bytes, BytesMut};
use sip_message::{MaxForwards, Message, Method, Name, Route, Status, To, Via, validate};

/// As a proxy gets it: odd spacing, folds, compact forms, an unknown header.
const INVITE: &str = "\
INVITE sip:bob@biloxi.com SIP/2.0\r\n\
v: SIP/2.0/UDP a.example;branch=z9hG4bK1 , SIP/2.0/TCP b.example;branch=z9hG4bK2\r\n\
Via : SIP/2.0/UDP c.example;branch=z9hG4bK3\r\n\
Route: <sip:p1.example;lr>,\r\n\t<sip:p2.example;lr>\r\n\
X-Odd:   kept  as it is  \r\n\
Max-Forwards:70\r\n\
f: <sip:alice@atlanta.com>;tag=1\r\n\
t: <sip:bob@biloxi.com>\r\n\
i: 1@a\r\n\
CSeq: 1 INVITE\r\n\
l: 4\r\n\
c: text/plain\r\n\r\nbody";

fn invite() -> Message {
    Message::parse(Bytes::from_static(INVITE.as_bytes())).unwrap()
}

fn text(message: &Message) -> String {
    String::from_utf8(message.to_bytes().to_vec()).unwrap()
}

#[test]
fn untouched_is_the_received_buffer() {
    let received = Bytes::from_static(INVITE.as_bytes());
    let message = Message::parse(received.clone()).unwrap();
    assert_eq!(message.to_bytes().as_ptr(), received.as_ptr());
    let mut out = BytesMut::from(&b"before"[..]);
    message.print(&mut out);
    assert_eq!(out, format!("before{INVITE}"));
}

/// What a proxy does: only the lines that it touches change.
#[test]
fn forwarding() {
    let mut message = invite();
    assert_eq!(
        message.pop_element(Name::ROUTE).as_deref(),
        Some("<sip:p1.example;lr>")
    );
    message.prepend(Name::VIA, "SIP/2.0/UDP p1.example;branch=z9hG4bK4");
    message.set(Name::MAX_FORWARDS, "69");
    message.set_request_uri("sip:bob@192.0.2.4");
    let expected = INVITE
        .replace("sip:bob@biloxi.com SIP", "sip:bob@192.0.2.4 SIP")
        .replace(
            "\r\nv: ",
            "\r\nVia: SIP/2.0/UDP p1.example;branch=z9hG4bK4\r\nv: ",
        )
        .replace("<sip:p1.example;lr>,\r\n\t", "")
        .replace("Max-Forwards:70", "Max-Forwards: 69");
    assert_eq!(text(&message), expected);
    assert_eq!(message.request_uri(), Some("sip:bob@192.0.2.4"));
    assert_eq!(message.method(), Some(Method::INVITE));
    assert_eq!(message.read::<MaxForwards>(), Ok(Some(MaxForwards(69))));
    assert_eq!(
        message.read::<Route<'_>>().unwrap().unwrap().uri,
        "sip:p2.example;lr"
    );
    assert_eq!(validate(&message), Ok(()));
}

#[test]
fn the_topmost_element() {
    let mut message = invite();
    message.replace_element(
        Name::VIA,
        "SIP/2.0/UDP a.example;branch=z9hG4bK1;received=192.0.2.1",
    );
    let via = message.read::<Via<'_>>().unwrap().unwrap();
    assert_eq!(via.received(), Some([192, 0, 2, 1].into()));
    let branches = |message: &Message| -> Vec<String> {
        message
            .read_all::<Via<'_>>()
            .map(|via| via.unwrap().branch().unwrap().to_owned())
            .collect()
    };
    assert_eq!(branches(&message), ["z9hG4bK1", "z9hG4bK2", "z9hG4bK3"]);
    assert!(
        message
            .pop_element(Name::VIA)
            .unwrap()
            .ends_with("received=192.0.2.1")
    );
    assert_eq!(branches(&message), ["z9hG4bK2", "z9hG4bK3"]);
    assert!(message.pop_element(Name::VIA).is_some());
    assert!(message.pop_element(Name::VIA).is_some());
    assert_eq!(message.pop_element(Name::VIA), None);
    assert_eq!(message.header(Name::VIA), None);
    message.replace_element(Name::VIA, "nothing to replace");
    assert_eq!(message.header(Name::VIA), None);
    assert!(!text(&message).contains("\r\nv"));
    assert!(!text(&message).contains("Via"));
}

#[test]
fn several_topmost_elements() {
    let given = INVITE.replace(
        "Route: <sip:p1",
        "Route: <sip:ö>\r\nRoute: , <sip:p0>,\r\n <sip:p1",
    );
    let routes = |message: &Message| -> Vec<String> {
        message.all(Name::ROUTE).map(str::to_owned).collect()
    };
    for (count, left) in [
        (0, 2),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 0),
        (5, 0),
        (usize::MAX, 0),
    ] {
        let mut message = Message::parse(given.clone().into()).unwrap();
        message.remove_elements(Name::ROUTE, count);
        assert_eq!(routes(&message).len(), left, "{count}");
        let mut popped = Message::parse(given.clone().into()).unwrap();
        for _ in 0..count.min(5) {
            popped.pop_element(Name::ROUTE);
        }
        let elements = |message: &Message| -> Vec<String> {
            message.elements(Name::ROUTE).map(str::to_owned).collect()
        };
        assert_eq!(elements(&message), elements(&popped), "{count}");
        assert_eq!(text(&message), text(&popped), "{count}");
        assert_eq!(
            text(&message),
            text(&Message::parse(message.to_bytes()).unwrap())
        );
    }
    let mut message = Message::parse(given.into()).unwrap();
    message.remove_elements(Name::ROUTE, 3);
    assert_eq!(routes(&message), ["<sip:p2.example;lr>"]);
    let mut untouched = invite();
    untouched.remove_elements(Name::new("X-None"), 2);
    assert_eq!(
        untouched.to_bytes().as_ptr(),
        invite().to_bytes().as_ptr(),
        "still the octets that came"
    );
}

#[test]
fn empty_elements_above_the_topmost_go_with_it() {
    let given = INVITE.replace("Route: <sip:p1", "Route:\r\nRoute: , <sip:p1");
    let mut message = Message::parse(given.into()).unwrap();
    assert_eq!(
        message.pop_element(Name::ROUTE).as_deref(),
        Some("<sip:p1.example;lr>")
    );
    assert_eq!(
        message.all(Name::ROUTE).collect::<Vec<_>>(),
        ["<sip:p2.example;lr>"]
    );
}

#[test]
fn where_lines_go() {
    let mut message = invite();
    message.append(Name::VIA, "last");
    message.append(Name::PATH, "<sip:first-path>");
    message.prepend(Name::PATH, "<sip:above>");
    message.prepend(Name::new("X-Top"), "1");
    let names: Vec<_> = message
        .headers()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "X-Top",
            "v",
            "Via",
            "Via",
            "Route",
            "X-Odd",
            "Max-Forwards",
            "f",
            "t",
            "i",
            "CSeq",
            "l",
            "c",
            "Path",
            "Path"
        ]
    );
    assert_eq!(message.all(Name::PATH).next(), Some("<sip:above>"));
    message.set(Name::VIA, "only");
    assert_eq!(message.all(Name::VIA).collect::<Vec<_>>(), ["only"]);
    assert_eq!(message.headers().nth(1).unwrap().value, "only");
    message.remove(Name::new("x-odd"));
    message.remove(Name::new("X-Absent"));
    assert_eq!(message.header(Name::new("X-Odd")), None);
    let printed = Message::parse(message.to_bytes()).unwrap();
    assert!(printed.headers().eq(message.headers()));
}

#[test]
fn content_length_follows_the_body() {
    let mut message = invite();
    message.set_body("application/sdp", Bytes::from_static(b"v=0\r\n"));
    assert_eq!(message.header(Name::CONTENT_LENGTH), Some("5"));
    assert_eq!(message.header(Name::CONTENT_TYPE), Some("application/sdp"));
    for edit in [Message::set, Message::append, Message::prepend] {
        edit(&mut message, Name::CONTENT_LENGTH, "99");
    }
    message.remove(Name::CONTENT_LENGTH);
    message.replace_element(Name::CONTENT_LENGTH, "99");
    assert_eq!(message.pop_element(Name::CONTENT_LENGTH), None);
    assert_eq!(message.all(Name::CONTENT_LENGTH).collect::<Vec<_>>(), ["5"]);
    assert!(text(&message).ends_with("\r\n\r\nv=0\r\n"));
    message.set_body("", Bytes::new());
    assert_eq!(message.header(Name::CONTENT_LENGTH), Some("0"));
    assert_eq!(message.header(Name::CONTENT_TYPE), None);
    assert!(text(&message).ends_with("\r\n\r\n"));
}

#[test]
fn a_request_of_our_own() {
    let mut request = Message::request(Method::REGISTER, "sip:home.example");
    request.append(Name::VIA, "SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1;rport");
    request.append(Name::MAX_FORWARDS, "70");
    request.append(Name::FROM, "<sip:a@home.example>;tag=1");
    request.append(Name::TO, "<sip:a@home.example>");
    request.append(Name::CALL_ID, "1@192.0.2.4");
    request.append(Name::CSEQ, "1 REGISTER");
    let expected = "REGISTER sip:home.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1;rport\r\n\
        Max-Forwards: 70\r\n\
        From: <sip:a@home.example>;tag=1\r\n\
        To: <sip:a@home.example>\r\n\
        Call-ID: 1@192.0.2.4\r\n\
        CSeq: 1 REGISTER\r\n\
        Content-Length: 0\r\n\r\n";
    assert_eq!(text(&request), expected);
    assert_eq!(validate(&request), Ok(()));
    request.set_body("text/plain", Bytes::from_static(b"hello"));
    assert!(text(&request).ends_with(
        "CSeq: 1 REGISTER\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
    ));
    request.set_request_uri("sip:other.example");
    assert!(text(&request).starts_with("REGISTER sip:other.example SIP/2.0\r\nVia: "));
}

/// RFC 3261 §8.2.6.2: Via, From, To, Call-ID, CSeq are the request's.
#[test]
fn a_response_of_our_own() {
    let mut response = Message::response(&invite(), Status::RINGING);
    assert_eq!(
        text(&response),
        "SIP/2.0 180 Ringing\r\n\
         Via: SIP/2.0/UDP a.example;branch=z9hG4bK1 , SIP/2.0/TCP b.example;branch=z9hG4bK2\r\n\
         Via: SIP/2.0/UDP c.example;branch=z9hG4bK3\r\n\
         From: <sip:alice@atlanta.com>;tag=1\r\n\
         To: <sip:bob@biloxi.com>\r\n\
         Call-ID: 1@a\r\n\
         CSeq: 1 INVITE\r\n\
         Content-Length: 0\r\n\r\n"
    );
    response.set_to_tag("8321234356");
    response.set_to_tag("another");
    let to = response.read::<To<'_>>().unwrap().unwrap();
    assert_eq!(to.tag(), Some("8321234356"));
    assert_eq!(response.all(Name::TO).count(), 1);
    assert_eq!(validate(&response), Ok(()));
    let odd = Message::response(&invite(), Status(299));
    assert!(odd.to_bytes().starts_with(b"SIP/2.0 299 OK\r\n"));
}

/// A tag behind a URI without brackets, and where a fold stands in the value.
#[test]
fn to_tags_in_odd_values() {
    for (to, expected) in [
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;tag=9"),
        ("sip:bob@biloxi.com;tag=1", "sip:bob@biloxi.com;tag=1"),
        (
            "\"B\"\r\n <sip:bob@biloxi.com>",
            "\"B\"   <sip:bob@biloxi.com>;tag=9",
        ),
    ] {
        let given = INVITE.replace("t: <sip:bob@biloxi.com>", &format!("t: {to}"));
        let mut message = Message::parse(given.into()).unwrap();
        message.set_to_tag("9");
        assert_eq!(message.header(Name::TO), Some(expected));
    }
}

/// The last line has no end of its own.
#[test]
fn edits_of_a_message_that_breaks_off() {
    let mut message =
        Message::parse(Bytes::from_static(b"INVITE sip:a SIP/2.0\r\nSubject: x")).unwrap();
    message.append(Name::new("X-More"), "y");
    assert_eq!(
        text(&message),
        "INVITE sip:a SIP/2.0\r\nSubject: x\r\nX-More: y\r\n\r\n"
    );
}

#[test]
fn clones_are_apart() {
    let original = invite();
    let mut copy = original.clone();
    copy.set(Name::SUBJECT, "changed");
    assert_eq!(original.header(Name::SUBJECT), None);
    assert_eq!(text(&original), INVITE);
}
