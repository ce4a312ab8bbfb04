//! No value that an edit is given makes another header field, another line or a body.

use bytes::Bytes;
use proptest::prelude::*;
use sip_message::{Message, Method, Name, Status};

fn request() -> Message {
    let mut request = Message::request(Method::OPTIONS, "sip:a");
    request.append(
        Name::VIA,
        "SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2",
    );
    request.append(Name::TO, "<sip:b>");
    request
}

fn names(message: &Message) -> Vec<String> {
    message
        .headers()
        .map(|header| header.name.as_str().to_owned())
        .collect()
}

/// Text with what an attacker would use.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        ":",
        " ",
        "\t",
        "Evil: 1",
        "Content-Length: 9",
        ",",
        "\"",
        "<",
        ">",
        ";",
        "é",
        "\u{2028}",
        "\r\n\r\n",
        "SIP/2.0",
        "a",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_line_end_becomes_a_space() {
    let mut message = request();
    message.set(Name::SUBJECT, "x\r\nEvil: 1\r\n\r\nbody");
    assert_eq!(message.header(Name::SUBJECT), Some("x  Evil: 1    body"));
    message.append(Name::new("X\r\nEvil: 1\r\nY"), "z");
    message.set_request_uri("sip:a SIP/2.0\r\nEvil: 1");
    assert_eq!(
        message.request_uri(),
        Some("sip:a%20SIP/2.0%0D%0AEvil:%201")
    );
    let printed = Message::parse(message.to_bytes()).unwrap();
    assert_eq!(printed.header(Name::new("Evil")), None);
    assert_eq!(printed.header(Name::new("XEvil1Y")), Some("z"));
    assert_eq!(printed.body(), b"");
}

/// What is left of a name may be one that we know, or nothing.
#[test]
fn a_name_is_looked_up_as_it_is_written() {
    let mut message = request();
    for name in [
        "Content-Length:",
        "Content\r\n-Length",
        " l",
        "",
        "\r\n",
        "é",
    ] {
        message.append(Name::new(name), "9");
        message.prepend(Name::new(name), "9");
        message.set(Name::new(name), "9");
    }
    assert_eq!(names(&message), ["Via", "To", "Content-Length"]);
    assert_eq!(message.header(Name::CONTENT_LENGTH), Some("0"));
    message.set(Name::new("T\no"), "<sip:c>");
    assert_eq!(names(&message), ["Via", "To", "Content-Length"]);
    assert_eq!(message.header(Name::TO), Some("<sip:c>"));
}

#[test]
fn methods_and_reasons() {
    let request = Message::request(Method("OPT\r\nIONS x"), "sip:a");
    assert_eq!(request.method(), Some(Method("OPTIONSx")));
    let response = Message::response_with_reason(&request, Status::BAD_REQUEST, "no\r\nEvil: 1");
    assert!(
        response
            .to_bytes()
            .starts_with(b"SIP/2.0 400 no  Evil: 1\r\n")
    );
}

proptest! {
    #[test]
    fn every_edit_keeps_the_lines(value in hostile(), name in hostile()) {
        let mut message = request();
        message.set(Name::SUBJECT, &value);
        message.append(Name::new("X-Added"), &value);
        message.prepend(Name::new("X-First"), &value);
        message.replace_element(Name::VIA, &value);
        message.set_to_tag(&value);
        message.set_request_uri(&value);
        message.set_body(&value, Bytes::from_static(b"body"));
        message.append(Name::new(&format!("X-{name}")), "named");
        let before = names(&message);
        let printed = Message::parse(message.to_bytes()).unwrap();
        prop_assert_eq!(names(&printed), before);
        prop_assert_eq!(printed.headers().count(), 8);
        prop_assert_eq!(printed.body(), b"body");
        prop_assert_eq!(printed.request_uri(), message.request_uri());
        for (seen, printed) in message.headers().zip(printed.headers()) {
            prop_assert_eq!(seen.value, printed.value);
        }
        // A name from nothing but pieces: it makes one line, or none.
        message.append(Name::new(&name), "named");
        let printed = Message::parse(message.to_bytes()).unwrap();
        prop_assert_eq!(names(&printed), names(&message));
        prop_assert_eq!(printed.all(Name::CONTENT_LENGTH).count(), 1);
        prop_assert_eq!(printed.body(), b"body");
    }
}
